"""What counts as default: `definitions.toml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from analytics.rules.reading import read_rows
from analytics.rules.rule import Among, Flaw, Norm
from graph.errors import UnknownRule
from graph.model import EVENTS

OVERDUE = EVENTS.index("overdue")


@dataclass(frozen=True, kw_only=True)
class Definition(Norm):
    """A definition of default."""

    events: tuple[Annotated[str, Among(EVENTS)], ...]
    """Kinds of events that are one, whatever their amount."""
    at_least: bool
    """Whether exactly as many days past due are enough."""
    days_past_due: int | None = None
    """None: days past due do not count."""

    def flaws(self) -> Iterator[Flaw]:
        """What its fields may not be together."""
        yield from super().flaws()
        if "overdue" in self.events:
            yield Flaw("events", "overdue counts by its days", "say after how many, as days_past_due")

    def meets(self, kind: NDArray[np.int8], days: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which events are a default; `kind` by position in EVENTS, days past due NaN where not said, shape (m,)."""
        found = np.isin(kind, [EVENTS.index(word) for word in self.events])
        if self.days_past_due is not None:
            late = days >= self.days_past_due if self.at_least else days > self.days_past_due
            found |= (kind == OVERDUE) & late
        return found


@cache
def definitions() -> Mapping[str, Definition]:
    r"""Read all definitions of default, by id.

    .. math:: \text{default} \iff \text{event} \in E \;\lor\; d \ge D \;(\text{or } d > D)

    Parameters
    ----------
    none : what the package's file says

    Raises
    ------
    InvalidRule
        If the file says what cannot be; it is tested, so that only a changed one can.

    Source
    ------
    `definitions.toml`, each with its citation.

    Example
    -------
    >>> kind, days = np.array([OVERDUE, OVERDUE], np.int8), np.array([90.0, 91.0])
    >>> {name: definitions()[name].meets(kind, days).tolist() for name in ("IFRS9", "BASEL")}
    {'IFRS9': [True, True], 'BASEL': [False, True]}
    """
    return read_rows(Definition, "analytics.learning.panel", "definitions.toml")


def definition(name: str) -> Definition:
    r"""Find a definition of default by its id.

    .. math:: id \mapsto \text{definition}

    Parameters
    ----------
    name : str
        Its id.

    Raises
    ------
    UnknownRule
        If there is none of this id.

    Source
    ------
    `definitions.toml`.

    Example
    -------
    >>> definition("CN").events
    ('default', 'insolvency', 'dishonesty')
    """
    if name not in definitions():
        raise UnknownRule(name, where="definition", remedy="there are " + ", ".join(definitions()))
    return definitions()[name]
