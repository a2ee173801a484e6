"""Days as registers write them, for whole columns at once."""

from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

FIRST = date(1995, 1, 1)
LAST = date(2045, 12, 31)
NONE = -1
"""Stands for no day."""


def number(day: date | str) -> int:
    """Days since 1970.

    >>> number("1970-01-02")
    1
    """
    return (date.fromisoformat(day) if isinstance(day, str) else day).toordinal() - date(1970, 1, 1).toordinal()


def chinese(days: NDArray[np.integer]) -> pa.Array:
    """Days as 2024年3月1日; null where there is none.

    >>> chinese(np.array([number("2024-03-01"), NONE])).to_pylist()
    ['2024年3月1日', None]
    """
    return _written(days, "{0.year}年{0.month}月{0.day}日")


def plain(days: NDArray[np.integer]) -> pa.Array:
    """Days as 2024-03-01; null where there is none."""
    return _written(days, "{0:%Y-%m-%d}")


def _written(days: NDArray[np.integer], form: str) -> pa.Array:
    places = np.asarray(days, np.int64) - number(FIRST)
    return _calendar(form).take(pa.array(places, mask=np.asarray(days) == NONE))


@cache
def _calendar(form: str) -> pa.Array:
    days = range(FIRST.toordinal(), LAST.toordinal() + 1)
    return pa.array([form.format(date.fromordinal(day)) for day in days], pa.string())
