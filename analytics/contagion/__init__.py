"""What one failure costs: clearing of what parties owe each other, distress along claims, losses along supplies."""
