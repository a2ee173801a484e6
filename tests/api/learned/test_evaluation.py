"""The whole table: kept cell by cell, the same after a stop, pooled over worlds, drawn in both languages."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from analytics.learning.evaluating.cell import Outcome
from analytics.learning.evaluating.table import Row, Share, Table
from analytics.learning.judging.bootstrap import Estimate
from analytics.learning.judging.explained import Explained
from analytics.learning.models import Files, Fitted, Task
from api.learned.page import evaluation_page
from api.learned.printing import show_evaluation
from api.learning import evaluation
from api.learning.cards import card_of
from api.learning.evaluation import of_worlds, pooled
from api.learning.explanations import explanations
from api.learning.facts import told
from api.learning.keeping import Cells, in_json, unpacked
from api.learning.models import models
from api.learning.planted import panel_of
from api.learning.wording import Tongue
from graph.errors import Cancelled, InvalidModel, InvalidQuestion, NotInstalled
from ingest.synthetic.planted import Truth, planted, truth


def unwatched(_done: float, _doing: str) -> None:
    """Nobody looks."""


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> "evaluation.Worlds":
    """Stopped after two cells, then gone on with."""
    cells = tmp_path_factory.mktemp("cells")
    count = 0

    def watch(_done: float, doing: str) -> None:
        nonlocal count
        count = len(Cells(cells))
        if count == 2:
            raise Cancelled("evaluating")

    with pytest.raises(Cancelled):
        of_worlds("S1", firms=400, seeds=1, cells=cells, watch=watch, quick=True, device="cpu", epochs=5)
    before = {key: (cells / f"{key}.cell.safetensors").stat().st_mtime_ns for key in Cells(cells)}
    assert len(before) == 2
    found = of_worlds("S1", firms=400, seeds=1, cells=cells, watch=unwatched, quick=True, device="cpu", epochs=5)
    for key, when in before.items():
        assert (cells / f"{key}.cell.safetensors").stat().st_mtime_ns == when
    seen: list[str] = []
    again = of_worlds("S1", firms=400, seeds=1, cells=cells, watch=lambda _done, doing: seen.append(doing),
                      quick=True, device="cpu", epochs=5)  # fmt: skip
    assert not [doing for doing in seen if "epoch" in doing or "tree" in doing]
    assert told(again.card) == told(found.card)
    return found


def test_the_truth_stands_beside_the_models_and_shares_are_of_its_gain(worlds: "evaluation.Worlds") -> None:
    table = worlds.card.table
    truth, own, graph = (table.row(name) for name in ("truth", "lightgbm", "lightgbm-graph"))
    assert truth is not None
    assert own is not None
    assert graph is not None
    share = table.share("lightgbm-graph", "recovered")
    assert share is not None
    gained, all_of_it = (row.measures["auc"].value - own.measures["auc"].value for row in (graph, truth))
    assert share.value.value == pytest.approx(gained / all_of_it)


@pytest.mark.parametrize(("language", "said"), [("en", "What must not be concluded"), ("zh", "不得得出的结论")])
def test_the_page_stands_alone_and_says_all_in_its_language(worlds: "evaluation.Worlds", language: str,
                                                            said: str) -> None:  # fmt: skip
    page = evaluation_page(worlds.card, worlds, Tongue(language))
    assert said in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert page.count("<svg") >= 3
    for row in worlds.card.table.rows:
        assert f"<td>{row.model}</td>" in page


def test_all_of_it_is_plain_json(worlds: "evaluation.Worlds") -> None:
    facts = json.loads(in_json(told({"card": worlds.card})))
    assert facts["card"]["served"]["model"] == worlds.card.served.model
    assert {row["model"] for row in facts["card"]["table"]["rows"]} >= {"truth", "stack", "gnn", "mlp", "scorecard"}


def test_intervals_over_worlds_are_those_of_student() -> None:
    # The interval of a mean by scipy: t.interval(.95, 2, loc=.7, scale=.1/sqrt(3)).
    values = (0.6, 0.7, 0.8)
    tables = [
        Table("time", (Row("lightgbm", "time", "", {"auc": Estimate(value, 0, 1)}, 1),), (), (), {}, False)
        for value in values
    ]
    found = pooled(tables).rows[0].measures["auc"]
    from scipy.stats import t  # noqa: PLC0415

    low, high = t.interval(0.95, 2, loc=0.7, scale=0.1 / np.sqrt(3))
    assert (found.value, found.low, found.high) == pytest.approx((0.7, low, high))
    assert pooled(tables[:1]) is tables[0]


def test_what_is_recovered_over_worlds_is_of_the_mean_gain_and_not_of_each_worlds_own() -> None:
    """Of 2 and 3 points of 4 each half and three quarters; of the third, where nearly nothing is, ten times that."""
    gains = {"lightgbm": (0.7, 0.7, 0.7), "stack": (0.72, 0.73, 0.701), "truth": (0.74, 0.74, 0.7001)}
    rewired = (0.7, 0.71, 0.7)
    tables = []
    for at in range(3):
        auc = {name: Estimate(values[at], 0, 1) for name, values in gains.items()}
        rows = [Row(name, "time", "", {"auc": one}, 1) for name, one in auc.items()]
        rows.append(Row("stack", "time", "rewired", {"auc": Estimate(rewired[at], 0, 1)}, 1))
        shares = [Share("stack", kind, "lightgbm", Estimate(9.0, 8, 10)) for kind in ("recovered", "placebo")]
        tables.append(Table("time", tuple(rows), (), tuple(shares), {}, False))
    found = {share.kind: share.value.value for share in pooled(tables).shares}
    assert found["recovered"] == pytest.approx((0.02 + 0.03 + 0.001) / (0.04 + 0.04 + 0.0001))
    assert found["placebo"] == pytest.approx(0.01 / (0.02 + 0.03 + 0.001))
    assert tables[0].shares[0].value.value == 9.0  # each world's own stays


def test_a_cell_that_was_cut_off_is_refused_by_name_and_nothing_is_executed(tmp_path: Path) -> None:
    cells = Cells(tmp_path)
    cells["a"] = Outcome(np.array([0.25, 0.5]), note="so")
    assert cells["a"].probability.tolist() == [0.25, 0.5]
    assert (list(cells), len(cells), "a" in cells, "b" in cells) == (["a"], 1, True, False)
    file = tmp_path / "a.cell.safetensors"
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(InvalidModel, match="cannot be read"):
        cells["a"]
    del cells["a"]
    with pytest.raises(KeyError):
        cells["a"]
    with pytest.raises(InvalidModel):
        unpacked(b"cposix\nsystem\n", where="a pickle")


def test_no_other_language_is_spoken() -> None:
    with pytest.raises(InvalidQuestion, match="fr"):
        Tongue("fr")


def test_a_refused_model_says_why_in_the_page(worlds: "evaluation.Worlds") -> None:
    table = worlds.card.table
    row = Row("merton", table.main, "", {}, 1, refused="no price of shares <b>")
    page = evaluation_page(replace(worlds.card, table=replace(table, rows=(*table.rows, row))), None, Tongue("en"))
    assert "no price of shares &lt;b&gt;" in page


@pytest.mark.parametrize(("language", "said"), [("en", "there is no gain"), ("zh", "没有增益")])
def test_of_no_gain_no_part_is_told_and_no_interval_is_cut_off(
    worlds: "evaluation.Worlds", language: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a given split names of rows are long, and a net without a gain has no share."""
    card, none = worlds.card, Estimate(np.nan, np.nan, np.nan)
    share, apart = Share("gnn", "placebo", "mlp", none), card.table.differences[0]
    places = [("lightgbm-graph", "given", ""), ("lightgbm-graph", "given", "rewired")]
    long = replace(apart, one=places[0], other=places[1])
    bare = replace(card, table=replace(card.table, shares=(share,), differences=(long,)))
    say = Tongue(language)
    assert said in evaluation_page(bare, None, say)
    text = card_of(bare, kept="gnn", asked="gnn", language=language)
    show_evaluation(bare, None, out=None, say=say, as_json=False)
    shown = capsys.readouterr().out
    for told_by in (text, shown):
        assert said in told_by
        assert "nan%" not in told_by
    for measure in ("auc", "log_loss"):
        one = apart.measures[measure]
        assert f"[{one.low:+.4f}, {one.high:+.4f}]" in shown


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> "tuple[Explained, ...]":
    """Of a world of public failures, by models of two seeds; asked twice, learned once."""
    world = planted("S1", count=500, seed=4)
    panel, folder = panel_of(world), tmp_path_factory.mktemp("explained")
    ways = models(nets=1, schedule={"device": "cpu", "epochs": 5})
    drawn: list[Truth] = []

    def draw() -> Truth:
        drawn.append(truth(world))
        return drawn[0]

    first, again = (
        explanations(world, panel, ways, truth=draw, folder=folder, watch=unwatched, seeds=2) for _ in range(2)
    )
    assert len(drawn) == 1
    assert told(again) == told(first)
    return first


