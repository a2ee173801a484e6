"""Log odds of probabilities, of those that are told for certain too."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logit

from analytics.learning.models.model import Numbers

SURE: Final = 1e-9
"""How near to 0 and 1 a probability may come where it is joined with others, calibrated or explained: there it is
moved as little as can be, and who is told for certain stays apart from who is nearly so."""
TAKEN_IN: Final = 1e-6
"""The same where a net takes it in as a figure: one firm in a million that is told for certain would else lie half as
far out again (log odds of ±20.7, not ±13.8), and by that alone widen what all are scaled by."""


def log_odds(probability: ArrayLike, *, near: float = SURE) -> Numbers:
    r"""Say probabilities as log odds, those of 0 and 1 as of the nearest that may be.

    .. math:: \ln \frac{q}{1 - q}, \qquad q = \min(\max(p, \epsilon), 1 - \epsilon)

    Parameters
    ----------
    probability : array
        In [0, 1], of any shape.
    near : float
        How near to 0 and 1 it may come, ε.

    Raises
    ------
    Nothing.

    Source
    ------
    A definition; the bounds are our own.

    Example
    -------
    >>> log_odds([0.5, 0.0]).round(3).tolist(), log_odds([0.5, 0.0], near=TAKEN_IN).round(3).tolist()
    ([0.0, -20.723], [0.0, -13.816])
    """
    return np.asarray(logit(np.clip(np.asarray(probability, np.float64), near, 1 - near)))
