"""Assumed equity against what is held: worked cases, and losses on shares that never exceed it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.contagion.shock.coupled import Shock, send
from analytics.contagion.shock.firms import Firms
from analytics.contagion.shock.holders import ROUNDS, no_less_than_held
from analytics.contagion.shock.layers import Layers
from graph.errors import InvalidQuestion


def test_a_chain_of_holders_counts_what_is_at_its_end() -> None:
    """3 states 100; 2 holds half of it, 1 all of 2 and 0 half of 1: 50, 50 and 25 beside the medians of 30."""
    found = no_less_than_held([30, 30, 30, 100], [True, True, True, False], [2, 1, 0], [3, 2, 1], [0.5, 1.0, 0.5])
    assert found.tolist() == [30, 50, 50, 100]


def test_what_is_stated_stays_and_debts_of_others_are_worth_nothing() -> None:
    assert no_less_than_held([30, 5, -80], [False, True, False], [0, 1], [1, 2], [1.0, 1.0]).tolist() == [30, 5, -80]
    assert np.isnan(no_less_than_held([np.nan, 9], [False, False], [0], [1], [1.0])[0])


def test_what_two_hold_of_each_other_counts_as_far_as_it_goes_round() -> None:
    """x = y / 2 and y = x / 2 + 40, as 1 holds half of 2 besides: y = 160 / 3, x = 80 / 3."""
    found = no_less_than_held([10, 10, 80], [True, True, False], [0, 1, 1], [1, 0, 2], [0.5, 0.5, 0.5])
    assert found == pytest.approx([80 / 3, 160 / 3, 80])


def test_a_longer_chain_than_one_look_settles_too() -> None:
    n = 2 * ROUNDS + 7
    found = no_less_than_held([1.0] * n + [50.0], [True] * n + [False], range(n), range(1, n + 1), [1.0] * n)
    assert found.tolist() == [50.0] * (n + 1)


def test_a_circle_that_is_closed_counts_what_it_holds_outside() -> None:
    """0 and 1 hold each other whole, which alone would grow for ever; 1 holds half of 2, which states 80."""
    found = no_less_than_held([10, 10, 80], [True, True, False], [0, 1, 1], [1, 0, 2], [1.0, 1.0, 0.5])
    assert found.tolist() == [10, 40, 80]


@given(st.data())
def test_nobody_of_assumed_equity_loses_more_on_shares_than_that(data: st.DataObject) -> None:
    """All fail that state anything, up to four fifths of each are held by others, circles among them."""
    n = data.draw(st.integers(2, 7))
    equity = np.array([data.draw(st.integers(1, 50)) for _ in range(n)], float)
    assumed = np.array([data.draw(st.booleans()) for _ in range(n)])
    ties = [(i, j) for i in range(n) for j in range(n) if i != j and data.draw(st.booleans())]
    tail, head = (np.array([tie[k] for tie in ties], np.int64) for k in (0, 1))
    share = np.array([data.draw(st.floats(0, 1)) for _ in ties])
    share *= 0.8 / np.maximum(np.bincount(head, share, minlength=n), 1.0)[head]
    full = no_less_than_held(equity, assumed, tail, head, share)
    firms = Firms.of(n, equity=full)
    after = send(firms, Layers.of(firms, shares=(tail, head, share)), Shock.of(n, np.flatnonzero(~assumed)))
    assert (after.shares[assumed] <= full[assumed] * (1 + 1e-12)).all()
    assert not after.failed[assumed].any()


def test_parties_that_are_none_are_refused() -> None:
    with pytest.raises(InvalidQuestion, match="none of these"):
        no_less_than_held([1.0], [True], [0], [3], [1.0])
    with pytest.raises(InvalidQuestion, match="same parties"):
        no_less_than_held([1.0, 2.0], [True], [], [], [])
