"""CSV, TSV and other delimited text, as batches of text columns."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from graph.errors import UnreadableFile
from ingest.encoding import detect, known
from ingest.source import Rejected
from ingest.tabular.layout import Layout
from ingest.tabular.records import Block, Broken, Records
from ingest.tabular.rows import Rows, damaged_cells, reject_cells, shorten, unusable_cells

DELIMITERS = ",\t;|"
_WIDEST = 10_000


def read_delimited(path: Path, layout: Layout) -> Iterator[Rows | Rejected]:
    """Rows of a delimited text file."""
    encoding = known(layout.encoding, where=str(path)) if layout.encoding else detect(path)
    delimiter = layout.delimiter or sniff(path, encoding)
    yield from _Reading(path, layout, delimiter).rows(Records(path, encoding, delimiter))


def first_records(path: Path, layout: Layout, count: int) -> list[list[str]]:
    """The cells of a file's first records; a line that names the delimiter has none."""
    encoding = known(layout.encoding, where=str(path)) if layout.encoding else detect(path)
    delimiter = layout.delimiter or sniff(path, encoding)
    for found in Records(path, encoding, delimiter):
        if isinstance(found, Broken):
            return []
        starts = [0, *found.ends[: count - 1].tolist()]
        texts = [found.text[start:end].decode(errors="replace") for start, end in zip(starts, found.ends, strict=False)]
        return [[] if text[:4].lower() == "sep=" else _cells(text, delimiter) for text in texts]
    return []


def sniff(path: Path, encoding: str) -> str:
    """The character between cells: the one that cuts most of the first lines into the same number of cells."""
    if path.suffix.lower() in (".tsv", ".tab"):
        return "\t"
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        head = file.read(1 << 16).removeprefix("\ufeff").splitlines()[:50]
    if head and head[0].lower().startswith("sep=") and len(head[0]) == 5:
        return head[0][4]
    scores = {delimiter: _agreement(head, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0, 0) else ","


def _agreement(lines: list[str], delimiter: str) -> tuple[int, int]:
    widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
    widths.pop(1, None)
    if not widths:
        return 0, 0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return count, width


class _Reading:
    """One file being read."""

    def __init__(self, path: Path, layout: Layout, delimiter: str) -> None:
        self.path, self.layout, self.delimiter = path, layout, delimiter
        self.headers: tuple[str, ...] = layout.header
        self.waiting = layout.skip

    def rows(self, records: Records) -> Iterator[Rows | Rejected]:
        started = bool(self.headers)
        for found in records:
            if isinstance(found, Broken):
                yield self._broken(found)
                continue
            block: Block | None = self._skipped(found)
            if block and not started:
                block = self._header(block)
                started = bool(self.headers)
            if block and len(block.ends):
                yield from self._parse(block)
        if not started:
            raise UnreadableFile("the file is empty", where=str(self.path), remedy="export it anew from where it came")

    def _broken(self, found: Broken) -> Rejected:
        detail = f"{found.size} bytes" if found.reason == "cell too large" else shorten(found.text)
        text = shorten(found.text) if found.reason == "cell too large" else found.text
        return reject_cells(f"{self.layout.name}:{found.number}", found.reason, detail, [text])

    def _skipped(self, block: Block) -> Block | None:
        mark = block.text[:4].lower() == b"sep=" and block.first == 1
        count = min(max(self.waiting, int(mark and not self.headers)), len(block.ends))
        self.waiting = max(0, self.waiting - count)
        return _without(block, count) if count else block

    def _header(self, block: Block) -> Block | None:
        """Take the first line that says something as the header."""
        start = 0
        for count, end in enumerate(block.ends, 1):
            text = block.text[start:end].decode(errors="replace")
            cells = _cells(text, self.delimiter)
            if any(cell.strip() for cell in cells):
                if len(cells) > _WIDEST:
                    raise UnreadableFile(
                        f"its first line has {len(cells)} cells",
                        where=str(self.path),
                        remedy="give a table with a header",
                    )
                self.headers = tuple(" ".join(cell.split()) for cell in cells)
                return _without(block, count)
            start = end
        return None

    def _parse(self, block: Block) -> Iterator[Rows | Rejected]:
        names = [str(i) for i in range(len(self.headers))]
        invalid: list[tuple[int, int, str]] = []

        def keep(row: Any) -> str:
            invalid.append((row.number - 1, row.actual_columns, row.text))
            return "skip"

        table = pyarrow.csv.read_csv(
            pa.BufferReader(block.text),
            read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block.text) + 1),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=keep, ignore_empty_lines=False
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""],
            ),
        )  # fmt: skip
        if len(table) + len(invalid) != len(block.ends):
            raise UnreadableFile(
                f"its quotes are inconsistent behind row {block.first}", where=str(self.path), remedy="export it anew"
            )
        numbers = np.delete(np.arange(block.first, block.first + len(block.ends)), [row for row, _, _ in invalid])
        yield from self._batches(block, table, numbers)
        for row, width, text in invalid:
            cells = _cells(text, self.delimiter)
            detail = f"{width} cells under {len(names)} headers"
            yield reject_cells(f"{self.layout.name}:{block.first + row}", "wrong number of cells", detail, cells)

    def _batches(self, block: Block, table: pa.Table, numbers: np.ndarray[Any, np.dtype[np.int64]]) -> Iterator[Rows]:
        columns = [column.combine_chunks() for column in table.columns]
        said = columns[0].is_valid()
        for column in columns[1:]:
            if said.false_count == 0:
                break
            said = pc.or_(said, column.is_valid())
        if said.false_count:
            columns = [column.filter(said) for column in columns]
            numbers = numbers[said.to_numpy(zero_copy_only=False)]
        if len(numbers):
            faults = unusable_cells(columns) + (damaged_cells(columns) if block.damaged else [])
            yield Rows(self.layout.name, self.headers, tuple(columns), numbers, tuple(faults), block.consumed)


def _cells(record: str, delimiter: str) -> list[str]:
    """The cells of one record; its beginning, where a cell is longer than any that Python's reader takes."""
    try:
        return next(csv.reader([record], delimiter=delimiter), [])
    except csv.Error:
        return [shorten(record)]


def _without(block: Block, count: int) -> Block:
    """The block behind its first `count` records."""
    cut = int(block.ends[count - 1])
    return Block(block.text[cut:], block.ends[count:] - cut, block.first + count, block.damaged, block.consumed)
