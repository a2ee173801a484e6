"""A panel out of facts, wave by wave: what was true and known on each day, and who defaulted after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.learning.panel import Feature, Panel, Part, Ties, Wave
from analytics.learning.panel.definitions import Definition, definition
from analytics.learning.panel.gaps import Gaps
from analytics.learning.panel.wave import UNKNOWN_YET
from api.answers.progress import Progress, Stage
from api.engine import Engine, View
from api.learning.figures import Coded, Figures, figures, other_items
from api.learning.measures import Index, systemic_index
from api.learning.outcomes import Defaults, Stated, told_until
from api.learning.plan import STATED, Plan
from api.learning.refused import refused_rows
from api.learning.ties import Tied, tied
from graph.columns import FOREVER
from graph.errors import InvalidPanel
from graph.field import PARTY_KINDS
from graph.holding import EPOCH_DAY, When
from graph.moment import Moment
from graph.texts import UNKNOWN

GONE: Final = ("dissolved",)
"""States of a firm that is no row any more; an insolvent one has defaulted."""
YEAR: Final = 365.25


@dataclass(frozen=True)
class Seen:
    """A wave by the numbers of its snapshot, before parties are numbered for all waves."""

    day: date | None
    moment: Moment
    party: NDArray[np.uint32]
    """Number among all facts' parties of each node."""
    features: tuple[Feature, ...]
    values: NDArray[np.float32]
    capacity: NDArray[np.float64]
    since: NDArray[np.float32]
    """Years since a default, NaN for none."""
    row: NDArray[np.bool_]
    label: NDArray[np.int8]
    """Of every node."""
    part: NDArray[np.int8]
    ties: dict[str, Tied]
    there: frozenset[str]
    """Relations with links, those that do not count too."""


def build_panel(
    engine: Engine, plan: Plan, *, now: Moment, progress: Progress, codes: Coded | None = None
) -> Panel:  # fmt: skip
    """The panel that a plan asks for, out of what is known now.

    Figures and links of a day are those true on it and known by its end; who joins whom as one party too. A firm is a
    row while it states anything, is not dissolved and does not stand in default as far as is known. Its label is 1
    where a default happens within the horizon, whether or not it is over by now, 0 where none is known now, and open
    where the firm stood in default and nobody knew. Days whose horizon is not over yet, or not known to its end, have
    no labels: neither those that reach beyond the moment that is asked of, nor beyond the last delivery of all sources
    of defaults (`told_until`). Categories are those of `codes`, else of the first day. Raises InvalidPanel where
    nothing is known on a day, a relation is none, or stated outcomes look ahead unlike far, or not as far as is asked.
    """
    later = _Later.of(engine, plan, now)
    days: Sequence[date | None] = plan.days or [None]
    horizon = plan.months if later.stated is None else plan.looks(later.stated.horizon(days))
    seen: list[Seen] = []
    last = plan.moment(days[-1], now) if days[-1] else now
    others = other_items(engine.view(last)) if plan.others else []
    for number, day in enumerate(days):
        stage = Stage(number / len(days), f"reading {day or 'the graph'}", f"读取 {day or '图'}")
        progress(stage)
        moment = now if day is None else plan.moment(day, now)
        view = engine.view(moment)
        index = systemic_index(engine.place.folder, lambda _done, _all, at=stage: progress(at))  # type: ignore[misc]
        told = Figuring(codes, others, index if plan.systemic else None)
        found, codes = _see(view, plan, day, told, later)
        seen.append(found)
    progress(Stage(1.0, "numbering parties", "主体编号"))
    panel = _numbered(engine, plan, seen, now, horizon)
    return replace(panel, gaps=Gaps(refused_rows(engine, panel, now), later.told))


