"""What is beyond proof: its bound is a programme over all circles, and no move of one party makes its order cheaper."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from analytics.kernels.compiled import frozen
from analytics.kernels.shifting import shift_parties
from analytics.structure.guarantees.ordering import Orders, order_pairs
from analytics.structure.guarantees.promises import Pairs
from analytics.structure.guarantees.relaxing import relax_pairs
from graph.errors import InvalidQuestion
from tests.analytics.structure.guarantees.networks import circles_of

PRICED = st.dictionaries(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] != pair[1]),
    st.integers(0, 9).map(float), min_size=1, max_size=20,
)  # fmt: skip


def least_in_fractions(priced: dict[tuple[int, int], float], above: int) -> float:
    """Of all circles that are too long, listed one by one, each broken at least once in all."""
    ends = list(priced)
    circles = [circle for circle in circles_of(ends) if len(circle) > above]
    if not circles:
        return 0.0
    rows = np.zeros((len(circles), len(ends)))
    for k, circle in enumerate(circles):
        for pair in zip(circle, (*circle[1:], circle[0]), strict=True):
            rows[k, ends.index(pair)] = 1.0
    found = linprog(list(priced.values()), A_ub=-rows, b_ub=-np.ones(len(circles)), bounds=(0, None))
    return float(found.fun)


def made(priced: dict[tuple[int, int], float]) -> tuple[Pairs, NDArray[np.float64]]:
    ends = sorted(priced)
    return Pairs.of(7, [a for a, _ in ends], [b for _, b in ends]), np.array([priced[pair] for pair in ends])


@given(PRICED, st.integers(1, 4))
@settings(max_examples=80, deadline=None)
def test_its_bound_is_that_of_all_circles_in_fractions(priced: dict[tuple[int, int], float], above: int) -> None:
    """Where only mutual circles may remain it reaches it, unless three rounds brought nothing; it never passes it."""
    pairs, cost = made(priced)
    found, least = relax_pairs(pairs, cost, above), least_in_fractions(priced, above)
    assert found.bound <= least + 1e-6
    assert above > 2 or found.bound >= least - 0.003 * max(float(cost[found.chosen].sum()), 1.0)
    left = [pair for pair, gone in zip(sorted(priced), found.chosen.tolist(), strict=True) if not gone]
    assert max(map(len, circles_of(left)), default=0) <= above
    first, bound = order_pairs(pairs, cost, above)
    assert found.bound >= bound - 1e-9
    assert cost[found.chosen].sum() <= cost[first].sum() + 1e-9


@given(PRICED, st.permutations(range(7)))
@settings(max_examples=80, deadline=None)
def test_no_party_stands_better_anywhere_else(priced: dict[tuple[int, int], float], start: list[int]) -> None:
    pairs, cost = made(priced)
    orders, place = Orders(pairs, cost, 1), np.array(start, np.int64)
    before = back(pairs, cost, place)
    shift_parties(orders.ring, orders.tail, orders.back, frozen(cost, np.float64), 10**9, place)
    assert sorted(place.tolist()) == list(range(7))
    spent = back(pairs, cost, place)
    assert spent <= before + 1e-9
    line = np.argsort(place)
    for party in range(7):
        rest = line[line != party]
        for at in range(7):
            moved = np.argsort(np.insert(rest, at, party))
            assert back(pairs, cost, moved) >= spent - 1e-6


def back(pairs: Pairs, cost: NDArray[np.float64], place: NDArray[np.int64]) -> float:
    return float(cost[place[pairs.tail] > place[pairs.head]].sum())


def test_what_cannot_be_released_is_kept_and_where_it_closes_a_circle_that_is_said() -> None:
    pairs = Pairs.of(3, [0, 1, 2], [1, 2, 0])
    found = relax_pairs(pairs, np.array([np.inf, 3.0, np.inf]), 1)
    assert (found.chosen.tolist(), found.bound) == ([False, True, False], pytest.approx(3.0))
    with pytest.raises(InvalidQuestion, match="cannot be ended"):
        relax_pairs(pairs, np.full(3, np.inf), 1)


def test_the_same_network_is_answered_the_same_again() -> None:
    random = np.random.default_rng(3)
    net = nx.gnm_random_graph(200, 500, seed=3, directed=True)
    pairs = Pairs.of(200, [a for a, _ in net.edges], [b for _, b in net.edges])
    cost = random.integers(1, 99, len(pairs)).astype(float)
    one, other = (relax_pairs(pairs, cost, 2) for _ in range(2))
    assert one.chosen.tolist() == other.chosen.tolist()
    assert (one.bound, one.iterations) == (other.bound, other.iterations)
