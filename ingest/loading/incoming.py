"""Staged rows of one kind, with numbers for their parties and names for their series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph import identity
from graph.columns import ALWAYS, FOREVER
from graph.facts import UNKNOWN
from graph.field import Kind
from graph.holding import EPOCH_DAY
from graph.schema import kept_schema, own_columns
from ingest.loading.numbering import Numbering
from ingest.timeline import Brought, Sayings

JUDGED = frozenset(("DEPENDS_ON", "SAME_AS"))
"""Kinds that hold judgements: no delivery's silence ends them."""


@dataclass(frozen=True)
class Load:
    """The load a comparison is made for."""

    number: int
    instant: datetime
    """Moment of the load, naive UTC."""
    delivered: date
    full: bool = False
    """Whether what it leaves out ends."""
    replaces_record: bool = False
    changes: bool = False
    """Whether it brings changes only: of a party, a row says what its fields hold, and no more."""
    source: str = ""
    """Source of the delivery."""
    sayings: Sayings = field(default_factory=lambda: Sayings({}))
    """When what earlier loads brought was said."""
    listed: Mapping[str, Sequence[date]] = field(default_factory=dict)
    """Days of the full deliveries that have been loaded, by source."""

    @property
    def said(self) -> datetime:
        """When what it brings was said, where no row says."""
        return Brought(self.instant, self.delivered).said


@dataclass(frozen=True)
class Incoming:
    """Rows of one kind whose parties are all known."""

    kind: Kind
    rows: pa.Table
    """Columns of `staged_schema(kind)`."""
    ends: list[NDArray[np.uint32]]
    series: pa.Array
    digest: pa.Array

    def day(self, load: Load) -> NDArray[np.int32]:
        """Day of each row's statement: as stated, else the delivery's."""
        instants = self.rows["stated_at"].cast(pa.date32())
        days = pc.coalesce(self.rows["stated_on"], instants, pa.scalar(load.delivered, pa.date32()))
        return days_of(days, FOREVER)

    def said_on(self, load: Load) -> NDArray[np.int32]:
        """Day of each row's statement, for its own delivery's day at the latest; of what waited, as it was kept."""
        day = self.day(load)
        return np.where(self._waited(), day, np.minimum(day, (load.delivered - EPOCH_DAY).days)).astype(np.int32)

    def unlisted_on(self, load: Load) -> NDArray[np.int32]:
        """Day of the last full delivery of each tie's source before its own; ALWAYS where there is none."""
        found = np.full(len(self.rows), ALWAYS, np.int32)
        if not is_tie(self.kind) or not load.listed:
            return found
        own = (load.delivered - EPOCH_DAY).days
        delivered = np.where(self._waited(), self.day(load), own)  # what waited keeps its statement's day alone
        for source, days in load.listed.items():
            theirs = np.flatnonzero(pc.equal(self.rows["source"], source).to_numpy())
            if len(theirs):
                listed = np.sort(np.array([ALWAYS, *((day - EPOCH_DAY).days for day in days)], np.int32))
                found[theirs] = listed[np.searchsorted(listed, delivered[theirs]) - 1]
        return found

    def _waited(self) -> NDArray[np.bool_]:
        waited: NDArray[np.bool_] = self.rows["said_at"].is_valid().to_numpy()
        return waited


def is_tie(kind: Kind) -> bool:
    """Whether facts of a kind are relations that are listed, and not judged."""
    return kind.is_relation and kind.name not in JUDGED


def together(given: Incoming, late: Incoming) -> Incoming:
    """Rows of one kind behind others."""
    return Incoming(
        given.kind,
        pa.concat_tables([given.rows, late.rows]),
        [np.concatenate(pair) for pair in zip(given.ends, late.ends, strict=True)],
        pa.concat_arrays([given.series, late.series]),
        pa.concat_arrays([given.digest, late.digest]),
    )


def chosen_rows(given: Incoming, keep: NDArray[np.bool_]) -> Incoming:
    """Some rows of one kind."""
    mask = pa.array(keep)
    return Incoming(
        given.kind,
        given.rows.filter(mask),
        [numbers[keep] for numbers in given.ends],
        given.series.filter(mask),
        given.digest.filter(mask),
    )


def days_of(column: pa.ChunkedArray | pa.Array, null: int) -> NDArray[np.int32]:
    """Days since 1970, with a stand-in for none."""
    numbers: NDArray[np.int32] = pc.fill_null(column.cast(pa.int32()), null).to_numpy()
    return numbers


