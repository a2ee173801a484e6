"""What trees see: own figures, degrees alone, or what is heard of neighbours."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from analytics.learning.models import Task
from analytics.learning.models.calibration import Calibration
from analytics.learning.models.forests import DEGREES, FORESTS, GRAPH, OWN, Forest
from analytics.learning.models.keeping import Kept
from analytics.learning.models.sights import Surroundings
from analytics.learning.models.tree import Growth
from analytics.learning.panel import Feature, Panel, Part, Split
from graph.errors import InvalidModel, InvalidPanel
from tests.analytics.learning.panels import small

LOAD = Feature("guarantee_load", "ratio", "Load", "或有担保责任／净资产", 1, "engine", "test")


@cache
def contagious() -> Panel:
    """Firms that fall more often where one they guarantee has failed publicly; nothing else runs over links."""
    rng = np.random.default_rng(4)
    panel, failed, waves = small(firms=700), np.zeros(700, bool), []
    for wave in panel.waves:
        ties = wave.ties["GUARANTEES"]
        hit = np.zeros(700, bool)
        hit[ties.tail[failed[ties.head]]] = True
        odds = -3 + 0.8 * np.nan_to_num(wave.values[:, 0]) + 2.5 * hit
        rows = np.flatnonzero(~failed).astype(np.int32)
        falls = rng.random(700) < 1 / (1 + np.exp(-odds))
        label = falls[rows].astype(np.int8)
        waves.append(replace(wave, public=failed.copy(), rows=rows, label=label))
        failed |= falls
    return replace(panel, waves=tuple(waves))


@cache
def fitted(name: str) -> Forest:
    panel = contagious()
    return next(model for model in FORESTS if model.name == name).fit(Task(panel, Split.by_time(panel)))


def auc(name: str, panel: Panel, at: int = 4) -> float:
    wave = panel.waves[at]
    return float(roc_auc_score(wave.label, fitted(name).predict(panel, at)[wave.rows]))


def rewired(panel: Panel) -> Panel:
    """Degrees kept, wiring destroyed."""
    rng = np.random.default_rng(1)
    waves = [
        replace(wave, ties={
            name: replace(ties, head=rng.permutation(ties.head), stake=rng.permutation(ties.stake))
            for name, ties in wave.ties.items()
        })
        for wave in panel.waves
    ]  # fmt: skip
    return replace(panel, waves=tuple(waves))


def test_where_failures_travel_over_links_only_trees_that_hear_of_neighbours_find_it() -> None:
    panel = contagious()
    assert auc("lightgbm-graph", panel) > auc("lightgbm", panel) + 0.05
    assert auc("lightgbm-graph", rewired(panel)) < auc("lightgbm-graph", panel) - 0.05


def test_own_figures_alone_know_no_links_and_degrees_alone_know_nothing_else() -> None:
    panel = contagious()
    np.testing.assert_array_equal(fitted("lightgbm").predict(rewired(panel), 2), fitted("lightgbm").predict(panel, 2))
    rates, plain = fitted("lightgbm-degrees").predict(rewired(panel), 2), fitted("lightgbm-degrees").predict(panel, 2)
    np.testing.assert_array_equal(rates, plain)
    others = tuple(replace(wave, values=-wave.values, public=~wave.public) for wave in panel.waves)
    np.testing.assert_array_equal(fitted("lightgbm-degrees").predict(replace(panel, waves=others), 2), plain)
    assert {feature.scope for feature in fitted("lightgbm").tree.columns.features} == {"own"}
    assert all(name.endswith(".degree") for name in fitted("lightgbm-degrees").tree.columns.names)


def test_more_failed_ones_among_those_it_guarantees_never_lower_what_is_said() -> None:
    panel = contagious()
    wave = panel.waves[4]
    before = fitted("lightgbm-graph").predict(panel, 4)
    all_failed = replace(wave, public=np.ones(panel.size, bool))
    none_failed = replace(wave, public=np.zeros(panel.size, bool))
    other = {
        public: fitted("lightgbm-graph").predict(replace(panel, waves=(*panel.waves[:4], one)), 4)
        for public, one in ((True, all_failed), (False, none_failed))
    }
    guarantors = np.unique(wave.ties["GUARANTEES"].tail)
    assert other[True][guarantors].mean() > before[guarantors].mean() > other[False][guarantors].mean()


def test_hazards_find_the_one_way_failures_travel() -> None:
    sight = fitted("lightgbm-graph").sight
    assert isinstance(sight, Surroundings)
    names = [f"{channel.name}.{heard}" for heard in ("failed", "risk") for channel in sight.neighbours.channels.all]
    hazards = dict(zip(names, sight.propagation.rounds[-1].hazards, strict=True))
    assert max(hazards, key=lambda name: hazards[name]) == "GUARANTEES.out.failed"
    assert min(hazards.values()) >= 0


def test_trees_that_say_too_little_are_brought_to_what_came_true_and_rank_as_before() -> None:
    """Ten trees that learn slowly stay near the base rate: every probability is drawn to the middle."""
    panel = contagious()
    split = Split.by_time(panel)
    few = replace(GRAPH, growth=Growth(rounds=10)).fit(Task(panel, split))
    plain = replace(few, calibration=Calibration())
    ((_, slope, *_),) = few.calibration.numbers
    assert slope > 1
    told, before = (
        split.pick(panel, Part.TEST, tuple(forest.predict(panel, at) for at in range(len(panel.waves))))
        for forest in (few, plain)
    )
    label = split.labels(panel, Part.TEST)
    assert log_loss(label, told) < log_loss(label, before)
    np.testing.assert_array_equal(np.argsort(told, kind="stable"), np.argsort(before, kind="stable"))


def test_files_of_before_trees_were_calibrated_say_what_they_said() -> None:
    panel, forest = contagious(), fitted("lightgbm")
    kept = Kept.read(forest.save(), "lightgbm")
    facts = {name: said for name, said in kept.facts.items() if name != "calibration"}
    old = OWN.load(Kept("lightgbm", facts, kept.contents).files())
    plain = replace(forest, calibration=Calibration())
    np.testing.assert_array_equal(old.predict(panel, 2), plain.predict(panel, 2))


def test_measures_of_the_engine_are_seen_by_trees_over_the_graph_alone() -> None:
    panel = contagious()
    rng = np.random.default_rng(2)
    waves = tuple(
        replace(wave, values=np.hstack([wave.values, rng.normal(size=(panel.size, 1)).astype(np.float32)]))
        for wave in panel.waves
    )
    wide = replace(panel, features=(*panel.features, LOAD), waves=waves)
    task = Task(wide, Split.by_time(wide))
    assert "guarantee_load" in GRAPH.fit(task).tree.columns.names
    assert "guarantee_load" not in OWN.fit(task).tree.columns.names


def worst() -> int:
    """Of the guarantors of a firm that failed, the one in most danger."""
    panel = contagious()
    wave = panel.waves[4]
    ties = wave.ties["GUARANTEES"]
    hit = np.intersect1d(ties.tail[wave.public[ties.head]], wave.rows)
    return int(hit[np.argmax(fitted("lightgbm-graph").predict(panel, 4)[hit])])


def test_explanations_name_the_link_to_the_failed_neighbour() -> None:
    """Of guarantors of a failed firm; by chance one link in five is the guarantee of it."""
    panel, forest = contagious(), fitted("lightgbm-graph")
    wave = panel.waves[4]
    ties = wave.ties["GUARANTEES"]
    true, other, first = [], [], []
    for party in np.intersect1d(ties.tail[wave.public[ties.head]], wave.rows)[:60].tolist():
        reasons = forest.explain(panel, 4, party, most=99)
        assert not any(reason.feature.startswith("GUARANTEES.") for reason in reasons)
        links = [reason for reason in reasons if reason.link >= 0]
        causes = {int(link) for link in np.flatnonzero((ties.tail == party) & wave.public[ties.head])}
        is_cause = [reason.relation == "GUARANTEES" and reason.link in causes for reason in links]
        first.append(is_cause[0])
        for reason, caused in zip(links, is_cause, strict=True):
            (true if caused else other).append(reason.effect)
            if caused:
                assert reason.value == ties.stake[reason.link]
    assert np.mean(first) > 0.6
    assert np.mean(true) > 0.05 > 5 * np.mean(other)


def test_effects_of_links_are_what_would_be_said_without_them() -> None:
    """The link is taken out of the panel and all is worked out anew; only what comes back in a circle may differ."""
    panel = contagious()
    forest, party = fitted("lightgbm-graph"), worst()
    said = forest.predict(panel, 4)[party]
    links = [reason for reason in forest.explain(panel, 4, party, most=99) if reason.link >= 0]
    assert links
    for reason in links:
        wave = panel.waves[4]
        ties = wave.ties[reason.relation]
        keep = np.arange(ties.size) != reason.link
        fewer = replace(
            ties, tail=ties.tail[keep], head=ties.head[keep], stake=ties.stake[keep], source=ties.source[keep]
        )
        other = replace(wave, ties={**wave.ties, reason.relation: fewer})
        anew = forest.predict(replace(panel, waves=(*panel.waves[:4], other)), 4)[party]
        assert reason.effect == pytest.approx(said - anew, abs=0.004)


def test_a_panel_without_relations_teaches_graphs_nothing_and_one_with_fewer_is_not_scored() -> None:
    panel = contagious()
    bare = replace(panel, relations=(), waves=tuple(replace(wave, ties={}) for wave in panel.waves))
    for model in (DEGREES, GRAPH):
        with pytest.raises(InvalidPanel, match="relation"):
            model.fit(Task(bare, Split.by_time(bare)))
        with pytest.raises(InvalidModel, match="GUARANTEES"):
            fitted(model.name).predict(bare, 0)


def test_a_wave_seen_last_is_not_taken_for_one_of_other_features() -> None:
    panel = contagious()
    fitted("lightgbm").predict(panel, 1)
    other = replace(panel, features=tuple(replace(one, unit="days") for one in panel.features))
    with pytest.raises(InvalidModel, match="in days"):
        fitted("lightgbm").predict(other, 1)
