"""A network as SVG: boxes, lines that leave and reach them at places of their own, and what stands on the lines."""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from api.answers.frame import Fact
from api.draw import style
from api.draw.labels import PARTS, SIGN, Point, Taken, centred, text_width
from api.report.boxes import FOLDED, GAP, NARROW, PAD, WIDE, Box, Placed
from api.report.words import Words

Pair = tuple[str, str]
Line = tuple[str, str, str]
"""From whom to whom, and the kind of fact."""
NO_NOTES: Final[Mapping[Line, str]] = {}
PORT = 11.0
"""Room between two lines at one side of a box."""
LANE = 7.0
"""Between two lines of the same parties on their way."""
EDGE = 14.0
PORTRAIT, LANDSCAPE = (180.0, 205.0), (267.0, 126.0)
"""Room of a page in millimetres, title and legend left out."""
LARGEST = 25.4 / 96
"""Millimetres of a unit at most: nothing is printed larger than on a screen."""
READABLE = 0.192
"""Millimetres of a unit at which the smallest writing has six points."""
SIGNED = (0.72, 0.66, 0.78, 0.6, 0.84, 0.9, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15)
"""Parts of a line at which a sign may stand, the best first."""
CUT = 11.0
"""Width and height of a sign."""
BUSY = 28
"""Lines above which words such as `board` stand in tables only."""


@dataclass(frozen=True)
class Curve:
    """One line from a party to another, with its arrow head and its label."""

    points: tuple[Point, ...]
    """Its ends, and what steers it between them."""
    path: str
    color: str
    dashes: str
    head: str
    label: str
    at: Point
    width: float
    faint: bool = False
    strong: bool = False
    """Whether it carries what the picture is to show."""
    cut: tuple[float, float, float] | None = None
    """Where, and turned by how many degrees, a sign says that its refutation parts the parties."""


@dataclass(frozen=True)
class Picture:
    """What the template draws."""

    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    view: tuple[float, float, float, float]
    size: Point
    """Width and height in millimetres."""
    landscape: bool
    legend: tuple[tuple[str, style.Stroke], ...]
    marked: tuple[str, ...] = ()
    """Signs that are used: `strong`, `cut`."""
    fills: dict[str, str] = field(default_factory=lambda: {**style.FILLS, FOLDED: "#eef1f4"})
    borders: dict[str, str] = field(default_factory=lambda: {**style.BORDERS, FOLDED: "#52616b"})
    wide: float = WIDE
    line: float = 15.0
    pad: float = PAD


def picture(
    placed: Placed,
    facts: Sequence[Fact],
    words: Words,
    *,
    strong: Collection[str] = (),
    cut: Collection[str] = (),
    notes: Mapping[Line, str] = NO_NOTES,
) -> Picture:
    """Draw facts between boxes; those of one kind from one party to another are one line.

    Lines of the facts in `strong` are wide, those in `cut` bear a sign; `notes` stand behind what a line says.
    """
    together = _together(facts)
    boxes = {box.party.id: box for box in placed.boxes}
    ports = _ports(list(together), boxes)
    taken = Taken(_around(box) for box in placed.boxes)
    curves = []
    for key, mine in together.items():
        way = _lane(placed.ways.get(key[:2]) or placed.ways.get((key[1], key[0]), ())[::-1], key, list(together))
        label = _label(mine, words, notes.get(key, ""), wordy=len(together) <= BUSY)
        curve = _curve(key[2], ports[key], way, label, taken, gap=placed.gap)
        ids = {fact.fact_id for fact in mine}
        curves.append(replace(curve, faint=_faint(mine), strong=bool(ids & set(strong))))
    for at, mine in enumerate(together.values()):
        if {fact.fact_id for fact in mine} & set(cut):
            curves[at] = replace(curves[at], cut=_sign(curves[at].points, taken))
    left, top, right, low = _frame(placed.boxes, curves)
    landscape = right - left > 1.15 * (low - top) and right - left > PORTRAIT[0] / READABLE
    room = LANDSCAPE if landscape else PORTRAIT
    scale = min(room[0] / (right - left), room[1] / (low - top), LARGEST)
    used = {key[2] for key in together}
    legend = tuple((name, stroke) for name, stroke in style.STROKES.items() if name in used)
    marked = [name for name in ("strong", "cut") if any(getattr(curve, name) for curve in curves)]
    size = round((right - left) * scale, 1), round((low - top) * scale, 1)
    view = left, top, right - left, low - top
    return Picture(placed.boxes, tuple(curves), view, size, landscape, legend, tuple(marked))


