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
        """Instant of what the delivery says without one of its own: the end of its day, if the load was not before."""
        return min(self.instant, datetime.combine(self.delivered, time.max, self.instant.tzinfo))


class Sayings:
    """Earlier loads by number, to tell when what they brought was said."""

    def __init__(self, loads: Mapping[int, Brought]) -> None:
        self._loads = loads
        self._instants = frozenset(brought.instant for brought in loads.values())

    def of(self, learned: datetime, load: int | None) -> tuple[datetime, date]:
        """Instant and day of the statement that made something known.

        What became known at the moment of a load, its own or the one it corrects, was said by its delivery's day.
        """
        brought = self._loads.get(load) if load is not None else None
        if brought is None or learned not in self._instants:
            return learned, learned.date()
        return min(learned, brought.said), brought.delivered
