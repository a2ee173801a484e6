"""The table on worlds where it is known what it must show."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.learning.evaluating.cell import REWIRED, Outcome
from analytics.learning.evaluating.plan import COMMUNITY, TIME, Plan
from analytics.learning.evaluating.rule import serve
from analytics.learning.evaluating.running import evaluate
from analytics.learning.evaluating.strata import BANDS, strata
from analytics.learning.evaluating.table import Difference, Table
from analytics.learning.features.profile import SIZE
from analytics.learning.judging.bootstrap import Estimate
from analytics.learning.judging.ranking import auc
from analytics.learning.panel import Panel, Part, Split
from graph.errors import InvalidPanel
from tests.analytics.learning.evaluating.models import Line, Told, told
from tests.analytics.learning.evaluating.worlds import undated, world

CONTAGION = Line("truth", heard=0.6)
PANEL = world(CONTAGION, firms=1500)
MODELS = told(lightgbm=Line("lightgbm"), mlp=Line("mlp"), lightgbm_graph=Line("lightgbm-graph", heard=0.15),
              gnn=Line("gnn", heard=0.4, noise=0.2), stack=Line("stack", heard=0.6))  # fmt: skip


def made(panel: Panel, models: dict[str, Told], *, truth: Line | None = None, **changes: int) -> tuple[Plan, Table]:
    whole = Plan.whole(panel, models, **({"seeds": 2, "folds": 3, "times": 200} | changes))  # type: ignore[arg-type]
    kept: dict[str, Outcome] = {}
    evaluate(whole, kept, lambda fraction, doing: None)
    known = tuple(truth.predict(panel, at) for at in range(len(panel.waves))) if truth else None
    return whole, Table.of(whole, kept, truth=known)


WHOLE, TABLE = made(PANEL, MODELS, truth=CONTAGION)


def test_a_row_says_what_its_model_says_on_the_rows_that_judge() -> None:
    split = WHOLE.splits[TIME]
    fitted = MODELS["lightgbm"].line
    said = split.pick(PANEL, Part.TEST, tuple(fitted.predict(PANEL, at) for at in range(5)))
    row = TABLE.row("lightgbm")
    assert row is not None
    assert row.measures["auc"].value == pytest.approx(auc(split.labels(PANEL, Part.TEST), said), abs=1e-12)
    assert row.measures["auc"].low < row.measures["auc"].value < row.measures["auc"].high
    assert row.note == "told"


def test_seeds_are_a_mean_with_its_spread_and_folds_are_one_row() -> None:
    gnn, parted = TABLE.row("gnn"), TABLE.row("gnn", COMMUNITY)
    assert gnn is not None
    assert parted is not None
    assert (gnn.cells, parted.cells) == (2, 3)
    assert gnn.measures["auc"].spread > 0


def test_contagion_that_is_there_is_found_by_what_hears_it() -> None:
    gain = TABLE.gain("stack", "lightgbm")
    assert gain is not None
    assert gain.measures["auc"].above_zero
    wiring = TABLE.difference(("stack", TIME, ""), ("stack", TIME, REWIRED))
    assert wiring is not None
    assert wiring.measures["auc"].above_zero
    share = TABLE.share("stack", "placebo")
    assert share is not None
    assert share.value.value < 0.3


def test_who_says_the_truth_recovers_all_of_it() -> None:
    share, less = TABLE.share("stack", "recovered"), TABLE.share("lightgbm-graph", "recovered")
    assert share is not None
    assert less is not None
    assert (share.value.value, share.value.low, share.value.high) == (1.0, 1.0, 1.0)
    assert 0.1 < less.value.value < 0.8
    assert TABLE.share("lightgbm", "recovered") is None


def test_a_model_that_counts_links_alone_is_seen_through() -> None:
    """Here degree is all: permuted links leave the whole gain."""
    line = Line("truth", degree=0.5)
    panel = world(line, firms=1500, seed=3)
    models = told(lightgbm=Line("lightgbm"), lightgbm_graph=Line("lightgbm-graph", degree=0.5))
    _, table = made(panel, models)
    share = table.share("lightgbm-graph", "placebo")
    assert share is not None
    assert share.value.value == pytest.approx(1.0, abs=1e-9)
    apart = table.difference(("lightgbm-graph", TIME, ""), ("lightgbm-graph", TIME, REWIRED))
    assert apart is not None
    assert not apart.measures["auc"].above_zero


def test_a_relation_left_out_costs_what_it_brought() -> None:
    for relation in PANEL.relations:
        lost = TABLE.difference(("gnn", TIME, ""), ("gnn", TIME, f"without {relation}"))
        assert lost is not None
        assert lost.measures["auc"].above_zero


def test_the_stack_is_served_where_it_certainly_gains_and_else_trees() -> None:
    assert serve(TABLE).model == "stack"
    alike = MODELS | {"stack": Told(Line("stack", heard=0.15))}
    _, table = made(PANEL, alike)
    found = serve(table)
    assert found.model == "lightgbm-graph"
    assert "not certainly above 0" in found.why.en


@pytest.mark.parametrize(("given", "where", "wo"), [
    (True, "on the rows that the data set keeps for judging", "在数据自带的检验集上"),
    (False, "on communities held out", "在留出的社区上"),
])  # fmt: skip
def test_without_days_the_rule_holds_on_what_is_held_out_and_says_what_that_is(given: bool, where: str,
                                                                             wo: str) -> None:  # fmt: skip
    panel = undated(world(Line("truth", heard=0.6), firms=4000), given=given)
    served = [serve(made(panel, MODELS | {"stack": Told(Line("stack", heard=heard))})[1]) for heard in (0.6, 0.15)]
    assert [found.model for found in served] == ["stack", "lightgbm-graph"]
    for found in served:
        assert found.gain is not None
        assert (found.model == "stack") is (found.gain.low > 0)
        assert where in found.why.en
        assert wo in found.why.zh


def test_at_the_very_edge_the_rule_says_no() -> None:
    one = Difference(("stack", TIME, ""), ("lightgbm-graph", TIME, ""), {"auc": Estimate(0.01, 0.0, 0.02)})
    edge = replace(TABLE, differences=(one,))
    assert serve(edge).model == "lightgbm-graph"
    above = replace(one, measures={"auc": Estimate(0.01, 1e-9, 0.02)})
    assert serve(replace(TABLE, differences=(above,))).model == "stack"
    with pytest.raises(InvalidPanel, match="neither"):
        serve(replace(TABLE, rows=()))


def test_strata_hold_every_row_once_and_judge_where_both_classes_are_there() -> None:
    kept: dict[str, Outcome] = {}
    evaluate(WHOLE, kept, lambda fraction, doing: None)
    found = strata(WHOLE, kept)
    rows = WHOLE.judged(TIME)
    assert {one.by for one in found} == {"industry", "log_assets"}
    for by in ("industry", "log_assets"):
        mine = [one for one in found if (one.model, one.by) == ("stack", by)]
        assert sum(one.rows for one in mine) == len(rows.label)
        assert sum(one.bad for one in mine) == rows.label.sum()
    sizes = [one for one in found if (one.model, one.by) == ("stack", "log_assets")]
    assert [one.group for one in sizes] == ["small", "middle", "large", ""]
    assert sizes[0].rows == pytest.approx(sizes[2].rows, rel=0.05)
    named = next(one for one in found if (one.model, one.by, one.group) == ("lightgbm", "industry", "C"))
    at = PANEL.names.index("industry")
    code = np.array([PANEL.waves[w].values[p, at] for w, p in zip(rows.wave, rows.party, strict=True)])
    split = WHOLE.splits[TIME]
    said = split.pick(PANEL, Part.TEST, tuple(MODELS["lightgbm"].line.predict(PANEL, k) for k in range(5)))
    assert named.measures["auc"].value == pytest.approx(auc(rows.label[code == 1], said[code == 1]), abs=1e-12)


def test_size_is_the_class_that_firms_state_and_else_how_much_they_own() -> None:
    classes = replace(SIZE, categories=("小型", "大型"))
    waves = tuple(
        replace(wave, values=np.column_stack([wave.values, np.arange(wave.size) % 2]).astype(np.float32))
        for wave in PANEL.waves
    )
    stated = replace(PANEL, features=(*PANEL.features, classes), waves=waves)
    silent = replace(stated, waves=tuple(replace(w, values=np.column_stack([w.values[:, :-1], np.full(w.size, np.nan)])
                                                 .astype(np.float32)) for w in waves))  # fmt: skip
    for panel, by, groups in ((stated, "size_class", ["大型", "小型"]), (silent, "log_assets", [*BANDS, ""])):
        kept: dict[str, Outcome] = {}
        plan = Plan.one_split(panel, {"lightgbm": MODELS["lightgbm"]}, Split.by_time(panel), times=50)
        evaluate(plan, kept, lambda fraction, doing: None)
        found = strata(plan, kept)
        assert {one.by for one in found} == {"industry", by}
        assert sorted(one.group for one in found if one.by == by) == sorted(groups)


def test_each_pair_is_told_once() -> None:
    pairs = [frozenset((one.one, one.other)) for one in TABLE.differences]
    assert len(set(pairs)) == len(pairs)
    assert TABLE.gain("lightgbm-graph", "lightgbm") is not None
