"""A planted world that was written, loaded and read is the same panel as the one made of it at once."""

from datetime import UTC, datetime

import numpy as np
import pytest

from analytics.learning.features.profile import Codes
from analytics.learning.panel import Panel
from api.engine import Engine, Place
from api.intake import Intake, parcels
from api.learning.panel import build_panel
from api.learning.plan import Plan
from api.learning.planted import panel_of
from ingest.loading.staging import Watch
from ingest.synthetic.planted import planted, write

UNLIKE = {"age"}
"""Figures that only one of both has: the world says nothing of when its firms were founded."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Panel, Panel]:
    """Made at once, and read from a store."""
    folder = tmp_path_factory.mktemp("planted")
    world = planted("S3", count=150, seed=2)
    write(world, folder / "files")
    place = Place(folder / "store")
    (parcel,) = parcels([folder / "files"], source="", settings={})
    Intake(place, lambda: datetime(2026, 7, 1, tzinfo=UTC)).load(parcel, Watch())
    engine = Engine.open(place)
    plan = Plan(world.days, "PUBLIC", currency="CNY")
    return panel_of(world), build_panel(engine, plan, now=engine.moment(currency="CNY"), progress=lambda _stage: None)


def test_the_same_firms_are_rows_with_the_same_labels(both: tuple[Panel, Panel]) -> None:
    for made, read in zip(both[0].waves, both[1].waves, strict=True):
        told = [
            {panel.ids[row]: int(label) for row, label in zip(wave.rows, wave.label, strict=True)}
            for panel, wave in ((both[0], made), (both[1], read))
        ]
        assert told[0] == told[1]


def test_the_same_figures_stand_under_the_same_names(both: tuple[Panel, Panel]) -> None:
    made, read = both
    names = [name for name in made.names if name in read.names and name not in UNLIKE]
    assert len(names) > 25
    place = {party: at for at, party in enumerate(read.ids)}
    for at, wave in enumerate(made.waves):
        mine = read.waves[at].values[[place[made.ids[row]] for row in wave.rows]]
        for name in names:
            feature = made.features[made.names.index(name)]
            expected, found = wave.values[wave.rows, made.names.index(name)], mine[:, read.names.index(name)]
            if feature.categories:
                expected, found = _words(made, name, expected), _words(read, name, found)  # type: ignore[assignment]
                # Rare words of what was read are one.
                assert all(word in (said, Codes.REST) for word, said in zip(found, expected, strict=True))  # type: ignore[arg-type]
            else:
                np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6, err_msg=name)


def _words(panel: Panel, name: str, codes: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> list[str]:
    words = panel.features[panel.names.index(name)].categories
    return ["" if np.isnan(code) else words[int(code)] for code in codes]


def test_the_same_links_with_the_same_at_stake(both: tuple[Panel, Panel]) -> None:
    assert set(both[0].relations) == set(both[1].relations)
    for made, read in zip(both[0].waves, both[1].waves, strict=True):
        for relation in both[0].relations:
            told = [
                sorted(
                    (panel.ids[tail], panel.ids[head], round(float(np.nan_to_num(stake)), 2))
                    for tail, head, stake in zip(
                        wave.ties[relation].tail, wave.ties[relation].head, wave.ties[relation].stake, strict=True
                    )
                )
                for panel, wave in ((both[0], made), (both[1], read))
            ]
            assert told[0] == told[1]


def test_the_same_firms_are_known_to_have_defaulted(both: tuple[Panel, Panel]) -> None:
    for made, read in zip(both[0].waves, both[1].waves, strict=True):
        public = [{panel.ids[at] for at in np.flatnonzero(wave.public)} for panel, wave in
                  ((both[0], made), (both[1], read))]  # fmt: skip
        # Who neither is a row nor has a link is in no panel that was read.
        assert public[1] == public[0] & set(both[1].ids)
