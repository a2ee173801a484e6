"""Which facts hold at a moment, and which of two statements is believed first."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.columns import words
from graph.compiled import compiled
from graph.facts import Facts
from graph.field import Kind
from graph.moment import Moment

EPOCH_DAY = date(1970, 1, 1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class When(NamedTuple):
    """A moment as numbers: days and microseconds since 1970, and the version."""

    day: int
    instant: int
    version: int

    @classmethod
    def of(cls, moment: Moment, version: int) -> "When":
        """The moment as numbers; an instant without a zone is UTC."""
        known = moment.known_at if moment.known_at.tzinfo else moment.known_at.replace(tzinfo=UTC)
        return cls((moment.valid_at - EPOCH_DAY).days, (known - EPOCH) // timedelta(microseconds=1), version)


@compiled
def _holding(
    valid_from: NDArray[np.int32],
    valid_to: NDArray[np.int32],
    recorded_at: NDArray[np.int64],
    retracted_at: NDArray[np.int64],
    load: NDArray[np.int32],
    retracted_by: NDArray[np.int32],
    when: tuple[int, int, int],
    always: bool,
) -> NDArray[np.uint32]:
    day, instant, version = when
    out = np.empty(len(load), np.uint32)
    count = 0
    for i in range(len(load)):
        true = always or (valid_from[i] <= day < valid_to[i])
        known = load[i] <= version and recorded_at[i] <= instant
        gone = retracted_by[i] <= version and retracted_at[i] <= instant
        if true and known and not gone:
            out[count] = i
            count += 1
    return out[:count].copy()


def holding(facts: Facts, kind: Kind, when: When) -> NDArray[np.uint32]:
    """Rows of the facts that are true in the world and known.

    A retraction counts from its instant and only in versions that have its load, so that what was
    believed before a correction can still be asked of the version that corrected it.
    """
    return _holding(*facts.times(kind), (when.day, when.instant, when.version), False)


def known(facts: Facts, kind: Kind, when: When) -> NDArray[np.uint32]:
    """Rows of the facts that are known, whenever they are true in the world."""
    return _holding(*facts.times(kind), (when.day, when.instant, when.version), True)


class Standing(NamedTuple):
    """What decides between rivals, one entry a row: the smaller stands first, column by column."""

    source: NDArray[np.int32]
    """Position of the source in the order of names."""
    distrust: NDArray[np.float64]
    said: NDArray[np.int64]
    """Instant of the statement that a value rests on."""


def said(facts: Facts, kind: Kind, rows: NDArray[Any]) -> NDArray[np.int64]:
    """Instants of the statements that the values of rows rest on, microseconds since 1970."""
    at = pa.array(rows)
    told = pc.coalesce(*(facts.column(kind, name).take(at).cast(pa.int64()) for name in ("said_at", "recorded_at")))
    instants: NDArray[np.int64] = told.to_numpy()
    return instants


def sayings(facts: Facts, kind: Kind) -> NDArray[np.int64]:
    """The same of every row."""
    return facts.cached(("said", kind.name), lambda: said(facts, kind, np.arange(facts.table(kind).num_rows)))


def voices(facts: Facts, kind: Kind, when: When) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.int32]]:
    """Place among the names and distrust of each source of a kind's facts, and each row's source."""
    return facts.cached(("standing", kind.name, str(when.version)), lambda: _voices(facts, kind, when))


def standing(facts: Facts, kind: Kind, rows: NDArray[np.uint32], when: When) -> Standing:
    """Source, distrust and statement of rows; a source nobody spoke for is trusted by 0."""
    place, distrust, code = voices(facts, kind, when)
    codes = code[rows]
    return Standing(place[codes], distrust[codes], said(facts, kind, rows))


def _voices(facts: Facts, kind: Kind, when: When) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.int32]]:
    column = facts.column(kind, "source")
    names = column.dictionary.to_pylist()
    place = np.empty(len(names), np.int32)
    place[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names), dtype=np.int32)
    trust = facts.trust_at(when.version)
    distrust = np.array([-trust.get(name, 0.0) for name in names])
    return place, distrust, cast("NDArray[np.int32]", column.indices.to_numpy())


def precedence(
    facts: Facts, kind: Kind, rows: NDArray[np.uint32], when: When, *, first: NDArray[Any] | None = None
) -> NDArray[np.intp]:
    """Positions of rows, the most believed first: by trust, recency, name of the source, then key.

    `first` is compared before all of these, smaller first.
    """
    source, distrust, spoken = standing(facts, kind, rows, when)
    keys = key_words(facts, kind, rows)
    columns: list[NDArray[Any]] = [keys[:, 1], keys[:, 0], source, -spoken, distrust]
    return np.lexsort([*columns, first] if first is not None else columns)


def key_words(facts: Facts, kind: Kind, rows: NDArray[np.uint32] | slice) -> NDArray[np.uint64]:
    """Keys of rows as pairs of 64-bit words."""
    return facts.cached(("key words", kind.name), lambda: words(facts.column(kind, "key")))[rows]
