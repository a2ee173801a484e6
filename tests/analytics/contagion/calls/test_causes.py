"""Causes of a loss: they sum to it, and a chain hands all of it back to where it began."""

import numpy as np
import pytest
from hypothesis import given, settings

from analytics.contagion.calls.book import Loans, Standing, Sureties
from analytics.contagion.calls.cascade import call_guarantees
from analytics.contagion.calls.causes import explain_loss
from graph.errors import InvalidQuestion
from tests.analytics.contagion.calls.networks import SHOCKS, standings
from tests.analytics.contagion.calls.test_cascade import chain


@given(standings(), SHOCKS)
@settings(max_examples=300)
def test_what_goes_back_to_first_failures_sums_to_the_loss(at: Standing, first: set[int]) -> None:
    found = call_guarantees(at, first)
    for loss in (found.loss, found.final_loss):
        causes = explain_loss(found, loss)
        assert set(causes.first.tolist()) == first
        assert causes.whole == pytest.approx(loss.sum())
        assert causes.through[causes.first].sum() == pytest.approx(loss.sum(), abs=1e-9)


@given(standings(), SHOCKS)
@settings(max_examples=300)
def test_every_loss_is_a_firms_own_or_was_carried_to_it(at: Standing, first: set[int]) -> None:
    found = call_guarantees(at, first)
    causes, made = explain_loss(found), at.sureties
    debtor = at.loans.debtor[made.loan]
    on = np.bincount(debtor, causes.carried, minlength=at.loans.size)
    np.testing.assert_allclose(causes.through, causes.own + on, atol=1e-9)
    into, later = found.by_guarantor(causes.carried), found.wave > 1
    np.testing.assert_allclose(into[later], causes.through[later], atol=1e-9)
    assert not into[~later].any()


def test_a_ring_hands_its_loss_back_to_who_failed_first() -> None:
    """GUA-06's ring: losses of 10, 5 and 60 (domain reference §3), all of them brought by A."""
    loans = Loans.of(4, [3, 3, 3], [0, 1, 2], [100.0] * 3)
    behind = Sureties.of(loans, [1, 2, 0], [0, 1, 2], [100.0] * 3)
    found = call_guarantees(Standing.of(loans, behind, capacity=[0, 50, 55, 0], recovery=0.4), [0])
    causes = explain_loss(found)
    assert causes.own.tolist() == [10.0, 5.0, 60.0, 0.0]
    assert causes.through.tolist() == [75.0, 65.0, 60.0, 0.0]
    assert causes.carried.tolist() == [65.0, 60.0, 0.0]


def test_a_long_chain_is_traced_to_its_end() -> None:
    causes = explain_loss(call_guarantees(chain(5000, 4.0), [0]))
    assert causes.through[0] == pytest.approx(6.0 * 4999 + 10)


def test_a_loss_on_who_stands_is_refused() -> None:
    found = call_guarantees(chain(2, 10.0), [0])
    with pytest.raises(InvalidQuestion, match="lost on each loan"):
        explain_loss(found, [0.0, 1.0])
    with pytest.raises(InvalidQuestion, match="lost on each loan"):
        explain_loss(found, [0.0])
