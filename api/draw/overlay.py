"""Marks as the page draws them: shaded groups, lines that stand out, and a table of both."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from api.answers.wording import plural
from api.draw.labels import Box, Point
from api.draw.marks import CIRCLES, CONTROL, GROUPS, Mark, Marks
from api.draw.scene import Scene
from api.draw.written import Road

TINTS: Final = ("#d9822b", "#2f9e6e", "#7a5cc9", "#1f8fbf", "#c94f7c", "#77862a", "#9c6644", "#5468c4")
"""Colours of groups; their signs and outlines tell them apart without."""
STRESSED: Final = {CIRCLES: "#c0392b", CONTROL: "#1d2733"}
NAMES: Final = {
    GROUPS: ("Groups of connected clients", "关联客户组"),
    CIRCLES: ("Guarantee circles", "担保圈"),
    CONTROL: ("How control reaches it", "控制路径"),
}
MANY = 40
"""Members of a group above which only they are shaded, and not what brought them in."""
NEAR, BESIDE = 30.0, 13.0
"""So near a line that does not end at it, a party, and its name, seem to belong to it."""
NO_ROADS: Final[Mapping[frozenset[str], Road]] = {}
NO_NAMES: Final[Mapping[str, Box]] = {}


@dataclass(frozen=True)
class Row:
    """One mark in the table."""

    kind: str
    sign: str
    color: str
    name: str
    zh: str
    told: tuple[tuple[str, str], ...]
    """Its parties by name, and why they belong."""
    left: str
    nodes: tuple[str, ...]
    edges: tuple[str, ...]


@dataclass(frozen=True)
class Overlay:
    """Everything that is marked on one picture."""

    kinds: tuple[tuple[str, str, str, int], ...]
    """Kinds of marks asked for: name, English, Chinese, how many."""
    shades: tuple[dict[str, Any], ...]
    """Groups: sign, colour, nodes, and pairs of nodes between which the shade reaches, with the line it follows."""
    lines: dict[str, dict[str, str]]
    """What stands at each marked line, by edge and kind of mark."""
    rows: tuple[Row, ...]


def overlay(
    marks: Marks,
    drawn: Scene,
    places: Mapping[str, Point],
    *,
    roads: Mapping[frozenset[str], Road] = NO_ROADS,
    names: Mapping[str, Box] = NO_NAMES,
) -> Overlay:
    """Lay marks over what is drawn; a folded party is marked at its fold.

    `roads` says how the lines run of which the shade follows one, and `names` where names stand.
    """
    node = {party.id: party.id for party in drawn.parties}
    node |= {party.id: fold.name for fold in drawn.folds for party in fold.parties}
    edge = {fact.fact_id: facts[0].fact_id for facts in drawn.lines.values() for fact in facts}
    tints = {mark.sign: TINTS[k % len(TINTS)] for k, mark in enumerate(m for m in marks.marks if m.kind == GROUPS)}
    lines: dict[str, dict[str, list[str]]] = {}
    for mark in marks.marks:
        for fact, sign in mark.steps.items():
            if fact in edge:
                lines.setdefault(edge[fact], {}).setdefault(mark.kind, []).append(sign)
    return Overlay(
        tuple((kind, *NAMES[kind], sum(mark.kind == kind for mark in marks.marks)) for kind in marks.kinds),
        tuple(
            _shade(mark, tints[mark.sign], node, places, roads, names) for mark in marks.marks if mark.kind == GROUPS
        ),
        {line: {kind: _signs(signs) for kind, signs in told.items()} for line, told in lines.items()},
        tuple(_row(mark, tints, node, edge) for mark in marks.marks),
    )


def _signs(signs: Sequence[str]) -> str:
    each = list(dict.fromkeys(signs))
    return " ".join([*each[:3], *(["…"] if len(each) > 3 else [])])


def _shade(
    mark: Mark,
    color: str,
    node: Mapping[str, str],
    places: Mapping[str, Point],
    roads: Mapping[frozenset[str], Road],
    names: Mapping[str, Box],
) -> dict[str, Any]:
    nodes = list(dict.fromkeys(node[party] for party in mark.why if party in node))
    inside = set(nodes)
    others = [place for one, place in places.items() if one not in inside]
    written = [box for one, box in names.items() if one not in inside]
    few = mark.ties if len(nodes) <= MANY else ()
    pairs = dict.fromkeys((node[a], node[b]) for a, b in few if a in node and b in node)
    ties = []
    for a, b in pairs:
        road = roads.get(frozenset((a, b)), Road("", (places[a], places[b])))
        if a != b and inside >= {a, b} and _clear(road.points, others, written):
            ties.append((a, b, road.edge))
    return {"sign": mark.sign, "color": color, "certain": mark.certain, "nodes": nodes, "ties": ties}


def _clear(points: Sequence[Point], others: Sequence[Point], names: Sequence[Box]) -> bool:
    """Whether a line passes by all other parties and their names."""
    if any(_apart(other, start, end) <= NEAR for start, end in pairwise(points) for other in others):
        return False
    return not any(
        left - BESIDE < x < right + BESIDE and top - BESIDE < y < low + BESIDE
        for x, y in _dense(points)
        for left, top, right, low in names
    )


def _dense(points: Sequence[Point]) -> Iterator[Point]:
    """Points of a line as close together as its shade is wide."""
    for (x1, y1), (x2, y2) in pairwise(points):
        count = max(1, math.ceil(math.dist((x1, y1), (x2, y2)) / BESIDE))
        yield from ((x1 + (x2 - x1) * k / count, y1 + (y2 - y1) * k / count) for k in range(count + 1))


def _apart(point: Point, start: Point, end: Point) -> float:
    """How far a point lies from a straight line between two others.

    >>> _apart((1.0, 2.0), (0.0, 0.0), (2.0, 0.0)), _apart((5.0, 0.0), (0.0, 0.0), (2.0, 0.0))
    (2.0, 3.0)
    """
    (x, y), (x1, y1), (x2, y2) = point, start, end
    long = (x2 - x1) ** 2 + (y2 - y1) ** 2
    part = max(0.0, min(1.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / long)) if long else 0.0
    return math.dist(point, (x1 + part * (x2 - x1), y1 + part * (y2 - y1)))


def _row(mark: Mark, tints: Mapping[str, str], node: Mapping[str, str], edge: Mapping[str, str]) -> Row:
    names = {party.id: party.name for party in mark.parties}
    hidden = sum(party not in node for party in mark.why) + mark.left
    return Row(
        mark.kind,
        mark.sign,
        tints[mark.sign] if mark.kind == GROUPS else STRESSED[mark.kind],
        mark.name,
        NAMES[mark.kind][1],
        tuple((names[party], why) for party, why in mark.why.items()),
        f"{plural(hidden, 'member')} not drawn" if hidden else "",
        tuple(dict.fromkeys(node[party] for party in mark.why if party in node)),
        tuple(dict.fromkeys(edge[fact.fact_id] for fact in mark.facts if fact.fact_id in edge)),
    )
