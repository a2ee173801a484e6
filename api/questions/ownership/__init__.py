"""Questions about who owns and controls."""
