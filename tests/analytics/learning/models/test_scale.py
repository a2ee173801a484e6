import numpy as np
import pytest

from analytics.learning.models.scale import Scales
from analytics.rules.reading import read_rule
from graph.errors import InvalidQuestion, InvalidRule, UnknownRule


@pytest.mark.parametrize("name", sorted(Scales.shipped().all))
def test_grades_stand_at_equal_ratios_and_hold_their_own_middles(name: str) -> None:
    scale = Scales.shipped().scale(name)
    ratios = scale.middles[1:] / scale.middles[:-1]
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-9)
    np.testing.assert_allclose(np.log(scale.bounds / scale.middles[:-1]), np.log(scale.middles[1:] / scale.bounds))
    assert [scale.grade(p) for p in scale.middles] == list(scale.grades)
    assert (scale.grade(0.0), scale.grade(1.0)) == (scale.grades[0], scale.grades[-1])
    assert scale.defaulted == "D"


def test_more_risk_is_never_a_better_grade_and_a_bound_is_the_worse_ones() -> None:
    scale = Scales.shipped().scale("GEOMETRIC_19")
    assert (np.diff(scale.places(np.linspace(0, 1, 5_000))) >= 0).all()
    assert scale.places(scale.bounds).tolist() == list(range(1, len(scale.grades)))


def test_what_is_no_probability_has_no_grade() -> None:
    scale = Scales.shipped().scale("GEOMETRIC_10")
    for p in (np.nan, -0.1, 1.1):
        with pytest.raises(InvalidQuestion):
            scale.grade(p)
    with pytest.raises(UnknownRule, match="no master scale"):
        Scales.shipped().scale("MOODYS")


@pytest.mark.parametrize("change", [{"worst": 0.0001}, {"grades": ["A"]}, {"grades": ["A", "A"]}, {"best": 1.5}])
def test_a_scale_that_is_none_is_refused(change: dict[str, object]) -> None:
    scale = Scales.shipped().scale("GEOMETRIC_10")
    table = {
        "id": "MINE", "name": {"en": "Mine", "zh": "我的"}, "grades": ["A", "B"], "best": 0.001, "worst": 0.2,
        "defaulted": "D", "citation": "mine", "verified": False,
    }  # fmt: skip
    assert read_rule(type(scale), table, where="mine").grade(0.001) == "A"
    with pytest.raises(InvalidRule):
        read_rule(type(scale), {**table, **change}, where="mine")
