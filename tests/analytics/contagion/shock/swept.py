"""One shock through all layers, every firm looked at in every round: the second method beside worklists.

Each layer is asked anew, and whole, in each round: the calls from nobody called on, losses from nobody told. When to
stop it decides as those do, so that it does not hold the stop: `test_stop` does, by worked cases and by what must be
true of any end.
"""

from typing import Any

import numpy as np

from analytics.contagion.calls.book import NONE
from analytics.contagion.calls.cascade import call_guarantees
from analytics.contagion.shock.coupled import BY_CALL, BY_CASH, BY_EQUITY, BY_OUTPUT, SHOCKED, SOUND, Shock
from analytics.contagion.shock.firms import Firms
from analytics.contagion.shock.layers import Layers
from analytics.contagion.shock.supplying import Output
from analytics.contagion.shock.tied import paid_of
from analytics.contagion.supply.cascade import Cascade, cascade

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
HAIR = 1e-12


class Swept:
    """What a shock comes to."""

    def __init__(self, firms: Firms, layers: Layers, shock: Shock, *, tolerance: float, most: int = 5000) -> None:
        n, debts = firms.size, layers.debts
        self.firms, self.layers, self.shock, self.tolerance = firms, layers, shock, tolerance
        self.failed, self.round = shock.failed.copy(), shock.failed.astype(int)
        self.cause = np.where(shock.failed, SHOCKED, SOUND)
        self.rounds, self.first = 0, int(shock.failed.any())
        self.income, self.called, self.pledged, self.back, self.claims, self.passed = np.zeros((6, n))
        self.able, self.total = np.zeros((2, n))
        """What each could pay on calls when it was called, and what for."""
        self.more = np.zeros(n, np.bool_)
        """Who, once called, could pay more again."""
        self.waits = False
        """Whether a guarantee that counters another was paid on: then nobody fails before all amounts are at rest."""
        self.by_debt, self.promised = np.zeros((2, len(debts.amount)))
        self.other, self.liquid = shock.lost + shock.worse, firms.cash - shock.lost
        with np.errstate(invalid="ignore"):
            self.equity = np.where(firms.equity > 0, firms.equity, np.nan)
            self.cash = np.where(firms.liquidity > 0, firms.liquidity, np.nan)
        self.produced: Cascade | None = None
        while self._step() and self.rounds < most:
            pass
        if self.waits:
            met = sorted({0, *self.round.tolist()})
            self.round = np.array([met.index(one) for one in self.round.tolist()])

    @property
    def means(self) -> Numbers:
        felt = self.claims * ("debts" in self.layers.only)
        return np.maximum(np.minimum(self.firms.owned - self.other, self.liquid - felt), 0.0)

    @property
    def paid_calls(self) -> Numbers:
        return np.minimum(self.called, self.means)

    @property
    def lost(self) -> Numbers:
        return self.other + self.paid_calls - self.back

    @property
    def told(self) -> Numbers:
        """What each lost, on claims and shares too where these are told and not passed on."""
        shares = self.layers.shares.worth(self.passed)
        called = self.paid_calls + self.pledged - self.back
        return self.shock.lost + self.shock.worse + self.income + called + self.claims + shares

    def _step(self) -> bool:
        self.rounds += 1
        before = int(self.failed.sum())
        self._produce()
        start = self.lost
        self.before = start - self.income
        self._call()
        self._lose()
        rise = float(np.abs(self.lost - start).max(initial=0.0))
        other = float(np.abs(np.minimum(self.total, self.able) - np.minimum(self.total, self.means)).max(initial=0.0))
        if self.waits and max(rise, other) > self.tolerance:
            return True
        if self.waits:
            self._fail(self.total > self.means * (1 + 1e-9), BY_CALL)
        self._fail(self.lost > self.equity * (1 + HAIR), BY_EQUITY)
        cash = self.shock.lost + self.income + self.paid_calls - self.back
        self._fail(cash + self.claims * ("debts" in self.layers.only) > self.cash * (1 + HAIR), BY_CASH)
        return int(self.failed.sum()) > before or max(rise, other) > self.tolerance

    def _fail(self, which: Flags, cause: int) -> None:
        new = which & ~self.failed
        self.failed |= new
        self.round[new], self.cause[new] = self.rounds + self.first, cause

    def _produce(self) -> None:
        made, by_others = self.layers.production, np.zeros(self.firms.size)
        if made is not None and "production" in self.layers.only:
            stopped = np.maximum(self.shock.stopped, self.failed)
            self.produced = cascade(made.network, stopped, stop=made.stop, begin=self.produced)
            by_others = Output(made.network, self.produced).by_others
        margin = np.nan_to_num(np.maximum(self.firms.margin, 0.0))
        rise = np.maximum(np.maximum(by_others, self.shock.stopped) * margin - self.income, 0.0)
        self.other, self.liquid, self.income = self.other + rise, self.liquid - rise, self.income + rise
        self._fail((self.income >= np.fmin(self.equity, self.cash)) & (self.income > 0), BY_OUTPUT)

    def _call(self) -> None:
        given = self.layers.guarantees
        if given is None or "guarantees" not in self.layers.only:
            return
        recovered = paid_of(self.firms, self.layers, self.before, 1.0, first=True)
        means = self.means
        more = (self.total > 0) & (means > self.able * (1 + HAIR))
        self.able, self.more = np.where(more & self.more, (means + self.able) / 2, means), self.more | more
        standing = given.standing.with_means(self.able, recovered)
        found = call_guarantees(standing, np.flatnonzero(self.failed), tolerance=np.inf if self.waits else 1e-9)
        self._fail(found.wave > 0, BY_CALL)
        made = standing.sureties
        promised = np.zeros(given.debts)
        promised[: len(found.covered)] = found.covered
        self.promised = promised[self.layers.debts.order]
        counters = np.isin(made.guarantor, made.guarantor[made.counters != NONE])
        due = np.where(made.pledge, 0.0, np.where(counters, found.paid, found.called))
        pledged = found.by_guarantor(np.where(made.pledge, found.paid, 0.0))
        self.total = found.by_guarantor(np.where(made.pledge, 0.0, found.called))
        self.other = self.other + pledged - self.pledged
        behind = made.counters != NONE
        back = np.bincount(made.counters[behind], found.paid[behind], minlength=len(made))
        self.called, self.pledged = found.by_guarantor(due), pledged
        self.back = found.by_guarantor(np.minimum(back, found.paid))
        self.waits |= bool(self.back.any())

    def _lose(self) -> None:
        """Claims on who failed, and shares round by round until none falls further."""
        debts, held, on = self.layers.debts, self.layers.shares, self.layers.only
        owed = debts.owed_by_class
        left = np.maximum(self.firms.assets - self.layers.pledged - self.before, 0.0)
        most = self.firms.recovered * debts.owed
        pool = np.where(np.isnan(left), most, np.minimum(left, most))
        part = np.divide(debts.split(pool), owed, out=np.ones_like(owed), where=owed > 0)
        rise = np.maximum(debts.amount * (1 - part.ravel()[debts.row]) - self.promised, 0.0) - self.by_debt
        rise = np.where(self.failed[debts.debtor], rise, 0.0)
        self.by_debt = self.by_debt + rise
        claims = np.bincount(debts.creditor, rise, minlength=self.firms.size)
        self.claims, self.other = self.claims + claims, self.other + claims * ("debts" in on)
        while True:
            worth = self.firms.to_lose
            gone = np.where(self.failed, worth, np.clip(self.lost, 0.0, worth))
            felt = held.worth(gone - self.passed) * ("shares" in on)
            self.passed, self.other = gone, self.other + felt
            if np.abs(felt).max(initial=0.0) <= self.tolerance / 100:
                return
