"""What is known of a pair of nodes on whatever day: each relation's facts by pair, ended and coming ones too."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.columns import gathered
from graph.facts import Facts
from graph.field import Kind
from graph.grouping import by_pairs
from graph.holding import When, known
from graph.links import codes
from graph.model import DIRECTNESS, OWNS
from graph.nodes import Nodes


@dataclass(frozen=True)
class History:
    """Facts of one relation that are known, whenever they are true, by pair."""

    size: int
    pair: NDArray[np.int64]
    """tail · n + head, ascending."""
    row: NDArray[np.uint32]

    @classmethod
    def build(cls, facts: Facts, kind: Kind, nodes: Nodes, when: When) -> "History":
        """All facts of a relation by pair; holdings said to be indirect follow from others and are left out."""
        rows = known(facts, kind, when)
        if kind is OWNS:
            rows = rows[codes(facts, kind, kind.field("directness"))[rows] != DIRECTNESS.index("indirect")]
        tail, head = (nodes.of[gathered(facts.column(kind, end), rows, np.uint32)] for end in kind.ends)
        order = by_pairs(tail, head, nodes.size)
        if order is not None:
            tail, head, rows = tail[order], head[order], rows[order]
        return cls(nodes.size, tail.astype(np.int64) * nodes.size + head, rows)

    def between(self, tail: int, head: int) -> NDArray[np.uint32]:
        """Rows of the facts from one node to another."""
        first, last = np.searchsorted(self.pair, [tail * self.size + head, tail * self.size + head + 1])
        return self.row[first:last]
