"""Basel's weights: against what was published, and what they are made of."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from analytics.contagion.portfolio.irb import asset_classes, asset_correlation, capital_requirement, risk_weight
from graph.errors import InvalidQuestion, UnknownRule


def test_weights_are_those_of_the_published_table() -> None:
    """Basel II (June 2006), Annex 5: corporates, LGD 45 %, 2.5 years."""
    pd = [0.0003, 0.0005, 0.0010, 0.0025, 0.0040, 0.0050, 0.0075, 0.0100, 0.0130, 0.0150]
    printed = [14.44, 19.65, 29.65, 49.47, 62.72, 69.61, 82.78, 92.32, 100.95, 105.59]
    assert (100 * risk_weight(pd, 0.45)).round(2).tolist() == printed


@pytest.mark.parametrize("pd", [1e-6, 1e-300])
def test_a_pd_so_small_that_maturity_turns_the_sign_is_refused(pd: float) -> None:
    """1.5 b is 1 at a PD of exp((0.11852 - √(2/3)) / 0.05478), near three in a million."""
    edge = float(np.exp((0.11852 - np.sqrt(2 / 3)) / 0.05478))
    assert 2.9e-6 < edge < 3e-6
    with pytest.raises(InvalidQuestion, match="too small"):
        capital_requirement([0.01, pd], 0.45)


@given(st.floats(0.0003, 0.2), st.floats(0.05, 1.0), st.floats(1.0, 5.0))
def test_capital_is_its_definition_worked_out_by_another_normal_law(pd: float, lgd: float, years: float) -> None:
    part = (1 - np.exp(-50 * pd)) / (1 - np.exp(-50))
    r = 0.12 * part + 0.24 * (1 - part)
    b = (0.11852 - 0.05478 * np.log(pd)) ** 2
    bad = norm.cdf(norm.ppf(pd) / np.sqrt(1 - r) + np.sqrt(r / (1 - r)) * norm.ppf(0.999))
    expected = (lgd * bad - pd * lgd) * (1 + (years - 2.5) * b) / (1 - 1.5 * b)
    assert float(capital_requirement(pd, lgd, years)) == pytest.approx(expected, rel=1e-9)


@given(st.floats(0.0003, 0.1), st.floats(0.0, 80.0), st.floats(0.0, 80.0))
def test_small_turnover_never_asks_for_more(pd: float, a: float, b: float) -> None:
    small = "BASEL_CORPORATE_SMALL"
    less, more = sorted((a, b))
    assert risk_weight(pd, 0.45, kind=small, turnover=less) <= risk_weight(pd, 0.45, kind=small, turnover=more) + 1e-12
    assert float(asset_correlation(pd) - asset_correlation(pd, kind=small, turnover=less)) <= 0.04 + 1e-12


def test_the_classes_differ_as_their_rows_say() -> None:
    assert float(asset_correlation(0.01, kind="BASEL_CORPORATE_SMALL", turnover=50)) == asset_correlation(0.01)
    small = asset_correlation(0.01, kind="BASEL_CORPORATE_SMALL", turnover=[1, 5, 27.5])
    assert (asset_correlation(0.01) - small).tolist() == pytest.approx([0.04, 0.04, 0.02])
    assert float(asset_correlation(0.01, kind="BASEL_FINANCIAL_LARGE")) == 1.25 * asset_correlation(0.01)
    assert [row.verified for row in asset_classes().values()] == [True, False, False]


def test_who_has_defaulted_has_nothing_unexpected_and_a_pd_of_nothing_is_refused() -> None:
    assert capital_requirement(1.0, 0.45) == 0
    with pytest.raises(InvalidQuestion, match="above 0"):
        capital_requirement(0.0, 0.45)
    with pytest.raises(UnknownRule, match="NOBODY"):
        risk_weight(0.01, 0.45, kind="NOBODY")
