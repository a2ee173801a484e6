from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.guarantees.census import Circuits, circles_through, count_circles
from graph.errors import InvalidQuestion
from tests.analytics.structure.guarantees.networks import ARROWS, NODES, SIZE, Arrows, circles_of, network, pairs_of


@given(ARROWS, st.integers(2, SIZE))
@settings(max_examples=500)
def test_every_circle_is_listed_once_as_networkx_lists_it(arrows: Arrows, length: int) -> None:
    found = count_circles(pairs_of(arrows), length=length, limit=5000)
    expected = circles_of(arrows, length)
    assert list(found.listed) == expected
    assert found.count == dict(sorted(Counter(map(len, expected)).items()))
    assert found.complete == length
    assert found.unlisted == 0


@given(ARROWS, st.integers(2, SIZE), NODES)
@settings(max_examples=500)
def test_circles_through_a_party_are_those_of_the_census_that_hold_it(arrows: Arrows, length: int, party: int) -> None:
    pairs = pairs_of(arrows)
    found = circles_through(Circuits.of(pairs), party, len(pairs), length=length, limit=5000)
    assert list(found.listed) == [circle for circle in circles_of(arrows, length) if party in circle]


@given(ARROWS, st.randoms())
def test_the_order_of_guarantees_and_their_repetition_change_nothing(arrows: Arrows, random) -> None:
    mixed = arrows + arrows[:3]
    random.shuffle(mixed)
    a, b = (count_circles(pairs_of(x), limit=3) for x in (arrows, mixed))
    assert (a.listed, a.count, a.through.tolist()) == (b.listed, b.count, b.through.tolist())


@given(ARROWS)
def test_circles_through_each_pair_are_those_that_use_it(arrows: Arrows) -> None:
    pairs = pairs_of(arrows)
    used = Counter(
        (circle[k], circle[(k + 1) % len(circle)]) for circle in circles_of(arrows) for k in range(len(circle))
    )
    through = count_circles(pairs, length=SIZE).through
    assert through.tolist() == [used[p] for p in zip(pairs.tail.tolist(), pairs.head.tolist(), strict=True)]


@given(ARROWS, st.integers(0, 6))
def test_what_is_listed_is_the_shortest_and_the_rest_is_counted(arrows: Arrows, limit: int) -> None:
    found = count_circles(pairs_of(arrows), length=SIZE, limit=limit)
    expected = circles_of(arrows)
    assert [len(circle) for circle in found.listed] == [len(circle) for circle in expected[:limit]]
    assert set(found.listed) <= set(expected)
    assert found.total == len(expected)


@given(ARROWS, st.integers(1, 80))
@settings(max_examples=300)
def test_a_spent_budget_is_said_and_what_was_counted_is_true(arrows: Arrows, budget: int) -> None:
    found = count_circles(pairs_of(arrows), length=SIZE, limit=5000, budget=budget)
    expected = Counter(map(len, circles_of(arrows)))
    for length, count in found.count.items():
        assert count <= expected[length]
    for length in range(2, found.complete + 1):
        assert found.count.get(length, 0) == expected[length]
    assert set(found.listed) <= set(circles_of(arrows))


def test_a_random_network_of_thousands_counts_as_networkx_counts_it() -> None:
    random = np.random.default_rng(1)
    arrows = random.integers(0, 600, (2000, 2)).tolist()
    arrows += [[b, a] for a, b in arrows[:200]] + [[0, k] for k in range(1, 60)] + [[k, 0] for k in range(30, 90)]
    found = count_circles(pairs_of(arrows, 600), length=5, limit=0)
    assert found.count == dict(Counter(map(len, circles_of(arrows, 5, 600))))
    assert network(arrows, 600).number_of_edges() == len(found.through)


@pytest.mark.parametrize(("length", "limit"), [(1, 10), (41, 10), (5, -1)])
def test_a_length_or_limit_that_cannot_be_is_refused(length: int, limit: int) -> None:
    with pytest.raises(InvalidQuestion, match="circles have 2 to 40"):
        count_circles(pairs_of([(0, 1), (1, 0)]), length=length, limit=limit)
