"""What is written on a picture and where: names, and what stands on the lines between them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from api.answers.frame import Fact
from api.answers.wording import label
from api.draw.labels import PARTS, TALL, Box, Point, Taken, along, below, centred, lifted, line_width, text_width
from api.draw.marks import Marks
from api.draw.scene import Scene
from graph.model import KINDS

NAMED, HUB = 24, 4
"""So many parties of a large picture, of so many links, are named large where there is room."""
BUSY = 40
"""Lines above which words such as `board` stand in tooltips and tables only."""
MARK, FOLD, START, NAME = 14, 12, 22, 15
"""Sizes of a party, of a fold and of the party asked about, and of what they are called by."""
SAID, MARKED = 12, (14, 24)
"""Sizes of what stands on a line, and on one that is marked in a small picture and in one of many parties."""
BENDS = 12
"""Pieces in which a bent line is followed."""
PARTIES = 60
"""Parties above which a picture has the larger of these."""

Font = dict[str, float | bool]


def fonts(drawn: Scene, marks: Marks, labels: Mapping[str, str], places: Mapping[str, Point]) -> dict[str, Font]:
    """Names that are written larger, below their party or above it, on no small name where that can be.

    In a large picture these are those of folds, of what is marked and of the busiest. Who has no room for a large name
    beside the others of its size has a small one.
    """
    large = len(labels) > BUSY
    size = 36 if large else 19
    found: dict[str, Font] = {}
    placed: list[Box] = []
    small = {one: _boxes(places[one], MARK, labels[one], NAME) for one in labels}
    folds = [fold.name for fold in drawn.folds]
    for party in dict.fromkeys([drawn.start.id, *((*folds, *_named(drawn, marks)) if large else ())]):
        if party not in labels:
            continue
        mark = START if party == drawn.start.id else FOLD if party in folds else MARK
        up = lifted(mark, lines=_lines(labels[party]), font=size)
        boxes = [_boxes(places[party], mark, labels[party], size, up=shift)[1] for shift in (0.0, up)]
        others = [box for one, mine in small.items() if one not in {party, *found} for box in mine]
        at = Taken([*placed, *others]).first(boxes)
        at = Taken(placed).first(boxes) if at is None else at
        if at is not None:
            placed.append(boxes[at])
            found[party] = {"size": size, "bold": party == drawn.start.id, "vadjust": round(-up * at, 1)}
    return found


def _boxes(at: Point, mark: float, name: str, font: float, *, up: float = 0.0) -> tuple[Box, Box]:
    """Where a party stands, and its name below it or lifted."""
    left, top, right, low = below(at, mark, lines=_lines(name), font=font)
    return centred(at, 2 * mark, 2 * mark), (left, top - up, right, low - up)


def _named(drawn: Scene, marks: Marks) -> list[str]:
    """Who is named large enough to be read when a large picture is seen whole: what is marked, else the busiest."""
    marked = [party.id for party in marks.parties]
    if 0 < len(marked) <= BUSY:
        return marked
    links = Counter(end for facts in drawn.lines.values() for end in (facts[0].tail.id, facts[0].head.id))
    return [party for party, count in links.most_common(NAMED) if count >= HUB]


def _lines(text: str) -> list[int]:
    return [text_width(line) for line in text.split("\n")]


class Road(NamedTuple):
    """How the line between two parties runs."""

    edge: str
    """Its id; empty where none is drawn."""
    points: tuple[Point, ...]


def roads(nodes: Iterable[Mapping[str, Any]], edges: Iterable[Mapping[str, Any]]) -> dict[frozenset[str], Road]:
    """Of each two parties that lines join the first, as nodes and edges of vis-network have it."""
    at = {node["id"]: (node["x"], node["y"]) for node in nodes}
    found: dict[frozenset[str], Road] = {}
    for edge in edges:
        tail, head = edge["from"], edge["to"]
        aside = rounded(edge.get("smooth", {}))
        parts = [k / BENDS for k in range(BENDS + 1)] if aside else [0.0, 1.0]
        road = Road(edge["id"], tuple(along(at[tail], at[head], aside=aside, part=part) for part in parts))
        found.setdefault(frozenset((tail, head)), road)
    return found


def names(nodes: Iterable[Mapping[str, Any]]) -> dict[str, Box]:
    """Where the name of each node stands."""
    return {node["id"]: standing(node)[1] for node in nodes}


def standing(node: Mapping[str, Any]) -> tuple[Box, Box]:
    """Where a node stands, and its name."""
    font = node.get("font", {})
    up, size = -font.get("vadjust", 0.0), font.get("size", NAME)
    return _boxes((node["x"], node["y"]), node["size"], node["label"], size, up=up)


def rounded(curve: Mapping[str, Any]) -> float:
    """How round a line is, positive to the right of its direction."""
    return float(curve.get("roundness", 0.0)) * (1 if curve.get("type") == "curvedCCW" else -1)


class Written:
    """Where each line has room for what it says: on no party, no name, and nothing that another says."""

    def __init__(self, drawn: Scene, marks: Marks, nodes: Mapping[Any, Mapping[str, Any]]) -> None:
        self._wordy = len(drawn.lines) <= BUSY
        self._marked: Final = MARKED[len(nodes) > PARTIES]
        self._steps = {fact: sign for mark in marks.marks for fact, sign in mark.steps.items()}
        self._places = {name: (node["x"], node["y"]) for name, node in nodes.items()}
        self._taken = Taken(box for node in nodes.values() for box in standing(node))

    def on(self, facts: tuple[Fact, ...], curve: Mapping[str, Any]) -> dict[str, Any]:
        """What a line says and at which part of it; nothing where there is no room: its tooltip and the table do."""
        said = _said(facts, wordy=self._wordy)
        signs = [self._steps[fact.fact_id] for fact in facts if fact.fact_id in self._steps]
        if not said and not signs:
            return {"label": ""}
        size = self._marked if signs else SAID
        width = (line_width(" · ".join([*signs, *said])) + 6) * size / SAID
        ends = self._places[facts[0].tail.id], self._places[facts[0].head.id]
        tried = [centred(along(*ends, aside=rounded(curve), part=part), width, TALL * size / SAID) for part in PARTS]
        free = self._taken.first(tried)
        return {"label": ""} if free is None else {"label": " · ".join(said), "at": PARTS[free]}


def _said(facts: tuple[Fact, ...], *, wordy: bool) -> list[str]:
    """What stands on a line; where there are many lines only shares and amounts do."""
    said = dict.fromkeys(label(KINDS[fact.kind], fact.values) for fact in facts)
    return [text for text in said if wordy or any(sign.isdigit() for sign in text)]
