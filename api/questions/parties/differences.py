"""Which facts about a party differ between two moments: found by number, before anything is read in words."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from api.engine.view import WALKED
from graph.columns import words
from graph.field import Kind
from graph.model import KINDS, OWNS, RECORDS, SAME_AS
from graph.snapshot import Snapshot

Key = tuple[int, ...]
"""What a fact is about, as numbers."""


@dataclass(frozen=True)
class Told:
    """What is said about a party at one moment, of one kind: facts by row, ends as nodes, head -1 for none."""

    kind: Kind
    rows: NDArray[np.uint32]
    ends: NDArray[np.int64]


class Word(NamedTuple):
    """One fact of it."""

    row: int
    ends: tuple[int, ...]


class Difference(NamedTuple):
    """One fact that entered, left or changed, not yet in words."""

    what: str
    kind: Kind
    before: Word | None
    after: Word | None


def differences(earlier: Snapshot, was: int | None, later: Snapshot, node: int) -> list[Difference]:
    """Facts about a party that are not the same at both moments, `was` being its node at the earlier one.

    They lie by kind, then what happened, then ends.
    """
    return sorted(_found(earlier, was, later, node), key=_place)


def _found(earlier: Snapshot, was: int | None, later: Snapshot, node: int) -> Iterator[Difference]:
    for kind in (*WALKED, SAME_AS, *(kind for kind in RECORDS if kind.ends)):
        before, after = _told(earlier, kind, was), _told(later, kind, node)
        same, again = _unchanged(earlier, before, later, after)
        old, new = _words(earlier, before, ~same), _words(later, after, ~again)
        for key in old | new:
            one, other = old.get(key), new.get(key)
            if one is None or other is None:
                yield Difference("left" if one else "entered", kind, one, other)
            elif _content(earlier, kind, one.row) != _content(later, kind, other.row):
                yield Difference("changed", kind, one, other)


def _told(snapshot: Snapshot, kind: Kind, node: int | None) -> Told:
    """Everything of one kind that is said about a party, if it is known."""
    if node is None:
        return Told(kind, np.zeros(0, np.uint32), np.zeros((0, 2), np.int64))
    if not kind.is_relation:
        rows = snapshot.record_rows(kind, node)
        return Told(kind, rows, np.tile([node, -1], (len(rows), 1)))
    parts = []
    for indirect in (False, True) if kind is OWNS else (False,):
        links = snapshot.links(kind, indirect=indirect)
        at = np.unique(np.concatenate((links.leaving(node), links.arriving(node).astype(np.int64))))
        parts.append((links.fact[at], np.column_stack((links.tail[at], links.head[at])).astype(np.int64)))
    rows, ends = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Told(kind, rows, ends)


def _unchanged(
    earlier: Snapshot, before: Told, later: Snapshot, after: Told
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which facts are the same row between the same parties at both moments: most are."""
    _, old, new = np.intersect1d(before.rows, after.rows, assume_unique=True, return_indices=True)
    alike = (_parties(earlier, before.ends[old]) == _parties(later, after.ends[new])).all(axis=1)
    same, again = np.zeros(len(before.rows), np.bool_), np.zeros(len(after.rows), np.bool_)
    same[old[alike]] = again[new[alike]] = True
    return same, again


def _parties(snapshot: Snapshot, ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers of the parties that name these nodes: the same at every moment, as nodes are not."""
    return np.where(ends < 0, -1, snapshot.nodes.representative[ends].astype(np.int64))


def _words(snapshot: Snapshot, told: Told, chosen: NDArray[np.bool_]) -> dict[Key, Word]:
    """Some facts by what each is about; of several about the same, each has a place of its own."""
    rows, ends = told.rows[chosen], told.ends[chosen]
    parties = _parties(snapshot, ends) if told.kind.is_relation else np.zeros((len(ends), 0), np.int64)
    about = np.column_stack((words(snapshot.facts.column(told.kind, "series"))[rows], parties.astype(np.uint64)))
    found: dict[Key, Word] = {}
    times: Counter[Key] = Counter()
    for key, row, (tail, head) in zip(map(tuple, about.tolist()), rows.tolist(), ends.tolist(), strict=True):
        found[*key, times[key]] = Word(row, (tail,) if head < 0 else (tail, head))
        times[key] += 1
    return found


def _content(snapshot: Snapshot, kind: Kind, row: int) -> tuple[object, ...]:
    """What a fact says, and from when to when it holds."""
    return tuple(snapshot.facts.column(kind, name)[row].as_py() for name in ("digest", "valid_from", "valid_to"))


def _place(difference: Difference) -> tuple[int, str, tuple[int, ...]]:
    # Nodes lie in the order of their ids.
    word = difference.after or difference.before
    return list(KINDS).index(difference.kind.name), difference.what, word.ends if word else ()
