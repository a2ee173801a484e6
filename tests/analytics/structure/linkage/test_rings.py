import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.linkage.rings import ring_through
from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion

SIZE = 7
LINKS = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=20)


def arrows(links: list[tuple[int, int]]) -> Arrows:
    return Arrows.of(SIZE, [a for a, _ in links], [b for _, b in links])


@given(LINKS, st.integers(1, 6))
@settings(max_examples=300, deadline=None)
def test_a_ring_is_found_where_each_reaches_the_other_and_by_shortest_ways(
    links: list[tuple[int, int]], longest: int
) -> None:
    net = nx.DiGraph(links)
    net.add_nodes_from((0, 1))
    lengths = [
        nx.shortest_path_length(net, a, b) if nx.has_path(net, a, b) else longest + 1 for a, b in ((0, 1), (1, 0))
    ]
    ring = ring_through(arrows(links), 0, 1, longest=longest)
    assert (ring is not None) == (max(lengths) <= longest)
    if ring:
        assert [len(ring.there), len(ring.back)] == lengths
        walked = [links[k] for k in (*ring.there, *ring.back)]
        assert all(before[1] == after[0] for before, after in zip(walked, [*walked[1:], walked[0]], strict=True))


def test_no_way_passes_through_what_is_closed() -> None:
    closed = np.arange(SIZE) == 2
    links = [(0, 1), (1, 2), (2, 0)]
    assert ring_through(arrows(links), 0, 1, longest=4) is not None
    assert ring_through(arrows(links), 0, 1, longest=4, closed=closed) is None


def test_a_search_that_reads_too_much_ends_without_a_ring() -> None:
    assert ring_through(arrows([(0, 1), (1, 0)]), 0, 1, longest=2, effort=0) is None


def test_a_party_outside_the_graph_is_refused() -> None:
    with pytest.raises(InvalidQuestion):
        ring_through(arrows([]), 0, SIZE, longest=2)
