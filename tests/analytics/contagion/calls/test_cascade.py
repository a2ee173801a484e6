"""Calls on guarantors: against every set of failures, and what must hold whatever the network."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from analytics.contagion.calls.book import NONE, Loans, Standing, Sureties
from analytics.contagion.calls.cascade import Calls, call_guarantees
from graph.errors import InvalidQuestion, NotConverged
from tests.analytics.contagion.calls.networks import PARTIES, SHOCKS, SIZE, brute, standings


@given(standings(in_full=False), SHOCKS)
@settings(max_examples=400)
def test_pro_rata_it_is_the_least_set_of_failures_that_is_consistent(at: Standing, first: set[int]) -> None:
    agrees(call_guarantees(at, first), at, first)


@given(standings(in_full=True, fine=True), SHOCKS)
@settings(max_examples=300)
def test_in_full_it_is_too(at: Standing, first: set[int]) -> None:
    agrees(call_guarantees(at, first), at, first)


@given(standings(in_full=True), SHOCKS)
@settings(max_examples=300)
def test_where_guarantors_are_alike_it_is_too(at: Standing, first: set[int]) -> None:
    agrees(call_guarantees(at, first), at, first)


def agrees(found: Calls, at: Standing, first: set[int]) -> None:
    failed, call, paid = brute(at, first)
    assert set(found.failed.tolist()) == failed
    np.testing.assert_allclose(found.called, call, atol=1e-8)
    lender = at.sureties.counters == NONE
    np.testing.assert_allclose(found.paid[lender], np.array(paid)[lender], atol=1e-8)
    assert found.residual <= 1e-9


@given(standings(), SHOCKS, PARTIES)
@settings(max_examples=400)
def test_a_larger_shock_lowers_nothing(at: Standing, first: set[int], also: int) -> None:
    less, more = call_guarantees(at, first), call_guarantees(at, {*first, also})
    assert set(less.failed) <= set(more.failed)
    assert (more.called >= less.called - 1e-8).all()
    assert (more.loss >= less.loss - 1e-8).all()
    assert (more.final_loss >= less.final_loss - 1e-8).all()


@given(standings(in_full=False), SHOCKS, PARTIES)
@settings(max_examples=300)
def test_pro_rata_a_stronger_guarantor_fells_nobody_and_costs_no_lender_more(
    at: Standing, first: set[int], who: int
) -> None:
    more = at.capacity.copy()
    more[who] += 7.0
    weak, strong = call_guarantees(at, first), call_guarantees(replace(at, capacity=more), first)
    assert set(strong.failed) <= set(weak.failed)
    assert strong.loss.sum() <= weak.loss.sum() + 1e-8


@given(standings(), SHOCKS)
@settings(max_examples=400)
def test_nobody_pays_more_than_it_can_or_is_called_for_and_no_lender_gets_more_than_its_claim(
    at: Standing, first: set[int]
) -> None:
    found, made = call_guarantees(at, first), at.sureties
    assert (found.called <= made.amount + 1e-9).all()
    assert (found.paid <= found.called + 1e-9).all()
    paid = found.by_guarantor(np.where(made.pledge, 0.0, found.paid))
    assert (paid <= at.capacity + 1e-8).all()
    assert (found.covered <= np.where(found.due, at.loans.rest, 0.0) + 1e-8).all()
    assert not found.called[(made.counters == NONE) & ~found.due[made.loan]].any()
    back = np.bincount(made.counters + 1, found.paid, minlength=len(made) + 1)[1:]
    assert (back <= found.paid + 1e-8).all()


@given(standings(), SHOCKS)
@settings(max_examples=400)
def test_money_is_conserved(at: Standing, first: set[int]) -> None:
    """All that is owed is realised, paid by guarantors, paid by debtors to their lenders, or lost."""
    found = call_guarantees(at, first)
    recourse = np.bincount(at.sureties.loan, found.recourse, minlength=len(at.loans))
    whole = found.realised + found.covered + found.own - recourse + found.final_loss
    np.testing.assert_allclose(whole, np.where(found.due, at.loans.amount, 0.0), atol=1e-8)
    assert (found.loss >= found.final_loss - 1e-9).all()
    assert found.by_lender(found.loss).sum() == pytest.approx(found.by_debtor(found.loss).sum())


@given(standings(), SHOCKS)
@settings(max_examples=300)
def test_names_and_the_order_of_rows_play_no_part(at: Standing, first: set[int]) -> None:
    size, made, loans = at.loans.size, at.sureties, at.loans
    name = np.r_[np.roll(np.arange(SIZE), 2), SIZE + 1, SIZE]
    turned, upside = np.arange(len(loans))[::-1], np.arange(len(made))[::-1]
    other = Loans.of(
        size, name[loans.lender][turned], name[loans.debtor][turned], loans.amount[turned],
        collateral=loans.collateral[turned],
    )  # fmt: skip
    counters = np.where(made.counters == NONE, NONE, len(made) - 1 - made.counters)
    behind = Sureties.of(
        other, name[made.guarantor][upside], (len(loans) - 1 - made.loan)[upside], made.amount[upside],
        joint=made.joint[upside], pledge=made.pledge[upside],
        share=np.where(made.share < 0, np.nan, made.share)[upside], counters=counters[upside],
    )  # fmt: skip
    capacity, recovery = np.empty(size), np.empty(size)
    capacity[name], recovery[name] = at.capacity, at.recovery
    renamed = Standing.of(other, behind, capacity=capacity, recovery=recovery, in_full=at.in_full)
    a, b = call_guarantees(at, first), call_guarantees(renamed, [int(name[x]) for x in first])
    assert a.wave.tolist() == b.wave[name].tolist()
    np.testing.assert_allclose(a.called, b.called[upside], atol=1e-8)
    np.testing.assert_allclose(a.loss, b.loss[turned], atol=1e-8)


@given(standings(in_full=True, counters=False), SHOCKS)
@settings(max_examples=300)
def test_in_full_nothing_is_open_while_a_guarantor_could_pay_more(at: Standing, first: set[int]) -> None:
    """民法典 699: without agreed shares the lender may call any of them."""
    found, made = call_guarantees(at, first), at.sureties
    for loan in np.flatnonzero(found.due & (found.final_loss > 1e-6)):
        rows = np.flatnonzero((made.loan == loan) & (made.share < 0))
        if (made.share[made.loan == loan] >= 0).any():
            continue
        stands = ~made.pledge[rows] & (found.wave[made.guarantor[rows]] == 0)
        np.testing.assert_allclose(found.paid[rows][stands], made.amount[rows][stands], atol=1e-6)


@pytest.mark.parametrize(
    ("capacity", "joint", "in_full", "failed", "paid", "loss"),
    [
        ([80], False, False, [], [60], 0),  # GUA-02: called for 60 after the debtor's own 40
        ([80], True, False, [1], [80], 20),  # GUA-03: called for 100 at once
        ([40, 50], False, False, [], [30, 30], 0),  # GUA-04
        ([40, 50], False, True, [2], [10, 50], 0),  # GUA-05: the more able is called for 60 first
    ],
)
def test_four_results_from_the_same_debt(
    capacity: list[float], joint: bool, in_full: bool, failed: list[int], paid: list[float], loss: float
) -> None:
    """Domain reference §3: a debt of 100 of which the debtor pays 40 itself, each guarantor for all of it."""
    count = len(capacity)
    loans = Loans.of(count + 2, [count + 1], [0], [100.0])
    behind = Sureties.of(loans, range(1, count + 1), [0] * count, [100.0] * count, joint=joint)
    found = call_guarantees(Standing.of(loans, behind, capacity=[0, *capacity, 0], recovery=0.4, in_full=in_full), [0])
    assert (found.failed.tolist(), found.paid.tolist(), found.loss.tolist()) == ([0, *failed], paid, [loss])


def chain(size: int, capacity: float) -> Standing:
    """Each guarantees the one before it; the last party lends to all."""
    firms = np.arange(size)
    loans = Loans.of(size + 1, np.full(size, size), firms, np.full(size, 10.0))
    behind = Sureties.of(loans, firms[1:], firms[:-1], np.full(size - 1, 10.0), joint=True)
    return Standing.of(loans, behind, capacity=np.full(size + 1, capacity), recovery=0.0)


def test_a_chain_falls_to_its_end_or_stops_at_once() -> None:
    falls = call_guarantees(chain(1000, 4.0), [0])
    assert falls.wave.tolist()[:-1] == list(range(1, 1001))
    assert falls.loss.tolist() == [6.0] * 999 + [10.0]
    stops = call_guarantees(chain(1000, 10.0), [0])  # called for exactly what it can pay
    assert stops.failed.tolist() == [0]
    assert stops.loss.sum() == 0


@pytest.mark.parametrize("called", [10.0 * (1 + 5e-10), 10.0])
def test_a_hair_more_than_the_capacity_fells_nobody(called: float) -> None:
    at = chain(2, 10.0)
    at = replace(at, loans=replace(at.loans, amount=np.array([called, 10.0])))
    at = replace(at, sureties=replace(at.sureties, amount=np.array([called])))
    assert call_guarantees(at, [0]).failed.tolist() == [0]
    assert call_guarantees(at, [0], tolerance=1e-11).failed.tolist() == ([0] if called == 10.0 else [0, 1])


def test_own_collateral_goes_first_and_pledges_fell_nobody() -> None:
    loans = Loans.of(4, [3], [0], [100.0], collateral=[30.0])
    behind = Sureties.of(loans, [1, 2], [0, 0], [100.0, 100.0], joint=True, pledge=[True, False])
    found = call_guarantees(Standing.of(loans, behind, capacity=[0, 0, 50, 0], recovery=0.0), [0])
    assert found.realised.tolist() == [30.0]
    assert found.called.tolist() == [35.0, 35.0]
    assert found.failed.tolist() == [0]


def test_two_banks_share_what_a_guarantor_can_pay() -> None:
    """Capacity is shared over all calls on it, the later ones too."""
    loans = Loans.of(5, [3, 4], [0, 1], [60.0, 20.0])
    behind = Sureties.of(loans, [2, 2, 1], [0, 1, 0], [60.0, 20.0, 60.0], joint=True)
    at = Standing.of(loans, behind, capacity=[0, 10, 25, 0, 0], recovery=0.0)
    found = call_guarantees(at, [0])  # 30 on each: both fail, and then 20 more is called on 2
    assert found.failed.tolist() == [0, 1, 2]
    assert found.paid.tolist() == [15.0, 10.0, 10.0]
    assert found.by_lender(found.loss).tolist() == [0, 0, 0, 35.0, 10.0]


def test_a_counter_guarantor_is_called_for_what_its_guarantor_is_and_pays_no_more_than_that_paid() -> None:
    loans = Loans.of(4, [3], [0], [100.0])
    behind = Sureties.of(loans, [1, 2], [0, 0], [100.0, 70.0], joint=True, counters=[NONE, 0])
    at = Standing.of(loans, behind, capacity=[0, 100, 100, 0], recovery=0.0)
    found = call_guarantees(at, [0])
    assert (found.called.tolist(), found.paid.tolist(), found.loss.tolist()) == ([100.0, 70.0], [100.0, 70.0], [0.0])
    poor = call_guarantees(replace(at, capacity=np.array([0, 40.0, 100, 0])), [0])
    assert (poor.failed.tolist(), poor.paid.tolist(), poor.loss.tolist()) == ([0, 1], [40.0, 40.0], [60.0])


def test_agreed_shares_are_answered_for_alone() -> None:
    """民法典 699: by agreed shares; who has none answers for the rest."""
    loans = Loans.of(5, [4], [0], [100.0])
    behind = Sureties.of(loans, [1, 2, 3], [0, 0, 0], [100.0] * 3, joint=True, share=[0.3, 0.5, np.nan])
    at = Standing.of(loans, behind, capacity=[0, 10, 50, 20, 0], recovery=0.0, in_full=True)
    found = call_guarantees(at, [0])
    assert found.called.tolist() == pytest.approx([30.0, 50.0, 20.0])
    assert found.failed.tolist() == [0, 1]
    assert found.loss.tolist() == pytest.approx([20.0])


def test_means_that_a_shock_has_changed_leave_the_order_of_calls() -> None:
    """The most able before the shock is called first, though the other one is abler now."""
    loans = Loans.of(4, [3], [0], [60.0])
    behind = Sureties.of(loans, [1, 2], [0, 0], [60.0, 60.0], joint=True)
    at = Standing.of(loans, behind, capacity=[0, 40, 50, 0], recovery=0.5, in_full=True)
    found = call_guarantees(at.with_means([0, 40, 10, 0], recovery=0.0), [0])
    assert (found.called.tolist(), found.paid.tolist()) == ([50.0, 60.0], [40.0, 10.0])
    assert found.failed.tolist() == [0, 1, 2]
    assert found.final_loss.tolist() == [10.0]
    assert call_guarantees(at, [0]).called.tolist() == [10.0, 60.0]


def test_an_empty_shock_calls_nobody_and_strangers_are_refused() -> None:
    at = chain(3, 5.0)
    nobody = call_guarantees(at, [])
    assert (nobody.failed.tolist(), nobody.called.tolist(), nobody.loss.tolist()) == ([], [0.0, 0.0], [0.0] * 3)
    with pytest.raises(InvalidQuestion, match="none of these"):
        call_guarantees(at, [9])
    with pytest.raises(NotConverged):
        call_guarantees(chain(50, 4.0), [0], most=3)


@pytest.mark.parametrize("over", [1e-2, 1e-6])
def test_two_alike_who_can_only_just_not_pay_are_called_in_full(over: float) -> None:
    loans = Loans.of(4, [3], [0], [100 * (1 + over)])
    behind = Sureties.of(loans, [1, 2], [0, 0], [80.0, 80.0], joint=True)
    found = call_guarantees(Standing.of(loans, behind, capacity=[0, 50, 50, 0], recovery=0.0, in_full=True), [0])
    assert found.failed.tolist() == [0, 1, 2]
    assert found.called.tolist() == pytest.approx([80.0, 80.0], rel=1e-6)
    assert found.loss.tolist() == pytest.approx([100 * over], rel=1e-6)
