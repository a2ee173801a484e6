"""What a fact is called: hashes of what it is about and of what was said, for whole tables at once.

`series` names what a fact is about whenever it began, `keys` the same from one day on, `digests` what
its source said. A hash is the front of a SHA-256 over a frame that no two different rows share: the
kind's name, a head of fixed width with every number and the length of every text (-1 for none), then
the texts. DuckDB hashes columns on all cores, in a third of the time of a loop over hashlib; below a few
thousand rows the loop is done before DuckDB has started.
"""

import hashlib
import struct
from collections.abc import Sequence
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.field import Kind
from graph.schema import value_columns

KEY_BYTES = 16
DIGEST_BYTES = 8
SLICE = 500_000
"""Rows framed at once: bounds memory and keeps offsets within 31 bits."""
FEW = 20_000
"""Rows up to which a loop over hashlib is faster."""

_EPOCH = date(1970, 1, 1)
_HEX = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), np.uint8).reshape(256, 2)
_NIBBLE = np.zeros(256, np.uint8)
_NIBBLE[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)


def series(kind: Kind, ends: Sequence[pa.Array | pa.ChunkedArray], table: pa.Table) -> pa.Array:
    """16-byte hashes of kind, ends (ids as text), source, source_ref and key fields."""
    key_columns = [name for field in kind.fields if field.key for name, _ in value_columns(field)]
    columns = [*ends, *(table[name] for name in ("source", "source_ref", *key_columns))]
    return _hashes(f"series {kind.name}", columns, KEY_BYTES)


def keys(series: pa.Array | pa.ChunkedArray, valid_from: pa.Array | pa.ChunkedArray) -> pa.Array:
    """16-byte hashes of a series and the day from which a fact of it holds."""
    return _hashes("key", [series, valid_from], KEY_BYTES)


def key(series: bytes, valid_from: date | None) -> bytes:
    """`keys` of one series and day.

    >>> day = date(2024, 3, 1)
    >>> key(bytes(16), day) == keys(pa.array([bytes(16)], pa.binary(16)), pa.array([day]))[0].as_py()
    True
    >>> key(bytes(16), None) == keys(pa.array([bytes(16)], pa.binary(16)), pa.array([None], pa.date32()))[0].as_py()
    True
    """
    days = 0 if valid_from is None else (valid_from - _EPOCH).days
    head = struct.pack("<iqb", len(series), days, valid_from is not None)
    return hashlib.sha256(b"key\0" + head + series).digest()[:KEY_BYTES]


def digests(kind: Kind, table: pa.Table) -> pa.Array:
    """8-byte hashes of what was said: own fields, confidence and note, not times."""
    own = [name for field in kind.fields for name, _ in value_columns(field)]
    return _hashes(f"digest {kind.name}", [table[name] for name in (*own, "confidence", "note")], DIGEST_BYTES)


def fact_id(key: bytes, revision: int) -> str:
    """The name of one revision of a fact.

    >>> fact_id(bytes(range(16)), 3)
    '000102030405060708090a0b0c0d0e0f.3'
    """
    return f"{key.hex()}.{revision}"


def fact_ids(keys: pa.Array | pa.ChunkedArray, revisions: pa.Array | pa.ChunkedArray) -> pa.Array:
    """`fact_id` of whole columns."""
    return pc.binary_join_element_wise(to_hex(keys), _one(revisions).cast(pa.string()), ".")


