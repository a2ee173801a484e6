"""When each link of a web held, as it is known: its periods, gaps and overlaps, and when whole paths held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from analytics.structure.linkage.timeline import Period as Days
from analytics.structure.linkage.timeline import cover, together
from analytics.structure.paths import Path, Web
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.questions.links.chains import Period
from graph.columns import ALWAYS, FOREVER
from graph.field import Kind
from graph.holding import EPOCH_DAY

Key = tuple[int, int, int]
"""Position of the relation, tail, head."""


@dataclass(frozen=True)
class Stretch:
    """One fact of a link, when it is true, and from when that was known."""

    fact: Fact
    valid_from: date | None
    valid_to: date | None
    known_from: datetime
    holds: bool
    """Whether it is true on the day asked about."""
    set_aside: bool
    """Whether it would be, but another source is believed."""


@dataclass(frozen=True)
class TimeLine:
    """All that is known of one relation from one party to another, also of other days."""

    tail: Party
    head: Party
    kind: str
    stretches: tuple[Stretch, ...]
    """In the order in which they begin."""
    gaps: tuple[Period, ...]
    """Between its first day and its last, when none of them holds."""
    overlaps: tuple[Period, ...]
    """When several hold at once: several sources, contracts or products, or a contradiction."""


class Times:
    """Time lines of the links behind some paths, each read once."""

    def __init__(self, evidence: Evidence, web: Web, kinds: Sequence[Kind], paths: Iterable[Path]) -> None:
        self._evidence = evidence
        self._ties: dict[tuple[int, int], set[Key]] = {}
        self.lines: dict[Key, TimeLine] = {}
        """By relation and ends, in the order of the paths."""
        self._counted: dict[Key, set[int]] = {}
        order: dict[Key, None] = {}
        steps = dict.fromkeys(pair for path in paths for pair in zip(path.nodes, path.nodes[1:], strict=False))
        for a, b in steps:
            keys = [(found.relation, *((a, b) if found.forward else (b, a))) for found in web.evidence(a, b)]
            self._ties[a, b] = set(keys)
            for key, found in zip(keys, web.evidence(a, b), strict=True):
                links = evidence.snapshot.links(kinds[found.relation])
                self._counted.setdefault(key, set()).add(int(links.fact[found.link]))
            order |= dict.fromkeys(keys)
        self._days: dict[Key, list[Days]] = {}
        for number, kind in enumerate(kinds):
            self._read(kind, [key for key in order if key[0] == number])
        self.lines = {key: self.lines[key] for key in order}

    def whole(self, path: Path) -> tuple[Period, ...]:
        """When all steps of a path held at once."""
        steps = [
            cover(days for key in self._ties[pair] for days in self._days[key]).held
            for pair in zip(path.nodes, path.nodes[1:], strict=False)
        ]
        return tuple(map(_period, together(steps)))

    def _read(self, kind: Kind, keys: list[Key]) -> None:
        history = self._evidence.snapshot.history(kind) if keys else None
        if history is None:
            return
        rows = [history.between(tail, head) for _, tail, head in keys]
        facts = iter(self._evidence.stated(kind, np.concatenate(rows)))
        for key, mine in zip(keys, rows, strict=True):
            said = [(next(facts), row in self._counted[key]) for row in mine.tolist()]
            stretches = [self._stretch(*one) for one in said if one[0].values.get("verdict") != "rejected"]
            stretches.sort(key=lambda one: (_days(one), one.fact.fact_id))
            self._days[key] = [_days(one) for one in stretches]
            tail, head = self._evidence.parties(key[1:])
            found = cover(self._days[key])
            gaps, overlaps = (tuple(map(_period, some)) for some in (found.gaps, found.overlaps))
            self.lines[key] = TimeLine(tail, head, kind.name, tuple(stretches), gaps, overlaps)

    def _stretch(self, fact: Fact, counted: bool) -> Stretch:
        source, day = self._evidence.source(fact.fact_id), self._evidence.snapshot.moment.valid_at
        on_day = (source.valid_from or date.min) <= day < (source.valid_to or date.max)
        span = source.valid_from, source.valid_to, source.recorded_at
        return Stretch(fact, *span, on_day and counted, on_day and not counted)


def _days(stretch: Stretch) -> Days:
    first, last = stretch.valid_from, stretch.valid_to
    return (
        ALWAYS if first is None else (first - EPOCH_DAY).days,
        FOREVER if last is None else (last - EPOCH_DAY).days,
    )


def _period(days: Days) -> Period:
    first, last = days
    return Period(
        None if first == ALWAYS else EPOCH_DAY + timedelta(days=first),
        None if last == FOREVER else EPOCH_DAY + timedelta(days=last),
    )
