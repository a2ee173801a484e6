"""Clearing: two ways agree with each other and with a linear programme, and keep what limited liability asks for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analytics.contagion.clearing import Clearing, clear
from analytics.contagion.debts import Debts, Shares
from analytics.contagion.rounds import clear_by_rounds
from graph.errors import InvalidQuestion, NotConverged

SIZE = 6
NODES = st.integers(0, SIZE - 1)
MONEY = st.integers(0, 40).map(float)


@st.composite
def webs(draw: st.DrawFn, classes: int = 1) -> Debts:
    """A few debts, outside assets, and something owed outside by everybody, so that nothing goes round for ever."""
    pairs = st.tuples(NODES, NODES).filter(lambda pair: pair[0] != pair[1])
    ends = draw(st.lists(pairs, max_size=12))
    owed = [draw(st.integers(1, 60)) for _ in ends]
    rank = [draw(st.integers(0, classes - 1)) for _ in ends]
    outside = np.array([[float(draw(st.integers(1, 30))) for _ in range(classes)] for _ in range(SIZE)])
    assets = [draw(MONEY) for _ in range(SIZE)]
    tail, head = zip(*ends, strict=True) if ends else ((), ())
    return Debts.of(SIZE, tail, head, owed, assets=assets, seniority=rank, outside=outside)


@st.composite
def holdings(draw: st.DrawFn) -> Shares:
    """Parties that hold at most 80 % of each other."""
    pairs = st.tuples(NODES, NODES).filter(lambda pair: pair[0] != pair[1])
    ends = draw(st.lists(pairs, max_size=6, unique=True))
    share = [draw(st.sampled_from([0.05, 0.1, 0.16])) for _ in ends]
    tail, head = zip(*ends, strict=True) if ends else ((), ())
    return Shares.of(SIZE, tail, head, share)


RECOVERED = st.sampled_from([(1.0, 1.0), (0.5, 0.7), (1.0, 0.0), (0.0, 0.9)])


def kept(found: Clearing, shares: Shares | None = None) -> None:
    """Limited liability, priority, and nothing out of nothing."""
    debts = found.debts
    assert (found.paid <= debts.owed + 1e-9).all()
    assert (found.paid <= debts.assets + found.received + (shares.worth(found.equity) if shares else 0) + 1e-6).all()
    junior = np.cumsum(found.by_class[:, ::-1], axis=1)[:, ::-1] - found.by_class
    assert ((junior <= 1e-6) | (found.by_class >= debts.owed_by_class - 1e-6)).all()
    assert (found.equity[found.defaults] == 0).all()
    assert found.residual <= 1e-6


@given(webs(classes=2), RECOVERED, st.one_of(st.none(), holdings()))
@settings(max_examples=300, deadline=None)
def test_both_ways_agree_and_keep_the_rules(
    debts: Debts, recovered: tuple[float, float], shares: Shares | None
) -> None:
    found = clear(debts, shares=shares, recovered=recovered)
    kept(found, shares)
    other = clear_by_rounds(debts, shares=shares, recovered=recovered)
    np.testing.assert_allclose(found.paid, other.paid, atol=1e-6)
    np.testing.assert_allclose(found.equity, other.equity, atol=1e-6)
    assert (found.wave == 0).tolist() == (other.wave == 0).tolist()


def test_who_has_just_enough_does_not_fall_with_a_share_that_was_worth_nothing() -> None:
    """0 has nothing, so 1 fails, a twentieth of which 2 holds: 2 has just what it owes, and its share never counted."""
    debts = Debts.of(3, [0], [1], [2.0], assets=[0, 0, 31], outside=[0, 2, 31])
    shares = Shares.of(3, [2], [1], [0.05])
    for found in (clear, clear_by_rounds):
        told = found(debts, shares=shares, recovered=(0.5, 0.7))
        assert (told.paid.tolist(), told.defaults.tolist(), told.residual) == ([0.0, 0.0, 31.0], [0, 1], 0.0)


@given(webs())
@settings(max_examples=150, deadline=None)
def test_a_linear_programme_finds_the_same_payments(debts: Debts) -> None:
    """Eisenberg & Noe, lemma 4: whatever rises with payments is greatest at the clearing."""
    passes = np.zeros((SIZE, SIZE))
    np.add.at(passes, (debts.creditor, debts.debtor), debts.part)
    best = linprog(
        -np.ones(SIZE),
        A_ub=np.eye(SIZE) - passes,
        b_ub=debts.assets,
        bounds=list(zip(np.zeros(SIZE), debts.owed, strict=True)),
    )
    np.testing.assert_allclose(clear(debts).paid, best.x, atol=1e-6)


@given(webs(classes=2), RECOVERED)
@settings(max_examples=200, deadline=None)
def test_the_least_never_lies_above_the_greatest_and_is_one_too(debts: Debts, recovered: tuple[float, float]) -> None:
    least, greatest = (clear(debts, recovered=recovered, greatest=side) for side in (False, True))
    kept(least)
    assert (least.paid <= greatest.paid + 1e-6).all()


def test_default_costs_make_two_solutions() -> None:
    """Each owes the other 10 and has 1: with full payment both can; with half of claims recovered neither need."""
    debts = Debts.of(2, [0, 1], [1, 0], [10.0, 10.0], assets=[1.0, 1.0])
    assert clear(debts, recovered=(1.0, 0.5)).paid.tolist() == [10.0, 10.0]
    assert clear(debts, recovered=(1.0, 0.5), greatest=False).paid == pytest.approx([2.0, 2.0])  # p = 1 + p / 2


@given(webs(classes=2), RECOVERED, NODES, st.integers(1, 30))
@settings(max_examples=150, deadline=None)
def test_who_has_less_pays_no_more_and_nobody_gains(
    debts: Debts, recovered: tuple[float, float], hit: int, lost: int
) -> None:
    assets = debts.assets.copy()
    assets[hit] = max(assets[hit] - lost, 0.0)
    after = Debts(debts.classes, debts.start, debts.creditor, debts.amount, debts.outside, assets, debts.order)
    before, then = clear(debts, recovered=recovered), clear(after, recovered=recovered)
    assert (then.paid <= before.paid + 1e-6).all()
    assert (then.equity <= before.equity + 1e-6).all()


@given(webs(), RECOVERED)
@settings(max_examples=150, deadline=None)
def test_value_is_lost_by_default_costs_alone(debts: Debts, recovered: tuple[float, float]) -> None:
    """What there is from outside ends with owners, with outside creditors, or in the costs of default."""
    found = clear(debts, recovered=recovered)
    means = debts.assets + found.received
    cost = float((means - found.paid)[found.defaults].sum())
    owed = debts.owed_by_class
    outside = found.by_class * np.divide(debts.outside, owed, out=np.zeros_like(owed), where=owed > 0)
    assert debts.assets.sum() == pytest.approx(found.equity.sum() + outside.sum() + cost, abs=1e-6)
    if recovered == (1.0, 1.0):
        assert cost == pytest.approx(0.0, abs=1e-6)


def test_a_cross_holding_closed_form() -> None:
    """Two firms hold 20 % and 50 % of each other, nobody defaults: E = (I - H)^-1 (assets - debts)."""
    shares = Shares.of(2, [0, 1], [1, 0], [0.2, 0.5])
    debts = Debts.of(2, [], [], [], assets=[10.0, 20.0], outside=[4.0, 5.0])
    expected = np.linalg.solve(np.eye(2) - np.array([[0, 0.2], [0.5, 0]]), [6.0, 15.0])
    assert clear(debts, shares=shares).equity == pytest.approx(expected)
    assert clear_by_rounds(debts, shares=shares).equity == pytest.approx(expected)


def test_a_ring_with_a_small_leak_ends_and_a_budget_too_small_is_refused() -> None:
    """Three owe each other 100 in a ring, one of them 1 outside, and nobody has anything: nothing is paid."""
    debts = Debts.of(3, [0, 1, 2], [1, 2, 0], [100.0] * 3, assets=[0.0] * 3, outside=[1.0, 0.0, 0.0])
    assert clear_by_rounds(debts).paid == pytest.approx([0.0, 0.0, 0.0], abs=1e-6)
    assert clear(debts, most=10**7).paid == pytest.approx([0.0, 0.0, 0.0], abs=1e-4)
    with pytest.raises(NotConverged):
        clear(debts, most=100)


@pytest.mark.parametrize(
    ("facts", "what"),
    [
        ({"debtor": [0], "creditor": [0], "amount": [1.0]}, "itself"),
        ({"debtor": [0], "creditor": [1], "amount": [-1.0]}, "negative"),
        ({"debtor": [0], "creditor": [1], "amount": [float("nan")]}, "known"),
        ({"debtor": [0], "creditor": [2], "amount": [1.0]}, "none of these"),
    ],
)
def test_what_cannot_be_is_refused(facts: dict[str, list[float]], what: str) -> None:
    with pytest.raises(InvalidQuestion, match=what):
        Debts.of(2, **facts, assets=[0.0, 0.0])  # type: ignore[arg-type]


def test_more_than_all_of_a_company_and_blocks_that_nobody_owns_are_refused() -> None:
    with pytest.raises(InvalidQuestion, match="no more than all"):
        Shares.of(2, [0, 0], [1, 1], [0.6, 0.5])
    block = Shares.of(2, [0, 1], [1, 0], [1.0, 1.0])
    with pytest.raises(InvalidQuestion, match="nobody outside"):
        clear(Debts.of(2, [], [], [], assets=[1.0, 1.0]), shares=block)


def test_relabelling_changes_nothing() -> None:
    random = np.random.default_rng(5)
    ends, owed, assets = random.integers(0, 40, (2, 120)), random.random(120) * 50, random.random(40) * 60
    ends, owed = ends[:, ends[0] != ends[1]], owed[ends[0] != ends[1]]
    order = random.permutation(40)
    plain = clear(Debts.of(40, *ends, owed, assets=assets, outside=np.full(40, 5.0)))
    moved = np.empty(40)
    moved[order] = assets
    other = clear(Debts.of(40, *order[ends], owed, assets=moved, outside=np.full(40, 5.0)))
    np.testing.assert_allclose(plain.paid, other.paid[order], atol=1e-7)
