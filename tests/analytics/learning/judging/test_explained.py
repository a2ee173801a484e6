"""Explanations of several seeds over firms, by hand."""

import numpy as np
import pytest

from analytics.learning.judging.causes import Beside, cause_auc, first_cause_hit
from analytics.learning.judging.explained import explained

PLANTED = (np.array([0.3, 0.0, 0.1]), np.array([0.0, 0.2]), np.array([0.4]))
RIGHT = Beside(PLANTED, PLANTED)
WRONG = Beside(PLANTED, (np.array([0.0, 0.5, 0.0]), np.array([0.4, 0.0]), np.array([0.1])))


def test_measures_are_means_over_firms_and_seeds_and_pairs_of_seeds_are_compared() -> None:
    found = explained("way", [RIGHT, WRONG], [7, 8, 9])
    assert found.auc.value == pytest.approx((cause_auc(PLANTED, PLANTED) + cause_auc(PLANTED, WRONG.stated)) / 2)
    assert found.first_hit.value == pytest.approx((1 + first_cause_hit(PLANTED, WRONG.stated)) / 2)
    assert found.same_first.value == pytest.approx(1 / 3)  # the last firm has one link alone
    assert (found.firms, found.seeds) == (3, 2)


def test_one_seed_says_nothing_of_stability() -> None:
    found = explained("way", [RIGHT], [1, 2, 3])
    assert np.isnan([found.overlap.value, found.same_first.value]).all()
    # One draw in 27 holds no firm with links of both kinds: it has no mean, and is not counted as 0.
    assert (found.auc.low, found.auc.value, found.auc.high) == (1.0, 1.0, 1.0)


def test_intervals_are_of_firms_drawn_again_rows_of_one_firm_together() -> None:
    """Against the standard error of a mean of ones and noughts; a firm that stands there twice counts as one."""
    rng = np.random.default_rng(0)
    hits = rng.random(400) < 0.3
    cause = tuple(np.array([0.1, 0.0]) for _ in hits)
    said = tuple(np.array([1.0, 0.0]) if hit else np.array([0.0, 1.0]) for hit in hits)
    single = explained("way", [Beside(cause, said)], np.arange(400)).first_hit
    reach = 1.96 * np.sqrt(hits.mean() * (1 - hits.mean()) / 400)
    assert single.high - single.low == pytest.approx(2 * reach, rel=0.15)
    twice = explained("way", [Beside(cause * 2, said * 2)], np.tile(np.arange(400), 2)).first_hit
    assert twice.high - twice.low == pytest.approx(single.high - single.low, rel=0.1)
