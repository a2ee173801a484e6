"""Drawn years: against closed forms, against all default sets one by one, and against themselves."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import ndtr, ndtri

from analytics.contagion.portfolio.creditrisk import credit_losses
from analytics.contagion.portfolio.davis_lo import infected_defaults
from analytics.contagion.portfolio.discrete import tail_risk
from analytics.contagion.portfolio.factors import Factors, Plan
from analytics.contagion.portfolio.losses import contributions, exceedance, loss_deviation, loss_risk, tail_plan
from analytics.contagion.portfolio.montecarlo import Draws, Portfolio, losses_by_borrower, simulate
from analytics.contagion.portfolio.vasicek import conditional_pd, expected_shortfall
from analytics.kernels.compiled import frozen
from graph.errors import Cancelled, InvalidAmount, InvalidQuestion

LEVEL = 0.99
PLANS = {"plain": Plan(), "antithetic": Plan(antithetic=True), "sobol": Plan(points=512),
         "both": Plan(antithetic=True, points=512)}  # fmt: skip


def tangled(seed: int, *, size: int = 7, spread: float = 1.0) -> Portfolio:
    """A few parties that owe and guarantee each other, two of them in no book, one whose equity is not known."""
    random = np.random.default_rng(seed)
    arrows = np.array([(i, j) for i in range(size) for j in range(size) if i != j])
    claims, calls = (arrows[random.random(len(arrows)) < 0.35].T for _ in range(2))
    equity = random.integers(4, 12, size).astype(float)
    equity[0] = np.nan
    factors = Factors.layered([(np.zeros(size, int), 0.15), (np.arange(size) % 2, 0.1)])
    return Portfolio.of(
        random.uniform(0.02, 0.25, size), np.append(random.integers(5, 20, size - 2), [0, 0]), factors,
        claims=(*claims, spread * random.integers(1, 7, claims.shape[1])),
        calls=(*calls, spread * random.integers(1, 7, calls.shape[1])),
        ours=random.random(calls.shape[1]) < 0.6, equity=equity,
    )  # fmt: skip


def fallen(book: Portfolio, failed: set[int]) -> set[int]:
    """Whom failures bring down, asked of everybody again until nobody is left to fall."""
    arrows = [(i, int(book.ties.head[e]), float(book.ties.amount[e]))
              for i in range(book.size) for e in range(book.ties.start[i], book.ties.start[i + 1])]  # fmt: skip
    while True:
        cost = [sum(amount for i, j, amount in arrows if j == x and i in failed) for x in range(book.size)]
        more = {x for x in range(book.size) if x not in failed and 0 < cost[x] >= book.equity[x]}
        if not more:
            return failed
        failed = failed | more


def lost(book: Portfolio, failed: set[int]) -> float:
    back = book.backing
    return sum(
        max(0.0, book.lost[i] - sum(back.amount[e] for e in range(back.start[i], back.start[i + 1])
                                    if int(back.head[e]) not in failed))
        for i in failed
    )  # fmt: skip


def every_year(book: Portfolio) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All default sets: loss with contagion, loss without, and probability by quadrature over all factors."""
    z, w = hermegauss(24)
    grid = np.array(list(product(z, repeat=book.factors.count)))
    weight = np.prod(list(product(w / w.sum(), repeat=book.factors.count)), axis=1)
    rows = book.factors.loading[book.factors.cell]
    p = ndtr((ndtri(book.pd) - grid @ rows.T) / np.sqrt(1 - (rows**2).sum(axis=1)))
    sets = [frozenset(np.flatnonzero(flags).tolist()) for flags in product((0, 1), repeat=book.size)]
    chance = [float(weight @ np.prod([p[:, i] if i in one else 1 - p[:, i] for i in range(book.size)], axis=0))
              for one in sets]  # fmt: skip
    return (np.array([lost(book, fallen(book, set(one))) for one in sets]),
            np.array([lost(book, set(one)) for one in sets]), np.array(chance))  # fmt: skip


