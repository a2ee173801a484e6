"""Guarantees as a layer of a shock."""

from dataclasses import dataclass

import numpy as np

from analytics.contagion.calls.book import NONE, Standing
from analytics.contagion.calls.cascade import Calls, call_guarantees
from analytics.contagion.shock.firms import Numbers
from analytics.contagion.shock.layers import Called, Flags


@dataclass
class Guarantees:
    """Guarantees behind loans, which are the first of the debts of the other layers, in their order."""

    standing: Standing
    """Its capacities, before any shock, set in which order guarantors are called in full."""
    debts: int
    """Debts in all; those after the loans have no guarantors."""
    found: Calls | None = None
    """What the last call came to."""

    def call(self, failed: Flags, recovered: Numbers, capacity: Numbers) -> Called:
        """Call the guarantors of those who failed and pay these parts of their debts, up to capacities."""
        able = np.nan_to_num(capacity, nan=0.0)
        self.found = found = call_guarantees(self.standing.later(able, recovered), np.flatnonzero(failed).tolist())
        made = self.standing.sureties
        counters = made.counters != NONE
        back = np.zeros(len(made))
        np.add.at(back, made.counters[counters], found.paid[counters])
        net = np.maximum(found.paid - back, 0.0)
        promised = np.zeros(self.debts)
        promised[: len(found.covered)] = found.covered
        fails = np.zeros(len(failed), np.bool_)
        fails[found.failed] = True
        return Called(found.by_guarantor(net), found.by_guarantor(np.where(made.pledge, 0.0, net)), promised, fails)
