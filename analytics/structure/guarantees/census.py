"""Closed circles of guarantees: all of them counted, the first of them listed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.kernels.compiled import frozen
from analytics.kernels.cycles import Ring, Search, circles_from
from analytics.structure.guarantees.promises import Pairs
from analytics.structure.votes import starts
from graph.errors import InvalidQuestion
from graph.grouping import grouped

LONGEST = 40
"""No circle of more guarantees is counted."""
TRIMMED = 2
"""Rounds of dropping parties that only give or only take; then components are looked for."""
BUDGET = 2_000_000_000
"""Entries read before counting stops: some ten seconds."""


@dataclass(frozen=True)
class Circuits:
    """The guarantees that lie on closed circles, their parties numbered from the busiest down."""

    pairs: Pairs
    """Pairs inside a strongly connected component."""
    at: NDArray[np.int64]
    """Position of each among the pairs it was taken from."""
    party: NDArray[np.int64]
    """Party of each number here, ascending in number by falling count of pairs, then by party."""
    ring: Ring
    """The same pairs between the numbers."""
    place: NDArray[np.uint32]
    """Position of the ring's pairs in `pairs`."""

    @classmethod
    def of(cls, pairs: Pairs) -> "Circuits":
        """What of a network can lie on a circle; everything else is left out."""
        at = _inside(pairs)
        kept = pairs.some(at)
        degree = np.bincount(kept.tail, minlength=pairs.size) + np.bincount(kept.head, minlength=pairs.size)
        present = np.flatnonzero(degree)
        # Numbers of 16 bits are sorted digit by digit, and the few busier parties need no finer order.
        rank = 0xFFFF - np.minimum(degree[present], 0xFFFF)
        party = present[np.argsort(rank.astype(np.uint16), kind="stable")]
        number = np.empty(pairs.size, np.uint32)
        number[party] = np.arange(len(party), dtype=np.uint32)
        ring, place = _ring(len(party), number[kept.tail], number[kept.head])
        return cls(kept, at, party, ring, place)

    def number(self, party: int) -> int | None:
        """Number here of a party; None where it lies on no circle."""
        found = np.flatnonzero(self.party == party)
        return int(found[0]) if len(found) else None


@dataclass(frozen=True)
class Circles:
    """Simple directed circles of guarantees: nobody occurs twice in one."""

    listed: tuple[tuple[int, ...], ...]
    """Parties of each, guarantor before borrower, from its smallest number on; shortest first."""
    count: dict[int, int]
    """Circles by number of guarantees; of lengths above `complete` there are at least so many."""
    complete: int
    """All circles of up to so many guarantees were seen."""
    through: NDArray[np.int64]
    """Counted circles through each pair of the network, shape (m,)."""

    @property
    def total(self) -> int:
        """Circles counted altogether."""
        return sum(self.count.values())

    @property
    def unlisted(self) -> int:
        """Circles that are only counted."""
        return self.total - len(self.listed)


def count_circles(pairs: Pairs, *, length: int = 5, limit: int = 1000, budget: int = BUDGET) -> Circles:
    r"""Count all closed circles of up to so many guarantees, and list the shortest.

    A circle is met once, at the busiest of its parties, searched among the less busy ones alone and only
    where the way back is short enough. Of the longest length listed those of the busiest parties come in.

    .. math::

        c_l = \big|\{(v_1, \dots, v_l) : v_i \to v_{i+1},\; v_l \to v_1,\; v_1 = \min v,\; v_i \ne v_j\}\big|,
        \qquad 2 \le l \le k

    Parameters
    ----------
    pairs : Pairs
        m arrows guarantor → borrower between n parties.
    length : int
        Most guarantees k of a circle, 2 to 40.
    limit : int
        How many circles to list; the rest are counted.
    budget : int
        Entries to read before counting stops; what was counted by then is a lower bound, and said so.

    Raises
    ------
    InvalidQuestion
        If the length or the limit is out of range.

    Source
    ------
    Domain reference §3 (循环担保); Johnson, "Finding All the Elementary Circuits of a Directed Graph",
    SIAM Journal on Computing 4 (1975), 77, for the task; Peng et al., VLDB 13 (2019), 463, for the pruning.

    Example
    -------
    >>> found = count_circles(Pairs.of(4, [0, 1, 1, 2, 2], [1, 0, 2, 0, 3]))
    >>> found.listed, found.count, found.through.tolist()
    (((0, 1), (0, 1, 2)), {2: 1, 3: 1}, [2, 1, 1, 1, 0])
    """
    return circles_among(Circuits.of(pairs), len(pairs), length=length, limit=limit, budget=budget)


def circles_among(
    circuits: Circuits, count: int, *, shortest: int = 2, length: int = 5, limit: int = 1000, budget: int = BUDGET
) -> Circles:
    r"""Count circles as `count_circles` does, where what can lie on them is known already.

    .. math:: c_l(A) = c_l(\{(i, j) \in A : i \leftrightarrow^* j\})

    Parameters
    ----------
    circuits : Circuits
        The pairs that lie on circles.
    count : int
        Number m of pairs of the whole network.
    shortest : int
        Fewest guarantees of a circle.
    length, limit, budget : int
        As `count_circles`.

    Raises
    ------
    InvalidQuestion
        As `count_circles`.

    Source
    ------
    As `count_circles`.

    Example
    -------
    >>> pairs = Pairs.of(3, [0, 1, 2], [1, 2, 0])
    >>> circles_among(Circuits.of(pairs), len(pairs)).listed
    ((0, 1, 2),)
    """
    search = Search(0, len(circuits.party), True, shortest, length, budget)
    return _count(circuits, count, search, limit)