def away(found: float, exact: float, error: float) -> float:
    """How many standard errors off; where all years agree there is none, and nothing may be off."""
    return (found - exact) / max(error, 1e-9)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_small_books_agree_with_all_default_sets_one_by_one(plan: Plan) -> None:
    """Thirty numbers of three books, some of which hang together: on average within a standard error, and none four."""
    off: list[float] = []
    for seed in (1, 2, 3):
        book = tangled(seed)
        whole, alone, chance = every_year(book)
        assert (whole > alone).any()
        drawn = simulate(book, 2**16, seed=seed, plan=plan)
        for exact, contagion in ((whole, True), (alone, False)):
            # No loss of these books has all of the worst tenth: there the error would be none, or half of none.
            found = loss_risk(drawn, level=0.9, contagion=contagion)
            tail = tail_risk(exact, chance / chance.sum(), level=0.9)
            off.append(away(found.expected.value, float(exact @ chance), found.expected.error))
            shortfall = found.expected_shortfall
            off.append(away(shortfall.value, tail.expected_shortfall, shortfall.error))
            points = np.quantile(exact, [0.1, 0.3, 0.5])
            for x, passed, error in zip(points, *exceedance(drawn, points, contagion=contagion), strict=True):
                off.append(away(passed, float(chance[exact > x].sum()), error))
    assert len(off) == 30
    assert np.sqrt(np.mean(np.square(off))) <= 1.5
    assert np.abs(off).max() <= 4


@pytest.mark.parametrize("plan", [*PLANS.values(), Plan(goal=30.0, shift=(-0.5, -0.2, -0.2))], ids=[*PLANS, "tail"])
def test_the_deviation_is_that_of_all_default_sets(plan: Plan) -> None:
    off = []
    for seed in (1, 2, 3):
        book = tangled(seed)
        whole, alone, chance = every_year(book)
        drawn = simulate(book, 2**15, seed=seed, plan=plan)
        for losses, contagion in ((whole, True), (alone, False)):
            exact = float(np.sqrt(np.square(losses) @ chance - (losses @ chance) ** 2))
            found = loss_deviation(drawn, contagion=contagion)
            off.append(away(found.value, exact, found.error))
    assert np.sqrt(np.mean(np.square(off))) <= 2
    assert np.abs(off).max() <= 4


def test_years_made_likelier_are_unbiased_with_contagion_too() -> None:
    book = tangled(4)
    whole, _, chance = every_year(book)
    deep = tail_risk(whole, chance / chance.sum(), level=0.999)
    plan = Plan(goal=30.0, shift=(-1.0, -0.3, -0.3))
    found = loss_risk(simulate(book, 2**16, seed=9, plan=plan), level=0.999)
    assert abs(found.expected_shortfall.value - deep.expected_shortfall) <= 3 * found.expected_shortfall.error
    assert abs(found.expected.value - whole @ chance) <= 3 * found.expected.error


def alike(size: int, pd: float, rho: float) -> Portfolio:
    return Portfolio.of(np.full(size, pd), np.full(size, 1 / size), Factors.one(rho, size=size))


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_large_book_is_vasiceks(plan: Plan) -> None:
    """Of 20,000 alike borrowers what is each one's own shows in the seventh digit of the variance only."""
    found = loss_risk(simulate(alike(20_000, 0.02, 0.15), 4096, seed=5, plan=plan), level=LEVEL)
    assert abs(found.expected.value - 0.02) <= 3 * found.expected.error
    quantile, shortfall = conditional_pd(0.02, 0.15, level=LEVEL), expected_shortfall(0.02, 0.15, level=LEVEL)
    assert abs(found.value_at_risk.value - float(quantile)) <= 3 * found.value_at_risk.error
    assert abs(found.expected_shortfall.value - float(shortfall)) <= 3 * found.expected_shortfall.error


def mixed(size: int, pd: float, rho: float) -> np.ndarray:
    """Probabilities of the numbers of defaults of alike borrowers: binomials, by quadrature over the factor."""
    z, w = hermegauss(150)
    p = ndtr((ndtri(pd) - np.sqrt(rho) * z) / np.sqrt(1 - rho))
    found = np.zeros(size + 1)
    for chance, weight in zip(p, w / w.sum(), strict=True):
        row = np.ones(1)
        for _ in range(size):
            row = np.append(row * (1 - chance), 0.0) + np.append(0.0, row * chance)
        found += weight * row
    return found


