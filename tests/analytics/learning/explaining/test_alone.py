"""What is left of a probability once neighbours are without risk."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logit

from analytics.learning.explaining.alone import alone
from analytics.learning.models import Task
from analytics.learning.models.forests import LightGBM
from analytics.learning.models.sights import HAZARD, SPREAD, Own, Surroundings
from analytics.learning.models.stack import Stack
from analytics.learning.models.tree import Growth
from analytics.learning.panel import Panel, Split
from tests.analytics.learning.panels import small

GRAPH = LightGBM("lightgbm-graph", True, Surroundings, Growth(rounds=20))
OWN = LightGBM("lightgbm", False, Own, Growth(rounds=20))


@pytest.fixture(scope="module")
def task() -> Task:
    panel = small()
    return Task(panel, Split.by_time(panel))


def sound(panel: Panel, at: int) -> Panel:
    """The same wave, in which nobody has failed."""
    wave = panel.waves[at]
    calm = replace(wave, public=np.zeros(wave.size, np.bool_))
    return replace(panel, waves=(*panel.waves[:at], calm, *panel.waves[at + 1 :]))


def test_a_model_of_own_figures_says_the_same_alone(task: Task) -> None:
    fitted = OWN.fit(task)
    told = fitted.predict(task.panel, 4)
    assert [alone(fitted, task.panel, 4, party) for party in range(5)] == told[:5].tolist()


def test_trees_say_alone_what_they_say_where_every_neighbour_is_without_risk(task: Task) -> None:
    """Held against the whole wave anew: nobody has failed, and the first stage says 0 of all others."""
    fitted = GRAPH.fit(task)
    sight = fitted.sight
    panel, own = sound(task.panel, 4), sight.first.predict(task.panel, 4)
    for party in range(8):
        pd = np.where(np.arange(panel.size) == party, own, 0.0)
        seen = sight._seen(panel, 4, pd)[[party]]
        # From the second round on the party's neighbours hear of the party itself, which is no risk of theirs.
        names = sight.columns.names
        seen[0, [name.endswith(".risk2") for name in names]] = 0.0
        last = sight.propagation.rounds[-1]
        quiet = last.probability(logit(own[[party]]), np.zeros((1, len(last.hazards))))
        seen[0, names.index(SPREAD.name)], seen[0, names.index(HAZARD.name)] = logit(quiet)[0], 0.0
        assert alone(fitted, task.panel, 4, party) == pytest.approx(float(fitted.said(seen)[0]))


def test_risk_of_neighbours_never_makes_trees_say_less(task: Task) -> None:
    """Slopes of what is heard are held at 0 or above."""
    fitted = GRAPH.fit(task)
    told = fitted.predict(task.panel, 4)
    assert all(alone(fitted, task.panel, 4, party) <= told[party] + 1e-12 for party in range(60))


def test_a_stack_joins_what_its_legs_say_alone(task: Task) -> None:
    stacked = Stack(GRAPH, OWN).fit(task)
    legs = [alone(leg, task.panel, 4, 3) for leg in stacked.legs]
    odds = np.log(legs) - np.log1p(-np.array(legs))
    joined = stacked.line.constant + stacked.line.slopes @ odds
    expected = float(stacked.calibration(1 / (1 + np.exp(-joined))))
    assert alone(stacked, task.panel, 4, 3) == pytest.approx(expected)


def test_a_stack_keeps_what_its_legs_said_of_the_wave_asked_last(task: Task) -> None:
    stacked = Stack(GRAPH, OWN).fit(task)
    first = stacked.predict(task.panel, 4)
    np.testing.assert_array_equal(stacked.predict(task.panel, 4), first)
    other = replace(
        task.panel, waves=(*task.panel.waves[:4], replace(task.panel.waves[4], public=~task.panel.waves[4].public))
    )
    assert (stacked.predict(other, 4) != first).any()
