"""Closed forms beside drawn years: as their papers have them."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm, poisson

from tests.api.questions.book.test_losses import engine_of, told
from tests.api.questions.shocks.test_shock import lent


def test_closed_forms_are_those_of_their_papers(tmp_path: Path) -> None:
    """Vasicek at 1 %, 0.2 and 99 %; CreditRisk+ without spread is Poisson; Basel II Annex 5 prints 92.32 %."""
    engine = engine_of(tmp_path, lent("a", 1000.0))
    found = told(engine, pd={"rest": 0.01}, correlation=0.2, spread=0.0).answer
    by = {one.name: one for one in found.closed}
    tail = by["Vasicek (ASRF)"].tails[0]
    assert tail.value_at_risk == pytest.approx(450 * 0.075250789, rel=1e-7)
    assert tail.expected_shortfall == pytest.approx(450 * 0.105129371, rel=1e-7)
    # More than one default is let be: P(N > 1) of the worst 0.1 % is nearly nothing.
    bad = by["CreditRisk+"].tails[1]
    many = np.arange(2, 20)
    beyond = float(np.sum(many * poisson.pmf(many, 0.01))) + (0.001 - float(poisson.sf(1, 0.01)))
    assert bad.value_at_risk == pytest.approx(450)
    # Rounding is to 1/2000, and losses of more than two are told as of two.
    assert bad.expected_shortfall == pytest.approx(450 * beyond / 0.001, rel=1e-2)
    assert found.capital is not None
    assert found.capital.density == pytest.approx(0.9232, abs=5e-5)
    assert found.capital.capital == pytest.approx(0.08 * 923.2, abs=0.005)


def test_a_correlation_spreads_the_default_rate_of_creditrisk_as_its_own(tmp_path: Path) -> None:
    """Standard deviation of the rate is √(Φ₂(c, c; ρ) − p²): for p = ½ it is arcsin(ρ) / 2π under the root."""
    found = told(engine_of(tmp_path, lent("a", 1000.0)), pd={"rest": 0.5}, correlation=0.5).answer
    wanted = np.sqrt(np.arcsin(0.5) / (2 * np.pi)) / 0.5
    form = next(one for one in found.closed if one.name == "CreditRisk+")
    assert f"varies by {wanted:.3g} times" in form.assumes


@pytest.mark.parametrize("pds", [(0.001,), (0.0003,), (0.00001,), (0.0001, 0.02, 0.02)])
def test_the_spread_of_good_borrowers_is_the_bivariate_normal_laws(tmp_path: Path, pds: tuple[float, ...]) -> None:
    """√(Σ Φ₂(c_i, c_j; ρ) - (Σ p)²) / Σ p, by Plackett's integral over the correlation (Biometrika 41 (1954), 351)."""
    names = [f"b{k}" for k in range(len(pds))]
    chances = {f"r:{name}": pd for name, pd in zip(names, pds, strict=True)}
    engine = engine_of(tmp_path, *[lent(name, 100.0) for name in names])
    found = told(engine, pd={"parties": chances}, correlation=0.24, draws=100).answer

    def density(r: float, h: float, k: float) -> float:
        return float(multivariate_normal([0, 0], [[1, r], [r, 1]]).pdf([h, k]))

    variance = sum(quad(density, 0.0, 0.24, args=tuple(norm.ppf(pair)))[0] for pair in product(pds, repeat=2))
    wanted = np.sqrt(variance) / sum(pds)
    form = next(one for one in found.closed if one.name == "CreditRisk+")
    assert f"varies by {wanted:.3g} times" in form.assumes


def test_capital_knows_no_pd_below_the_floor_and_says_so(tmp_path: Path) -> None:
    """Basel II Annex 5 prints 19.65 % for 0.05 %."""
    engine = engine_of(tmp_path, lent("a", 1000.0), lent("b", 1000.0))
    found = told(engine, pd={"parties": {"r:a": 1e-6, "r:b": 0.01}}, draws=100).answer
    assert found.capital is not None
    assert found.capital.density == pytest.approx((0.1965 + 0.9232) / 2, abs=1e-4)
    assert found.capital.expected == pytest.approx(450 * (0.0005 + 0.01))
    assert "no PD below 0.05% (1 raised)" in found.capital.assumes


def test_a_pd_of_next_to_nothing_is_reckoned(tmp_path: Path) -> None:
    found = told(engine_of(tmp_path, lent("a", 200.0)), pd={"rest": 1e-200}, spread=1.0, draws=100).answer
    form = next(one for one in found.closed if one.name == "CreditRisk+")
    assert [one.value_at_risk for one in form.tails] == [0.0, 0.0]
