"""The graph: what exists, where it is kept, and how it stood at one moment."""
