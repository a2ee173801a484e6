"""Intervals hold what they say, parties are drawn whole, differences are paired."""

import numpy as np
import pytest

from analytics.learning.judging.bootstrap import Draws, Sample, interval
from graph.errors import InvalidPanel


def test_all_rows_of_a_party_are_drawn_together_and_as_many_parties_as_there_are() -> None:
    party = np.array(["a", "b", "a", "c", "b", "a"])
    draws = Draws.of(party, times=50)
    counts = np.concatenate(list(draws.counts()))
    assert counts.shape == (50, 3)
    assert (counts.sum(axis=1) == 3).all()
    assert draws.party.tolist() == [0, 1, 0, 2, 1, 0]


def test_the_same_draws_come_again_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = Draws.of(np.arange(40), times=30, seed=5)
    whole = np.concatenate(list(draws.counts()))
    monkeypatch.setattr("analytics.learning.judging.bootstrap.BLOCK", 7 * 40)
    assert (np.concatenate(list(draws.counts())) == whole).all()


def test_an_interval_holds_the_true_auc_about_as_often_as_it_says() -> None:
    """Scores of defaults are N(1, 1), of others N(0, 1): the true AUC is Φ(1/√2)."""
    truth, held = 0.7602499389065233, 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        label = (rng.random(400) < 0.25).astype(float)
        score = 1 / (1 + np.exp(-(rng.normal(size=400) + label)))
        found = Sample.of(label, score, Draws.of(np.arange(400), times=200, seed=seed)).estimate("auc")
        held += int(found.low <= truth <= found.high)
    assert 0.88 <= held / 120 <= 0.995


def test_rows_of_one_party_that_repeat_each_other_widen_the_interval() -> None:
    """Each firm stands there four times with nothing new: the interval is that of firms alone."""
    rng = np.random.default_rng(0)
    label = (rng.random(300) < 0.3).astype(float)
    score = np.clip(0.3 + 0.2 * label + 0.2 * rng.normal(size=300), 0, 1)
    once = Sample.of(label, score, Draws.of(np.arange(300))).estimate("auc")
    four = np.tile(label, 4), np.tile(score, 4)
    whole = Sample.of(*four, Draws.of(np.tile(np.arange(300), 4))).estimate("auc")
    apart = Sample.of(*four, Draws.of(np.arange(1200))).estimate("auc")
    assert whole.high - whole.low == pytest.approx(once.high - once.low, rel=1e-9)
    assert apart.high - apart.low == pytest.approx(0.5 * (once.high - once.low), rel=0.15)


def test_a_difference_is_narrower_than_two_intervals_where_two_models_err_alike() -> None:
    rng = np.random.default_rng(2)
    label = (rng.random(500) < 0.3).astype(float)
    score = np.clip(0.3 + 0.15 * label + 0.15 * rng.normal(size=500), 0.0, 1.0)
    draws = Draws.of(np.arange(500))
    one, other = (
        Sample.of(label, score, draws),
        Sample.of(label, np.clip(score + 0.01 * rng.normal(size=500), 0, 1), draws),
    )
    apart, paired = one.estimate("auc"), one.less(other).estimate("auc")
    assert paired.high - paired.low < 0.5 * (apart.high - apart.low)
    itself = one.less(one).estimate("auc")
    assert (itself.value, itself.low, itself.high, itself.above_zero) == (0.0, 0.0, 0.0, False)


def test_a_mean_over_seeds_tells_how_far_they_are_apart() -> None:
    rng = np.random.default_rng(3)
    label, draws = (rng.random(200) < 0.3).astype(float), Draws.of(np.arange(200), times=20)
    each = [Sample.of(label, rng.random(200), draws) for _ in range(3)]
    mean = Sample.mean(each).estimate("auc")
    values = [sample.estimate("auc").value for sample in each]
    assert (mean.value, mean.spread) == pytest.approx((np.mean(values), np.std(values, ddof=1)))


def test_the_interval_of_the_calibration_error_holds_what_was_measured() -> None:
    """Chance raises each draw's error, as it raised the one measured: it must not be counted twice."""
    rng = np.random.default_rng(5)
    said = rng.beta(1, 20, 3000)
    label = (rng.random(3000) < said).astype(float)
    found = Sample.of(label, said, Draws.of(np.arange(3000), times=300)).estimate("ece")
    assert found.low < found.value < found.high


def test_no_interval_where_draws_lack_a_class() -> None:
    label, score = np.array([1.0, 0.0, 0.0, 0.0]), np.array([0.9, 0.1, 0.2, 0.3])
    found = Sample.of(label, score, Draws.of(np.arange(4))).estimate("auc")
    assert found.value == 1.0
    assert np.isnan([found.low, found.high]).all()
    assert np.isnan(interval(1.0, []).low)
    alone = Sample.of([0.0, 0.0], [0.1, 0.2], Draws.of(np.arange(2)))
    assert np.isnan(alone.estimate("auc").value)
    assert alone.estimate("brier").value == pytest.approx(0.025)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidPanel, match="no rows"):
        Draws.of([])
    with pytest.raises(InvalidPanel, match="4 rows are drawn of 2"):
        Sample.of([1, 0], [0.5, 0.5], Draws.of(np.arange(4)))
