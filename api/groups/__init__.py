"""Who stands and falls together."""
