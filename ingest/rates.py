"""Tables of exchange rates, guessed from their headers."""

import re
from collections.abc import Mapping
from typing import Final

from graph.field import Type

_RATE: Final = r"汇率|汇价|中间价|(?:exchange|fx|conversion)[ _]?rates?|^rates?$"
_DAY: Final = r"日$|日期|时间|\bdate|date\b|_date|\bday\b|as.?of"
_BASE: Final = r"(?:基准|基础|原|外|源)(?:币|货币)|^(?:base|from|source|foreign)(?![a-z])"
_QUOTE: Final = (
    r"(?:计价|标价|报价|目标|折算|兑换|本)(?:币|货币)|^(?:quote|to|target|term|counter|domestic|local)(?![a-z])"
)
_CURRENCY: Final = r"币种|币别|货币|currency|\bccy\b"


def rates_of(headers: Mapping[str, str], types: Mapping[str, Type | None]) -> dict[str, str]:
    """Columns of a table of exchange rates by the fields they state, from its plain headers and what they hold; none
    where it is none. Which currency a rate is told in, a table may leave unsaid.

    >>> types: dict[str, Type | None] = {"币种": "text", "日期": "date", "中间价": "number"}
    >>> rates_of({name: name for name in types}, types)
    {'base': '币种', 'day': '日期', 'rate': '中间价'}
    """

    def first(words: str, fitting: Type, *, but: tuple[str, ...] = ()) -> str:
        fits = (name for name in headers if types[name] in (fitting, None) and name not in but)
        return next((name for name in fits if re.search(words, headers[name])), "")

    rate, day, quote = first(_RATE, "number"), first(_DAY, "date"), first(_QUOTE, "text")
    base = first(_BASE, "text", but=(quote,)) or first(_CURRENCY, "text", but=(quote,))
    if not (rate and day and base):
        return {}
    found = {"base": base, "quote": quote, "day": day, "rate": rate}
    return {name: column for name, column in found.items() if column}
