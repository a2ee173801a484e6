"""Files as a user would get them: text in the encoding of its sender, workbooks, Parquet, JSON lines.

The same rows always give the same bytes: no file carries the time at which it was written.
"""

import codecs
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

_INSTANT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
CHUNK = 100_000
"""Rows turned into text at once."""


def slices(rows: int) -> Iterator[slice]:
    """Stretches of bounded length that cover so many rows."""
    for start in range(0, rows, CHUNK):
        yield slice(start, min(start + CHUNK, rows))


def table_of(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> pa.Table:
    """Rows told one by one as a table of text; a missing value is an empty cell."""
    return pa.table(
        {name: pa.array([_cell(row.get(name)) for row in rows], pa.string()) for name in columns}
    )  # fmt: skip


def write_csv(
    path: Path, chunks: Iterable[pa.Table], *, encoding: str = "gb18030", spoiled: Sequence[str] = (),
    rng: np.random.Generator | None = None,
) -> Path:  # fmt: skip
    """Write tables one under the other; spoiled lines come as they are, scattered over the first of them."""
    plain = encoding in ("utf-8", "utf-8-sig")
    with path.open("wb") as file:
        file.write(codecs.BOM_UTF8 if encoding == "utf-8-sig" else b"")
        first = True
        for table in chunks:
            text = _lines(table)
            if first:
                header = ",".join(table.column_names) + "\n"
                text = header.encode() + _scatter(text, spoiled, rng)
                first = False
            file.write(text if plain else text.decode().encode(encoding))
    return path


def _lines(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    arrow_csv.write_csv(table, buffer, arrow_csv.WriteOptions(include_header=False, quoting_style="needed"))
    return buffer.getvalue()


def _scatter(text: bytes, spoiled: Sequence[str], rng: np.random.Generator | None) -> bytes:
    if not spoiled or rng is None:
        return text
    lines = text.splitlines(keepends=True)
    places = np.sort(rng.integers(0, len(lines) + 1, len(spoiled)))[::-1]
    for place, line in zip(places.tolist(), spoiled, strict=True):
        lines.insert(place, line.encode() + b"\n")
    return b"".join(lines)


def write_json_lines(path: Path, rows: Iterable[Mapping[str, Any]], *, spoiled: Sequence[str] = ()) -> Path:
    """Write one object a line, spoiled lines last."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        file.writelines(line + "\n" for line in spoiled)
    return path


def write_parquet(path: Path, chunks: Iterable[pa.Table]) -> Path:
    """Write tables one under the other."""
    writer: pq.ParquetWriter | None = None
    try:
        for table in chunks:
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
    finally:
        if writer:
            writer.close()
    return path


def write_workbook(path: Path, sheets: Mapping[str, pa.Table]) -> Path:
    """Write a workbook with one sheet a table, its columns' names in the first row."""
    book = openpyxl.Workbook(write_only=True)
    for title, table in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append(table.column_names)
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            sheet.append(row)
    book.save(path)
    _forget_time(path)
    return path


def _forget_time(path: Path) -> None:
    with zipfile.ZipFile(path) as old:
        parts = [(name, old.read(name)) for name in old.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts:
            timeless = _INSTANT.sub(b"2025-01-01T00:00:00Z", content) if name == "docProps/core.xml" else content
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), timeless, zipfile.ZIP_DEFLATED)


def _cell(value: object) -> str | None:
    if value is None or value == "":
        return None
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)
