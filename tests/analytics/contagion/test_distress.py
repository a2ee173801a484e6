"""Distress: against the definitions worked out densely, against closed forms, and in its limits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contagion.distress import Impact, debtrank, debtrank_once, furfine, spectral_radius
from graph.errors import InvalidQuestion, NotConverged
from tests.analytics.contagion.shocked import NODES, SHOCKS, SIZE, dense, impacts, relabelled


@given(impacts(), SHOCKS, st.sampled_from([0.0, 1.0, 4.0]))
@settings(max_examples=300, deadline=None)
def test_it_is_the_recursion_of_its_definition(impact: Impact, shock: list[float], steepness: float) -> None:
    passes, h, before = dense(impact), np.array(shock), np.zeros(SIZE)
    for _ in range(20_000):
        felt = h * np.exp(steepness * (h - 1)) if steepness else h
        last = before * np.exp(steepness * (before - 1)) if steepness else before
        following = np.minimum(1.0, h + passes @ (felt - last))
        before, h = h, following
        if np.abs(h - before).max() < 1e-13:
            break
    found = debtrank(impact, shock, steepness=steepness, tolerance=1e-12)
    np.testing.assert_allclose(found.h, h, atol=1e-8)


@given(impacts(most=0.15), SHOCKS)
@settings(max_examples=200, deadline=None)
def test_where_nobody_fails_it_is_a_linear_system(impact: Impact, shock: list[float]) -> None:
    first = 0.1 * np.array(shock)
    expected = np.linalg.solve(np.eye(SIZE) - dense(impact), first)
    if (expected < 1).all():
        np.testing.assert_allclose(debtrank(impact, first, tolerance=1e-12).h, expected, atol=1e-9)


@given(impacts(), SHOCKS)
@settings(max_examples=300, deadline=None)
def test_once_means_once(impact: Impact, shock: list[float]) -> None:
    passes, h = np.minimum(dense(impact), 1.0), np.array(shock)
    state = np.where(h > 0, 1, 0)  # undistressed, distressed, inactive
    while (state == 1).any():
        fed = passes @ np.where(state == 1, h, 0.0)
        h = np.minimum(1.0, h + fed)
        state = np.where(state == 1, 2, np.where((state == 0) & (h > 0), 1, state))
    np.testing.assert_allclose(debtrank_once(impact, shock).h, h, atol=1e-12)


@given(impacts(), st.sets(NODES, min_size=1, max_size=2))
@settings(max_examples=200, deadline=None)
def test_great_steepness_is_furfine_and_none_of_it_bounds_it_from_above(impact: Impact, failed: set[int]) -> None:
    """Domain reference §4.6: α → ∞ is the cascade with all of a claim lost."""
    shock = np.isin(np.arange(SIZE), list(failed)).astype(float)
    cascade = furfine(impact, failed)
    lost = dense(impact) @ cascade.h
    if not ((lost > 1 - 1e-6) & (lost < 1 + 1e-6)).any():  # nobody on the edge
        for steepness in (1e6, np.inf):
            steep = debtrank(impact, shock, steepness=steepness)
            assert ((steep.h == 1) | (shock > 0)).tolist() == (cascade.h == 1).tolist()
    assert (debtrank(impact, shock).h >= cascade.h - 1e-9).all()


@given(impacts(), SHOCKS, NODES)
@settings(max_examples=200, deadline=None)
def test_a_larger_shock_never_leaves_less_distress(impact: Impact, shock: list[float], x: int) -> None:
    more = list(shock)
    more[x] = 1.0
    for spread in (debtrank, lambda *given: debtrank(*given, steepness=2.0)):
        assert (spread(impact, more).h >= spread(impact, shock).h - 1e-7).all()


@given(impacts(), SHOCKS, st.permutations(range(SIZE)))
@settings(max_examples=150, deadline=None)
def test_names_do_not_matter(impact: Impact, shock: list[float], place: list[int]) -> None:
    moved = np.zeros(SIZE)
    moved[place] = shock
    for spread in (debtrank, debtrank_once):
        other = spread(relabelled(impact, np.array(place)), moved)
        np.testing.assert_allclose(other.h[place], spread(impact, shock).h, atol=1e-7)


@given(impacts(), SHOCKS)
@settings(max_examples=150, deadline=None)
def test_nobody_loses_less_than_the_shock_or_more_than_all(impact: Impact, shock: list[float]) -> None:
    for spread in (debtrank, debtrank_once):
        h = spread(impact, shock).h
        assert ((h >= np.array(shock)) & (h <= 1)).all()


def test_no_shock_is_no_distress() -> None:
    for found in (debtrank(Impact.weighed(2, [0], [1], [0.5]), [0, 0]), furfine(Impact.weighed(2, [0], [1], [2]), [])):
        assert (found.h.tolist(), found.wave.tolist(), found.waves, found.residual) == ([0, 0], [0, 0], 0, 0.0)


@given(impacts())
@settings(max_examples=200, deadline=None)
def test_the_spectral_radius_is_that_of_the_whole_matrix(impact: Impact) -> None:
    assert spectral_radius(impact) == pytest.approx(float(np.abs(np.linalg.eigvals(dense(impact))).max()), abs=1e-6)


def test_a_large_ring_has_its_closed_form() -> None:
    """Of n equal weights w the greatest eigenvalue of a ring is w."""
    size = 500
    ring = Impact.weighed(size, range(size), [(k + 1) % size for k in range(size)], np.full(size, 0.7))
    assert spectral_radius(ring) == pytest.approx(0.7, abs=1e-9)


def test_who_was_met_and_when() -> None:
    found = debtrank(Impact.weighed(4, [0, 1], [1, 2], [0.5, 0.5]), [1.0, 0, 0, 0])
    assert (found.wave.tolist(), found.waves, found.residual) == ([1, 2, 3, 0], 3, 0.0)


def test_claims_and_equity_make_weights_and_who_has_none_is_told() -> None:
    impact = Impact.of(3, [1, 2], [0, 1], [0.5, 0.25], equity=[1.5, 1.0, 0.0])
    assert impact.matrix.toarray()[0, 1] == pytest.approx(1 / 3)
    with pytest.raises(InvalidQuestion, match="no equity"):
        Impact.of(2, [0], [1], [1.0], equity=[1.0, -2.0])
    with pytest.raises(InvalidQuestion, match="no equity"):
        Impact.of(2, [0], [1], [1.0], equity=[1.0, float("nan")])


@pytest.mark.parametrize("shock", [[1.5, 0], [-0.1, 0], [0.5], [float("nan"), 0]])
def test_a_shock_that_cannot_be_is_refused(shock: list[float]) -> None:
    with pytest.raises(InvalidQuestion, match="fraction"):
        debtrank(Impact.weighed(2, [0], [1], [0.5]), shock)


def test_what_goes_round_too_long_is_refused() -> None:
    ring = Impact.weighed(2, [0, 1], [1, 0], [0.999999, 0.999999])
    with pytest.raises(NotConverged):
        debtrank(ring, [1e-7, 0.0], tolerance=1e-15, most=100)


@pytest.mark.parametrize(
    ("debtor", "creditor", "claim", "text"),
    [
        ([0], [7], [1.0], "none of the 2"),
        ([-1], [0], [1.0], "none of the 2"),
        ([0], [1], [-1.0], "not negative"),
        ([0], [1], [float("nan")], "known"),
        ([0], [0], [1.0], "itself"),
        ([0, 1], [1], [1.0], "2 debtors, 1 creditors"),
    ],
)
def test_claims_that_cannot_be_are_refused(
    debtor: list[int], creditor: list[int], claim: list[float], text: str
) -> None:
    with pytest.raises(InvalidQuestion, match=text):
        Impact.of(2, debtor, creditor, claim, equity=[1.0, 1.0])


def test_equity_of_other_parties_is_refused() -> None:
    with pytest.raises(InvalidQuestion, match="1 of 2 parties"):
        Impact.of(2, [0], [1], [1.0], equity=[1.0])
