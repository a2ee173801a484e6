"""Rings: two parties of which each reaches the other along the arrows of one relation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion

EFFORT = 5_000
"""Arrows read in search of one way; a ring that needs more is not looked for."""


@dataclass(frozen=True)
class Ring:
    """A way from one party to another along the arrows, and a way back."""

    there: tuple[int, ...]
    """Positions of the links, in order."""
    back: tuple[int, ...]


def ring_through(
    arrows: Arrows, a: int, b: int, *, longest: int, closed: NDArray[np.bool_] | None = None, effort: int = EFFORT
) -> Ring | None:
    r"""Find the shortest ways by which two parties reach each other along the arrows of one relation.

    Mutual holdings and guarantees are the ring of two links. The ways there and back may share parties.

    .. math:: a \to^{\le l} b \;\wedge\; b \to^{\le l} a

    Parameters
    ----------
    arrows : Arrows
        Links of one relation, as they leave each party.
    a, b : int
        Node numbers.
    longest : int
        Most links of each way.
    closed : (n,) array of flags, optional
        Parties that no way passes through.
    effort : int
        Most arrows to read for each way.

    Raises
    ------
    InvalidQuestion
        If a party is not among the nodes.

    Source
    ------
    Domain reference §1.1 (mutual holdings) and §3 (互保, 循环担保).

    Example
    -------
    >>> arrows = Arrows.of(3, [0, 1, 2], [1, 2, 0])
    >>> ring_through(arrows, 0, 1, longest=4)
    Ring(there=(0,), back=(1, 2))
    """
    size = len(arrows.start) - 1
    if not (0 <= a < size and 0 <= b < size):
        raise InvalidQuestion("no such party", where=f"ring through {a} and {b}")
    there = _way(arrows, a, b, longest, closed, effort) if a != b else None
    back = None if there is None else _way(arrows, b, a, longest, closed, effort)
    return None if there is None or back is None else Ring(there, back)


def _way(
    arrows: Arrows, a: int, b: int, longest: int, closed: NDArray[np.bool_] | None, effort: int
) -> tuple[int, ...] | None:
    """Links of a shortest way, the first in the order of nodes."""
    came: dict[int, tuple[int, int]] = {a: (a, -1)}
    wave = [a]
    for _ in range(longest):
        reached = []
        for x in wave:
            effort -= int(arrows.start[x + 1] - arrows.start[x])
            if effort < 0:
                return None
            for y, link in zip(arrows.at(x).tolist(), arrows.links_at(x).tolist(), strict=True):
                if y in came:
                    continue
                came[y] = x, link
                if y == b:
                    return _back(came, a, b)
                if closed is None or not closed[y]:
                    reached.append(y)
        wave = reached
    return None


def _back(came: dict[int, tuple[int, int]], a: int, b: int) -> tuple[int, ...]:
    links = []
    while b != a:
        b, link = came[b]
        links.append(link)
    return tuple(reversed(links))
