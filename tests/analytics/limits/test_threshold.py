from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.limits.threshold import breaks, room

CENTS = st.integers(0, 10**14)


@given(CENTS, CENTS, st.sampled_from([">", ">="]))
def test_amounts_in_cents_are_compared_exactly(amount: int, cap: int, comparison: str) -> None:
    exact = amount > cap if comparison == ">" else amount >= cap
    assert bool(breaks(amount / 100, cap / 100, comparison)) == exact


@given(st.lists(st.integers(0, 10**9), max_size=30), st.integers(1, 10**11), st.sampled_from([">", ">="]))
def test_the_rounding_of_a_sum_never_decides(cents: list[int], capital: int, comparison: str) -> None:
    cap = Fraction(15, 100) * capital / 100
    exact = Fraction(sum(cents), 100)
    if abs(exact - cap) > Fraction(1, 1000) or exact == cap:
        verdict = exact > cap if comparison == ">" else exact >= cap
        for order in (cents, cents[::-1]):
            assert bool(breaks(sum(x / 100 for x in order), 0.15 * (capital / 100), comparison)) == verdict


@pytest.mark.parametrize("comparison", [">", ">="])
def test_what_is_left_can_be_used_up_and_a_thousandth_more_cannot(comparison: str) -> None:
    left = float(room(70.0, 120.0, comparison))
    assert not breaks(70 + left, 120.0, comparison)
    assert breaks(70 + left + 0.001, 120.0, comparison)


def test_an_unknown_limit_is_broken_by_nothing() -> None:
    assert not breaks(1e12, float("nan"), ">=")
