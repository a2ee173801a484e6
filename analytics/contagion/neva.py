r"""What everybody is worth when claims are worth what their debtors are: network valuation (NEVA).

.. math:: E_i = A^e_i - \bar p_i + \sum_j A_{ij} V_j(E_j)

With a valuation that never falls where the debtor's equity rises, the right side never falls where equities rise, so
that from face value they only fall, towards the greatest solution (Knaster and Tarski). Which valuation, that decides
the model: payments of Eisenberg and Noe, Furfine's cascade, DebtRank, or what is expected of a later day.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from analytics.contagion.debts import Debts, Numbers
from analytics.contagion.valuations import Valuation
from graph.errors import InvalidQuestion, NotConverged

ROUNDS = 10_000
"""Rounds after which a valuation is given up."""


@dataclass(frozen=True)
class Valued:
    """What everybody is worth, and how sure that is; arrays of shape (n,) where none is said."""

    debts: Debts
    """With the assets that the shock leaves."""
    face: Numbers
    """Equity before the shock where all claims count in full."""
    equity: Numbers
    """May be negative: by what is missing to pay all debts."""
    value: Numbers
    """Fraction of their face that debts are worth, by debtor and class, shape (n, C)."""
    rounds: int
    residual: float
    """The most by which any equity misses its equation, whole units of the debts' currency."""

    @property
    def h(self) -> Numbers:
        """Fraction of its equity at face value that each has lost, between 0 and 1; 1 of who had none."""
        left = np.divide(self.equity, self.face, out=np.zeros(len(self.face)), where=self.face > 0)
        return np.clip(1.0 - left, 0.0, 1.0)

    @property
    def defaults(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Whose equity is negative, ascending; less than rounding of what is owed is none."""
        return np.flatnonzero(self.equity < -1e-12 * self.debts.owed)

    @property
    def claims(self) -> Numbers:
        """What each debt is worth, in the order in which debts were given, shape (m,), money."""
        given = np.empty(len(self.debts.amount))
        given[self.debts.order] = self.debts.amount * self.value.ravel()[self.debts.row]
        return given


def value_network(
    debts: Debts,
    valuation: Valuation,
    *,
    shock: ArrayLike | None = None,
    tolerance: float = 1e-9,
    most: int = ROUNDS,
) -> Valued:
    r"""Value all equities together: the greatest that agree with each other.

    .. math:: E \leftarrow A^e - s - \bar p + \sum_j A_{ij} V_j(E_j), \qquad \text{from } V = 1

    Parameters
    ----------
    debts : Debts
        Between n parties, in whole units of one currency.
    valuation : Valuation
        What debts are worth by their debtor's equity: `EisenbergNoe`, `Furfine`, `DebtRank`, `Merton`, or one's own.
    shock : (n,) array, optional
        What each loses of its assets from outside, s, the same money; no more than it has.
    tolerance : float
        Largest fall of an equity that ends the rounds, as a fraction of the most that anybody has or owes.
    most : int
        Rounds after which it is given up.

    Raises
    ------
    InvalidQuestion
        If a shock cannot be, or the valuation cannot value these debts.
    NotConverged
        If equities still fall after so many rounds.

    Source
    ------
    Barucca et al., Mathematical Finance 30 (2020), 1181: greatest solution, iteration from face value. Domain
    reference §4.7.

    Example
    -------
    >>> from analytics.contagion.valuations import EisenbergNoe
    >>> found = value_network(Debts.of(3, [0, 1], [1, 2], [10, 8], assets=[6, 1, 0]), EisenbergNoe())
    >>> found.equity.tolist(), found.claims.tolist(), found.residual
    ([-4.0, -1.0, 7.0], [6.0, 7.0], 0.0)
    """
    lost = np.zeros(debts.size) if shock is None else np.asarray(shock, np.float64)
    if lost.shape != (debts.size,) or not ((lost >= 0) & (lost <= debts.assets)).all():
        raise InvalidQuestion(
            "is what a party loses of its assets from outside, one of each", where="shock",
            remedy="give amounts that are known, not negative, and no more than the party has",
        )  # fmt: skip
    face = debts.assets - debts.owed + debts.received(debts.owed_by_class)
    valuation.check(debts, face)
    shocked = replace(debts, assets=debts.assets - lost)
    equity, rounds = _fallen(shocked, valuation, face, face - lost, (tolerance, most))
    value = valuation.of(shocked, face, equity)
    missed = equity - (shocked.assets - shocked.owed + shocked.received(value * shocked.owed_by_class))
    return Valued(shocked, face, equity, value, rounds, float(np.abs(missed).max(initial=0.0)))


def _fallen(
    debts: Debts, valuation: Valuation, face: Numbers, equity: Numbers, until: tuple[float, int]
) -> tuple[Numbers, int]:
    """Equities as far as they fall from where all claims count in full, and the rounds it took."""
    tolerance, most = until
    alone, owed = debts.assets - debts.owed, debts.owed_by_class
    least = tolerance * max(float(np.max([debts.owed, debts.assets], initial=0.0)), 1e-300)
    rounds, before, rest = 0, np.inf, np.inf
    while rest > least:
        following = alone + debts.received(valuation.of(debts, face, equity) * owed)
        fell = float(np.abs(equity - following).max(initial=0.0))
        if rounds >= most:
            raise NotConverged("network valuation", iterations=rounds, residual=fell)
        # What is left of a fall that shrinks like the last ones; where it does not shrink, that is not known.
        ratio = fell / before if 0 < before < np.inf else 1.0
        rest = fell * max(1.0, ratio / (1.0 - ratio)) if ratio < 1.0 else np.inf if fell else 0.0
        equity, before, rounds = following, fell, rounds + 1
    return equity, rounds
