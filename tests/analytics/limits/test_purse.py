import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.limits.application import Cut
from analytics.limits.purse import Purse

AMOUNTS = st.lists(st.integers(1, 50).map(float), min_size=1, max_size=6)


@given(AMOUNTS, st.data())
def test_what_was_asked_for_is_paid_as_far_as_something_is_drawn(drawn: list[float], data: st.DataObject) -> None:
    ordered = tuple(sorted(drawn, reverse=True))
    purse = Purse(1, tuple(range(len(ordered))), ordered, (True,))
    first = data.draw(st.integers(0, int(sum(drawn))).map(float))
    before = tuple(purse.paid(first))
    more = data.draw(st.integers(0, 400).map(float))
    paid = tuple(purse.paid(more, before))
    assert sum(cut.amount for cut in before) == first
    assert sum(cut.amount for cut in paid) == min(more, purse.left(before))
    every = (*before, *paid)
    for facility, most in zip(purse.facilities, purse.drawn, strict=True):
        assert sum(cut.amount for cut in every if cut.facility == facility) <= most


def test_the_largest_is_paid_first_and_no_facility_that_is_not_needed() -> None:
    purse = Purse(7, (4, 9, 2), (30.0, 20.0, 10.0), (True,))
    assert tuple(purse.paid(50.0)) == (Cut(4, 7, 30.0), Cut(9, 7, 20.0))
    assert purse.left([Cut(9, 7, 5.0), Cut(11, 8, 99.0)]) == pytest.approx(55.0)
