r"""Clearing by rounds of default, each solved exactly: the second way to the greatest payments.

Begin where everybody pays in full, and what shares are worth is the most it can be. Those whose means do not suffice
default; what defaulters pay in the class of seniority where their means end is then a linear system. Means go from
where they are towards its solution, and no further than to where a defaulter's means leave that class, or somebody's
equity ends: there the next system begins. Means only fall and stay above every solution, and each step moves somebody
down a class or into default, so that there are at most n (C + 2) of them.
"""

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import MatrixRankWarning, spsolve

from analytics.contagion.clearing import Clearing, certified, most_equity
from analytics.contagion.debts import Debts, Numbers, Shares
from analytics.kernels.clearing import HAIR
from graph.errors import NotConverged

NOTHING = -1
"""Of a defaulter that pays nothing at all."""
TOGETHER = 1e-9
"""Part of a way within which equities end at once."""


def clear_by_rounds(
    debts: Debts, *, shares: Shares | None = None, recovered: tuple[float, float] = (1.0, 1.0)
) -> Clearing:
    r"""Find the greatest payments by rounds of default (the fictitious default algorithm).

    .. math:: m = e + \sum_j \Pi^{c}_{j \cdot} (\text{full}) + \beta \sum_{j \in D} \Pi^{k_j}_{j \cdot} m_j + H E(m)

    solved for the means m in each round, where c runs over classes above the one, k, in which the means of a
    defaulter end.

    Parameters
    ----------
    debts, shares, recovered
        As `clear`.

    Raises
    ------
    InvalidQuestion
        As `clear`.
    NotConverged
        If a round has no solution of its own, since nothing leaves a ring of defaulters: `clear` finds it.

    Source
    ------
    Eisenberg & Noe, Management Science 47 (2001), 236, §3.1; Rogers & Veraart, ibid. 59 (2013), 882, definition 3.5.

    Example
    -------
    >>> found = clear_by_rounds(Debts.of(3, [0, 1], [1, 2], [10, 8], assets=[6, 1, 0]))
    >>> found.paid.round(12).tolist(), found.wave.tolist(), found.waves
    ([6.0, 7.0, 0.0], [1, 2, 0], 2)
    """
    at = _Round(debts, shares, recovered)
    while at.step():
        if at.steps > debts.size * (debts.classes + 3) + 1:
            raise NotConverged("clearing by rounds", iterations=at.steps, residual=float("nan"))
    equity = np.where(at.solvent, np.maximum(at.means - debts.owed, 0.0), 0.0)
    return certified(debts, shares, recovered, at.paid, equity, at.fell, at.rounds, greatest=True)


