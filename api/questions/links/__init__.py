"""Questions about how parties hang together, and who supplies whom."""
