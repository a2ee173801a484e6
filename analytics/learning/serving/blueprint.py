"""How a net is built: of which kind, over which relations, how wide and deep."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from analytics.learning.panel.ties import WAYS, Way
from graph.errors import InvalidModel

Kind = Literal["sum", "none", "r-gcn", "sage", "hgt"]
KINDS: Final[tuple[Kind, ...]] = ("sum", "none", "r-gcn", "sage", "hgt")


@dataclass(frozen=True)
class Blueprint:
    """Sizes of a net."""

    kind: Kind
    """How parties hear of one another: exposure-weighted sums, not at all, or as a rival does."""
    relations: tuple[str, ...]
    width: int
    """Numbers a party comes with."""
    tables: tuple[int, ...] = ()
    """Rows of the table of each category."""
    table: int = 4
    """Width of those tables."""
    hidden: int = 32
    message: int = 8
    layers: int = 2
    heads: int = 4
    """Of attention, where there is any."""
    rounds: int = 0
    """Rounds of a cascade that starts from what own figures say; 0 for none."""

    @property
    def channels(self) -> tuple[tuple[str, Way], ...]:
        """Relations, each heard in both ways: one matrix each."""
        if self.kind == "none" and not self.rounds:
            return ()
        return tuple((relation, way) for relation in self.relations for way in WAYS)

    @property
    def alone(self) -> "Blueprint":
        """The same without links."""
        return replace(self, kind="none", rounds=0)

    @property
    def begins_alone(self) -> bool:
        """Whether it holds all of the net without links, so that it can begin as that net; rivals are not built so."""
        return self.kind in ("sum", "none") and self != self.alone

    @property
    def hops(self) -> int:
        """How far away what moves a probability may be."""
        return max(self.layers if self.kind != "none" else 0, self.rounds)

    def facts(self) -> dict[str, Any]:
        """As JSON says it."""
        return asdict(self)

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Blueprint":
        """As JSON said it. Raises InvalidModel."""
        try:
            lists = {name: tuple(facts[name]) for name in ("relations", "tables")}
            found = cls(**{**facts, **lists})
        except (KeyError, TypeError):
            raise InvalidModel("its sizes cannot be read", where="blueprint") from None
        if found.kind not in KINDS:
            raise InvalidModel(f"is of the kind {found.kind!r}", where="blueprint")
        return found
