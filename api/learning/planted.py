"""A planted world as a panel at once, without a store: the same figures as one that was written, loaded and read."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.learning.features import ratios
from analytics.learning.features.items import ITEMS, Sheet
from analytics.learning.features.profile import Codes, Profile
from analytics.learning.panel import Panel, Ties, Wave
from analytics.learning.panel.ties import capacities
from api.learning.plan import end_of
from ingest.synthetic import planted
from ingest.synthetic.population import INDUSTRIES, SIZES

DEFINITION: Final = "PUBLIC"
PLACEBO: Final = "RELATED_TO.address"
"""What a shared address is called in panels; it carries nothing."""


def panel_of(world: planted.Planted) -> Panel:
    """All days of a world; figures of events and of the engine are left out: nothing of them was planted."""
    waves = [_wave(world, year) for year in range(len(world.days))]
    features = (*ratios.FEATURES, *waves[0][1].features)
    relations = tuple(sorted(waves[0][0].ties))
    firm = np.ones(len(world), np.bool_)
    return Panel(tuple(world.ids.tolist()), firm, features, relations, tuple(wave for wave, _ in waves), DEFINITION)


def _wave(world: planted.Planted, year: int) -> tuple[Wave, Profile]:
    day, size = world.days[year], len(world)
    before = _sheet(world, year, back=1)
    sheet = Sheet(size, _sheet(world, year), before)
    industry, region, scale = (
        Codes(words, codes.astype(np.float32))
        for words, codes in (
            (tuple(code for code, *_ in INDUSTRIES), world.firms.industry),
            (planted.REGIONS, world.firms.region),
            (tuple(word for word, _ in SIZES), world.firms.size),
        )
    )
    money = np.column_stack([sheet["total_assets"], sheet["revenue"]])
    unborn = np.full(size, np.datetime64("NaT"))
    profile = Profile.of(day, unborn, money, industry=industry, region=region, size=scale)
    failed = (world.defaulted >= 0) & (world.defaulted < year)
    # Defaults fall within the year after their day; how long ago is told to the middle of it.
    since = np.where(failed, year - 1 - world.defaulted + 0.5, np.nan).astype(np.float32)
    rows = np.flatnonzero(world.standing(year)).astype(np.int32)
    wave = Wave(
        day, end_of(day), np.hstack([ratios.Ratios.of(sheet).values, profile.values]),
        capacities(sheet["net_assets"], sheet["total_assets"], world.firms.size.astype(np.int64)), failed, rows,
        world.labels(year)[rows].astype(np.int8), _ties(world, year), since,
    )  # fmt: skip
    return wave, profile


def _sheet(world: planted.Planted, year: int, *, back: int = 0) -> dict[str, NDArray[np.float64]]:
    """Items by what they mean; those of the statement before the one in use, `back` years."""
    used = world.figures.statement[year].astype(np.int64) - back
    found = np.full((len(world), len(planted.ITEMS)), np.nan)
    for statement in np.unique(used[used >= 0]):
        mine = used == statement
        stated = world.figures.statement[statement] == statement
        found[mine & stated] = world.items[statement][mine & stated]
    told = {name: found[:, column] for column, name in enumerate(planted.ITEMS)}
    return {
        name: told[said] for name, item in ITEMS.items() if (said := next((n for n in item.names if n in told), None))
    }


def relation_of(name: str) -> str:
    """What a relation of a world is called in panels."""
    return PLACEBO if name == "RELATED_TO" else name


def _ties(world: planted.Planted, year: int) -> dict[str, Ties]:
    found = {}
    for name, links in world.links(year).items():
        none = np.full(len(links), -1, np.int64)
        found[relation_of(name)] = Ties(links.tail, links.head, np.asarray(links.exposure, np.float64), none)
    return found
