"""What a panel is made by."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

from analytics.learning.panel.horizon import ends
from graph.errors import InvalidPanel
from graph.moment import Moment

Known = Literal["recorded", "now"]
Labels = Literal["events", "outcomes"]
YEAR: Final = 12
"""Months that labels look ahead where nothing else is asked."""
STATED: Final = "stated"
"""What default is called where a data set states its outcomes and not what it means by them."""


def end_of(day: date) -> datetime:
    """The last instant of a day, UTC: what is known by then is known on it."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, microseconds=-1)


@dataclass(frozen=True)
class Plan:
    """Which days, which definition of default, what counts as known."""

    days: tuple[date, ...]
    """As-of days, ascending; none: one wave without a day, for data that have none."""
    definition: str = "CN"
    labels: Labels = "events"
    """Whether events say who defaulted, or the outcomes that a labelled data set states."""
    known: Known = "recorded"
    """What counts as known on a day: what was recorded by its end; or all that is known now, where files did not say
    since when. Then nothing is promised about what could have been known."""
    currency: str | None = None
    relations: tuple[str, ...] = ()
    """Those that count; none named: all that have links."""
    others: bool = False
    """Whether every other item that statements name is a figure too."""
    systemic: bool = False
    """Whether the systemic index of every firm is a figure too."""
    horizon: int | None = None
    """Months that labels look ahead; None: a year of events, and of stated outcomes what they say themselves."""

    def __post_init__(self) -> None:
        if list(self.days) != sorted(set(self.days)):
            raise InvalidPanel("days are not in order, or one stands twice", where="days")
        if not self.days and self.labels == "events":
            raise InvalidPanel("events need days to look ahead from", where="days", remedy="name as-of days")
        if self.horizon is not None and self.horizon < 1:
            raise InvalidPanel(f"cannot look {self.horizon} months ahead", where="horizon", remedy="give 12")

    def moment(self, day: date, now: Moment) -> Moment:
        """What is asked of a day: true on it and known by its end, or known now."""
        known = now.known_at if self.known == "now" else min(end_of(day), now.known_at)
        return Moment(day, known, now.version, self.currency or now.currency)

    def ends(self, day: date) -> date:
        """Last day on which a default still counts for the label of a day."""
        return ends(day, self.months)

    @property
    def months(self) -> int:
        """Months that labels made of events look ahead."""
        return self.horizon or YEAR

    def looks(self, stated: int) -> int:
        """How far stated outcomes look ahead, 0 where they do not say. Raises InvalidPanel where another is asked."""
        if self.horizon is not None and self.horizon != stated:
            said = f"look {stated} months ahead" if stated else "do not say how far they look ahead"
            raise InvalidPanel(
                f"{self.horizon} months are asked of outcomes that {said}", where="horizon_months",
                remedy="take it out: outcomes say it themselves, as horizon_months of their mapping",
            )  # fmt: skip
        return stated
