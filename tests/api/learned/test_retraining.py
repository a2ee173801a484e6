"""A run trained again: up to a later day, with a record of why, judged beside the run it repeats."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.answers.progress import untold
from api.cli import app
from api.engine import Engine, Place
from api.intake import Intake, parcels
from api.learned.retraining import renewed
from api.learned.training import train
from api.learning.asked import panel_asked
from api.learning.config import Config, ModelAsked, PanelAsked, SplitAsked, config_of, written
from api.learning.registry import Ready, champion, named, ready
from api.learning.watching import learned
from graph.errors import InvalidPanel, InvalidQuestion
from ingest.loading.staging import Watch
from ingest.synthetic.planted import DAYS, planted, write
from tests.api.learning.served import promoted

ASKED = Config(
    panel=PanelAsked(days=DAYS[:5], definition="PUBLIC", currency="CNY"), split=SplitAsked(test=1),
    model=ModelAsked(name="lightgbm-graph"), name="firms",
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A planted world of eight days, and a model of the first five of them, served."""
    folder = tmp_path_factory.mktemp("retraining")
    write(planted("S3", count=500, seed=5), folder / "files")
    place = Place(folder / "store")
    (parcel,) = parcels([folder / "files"], source="", settings={})
    Intake(place, lambda: datetime(2025, 7, 1, tzinfo=UTC)).load(parcel, Watch())
    engine = Engine.open(place)
    now = engine.moment(valid_at=date(2021, 12, 31), currency="CNY")
    panel = panel_asked(ASKED.panel, engine, now, beside=folder, progress=untold)
    trained = train(panel, ASKED, written(ASKED), store=place.folder, watch=lambda _done, _doing: None)
    promoted(place.folder, trained.run)
    return place.folder


def asked(store: Path, *words: str) -> str:
    done = CliRunner().invoke(app, ["models", "retrain", "--store", str(store), *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def run(store: Path, name: str = "firms@1") -> Ready:
    return ready(named(store, name))


def test_a_configuration_that_is_written_is_read_as_it_was() -> None:
    odd = Config(panel=PanelAsked(relations=("GUARANTEES", "OWNS"), others=True, labels="outcomes"), name='a"b\\c 违约')
    for one in (ASKED, odd):
        assert config_of(written(one), where="config.toml") == one


def test_days_whose_year_is_over_are_added_at_the_same_distance(store: Path) -> None:
    found = run(store)
    assert renewed(found, date(2023, 6, 30)).panel.days == DAYS[:6]
    assert renewed(found, date(2024, 12, 31)).panel.days == DAYS
    with pytest.raises(InvalidQuestion, match="no day is over") as early:
        renewed(found, date(2022, 6, 30))
    assert "2022-12-31" in early.value.remedy
    apart = replace(found, config=replace(found.config, panel=replace(found.config.panel, folder="panel")))
    with pytest.raises(InvalidPanel, match="kept apart"):
        renewed(apart, date(2024, 12, 31))


def test_a_challenger_says_why_it_was_trained_and_is_judged_on_days_neither_learned_from(store: Path) -> None:
    first = asked(store, "--valid-at", "2024-12-31", "--reason", "yearly")
    found, before = run(store, "firms@2"), run(store)
    assert "another model than firms@1 is called for as of 2024-12-31" in first
    assert first.rstrip().endswith("contagraph models promote firms@2 --by … --with …")
    assert "held out by both: 2023-12-31" in first
    assert learned(found) == list(DAYS[:7])
    assert found.config == replace(ASKED, panel=replace(ASKED.panel, days=DAYS))
    why = json.loads(found.run.read("why.json"))
    assert (why["run"], why["digest"], why["reason"]) == ("firms@1", before.digest, "yearly")
    assert why["added_days"] == [day.isoformat() for day in DAYS[5:]]
    assert {one["trigger"]["id"] for one in why["moved"]["triggers"]} >= {"RETRAIN_SCORE", "RETRAIN_AGE"}
    serves = champion(store)
    assert serves is not None
    assert serves.number == 1  # two people promote, nobody else
    again = asked(store, "--valid-at", "2024-12-31", "--reason", "yearly")
    assert "firms@2 has learned just that already" in again
    assert not (store / "models" / "firms" / "3").exists()


def test_without_a_trigger_or_a_reason_nothing_is_trained(store: Path) -> None:
    """Half a year after the last day it learned from nothing has moved."""
    before = sorted((store / "models" / "firms").iterdir())
    assert "nothing calls for another model than firms@1" in asked(store, "firms@1", "--valid-at", "2020-06-30")
    assert sorted((store / "models" / "firms").iterdir()) == before
