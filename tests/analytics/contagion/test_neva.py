"""Network valuation: each of its cases against the model it stands for, worked out in another way."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytics.contagion.clearing import clear
from analytics.contagion.debts import Debts
from analytics.contagion.distress import Impact, debtrank, furfine
from analytics.contagion.neva import value_network
from analytics.contagion.valuations import DebtRank, EisenbergNoe, Furfine, Merton, Valuation, expected_value
from graph.errors import InvalidQuestion, NotConverged
from tests.analytics.contagion.shocked import NODES, SHOCKS, SIZE, Numbers

AMOUNTS = st.sampled_from([1.0, 2.0, 5.0, 10.0])


class Net(NamedTuple):
    tail: list[int]
    head: list[int]
    amount: list[float]
    rank: list[int]
    outside: Numbers
    assets: Numbers

    def debts(self, *, ranked: bool = False) -> Debts:
        """With seniority, or all of one class."""
        rank, outside = (self.rank, self.outside) if ranked else (None, self.outside.sum(axis=1))
        return Debts.of(SIZE, self.tail, self.head, self.amount, assets=self.assets, seniority=rank, outside=outside)

    def solvent(self) -> "Net":
        """With as much more from outside as gives everybody some equity, and assets that it can lose."""
        owes, has = (np.bincount(ends, self.amount, minlength=SIZE) for ends in (self.tail, self.head))
        need = owes + self.outside.sum(axis=1) - has
        outside = self.outside + np.array([[20.0, 0.0]])
        return self._replace(assets=np.maximum(need, 0) + 25.0 + self.assets, outside=outside)


@st.composite
def nets(draw: st.DrawFn) -> Net:
    pairs = st.tuples(NODES, NODES).filter(lambda pair: pair[0] != pair[1])
    ends = draw(st.lists(pairs, min_size=1, max_size=12, unique=True))
    many = len(ends)
    amount, rank = (draw(st.lists(some, min_size=many, max_size=many)) for some in (AMOUNTS, st.integers(0, 1)))
    outside = draw(st.lists(st.sampled_from([0.0, 1.0, 4.0]), min_size=2 * SIZE, max_size=2 * SIZE))
    assets = draw(st.lists(st.sampled_from([0.0, 1.0, 3.0, 12.0]), min_size=SIZE, max_size=SIZE))
    return Net(*map(list, zip(*ends, strict=True)), amount, rank, np.reshape(outside, (SIZE, 2)), np.array(assets))


@given(nets(), st.booleans(), st.sampled_from([(1.0, 1.0), (0.5, 0.7), (0.9, 0.0)]))
@settings(max_examples=300, deadline=None)
def test_paid_at_once_it_is_clearing(net: Net, ranked: bool, recovered: tuple[float, float]) -> None:
    debts = net.debts(ranked=ranked)
    assume((net.outside.sum(axis=1) > 0).all())  # else shortfalls may go round without end in one of the two
    cleared = clear(debts, recovered=recovered, tolerance=1e-13)
    found = value_network(debts, EisenbergNoe(recovered), tolerance=1e-13)
    np.testing.assert_allclose(found.value * debts.owed_by_class, cleared.by_class, atol=1e-7)
    np.testing.assert_allclose(np.maximum(found.equity, 0.0), cleared.equity, atol=1e-7)
    assert found.defaults.tolist() == cleared.defaults.tolist()
    np.testing.assert_allclose(found.claims, cleared.recovery * np.array(net.amount), atol=1e-7)


def claims_of(net: Net, face: Numbers) -> Impact:
    return Impact.of(SIZE, net.tail, net.head, net.amount, equity=face)


@given(nets(), st.sets(NODES, min_size=1, max_size=2), st.sampled_from([0.0, 0.4]))
@settings(max_examples=300, deadline=None)
def test_full_value_until_failure_is_furfine(net: Net, failed: set[int], recovery: float) -> None:
    net = net.solvent()
    debts = net.debts()
    face = debts.assets - debts.owed + debts.received(debts.owed_by_class)
    shock = np.where(np.isin(np.arange(SIZE), list(failed)), np.minimum(face, debts.assets), 0.0)
    assume(((shock == face) | (shock == 0)).all())
    found = value_network(debts, Furfine(recovery), shock=shock)
    cascade = furfine(claims_of(net, face), failed, loss=1 - recovery)
    assert (found.equity <= 1e-9).tolist() == (cascade.h == 1).tolist()


@given(nets(), SHOCKS, st.sampled_from([0.0, 2.0]))
@settings(max_examples=300, deadline=None)
def test_worth_less_with_every_loss_it_is_debtrank(net: Net, shock: list[float], steepness: float) -> None:
    net = net.solvent()
    debts = net.debts()
    face = debts.assets - debts.owed + debts.received(debts.owed_by_class)
    first = np.minimum(np.array(shock), debts.assets / face)
    found = value_network(debts, DebtRank(steepness), shock=first * face, tolerance=1e-13)
    spread = debtrank(claims_of(net, face), first, steepness=steepness, tolerance=1e-13)
    np.testing.assert_allclose(found.h, spread.h, atol=1e-7)


def by_bisection(debts: Debts, sigma: float, recovery: float) -> Numbers:
    """A pair of which one owes the other: the debtor's equity is known, so the creditor's is one formula."""
    debtor = debts.assets[0] - debts.owed[0]
    worth = expected_value(debtor, debts.assets[0], sigma, debts.owed_by_class[0, -1], recovery=recovery)
    return np.array([debtor, debts.assets[1] - debts.owed[1] + debts.amount[0] * worth])


@pytest.mark.parametrize("sigma", [0.05, 0.3])
@pytest.mark.parametrize("recovery", [0.0, 0.6, 1.0])
def test_one_debt_of_a_later_day_is_one_formula(sigma: float, recovery: float) -> None:
    debts = Debts.of(2, [0], [1], [20], assets=[100, 10], seniority=[1], outside=[[75, 0], [12, 0]])
    found = value_network(debts, Merton(sigma, recovery))
    np.testing.assert_allclose(found.equity, by_bisection(debts, sigma, recovery), atol=1e-9)
    assert found.residual < 1e-9


@given(nets(), st.sampled_from([0.0, 0.5, 1.0]))
@settings(max_examples=150, deadline=None)
def test_a_later_day_without_chance_and_costs_is_clearing(net: Net, recovery: float) -> None:
    debts = net.debts(ranked=True)
    assume((net.outside.sum(axis=1) > 0).all())
    found = value_network(debts, Merton(0.0), tolerance=1e-13)
    np.testing.assert_allclose(found.equity, value_network(debts, EisenbergNoe(), tolerance=1e-13).equity, atol=1e-7)
    costly = value_network(debts, Merton(0.0, recovery), tolerance=1e-13)
    assert (costly.equity <= found.equity + 1e-9).all()


MODELS: list[Valuation] = [
    EisenbergNoe(), EisenbergNoe((0.6, 0.8)), Furfine(0.3), DebtRank(), DebtRank(2.0), Merton(0.2, 0.7),
]  # fmt: skip


@given(nets(), st.sampled_from(MODELS), SHOCKS, NODES)
@settings(max_examples=200, deadline=None)
def test_a_larger_shock_never_lowers_a_loss(net: Net, model: Valuation, shock: list[float], x: int) -> None:
    debts = net.solvent().debts()
    part = np.array(shock)
    more = part.copy()
    more[x] = 1.0
    small, large = (value_network(debts, model, shock=s * debts.assets) for s in (part, more))
    assert (large.equity <= small.equity + 1e-6).all()
    assert (small.equity <= small.face + 1e-9).all()


@given(nets(), st.sampled_from(MODELS), st.permutations(range(SIZE)))
@settings(max_examples=150, deadline=None)
def test_names_do_not_matter(net: Net, model: Valuation, place: list[int]) -> None:
    net, to = net.solvent(), np.array(place)
    back = np.argsort(to)
    moved = net._replace(
        tail=to[net.tail].tolist(), head=to[net.head].tolist(), outside=net.outside[back], assets=net.assets[back]
    )
    found, other = (value_network(one.debts(ranked=True), model, shock=0.5 * one.assets) for one in (net, moved))
    np.testing.assert_allclose(other.equity[to], found.equity, atol=1e-7)


@pytest.mark.parametrize("shock", [[1.0], [-1.0, 0.0], [7.0, 0.0], [float("nan"), 0.0]])
def test_a_shock_that_cannot_be_is_refused(shock: list[float]) -> None:
    with pytest.raises(InvalidQuestion, match="loses of its assets"):
        value_network(Debts.of(2, [0], [1], [10], assets=[6, 0]), EisenbergNoe(), shock=shock)


def test_rounds_that_do_not_end_are_refused() -> None:
    """Two that owe each other all they have and a hair is lost: each round loses that hair again."""
    ring = Debts.of(2, [0, 1], [1, 0], [10, 10], assets=[0, 0])
    assert value_network(ring, EisenbergNoe()).equity.tolist() == [0.0, 0.0]
    with pytest.raises(NotConverged):
        value_network(Debts.of(2, [0, 1], [1, 0], [10, 10], assets=[0, 0], outside=[1e-3, 0]), EisenbergNoe(), most=50)


def test_nobody_and_nothing_owed() -> None:
    assert value_network(Debts.of(0, [], [], [], assets=[]), EisenbergNoe()).rounds == 1
    apart = value_network(Debts.of(2, [], [], [], assets=[3, 4]), Merton(0.2), shock=[1, 0])
    assert apart.equity.tolist() == [2.0, 4.0]
