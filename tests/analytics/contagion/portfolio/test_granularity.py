"""What few and large loans add: its limits, and CreditRisk+ as the model it approximates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gamma

from analytics.contagion.portfolio.creditrisk import credit_losses
from analytics.contagion.portfolio.granularity import granularity_adjustment, regulatory_delta
from graph.errors import InvalidAmount, InvalidQuestion


def test_the_weight_of_the_rules_comes_out() -> None:
    """Domain reference §4.12: 4.83 for a precision of 0.25 at 99.9 %."""
    assert regulatory_delta(0.25, level=0.999) == pytest.approx(4.83, abs=0.005)


def test_it_brings_an_endless_book_to_the_quantile_of_one_that_is_not() -> None:
    """One sector of CreditRisk+ with losses of whole units: quantile less the factor's own, against the formula."""
    count, pd, precision, level = 400, 0.02, 0.25, 0.99
    sigma = count * pd / np.sqrt(precision)  # the factor has mean 1 and variance 1 / precision
    pmf = credit_losses(np.ones(count), np.full(count, pd), spread=sigma, most=count)
    up_to = np.cumsum(pmf)
    k = int(np.searchsorted(up_to, level))
    # What is lost in whole units is spread over a unit around each, as the formula knows no units.
    exact = (k - 0.5 + (level - up_to[k - 1]) / pmf[k]) / count
    factor = gamma.ppf(level, precision, scale=1 / precision)
    capital = pd * (factor - 1)
    found = granularity_adjustment(
        np.ones(count), pd, 1.0, capital, delta=regulatory_delta(precision, level=level), spread=0.0
    )
    assert found.adjustment == pytest.approx(exact - pd * factor, rel=0.02)


@given(st.lists(st.floats(0.1, 100), min_size=2, max_size=8))
def test_it_falls_with_the_number_of_parts_and_its_contributions_are_it(exposures: list[float]) -> None:
    whole = granularity_adjustment(exposures, 0.01, 0.45, 0.06)
    halves = granularity_adjustment(np.repeat(exposures, 2) / 2, 0.01, 0.45, 0.06)
    assert halves.adjustment == pytest.approx(whole.adjustment / 2, rel=1e-12)
    assert whole.contribution.sum() == pytest.approx(whole.adjustment, rel=1e-12)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidAmount):
        granularity_adjustment([0.0, 0.0], 0.01, 0.45, 0.06)
    with pytest.raises(InvalidQuestion, match="no capital"):
        granularity_adjustment([1.0], 0.01, 0.45, 0.0)
