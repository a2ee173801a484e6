"""Every firm's impact: against single runs, against the dense inverse, and the foremost against brute force."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytics.contagion.distress import Impact, debtrank
from analytics.contagion.impacts import bound_impacts, failures, impacts
from graph.errors import InvalidQuestion
from tests.analytics.contagion import shocked
from tests.analytics.contagion.shocked import SIZE, Numbers, dense

WEIGHTS = st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=SIZE, max_size=SIZE)


def by_brute_force(impact: Impact, weights: Numbers) -> Numbers:
    """Each failure as the definition's recursion over the whole matrix."""
    passes, lost = dense(impact), np.zeros(impact.size)
    for p in range(impact.size):
        h, before = np.eye(impact.size)[p], np.zeros(impact.size)
        while np.abs(h - before).max() > 1e-13:
            h, before = np.minimum(1.0, h + passes @ (h - before)), h
        lost[p] = h @ weights - weights[p]
    return lost


def below_one(impact: Impact) -> bool:
    return float(np.abs(np.linalg.eigvals(dense(impact))).max()) < 0.98


@given(shocked.impacts(), WEIGHTS)
@settings(max_examples=200, deadline=None)
def test_failures_are_single_runs(impact: Impact, weights: list[float]) -> None:
    found = failures(impact, weights, range(SIZE))
    for party in range(SIZE):
        alone = debtrank(impact, np.eye(SIZE)[party])
        assert found.loss[party] == pytest.approx(alone.impact(weights), abs=1e-12)
        assert found.waves[party] == alone.waves


@given(shocked.impacts(most=0.7), WEIGHTS)
@settings(max_examples=300, deadline=None)
def test_no_failure_costs_more_than_its_bound(impact: Impact, weights: list[float]) -> None:
    assume(below_one(impact))
    bounds = bound_impacts(impact, weights, tolerance=1e-12)
    assert (by_brute_force(impact, np.array(weights)) <= bounds.loss + 1e-8).all()


@given(shocked.impacts(most=0.4), WEIGHTS)
@settings(max_examples=300, deadline=None)
def test_where_nobody_else_fails_the_bound_is_the_loss(impact: Impact, weights: list[float]) -> None:
    assume(below_one(impact))
    inverse = np.linalg.inv(np.eye(SIZE) - dense(impact))
    alone = inverse / np.diagonal(inverse)  # column p: distress by p's failure, without the caps of others
    free = (alone - np.eye(SIZE)).max(axis=0) < 1
    bounds = bound_impacts(impact, weights, tolerance=1e-13)
    assert bounds.exact_return.all()
    expected = np.array(weights) @ alone - np.array(weights)
    np.testing.assert_allclose(bounds.loss[free], expected[free], atol=1e-8)


def test_large_rings_are_bounded_from_what_comes_back_soon() -> None:
    """Of two equal halves of a ring of 300, joined by pairs: the bound lies between the loss and the uncapped loss."""
    size = 300
    tail = [*range(size), *range(size)]
    head = [*((k + 1) % size for k in range(size)), *((k - 1) % size for k in range(size))]
    impact, weights = Impact.weighed(size, tail, head, np.full(2 * size, 0.45)), np.ones(size)
    bounds, exact = bound_impacts(impact, weights, tolerance=1e-12), failures(impact, weights, [0]).loss[0]
    assert not bounds.exact_return.any()
    assert exact < bounds.loss[0] < np.linalg.inv(np.eye(size) - dense(impact))[:, 0].sum() - 1


@given(shocked.impacts(most=0.8), WEIGHTS, st.integers(1, SIZE))
@settings(max_examples=200, deadline=None)
def test_the_foremost_are_those_of_brute_force(impact: Impact, weights: list[float], top: int) -> None:
    assume(below_one(impact))
    every = by_brute_force(impact, np.array(weights))
    found = impacts(impact, weights, top=top, tolerance=1e-12)
    assert found.certain or found.runs == SIZE
    np.testing.assert_allclose(found.top.loss, np.sort(every)[::-1][:top], atol=1e-8)
    np.testing.assert_allclose(every[found.top.party], found.top.loss, atol=1e-8)


@given(shocked.impacts(most=0.5))
@settings(max_examples=200, deadline=None)
def test_what_is_late_bounds_what_is_missing(impact: Impact) -> None:
    assume(below_one(impact))
    found = impacts(impact, np.ones(SIZE), top=SIZE, tolerance=0.05)
    missing = by_brute_force(impact, np.ones(SIZE))[found.top.party] - found.top.loss
    assert found.top.late is not None
    assert ((missing >= -1e-9) & (missing <= found.top.late + 1e-5)).all()


@pytest.mark.parametrize("size", [2, 3, 400])
@pytest.mark.parametrize("weight", [1.0, 1.3])
def test_what_amplifies_is_refused_and_the_exact_way_named(size: int, weight: float) -> None:
    ring = Impact.weighed(size, range(size), [(k + 1) % size for k in range(size)], np.full(size, weight))
    with pytest.raises(InvalidQuestion, match="spectral radius") as told:
        impacts(ring, np.ones(size))
    assert "failures" in told.value.remedy
    assert failures(ring, np.ones(size), [0]).loss.tolist() == [size - 1.0]


@given(shocked.impacts(most=0.5), shocked.impacts(most=0.5))
@settings(max_examples=100, deadline=None)
def test_networks_that_do_not_touch_are_each_alone(one: Impact, other: Impact) -> None:
    assume(below_one(one) and below_one(other))
    ends = [np.append(a, b + np.uint32(SIZE)) for a, b in zip(
        (one.arrows.tail, one.arrows.head), (other.arrows.tail, other.arrows.head), strict=True
    )]  # fmt: skip
    both = Impact.weighed(2 * SIZE, *ends, np.append(one.by_arrow, other.by_arrow))
    apart = [bound_impacts(x, np.ones(SIZE), tolerance=1e-12).loss for x in (one, other)]
    together = bound_impacts(both, np.ones(2 * SIZE), tolerance=1e-12).loss
    # A bound is never more than all that others are worth, of whom there are more now.
    np.testing.assert_allclose(np.minimum(together, SIZE - 1), np.concatenate(apart), atol=1e-9)


def test_weights_and_parties_that_cannot_be_are_refused() -> None:
    ring = Impact.weighed(2, [0], [1], [0.5])
    for weights in ([1.0], [1.0, -1.0], [1.0, float("nan")]):
        with pytest.raises(InvalidQuestion, match="not negative"):
            bound_impacts(ring, weights)
    with pytest.raises(InvalidQuestion, match="none of these"):
        failures(ring, [1.0, 1.0], [2])
    with pytest.raises(InvalidQuestion, match="at least 1"):
        impacts(ring, [1.0, 1.0], top=0)


def test_nobody_at_all_has_no_impact() -> None:
    empty = Impact.weighed(0, [], [], [])
    found = impacts(empty, [])
    assert (len(found.top.party), found.certain, found.runs) == (0, False, 0)
    assert len(failures(Impact.weighed(2, [0], [1], [0.5]), [1.0, 1.0], []).loss) == 0
