"""Published scores as models: the order is the published one, the probability is fitted."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from analytics.credit.scores import published_scores, score
from analytics.learning.judging.calibration import reliability
from analytics.learning.models.model import Task
from analytics.learning.models.published import FIGURES, PUBLISHED, Published
from analytics.learning.panel import Part, Split
from graph.errors import InvalidPanel
from tests.analytics.learning.models.scores import lacking, stated

PANEL = stated()
SPLIT = Split.by_time(PANEL)
TASK = Task(PANEL, SPLIT)


@pytest.mark.parametrize("model", PUBLISHED, ids=lambda model: model.name)
def test_the_order_is_that_of_the_published_score(model: Published) -> None:
    fitted = model.fit(TASK)
    inputs = [PANEL.names.index(FIGURES[name]) for name in published_scores()[model.score].inputs]
    published = score(model.score, PANEL.waves[4].values[:, inputs])
    said = fitted.predict(PANEL, 4)
    known = ~np.isnan(published)
    sign = -1 if published_scores()[model.score].higher == "safer" else 1
    assert spearmanr(sign * published[known], said[known]).statistic == pytest.approx(1.0, abs=1e-9)
    assert len(set(said[~known])) == 1


@pytest.mark.parametrize("model", PUBLISHED, ids=lambda model: model.name)
def test_the_probability_is_that_of_the_rows_that_taught(model: Published) -> None:
    fitted = model.fit(TASK)
    said = SPLIT.pick(PANEL, Part.TRAIN, tuple(fitted.predict(PANEL, at) for at in range(5)))
    label = SPLIT.labels(PANEL, Part.TRAIN)
    assert said.mean() == pytest.approx(label.mean(), abs=1e-3)
    assert reliability(label, said).error < 0.03


def test_a_reason_is_the_probability_less_that_with_the_usual_figure() -> None:
    fitted = PUBLISHED[2].fit(TASK)
    at = next(k for k in range(PANEL.size) if np.isfinite(fitted.score(PANEL, 3)[k]))
    for reason in fitted.explain(PANEL, 3, at):
        place = fitted.columns.names.index(reason.feature)
        other = PANEL.waves[3].values[at : at + 1, fitted.columns.places(PANEL)].copy()
        assert reason.value == other[0, place]
        other[0, place] = fitted.usual[place]
        without = 1 / (1 + np.exp(-fitted._odds(other)[0]))
        assert reason.effect == pytest.approx(fitted.predict(PANEL, 3)[at] - without, abs=1e-9)


def test_a_panel_without_the_figures_is_refused_by_name() -> None:
    with pytest.raises(InvalidPanel, match="lacks market_value_to_liabilities"):
        PUBLISHED[0].fit(Task(lacking(PANEL, "market_value_to_liabilities"), SPLIT))
    unlisted = stated(market=False)
    with pytest.raises(InvalidPanel, match="no firm states market_value_to_liabilities"):
        PUBLISHED[0].fit(Task(unlisted, Split.by_time(unlisted)))
