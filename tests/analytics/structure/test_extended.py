"""Arrows with a few more and without a few read as if it had been so from the start."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.structure.extended import Extended, Ways
from analytics.structure.votes import Arrows
from tests.analytics.structure.worlds import NODES, PAIRS, SIZE


@given(
    st.lists(PAIRS, max_size=8),
    st.lists(st.tuples(NODES, st.lists(NODES, max_size=3)), max_size=3),
    st.sets(st.integers(0, 7)),
)
def test_arrows_more_and_fewer_are_as_if_they_had_been_so(
    some: list[tuple[int, int]], more: list[tuple[int, list[int]]], fewer: set[int]
) -> None:
    """Some are taken away before others come, and some after."""
    extended: Ways = Arrows.of(SIZE, *(zip(*some, strict=True) if some else ((), ())))
    gone = [(*pair, k) for k, pair in enumerate(some) if k in fewer]
    extended = Extended.without(extended, gone[:1])
    every = list(some)
    for tail, heads in more:
        extended = Extended.by(extended, tail, heads, first=len(every))
        every += [(tail, head) for head in heads]
    extended = Extended.without(extended, gone[1:])
    left = [(k, pair) for k, pair in enumerate(every) if k >= len(some) or k not in fewer]
    for ways, ends in ((extended, (0, 1)), (extended.reverse, (1, 0))):
        for x in range(SIZE):
            rows = sorted((pair[ends[1]], k) for k, pair in left if pair[ends[0]] == x)
            found = sorted(zip(ways.at(x).tolist(), ways.links_at(x).tolist(), strict=True))
            assert found == rows
        assert ways.any_at(np.arange(SIZE)).tolist() == [any(p[ends[0]] == x for _, p in left) for x in range(SIZE)]
