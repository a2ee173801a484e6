"""Assets implied by shares: against the call itself, Hull's example, and limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from analytics.credit.merton import default_point, distance_to_default, implied_assets
from graph.errors import InvalidQuestion


@given(st.floats(0.3, 5.0), st.floats(0.03, 1.2), st.floats(-0.02, 0.1), st.floats(0.25, 5.0))
def test_assets_are_found_again_from_the_shares_they_are_worth(v: float, s: float, r: float, t: float) -> None:
    """The other way round: price the call on known assets, and its volatility by Itô's rule."""
    d1 = (np.log(v) + (r + 0.5 * s**2) * t) / (s * np.sqrt(t))
    equity = v * norm.cdf(d1) - np.exp(-r * t) * norm.cdf(d1 - s * np.sqrt(t))
    if equity < 1e-6:
        return
    found = implied_assets(equity, norm.cdf(d1) * s * v / equity, 1.0, rate=r, years=t)
    assert found.value == pytest.approx(v, rel=1e-6)
    assert found.volatility == pytest.approx(s, rel=1e-5)
    assert found.probability == pytest.approx(norm.cdf(-(d1 - s * np.sqrt(t))), abs=1e-6)


def test_many_firms_are_solved_at_once_as_each_alone() -> None:
    equity, volatility, debt = np.array([3.0, 10.0, 0.5]), np.array([0.8, 0.3, 1.5]), np.array([10.0, 1.0, 20.0])
    whole = implied_assets(equity, volatility, debt, rate=0.05)
    for k in range(3):
        alone = implied_assets(equity[k], volatility[k], debt[k], rate=0.05)
        assert whole.value[k] == pytest.approx(float(alone.value), rel=1e-12)
        assert whole.distance[k] == pytest.approx(float(alone.distance), rel=1e-9)


def test_little_debt_leaves_assets_as_volatile_as_shares() -> None:
    found = implied_assets(100.0, 0.3, 0.01)
    assert float(found.volatility) == pytest.approx(0.3, rel=1e-3)
    assert float(found.probability) < 1e-12


def test_distance_by_hand() -> None:
    """ln 2 / 0.5 − 0.25 = 1.1363 within a year; four years: (ln 2 + 4 · (0.05 − 0.125)) / 1."""
    assert float(distance_to_default(2.0, 1.0, 0.5)) == pytest.approx(np.log(2) / 0.5 - 0.25)
    later = distance_to_default(2.0, 1.0, 0.5, drift=0.05, years=4.0)
    assert float(later) == pytest.approx(np.log(2) - 0.3)
    assert np.isnan(distance_to_default(np.nan, 1.0, 0.5))
    assert default_point([10.0, 0.0], [4.0, 3.0]).tolist() == [12.0, 1.5]


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_what_has_no_solution_is_refused(bad: float) -> None:
    for given_as in ({"equity": bad}, {"volatility": bad}, {"debt": bad}, {"years": bad}):
        with pytest.raises(InvalidQuestion, match=next(iter(given_as))):
            implied_assets(**({"equity": 1.0, "volatility": 0.3, "debt": 1.0} | given_as))
    with pytest.raises(InvalidQuestion, match="rate"):
        implied_assets(1.0, 0.3, 1.0, rate=np.nan)
    with pytest.raises(InvalidQuestion, match="debt"):
        default_point(-1.0, 0.0)
    with pytest.raises(InvalidQuestion, match="volatility"):
        distance_to_default(1.0, 1.0, 0.0)
