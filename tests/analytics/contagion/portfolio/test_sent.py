"""Drawn years sent through all layers: each is the shock of its defaults, on however many threads it is drawn."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from analytics.contagion.calls.cascade import call_guarantees
from analytics.contagion.portfolio.factors import Factors, Plan, draw_factors, keys_of
from analytics.contagion.portfolio.losses import contributions, loss_risk
from analytics.contagion.portfolio.montecarlo import Draws, Portfolio, losses_by_borrower, simulate
from analytics.contagion.portfolio.sent import Sent
from analytics.contagion.shock.coupled import Shock, send
from analytics.contagion.shock.firms import Firms
from analytics.contagion.shock.layers import LAYERS, Layers
from analytics.contagion.shock.tied import Tied, paid_of
from analytics.kernels.compiled import frozen
from analytics.kernels.defaults import Found, Years
from analytics.kernels.defaults import Room as Drawing
from benchmarks.montecarlo import uniform
from graph.errors import Cancelled
from tests.analytics.contagion.shock.plain import World
from tests.analytics.contagion.shock.test_coupled_plain import layers_of, world

YEARS = 24
SEED = 5


def book_of(made: World, only: tuple[str, ...] = LAYERS) -> tuple[Portfolio, Firms, Layers]:
    """The lender of a small world, where everybody else defaults in a year of three."""
    firms, layers = layers_of(made)
    chosen, n = layers.only_some(only), made.size
    sent = Sent(Tied.of(firms, chosen, tolerance=1e-10), np.arange(n), made.lender)
    pd = np.where(np.arange(n) == made.lender, 0.0, 0.3)
    return Portfolio.of(pd, made.debts[:, made.lender], Factors.one(0.2, size=n), sent=sent), firms, chosen


def drawn_in(book: Portfolio, year: int) -> list[int]:
    """Who defaults by itself in a year, by the normal law and the numbers of the year."""
    z = draw_factors(book.factors, range(year, year + 1), seed=SEED, plan=Plan())[0]
    key = keys_of(np.arange(year, year + 1), seed=SEED, plan=Plan())[0]
    chance = ndtr((ndtri(book.pd) - np.sqrt(0.2) * z[0] * np.sign(book.factors.loading[0, 0])) / np.sqrt(0.8))
    return np.flatnonzero(uniform(key, book.size) < chance).tolist()


@given(st.integers(0, 100_000), st.integers(3, 8), st.data())
@settings(deadline=None, max_examples=40)
def test_a_year_costs_what_the_shock_of_its_defaults_does(seed: int, n: int, data: st.DataObject) -> None:
    made = world(seed, n)
    only = tuple(name for name in LAYERS if data.draw(st.integers(0, 3)))
    book, firms, layers = book_of(made, only)
    found = simulate(book, YEARS, seed=SEED)
    debtor, creditor = layers.debts.debtor, layers.debts.creditor
    mine = np.empty(len(debtor), np.bool_)
    mine[layers.debts.order] = creditor == made.lender
    for year in range(YEARS):
        first = drawn_in(book, year)
        after = send(firms, layers, Shock.of(n, first), tolerance=1e-10)
        assert found.defaults[year] == len(first)
        assert found.failed[year] == after.failed.sum()
        assert found.loss[year] == pytest.approx(after.by_debt[mine].sum(), abs=1e-6)
        assert found.alone[year] == pytest.approx(alone(made, firms, layers, first), abs=1e-6)


def alone(made: World, firms: Firms, layers: Layers, first: list[int]) -> float:
    """What defaults cost the lender if guarantors pay as far as they can and nobody else fails."""
    assert layers.guarantees is not None
    none, standing = np.zeros(firms.size), layers.guarantees.standing
    paid, able = paid_of(firms, layers, none, 1.0, first=True), firms.means
    promised = np.zeros(len(standing.loans))
    if "guarantees" in layers.only:
        promised = call_guarantees(standing.with_means(able, paid), first, tolerance=np.inf).covered
    loans = standing.loans
    cost = np.maximum(loans.rest * (1 - paid[loans.debtor]) - promised, 0.0)
    return float(cost[np.isin(loans.debtor, first)].sum())


@given(st.integers(0, 100_000), st.integers(3, 8))
@settings(deadline=None, max_examples=40)
def test_a_larger_coupling_never_lowers_a_loss_and_none_leaves_it_as_it_is_without(seed: int, n: int) -> None:
    made = world(seed, n, counters=False)
    for layers in (("guarantees", "debts", "shares", "production"), ("debts", "production", "shares")):
        drawn = [simulate(book_of(made, layers[:many])[0], YEARS, seed=SEED) for many in range(1, len(layers) + 1)]
        for less, more in pairwise(drawn):
            np.testing.assert_allclose(less.alone, more.alone, atol=1e-9)
            assert (more.loss >= less.loss - 1e-6).all()
        assert all((one.loss >= one.alone - 1e-6).all() for one in drawn)
    none = simulate(book_of(made, ())[0], YEARS, seed=SEED)
    np.testing.assert_allclose(none.loss, none.alone, atol=1e-9)
    assert (none.failed == none.defaults).all()


def same(one: Draws, other: Draws) -> bool:
    return all((getattr(one, name) == getattr(other, name)).all() for name in ("loss", "alone", "failed", "weight"))


def test_threads_and_ranges_draw_the_same_years_and_contributions_sum_to_the_shortfall() -> None:
    book, _, _ = book_of(world(11, 9))
    whole = simulate(book, 1024, seed=SEED)
    assert same(whole, simulate(book, 1024, seed=SEED, workers=3))
    parts = [simulate(book, 512, seed=SEED, first=first) for first in (0, 512)]
    assert same(whole, Draws.joined(*parts))
    for contagion in (True, False):
        loss = whole.loss if contagion else whole.alone
        by = losses_by_borrower(book, whole, np.ones(1024), contagion=contagion, workers=2)
        assert by.sum() == pytest.approx(loss.sum())
        risk = loss_risk(whole, level=0.9, contagion=contagion).expected_shortfall
        assert contributions(book, whole, level=0.9, contagion=contagion).each.sum() == pytest.approx(risk.value)


def test_who_waits_for_years_may_end_the_work_before_a_range_of_them_is_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("analytics.contagion.portfolio.montecarlo.TICK", 0.0)
    book, _, _ = book_of(world(11, 9))

    def progress(done: int, _: int) -> None:
        raise Cancelled(f"{done} years")

    with pytest.raises(Cancelled, match="0 years"):
        simulate(book, 1 << 14, seed=SEED, plan=Plan(points=1 << 14), progress=progress)


def test_a_thread_stops_between_two_years_once_the_work_has_ended() -> None:
    book, _, _ = book_of(world(11, 9))
    assert book.sent is not None
    years = plain_years(book, 64)
    asked = iter([False] * 5 + [True] * 64)
    found, some = (Found(*np.zeros((3, 64)), *np.zeros((2, 64), np.int64), np.zeros(0)) for _ in range(2))
    drawn = book.odds, book.web, years
    book.sent.years(book.sent.room(), drawn, 0.0, True, Drawing.of(book.size), found)
    book.sent.years(book.sent.room(), drawn, 0.0, True, Drawing.of(book.size), some, lambda: next(asked))
    assert found.defaults[5:].any()
    np.testing.assert_array_equal(some.defaults[:5], found.defaults[:5])
    assert not some.defaults[5:].any()


def plain_years(book: Portfolio, many: int) -> Years:
    """Years as `simulate` draws them."""
    number, none = np.arange(many), np.zeros(many, np.int8)
    key = keys_of(number, seed=SEED, plan=Plan())
    z = draw_factors(book.factors, range(many), seed=SEED, plan=Plan()).ravel()
    return Years(
        frozen(key, np.uint64), frozen(none, np.int8), frozen(none, np.int8), frozen(z, float), frozen([], float)
    )


def test_years_made_likelier_for_the_tail_have_the_same_mean() -> None:
    book, _, _ = book_of(world(12, 9))
    plain, tail = (
        loss_risk(simulate(book, 4096, seed=SEED, plan=plan), level=0.9).expected
        for plan in (Plan(), Plan(goal=float(book.lost.sum()) / 2))
    )
    assert abs(plain.value - tail.value) <= 4 * np.hypot(plain.error, tail.error)
