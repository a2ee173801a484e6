"""Figures of every node at a moment: its own, and the engine's measures of where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from analytics.learning.features import events, ratios
from analytics.learning.features.items import ITEMS, Sheet
from analytics.learning.features.profile import Codes, Profile
from analytics.learning.panel import Feature
from analytics.learning.panel.ties import capacities
from analytics.structure.dependence.age import oldest_period
from api.engine import View
from api.learning.measures import Index, measures
from api.learning.outcomes import codes_of
from graph import sheet, sheets
from graph.columns import ALWAYS, FOREVER, gathered
from graph.currencies import CURRENCIES
from graph.holding import EPOCH_DAY, When, holding, known
from graph.model import EVENT, EVENTS, PROFILE, STATEMENT

Numbers = NDArray[np.float64]
Coded = tuple[Codes, Codes, Codes]
PROVINCE: Final = 5
"""Letters of a jurisdiction that count: country and its part."""
YEAR_BEFORE: Final = (430, 300)
"""Days before a period's end between which the one of a year before ends."""
NEAR: Final = 200
"""Days before the end of the newest period that an item's may end: the last half-year beside a year's."""


@dataclass(frozen=True)
class Figures:
    """k figures of n nodes."""

    features: tuple[Feature, ...]
    values: NDArray[np.float32]
    """Shape (n, k); NaN where missing."""
    equity: Numbers
    capacity: Numbers
    """What each can bear; NaN where nothing says."""
    known: NDArray[np.bool_]
    """Who states anything: an item of a statement, or a profile."""
    codes: Coded
    """Industry, region and size."""


def figures(
    view: View, *, codes: Coded | None, others: Sequence[str], dated: bool, index: Index | None = None
) -> Figures:
    """Figures of a moment. Categories are those given, else those of this moment; `others` are further items.

    The systemic index is one of them where it is given. Of a graph without days nothing is told that would hang on the
    day it is asked: age is missing, and so is what counts from events where there are any.
    """
    snapshot = view.snapshot
    when = When.of(snapshot.moment, snapshot.version)
    items, values, rows = _sheet(view, when, others, dated=dated)
    named = items.now
    equity = np.asarray(items["net_assets"])
    equity = np.where(np.isnan(equity), items["total_assets"] - items["total_liabilities"], equity)
    profile = _profile(view, when, np.column_stack([items["total_assets"], items["revenue"]]), codes, dated=dated)
    happened = _events(view, when, equity, dated=dated)
    made, measured = measures(view, equity, index)
    extra = tuple(Feature(name, "", name, name, 0, "own", "the data set") for name in others)
    blocks: list[NDArray[Any]] = [
        ratios.Ratios.of(items).values,
        happened,
        profile[0].values,
        measured,
        values[:, len(named) :],
    ]
    features = (*ratios.FEATURES, *events.FEATURES, *profile[0].features, *made, *extra)
    capacity = capacities(equity, items["total_assets"], np.nan_to_num(profile[2][2].values, nan=-1).astype(np.int64))
    stated = (rows >= 0).any(axis=1) | profile[1]
    return Figures(features, np.hstack(blocks).astype(np.float32), equity, capacity, stated, profile[2])


def other_items(view: View) -> list[str]:
    """Items that statements known at a moment name beside those with a meaning here."""
    facts, moment = view.snapshot.facts, view.snapshot.moment
    meant = {name for item in ITEMS.values() for name in item.names}
    rows = known(facts, STATEMENT, When.of(moment, view.snapshot.version))
    said = pc.unique(facts.column(STATEMENT, "item").take(rows).cast("string")).to_pylist()
    return sorted(name for name in said if name is not None and name not in meant)


def _sheet(view: View, when: When, others: Sequence[str], *, dated: bool) -> tuple[Sheet, Numbers, NDArray[np.int64]]:
    """Items by what they mean, all of them with the others behind, and the rows they stand in."""
    snapshot, meant = view.snapshot, tuple(ITEMS.values())
    wanted = [sheet.Item(item.names, item.of_a_year and dated) for item in meant]
    wanted += [sheet.Item((name,), False) for name in others]
    shape = (snapshot.size, len(wanted))
    oldest = (oldest_period(snapshot.moment.valid_at) - EPOCH_DAY).days if dated else ALWAYS
    now = sheet.latest_sheet(snapshot.facts, snapshot.nodes, when, wanted, factor=_factor(view),
                             low=np.full(shape, oldest, np.int32), high=np.full(shape, when.day, np.int32))  # fmt: skip
    names, count = list(ITEMS), len(meant)
    if dated:
        # One statement, whole: what only an older one says stays missing, lest two years are divided by each other.
        stale = now.period < now.period.max(axis=1, initial=ALWAYS, keepdims=True) - NEAR
        now.value[stale], now.period[stale], now.row[stale] = np.nan, ALWAYS, -1
    if not dated:
        return Sheet(snapshot.size, dict(zip(names, now.value.T, strict=False)), {}), now.value, now.row
    ends = np.where(now.period[:, :count] == ALWAYS, 0, now.period[:, :count])
    before = sheet.latest_sheet(snapshot.facts, snapshot.nodes, when, wanted[:count], factor=_factor(view),
                                low=ends - YEAR_BEFORE[0], high=ends - YEAR_BEFORE[1])  # fmt: skip
    told = [dict(zip(names, each.T, strict=False)) for each in (now.value, before.value)]
    return Sheet(snapshot.size, *told), now.value, now.row


