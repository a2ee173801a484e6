r"""What everybody pays when nobody can pay more than it has: clearing of a network of debts.

With means :math:`m_i = e_i + \sum_j \Pi_{ji} p_j + \sum_k H_{ik} E_k` a debtor pays what it owes where they suffice,
else what it recovers of them,

.. math:: p_i = \begin{cases} \bar p_i & m_i \ge \bar p_i \\ \alpha e_i + \beta (m_i - e_i) & \text{else}
    \end{cases}, \qquad E_i = (m_i - \bar p_i)^+

the more senior classes first. The right side never falls where payments rise, so that there is a greatest and a least
solution (Tarski). From above, where everybody pays in full, payments only fall, from below they only rise; each wave
works on what changed in the one before, and what is passed on shrinks wherever something is owed outside or recovered
in part, until no change exceeds the tolerance.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import MatrixRankWarning, spsolve

from analytics.contagion.debts import Debts, Numbers, Shares
from analytics.kernels.clearing import HAIR, settle
from graph.errors import InvalidQuestion, NotConverged

LINKS = 200
"""Times that each debt may be worked on before a clearing is given up."""


@dataclass(frozen=True)
class Clearing:
    """What everybody pays, and how sure that is; arrays of shape (n,) where none is said."""

    debts: Debts
    paid: Numbers
    """In all."""
    by_class: Numbers
    """The same by class of seniority, shape (n, C)."""
    equity: Numbers
    """What is left for owners; 0 of who defaults."""
    received: Numbers
    """From debtors."""
    wave: NDArray[np.int32]
    """In which wave each first pays less than it owes: in the first where all others pay; 0 of who never does."""
    waves: int
    residual: float
    """The most by which any payment or equity misses its equation, whole units of the debts' currency."""
    greatest: bool
    """Whether it is the greatest solution, or the least."""

    @property
    def defaults(self) -> NDArray[np.int64]:
        """Who pays less than it owes, ascending."""
        return np.flatnonzero(self.paid < self.debts.owed * (1 - HAIR))

    @property
    def recovery(self) -> Numbers:
        """Fraction of each debt that is paid, in the order in which debts were given, shape (m,)."""
        owed = self.debts.owed_by_class.ravel()[self.debts.row]
        paid = self.by_class.ravel()[self.debts.row]
        made = np.divide(paid, owed, out=np.ones(len(owed)), where=owed > 0)
        given = np.empty(len(made))
        given[self.debts.order] = made
        return given


def clear(
    debts: Debts,
    *,
    shares: Shares | None = None,
    recovered: tuple[float, float] = (1.0, 1.0),
    greatest: bool = True,
    tolerance: float = 1e-9,
    most: int | None = None,
) -> Clearing:
    r"""Find what everybody pays: the greatest payments, or the least, that no debtor can better.

    .. math:: p = \Phi(p), \qquad \text{as this module's note has } \Phi

    Parameters
    ----------
    debts : Debts
        Between n parties, in whole units of one currency.
    shares : Shares, optional
        Equity that parties hold of each other; what it is worth counts among their means.
    recovered : (alpha, beta)
        Fractions of outside assets, and of claims and shares, that a defaulter recovers; 1 and 1 without costs.
    greatest : bool
        The greatest solution, or the least.
    tolerance : float
        Largest change that is not passed on, as a fraction of the largest debt.
    most : int, optional
        Links that may be worked on; by default `LINKS` times all there are.

    Raises
    ------
    InvalidQuestion
        If a fraction lies outside 0 to 1, or shares are of other parties.
    NotConverged
        If changes still go round beyond the budget: `clear_by_rounds` solves each round exactly.

    Source
    ------
    Eisenberg & Noe, Management Science 47 (2001), 236, theorem 1; Rogers & Veraart, ibid. 59 (2013), 882, §3; classes:
    Elsinger, OeNB Working Paper 156 (2009); shares: Suzuki, JORSJ 45 (2002), 123. Domain reference §4.1 and §4.2.

    Example
    -------
    >>> found = clear(Debts.of(3, [0, 1], [1, 2], [10, 8], assets=[6, 1, 0]))
    >>> found.paid.tolist(), found.defaults.tolist(), found.wave.tolist(), found.equity.tolist()
    ([6.0, 7.0, 0.0], [0, 1], [1, 2, 0], [0.0, 0.0, 7.0])
    """
    _check(debts, shares, recovered)
    paid = debts.owed.copy() if greatest else np.zeros(debts.size)
    equity = most_equity(debts, shares) if greatest else np.zeros(debts.size)
    means = debts.assets + debts.received(debts.split(paid)) + (0.0 if shares is None else shares.worth(equity))
    fell, links = np.zeros(debts.size, np.int32), len(debts.amount) + (0 if shares is None else len(shares.share))
    budget = LINKS * (links + debts.size) if most is None else most
    least = tolerance * max(float(debts.owed.max(initial=0.0)), 1e-300)
    waves, left = settle(debts.owing(recovered, shares), means, paid, equity, fell, least, budget)
    found = certified(debts, shares, recovered, paid, equity, fell, waves, greatest=greatest)
    if left <= 0:
        raise NotConverged("clearing", iterations=waves, residual=found.residual)
    return found


