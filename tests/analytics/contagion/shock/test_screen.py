"""The screen of failures: a bound where it says so, all ways added up, and every layer by hand."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contagion.calls.book import Loans, Standing, Sureties
from analytics.contagion.shock.calling import Guarantees
from analytics.contagion.shock.coupled import Shock, send
from analytics.contagion.shock.firms import Firms
from analytics.contagion.shock.layers import Layers
from analytics.contagion.shock.screen import Ties, screen, stake_of, ways
from analytics.contagion.shock.supplying import Supplies
from analytics.contagion.supply.network import SupplyNetwork
from graph.errors import InvalidQuestion
from tests.analytics.contagion.shock.test_coupled_plain import layers_of, world

SIZE = 7


@st.composite
def downhill(draw: st.DrawFn) -> tuple[Firms, Layers]:
    """Firms that owe only to later ones, so that no debt comes back; a failed one pays nothing."""
    pairs = [(i, j) for i in range(SIZE) for j in range(i + 1, SIZE)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1, max_size=12))
    amount = draw(st.lists(st.integers(1, 40), min_size=len(chosen), max_size=len(chosen)))
    equity = draw(st.lists(st.integers(1, 30), min_size=SIZE, max_size=SIZE))
    firms = Firms.of(SIZE, equity=equity, recovered=0.0)
    debtor, creditor = zip(*chosen, strict=True)
    return firms, Layers.of(firms, debts=(debtor, creditor, np.array(amount, float)))


@given(downhill())
@settings(max_examples=200, deadline=None)
def test_no_failure_costs_more_than_its_estimate_where_debts_lead_downhill(case: tuple[Firms, Layers]) -> None:
    firms, layers = case
    lender = SIZE - 1
    estimate = screen(Ties.of(firms, layers), stake_of(firms, layers, lender), steps=SIZE)
    creditor = np.empty(len(layers.debts.order), np.int64)
    creditor[layers.debts.order] = layers.debts.creditor
    for firm in range(lender):
        found = send(firms, layers, Shock.of(SIZE, [firm]))
        assert found.by_debt[creditor == lender].sum() <= estimate[firm] + 1e-9


@given(downhill())
@settings(max_examples=100, deadline=None)
def test_the_sweeps_add_up_all_ways(case: tuple[Firms, Layers]) -> None:
    firms, layers = case
    stake = stake_of(firms, layers, SIZE - 1)
    parts = np.zeros((SIZE, SIZE))
    for debtor, creditor, amount in zip(layers.debts.debtor, layers.debts.creditor, layers.debts.amount, strict=True):
        parts[debtor, creditor] = min(1.0, amount / firms.equity[creditor])
    exact = np.linalg.solve(np.eye(SIZE) - parts, stake)
    np.testing.assert_allclose(screen(Ties.of(firms, layers), stake, steps=SIZE), exact, rtol=1e-12)


def test_a_guarantor_is_called_for_its_part_of_what_is_lacking() -> None:
    """Of 100 owed 60 are lacking; two guarantors promise 90 and 30, so that 45 and 15 are called."""
    firms = Firms.of(4, equity=[10, 90, 10, 50], recovered=0.4)
    loans = Loans.of(4, [3, 3], [0, 1], [100.0, 50.0])
    sureties = Sureties.of(loans, [1, 2], [0, 0], [90.0, 30.0])
    standing = Standing.of(loans, sureties, capacity=[10, 90, 10, 50], recovery=0.4)
    layers = Layers.of(firms, debts=([0, 1], [3, 3], [100, 50]), guarantees=Guarantees(standing, 2))
    ties = Ties.of(firms, layers)
    assert ties.failing.toarray()[0, :3].tolist() == pytest.approx([0, 0.5, 1.0])
    # Half of the first guarantor falls, and with it half of the 30 that its own failure costs the lender.
    assert screen(ties, stake_of(firms, layers, 3))[0] == pytest.approx(60 + 0.5 * 30)


def test_a_supplier_that_others_can_replace_costs_less() -> None:
    """A buyer has 60 of its 100 of one input from firm 0, 40 from firm 1, of one industry; its margin is its equity."""
    firms = Firms.of(4, equity=[10, 10, 30, 50], margin=[0, 0, 30, 0], recovered=0.0)
    costs = []
    for rationed in (False, True):
        network = SupplyNetwork.of(
            4, [0, 1], [2, 2], [60, 40], industry=[0, 0, 1, 2], revenue=[60, 40, 200, 0], rationed=rationed
        )
        layers = Layers.of(firms, debts=([2], [3], [80]), production=Supplies(network))
        costs.append(screen(Ties.of(firms, layers), stake_of(firms, layers, 3))[:2].tolist())
    # What is left of the industry without firm 1 is 60: 40 / 60 of its part cannot be had elsewhere.
    assert costs == [pytest.approx([48, 32]), pytest.approx([48, 32 * 40 / 60])]


def test_losing_a_holding_counts_against_equity() -> None:
    firms = Firms.of(3, equity=[20, 40, 50], liquidity=[5, 1, 5], recovered=0.0)
    layers = Layers.of(firms, debts=([1], [2], [80]), shares=([1], [0], [0.5]))
    assert screen(Ties.of(firms, layers), stake_of(firms, layers, 2)).tolist() == pytest.approx([20, 80, 0])


def test_who_has_no_known_equity_passes_nothing_on() -> None:
    firms = Firms.of(3, equity=[10, np.nan, 90], recovered=0.5)
    layers = Layers.of(firms, debts=([0, 1], [1, 2], [20, 40]))
    assert screen(Ties.of(firms, layers), stake_of(firms, layers, 2)).tolist() == [0, 20, 0]


def test_layers_that_carry_nothing_are_left_out() -> None:
    firms = Firms.of(3, equity=[10, 20, 90], recovered=0.5)
    layers = Layers.of(firms, debts=([0, 1], [1, 2], [20, 40])).only_some(("shares",))
    assert screen(Ties.of(firms, layers), stake_of(firms, layers, 2)).tolist() == [0, 20, 0]


@pytest.mark.parametrize("stake", [[1.0], [1.0, -1.0, 0.0], [1.0, np.nan, 0.0]])
def test_stakes_that_cannot_be_are_refused(stake: list[float]) -> None:
    firms = Firms.of(3)
    with pytest.raises(InvalidQuestion, match="screen"):
        screen(Ties.of(firms, Layers.of(firms)), stake)


def test_a_lender_that_is_none_of_these_is_refused() -> None:
    firms = Firms.of(3)
    with pytest.raises(InvalidQuestion, match="lender 3"):
        stake_of(firms, Layers.of(firms), 3)


def guaranteed(*, joint: bool, means: float, rank: list[int], assets: list[float]) -> tuple[Firms, Layers]:
    """0 owes 10 to 3, behind which 1 stands, and 90 to 2; 1 owes 3 as well."""
    firms = Firms.of(4, equity=[5, means, 50, 50], assets=assets, recovered=0.55)
    loans = Loans.of(4, [3], [0], [10.0])
    standing = Standing.of(
        loans, Sureties.of(loans, [1], [0], [10.0], joint=joint), capacity=np.maximum([5, means, 50, 50], 0),
        recovery=0.55,
    )  # fmt: skip
    debts = ([0, 0, 1], [3, 2, 3], [10, 90, 40])
    return firms, Layers.of(firms, debts=debts, seniority=rank, guarantees=Guarantees(standing, 3))


def test_a_joint_guarantor_is_called_for_all_that_its_debtor_pays_in_the_end() -> None:
    """0 pays the 10 in full, as 90 come after them, and costs 3 nothing; 1 has 5, falls by the call, and owes 40."""
    firms, layers = guaranteed(joint=True, means=5.0, rank=[0, 1, 0], assets=[np.nan] * 4)
    assert send(firms, layers, Shock.of(4, [0])).by_debt.tolist() == pytest.approx([0, 45, 18])
    for worst in (False, True):
        ties, stake = Ties.of(firms, layers, worst=worst), stake_of(firms, layers, 3, worst=worst)
        assert screen(ties, stake)[0] == pytest.approx(18)
        assert ways(ties, stake)[0]


def test_a_guarantor_that_has_nothing_to_pay_from_falls_by_a_call() -> None:
    firms, layers = guaranteed(joint=False, means=-4.0, rank=[0, 0, 0], assets=[np.nan] * 4)
    assert send(firms, layers, Shock.of(4, [0])).failed.tolist() == [True, True, False, False]
    assert screen(Ties.of(firms, layers), stake_of(firms, layers, 3))[0] == pytest.approx(4.5 + 18)


@given(st.integers(0, 100_000), st.integers(4, 6))
@settings(deadline=None, max_examples=25)
def test_whoever_costs_anything_alone_or_with_others_has_a_way(seed: int, n: int) -> None:
    made = world(seed, n)
    rng = np.random.default_rng(seed)
    firms, layers = layers_of(made)
    equity = np.where(rng.random(n) < 0.2, -made.equity, made.equity)
    firms = replace(firms, equity=equity, recovered=np.full(n, rng.choice([0.55, 1.0])))
    lender = made.lender
    creditor = np.empty(len(layers.debts.order), np.int64)
    creditor[layers.debts.order] = layers.debts.creditor
    alone, together = (
        ways(Ties.of(firms, layers, **how), stake_of(firms, layers, lender, **how))
        for how in ({"worst": True}, {"worst": True, "together": True})
    )
    others = [x for x in range(n) if x != lender]
    cost = {
        some: float(send(firms, layers, Shock.of(n, some)).by_debt[creditor == lender].sum())
        for many in range(n) for some in combinations(others, many)
    }  # fmt: skip
    assert all(alone[x] for x in others if cost[x,] > 0.005)
    for some, value in cost.items():
        for x in some:
            fewer = tuple(y for y in some if y != x)
            assert together[x] or abs(value - cost[fewer]) <= 0.005
