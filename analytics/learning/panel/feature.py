"""One figure of a firm, declared once."""

from dataclasses import dataclass
from typing import Final, Literal

Scope = Literal["own", "engine", "neighbours"]
"""Own figures and events; measures of the engine over the network; what is made of neighbours."""
Direction = Literal[-1, 0, 1]
SCOPES: Final[tuple[Scope, ...]] = ("own", "engine", "neighbours")


@dataclass(frozen=True)
class Feature:
    """A figure of a firm on a day."""

    name: str
    """As models and files name it: letters, digits, `_` and `.`."""
    unit: str
    """`fraction`, `ratio`, `count`, `years`, `log money`, `flag`, `code`, `probability`; empty where not said."""
    en: str
    zh: str
    direction: Direction
    """1 where more of it never lowers risk, -1 where more never raises it, 0 where neither is certain."""
    scope: Scope
    source: str
    """Where its definition stands, such as `domain §5.1`."""
    categories: tuple[str, ...] = ()
    """What the values 0, 1, … of a code stand for; empty for a number."""
