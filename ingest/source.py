"""What a source of data is, and the list of those that exist.

A source reads the files of one delivery and yields what it found as column batches, in the words of
the model, and what it could not use as rejected rows. It decides nothing about time or identity and
touches no store.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow as pa

from graph.field import Kind


@dataclass(frozen=True)
class Delivery:
    """Files that came together from one source, and what their giver says of them."""

    paths: tuple[Path, ...]
    source: str
    """Name of the source, the first half of every id it brings."""
    mode: Literal["full", "changes"] = "changes"
    """Whether absence means ended (`full`) or nothing (`changes`)."""
    delivered: date | None = None
    """The delivery's own date; None is the day of the load."""
    trust: float = 0.5
    """Which of two rival sources is believed, 0 to 1, higher first."""
    confidence: float = 1.0
    """Default confidence of its statements, 0 to 1."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What the format cannot know and the user gives: lender, currency, mapping, …"""
    origins: Mapping[Path, str] = field(default_factory=dict)
    """Names under which files first came, where they were written anew from quarantine."""


@dataclass(frozen=True)
class Staged:
    """Facts of one kind, or parties where `kind` is None, as columns."""

    kind: Kind | None
    rows: pa.Table
    """Columns of `graph.schema.staged_schema(kind)`, or of `STAGED_PARTY`."""
    raw: Callable[[list[int]], list[str]]
    """The source's own rows, whole, as JSON text, for positions in `rows`: kept when a check refuses one."""
    consumed: int = 0
    """Bytes of the delivery read so far, for the progress bar."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """In which columns of the source a field stands, by its name, where it is read from a table."""


@dataclass(frozen=True)
class Rejected:
    """One row that could not be used, whole, with its place, the reason and the way to mend it."""

    place: str
    """`FILE:ROW`, rows counted from 1 as an editor or a spreadsheet shows them."""
    reason: str
    """One of a small vocabulary, such as `share over 1`, so that a report can count."""
    detail: str
    remedy: str
    raw: str
    """The source's own row, whole, as JSON text."""


class Source(Protocol):
    """A format that can be read."""

    name: str
    """Word for `--source`."""
    replaces_record: bool
    """Whether a newer statement of a `source_ref` replaces everything the older one said under it."""
    required: tuple[str, ...]
    """Settings the user must give."""

    def recognises(self, path: Path) -> bool:
        """Whether this file or folder looks like this format."""
        ...

    def files(self, path: Path) -> tuple[Path, ...]:
        """The files of a delivery that lie at this path."""
        ...

    def delivery(self, paths: tuple[Path, ...], settings: Mapping[str, str]) -> Delivery:
        """The delivery these files make with these settings; raises InvalidMapping where one is missing."""
        ...

    def conceal(self, delivery: Delivery, place: str, row: dict[str, Any]) -> dict[str, Any]:
        """A row that somebody corrected as this source would keep it: natural persons' numbers hashed."""
        ...

    def read(self, delivery: Delivery) -> Iterator[Staged | Rejected]:
        """Everything in the delivery, in a fixed order, in batches of bounded size."""
        ...
