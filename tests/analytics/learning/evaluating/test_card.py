"""The model card says what a validator must not overlook."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics.learning.evaluating.card import Card
from analytics.learning.evaluating.cautions import FEW, Cautions, _texts
from analytics.learning.evaluating.cell import Outcome
from analytics.learning.evaluating.plan import COMMUNITY, Plan
from analytics.learning.evaluating.running import evaluate
from analytics.learning.evaluating.table import Difference
from analytics.learning.judging.bootstrap import Estimate
from analytics.learning.panel import Panel
from analytics.learning.panel.gaps import Gaps
from tests.analytics.learning.evaluating.models import Line, Told, told
from tests.analytics.learning.evaluating.worlds import undated, world

PANEL = world(Line("truth", heard=0.6), firms=1200)
MODELS = told(lightgbm=Line("lightgbm"), mlp=Line("mlp"), lightgbm_graph=Line("lightgbm-graph", heard=0.2),
              gnn=Line("gnn", heard=0.5), stack=Line("stack", heard=0.6))  # fmt: skip


def card(panel: Panel, models: dict[str, Told], *, quick: bool = False) -> Card:
    plan = Plan.first_look(panel, models) if quick else Plan.whole(panel, models, seeds=1, folds=3, times=200)
    kept: dict[str, Outcome] = {}
    evaluate(plan, kept, lambda fraction, doing: None)
    return Card.of(plan, kept)


def ids(found: Card) -> set[str]:
    return {caution.id for caution in found.cautions}


CARD = card(PANEL, MODELS)


def test_it_counts_what_was_learned_from_day_by_day() -> None:
    assert CARD.data.digest == PANEL.digest
    assert [day.part for day in CARD.data.days] == ["train", "train", "validate", "test", "test"]
    for day, wave in zip(CARD.data.days, PANEL.waves, strict=True):
        assert (day.rows, day.bad, day.public) == (len(wave.rows), wave.label.sum(), wave.public.sum())
        assert day.links == {name: wave.ties[name].size for name in PANEL.relations}
    assert CARD.data.features == {"own": 4, "engine": 0, "neighbours": 0}


def test_where_contagion_is_real_it_is_not_denied_and_what_always_holds_is_said() -> None:
    assert CARD.served.model == "stack"
    assert not ids(CARD) & {"no-contagion", "links-add-nothing", "static", "quick", "not-refuted"}
    assert {"holds-contagion", "not-cause", "one-default-definition", "unknown-when-known"} <= ids(CARD)


def test_communities_are_told_where_they_do_worse_and_only_there() -> None:
    plan, main, parted = Plan.whole(PANEL, MODELS), CARD.table.row("stack"), CARD.table.row("stack", COMMUNITY)
    assert main
    assert parted
    for apart in (-0.1, 0.1):
        other = Estimate(main.measures["auc"].value + apart, 0.5, 0.9)
        moved = replace(parted, measures={**parted.measures, "auc": other})
        table = replace(CARD.table, rows=tuple(moved if row is parted else row for row in CARD.table.rows))
        found = {caution.id for caution in Cautions(plan, table, CARD.served, 500)}
        assert ("communities" in found) is (apart < 0)


def test_where_links_only_count_it_is_said_that_nothing_shows_contagion() -> None:
    panel = world(Line("truth", degree=0.5), firms=1200, seed=2)
    counting = {name: Told(Line(name, degree=0.5)) for name in ("lightgbm-graph", "gnn", "stack")}
    found = card(panel, MODELS | counting)
    assert {"no-contagion", "degrees"} <= ids(found)
    said = next(one for one in found.cautions if one.id == "degrees")
    assert "100%" in said.said.en
    assert "100%" in said.said.zh


def test_a_net_that_links_give_nothing_is_told_so() -> None:
    found = card(world(Line("truth"), firms=1200, seed=4), MODELS | {"gnn": Told(Line("gnn"))})
    assert "links-add-nothing" in ids(found)


def test_a_static_graph_says_what_falls_away() -> None:
    found = card(undated(PANEL, given=True), MODELS)
    assert {"static", "not-held-out-in-time"} <= ids(found)
    assert found.data.days[0].day is None
    assert found.data.days[0].part == "all"


def test_outcomes_that_do_not_say_over_what_time_are_foretold_for_no_year() -> None:
    assert "no-horizon" not in ids(CARD)
    found = card(replace(undated(PANEL, given=True), horizon=0), MODELS)
    assert "no-horizon" in ids(found)
    assert "one-default-definition" not in ids(found)


def test_a_first_look_few_defaults_and_refusals_are_said() -> None:
    few = world(Line("truth"), firms=300, seed=1)
    found = card(few, MODELS | {"scorecard": Told(Line("scorecard"), refuses="no figure is a firm's own")}, quick=True)
    assert {"quick", "few-defaults", "refused"} <= ids(found)


def test_own_figures_alone_hold_no_contagion() -> None:
    found = card(PANEL, {"lightgbm": MODELS["lightgbm"]})
    assert found.served.model == "lightgbm"
    assert not ids(found) & {"holds-contagion", "not-refuted", "no-contagion"}


def test_what_must_not_be_concluded_is_of_the_model_that_was_asked_for() -> None:
    """The rule serves the stack here: a run that holds the net, or a scorecard, says nothing of it."""
    every = MODELS | {"scorecard": Told(Line("scorecard"), graph=False)}
    plan = Plan.whole(PANEL, every, seeds=1, folds=3, times=200)
    kept: dict[str, Outcome] = {}
    evaluate(plan, kept, lambda fraction, doing: None)
    for asked, about in (("gnn", "gnn"), ("stack", "stack"), ("", "stack")):
        found = Card.of(plan, kept, asked=asked)
        assert found.served.model == "stack"
        named = {one.numbers["model"] for one in found.cautions if "model" in one.numbers and one.id != "refused"}
        assert named == {about}
        assert "holds-contagion" in ids(found)
    assert not ids(Card.of(plan, kept, asked="scorecard")) & {"holds-contagion", "not-refuted", "no-contagion"}


def test_over_several_panels_what_must_not_be_concluded_is_of_all_of_them() -> None:
    """The stack wins on the one, and over both nothing is certain: few defaults judge either, enough judge both."""
    plan = Plan.whole(PANEL, MODELS, seeds=1, folds=3, times=200)
    main, bad = plan.main, sum(day.bad for day in CARD.data.days if day.part == "test")
    place, rewired = ("lightgbm-graph", main, ""), ("lightgbm-graph", main, "rewired")
    unsure = {"auc": Estimate(0.001, -0.2, 0.2)}
    table = replace(CARD.table, differences=(Difference(place, rewired, unsure),))
    found = CARD.over(table, [plan, plan])
    assert found.served.model == "lightgbm-graph"  # not held against the stack any more
    said = next(one for one in found.cautions if one.id == "no-contagion")
    assert said.numbers == {"model": "lightgbm-graph", "value": 0.001, "low": -0.2, "high": 0.2}
    assert ("few-defaults" in ids(CARD), "few-defaults" in ids(found)) == (bad < FEW, 2 * bad < FEW)
    assert found.data == CARD.data


def test_probabilities_that_are_off_are_told() -> None:
    off = MODELS | {"stack": Told(Line("stack", own=1.6, heard=1.0))}
    assert "calibration" in ids(card(PANEL, off))


def test_every_text_is_in_both_languages_with_the_same_numbers() -> None:
    for words in _texts().values():
        braces = [
            sorted(part.split("}")[0].split(":")[0] for part in text.split("{")[1:]) for text in (words.en, words.zh)
        ]
        assert braces[0] == braces[1]
        assert words.zh.endswith(("。", "}"))


def test_what_the_data_lack_is_said_with_how_much() -> None:
    """Days of 2016 to 2020, whose year ends with the next: the court ends within the last of them, the bank after."""
    gaps = Gaps({"missing id": 2, "not a number": 1}, {"court": date(2021, 6, 30), "bank": date(2021, 12, 31)})
    lacking = {"refused-rows", "silent-source", "quiet-day"}
    assert not ids(CARD) & lacking
    said = {one.id: one for one in card(replace(PANEL, gaps=gaps), MODELS).cautions if one.id in lacking}
    assert set(said) == {"refused-rows", "silent-source"}
    assert "quarantine: 3 (missing id 2, not a number 1)" in said["refused-rows"].said.en
    assert "3行" in said["refused-rows"].said.zh
    assert said["silent-source"].numbers == {"source": "court", "last": "2021-06-30"}


def test_a_last_day_without_any_default_is_no_evidence_of_none() -> None:
    *before, last = PANEL.waves
    quiet = replace(PANEL, waves=(*before, replace(last, label=np.zeros_like(last.label))))
    whole = Plan.whole(PANEL, MODELS, seeds=1)
    assert "quiet-day" not in {one.id for one in Cautions(whole, CARD.table, CARD.served, 500)}
    plan = replace(whole, panel=quiet)
    (said,) = [one for one in Cautions(plan, CARD.table, CARD.served, 500) if one.id == "quiet-day"]
    rate = sum(int(w.label.sum()) for w in before) / sum(len(w.label) for w in before)
    assert said.numbers["expected"] == pytest.approx(rate * len(last.label))
    few = replace(last, rows=last.rows[:3], label=np.zeros(3, np.int8))
    plan = replace(plan, panel=replace(PANEL, waves=(*before, few)))
    assert "quiet-day" not in {one.id for one in Cautions(plan, CARD.table, CARD.served, 500)}
