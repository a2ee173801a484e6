"""Equity charts: columns from holders on the left to what they hold on the right."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

COLUMN, ROW = 280.0, 92.0

Points = NDArray[np.float64]
Pairs = Sequence[tuple[int, int]]


class Stop(NamedTuple):
    """A place beside a column that a link runs through."""

    x: float
    """Of the nearest party of the column."""
    y: float
    side: float
    """1 to the right of it, -1 to the left."""
    place: int
    """How many columns of the link lie before this one; 0 is the one where it begins."""


class Laid(NamedTuple):
    """Parties in columns, and how links run between them."""

    points: Points
    """Shape (n, 2)."""
    bends: NDArray[np.float64]
    """How far the middle of each link must bend to the right of its direction to pass between the parties of the
    columns it crosses."""
    ways: list[list[Stop]]
    """What each link has to run through so that it crosses no party: level from each stop before a column to the one
    behind it."""


def layered(
    count: int,
    pairs: Pairs,
    *,
    side_by_side: int | None = None,
    columns_of: Sequence[int] | None = None,
    room: bool = True,
) -> Laid:
    """Columns from holders on the left to what they hold on the right, or as `columns_of` names them; few crossings.

    A long column stands as several beside each other, at most `side_by_side`. Links have room of their own in the
    columns they cross, unless they do without.

    >>> layered(3, [(0, 1), (1, 2)]).points[:, 0].tolist()
    [0.0, 280.0, 560.0]
    >>> layered(3, [(0, 1), (1, 2)], columns_of=[0, 1, 0]).points[:, 0].tolist()
    [0.0, 280.0, 0.0]
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(pair for pair in pairs if pair[0] != pair[1])
    column = _columns(graph) if columns_of is None else dict(enumerate(columns_of))
    ways = _ways(graph, column) if room else {}
    columns: dict[int, list[int]] = defaultdict(list)
    for node in graph:
        columns[column[node]].append(node)
    place = {node: at for nodes in columns.values() for at, node in enumerate(nodes)}
    for sweep in range(10):
        for number in sorted(columns, reverse=sweep % 2 == 1):
            columns[number].sort(key=lambda node: (_middle(graph, node, place, column), node))
            place |= {node: at for at, node in enumerate(columns[number])}
    tallest = max(10, round(1.7 * count**0.5))
    beside = {number: min(-(-len(nodes) // tallest), side_by_side or count) for number, nodes in columns.items()}
    points = _straightened(graph, columns, beside, _placed(columns, beside))
    ends = {number: (points[nodes, 0].min(), points[nodes, 0].max()) for number, nodes in columns.items()}
    return Laid(
        points[:count],
        np.array([_bend(points, tail, head, ways.get((tail, head), ())) for tail, head in pairs]),
        [_stops(points, column, ends, (tail, *ways.get((tail, head), ()), head)) for tail, head in pairs],
    )


def _stops(
    points: Points, column: dict[int, int], ends: dict[int, tuple[float, float]], way: Sequence[int]
) -> list[Stop]:
    """Where a link enters and leaves each column that it crosses, those of its own ends included, in its direction."""
    on = 1.0 if column[way[-1]] > column[way[0]] else -1.0
    stops = []
    for place, node in enumerate(way):
        first, last = ends[column[node]][:: int(on)]
        if place and (place < len(way) - 1 or points[node, 0] != first):
            stops.append(Stop(float(first), float(points[node, 1]), -on, place))
        if place < len(way) - 1 and (place or points[node, 0] != last):
            stops.append(Stop(float(last), float(points[node, 1]), on, place))
    return stops if column[way[-1]] != column[way[0]] else []


def _ways(graph: "nx.DiGraph[int]", column: dict[int, int]) -> dict[tuple[int, int], tuple[int, ...]]:
    """Give links that cross columns a place of their own in each, as parties that are not drawn."""
    ways = {}
    for tail, head in list(graph.edges):
        step = 1 if column[head] > column[tail] else -1
        crossed = range(column[tail] + step, column[head], step)
        if not crossed:
            continue
        way = []
        for number in crossed:
            way.append(len(graph))
            column[len(graph)] = number
            graph.add_node(len(graph))
        graph.remove_edge(tail, head)
        nx.add_path(graph, (tail, *way, head))
        ways[tail, head] = tuple(way)
    return ways


def _bend(points: Points, tail: int, head: int, way: Sequence[int]) -> float:
    if not way:
        return 0.0
    along = points[head] - points[tail]
    middle = points[list(way)].mean(axis=0) - points[tail]
    return float((along[0] * middle[1] - along[1] * middle[0]) / np.hypot(*along))


def _columns(graph: "nx.DiGraph[int]") -> dict[int, int]:
    """Longest way from the left; a ring stands in consecutive columns, then cut where it closes."""
    acyclic = nx.DiGraph()
    acyclic.add_nodes_from(sorted(graph))
    for tail, head in sorted(graph.edges):
        if not nx.has_path(acyclic, head, tail):
            acyclic.add_edge(tail, head)
    column: dict[int, int] = {}
    for node in nx.lexicographical_topological_sort(acyclic):
        column[node] = max((column[before] + 1 for before in acyclic.predecessors(node)), default=0)
    for node in reversed(list(nx.lexicographical_topological_sort(acyclic))):
        after = [column[to] for to in acyclic.successors(node)]
        if after and not acyclic.in_degree(node):
            column[node] = min(after) - 1
    least = min(column.values(), default=0)
    return {node: at - least for node, at in column.items()}


def _middle(graph: "nx.DiGraph[int]", node: int, place: dict[int, int], column: dict[int, int]) -> float:
    near = [place[other] for other in nx.all_neighbors(graph, node) if column[other] != column[node]]
    return sum(near) / len(near) if near else place[node]


def _placed(columns: dict[int, list[int]], beside: dict[int, int]) -> Points:
    """Columns beside each other, a long one as several in which its parties take turns."""
    points = np.zeros((sum(map(len, columns.values())), 2))
    left = 0.0
    for number in sorted(columns):
        for at, node in enumerate(columns[number]):
            points[node] = left + at % beside[number] * COLUMN, at * ROW / beside[number]
        left += beside[number] * COLUMN
    return points


def _straightened(
    graph: "nx.DiGraph[int]", columns: dict[int, list[int]], beside: dict[int, int], points: Points
) -> Points:
    """Move each party towards the middle of its neighbours as far as its column lets it."""
    for sweep in range(6):
        for number in sorted(columns, reverse=sweep % 2 == 1):
            nodes = columns[number]
            wanted = np.array([_height(graph, node, points) for node in nodes])
            points[nodes, 1] = _spread(wanted, ROW / beside[number])
    points[:, 1] -= points[:, 1].mean()
    return points


def _height(graph: "nx.DiGraph[int]", node: int, points: Points) -> float:
    near = [points[other, 1] for other in nx.all_neighbors(graph, node)]
    return float(np.mean(near)) if near else float(points[node, 1])


def _spread(wanted: Points, gap: float) -> Points:
    """Heights in the same order at least a gap apart, as near to those wanted as least squares bring them."""
    blocks: list[list[float]] = []
    for height in wanted - gap * np.arange(len(wanted)):
        blocks.append([float(height), 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, size = blocks.pop()
            before, count = blocks[-1]
            blocks[-1] = [(before * count + mean * size) / (count + size), count + size]
    level = np.concatenate([np.full(int(size), mean) for mean, size in blocks]) if blocks else np.zeros(0)
    return level + gap * np.arange(len(wanted))
