"""Components of mutual holdings in topological order, and the blocks that hold all of themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.kernels.compiled import frozen
from analytics.kernels.ownership import Ordered
from analytics.structure.votes import starts
from graph.bands import UNIT, units
from graph.errors import InvalidQuestion

OPEN = -1


@dataclass(frozen=True)
class Order:
    """n nodes in an order in which holders stand before what they hold; computed once for a snapshot.

    Shares below half of 1e-9 count as none here, so that rounding opens no closed block.
    """

    holdings: Ordered
    """The holdings between positions."""
    position: NDArray[np.uint32]
    """Position of each node, shape (n,)."""
    node: NDArray[np.uint32]
    """Node at each position, shape (n,)."""
    pair: NDArray[np.uint32]
    """Which of the shares each holding of `in_share` is."""

    @classmethod
    def of(
        cls,
        size: int,
        tail: NDArray[np.uint32],
        head: NDArray[np.uint32],
        share: NDArray[np.float64],
        *,
        hollow: NDArray[np.bool_],
    ) -> "Order":
        """Order m shares holder → company, fractions, sorted by (tail, head); hollow nodes hold all of themselves."""
        given, kept = share, np.flatnonzero(share >= 0.5 / UNIT)
        if len(kept) < len(share):
            tail, head, share = tail[kept], head[kept], share[kept]
        matrix = csr_array((share, head.astype(np.int32), starts(size, tail)), shape=(size, size))
        count, found = connected_components(matrix, connection="strong")
        # scipy numbers a component after all those that it leads to.
        label: NDArray[np.uint32] = (count - 1 - found).astype(np.uint32)
        node = np.argsort(label, kind="stable").astype(np.uint32)
        position = np.empty(size, np.uint32)
        position[node] = np.arange(size, dtype=np.uint32)
        part_of = label[node]
        square = (size, size)
        ends = (position[head].astype(np.int32), starts(size, tail))
        pair = csr_array((kept.astype(np.int32), *ends), shape=square)
        arriving = pair[node].tocsc()
        leaving = arriving.tocsr()  # sorted along each row, which the kernels rely on
        ordered = Ordered(
            starts(count, part_of).astype(np.uint32),
            part_of,
            _closed(label, tail, head, share, hollow).astype(np.uint8),
            leaving.indptr.astype(np.int64),
            leaving.indices.astype(np.uint32),
            given[leaving.data],
            arriving.indptr.astype(np.int64),
            arriving.indices.astype(np.uint32),
            given[arriving.data],
        )
        vectors = (position, node, arriving.data.astype(np.uint32))
        return cls(Ordered(*(frozen(a, a.dtype) for a in ordered)), *(frozen(a, np.uint32) for a in vectors))

    @property
    def size(self) -> int:
        """Number of nodes n."""
        return len(self.node)

    def known(self, nodes: Sequence[int]) -> NDArray[np.int64]:
        """Node numbers as an array. Raises InvalidQuestion where one is no node, or there is none."""
        who = np.asarray(nodes, np.int64)
        if not len(who) or who.min() < 0 or who.max() >= self.size:
            raise InvalidQuestion(f"no such node in a graph of {self.size}", where=", ".join(map(str, nodes)))
        return who

    def ascending(self, places: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """The nodes at these positions, by number."""
        if len(places) < self.size >> 5:
            return np.sort(self.node[places])
        there = np.zeros(self.size, np.bool_)
        there[self.node[places]] = True
        return np.flatnonzero(there).astype(np.uint32)

    def lone_block(self, owners: NDArray[np.int64]) -> int:
        """A closed block of which some members, but not all, are among the owners; -1 if none."""
        for b in np.unique(self.block[owners]).tolist():
            if b != OPEN and not np.isin(self.blocks[b], owners).all():
                return int(b)
        return OPEN

    @cached_property
    def block(self) -> NDArray[np.int32]:
        """Number of the closed block that each node belongs to, -1 for none; shape (n,)."""
        number = np.cumsum(self.holdings.closed, dtype=np.int32) - 1
        return np.where(self.holdings.closed, number, OPEN)[self.holdings.part_of[self.position]]

    @cached_property
    def blocks(self) -> tuple[NDArray[np.uint32], ...]:
        """Members of each closed block: companies that hold all of each other and have no final owner."""
        part = self.holdings.part
        return tuple(np.sort(self.node[part[c] : part[c + 1]]) for c in np.flatnonzero(self.holdings.closed).tolist())

    @cached_property
    def cyclic(self) -> NDArray[np.bool_]:
        """Whether holdings lead from a node back to it; shape (n,)."""
        return np.asarray((np.diff(self.holdings.part) > 1)[self.holdings.part_of[self.position]])


def _closed(
    label: NDArray[np.uint32],
    tail: NDArray[np.uint32],
    head: NDArray[np.uint32],
    share: NDArray[np.float64],
    hollow: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Components of which every member is wholly held within."""
    within = label[tail] == label[head]
    inside = np.bincount(head[within], weights=share[within], minlength=len(label))
    open_ = (units(inside) < UNIT) & ~hollow
    closed = np.ones(int(label.max(initial=0)) + 1 if len(label) else 0, np.bool_)
    closed[label[open_]] = False
    return closed
