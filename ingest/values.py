"""Text cells become values of the model, a whole column at a time.

Plain columns pass through one cast. Whatever is not plain is read once for each distinct text. What
cannot be read becomes a fault, never a guess.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.errors import InvalidMapping
from ingest.words import BLANK, CURRENCY_WORDS, NO, YES

UNITS = {
    "": 0, "元": 0, "yuan": 0, "unit": 0, "fraction": 0, "个": 0, "天": 0, "日": 0, "days": 0, "day": 0, "月": 0,
    "百": 2, "千": 3, "千元": 3, "thousand": 3, "k": 3, "万": 4, "万元": 4, "十万": 5, "百万": 6, "百万元": 6,
    "million": 6, "millions": 6, "mn": 6, "m": 6, "千万": 7, "千万元": 7, "亿": 8, "亿元": 8, "billion": 9,
    "billions": 9, "bn": 9, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12, "万亿元": 12, "trillion": 12,
    "%": -2, "percent": -2, "per cent": -2, "pct": -2, "百分比": -2, "‰": -3, "per mille": -3, "bp": -4, "bps": -4,
}  # fmt: skip
"""Power of ten of each unit a cell or a mapping may name."""

_LARGEST_WHOLE = 2.0**53
_WORDS = "|".join(sorted((w.replace("$", r"\$") for w in CURRENCY_WORDS), key=len, reverse=True))
_SCALES = "|".join(sorted((u for u in UNITS if u and u not in ("元", "unit", "fraction")), key=len, reverse=True))
_NUMBER = (
    rf"^(?P<open>\()?(?P<sign>[-+−])?\s*(?P<before>{_WORDS}|¥|\$)?\s*(?P<after_sign>[-+−])?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)(?:e(?P<power>[-+]?\d{1,4}))?\s*"
    rf"(?P<scale>{_SCALES})?\s*(?P<behind>{_WORDS}|元|圆)?整?(?P<close>\))?$"
)


@dataclass(frozen=True)
class Fault:
    """Rows of a column that cannot be read, all for one reason."""

    rows: NDArray[np.int64]
    reason: str


@dataclass(frozen=True)
class Parsed:
    """A column read: one array, or three for a band, null where nothing is said or nothing could be read."""

    arrays: tuple[pa.Array, ...]
    faults: tuple[Fault, ...] = ()
    currency: pa.Array | None = None
    """ISO 4217 where the cell itself names a currency."""


def exponent(unit: str) -> int:
    """Power of ten of a unit; raises InvalidMapping where it is unknown.

    >>> exponent("万元"), exponent("%")
    (4, -2)
    """
    try:
        return UNITS[unit.strip().lower()]
    except KeyError:
        raise InvalidMapping(
            f"unit {unit!r} is unknown", remedy=f"use one of {' '.join(filter(None, UNITS))}"
        ) from None


def tidy(text: pa.Array) -> pa.Array:
    """Half-width, lower case, without space at the ends; null where the cell says nothing."""
    plain = pc.utf8_trim_whitespace(pc.utf8_lower(pc.utf8_normalize(text, "NFKC")))
    return pc.if_else(pc.is_in(plain, pa.array(sorted(BLANK))), None, plain)


def by_distinct(text: pa.Array, read: Callable[[pa.Array], Parsed]) -> Parsed:
    """Read each distinct text once and spread the answers over the column."""
    coded = text.dictionary_encode()
    answer = read(coded.dictionary)
    arrays = tuple(array.take(coded.indices) for array in answer.arrays)
    currency = None if answer.currency is None else answer.currency.take(coded.indices)
    if not answer.faults:
        return Parsed(arrays, currency=currency)
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    faults = tuple(Fault(np.flatnonzero(np.isin(codes, fault.rows)), fault.reason) for fault in answer.faults)
    return Parsed(arrays, faults, currency)


def numbers(text: pa.Array, *, unit: str = "") -> Parsed:
    """Numbers with signs, separators, units and currencies, in the unit `unit` unless the cell names its own.

    >>> numbers(pa.array(["1,234.5", "３００万元", "12.5%", "x"])).arrays[0].to_pylist()
    [1234.5, 3000000.0, 0.125, None]
    """
    power = exponent(unit)
    try:
        # The power of ten is appended to the digits, so that 33.3 % is the float nearest to 0.333.
        shifted = pc.binary_join_element_wise(text, f"e{power}", "") if power else text
        values = pc.cast(shifted, pa.float64())
    except pa.ArrowInvalid:
        return by_distinct(text, lambda distinct: _numbers(distinct, power))
    return _finite(values, values.is_valid(), text)


def _numbers(text: pa.Array, power: int) -> Parsed:
    plain = tidy(text)
    parts = pc.extract_regex(plain, _NUMBER)
    digits = pc.replace_substring(pc.struct_field(parts, "digits"), ",", "")
    scale = pc.struct_field(parts, "scale")
    own = pc.equal(scale, "")
    named = pc.take(pa.array([*UNITS.values(), 0], pa.int64()), pc.fill_null(_position(scale), len(UNITS)))
    written = pc.struct_field(parts, "power")
    tens = pc.cast(pc.if_else(pc.equal(written, ""), "0", pc.utf8_ltrim(written, "+")), pa.int64())
    tens = pc.cast(pc.add(tens, pc.if_else(own, power, named)), pa.string())
    values = pc.cast(pc.binary_join_element_wise(digits, tens, "e"), pa.float64())
    marks = [pc.struct_field(parts, name) for name in ("sign", "after_sign", "open", "close")]
    once = pc.is_in(pc.binary_join_element_wise(*marks, ""), pa.array(["", "-", "−", "+", "()"]))
    minus = pc.is_in(pc.binary_join_element_wise(*marks[:3], ""), pa.array(["-", "−", "("]))
    values = pc.if_else(minus, pc.negate(values), values)
    values = pc.if_else(once, values, None)
    behind, before = pc.struct_field(parts, "behind"), pc.struct_field(parts, "before")
    currency = pc.coalesce(_currency(behind), _currency(before))
    return _finite(values, plain.is_valid(), plain, currency)


def _position(words: pa.Array) -> pa.Array:
    return pc.index_in(words, pa.array(list(UNITS)))


def _currency(words: pa.Array) -> pa.Array:
    codes = pa.array(list(CURRENCY_WORDS.values()))
    return codes.take(pc.index_in(words, pa.array(list(CURRENCY_WORDS))))


def _finite(values: pa.Array, stated: pa.Array, text: pa.Array, currency: pa.Array | None = None) -> Parsed:
    finite = pc.fill_null(pc.is_finite(values), False)
    lost = np.flatnonzero(pc.and_not(stated, finite).to_numpy(zero_copy_only=False))
    if not len(lost):
        return Parsed((values,), currency=currency)
    large = pc.is_inf(values).fill_null(False).take(pa.array(lost))
    counted = pc.and_(large, pc.match_substring_regex(text.take(pa.array(lost)), r"\d"))
    over = pc.fill_null(counted, False).to_numpy(zero_copy_only=False)
    faults = (Fault(lost[~over], "not a number"), Fault(lost[over], "number too large"))
    return Parsed((pc.if_else(finite, values, None),), tuple(f for f in faults if len(f.rows)), currency)


def integers(text: pa.Array, *, unit: str = "") -> Parsed:
    """Whole numbers.

    >>> integers(pa.array(["90", "90天", "1.5"])).arrays[0].to_pylist()
    [90, 90, None]
    """
    read = numbers(text, unit=unit)
    values = read.arrays[0].to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        broken = (values != np.floor(values)) & ~np.isnan(values)
        large = np.abs(values) > _LARGEST_WHOLE
    kept = pc.if_else(pa.array(broken | large), None, read.arrays[0])
    faults = [*read.faults, Fault(np.flatnonzero(broken & ~large), "not whole")]
    faults.append(Fault(np.flatnonzero(large), "number too large"))
    return Parsed((pc.cast(kept, pa.int64()),), tuple(f for f in faults if len(f.rows)))


def flags(text: pa.Array) -> Parsed:
    """Yes or no.

    >>> flags(pa.array(["是", "No", "1", "-"])).arrays[0].to_pylist()
    [True, False, True, None]
    """
    return by_distinct(text, lambda distinct: _looked_up(_flag_text(distinct), {w: w in YES for w in YES | NO}))


def _flag_text(text: pa.Array) -> pa.Array:
    plain = pc.utf8_trim_whitespace(pc.utf8_lower(pc.utf8_normalize(text, "NFKC")))
    return pc.if_else(pc.is_in(plain, pa.array(sorted(BLANK - YES - NO))), None, plain)


def choices(text: pa.Array, words: dict[str, str]) -> Parsed:
    """One of the words of the model, or a word known to mean it (lower case keys of `words`).

    >>> choices(pa.array(["自然人", "?"]), {"自然人": "Person"}).faults[0].reason
    'unknown word'
    """
    return by_distinct(text, lambda distinct: _looked_up(_choice_text(distinct, words), words))


def _choice_text(text: pa.Array, words: dict[str, str]) -> pa.Array:
    plain = pc.utf8_trim_whitespace(pc.utf8_lower(pc.utf8_normalize(text, "NFKC")))
    return pc.if_else(pc.is_in(plain, pa.array(sorted(BLANK - words.keys()))), None, plain)


def _looked_up(plain: pa.Array, words: dict[str, str] | dict[str, bool]) -> Parsed:
    found = pc.index_in(plain, pa.array(list(words)))
    lost = np.flatnonzero(pc.and_(plain.is_valid(), found.is_null()).to_numpy(zero_copy_only=False))
    faults = (Fault(lost, "unknown word"),) if len(lost) else ()
    return Parsed((pa.array(list(words.values())).take(found),), faults)


def texts(text: pa.Array) -> Parsed:
    """Text without space at its ends; empty is nothing.

    >>> texts(pa.array(["　华能 ", " "])).arrays[0].to_pylist()
    ['华能', None]
    """
    plain = pc.utf8_trim_whitespace(text)
    return Parsed((pc.if_else(pc.equal(plain, ""), None, plain),))
