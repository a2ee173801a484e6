"""Bins of one figure: what weights of evidence are, and what bins must keep to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.learning.models.binning import LEAST, MOST, Bins
from analytics.learning.panel import Feature
from analytics.learning.panel.feature import Direction


def figure(direction: Direction = 0, categories: tuple[str, ...] = ()) -> Feature:
    return Feature("x", "ratio", "X", "X", direction, "own", "test", categories)


def drawn(seed: int, rows: int = 3000, turn: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=rows)
    label = rng.random(rows) < 1 / (1 + np.exp(2.5 - turn * x))
    return np.where(rng.random(rows) < 0.1, np.nan, x).astype(np.float32), label.astype(np.int8)


def test_weights_of_a_code_by_hand() -> None:
    """G = 80, B = 20: one default and four others are added to each: ln((44/80) / (11/20)) = 0; ln((44/80)/(11/20))."""
    values = np.repeat([0.0, 1.0], 50).astype(np.float32)
    label = np.zeros(100, np.int8)
    label[:5], label[50:65] = 1, 1
    bins = Bins.fitted(figure(categories=("a", "b")), values, label)
    assert bins.woe[:2] == pytest.approx([np.log((49 / 80) / (6 / 20)), np.log((39 / 80) / (16 / 20))])
    assert bins.rows == (50, 50, 0)
    assert bins.bad == (5, 15, 0)
    information = (45 / 80 - 5 / 20) * bins.woe[0] + (35 / 80 - 15 / 20) * bins.woe[1]
    assert bins.information == pytest.approx(information)


def test_what_is_missing_is_a_bin_of_its_own_and_weighs_nothing_where_nothing_was() -> None:
    values, label = drawn(0)
    bins = Bins.fitted(figure(1), values, label)
    missing = np.isnan(values)
    assert (bins.place(values)[missing] == len(bins.woe) - 1).all()
    assert bins.rows[-1] == missing.sum()
    assert bins.bad[-1] == label[missing].sum()
    whole = Bins.fitted(figure(1), values[~missing], label[~missing])
    assert whole.weights(np.array([np.nan], np.float32))[0] == 0.0


def test_codes_never_seen_stand_with_what_is_missing() -> None:
    values, label = np.repeat([0.0, 1.0], 50).astype(np.float32), np.tile([0, 1], 50).astype(np.int8)
    bins = Bins.fitted(figure(categories=("a", "b", "c")), values, label)
    assert bins.weights(np.array([2.0, 7.0, -3.0, np.nan], np.float32)).tolist() == [0.0] * 4


@given(st.integers(0, 200), st.sampled_from([-1, 1]), st.floats(-1.5, 1.5))
def test_weights_run_the_way_that_is_certain_whatever_the_data_say(seed: int, way: Direction, turn: float) -> None:
    values, label = drawn(seed, 800, turn)
    label[:2] = 0, 1
    bins = Bins.fitted(figure(way), values, label)
    rates = np.array(bins.bad[:-1]) / np.array(bins.rows[:-1])
    assert (way * np.diff(rates) >= 0).all()


@given(st.integers(0, 100))
def test_bins_are_few_large_and_hold_every_row(seed: int) -> None:
    values, label = drawn(seed)
    bins = Bins.fitted(figure(), values, label)
    known = (~np.isnan(values)).sum()
    assert len(bins.woe) - 1 <= MOST
    assert min(bins.rows[:-1]) >= LEAST * known
    assert sum(bins.rows) == len(values)
    assert sum(bins.bad) == label.sum()


def test_chance_alone_is_told_from_something_about_as_often_as_it_says() -> None:
    rng, certain = np.random.default_rng(3), 0
    for _ in range(200):
        code = rng.integers(0, 5, 1000).astype(np.float32)
        label = (rng.random(1000) < 0.1).astype(np.int8)
        certain += Bins.fitted(figure(categories=tuple("abcde")), code, label).chance < 0.05
    assert 2 <= certain <= 22  # 5 % of 200
    assert Bins.fitted(figure(1), *drawn(1)).chance < 1e-9