class _Round:
    """Where the rounds have come to."""

    def __init__(self, debts: Debts, shares: Shares | None, recovered: tuple[float, float]) -> None:
        self.debts, self.shares, self.recovered = debts, shares, recovered
        self.before = np.cumsum(debts.owed_by_class, axis=1) - debts.owed_by_class
        self.solvent: NDArray[np.bool_] = np.ones(debts.size, np.bool_)
        self.spent: NDArray[np.bool_] = np.zeros(debts.size, np.bool_)  # no equity left, and everything paid yet
        self.ends = np.full(debts.size, debts.classes - 1)
        self.fell = np.zeros(debts.size, np.int32)
        self.rounds = self.steps = 0
        worth = 0.0 if shares is None else shares.worth(most_equity(debts, shares))
        self.means: Numbers = debts.assets + debts.received(debts.owed_by_class) + worth

    @property
    def paid(self) -> Numbers:
        """What each pays out of its means as they are."""
        return np.where(self.solvent, self.debts.owed, np.clip(self.recover(self.means), 0.0, self.debts.owed))

    def recover(self, means: Numbers) -> Numbers:
        """What defaulters have to pay from."""
        assets = self.debts.assets
        return self.recovered[0] * assets + self.recovered[1] * (means - assets)

    def step(self) -> bool:
        """Go on as far as the systems hold; whether anything changed."""
        self.steps += 1
        short = self.solvent & (self.means < self.debts.owed * (1 - HAIR))
        self.fall(short)
        target = self.solved()
        part, bends = self.bends(target)
        self.means = self.means + part * (target - self.means)
        over = bends & self.solvent
        # Where some only stop being worth anything, the next step tells whether others fall without their equity.
        fails = over & self.spent if self.spent[over].all() else np.zeros_like(over)
        self.spent = self.spent | over
        self.fall(fails)
        lower = bends & ~self.solvent & ~over
        self.ends[lower] = _where(self.debts, self.paid, self.ends - lower)[lower]
        return bool(short.any() or bends.any() or (self.solvent & (self.means < self.debts.owed * (1 - HAIR))).any())

    def fall(self, short: NDArray[np.bool_]) -> None:
        """Let some default where they stand."""
        if short.any():
            self.rounds += 1
            self.fell[short] = self.rounds
            self.solvent = self.solvent & ~short
            self.ends = np.where(short, _where(self.debts, self.paid, self.ends), self.ends)

    def bends(self, target: Numbers) -> tuple[float, NDArray[np.bool_]]:
        """What part of the way to a target the system holds, and for whom it holds no further."""
        debts, way = self.debts, np.full(self.debts.size, 1.0)
        now, then = self.recover(self.means), self.recover(target)
        foot = np.where(self.ends == NOTHING, -np.inf, self.before[np.arange(debts.size), self.ends])
        down = ~self.solvent & (then < foot - HAIR * debts.owed)
        way[down] = (now[down] - foot[down]) / (now[down] - then[down])
        out = self.solvent & (target < debts.owed * (1 - HAIR)) & (self.shares is not None)
        way[out] = (self.means[out] - debts.owed[out]) / (self.means[out] - target[out])
        part = float(np.clip(way.min(initial=1.0), 0.0, 1.0))
        return part, (down & (way <= part)) | (out & (way <= part + TOGETHER))

    def solved(self) -> Numbers:
        """Means that the system of these defaulters and classes asks for."""
        debts, size = self.debts, self.debts.size
        full = np.where(
            self.solvent[:, None] | (np.arange(debts.classes) < self.ends[:, None]), debts.owed_by_class, 0.0
        )
        at = np.flatnonzero(~self.solvent & (self.ends != NOTHING))
        # In its last class a defaulter pays alpha e + beta (m - e) less what is senior.
        alpha, beta = self.recovered
        full[at, self.ends[at]] = (alpha - beta) * debts.assets[at] - self.before[at, self.ends[at]]
        slope = np.zeros((size, debts.classes))
        slope[at, self.ends[at]] = beta
        web = csc_array((debts.part * slope.ravel()[debts.row], (debts.creditor, debts.debtor)), shape=(size, size))
        fixed = debts.assets + debts.received(full)
        if self.shares is not None:
            arrows = self.shares.holders
            company = arrows.tail.astype(np.int64)
            share = np.where((self.solvent & ~self.spent)[company], self.shares.share[arrows.link], 0.0)
            web = web + csc_array((share, (arrows.head, company)), shape=(size, size))
            fixed = fixed - np.bincount(arrows.head, share * debts.owed[company], minlength=size)
        return _solved(web, fixed)


def _where(debts: Debts, paid: Numbers, ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """The class in which payments end: the most junior that gets something."""
    before = np.cumsum(debts.owed_by_class, axis=1) - debts.owed_by_class
    reached = (paid[:, None] > before) & (debts.owed_by_class > 0)
    lowest = np.where(reached.any(axis=1), debts.classes - 1 - np.argmax(reached[:, ::-1], axis=1), NOTHING)
    return np.minimum(lowest, ends)


def _solved(web: csc_array, fixed: Numbers) -> Numbers:
    with warnings.catch_warnings():
        warnings.simplefilter("error", MatrixRankWarning)
        try:
            return np.asarray(spsolve((eye_array(len(fixed), format="csc") - web).tocsc(), fixed))
        except (MatrixRankWarning, RuntimeError) as problem:
            raise NotConverged("clearing by rounds", iterations=0, residual=float("nan")) from problem
