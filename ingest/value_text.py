"""A column of text is read as one field of the model, by the field's type."""

from collections.abc import Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from graph.field import Field
from graph.model import FACT_FIELDS
from ingest.bands import bands
from ingest.days import days, instants
from ingest.values import Parsed, by_distinct, choices, flags, integers, numbers, texts
from ingest.words import CURRENCY_WORDS, words_of

OP: Final = Field("op", "choice", "Stated, ended, corrected or never true", "陈述方式",
                  choices=("record", "end", "correct", "retract"))  # fmt: skip
STATED_AT: Final = Field("stated_at", "text", "When the source said so", "陈述时刻")
TIMES: Final = {f.name: f for f in FACT_FIELDS if f.name in ("valid_from", "valid_to", "confidence", "note")}
"""What any fact may say beside its own fields."""

_PLAIN: Final = {"text": texts, "flag": flags}
_MEASURED: Final = {"band": bands, "integer": integers}
_CURRENCIES = frozenset((("Rate", "base"), ("Rate", "quote")))


def read_value(
    target: Field, kind: str, text: pa.Array, *, unit: str = "", form: str = "", words: Mapping[str, str] | None = None
) -> Parsed:
    """Read text as a field of a kind; `words` go before the words that are known anyway.

    >>> from graph.model import OWNS
    >>> [a[0].as_py() for a in read_value(OWNS.field("share"), "OWNS", pa.array(["51%"])).arrays]
    [0.51, 0.51, 0]
    """
    if words:
        text = by_distinct(text, lambda distinct: Parsed((_translated(distinct, words),))).arrays[0]
    if target is STATED_AT:
        return instants(text, form=form)
    if target.name == "currency" or (kind, target.name) in _CURRENCIES:
        return by_distinct(text, _currencies)
    if (kind, target.name) == ("Statement", "unit"):
        return by_distinct(text, _units)
    if target.type == "choice":
        return choices(text, words_of(kind, target.name, target.choices))
    if target.type == "date":
        return days(text, form=form)
    return _PLAIN[target.type](text) if target.type in _PLAIN else _MEASURED.get(target.type, numbers)(text, unit=unit)


def _translated(text: pa.Array, words: Mapping[str, str]) -> pa.Array:
    plain = pc.utf8_trim_whitespace(text)
    found = pc.index_in(plain, pa.array(list(words)))
    return pc.coalesce(pa.array(list(words.values()), pa.string()).take(found), plain)


def _currencies(text: pa.Array) -> Parsed:
    plain = texts(pc.utf8_normalize(text, "NFKC")).arrays[0]
    return Parsed((pc.coalesce(_named(plain), pc.utf8_upper(plain)),))


def _units(text: pa.Array) -> Parsed:
    """Currencies; `ratio` and `count` stay words."""
    plain = texts(text).arrays[0]
    return Parsed((pc.coalesce(_named(pc.utf8_normalize(plain, "NFKC")), plain),))


def _named(plain: pa.Array) -> pa.Array:
    found = pc.index_in(pc.utf8_lower(plain), pa.array(list(CURRENCY_WORDS)))
    return pa.array(list(CURRENCY_WORDS.values())).take(found)
