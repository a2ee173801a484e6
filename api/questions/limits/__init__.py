"""Questions about what is at stake with a party and what limits say, before and after a loan."""
