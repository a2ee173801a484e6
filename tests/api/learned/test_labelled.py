"""A labelled firm graph of the user's own, from its files to a model and a table."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from analytics.learning.panel import Panel, Part
from api.answers.progress import untold
from api.engine import Engine, Place
from api.intake import Intake, parcels
from api.learned.training import Trained, train
from api.learning.asked import panel_asked
from api.learning.config import Config, read_config
from api.learning.evaluation import judged
from api.learning.registry import ready
from api.learning.scoring import scores
from api.learning.watching import compare
from api.questions.risk.hindsight import hindsight
from graph.errors import InvalidPanel
from ingest.loading.staging import Watch
from ingest.synthetic.planted.labelled import write_labelled

ASKED = """
[panel]
labels = "outcomes"
others = true
[split]
by = "given"
[model]
name = "stack"
nets = 1
epochs = 60
device = "cpu"
"""


def unwatched(_done: float, _doing: str) -> None:
    """Nobody looks."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Config:
    file = tmp_path_factory.mktemp("asked") / "train.toml"
    file.write_text(ASKED, encoding="utf-8")
    return read_config(file)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("study")
    files = write_labelled(folder / "files", firms=2_000, figures=14, rate=0.6, seed=3)
    place = Place(folder / "store")
    (parcel,) = parcels([files], source="", settings={"mapping": str(files / "mapping.toml")})
    report = Intake(place, lambda: datetime(2026, 7, 1, tzinfo=UTC)).load(parcel, Watch())
    assert report.refused == {}
    return Engine.open(place)


@pytest.fixture(scope="module")
def panel(engine: Engine, asked: Config) -> Panel:
    return panel_asked(asked.panel, engine, engine.moment(currency="CNY"), beside=Path(), progress=untold)


def test_the_panel_is_one_graph_with_the_figures_labels_and_split_of_the_files(panel: Panel) -> None:
    assert not panel.dated
    assert {f"f{number}" for number in range(1, 15)} <= set(panel.names)
    assert panel.given is not None
    label, part = panel.waves[0].label, panel.given[0]
    assert len(label) == 2_000
    assert abs(label.mean() - 0.6) < 4 * (0.24 / 2_000) ** 0.5  # four standard errors of the base rate asked for
    for one, share in ((Part.TRAIN, 0.6), (Part.VALIDATE, 0.2), (Part.TEST, 0.2)):
        assert abs((part == one).mean() - share) < 4 * (share * (1 - share) / 2_000) ** 0.5


def test_the_links_that_carry_risk_count_and_the_table_says_what_no_day_can_promise(
    panel: Panel, asked: Config, tmp_path: Path
) -> None:  # fmt: skip
    trained = train(panel, asked, ASKED.encode(), store=tmp_path, watch=unwatched)
    gain = trained.card.table.gain("stack", "lightgbm")
    assert gain is not None
    assert gain.measures["auc"].above_zero
    assert {"static", "not-held-out-in-time"} <= {caution.id for caution in trained.card.cautions}
    assert "What is promised of time falls away" in (trained.run.folder / "card.md").read_text(encoding="utf-8")
    assert "保证因此全部失效" in (trained.run.folder / "card.zh.md").read_text(encoding="utf-8")
    over_trees = trained.card.table.gain("stack", "lightgbm-graph")
    assert over_trees is not None
    assert (trained.kept == "stack") is over_trees.measures["auc"].above_zero
    said = (trained.run.folder / "card.md").read_text(encoding="utf-8")
    assert "on the rows that the data set keeps for judging" in said
    assert "12 months" not in said
    assert "12个月" not in (trained.run.folder / "card.zh.md").read_text(encoding="utf-8")
    assert trained.run.model().predict(panel, 0).shape == (panel.size,)
    card = judged(panel, cells=tmp_path / "cells", watch=unwatched, quick=True, device="cpu", epochs=20)
    assert card.table.main == "given"


@pytest.fixture(scope="module")
def trees(panel: Panel, asked: Config, tmp_path_factory: pytest.TempPathFactory) -> tuple[Trained, ...]:
    """Of own figures, and of degrees."""
    found, store = [], tmp_path_factory.mktemp("trees")
    for name in ("lightgbm", "lightgbm-degrees"):
        text = ASKED.replace('name = "stack"', f'name = "{name}"').encode()
        one = replace(asked, model=replace(asked.model, name=name))
        found.append(train(panel, one, text, store=store, watch=unwatched))
    return tuple(found)


def test_two_runs_of_a_set_without_days_are_compared_on_the_rows_it_keeps_for_judging(
    engine: Engine, panel: Panel, trees: tuple[Trained, ...]
) -> None:
    """Held against the tables that either run was judged by when it was trained."""
    one, other = (ready(each.run) for each in trees)
    told = compare(engine, one, other, moment=engine.moment(currency="CNY"), progress=untold)
    assert told.days == ()
    assert panel.given is not None
    assert told.rows == int((panel.given[0] == Part.TEST).sum())
    for measured, each in zip(told.measures["auc"], trees, strict=False):
        row = each.card.table.row(each.asked)
        assert row is not None
        assert measured.value == pytest.approx(row.measures["auc"].value, abs=1e-12)
    changed = replace(one, manifest={**one.manifest, "panel": "0" * 64})
    with pytest.raises(InvalidPanel, match="not what it learned from"):
        compare(engine, changed, other, moment=engine.moment(currency="CNY"), progress=untold)


def test_of_firms_whose_own_outcome_taught_the_model_nothing_is_a_forecast(
    engine: Engine, panel: Panel, trees: tuple[Trained, ...]
) -> None:
    found = scores(engine, ready(trees[0].run), moment=engine.moment(currency="CNY"))
    assert panel.given is not None
    for part, said in ((Part.TRAIN, 1), (Part.VALIDATE, 1), (Part.TEST, 0)):
        for row in panel.waves[0].rows[panel.given[0] == part][:5].tolist():
            node = found.view.snapshot.node(panel.ids[row])
            assert len(list(hindsight(found, np.array([node])))) == said
