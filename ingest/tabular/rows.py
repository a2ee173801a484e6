"""What every reader of tables yields: rows as columns of text, with their place in the file."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.reasons import CONTROLS, REMEDIES
from ingest.source import Rejected

BATCH_ROWS = 1 << 16
BATCH_BYTES = 1 << 24
CELL_LIMIT = 1 << 20
"""Bytes of the longest cell that is taken."""

SHOWN = 400
"""Characters shown of a row too long to be kept."""

CELLS = "cells"
"""Key under which the cells of a row stand that does not fit its header."""


UNREADABLE = "unreadable"
"""Key under which a row written to quarantine names the cells that could not be read, with the reason."""

WRONG_NUMBER = "wrong number of cells"

_SPACE = 0x20


@dataclass(frozen=True)
class CellFault:
    """A cell that cannot be read; it matters only where a mapping uses its column."""

    row: int
    """Position in the batch."""
    column: int
    reason: str
    detail: str


@dataclass(frozen=True)
class Rows:
    """A batch of rows as columns of text; null where a cell is empty."""

    file: str
    """File as places name it: `FILE`, or `FILE[SHEET]` in a workbook of several sheets."""
    headers: tuple[str, ...]
    columns: tuple[pa.Array, ...]
    numbers: NDArray[np.int64]
    """Row numbers, from 1, as an editor or a spreadsheet shows them."""
    faults: tuple[CellFault, ...] = ()
    consumed: int = 0
    """Bytes of the file read so far."""
    places: pa.Array | None = None
    """Places given from outside, for rows written anew from quarantine."""

    def __len__(self) -> int:
        return len(self.numbers)

    def place(self) -> pa.Array:
        """`FILE:ROW` of every row."""
        if self.places is not None:
            return self.places
        return pc.binary_join_element_wise(self.file, pc.cast(pa.array(self.numbers), pa.string()), ":")

    def raw(self, positions: list[int]) -> list[str]:
        """Rows whole, as JSON text; cells too long to be kept are shortened, unreadable ones are named."""
        taken = pa.array(positions, pa.int64())
        cells = [column.take(taken).to_pylist() for column in self.columns]
        names = unique(self.headers)
        broken: dict[int, list[CellFault]] = {}
        for fault in self.faults:
            broken.setdefault(fault.row, []).append(fault)
        rows = []
        for order, position in enumerate(positions):
            row: dict[str, Any] = {
                name: cell[order] for name, cell in zip(names, cells, strict=True) if cell[order] is not None
            }
            for fault in broken.get(position, ()):
                name = names[fault.column]
                row[UNREADABLE] = {**row.get(UNREADABLE, {}), name: fault.reason}
                row[name] = shorten(row.get(name) or "")
            rows.append(json.dumps(row, ensure_ascii=False))
        return rows


def unique(headers: Iterable[str]) -> list[str]:
    """Headers, repeated ones numbered.

    >>> unique(["a", "a", ""])
    ['a (1)', 'a (2)', 'column 3']
    """
    names = [header or f"column {position}" for position, header in enumerate(headers, 1)]
    seen: dict[str, int] = {}
    numbered = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        numbered.append(f"{name} ({seen[name]})" if names.count(name) > 1 else name)
    return numbered


def shorten(text: str) -> str:
    """The beginning of a long text, with its length."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"


def unusable_cells(columns: Iterable[pa.Array]) -> list[CellFault]:
    """Faults for cells longer than any field, and for cells with signs that no text has."""
    faults = []
    for number, column in enumerate(columns):
        faults += _controlled(column, number)
        length = pc.binary_length(column)
        if (pc.max(length).as_py() or 0) > CELL_LIMIT:
            over = np.flatnonzero(pc.fill_null(pc.greater(length, CELL_LIMIT), False).to_numpy(zero_copy_only=False))
            faults += [CellFault(int(row), number, "cell too large", f"{length[int(row)]} bytes") for row in over]
    return faults


def _controlled(column: pa.Array, number: int) -> list[CellFault]:
    """Faults for cells of a column with control characters; line ends and tabs are none."""
    text = column.buffers()[-1]
    if text is None or not (np.frombuffer(text, np.uint8) < _SPACE).any():
        return []
    hit = pc.fill_null(pc.match_substring_regex(column, CONTROLS), False).to_numpy(zero_copy_only=False)
    return [
        CellFault(int(row), number, "control characters", ascii(shorten(column[int(row)].as_py())))
        for row in np.flatnonzero(hit)
    ]


def damaged_cells(columns: Iterable[pa.Array]) -> list[CellFault]:
    """Faults for cells with bytes that were no text."""
    faults = []
    for number, column in enumerate(columns):
        hit = pc.fill_null(pc.match_substring(column, "\ufffd"), False)
        for row in np.flatnonzero(hit.to_numpy(zero_copy_only=False)):
            shown = shorten(column[int(row)].as_py())
            faults.append(CellFault(int(row), number, "wrong encoding", shown))
    return faults


def reject(place: str, reason: str, detail: str, raw: str) -> Rejected:
    """A refused row with the remedy its reason has."""
    return Rejected(place, reason, detail, REMEDIES[reason], raw)


def reject_cells(place: str, reason: str, detail: str, cells: list[str]) -> Rejected:
    """A refused row that has no columns; it names its reason, so that it is refused for the same one again."""
    named = {} if reason == WRONG_NUMBER else {UNREADABLE: {CELLS: reason}}
    return reject(place, reason, detail, json.dumps({CELLS: cells, **named}, ensure_ascii=False))


def reason_of_cells(row: dict[str, Any]) -> str:
    """Why a row without columns was refused; empty where it is none."""
    if not isinstance(row.get(CELLS), list) or row.keys() - {CELLS, UNREADABLE}:
        return ""
    named = row.get(UNREADABLE)
    reason = named.get(CELLS) if isinstance(named, dict) else None
    return reason if reason in REMEDIES else WRONG_NUMBER
