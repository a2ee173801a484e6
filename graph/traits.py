"""What profiles and assessments say of every party at once, such as its industry."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.columns import gathered
from graph.facts import Facts
from graph.field import Kind
from graph.holding import When, holding, precedence
from graph.model import PROFILE
from graph.nodes import Nodes

UNSAID = -1


class Traits(NamedTuple):
    """One text of every node, by number."""

    code: NDArray[np.int32]
    """Position among the words; -1 where none is known; shape (n,)."""
    words: list[str]

    def any_of(self, wanted: list[bool]) -> NDArray[np.bool_]:
        """Nodes whose word is one of those wanted, by position; shape (n,)."""
        return np.append(np.array(wanted, np.bool_), False)[self.code]


def believed_texts(facts: Facts, nodes: Nodes, when: When, name: str, *, kind: Kind = PROFILE) -> Traits:
    """One text of profiles, such as `industry`, or of other records: of each node the most believed that states it."""
    rows, node, codes, words = _stated(facts, nodes, when, name, kind)
    order = precedence(facts, kind, rows, when)[::-1]
    found = np.full(nodes.size, UNSAID, np.int32)
    # Written from the least believed on: what stays is the most believed of each node.
    found[node[order]] = codes[order]
    return Traits(found, words.to_pylist())


def shared_texts(facts: Facts, nodes: Nodes, when: When, name: str, *, kind: Kind = PROFILE) -> frozenset[str]:
    """Of one text, such as `name`, what records of several nodes state."""
    _, node, codes, words = _stated(facts, nodes, when, name, kind)
    pairs = np.unique(node.astype(np.int64) << 32 | codes)
    several = np.flatnonzero(np.bincount(pairs & 0xFFFFFFFF) > 1)
    return frozenset(words.take(pa.array(several)).to_pylist())


def _stated(
    facts: Facts, nodes: Nodes, when: When, name: str, kind: Kind
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int32], pa.Array]:
    """Rows that state a text, of whom, and which by its position among the words."""
    rows = holding(facts, kind, when)
    said = facts.column(kind, name).take(pa.array(rows)).dictionary_encode()
    said = said.combine_chunks() if isinstance(said, pa.ChunkedArray) else said
    codes = np.asarray(pc.fill_null(said.indices, UNSAID).to_numpy(zero_copy_only=False), np.int32)
    stated = codes != UNSAID
    rows = rows[stated]
    node = nodes.of[gathered(facts.column(kind, "party"), rows, np.uint32)]
    return rows, node, codes[stated], said.dictionary
