import csv
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings

from analytics.structure.guarantees.census import count_circles
from analytics.structure.guarantees.promises import Pairs
from analytics.structure.guarantees.topology import SHAPES, find_topology
from tests.analytics.structure.guarantees.networks import ARROWS, SIZE, Arrows, network, pairs_of


def shapes(arrows: Arrows, size: int = SIZE) -> list[str]:
    return [SHAPES[shape].chinese for shape in find_topology(pairs_of(arrows, size)).shape]


@pytest.mark.parametrize(
    ("arrows", "shape"),
    [
        ([(0, 1), (1, 0)], "互保"),
        ([(a, b) for a in range(4) for b in range(4) if a != b], "联保"),
        ([(0, 1)], "担保链"),
        ([(3, 1), (1, 0), (0, 2)], "担保链"),
        ([(2, 0), (2, 1)], "星形担保"),
        ([(0, 2), (1, 2), (3, 2)], "星形担保"),
        ([(0, 2), (2, 1), (2, 3)], "星形担保"),
        ([(0, 2), (2, 1), (1, 0)], "循环担保"),
        ([(0, 2), (2, 1), (1, 0), (1, 3)], "复合担保圈"),
        ([(0, 1), (1, 0), (1, 2)], "复合担保圈"),
        ([(0, 1), (2, 1), (2, 3)], "复合担保圈"),
    ],
)
def test_a_circle_is_named_by_its_form_however_its_parties_are_numbered(arrows: Arrows, shape: str) -> None:
    assert shapes(arrows) == [shape]
    assert shapes([(6 - a, 6 - b) for a, b in reversed(arrows)] + arrows[:1] * 0) == [shape]
    assert shapes(arrows + arrows + [(0, 0)]) == [shape]


def expected(net: nx.DiGraph, members: set[int]) -> str:
    """The definitions, word by word, by networkx."""
    part = net.subgraph(members)
    n, m = part.number_of_nodes(), part.number_of_edges()
    plain = part.to_undirected()
    once = all(part.out_degree(v) <= 1 and part.in_degree(v) <= 1 for v in part)
    if all(part.has_edge(a, b) for a in part for b in part if a != b):
        return "互保" if n == 2 else "联保"
    if nx.is_directed_acyclic_graph(part) and once:
        return "担保链"
    if m == n - 1 and nx.is_tree(plain) and nx.diameter(plain) == 2:
        return "星形担保"
    return "循环担保" if once else "复合担保圈"


@given(ARROWS)
@settings(max_examples=500)
def test_circles_cores_and_forms_are_those_of_the_definitions(arrows: Arrows) -> None:
    net = network(arrows)
    found = find_topology(pairs_of(arrows))
    circles = [found.members(c).tolist() for c in range(len(found))]
    parts = sorted(sorted(part) for part in nx.weakly_connected_components(net) if len(part) > 1)
    assert circles == parts
    assert [core.tolist() for core in found.cores] == sorted(
        sorted(part) for part in nx.strongly_connected_components(net) if len(part) > 1
    )
    assert [SHAPES[shape].chinese for shape in found.shape] == [expected(net, set(part)) for part in parts]
    assert found.pairs.tolist() == [net.subgraph(part).number_of_edges() for part in parts]
    assert [int(found.of[x]) for x in range(SIZE)] == [
        next((c for c, part in enumerate(parts) if x in part), -1) for x in range(SIZE)
    ]


def finbench(folder: Path, who: str) -> tuple[Pairs, nx.DiGraph]:
    with (folder / "finbench" / f"{who}Guarantee{who}.csv").open(encoding="utf-8") as file:
        rows = [(row["fromId"], row["toId"]) for row in csv.DictReader(file, delimiter="|")]
    names = {name: k for k, name in enumerate(sorted({name for row in rows for name in row}))}
    ends = [[names[row[end]] for row in rows] for end in (0, 1)]
    return Pairs.of(len(names), *ends), nx.DiGraph(list(zip(*ends, strict=True)))


@pytest.mark.parametrize("who", ["Company", "Person"])
def test_the_guarantees_of_finbench_hold_no_circle(who: str, reference_data: Path) -> None:
    """Its README says so."""
    pairs, net = finbench(reference_data, who)
    circles, found = count_circles(pairs, length=40), find_topology(pairs)
    assert (circles.total, circles.complete, found.cores) == (0, 40, [])
    assert len(found) == nx.number_weakly_connected_components(net)
    parts = sorted(nx.weakly_connected_components(net), key=min)
    assert [SHAPES[shape].chinese for shape in found.shape] == [expected(net, part) for part in parts]
    assert {SHAPES[shape].name for shape in found.shape} <= {"chain", "star", "complex"}
