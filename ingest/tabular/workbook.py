"""Excel workbooks, row by row: shown values, never formulas; days as days; digits that were lost are told."""

import itertools
import math
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa

from graph.errors import InvalidMapping, UnreadableFile
from ingest.source import Rejected
from ingest.tabular.archive import look_through
from ingest.tabular.layout import Layout
from ingest.tabular.rows import BATCH_BYTES, BATCH_ROWS, CellFault, Rows, reject_cells, unusable_cells

_WHOLE_DIGITS = 1e15
"""A spreadsheet keeps 15 digits; whole numbers beyond have lost some."""

_WIDEST = 16_384
Cell = tuple[Any, str]
"""Value and type of a cell: `f` is a formula without a value."""


def read_workbook(path: Path, layout: Layout) -> Iterator[Rows | Rejected]:
    """Rows of one sheet: the named one, else the first."""
    formulas = look_through(path).formulas
    with _sound(path), _opened(path, values=True) as shown:
        name = _sheet(shown, path, layout.sheet)
        place = f"{layout.name}[{name}]" if len(shown.sheetnames) > 1 and "[" not in layout.name else layout.name
        if formulas:
            with _opened(path, values=False) as written:
                yield from _Sheet(path, layout, place).rows(_with_formulas(shown[name], written[name]))
        else:
            yield from _Sheet(path, layout, place).rows(_plain(shown[name]))


def sheets(path: Path) -> list[str]:
    """Names of the sheets of a workbook; raises UnreadableFile."""
    look_through(path)
    with _sound(path), _opened(path, values=True) as book:
        return [str(sheet.title) for sheet in book.worksheets]


def first_rows(path: Path, sheet: str, count: int) -> list[list[str | None]]:
    """The cells of a sheet's first rows; raises UnreadableFile."""
    look_through(path)
    with _sound(path), _opened(path, values=True) as book:
        rows = itertools.islice(_plain(book[_sheet(book, path, sheet)]), count)
        return [[_text(cell)[0] for cell in row] for row in rows]


@contextmanager
def _sound(path: Path) -> Iterator[None]:
    """Whatever openpyxl stumbles over is a fault of the file."""
    try:
        yield
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, zipfile.BadZipFile) as problem:
        raise UnreadableFile(
            f"it is no sound workbook ({type(problem).__name__})",
            where=str(path),
            remedy="save it anew with a spreadsheet program, or as CSV",
        ) from problem


@contextmanager
def _opened(path: Path, *, values: bool) -> Iterator[Any]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=values, keep_links=False)
    try:
        yield book
    finally:
        book.close()


def _sheet(book: Any, path: Path, wanted: str) -> str:
    names = [sheet.title for sheet in book.worksheets]
    if not names:
        raise UnreadableFile("it has no sheet with cells", where=str(path), remedy="give a workbook with a table")
    if wanted and wanted not in names:
        raise InvalidMapping(f"{path.name} has no sheet {wanted!r}", remedy=f"its sheets are: {', '.join(names)}")
    return wanted or str(names[0])


def _plain(sheet: Any) -> Iterator[list[Cell]]:
    sheet.reset_dimensions()
    for row in sheet.iter_rows():
        yield [(cell.value, cell.data_type) for cell in row]


def _with_formulas(shown: Any, written: Any) -> Iterator[list[Cell]]:
    shown.reset_dimensions()
    written.reset_dimensions()
    for values, texts in itertools.zip_longest(shown.iter_rows(), written.iter_rows(), fillvalue=()):
        row = [(cell.value, cell.data_type) for cell in values]
        row += [(None, "n")] * (len(texts) - len(row))
        for position, cell in enumerate(texts):
            if cell.data_type == "f" and row[position][0] is None:
                row[position] = (cell.value, "f")
        yield row


class _Sheet:
    """One sheet being read."""

    def __init__(self, path: Path, layout: Layout, place: str) -> None:
        self.path, self.place, self.skip = path, place, layout.skip
        self.headers = layout.header
        self.size = path.stat().st_size
        self._clear()

    def _clear(self) -> None:
        self._cells: list[list[str | None]] = []
        self._numbers: list[int] = []
        self._faults: list[CellFault] = []
        self._bytes = 0

    def rows(self, found: Iterable[list[Cell]]) -> Iterator[Rows | Rejected]:
        for number, row in enumerate(found, 1):
            while row and row[-1][0] is None:
                row.pop()
            if number <= self.skip or not any(value not in (None, "") for value, _ in row):
                continue
            if not self.headers:
                self.headers = self._header(row)
                continue
            if len(row) > len(self.headers):
                texts = [_text(cell)[0] or "" for cell in row]
                detail = f"{len(row)} cells under {len(self.headers)} headers"
                yield reject_cells(f"{self.place}:{number}", "wrong number of cells", detail, texts)
                continue
            self._add(number, row)
            if len(self._numbers) >= BATCH_ROWS or self._bytes >= BATCH_BYTES:
                yield self._batch()
        if not self.headers:
            raise UnreadableFile(
                "the sheet is empty", where=self.place, remedy="name the sheet in the mapping: sheet = …"
            )
        if self._numbers:
            yield self._batch()

    def _header(self, row: list[Cell]) -> tuple[str, ...]:
        if len(row) > _WIDEST:
            raise UnreadableFile(
                f"its first row has {len(row)} cells", where=self.place, remedy="give a table with a header"
            )
        return tuple(" ".join((_text(cell)[0] or "").split()) for cell in row)

    def _add(self, number: int, row: list[Cell]) -> None:
        texts: list[str | None] = []
        for column, cell in enumerate(row):
            text, reason = _text(cell)
            if reason:
                self._faults.append(CellFault(len(self._numbers), column, reason, text or ""))
            texts.append(text or None)
            self._bytes += len(text or "")
        self._cells.append(texts + [None] * (len(self.headers) - len(texts)))
        self._numbers.append(number)

    def _batch(self) -> Rows:
        columns = tuple(pa.array(column, pa.string()) for column in zip(*self._cells, strict=True))
        faults = (*self._faults, *unusable_cells(columns))
        rows = Rows(self.place, self.headers, columns, np.array(self._numbers, np.int64), faults, self.size)
        self._clear()
        return rows


def _text(cell: Cell) -> tuple[str | None, str]:
    """A cell as text, and why it cannot be used."""
    value, kind = cell
    reason = {"f": "formula without value", "e": "error in cell"}.get(kind, "")
    if isinstance(value, float | int) and not isinstance(value, bool):
        return _number(value)
    if value is None or isinstance(value, str | bool):
        return (str(value).lower() if isinstance(value, bool) else value), reason
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | time | timedelta):
        return (str(value) if isinstance(value, timedelta) else value.isoformat()), reason
    return str(getattr(value, "text", value)), reason or "formula without value"


def _number(value: float) -> tuple[str, str]:
    if not math.isfinite(value):
        return str(value), "error in cell"
    if float(value).is_integer():
        return f"{value:.0f}", "digits lost" if abs(value) >= _WHOLE_DIGITS else ""
    return repr(value), ""
