"""The endless book: against quadrature, against drawn years, and in its limits."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr, ndtri
from scipy.stats import norm

from analytics.contagion.portfolio.vasicek import bivariate_normal, conditional_pd, expected_shortfall
from graph.errors import InvalidQuestion

PDS, RHOS, LEVELS = st.floats(1e-5, 0.5), st.floats(0.0, 0.9), st.floats(0.5, 0.9999)


@given(PDS, RHOS, LEVELS)
def test_the_shortfall_is_the_mean_of_the_worse_years(pd: float, rho: float, level: float) -> None:
    """By quadrature over the factor, which needs no normal law of two dimensions."""
    top = float(ndtri(1 - level))

    def lost(z: float) -> float:
        return float(ndtr((ndtri(pd) - np.sqrt(rho) * z) / np.sqrt(1 - rho)) * norm.pdf(z))

    knots = np.append(np.arange(-12, top, 1.0), top)
    whole = sum(quad(lost, a, b, epsabs=1e-14, epsrel=1e-11)[0] for a, b in pairwise(knots))
    found = float(expected_shortfall(pd, rho, level=level))
    assert found == pytest.approx(whole / (1 - level), rel=1e-7, abs=1e-11)


@given(PDS, RHOS, LEVELS)
def test_it_lies_above_the_quantile_and_its_mean_is_the_pd(pd: float, rho: float, level: float) -> None:
    assert expected_shortfall(pd, rho, level=level) >= conditional_pd(pd, rho, level=level) - 1e-9
    assert float(expected_shortfall(pd, rho, level=0.0)) == pytest.approx(pd, rel=1e-9)


def test_drawn_years_agree_within_three_standard_errors() -> None:
    random = np.random.default_rng(11)
    z = random.standard_normal(400_000)
    lost = ndtr((ndtri(0.02) - np.sqrt(0.15) * z) / np.sqrt(0.85))
    value = float(conditional_pd(0.02, 0.15, level=0.99))
    beyond = lost > value
    error = np.sqrt(0.99 * 0.01 / len(z))
    assert abs(beyond.mean() - 0.01) <= 3 * error
    worst = lost[beyond]
    shortfall = float(expected_shortfall(0.02, 0.15, level=0.99))
    assert abs(worst.mean() - shortfall) <= 3 * worst.std() / np.sqrt(len(worst))


def test_without_correlation_every_year_is_the_same() -> None:
    assert conditional_pd(0.03, 0.0, level=[0.0, 0.5, 1.0]).tolist() == pytest.approx([0.03] * 3)
    assert conditional_pd([0.0, 1.0], 0.2, level=0.99).tolist() == [0.0, 1.0]
    assert conditional_pd(0.03, 0.2, level=1.0) == 1.0


@given(st.floats(-6, 6), st.floats(-6, 6), st.floats(-0.99, 0.99))
def test_two_normal_numbers_by_quadrature(x: float, y: float, r: float) -> None:
    def inner(t: float) -> float:
        return float(norm.pdf(t) * ndtr((x - r * t) / np.sqrt(1 - r * r)))

    knots = np.append(np.arange(-10, y, 0.5), y)
    whole = sum(quad(inner, a, b, epsabs=1e-13)[0] for a, b in pairwise(knots))
    assert float(bivariate_normal(x, y, r)) == pytest.approx(whole, abs=1e-10)


@given(st.floats(-0.99, 0.99))
def test_at_the_middle_it_is_sheppards_formula(r: float) -> None:
    assert float(bivariate_normal(0, 0, r)) == pytest.approx(0.25 + np.arcsin(r) / (2 * np.pi), abs=1e-14)


def test_ends_without_bound_leave_one_number() -> None:
    got = bivariate_normal([np.inf, -np.inf, 1.0, 0.0], [1.0, 1.0, np.inf, 1.0], 0.3)
    assert got[:3].tolist() == pytest.approx([ndtr(1.0), 0.0, ndtr(1.0)])
    assert float(got[3]) == pytest.approx(float(bivariate_normal(1.0, 0.0, 0.3)), abs=1e-15)


@pytest.mark.parametrize(("pd", "rho", "level"), [(1.2, 0.1, 0.9), (0.1, 1.0, 0.9), (0.1, 0.1, 1.0), (np.nan, 0, 0.9)])
def test_what_is_no_fraction_is_refused(pd: float, rho: float, level: float) -> None:
    with pytest.raises(InvalidQuestion):
        expected_shortfall(pd, rho, level=level)
