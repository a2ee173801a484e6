"""Guarantees as a layer of a shock."""

from dataclasses import dataclass

import numpy as np

from analytics.contagion.calls.book import NONE, Standing
from analytics.contagion.calls.cascade import Calls, call_guarantees
from analytics.contagion.shock.firms import Numbers
from analytics.contagion.shock.layers import Called, Flags


@dataclass(frozen=True)
class Guarantees:
    """Guarantees behind loans, which are the first of the debts of the other layers, in their order."""

    standing: Standing
    """Its capacities, before any shock, set in which order guarantors are called in full."""
    debts: int
    """Debts in all; those after the loans have no guarantors."""

    def call(self, failed: Flags, recovered: Numbers, capacity: Numbers) -> Called:
        """Call the guarantors of those who failed and pay these parts of their debts, up to capacities."""
        able = np.nan_to_num(capacity, nan=0.0)
        found = call_guarantees(self.standing.with_means(able, recovered), np.flatnonzero(failed).tolist())
        net, pledge = _net(found), self.standing.sureties.pledge
        promised, fails = np.zeros(self.debts), np.zeros(len(failed), np.bool_)
        promised[: len(found.covered)], fails[found.failed] = found.covered, True
        cash = found.by_guarantor(np.where(pledge, 0.0, net))
        return Called(found.by_guarantor(net), cash, found.called, net, promised, fails)


def _net(found: Calls) -> Numbers:
    """What each guarantee pays, less what those that counter it pay back."""
    made = found.standing.sureties
    counters = made.counters != NONE
    back = np.bincount(made.counters[counters], found.paid[counters], minlength=len(made))
    return np.maximum(found.paid - back, 0.0)
