"""The frame of every answer: what was asked, as of when, the answer, why, and by whose word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field

T = TypeVar("T")


@dataclass(frozen=True)
class Question:
    """What was asked."""

    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class AsOf:
    """The day in the world and the instant of knowledge an answer is about."""

    valid_at: date
    known_at: datetime

    def __str__(self) -> str:
        return f"{self.valid_at}, known by {self.known_at:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class Source:
    """Whose word a fact is."""

    fact_id: str
    kind: str
    source: str
    source_ref: str
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    confidence: float | None
    note: str | None


@dataclass(frozen=True)
class Answer(Generic[T]):
    """An answer, its reasons and its sources."""

    question: Question
    as_of: AsOf
    snapshot: str
    """Readable name of the snapshot; it begins with the version of the data."""
    answer: T
    reasons: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Party:
    """A party by id, name and kind."""

    id: str
    name: str
    kind: str
    """Company, Person or State."""


@dataclass(frozen=True)
class Share:
    """A fraction known exactly or within a band."""

    low: float
    high: float
    low_included: bool
    high_included: bool
    text: str
    """In words, such as `60%` or `>50–75%`."""


@dataclass(frozen=True)
class Fact:
    """One arrow between two parties as a source states it; amounts in the currency it names."""

    fact_id: str
    kind: str
    tail: Annotated[Party, Field(alias="from")]
    head: Annotated[Party, Field(alias="to")]
    values: Mapping[str, Any]
    text: str
    """The values in a few words, such as `60%` or `CNY 80,000,000`."""


@dataclass(frozen=True)
class Record:
    """One statement about one party."""

    fact_id: str
    kind: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """Which part of a long list is shown."""

    total: int
    offset: int
    shown: int

    @property
    def left(self) -> int:
        """How many come after this page."""
        return max(self.total - self.offset - self.shown, 0)
