"""Log odds of probabilities, of those that are told for certain too."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logit

from analytics.learning.models.model import Numbers

SURE: Final = 1e-9
"""How near to 0 and 1 a probability may come."""


def log_odds(probability: ArrayLike) -> Numbers:
    r"""Say probabilities as log odds, those of 0 and 1 as of the nearest that may be.

    .. math:: \ln \frac{q}{1 - q}, \qquad q = \min(\max(p, 10^{-9}), 1 - 10^{-9})

    Parameters
    ----------
    probability : array
        In [0, 1], of any shape.

    Raises
    ------
    Nothing.

    Source
    ------
    A definition.

    Example
    -------
    >>> log_odds([0.5, 0.0]).round(3).tolist()
    [0.0, -20.723]
    """
    return np.asarray(logit(np.clip(np.asarray(probability, np.float64), SURE, 1 - SURE)))
