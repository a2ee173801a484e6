"""What no source may say: checks on staged rows, the same for every source.

A row that fails leaves its batch as a rejected row, whole, with the first reason found.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.bands import UNIT, written
from graph.currencies import CURRENCIES
from graph.field import PARTY_KINDS, Field, Kind
from ingest.privacy import IN_CLEAR, conceal_rejected, conceal_staged
from ingest.reasons import OTHER_WAY, REMEDIES
from ingest.source import Rejected, Staged
from ingest.value_text import OP

FIRST_DAY, LAST_DAY = date(1400, 1, 1), date(2300, 1, 1)
"""Days outside are taken for slips of the pen; the oldest firms were founded in the 15th century and before."""

TOLERANCE = 1 / UNIT
"""Shares are compared as integers of 1e-9."""

_REMEMBERED = 16
"""Batches of parties whose kinds are remembered."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _Failure:
    bad: Mask
    reason: str
    columns: tuple[str, ...]
    """Columns shown in the detail."""


class Checks:
    """The checks of one delivery; remembers the kinds of the parties it saw last.

    `key` is the workspace's secret for natural persons' numbers; without it rows that hold one are refused.
    """

    def __init__(self, *, key: bytes | None = None) -> None:
        self._key = key
        self._kinds: list[pa.Table] = []

    def check(self, staged: Staged) -> tuple[Staged, list[Rejected]]:
        """Split a batch into what may stand and what may not."""
        staged, held = conceal_staged(staged, self._key)
        failures = [_Failure(held, IN_CLEAR, ())]
        kind = staged.kind
        if kind is None:
            failures += _of_party(staged.rows)
            self._kinds = [*self._kinds[1 - _REMEMBERED :], staged.rows.select(["id", "kind"])]
        else:
            staged = replace(staged, rows=_compared(kind, staged.rows))
            failures += _of_fact(kind, staged.rows)
            failures += self._of_kinds(kind, staged.rows)
        return _split(staged, [failure for failure in failures if failure.bad.any()], self._key)

    def refuse(self, row: Rejected) -> Rejected:
        """A row the source refused, without natural persons' numbers in clear."""
        return conceal_rejected(row, self._key)

    def _of_kinds(self, kind: Kind, rows: pa.Table) -> Iterator[_Failure]:
        if not self._kinds or not kind.is_relation:
            return
        for end, kinds in (("from", kind.from_kinds), ("to", kind.to_kinds)):
            if set(kinds) == set(PARTY_KINDS):
                continue
            others = [t["id"].filter(pc.invert(pc.is_in(t["kind"], pa.array(kinds)))) for t in self._kinds]
            strangers = pa.chunked_array([chunk for ids in others for chunk in ids.chunks], pa.string())
            yield _Failure(_true(pc.is_in(rows[end], strangers.combine_chunks())), "wrong kind of party", (end,))


def _split(staged: Staged, failures: list[_Failure], key: bytes | None) -> tuple[Staged, list[Rejected]]:
    if not failures:
        return staged, []
    reason = np.full(len(staged.rows), -1)
    for number, failure in reversed(list(enumerate(failures))):
        reason[failure.bad] = number
    lost = np.flatnonzero(reason >= 0)
    good = np.flatnonzero(reason < 0)
    raws = staged.raw(lost.tolist())
    bad = staged.rows.take(pa.array(lost)).to_pylist()
    rejected = []
    for number, row, raw in zip(reason[lost], bad, raws, strict=True):
        failure = failures[number]
        detail = _said(staged.kind, failure.columns, row, staged.columns)
        told = Rejected(row["place"] or "", failure.reason, detail, _remedy(staged.kind, failure), raw)
        rejected.append(conceal_rejected(told, key))
    whole = staged.raw
    kept = replace(
        staged, rows=staged.rows.take(pa.array(good)), raw=lambda places: whole(good[places].tolist())
    )  # fmt: skip
    return kept, rejected


def _said(kind: Kind | None, columns: tuple[str, ...], row: Mapping[str, Any], source: Mapping[str, str]) -> str:
    """What a row says in columns, by the names of the model's fields; of an empty one, where the source has it."""
    field = next((field for field in kind.fields if field.columns == columns), None) if kind else None
    if field and field.type == "band":
        low, high, ends = (row[name] for name in columns)
        missing = [end for end, value in (("low", low), ("high", high)) if value is None]
        return f"{field.name} has no {missing[0]} end" if missing else f"{field.name} = {written(low, high, ends or 0)}"
    told = {name: f"{name} ({source[name]})" if name in source else name for name in columns}
    return ", ".join(
        f"{told[name]} is empty" if row[name] in (None, "") else f"{name} = {row[name]}" for name in columns
    )


