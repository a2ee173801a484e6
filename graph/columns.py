"""Columns of facts: their one order, what ended in them, and their times as plain arrays."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.compiled import compiled
from graph.errors import StoreError
from graph.field import Kind

OVERLAY = pa.schema([("row", pa.uint32()), ("retracted_at", pa.timestamp("us")), ("retracted_by", pa.int32())])
"""Facts that ended after they were written: their row, and the instant and load that ended them."""

ALWAYS, FOREVER = np.iinfo(np.int32).min, np.iinfo(np.int32).max
"""Days that stand for no start and for no end."""
NEVER = np.iinfo(np.int64).max
"""The instant that stands for no retraction."""
FEW = 20
"""Rows up to which values are read one by one."""


class Times(NamedTuple):
    """Both times of every fact of a kind, one entry a row."""

    valid_from: NDArray[np.int32]
    valid_to: NDArray[np.int32]
    recorded_at: NDArray[np.int64]
    retracted_at: NDArray[np.int64]
    load: NDArray[np.int32]
    retracted_by: NDArray[np.int32]


def plain(column: pa.Array, dtype: type[np.generic], *, null: float = 0) -> NDArray[Any]:
    """A column of fixed width as an array, without a copy where it has no nulls."""
    if pa.types.is_boolean(column.type):
        return np.asarray(pc.fill_null(column, bool(null)).to_numpy(zero_copy_only=False))
    width = {1: pa.int8(), 4: pa.int32(), 8: pa.int64()}[np.dtype(dtype).itemsize]
    numbers = column if pa.types.is_floating(column.type) else column.view(width)
    if column.null_count:
        numbers = pc.fill_null(numbers, pa.scalar(null, numbers.type))
    return np.asarray(numbers.to_numpy()).view(dtype)


@compiled
def _gather(
    values: NDArray[Any], valid: NDArray[np.uint8], offset: int, rows: NDArray[np.uint32], null: float
) -> NDArray[Any]:
    out = np.empty(len(rows), values.dtype)
    for i in range(len(rows)):
        at = np.int64(rows[i]) + offset
        out[i] = values[rows[i]] if valid[at >> 3] >> np.uint8(at & 7) & np.uint8(1) else null
    return out


def gathered(column: pa.Array, rows: NDArray[np.uint32], dtype: type[np.generic], *, null: float = 0) -> NDArray[Any]:
    """Some rows of a column of numbers or days, without a look at the others."""
    valid, data = column.buffers()
    values = np.frombuffer(data or b"", dtype)[column.offset : column.offset + len(column)]
    if valid is None or not column.null_count:
        return values[rows]
    return _gather(values, np.frombuffer(valid, np.uint8), column.offset, rows, null)


def cells(column: pa.Array | pa.ChunkedArray, rows: NDArray[Any]) -> list[Any]:
    """Values of a column in some rows; of a few they are read one by one, which spares most of the time."""
    if len(rows) <= FEW:
        return [column[row].as_py() for row in np.asarray(rows).tolist()]
    return list(column.take(pa.array(np.asarray(rows, np.uint32))).to_pylist())


def combined(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """One array of a column; several only where its texts pass two gigabytes."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def in_order(kind: Kind, rows: pa.Table) -> pa.Table:
    """Rows by load, ends, key and revision: the order in which they are kept, whatever order they came in."""
    if len(rows) < 2:
        return rows
    load = plain(combined(rows["load"]), np.int32)
    ends = [plain(combined(rows[end]), np.uint32) for end in kind.ends]
    key = words(combined(rows["key"]))
    order = np.arange(len(rows))
    if not _ascends(load):
        order = np.argsort(load, kind="stable")
    for part in _runs(load[order]):
        order[part] = _within(order[part], ends, key, plain(combined(rows["revision"]), np.int32))
    return rows if _ascends(order) else rows.take(pa.array(order))


