"""What a failure, or a fall of output, would cost through every layer."""
