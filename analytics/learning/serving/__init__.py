"""Trained nets without torch: the forward pass in NumPy and SciPy.

::

    blueprint   kind, relations, sizes of a net
    inputs      how figures become what a net takes in
    hearing     who hears of whom, over each relation and way
    cascade     failures that bring others down within the year
    rivals      layers of PyTorch Geometric
    forward     probabilities from weights
    vicinity    what stands around one party, and variants of it side by side
    served      nets that were trained: predict, explain, save, load
"""