def _remedy(kind: Kind | None, failure: _Failure) -> str:
    remedy = REMEDIES[failure.reason]
    if kind is None:
        return remedy
    if failure.reason == "out of range":
        field = next(field for field in kind.fields if set(failure.columns) <= {field.name, *field.columns})
        return remedy.format(field=field.name, range=_range(field))
    directed = kind.is_relation and failure.columns == ("amount",)
    return OTHER_WAY if directed and failure.reason == "negative money" else remedy


def _range(field: Field) -> str:
    """Between which numbers a field lies, in words."""
    if field.type in ("band", "fraction"):
        return "0% to 100%"
    return f"{field.low:g} or more" if field.high is None else f"{field.low:g} to {field.high:g}"


def _compared(kind: Kind, rows: pa.Table) -> pa.Table:
    """Rows with the ends of bands as they are compared, in whole units, what is 1 but for rounding as 1, -0 as 0."""
    for field in kind.fields:
        for name in field.columns:
            column = rows[name]
            if not pa.types.is_floating(column.type) or column.null_count == len(column):
                continue
            whole = pc.add(_in_units(column) if field.type == "band" else column, 0.0)
            if field.type in ("band", "fraction"):
                near = pc.and_(pc.greater(whole, 1.0), pc.less_equal(whole, 1 + TOLERANCE))
                whole = pc.if_else(near, 1.0, whole)
            rows = rows.set_column(rows.schema.get_field_index(name), name, whole)
    return rows