@dataclass(frozen=True)
class _Later:
    """What is known now of defaults, by the parties of now."""

    defaults: Defaults | None
    stated: Stated | None
    node_of: NDArray[np.uint32]
    size: int
    until: int
    """Last day of which it is known."""
    told: Mapping[str, date]
    """Day up to which each source of defaults was delivered."""
    meant: Definition

    @classmethod
    def of(cls, engine: Engine, plan: Plan, now: Moment) -> "_Later":
        snapshot = engine.view(now).snapshot
        when = When.of(snapshot.moment, snapshot.version)
        meant = definition(plan.definition)
        events = plan.labels == "events"
        until = when.day
        if now.known_at < engine.moment(version=now.version).known_at:
            # Asked as it was known at an earlier instant: of later days nothing was known.
            until = min(until, (now.known_at.date() - EPOCH_DAY).days)
        told = told_until(snapshot.facts, when, meant) if events else {}
        until = min(until, max(((day - EPOCH_DAY).days for day in told.values()), default=until))
        return cls(
            Defaults.of(snapshot.facts, snapshot.nodes, when, meant) if events else None,
            None if events else Stated.of(snapshot.facts, snapshot.nodes, when),
            snapshot.nodes.of, snapshot.size, until, told, meant,
        )  # fmt: skip


def covered(engine: Engine, plan: Plan, now: Moment) -> date:
    """Last day whose defaults are told at a moment; stated outcomes are told at once."""
    return EPOCH_DAY + timedelta(days=_Later.of(engine, plan, now).until)


@dataclass(frozen=True)
class Figuring:
    """What figures are made by."""

    codes: Coded | None
    """Categories; none: those of the moment."""
    others: Sequence[str]
    """Items that are figures beside those with a meaning here."""
    index: Index | None
    """The systemic index, where it is a figure."""


@dataclass(frozen=True)
class Stood:
    """What every node of a snapshot is on its day, whatever becomes of it."""

    told: Figures
    since: NDArray[np.float32]
    """Years since a default, NaN for none."""
    company: NDArray[np.bool_]
    gone: NDArray[np.bool_]
    """No firm any more."""
    ties: dict[str, Tied]

    @classmethod
    def of(cls, view: View, asked: "Figuring", *, dated: bool, meant: Definition | None) -> "Stood":
        """Of a view; `meant` says which events are a default, none where events say nothing of it."""
        snapshot = view.snapshot
        told = figures(view, codes=asked.codes, others=asked.others, dated=dated, index=asked.index)
        since = np.full(snapshot.size, np.nan, np.float32)
        if meant is not None:
            when = When.of(snapshot.moment, snapshot.version)
            first = Defaults.of(snapshot.facts, snapshot.nodes, when, meant).on(when.day).first(snapshot.size)
            since[first < FOREVER] = (when.day - first[first < FOREVER]) / YEAR
        status = snapshot.traits("status")
        gone = status.any_of([word in GONE for word in status.words])
        return cls(
            told, since, snapshot.kind == PARTY_KINDS.index("Company"), gone, tied(snapshot, told.equity, dated=dated)
        )

    @property
    def row(self) -> NDArray[np.bool_]:
        """Firms that state anything, stand, and are not known to have defaulted."""
        return self.company & self.told.known & ~self.gone & np.isnan(self.since)


def _see(view: View, plan: Plan, day: date | None, asked: Figuring, later: _Later) -> tuple[Seen, Coded]:
    snapshot = view.snapshot
    meant = later.meant if plan.labels == "events" else None
    stood = Stood.of(view, asked, dated=day is not None, meant=meant)
    told, row = stood.told, stood.row
    party = snapshot.nodes.representative
    label, part = _labels(plan, day, party, later)
    if plan.labels == "outcomes":
        row &= part != _SILENT
    ties = {name: found for name, found in stood.ties.items() if _counts(name, plan)}
    seen = Seen(day, snapshot.moment, party, told.features, told.values, told.capacity, stood.since, row, label,
                np.where(part == _SILENT, Part.NONE, part).astype(np.int8), ties, frozenset(stood.ties))  # fmt: skip
    return seen, told.codes


_SILENT: Final = -2


def _counts(relation: str, plan: Plan) -> bool:
    return not plan.relations or relation in plan.relations


