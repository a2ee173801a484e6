"""How unevenly a book is spread: over borrowers, groups, industries, regions, or any other key."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.contagion.portfolio.given import Numbers
from graph.errors import InvalidAmount, InvalidQuestion


@dataclass(frozen=True)
class Concentration:
    """Concentration of a book, and what each key adds to it."""

    key: NDArray[np.int64]
    """Keys, the largest exposure first, shape (k,)."""
    exposure: Numbers
    """By key, whole units of the book's currency."""
    contribution: Numbers
    """What each adds to the index."""

    @property
    def index(self) -> float:
        """Herfindahl–Hirschman index, in [1/k, 1]."""
        return float(self.contribution.sum())

    @property
    def effective_number(self) -> float:
        """Number of equal keys with the same index."""
        return 1 / self.index

    def top(self, count: int) -> float:
        """Part of the book that stands with this many of the largest."""
        return float(self.exposure[:count].sum() / self.exposure.sum())


def concentrate(exposures: ArrayLike, key: ArrayLike | None = None) -> Concentration:
    r"""Concentrate a book into one number, and order it.

    .. math:: H = \sum_k s_k^2, \qquad s_k = \sum_{i \in k} x_i \Big/ \sum_j x_j

    Parameters
    ----------
    exposures : (n,) array, whole units of one currency
        What is at stake, ≥ 0, not all 0.
    key : (n,) array of numbers, optional
        What each counts with: its group, industry or region; by default each with itself, by its position. A group of
        one's own, for what has none, is the caller's.

    Raises
    ------
    InvalidAmount
        If an exposure is negative or not known, or all are 0.
    InvalidQuestion
        If there are more keys than exposures, or fewer.

    Source
    ------
    Hirschman, "The Paternity of an Index", American Economic Review 54 (1964), 761.

    Example
    -------
    >>> found = concentrate([50, 30, 20])
    >>> round(found.index, 9), found.top(2), found.key.tolist()
    (0.38, 0.8, [0, 1, 2])
    >>> concentrate([50, 30, 20], key=[7, 8, 8]).key.tolist()
    [7, 8]
    """
    x = np.asarray(exposures, np.float64)
    if not (np.isfinite(x).all() and (x >= 0).all() and x.sum() > 0):
        raise InvalidAmount("must be known, not negative, and not all 0", where="exposures")
    counted = np.arange(len(x)) if key is None else np.asarray(key, np.int64)
    if counted.shape != x.shape:
        raise InvalidQuestion(f"{counted.size} of {x.size} exposures", where="key")
    keys, place = np.unique(counted, return_inverse=True)
    whole = np.bincount(place, x).astype(np.float64)
    order = np.argsort(-whole, kind="stable")
    return Concentration(keys[order], whole[order], (whole[order] / whole.sum()) ** 2)
