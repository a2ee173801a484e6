"""Finding parties by name, number or id: an SQLite file beside the columns.

Names are kept evened out (`graph.names`) with a B-tree for prefixes, and as lists of rows by gram
(`graph.grams`). A search takes the rows that share most of the query's rarest grams and lets rapidfuzz
score them, so that a part of a name, two Chinese characters and a misspelling are found the same
way. FTS5 was left aside: it finds rows that share all of some grams, not most of them. The file is a cache of
the facts, written anew beside the old one and renamed; a natural person's numbers are never in it.
"""

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.disk import room_on
from graph.errors import UnreadableFile
from graph.facts import Facts
from graph.grams import grams
from graph.likeness import likeness
from graph.names import normalise, normalise_number
from graph.search_file import read_only, update, version_of

CANDIDATES: Final = 400
"""Names that are scored for one query."""
READ_AT_MOST: Final = 300_000
"""Rows of grams that are counted for one query, the rarest grams first."""
CONNECTIONS: Final = 4
"""Searches that read the file at once."""
OPEN_ATTEMPTS: Final = 20
AFTER_ALL: Final = "\U0010ffff"


class Hit(NamedTuple):
    """A party that was found, and by what."""

    party: int
    """Its number."""
    score: float
    """1 is the very name, number or id; below about 0.5 nothing is shown."""
    by: str
    """`name`, `other name`, `id`, or the scheme of an identifier."""
    text: str
    """The name or number as its source writes it."""


class Hits(NamedTuple):
    """What was found."""

    found: list[Hit]
    """The best first."""
    complete: bool
    """Whether these are all; where a name is common, only so many are looked at."""


@dataclass(frozen=True)
class Seen:
    """What a search may see: loads up to a version, recorded up to an instant (microseconds since 1970)."""

    version: int
    instant: int


