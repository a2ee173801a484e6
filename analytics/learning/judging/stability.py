"""Whether figures or scores are spread as they were."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph.errors import InvalidPanel

LEAST: Final = 1e-4
"""Least part of a bin that counts, so that an empty one costs much and not without end (practice, no text says so)."""
BINS: Final = 10


def population_stability(expected: ArrayLike, actual: ArrayLike) -> float:
    r"""Say how far one spread over bins is from another.

    .. math:: PSI = \sum_b (a_b - e_b) \ln \frac{a_b}{e_b}

    with :math:`e_b, a_b` the parts of all that stand in bin b, at least 0.0001 each.

    Parameters
    ----------
    expected : (k,) array
        Counts by bin as it was, ≥ 0, not all 0.
    actual : (k,) array
        Counts in the same bins as it is.

    Raises
    ------
    InvalidPanel
        If bins differ in number, a count is negative, or all are 0.

    Source
    ------
    Siddiqi, "Credit Risk Scorecards" (2006); it is Jeffreys' divergence of the two spreads. Domain reference §5.2.

    Example
    -------
    >>> round(population_stability([50, 50], [60, 40]), 6)
    0.040547
    """
    was, now = np.asarray(expected, np.float64), np.asarray(actual, np.float64)
    if was.shape != now.shape or was.ndim != 1:
        raise InvalidPanel(f"{was.size} bins before and {now.size} now", where="stability")
    if not ((was >= 0).all() and (now >= 0).all() and was.sum() > 0 and now.sum() > 0):
        raise InvalidPanel("counts must not be negative, nor all 0", where="stability")
    e, a = np.maximum(was / was.sum(), LEAST), np.maximum(now / now.sum(), LEAST)
    return float(((a - e) * np.log(a / e)).sum())


def shift(before: ArrayLike, after: ArrayLike, *, bins: int = BINS, coded: bool = False) -> float:
    r"""Say how far values are spread otherwise than before; what is missing is a bin of its own.

    .. math:: PSI \text{ over } (-\infty, q_{1/B}], (q_{1/B}, q_{2/B}], \dots, (q_{(B-1)/B}, \infty), \{\text{missing}\}

    with q the quantiles of the values before; of codes each is a bin.

    Parameters
    ----------
    before : (n,) array
        Values as they were when it was learned; NaN where missing.
    after : (m,) array
        Values now.
    bins : int
        B, for numbers.
    coded : bool
        Whether values are codes.

    Raises
    ------
    InvalidPanel
        If there are no values before or none now.

    Source
    ------
    As `population_stability`; bins by quantiles of what was.

    Example
    -------
    >>> shift([1, 2, 3, 4], [1, 2, 3, 4], bins=2), round(shift([0, 0, 1, 1], [0, 1, 1, 1], coded=True), 4)
    (0.0, 0.2747)
    """
    was, now = np.asarray(before, np.float64), np.asarray(after, np.float64)
    if not (len(was) and len(now)):
        raise InvalidPanel("no values to compare", where="stability")
    known = was[~np.isnan(was)]
    if coded:
        codes = np.unique(np.concatenate([known, now[~np.isnan(now)]]))
        edges = codes[1:] - 0.5 * np.diff(codes)
    else:
        edges = np.unique(np.quantile(known, np.arange(1, bins) / bins)) if len(known) else np.empty(0)
    return population_stability(_counts(was, edges), _counts(now, edges))


def _counts(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many stand in each bin, those missing last."""
    missing = np.isnan(values)
    inside = np.bincount(np.searchsorted(edges, values[~missing], side="left"), minlength=len(edges) + 1)
    return np.append(inside, missing.sum())
