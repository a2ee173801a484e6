"""Lines above the header of a table: its title, a day, a unit, as people write them over a table in a spreadsheet."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.tabular.delimited import first_records
from ingest.tabular.layout import Layout
from ingest.tabular.open import DELIMITED, WORKBOOKS
from ingest.tabular.workbook import first_rows

LOOKED_AT: Final = 20
"""Lines among which the header must be."""


@dataclass(frozen=True)
class Title:
    """Lines that seem to stand above the header."""

    lines: int = 0
    """How many: what `skip` of a mapping would be."""
    text: str = ""
    """What the first of them says."""


def title_of(path: Path, layout: Layout) -> Title:
    """The lines above the header, where the first one says a single thing and a wider one follows."""
    return told(_first(path, layout))


def header_of(path: Path, layout: Layout) -> tuple[str, ...]:
    """The names of the columns, for a table that has no row to tell them with; `skip` counts the lines above."""
    rows = ([" ".join((cell or "").split()) for cell in row] for row in _first(path, layout)[layout.skip :])
    return tuple(next(filter(any, rows), ()))


def _first(path: Path, layout: Layout) -> Sequence[Sequence[str | None]]:
    """The cells of the first lines; none for formats without a header line."""
    ending = path.suffix.lower()
    # Who reads the table tells of a file that cannot be read.
    with suppress(OSError):
        if ending in WORKBOOKS:
            return first_rows(path, layout.sheet, LOOKED_AT)
        if ending in DELIMITED:
            return first_records(path, layout, LOOKED_AT)
    return ()


def told(rows: Iterable[Iterable[str | None]]) -> Title:
    """The title of a table's first rows, from its first line on.

    >>> told([["2024年股东名册", ""], ["股东", "比例"], ["甲", "50%"]])
    Title(lines=1, text='2024年股东名册')
    """
    said = [[cell.strip() for cell in row if cell and cell.strip()] for row in rows]
    first = next((cells for cells in said if cells), [])
    widest = max(map(len, said), default=0)
    if len(first) != 1 or widest < 2:
        return Title()
    # What stands between, such as a day beside its name, is narrower than the table.
    lines = next(at for at, cells in enumerate(said) if 2 * len(cells) > widest)
    return Title(lines, first[0])
