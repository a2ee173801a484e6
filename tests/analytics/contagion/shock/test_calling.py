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


def test_of_guarantors_that_fall_in_one_round_each_stands_behind_the_one_it_fell_by() -> None:
    """B guarantees A, C guarantees B; A's failure calls on B beyond its means, B's on C, all before anybody loses."""
    firms = Firms.of(4, equity=[1e9, 1, 5, 5], recovered=0)
    loans = Loans.of(4, [BANK] * 3, [A, B, C], [100.0] * 3)
    behind = Sureties.of(loans, [B, C], [0, 1], [100.0] * 2, joint=True)
    given = Guarantees(Standing.of(loans, behind, capacity=[0, 1, 5, 5], recovery=0), 3)
    layers = Layers.of(firms, debts=([A, B, C], [BANK] * 3, [100.0] * 3), guarantees=given)
    found = send(firms, layers, Shock.of(4, [A]))
    assert found.round.tolist() == [0, 1, 2, 2]
    assert 0 < found.order[A] < found.order[B] < found.order[C]
    assert found.order[BANK] == 0


def test_a_joint_guarantor_gets_from_a_general_counter_guarantor_no_more_when_the_debtor_is_poorer() -> None:
    """B guarantees A's 100 at once, C counters that and answers after execution; A has 50, or 20, for its creditor."""
    lost = []
    for assets in (50.0, 20.0):
        firms = Firms.of(4, equity=[1e9, 1, 200, 300], assets=[1e9, assets, 1e9, 1e9], recovered=0.5)
        loans = Loans.of(4, [BANK], [A], [100.0])
        behind = Sureties.of(loans, [B, C], [0, 0], [100.0, 60.0], joint=[True, False], counters=[-1, 0])
        given = Guarantees(Standing.of(loans, behind, capacity=[0, 1, 200, 300], recovery=0.5), 1)
        found = send(firms, Layers.of(firms, debts=([A], [BANK], [100.0]), guarantees=given), Shock.of(4, [A]))
        lost.append(found.called.tolist())
    # C answers for the 60 that it promised of the 100 that B pays, whatever A pays back to either of them later.
    assert lost[0] == lost[1] == pytest.approx([0, 0, 40, 60])


def test_collateral_that_is_gone_pays_no_calls() -> None:
    """B has 100, of which it pledged 70 for A; it is called for 60 beside that and has 30 left."""
    firms = Firms.of(3, equity=[1e9, 1, 100], recovered=0)
    loans = Loans.of(3, [BANK, BANK], [A, A], [70.0, 60.0])
    behind = Sureties.of(loans, [B, B], [0, 1], [70.0, 60.0], joint=True, pledge=[True, False])
    given = Guarantees(Standing.of(loans, behind, capacity=[0, 1, 100], recovery=0), 2)
    layers = Layers.of(firms, debts=([A, A], [BANK] * 2, [70.0, 60.0]), guarantees=given)
    found = send(firms, layers, Shock.of(3, [A]))
    assert (found.called[B], found.cause[B]) == (pytest.approx(100), BY_CALL)
    assert found.by_debt.sum() == pytest.approx(130 - 100)
