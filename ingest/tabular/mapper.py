"""A mapping applied: batches of rows become batches of parties and facts, column by column."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.field import Field, Kind
from graph.identifiers import HASHED, RESIDENT, plain
from graph.model import FACT_FIELDS, IDENTIFIER, PARTY_FIELDS, PROFILE
from graph.schema import STAGED_PARTY, staged_schema
from ingest.identified import is_blank, is_verified
from ingest.mapping import PARTY_IDS, FactPart, Mapping, PartyPart, TablePart, Value
from ingest.source import Rejected, Staged
from ingest.tabular.cells import Cells, Mask, Refusals, locate
from ingest.tabular.persons import ROUNDED, Persons
from ingest.tabular.rows import Rows
from ingest.tabular.wide import widened
from ingest.value_text import OP, STATED_AT, read_value
from ingest.values import Parsed, by_distinct, texts

_STATED = {field.name: field for field in FACT_FIELDS} | {"op": OP, "stated_at": STATED_AT}


@dataclass(frozen=True)
class _Party:
    """The ids of one party of the table, row by row."""

    ids: pa.Array
    local: pa.Array
    good: Mask
    """Rows that name it, and name it well."""


class Mapper:
    """Applies one table of a mapping to the batches of one file."""

    def __init__(
        self,
        mapping: Mapping,
        table: TablePart,
        headers: tuple[str, ...],
        persons: Persons,
        *,
        where: str,
        lenient: bool,
    ) -> None:
        table = widened(table, headers, where=where)
        self._mapping, self._table, self._persons = mapping, table, persons
        self._places = locate(table, mapping, headers, where=where, lenient=lenient)

    def apply(self, rows: Rows) -> Iterator[Staged | Rejected]:
        """Parties and facts of a batch, then the rows refused."""
        refusals = Refusals()
        rows = self._persons.hidden(Cells(rows, self._places, refusals))
        batch = _Batch(self._mapping, Cells(rows, self._places, refusals))
        yield from batch.staged(self._table)
        yield from refusals.rejected(rows)


class _Batch:
    """One batch being mapped."""

    def __init__(self, mapping: Mapping, cells: Cells) -> None:
        self._mapping, self._cells, self._size = mapping, cells, len(cells.rows)
        self._place = cells.rows.place()
        self._parties: dict[str, _Party] = {}

    def staged(self, table: TablePart) -> Iterator[Staged]:
        for party in table.parties:
            yield from self._party(party, table.stated)
        for fact in table.facts:
            yield from self._fact(fact)

    # ── parties ────────────────────────────────────────────────────────────────────────────────

    def _party(self, part: PartyPart, stated: Value | None) -> Iterator[Staged]:
        found = self._id(part.id, optional=part.optional)
        good = found.good.copy()
        (kind,) = self._read(part.kind, PARTY_FIELDS[1], "Party", good)
        self._must_say(kind, good, part.kind)
        hidden = self._silent(PARTY_FIELDS[3])
        if part.anonymous:
            (hidden,) = self._read(part.anonymous, PARTY_FIELDS[3], "Party", good)
        found = self._parties[part.name] = _Party(found.ids, found.local, good)
        source = pa.repeat(pa.scalar(self._mapping.name), self._size)
        columns = {"id": found.ids, "kind": kind, "source": source, "anonymous": pc.fill_null(hidden, False)}
        yield from self._emit(None, columns, good, distinct=True)
        said = {"stated_at": stated} if stated else {}
        if part.profile:
            yield from self._record(PROFILE, found, {**said, **part.profile})
        # A company in a column of persons and companies has no resident's number.
        theirs = pc.fill_null(pc.equal(kind, "Person"), False).to_numpy(zero_copy_only=False)
        person = _Party(found.ids, found.local, good & theirs)
        for scheme, value in part.identifiers.items():
            named = {"scheme": Value(constant=scheme), "value": value}
            whose = person if scheme == RESIDENT else found
            yield from self._record(IDENTIFIER, whose, {**said, **named}, scheme=scheme)

    def _must_say(self, kind: pa.Array, good: Mask, value: Value) -> None:
        silent = np.flatnonzero(good & ~kind.is_valid().to_numpy(zero_copy_only=False))
        self._cells.refuse(silent, "missing value", label=f"kind of the party ({_source_of(value)})", text=None)
        good[silent] = False

    def _id(self, value: Value, *, optional: bool = False) -> _Party:
        cells = self._cells
        good = cells.sound(value.columns)
        text = cells.text(value)
        rounded = pc.fill_null(pc.match_substring_regex(text, ROUNDED), False).to_numpy(zero_copy_only=False)
        cells.refuse(np.flatnonzero(rounded), "digits lost", label=_source_of(value), text=text)
        (local,) = texts(text).arrays
        local = pc.binary_join_element_wise(value.prefix, local, "") if value.prefix else local
        missing = ~local.is_valid().to_numpy(zero_copy_only=False)
        if not optional:
            cells.refuse(np.flatnonzero(missing & good), "missing id", label=_source_of(value), text=None)
        ids = pc.binary_join_element_wise(self._mapping.name, local, ":")
        return _Party(ids, local, good & ~missing & ~rounded)

    def _record(self, kind: Kind, party: _Party, values: dict[str, Value], *, scheme: str = "") -> Iterator[Staged]:
        """A record that a party's own columns make; silent rows make none."""
        good = party.good.copy()
        columns = {"party": party.ids, **self._columns(kind, values, good)}
        if scheme:
            columns["value"], columns["verified"] = numbered(columns["value"], scheme)
        said = np.zeros(self._size, bool)
        for field in kind.fields:
            if field.name not in ("currency", "scheme"):
                said |= columns[field.columns[0]].is_valid().to_numpy(zero_copy_only=False)
        columns["source_ref"] = party.local
        yield from self._emit(kind, columns, good & said, distinct=True)

    # ── facts ──────────────────────────────────────────────────────────────────────────────────

    def _fact(self, part: FactPart) -> Iterator[Staged]:
        good = np.ones(self._size, bool)
        if part.when:
            (said,) = texts(self._cells.column(part.when)).arrays
            good &= said.is_valid().to_numpy(zero_copy_only=False)
            if not good.any():
                return
        ends = {end: self._parties[v.party] if v.party else self._id(v) for end, v in part.ends.items()}
        for end in ends.values():
            good &= end.good
        columns = {end: party.ids for end, party in ends.items()}
        columns |= self._columns(part.kind, dict(part.values), good)
        keys = [pc.cast(columns[field.name], pa.string()) for field in part.kind.fields if field.key]
        names = [party.local for party in ends.values()] + [pc.fill_null(key, "") for key in keys]
        reference = pc.binary_join_element_wise(*names, "|")
        if part.ref:
            good &= self._cells.sound(part.ref)
            own = [texts(self._cells.column(name)).arrays[0] for name in part.ref]
            joined = pc.binary_join_element_wise(*(pc.fill_null(one, "") for one in own), "|")
            reference = pc.if_else(pc.is_null(pc.coalesce(*own)), reference, joined)
        columns["source_ref"] = reference
        named = {name: ", ".join(value.columns) for name, value in part.values.items() if value.columns}
        yield from self._emit(part.kind, columns, good, distinct=False, named=named)

    def _columns(self, kind: Kind, values: dict[str, Value], good: Mask) -> dict[str, pa.Array]:
        """Own columns of a kind and what was stated beside them; `good` loses the rows that cannot be read."""
        columns: dict[str, pa.Array] = {}
        money: list[tuple[Value, pa.Array, pa.Array | None]] = []
        for field in kind.fields:
            if field.name not in values:
                columns |= dict(zip(field.columns, self._nothing(field), strict=True))
                continue
            value = values[field.name]
            named: list[pa.Array] = []
            arrays = self._read(value, field, kind.name, good, named)
            columns |= dict(zip(field.columns, arrays, strict=True))
            if field.type == "money":
                money.append((value, arrays[0], named[0] if named else None))
        if money and "currency" in columns:
            columns["currency"] = self._currency(columns["currency"], money, good)
        for name, field in _STATED.items():
            if name in values:
                (columns[name],) = self._read(values[name], field, "", good)
        return columns

    def _currency(self, stated: pa.Array, money: list[tuple[Value, pa.Array, pa.Array | None]], good: Mask) -> pa.Array:
        """The row's currency: its own column, else what the amount names, else the mapping's."""
        for value, _, named in money:
            if named is None or named.null_count == len(named):
                continue
            clash = pc.fill_null(pc.not_equal(stated, named), False).to_numpy(zero_copy_only=False) & good
            self._cells.refuse(
                np.flatnonzero(clash), "two currencies", label=_source_of(value), text=self._cells.text(value)
            )
            good &= ~clash
            stated = pc.coalesce(stated, named)
        if not self._mapping.currency:
            return stated
        amount = money[0][1].is_valid()
        for _, values, _ in money[1:]:
            amount = pc.or_(amount, values.is_valid())
        return pc.if_else(pc.and_(stated.is_null(), amount), self._mapping.currency, stated)

    # ── values ─────────────────────────────────────────────────────────────────────────────────

    def _read(
        self, value: Value, field: Field, kind: str, good: Mask, named: list[pa.Array] | None = None
    ) -> tuple[pa.Array, ...]:
        cells = self._cells
        if value.party:
            return (self._parties[value.party].ids,)
        if value.ends:
            return self._band(value, field, kind, good)
        if value.constant is not None:
            once = read_value(field, kind, pa.array([value.constant]), unit=value.unit, form=value.form).arrays
            return tuple(pa.repeat(array[0], self._size) for array in once)
        good &= cells.sound(value.columns)
        text = cells.text(value)
        read = read_value(field, kind, text, unit=value.unit, form=value.form, words=value.words)
        for fault in read.faults:
            rows = fault.rows[good[fault.rows]]
            known = f", one of {', '.join(field.choices)}" if fault.reason == "unknown word" else ""
            cells.refuse(rows, fault.reason, label=f"{field.name} ({_source_of(value)}){known}", text=text)
            good[fault.rows] = False
        if named is not None and read.currency is not None:
            named.append(read.currency)
        arrays = read.arrays
        if field.type == "text" and value.prefix:
            arrays = (pc.binary_join_element_wise(value.prefix, arrays[0], ""),)
        if (kind, field.name) in PARTY_IDS:
            own = pc.starts_with(arrays[0], f"{self._mapping.name}:")
            arrays = (pc.if_else(own, arrays[0], pc.binary_join_element_wise(self._mapping.name, arrays[0], ":")),)
        return arrays

    def _band(self, value: Value, field: Field, kind: str, good: Mask) -> tuple[pa.Array, ...]:
        """A band whose ends stand in two columns; an end that is not given is 0, or 1."""
        halves = []
        for column in value.columns:
            one = Value((column,), unit=value.unit, words=value.words, line=value.line)
            halves.append(self._read(one, field, kind, good))
        low, high = halves[0][0], halves[1][1]
        said = pc.or_(low.is_valid(), high.is_valid())
        ends = pc.if_else(said, pa.scalar(0, pa.int8()), None)
        return pc.if_else(said, pc.fill_null(low, 0.0), None), pc.if_else(said, pc.fill_null(high, 1.0), None), ends

    def _nothing(self, field: Field) -> tuple[pa.Array, ...]:
        return tuple(self._silent(field, name) for name in field.columns)

    def _silent(self, field: Field, name: str = "") -> pa.Array:
        kinds = {"money": pa.float64(), "number": pa.float64(), "fraction": pa.float64(), "integer": pa.int64()}
        kinds |= {
            "date": pa.date32(),
            "flag": pa.bool_(),
            "band": pa.int8() if name.endswith("_ends") else pa.float64(),
        }
        return pa.nulls(self._size, kinds.get(field.type, pa.string()))

    # ── what leaves ────────────────────────────────────────────────────────────────────────────

    def _emit(
        self, kind: Kind | None, columns: dict[str, pa.Array], good: Mask, *, distinct: bool,
        named: dict[str, str] | None = None,
    ) -> Iterator[Staged]:  # fmt: skip
        if not good.any():
            return
        schema = staged_schema(kind) if kind else STAGED_PARTY
        columns["source"] = pa.repeat(pa.scalar(self._mapping.name), self._size)
        columns["place"] = self._place
        if kind and "confidence" in columns:
            columns["confidence"] = pc.fill_null(columns["confidence"], self._mapping.confidence)
        elif kind:
            columns["confidence"] = pa.repeat(pa.scalar(self._mapping.confidence), self._size)
        arrays = [columns.get(name) for name in schema.names]
        full = [pa.nulls(self._size, f.type) if a is None else a for a, f in zip(arrays, schema, strict=True)]
        table = pa.table([a.cast(f.type) for a, f in zip(full, schema, strict=True)], schema=schema)
        index = np.flatnonzero(good)
        if distinct:
            index = _first_of_each(table, index)
        if len(index) < self._size:
            table = table.take(pa.array(index))
        rows = self._cells.rows

        def raw(positions: list[int]) -> list[str]:
            return rows.raw(index[positions].tolist())

        yield Staged(kind, table, raw, rows.consumed, named or {})


def numbered(numbers: pa.Array, scheme: str) -> tuple[pa.Array, pa.Array]:
    """Register numbers in plain signs, and whether they are verified; none where the cell is blank."""

    def read(distinct: pa.Array) -> Parsed:
        said = [None if number is None or is_blank(number) else number for number in distinct.to_pylist()]
        # A hashed number in a row that is retried must stay equal to the one that was loaded.
        bare = [number if number is None or HASHED in number else plain(number) for number in said]
        verified = [None if number is None else is_verified(scheme, number) for number in bare]
        return Parsed((pa.array(bare, pa.string()), pa.array(verified, pa.bool_())))

    values, verified = by_distinct(numbers, read).arrays
    return values, verified


def _first_of_each(
    table: pa.Table, index: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Positions of the first of each row that says the same, places left out."""
    kept = table.take(pa.array(index)) if len(index) < len(table) else table
    names = [n for n in kept.column_names if n != "place" and kept.column(n).null_count < len(kept)]
    coded = kept.select(names).append_column("position", pa.array(index))
    first = coded.group_by(names).aggregate([("position", "min")])["position_min"]
    return np.sort(first.to_numpy())


def _source_of(value: Value) -> str:
    return " + ".join(value.columns) or "constant"
