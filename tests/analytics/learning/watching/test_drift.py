"""Drift is found where it was planted, and not where none is."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from analytics.learning.models.model import Task
from analytics.learning.models.scorecard import Scorecard
from analytics.learning.panel import Panel, Split
from analytics.learning.watching.drift import Drift, seen_and_expected, thresholds
from graph.errors import InvalidPanel
from tests.analytics.learning.panels import small

PANEL = small(firms=2000)
FITTED = Scorecard().fit(Task(PANEL, Split.by_time(PANEL)))


def last(panel: Panel, **changes: object) -> Panel:
    return replace(panel, waves=(*panel.waves[:-1], replace(panel.waves[-1], **changes)))  # type: ignore[arg-type]


def test_where_nothing_moved_nothing_is_found() -> None:
    """Who fails leaves, so that who stays is a little safer: no more than to be watched."""
    found = Drift.of(FITTED, PANEL, taught=(0, 1), now=2)
    assert found.level == "stable"
    assert all(figure.level == "stable" for figure in found.figures)


def test_a_figure_that_moved_is_first_and_moves_the_score() -> None:
    values = PANEL.waves[-1].values.copy()
    values[:, 1] -= 1.0
    found = Drift.of(FITTED, last(PANEL, values=values), taught=(0, 1), now=4)
    assert found.figures[0].name == "cash_ratio"
    assert (found.figures[0].level, found.score.level) == ("shift", "shift")
    assert found.level == "shift"


def test_a_figure_that_is_no_longer_stated_is_told() -> None:
    values = PANEL.waves[-1].values.copy()
    values[:1000, 0] = np.nan
    found = Drift.of(FITTED, last(PANEL, values=values), taught=(0, 1), now=4)
    assert found.figures[0].name == "debt_ratio"
    assert found.figures[0].missing[0] == pytest.approx(0.1, abs=0.02)
    assert found.figures[0].missing[1] > 0.5


def test_defaults_that_double_are_told_though_figures_stay() -> None:
    wave = PANEL.waves[-1]
    more = np.random.default_rng(0).random(len(wave.label)) < 0.2
    found = Drift.of(FITTED, last(PANEL, label=np.maximum(wave.label, more).astype(np.int8)), taught=(0, 1), now=4)
    assert (found.calibration.level, found.level) == ("shift", "shift")
    assert found.score.level != "shift"


def test_outcomes_not_known_yet_leave_calibration_open() -> None:
    wave = PANEL.waves[-1]
    found = Drift.of(FITTED, last(PANEL, label=np.full(len(wave.label), -1, np.int8)), taught=(0, 1), now=4)
    assert found.calibration.level == "unknown"
    assert found.level == found.score.level


def test_a_true_model_is_watched_about_as_often_as_the_threshold_says() -> None:
    rng, watched = np.random.default_rng(1), 0
    for _ in range(1000):
        p = rng.beta(1, 20, 2000)
        watched += seen_and_expected((rng.random(2000) < p).astype(np.int8), p).level != "stable"
    assert 30 <= watched <= 72  # 5 % of 1000, ± 3 standard errors


def test_certainties_that_fail_are_beyond_all_bounds() -> None:
    assert seen_and_expected(np.array([1], np.int8), np.array([0.0])).level == "shift"
    assert seen_and_expected(np.array([1], np.int8), np.array([1.0])).error == 0.0


def test_thresholds_are_those_of_the_domain_reference_and_of_the_normal() -> None:
    assert (thresholds()["PSI"].watch_from, thresholds()["PSI"].shift_from) == (0.1, 0.25)
    by = thresholds()["CALIBRATION"]
    assert (by.watch_from, by.shift_from) == pytest.approx((norm.isf(0.025), norm.isf(0.0005)), abs=1e-6)


def test_no_days_to_compare_are_refused() -> None:
    with pytest.raises(InvalidPanel):
        Drift.of(FITTED, PANEL, taught=(), now=4)
