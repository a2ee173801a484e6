import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.credit.scaling import Scale, points
from graph.errors import InvalidQuestion


@given(st.floats(1e-4, 1e4), st.floats(1, 100), st.floats(0.1, 100))
def test_twice_the_odds_are_always_as_many_points(odds: float, double: float, base: float) -> None:
    scale = Scale(500.0, base, double)
    assert points(2 * odds, scale) - points(odds, scale) == pytest.approx(double, rel=1e-6)
    assert points(base, scale) == pytest.approx(500.0)
    assert points(1.0, scale) == pytest.approx(scale.offset)


def test_what_are_no_odds_is_refused() -> None:
    for odds in (0.0, -1.0, np.nan):
        with pytest.raises(InvalidQuestion):
            points(odds)
    for wrong in ((600.0, 0.0, 20.0), (600.0, 50.0, 0.0), (np.nan, 50.0, 20.0)):
        with pytest.raises(InvalidQuestion):
            Scale(*wrong)
