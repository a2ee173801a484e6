"""What calls for another model."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.learning.watching.drift import Calibration, Drift, Shift
from analytics.learning.watching.triggers import called, triggers

CALM = Drift(
    Shift("score", 0.05, (0.0, 0.0), "stable"),
    tuple(Shift(f"f{k}", 0.01, (0.0, 0.0), "stable") for k in range(10)),
    Calibration(100, 3, 3.0, 0.0, "stable"),
)


def pulled(drift: Drift, months: float) -> set[str]:
    return {one.trigger.measure for one in called(drift, months=months) if one.pulled}


def test_nothing_moved_calls_for_nothing_and_what_is_not_known_neither() -> None:
    assert pulled(CALM, 12) == set()
    unknown = replace(CALM, calibration=Calibration(0, 0, 0.0, np.nan, "unknown"))
    assert pulled(unknown, np.nan) == set()


@pytest.mark.parametrize(
    ("drift", "months", "measure"),
    [
        (replace(CALM, score=Shift("score", 0.26, (0.0, 0.0), "shift")), 12, "score"),
        (replace(CALM, calibration=Calibration(100, 9, 3.0, -3.4, "shift")), 12, "calibration"),
        (replace(CALM, figures=(*CALM.figures[:6], *[Shift("g", 0.5, (0.0, 0.0), "shift")] * 4)), 12, "figures"),
        (CALM, 37, "age"),
    ],
)
def test_each_measure_pulls_its_own_trigger(drift: Drift, months: float, measure: str) -> None:
    assert pulled(drift, months) == {measure}


def test_a_measure_at_its_bound_pulls_nothing() -> None:
    bound = triggers()["RETRAIN_AGE"].above
    assert pulled(CALM, bound) == set()
