"""Stated causes against planted ones, by hand."""

import numpy as np
import pytest

from analytics.learning.judging.causes import cause_auc, first_cause_hit, recovered_share
from graph.errors import InvalidPanel

PLANTED = [[0.3, 0.0, 0.0], [0.0, 0.1, 0.4], [0.0, 0.0], [0.2]]


def test_causes_stated_as_they_are_leave_nothing_to_wish() -> None:
    assert cause_auc(PLANTED, PLANTED) == 1.0
    assert first_cause_hit(PLANTED, PLANTED) == 1.0


def test_firms_without_causes_or_with_nothing_else_do_not_count_for_the_order() -> None:
    """The first firm's cause ranks between the two others (½), the second's two of three pairs... (0.1 < 0.2: ½)."""
    stated = [[0.2, 0.1, 0.3], [0.2, 0.1, 0.4], [9.0, 0.0], [0.0]]
    assert cause_auc(PLANTED, stated) == pytest.approx(np.mean([0.5, 0.5]))
    assert first_cause_hit(PLANTED, stated) == pytest.approx(1 / 3)  # of three firms with causes the second alone


def test_nothing_stated_hits_nothing_and_orders_nothing() -> None:
    nothing = [np.zeros(len(links)) for links in PLANTED]
    assert cause_auc(PLANTED, nothing) == 0.5
    assert first_cause_hit(PLANTED, nothing) == 0.0


def test_the_recovered_share_runs_from_own_figures_to_the_truth() -> None:
    assert recovered_share([0.7, 0.8, 0.65], [0.7, 0.7, 0.7], [0.8, 0.8, 0.8]) == pytest.approx([0, 1, -0.5])
    assert np.isnan(recovered_share([0.8], [0.7], [0.7])[0])


def test_worlds_without_causes_are_refused() -> None:
    with pytest.raises(InvalidPanel):
        cause_auc([[0.1]], [[0.1]])
    with pytest.raises(InvalidPanel):
        first_cause_hit([[0.0]], [[0.1]])
