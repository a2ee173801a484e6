"""Whether a probability is what happens."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta, binom

from analytics.learning.judging.ranking import Numbers, checked
from graph.errors import InvalidPanel

BINS: Final = 10
"""Bins of equal mass where nothing else is said."""


@dataclass(frozen=True)
class Reliability:
    """What was said and what happened, in bins of equal mass from the lowest probability to the highest."""

    said: Numbers
    """Mean probability of each bin."""
    seen: Numbers
    """Part that defaulted."""
    low: Numbers
    """Jeffreys interval of that part, at 95 %: the low end."""
    high: Numbers
    rows: NDArray[np.int64]
    """How many each holds."""

    @property
    def error(self) -> float:
        """The calibration error: mean distance of what was said and seen, by rows."""
        return float((np.abs(self.said - self.seen) * self.rows).sum() / self.rows.sum())

    @property
    def chance(self) -> float:
        """The calibration error to be expected of rows so few were all that was said right.

        The mean absolute deviation of a binomial is 2 v (1 - p) Pr(X = v) with v the whole part of np, plus 1 (de
        Moivre; Diaconis & Zabell, "Closed form summation for classical distributions", Statistical Science 6, 1991).
        """
        p = np.clip(self.said, 0.0, 1.0)
        over = np.floor(self.rows * p) + 1
        apart = 2 * over * (1 - p) * binom.pmf(over, self.rows, p)
        return float(apart.sum() / self.rows.sum())


def equal_mass(score: ArrayLike, bins: int = BINS) -> NDArray[np.intp]:
    r"""Name the bin of every row, from the lowest score to the highest, each with as many rows as can be.

    .. math:: b_i = \left\lfloor B\, \frac{\bar r_i}{n} \right\rfloor, \qquad
        \bar r_i = \#\{j: s_j < s_i\} + \tfrac12\, (\#\{j: s_j = s_i\} - 1)

    Rows of one score are never parted, so that the order in which rows stand does not count; a bin may be empty.

    Parameters
    ----------
    score : (n,) array
        Finite numbers.
    bins : int
        How many, B.

    Raises
    ------
    InvalidPanel
        If there is less than one bin.

    Source
    ------
    Our own handling of ties; without ties bins are those of quantiles.

    Example
    -------
    >>> equal_mass([0.1, 0.4, 0.4, 0.4, 0.9, 0.2], 2).tolist()
    [0, 1, 1, 1, 1, 0]
    """
    if bins < 1:
        raise InvalidPanel("give at least one bin", where="bins")
    _, place, count = np.unique(np.asarray(score, np.float64), return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - count + 0.5 * (count - 1)
    return np.asarray((bins * middle / len(place)).astype(np.intp)[place])


def brier(label: ArrayLike, probability: ArrayLike) -> float:
    r"""Say how far probabilities are from what happens, squared; lower is better.

    .. math:: BS = \frac1n \sum_i (p_i - y_i)^2

    Parameters
    ----------
    label : (n,) array of 0 and 1
    probability : (n,) array of fractions

    Raises
    ------
    InvalidPanel
        As `checked`, or if a probability is no fraction.

    Source
    ------
    Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950), 1.

    Example
    -------
    >>> round(brier([1, 0, 1, 0, 0], [0.9, 0.8, 0.6, 0.4, 0.4]), 6)
    0.226
    """
    y, p = _fractions(label, probability)
    return float(((p - y) ** 2).mean())


def log_loss(label: ArrayLike, probability: ArrayLike) -> float:
    r"""Say how surprising what happens is under the probabilities; lower is better.

    .. math:: L = -\frac1n \sum_i \left[ y_i \ln p_i + (1 - y_i) \ln (1 - p_i) \right]

    Probabilities closer to 0 or 1 than a double can tell from them count as that close.

    Parameters
    ----------
    label : (n,) array of 0 and 1
    probability : (n,) array of fractions

    Raises
    ------
    InvalidPanel
        As `brier`.

    Source
    ------
    Good, "Rational decisions", Journal of the Royal Statistical Society B 14 (1952), 107.

    Example
    -------
    >>> round(log_loss([1, 0], [0.5, 0.5]), 6)
    0.693147
    """
    return float(surprise(*_fractions(label, probability)).mean())


def surprise(label: ArrayLike, probability: ArrayLike) -> Numbers:
    r"""Say how surprising each row is.

    .. math:: \ell_i = -y_i \ln p_i - (1 - y_i) \ln (1 - p_i)

    Parameters
    ----------
    label : (n,) array of 0 and 1
    probability : (n,) array of fractions

    Raises
    ------
    Nothing; whoever calls has looked at both.

    Source
    ------
    As `log_loss`.

    Example
    -------
    >>> surprise([1, 0], [0.5, 0.75]).round(4).tolist()
    [0.6931, 1.3863]
    """
    y, least = np.asarray(label, np.float64), np.finfo(np.float64).eps
    p = np.clip(np.asarray(probability, np.float64), least, 1 - least)
    return np.asarray(-(y * np.log(p) + (1 - y) * np.log1p(-p)))


def surprise_at(label: ArrayLike, odds: ArrayLike) -> Numbers:
    r"""Say how surprising each row is from log odds, exactly also where probabilities round to 0 or 1.

    .. math:: \ell_i = \ln(1 + e^{u_i}) - y_i u_i

    Parameters
    ----------
    label : (n,) array of 0 and 1
    odds : (n,) array
        Log odds u, any numbers.

    Raises
    ------
    Nothing; whoever calls has looked at both.

    Source
    ------
    As `log_loss`.

    Example
    -------
    >>> surprise_at([1, 0, 1], [0.0, 1.0986123, -800.0]).round(4).tolist()
    [0.6931, 1.3863, 800.0]
    """
    u = np.asarray(odds, np.float64)
    return np.asarray(np.logaddexp(0, u) - np.asarray(label) * u)


def reliability(label: ArrayLike, probability: ArrayLike, bins: int = BINS) -> Reliability:
    r"""Set side by side what was said and what happened, in bins of equal mass.

    .. math:: \bar p_b = \frac{1}{n_b} \sum_{i \in b} p_i, \qquad \bar y_b = \frac{1}{n_b} \sum_{i \in b} y_i, \qquad
        ECE = \sum_b \frac{n_b}{n} \left| \bar p_b - \bar y_b \right|

    Parameters
    ----------
    label : (n,) array of 0 and 1
    probability : (n,) array of fractions
    bins : int
        As `equal_mass`; empty ones are left out.

    Raises
    ------
    InvalidPanel
        As `brier` and `equal_mass`.

    Source
    ------
    Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015; the
    interval by Brown, Cai and DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16 (2001).

    Example
    -------
    >>> found = reliability([0, 0, 1, 1], [0.1, 0.3, 0.6, 0.6], bins=2)
    >>> found.said.round(3).tolist(), found.seen.tolist(), round(found.error, 3)
    ([0.2, 0.6], [0.0, 1.0], 0.3)
    """
    y, p = _fractions(label, probability)
    of = equal_mass(p, bins)
    rows = np.bincount(of, minlength=bins)
    there = rows > 0
    bad, said = (np.bincount(of, column, minlength=bins)[there] for column in (y, p))
    count = rows[there]
    low = np.where(bad == 0, 0.0, beta.ppf(0.025, bad + 0.5, count - bad + 0.5))
    high = np.where(bad == count, 1.0, beta.ppf(0.975, bad + 0.5, count - bad + 0.5))
    return Reliability(said / count, bad / count, low, high, count.astype(np.int64))


def _fractions(label: ArrayLike, probability: ArrayLike) -> tuple[Numbers, Numbers]:
    y, p = checked(label, probability)
    if (p < 0).any() or (p > 1).any():
        raise InvalidPanel("a probability is below 0 or above 1", where="judging")
    return y, p
