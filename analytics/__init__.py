"""What the numbers mean: pure arithmetic on a snapshot, no store and no files."""
