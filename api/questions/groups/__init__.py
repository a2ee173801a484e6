"""Questions about who stands and falls together."""