def split_fact_ids(ids: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Keys and revisions of fact ids.

    >>> key, revision = split_fact_ids(pa.array([fact_id(bytes(16), 7)]))
    >>> key[0].as_py() == bytes(16), revision.to_pylist()
    (True, [7])
    """
    ids = _one(ids)
    if not len(ids):
        return pa.array([], pa.binary(KEY_BYTES)), pa.array([], pa.int32())
    hexes = pc.utf8_slice_codeunits(ids, 0, 2 * KEY_BYTES)
    revisions = pc.utf8_slice_codeunits(ids, 2 * KEY_BYTES + 1)
    return from_hex(hexes, KEY_BYTES), revisions.cast(pa.int32())


def to_hex(fixed: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Hexadecimal text of a column of fixed-width bytes without nulls."""
    fixed = _one(fixed)
    width = fixed.type.byte_width
    text = _HEX[_bytes(fixed)].reshape(-1)
    offsets = np.arange(0, len(text) + 1, 2 * width, dtype=np.int64)
    large = pa.LargeStringArray.from_buffers(len(fixed), pa.py_buffer(offsets), pa.py_buffer(text))
    return large.cast(pa.string())


def from_hex(text: pa.Array | pa.ChunkedArray, width: int) -> pa.Array:
    """Fixed-width bytes from their hexadecimal text, every row `2 * width` long."""
    text = _one(text)
    fixed = _one(text.cast(pa.binary())).cast(pa.binary(2 * width)) if len(text) else pa.array([], pa.binary(2 * width))
    nibbles = _NIBBLE[_bytes(fixed)].reshape(-1, 2)
    joined = np.ascontiguousarray(nibbles[:, 0] << 4 | nibbles[:, 1])
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(fixed), [None, pa.py_buffer(joined)])


def _one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _bytes(fixed: pa.Array) -> np.ndarray:
    width = fixed.type.byte_width
    start = fixed.offset * width
    return np.frombuffer(fixed.buffers()[1] or b"", np.uint8)[start : start + len(fixed) * width]


def _hashes(label: str, columns: Sequence[pa.Array | pa.ChunkedArray], width: int) -> pa.Array:
    whole = [_one(column) for column in columns]
    if len(whole[0]) <= FEW:
        frames = _frames(label, whole).to_pylist()
        return pa.array([hashlib.sha256(frame).digest()[:width] for frame in frames], pa.binary(width))
    with duckdb.connect() as connection:
        return pa.concat_arrays(
            _sha256(_frames(label, [column.slice(start, SLICE) for column in whole]), width, connection)
            for start in range(0, len(whole[0]), SLICE)
        )


def _sha256(frames: pa.Array, width: int, connection: duckdb.DuckDBPyConnection) -> pa.Array:
    relation = connection.from_arrow(pa.table({"frame": frames}))
    hashed = relation.project(f"unhex(sha256(frame)[1:{2 * width}]) AS hash").to_arrow_table()
    return _one(hashed["hash"]).cast(pa.binary(width))


def _frames(label: str, columns: Sequence[pa.Array]) -> pa.Array:
    """One byte string a row that tells every value apart, none from empty among them."""
    plain = [_plain(column) for column in columns]
    form = [(f"c{at}", "<i4" if pa.types.is_binary(c.type) else "<i8,i1") for at, c in enumerate(plain)]
    head = np.zeros(len(columns[0]), np.dtype(form))
    texts = []
    for at, column in enumerate(plain):
        if pa.types.is_binary(column.type):
            head[f"c{at}"] = pc.binary_length(column).fill_null(-1).to_numpy()
            texts.append(column)
        else:
            head[f"c{at}"]["f0"] = column.fill_null(0).to_numpy()
            head[f"c{at}"]["f1"] = column.is_valid().to_numpy(zero_copy_only=False)
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(head.dtype.itemsize), len(head), [None, pa.py_buffer(head.tobytes())]
    )
    start = pa.scalar(label.encode() + b"\0", pa.binary())
    parts = [start, fixed.cast(pa.binary()), *texts, pa.scalar(b"", pa.binary())]
    return pc.binary_join_element_wise(*parts, null_handling="replace", null_replacement=b"")


def _plain(column: pa.Array) -> pa.Array:
    """Texts and bytes as binary, all else as 64-bit integers; equal values give equal bits."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(column.cast(kind.value_type))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_fixed_size_binary(kind):
        return column.cast(pa.binary())
    if pa.types.is_floating(kind):
        number = pc.add(column.cast(pa.float64()), 0.0)
        return pc.if_else(pc.is_nan(number), float("nan"), number).view(pa.int64())
    if pa.types.is_date32(kind):
        return column.cast(pa.int32()).cast(pa.int64())
    return column.cast(pa.int64())
