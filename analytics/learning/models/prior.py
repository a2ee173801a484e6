"""Another base rate than that of the years learned from."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from analytics.learning.models.model import Numbers
from graph.errors import InvalidQuestion


def corrected(probability: ArrayLike, *, taught: float, now: float) -> Numbers:
    r"""Bring probabilities to another base rate, all else alike.

    .. math:: \operatorname{logit} p' = \operatorname{logit} p + \operatorname{logit} \pi' - \operatorname{logit} \pi

    Parameters
    ----------
    probability : (n,) array
        p, learned where the base rate was π.
    taught : fraction within (0, 1)
        π, rate of defaults among the rows learned from.
    now : fraction within (0, 1)
        π', rate of defaults where they are used.

    Raises
    ------
    InvalidQuestion
        If a rate does not lie between 0 and 1, or a probability is none.

    Source
    ------
    Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001, theorem 2; King & Zeng, "Logistic Regression in
    Rare Events Data", Political Analysis 9 (2001), eq. 7.

    Example
    -------
    >>> corrected([0.5, 0.2], taught=0.5, now=0.1).round(9).tolist()
    [0.1, 0.027027027]
    """
    p = np.asarray(probability, np.float64)
    if not (0 < taught < 1 and 0 < now < 1):
        raise InvalidQuestion("lies not between 0 and 1", where="base rate", remedy="write 2 % as 0.02")
    if not ((p >= 0) & (p <= 1)).all():
        raise InvalidQuestion("is no probability", where="probability", remedy="give numbers from 0 to 1")
    return np.asarray(expit(logit(p) + logit(now) - logit(taught)))
