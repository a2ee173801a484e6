"""Places: `FILE:ROW`, or `FILE[SHEET]:ROW`, and how rows written anew keep theirs.

Beside a file of rows written anew lies `NAME.places`, one place a line, so that a row that is refused
again is found where the user first saw it.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from ingest.source import Rejected
from ingest.tabular.rows import Rows

_ORIGIN = re.compile(r"(?s)(?P<file>.*?)(?:\[(?P<sheet>[^\]]+)\])?")
Item = TypeVar("Item", Rows, Rejected)


@dataclass(frozen=True)
class Origin:
    """The file, and the sheet in it, that a place names."""

    file: str
    sheet: str = ""

    @property
    def text(self) -> str:
        """As places begin."""
        return f"{self.file}[{self.sheet}]" if self.sheet else self.file


def read_origin(text: str) -> Origin:
    """The origin a text names.

    >>> read_origin("book.xlsx[股东]")
    Origin(file='book.xlsx', sheet='股东')
    """
    match = _ORIGIN.fullmatch(text)
    is_book = match is not None and match["sheet"] and match["file"].lower().endswith((".xlsx", ".xlsm"))
    return Origin(match["file"], match["sheet"]) if match and is_book else Origin(text)


def split_place(place: str) -> tuple[str, int]:
    """Origin and row of a place; row 0 where it names none.

    >>> split_place("a:b.csv:17")
    ('a:b.csv', 17)
    """
    origin, _, row = place.rpartition(":")
    return (origin, int(row)) if origin and row.isdigit() else (place, 0)


def places_beside(path: Path) -> Path:
    """The file of original places beside a file of rows written anew."""
    return path.with_name(path.name + ".places")


def original_places(path: Path, item: Item) -> Item:
    """The same rows under the places they had in the file they first came in."""
    beside = places_beside(path)
    if not beside.exists():
        return item
    places = beside.read_text(encoding="utf-8").split("\n")[:-1]
    if isinstance(item, Rejected):
        _, row = split_place(item.place)
        return replace(item, place=places[row - 1]) if 0 < row <= len(places) else item
    return replace(item, places=pa.array([places[number - 1] for number in item.numbers]))
