"""Claims of speed and quality, one a file, and how to repeat them."""
