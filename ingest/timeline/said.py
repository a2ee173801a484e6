"""When something was said: at the instant its source states, else on the day of its delivery."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class Brought:
    """A load, and the day of the delivery it brought."""

    instant: datetime
    delivered: date

    @property
    def said(self) -> datetime:
        """What stands for its statement where a row states none: the end of the delivery's day, wherever that is.

        >>> Brought(datetime(2026, 3, 10, 23, 30), date(2026, 3, 11)).said.date()
        datetime.date(2026, 3, 11)
        """
        return datetime.combine(self.delivered, time.max, self.instant.tzinfo)

    def told_by(self, at: datetime) -> datetime:
        """When that was said which became known by it at an instant."""
        return self.said if at == self.instant else at


class Sayings:
    """Earlier loads by number, to tell when it was said that something known does not hold.

    `next_full` is the first full delivery of the source after the one that is loaded, where it came before:
    it said what held on its day, by what it lists and by what it leaves out.
    """

    def __init__(self, loads: Mapping[int, Brought], next_full: Brought | None = None) -> None:
        self._loads = loads
        self.next_full = next_full

    def of_others(self) -> "Sayings":
        """The same for what another source says."""
        return Sayings(self._loads)

    def told_by(self, at: datetime, load: int | None) -> datetime:
        """When that was said which became known at an instant by a load, as far as these tell."""
        brought = self._loads.get(load) if load is not None else None
        return brought.told_by(at) if brought else at

    def day(self, load: int) -> date | None:
        """Day of the delivery that a load brought."""
        return self._loads[load].delivered if load in self._loads else None


def earlier(one: datetime, other: datetime) -> bool:
    """Whether one statement came before another; of one that names only its day, the hour is not known.

    >>> day, noon = datetime(2024, 6, 30), datetime(2024, 6, 30, 12)
    >>> earlier(day, noon), earlier(noon, day), earlier(day, datetime(2024, 7, 1))
    (False, False, True)
    """
    if _is_day(one) or _is_day(other):
        return one.date() < other.date()
    return one < other


def _is_day(instant: datetime) -> bool:
    return instant.time() in (time.min, time.max)
