"""Texts of a column by hash: which number has this text, and where a text belongs in order.

An index is an open-addressing table of 64-bit slots, memory-mapped like any column: the upper half of a
slot is the upper half of the text's hash, the lower half its place plus one, 0 where the slot is empty.
A hit is compared with the text itself, so that no two texts are ever taken for one another.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.compiled import compiled

UNKNOWN = np.uint32(0xFFFFFFFF)
"""The number of what is not there."""

_EMPTY = np.zeros(1, np.uint8)


class Texts(NamedTuple):
    """The bytes of a text column and where each text starts."""

    starts: NDArray[np.int32]
    data: NDArray[np.uint8]


def texts(column: pa.Array) -> Texts:
    """The buffers of a text column; a null reads as an empty text."""
    plain = column if column.type == pa.string() else column.cast(pa.string())
    if plain.null_count:
        plain = plain.fill_null("")
    _, starts, data = plain.buffers()
    if starts is None or not len(plain):
        return Texts(np.zeros(len(plain) + 1, np.int32), _EMPTY)
    view = np.frombuffer(starts, np.int32)[plain.offset : plain.offset + len(plain) + 1]
    return Texts(view, np.frombuffer(data, np.uint8) if data is not None and data.size else _EMPTY)


@compiled
def _hash(data: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    # Spread over all bits: a length laid beside the first bytes would be mistaken for them.
    h = np.uint64(0x9E3779B97F4A7C15) * np.uint64(end - start + 1)
    at = start
    while at + 8 <= end:
        word = np.uint64(0)
        for k in range(8):
            word |= np.uint64(data[at + k]) << np.uint64(8 * k)
        h = (h ^ word) * np.uint64(0xFF51AFD7ED558CCD)
        h ^= h >> np.uint64(32)
        at += 8
    word = np.uint64(0)
    for k in range(end - at):
        word |= np.uint64(data[at + k]) << np.uint64(8 * k)
    h = (h ^ word) * np.uint64(0xC4CEB9FE1A85EC53)
    h ^= h >> np.uint64(29)
    h *= np.uint64(0x9FB21C651E98DF25)
    return h ^ (h >> np.uint64(32))


@compiled
def _hashes(starts: NDArray[np.int32], data: NDArray[np.uint8]) -> NDArray[np.uint64]:
    out = np.empty(len(starts) - 1, np.uint64)
    for i in range(len(out)):
        out[i] = _hash(data, starts[i], starts[i + 1])
    return out


@compiled
def _build(hashes: NDArray[np.uint64], bits: int) -> NDArray[np.uint64]:
    slots = np.zeros(1 << bits, np.uint64)
    mask = np.uint64((1 << bits) - 1)
    for i in range(len(hashes)):
        at = hashes[i] & mask
        while slots[at] != 0:
            at = (at + np.uint64(1)) & mask
        slots[at] = ((hashes[i] >> np.uint64(32)) << np.uint64(32)) | np.uint64(i + 1)
    return slots


@compiled
def _same(a: NDArray[np.uint8], a_start: int, a_end: int, b: NDArray[np.uint8], b_start: int, b_end: int) -> bool:
    if a_end - a_start != b_end - b_start:
        return False
    for k in range(a_end - a_start):  # noqa: SIM110 — machine code knows no generators
        if a[a_start + k] != b[b_start + k]:
            return False
    return True


@compiled
def _look_up(
    slots: NDArray[np.uint64],
    starts: NDArray[np.int32],
    data: NDArray[np.uint8],
    asked_starts: NDArray[np.int32],
    asked: NDArray[np.uint8],
    base: int,
    out: NDArray[np.uint32],
) -> None:
    mask = np.uint64(len(slots) - 1)
    low = np.uint64(0xFFFFFFFF)
    for i in range(len(out)):
        if out[i] != np.uint32(0xFFFFFFFF):
            continue
        h = _hash(asked, asked_starts[i], asked_starts[i + 1])
        tag, at = h >> np.uint64(32), h & mask
        while slots[at] != 0:
            slot = slots[at]
            place = np.int64(slot & low) - 1
            if slot >> np.uint64(32) == tag and _same(
                data, starts[place], starts[place + 1], asked, asked_starts[i], asked_starts[i + 1]
            ):
                out[i] = np.uint32(base + place)
                break
            at = (at + np.uint64(1)) & mask


@compiled
def _less(a: NDArray[np.uint8], a_start: int, a_end: int, b: NDArray[np.uint8], b_start: int, b_end: int) -> bool:
    for k in range(min(a_end - a_start, b_end - b_start)):
        if a[a_start + k] != b[b_start + k]:
            return bool(a[a_start + k] < b[b_start + k])
    return a_end - a_start < b_end - b_start


@compiled
def _ascends(starts: NDArray[np.int32], data: NDArray[np.uint8]) -> bool:
    for i in range(len(starts) - 2):
        if not _less(data, starts[i], starts[i + 1], data, starts[i + 1], starts[i + 2]):
            return False
    return True


@compiled
def _places(
    order: NDArray[np.uint32],
    starts: NDArray[np.int32],
    data: NDArray[np.uint8],
    new_starts: NDArray[np.int32],
    new: NDArray[np.uint8],
) -> NDArray[np.int64]:
    out = np.empty(len(new_starts) - 1, np.int64)
    for i in range(len(out)):
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            there = order[middle]
            if _less(data, starts[there], starts[there + np.uint32(1)], new, new_starts[i], new_starts[i + 1]):
                low = middle + 1
            else:
                high = middle
        out[i] = low
    return out


def hashes(column: pa.Array) -> NDArray[np.uint64]:
    """A 64-bit hash of each text; equal texts have equal hashes, different ones nearly always not."""
    return _hashes(*texts(column))


def index(column: pa.Array) -> NDArray[np.uint64]:
    """The slots of an index over a column of distinct texts, at most half of them full."""
    bits = max(3, (2 * len(column)).bit_length())
    return _build(hashes(column), bits)


def look_up(
    slots: NDArray[np.uint64], column: pa.Array, asked: pa.Array, *, base: int, out: NDArray[np.uint32]
) -> None:
    """Where `out` is UNKNOWN, write the place of each text asked for, plus `base`, if the column has it."""
    _look_up(slots, *texts(column), *texts(asked), base, out)


def ascends(column: pa.Array) -> bool:
    """Whether each text comes after the one before it, byte by byte."""
    return bool(_ascends(*texts(column)))


def merge_order(order: NDArray[np.uint32], column: pa.Array, new: pa.Array) -> NDArray[np.uint32]:
    """The order of a column once ascending new texts stand behind it, from its order before.

    >>> merge_order(np.array([1, 0], np.uint32), pa.array(["m", "c"]), pa.array(["a", "f"]))
    array([2, 1, 3, 0], dtype=uint32)
    """
    at = _places(order, *texts(column), *texts(new))
    return np.insert(order, at, np.arange(len(column), len(column) + len(new), dtype=np.uint32))