def _labels(
    plan: Plan, day: date | None, party: NDArray[np.uint32], later: _Later
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Label and part of every node, by who its party is as known now."""
    mine = later.node_of[party]
    if later.stated is not None:
        said = later.stated.on(day)
        label, part = np.full(later.size, UNKNOWN_YET, np.int8), np.full(later.size, _SILENT, np.int8)
        label[said.node], part[said.node] = said.defaulted, said.part
        return label[mine], part[mine]
    if later.defaults is None or day is None:
        raise InvalidPanel("events need days to look ahead from", where="days", remedy="name as-of days")
    start, end = (day - EPOCH_DAY).days, (plan.ends(day) - EPOCH_DAY).days
    label = np.where(later.defaults.first(later.size, after=start) <= end, 1, 0).astype(np.int8)
    # It stood in default on the day; where that was known, it is no row.
    label[later.defaults.on(start).first(later.size) < FOREVER] = UNKNOWN_YET
    if end > later.until:
        # All of them: who has defaulted so far, alone, would be a day of nothing but defaults.
        label[:] = UNKNOWN_YET
    return label[mine], np.full(len(party), Part.NONE, np.int8)


def _numbered(engine: Engine, plan: Plan, seen: list[Seen], now: Moment, horizon: int) -> Panel:
    facts = engine.view(now).snapshot.facts
    relations = tuple(sorted({relation for each in seen for relation in each.ties}))
    there = {name for each in seen for name in each.there}
    if unknown := sorted(set(plan.relations) - there):
        raise InvalidPanel(f"no links of {', '.join(unknown)}", where="relations",
                           remedy="there are " + (", ".join(sorted(there)) or "none"))  # fmt: skip
    if not any(each.row.any() for each in seen):
        raise InvalidPanel("no firm is known on any of the days", where="panel", remedy=_WHY_NONE)
    used = np.zeros(len(facts.order), np.bool_)
    for each in seen:
        used[each.party[each.row]] = True
        for links in each.ties.values():
            used[each.party[links.tail]] = used[each.party[links.head]] = True
    parties = facts.order[used[facts.order]]
    place = np.full(len(used), UNKNOWN, np.uint32)
    place[parties] = np.arange(len(parties), dtype=np.uint32)
    ids = tuple(facts.ids.take(parties).to_pylist())
    firm = facts.party_kind[parties] == PARTY_KINDS.index("Company")
    details = {name: found.details for each in seen for name, found in each.ties.items()}
    none = {name: _none(details[name]) for name in relations}
    waves = tuple(_wave(each, place, len(parties), none, dated=plan.known == "recorded") for each in seen)
    given = None
    if plan.labels == "outcomes" and any((each.part[each.row] != Part.NONE).any() for each in seen):
        given = tuple(_spread(each.part, each, place, len(parties), Part.NONE)[w.rows]
                      for each, w in zip(seen, waves, strict=True))  # fmt: skip
    meant = plan.definition if plan.labels == "events" else STATED
    return Panel(ids, firm, seen[0].features, relations, waves, meant, horizon, given)


_WHY_NONE = 'what was loaded without a date of its own is known from its load on: ask with known = "now"'


def _none(details: Mapping[str, NDArray[np.float32]]) -> Tied:
    """No links, with the details that others of the relation have."""
    ends, nothing = np.empty(0, np.uint32), {name: np.empty(0, np.float32) for name in details}
    return Tied(ends, ends, np.empty(0), np.empty(0, np.int64), nothing)


def _wave(seen: Seen, place: NDArray[np.uint32], size: int, none: Mapping[str, Tied], *, dated: bool) -> Wave:
    row = _spread(seen.row, seen, place, size, False)
    since = _spread(seen.since, seen, place, size, np.nan)
    rows = np.flatnonzero(row).astype(np.int32)
    at = place[seen.party]
    ties = {name: _ties(seen.ties.get(name, empty), at) for name, empty in none.items()}
    return Wave(
        seen.day, seen.moment.known_at if dated and seen.day else None,
        _spread(seen.values, seen, place, size, np.nan), _spread(seen.capacity, seen, place, size, np.nan),
        ~np.isnan(since), rows, _spread(seen.label, seen, place, size, UNKNOWN_YET)[rows], ties, since,
    )  # fmt: skip


def _spread(values: NDArray[np.generic], seen: Seen, place: NDArray[np.uint32], size: int, none: float) -> NDArray:  # type: ignore[type-arg]
    """Values of a snapshot's nodes as values of the panel's parties."""
    at = place[seen.party]
    mine = at != UNKNOWN
    found = np.full((size, *values.shape[1:]), none, values.dtype)
    found[at[mine]] = values[mine]
    return found


def _ties(links: Tied, at: NDArray[np.uint32]) -> Ties:
    tail, head = (at[ends].astype(np.int32) for ends in (links.tail, links.head))
    return Ties(tail, head, links.stake, links.fact, links.details)
