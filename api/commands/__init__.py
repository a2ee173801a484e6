"""Commands of `contagraph`, one idea a file; each file adds its own to the program by `register`."""
