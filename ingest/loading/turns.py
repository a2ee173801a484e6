"""Several rows of one party in a delivery of changes: in which order they are told, and what each goes on from.

Rows are told statement by statement, and by their starts within one. A row that names no start comes first
in its statement, as in every history: it tells of the time before the first that names one.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.loading.incoming import ALWAYS, FOREVER, Incoming, Load, days_of


class Turns:
    """The rows of parties that have several, in their order."""

    def __init__(self, given: Incoming, load: Load) -> None:
        code = given.series.dictionary_encode().indices.to_numpy()
        start, day = days_of(given.rows["valid_from"], ALWAYS), given.day(load)
        often = np.flatnonzero(np.bincount(code)[code] > 1)
        said = (
            pc.coalesce(given.rows["stated_at"], pa.scalar(load.said, pa.timestamp("us"))).cast(pa.int64()).to_numpy()
        )
        self.given = given
        self.begins = np.where(start == ALWAYS, day, start).astype(np.int32)
        """Day from which each row tells of its party."""
        self.order = often[np.lexsort((start[often], day[often], said[often], code[often]))]
        """The rows themselves."""
        start, self.code = start[self.order], code[self.order]
        self.statement = _numbered(self.code, said[self.order], day[self.order])
        self.slot = _numbered(self.statement, start)
        """Number of the start within the statement: of rows that share it, at most one tells."""
        op = pc.fill_null(given.rows["op"], "record").take(pa.array(self.order))
        self.corrects = pc.equal(op, "correct").to_numpy()
        self.tells = self.corrects | pc.equal(op, "record").to_numpy()
        self._place_undated(start)

    def _place_undated(self, start: NDArray[np.int32]) -> None:
        """A row without a start tells of the day before the first that has one."""
        first = np.full(self.statement.max(initial=-1) + 1, FOREVER, np.int32)
        dated = self.tells & (start != ALWAYS)
        np.minimum.at(first, self.statement[dated], start[dated])
        undated = np.flatnonzero((start == ALWAYS) & (first[self.statement] != FOREVER))
        rows = self.order[undated]
        self.begins[rows] = np.minimum(self.begins[rows], first[self.statement[undated]] - 1)

    def filled(self, rows: pa.Table, names: Sequence[str], since: NDArray[np.int32]) -> pa.Table:
        """`rows` with what one leaves out as the row left it that it goes on from.

        `since` is the day on which that began which `rows` are filled with already: later, it goes before.
        """
        base = self._bases(since[self.order])
        asked = np.flatnonzero(base >= 0)
        if not len(asked):
            return rows
        party = _numbered(self.code)
        rank = np.arange(len(party)) - np.searchsorted(party, party)
        asked = asked[np.argsort(rank[asked], kind="stable")]
        steps = np.split(asked, np.flatnonzero(np.diff(rank[asked])) + 1)
        for name in names:
            silent = self.given.rows[name].is_null().to_numpy()[self.order]
            source = np.arange(len(self.order))
            for step in steps:
                source[step] = np.where(silent[step], source[base[step]], step)
            place = np.arange(len(rows))
            place[self.order] = self.order[source]
            at = rows.schema.get_field_index(name)
            rows = rows.set_column(at, rows.schema.field(at), rows[name].take(pa.array(place)))
        return rows

    def _bases(self, since: NDArray[np.int32]) -> NDArray[np.int64]:
        """Which row each goes on from: the last uncontested one before it that holds when it begins; -1 for none."""
        size, begins = len(self.order), self.begins[self.order]
        end = days_of(self.given.rows["valid_to"], FOREVER)[self.order]
        told, corrected = (np.bincount(self.slot, those, size)[self.slot] for those in (self.tells, self.corrects))
        sole = np.where(corrected > 0, self.corrects & (corrected == 1), self.tells & (told == 1))
        before = np.arange(size) - 1
        near = (before >= 0) & sole[before] & (begins < end[before])
        open_ones = np.maximum.accumulate(np.where(sole & (end == FOREVER), np.arange(size), -1))
        base = np.where(near, before, np.append(-1, open_ones[:-1]) if size else before)
        fits = (base >= 0) & (self.code[base] == self.code) & (self.slot[base] != self.slot)
        fits &= (since <= begins[base]) & (begins[base] <= begins)
        return np.where(fits, base, -1)


def _numbered(*columns: NDArray[np.integer]) -> NDArray[np.int64]:
    """Numbers of runs of equal rows."""
    first = np.zeros(len(columns[0]), bool)
    for column in columns:
        first[1:] |= column[1:] != column[:-1]
    return np.cumsum(first)
