"""Small random guarantee networks, and slow and obvious ways to count their circles."""

import networkx as nx
from hypothesis import strategies as st

from analytics.structure.guarantees.promises import Pairs

SIZE = 7
NODES = st.integers(0, SIZE - 1)
ARROWS = st.lists(st.tuples(NODES, NODES), max_size=24)
Arrows = list[tuple[int, int]]


def pairs_of(arrows: Arrows, size: int = SIZE) -> Pairs:
    return Pairs.of(size, [a for a, _ in arrows], [b for _, b in arrows])


def network(arrows: Arrows, size: int = SIZE) -> nx.DiGraph:
    net = nx.DiGraph()
    net.add_nodes_from(range(size))
    net.add_edges_from((a, b) for a, b in arrows if a != b)
    return net


def turned(circle: list[int]) -> tuple[int, ...]:
    """A circle from its smallest party on."""
    k = circle.index(min(circle))
    return (*circle[k:], *circle[:k])


def circles_of(arrows: Arrows, length: int | None = None, size: int = SIZE) -> list[tuple[int, ...]]:
    """All circles by networkx, the shortest first."""
    found = nx.simple_cycles(network(arrows, size), length_bound=length)
    return sorted((turned(circle) for circle in found), key=lambda circle: (len(circle), circle))
