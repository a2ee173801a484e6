"""Where names and what stands on lines are written: nothing on anything else."""

import math
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right and low."""

SIGN = 6.1
"""Width of a half-width sign on a line."""
BROAD = 1.45
"""How much broader capitals, m and w are."""
TALL = 16.0
"""Height of what stands on a line."""
PARTS = (0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75, 0.18, 0.82)
"""Parts of a line at which its label may stand, the best first."""
ROOM = 22
"""Half-width signs of a line of a name."""
BESIDE = 4.0
"""Room between a mark and its name, beside half a line, as vis-network has it."""


class Taken:
    """Boxes on which nothing else may lie."""

    def __init__(self, boxes: Iterable[Box] = ()) -> None:
        self._boxes = np.array([*boxes, *[(0.0,) * 4] * 8]).reshape(-1, 4)
        self._count = len(self._boxes) - 8

    def take(self, box: Box) -> None:
        """One box more."""
        if self._count == len(self._boxes):
            self._boxes = np.concatenate([self._boxes, np.zeros_like(self._boxes)])
        self._boxes[self._count] = box
        self._count += 1

    def first(self, boxes: Sequence[Box]) -> int | None:
        """The first of some boxes that lies on nothing, which is then taken; None where each lies on something.

        >>> taken = Taken([(0, 0, 10, 10)])
        >>> taken.first([(5, 5, 15, 15), (10, 5, 20, 15)]), taken.first([(10, 5, 20, 15)])
        (1, None)
        """
        left, top, right, low = np.array(boxes, np.float64).reshape(-1, 4).T[:, :, None]
        there = self._boxes[: self._count].T
        on = (left < there[2]) & (there[0] < right) & (top < there[3]) & (there[1] < low)
        free = np.flatnonzero(~on.any(axis=1))
        if not len(free):
            return None
        self.take(boxes[free[0]])
        return int(free[0])


def centred(at: Point, width: float, height: float = TALL) -> Box:
    """A box round a point."""
    x, y = at
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def below(at: Point, size: float, *, lines: Sequence[int], font: float) -> Box:
    """Where the name of a mark of some size stands, by the half-width signs of its lines."""
    tall = font * len(lines)
    return centred((at[0], at[1] + size + BESIDE + (font + tall) / 2), font / 2 * max(lines), tall + BESIDE)


def lifted(size: float, *, lines: Sequence[int], font: float) -> float:
    """How far up a name moves from below its mark to above it."""
    return 2 * (size + BESIDE) + font / 2 + font * len(lines)


def along(tail: Point, head: Point, *, aside: float, part: float) -> Point:
    """A point of a line as vis-network draws it, `aside` its roundness, positive to the right of its direction.

    >>> along((0, 0), (10, 0), aside=0, part=0.5), along((0, 0), (10, 0), aside=0.2, part=0.5)[1] > 0
    ((5.0, 0.0), True)
    """
    (x1, y1), (x2, y2) = tail, head
    reach, turn = (1 + abs(aside)) / 2, math.atan2(y1 - y2, x2 - x1) + (1 - aside) * math.pi / 2
    long = math.dist(tail, head) * reach
    steer = x1 + long * math.sin(turn), y1 + long * math.cos(turn)
    weights = (1 - part) ** 2, 2 * part * (1 - part), part**2
    x, y = (sum(w * p[axis] for w, p in zip(weights, (tail, steer, head), strict=True)) for axis in (0, 1))
    return round(x, 6), round(y, 6)


def wrapped(name: str, line: int = ROOM) -> str:
    """A name in lines that fit a label: between words, or between Chinese characters.

    >>> wrapped("Keladak Voraven International Holdings Limited").split(chr(10))
    ['Keladak Voraven', 'International Holdings', 'Limited']
    """
    lines, now = [], ""
    for word in _words(name):
        if now and text_width((now + word).rstrip()) > line:
            lines.append(now.strip())
            now = ""
        now += word
    lines.append(now.strip())
    return "\n".join([*lines[:2], lines[2] + ("…" if len(lines) > 3 else "")] if len(lines) > 2 else lines)


def _words(name: str) -> list[str]:
    words: list[str] = []
    for character in name:
        if words and _wide(character) == 1 and _wide(words[-1][-1]) == 1 and words[-1][-1] not in " -/":
            words[-1] += character
        else:
            words.append(character)
    return words


def _wide(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def line_width(text: str) -> float:
    """Width of what stands on a line: capitals, m and w are broader than a half-width sign.

    >>> line_width("200") < line_width("CNY"), line_width("亿")
    (True, 12.2)
    """
    return SIGN * sum(BROAD if sign.isupper() or sign in "mw" else _wide(sign) for sign in text)


def text_width(text: str) -> int:
    """Width of a text in half-width signs."""
    return sum(_wide(character) for character in text)
