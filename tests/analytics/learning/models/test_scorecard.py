"""The scorecard: it finds a line that is there, its points sum up and double, and its reasons are true differences."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from analytics.credit.scaling import Scale, points
from analytics.learning.judging.ranking import auc
from analytics.learning.models.model import Task
from analytics.learning.models.scorecard import Scorecard
from analytics.learning.panel import Feature, Part, Split
from tests.analytics.learning.panels import small

PANEL = small(firms=1500)
SPLIT = Split.by_time(PANEL)
CARD = Scorecard().fit(Task(PANEL, SPLIT))


def test_it_ranks_almost_as_well_as_the_truth_can_be_ranked() -> None:
    """The planted logit is a line in both figures; a tenth of each is hidden from every model."""
    said = SPLIT.pick(PANEL, Part.TEST, tuple(CARD.predict(PANEL, at) for at in range(5)))
    label = SPLIT.labels(PANEL, Part.TEST)
    truth = tuple(3 - 1.2 * wave.values[:, 0] + 0.8 * wave.values[:, 1] for wave in PANEL.waves)
    known = SPLIT.pick(PANEL, Part.TEST, truth)
    there = ~np.isnan(known)
    assert auc(label[there], said[there]) > auc(label[there], -known[there]) - 0.025
    assert said.mean() == pytest.approx(label.mean(), abs=0.02)


def test_one_line_of_each_figure_sums_to_the_score_and_double_odds_are_its_points() -> None:
    scored, said = CARD.points(PANEL, 4), CARD.predict(PANEL, 4)
    np.testing.assert_allclose(scored, points((1 - said) / said, Scale()), atol=1e-9)
    lines = list(CARD.card())
    for party in range(50):
        total = 0.0
        for at, feature in enumerate(CARD.columns.features):
            value = CARD.columns.of(PANEL, 4)[party, at]
            own = [line for line in lines if line.feature == feature.name]
            total += next(
                line.points for line in own if (line.missing and np.isnan(value)) or line.above < value <= line.upto
            )
        assert total == pytest.approx(scored[party], abs=1e-9)


def test_a_reason_is_the_probability_less_that_of_the_average_weight() -> None:
    reasons = CARD.explain(PANEL, 4, 7)
    evidence = CARD._evidence(CARD.columns.of(PANEL, 4)[7:8])[0]
    for reason in reasons:
        at = CARD.columns.names.index(reason.feature)
        other = evidence.copy()
        other[at] = 0.0
        without = expit(CARD.line.constant + other @ CARD.line.slopes)
        assert reason.effect == pytest.approx(CARD.predict(PANEL, 4)[7] - without, abs=1e-12)
    assert [abs(r.effect) for r in reasons] == sorted((abs(r.effect) for r in reasons), reverse=True)


def test_a_figure_of_chance_is_left_out() -> None:
    rng = np.random.default_rng(0)
    noise = Feature("noise", "ratio", "Noise", "噪声", 0, "own", "test")
    waves = tuple(
        replace(w, values=np.column_stack([w.values, rng.normal(size=PANEL.size)]).astype(np.float32))
        for w in PANEL.waves
    )
    panel = replace(PANEL, features=(*PANEL.features, noise), waves=waves)
    assert "noise" not in Scorecard().fit(Task(panel, SPLIT)).columns.names