def _in_units(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Fractions at the nearest whole number of 1e-9; `graph.bands.units` of a whole column."""
    return pc.divide(pc.round(pc.multiply(column, float(UNIT)), round_mode="half_to_even"), float(UNIT))


def _of_party(rows: pa.Table) -> Iterator[_Failure]:
    yield _Failure(_empty_id(rows["id"]), "missing id", ("id",))
    yield _Failure(_not_among(rows["kind"], PARTY_KINDS) | _true(rows["kind"].is_null()), "unknown word", ("kind",))
    yield _Failure(_empty(rows["source"]), "missing value", ("source",))


def _of_fact(kind: Kind, rows: pa.Table) -> Iterator[_Failure]:
    for end in kind.ends:
        yield _Failure(_empty_id(rows[end]), "missing id", kind.ends)
    if kind.is_relation and not kind.to_itself:
        yield _Failure(_true(pc.equal(rows["from"], rows["to"])), "relation to itself", ("from",))
    for name in ("source", "source_ref"):
        yield _Failure(_empty(rows[name]), "missing value", (name,))
    for field in kind.fields:
        if field.required:
            yield _Failure(_empty(rows[field.columns[0]]), "missing value", (field.name,))
        yield from _BY_TYPE.get(field.type, _nothing)(field, rows)
    yield from _of_currency(kind, rows)
    yield from _of_times(rows)


def _of_currency(kind: Kind, rows: pa.Table) -> Iterator[_Failure]:
    names = {field.name for field in kind.fields}
    codes = [name for name in ("currency", *(("base", "quote") if kind.name == "Rate" else ())) if name in names]
    for name in codes:
        yield _Failure(_not_among(rows[name], CURRENCIES), "unknown currency", (name,))
    if "currency" in names:
        silent = _true(rows["currency"].is_null())
        for field in kind.fields:
            if field.type == "money":
                yield _Failure(silent & _true(rows[field.name].is_valid()), "missing currency", (field.name,))
    if kind.name == "Statement":
        shaped = _true(pc.match_substring_regex(rows["unit"], "^[A-Z]{3}$"))
        yield _Failure(shaped & _not_among(rows["unit"], CURRENCIES), "unknown currency", ("unit",))


def _of_times(rows: pa.Table) -> Iterator[_Failure]:
    for name in ("valid_from", "valid_to"):
        yield from _day(name, rows)
    backwards = _true(pc.greater_equal(rows["valid_from"], rows["valid_to"]))
    yield _Failure(backwards, "ends before it starts", ("valid_from", "valid_to"))
    confidence = rows["confidence"]
    yield _Failure(_outside(confidence, 0, 1) | _unreal(confidence), "confidence outside 0 to 1", ("confidence",))
    yield _Failure(_not_among(rows["op"], OP.choices), "unknown word", ("op",))


def _day(name: str, rows: pa.Table) -> Iterator[_Failure]:
    column = rows[name]
    if column.null_count < len(column):
        early = _true(pc.less(column, pa.scalar(FIRST_DAY)))
        yield _Failure(early | _true(pc.greater_equal(column, pa.scalar(LAST_DAY))), "date out of range", (name,))


def _of_date(field: Field, rows: pa.Table) -> Iterator[_Failure]:
    yield from _day(field.name, rows)


def _of_money(field: Field, rows: pa.Table) -> Iterator[_Failure]:
    yield _Failure(_unreal(rows[field.name]), "number too large", (field.name,))
    yield _Failure(_true(pc.less(rows[field.name], 0)), "negative money", (field.name,))


def _of_number(field: Field, rows: pa.Table) -> Iterator[_Failure]:
    column = rows[field.name]
    yield _Failure(_unreal(column), "number too large", (field.name,))
    yield _Failure(_outside(column, field.low, field.high), "out of range", (field.name,))


def _of_fraction(field: Field, rows: pa.Table) -> Iterator[_Failure]:
    column = rows[field.name]
    yield _Failure(_true(pc.greater(column, 1 + TOLERANCE)), "share over 1", (field.name,))
    yield _Failure(_unreal(column) | _true(pc.less(column, 0)), "out of range", (field.name,))


def _of_band(field: Field, rows: pa.Table) -> Iterator[_Failure]:
    names = field.columns
    low, high, ends = (rows[name] for name in names)
    yield _Failure(
        _true(pc.greater(high, 1 + TOLERANCE)) | _true(pc.greater(low, 1 + TOLERANCE)), "share over 1", names
    )
    lopsided = low.is_valid().to_numpy() != high.is_valid().to_numpy()
    yield _Failure(lopsided, "half a band", names)
    broken = _unreal(low) | _unreal(high) | _true(pc.less(low, 0)) | _outside(ends, 0, 3)
    yield _Failure(broken, "out of range", names)
    nothing = _true(pc.equal(low, high)) & _true(pc.greater(ends, 0))
    yield _Failure(_true(pc.greater(low, high)) | nothing, "band upside down", names)


def _of_choice(field: Field, rows: pa.Table) -> Iterator[_Failure]:
    yield _Failure(_not_among(rows[field.name], field.choices), "unknown word", (field.name,))


def _nothing(_field: Field, _rows: pa.Table) -> Iterator[_Failure]:
    return iter(())


_BY_TYPE: dict[str, Callable[[Field, pa.Table], Iterator[_Failure]]] = {
    "date": _of_date, "money": _of_money, "number": _of_number, "integer": _of_number,
    "fraction": _of_fraction, "band": _of_band, "choice": _of_choice,
}  # fmt: skip


def _true(flags: pa.ChunkedArray, also: pa.ChunkedArray | None = None) -> Mask:
    """A mask of flags, null is false."""
    mask: Mask = pc.fill_null(flags, False).to_numpy()
    return mask if also is None else mask & _true(also)


def _empty(column: pa.ChunkedArray) -> Mask:
    missing = _true(column.is_null())
    return missing | _true(pc.equal(column, "")) if pa.types.is_string(column.type) else missing


def _empty_id(column: pa.ChunkedArray) -> Mask:
    """Ids are `source:ref`; neither half is empty."""
    halved = _true(pc.match_substring(column, ":"))
    return _empty(column) | ~halved | _true(pc.starts_with(column, ":")) | _true(pc.ends_with(column, ":"))


def _not_among(column: pa.ChunkedArray, words: tuple[str, ...] | frozenset[str]) -> Mask:
    if column.null_count == len(column):
        return np.zeros(len(column), bool)
    return _true(pc.invert(pc.is_in(column, pa.array(sorted(words)))), column.is_valid())


def _unreal(column: pa.ChunkedArray) -> Mask:
    if not pa.types.is_floating(column.type):
        return np.zeros(len(column), bool)
    return _true(pc.invert(pc.is_finite(column)))


def _outside(column: pa.ChunkedArray, low: float | None, high: float | None) -> Mask:
    mask = np.zeros(len(column), bool)
    if low is not None:
        mask |= _true(pc.less(column, low))
    return mask if high is None else mask | _true(pc.greater(column, high))
