"""Guarantees within a shock: the published cases, and what a guarantor's own losses leave of its promise."""

import numpy as np
import pytest

from analytics.contagion.calls.book import Loans, Standing, Sureties
from analytics.contagion.shock.calling import Guarantees
from analytics.contagion.shock.coupled import BY_CALL, BY_EQUITY, Shock, send
from analytics.contagion.shock.firms import Firms
from analytics.contagion.shock.layers import Layers

BANK, A, B, C = range(4)


def ring(capacity: list[float]) -> tuple[Firms, Layers]:
    """GUA-06 and GUA-07: B guarantees A, C guarantees B, A guarantees C, 100 each, general; 40 % is recovered."""
    owing = [A, B, C]
    firms = Firms.of(4, equity=[1e9, *capacity], recovered=0.4)
    loans = Loans.of(4, [BANK] * 3, owing, [100.0] * 3)
    behind = Sureties.of(loans, [B, C, A], [0, 1, 2], [100.0] * 3)
    able = np.array([0, *capacity], float)
    given = Guarantees(Standing.of(loans, behind, capacity=able, recovery=0.4), 3)
    return firms, Layers.of(firms, debts=(owing, [BANK] * 3, [100.0] * 3), guarantees=given)


@pytest.mark.parametrize(("capacity", "failed", "loss"), [([0, 50, 55], [A, B, C], 75.0), ([0, 50, 60], [A, B], 10.0)])
def test_rings_come_to_what_the_cascade_of_calls_says(capacity: list[float], failed: list[int], loss: float) -> None:
    firms, layers = ring(capacity)
    found = send(firms, layers, Shock.of(4, [A]))
    assert np.flatnonzero(found.failed).tolist() == failed
    assert found.by_debt.sum() == pytest.approx(loss)


def test_what_a_guarantor_lost_before_it_cannot_pay() -> None:
    # B owes 100 and is guaranteed by A; A has 80 and a claim of 50 on C, which fails with B and pays nothing.
    firms = Firms.of(4, equity=[1e9, 80, 1, 1], recovered=0)
    loans = Loans.of(4, [BANK], [B], [100.0])
    behind = Sureties.of(loans, [A], [0], [100.0], joint=True)
    given = Guarantees(Standing.of(loans, behind, capacity=[0, 80, 0, 0], recovery=0), 2)
    layers = Layers.of(firms, debts=([B, C], [BANK, A], [100, 50]), guarantees=given)
    found = send(firms, layers, Shock.of(4, [B, C]))
    assert found.cause[A] in (BY_CALL, BY_EQUITY)
    assert found.called[A] == pytest.approx(30)
    assert found.lost[A] == pytest.approx(80)
    assert found.by_debt.tolist() == [pytest.approx(70), pytest.approx(50)]
