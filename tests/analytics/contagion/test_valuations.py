"""Valuation functions: against quadrature of what they expect, in their limits, and by their properties."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from analytics.contagion.debts import Debts
from analytics.contagion.valuations import DebtRank, EisenbergNoe, Furfine, Merton, Valuation, expected_value
from graph.errors import InvalidQuestion


def by_quadrature(e: float, a: float, sigma: float, d: float, j: float, r: float) -> float:
    """What is paid of a debt, over all that the assets may become, each kink an end of a piece."""

    def paid(z: float) -> float:
        left = e + a * (np.exp(sigma * z - sigma**2 / 2) - 1)
        part = 1.0 if left >= 0 else r * min(1.0, max(0.0, (left + j + d) / d))
        return part * float(norm.pdf(z))

    kinks = [1 - (e + more) / a for more in (0, j, j + d)]
    ends = sorted({-9.0, 9.0, *((np.log(k) + sigma**2 / 2) / sigma for k in kinks if k > 0)})
    ends = [z for z in ends if -9.0 <= z <= 9.0]
    return sum(quad(paid, low, high, epsabs=1e-12)[0] for low, high in pairwise(ends))


@given(
    st.floats(-60, 130), st.floats(5, 100), st.floats(0.02, 0.8), st.floats(1, 60), st.sampled_from([0.0, 7.0, 30.0]),
    st.sampled_from([0.0, 0.4, 1.0]),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_it_is_the_expectation_it_stands_for(e: float, a: float, sigma: float, d: float, j: float, r: float) -> None:
    found = float(expected_value(e, a, sigma, d, j, r))
    assert found == pytest.approx(by_quadrature(e, a, sigma, d, j, r), abs=1e-8)


def by_the_paper(e: float, a: float, s: float, d: float, r: float) -> float:
    """Domain reference §4.7 as it is written, by scipy; where the logarithm has no argument nothing can happen."""

    def upto(x: float, sign: int) -> float:
        return float(norm.cdf((np.log(1 - x / a) + sign * s * s / 2) / s)) if x < a else 0.0

    p, p_all = upto(e, 1), upto(e + d, 1)
    c = upto(e, -1) - upto(e + d, -1)
    return 1 - p + r * ((e - a + d) / d * (p - p_all) + a / d * c)


@given(st.floats(-60, 130), st.floats(5, 100), st.floats(0.05, 0.8), st.floats(1, 60), st.floats(0, 1))
@settings(max_examples=300, deadline=None)
def test_nothing_below_it_is_the_papers_formula(e: float, a: float, sigma: float, d: float, r: float) -> None:
    assert float(expected_value(e, a, sigma, d, recovery=r)) == pytest.approx(by_the_paper(e, a, sigma, d, r), abs=1e-9)


@pytest.mark.parametrize("e", [-25.0, -19.0, -7.0, -0.5, 0.5, 30.0])
def test_without_chance_it_is_paid_at_once_and_recovered_in_part(e: float) -> None:
    expected = 1.0 if e >= 0 else 0.6 * max(0.0, (e + 20) / 20)
    assert float(expected_value(e, 100.0, 0.0, 20.0, recovery=0.6)) == pytest.approx(expected, abs=1e-12)
    assert float(expected_value(e, 100.0, 1e-4, 20.0, recovery=0.6)) == pytest.approx(expected, abs=1e-9)
    assert float(expected_value(e, 0.0, 0.3, 20.0, recovery=0.6)) == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.floats(-80, 120), min_size=2, max_size=2), st.floats(0, 1), st.floats(0, 0.9))
@settings(max_examples=200, deadline=None)
def test_a_better_debtor_is_never_worth_less(pair: list[float], r: float, sigma: float) -> None:
    low, high = sorted(pair)
    debts = Debts.of(2, [0, 0], [1, 1], [20, 10], assets=[90, 0], seniority=[0, 1], outside=[[30, 0], [0, 0]])
    valuations: list[Valuation] = [
        EisenbergNoe(), EisenbergNoe((0.8, r)), Furfine(r), DebtRank(), DebtRank(3.0), Merton(sigma, r),
    ]  # fmt: skip
    face = np.array([30.0, 30.0])
    for valuation in valuations:
        worth = [valuation.of(debts, face, np.array([e, 1.0])) for e in (low, high)]
        assert (worth[0] <= worth[1] + 1e-12).all()
        assert all(((w >= 0) & (w <= 1)).all() for w in worth)


@pytest.mark.parametrize(
    ("valuation", "where"),
    [
        (EisenbergNoe((0.5, 1.5)), "recovered"),
        (Furfine(-0.1), "recovery"),
        (Furfine([0.5]), "recovery"),
        (DebtRank(-1.0), "steepness"),
        (DebtRank(), "equity"),
        (Merton(-0.1), "volatility"),
        (Merton(float("nan")), "volatility"),
        (Merton(0.1, 2.0), "recovery"),
    ],
)
def test_what_cannot_be_valued_is_refused(valuation: Valuation, where: str) -> None:
    debts = Debts.of(2, [0], [1], [10], assets=[6, 0])  # its debtor has no equity
    with pytest.raises(InvalidQuestion, match=where):
        valuation.check(debts, np.array([-4.0, 10.0]))
