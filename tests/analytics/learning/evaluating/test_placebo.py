"""Rewiring keeps what it says it keeps, and destroys the rest."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.learning.evaluating.ablation import without
from analytics.learning.evaluating.placebo import placebo_share, rewired
from analytics.learning.panel import Feature, Panel
from graph.errors import InvalidPanel
from tests.analytics.learning.panels import small

PANEL = small(firms=120, years=(2018, 2019))


def pairs(panel: Panel, wave: int, relation: str) -> set[tuple[int, int]]:
    ties = panel.waves[wave].ties[relation]
    return set(zip(ties.tail.tolist(), ties.head.tolist(), strict=True))


@given(st.integers(0, 50))
def test_degrees_stakes_and_all_else_stay(seed: int) -> None:
    other = rewired(PANEL, seed)
    for before, after in zip(PANEL.waves, other.waves, strict=True):
        for relation in PANEL.relations:
            was, now = before.ties[relation], after.ties[relation]
            for end in ("tail", "head"):
                counts = [np.bincount(getattr(t, end), minlength=PANEL.size) for t in (was, now)]
                assert (counts[0] == counts[1]).all()
            assert (was.tail == now.tail).all()
            assert (was.stake == now.stake).all()
            assert (now.tail != now.head).all()
            assert (now.source == -1).all()
        assert (before.label == after.label).all()
        np.testing.assert_array_equal(before.values, after.values)


def test_the_wiring_is_gone_and_each_seed_has_another() -> None:
    one, two, again = rewired(PANEL, 1), rewired(PANEL, 2), rewired(PANEL, 1)
    assert one.digest == again.digest != two.digest
    was, now = pairs(PANEL, 0, "SUPPLIES"), pairs(one, 0, "SUPPLIES")
    assert len(was & now) < 0.1 * len(was)  # 240 of 14 280 pairs: some five by chance
    assert pairs(one, 0, "SUPPLIES") != pairs(one, 1, "SUPPLIES")


def test_what_was_made_of_the_true_wiring_is_emptied() -> None:
    group = Feature("group_size", "count", "Size of its group", "集团规模", 0, "engine", "test")
    waves = tuple(
        replace(w, values=np.column_stack([w.values, np.ones(PANEL.size)]).astype(np.float32)) for w in PANEL.waves
    )
    panel = replace(PANEL, features=(*PANEL.features, group), waves=waves)
    values = rewired(panel, 0).waves[0].values
    assert np.isnan(values[:, 2]).all()
    np.testing.assert_array_equal(values[:, :2], PANEL.waves[0].values)


def test_a_relation_left_out_leaves_the_others() -> None:
    other = without(PANEL, "SUPPLIES")
    assert other.relations == ("GUARANTEES",)
    assert pairs(other, 1, "GUARANTEES") == pairs(PANEL, 1, "GUARANTEES")
    with pytest.raises(InvalidPanel, match="has no relation OWES"):
        without(PANEL, "OWES")


def test_the_share_that_stays() -> None:
    assert placebo_share([0.8, 0.8, 0.8], [0.8, 0.7, 0.75], [0.7, 0.7, 0.7]) == pytest.approx([1, 0, 0.5])
    assert np.isnan(placebo_share([0.7], [0.7], [0.7])[0])
