"""A planted world, from its files through the real store to the graph at a moment: the same links and figures."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pytest

from api.engine import Engine, Place
from api.intake import Intake, parcels
from graph.model import EVENT, GUARANTEES, OWES, RELATED_TO, SUPPLIES
from graph.snapshot import Snapshot
from ingest.loading.report import Report
from ingest.loading.staging import Watch
from ingest.synthetic.planted import DAYS, FLOWS, ITEMS, REGIONS, Planted, planted, write
from ingest.synthetic.population import INDUSTRIES, SIZES


@dataclass(frozen=True)
class Loaded:
    world: Planted
    report: Report
    engine: Engine

    def snapshot(self, year: int) -> Snapshot:
        """The graph on an as-of day, as known that day."""
        known = datetime.combine(DAYS[year], datetime.max.time(), UTC)
        return self.engine.view(self.engine.moment(valid_at=DAYS[year], known_at=known, currency="CNY")).snapshot


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder = tmp_path_factory.mktemp("planted")
    world = planted("S3", count=150, seed=2)
    write(world, folder / "files")
    place = Place(folder / "store")
    intake = Intake(place, lambda: datetime(2025, 7, 1, tzinfo=UTC))
    (parcel,) = parcels([folder / "files"], source="", settings={})
    return Loaded(world, intake.load(parcel, Watch()), Engine.open(place))


def test_all_of_it_is_used(loaded: Loaded) -> None:
    assert loaded.report.refused == {}
    assert loaded.report.parties == len(loaded.world)


@pytest.mark.parametrize("year", [0, 4, 7])
def test_the_links_of_a_day_are_those_of_the_world(loaded: Loaded, year: int) -> None:
    snapshot, world = loaded.snapshot(year), loaded.world
    for kind, amount in ((GUARANTEES, "amount"), (SUPPLIES, "receivable"), (OWES, "amount"), (RELATED_TO, None)):
        links, of = snapshot.links(kind), world.links(year)[kind.name]
        money = snapshot.stated(kind, amount).value if amount else np.zeros(len(links.tail))
        ends = ([snapshot.id(int(node)) for node in end] for end in (links.tail, links.head))
        found = sorted(zip(*ends, money.tolist(), strict=True))
        exposure = np.nan_to_num(of.exposure)
        there = sorted(zip(world.ids[of.tail].tolist(), world.ids[of.head].tolist(), exposure.tolist(), strict=True))
        assert found == there
        assert found


@pytest.mark.parametrize("year", [0, 4, 7])
def test_the_figures_known_on_a_day_are_those_of_the_world(loaded: Loaded, year: int) -> None:
    snapshot, world = loaded.snapshot(year), loaded.world
    node = [snapshot.node(firm) for firm in world.ids.tolist()]
    for place, name in enumerate(ITEMS):
        found = snapshot.items((name,), of_a_year=name in FLOWS).value[node]
        np.testing.assert_array_equal(found, world.items[year, :, place])


def test_a_default_is_known_by_the_next_as_of_day_and_not_before(loaded: Loaded) -> None:
    world = loaded.world
    for year in (1, 5):
        snapshot = loaded.snapshot(year)
        for firm, defaulted in zip(world.ids.tolist(), world.defaulted.tolist(), strict=True):
            told = snapshot.records(EVENT, snapshot.node(firm))
            assert bool(told) == (0 <= defaulted < year)


def test_what_a_firm_is_stands_in_its_profile(loaded: Loaded) -> None:
    snapshot, world = loaded.snapshot(0), loaded.world
    node = [snapshot.node(firm) for firm in world.ids.tolist()]
    for field, words, code in (
        ("industry", [code for code, *_ in INDUSTRIES], world.firms.industry),
        ("size", [size for size, _ in SIZES], world.firms.size),
        ("jurisdiction", REGIONS, world.firms.region),
    ):
        told = snapshot.traits(field)
        assert [told.words[at] for at in told.code[node]] == [words[at] for at in code]
