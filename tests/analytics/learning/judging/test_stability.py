"""Spreads compared: by hand, and what the index must be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from analytics.learning.judging.stability import population_stability, shift
from graph.errors import InvalidPanel

COUNTS = st.lists(st.integers(1, 50), min_size=4, max_size=4)


@given(COUNTS, COUNTS)
def test_it_is_both_relative_entropies_and_the_same_either_way(a: list[int], b: list[int]) -> None:
    both = entropy(a, b) + entropy(b, a)  # no part is below .0001 here
    assert population_stability(a, b) == pytest.approx(both, abs=1e-12)
    assert population_stability(b, a) == pytest.approx(both, abs=1e-12)


def test_an_empty_bin_costs_much_and_not_without_end() -> None:
    by_hand = (0.5 - 1e-4) * np.log(0.5 / 1e-4) + (1 - 0.5) * np.log(1 / 0.5)
    assert population_stability([5, 5], [0, 10]) == pytest.approx(by_hand, abs=1e-12)


def test_a_normal_moved_by_its_width_is_as_far_as_its_divergence() -> None:
    """Jeffreys' divergence of N(0, 1) and N(d, 1) is d²; bins hide some of it."""
    rng = np.random.default_rng(0)
    before, after = rng.normal(size=200_000), rng.normal(0.5, 1, 200_000)
    assert 0.22 < shift(before, after) < 0.25
    assert 0.235 < shift(before, after, bins=100) < 0.255


def test_missing_is_a_bin_of_its_own_and_codes_are_bins() -> None:
    before, after = [1.0] * 90 + [np.nan] * 10, [1.0] * 60 + [np.nan] * 40
    assert shift(before, after) == pytest.approx(population_stability([90, 10], [60, 40]), abs=1e-12)
    assert shift([0, 1, 1, 5], [5, 5, 1, 0], coded=True) == pytest.approx(
        population_stability([1, 2, 1], [1, 1, 2]), abs=1e-12
    )
    assert shift([0, 0], [0, 7], coded=True) > 1  # a code that was not there


def test_what_cannot_be_compared_is_refused() -> None:
    for was, now in (([1, 2], [1]), ([0, 0], [1, 1]), ([-1, 2], [1, 1])):
        with pytest.raises(InvalidPanel):
            population_stability(was, now)
    with pytest.raises(InvalidPanel, match="no values"):
        shift([], [1.0])
