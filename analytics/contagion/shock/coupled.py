r"""A shock sent through all layers until nothing changes.

Who has failed, D, leads to output lost, guarantees called, claims unpaid and shares worth less; those lead to who
fails. Each of the steps is monotone in D: more failures never mean less of a loss, so that failures only add up, and
after at most n rounds none is new. What is found is the least set that holds the shock and leads to no other, whatever
the order; the rounds only tell the story. In each round come first the supplies, then the calls, then claims and
shares: a lender feels what its guarantors leave, not what they have not yet been asked for.

A firm fails that (a) the shock names; (b) loses income by a year's output of at least its equity or its liquidity;
(c) is called for more than it can pay; (d) loses in all more than its equity, or in cash more than its liquidity.
Who had no equity, or no liquidity, to begin with, is not failed by losing it; of whom it is not known, neither.

One step is not monotone: who counters a guarantee pays no more than the guarantor it counters has paid, and so less
where that one fails. As long as no guarantor fails whose guarantee another counters, all of this holds; where one does,
failures still only add up, and what is lost is what the rounds come to in the order above.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.contagion.shock.firms import Firms, Numbers
from analytics.contagion.shock.layers import Called, Flags, Layers, Produced
from analytics.contagion.shock.rings import go_round
from analytics.kernels.compiled import frozen
from analytics.kernels.losses import Lost, Sheets, lose, means
from graph.errors import InvalidQuestion, NotConverged

SOUND, SHOCKED, BY_OUTPUT, BY_CALL, BY_EQUITY, BY_CASH = range(6)
CAUSES = ("", "shock", "lost output", "called guarantee", "more lost than its equity", "more lost in cash than it has")
HAIR = 1e-12
"""Rounding below which a loss is no more than what there is to lose."""
LINKS = 1000
"""Times that each link may be worked on before a shock is given up."""
WAVES = 32
"""Bits that tell waves of calls apart within a round."""
PATIENCE = 8
"""Rounds in which nobody fails after which losses that only go round among the failed are solved at once."""


@dataclass(frozen=True)
class Shock:
    """What happens at first."""

    failed: Flags
    """Who fails of itself, shape (n,)."""
    stopped: Numbers
    """Fraction of its output that each loses of itself, shape (n,)."""
    lost: Numbers
    """Money that each loses of itself, out of its equity and its liquidity, whole units, shape (n,)."""
    worse: Numbers
    """What each is worth less of itself, out of its equity alone, whole units, shape (n,)."""

    @classmethod
    def of(
        cls,
        size: int,
        failed: ArrayLike = (),
        *,
        stopped: ArrayLike | None = None,
        lost: ArrayLike | None = None,
        worse: ArrayLike | None = None,
    ) -> "Shock":
        """Of node numbers, and of figures of all. Raises InvalidQuestion of parties that are none, and of figures that
        cannot be."""
        nodes = np.asarray(failed, np.int64).ravel()
        if len(nodes) and not 0 <= nodes.min() <= nodes.max() < size:
            raise InvalidQuestion("a party that is none of these", where="shock")
        flags = np.zeros(size, np.bool_)
        flags[nodes] = True
        given = [np.zeros(size) if one is None else np.asarray(one, np.float64) for one in (stopped, lost, worse)]
        if any(one.shape != (size,) for one in given) or not ((given[0] >= 0) & (given[0] <= 1)).all():
            raise InvalidQuestion("a fraction of the output of each party", where="stopped")
        for name, one in zip(("lost", "worse"), given[1:], strict=True):
            if not ((one >= 0) & np.isfinite(one)).all():
                raise InvalidQuestion("must be known and not negative", where=name)
        return cls(flags, *given)


@dataclass(frozen=True)
class Aftermath:
    """What a shock leads to."""

    failed: Flags
    """Shape (n,)."""
    round: NDArray[np.int64]
    """In which round each failed; 0 for who did not. Who fails of itself does in the first; where nobody does, what the
    shock leads to at once."""
    order: NDArray[np.int64]
    """In what order they failed, ascending; 0 for who did not. Of a round those by lost output come first, then those
    by calls, wave by wave, then the others; it says what led to what, and nothing rests on it."""
    cause: NDArray[np.int8]
    """Why, as a position in CAUSES."""
    own: Numbers
    """Money and worth lost of itself, by the shock."""
    income: Numbers
    """Lost by lost output."""
    called: Numbers
    """Paid on guarantees."""
    claims: Numbers
    """Lost on claims."""
    shares: Numbers
    """Lost on shares."""
    by_debt: Numbers
    """Lost on each debt, after collateral, the debtor's own means and guarantors; in the order given."""
    promised: Numbers
    """What guarantors pay of each debt, in the order given."""
    asked: Numbers
    """What each guarantee is called for, shape (g,); empty where none carries anything."""
    by_guarantee: Numbers
    """What each pays of it, shape (g,)."""
    paid: Numbers
    """Fraction that each pays of what it owes and no collateral covers; 1 where it has not failed."""
    passed: Numbers
    """Equity of each that its holders lost."""
    produced: Produced | None
    """What the production layer came to."""
    rounds: int
    residual: float
    """The most that a loss would rise yet."""

    @property
    def lost(self) -> Numbers:
        """Lost by each, whatever the cause, shape (n,)."""
        return self.own + self.income + self.called + self.claims + self.shares


