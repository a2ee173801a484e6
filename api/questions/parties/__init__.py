"""Questions about one party: found, shown, what stands around it, and what changed."""
