"""Parquet files, as batches of text columns."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from graph.errors import UnreadableFile
from ingest.source import Rejected
from ingest.tabular.layout import Layout
from ingest.tabular.rows import BATCH_BYTES, BATCH_ROWS, CellFault, Rows, unusable_cells

_EXACT = 2**53


def read_parquet(path: Path, layout: Layout) -> Iterator[Rows | Rejected]:
    """Rows of a Parquet file; they are counted from 1."""
    try:
        with pyarrow.parquet.ParquetFile(path, pre_buffer=False, memory_map=True) as file:
            yield from _rows(file, path, layout)
    except (pa.ArrowException, pa.ArrowNotImplementedError, OSError, ValueError) as problem:
        if isinstance(problem, OSError) and problem.errno:
            raise
        raise UnreadableFile(
            "it is no whole Parquet file", where=str(path), remedy="copy or export it anew: it is cut short or damaged"
        ) from problem


def _rows(file: pyarrow.parquet.ParquetFile, path: Path, layout: Layout) -> Iterator[Rows]:
    meta = file.metadata
    if not meta.num_rows:
        raise UnreadableFile("the file has no rows", where=str(path), remedy="export it anew from where it came")
    size = sum(meta.row_group(group).total_byte_size for group in range(meta.num_row_groups))
    rows = max(1, min(BATCH_ROWS, int(BATCH_BYTES * meta.num_rows / max(size, 1))))
    length, done = path.stat().st_size, 0
    headers = tuple(file.schema_arrow.names)
    for batch in file.iter_batches(batch_size=rows, use_threads=False):
        numbers = np.arange(done + 1, done + 1 + len(batch))
        done += len(batch)
        faults: list[CellFault] = []
        columns = tuple(_text(column, number, faults) for number, column in enumerate(batch.columns))
        faults += unusable_cells(columns)
        yield Rows(layout.name, headers, columns, numbers, tuple(faults), length * done // meta.num_rows)


def _text(column: pa.Array, number: int, faults: list[CellFault]) -> pa.Array:
    """A column as text: days as 2024-03-01, numbers with all their digits, nested values as JSON."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode(), number, faults)
    if pa.types.is_nested(kind) or pa.types.is_duration(kind) or pa.types.is_interval(kind):
        return pa.array(
            [None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in column.to_pylist()]
        )
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return _decoded(column, number, faults)
    if pa.types.is_floating(kind):
        return _floats(column, number, faults)
    text = pc.cast(column, pa.string())
    return pc.if_else(pc.equal(text, ""), None, text)


def _floats(column: pa.Array, number: int, faults: list[CellFault]) -> pa.Array:
    """Numbers as text; NaN is how such files write nothing, whole ones lose their `.0`."""
    values = pc.cast(column, pa.float64())
    values = pc.if_else(pc.is_nan(values), None, values)
    plain = values.to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        whole = np.abs(plain) < _EXACT
        whole &= plain == np.floor(plain)
        lost = np.flatnonzero((np.abs(plain) >= _EXACT) & np.isfinite(plain) & (plain == np.floor(plain)))
    faults += [CellFault(int(row), number, "digits lost", f"{plain[row]:.17g}") for row in lost]
    integers = pc.cast(pc.if_else(pa.array(whole), values, None), pa.int64())
    return pc.coalesce(pc.cast(integers, pa.string()), pc.cast(values, pa.string()))


def _decoded(column: pa.Array, number: int, faults: list[CellFault]) -> pa.Array:
    texts: list[str | None] = []
    for row, cell in enumerate(column.to_pylist()):
        text = None if cell is None else cell.decode(errors="replace")
        if text and "\ufffd" in text:
            faults.append(CellFault(row, number, "wrong encoding", repr(cell[:40])))
        texts.append(text or None)
    return pa.array(texts, pa.string())
