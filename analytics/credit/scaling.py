"""Odds as points of a scorecard."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """How points run; what a bank sets, not what it finds."""

    base: float = 600.0
    """Points at the base odds."""
    odds: float = 50.0
    """Base odds: firms that do not default to one that does."""
    double: float = 20.0
    """Points that double the odds."""

    def __post_init__(self) -> None:
        if not (np.isfinite([self.base, self.odds, self.double]).all() and self.odds > 0 and self.double > 0):
            raise InvalidQuestion("odds and the points that double them must be above 0", where="scale")

    @property
    def factor(self) -> float:
        """Points for the odds times e."""
        return float(self.double / np.log(2))

    @property
    def offset(self) -> float:
        """Points at odds of 1."""
        return float(self.base - self.factor * np.log(self.odds))


def points(odds: ArrayLike, scale: Scale | None = None) -> Numbers:
    r"""Say odds in points, of which so many double the odds.

    .. math:: s = s_0 + \frac{PDO}{\ln 2} \ln \frac{o}{o_0}

    Parameters
    ----------
    odds : array, > 0
        Firms that do not default to one that does: (1 − PD) / PD.
    scale : Scale, optional
        By default 600 points at 50 to 1, 20 to double.

    Raises
    ------
    InvalidQuestion
        If odds are not above 0.

    Source
    ------
    Siddiqi, "Credit Risk Scorecards" (2006); vector SCR-07.

    Example
    -------
    >>> points([50.0, 100.0, 25.0]).round(9).tolist()
    [600.0, 620.0, 580.0]
    """
    o, how = np.asarray(odds, np.float64), scale or Scale()
    if not (o > 0).all():
        raise InvalidQuestion("must be above 0", where="odds")
    return np.asarray(how.base + how.factor * np.log(o / how.odds))
