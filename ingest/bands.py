"""Shares as registers write them: exact, ranges, open-ended, in both languages.

以上 and 以下 include the number, 超过 and 不满 do not (Civil Code of the PRC, art. 1259).
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.values import UNITS, Fault, Parsed, by_distinct, exponent, numbers, tidy

Band = tuple[float, float, int]
"""Low, high, ends: 0 both ends belong to it, +1 the low end does not, +2 the high end does not."""

_N = r"(\d+(?:\.\d+)?|\.\d+)\s*(%|‰|percent|per cent|pct)?"
_JOIN = r"(?:-|–|—|~|～|至|到|to|and|but not more than|but less than)"
_OVER = r">|大于|超过|多于|高于|more than|over|above|greater than|exceeding"
_FROM = r">=|=>|≥|不低于|不少于|不小于|至少|at least|not less than|from|min\.?|minimum"
_UNDER = r"<|小于|不足|不满|少于|低于|less than|under|below"
_UPTO = r"<=|=<|≤|不超过|不高于|不大于|至多|最多|up to|at most|not more than|max\.?|maximum"

_RANGE = re.compile(rf"(?P<low>{_OVER}|{_FROM}|\[|\()?\s*{_N}\s*(?P<above>以上)?\s*(?P<join>{_JOIN}|,|且|并)?\s*"
                    rf"(?P<high>{_UNDER}|{_UPTO})?\s*{_N}\s*(?P<close>以下|以内|\]|\))?")  # fmt: skip
_ONE = re.compile(rf"(?P<sign>{_FROM}|{_UPTO}|{_OVER}|{_UNDER})\s*{_N}")
_AFTER = re.compile(rf"{_N}\s*(?P<word>以上|以下|以内|及以上|及以下|or more|or less|or over|and above|\+)"
                    r"(?P<without>\s*\(?不含(?:本数)?\)?)?")  # fmt: skip


def bands(text: pa.Array, *, unit: str = "") -> Parsed:
    """Bands of fractions: lows, highs and ends.

    >>> [a.to_pylist() for a in bands(pa.array(["25%", ">50-75%", "25%以上"])).arrays]
    [[0.25, 0.5, 0.25], [0.25, 0.75, 1.0], [0, 1, 0]]
    """
    exact = numbers(text, unit=unit)
    if exact.faults:
        return by_distinct(text, lambda distinct: _bands(distinct, unit))
    point = exact.arrays[0]
    return Parsed((point, point, _zeros(point)))


def _zeros(point: pa.Array) -> pa.Array:
    ends = pa.repeat(pa.scalar(0, pa.int8()), len(point))
    return pc.if_else(point.is_valid(), ends, None)


def _bands(text: pa.Array, unit: str) -> Parsed:
    exact = numbers(text, unit=unit)
    found: list[Band | None] = [None if v is None else (v, v, 0) for v in exact.arrays[0].to_pylist()]
    lost: dict[str, list[int]] = {}
    plain = tidy(text).to_pylist()
    for fault in exact.faults:
        for row in fault.rows.tolist():
            found[row] = read_band(plain[row], power=exponent(unit))
            if found[row] is None:
                reason = "not a share" if fault.reason == "not a number" else fault.reason
                lost.setdefault(reason, []).append(row)
    parts = [[None if band is None else band[i] for band in found] for i in range(3)]
    arrays = (pa.array(parts[0], pa.float64()), pa.array(parts[1], pa.float64()), pa.array(parts[2], pa.int8()))
    return Parsed(arrays, tuple(Fault(np.array(rows, np.int64), reason) for reason, rows in lost.items()))


def read_band(text: str, *, power: int = 0) -> Band | None:
    """One band from tidy text; None where it is none.

    >>> read_band("more than 25% but not more than 50%")
    (0.25, 0.5, 1)
    >>> read_band("不足5%")
    (0.0, 0.05, 2)
    """
    text = re.sub(r"\s+", " ", text)
    if (match := _RANGE.fullmatch(text)) and (match["join"] or match["above"] or match["high"]):
        return _range(match, power)
    if match := _ONE.fullmatch(text):
        value = _fraction(match[2], match[3], power)
        if re.fullmatch(f"{_FROM}|{_OVER}", match["sign"]):
            return value, 1.0, int(re.fullmatch(_FROM, match["sign"]) is None)
        return 0.0, value, 2 * int(re.fullmatch(_UPTO, match["sign"]) is None)
    if match := _AFTER.fullmatch(text):
        value, without = _fraction(match[1], match[2], power), int(match["without"] is not None)
        upward = match["word"] not in ("以下", "以内", "及以下", "or less")
        return (value, 1.0, without) if upward else (0.0, value, 2 * without)
    return None


def _range(match: re.Match[str], power: int) -> Band | None:
    low_mark, high_mark = match["low"] or "", match["high"] or ""
    brackets = low_mark in ("[", "("), (match["close"] or "") in ("]", ")")
    if brackets[0] != brackets[1] or (match["join"] == "," and not brackets[0] and not high_mark):
        return None
    unit = match[3] or match[8]
    low, high = _fraction(match[2], match[3] or unit, power), _fraction(match[7], match[8] or unit, power)
    low_open = low_mark == "(" or re.fullmatch(_OVER, low_mark) is not None
    less = match["join"] == "but less than" or re.fullmatch(_UNDER, high_mark) is not None
    return low, high, int(low_open) + 2 * int(less or match["close"] == ")")


def _fraction(digits: str, unit: str | None, power: int) -> float:
    return float(f"{digits}e{UNITS[unit] if unit else power}")
