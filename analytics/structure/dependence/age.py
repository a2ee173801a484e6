"""How old a statement may be that divides a figure: `age.toml`."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from analytics.rules.reading import read_rows
from analytics.rules.rule import Norm
from graph.moment import months_on


@dataclass(frozen=True, kw_only=True)
class StatementAge(Norm):
    """How old a statement may be."""

    months: int
    """From the last day of its period to the day of the question."""


@cache
def statement_age() -> StatementAge:
    r"""Read how old a statement may be.

    .. math:: m \text{ months}

    Parameters
    ----------
    none : what the package's file says

    Raises
    ------
    InvalidRule
        If the file says what cannot be; it is tested, so that only a changed one can.

    Source
    ------
    `age.toml`: our own proposal.

    Example
    -------
    >>> statement_age().months
    24
    """
    return read_rows(StatementAge, "analytics.structure.dependence", "age.toml")["STATEMENT_AGE"]


def oldest_period(day: date) -> date:
    r"""Say on which day a period may end at the earliest so that its statement still counts.

    .. math:: d - m \text{ months: the same day of that month, else its last}

    Parameters
    ----------
    day : date
        The day d of the question.

    Raises
    ------
    Nothing; before the first months of all days every statement counts.

    Source
    ------
    `age.toml`: our own proposal.

    Example
    -------
    >>> str(oldest_period(date(2024, 2, 29))), str(oldest_period(date(2026, 11, 27)))
    ('2022-02-28', '2024-11-27')
    """
    months = statement_age().months
    if day.year * 12 + day.month - months <= 12:
        return date.min
    return months_on(day, -months)
