"""Both times of a question, and how days and instants are written.

`valid_at` asks what was true in the world on a day; `known_at` what had been recorded by an instant.
Intervals are half-open everywhere: a fact valid from 1 March to 1 April is not valid on 1 April.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime

from graph.errors import InvalidDate

INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
"""UTC with six digits always, so that text order is time order on every store."""


@dataclass(frozen=True)
class Moment:
    """One point in both times, the version of the data, and the currency of the answer."""

    valid_at: date
    known_at: datetime
    version: int | None = None
    """Number of the last load that counts; None is the newest."""
    currency: str | None = None
    """ISO 4217; None where all amounts share one currency."""


def write_instant(instant: datetime) -> str:
    """An instant as text, UTC, six digits.

    >>> write_instant(datetime(2024, 3, 1, tzinfo=UTC))
    '2024-03-01T00:00:00.000000Z'
    """
    return instant.astimezone(UTC).strftime(INSTANT)


def read_instant(text: str, *, where: str = "instant") -> datetime:
    """An instant from ISO 8601 text; without a zone it is UTC, a bare day is its first moment.

    >>> read_instant("2024-03-01").isoformat()
    '2024-03-01T00:00:00+00:00'
    """
    try:
        instant = datetime.fromisoformat(text)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError) as problem:  # in UTC an instant may lie before the year 1
        raise InvalidDate(f"{text!r} is not an instant", where=where) from problem


def read_day(text: str, *, where: str = "day") -> date:
    """A day from `YYYY-MM-DD`.

    >>> read_day("2024-02-29").isoformat()
    '2024-02-29'
    """
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise InvalidDate(f"{text!r} is not a day", where=where) from problem


def months_on(day: date, months: int) -> date:
    """The same day so many months on, or back where they are below 0; the last of that month where it has no such day.

    >>> months_on(date(2023, 8, 31), 6), months_on(date(2024, 2, 29), -24)
    (datetime.date(2024, 2, 29), datetime.date(2022, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
