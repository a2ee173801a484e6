"""How good probabilities of default are: measures, and how far they can be trusted.

::

    ranking        who is riskier than whom: AUC, Gini, average precision, Kolmogorov–Smirnov
    calibration    whether a probability is what happens: Brier, log loss, calibration error, reliability
    stability      whether figures or scores are spread as they were
    measures       all of them at once, for many weightings of the rows
    bootstrap      intervals by drawing parties again, and paired differences
    worlds         means and shares over several worlds
    gain           whether a larger model says more than a smaller one that it holds
    causes         whether a stated cause is the planted one, and how much of what could be found was found
    explained      the same of a way of explaining, with intervals, and whether models of other seeds state it too

Every measure takes labels (1 a default) and probabilities row by row, and is held against scikit-learn.
"""
