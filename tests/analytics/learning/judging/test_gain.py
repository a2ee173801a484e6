"""Gains of a larger model: their errors by hand, by drawing parties again, and with rows that hang together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.learning.judging.calibration import log_loss
from analytics.learning.judging.gain import gain


def said(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    odds = rng.normal(-2, 1, rows)
    truth = 1 / (1 + np.exp(-odds))
    return (rng.random(rows) < truth).astype(float), np.full(rows, truth.mean()), truth


def test_it_is_the_difference_of_log_losses_and_its_error_that_of_a_mean() -> None:
    label, flat, truth = said(400, 1)
    found = gain(label, flat, truth, np.arange(400))
    rows = [log_loss([y], [p]) - log_loss([y], [q]) for y, p, q in zip(label, flat, truth, strict=True)]
    assert found.value == pytest.approx(log_loss(label, flat) - log_loss(label, truth), abs=1e-12)
    assert found.error == pytest.approx(np.std(rows, ddof=1) / 20, rel=1e-9)
    assert found.counts


@given(st.integers(2, 5), st.integers(0, 20))
def test_a_row_told_several_times_makes_nothing_surer(times: int, seed: int) -> None:
    label, flat, truth = said(50, seed)
    once = gain(label, flat, truth, np.arange(50))
    often = gain(*(np.tile(each, times) for each in (label, flat, truth, np.arange(50))))
    assert often.value == pytest.approx(once.value, abs=1e-12)
    assert often.error == pytest.approx(once.error, rel=1e-9)


def test_the_error_is_that_of_drawing_parties_again() -> None:
    label, flat, truth = said(900, 3)
    party = np.repeat(np.arange(300), 3)
    found = gain(label, flat, truth, party)
    rng = np.random.default_rng(0)
    place = np.arange(900).reshape(300, 3)
    drawn = [place[rng.integers(0, 300, 300)].ravel() for _ in range(2000)]
    spread = np.std([gain(label[at], flat[at], truth[at], party[at]).value for at in drawn])
    assert found.error == pytest.approx(spread, rel=0.08)


def test_the_smaller_model_stays_where_both_say_the_same_or_nobody_can_tell() -> None:
    assert not gain([1, 0, 0], [0.3] * 3, [0.3] * 3, [0, 1, 2]).counts
    assert not gain([1, 0], [0.3, 0.3], [0.9, 0.1], [0, 0]).counts
