"""What every rule says of itself, and what its fields may be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, NamedTuple


@dataclass(frozen=True)
class Words:
    """A name in both languages."""

    en: str
    zh: str


@dataclass(frozen=True, kw_only=True)
class Cited:
    """Something that a text says."""

    citation: str
    verified: bool
    """Whether it was read in that text; else no answer rests on it alone."""


class Flaw(NamedTuple):
    """What fields of a record may not be together."""

    field: str
    what: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Norm(Cited):
    """A rule by its id, in force from one day to another."""

    id: str
    name: Words
    in_force_from: date | None = None
    in_force_to: date | None = None
    """First day on which it is no longer in force."""

    def in_force(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return (self.in_force_from or date.min) <= day < (self.in_force_to or date.max)

    def flaws(self) -> Iterator[Flaw]:
        """What its fields may not be together."""
        if self.in_force_from and self.in_force_to and self.in_force_to <= self.in_force_from:
            what = f"lies not after in_force_from, {self.in_force_from}"
            yield Flaw("in_force_to", what, "give the first day on which it is no longer in force")


@dataclass(frozen=True)
class Among:
    """A text is one of these words."""

    words: tuple[str, ...]

    def wrong(self, value: str) -> tuple[str, str] | None:
        """What is wrong with a value and how to mend it."""
        if value in self.words:
            return None
        return f"{value!r} is none of its words", f"one of {', '.join(word for word in self.words if word)}"


@dataclass(frozen=True)
class Within:
    """A number lies above the low end, and at most at the high one."""

    low: float
    high: float

    def wrong(self, value: float) -> tuple[str, str] | None:
        """What is wrong with a value and how to mend it."""
        if self.low < value <= self.high:
            return None
        return f"expected a number above {self.low:g}, at most {self.high:g}", "write 15 % as 0.15"


Comparison = Annotated[str, Among((">=", ">"))]
"""`>=` where the threshold itself passes, `>` where it does not."""
Fraction = Annotated[float, Within(0, 1)]