def incoming(kind: Kind, rows: pa.Table, numbering: Numbering) -> tuple[Incoming, pa.Table]:
    """Split staged rows into those whose parties have arrived, and those that wait."""
    ends = [numbering.numbers(rows[end]) for end in kind.ends]
    there = np.ones(len(rows), bool)
    for numbers in ends:
        there &= numbers != UNKNOWN
    waiting = rows.filter(pa.array(~there))
    if len(waiting):
        rows = rows.filter(pa.array(there))
        ends = [numbers[there] for numbers in ends]
    series = identity.series(kind, [rows[end] for end in kind.ends], rows)
    return Incoming(kind, rows, ends, series, identity.digests(kind, rows)), waiting


def stated_rows(given: Incoming, chosen: NDArray[np.intp], times: Mapping[str, pa.Array], load: Load) -> pa.Table:
    """Kept rows of chosen incoming rows, with the times and names given."""
    rows = given.rows.take(pa.array(chosen))
    own: dict[str, pa.Array] = {
        end: pa.array(numbers[chosen]) for end, numbers in zip(given.kind.ends, given.ends, strict=True)
    }
    for name, _ in own_columns(given.kind):
        own[name] = rows[name]
    for name in ("source", "source_ref", "confidence", "note"):
        own[name] = rows[name]
    own["series"] = given.series.take(pa.array(chosen))
    own["digest"] = given.digest.take(pa.array(chosen))
    return kept(given.kind, own | dict(times), load)


def kept(kind: Kind, columns: Mapping[str, pa.Array], load: Load) -> pa.Table:
    """A table of kept rows; what is not given is none, but the load."""
    schema = kept_schema(kind)
    size = len(columns["series"])
    filled = dict(columns)
    filled["load"] = pa.array(np.full(size, load.number, np.int32))
    source = filled["source"]
    if not pa.types.is_dictionary(source.type):
        filled["source"] = source.dictionary_encode()
    arrays = [
        filled[field.name].cast(field.type) if field.name in filled else pa.nulls(size, field.type) for field in schema
    ]
    return pa.table(arrays, schema=schema)


def fresh_rows(given: Incoming, chosen: NDArray[np.intp], load: Load, *, ends: pa.Array | None = None) -> pa.Table:
    """Kept rows of facts nothing was known of: they hold as stated, known from their statement on."""
    take = pa.array(chosen)
    ends = given.rows["valid_to"].take(take) if ends is None else ends
    start = _begun(given, chosen, ends, load)
    series = given.series.take(take)
    said, stated = given.rows["said_at"].take(take), given.rows["stated_at"].take(take)
    unstated = pc.if_else(stated.is_valid(), None, pa.scalar(load.said, pa.timestamp("us")))
    times = {
        "key": identity.keys(series, start),
        "revision": pa.array(np.zeros(len(chosen), np.int32)),
        "valid_from": start,
        "valid_to": ends,
        "recorded_at": pc.coalesce(stated, pa.scalar(load.instant, pa.timestamp("us"))),
        "said_at": pc.coalesce(said, unstated),
    }
    return stated_rows(given, chosen, times, load)


def _begun(given: Incoming, chosen: NDArray[np.intp], ends: pa.Array, load: Load) -> pa.Array:
    """Starts as stated; of ties that name none and that an earlier full delivery did not list, as `Claim.begun`."""
    start = given.rows["valid_from"].take(pa.array(chosen)).combine_chunks()
    unlisted = given.unlisted_on(load)[chosen]
    asked = np.flatnonzero((unlisted != ALWAYS) & start.is_null().to_numpy(zero_copy_only=False))
    if not len(asked):
        return start
    end, after = days_of(ends, FOREVER)[asked], unlisted[asked] + 1
    day = np.maximum(given.said_on(load)[chosen[asked]], after)
    days = days_of(start, ALWAYS).copy()
    days[asked] = np.where(day < end, day, np.where(after < end, after, ALWAYS))
    return pa.array(days, mask=days == ALWAYS).cast(pa.date32())


__all__ = [
    "ALWAYS",
    "FOREVER",
    "JUDGED",
    "Incoming",
    "Load",
    "chosen_rows",
    "days_of",
    "fresh_rows",
    "incoming",
    "is_tie",
    "kept",
    "stated_rows",
    "together",
]
