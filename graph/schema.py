"""Columns derived from the model: as facts are staged by ingest, and as they are kept.

Staged rows name parties by id and say what a source stated; kept rows name them by number and say
what became of it.
"""

import pyarrow as pa

from graph.field import Field, Kind

PARTY_NUMBER = pa.uint32()
DAY = pa.date32()
INSTANT = pa.timestamp("us")
"""UTC without a zone: zones differ between stores and are dropped at the door."""

_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "choice": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "money": pa.float64(),
    "fraction": pa.float64(),
    "date": DAY,
    "flag": pa.bool_(),
}

STAGED_PARTY = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("anonymous", pa.bool_()),
        pa.field("place", pa.string()),
    ]
)
"""A party as a source knows it; `place` is where it stands, `FILE:ROW`."""

STAGED = (
    ("op", pa.string()),
    ("valid_from", DAY),
    ("valid_to", DAY),
    ("stated_at", INSTANT),
    ("stated_on", DAY),
    ("said_at", INSTANT),
    ("source", pa.string()),
    ("source_ref", pa.string()),
    ("confidence", pa.float64()),
    ("note", pa.string()),
    ("place", pa.string()),
)
"""What every staged fact carries beside its own fields.

`op` is `record` (null means the same), `end` (the source says it is over from `valid_to`, or from the day
stated), `correct` (replaces what the source said before of the same key) or `retract` (never was).
`stated_at` is the later of the source's statement and publication instants; null where it states none.
`stated_on` is the day of the statement itself where that is not the day of `stated_at`: a change takes effect
then in the world, and is known from `stated_at` on; null means the day of `stated_at`.
`said_at` is null but for a row that waited for its party: its statement's instant, as it was when it came."""

KEPT = (
    ("key", pa.binary(16)),
    ("series", pa.binary(16)),
    ("revision", pa.int32()),
    ("digest", pa.binary(8)),
    ("valid_from", DAY),
    ("valid_to", DAY),
    ("stated_from", DAY),
    ("recorded_at", INSTANT),
    ("said_at", INSTANT),
    ("end_said_at", INSTANT),
    ("retracted_at", INSTANT),
    ("load", pa.int32()),
    ("retracted_by", pa.int32()),
    ("source", pa.dictionary(pa.int32(), pa.string())),
    ("source_ref", pa.string()),
    ("confidence", pa.float64()),
    ("note", pa.string()),
)
"""What every kept fact carries beside its own fields; `fact_id` is KEY in hexadecimal, a dot, REVISION."""


def value_columns(field: Field) -> list[tuple[str, pa.DataType]]:
    """Columns of one field: one, or three for a band."""
    if field.type == "band":
        low, high, ends = field.columns
        return [(low, pa.float64()), (high, pa.float64()), (ends, pa.int8())]
    return [(field.name, _TYPES[field.type])]


def own_columns(kind: Kind) -> list[tuple[str, pa.DataType]]:
    """Columns of a kind's own fields."""
    return [column for field in kind.fields for column in value_columns(field)]


def staged_schema(kind: Kind) -> pa.Schema:
    """Columns of a kind as ingest stages it: ends by id, own fields, what was stated."""
    ends = [(end, pa.string()) for end in kind.ends]
    return pa.schema([*ends, *own_columns(kind), *STAGED])


def kept_schema(kind: Kind) -> pa.Schema:
    """Columns of a kind as facts keep it: ends by number, own fields, both times, provenance."""
    ends = [(end, PARTY_NUMBER) for end in kind.ends]
    return pa.schema([*ends, *own_columns(kind), *KEPT])