def test_the_far_tail_is_met_by_years_made_likelier_with_a_fraction_of_the_error() -> None:
    book, chance = alike(50, 0.01, 0.2), mixed(50, 0.01, 0.2)
    exact = tail_risk(np.arange(51) / 50, chance / chance.sum(), level=0.9999)
    plan = tail_plan(book, exact.value_at_risk)
    drawn, plain = (simulate(book, 2**14, seed=7, plan=one) for one in (plan, Plan()))
    found = loss_risk(drawn, level=0.9999)
    assert found.value_at_risk.value == pytest.approx(exact.value_at_risk, abs=1 / 50 + 1e-9)
    assert abs(found.expected_shortfall.value - exact.expected_shortfall) <= 3 * found.expected_shortfall.error
    ahead = [exceedance(one, [exact.value_at_risk])[1][0] for one in (drawn, plain)]
    assert ahead[0] < ahead[1] / 10
    passed, error = exceedance(drawn, [exact.value_at_risk - 0.01])
    assert abs(passed[0] - chance[np.arange(51) / 50 > exact.value_at_risk - 0.01].sum()) <= 3 * error[0]


def test_infections_are_those_of_davis_and_lo() -> None:
    """Who defaults by itself, and each infection, are parties of their own; both together bring down a gate, and a
    gate, or a default of its own, the borrower, which costs nobody anything."""
    count, p, q = 4, 0.15, 0.4
    pairs = [(i, j) for i in range(count) for j in range(count) if i != j]
    own, borrower = np.arange(count), count + np.arange(count)
    germ = 2 * count + np.arange(len(pairs))
    gate, size = germ + len(pairs), 2 * count + 2 * len(pairs)
    arrows = [(i, count + i, 2.0) for i in range(count)]
    for k, (i, j) in enumerate(pairs):
        arrows += [(i, gate[k], 1.0), (germ[k], gate[k], 1.0), (gate[k], count + j, 2.0)]
    pd, worth = np.zeros(size), np.zeros(size)
    pd[own], pd[germ], worth[borrower] = p, q, 1.0
    claims = tuple(np.array(arrows).T)
    book = Portfolio.of(pd, worth, Factors.one(0.0, size=size), claims=claims, equity=2.0)  # type: ignore[arg-type]
    drawn = simulate(book, 2**16, seed=3)
    passed, error = exceedance(drawn, np.arange(count))
    exact = infected_defaults(count, p, q)[::-1].cumsum()[::-1][1:]
    assert (abs(passed - exact) <= 3 * error).all()
    assert not drawn.alone.any()


def test_rare_independent_defaults_are_those_of_creditrisk_plus() -> None:
    """Poisson numbers of defaults differ from the true ones by no more than the sum of squared PDs (Le Cam)."""
    random = np.random.default_rng(2)
    units, pd = random.integers(1, 5, 400), random.uniform(0.0005, 0.004, 400)
    drawn = simulate(Portfolio.of(pd, units, Factors.one(0.0, size=400)), 2**16, seed=1)
    tail = 1 - credit_losses(units, pd, spread=0.0, most=12).cumsum()
    passed, error = exceedance(drawn, np.arange(13))
    assert (abs(passed - tail) <= 3 * error + (pd**2).sum()).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**64 - 1), st.sampled_from(list(PLANS)), st.integers(1, 4))
def test_threads_and_ranges_change_nothing(seed: int, name: str, workers: int) -> None:
    book, plan = tangled(seed % 50), PLANS[name]
    whole = simulate(book, 2048, seed=seed, plan=plan, workers=workers)
    apart = Draws.joined(
        simulate(book, 512, seed=seed, plan=plan), simulate(book, 1536, seed=seed, first=512, plan=plan)
    )
    for field in ("loss", "alone", "weight", "defaults", "failed"):
        assert (getattr(whole, field) == getattr(apart, field)).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.floats(0.5, 0.999), st.booleans(), st.booleans())
def test_contributions_sum_to_the_shortfall(seed: int, level: float, contagion: bool, likelier: bool) -> None:
    book = tangled(seed)
    drawn = simulate(book, 512, seed=seed, plan=Plan(goal=20.0, shift=(-0.5, 0.0, 0.0)) if likelier else Plan())
    found = contributions(book, drawn, level=level, contagion=contagion, workers=2)
    shortfall = loss_risk(drawn, level=level, contagion=contagion).expected_shortfall.value
    assert found.each.sum() == pytest.approx(shortfall, rel=1e-9, abs=1e-9)
    keys, by = found.by(np.arange(book.size) % 3)
    assert keys.tolist() == [0, 1, 2]
    assert by.sum() == pytest.approx(shortfall, rel=1e-9, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000))
