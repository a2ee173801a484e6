"""JSON lines: one object a line, its keys the columns; digits stay as they are written."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from graph.errors import UnreadableFile
from ingest.encoding import detect, known, lines
from ingest.json_text import once
from ingest.reasons import REMEDIES
from ingest.source import Rejected
from ingest.tabular.layout import Layout
from ingest.tabular.rows import (
    BATCH_BYTES,
    BATCH_ROWS,
    CELLS,
    UNREADABLE,
    CellFault,
    Rows,
    damaged_cells,
    reason_of_cells,
    reject,
    reject_cells,
    shorten,
    unusable_cells,
)

LIMIT = 1 << 23
"""Bytes of the longest line that is taken."""


def read_lines(path: Path, layout: Layout) -> Iterator[Rows | Rejected]:
    """Rows of a JSON lines file."""
    encoding = known(layout.encoding, where=str(path)) if layout.encoding else detect(path)
    batch = _Batch(layout.name)
    good = False
    for number, (line, consumed) in enumerate(lines(path, encoding, limit=LIMIT), 1):
        if not line.strip():
            continue
        refused = batch.add(number, line, consumed)
        if refused:
            yield refused
        if batch.full():
            good = True
            yield batch.rows()
            batch = _Batch(layout.name)
    if len(batch.numbers):
        good = True
        yield batch.rows()
    if not good and not layout.again:
        raise UnreadableFile("no line of it is a JSON object", where=str(path), remedy="write one JSON object a line")


def one_row(row: dict[str, Any]) -> Rows | Rejected:
    """An object that is no line of a file, read as one."""
    batch = _Batch("")
    return batch.add(1, json.dumps(row).encode(), 0) or batch.rows()


class _Batch:
    """Lines gathered until a batch is full."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.numbers: list[int] = []
        self._objects: list[dict[str, Any]] = []
        self._headers: dict[str, None] = {}
        self._bytes = 0
        self._consumed = 0
        self._damaged = False
        self._broken: list[tuple[int, str, str]] = []

    def full(self) -> bool:
        return len(self.numbers) >= BATCH_ROWS or self._bytes >= BATCH_BYTES

    def add(self, number: int, line: bytes, consumed: int) -> Rejected | None:
        self._consumed = consumed
        place = f"{self.name}:{number}"
        text = line.decode(errors="replace")
        if len(line) > LIMIT:
            return reject_cells(place, "cell too large", f"a line of over {LIMIT} bytes", [shorten(text)])
        try:
            found = json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=once)
        except (ValueError, RecursionError) as problem:
            detail = "nested too deep" if isinstance(problem, RecursionError) else str(problem)
            return reject_cells(place, "not JSON", detail, [text])
        if not isinstance(found, dict):
            return reject_cells(place, "not JSON", f"no object: {shorten(text)}", [text])
        if reason := reason_of_cells(found):
            return reject(place, reason, f"cells without columns: {shorten(', '.join(map(str, found[CELLS])))}", text)
        broken = found.pop(UNREADABLE, None)
        if isinstance(broken, dict):
            self._broken += [(len(self.numbers), str(name), str(reason)) for name, reason in broken.items()]
        self.numbers.append(number)
        self._objects.append(found)
        self._headers |= dict.fromkeys(found)
        self._bytes += len(line)
        self._damaged |= "\ufffd" in text
        return None

    def rows(self) -> Rows:
        headers = tuple(self._headers)
        columns = tuple(pa.array([_text(o.get(h)) for o in self._objects], pa.string()) for h in headers)
        faults = unusable_cells(columns) + (damaged_cells(columns) if self._damaged else [])
        for row, name, reason in self._broken:
            if name in self._headers and reason in REMEDIES:
                detail = f"mend the cell, then take its name out of {UNREADABLE!r}"
                faults.append(CellFault(row, headers.index(name), reason, detail))
        return Rows(self.name, headers, columns, np.array(self.numbers, np.int64), tuple(faults), self._consumed)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