def send(
    firms: Firms,
    layers: Layers,
    shock: Shock,
    *,
    kept: float = 1.0,
    tolerance: float = 1e-6,
    progress: Callable[[int, int], None] | None = None,
) -> Aftermath:
    r"""Send a shock through all layers.

    .. math:: D \leftarrow D \cup \{i : \ell^{out}_i \ge \min(E_i, C_i)\} \cup
        \{i : g_i > \max(0, \min(E_i - \ell^{other}_i, C_i - \ell^{out}_i - \ell^{claims}_i))\} \cup
        \{i : \ell_i > E_i\} \cup \{i : \ell^{cash}_i > C_i\}

    with losses :math:`\ell(D)` of output, claims, shares and calls :math:`g(D)`, equity E and liquidity C.

    Parameters
    ----------
    firms : Firms
    layers : Layers
        Of the same n parties.
    shock : Shock
    kept : float
        Fraction of its assets that a failure leaves to creditors.
    tolerance : float
        Money below which a loss is not passed on.
    progress : callable, optional
        Told the round, and how many have failed so far.

    Raises
    ------
    InvalidQuestion
        If the parties are not the same, or `kept` is no fraction.
    NotConverged
        If losses still go round beyond the budget, or no more firms fail and amounts do not come to rest.

    Source
    ------
    Domain reference §4.10: lost output, failure, calls, further failure, until there is none. Existence, and that the
    order does not matter: Tarski, Pacific J. Math. 5 (1955), 285, theorem 1.

    Example
    -------
    >>> firms = Firms.of(3, equity=[10, 5, 50], assets=[30, 20, 60], liabilities=[20, 15, 10], recovered=1)
    >>> found = send(firms, Layers.of(firms, debts=([0, 1], [1, 2], [20, 15])), Shock.of(3, [0], lost=[18, 0, 0]))
    >>> found.failed.tolist(), found.claims.round(9).tolist(), found.round.tolist()
    ([True, True, False], [0.0, 8.0, 3.0], [1, 2, 0])
    """
    if not 0 <= kept <= 1:
        raise InvalidQuestion("is a fraction", where=f"kept {kept}")
    if len({firms.size, layers.debts.size, len(shock.failed)}) > 1:
        raise InvalidQuestion("firms, layers and shock are of other parties", where="shock")
    run = _Run(firms, layers, shock, kept, tolerance)
    while run.step():
        if progress:
            progress(run.rounds, int(run.failed.sum()))
        if run.rounds > 2 * firms.size + LINKS:
            raise NotConverged("shock", iterations=run.rounds, residual=run.left)
    return run.told()