def test_contagion_only_adds_and_nothing_where_nothing_is_tied(seed: int) -> None:
    found = simulate(tangled(seed), 512, seed=seed)
    assert (found.loss >= found.alone).all()
    assert (found.failed >= found.defaults).all()
    none = simulate(tangled(seed, spread=0.0), 512, seed=seed)
    assert (none.loss == none.alone).all()
    assert (none.defaults == found.defaults).all()


def test_mean_losses_of_borrowers_are_what_they_are_in_every_year() -> None:
    """Borrower i alone in the book: its losses over all years are its part of the whole."""
    book = tangled(6)
    drawn = simulate(book, 512, seed=6)
    parts = losses_by_borrower(book, drawn, np.ones(512))
    for i in range(book.size):
        only = replace(book, lost=frozen(np.where(np.arange(book.size) == i, book.lost, 0.0), np.float64))
        assert simulate(only, 512, seed=6).loss.sum() == pytest.approx(parts[i], abs=1e-9)


@pytest.mark.parametrize("name", ["plain", "antithetic"])
def test_estimates_spread_as_far_as_their_errors_say(name: str) -> None:
    book = alike(200, 0.05, 0.2)
    found = [loss_risk(simulate(book, 2000, seed=k, plan=PLANS[name]), level=0.9) for k in range(80)]
    for measure in ("expected", "value_at_risk", "expected_shortfall"):
        values = np.array([getattr(one, measure).value for one in found])
        errors = np.array([getattr(one, measure).error for one in found])
        # 80 spreads stray from their mean by 8 % on average; four times that is no chance.
        assert values.std(ddof=1) == pytest.approx(errors.mean(), rel=0.32)


def test_years_made_likelier_tell_the_whole_book_with_errors_as_far_as_they_spread() -> None:
    """Mean, deviation, defaults and the low end too, as binomials over the factor have them: not the tail alone."""
    size, pd, rho = 200, 0.02, 0.2
    book, chance = alike(size, pd, rho), mixed(size, pd, rho)
    losses = np.arange(size + 1) / size
    tail = tail_risk(losses, chance / chance.sum(), level=0.99)
    deviation = float(np.sqrt(np.square(losses) @ chance - pd**2))
    plan = tail_plan(book, float(conditional_pd(pd, rho, level=0.999)))
    drawn = [simulate(book, 2000, seed=k, plan=plan) for k in range(60)]
    assert max(float(one.weight.max()) for one in drawn) <= 2
    risks = [loss_risk(one, level=0.99) for one in drawn]
    told = {
        pd: [one.expected for one in risks],
        deviation: [loss_deviation(one) for one in drawn],
        tail.expected_shortfall: [one.expected_shortfall for one in risks],
    }  # fmt: skip
    for exact, found in told.items():
        values, errors = np.array([one.value for one in found]), np.array([one.error for one in found])
        spread = values.std(ddof=1)
        assert abs(values.mean() - exact) <= 4 * spread / np.sqrt(len(values)) + 0.002 * exact
        # 60 spreads stray from their mean by 9 % on average; four times that is no chance.
        assert spread == pytest.approx(errors.mean(), rel=0.37)
    low = np.array([[part[0] for part in exceedance(one, [0.0])] for one in drawn])
    assert abs(low[:, 0].mean() - (1 - chance[0])) <= 4 * low[:, 0].std(ddof=1) / np.sqrt(60)
    assert low[:, 0].std(ddof=1) == pytest.approx(low[:, 1].mean(), rel=0.37)
    defaults = np.array([(one.weight * one.defaults).mean() for one in drawn])
    assert abs(defaults.mean() - size * pd) <= 4 * defaults.std(ddof=1) / np.sqrt(60)


