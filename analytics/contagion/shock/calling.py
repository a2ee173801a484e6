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
        made = self.standing.sureties
        promised = np.zeros(self.debts)
        promised[: len(found.covered)] = found.covered
        # Who counters pays no more than the guarantor it counters has paid, whatever it is called for.
        counters = np.isin(made.guarantor, made.guarantor[made.counters != NONE])
        due = np.where(made.pledge, 0.0, np.where(counters, found.paid, found.called))
        return Called(
            found.by_guarantor(due),
            found.by_guarantor(np.where(made.pledge, found.paid, 0.0)),
            found.by_guarantor(_back(found)),
            found.called,
            found.paid,
            promised,
            found.wave,
        )


def _back(found: Calls) -> Numbers:
    """What those that counter each guarantee pay back of it."""
    made = found.standing.sureties
    counters = made.counters != NONE
    back = np.bincount(made.counters[counters], found.paid[counters], minlength=len(made))
    return np.asarray(np.minimum(back, found.paid))
