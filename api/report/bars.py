"""Time lines as bars: when each fact of a link is true, on one scale of years."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from api.questions.links.timelines import Stretch, TimeLine

WIDE, HIGH = 220.0, 8.0
"""Of a bar's room, in units of the drawing."""
OPEN = 6.0
"""What of a bar that never begins or never ends is drawn as an arrow."""
YEARS = 3
"""Least span of the scale."""


@dataclass(frozen=True)
class Bar:
    """One fact's bar."""

    left: float
    width: float
    opens: bool
    """Whether nothing is known to begin it."""
    stays: bool
    """Whether nothing is known to end it."""
    holds: bool


@dataclass(frozen=True)
class Scale:
    """Days as places: the first day at 0, the last at WIDE."""

    first: date
    last: date
    today: date

    @classmethod
    def of(cls, lines: Iterable[TimeLine], today: date) -> "Scale":
        """A scale on which every day that is named lies, whole years at both ends."""
        days = [today]
        for line in lines:
            days += [day for one in line.stretches for day in (one.valid_from, one.valid_to) if day]
        year = max(days).year
        first = max(min(min(days).year, year + 1 - YEARS), 1)
        return cls(date(first, 1, 1), date.max if year == date.max.year else date(year + 1, 1, 1), today)

    def at(self, day: date) -> float:
        """Where a day lies."""
        return round(WIDE * (day - self.first).days / (self.last - self.first).days, 1)

    @property
    def now(self) -> float:
        """Where the day asked about lies."""
        return self.at(self.today)

    @property
    def years(self) -> list[tuple[int, float]]:
        """Years that are named on the scale, at most five, and where they begin."""
        first, last = self.first.year, self.last.year
        step = -(-(last - first) // 5)
        return [(year, self.at(date(year, 1, 1))) for year in range(first, last, step)]

    def bars(self, stretches: Sequence[Stretch]) -> list[Bar]:
        """The bars of one link, in order."""
        return [self._bar(one) for one in stretches]

    def _bar(self, one: Stretch) -> Bar:
        left = 0.0 if one.valid_from is None else self.at(one.valid_from)
        right = WIDE if one.valid_to is None else self.at(one.valid_to)
        return Bar(left, max(round(right - left, 1), 1.0), one.valid_from is None, one.valid_to is None, one.holds)
