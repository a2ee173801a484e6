"""Nets trained by torch; the only place that imports it. Nothing the service needs imports this package.

::

    geometric   torch and PyTorch Geometric, imported without their own warnings
    product     a sparse matrix times a dense one, with its gradient
    given       panels as tensors
    heard       exposure-weighted sums of messages, as a MessagePassing
    rivals      layers of PyTorch Geometric to be held against
    cascade     failures within the year, a few learned numbers
    net         all of it, by a blueprint
    training    Adam on whole waves, early stop, seeds, state to resume from
    stages      first without links, then with them, which stay only where they help
    fitting     from a task to nets that can be served
"""
