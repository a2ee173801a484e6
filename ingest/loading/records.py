"""Sources whose newer statement replaces a whole record: rows are decided record by record, over all kinds."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.columns import FOREVER, NEVER
from graph.facts import Facts
from graph.model import KINDS
from ingest.loading.absent import known_of
from ingest.loading.classify import Classes
from ingest.loading.grouped import Group
from ingest.loading.incoming import Incoming, Load, days_of

SEPARATOR = "\x1f"


class Records:
    """Whole records of a source, over all kinds: what a newer statement leaves out has ended.

    `spared` marks known facts of which only refused rows speak: they stay as they are.
    """

    def __init__(
        self, given: Mapping[str, Incoming], facts: Facts, load: Load, spared: Mapping[str, NDArray[np.bool_]]
    ) -> None:
        self.given = given
        marks = [_marks(rows.rows["source"], rows.rows["source_ref"]) for rows in given.values()]
        self.refs = pc.unique(pa.concat_arrays(marks)) if marks else pa.array([], pa.string())
        self.of = {name: _places(mark, self.refs) for name, mark in zip(given, marks, strict=True)}
        self.days = {name: rows.day(load) for name, rows in given.items()}
        self.one = self._one_statement()
        names = pc.unique(pc.list_element(pc.split_pattern(self.refs, SEPARATOR), 1))
        self.known: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        self.spoken: dict[str, NDArray[np.bool_]] = {}
        self.standing = np.zeros(len(self.refs), np.int64)
        """Known facts of each record that its statement would end, were they left out."""
        self.history = np.zeros(len(self.refs), np.int64)
        for name, kind in KINDS.items():
            said = known_of(facts, kind, given[name].series) if name in given else False
            maybe = pc.is_in(facts.column(kind, "source_ref"), value_set=names).to_numpy(zero_copy_only=False)
            self._know(name, facts, maybe, spared.get(name, False) & ~np.asarray(said))

    def _one_statement(self) -> NDArray[np.bool_]:
        """Records told by one statement; `day` is set to the day of each record's."""
        size, top, low = len(self.refs), np.iinfo(np.int64).max, np.iinfo(np.int64).min
        first, last = np.full((2, size), top), np.full((2, size), low)
        for name, at in self.of.items():
            stated = pc.fill_null(self.given[name].rows["stated_at"].cast(pa.int64()), low).to_numpy()
            for row, values in enumerate((stated, self.days[name].astype(np.int64))):
                np.minimum.at(first[row], at, values)
                np.maximum.at(last[row], at, values)
        self.day = first[1]
        one: NDArray[np.bool_] = (first == last).all(axis=0)
        return one

    def _know(self, name: str, facts: Facts, maybe: NDArray[np.bool_], spared: NDArray[np.bool_]) -> None:
        kind = KINDS[name]
        rows = np.flatnonzero(maybe)
        take = pa.array(rows)
        mark = _marks(facts.column(kind, "source").take(take), facts.column(kind, "source_ref").take(take))
        refs = _places(mark, self.refs)
        rows, refs = rows[refs >= 0], refs[refs >= 0]
        self.spoken[name] = np.zeros(facts.rows(kind), bool)
        self.spoken[name][rows] = True
        ours = ~spared[rows] if spared.any() else np.ones(len(rows), bool)
        rows, refs = rows[ours], refs[ours]
        self.known[name] = rows, refs
        times = facts.times(kind)
        standing = (times.retracted_at[rows] == NEVER) & (times.valid_to[rows] > self.day[refs])
        np.add.at(self.history, refs, 1)
        np.add.at(self.standing, refs[standing], 1)

    def plain(self, classes: Mapping[str, Classes]) -> dict[str, NDArray[np.bool_]]:
        """Rows of records that are wholly new, or wholly as they are known, by one statement."""
        rows, fresh, same, stands = np.zeros((4, len(self.refs)), np.int64)
        for name, found in classes.items():
            at = self.of[name]
            end = days_of(self.given[name].rows["valid_to"], FOREVER)
            np.add.at(rows, at, 1)
            np.add.at(fresh, at, found.fresh)
            np.add.at(same, at, found.same)
            np.add.at(stands, at, found.same & (end > self.day[at]))
        whole = ((fresh == rows) & (self.history == 0)) | ((same == rows) & (stands == self.standing))
        whole &= self.one
        return {name: whole[self.of[name]] for name in classes}

    def groups(self, plain: Mapping[str, NDArray[np.bool_]]) -> Iterator[Group]:
        """Records that the timeline has to decide."""
        groups: dict[int, Group] = defaultdict(Group)
        for name, done in plain.items():
            for row in np.flatnonzero(~done):
                groups[int(self.of[name][row])].stated[name].append(int(row))
        wanted = np.zeros(len(self.refs), bool)
        wanted[list(groups)] = True
        for name, (rows, refs) in self.known.items():
            for at in np.flatnonzero(wanted[refs]):
                groups[int(refs[at])].known[name].append(int(rows[at]))
        yield from groups.values()


def _marks(source: pa.ChunkedArray | pa.Array, ref: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A record's name: its source, and the source's own name for it."""
    joined = pc.binary_join_element_wise(source.cast(pa.string()), ref, SEPARATOR)
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _places(marks: pa.Array, among: pa.Array) -> NDArray[np.int64]:
    return np.asarray(pc.fill_null(pc.index_in(marks, value_set=among), -1).to_numpy(), np.int64)