def test_a_tail_of_too_few_years_tells_no_error() -> None:
    """Of 100 years none need be among the worst thousandth: what the worst lost says nothing of how far off it is."""
    few, many = (loss_risk(simulate(alike(30, 0.05, 0.1), years, seed=2), level=0.999) for years in (100, 20_000))
    for one in (few.value_at_risk, few.expected_shortfall):
        assert np.isnan(one.error)
    assert few.expected.error > 0
    assert np.isfinite([many.value_at_risk.error, many.expected_shortfall.error]).all()
    # A plan for the tail has many of those years among fewer.
    book = alike(30, 0.05, 0.1)
    aimed = loss_risk(simulate(book, 2000, seed=2, plan=tail_plan(book, 0.3)), level=0.999)
    assert aimed.expected_shortfall.error > 0
    exact = mixed(30, 0.05, 0.1)
    wanted = tail_risk(np.arange(31) / 30, exact / exact.sum(), level=0.999).expected_shortfall
    assert abs(aimed.expected_shortfall.value - wanted) <= 4 * aimed.expected_shortfall.error


def test_years_without_any_loss_tell_no_error_of_the_mean() -> None:
    drawn = simulate(alike(3, 1e-9, 0.1), 100, seed=1)
    assert not drawn.loss.any()
    assert np.isnan([loss_risk(drawn, level=0.9).expected.error, loss_deviation(drawn).error]).all()


def test_layers_correlate_by_what_is_shared() -> None:
    factors = Factors.layered([([0, 0, 0, 0], 0.1), ([3, 3, 8, -1], 0.2), ([1, 2, 1, 1], 0.05)])
    rows = factors.loading[factors.cell]
    shared = rows @ rows.T
    assert shared[~np.eye(4, dtype=bool)].reshape(4, 3) == pytest.approx(
        np.array([[0.3, 0.15, 0.15], [0.3, 0.1, 0.1], [0.15, 0.1, 0.15], [0.15, 0.1, 0.15]])
    )


def test_what_cannot_be_is_refused() -> None:
    one = Factors.one(0.1, size=2)
    with pytest.raises(InvalidQuestion, match="pd: must be known"):
        Portfolio.of([0.1, np.nan], [1, 1], one)
    with pytest.raises(InvalidAmount, match="lost: must be known"):
        Portfolio.of(0.1, [1, -1], one)
    with pytest.raises(InvalidAmount, match=r"equity\.1: must be above 0"):
        Portfolio.of(0.1, [1, 1], one, claims=([0], [1], [1]), equity=[1, 0])
    with pytest.raises(InvalidQuestion, match="equity: 3 of 2"):
        Portfolio.of(0.1, [1, 1], one, equity=[1, 2, 3])
    with pytest.raises(InvalidQuestion, match=r"ties\.amount: 2 of 1"):
        Portfolio.of(0.1, [1, 1], one, claims=([0], [1], [1, 2]))
    with pytest.raises(InvalidQuestion, match="there are 2 parties"):
        Portfolio.of(0.1, [1, 1], one, claims=([0], [2], [1]))
    with pytest.raises(InvalidQuestion, match="leave nothing of a borrower's own"):
        Factors.layered([([0, 0], 0.6), ([0, 1], 0.4)])
    book = Portfolio.of(0.1, [1, 1], one)
    for plan, years, what in (
        (Plan(points=3), 3, "no power of 2"), (Plan(antithetic=True), 3, "parts years"),
        (Plan(shift=(1.0, 2.0)), 2, "each of 1 factors"), (Plan(goal=-1.0), 2, "not negative"), (Plan(), 0, "none"),
    ):  # fmt: skip
        with pytest.raises(InvalidQuestion, match=what):
            simulate(book, years, seed=1, plan=plan)
    with pytest.raises(InvalidQuestion, match="cannot be what the book loses"):
        tail_plan(book, 2.0)
    with pytest.raises(InvalidQuestion, match="does not go on"):
        Draws.joined(simulate(book, 4, seed=1), simulate(book, 4, seed=1))


def test_progress_is_told_and_ends_the_work_where_it_raises() -> None:
    told: list[tuple[int, int]] = []

    def progress(done: int, whole: int) -> None:
        told.append((done, whole))
        if done > 256:
            raise Cancelled("drawing years")

    with pytest.raises(Cancelled):
        simulate(alike(10, 0.1, 0.1), 10_000, seed=1, workers=2, progress=progress)
    assert sorted({one for one in told if one[0]}) == [(256, 10_000), (512, 10_000)]
