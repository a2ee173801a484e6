"""Reverse stress against all sets of failures one by one, on costs that are submodular and on cascades that are not."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contagion.portfolio.reverse import likeliest_failures, likely_failures
from graph.errors import InvalidQuestion, NotConverged
from tests.analytics.contagion.portfolio.test_montecarlo import fallen, lost, tangled

SEEDS = st.integers(0, 10_000)


def coverage(seed: int):
    """What several claims cover together: monotone and submodular."""
    random = np.random.default_rng(seed)
    covers, worth = random.random((8, 12)) < 0.35, random.integers(1, 9, 12).astype(float)
    covers[:, 0] = True
    return lambda failed: float(worth[covers[failed].any(axis=0)].sum())


def cascade(seed: int):
    """What a small book loses with contagion: monotone alone."""
    book = tangled(seed, size=8)
    return lambda failed: lost(book, fallen(book, set(failed.tolist())))


def least(cost, amount: float, weight: np.ndarray) -> float:
    """Of all sets of failures that cost enough, the least weight."""
    sets = [list(one) for k in range(len(weight) + 1) for one in combinations(range(len(weight)), k)]
    return min(float(weight[one].sum()) for one in sets if cost(np.array(one, np.int64)) >= amount * (1 - 1e-12))


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.floats(0.05, 1.0), st.booleans(), st.sampled_from([coverage, cascade]))
def test_the_search_finds_what_all_sets_one_by_one_have_least(seed: int, part: float, likely: bool, kind) -> None:
    cost, pd = kind(seed), np.random.default_rng(seed).uniform(0.01, 0.6, 8) if likely else None
    if (whole := cost(np.arange(8))) == 0:
        return
    weight = np.ones(8) if pd is None else -np.log(pd)
    found = likeliest_failures(cost, part * whole, np.arange(8), pd=pd)
    assert found.weight == pytest.approx(least(cost, part * whole, weight), rel=1e-9)
    assert cost(found.failures) == found.cost >= part * whole * (1 - 1e-12)
    assert found.gap == 0


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.floats(0.05, 1.0), st.booleans(), st.sampled_from([coverage, cascade]))
def test_greedy_costs_enough_and_its_bound_lies_below_the_least(seed: int, part: float, likely: bool, kind) -> None:
    cost, pd = kind(seed), np.random.default_rng(seed).uniform(0.01, 0.6, 8) if likely else None
    if (whole := cost(np.arange(8))) == 0:
        return
    weight = np.ones(8) if pd is None else -np.log(pd)
    found = likely_failures(cost, part * whole, np.arange(8), pd=pd, submodular=kind is coverage)
    exact = least(cost, part * whole, weight)
    assert cost(found.failures) >= part * whole * (1 - 1e-12)
    assert found.bound - 1e-9 <= exact <= found.weight + 1e-9
    assert 0 <= found.gap <= 1
    for i in found.failures.tolist():
        assert cost(found.failures[found.failures != i]) < part * whole


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_of_losses_that_merely_add_up_the_largest_come_first_and_are_proven_fewest(seed: int) -> None:
    worth = np.random.default_rng(seed).uniform(1, 10, 40)
    found = likely_failures(lambda failed: float(worth[failed].sum()), worth.sum() / 3, np.arange(40), submodular=True)
    order = np.argsort(-worth)
    needed = int(np.searchsorted(np.cumsum(worth[order]), worth.sum() / 3)) + 1
    assert found.failures.tolist() == sorted(order[:needed].tolist())
    assert found.bound == found.weight == needed


def test_two_that_bring_a_third_down_together_are_found_where_no_single_one_helps() -> None:
    def cost(failed: np.ndarray) -> float:
        return 100.0 if {1, 3} <= set(failed.tolist()) else 0.0

    for found in (likeliest_failures(cost, 50, [0, 1, 2, 3]), likely_failures(cost, 50, [0, 1, 2, 3])):
        assert found.failures.tolist() == [1, 3]
        assert found.bound == 2


def test_what_cannot_be_is_refused() -> None:
    def cost(failed: np.ndarray) -> float:
        return float(len(failed))

    with pytest.raises(InvalidQuestion, match="amount 3: costs more than all failures together"):
        likely_failures(cost, 3, [0, 1])
    with pytest.raises(InvalidQuestion, match="amount 2: costs more than all"):
        likeliest_failures(cost, 2, [0, 1], pd=[0.5, 0.0])
    with pytest.raises(InvalidQuestion, match="amount: must be above 0"):
        likely_failures(cost, 0, [0, 1])
    with pytest.raises(InvalidQuestion, match="name somebody twice"):
        likely_failures(cost, 1, [0, 0])
    with pytest.raises(NotConverged, match="reverse stress"):
        likeliest_failures(cost, 10, np.arange(20), most=30)
