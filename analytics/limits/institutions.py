"""Whom a code of industry calls a bank."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from analytics.rules.reading import read_rows
from analytics.rules.rule import Norm


@dataclass(frozen=True, kw_only=True)
class Trade(Norm):
    """An industry whose firms may be institutions (同业)."""

    begins: str
    """How its codes begin, without dots and blanks."""


TRADES: Mapping[str, Trade] = read_rows(Trade, "analytics.limits", "institutions.toml")


def trade_of(code: str | None) -> Trade | None:
    r"""Name the industry of institutions that a code belongs to; None where it belongs to none.

    .. math:: \{t : \text{begins}_t \sqsubseteq code\}

    Parameters
    ----------
    code : str, optional
        Code of an industry with its section's letter, such as J6621 or K64.19.

    Raises
    ------
    Nothing; a code of digits alone could be of any classification, and names none.

    Source
    ------
    `institutions.toml`; the domain reference gives banks limits of their own (§2.6) and no codes.

    Example
    -------
    >>> [trade and trade.id for trade in map(trade_of, ("J66", "j6621", "K64.19", "K64.2", "C35", None))]
    ['GBT4754_J66', 'GBT4754_J66', 'NACE_K64_1', None, None, None]
    """
    plain = re.sub(r"[\s.]", "", code or "").upper()
    return next((trade for trade in TRADES.values() if plain.startswith(trade.begins)), None)
