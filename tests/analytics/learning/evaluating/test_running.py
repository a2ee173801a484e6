"""Cells: which there are, that each is learned once, and that one can stop and go on."""

import re
from dataclasses import replace

import numpy as np
import pytest

from analytics.learning.evaluating.cell import REWIRED, Outcome
from analytics.learning.evaluating.plan import COMMUNITY, GIVEN, TIME, Plan
from analytics.learning.evaluating.running import evaluate
from analytics.learning.models.model import Task
from analytics.learning.models.stack import Stack
from analytics.learning.panel import Panel, Part, Split
from graph.errors import Cancelled, InvalidPanel
from tests.analytics.learning.evaluating.models import Line, Told, told
from tests.analytics.learning.evaluating.worlds import undated, world

PANEL = world(Line("x"), firms=800)
MODELS = told(lightgbm=Line("lightgbm"), lightgbm_graph=Line("lightgbm-graph", heard=0.3), gnn=Line("gnn", noise=0.3),
              stack=Line("stack", heard=0.3))  # fmt: skip


def silent(_fraction: float, _doing: str) -> None:
    """Nobody looks."""


def plan(panel: Panel = PANEL, **changes: object) -> Plan:
    return Plan.whole(panel, MODELS, seeds=2, folds=3, times=50, **changes)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def forgotten() -> None:
    for model in MODELS.values():
        model.learned.clear()


def test_every_cell_is_learned_once_and_what_is_kept_is_not_learned_again() -> None:
    whole, kept = plan(), {}
    evaluate(whole, kept, silent)
    assert set(kept) == {cell.key for cell in whole.cells}
    assert sum(len(model.learned) for model in MODELS.values()) == len(whole.cells)
    evaluate(plan(), kept, silent)
    assert sum(len(model.learned) for model in MODELS.values()) == len(whole.cells)


def test_a_stopped_table_goes_on_where_it_stopped_and_comes_out_the_same() -> None:
    whole, kept, told_of = plan(), {}, []

    def stop(fraction: float, doing: str) -> None:
        told_of.append(fraction)
        if len(kept) == 5:
            raise Cancelled("evaluate")

    with pytest.raises(Cancelled):
        evaluate(whole, kept, stop)
    assert len(kept) == 5
    evaluate(whole, kept, lambda fraction, doing: told_of.append(fraction))
    assert sum(len(model.learned) for model in MODELS.values()) == len(whole.cells)
    assert told_of == sorted(told_of)
    assert max(told_of) < 1
    at_once: dict[str, Outcome] = {}
    evaluate(whole, at_once, silent)
    assert all((at_once[key].probability == outcome.probability).all() for key, outcome in kept.items())


def test_a_key_says_all_an_outcome_hangs_on() -> None:
    keys = {cell.key for cell in plan().cells}
    assert {cell.key for cell in plan().cells} == keys
    assert not keys & {cell.key for cell in plan(program="2").cells}
    assert not keys & {cell.key for cell in plan(world(Line("x"), firms=800, seed=1)).cells}
    other = MODELS | {"gnn": Told(Line("gnn", noise=0.4))}
    shared = keys & {cell.key for cell in Plan.whole(PANEL, other, seeds=2, folds=3, times=50).cells}
    assert shared == {cell.key for cell in plan().cells if cell.model != "gnn"}


def test_the_plan_holds_what_could_refute() -> None:
    whole = plan()
    assert whole.main == TIME
    said = {(cell.model, whole.family(cell.split), cell.variant) for cell in whole.cells}
    assert {("gnn", TIME, REWIRED), ("gnn", COMMUNITY, ""), ("gnn", TIME, "without SUPPLIES")} <= said
    assert {("lightgbm", TIME, ""), ("lightgbm", COMMUNITY, "")} <= said
    assert ("lightgbm", TIME, REWIRED) not in said
    assert len([cell for cell in whole.cells if (cell.model, cell.split, cell.variant) == ("gnn", TIME, "")]) == 2
    look = Plan.first_look(PANEL, MODELS)
    assert len(look.cells) < len(whole.cells) / 3
    assert ("gnn", TIME, REWIRED) in {(cell.model, cell.split, cell.variant) for cell in look.cells}


def test_without_days_rows_are_split_as_given_or_by_community() -> None:
    assert plan(undated(PANEL, given=True)).main == GIVEN
    parted = plan(undated(PANEL))
    assert parted.main == COMMUNITY
    assert {cell.split for cell in parted.cells} == {"community-1", "community-2", "community-3"}


def test_rows_are_split_as_was_asked_and_not_as_the_panel_would_have_it() -> None:
    asked = Split.by_time(PANEL, validate=2, test=1)
    assert plan(by=asked).splits[TIME].digest == asked.digest
    assert Plan.first_look(PANEL, MODELS, by=asked).splits[TIME].digest == asked.digest
    assert plan(by=COMMUNITY).main == COMMUNITY
    assert plan(undated(PANEL, given=True), by=COMMUNITY).main == COMMUNITY


def test_years_whose_horizons_overlap_leave_communities_alone() -> None:
    assert plan(replace(PANEL, horizon=36)).main == COMMUNITY


def test_a_model_that_cannot_learn_says_why_and_the_others_go_on() -> None:
    models = MODELS | {"z": Told(Line("z"), refuses="the panel lacks market_value_to_liabilities")}
    whole, kept = Plan.first_look(PANEL, MODELS | {"scorecard": models["z"]}), {}
    evaluate(whole, kept, silent)
    refused = [kept[cell.key] for cell in whole.cells if cell.model == "scorecard"]
    assert [outcome.refused for outcome in refused] == ["the panel lacks market_value_to_liabilities"]
    assert all(len(kept[cell.key].probability) for cell in whole.cells if cell.model != "scorecard")


def test_a_joined_model_takes_legs_that_have_learned_and_says_the_same_as_alone() -> None:
    one, other = (Told(Line(name, heard=heard), []) for name, heard in (("lightgbm-graph", 0.2), ("gnn", 0.4)))
    models = {"lightgbm-graph": one, "gnn": other, "stack": Stack(one, other)}  # type: ignore[arg-type]
    whole, kept = Plan.first_look(PANEL, models), {}
    evaluate(whole, kept, silent)
    assert len(one.learned) == len(other.learned) == 2  # as it is and rewired
    alone = Stack(one, other).fit(Task(PANEL, whole.splits[TIME]))  # type: ignore[arg-type]
    said = whole.splits[TIME].pick(PANEL, Part.TEST, tuple(alone.predict(PANEL, at) for at in range(5)))
    stacked = next(kept[cell.key] for cell in whole.cells if cell.model == "stack")
    np.testing.assert_array_equal(stacked.probability, said)


def test_an_outcome_is_kept_as_files_and_a_broken_one_is_told() -> None:
    outcome = Outcome(np.array([0.1, 1 / 3]), note="二")
    again = Outcome.load(outcome.save())
    assert (again.probability.tolist(), again.note, again.refused) == ([0.1, 1 / 3], "二", "")
    for broken in ({}, {**outcome.save(), "probability.f64": b"12345678"}, {**outcome.save(), "outcome.json": b"[]"}):
        with pytest.raises(InvalidPanel, match="cannot be read"):
            Outcome.load(broken)


def test_a_cell_reads_as_a_person_would_say_it() -> None:
    assert any(re.fullmatch(r"gnn · time · rewired · seed \d", str(cell)) for cell in plan().cells)
