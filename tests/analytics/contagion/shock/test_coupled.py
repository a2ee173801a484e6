"""A shock through debts and shares alone is clearing; through nothing it is itself."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contagion.clearing import clear
from analytics.contagion.debts import Debts, Shares
from analytics.contagion.shock.coupled import BY_CASH, SOUND, Aftermath, Shock, send
from analytics.contagion.shock.firms import Firms
from analytics.contagion.shock.layers import Layers
from graph.errors import InvalidQuestion

Case = tuple[int, np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]


@st.composite
def owing(draw: st.DrawFn) -> Case:
    """Some firms: debtors, creditors, amounts and equities, all above nothing."""
    n = draw(st.integers(2, 7))
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=12))
    amount = draw(st.lists(st.integers(1, 40), min_size=len(chosen), max_size=len(chosen)))
    equity = draw(st.lists(st.integers(1, 30), min_size=n, max_size=n))
    ends = np.array(chosen, np.int64).reshape(-1, 2)
    return n, ends[:, 0], ends[:, 1], np.array(amount, float), np.array(equity, float)


def sheets(case: Case, *, recovered: float = 1.0) -> tuple[Firms, np.ndarray[Any, Any]]:
    """Firms of a case, and their assets from outside: what makes their equity what it is said to be."""
    n, debtor, creditor, amount, equity = case
    owed, claims = (np.bincount(end, amount, minlength=n) for end in (debtor, creditor))
    outside = np.maximum(equity + owed - claims, 0.0)
    assets = outside + claims
    return Firms.of(n, equity=assets - owed, assets=assets, liabilities=owed, recovered=recovered), outside


@given(owing(), st.data())
@settings(deadline=None)
def test_debts_alone_come_to_what_clearing_pays(case: Case, data: st.DataObject) -> None:
    n, debtor, creditor, amount, _ = case
    firms, outside = sheets(case)
    lost = np.array([data.draw(st.integers(0, int(one))) for one in outside], float)
    found = send(firms, Layers.of(firms, debts=(debtor, creditor, amount)), Shock.of(n, lost=lost), tolerance=1e-10)
    cleared = clear(Debts.of(n, debtor, creditor, amount, assets=outside - lost), tolerance=1e-12)
    owed = np.bincount(debtor, amount, minlength=n)
    np.testing.assert_allclose(found.paid * owed, cleared.paid, atol=1e-6)
    assert np.flatnonzero(found.failed).tolist() == sorted(cleared.defaults)
    np.testing.assert_allclose(found.claims, np.bincount(creditor, found.by_debt, minlength=n), atol=1e-9)


@given(owing(), st.data())
@settings(deadline=None)
def test_shares_lose_what_their_company_loses_and_no_more_than_it_had(case: Case, data: st.DataObject) -> None:
    n, debtor, creditor, amount, _ = case
    firms, outside = sheets(case)
    held = [(0, n - 1, 0.4), (n - 1, 0, 0.3)]
    holder, company, share = (np.array(end) for end in zip(*held, strict=True))
    lost = np.array([data.draw(st.integers(0, int(one))) for one in outside], float)
    layers = Layers.of(firms, debts=(debtor, creditor, amount), shares=(holder, company, share))
    found = send(firms, layers, Shock.of(n, lost=lost), tolerance=1e-10)
    worth = Shares.of(n, holder, company, share).worth(firms.equity)
    cleared = clear(
        Debts.of(n, debtor, creditor, amount, assets=np.maximum(outside - lost, 0)),
        shares=Shares.of(n, holder, company, share), tolerance=1e-12,
    )  # fmt: skip
    # Shares come on top of what is said to be assets there, and stand within them here.
    assert (found.passed <= firms.equity + 1e-9).all()
    assert (found.shares <= worth + 1e-9).all()
    assert (cleared.paid >= found.paid * np.bincount(debtor, amount, minlength=n) - 1e-6).all()


@given(owing(), st.data())
@settings(deadline=None)
def test_a_larger_shock_never_lowers_a_loss(case: Case, data: st.DataObject) -> None:
    n, debtor, creditor, amount, _ = case
    firms, _ = sheets(case, recovered=0.55)
    layers = Layers.of(firms, debts=(debtor, creditor, amount), shares=([0], [n - 1], [0.5]))
    first = data.draw(st.sets(st.integers(0, n - 1)))
    more = first | data.draw(st.sets(st.integers(0, n - 1)))
    small, large = (send(firms, layers, Shock.of(n, sorted(some))) for some in (first, more))
    assert (large.failed >= small.failed).all()
    assert (large.lost >= small.lost - 1e-5).all()
    assert (large.by_debt >= small.by_debt - 1e-5).all()


@given(owing(), st.data())
@settings(deadline=None)
def test_names_do_not_matter(case: Case, data: st.DataObject) -> None:
    n, debtor, creditor, amount, _ = case
    firms, _ = sheets(case, recovered=0.55)
    first = data.draw(st.sets(st.integers(0, n - 1), min_size=1))
    other = np.array(data.draw(st.permutations(range(n))))
    plain = send(firms, Layers.of(firms, debts=(debtor, creditor, amount)), Shock.of(n, sorted(first)))
    back = np.argsort(other)
    renamed = Firms.of(
        n, equity=firms.equity[back], assets=firms.assets[back], liabilities=firms.liabilities[back], recovered=0.55
    )
    layers = Layers.of(renamed, debts=(other[debtor], other[creditor], amount))
    found = send(renamed, layers, Shock.of(n, other[sorted(first)]))
    assert (found.failed[other] == plain.failed).all()
    assert (found.round[other] == plain.round).all()
    np.testing.assert_allclose(found.lost[other], plain.lost, atol=1e-5)


def test_a_shock_on_nobody_costs_nothing() -> None:
    firms = Firms.of(3, equity=[1, 1, 1])
    found = send(firms, Layers.of(firms, debts=([0], [1], [9])), Shock.of(3))
    assert not found.failed.any()
    assert not found.lost.any()
    assert found.rounds == 1


def test_collateral_comes_first_and_guards_its_lender_alone() -> None:
    # 0 owes 100 to 1, of which 60 are covered, and 50 to 2; of its assets of 120, 60 are pledged and 60 are for all.
    firms = Firms.of(3, equity=[0, 90, 90], assets=[120, 100, 100], liabilities=[150, 10, 10], recovered=1)
    layers = Layers.of(firms, debts=([0, 0], [1, 2], [100, 50]), covered=[60, 0])
    found = send(firms, layers, Shock.of(3, [0]))
    np.testing.assert_allclose(found.by_debt, [40 * (1 - 60 / 90), 50 * (1 - 60 / 90)], atol=1e-9)


def test_who_is_owed_first_is_paid_first() -> None:
    firms = Firms.of(3, equity=[1, 90, 90], assets=[70, 100, 100], liabilities=[69, 10, 10], recovered=0.5)
    layers = Layers.of(firms, debts=([0, 0], [1, 2], [30, 39]), seniority=[0, 1])
    found = send(firms, layers, Shock.of(3, [0]))
    np.testing.assert_allclose(found.by_debt, [0, 39 - (69 * 0.5 - 30)], atol=1e-9)


def test_a_layer_alone_carries_nothing_of_the_others() -> None:
    firms = Firms.of(3, equity=[5, 5, 5], assets=[20, 20, 20], liabilities=[15, 15, 15], recovered=0)
    layers = Layers.of(firms, debts=([0, 1], [1, 2], [9, 9]))
    whole, alone = (send(firms, one, Shock.of(3, [0])) for one in (layers, layers.only_some(("shares",))))
    assert whole.failed.tolist() == [True, True, True]
    assert alone.failed.tolist() == [True, False, False]
    assert alone.by_debt.tolist() == [9, 0], "what creditors lose is told, and brings nobody down"


def test_figures_that_are_not_known_fail_nobody() -> None:
    firms = Firms.of(2)
    found: Aftermath = send(firms, Layers.of(firms, debts=([0], [1], [100])), Shock.of(2, [0]))
    assert found.failed.tolist() == [True, False]
    assert found.claims.tolist() == [0, pytest.approx(45)]


@pytest.mark.parametrize(
    ("given", "says"), [({"assets": [-1, 0]}, "assets"), ({"recovered": 2}, "recovered"), ({"equity": [1]}, "equity")]
)
def test_what_cannot_be_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidQuestion, match=says):
        Firms.of(2, **given)


def test_a_party_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidQuestion, match="none of these"):
        Shock.of(2, [5])


def test_what_a_stop_leads_to_at_once_is_the_first_round() -> None:
    """0 loses 8 of income and has 5; it owes 30 to 1, which has 10 and loses all of them."""
    firms = Firms.of(2, equity=[5, 10], margin=[8, 0], recovered=0)
    layers = Layers.of(firms, debts=([0], [1], [30]))
    alone = send(firms, layers, Shock.of(2, stopped=[1, 0]))
    assert alone.round.tolist() == [1, 1]
    beside = send(Firms.of(3, equity=[5, 10, 1], margin=[8, 0, 0], recovered=0), Layers.of(Firms.of(3)),
                  Shock.of(3, [2], stopped=[1, 0, 0]))  # fmt: skip
    assert beside.round.tolist() == [2, 0, 1], "who fails of itself comes first"


def test_money_is_lost_out_of_equity_and_of_cash_and_worth_out_of_equity_alone() -> None:
    firms = Firms.of(2, equity=[100, 100], liquidity=[10, 10])
    found = send(firms, Layers.of(firms), Shock.of(2, lost=[11, 0], worse=[0, 11]))
    assert (found.failed.tolist(), found.cause.tolist()) == ([True, False], [BY_CASH, SOUND])
    assert found.lost.tolist() == [11, 11]
    with pytest.raises(InvalidQuestion, match="worse"):
        Shock.of(2, worse=[-1, 0])
