"""Arrows with a few more read as if all had been there from the start."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.structure.extended import Extended, Ways
from analytics.structure.votes import Arrows
from tests.analytics.structure.worlds import NODES, PAIRS, SIZE


@given(st.lists(PAIRS, max_size=8), st.lists(st.tuples(NODES, st.lists(NODES, max_size=3)), max_size=3))
def test_more_arrows_are_as_if_they_had_been_there(
    some: list[tuple[int, int]], more: list[tuple[int, list[int]]]
) -> None:
    extended: Ways = Arrows.of(SIZE, *(zip(*some, strict=True) if some else ((), ())))
    every = list(some)
    for tail, heads in more:
        extended = Extended.by(extended, tail, heads, first=len(every))
        every += [(tail, head) for head in heads]
    for ways, ends in ((extended, (0, 1)), (extended.reverse, (1, 0))):
        for x in range(SIZE):
            rows = sorted((pair[ends[1]], k) for k, pair in enumerate(every) if pair[ends[0]] == x)
            found = sorted(zip(ways.at(x).tolist(), ways.links_at(x).tolist(), strict=True))
            assert found == rows
        assert ways.any_at(np.arange(SIZE)).tolist() == [any(p[ends[0]] == x for p in every) for x in range(SIZE)]
