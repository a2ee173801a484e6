"""Shocks over kept memory: each the same as with fresh memory, whatever came before."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contagion.distress import Impact, debtrank
from analytics.contagion.frontier import Frontier
from graph.errors import InvalidQuestion, NotConverged
from tests.analytics.contagion.shocked import SHOCKS, SIZE, impacts


@given(impacts(), st.lists(SHOCKS, min_size=1, max_size=4), st.sampled_from([0.0, 2.0]))
@settings(max_examples=200, deadline=None)
def test_one_after_the_other_is_each_alone(impact: Impact, shocks: list[list[float]], steepness: float) -> None:
    frontier = Frontier(impact)
    for shock in shocks:
        found = frontier.debtrank(range(SIZE), shock, steepness=steepness)
        alone, dense = debtrank(impact, shock, steepness=steepness), found.dense()
        assert (dense.h == alone.h).all()
        assert (dense.wave == alone.wave).all()
        assert (dense.first == alone.first).all()
        assert (dense.waves, dense.residual) == (alone.waves, alone.residual)
        weights = np.arange(SIZE) / 15
        assert found.impact(weights) == pytest.approx(alone.impact(weights), abs=1e-12)


def test_only_who_is_reached_is_told() -> None:
    chain = Impact.weighed(5, [0, 1, 3], [1, 2, 4], [0.5, 0.5, 0.5])
    found = Frontier(chain).debtrank(0)
    assert found.party.tolist() == [0, 1, 2]
    assert found.h.tolist() == [1.0, 0.5, 0.25]
    assert found.wave.tolist() == [1, 2, 3]


@pytest.mark.parametrize(("parties", "lost"), [([], 1.0), ([0, 1], 0.0)])
def test_an_empty_shock_reaches_nobody(parties: list[int], lost: float) -> None:
    found = Frontier(Impact.weighed(2, [0], [1], [0.5])).debtrank(parties, lost)
    assert (len(found.party), found.waves, found.residual, found.impact([0.5, 0.5])) == (0, 0, 0.0, 0.0)
    assert found.dense().h.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("parties", "lost", "text"),
    [
        ([1, 2], 1.0, "none of these 2"),
        ([1, -1], 1.0, "none of these 2"),
        ([1, 1], 0.5, "twice"),
        ([0, 1], [0.5, 1.5], "fraction"),
        ([0, 1], [0.5, float("nan")], "fraction"),
        ([0, 1], [0.5], "fraction"),
    ],
)
def test_a_shock_that_cannot_be_is_refused_and_leaves_nothing(parties: list[int], lost: object, text: str) -> None:
    frontier = Frontier(Impact.weighed(2, [0], [1], [0.5]))
    with pytest.raises(InvalidQuestion, match=text):
        frontier.debtrank(parties, lost)
    assert frontier.debtrank(0).h.tolist() == [1.0, 0.5]


def test_what_was_given_up_leaves_nothing_behind() -> None:
    frontier = Frontier(Impact.weighed(2, [0, 1], [1, 0], [0.999999, 0.999999]))
    with pytest.raises(NotConverged):
        frontier.debtrank(0, 1e-7, tolerance=1e-15, most=100)
    assert len(frontier.debtrank([]).party) == 0
    assert frontier.debtrank(0, tolerance=0.5).h.tolist() == [1.0, 0.999999]