def _factor(view: View) -> sheet.Factor:
    """Money in the moment's currency; what has no currency as it is."""

    money = sheets.into(view.snapshot.moment.currency, view.snapshot.rate)
    return lambda unit: money(unit) if unit in CURRENCIES else 1.0


def _profile(view: View, when: When, money: Numbers, codes: Coded | None,
             *, dated: bool) -> tuple[Profile, NDArray[np.bool_], Coded]:  # fmt: skip
    snapshot = view.snapshot
    province = [None if text is None else text[:PROVINCE] for text in _texts(view, "jurisdiction")]
    told = [_texts(view, "industry"), province, _texts(view, "size")]
    found = tuple(
        Codes.of(texts, known=None if codes is None else codes[at].categories) for at, texts in enumerate(told)
    )
    rows = holding(snapshot.facts, PROFILE, when)
    node = snapshot.nodes.of[gathered(snapshot.facts.column(PROFILE, "party"), rows, np.uint32)]
    stated = np.bincount(node, minlength=snapshot.size) > 0
    industry, region, size = found
    begun = _begun(view, when) if dated else np.full(snapshot.size, np.datetime64("NaT"))
    made = Profile.of(snapshot.moment.valid_at, begun, money, industry=industry, region=region, size=size)
    return made, stated, (industry, region, size)


def _begun(view: View, when: When) -> NDArray[np.datetime64]:
    """First day of each node that any profile known then tells of, also one that another has taken the place of."""
    facts, nodes = view.snapshot.facts, view.snapshot.nodes
    rows = known(facts, PROFILE, when)
    node = nodes.of[gathered(facts.column(PROFILE, "party"), rows, np.uint32)]
    first = np.full(view.snapshot.size, FOREVER, np.int32)
    for start in ("valid_from", "stated_from"):
        np.minimum.at(first, node, gathered(facts.column(PROFILE, start), rows, np.int32, null=FOREVER))
    # What holds from always tells no day.
    told = (first > ALWAYS) & (first < FOREVER)
    return np.where(told, first.astype("datetime64[D]"), np.datetime64("NaT"))


def _texts(view: View, field: str) -> list[str | None]:
    traits = view.snapshot.traits(field)
    words: list[str | None] = [*traits.words, None]
    return [words[code] for code in traits.code.tolist()]


def _events(view: View, when: When, equity: Numbers, *, dated: bool) -> NDArray[np.float32]:
    facts, nodes = view.snapshot.facts, view.snapshot.nodes
    rows = holding(facts, EVENT, when)
    code = codes_of(facts, rows)
    place = np.array([events.KINDS.index(kind) if kind in events.KINDS else -1 for kind in EVENTS], np.int64)
    kind = np.where(code >= 0, place[code], -1)
    day = gathered(facts.column(EVENT, "happened"), rows, np.int32, null=ALWAYS)
    mine = (kind >= 0) & (day > ALWAYS)
    if not dated and mine.any():
        return np.full((view.snapshot.size, len(events.FEATURES)), np.nan, np.float32)
    party = nodes.of[gathered(facts.column(EVENT, "party"), rows[mine], np.uint32)].astype(np.int64)
    amount = gathered(facts.column(EVENT, "amount"), rows[mine], np.float64, null=np.nan)
    units = facts.column(EVENT, "currency").take(rows[mine]).to_pylist()
    factor = _factor(view)
    rate = {unit: factor(unit) for unit in set(units)}
    amount *= np.array([rate[unit] for unit in units], np.float64)
    late = gathered(facts.column(EVENT, "days"), rows[mine], np.int64, null=-1)
    days = np.where(late < 0, np.nan, late)
    found = events.Events(party, kind[mine], day[mine].astype("datetime64[D]"), amount, days)
    return found.values(view.snapshot.moment.valid_at, equity)
