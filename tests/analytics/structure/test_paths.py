from dataclasses import replace
from itertools import pairwise
from math import prod

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.paths import Evidence, Path, Tie, Web, paths_among, paths_between
from graph.errors import InvalidQuestion

SIZE = 8
LINK = st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1), st.sampled_from([0.1, 0.25, 0.5, 1.0]))
WEBS = st.lists(LINK, max_size=30)


def tie(links: list[tuple[int, int, float]]) -> Tie:
    columns = [np.array([link[k] for link in links]) for k in range(3)]
    return Tie(columns[0].astype(np.uint32), columns[1].astype(np.uint32), columns[2].astype(float))


def truth(links: list[tuple[int, int, float]], length: int, *, directed: bool, shut: set[int]) -> list[Path]:
    net = nx.DiGraph() if directed else nx.Graph()
    net.add_nodes_from(range(SIZE))
    for a, b, strength in links:
        if a != b:
            before = net.get_edge_data(a, b, {"strength": 0})["strength"]
            net.add_edge(a, b, strength=max(strength, before))
    net.remove_nodes_from(shut - {0, 1})
    paths = nx.all_simple_paths(net, 0, 1, cutoff=length)
    made = [Path(tuple(p), prod(net.edges[e]["strength"] for e in pairwise(p))) for p in paths]
    return sorted(made, key=lambda path: path.rank)


@given(WEBS, st.integers(1, 7), st.booleans(), st.sets(st.integers(0, SIZE - 1), max_size=2), st.integers(0, 5))
@settings(max_examples=500, deadline=None)
def test_all_simple_paths_are_found_ranked_and_counted(
    links: list[tuple[int, int, float]], length: int, directed: bool, shut: set[int], limit: int
) -> None:
    closed = np.isin(np.arange(SIZE), list(shut))
    web = Web.of(SIZE, [tie(links[::2]), tie(links[1::2])], closed=closed, directed=directed)
    expected = truth(links, length, directed=directed, shut=shut)
    found = paths_between(web, 0, 1, max_length=length, limit=limit)
    assert found.best == expected[:limit]
    assert found.total == len(expected)
    assert found.complete == length


@given(WEBS, st.lists(st.tuples(LINK, st.booleans(), st.booleans()), max_size=30), st.integers(1, 5), st.booleans(),
       st.sets(st.integers(0, SIZE - 1), max_size=2))  # fmt: skip
@settings(max_examples=500, deadline=None)
def test_a_link_that_counts_at_an_end_is_walked_only_there(
    links: list[tuple[int, int, float]],
    bound: list[tuple[tuple[int, int, float], bool, bool]],
    length: int,
    directed: bool,
    shut: set[int],
) -> None:
    """Truth: as if links of which one side has to be an end and none is were not there."""
    sides = np.array([flags for _, *flags in bound], np.bool_).reshape(-1, 2)
    ends = replace(tie([link for link, *_ in bound]), tail_at_end=sides[:, 0], head_at_end=sides[:, 1])
    closed = np.isin(np.arange(SIZE), list(shut))
    web = Web.of(SIZE, [tie(links), ends], closed=closed, directed=directed)
    usable = [
        link for link, tail, head in bound if not (tail or head) or (tail and link[0] < 2) or (head and link[1] < 2)
    ]
    found = paths_between(web, 0, 1, max_length=length)
    assert found.best == truth(links + usable, length, directed=directed, shut=shut)[:100]
    assert found.total == len(truth(links + usable, length, directed=directed, shut=shut))


@given(WEBS, st.integers(1, 60))
@settings(max_examples=200, deadline=None)
def test_a_spent_budget_is_said_and_what_was_found_is_true(links: list[tuple[int, int, float]], budget: int) -> None:
    expected = truth(links, 6, directed=False, shut=set())
    found = paths_between(Web.of(SIZE, [tie(links)]), 0, 1, max_length=6, budget=budget)
    assert {path.nodes for path in found.best} <= {path.nodes for path in expected}
    sure = [path for path in expected if len(path.nodes) - 1 <= found.complete]
    assert [path for path in found.best if len(path.nodes) - 1 <= found.complete] == sure
    assert found.complete == 6 or found.total <= len(expected)


@given(WEBS)
@settings(max_examples=200, deadline=None)
def test_every_step_names_all_its_links(links: list[tuple[int, int, float]]) -> None:
    relations = [links[::2], links[1::2]]
    web = Web.of(SIZE, [tie(part) for part in relations])
    for path in paths_between(web, 0, 1).best:
        for a, b in pairwise(path.nodes):
            expected = {
                Evidence(code, k, (x, y) == (a, b))
                for code, part in enumerate(relations)
                for k, (x, y, _) in enumerate(part)
                if (x, y) in ((a, b), (b, a))
            }
            assert set(web.evidence(a, b)) == expected


def test_nothing_passes_through_a_node_of_too_many_neighbours() -> None:
    hub = [(0, 2, 1.0), (2, 1, 1.0), *((2, k, 1.0) for k in range(3, SIZE))]
    web = Web.of(SIZE, [tie(hub)])
    assert paths_between(web, 0, 1, max_degree=6).total == 0
    assert paths_between(web, 0, 1, max_degree=7).total == 1
    assert paths_between(web, 2, 1, max_degree=1).total == 1


def test_several_parties_are_joined_pair_by_pair() -> None:
    web = Web.of(SIZE, [tie([(0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0)])])
    found = paths_among(web, [2, 0, 1, 0])
    assert [path.nodes for path in found.best] == [(0, 1), (2, 0), (2, 1), (0, 2, 1), (2, 0, 1), (2, 1, 0)]
    assert found.count == {1: 3, 2: 3}


@pytest.mark.parametrize(("a", "b", "length"), [(0, SIZE, 3), (-1, 0, 3), (0, 1, 0), (0, 1, 13)])
def test_what_cannot_be_asked_is_refused(a: int, b: int, length: int) -> None:
    with pytest.raises(InvalidQuestion):
        paths_between(Web.of(SIZE, []), a, b, max_length=length)
