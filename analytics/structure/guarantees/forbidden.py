"""What unwinding must break: circles that are too long, or parts that are too large."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.kernels.compiled import frozen
from analytics.kernels.cycles import Ring, long_circle
from analytics.structure.guarantees.census import LONGEST, Circuits, circles_among
from analytics.structure.guarantees.promises import Pairs
from analytics.structure.votes import starts

LISTED, READ = 500, 300_000
"""How many of the shortest circles are listed, and entries read for it."""

Released = NDArray[np.bool_]
"""Which pairs are released already, shape (m,)."""
Broken = NDArray[np.int64]
"""Positions of pairs of which at least one must be released."""


@dataclass(frozen=True)
class LongCircles:
    """Circles of more guarantees than are allowed."""

    pairs: Pairs
    above: int
    """Most guarantees a circle may have; 1: no circle at all."""

    @cached_property
    def _ring(self) -> Ring:
        size, start, none = self.pairs.size, starts(self.pairs.size, self.pairs.tail), np.zeros(0, np.uint32)
        return Ring(frozen(start, np.int64), frozen(self.pairs.head, np.uint32), frozen(np.zeros(size + 1), np.int64),
                    frozen(none, np.uint32))  # fmt: skip

    def parts(self, released: Released) -> list[NDArray[np.int64]]:
        """Parties of each strongly connected component that is large enough for such a circle."""
        return _parts(self.pairs, released, "strong", self.above)

    def within(self, part: NDArray[np.int64], released: Released) -> Iterator[Broken]:
        """Such circles among some parties; a party is searched again as long as what was found gets released."""
        tail, nodes = frozen(self.pairs.tail, np.uint32), part.astype(np.uint32)
        for k in range(len(nodes) - self.above):
            found = np.zeros(1, np.int64)
            while len(found):
                after = frozen(nodes[k:], np.uint32)
                found = long_circle(self._ring, tail, frozen(released, np.uint8), after, self.above)
                if len(found):
                    yield found
                if not released[found].any():
                    break

    def smallest(self, released: Released) -> list[Broken]:
        """The shortest such circles: the shorter one is, the more it says."""
        kept = np.flatnonzero(~released)
        circuits = Circuits.of(self.pairs.some(kept))
        shortest, length = self.above + 1, min(max(self.above + 1, len(circuits.party)), LONGEST)
        options = {"shortest": shortest, "length": length, "limit": LISTED, "budget": READ}
        circles = circles_among(circuits, len(kept), **options).listed
        ends = (np.array([circle, (*circle[1:], circle[0])]) for circle in circles)
        return [self.pairs.find(*both) for both in ends]

    def returns(self, pair: int, released: Released) -> bool:
        """Whether such a circle would pass through this pair if it were not released."""
        root = int(self.pairs.tail[pair])
        gone = released.copy()
        gone[self._ring.start[root] : self._ring.start[root + 1]] = True
        gone[pair] = False
        nodes = np.append(root, np.delete(np.arange(self.pairs.size), root)).astype(np.uint32)
        tail = frozen(self.pairs.tail, np.uint32)
        return len(long_circle(self._ring, tail, frozen(gone, np.uint8), frozen(nodes, np.uint32), self.above)) > 0


@dataclass(frozen=True)
class LargeParts:
    """Parties that hang together by guarantees and are more than is allowed."""

    pairs: Pairs
    above: int
    """Most parties that may hang together."""

    def parts(self, released: Released) -> list[NDArray[np.int64]]:
        """Parties of each component that is too large."""
        return _parts(self.pairs, released, "weak", self.above)


def _parts(
    pairs: Pairs, released: Released, connection: Literal["weak", "strong"], above: int
) -> list[NDArray[np.int64]]:
    """Parties of each component of more than `above`, the components by their first party."""
    label = connected_components(_matrix(pairs, np.flatnonzero(~released)), connection=connection)[1]
    count = np.bincount(label, minlength=1)
    inside = np.flatnonzero(count[label] > max(above, 1))
    order = inside[np.argsort(label[inside], kind="stable")]
    parts = np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else []
    return sorted(parts, key=lambda part: int(part[0]))


def _matrix(pairs: Pairs, kept: NDArray[np.int64]) -> csr_array:
    tail, head = pairs.tail[kept], pairs.head[kept].astype(np.int32)
    return csr_array((np.ones(len(kept), np.int8), head, starts(pairs.size, tail)), shape=(pairs.size, pairs.size))
