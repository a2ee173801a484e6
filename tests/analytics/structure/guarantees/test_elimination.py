from itertools import chain, combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.kernels.bags import best_tops, fill_tables
from analytics.kernels.compiled import frozen
from analytics.kernels.pieces import Task, best_pieces
from analytics.structure.guarantees.elimination import eliminate
from analytics.structure.guarantees.web import Web

SIZE = 7
NODES = st.integers(0, SIZE - 1)
TIES = st.dictionaries(st.tuples(NODES, NODES).filter(lambda t: t[0] < t[1]), st.integers(0, 9), max_size=15)
PRICES = st.lists(st.integers(0, 12), min_size=SIZE, max_size=SIZE)
LOADS = st.lists(st.integers(1, 2), min_size=SIZE, max_size=SIZE)
Ties = dict[tuple[int, int], int]


def worths(ties: Ties, prices: list[int], loads: list[int], room: int) -> dict[tuple[int, ...], int]:
    """What each set of parties that fits into the room is worth beyond its prices."""
    sets = chain.from_iterable(combinations(range(SIZE), n) for n in range(1, SIZE + 1))
    fitting = (s for s in sets if sum(loads[x] for x in s) <= room)
    return {s: sum(w for (a, b), w in ties.items() if a in s and b in s) - sum(prices[x] for x in s) for s in fitting}


@given(TIES, PRICES, LOADS, st.integers(1, SIZE))
@settings(max_examples=300)
def test_what_each_party_is_the_last_of_is_worth_as_much_as_the_best_piece(
    ties: Ties, prices: list[int], loads: list[int], room: int
) -> None:
    found = eliminate({k: float(w) for k, w in ties.items()}, np.array(loads), room, SIZE)
    assert found is not None
    table, stop = np.empty(found.entries), np.zeros(SIZE + 1, np.int64)
    sets, price = np.zeros(SIZE * (room + 1), np.uint32), frozen(np.array(prices)[found.order], np.float64)
    fill_tables(found.bags, price, table)
    over, count = best_tops(found.bags, price, frozen(table, np.float64), 1e-9, sets, stop)
    place = {party: p for p, party in enumerate(found.order.tolist())}
    worth, net = worths(ties, prices, loads, room), nx.Graph()
    net.add_nodes_from(range(SIZE))
    net.add_edges_from(ties)
    best = dict.fromkeys(range(SIZE), 0)
    for members, value in worth.items():
        if nx.is_connected(net.subgraph(members)):
            last = max(members, key=lambda x: place[x])
            best[last] = max(best[last], value)
    pieces = [tuple(sorted(found.order[sets[stop[k] : stop[k + 1]]].tolist())) for k in range(count)]
    got = {max(p, key=lambda x: place[x]): worth[p] for p in pieces}
    # A set that falls apart may be worth more; it still fits into the room, and the bound counts it.
    assert over == pytest.approx(sum(got.values()))
    assert all(got.get(last, 0) >= value for last, value in best.items())


DENSE = {
    (0, 1): 8, (2, 3): 9, (2, 4): 4, (1, 4): 1, (2, 5): 4, (0, 4): 8, (4, 6): 8, (3, 5): 5, (3, 6): 9, (0, 6): 4,
    (5, 6): 5,
}  # fmt: skip
"""Ties among which whoever was left out for good hid the best piece."""


@given(TIES, PRICES, st.integers(1, SIZE), st.integers(-6, 6), st.integers(1, 60))
@example(DENSE, [2, 6, 6, 9, 10, 8, 5], 4, -4, 60)
@settings(max_examples=300)
def test_branching_finds_the_best_piece_and_all_above_a_floor(
    ties: Ties, prices: list[int], room: int, floor: int, budget: int
) -> None:
    ends = np.array(sorted(ties), np.int64).reshape(-1, 2)
    costs = np.array([ties[a, b] for a, b in ends.tolist()], float)
    web = Web.of_ties(SIZE, *ends.T, costs, room)
    back = np.argsort(web.of)
    mine, net = frozen(np.array(prices)[back], np.float64), web.net(room)
    known, graph = worths(ties, prices, [1] * SIZE, room), nx.Graph()
    graph.add_nodes_from(range(SIZE))
    graph.add_edges_from(ties)
    for root in range(SIZE):
        inside = {
            members: value
            for members, value in known.items()
            if min(web.of[list(members)]) == root and nx.is_connected(graph.subgraph(members))
        }
        out = np.zeros(2000, np.uint32)
        upper, filled, _ = best_pieces(net, mine, Task(root, room, float(floor), 10_000, True), out)
        listed, at = [], 0
        while at < filled:
            listed.append(tuple(sorted(back[out[at + 1 : at + 1 + out[at]]].tolist())))
            at += 1 + int(out[at])
        assert sorted(listed) == sorted(members for members, value in inside.items() if value > floor)
        best = max(inside.values(), default=-np.inf)
        upper, _, _ = best_pieces(net, mine, Task(root, room, float(floor), 10_000, False), out)
        assert upper == pytest.approx(max(best, floor))
        upper, _, _ = best_pieces(net, mine, Task(root, room, float(floor), budget, False), out)
        assert upper >= best - 1e-9