def gap_for(facts: Sequence[Fact], words: Words, notes: Mapping[Line, str] = NO_NOTES) -> float:
    """Room between columns for the widest that stands on a line."""
    together = _together(facts)
    wordy = len(together) <= BUSY
    labels = [_label(mine, words, notes.get(key, ""), wordy=wordy) for key, mine in together.items()]
    widest = max((SIGN * text_width(label) for label in labels), default=0.0)
    return min(max(widest + 48, NARROW), GAP)


def _together(facts: Sequence[Fact]) -> dict[tuple[str, str, str], list[Fact]]:
    """Facts by their ends and kind; one line each."""
    together: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.tail.id != fact.head.id:
            together[fact.tail.id, fact.head.id, fact.kind].append(fact)
    return together


# ── lines ──


@dataclass(frozen=True)
class _Ends:
    start: Point
    end: Point
    leaves: float
    """1 where the line leaves to the right, -1 to the left."""
    arrives: float
    """1 where it reaches its box on the right side, -1 on the left."""


def _ports(lines: Sequence[tuple[str, str, str]], boxes: dict[str, Box]) -> dict[tuple[str, str, str], _Ends]:
    """Where each line leaves and reaches its boxes: on each side in the order of the other ends, so that none cross."""
    sides: dict[tuple[str, float], list[tuple[float, float, tuple[str, str, str], bool]]] = defaultdict(list)
    way: dict[tuple[str, str, str], tuple[float, float]] = {}
    for key in lines:
        tail, head = boxes[key[0]], boxes[key[1]]
        apart = head.x - tail.x
        leaves, arrives = (1.0, 1.0) if abs(apart) < WIDE else (1.0, -1.0) if apart > 0 else (-1.0, 1.0)
        way[key] = leaves, arrives
        sides[tail.party.id, leaves].append((head.y, abs(apart), key, True))
        sides[head.party.id, arrives].append((tail.y, abs(apart), key, False))
    at: dict[tuple[tuple[str, str, str], bool], Point] = {}
    for (party, side), mine in sides.items():
        box = boxes[party]
        gap = min(PORT, (box.height - 8) / max(len(mine) - 1, 1))
        for place, (_, _, key, leaving) in enumerate(sorted(mine, key=lambda one: one[:3])):
            at[key, leaving] = box.x + side * WIDE / 2, box.y + (place - (len(mine) - 1) / 2) * gap
    return {key: _Ends(at[key, True], at[key, False], *way[key]) for key in lines}


def _lane(way: Sequence[Point], key: Line, lines: Sequence[Line]) -> Sequence[Point]:
    """A way with room beside it for the other lines of the same two parties."""
    same = [line for line in lines if {*line[:2]} == {*key[:2]}]
    aside = (same.index(key) - (len(same) - 1) / 2) * LANE
    return [(x, y + aside) for x, y in way]


