from fractions import Fraction
from functools import partial
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from analytics.structure.owners import multiplied
from analytics.structure.owners.multiplied import Layer, Multiplied
from analytics.structure.ownership.above import above
from analytics.structure.ownership.bands import Widest, integrated_bounds
from analytics.structure.ownership.row import integrated_row
from analytics.structure.ownership.stakes import Stakes
from analytics.structure.votes import Holdings
from graph.errors import InvalidShare
from tests.analytics.structure.owners.shares import in_twentieths, shares_of
from tests.analytics.structure.worlds import SIZE, World, banded_worlds, consistent_votes, exact_worlds


@pytest.fixture(params=["few", "many"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands above is cut out, or the whole is solved."""
    if request.param == "many":
        monkeypatch.setattr(multiplied, "above", partial(above, most=0))
        monkeypatch.setattr(multiplied, "CIRCLE", 0.0)
        monkeypatch.setattr(multiplied, "BOUNDED", 100)


def shares(column: Multiplied) -> dict[int, float]:
    return {owner: column.of(owner).low for owner in column.owner.tolist()}


def holdings(held: list[tuple[int, int, int]]) -> Holdings:
    tail, head, votes = zip(*held, strict=True) if held else ((), (), ())
    return Holdings.exact(SIZE, tail, head, np.array(votes) / 20)


@pytest.mark.usefixtures("either")
@given(world=exact_worlds())
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_everybodys_share_is_that_of_exact_elimination(world: World) -> None:
    held = in_twentieths(world[0])
    whole = [shares_of(held, owner) for owner in range(SIZE)]
    for company in range(SIZE):
        column = Multiplied(Layer.of(holdings(world[0])), company)
        found = shares(column)
        assert company not in found
        for owner in set(range(SIZE)) - {company} - set(column.closed):
            if company not in column.closed and whole[owner] is not None:
                assert found.get(owner, 0.0) == pytest.approx(float(whole[owner][company]), abs=1e-11)


@given(exact_worlds())
@settings(max_examples=100)
def test_final_owners_and_the_undisclosed_rest_own_all_of_a_company(world: World) -> None:
    """The rest of each company made a party of its own, whoever holds and is not held has 1 together."""
    held = list(world[0])
    given = {y: sum(v for _, b, v in held if b == y) for _, y, _ in held}
    rest = [(SIZE + y, y, 20 - v) for y, v in given.items() if v < 20]
    tail, head, votes = zip(*held, *rest, strict=True) if held else ((), (), ())
    all_of = Holdings.exact(2 * SIZE, tail, head, np.array(votes) / 20)
    for company in given:
        column = Multiplied(Layer.of(all_of), company)
        if not column.closed:
            final = sum(low for owner, low in shares(column).items() if owner not in given)
            assert final == pytest.approx(1, abs=1e-11)


@pytest.mark.usefixtures("either")
@given(held=banded_worlds())
@example(held=[(0, 1, 0, 1, 0), (3, 0, 4, 4, 0), (0, 3, 4, 4, 0)])
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_ends_of_a_share_are_met_by_holdings_within_the_bands_and_passed_by_none(
    held: list[tuple[int, int, int, int, int]],
) -> None:
    columns = consistent_votes([(x, y, lo, hi, 0) for x, y, lo, hi, _ in held])
    assume(held and np.prod([len(c) for c in columns]) < 700)
    tail, head, low, high, ends = (np.array(v) for v in zip(*held, strict=True))
    banded = Holdings.between(5, tail, head, low / 4, high / 4, ends)
    worlds = [[row for column in chosen for row in column] for chosen in product(*columns)]
    answers = [[shares_of(world, owner, size=5) for owner in range(5)] for world in worlds]
    for company in {y for _, y, *_ in held}:
        column = Multiplied(Layer.of(banded), company)
        for owner in set(range(5)) - {company} - set(column.closed):
            reached = [answer[owner][company] for answer in answers if answer[owner] is not None]
            if company in column.closed or len(reached) < len(answers):
                continue
            portion = column.of(owner)
            assert float(min(reached)) == pytest.approx(portion.low, abs=1e-9)
            assert float(max(reached)) == pytest.approx(portion.high, abs=1e-9)
            assert portion.high == 0 or owner in column.holders
            assert column.roughly(owner).low == pytest.approx(portion.low, abs=1e-9)
            assert column.roughly(owner).high >= portion.high - 1e-9


def test_an_open_low_end_on_a_chain_makes_the_share_more_than_its_low_end() -> None:
    held = Holdings.between(4, [0, 1, 2], [1, 3, 3], [0.5, 0.5, 0.25], [0.75, 0.5, 0.25], [1, 0, 0])
    column = Multiplied(Layer.of(held), 3)
    whole = column.of(0)
    assert (whole.low, whole.high, whole.above) == (0.25, 0.375, True)
    assert (column.of(1).above, column.of(2).above) == (False, False)


def test_a_block_that_holds_all_of_itself_has_no_numbers() -> None:
    column = Multiplied(Layer.of(Holdings.exact(4, [0, 1, 1, 3], [1, 0, 2, 2], [1.0, 1.0, 0.5, 0.5])), 2)
    assert column.closed == (0, 1)
    assert column.blocks == (((0, 1), 0.5),)
    assert shares(column) == {3: 0.5}


OVERFULL = Holdings.exact(4, [0, 1, 1, 3], [1, 0, 2, 0], [1.0, 1.0, 0.5, 0.5])
"""1 holds all of 0, and 3 holds half of it too."""


def test_more_than_all_of_a_company_above_is_refused_where_the_policy_says_so() -> None:
    refusing = Layer.of(OVERFULL, overfull="refuse")
    with pytest.raises(InvalidShare, match=r"node 0 \(1.5\)"):
        Multiplied(refusing, 2)
    assert shares(Multiplied(refusing, 3)) == {}


def test_more_than_all_is_kept_as_bands_or_scaled() -> None:
    """Of 150 %, 0 is sure to have half and may have all, and 1 may have half; scaled they have 2/3 and 1/3."""
    held = Holdings.exact(3, [0, 1], [2, 2], [1.0, 0.5])
    kept, scaled = (Multiplied(Layer.of(held, overfull=policy), 2) for policy in ("keep", "scale"))
    for party, band, share in ((0, (0.5, 1.0), 2 / 3), (1, (0.0, 0.5), 1 / 3)):
        assert (kept.of(party).low, kept.of(party).high) == pytest.approx(band, abs=1e-9)
        assert scaled.of(party).low == scaled.of(party).high == pytest.approx(share, abs=1e-9)
        assert [(one.company, one.total) for one in kept.overfull] == [(2, 1.5)]


def test_treasury_shares_fall_to_the_other_holders() -> None:
    """Worked case OWN-07: 0.9 / (1 − 0.1)."""
    assert Multiplied(Layer.of(Holdings.exact(2, [0, 1], [1, 1], [0.9, 0.1])), 1).of(0).low == pytest.approx(1)


def test_a_circle_that_hardly_leaks_is_solved() -> None:
    """u₁ = h + (1 − a) u₂ and u₂ = (1 − b) u₁ at most, with h = a = 10⁻⁶ and b = 10⁻⁷."""
    a, b = Fraction(1, 10**6), Fraction(1, 10**7)
    kept = float(1 - a), float(1 - b)
    held = Holdings.between(3, [0, 1, 2], [1, 2, 1], [0.0, kept[1], kept[0]], [1e-6, kept[1], kept[0]])
    assert Multiplied(Layer.of(held), 1).of(0).high == pytest.approx(float(a / (1 - (1 - a) * (1 - b))), rel=1e-6)


def test_parts_that_add_up_to_all_are_no_more_than_all() -> None:
    """4 and 5 hold all of four companies that hold 10, 5, 40 and 45 % of 7: in floats a hair more than all."""
    first = [(4, 0), (5, 1), (4, 2), (5, 3)]
    parts = [0.1, 0.05, 0.4, 0.45]
    tail, head = zip(*first, *((k, 7) for k in range(4)), (6, 0), strict=True)
    held = Holdings.between(8, tail, head, [1.0] * 4 + parts + [0.0], [1.0] * 4 + parts + [0.05])
    whole = Multiplied(Layer.of(held), 7).together([4, 5], 0.25)
    assert (whole.low, whole.high) == (1.0, 1.0)


def test_many_and_few_are_solved_alike() -> None:
    """Beyond the limit the whole is solved; each owner's own system is the second method."""
    rng = np.random.default_rng(5)
    size, links = 900, 2600
    tail, head = rng.integers(0, size, links), rng.integers(0, size // 2, links)
    weight = rng.random(links)
    weight /= np.bincount(head, weights=weight, minlength=size)[head] * 1.02
    column = Multiplied(Layer.of(Holdings.exact(size, tail, head, weight)), 0)
    assert len(column.owner) > 400
    stakes = Stakes.exact(size, tail, head, weight)
    for owner in column.owner[:40].tolist():
        assert column.of(owner).low == pytest.approx(integrated_row(stakes, owner).of(0), abs=1e-11)


@pytest.mark.usefixtures("either")
@given(held=banded_worlds(), bar=st.sampled_from([0.2, 0.25, 0.5]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_who_may_have_the_threshold_is_left_out(held: list[tuple[int, int, int, int, int]], bar: float) -> None:
    """The coarse bound is held against bounding everybody alone."""
    tail, head, low, high, ends = (np.array(v) for v in zip(*held, strict=True)) if held else ([], [], [], [], [])
    layer = Layer.of(Holdings.between(5, tail, head, np.asarray(low) / 4, np.asarray(high) / 4, ends))
    widest = Widest.of(layer.stakes)
    for company in range(5):
        column = Multiplied(layer, company)
        found = {one.owner for one in column.reaching(bar)}
        for owner in set(range(5)) - {company} - set(column.closed):
            band = integrated_bounds(widest, owner).of(company)
            assert (owner in found) or not band.possibly_at_least(bar) or bool(column.closed)


def test_of_many_only_some_are_bounded_alone_and_the_others_roughly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiplied, "above", partial(above, most=0))
    monkeypatch.setattr(multiplied, "BOUNDED", 2)
    held = Holdings.between(6, range(5), [5] * 5, [0.0] * 5, [0.5] * 5)
    column = Multiplied(Layer.of(held), 5)
    found = column.reaching(0.25)
    assert sorted(one.owner for one in found) == [0, 1, 2, 3, 4]
    assert [sum(one.rough is rough for one in found) for rough in (False, True)] == [2, 3]
    persons = np.array([True, True, True, False, False, False])
    assert [one.rough for one in column.reaching(0.25, persons)].count(True) == 1
    assert all(one.low == 0 and one.high >= 0.5 for one in found)


@given(exact_worlds())
@settings(max_examples=60)
def test_what_begins_with_each_holding_sums_to_the_share(world: World) -> None:
    held = holdings(world[0])
    for company in range(SIZE):
        column = Multiplied(Layer.of(held), company)
        for owner, low in shares(column).items():
            parts = column.first(owner)
            assert sum(share for _, share in parts) == pytest.approx(low, abs=1e-11)
            assert {int(held.tail[link]) for link, _ in parts} == {owner}
            assert [share for _, share in parts] == sorted((share for _, share in parts), reverse=True)


@given(exact_worlds())
@settings(max_examples=100)
def test_the_carriers_of_a_share_carry_all_of_it(world: World) -> None:
    held = holdings(world[0])
    for company in range(SIZE):
        column = Multiplied(Layer.of(held), company)
        for owner, low in shares(column).items():
            links = list(column.carriers(owner))
            rows = [(int(held.tail[k]), int(held.head[k]), Fraction(round(held.low[k] * 20), 20)) for k in links]
            alone = shares_of(rows, owner)
            assert alone is not None
            assert float(alone[company]) == pytest.approx(low, abs=1e-11)
            for k in range(len(rows)):
                fewer = shares_of(rows[:k] + rows[k + 1 :], owner)
                assert fewer is not None
                assert fewer[company] < alone[company]
