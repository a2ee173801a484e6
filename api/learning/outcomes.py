"""Who defaulted, when, and since when it is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from analytics.learning.panel.definitions import Definition
from analytics.learning.panel.split import Part
from graph.columns import ALWAYS, FOREVER, gathered
from graph.errors import InvalidPanel
from graph.facts import Facts
from graph.holding import EPOCH_DAY, When, holding, known
from graph.model import EVENT, EVENTS, OUTCOME, PARTS
from graph.nodes import Nodes

UNSAID = -1


def codes_of(facts: Facts, rows: NDArray[np.uint32]) -> NDArray[np.int8]:
    """Kinds of events by position in EVENTS."""
    said = facts.column(EVENT, "kind").take(pa.array(rows))
    return np.asarray(pc.index_in(said, value_set=pa.array(EVENTS)).fill_null(UNSAID), np.int8)


@dataclass(frozen=True)
class Defaults:
    """Events that are a default by a definition, as known at a moment."""

    node: NDArray[np.uint32]
    """Of the moment's nodes, shape (m,)."""
    day: NDArray[np.int32]
    """Days since 1970."""
    over: NDArray[np.int32]
    """First day on which it is no longer one, such as that of leaving a list; the largest number for none."""

    @classmethod
    def of(cls, facts: Facts, nodes: Nodes, when: When, meant: Definition) -> "Defaults":
        """All that are known and happened by the moment's day, those that are over too."""
        rows = known(facts, EVENT, when)
        late = gathered(facts.column(EVENT, "days"), rows, np.int64, null=UNSAID)
        kind = codes_of(facts, rows)
        day = gathered(facts.column(EVENT, "happened"), rows, np.int32, null=FOREVER)
        counts = meant.meets(kind, np.where(late < 0, np.nan, late)) & (day <= when.day)
        node = nodes.of[gathered(facts.column(EVENT, "party"), rows[counts], np.uint32)]
        over = gathered(facts.column(EVENT, "valid_to"), rows[counts], np.int32, null=FOREVER)
        return cls(node, day[counts], over)

    def on(self, day: int) -> "Defaults":
        """Those that stand on a day."""
        stand = (self.day <= day) & (self.over > day)
        return Defaults(self.node[stand], self.day[stand], self.over[stand])

    def first(self, size: int, *, after: int = ALWAYS) -> NDArray[np.int32]:
        """Day of the first default of each node after a day; the largest number where there is none."""
        found = np.full(size, FOREVER, np.int32)
        later = self.day > after
        np.minimum.at(found, self.node[later], self.day[later])
        return found


def told_until(facts: Facts, when: When, meant: Definition) -> dict[str, date]:
    """Day up to which each source of defaults has been delivered, as known at a moment: that of its last delivery.

    After the last of these days nobody tells of defaults, so that a year that reaches beyond it looks as if none had
    happened: such rows are censored on the right, and leaving them without a label is what keeps rates and
    probabilities unbiased. Where sources end at different days, those of the later ones still count all that they
    tell; what the earlier ones would have told is missing, which is said as a caution and cannot be mended here.
    """
    rows = known(facts, EVENT, when)
    late = gathered(facts.column(EVENT, "days"), rows, np.int64, null=UNSAID)
    counts = meant.meets(codes_of(facts, rows), np.where(late < 0, np.nan, late))
    words, code = facts.coded(EVENT, "source")
    sources = {words[at] for at in np.unique(code[rows[counts]]).tolist()}
    found: dict[str, date] = {}
    for load in facts.loads:
        if load.number <= when.version and load.source in sources:
            found[load.source] = max(load.until, found.get(load.source, load.until))
    return found


@dataclass(frozen=True)
class Stated:
    """Outcomes that a labelled data set states, as known at a moment."""

    node: NDArray[np.uint32]
    day: NDArray[np.int32]
    """Day a label looks ahead from, the smallest number for none."""
    defaulted: NDArray[np.bool_]
    part: NDArray[np.int8]
    """`Part` it is kept for; NONE where not said."""
    months: NDArray[np.int64]
    """How far it looks ahead; 0 where not said."""

    @classmethod
    def of(cls, facts: Facts, nodes: Nodes, when: When) -> "Stated":
        """All that are known."""
        rows = holding(facts, OUTCOME, when)
        node = nodes.of[gathered(facts.column(OUTCOME, "party"), rows, np.uint32)]
        day = gathered(facts.column(OUTCOME, "day"), rows, np.int32, null=ALWAYS)
        told = facts.column(OUTCOME, "defaulted").take(pa.array(rows)).fill_null(False)
        said = facts.column(OUTCOME, "part").take(pa.array(rows))
        part = np.asarray(pc.index_in(said, value_set=pa.array(PARTS)).fill_null(Part.NONE), np.int8)
        months = gathered(facts.column(OUTCOME, "horizon_months"), rows, np.int64, null=0)
        return cls(node, day, np.asarray(told.to_numpy(zero_copy_only=False), np.bool_), part, months)

    def on(self, day: date | None) -> "Stated":
        """Those that look ahead from a day, or from none."""
        mine = self.day == (ALWAYS if day is None else (day - EPOCH_DAY).days)
        return Stated(self.node[mine], self.day[mine], self.defaulted[mine], self.part[mine], self.months[mine])

    def horizon(self, days: Sequence[date | None]) -> int:
        """Months that all of some days look ahead; 0 where any does not say. Raises InvalidPanel where they differ."""
        told = sorted({month for day in days for month in np.unique(self.on(day).months).tolist()})
        if len(said := [month for month in told if month]) > 1:
            raise InvalidPanel(f"outcomes look {', '.join(map(str, said))} months ahead: they are not one label",
                               where="outcomes", remedy="load those of one horizon")  # fmt: skip
        return told[0] if told else 0
