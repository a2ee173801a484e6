"""CreditRisk+: against closed forms, the generating function on the unit circle, moments, and drawn years."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from analytics.contagion.portfolio.creditrisk import credit_losses
from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]


def test_alike_loans_default_as_poisson_or_negative_binomial_numbers() -> None:
    k = np.arange(40)
    found = credit_losses(np.ones(100), np.full(100, 0.05), most=39)
    np.testing.assert_allclose(found, poisson.pmf(k, 5.0), atol=1e-14)
    found = credit_losses(np.ones(100), np.full(100, 0.05), spread=2.5, most=39)
    np.testing.assert_allclose(found, nbinom.pmf(k, 4.0, 4.0 / (4.0 + 5.0)), atol=1e-14)


def test_a_book_so_large_that_no_loss_is_all_but_impossible() -> None:
    """e^-2000 is no number of this machine."""
    k = np.arange(2400)
    np.testing.assert_allclose(
        credit_losses(np.ones(20_000), np.full(20_000, 0.1), most=2399), poisson.pmf(k, 2000.0), atol=1e-13
    )
    np.testing.assert_allclose(
        credit_losses(np.ones(20_000), np.full(20_000, 0.1), spread=20.0, most=2399),
        nbinom.pmf(k, 1e4, 1e4 / (1e4 + 2000)), atol=1e-13,
    )  # fmt: skip


@pytest.mark.parametrize(("pd", "spread"), [(1e-200, 1e-200), (1e-200, 0.0), (0.5, 1e-160), (1e-9, 1e-10)])
def test_extreme_rates_and_spreads_are_those_of_the_laws_near_them(pd: float, spread: float) -> None:
    """At most one default counts where they are this rare; a spread of next to nothing is none."""
    found = credit_losses([1], [pd], spread=spread, most=8)
    wanted = poisson.pmf(np.arange(9), pd)
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-15)


@st.composite
def books(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(1, 5))
    rows = [[draw(st.sampled_from([0.0, 0.25, 0.5])) for _ in range(2)] for _ in range(count)]
    return {
        "exposures": np.array([draw(st.integers(1, 6)) for _ in rows], float),
        "pds": np.array([draw(st.floats(0.01, 0.3)) for _ in rows]),
        "weights": np.array(rows),
        "spread": np.array([draw(st.sampled_from([0.0, 0.01, 0.05])) for _ in range(2)]),
    }


def on_the_circle(book: dict[str, Any], points: int) -> Numbers:
    """The generating function at roots of unity, transformed back: no recursion."""
    z = np.exp(-2j * np.pi * np.arange(points) / points)
    x, p, w = book["exposures"], book["pds"], book["weights"]
    powers = z[:, None] ** x[None, :]
    log = (powers - 1) @ (p * (1 - w.sum(axis=1)))
    for k, sigma in enumerate(book["spread"]):
        rate = p * w[:, k]
        mean = rate.sum()
        if mean > 0 and sigma > 0:
            log = log - mean**2 / sigma**2 * np.log(1 - sigma**2 / mean**2 * ((powers - 1) @ rate))
        elif mean > 0:
            log = log + (powers - 1) @ rate
    return np.real(np.fft.ifft(np.exp(log)))


@given(books())
def test_it_is_its_generating_function(book: dict[str, Any]) -> None:
    points = 8192
    found = credit_losses(**book, most=200)
    if 1 - found.sum() < 1e-9:  # else what lies beyond is told again among what is told
        np.testing.assert_allclose(found, on_the_circle(book, points)[:201], atol=1e-9)


@given(books())
def test_mean_and_variance_are_those_of_its_parts(book: dict[str, Any]) -> None:
    """E = Σ x p; V = Σ x² p + Σ_k (σ_k / μ_k)² (Σ x w p)²."""
    most = 1500
    pmf, k = credit_losses(**book, most=most), np.arange(most + 1)
    x, p, w = book["exposures"], book["pds"], book["weights"]
    mean, square = pmf @ k, pmf @ k**2
    rates = (w * p[:, None]).sum(axis=0)
    of = np.divide(book["spread"], rates, out=np.zeros(2), where=rates > 0)
    variance = x**2 @ p + (of**2) @ ((w * (x * p)[:, None]).sum(axis=0) ** 2)
    if (pmf * k**2)[-100:].sum() < 1e-12:  # else much of both lies beyond what is told
        assert mean == pytest.approx(x @ p, rel=1e-6)
        assert square - mean**2 == pytest.approx(variance, rel=1e-4, abs=1e-9)


def test_drawn_years_agree_within_three_standard_errors() -> None:
    random, draws = np.random.default_rng(3), 200_000
    x, p = np.array([1, 2, 5]), np.array([0.1, 0.05, 0.02])
    mean, sigma = p.sum(), 0.15
    factor = random.gamma(mean**2 / sigma**2, sigma**2 / mean**2, draws)
    lost = sum(size * random.poisson(chance * factor) for size, chance in zip(x, p, strict=True))
    pmf = credit_losses(x, p, spread=sigma, most=30)
    for loss in range(8):
        error = np.sqrt(pmf[loss] * (1 - pmf[loss]) / draws)
        assert abs((lost == loss).mean() - pmf[loss]) <= 3 * error + 1e-12


@pytest.mark.parametrize(
    "wrong",
    [
        {"exposures": [1.5], "pds": [0.1]},
        {"exposures": [0], "pds": [0.1]},
        {"exposures": [1, 2], "pds": [0.1]},
        {"exposures": [1], "pds": [1.1]},
        {"exposures": [1], "pds": [0.1], "spread": -1.0},
        {"exposures": [1], "pds": [0.1], "weights": [[0.7, 0.7]], "spread": [0.1, 0.1]},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidQuestion):
        credit_losses(**wrong, most=5)


def test_an_empty_book_loses_nothing() -> None:
    assert credit_losses([], [], most=2).tolist() == [1.0, 0.0, 0.0]
    assert credit_losses([3], [0.0], most=2).tolist() == [1.0, 0.0, 0.0]
