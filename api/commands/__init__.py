"""Commands of `contagraph`, one idea a file; each file adds its own to the program by `register`.

What they share: `moments` has the options of every question, `places` says which store is meant, `failed` how an error
is told, `progress` and `consoles` how work and tables are shown. `demonstration` makes the steps that `demo` types.
"""
