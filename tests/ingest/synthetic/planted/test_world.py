import math
from itertools import pairwise

import numpy as np
import pytest

from graph.errors import InvalidQuestion
from ingest.synthetic.planted import DAYS, ITEMS, Name, Planted, Truth, planted
from ingest.synthetic.planted.own import own_logit
from ingest.synthetic.population import INDUSTRIES
from tests.ingest.synthetic.planted.worlds import NAMES, known


def item(world: Planted, name: str) -> np.ndarray:
    return world.items[..., ITEMS.index(name)]


def ranked(score: np.ndarray, true: np.ndarray) -> float:
    """AUC of a score if firms default with their true probabilities: no chance of the draw in it."""
    p = true[np.argsort(score)]
    below = np.concatenate([[0.0], np.cumsum(1 - p)[:-1]])
    return float((p * below).sum() / (p.sum() * (1 - p).sum()))


@pytest.mark.parametrize("name", NAMES)
def test_two_or_three_firms_of_a_hundred_default_in_a_year(name: Name) -> None:
    world = planted(name, count=10_000, seed=1)
    standing = sum(int(world.standing(year).sum()) for year in range(len(DAYS)))
    assert 0.02 < (world.defaulted >= 0).sum() / standing < 0.03
    assert all(0.012 < world.labels(year).sum() / world.standing(year).sum() < 0.05 for year in range(len(DAYS)))


def test_who_knows_the_links_tells_defaults_apart_much_better(told: tuple[Planted, Truth]) -> None:
    world, true = told
    there = ~np.isnan(true.probability)
    probability, own = true.probability[there], true.own[there]
    gap = ranked(probability, probability) - ranked(own, probability)
    assert gap == 0 if world.name == "S0" else gap > 0.05


def test_the_worlds_of_a_seed_differ_by_their_defaults_alone() -> None:
    worlds = [known(name)[0] for name in NAMES]
    first = worlds[0]
    for other in worlds[1:]:
        assert np.array_equal(first.firms.industry, other.firms.industry)
        for name, of in first.ties.items():
            assert np.array_equal(of.links.tail, other.ties[name].links.tail)
            assert np.array_equal(of.last, other.ties[name].last)
        both = (first.defaulted < 0) & (other.defaulted < 0)
        np.testing.assert_array_equal(first.items[:, both], other.items[:, both])
        assert not np.array_equal(first.defaulted, other.defaulted)


def test_a_firm_leaves_once_and_is_told_of_in_the_year_it_does(told: tuple[Planted, Truth]) -> None:
    world, _ = told
    for year in range(len(DAYS) - 1):
        gone = world.standing(year) & ~world.standing(year + 1)
        assert np.array_equal(gone, world.labels(year))
        assert np.array_equal(gone, world.failed(year + 1))
    assert not world.failed(0).any()
    assert np.array_equal(world.round >= 0, world.defaulted >= 0)


def test_statements_agree_with_themselves(told: tuple[Planted, Truth]) -> None:
    world, _ = told
    stated = world.figures.statement >= 0
    assets, debts = item(world, "total_assets")[stated], item(world, "total_liabilities")[stated]
    assert (assets - debts == item(world, "total_equity")[stated]).all()
    assert (item(world, "current_liabilities")[stated] <= debts).all()
    assert (item(world, "current_assets")[stated] <= assets).all()
    parts = item(world, "cash") + item(world, "accounts_receivable") + np.nan_to_num(item(world, "inventory"))
    assert (parts[stated] <= item(world, "current_assets")[stated] + 2).all()
    assert (item(world, "total_debt")[stated] <= debts).all()
    assert not np.isnan(item(world, "ebit")[stated]).any()
    assert 0.02 < np.isnan(item(world, "operating_cash_flow")[stated]).mean() < 0.1
    assert np.isnan(world.items[~stated]).all()


def test_what_is_known_is_the_last_statement_published(told: tuple[Planted, Truth]) -> None:
    world, _ = told
    statement, years = world.figures.statement, np.arange(len(DAYS))[:, None]
    assert (np.diff(statement, axis=0) >= 0).all()
    assert (statement <= years).all()
    silent = (statement < 0).all(axis=0)
    assert 0.02 < silent.mean() < 0.06
    standing = np.array([world.standing(year) for year in range(len(DAYS))])
    assert (years - statement)[standing & ~silent].max() == 1
    same = statement[1:] == statement[:-1]
    np.testing.assert_array_equal(world.items[1:][same], world.items[:-1][same])


