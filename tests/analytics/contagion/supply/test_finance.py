"""Failures for lost production and what banks lose by them: worked cases and properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contagion.distress import Impact
from analytics.contagion.supply.finance import Loans, Statements, bank_losses
from graph.errors import InvalidQuestion

NAN = float("nan")
PLENTY = 1e6


def one(loss: float, *, equity: float, liquidity: float, material: float = 60.0) -> tuple[bool, bool]:
    firms = Statements.of([100.0], [material], [equity], [liquidity])
    found = bank_losses([loss], firms, Loans.of([0], [0], [10.0], equity=[100.0]))
    return bool(found.by_equity[0]), bool(found.by_liquidity[0])


def test_a_firm_fails_where_the_lost_profit_is_its_equity_or_its_liquidity() -> None:
    """Domain reference §4.9 and INT-03: 0.7 of a profit of 40 is 28."""
    assert one(0.7, equity=25, liquidity=PLENTY) == (True, False)
    assert one(0.7, equity=PLENTY, liquidity=28) == (False, True)
    assert one(0.7, equity=28.1, liquidity=28.1) == (False, False)
    assert one(0.3, equity=12, liquidity=12) == (True, True)


def test_without_a_loss_nobody_fails_and_who_was_under_water_is_left_out() -> None:
    assert one(0.0, equity=0, liquidity=0) == (False, False)
    firms = Statements.of([100, 100, 50, 100], [60, 60, 60, 60], [-1, 10, 10, 10], [10, -1, 10, 10])
    found = bank_losses([1, 1, 1, 1], firms, Loans.of([0, 1, 2, 3], [0] * 4, [10] * 4, equity=[100]))
    assert found.excluded.tolist() == [True, True, True, False]
    assert (found.defaulted.tolist(), found.lost.tolist()) == ([False, False, False, True], [10.0])


def test_a_bank_loses_no_more_than_it_owns_and_the_index_weighs_by_equity() -> None:
    firms = Statements.of([100, 100], [0, 0], [10, 10], [10, 10])
    loans = Loans.of([0, 0, 1], [0, 1, 1], [300, 30, 30], equity=[100, 300])
    found = bank_losses([1, 1], firms, loans, lgd=[0.5, 1.0])
    assert (found.lost.tolist(), found.share.tolist()) == ([150.0, 45.0], [1.0, 0.15])
    assert found.index == pytest.approx((100 + 45) / 400)
    assert found.index_with_banks == found.index


def test_distress_between_banks_is_a_linear_system_where_no_bank_fails() -> None:
    firms = Statements.of([100], [0], [10], [10])
    loans = Loans.of([0], [0], [20], equity=[100, 50])
    owed = np.array([[0.0, 0.4], [0.2, 0.0]])
    between = Impact.weighed(2, [1, 0], [0, 1], [0.4, 0.2])
    found = bank_losses([1], firms, loans, between=between)
    h = np.linalg.solve(np.eye(2) - owed, [0.2, 0.0])
    assert found.spread is not None
    np.testing.assert_allclose(found.spread.h, h, atol=1e-8)
    assert found.index_with_banks == pytest.approx((100 * h[0] + 50 * h[1]) / 150, abs=1e-8)
    assert found.index == pytest.approx(20 / 150)


def test_missing_statements_are_left_out_or_medians_that_are_marked() -> None:
    firms = Statements.of([100, 200, NAN, NAN], [60, 80, NAN, 1], [5, 15, NAN, 1], [9, 9, 9, 1])
    loans = Loans.of([2, 3], [0, 0], [10, 10], equity=[100])
    out = bank_losses([1, 1, 1, 1], firms, loans)
    assert (out.left_out.tolist(), out.lost.tolist()) == ([False, False, True, True], [0.0])
    filled = bank_losses([1, 1, 1, 1], firms, loans, missing="median", industry=[0, 0, 0, 1])
    assert filled.estimated.tolist() == [False, False, True, False]
    assert filled.left_out.tolist() == [False, False, False, True]  # nobody of its industry says a revenue
    assert filled.profit_loss[2] == 150 - 70
    assert filled.lost.tolist() == [10.0]
    with pytest.raises(InvalidQuestion, match="medians are of industries"):
        bank_losses([1, 1, 1, 1], firms, loans, missing="median")


FRACTIONS = st.lists(st.floats(0, 1), min_size=4, max_size=4)


@given(FRACTIONS, FRACTIONS, st.lists(st.floats(0, 60), min_size=8, max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_larger_loss_never_costs_a_bank_less(loss: list[float], more: list[float], items: list[float]) -> None:
    firms = Statements.of([100] * 4, [60] * 4, items[:4], items[4:])
    loans = Loans.of([0, 1, 2, 3], [0, 0, 1, 1], [30, 50, 20, 90], equity=[60, 100])
    between = Impact.of(2, [0, 1], [1, 0], [30, 30], equity=loans.equity)
    less = bank_losses(loss, firms, loans, between=between)
    greater = bank_losses(np.maximum(loss, more), firms, loans, between=between)
    assert (greater.lost >= less.lost).all()
    assert greater.index_with_banks >= less.index_with_banks - 1e-9
    assert less.index <= less.index_with_banks + 1e-12 <= 1 + 1e-9


@pytest.mark.parametrize(
    "given",
    [
        lambda: Statements.of([1], [1], [1], [1, 2]),
        lambda: Loans.of([0], [0], [-1], equity=[1]),
        lambda: Loans.of([0], [0], [NAN], equity=[1]),
        lambda: Loans.of([0], [1], [1], equity=[1]),
        lambda: Loans.of([0], [0], [1], equity=[0]),
        lambda: bank_losses([2.0], Statements.of([1], [1], [1], [1]), Loans.of([0], [0], [1], equity=[1])),
        lambda: bank_losses([1.0], Statements.of([1], [1], [1], [1]), Loans.of([3], [0], [1], equity=[1])),
        lambda: bank_losses([1.0], Statements.of([1], [1], [1], [1]), Loans.of([0], [0], [1], equity=[1]), lgd=2.0),
    ],
)
def test_what_cannot_be_is_refused(given: object) -> None:
    with pytest.raises(InvalidQuestion):
        given()
