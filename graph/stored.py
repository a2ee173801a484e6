"""Facts as the store holds them, and the way there and back: ids for numbers, text for times and hashes.

Instants are `YYYY-MM-DDTHH:MM:SS.ffffffZ` and days `YYYY-MM-DD`, because text compares and reads the same
on every server. What has no value is not stored.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph import identity
from graph.field import Kind
from graph.schema import DAY, INSTANT, PARTY_NUMBER, kept_schema, own_columns

PARTY_ROWS: Final = pa.schema(
    [
        ("id", pa.string()),
        ("kind", pa.string()),
        ("source", pa.string()),
        ("anonymous", pa.bool_()),
        ("load", pa.int32()),
    ]
)
"""Columns of parties as the store gives them back."""
ENDED_ROWS: Final = pa.schema([("fact_id", pa.string()), ("retracted_at", pa.string())])
"""Columns of facts a load ended."""
PENDING_ROWS: Final = pa.schema(
    [
        ("id", pa.string()),
        ("kind", pa.string()),
        ("missing", pa.list_(pa.string())),
        ("row", pa.string()),
        ("load", pa.int32()),
        ("settled_by", pa.int32()),
    ]
)
"""Columns of facts whose parties have not arrived."""

_FACT: Final = (
    ("fact_id", pa.string()),
    ("digest", pa.string()),
    ("valid_from", pa.string()),
    ("valid_to", pa.string()),
    ("stated_from", pa.string()),
    ("recorded_at", pa.string()),
    ("said_at", pa.string()),
    ("end_said_at", pa.string()),
    ("retracted_at", pa.string()),
    ("load", pa.int32()),
    ("retracted_by", pa.int32()),
    ("source", pa.string()),
    ("source_ref", pa.string()),
    ("confidence", pa.float64()),
    ("note", pa.string()),
)


def stored_schema(kind: Kind) -> pa.Schema:
    """Columns of a kind as the store holds it."""
    ends = [(end, pa.string()) for end in kind.ends]
    own = [(name, pa.string() if form == DAY else form) for name, form in own_columns(kind)]
    return pa.schema([*ends, *own, *_FACT])


def to_stored(kind: Kind, kept: pa.Table, ids: pa.Array) -> pa.Table:
    """Kept facts as the store holds them; `ids` are those of all parties, by number."""
    columns: dict[str, Any] = {end: ids.take(_one(kept[end])) for end in kind.ends}
    columns["fact_id"] = identity.fact_ids(kept["key"], kept["revision"])
    columns["digest"] = identity.to_hex(kept["digest"])
    schema = stored_schema(kind)
    for field in schema:
        if field.name not in columns:
            columns[field.name] = _text(kept[field.name]).cast(field.type)
    return pa.table([columns[name] for name in schema.names], schema=schema)


def from_stored(
    kind: Kind,
    stored: pa.Table,
    numbers: Callable[[pa.Array], NDArray[np.uint32]],
) -> pa.Table:
    """Stored facts as they are kept; `numbers` finds parties by id."""
    key, revision = identity.split_fact_ids(stored["fact_id"])
    series = identity.series(kind, [stored[end] for end in kind.ends], _typed(kind, stored))
    columns: dict[str, Any] = {end: pa.array(numbers(_one(stored[end])), PARTY_NUMBER) for end in kind.ends}
    columns |= {"key": key, "revision": revision, "series": series}
    columns["digest"] = identity.from_hex(stored["digest"], identity.DIGEST_BYTES)
    schema = kept_schema(kind)
    for field in schema:
        if field.name not in columns:
            columns[field.name] = _value(stored[field.name], field.type)
    return pa.table([columns[name] for name in schema.names], schema=schema)


def from_instants(text: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Instants as timestamps without a zone."""
    return pc.utf8_slice_codeunits(_one(text), 0, 26).cast(INSTANT)


def to_instants(instants: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Timestamps as text with six digits.

    >>> to_instants(pa.array([0], pa.timestamp("us")))[0].as_py()
    '1970-01-01T00:00:00.000000Z'
    """
    return pc.strftime(_one(instants), format="%Y-%m-%dT%H:%M:%SZ")


def properties(table: pa.Table) -> list[dict[str, Any]]:
    """Rows as maps of what has a value."""
    return [{name: value for name, value in row.items() if value is not None} for row in table.to_pylist()]


def _typed(kind: Kind, stored: pa.Table) -> pa.Table:
    columns = dict(own_columns(kind))
    for name, form in columns.items():
        if form == DAY:
            place = stored.schema.get_field_index(name)
            stored = stored.set_column(place, name, _value(stored[name], DAY))
    return stored


def _text(column: pa.ChunkedArray) -> pa.Array:
    if column.type == INSTANT:
        return to_instants(column)
    if column.type == DAY:
        return _one(column.cast(pa.string()))
    return _one(column)


def _value(column: pa.ChunkedArray, form: pa.DataType) -> pa.Array:
    if form == INSTANT:
        return from_instants(column)
    if pa.types.is_dictionary(form):
        return _one(column).dictionary_encode().cast(form)
    return _one(column).cast(form)


def _one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
