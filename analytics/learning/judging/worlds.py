"""What several worlds say together: means, and parts of what there is to be found, each with an interval."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

from analytics.learning.judging.bootstrap import LEVEL, Estimate

FEWEST: Final = 2
"""Worlds below which nothing is said of how they differ."""


def mean_over(values: ArrayLike, *, level: float = LEVEL) -> Estimate:
    r"""Say the mean over worlds, with Student's interval.

    .. math:: \bar x \pm t_{n-1}\, s / \sqrt n

    Parameters
    ----------
    values : (n,) array
        One a world.
    level : float
        Part of such intervals that hold the mean of all worlds there could be.

    Raises
    ------
    Nothing; of one world no ends are told.

    Source
    ------
    Student, "The probable error of a mean", Biometrika 6 (1908), 1.

    Example
    -------
    >>> found = mean_over([0.7, 0.8, 0.9])
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.8, 0.552, 1.048)
    """
    x = np.asarray(values, np.float64)
    if len(x) < FEWEST:
        return Estimate(float(x.mean()), np.nan, np.nan)
    spread = float(x.std(ddof=1))
    reach = _reach(len(x), level) * spread / np.sqrt(len(x))
    return Estimate(float(x.mean()), float(x.mean() - reach), float(x.mean() + reach), spread)


def share_over(part: ArrayLike, whole: ArrayLike, *, level: float = LEVEL) -> Estimate:
    r"""Say what part of what there is to be gained over all worlds is gained: a ratio of means.

    .. math:: R = \frac{\bar g}{\bar w}, \qquad
        \left\{ \rho : |\bar g - \rho \bar w| \le t_{n-1}\, s_{g - \rho w} / \sqrt n \right\}

    The mean of each world's own ratio would be led by worlds in which next to nothing is to be gained; here a world
    counts by how much that is. The interval is Fieller's: all ratios that Student's test does not refute. It has no
    ends where what is to be gained is itself not certainly apart from 0.

    Parameters
    ----------
    part : (n,) array
        Gained in each world g, such as AUC over that of own figures.
    whole : (n,) array
        To be gained there w, such as the AUC of the true probability over that of own figures.
    level : float
        Part of such intervals that hold the ratio of the means of all worlds there could be.

    Raises
    ------
    Nothing; NaN where nothing is to be gained, no ends of one world.

    Source
    ------
    Fieller, "Some problems in interval estimation", Journal of the Royal Statistical Society B 16 (1954), 175.

    Example
    -------
    >>> found = share_over([0.02, 0.05, 0.03, 0.04], [0.04, 0.09, 0.05, 0.06])
    >>> round(found.value, 3), round(found.low, 2), round(found.high, 2)
    (0.583, 0.47, 0.71)
    """
    g, w = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    gained, there = float(g.mean()), float(w.mean())
    if not there > 0:
        return Estimate(np.nan, np.nan, np.nan)
    value = gained / there
    if len(g) < FEWEST:
        return Estimate(value, np.nan, np.nan)
    spread = float((g - value * w).std(ddof=1) / there)
    moved = _reach(len(g), level) ** 2 / len(g) * np.cov(g, w)
    square, cross, rest = there**2 - moved[1, 1], gained * there - moved[0, 1], gained**2 - moved[0, 0]
    if square <= 0:
        return Estimate(value, np.nan, np.nan, spread)
    reach = np.sqrt(max(cross**2 - square * rest, 0.0))
    return Estimate(value, float((cross - reach) / square), float((cross + reach) / square), spread)


def _reach(count: int, level: float) -> float:
    return float(student.ppf(0.5 + level / 2, count - 1))


def estimates_over(found: Sequence[Estimate]) -> Estimate:
    r"""Say the mean of what was estimated in each world; of one world what was estimated there.

    .. math:: \bar x \pm t_{n-1}\, s / \sqrt n

    Parameters
    ----------
    found : one a world

    Raises
    ------
    Nothing.

    Source
    ------
    As `mean_over`.

    Example
    -------
    >>> estimates_over([Estimate(0.7, 0.6, 0.8)]).low
    0.6
    """
    return found[0] if len(found) < FEWEST else mean_over([one.value for one in found])
