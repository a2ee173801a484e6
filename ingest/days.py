"""Days and instants as files write them, a whole column at a time."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.values import Fault, Parsed, by_distinct
from ingest.words import BLANK, ENDLESS

_SERIAL_START = date(1899, 12, 30)
_FIRST, _FARTHEST = ((day - date(1970, 1, 1)).days for day in (date.min, date(2999, 1, 1)))
_YMD = re.compile(r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?:\s*日)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"([1-9]\d{4})(?:\.(\d+))?")
_AMBIGUOUS = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})|\d{4}\s*[-/.年]\s*(?P<month>\d{1,2})\s*月?|\d{4}年?"
)
_CLOCK = re.compile(r"[ t]*(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*(z|[-+]\d{2}:?\d{2})?")
_NAMED = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y", "%B %d %Y")
_NAME = re.compile(r"[^\W\d_]{3}")
_NUMERALS = str.maketrans("〇零○一二三四五六七八九", "000123456789")


DISTINCT = 65_536
"""Texts remembered from batch to batch: the days of a century come again in each."""


class _Unread(Exception):
    """Why one text is no day."""


def days(text: pa.Array, *, form: str = "") -> Parsed:
    """Days; `form` is a strptime format where the column has an unusual one.

    >>> days(pa.array(["2024年3月1日", "2024/3/1", "20240301", "45352"])).arrays[0].unique().to_pylist()
    [datetime.date(2024, 3, 1)]
    """
    if not form:
        try:
            plain = pc.cast(text, pa.date32())
            if _all_usual(plain):
                return Parsed((plain,))
        except pa.ArrowInvalid:
            # The clock of a timestamp makes every text distinct; the day is what is asked.
            text = pc.replace_substring_regex(text, r"^\s*(\d{4}-\d{2}-\d{2})[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$", r"\1")
    return by_distinct(text, lambda distinct: _read(distinct, lambda t: read_day(t, form=form), pa.date32()))


def instants(text: pa.Array, *, form: str = "") -> Parsed:
    """Instants in UTC; without a zone they are UTC, a bare day is its first moment.

    >>> instants(pa.array(["2024-03-01T08:00:00+08:00"])).arrays[0].to_pylist()
    [datetime.datetime(2024, 3, 1, 0, 0)]
    """
    if not form:
        with suppress(pa.ArrowInvalid):
            plain = pc.cast(text, pa.timestamp("us"))
            if _all_usual(plain.cast(pa.date32())):
                return Parsed((plain,))
    return by_distinct(text, lambda distinct: _read(distinct, lambda t: read_instant(t, form=form), pa.timestamp("us")))


def _all_usual(read: pa.Array) -> bool:
    """Whether no day may be one that the calendar lacks, or one that stands for none."""
    bounds = pc.min_max(read.cast(pa.int32()))
    low, high = bounds["min"].as_py(), bounds["max"].as_py()
    return low is None or (low >= _FIRST and high < _FARTHEST)


def _read(text: pa.Array, read: Callable[[str], date | None], kind: pa.DataType) -> Parsed:
    found: list[date | None] = []
    lost: dict[str, list[int]] = {}
    for row, cell in enumerate(text.to_pylist()):
        try:
            found.append(None if cell is None else read(cell))
        except _Unread as why:
            found.append(None)
            lost.setdefault(str(why), []).append(row)
    faults = tuple(Fault(np.array(rows, np.int64), reason) for reason, rows in lost.items())
    return Parsed((pa.array(found, kind),), faults)


def _plain(text: str) -> str:
    plain = pc.utf8_normalize(pa.scalar(text.strip()), "NFKC").as_py().lower().strip()
    return "" if plain in BLANK or plain in ENDLESS else plain


@lru_cache(DISTINCT)
def read_day(text: str, *, form: str = "") -> date | None:
    """One day; None where the text says nothing or says that it never ends."""
    plain = _plain(text)
    if not plain:
        return None
    if form:
        return _by_format(text.strip(), form).date()
    day, rest = _day(plain)
    if rest and not _CLOCK.fullmatch(rest):
        raise _Unread("not a date")
    return day


@lru_cache(DISTINCT)
def read_instant(text: str, *, form: str = "") -> datetime | None:
    """One instant, UTC without a zone."""
    plain = _plain(text)
    if not plain:
        return None
    if form:
        return _utc(_by_format(text.strip(), form))
    day, rest = _day(plain)
    moment = datetime.combine(day, time())
    if not rest:
        return moment
    clock = _CLOCK.fullmatch(rest)
    if not clock:
        raise _Unread("not a date")
    zone = {None: "+00:00", "z": "+00:00"}.get(clock[5], clock[5])
    fraction = (clock[4] or ".0")[:7].ljust(7, "0")
    try:
        iso = f"{day.isoformat()}T{int(clock[1]):02}:{clock[2]}:{clock[3] or '00'}{fraction}{zone}"
        return _utc(datetime.fromisoformat(iso))
    except (ValueError, OverflowError) as problem:
        raise _Unread("impossible date") from problem


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _by_format(text: str, form: str) -> datetime:
    try:
        return datetime.strptime(text, form)
    except ValueError as problem:
        raise _Unread(_unfit(problem)) from problem


def _day(text: str) -> tuple[date, str]:
    """The day a text begins with, and what follows it."""
    if "年" in text:
        text = _from_numerals(text)
    for pattern, parts in ((_YMD, (1, 3, 4)), (_COMPACT, (1, 2, 3))):
        if match := pattern.match(text):
            rest = text[match.end() :]
            if rest[:1].isdigit():
                continue
            return _real(*(int(match[part]) for part in parts)), rest
    if match := _SERIAL.fullmatch(text):
        return _SERIAL_START + timedelta(days=int(match[1])), ""
    if match := _AMBIGUOUS.fullmatch(text):
        raise _Unread("ambiguous date" if _may_be(match) else "impossible date")
    return _by_name(text), ""


def _may_be(match: re.Match[str]) -> bool:
    """Whether what is ambiguous is a day of the calendar in some order, or its month one of the year."""
    if match["month"]:
        return 1 <= int(match["month"]) <= 12
    if not match[1]:
        return True
    first, second, third = (int(part) for part in match.groups()[:3])
    orders = [(third, second, first), (third, first, second)]
    return any(map(_is_day, orders if len(match[3]) == 4 else [*orders, (first, second, third)]))


def _is_day(parts: tuple[int, int, int]) -> bool:
    year, month, day = parts
    with suppress(ValueError):
        return bool(date(year if year > 99 else 2000 + year, month, day))
    return False


def _real(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as problem:
        raise _Unread("impossible date") from problem


def _by_name(text: str) -> date:
    # Columns of figures come here cell by cell, and trying forms is slow: without a name of a month none fits.
    if not _NAME.search(text):
        raise _Unread("not a date")
    reasons = set()
    for form in _NAMED:
        try:
            return datetime.strptime(text, form).date()
        except ValueError as problem:
            reasons.add(_unfit(problem))
    raise _Unread(min(reasons))


def _unfit(problem: ValueError) -> str:
    """Why a text does not have a form: it does, but the calendar has no such day, or it does not."""
    return "impossible date" if "range" in str(problem) else "not a date"


def _from_numerals(text: str) -> str:
    """二〇二四年三月二十一日 with digits."""
    tens = re.sub(r"([二三四五六七八九])十(?=[一二三四五六七八九])", r"\1", text)
    tens = re.sub(r"(?<![二三])十(?=[一二三四五六七八九])", "1", tens)
    tens = re.sub(r"(?<=[二三])十", "0", tens)
    return tens.replace("十", "10").translate(_NUMERALS)
