import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.draw.labels import Box, Taken, along, below, lifted

CORNER = st.integers(-30, 30)
BOX = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), CORNER, CORNER, st.integers(1, 15), st.integers(1, 15))


def on_each_other(one: Box, other: Box) -> bool:
    """By the whole units that both cover."""
    cells = [
        {(x, y) for x in range(int(box[0]), int(box[2])) for y in range(int(box[1]), int(box[3]))}
        for box in (one, other)
    ]
    return bool(cells[0] & cells[1])


@given(st.lists(BOX, max_size=4), st.lists(st.lists(BOX, min_size=1, max_size=5), max_size=25))
@settings(max_examples=150, deadline=None)
def test_the_first_box_that_lies_on_nothing_is_taken(there: list[Box], asked: list[list[Box]]) -> None:
    taken, known = Taken(there), list(there)
    for boxes in asked:
        free = [at for at, box in enumerate(boxes) if not any(on_each_other(box, other) for other in known)]
        assert taken.first(boxes) == (free[0] if free else None)
        known += [boxes[free[0]]] if free else []


@pytest.mark.parametrize("aside", [0.0, 0.14, -0.3, 0.6])
def test_a_line_runs_from_its_tail_to_its_head_and_bends_to_its_side(aside: float) -> None:
    tail, head = (10.0, 20.0), (210.0, 170.0)
    assert math.dist(along(tail, head, aside=aside, part=0), tail) < 1e-5
    assert math.dist(along(tail, head, aside=aside, part=1), head) < 1e-5
    x, y = along(tail, head, aside=aside, part=0.5)
    # Right of the direction is where the turn from it is clockwise on a screen, whose y runs down.
    turn = (head[0] - tail[0]) * (y - tail[1]) - (head[1] - tail[1]) * (x - tail[0])
    assert turn / 250 == pytest.approx(250 * (1 + abs(aside)) / 4 * math.sin(aside * math.pi / 2), abs=1e-4)


def test_a_lifted_name_stands_as_far_above_its_mark_as_below_before() -> None:
    left, top, right, low = below((0.0, 0.0), 14, lines=[8, 6], font=20)
    up = lifted(14, lines=[8, 6], font=20)
    assert (left, right) == (-40, 40)
    assert top > 14
    assert low - up < -14
