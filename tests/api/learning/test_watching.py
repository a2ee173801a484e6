"""A model over the years: outcomes come in as facts, complete the panel, and tell how well it was calibrated."""

import csv
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from api.answers.progress import untold
from api.engine import Engine, Place
from api.engine.authors import first_stage, served, without_network
from api.intake import Intake, Parcel
from api.learning.assessing import assess
from api.learning.registry import Ready, ready
from api.learning.scoring import scores
from api.learning.watching import compare, rebuilt, watch
from graph.errors import InvalidPanel, InvalidQuestion
from graph.model import ASSESSMENT
from ingest.loading.staging import Watch
from ingest.synthetic.planted import DAYS, Planted, planted, write
from tests.api.learning.served import CONFIGURED, learned, run_of

NOW = datetime(2025, 7, 1, tzinfo=UTC)
LAST = date(2022, 12, 31)
WORLD = 400


@pytest.fixture(scope="module")
def world() -> Planted:
    return planted("S3", count=WORLD, seed=5)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, world: Planted) -> Path:
    """Files of a world without the defaults of its last year, loaded; and those defaults beside it, not loaded."""
    folder = tmp_path_factory.mktemp("years")
    write(world, folder / "files")
    known = folder / "files" / "delivery"
    shutil.copytree(known, folder / "later")
    for path, late in ((known, False), (folder / "later", True)):
        file = path / "defaults.csv"
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        day = next(name for name in rows[0] if rows[0][name][:2] in ("19", "20") and "-" in rows[0][name])
        kept = [row for row in rows if (row[day] > LAST.isoformat()) == late]
        with file.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, rows[0].keys())
            writer.writeheader()
            writer.writerows(kept)
    load(folder, known)
    return folder


def load(folder: Path, delivery: Path, *, files: tuple[str, ...] = ()) -> None:
    """A delivery, or some of its files, by its own mapping."""
    paths = tuple(delivery / name for name in files) or tuple(sorted(delivery.glob("*.csv")))
    settings = {"mapping": str(delivery / "mapping.toml"), "delivered": "2024-12-31", "name": "planted"}
    Intake(Place(folder / "store"), lambda: NOW).load(Parcel(paths, "tables", settings), Watch())


def engine_of(folder: Path) -> Engine:
    place = Place(folder / "store")
    return Engine(place, place.facts(), clock=lambda: NOW)


def of(folder: Path, name: str = "firms", model: str = "lightgbm-graph") -> Ready:
    """A run that learned from the first six days."""
    run = run_of(folder / "store", name=name, fitted=learned(model), config=CONFIGURED)
    return ready(run)


def test_outcomes_of_a_year_complete_the_panel_and_tell_calibration(before: Path, world: Planted) -> None:
    run = of(before)
    engine = engine_of(before)
    early = watch(engine, run, moment=engine.moment(valid_at=LAST), progress=untold)
    assert early.judged is None
    assert early.drift.calibration.level == "unknown"
    assert early.drift.score.level in {"stable", "watch"}
    panel = rebuilt(engine, run, [LAST], moment=engine.moment(valid_at=LAST), progress=untold)
    assert (panel.waves[0].label == -1).all()

    year = DAYS.index(LAST)
    load(before, before / "later", files=("defaults.csv",))
    engine = engine_of(before)
    moment = engine.moment(valid_at=date(2023, 12, 31))
    late = watch(engine, run, moment=moment, progress=untold)
    assert late.judged == LAST
    truth = int(world.labels(year)[world.standing(year)].sum())
    assert truth > 0
    assert late.drift.calibration.seen == truth
    assert late.drift.calibration.rows == int(world.standing(year).sum())
    panel = rebuilt(engine, run, [LAST], moment=moment, progress=untold)
    assert int((panel.waves[0].label == 1).sum()) == truth
    expected = float(run.fitted.predict(panel, 0)[panel.waves[0].rows].sum())
    assert late.drift.calibration.expected == pytest.approx(expected)


def test_two_runs_are_judged_on_the_same_rows_of_days_neither_learned_from(before: Path) -> None:
    graph, own = of(before), of(before, "own", "lightgbm")
    engine = engine_of(before)
    moment = engine.moment(valid_at=date(2024, 12, 31))
    found = compare(engine, own, graph, moment=moment, progress=untold)
    assert found.days == DAYS[-2:]
    assert found.rows > WORLD
    one, other, gain = found.measures["auc"]
    assert gain.value == pytest.approx(other.value - one.value)
    back = compare(engine, graph, own, moment=moment, progress=untold).measures["auc"][2]
    assert back.value == pytest.approx(-gain.value)
    with pytest.raises(InvalidQuestion, match="learned from"):
        compare(engine, own, graph, days=(DAYS[0],), moment=moment, progress=untold)


