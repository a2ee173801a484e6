"""How likely a firm is to default, and through whom: learned on panels, and held against plain rivals.

::

    panel        firms on days: figures, who stands beside them, who defaults within the year   ┐ what is
    features     each figure declared once, and those made of neighbours                         ┘ learned from
    models       one protocol: fit, predict, explain, save, load; without torch
    nets         the same protocol, trained by torch; served by NumPy
    explaining   which links carry a probability
    judging      how good probabilities are, with intervals
    evaluating   all models side by side, and the placebos that can refute them
    watching     drift, champions and challengers

A probability that the network of a model gave already holds contagion: a cascade starts from that of the
first stage, which sees own figures alone.
"""
