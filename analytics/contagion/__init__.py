"""What one failure costs: clearing of what parties owe each other."""
