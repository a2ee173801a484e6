r"""What a claim is worth by what its debtor is worth: the functions that make NEVA one model or another.

Each gives the value V of every debtor's debts as a fraction of their face, by class of seniority, from the debtor's
equity E; V never falls where E rises and lies between 0 and 1, so that a greatest solution exists.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from analytics.contagion.clearing import demanded
from analytics.contagion.debts import Debts, Numbers
from analytics.kernels.compiled import frozen
from analytics.kernels.expected import expect
from graph.errors import InvalidQuestion


class Valuation(Protocol):
    """A valuation function V(E), one value of each debtor and class."""

    def check(self, debts: Debts, face: Numbers) -> None:
        """Refuse, by InvalidQuestion, what it cannot value; `face` is equity where all debts count in full."""

    def of(self, debts: Debts, face: Numbers, equity: Numbers) -> Numbers:
        """Fractions of the face of debts, by debtor and class, shape (n, C)."""


@dataclass(frozen=True)
class EisenbergNoe:
    """Paid at once, the more senior classes first: V = p(E) / p̄; with default costs that of Rogers and Veraart."""

    recovered: tuple[float, float] = (1.0, 1.0)
    """Fractions of outside assets and of claims that a defaulter recovers."""

    def check(self, debts: Debts, face: Numbers) -> None:
        """Refuse fractions that are none."""
        _fractions("recovered", np.array(self.recovered), debts.size, (2,))

    def of(self, debts: Debts, face: Numbers, equity: Numbers) -> Numbers:
        """What is paid of each class where everything a debtor has is shared out."""
        paid, _ = demanded(debts, equity + debts.owed, self.recovered)
        owed = debts.owed_by_class
        return np.divide(debts.split(paid), owed, out=np.ones(owed.shape), where=owed > 0)


@dataclass(frozen=True)
class Furfine:
    """Full value until the equity is gone, then what is recovered: V = 1 where E > 0, else R."""

    recovery: ArrayLike = 0.0
    """R, one of all or one of each debtor."""

    def check(self, debts: Debts, face: Numbers) -> None:
        """Refuse fractions that are none."""
        _fractions("recovery", self.recovery, debts.size)

    def of(self, debts: Debts, face: Numbers, equity: Numbers) -> Numbers:
        """The same in every class."""
        # Less than rounding of what it owes is no equity.
        alive = equity > 1e-12 * np.maximum(debts.owed, np.abs(face))
        return _alike(np.where(alive, 1.0, np.asarray(self.recovery, np.float64)), debts)


@dataclass(frozen=True)
class DebtRank:
    """Worth less as soon as equity is lost: V = 1 − h e^{α (h − 1)} with h = 1 − E⁺ / E(0); linear where α is 0."""

    steepness: float = 0.0

    def check(self, debts: Debts, face: Numbers) -> None:
        """Refuse debtors without equity at face value, of which no fraction can be lost."""
        if not self.steepness >= 0:
            raise InvalidQuestion("is not negative", where=f"steepness {self.steepness}")
        inside = np.bincount(debts.debtor, debts.amount, minlength=debts.size)
        poor = np.flatnonzero((inside > 0) & ~(face > 0))
        if len(poor):
            raise InvalidQuestion(
                f"{len(poor)} debtors have no equity at face value, the first is party {poor[0]}", where="equity",
                remedy="count what is owed by those who have failed before as lost, and leave it out",
            )  # fmt: skip

    def of(self, debts: Debts, face: Numbers, equity: Numbers) -> Numbers:
        """The same in every class."""
        left = np.divide(equity, face, out=np.zeros(len(face)), where=face > 0)
        h = 1.0 - np.clip(left, 0.0, 1.0)
        power = np.multiply(self.steepness, h - 1.0, out=np.zeros(len(h)), where=h < 1)
        return _alike(1.0 - h * np.exp(power), debts)


@dataclass(frozen=True)
class Merton:
    """Worth what is expected of it at a later day, `expected_value`: outside assets move by chance until then.

    What is owed outside ranks as `Debts` says; in the paper above all that is owed inside.
    """

    volatility: ArrayLike
    """σ of outside assets over the time until that day, one of all or one of each."""
    recovery: ArrayLike = 1.0
    """R, what costs of a default leave of what is recovered; one of all or one of each debtor."""

    def check(self, debts: Debts, face: Numbers) -> None:
        """Refuse fractions that are none, and volatilities that are negative or not known."""
        _fractions("recovery", self.recovery, debts.size)
        sigma = np.asarray(self.volatility, np.float64)
        if sigma.shape not in ((), (debts.size,)) or not ((sigma >= 0).all() and np.isfinite(sigma).all()):
            raise InvalidQuestion("one of all or one of each party, known and not negative", where="volatility")

    def of(self, debts: Debts, face: Numbers, equity: Numbers) -> Numbers:
        """What is expected of each class."""
        owed = debts.owed_by_class
        below = owed.sum(axis=1, keepdims=True) - np.cumsum(owed, axis=1)
        sigma, recovery = (np.broadcast_to(x, debts.size)[:, None] for x in (self.volatility, self.recovery))
        return expected_value(equity[:, None], debts.assets[:, None], sigma, owed, below, recovery)


def expected_value(
    equity: ArrayLike,
    assets: ArrayLike,
    volatility: ArrayLike,
    owed: ArrayLike,
    below: ArrayLike = 0.0,
    recovery: ArrayLike = 1.0,
) -> Numbers:
    r"""Expect what a debt pays at a later day, as a fraction of its face.

    .. math:: V = 1 - p(E) + R \Big[p(E) - p(E + J) + \frac{E + J - A + D}{D} \big(p(E + J) - p(E + J + D)\big)
        + \frac{A}{D} \big(q(E + J) - q(E + J + D)\big)\Big]

    .. math:: p(x), q(x) = N\Big(\frac{\ln(1 - x / A) \pm \sigma^2 / 2}{\sigma}\Big), \quad 0 \text{ where } x \ge A

    Parameters
    ----------
    equity : array
        E of the debtor, money; all arrays of one shape, or of shapes that fit.
    assets : array
        A, from outside, the same money; they move as a geometric Brownian motion without drift.
    volatility : array
        σ of A over the time until the day, a fraction; 0 is the limit without chance.
    owed : array
        D, what ranks with the debt, money.
    below : array
        J, what ranks below it; 0 as in the paper, where all other debts rank above.
    recovery : array
        R, fraction of what is recovered that a default leaves.

    Raises
    ------
    Nothing.

    Source
    ------
    Barucca et al., Mathematical Finance 30 (2020), 1181: NEVA, ex-ante valuation with geometric Brownian motion. Domain
    reference §4.7; J > 0 is our own step from it, the same expectation between two other bounds.

    Example
    -------
    >>> expected_value(equity=[10.0, -5.0], assets=100.0, volatility=0.2, owed=20.0).round(6).tolist()
    [0.83295, 0.562786]
    """
    given = np.broadcast_arrays(*(np.asarray(x) for x in (equity, assets, volatility, owed, below, recovery)))
    value = np.empty(given[0].size)
    e, a, s, d, j, r = (frozen(x.ravel(), np.float64) for x in given)
    expect(e, a, s, d, j, r, value)
    return value.reshape(given[0].shape)


def _alike(value: Numbers, debts: Debts) -> Numbers:
    """The same value in every class."""
    return np.broadcast_to(value[:, None], debts.owed_by_class.shape)


def _fractions(name: str, given: ArrayLike, size: int, shape: tuple[int, ...] | None = None) -> None:
    """Refuse what is no fraction, or not one of all or one of each party."""
    values = np.asarray(given, np.float64)
    if values.shape not in (((), (size,)) if shape is None else (shape,)) or not ((values >= 0) & (values <= 1)).all():
        raise InvalidQuestion("is a fraction, one of all or one of each party", where=name)
