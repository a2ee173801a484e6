"""Facts as they are kept, as they are stated, and as they are to be kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Op = Literal["record", "end", "correct", "retract"]
KeyOf = Callable[[bytes, date | None], bytes]

ALWAYS = date.min
"""Stands for no start."""
STILL = date.max
"""Stands for no end."""
CONFLICT = "conflicting rows"
"""Reason of rows that say different things of one fact in one statement."""


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as it is kept, retracted ones included; `kind` and `row` are the caller's."""

    series: bytes
    key: bytes
    revision: int
    digest: bytes
    valid_from: date | None
    valid_to: date | None
    stated_from: date | None
    recorded_at: datetime
    retracted_at: datetime | None = None
    said_at: datetime | None = None
    """Instant of the statement its value rests on, where that is not `recorded_at`."""
    end_said_at: datetime | None = None
    """Instant of the later statement that ended it."""
    load: int = 0
    """Number of the load that brought it."""
    retracted_by: int | None = None
    """Number of the load that ended it."""
    tie: bool = False
    """Whether it is of a relation."""
    kind: str = ""
    row: int = -1

    @property
    def said(self) -> datetime:
        """Instant of the statement its value rests on."""
        return self.said_at or self.recorded_at


@dataclass(frozen=True, slots=True)
class Assertion:
    """One staged row: what a source says now; `kind` and `row` are the caller's."""

    series: bytes
    digest: bytes
    op: Op = "record"
    valid_from: date | None = None
    valid_to: date | None = None
    stated_at: datetime | None = None
    stated_on: date | None = None
    said_at: datetime | None = None
    """Instant of its statement, of a row that waited; else `stated_at`, or the delivery's day, tells."""
    tie: bool = False
    """Whether it is of a relation: what names no start begins late where an earlier listing left it out."""
    unlisted_on: date | None = None
    """Day of the last full delivery of its source before its own."""
    kind: str = ""
    row: int = -1


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact to keep. It may come retracted already: history that arrived in one load."""

    series: bytes
    key: bytes
    revision: int
    digest: bytes
    valid_from: date | None
    valid_to: date | None
    stated_from: date | None
    recorded_at: datetime
    retracted_at: datetime | None
    said_at: datetime | None
    """Instant of the statement its value rests on, where that is not `recorded_at`."""
    end_said_at: datetime | None
    """Instant of the later statement that ended it."""
    values: Known | Assertion
    """Whose own fields, confidence and note it carries."""


@dataclass(frozen=True)
class Outcome:
    """What becomes of one group."""

    retracted: list[tuple[Known, datetime]] = field(default_factory=list)
    """Kept facts that are no longer held, each with the instant of its retraction."""
    recorded: list[NewFact] = field(default_factory=list)
    unchanged: int = 0
    """Assertions that said nothing new."""
    outdated: int = 0
    """How many of these say something else than newer statements, and are not used."""
    conflicts: list[Assertion] = field(default_factory=list)
    """Assertions of which none can be used: the same fact and statement, different values."""
