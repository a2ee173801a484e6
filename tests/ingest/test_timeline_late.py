"""Deliveries that come after newer full ones: what stands is what stands when they come in the order of their days."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.timeline import Brought, Op
from tests.ingest.kept import LOADED, Kept, left_out, load, says, values

FIRST = date(2024, 1, 1)
APART = 60
"""Days from one full delivery to the next."""


def delivered(number: int) -> date:
    return FIRST + timedelta(days=APART * number)


def instant(number: int) -> datetime:
    return LOADED + timedelta(days=number)


def take(known: Kept, number: int, value: str, at: datetime) -> Kept:
    """A full delivery: one value, or nothing."""
    if not value:
        return left_out(known, at=at, delivered=delivered(number))
    return load(known, says(value), at=at, delivered=delivered(number), full=True)


@given(
    st.lists(st.sampled_from(["", "40", "50"]), max_size=3),
    st.sampled_from(["40", "50", "60"]),
    st.sampled_from(["record", "end", "correct"]),
    st.integers(0, 3),
    st.integers(1, APART - 1),
)
@settings(max_examples=400, deadline=None)
def test_a_late_delivery_leaves_what_it_leaves_in_its_turn(
    following: list[str], value: str, op: Op, behind: int, days: int
) -> None:
    full = ["40", *following]
    turn = min(behind, len(full) - 1)
    day = delivered(turn) + timedelta(days=days)
    in_turn, late = Kept([], {}), Kept([], {})
    for number, listed in enumerate(full):
        in_turn, late = (take(known, number, listed, instant(2 * number)) for known in (in_turn, late))
        if number == turn:
            in_turn = load(in_turn, says(value, op=op), at=instant(2 * number + 1), delivered=day)
    after = Brought(instant(2 * turn + 2), delivered(turn + 1)) if turn + 1 < len(full) else None
    late = load(late, says(value, op=op), at=instant(99), delivered=day, next_full=after)
    assert painted(late) == painted(in_turn)


def painted(known: Kept) -> list[tuple[str, str | None, str | None]]:
    """Values and when they hold, what follows itself joined."""
    joined: list[tuple[str, str | None, str | None]] = []
    for value, start, end in values(known):
        if joined and joined[-1][0] == value and joined[-1][2] == start:
            joined[-1] = (value, joined[-1][1], end)
        else:
            joined.append((value, start, end))
    return joined
