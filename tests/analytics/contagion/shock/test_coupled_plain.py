"""All layers together, held against plain loops."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from analytics.contagion.calls.book import NONE, Loans, Standing, Sureties
from analytics.contagion.shock.calling import Guarantees
from analytics.contagion.shock.coupled import Aftermath, Shock, send
from analytics.contagion.shock.firms import Firms
from analytics.contagion.shock.layers import LAYERS, Layers
from analytics.contagion.shock.supplying import Supplies
from analytics.contagion.supply.network import ESSENTIAL, SupplyNetwork
from tests.analytics.contagion.shock.plain import Promise, World, plain
from tests.analytics.contagion.supply.dense import Economy


def world(seed: int, n: int, *, counters: bool = True) -> World:
    random = np.random.default_rng(seed)

    def some(part: float, most: float) -> np.ndarray:
        made = np.round(random.random((n, n)) * most * (random.random((n, n)) < part), 3)
        np.fill_diagonal(made, 0.0)
        return made

    debts = some(0.35, 40)
    lender = n - 1
    debts[lender] = 0.0
    debts[:lender, lender] = np.round(random.random(n - 1) * 60, 3)
    shares = some(0.3, 1)
    shares /= np.maximum(shares.sum(axis=0), 1.0)
    sales, industry = some(0.3, 30), random.integers(0, 3, n)
    revenue = sales.sum(axis=1) * (1 + random.random(n)) + 1e-9
    equity, cash = np.round(random.random(n) * 40 + 1, 3), np.round(random.random(n) * 40 + 1, 3)
    assets = equity + debts.sum(axis=1)
    pairs = {(int(random.integers(n - 1)), int(random.integers(n - 1))) for _ in range(n)}

    def promised(giver: int, debtor: int, counters: int = NONE) -> Promise:
        joint, pledge = random.random(2) < (0.5, 0.2)
        return Promise(giver, debtor, float(np.round(random.random() * 50 + 1, 3)), bool(joint), bool(pledge), counters)

    promises = [promised(g, b) for g, b in sorted(pairs) if g != b]
    for k in range(2 * len(promises) if counters else 0):  # those behind the loans, and then those behind these
        giver = int(random.integers(n - 1))
        if random.random() < 0.25 and giver != promises[k].giver and len(promises) < 3 * n:
            promises.append(promised(giver, promises[k].debtor, k))
        if k + 1 == len(promises):
            break
    rank = (random.random((n, n)) < 0.4).astype(float)
    rank[:, lender] = 0
    own = np.round(debts[:, lender] * random.random(n) * (random.random(n) < 0.4), 3)
    cut = np.round(assets * 0.1 * random.random(n) * (random.random(n) < 0.3), 3)
    economy = Economy(sales, industry, np.full((3, 3), 2), revenue, bool(random.random() < 0.5))
    margin = revenue * 0.4
    return World(equity, cash, margin, assets, 0.55, debts, shares, economy, promises, lender, rank, own, cut)


def layers_of(made: World) -> tuple[Firms, Layers]:
    n = made.size
    debtor, creditor = np.nonzero(made.debts)
    first = creditor == made.lender  # loans come first
    order = np.argsort(~first, kind="stable")
    debtor, creditor, amount = debtor[order], creditor[order], made.debts[debtor, creditor][order]
    many = int(first.sum())
    covered = np.where(creditor == made.lender, made.own[debtor], 0.0)
    loans = Loans.of(n, creditor[:many], debtor[:many], amount[:many], collateral=covered[:many])
    of = {int(b): k for k, b in enumerate(debtor[:many])}
    given = made.promises
    behind = Sureties.of(
        loans, [one.giver for one in given], np.array([of[one.debtor] for one in given], np.int64),
        [one.amount for one in given], joint=np.array([one.joint for one in given], bool),
        pledge=np.array([one.pledge for one in given], bool), counters=np.array([one.counters for one in given], int),
    )  # fmt: skip
    standing = Standing.of(loans, behind, capacity=np.minimum(made.equity, made.cash), recovery=made.recovered)
    seller, buyer = np.nonzero(made.economy.sales)
    network = SupplyNetwork.of(
        n, seller, buyer, made.economy.sales[seller, buyer], industry=made.economy.industry, essential=ESSENTIAL,
        revenue=made.economy.revenue, rationed=made.economy.rationed,
    )  # fmt: skip
    holder, company = np.nonzero(made.shares)
    firms = Firms.of(
        n, equity=made.equity, liquidity=made.cash, margin=made.margin, assets=made.assets,
        liabilities=made.debts.sum(axis=1), recovered=made.recovered,
    )  # fmt: skip
    layers = Layers.of(
        firms, debts=(debtor, creditor, amount), covered=covered, cut=made.cut,
        seniority=made.rank[debtor, creditor].astype(int), shares=(holder, company, made.shares[holder, company]),
        production=Supplies(network, stop=1e-13) if len(seller) else None,
        guarantees=Guarantees(standing, len(amount)),
    )  # fmt: skip
    return firms, layers


def countered(made: World) -> list[int]:
    """Whose guarantees others counter."""
    return sorted({made.promises[one.counters].giver for one in made.promises if one.counters != NONE})


def sent(made: World, first: set[int], *only: str) -> Aftermath:
    firms, layers = layers_of(made)
    return send(firms, layers.only_some(only or LAYERS), Shock.of(made.size, sorted(first)), tolerance=1e-10)


@given(st.integers(0, 100_000), st.integers(3, 8), st.data())
@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.filter_too_much])
def test_plain_loops_come_to_the_same(seed: int, n: int, data: st.DataObject) -> None:
    made = world(seed, n, counters=data.draw(st.booleans()))
    first = data.draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=2))
    found = sent(made, first)
    assume(not found.failed[countered(made)].any())  # as `send` says, rounds decide then
    failed, total, lost = plain(made, first)
    assert set(np.flatnonzero(found.failed).tolist()) == failed
    np.testing.assert_allclose(found.lost, total, atol=1e-5)
    assert found.by_debt.sum() == pytest.approx(lost.sum(), abs=1e-5)


@given(st.integers(0, 100_000), st.integers(3, 9), st.data())
@settings(deadline=None, max_examples=60)
def test_a_larger_shock_through_all_layers_never_lowers_a_loss(seed: int, n: int, data: st.DataObject) -> None:
    made = world(seed, n, counters=False)
    first = data.draw(st.sets(st.integers(0, n - 1), max_size=2))
    more = first | data.draw(st.sets(st.integers(0, n - 1), max_size=2))
    small, large = sent(made, first), sent(made, more)
    assert (large.failed >= small.failed).all()
    assert (large.lost >= small.lost - 1e-5).all()
    assert (large.by_debt >= small.by_debt - 1e-5).all()


@given(st.integers(0, 100_000), st.integers(3, 9), st.data())
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.filter_too_much])
def test_nor_does_it_where_counter_guarantees_stand_behind_those_who_do_not_fail(
    seed: int, n: int, data: st.DataObject
) -> None:
    made = world(seed, n)
    first = data.draw(st.sets(st.integers(0, n - 1), max_size=2))
    more = first | data.draw(st.sets(st.integers(0, n - 1), max_size=2))
    small, large = sent(made, first), sent(made, more)
    assume(not large.failed[countered(made)].any())
    assert (large.failed >= small.failed).all()
    assert (large.lost >= small.lost - 1e-5).all()
    assert (large.by_debt >= small.by_debt - 1e-5).all()


@given(st.integers(0, 100_000), st.integers(3, 9))
@settings(deadline=None, max_examples=60)
def test_nobody_pays_more_than_it_has_and_no_creditor_loses_more_than_it_is_owed(seed: int, n: int) -> None:
    made = world(seed, n)
    found, (_, layers) = sent(made, {0}), layers_of(made)
    amount = np.empty(len(layers.debts.amount))
    amount[layers.debts.order] = layers.debts.amount
    assert (found.by_debt >= 0).all()
    assert (found.by_debt + found.promised <= amount + 1e-6).all()
    pledged = np.zeros(n)
    for k, one in enumerate(made.promises):
        pledged[one.giver] += found.by_guarantee[k] * one.pledge
    assert (found.called <= np.minimum(made.equity, made.cash) + pledged + 1e-6).all()
    assert ((found.paid >= 0) & (found.paid <= 1)).all()


@given(st.integers(0, 100_000), st.integers(3, 7))
@settings(deadline=None, max_examples=40)
def test_layers_that_nothing_couples_add_up(seed: int, n: int) -> None:
    # The first n are tied by debts, the next n by supplies; each owes the lender, of which nothing is known.
    made, other, lender = world(seed, n), world(seed + 1, n), 2 * n
    debtor, creditor = np.nonzero(made.debts)
    seller, buyer = np.nonzero(other.economy.sales)
    firms = Firms.of(
        2 * n + 1, equity=[*made.equity, *other.equity, np.nan], margin=[*np.zeros(n), *other.margin, 0.0],
        assets=[*made.assets, *np.full(n + 1, np.nan)], recovered=made.recovered,
    )  # fmt: skip
    network = SupplyNetwork.of(
        2 * n + 1, seller + n, buyer + n, other.economy.sales[seller, buyer],
        industry=np.arange(2 * n + 1), revenue=[*np.full(n, np.nan), *other.economy.revenue, np.nan],
    )  # fmt: skip
    layers = Layers.of(
        firms,
        debts=(
            [*debtor, *range(2 * n)],
            [*creditor, *[lender] * (2 * n)],
            [*made.debts[debtor, creditor], *[10.0] * (2 * n)],
        ),
        production=Supplies(network, stop=1e-13) if len(seller) else None,
    )  # fmt: skip
    shock = Shock.of(2 * n + 1, [0, n])
    whole, debts, production, none = (
        send(firms, layers.only_some(only), shock, tolerance=1e-10).by_debt.sum()
        for only in (LAYERS, ("debts",), ("production",), ())
    )
    assert whole - none == pytest.approx((debts - none) + (production - none), abs=1e-5)
