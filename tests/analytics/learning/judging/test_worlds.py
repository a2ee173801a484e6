"""Shares over worlds: against Student's test itself, and by how often the interval holds the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t, ttest_1samp

from analytics.learning.judging.worlds import mean_over, share_over

GAINS = st.lists(st.tuples(st.floats(-0.02, 0.1), st.floats(0.02, 0.1)), min_size=3, max_size=8)


def test_the_mean_has_the_interval_of_student() -> None:
    values = [0.6, 0.7, 0.85, 0.8]
    found = mean_over(values)
    low, high = t.interval(0.95, 3, loc=np.mean(values), scale=np.std(values, ddof=1) / 2)
    assert (found.value, found.low, found.high) == pytest.approx((np.mean(values), low, high))
    assert np.isnan(mean_over([0.7]).low)


@given(GAINS)
def test_the_ends_are_the_shares_that_the_test_of_student_just_refutes(told: list[tuple[float, float]]) -> None:
    g, w = np.array(told).T
    found = share_over(g, w)
    assert found.value == pytest.approx(g.sum() / w.sum())
    if np.isnan(found.low) or (g - found.value * w).std() < 1e-6:
        return
    assert found.low <= found.value <= found.high
    for end in (found.low, found.high):
        assert ttest_1samp(g - end * w, 0).pvalue == pytest.approx(0.05, abs=1e-6)


def test_without_ends_where_what_is_to_be_gained_may_be_nothing() -> None:
    found = share_over([0.01, 0.02, -0.01], [0.05, -0.03, 0.01])
    assert ttest_1samp([0.05, -0.03, 0.01], 0).pvalue > 0.05
    assert np.isnan([found.low, found.high]).all()
    assert np.isnan(share_over([0.01, 0.02], [-0.05, 0.01]).value)


def test_a_world_with_next_to_nothing_to_be_gained_does_not_lead() -> None:
    """Four worlds of one share, and one in which next to nothing is to be gained: there the own ratio is noise."""
    part, whole = np.array([0.04, 0.05, 0.045, 0.048, 0.004]), np.array([0.05, 0.0625, 0.05625, 0.06, 0.0005])
    assert (part / whole).mean() > 2
    assert share_over(part, whole).value == pytest.approx(0.8, abs=0.02)


def test_nineteen_in_twenty_intervals_hold_the_true_share() -> None:
    """Five worlds, gains and what is to be gained normal and tied to each other; three standard errors of the count."""
    rng, held, runs = np.random.default_rng(4), 0, 4000
    for _ in range(runs):
        w = rng.normal(0.05, 0.01, 5)
        found = share_over(0.7 * w + rng.normal(0, 0.004, 5), w)
        held += bool(found.low <= 0.7 <= found.high)
    assert held / runs == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / runs))
