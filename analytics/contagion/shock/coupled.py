r"""A shock sent through all layers until nothing changes.

Who has failed, D, leads to output lost, guarantees called, claims unpaid and shares worth less; those lead to who
fails. Each of the steps is monotone in D: more failures never mean less of a loss, so that failures only add up, and
after at most n rounds none is new. What is found is the least set that holds the shock and leads to no other, whatever
the order; the rounds only tell the story. In each round come first the supplies, then the calls, then claims and
shares: a lender feels what its guarantors leave, not what they have not yet been asked for. What a guarantor loses
after that it may no longer pay. One that is called for all it has left loses no more in all by it, only its lender
does, in the next round: so the last round is the first in which nobody fails, no loss rises and no called guarantor can
pay less than its lender was told. Each step of a further round would find what it found before.

A firm fails that (a) the shock names; (b) loses income by a year's output of at least its equity or its liquidity;
(c) is called for more than it can pay; (d) loses in all more than its equity, or in cash more than its liquidity.
Who had no equity, or no liquidity, to begin with, is not failed by losing it; of whom it is not known, neither.

One step is not monotone: who counters a guarantee pays no more than the guarantor it counters has paid, and so less
where that one fails. As long as no guarantor fails whose guarantee another counters, all of this holds. Once anybody
has paid on a guarantee that counters another, a loss may fall again, and with it the amounts that it led to: nobody
then fails by a loss or by a call before all amounts are at rest, each what the others lead to with those who have
failed so far. Failures still only add up, those at each rest together, so that there are at most n rests; who failed at
one stays failed where a later failure lets fall again what it lost, and only there does the order decide who fails.
No called guarantor can then pay more than its lender was told either. A guarantor that can pay more for the second time
is told to pay half of that more, since what it pays may take from who counters it, of whom it holds shares: so what
comes back against itself comes to rest.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.contagion.shock.firms import Firms, Numbers
from analytics.contagion.shock.layers import Flags, Layers
from analytics.contagion.shock.rings import go_round
from analytics.contagion.shock.supplying import Output
from analytics.contagion.shock.tied import LINKS, Tied, paid_of
from analytics.contagion.supply.cascade import Cascade
from analytics.kernels.answering import COUNTERED
from analytics.kernels.coupled import (
    CALLS,
    DONE,
    FALL,
    LOSSES,
    MADE_ROUNDS,
    MORE,
    RING,
    RISE,
    SUPPLIES,
    feel,
    go,
    let_fail,
    let_lose,
    put_back,
    put_back_calls,
    put_back_output,
)
from analytics.kernels.losses import EVER, FELL, ROUND
from analytics.kernels.sent_years import begin_year, end_year
from graph.errors import InvalidQuestion, NotConverged

SETTLING = 64
"""Rounds for each firm in which amounts may come to rest before another fails: halves of money down to a tolerance."""
SOUND, SHOCKED, BY_OUTPUT, BY_CALL, BY_EQUITY, BY_CASH = range(6)
CAUSES = ("", "shock", "lost output", "called guarantee", "more lost than its equity", "more lost in cash than it has")


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
    produced: Output | None
    """What the production layer came to."""
    rounds: int
    residual: float
    """The most of a loss that was not passed on."""

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
    return Room(Tied.of(firms, layers, kept=kept, tolerance=tolerance)).send(shock, progress=progress)


class Room:
    """Memory for shocks to the same firms and layers, kept between them: each writes, and puts back, only what it
    touches. One shock at a time: each thread has its own."""

    def __init__(self, tied: Tied) -> None:
        self.tied = tied
        self.ground, self.course = tied.course()
        self._clean = True

    def send(self, shock: Shock, *, progress: Callable[[int, int], None] | None = None) -> Aftermath:
        """Send a shock through all layers, as the function `send`. Raises what that does."""
        if len(shock.failed) != self.tied.firms.size:
            raise InvalidQuestion("firms, layers and shock are of other parties", where="shock")
        self.clear()
        self._clean, course = False, self.course
        let_fail(course.parties, np.flatnonzero(shock.failed).astype(np.uint32))
        hit = np.flatnonzero((shock.stopped > 0) | (shock.lost > 0) | (shock.worse > 0))
        if len(hit):
            own = (one[hit] for one in (shock.stopped, shock.lost, shock.worse))
            let_lose(course.lost, course.parties, self.ground.web, course.made, hit.astype(np.uint32), *own)
        self.follow(progress)
        return self._told(shock)

    def year(
        self, first: NDArray[np.uint32], lender: int, share: tuple[float, float], by: Numbers
    ) -> tuple[float, float, int]:
        """Let some default: what a lender loses by that alone and by all that follows, and how many fail then.

        `by` gets these losses by whom they came of, shape (n,), each times its part of `share`; none where it is of no
        length. Raises NotConverged as `send`.
        """
        self.clear()
        self._clean = False
        rests, alone = begin_year(self.ground, self.course, first, lender, share[0], by)
        if not rests:
            raise self._endless(CALLS)
        self.follow()
        failed, whole = end_year(self.ground, self.course, lender, share[1], by)
        self._clean = True
        return alone, whole, failed

    def clear(self) -> None:
        """Put back what the last shock touched."""
        if not self._clean:
            ground, course = self.ground, self.course
            put_back_calls(course.parties, ground.calling, ground.trees, course.work, course.answered)
            put_back_output(course.parties, ground.web, ground.chain, course.made)
            put_back(ground.sheets, course.lost, course.parties)
            course.tally.number[:] = 0
            course.tally.left[:] = 0.0
            self._clean = True

    def follow(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Go round by round until nothing changes."""
        most, many, came = SETTLING * self.tied.firms.size + LINKS + 1, self.course.parties.many, MORE
        while came in (MORE, RING):
            came = go(self.ground, self.course, 1 if progress else most - int(many[ROUND]))
            if came == RING:
                self._go_round()
            if progress and came != DONE:
                progress(int(many[ROUND]), int(many[FELL]))
            if came != DONE and (came not in (MORE, RING) or many[ROUND] >= most):
                raise self._endless(came)

    def _endless(self, came: int) -> NotConverged:
        """What does not come to rest; the memory is made anew."""
        what = {SUPPLIES: "losses along supplies", CALLS: "calls on guarantors", LOSSES: "losses"}.get(came, "shock")
        left, rounds = self.course.tally.left[FALL if came == SUPPLIES else RISE], self.course.parties.many[ROUND]
        problem = NotConverged(what, iterations=int(rounds), residual=float(left))
        self.ground, self.course = self.tied.course()
        self._clean = True
        return problem

    def _go_round(self) -> None:
        """Let losses that only go round among the failed come to their end."""
        parties, lost = self.course.parties, self.course.lost
        down = np.sort(parties.fell[: parties.many[FELL]].astype(np.int64))
        now = lost.other[down] + np.minimum(lost.called[down], self._means(down)) - lost.back[down]
        touched = go_round(self.ground.sheets, lost, down, now - lost.income[down])
        feel(self.course.parties, touched.astype(np.uint32))

    def _means(self, some: NDArray[np.int64]) -> Numbers:
        """What some can still pay on calls."""
        sheets, lost = self.ground.sheets, self.course.lost
        cash = sheets.cash[some] - lost.spent[some] - sheets.felt_claims * lost.claims[some]
        return np.maximum(np.minimum(sheets.owned[some] - lost.other[some], cash), 0.0)

    def _told(self, shock: Shock) -> Aftermath:
        """What it came to."""
        lost, parties, said = self.course.lost, self.course.parties, self.course.answered
        firms, layers, rules = self.tied.firms, self.tied.layers, self.ground.rules
        by_debt, promised = np.empty_like(lost.by_debt), np.empty_like(lost.promised)
        by_debt[layers.debts.order], promised[layers.debts.order] = lost.by_debt, lost.promised
        ever = np.sort(parties.ever[: parties.many[EVER]].astype(np.int64))

        def told(figures: Numbers) -> Numbers:
            """Of everybody, where nothing is of whom nothing was touched."""
            made = np.zeros(firms.size)
            made[ever] = figures
            return made

        pays = paid_of(firms, layers, told(lost.before[ever]), self.ground.sheets.kept)
        called = np.minimum(lost.called[ever], self._means(ever)) + lost.pledged[ever] - lost.back[ever]
        asked, by_guarantee = np.zeros(0), np.zeros(0)
        if rules.guarantees and layers.guarantees is not None:
            order = layers.guarantees.standing.order
            asked, by_guarantee = np.empty(len(order)), np.empty(len(order))
            asked[order], by_guarantee[order] = self.course.work.call, said.paid
        passed = told(lost.passed[ever])
        # Rounds in which amounts only came to rest tell nothing.
        rounds = parties.round.copy()
        if said.many[COUNTERED]:
            rounds = np.searchsorted(np.unique(np.append(rounds, 0)), rounds)
        return Aftermath(
            parties.failed.copy(), rounds, parties.order.copy(), parties.cause.copy(),
            shock.lost + shock.worse, told(lost.income[ever]), told(called), told(lost.claims[ever]),
            layers.shares.worth(passed), by_debt, promised, asked, by_guarantee,
            np.where(parties.failed, pays, 1.0), passed, self._output(shock), int(parties.many[ROUND]),
            float((lost.other[ever] - lost.told[ever]).max(initial=0.0)),
        )  # fmt: skip

    def _output(self, shock: Shock) -> Output | None:
        """What is left of everybody's output, if that layer carries anything."""
        made, supplies, tally = self.course.made, self.tied.layers.production, self.course.tally
        if supplies is None or not self.ground.rules.production:
            return None
        stopped = np.maximum(shock.stopped, self.course.parties.failed)
        found = Cascade(
            stopped, made.down.copy(), made.up.copy(), supplies.network.sales, supplies.stop,
            float(tally.left[FALL]), int(tally.number[MADE_ROUNDS]),
        )  # fmt: skip
        return Output(supplies.network, found)