def certified(
    debts: Debts,
    shares: Shares | None,
    recovered: tuple[float, float],
    paid: Numbers,
    equity: Numbers,
    fell: NDArray[np.int32],
    waves: int,
    *,
    greatest: bool,
) -> Clearing:
    r"""Put payments into a clearing, with what they miss their equations by.

    .. math:: r = \max_i \max\{|p_i - \Phi_i(p, E)|,\ |E_i - (m_i - \bar p_i)^+|\}

    Parameters
    ----------
    debts, shares, recovered, greatest
        As `clear`.
    paid, equity : (n,) arrays
    fell : (n,) array
        Wave in which each first fell short.
    waves : int

    Raises
    ------
    Nothing.

    Source
    ------
    As `clear`: limited liability and absolute priority are what the equations say.

    Example
    -------
    >>> debts = Debts.of(2, [0], [1], [10], assets=[6, 0])
    >>> none = np.zeros(2, np.int32)
    >>> certified(debts, None, (1, 1), np.array([7.0, 0]), np.array([0.0, 7]), none, 1, greatest=True).residual
    1.0
    """
    by_class = debts.split(paid)
    received = debts.received(by_class)
    means = debts.assets + received + (0.0 if shares is None else shares.worth(equity))
    pays, owns = demanded(debts, means, recovered)
    missed = max(float(np.abs(paid - pays).max(initial=0.0)), float(np.abs(equity - owns).max(initial=0.0)))
    return Clearing(debts, paid, by_class, equity, received, fell, waves, missed, greatest)


def demanded(debts: Debts, means: Numbers, recovered: tuple[float, float]) -> tuple[Numbers, Numbers]:
    r"""Say what each pays out of its means, and what is left for its owners.

    .. math:: \Phi_i(m) = \bar p_i \text{ where } m_i \ge \bar p_i, \text{ else } \alpha e_i + \beta (m_i - e_i)

    Parameters
    ----------
    debts : Debts
    means : (n,) array
    recovered : (alpha, beta)

    Raises
    ------
    Nothing.

    Source
    ------
    As `clear`.

    Example
    -------
    >>> pays, owns = demanded(Debts.of(2, [0], [1], [10], assets=[6, 0]), np.array([6.0, 3.0]), (0.5, 1.0))
    >>> pays.tolist(), owns.tolist()
    ([3.0, 0.0], [0.0, 3.0])
    """
    left = recovered[0] * debts.assets + recovered[1] * (means - debts.assets)
    enough = means >= debts.owed * (1 - HAIR)
    pays = np.where(enough, debts.owed, np.clip(left, 0.0, debts.owed))
    return pays, np.where(enough, np.maximum(means - debts.owed, 0.0), 0.0)


def most_equity(debts: Debts, shares: Shares | None) -> Numbers:
    r"""Bound equity from above: everybody pays in full, and no equity lies below nothing before shares count.

    .. math:: (I - H)^{-1} (e + \Pi^T \bar p - \bar p)^+

    Parameters
    ----------
    debts, shares
        As `clear`.

    Raises
    ------
    InvalidQuestion
        If some parties hold all of each other.

    Source
    ------
    Suzuki, JORSJ 45 (2002), 123: H has a Neumann series where somebody outside owns a part of each.

    Example
    -------
    >>> most_equity(Debts.of(2, [0], [1], [4], assets=[10, 0]), Shares.of(2, [1], [0], [0.5])).tolist()
    [6.0, 7.0]
    """
    alone = np.maximum(debts.assets + debts.received(debts.owed_by_class) - debts.owed, 0.0)
    if shares is None or not len(shares.share):
        return alone
    at = shares.holders
    held = csc_array((shares.share[at.link], (at.head, at.tail)), shape=(debts.size, debts.size))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MatrixRankWarning)
        found = np.asarray(spsolve((eye_array(debts.size, format="csc") - held).tocsc(), alone))
    if not np.isfinite(found).all() or (found < -1e-9).any():
        raise InvalidQuestion(
            "some parties hold all of each other, so that nobody outside owns them", where="shares",
            remedy="leave such closed blocks out",
        )  # fmt: skip
    return np.maximum(found, 0.0)


def _check(debts: Debts, shares: Shares | None, recovered: tuple[float, float]) -> None:
    if not all(0 <= fraction <= 1 for fraction in recovered):
        raise InvalidQuestion("what a defaulter recovers is a fraction", where=f"recovered {recovered}")
    if shares is not None and len(shares.holders.start) != debts.size + 1:
        raise InvalidQuestion("shares of other parties than debts", where="shares")