class _Run:
    """One shock on its way."""

    def __init__(self, firms: Firms, layers: Layers, shock: Shock, kept: float, tolerance: float) -> None:
        n, debts = firms.size, layers.debts
        self.firms, self.layers, self.shock, self.kept, self.tolerance = firms, layers, shock, kept, tolerance
        self.failed, self.round = shock.failed.copy(), shock.failed.astype(np.int64)
        self.order, self.cause = self.round.copy(), np.where(shock.failed, SHOCKED, SOUND).astype(np.int8)
        self.rounds, self.left, self.quiet = 0, 0.0, 0
        self.raised = np.zeros(0, np.int64)
        self.income, self.called, self.pledged, self.back = (np.zeros(n) for _ in range(4))
        self.promised, self.asked, self.by_guarantee = np.zeros(len(debts.amount)), np.zeros(0), np.zeros(0)
        self.first, self.own = int(shock.failed.any()), shock.lost + shock.worse
        begun = self.own.copy(), self.own.copy()
        self.lost = Lost(*begun, np.zeros(n), np.zeros(len(debts.amount)), np.zeros(n))
        with np.errstate(invalid="ignore"):
            # Comparisons with what is not known, or was not there to lose, are never true.
            self.equity = np.where(firms.equity > 0, firms.equity, np.nan)
            self.cash = np.where(firms.liquidity > 0, firms.liquidity, np.nan)
        self.able = np.fmin(self.equity, self.cash)
        self.owned, self.liquid = firms.owned, firms.cash
        self.liquid -= shock.lost
        self.margin = np.nan_to_num(np.maximum(firms.margin, 0.0))
        self.produced: Produced | None = None
        self._sheets = self._tied()

    def _tied(self) -> Sheets:
        debts, held, firms, on = self.layers.debts, self.layers.shares, self.firms, self.layers.only
        return Sheets(
            debts.classes, frozen(debts.start, np.int64), frozen(debts.creditor, np.uint32),
            frozen(debts.amount, np.float64), frozen(self.promised, np.float64),
            frozen(debts.owed_by_class.ravel(), np.float64), frozen(held.holders.start, np.int64),
            frozen(held.holders.head, np.uint32), frozen(held.share[held.holders.link], np.float64),
            frozen(firms.to_lose, np.float64), frozen(firms.assets - self.layers.pledged, np.float64),
            frozen(firms.recovered, np.float64), frozen(self.called, np.float64), frozen(self.owned, np.float64),
            frozen(self.liquid, np.float64), frozen(self.back, np.float64), self.kept, float("debts" in on),
            float("shares" in on),
        )  # fmt: skip

    def step(self) -> bool:
        """One round; whether another is needed."""
        self.rounds += 1
        before = int(self.failed.sum())
        touched = [np.flatnonzero(self.own > 0)] if self.rounds == 1 else []
        touched += [self.raised, self._produce()]
        # Guarantors are called for what the same means leave as creditors then lose.
        start = self.whole
        # Income that is not earned was never among the assets that creditors are paid from.
        self.lost.before[:] = start - self.income
        touched += [self._call(), np.flatnonzero(self.failed)]
        first = np.unique(np.concatenate(touched)).astype(np.uint32)
        budget = LINKS * (len(self.layers.debts.amount) + len(self.layers.shares.share) + self.firms.size)
        budget, self.left = lose(self._sheets, self.failed, first, self.tolerance, budget, self.lost)
        if budget <= 0 and self.left > self.tolerance:
            raise NotConverged("losses", iterations=self.rounds, residual=self.left)
        self._fail(self.whole > self.equity * (1 + HAIR), BY_EQUITY)
        cash = self.shock.lost + self.income + self.paid_calls - self.back
        cash += self.lost.claims * ("debts" in self.layers.only)
        self._fail(cash > self.cash * (1 + HAIR), BY_CASH)
        rise = float(np.abs(self.whole - start).max(initial=0.0))
        self.quiet = 0 if int(self.failed.sum()) > before else self.quiet + 1
        self.raised = np.zeros(0, np.int64)
        if self.quiet >= PATIENCE and rise > self.tolerance:
            self.raised = go_round(self._sheets, self.failed, self.lost, self.whole - self.income)
        return self.quiet == 0 or rise > self.tolerance

    @property
    def means(self) -> Numbers:
        """What each can still pay on calls: what is left of its equity, or of its liquidity after losses in cash."""
        able = np.empty(self.firms.size)
        means(self._sheets, self.lost, able)
        return able

    @property
    def paid_calls(self) -> Numbers:
        """What each pays on guarantees out of its means."""
        return np.asarray(np.minimum(self.called, self.means))

    @property
    def whole(self) -> Numbers:
        """What each lost, whatever the cause."""
        return self.lost.other + self.paid_calls - self.back

    def _produce(self) -> NDArray[np.int64]:
        """Let output fall with who stopped; who loses income anew."""
        made, by_others = self.layers.production, np.zeros(self.firms.size)
        if made is not None and "production" in self.layers.only:
            self.produced = made.lose(np.maximum(self.shock.stopped, self.failed), self.produced)
            by_others = self.produced.by_others
        # What brings a firm down is what it loses by others, and by the shock, not that it stands still when it failed.
        income = np.maximum(by_others, self.shock.stopped) * self.margin
        at = np.flatnonzero(income > self.income)
        self.lost.other[at] += income[at] - self.income[at]
        self.liquid[at] -= income[at] - self.income[at]
        self.income[at] = income[at]
        self._fail((self.income >= self.able) & (self.income > 0), BY_OUTPUT)
        return at

    def _call(self) -> NDArray[np.int64]:
        """Call guarantors; who pays anew."""
        given = self.layers.guarantees
        if given is None or "guarantees" not in self.layers.only:
            return np.zeros(0, np.int64)
        found: Called = given.call(self.failed, self.recovered(first=True), self.means)
        self._fail(found.wave > 0, BY_CALL, found.wave)
        self.promised[:] = found.promised[self.layers.debts.order]
        self.asked, self.by_guarantee = found.asked, found.by_guarantee
        # Collateral that is gone is no means to pay calls from.
        self.lost.other[:] += found.pledged - self.pledged
        self.pledged[:], self.called[:], self.back[:] = found.pledged, found.called, found.back
        return np.flatnonzero((found.called > 0) | (found.pledged > 0))

    def _fail(self, which: Flags, cause: int, wave: NDArray[np.int32] | None = None) -> None:
        new = which & ~self.failed
        if new.any():
            self.failed |= new
            self.round[new], self.cause[new] = self.rounds + self.first, cause
            step = (self.rounds * len(CAUSES) + min(cause, BY_EQUITY)) << WAVES
            self.order[new] = step if wave is None else step + wave[new].astype(np.int64)

    def recovered(self, *, first: bool = False) -> Numbers:
        """Fraction that each would pay if it failed now of what no collateral covers, or of its `first` class alone."""
        sheets, debts = self._sheets, self.layers.debts
        left = self.kept * np.maximum(sheets.assets - self.lost.before, 0.0)
        most = sheets.recovered * debts.owed
        pool = np.where(np.isnan(left), self.kept * most, np.minimum(left, most))
        whole = debts.owed_by_class[:, 0] if first else debts.owed
        alone = np.minimum(self.kept * sheets.recovered, 1.0)  # of who is not known to owe anything
        return np.minimum(np.divide(pool, whole, out=alone, where=whole > 0), 1.0)

    def told(self) -> Aftermath:
        """What it came to."""
        order = self.layers.debts.order
        by_debt, promised = np.empty_like(self.lost.by_debt), np.empty_like(self.promised)
        by_debt[order], promised[order] = self.lost.by_debt, self.promised
        shares = self.layers.shares.worth(self.lost.passed)
        paid = np.where(self.failed, self.recovered(), 1.0)
        called = self.paid_calls + self.pledged - self.back
        return Aftermath(
            self.failed, self.round, self.order, self.cause, self.own, self.income, called, self.lost.claims, shares,
            by_debt, promised, self.asked, self.by_guarantee, paid, self.lost.passed, self.produced, self.rounds,
            self.left,
        )  # fmt: skip