def test_no_day_judges_whose_year_was_learned_in_part(before: Path) -> None:
    """Learned from until the end of 2021, and so what happened in 2022: the middle of that year judges nothing."""
    graph, own = of(before), of(before, "own", "lightgbm")
    engine, middle = engine_of(before), date(2022, 6, 30)
    with pytest.raises(InvalidQuestion, match="what happened after"):
        compare(engine, own, graph, days=(middle,), moment=engine.moment(), progress=untold)
    found = watch(engine, graph, moment=engine.moment(valid_at=date(2023, 6, 30)), progress=untold)
    assert found.judged is None
    assert found.drift.calibration.level == "unknown"


def test_a_run_of_a_graph_without_days_or_of_a_kept_panel_cannot_be_watched(before: Path) -> None:
    engine, run = engine_of(before), of(before)
    moment = engine.moment(valid_at=date(2023, 12, 31))
    undated = replace(run, manifest={**run.manifest, "learned_days": []})
    with pytest.raises(InvalidPanel, match="without days"):
        watch(engine, undated, moment=moment, progress=untold)
    apart = replace(run, config=replace(run.config, panel=replace(run.config.panel, folder="panel")))
    with pytest.raises(InvalidPanel, match="kept apart"):
        watch(engine, apart, moment=moment, progress=untold)
    with pytest.raises(InvalidPanel, match="learned from days up to"):
        watch(engine, run, moment=engine.moment(valid_at=DAYS[2]), progress=untold)


def test_probabilities_are_kept_as_assessments_with_the_network_and_without(before: Path) -> None:
    run = of(before)
    intake = Intake(Place(before / "store"), lambda: NOW)
    engine = engine_of(before)
    moment = engine.moment(valid_at=LAST)
    another = before / "store" / "staging" / "assessed" / "other-1-2022-12-31.jsonl"
    another.parent.mkdir(parents=True)
    another.touch()  # what somebody else, who scores at the same time, is about to load
    done = assess(engine, intake, run, moment=moment)
    assert another.exists()
    assert not list(another.parent.parent.glob("assessed-*"))
    assert done.first_stage
    assert done.report.new == 2 * done.firms
    assert assess(engine_of(before), intake, run, moment=moment).report.new == 0
    engine = engine_of(before)
    view = engine.view(engine.moment(valid_at=date(2023, 1, 15)))
    said = scores(engine, run, moment=engine.moment(valid_at=LAST))
    kept = view.snapshot.assessed("pd", horizon=12, by=lambda author: not without_network(author)).value
    np.testing.assert_array_equal(kept, said.pd)
    np.testing.assert_array_equal(view.snapshot.assessed("pd", horizon=12, by=without_network).value, said.first)
    node = int(np.flatnonzero(~np.isnan(said.pd))[0])
    authors = {record["author"] for record in view.snapshot.records(ASSESSMENT, node)}
    assert authors == {served("firms", 1), first_stage("firms", 1)}
    later = engine.view(engine.moment(valid_at=date(2024, 1, 15)))
    assert np.isnan(later.snapshot.assessed("pd", horizon=12).value).all()  # they hold for their horizon


def test_what_is_kept_changes_no_score(before: Path) -> None:
    """No model reads assessments: its own words do not come back to it."""
    run = of(before)
    engine = engine_of(before)
    first = scores(engine, run, moment=engine.moment(valid_at=DAYS[4]))
    assess(engine, Intake(Place(before / "store"), lambda: NOW), run, moment=engine.moment(valid_at=DAYS[4]))
    engine = engine_of(before)
    np.testing.assert_array_equal(scores(engine, run, moment=engine.moment(valid_at=DAYS[4])).pd, first.pd)


def test_no_probability_is_kept_where_nobody_says_over_what_time_it_is_one(before: Path) -> None:
    run, engine = of(before), engine_of(before)
    unsaid = replace(run, head=replace(run.head, horizon=0))
    with pytest.raises(InvalidQuestion, match="over what time"):
        assess(engine, Intake(Place(before / "store"), lambda: NOW), unsaid, moment=engine.moment(valid_at=LAST))
