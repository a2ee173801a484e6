"""Rivals: what different sources say about one pair of nodes, and whose word counts.

Facts of one source about a pair add up. Where several sources speak of the same pair, kind and key
fields (other than whether it is direct), only the facts of one count: the most trusted source's, then
the one that spoke last, then the first by name. The others are kept aside, to be shown. Judgements of dependence are
no rivals: what became of a dependence is settled from all of them.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.facts import Facts
from graph.field import Kind
from graph.holding import When, standing
from graph.texts import UNKNOWN

PARTY_KEYS = ("creditor",)
"""Key fields that hold a party's id: two ids of one party are the same word."""


def preferred(
    facts: Facts, kind: Kind, rows: NDArray[np.uint32], same_pair: NDArray[np.bool_], when: When, words: "Words"
) -> NDArray[np.bool_]:
    """Which rows count; rows lie by pair, and `same_pair[i]` says that row i is of the same pair as i - 1."""
    keep = np.ones(len(rows), bool)
    if not kind.contested:
        return keep
    contested = _contested(facts, kind, rows, same_pair)
    if len(contested):
        pair = np.cumsum(~same_pair)[contested]
        group = _grouped([pair, *words.codes(kind, rows[contested])])
        keep[contested] = _winners(facts, kind, rows[contested], group, when)
    return keep


def _contested(facts: Facts, kind: Kind, rows: NDArray[np.uint32], same_pair: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Positions of rows whose pair has facts of several sources."""
    source = facts.column(kind, "source").indices.to_numpy()[rows]
    differs = same_pair.copy()
    differs[1:] &= source[1:] != source[:-1]
    if not differs.any():
        return np.zeros(0, np.intp)
    pair = np.cumsum(~same_pair)
    several = np.zeros(int(pair[-1]) + 1, bool)
    several[pair[differs]] = True
    return np.flatnonzero(several[pair])


def _winners(
    facts: Facts, kind: Kind, rows: NDArray[np.uint32], group: NDArray[np.int64], when: When
) -> NDArray[np.bool_]:
    source, distrust, said = standing(facts, kind, rows, when)
    voice = _grouped([group, source])
    latest = np.full(int(voice.max()) + 1, np.iinfo(np.int64).min)
    np.maximum.at(latest, voice, said)
    order = np.lexsort([source, -latest[voice], distrust, group])
    winner = np.zeros(int(group.max()) + 1, np.int64)
    winner[group[order][::-1]] = source[order][::-1]
    return np.asarray(source == winner[group])


def _grouped(columns: list[NDArray[np.generic]]) -> NDArray[np.int64]:
    """A number for each distinct row of these columns."""
    whole = np.column_stack([column.astype(np.int64) for column in columns])
    inverse: NDArray[np.int64] = np.unique(whole, axis=0, return_inverse=True)[1].reshape(-1)
    return inverse


class Words:
    """Key fields of a few rows as numbers that are equal where the words are."""

    def __init__(self, facts: Facts, node_of: NDArray[np.uint32]) -> None:
        self._facts = facts
        self._node_of = node_of

    def codes(self, kind: Kind, rows: NDArray[np.uint32]) -> list[NDArray[np.int64]]:
        """One array for each key field that tells facts of one pair apart."""
        names = [f.name for f in kind.fields if f.key and f.name != "directness"]
        return [self._codes(name, self._facts.column(kind, name).take(pa.array(rows))) for name in names]

    def _codes(self, name: str, column: pa.Array) -> NDArray[np.int64]:
        encoded = column.dictionary_encode()
        codes: NDArray[np.int64] = pc.fill_null(encoded.indices, -1).to_numpy().astype(np.int64)
        if name not in PARTY_KEYS or not len(encoded.dictionary):
            return codes
        party = self._facts.numbers(encoded.dictionary)
        there = party != UNKNOWN
        there[there] = self._node_of[party[there]] != UNKNOWN
        node = np.arange(len(party), dtype=np.int64) + len(self._node_of)
        node[there] = self._node_of[party[there]]
        return np.where(codes < 0, -1, node[codes])
