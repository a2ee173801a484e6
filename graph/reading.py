"""Facts out of the store, in bulk: grouped parallel lists into Arrow tables.

One record a fact is two to three times slower than one record a few hundred facts. A load too large for
one answer is asked in parts by the first letters of its fact ids, which are hashes and so spread evenly.
"""

import math
from collections.abc import Iterator

import neo4j
import pyarrow as pa
import pyarrow.compute as pc

from graph.bolt import Bolt
from graph.field import Kind
from graph.stored import ENDED_ROWS, PARTY_ROWS, stored_schema

GROUP = 512
"""Facts aimed at in one record."""
ANSWER = 500_000
"""Facts in one answer: the server holds an answer in memory while it groups."""
_GROUPED = (
    "fact_id", "digest", "recorded_at", "load", "source", "source_ref", "valid_from", "valid_to", "stated_from",
    "retracted_at", "retracted_by", "confidence",
)  # fmt: skip
_NONE: dict[str, object] = {
    "valid_from": "", "valid_to": "", "stated_from": "", "retracted_at": "", "retracted_by": 0, "confidence": -1.0,
}  # fmt: skip


def added(bolt: Bolt, kind: Kind, load: int) -> Iterator[pa.Table]:
    """Facts of a kind that a load brought, as stored, ordered by fact id."""
    shape = "relations" if kind.is_relation else "records"
    count = bolt.read(f"read/count_{shape}", kind.name, load=load)[0]["n"]
    if not count:
        return
    schema = stored_schema(kind)
    grouped = (*_GROUPED, *(kind.ends if kind.is_relation else ()))
    rest = [name for name in schema.names if name not in grouped]
    digits = max(1, math.ceil(math.log(max(count / GROUP, 1), 16)))
    for low, high in parts(math.ceil(count / ANSWER)):
        records = bolt.each(f"read/{shape}", kind.name, load=load, low=low, high=high, digits=digits, columns=rest)
        tables = [_table(record, schema, grouped, rest) for record in records]
        if tables:
            yield pa.concat_tables(tables).sort_by("fact_id")


def ended(bolt: Bolt, kind: Kind, load: int) -> pa.Table:
    """Facts of a kind that a load ended."""
    shape = "relations" if kind.is_relation else "records"
    rows = bolt.read(f"read/ended_{shape}", kind.name, load=load)
    return pa.Table.from_pylist(rows, schema=ENDED_ROWS)


def parties(bolt: Bolt, load: int) -> pa.Table:
    """Parties a load brought, ordered by id."""
    rows = [party for record in bolt.read("read/parties", load=load) for party in record["parties"]]
    columns = list(zip(*rows, strict=True)) or [()] * 4
    columns.append((load,) * len(rows))
    arrays = [pa.array(column, field.type) for column, field in zip(columns, PARTY_ROWS, strict=True)]
    return pa.table(arrays, schema=PARTY_ROWS).sort_by("id")


def parts(count: int) -> list[tuple[str, str]]:
    """Ranges that cut all hexadecimal ids into this many parts of like size.

    >>> parts(1), parts(2)
    ([('', 'g')], [('', '8000'), ('8000', 'g')])
    """
    cuts = [f"{65536 * at // count:04x}" for at in range(1, count)]
    return list(zip(["", *cuts], [*cuts, "g"], strict=True))


def mask(table: pa.Table, version: int) -> pa.Table:
    """Retractions by loads later than a version are taken away: they are not seen yet."""
    late = pc.greater(table["retracted_by"], version).fill_null(False)
    for name in ("retracted_by", "retracted_at"):
        place = table.schema.get_field_index(name)
        column = pc.if_else(late, pa.scalar(None, table.schema.field(name).type), table[name])
        table = table.set_column(place, table.schema.field(name), column)
    return table


def _table(record: neo4j.Record, schema: pa.Schema, grouped: tuple[str, ...], rest: list[str]) -> pa.Table:
    columns = {name: _column(record[name], schema.field(name).type, name) for name in grouped}
    for name, values in zip(rest, zip(*record["rest"], strict=True), strict=True):
        columns[name] = pa.array(values, schema.field(name).type)
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _column(values: list[object], form: pa.DataType, name: str) -> pa.Array:
    array = pa.array(values, form)
    if name not in _NONE:
        return array
    none = pa.scalar(_NONE[name], form)
    return pc.if_else(pc.equal(array, none), pa.scalar(None, form), array)