def test_nobody_states_anything_after_a_default(told: tuple[Planted, Truth]) -> None:
    world, _ = told
    left = world.defaulted >= 0
    assert (world.figures.statement[:, left] <= world.defaulted[left]).all()


def test_quality_lasts() -> None:
    """Leverage of one year tells that of the next, and less so the one four years on."""
    world, _ = known("S0")
    share = item(world, "total_liabilities") / item(world, "total_assets")
    whole = ~np.isnan(share).any(axis=0) & (world.figures.statement == np.arange(len(DAYS))[:, None]).all(axis=0)
    near, far = (np.corrcoef(share[0, whole], share[lag, whole])[0, 1] for lag in (1, 4))
    assert near > 0.7 > far > 0.2


def test_a_tenth_of_the_links_ends_and_begins_each_year_and_their_number_stays() -> None:
    world, _ = known("S0")
    for of in world.ties.values():
        days = [set(of.there(year).tolist()) for year in range(len(DAYS))]
        for one, next_ in pairwise(days):
            assert 0.1 < len(one - next_) / len(one) < 0.25
            assert 0.1 < len(next_ - one) / len(next_) < 0.25
        assert len(days[-1]) == pytest.approx(len(days[0]), rel=0.1)
        assert (of.links.tail != of.links.head).all()


def test_a_few_firms_have_many_links_larger_firms_more_and_most_partners_are_near() -> None:
    world = planted("S0", count=10_000, seed=1)
    for of in world.ties.values():
        degree = np.bincount(of.links.head, minlength=len(world))
        assert degree.max() > 10 * degree.mean()
        large = world.firms.size >= 2
        assert degree[large].mean() > 1.2 * degree[~large].mean()
        community = world.firms.community
        assert 0.7 < (community[of.links.tail] == community[of.links.head]).mean() < 0.85
    assert np.isnan(world.ties["RELATED_TO"].links.exposure).all()


def test_the_logit_is_as_reckoned_by_hand() -> None:
    world, _ = known("S0")
    told = dict.fromkeys(ITEMS, 0.0) | {
        "total_assets": 1e8, "total_liabilities": 7e7, "current_assets": 5e7, "current_liabilities": 4e7, "ebit": 4e6,
        "interest_expense": 2e6, "net_profit": 1.5e6, "operating_cash_flow": -1e6,
    }  # fmt: skip
    items = np.tile([told[name] for name in ITEMS], (len(world), 1))
    items[1, ITEMS.index("operating_cash_flow")] = np.nan
    items[2, ITEMS.index("ebit")] = -1.0
    u, r = (0.7 - 0.55) / 0.2, math.tanh((0.015 - 0.03) / 0.05)
    cash = -0.35 * math.tanh((-1 / 70 - 0.12) / 0.2)
    burden = 0.35 * math.tanh(0.5 - 0.4)
    rest = (
        0.6 * u + 0.15 * u * u - 0.45 * math.tanh(2 * (math.log(1.25) - 0.2)) - 0.65 * r
        - 0.15 * (math.log(1e8) - math.log(2e7)) / 2 - 0.25 * u * r
    )  # fmt: skip
    effect = {code: 0.0 for code, *_ in INDUSTRIES} | {
        "K70": 0.7, "E47": 0.5, "F51": 0.25, "F52": 0.25, "C17": 0.3, "D44": -0.6, "I65": -0.3, "M73": -0.3,
        "C14": -0.35,
    }  # fmt: skip
    by_hand = [rest + cash + burden, rest + burden, rest + cash + 0.35]
    found = own_logit(items, world.firms, -4.0)
    for firm, expected in enumerate(by_hand):
        industry = INDUSTRIES[world.firms.industry[firm]][0]
        assert found[firm] == pytest.approx(-4 + effect[industry] + expected, rel=1e-12)


@pytest.mark.parametrize(("name", "count"), [("S4", 500), ("S1", 99)])
def test_what_is_no_world_is_refused(name: Name, count: int) -> None:
    with pytest.raises(InvalidQuestion):
        planted(name, count=count)