def test_planted_causes_are_found_better_than_by_the_largest_amount(explained: "tuple[Explained, ...]") -> None:
    by = {one.way: one for one in explained}
    assert set(by) == {"lightgbm-graph", "gnn", "gnn (live)", "stack", "largest amount"}
    trees, amount = by["lightgbm-graph"], by["largest amount"]
    assert trees.auc.value > 0.9
    assert trees.first_hit.low > amount.first_hit.high
    assert (trees.seeds, amount.seeds) == (2, 1)
    assert trees.same_first.value > 0.5
    assert np.isnan(amount.same_first.value)
    assert len({one.firms for one in explained}) == 1


@dataclass(frozen=True)
class Untaught:
    """A net where torch is not installed."""

    name: str = "gnn"
    graph: bool = True

    def fit(self, _task: Task) -> Fitted:
        raise NotInstalled("torch is not installed", where="gnn", remedy="pip install 'contagraph[gnn]'")

    def load(self, _files: Files) -> Fitted:
        raise NotInstalled("torch is not installed", where="gnn", remedy="pip install 'contagraph[gnn]'")


def test_where_nets_cannot_learn_trees_are_explained_alone(tmp_path: Path) -> None:
    world = planted("S1", count=400, seed=4)
    ways = {**models(nets=1), "gnn": Untaught()}
    found = explanations(
        world, panel_of(world), ways, truth=lambda: truth(world), folder=tmp_path, watch=unwatched, seeds=1
    )
    assert [one.way for one in found] == ["lightgbm-graph", "largest amount"]


def test_where_nothing_spreads_there_is_no_cause_to_find(tmp_path: Path) -> None:
    world = planted("S0", count=300, seed=4)
    ways = models(nets=1, schedule={"device": "cpu", "epochs": 2})
    found = explanations(world, panel_of(world), ways, truth=lambda: truth(world), folder=tmp_path, watch=unwatched)
    assert found == ()


@pytest.mark.parametrize(("language", "head"), [("en", "Foremost cause first"), ("zh", "首因命中率")])
def test_explanations_stand_in_the_page_and_on_the_terminal(
    worlds: "evaluation.Worlds", explained: "tuple[Explained, ...]", language: str, head: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    say, over = Tongue(language), replace(worlds, explained=explained)
    page = evaluation_page(worlds.card, over, say)
    assert head.lower() in page.lower()
    show_evaluation(worlds.card, over, out=None, say=say, as_json=False)
    printed = capsys.readouterr().out
    for one in explained:
        auc = f"{one.auc.value:.3f} [{one.auc.low:.3f}, {one.auc.high:.3f}]"
        assert auc in page
        assert auc in printed
    assert head.lower() not in evaluation_page(worlds.card, worlds, say).lower()
