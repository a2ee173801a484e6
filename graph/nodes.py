"""Nodes of a snapshot: parties joined where they are one, numbered in the order of their ids."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.compiled import compiled
from graph.facts import Facts
from graph.grouping import grouped
from graph.holding import When
from graph.sameas import joined


@compiled
def _number(
    order: NDArray[np.uint32], root: NDArray[np.uint32], count: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    none = np.uint32(0xFFFFFFFF)
    of = np.full(len(root), none, np.uint32)
    first = np.full(len(root), none, np.uint32)
    representative = np.empty(count, np.uint32)
    size = np.uint32(0)
    for p in order:
        if p >= count:
            continue
        if first[root[p]] == none:
            first[root[p]] = size
            representative[size] = p
            size += np.uint32(1)
        of[p] = first[root[p]]
    return of, representative[:size].copy()


@dataclass(frozen=True)
class Nodes:
    """Which party belongs to which node.

    A node's representative is the party whose id comes first among those it joins; nodes are numbered
    in the order of these ids, so that no number depends on the order in which files or loads came.
    """

    of: NDArray[np.uint32]
    """Node of each party; UNKNOWN for parties that came after the version."""
    representative: NDArray[np.uint32]
    """Party that names each node."""
    order: NDArray[np.uint32]
    """Party numbers in the order of their ids."""

    @classmethod
    def build(cls, facts: Facts, when: When) -> "Nodes":
        """Join and number the parties that a version knew."""
        rank = np.empty(len(facts.order), np.uint32)
        rank[facts.order] = np.arange(len(rank), dtype=np.uint32)
        root = joined(facts, when, rank)
        return cls(*_number(facts.order, root, facts.parties_at(when.version)), facts.order)

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self.representative)

    @cached_property
    def several(self) -> NDArray[np.bool_]:
        """Whether each node joins several parties, shape (size,)."""
        known = self.of[self.of < self.size]
        return np.asarray(np.bincount(known, minlength=self.size) > 1)

    def members(self, node: int) -> NDArray[np.uint32]:
        """Parties of a node, in the order of their ids."""
        start, parties = self._members
        return parties[start[node] : start[node + 1]]

    @cached_property
    def _members(self) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        present = self.order[self.of[self.order] < self.size]
        start, at = grouped(self.of[present], self.size)
        return start, present[at]