class SearchIndex:
    """Names, numbers and ids of the parties of some facts."""

    def __init__(self, path: Path, facts: Facts) -> None:
        self._facts = facts
        # All at once, and kept: the file is replaced by that of a newer version while this one is still asked.
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        for _ in range(CONNECTIONS):
            self._idle.put(read_only(path))

    @classmethod
    def open(cls, path: Path, facts: Facts) -> "SearchIndex":
        """The index of these facts; what is missing in the file is added, what is not its own is built anew."""
        for _ in range(OPEN_ATTEMPTS):
            if version_of(path) != facts.version:
                with room_on(path.parent):
                    update(path, facts)
            index = cls(path, facts)
            if index._versions() == {facts.version}:
                return index
        raise UnreadableFile("other processes keep replacing it by their version", where=str(path))

    def find(self, text: str, *, seen: Seen) -> Hits:
        """Parties by name, number or id; the order is the same every time."""
        text = text.strip()
        best: dict[int, Hit] = {}
        cut: set[str] = set()
        for hit in self._hits(text, seen, cut):
            if hit.party not in best or hit.score > best[hit.party].score:
                best[hit.party] = hit
        ids = self._facts.ids
        ranked = sorted(best.values(), key=lambda hit: (-round(hit.score, 6), len(hit.text), ids[hit.party].as_py()))
        return Hits(ranked, not cut)

    def _hits(self, text: str, seen: Seen, cut: set[str]) -> Iterator[Hit]:
        """Hits by each way of looking; `cut` gathers the ways that stopped before their end."""
        if text:
            yield from self._by_id(text, seen, cut)
            yield from self._by_number(normalise_number(text), seen, cut)
            yield from self._by_name(normalise(text.replace("\n", " ")), seen, cut)

    # ── ids ──

    def _by_id(self, text: str, seen: Seen, cut: set[str]) -> Iterator[Hit]:
        """Parties whose id, or its part after the source, begins with the text."""
        known = self._facts.parties_at(seen.version)
        ids, order = self._facts.ids, self._facts.order
        for prefix in {text, *(f"{source}:{text}" for source in self._sources if len(text) > 1)}:
            place = bisect_left(order, prefix, key=lambda number: ids[int(number)].as_py())
            for number in order[place : place + CANDIDATES].tolist():
                found = ids[number].as_py()
                if not found.startswith(prefix):
                    break
                if number < known:
                    whole = len(prefix) / len(found)
                    yield Hit(number, 1.0 if whole == 1 else 0.7 + 0.2 * whole, "id", found)
            else:
                cut |= {"id"} if place + CANDIDATES < len(order) else set()

    @cached_property
    def _sources(self) -> list[str]:
        return sorted(pc.unique(self._facts.party_source).to_pylist()) if self._facts.party_count else []

    # ── numbers ──

    def _by_number(self, plain: str, seen: Seen, cut: set[str]) -> Iterator[Hit]:
        if len(plain) < 3 or not any(character.isdigit() for character in plain):
            return
        rows = self._ask(
            "SELECT party, scheme, text, plain FROM number WHERE plain >= ? AND plain < ? AND load <= ? AND "
            "recorded <= ? ORDER BY plain, party LIMIT ?",
            (plain, plain + AFTER_ALL, seen.version, seen.instant, CANDIDATES),
        )
        cut |= {"number"} if len(rows) == CANDIDATES else set()
        for party, scheme, text, whole in rows:
            score = 1.0 if whole == plain else 0.75 + 0.2 * len(plain) / len(whole)
            yield Hit(party, score, scheme, text)

    # ── names ──

    def _by_name(self, plain: str, seen: Seen, cut: set[str]) -> Iterator[Hit]:
        if not plain:
            return
        shared = self._shared(plain)
        begun = self._ask(
            "SELECT row FROM name WHERE plain >= ? AND plain < ? ORDER BY plain, party LIMIT ?",
            (plain, plain + AFTER_ALL, CANDIDATES // 2),
        )
        rows = {*shared, *(row for (row,) in begun)}
        marks = ",".join("?" * len(rows))
        found = self._ask(
            f"SELECT party, main, text, plain, load, recorded, row FROM name WHERE row IN ({marks})",  # noqa: S608
            sorted(rows),
        )
        scores = likeness(plain, [row[3] for row in found])
        # Where even the least of those looked at is like the name, so may be others.
        least = shared[-1] if len(shared) == CANDIDATES else -1
        like = any(score > 0 and row[6] == least for score, row in zip(scores, found, strict=True))
        cut |= {"name"} if like or len(begun) == CANDIDATES // 2 else set()
        for score, (party, main, text, _, load, recorded, _) in zip(scores, found, strict=True):
            if score > 0 and load <= seen.version and recorded <= seen.instant:
                yield Hit(party, score if main else 0.98 * score, "name" if main else "other name", text)

    def _shared(self, plain: str) -> list[int]:
        """Rows that share the most, and the rarest, of a name's grams, the shorter the better; the least last."""
        asked = np.unique(grams(plain)[0])[:200]
        marks = ",".join("?" * len(asked))
        listed = self._ask(
            f"SELECT gram, count, rowid FROM posting WHERE gram IN ({marks})",  # noqa: S608
            asked.tolist(),
        )
        total: dict[int, int] = {}
        for gram, count, _ in listed:
            total[gram] = total.get(gram, 0) + count
        chosen: dict[int, float] = {}
        read = 0
        for gram in sorted(total, key=lambda gram: (total[gram], gram)):
            if chosen and read + total[gram] > READ_AT_MOST:
                break
            read += total[gram]
            chosen[gram] = float(np.log1p(len(self._lengths) / total[gram]))
        return self._heaviest([(rowid, chosen[gram]) for gram, _, rowid in listed if gram in chosen])

    def _heaviest(self, pieces: Iterable[tuple[int, float]]) -> list[int]:
        weight = np.zeros(len(self._lengths), np.float32)
        for rowid, value in pieces:
            ((blob,),) = self._ask("SELECT rows FROM posting WHERE rowid = ?", (rowid,))
            weight[np.frombuffer(blob, np.uint32)] += np.float32(value)
        there = np.flatnonzero(weight > 0)
        ranked = weight[there] - np.float32(1e-3) * self._lengths[there]
        if len(there) > CANDIDATES:
            chosen = np.argpartition(-ranked, CANDIDATES)[:CANDIDATES]
            there = there[chosen[np.argsort(-ranked[chosen])]]
        return [int(row) for row in there]

    @cached_property
    def _lengths(self) -> NDArray[np.uint8]:
        blobs = self._ask("SELECT lengths FROM segment ORDER BY number")
        return np.frombuffer(b"".join(blob for (blob,) in blobs), np.uint8)

    def _ask(self, statement: str, values: Iterable[object] = ()) -> list[tuple[Any, ...]]:
        connection = self._idle.get()
        try:
            return connection.execute(statement, tuple(values)).fetchall()
        finally:
            self._idle.put(connection)

    def _versions(self) -> set[int]:
        """Versions of the files that the connections have open: one, unless they were opened while it was replaced."""
        opened = [self._idle.get() for _ in range(CONNECTIONS)]
        versions = {connection.execute("SELECT version FROM about").fetchone()[0] for connection in opened}
        for connection in opened:
            self._idle.put(connection)
        return versions
