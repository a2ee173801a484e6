"""Infectious defaults: against every way in which they can happen, and the formula as printed."""

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from analytics.contagion.portfolio.davis_lo import infected_defaults, mean_infected
from graph.errors import InvalidQuestion


@pytest.mark.parametrize(("count", "p", "q"), [(1, 0.3, 0.5), (2, 0.2, 0.4), (3, 0.1, 0.7), (3, 0.5, 0.0)])
def test_every_way_is_counted(count: int, p: float, q: float) -> None:
    pairs = [(i, j) for i in range(count) for j in range(count) if i != j]
    expected = np.zeros(count + 1)
    for own in product((0, 1), repeat=count):
        for spread in product((0, 1), repeat=len(pairs)):
            hit = {j for (i, j), s in zip(pairs, spread, strict=True) if s and own[i]}
            chance = np.prod([p if x else 1 - p for x in own]) * np.prod([q if s else 1 - q for s in spread])
            expected[len(hit | {i for i in range(count) if own[i]})] += chance
    np.testing.assert_allclose(infected_defaults(count, p, q), expected, atol=1e-14)


@given(st.integers(0, 25), st.floats(0, 1), st.floats(0, 1))
def test_it_is_the_printed_formula_and_has_its_mean(n: int, p: float, q: float) -> None:
    def alpha(k: int) -> float:
        own = p**k * (1 - p) ** (n - k) * (1 - q) ** (k * (n - k))
        return own + sum(
            comb(k, i) * p**i * (1 - p) ** (n - i) * (1 - (1 - q) ** i) ** (k - i) * (1 - q) ** (i * (n - k))
            for i in range(1, k)
        )

    found = infected_defaults(n, p, q)
    np.testing.assert_allclose(found, [comb(n, k) * alpha(k) for k in range(n + 1)], atol=1e-9)
    assert found.sum() == pytest.approx(1.0, abs=1e-9)
    assert found @ np.arange(n + 1) == pytest.approx(mean_infected(n, p, q), abs=1e-8)


def test_without_infection_defaults_are_binomial() -> None:
    np.testing.assert_allclose(infected_defaults(50, 0.1, 0.0), binom.pmf(np.arange(51), 50, 0.1), atol=1e-14)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidQuestion):
        infected_defaults(-1, 0.1, 0.1)
    with pytest.raises(InvalidQuestion):
        infected_defaults(3, 0.1, 1.1)
