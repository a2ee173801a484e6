"""Where the parties of a printed picture stand: boxes of names, from left to right."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import numpy as np

from api.answers.frame import Fact, Party
from api.draw import style
from api.draw.labels import Point, wrapped
from api.draw.layered import COLUMN, ROW, Points, layered
from api.draw.stress import by_stress
from api.questions.links.chains import Chain
from graph.model import DEPENDS_ON

WIDE, LINE, PAD = 150.0, 15.0, 7.0
"""Width of a box, height of a line of its name, and the room around it."""
SIGNS, CAPITALS = 22, 18
"""Half-width signs of a line, and of one that is all in capitals."""
GAP, NARROW = 122.0, 64.0
"""Room between two columns for what stands on the lines, at most and at least."""
BESIDE = 8.0
"""Between a column and where lines are level that run through it."""
HIGH = 66.0
"""Least distance between the middles of two boxes of a column."""


FOLDED = "Folded"
"""Kind of a mark that stands for several parties."""


@dataclass(frozen=True)
class Box:
    """A party where it stands."""

    party: Party
    x: float
    y: float
    lines: tuple[str, ...]
    end: bool
    """Whether the report is about it."""

    @property
    def height(self) -> float:
        """Height of the box."""
        return LINE * len(self.lines) + 2 * PAD


@dataclass(frozen=True)
class Placed:
    """All boxes, and the ways of lines between them."""

    boxes: tuple[Box, ...]
    ways: dict[tuple[str, str], tuple[Point, ...]]
    """What the line of each pair runs through on its way between the boxes of columns."""
    how: str
    """`how_equity`, `how_paths`, `how_ring` or `how_web`: a name of the words."""
    gap: float = GAP
    """Room between two columns."""


def place(
    facts: Sequence[Fact],
    ends: Sequence[Party],
    chains: Sequence[Chain] = (),
    *,
    ring: Sequence[Party] = (),
    gap: float = GAP,
) -> Placed:
    """A single ring in two rows; holders left of what they hold; else along the paths from the first party; else by
    how they are tied."""
    parties = {party.id: party for party in ends}
    for fact in facts:
        parties |= {fact.tail.id: fact.tail, fact.head.id: fact.head}
    number = {party: at for at, party in enumerate(parties)}
    names = [party.name for party in parties.values()]
    lines = [tuple(wrapped(name, CAPITALS if name.isupper() else SIGNS).split("\n")) for name in names]
    pairs = list(dict.fromkeys(_upheld(fact, number) for fact in facts))
    how = "how_ring" if ring else "how_equity"
    if not ring and not {fact.kind for fact in facts} <= {*style.EQUITY, DEPENDS_ON.name}:
        how = "how_paths" if len(ends) == 2 and chains else "how_web"
        pairs = _walked(chains, number) if how == "how_paths" else pairs
    ways: Sequence[Sequence[Point]] = [()] * len(pairs)
    if how == "how_ring":
        points = _around([number[party.id] for party in ring]) * (WIDE + gap, 2 * HIGH)
    elif how == "how_web":
        hops = [0 if party in {end.id for end in ends} else 1 for party in parties]
        points = by_stress(len(parties), pairs, [WIDE] * len(parties), hops)
    else:
        points, ways = in_columns(len(parties), pairs, gap=gap)
    about = {end.id for end in ends}
    boxes = tuple(
        Box(party, float(x), float(y), mine, party.id in about)
        for party, mine, (x, y) in zip(parties.values(), lines, points, strict=True)
    )
    ids = list(parties)
    told = {(ids[tail], ids[head]): tuple(way) for (tail, head), way in zip(pairs, ways, strict=True)}
    return Placed(boxes, told, how, gap)


def in_columns(
    count: int, pairs: Sequence[tuple[int, int]], *, gap: float, high: float = HIGH
) -> tuple[Points, list[list[Point]]]:
    """Middles of boxes in columns, the first of each pair left of the second, and what each pair's line runs through.

    `high` is the least distance between the middles of two boxes of a column.
    """
    points, _, found = layered(count, pairs, side_by_side=2)
    across, down = (WIDE + gap) / COLUMN, high / ROW
    ways = [[(stop.x * across + stop.side * (WIDE / 2 + BESIDE), stop.y * down) for stop in stops] for stops in found]
    return points * (across, down), ways


def _around(ring: Sequence[int]) -> Points:
    """The parties of a ring: half of them to the right in a row, and back in a row below."""
    upper = -(-len(ring) // 2)
    points = np.zeros((len(ring), 2))
    points[list(ring[:upper])] = [(at, 0) for at in range(upper)]
    points[list(ring[upper:])] = [(upper - 1 - at, 1) for at in range(len(ring) - upper)]
    return points


def _upheld(fact: Fact, number: dict[str, int]) -> tuple[int, int]:
    """Who holds, or is depended on, before whom."""
    ends = number[fact.tail.id], number[fact.head.id]
    return ends[::-1] if fact.kind == DEPENDS_ON.name else ends


def _walked(chains: Sequence[Chain], number: dict[str, int]) -> list[tuple[int, int]]:
    """Steps from the first party to the last, each one column further from the first, and all that reach the last.

    Steps within a column are left out: they would push the columns apart, and are drawn wherever their ends stand.
    """
    first, last = (number[party.id] for party in (chains[0].parties[0], chains[0].parties[-1]))
    steps = nx.Graph((number[a.id], number[b.id]) for chain in chains for a, b in pairwise(chain.parties))
    far = nx.single_source_shortest_path_length(steps.subgraph(set(steps) - {last}), first)
    pairs = [
        (a, b) if far.get(a, -1) < far.get(b, -1) else (b, a) for a, b in sorted(steps.edges) if last not in (a, b)
    ]
    return [*(pair for pair in pairs if far[pair[0]] < far[pair[1]]), *((near, last) for near in sorted(steps[last]))]