def _curve(kind: str, ends: _Ends, way: Sequence[Point], label: str, taken: Taken, *, gap: float) -> Curve:
    stroke = style.STROKES[kind]
    points = _bezier(ends, way, gap)
    width = SIGN * text_width(label) + 6
    at = _room(points, width, taken) if label else None
    label, at = ("", (0.0, 0.0)) if at is None else (label, at)
    (x, y), turn = ends.end, ends.arrives
    tip = f"{x:.1f},{y:.1f} {x + 8 * turn:.1f},{y - 3.8:.1f} {x + 8 * turn:.1f},{y + 3.8:.1f}"
    drawn = f"M{_at(points[0])}" + "".join(
        f"C{_at(points[k])} {_at(points[k + 1])} {_at(points[k + 2])}" for k in range(1, len(points), 3)
    )
    dashes = " ".join(map(str, stroke.dashes))
    return Curve(tuple(points), drawn, stroke.color, dashes, tip, label, at, width)


def _sign(points: Sequence[Point], taken: Taken) -> tuple[float, float, float]:
    """A place on a line behind its middle, on no writing where there is one, and which way the line runs there."""
    places = [_along(list(points), part) for part in SIGNED]
    at = SIGNED[taken.first([centred(place, CUT, CUT) for place in places]) or 0]
    (x, y), (x1, y1), (x2, y2) = (_along(list(points), part) for part in (at, at - 0.02, at + 0.02))
    return x, y, math.degrees(math.atan2(y2 - y1, x2 - x1))


def _bezier(ends: _Ends, way: Sequence[Point], gap: float) -> list[Point]:
    """One curve, or several that meet, level, before and behind each column that the line crosses."""
    start, end = ends.start, (ends.end[0] + 7 * ends.arrives, ends.end[1])
    if ends.leaves == ends.arrives:
        way = ()
    run, points = [start, *way, end], [start]
    for place, ((x1, y1), (x2, y2)) in enumerate(pairwise(run)):
        leaves, arrives = (ends.leaves, ends.arrives) if not way else (ends.leaves, -ends.leaves)
        reach = abs(x2 - x1) / 2 if way else max(abs(x2 - x1) / 2, gap / 2)
        points += [(x1 + leaves * reach, y1), (x2 + arrives * reach, y2), run[place + 1]]
    return points


def _room(points: list[Point], width: float, taken: Taken) -> Point | None:
    """A place on the line where its label lies on nothing else; none where there is no room: the table has it."""
    places = [_along(points, part) for part in PARTS]
    free = taken.first([centred(place, width) for place in places])
    return None if free is None else places[free]


def _along(points: list[Point], part: float) -> Point:
    pieces = (len(points) - 1) // 3
    piece = min(int(part * pieces), pieces - 1)
    t = part * pieces - piece
    four = points[3 * piece : 3 * piece + 4]
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x, y = (sum(w * p[axis] for w, p in zip(weights, four, strict=True)) for axis in (0, 1))
    return x, y


# ── what is said, and how large it is ──


def _label(facts: Sequence[Fact], words: Words, note: str, *, wordy: bool) -> str:
    """What stands on a line; where there are many lines only shares and amounts do."""
    every = dict.fromkeys(words.label(fact) for fact in facts)
    said = [text for text in every if text and (wordy or any(sign.isdigit() for sign in text))]
    return (" · ".join(said[:2]) + (f" +{len(said) - 2}" if len(said) > 2 else "") + note).strip()


def _faint(facts: Sequence[Fact]) -> bool:
    return all(fact.values.get("directness") == "indirect" for fact in facts)


def _around(box: Box) -> tuple[float, float, float, float]:
    return box.x - WIDE / 2, box.y - box.height / 2, box.x + WIDE / 2, box.y + box.height / 2


def _frame(boxes: Sequence[Box], curves: Sequence[Curve]) -> tuple[float, float, float, float]:
    every = [_around(box) for box in boxes]
    every += [centred(curve.at, curve.width) for curve in curves if curve.label]
    every += [(x, y, x, y) for curve in curves for x, y in curve.points]
    left, top, right, low = (pick(each[k] for each in every) for k, pick in enumerate((min, min, max, max)))
    return left - EDGE, top - EDGE, right + EDGE, low + EDGE


def _at(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