def circles_through(
    circuits: Circuits, party: int, count: int, *, length: int = 5, limit: int = 100, budget: int = 50_000_000
) -> Circles:
    r"""Count the closed circles that one party sits in, and list the shortest.

    .. math:: \{(v_1, \dots, v_l) : v_1 = x,\; v_i \to v_{i+1},\; v_l \to v_1,\; v_i \ne v_j\}

    Parameters
    ----------
    circuits : Circuits
        The pairs that lie on circles.
    party : int
        Node number of x.
    count : int
        Number m of pairs of the whole network.
    length, limit, budget : int
        As `count_circles`.

    Raises
    ------
    InvalidQuestion
        As `count_circles`.

    Source
    ------
    As `count_circles`.

    Example
    -------
    >>> pairs = Pairs.of(4, [0, 1, 1, 2, 2, 3], [1, 0, 2, 0, 3, 2])
    >>> circles_through(Circuits.of(pairs), 2, len(pairs)).listed
    ((2, 3), (0, 1, 2))
    """
    number = circuits.number(party)
    first, last = (0, 0) if number is None else (number, number + 1)
    return _count(circuits, count, Search(first, last, False, 2, length, budget), limit)


class Walked(NamedTuple):
    """What one search found."""

    number: NDArray[np.int64]
    through: NDArray[np.int64]
    kept: NDArray[np.uint32]
    whole: bool
    """Whether its budget sufficed."""


def _walk(circuits: Circuits, search: Search, limit: int) -> Walked:
    longest = search.longest
    count, through = np.zeros(longest + 1, np.int64), np.zeros(len(circuits.at), np.int64)
    kept = np.zeros((longest + 1) * limit * longest, np.uint32)
    left = circles_from(circuits.ring, search, count, through, kept)
    return Walked(count, through, kept.reshape(longest + 1, limit, longest), left >= 0)


def _count(circuits: Circuits, pairs: int, search: Search, limit: int) -> Circles:
    """Circles from some roots; where the budget ends, the lengths it suffices for are searched again alone."""
    if not (2 <= search.longest <= LONGEST and limit >= 0):
        raise InvalidQuestion("circles have 2 to 40 guarantees", where=f"length {search.longest}, limit {limit}")
    found = sure = _walk(circuits, search, limit)
    complete = search.longest if found.whole else search.shortest - 1
    while not found.whole and complete < search.longest:
        shorter = _walk(circuits, search._replace(longest=complete + 1), limit)
        if not shorter.whole:
            break
        sure, complete = shorter, complete + 1
    count = found.number.copy()
    count[: complete + 1] = np.maximum(count[: complete + 1], sure.number[: complete + 1])
    across = np.zeros(pairs, np.int64)
    across[circuits.at[circuits.place]] = np.maximum(found.through, sure.through)
    listed = tuple(_listed(circuits, sure, limit))
    return Circles(listed, {n: int(number) for n, number in enumerate(count) if number}, complete, across)


def _listed(circuits: Circuits, walked: Walked, limit: int) -> Iterator[tuple[int, ...]]:
    """Circles kept, the shortest first, each from its smallest party on, ascending within a length."""
    room = limit
    for length, count in enumerate(walked.number.tolist()):
        chosen = circuits.party[walked.kept[length, : min(count, room), :length]]
        room -= len(chosen)
        turned = (list(row) for row in chosen.tolist())
        yield from sorted((*row[(k := row.index(min(row))) :], *row[:k]) for row in turned)


def _ring(size: int, tail: NDArray[np.uint32], head: NDArray[np.uint32]) -> tuple[Ring, NDArray[np.uint32]]:
    """Arrows sorted both ways by counting, and where each came from."""
    _, by_head = grouped(head, size)
    start, order = grouped(tail[by_head], size)
    place = by_head[order]
    near: NDArray[np.uint32] = head[place]
    back_start, back = grouped(near, size)
    ring = Ring(
        frozen(start, np.int64), frozen(near, np.uint32), frozen(back_start, np.int64),
        frozen(tail[place][back], np.uint32),
    )  # fmt: skip
    return ring, place


def _inside(pairs: Pairs) -> NDArray[np.int64]:
    """Positions of the pairs that lie on circles: both ends in one strongly connected component."""
    at = np.arange(len(pairs))
    tail, head = pairs.tail, pairs.head
    for _ in range(TRIMMED):
        gives, takes = np.zeros(pairs.size, np.bool_), np.zeros(pairs.size, np.bool_)
        gives[tail], takes[head] = True, True
        kept = np.flatnonzero(takes[tail] & gives[head])
        at, tail, head = at[kept], tail[kept], head[kept]
    present = np.zeros(pairs.size, np.bool_)
    present[tail], present[head] = True, True
    number = np.cumsum(present, dtype=np.int32) - 1
    size = int(present.sum())
    start, place = starts(size, number[tail].astype(np.uint32)), number[head]
    matrix = csr_array((np.ones(len(at), np.int8), place, start), shape=(size, size))
    part = connected_components(matrix, connection="strong")[1]
    return np.asarray(at[part[number[tail]] == part[place]])
