"""What a kind of fact is made of: a field, a kind, and the types a field can have."""

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "choice", "integer", "number", "money", "fraction", "band", "date", "flag"]
"""How a value is written and checked.

`money` is a float in whole units of the row's `currency`; `fraction` lies in 0 to 1; `band` is an
interval of fractions and takes three columns: NAME_low, NAME_high (floats) and NAME_ends (integer:
0 both ends belong to it, +1 the low end does not, +2 the high end does not)."""

PartyKind = Literal["Company", "Person", "State"]
PARTY_KINDS: tuple[PartyKind, ...] = ("Company", "Person", "State")
"""Position in this tuple is the code of a party's kind in every array."""

BAND_PARTS = ("low", "high", "ends")


@dataclass(frozen=True)
class Field:
    """One field of a kind of fact, with what it means in both languages."""

    name: str
    type: Type
    en: str
    zh: str
    unit: str = ""
    key: bool = False
    """Distinguishes two facts of one kind between the same ends."""
    required: bool = False
    choices: tuple[str, ...] = ()
    """The words a `choice` may take; position is the code in arrays, -1 where none is given."""
    low: float | None = None
    high: float | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns this field takes."""
        return tuple(f"{self.name}_{part}" for part in BAND_PARTS) if self.type == "band" else (self.name,)


@dataclass(frozen=True)
class Kind:
    """One kind of fact: a relation between two parties, or a record about one party or about none."""

    name: str
    """Relation type in capitals (`OWNS`) or label of a record (`Profile`)."""
    en: str
    zh: str
    fields: tuple[Field, ...]
    ends: tuple[str, ...] = ("from", "to")
    """Columns that name parties: ("from", "to") for a relation, ("party",) or () for a record."""
    from_kinds: tuple[PartyKind, ...] = PARTY_KINDS
    to_kinds: tuple[PartyKind, ...] = PARTY_KINDS
    to_itself: bool = False
    """Whether a party may stand at both ends (treasury shares)."""
    contested: bool = True
    """Whether facts of several sources about one pair are rivals, of which one source's count; else all count."""

    @property
    def is_relation(self) -> bool:
        """Whether facts of this kind are arrows between two parties."""
        return len(self.ends) == 2

    def field(self, name: str) -> Field:
        """The field of this name; KeyError where there is none."""
        return next(f for f in self.fields if f.name == name)