def _within(
    rows: NDArray[np.intp], ends: list[NDArray[np.uint32]], key: NDArray[np.uint64], revision: NDArray[np.int32]
) -> NDArray[np.intp]:
    """Rows of one load by ends; only those that share their ends are compared by key."""
    place = np.zeros(len(rows), np.uint64)
    for end in ends:
        place = place << np.uint64(32) | end[rows]
    order = rows if _ascends(place) else rows[np.argsort(place, kind="stable")]
    place = place if order is rows else np.sort(place)
    same = np.append(False, place[1:] == place[:-1])
    tied = np.flatnonzero(same | np.append(same[1:], False))
    some = order[tied]
    order = order.copy()
    order[tied] = some[np.lexsort([revision[some], key[some, 1], key[some, 0], np.cumsum(~same)[tied]])]
    return order


def _runs(values: NDArray[Any]) -> list[slice]:
    """Where equal neighbours stand."""
    cuts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    return [slice(a, b) for a, b in zip(cuts, [*cuts[1:], len(values)], strict=True)]


def _ascends(values: NDArray[Any]) -> bool:
    return bool((values[:-1] <= values[1:]).all())


@compiled
def _find(
    keys: NDArray[np.uint64],
    revisions: NDArray[np.int32],
    sought: NDArray[np.uint64],
    sought_revisions: NDArray[np.int32],
) -> NDArray[np.int64]:
    bits = 4
    while (1 << bits) < 4 * len(sought):
        bits += 1
    mask = np.uint64((1 << bits) - 1)
    slots = np.zeros(1 << bits, np.int64)
    for i in range(len(sought)):
        at = sought[i, 0] & mask
        while slots[at] != 0:
            at = (at + np.uint64(1)) & mask
        slots[at] = i + 1
    out = np.full(len(sought), -1, np.int64)
    for row in range(len(keys)):
        at = keys[row, 0] & mask
        while slots[at] != 0:
            i = slots[at] - 1
            if sought[i, 0] == keys[row, 0] and sought[i, 1] == keys[row, 1] and sought_revisions[i] == revisions[row]:
                out[i] = row
                break
            at = (at + np.uint64(1)) & mask
    return out


def words(keys: pa.Array) -> NDArray[np.uint64]:
    """16-byte keys as pairs of 64-bit words."""
    start = keys.offset * 16
    data = np.frombuffer(keys.buffers()[1] or b"", np.uint8)[start : start + 16 * len(keys)]
    return data.view(np.uint64).reshape(-1, 2)


def overlay(key: pa.Array, revision: pa.Array, ended: pa.Table, *, load: int, where: str) -> pa.Table:
    """The rows a load ends, found by key and revision."""
    rows = _find(
        words(key),
        plain(revision, np.int32).astype(np.int32),
        words(combined(ended["key"])),
        plain(combined(ended["revision"]), np.int32).astype(np.int32),
    )
    if (rows < 0).any():
        raise StoreError(
            "a load ends a fact that the columns do not hold",
            where=where,
            remedy="delete the folder of columns: the next start rebuilds it from the store",
        )
    order = np.argsort(rows)
    by = pa.array(np.full(len(rows), load, np.int32))
    ended_at = combined(ended["retracted_at"]).take(pa.array(order))
    return pa.table([pa.array(rows[order].astype(np.uint32)), ended_at, by], schema=OVERLAY)


def laid_over(column: pa.Array, rows: NDArray[np.uint32], values: pa.Array) -> pa.Array:
    """A column of instants or load numbers with other values in some rows."""
    if not len(rows):
        return column
    width = pa.int64() if pa.types.is_timestamp(column.type) else pa.int32()
    numbers = pc.fill_null(column.view(width), pa.scalar(0, width)).to_numpy().copy()
    valid = column.is_valid().to_numpy(zero_copy_only=False).copy()
    numbers[rows] = values.view(width).to_numpy()
    valid[rows] = True
    return pa.array(numbers, mask=~valid).view(column.type)
