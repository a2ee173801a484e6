import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.linkage.timeline import Period, cover, together
from graph.errors import InvalidDate

DAYS = range(-3, 33)
PERIODS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda ends: (min(ends), max(ends))), max_size=6
)


def days(periods: tuple[Period, ...]) -> set[int]:
    return {day for first, last in periods for day in range(first, last)}


def count(periods: list[Period], day: int) -> int:
    return sum(first <= day < last for first, last in periods)


@given(PERIODS)
@settings(max_examples=300, deadline=None)
def test_every_day_is_counted_as_a_list_of_days_counts_it(periods: list[Period]) -> None:
    found = cover(periods)
    held = {day for day in DAYS if count(periods, day) >= 1}
    assert days(found.held) == held
    assert days(found.overlaps) == {day for day in DAYS if count(periods, day) >= 2}
    between = set(range(min(held), max(held) + 1)) - held if held else set()
    assert days(found.gaps) == between
    assert all(before[1] < after[0] for before, after in zip(found.held, found.held[1:], strict=False))


@given(st.lists(PERIODS, max_size=4))
@settings(max_examples=300, deadline=None)
def test_a_path_held_on_the_days_on_which_every_step_did(steps: list[list[Period]]) -> None:
    expected = {day for day in DAYS if steps and all(count(step, day) for step in steps)}
    assert days(together(steps)) == expected


def test_periods_that_touch_are_one() -> None:
    assert cover([(0, 10), (10, 20)]).held == ((0, 20),)


def test_a_period_that_ends_first_is_refused() -> None:
    with pytest.raises(InvalidDate):
        cover([(5, 3)])
