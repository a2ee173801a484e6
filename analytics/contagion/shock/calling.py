"""Guarantees as a layer of a shock."""

from dataclasses import dataclass

from analytics.contagion.calls.book import Standing


@dataclass(frozen=True)
class Guarantees:
    """Guarantees behind loans, which are the first of the debts of the other layers, in their order."""

    standing: Standing
    """Its capacities, before any shock, set in which order guarantors are called in full."""
    debts: int
    """Debts in all; those after the loans have no guarantors."""
