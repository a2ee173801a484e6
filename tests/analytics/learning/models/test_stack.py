"""The stack, on models so small that all is known of them."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.special import expit, logit

from analytics.learning.models import Files, Reason, Task
from analytics.learning.models.calibration import Calibration
from analytics.learning.models.keeping import Kept
from analytics.learning.models.logistic import Line
from analytics.learning.models.model import Numbers
from analytics.learning.models.stack import Stack, Stacked
from analytics.learning.panel import Panel, Part, Split
from tests.analytics.learning.panels import small


@dataclass(frozen=True)
class Rate:
    """Says of every party the rate of defaults among rows that teach."""

    name: str = "rate"
    graph: bool = False
    rate: float = 0.0

    def fit(self, task: Task) -> "Rate":
        return replace(self, rate=float(task.split.labels(task.panel, Part.TRAIN).mean()))

    def predict(self, panel: Panel, at: int) -> Numbers:
        return np.full(panel.size, self.rate)

    def explain(self, panel: Panel, at: int, party: int, *, most: int = 5) -> tuple[Reason, ...]:
        return ()

    def save(self) -> Files:
        return Kept(self.name, {"rate": self.rate}).files()

    def load(self, files: Files) -> "Rate":
        return replace(self, rate=Kept.read(files, self.name).facts["rate"])


@dataclass(frozen=True)
class Figure(Rate):
    """Says a line in log odds of one figure."""

    name: str = "figure"
    column: int = 0
    slope: float = 1.0

    def fit(self, task: Task) -> "Figure":
        return self

    def predict(self, panel: Panel, at: int) -> Numbers:
        return np.asarray(expit(-3 + self.slope * np.nan_to_num(panel.waves[at].values[:, self.column].astype(float))))

    def explain(self, panel: Panel, at: int, party: int, *, most: int = 5) -> tuple[Reason, ...]:
        said = float(self.predict(panel, at)[party])
        return (Reason(panel.features[self.column].name, value=1.0, effect=said - float(expit(-3))),)[:most]


DEBT, CASH = Figure(slope=1.2), Figure(name="other", column=1, slope=-0.8)


def stacked(one: Figure = DEBT, other: Figure = CASH) -> tuple[Panel, Stacked]:
    panel = small(firms=4_000, missing=0.0)
    return panel, Stack(one, other).fit(Task(panel, Split.by_time(panel)))


def test_two_halves_of_the_truth_make_the_whole() -> None:
    """The log odds of these panels are -3 + 1.2 debt - .8 cash: a stack of the two lines finds them."""
    panel, found = stacked()
    x = panel.waves[4].values.astype(float)
    truth = expit(-3 + 1.2 * x[:, 0] - 0.8 * x[:, 1])
    assert np.abs(found.predict(panel, 4) - truth).mean() < 0.012
    np.testing.assert_allclose(found.line.slopes, [1, 1], atol=0.15)


def test_a_leg_that_says_the_opposite_is_left_out_and_not_turned_round() -> None:
    _, found = stacked(other=replace(CASH, slope=0.8))
    assert found.line.slopes[1] == pytest.approx(0, abs=1e-9)


def test_effects_of_a_stack_are_what_it_says_less_what_it_would_say() -> None:
    panel, found = stacked()
    reasons = {reason.feature: reason.effect for reason in found.explain(panel, 3, 17)}
    legs = [float(leg.predict(panel, 3)[17]) for leg in (found.one, found.other)]
    said = float(found.predict(panel, 3)[17])
    without = [
        found.calibration(expit(found.line.log_odds(logit([expit(-3), legs[1]])))),
        found.calibration(expit(found.line.log_odds(logit([legs[0], expit(-3)])))),
    ]
    assert reasons["debt_ratio"] == pytest.approx(said - float(without[0]), abs=1e-9)
    assert reasons["cash_ratio"] == pytest.approx(said - float(without[1]), abs=1e-9)


def test_the_same_reason_of_both_legs_is_told_once() -> None:
    panel, found = stacked(other=replace(DEBT, name="again", slope=0.6))
    reasons = found.explain(panel, 3, 17)
    assert [reason.feature for reason in reasons] == ["debt_ratio"]
    start = Stacked(Figure(slope=0.0), Figure(slope=0.0), found.line, found.calibration).predict(panel, 3)[17]
    assert reasons[0].effect == pytest.approx(float(found.predict(panel, 3)[17] - start), abs=1e-9)


def test_a_stack_is_calibrated_on_the_rows_that_settle_and_kept_with_it() -> None:
    panel, found = stacked()
    again = Stack(DEBT, CASH).load(found.save())
    assert again.calibration == found.calibration
    assert isinstance(again.line, Line)
    assert isinstance(again.calibration, Calibration)
    validate = Split.by_time(panel).rows(2, Part.VALIDATE)
    said = found.predict(panel, 2)[panel.waves[2].rows[validate]]
    assert said.mean() == pytest.approx(panel.waves[2].label[validate].mean(), abs=0.002)
