from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.bands import UNIT, Band, units
from graph.errors import InvalidShare

PARTS = 8
"""Ends are drawn from eighths, and every statement is checked at sixteenths: ends and what lies between."""
GRID = [Fraction(n, 2 * PARTS) for n in range(2 * PARTS + 1)]


@st.composite
def bands(draw: st.DrawFn) -> Band:
    low, high = sorted(draw(st.tuples(st.integers(0, PARTS), st.integers(0, PARTS))))
    closed = low == high
    return Band(low / PARTS, high / PARTS, not closed and draw(st.booleans()), not closed and draw(st.booleans()))


def holds(band: Band, value: Fraction) -> bool:
    low, high = Fraction(band.low), Fraction(band.high)
    return low <= value <= high and not (value == low and band.low_open) and not (value == high and band.high_open)


@given(bands())
def test_a_band_contains_what_lies_between_its_ends(band: Band) -> None:
    assert [value for value in GRID if float(value) in band] == [value for value in GRID if holds(band, value)]


@given(bands(), st.integers(0, PARTS))
def test_a_band_is_over_a_threshold_as_its_values_are(band: Band, n: int) -> None:
    threshold = Fraction(n, PARTS)
    inside = [value for value in GRID if holds(band, value)]
    assert band.certainly_over(float(threshold)) == all(value > threshold for value in inside)
    assert band.possibly_over(float(threshold)) == any(value > threshold for value in inside)
    assert band.certainly_at_least(float(threshold)) == all(value >= threshold for value in inside)
    assert band.possibly_at_least(float(threshold)) == any(value >= threshold for value in inside)


@given(bands(), bands())
def test_what_two_bands_share_is_what_lies_in_both(a: Band, b: Band) -> None:
    both = a & b
    inside = [value for value in GRID if holds(a, value) and holds(b, value)]
    assert ([value for value in GRID if holds(both, value)] if both else []) == inside


@given(bands())
def test_a_band_comes_back_from_its_columns(band: Band) -> None:
    assert Band.of(band.low, band.high, band.ends) == band


@given(st.lists(st.integers(1, UNIT // 10), min_size=1, max_size=10))
def test_a_sum_in_any_order_meets_its_threshold(parts: list[int]) -> None:
    whole = sum(parts) / UNIT
    assert units(sum(part / UNIT for part in parts)) == units(sum(part / UNIT for part in parts[::-1])) == units(whole)


def test_more_than_half_is_not_half() -> None:
    assert Band.of(0.5, 0.75, 1).certainly_over(0.5)
    assert not Band.of(0.5, 0.75, 0).certainly_over(0.5)
    assert not Band.exact(0.1 + 0.2 + 0.2).certainly_over(0.5)


@pytest.mark.parametrize(("low", "high", "ends"), [(0.5, 0.4, 0), (-0.1, 0.5, 0), (0.5, 1.01, 0), (0.5, 0.5, 1)])
def test_a_band_that_holds_nothing_is_refused(low: float, high: float, ends: int) -> None:
    with pytest.raises(InvalidShare):
        Band.of(low, high, ends)


def test_a_missing_end_is_the_edge_and_belongs_to_it() -> None:
    assert Band.of(None, None, 3) == Band(0.0, 1.0)
    assert str(Band.of(None, 0.25, 2)) == "0–<25%"
