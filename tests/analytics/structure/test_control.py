from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytics.structure.control import Control, solve_control
from analytics.structure.groups import control_groups
from analytics.structure.ownership.stakes import Stakes
from analytics.structure.proof import prove_each
from analytics.structure.votes import Arrows, Holdings
from graph.errors import InvalidShare, NotConverged
from tests.analytics.structure.worlds import (
    PAIRS,
    SIZE,
    OwnShares,
    World,
    banded_worlds,
    consistent_votes,
    exact_worlds,
    naive_control,
    own_shares,
)


def solve(world: World, **options: int) -> Control:
    held, edges = world
    tail, head, votes = zip(*held, strict=True) if held else ((), (), ())
    holdings = Holdings.exact(SIZE, tail, head, np.array(votes) / 20)
    return solve_control(holdings, Arrows.of(SIZE, *(zip(*edges, strict=True) if edges else ((), ()))), **options)


def firms(*rows: tuple[str, str, float], **options: object) -> tuple[Control, list[str]]:
    names = sorted({name for row in rows for name in row[:2]})
    tail, head, votes = ([names.index(r[0]) for r in rows], [names.index(r[1]) for r in rows], [r[2] for r in rows])
    return solve_control(Holdings.exact(len(names), tail, head, votes), **options), names  # type: ignore[arg-type]


def controls(control: Control, names: list[str], x: str) -> set[str]:
    return {names[y] for y in control.controlled_by(names.index(x))}


@given(exact_worlds())
@settings(max_examples=400, deadline=None)
def test_everybody_controls_what_the_definition_says(world: World) -> None:
    control = solve(world)
    for x in range(SIZE):
        assert set(control.controlled_by(x).tolist()) == naive_control(world, x)


@given(exact_worlds(), st.lists(PAIRS.filter(lambda pair: pair[0] != pair[1]), max_size=3))
@settings(max_examples=300, deadline=None)
def test_doubtful_arrows_make_control_possible_and_never_certain(world: World, more: list[tuple[int, int]]) -> None:
    """Certain is what follows without them, possible what follows with them; proofs of the certain name none."""
    held, sure = world
    tail, head, votes = zip(*held, strict=True) if held else ((), (), ())
    arrows = Arrows.of(SIZE, *([edge[end] for edge in (*sure, *more)] for end in (0, 1)))
    arrows = replace(arrows, doubtful=arrows.link >= len(sure))
    control = solve_control(Holdings.exact(SIZE, tail, head, np.array(votes) / 20), arrows)
    for x in range(SIZE):
        certain = set(control.controlled_by(x).tolist())
        assert certain == naive_control(world, x)
        assert set(control.controlled_by(x, possible=True).tolist()) == naive_control((held, [*sure, *more]), x)
        for steps in prove_each(control, x, sorted(certain)):
            assert all(link < len(sure) for step in steps for link in step.edges)


@given(exact_worlds(), st.integers(0, 6))
@settings(max_examples=300, deadline=None)
def test_what_is_not_kept_is_found_when_asked(world: World, budget: int) -> None:
    scarce, ample = solve(world, max_pairs=budget), solve(world)
    for x in range(SIZE):
        assert set(scarce.controlled_by(x).tolist()) == set(ample.controlled_by(x).tolist())
        assert scarce.controllers_of(x).tolist() == ample.controllers_of(x).tolist()
        assert scarce.ultimate_of(x).tolist() == ample.ultimate_of(x).tolist()


@given(exact_worlds())
@settings(max_examples=300, deadline=None)
def test_controllers_are_the_other_side_of_control(world: World) -> None:
    control = solve(world)
    truth = {x: naive_control(world, x) for x in range(SIZE)}
    for y in range(SIZE):
        owners = {x for x in range(SIZE) if y in truth[x]}
        assert set(control.controllers_of(y).tolist()) == owners
        alone = {x for x in owners if not any(x in truth[z] for z in range(SIZE)) and not in_own_power(world, x)}
        assert set(control.ultimate_of(y).tolist()) == alone


def in_own_power(world: World, x: int) -> bool:
    held, edges = world
    inside = naive_control(world, x)
    votes = sum(v for a, b, v in held if b == x and a in inside)
    return votes > 10 or any(a in inside and b == x for a, b in edges)


@given(exact_worlds())
@settings(max_examples=300, deadline=None)
def test_deadlocks_are_the_rings_of_mutual_control(world: World) -> None:
    truth = {x: naive_control(world, x) for x in range(SIZE)}
    circular = [x for x in range(SIZE) if in_own_power(world, x)]
    rings = {frozenset({x} | {z for z in truth[x] if x in truth[z]}) for x in circular}
    assert {frozenset(ring.tolist()) for ring in solve(world).deadlocks} == rings


@given(banded_worlds())
@settings(max_examples=120, deadline=None)
def test_bands_hold_under_all_and_under_some_votes_within_them(held: list[tuple[int, int, int, int, int]]) -> None:
    columns = consistent_votes(held)
    assume(all(columns) and np.prod([len(c) for c in columns]) < 4000)
    tail, head, low, high, ends = (np.array(v) for v in zip(*held, strict=True)) if held else (np.zeros(0),) * 5
    control = solve_control(Holdings.between(5, tail, head, low / 4, high / 4, ends))
    answers = []
    for vectors in product(*columns):
        rows = [(x, y, float(v)) for column in vectors for x, y, v in column]
        t, h, v = zip(*rows, strict=True) if rows else ((), (), ())
        exact = solve_control(Holdings.exact(5, t, h, v))
        answers.append([set(exact.controlled_by(x).tolist()) for x in range(5)])
    for x in range(5):
        assert set(control.controlled_by(x).tolist()) == set.intersection(*(a[x] for a in answers))
        assert set(control.controlled_by(x, possible=True).tolist()) == set.union(*(a[x] for a in answers))


@given(own_shares())
@settings(max_examples=150, deadline=None)
def test_own_shares_do_not_vote_whether_votes_are_stated_net_of_them_or_not(world: OwnShares) -> None:
    votes, control = world.votes(), solve_control(world.holdings)
    assume(votes)
    for x in range(5):
        answers = [world.controlled({x}, one) for one in votes]
        assert set(control.controlled_by(x).tolist()) - {x} == set.intersection(*answers)
        assert set(control.controlled_by(x, possible=True).tolist()) - {x} == set.union(*answers)


@pytest.mark.parametrize(
    ("low", "high", "ends", "certain", "possible"),
    [
        (0.5, 0.75, 1, True, True),
        (0.5, 0.75, 0, False, True),
        (0.25, 0.5, 0, False, False),
        (0.5, 0.5, 0, False, False),
        (0.0, 1.0, 0, False, True),
        (0.500000001, 0.500000001, 0, True, True),
        (0.5000000004, 0.5000000004, 0, False, False),
    ],
)
def test_a_band_controls_only_above_half(low: float, high: float, ends: int, certain: bool, possible: bool) -> None:
    control = solve_control(Holdings.between(2, [0], [1], [low], [high], [ends]))
    assert bool(len(control.controlled_by(0))) is certain
    assert bool(len(control.controlled_by(0, possible=True))) is possible


def test_what_others_are_sure_to_hold_limits_what_is_possible() -> None:
    control = solve_control(Holdings.between(3, [0, 2], [1, 1], [0.25, 0.5], [0.75, 0.6], [0, 0]))
    assert control.controlled_by(0, possible=True).tolist() == []
    assert control.controlled_by(2, possible=True).tolist() == [1]


@pytest.mark.parametrize("parts", [2, 3, 6, 7, 11, 30])
def test_a_half_in_equal_parts_is_never_a_majority(parts: int) -> None:
    n = parts + 2
    tail = [0] * parts + list(range(1, parts + 1))
    head = [*range(1, parts + 1), *([n - 1] * parts)]
    votes = [1.0] * parts + [0.5 / parts] * parts
    assert n - 1 not in solve_control(Holdings.exact(n, tail, head, votes)).controlled_by(0)


def test_control_is_no_product_of_shares() -> None:
    control, names = firms(("P", "A", 0.51), ("A", "B", 0.51), ("B", "C", 0.51), ("C", "D", 0.51))
    assert controls(control, names, "P") == {"A", "B", "C", "D"}
    control, names = firms(("P", "A", 0.4), ("P", "B", 0.4), ("A", "T", 0.5), ("B", "T", 0.5), ("P", "T", 0.0))
    assert controls(control, names, "P") == set()


def test_mutual_majorities_have_no_ultimate_controller() -> None:
    control, names = firms(("A", "B", 0.6), ("B", "A", 0.6), ("P", "A", 0.4), ("Q", "B", 0.4), ("A", "C", 1.0))
    assert [[names[x] for x in ring] for ring in control.deadlocks] == [["A", "B"]]
    assert control.ultimate_of(names.index("C")).tolist() == []
    assert [names[x] for x in control.controllers_of(names.index("C"))] == ["A", "B"]


def test_own_holdings_do_not_vote() -> None:
    control, names = firms(("A", "A", 0.1), ("P", "A", 0.46), ("Q", "A", 0.44))
    assert controls(control, names, "P") == {"A"}
    assert control.deadlocks == []
    control, names = firms(("A", "A", 0.1), ("P", "A", 0.45), ("Q", "A", 0.45))
    assert controls(control, names, "P") == set()
    control, names = firms(("A", "A", 0.6), ("P", "A", 0.3))
    assert controls(control, names, "P") == {"A"}


def test_more_than_all_votes_stand_and_are_told() -> None:
    control, names = firms(("P", "A", 0.6), ("Q", "A", 0.6))
    assert controls(control, names, "P") == controls(control, names, "Q") == {"A"}
    assert control.holdings.overfull.tolist() == [names.index("A")]


@pytest.mark.parametrize("policy", ["keep", "scale"])
def test_votes_that_are_fitted_leave_no_two_majorities(policy: str) -> None:
    """70 and 60 % of one company: 40 to 70 and 30 to 60 %, or 70 and 60 of 130."""
    held = Holdings.exact(3, [0, 1], [2, 2], [0.7, 0.6])
    fitted = held.fitted(policy)
    bands = {"keep": ([0.4, 0.3], [0.7, 0.6]), "scale": ([0.7 / 1.3, 0.6 / 1.3],) * 2}
    assert np.allclose(np.array([fitted.low, fitted.high]), bands[policy], atol=1e-12)
    control = solve_control(fitted)
    sure, maybe = ([], [0, 1]) if policy == "keep" else ([0], [0])
    assert control.controllers_of(2).tolist() == sure
    assert control.controllers_of(2, possible=True).tolist() == maybe
    assert solve_control(Holdings.exact(3, [0, 1], [2, 2], [0.6, 0.4]).fitted(policy)).controllers_of(2).tolist() == [0]


def test_votes_that_are_refused_make_control_possible_and_never_certain() -> None:
    """All of one company and a tenth: kept, the first has nine tenths at least; refused, nothing for certain."""
    held = Holdings.exact(4, [0, 1, 1], [2, 2, 3], [1.0, 0.1, 0.6])
    for policy, sure in (("keep", [0]), ("refuse", [])):
        control = solve_control(held.fitted(policy))
        assert control.controllers_of(2).tolist() == sure
        assert control.controllers_of(2, possible=True).tolist() == [0]
        assert control.controllers_of(3).tolist() == [1]


@pytest.mark.parametrize("policy", ["keep", "scale", "refuse"])
def test_of_votes_that_contradict_each_other_none_are_undisclosed(policy: str) -> None:
    """Thrice 45 % of one company, and 30 % of another: of that 70 % are not disclosed."""
    fitted = Holdings.exact(5, [0, 1, 2, 0], [3, 3, 3, 4], [0.45, 0.45, 0.45, 0.3]).fitted(policy)
    assert fitted.disclosed.tolist() == pytest.approx([0, 0, 0, 1, 0.3])


def test_two_share_classes_of_one_holder_are_one_holding_where_too_much_is_stated() -> None:
    """40 + 40 % and 40 % of one company: the first has 60 % at least, as the other states no more than 40."""
    fitted = Holdings.exact(3, [0, 0, 1], [2, 2, 2], [0.4, 0.4, 0.4]).fitted()
    assert fitted.low[:2].sum() == pytest.approx(0.6, abs=1e-12)
    assert fitted.low[2] == pytest.approx(0.2, abs=1e-12)
    assert solve_control(fitted).controllers_of(2).tolist() == [0]


def test_an_end_that_too_much_has_moved_is_not_known_to_be_passed() -> None:
    """More than 50 % and more than 60 %: the first has 40 % or, as the other has more than 60, less."""
    fitted = Holdings.between(3, [0, 1], [2, 2], [0.5, 0.6], [0.75, 1.0], [1, 1]).fitted()
    assert fitted.low.tolist() == pytest.approx([0.4, 0.5])
    assert fitted.ends.tolist() == [0, 0]
    assert solve_control(fitted).controllers_of(2).tolist() == []


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 12), st.integers(0, 8)), min_size=1, max_size=6))
def test_votes_and_shares_are_fitted_alike(rows: list[tuple[int, int, int]]) -> None:
    """The second method: bands pair by pair, as shares in the end are solved."""
    tail, low, wide = (np.array(column) for column in zip(*rows, strict=True))
    bands = low / 20, np.minimum(low + wide, 20) / 20
    for policy in ("keep", "scale"):
        held = Holdings.between(4, tail, np.full(len(rows), 3), *bands).fitted(policy)
        stakes = Stakes.between(4, tail, np.full(len(rows), 3), *bands, overfull=policy)  # type: ignore[arg-type]
        pairs = np.unique(tail)
        for mine, theirs in ((held.low, stakes.low), (np.minimum(held.high, 1.0), stakes.high)):
            added = np.bincount(held.tail, mine, 4)[pairs]
            assert np.minimum(added, 1.0) == pytest.approx(theirs, abs=1e-9)


def test_a_chain_of_ten_thousand_is_solved_within_its_budget() -> None:
    n = 10_000
    control = solve_control(Holdings.exact(n, range(n - 1), range(1, n), np.full(n - 1, 0.6)), max_pairs=5 * n)
    assert len(control.certain.members) <= 5 * n
    assert control.controlled_by(0).tolist() == list(range(1, n))
    assert control.controlled_by(n // 2).tolist() == list(range(n // 2 + 1, n))
    assert control.ultimate_of(n - 1).tolist() == [0]
    assert control.controllers_of(100).tolist() == list(range(100))


def test_a_ring_of_ten_thousand_shares_one_set() -> None:
    n = 10_000
    control = solve_control(Holdings.exact(n, range(n), [*range(1, n), 0], np.full(n, 0.6)))
    assert len(control.certain.members) == n
    assert len(control.deadlocks) == 1
    assert len(control.controlled_by(77)) == n - 1
    assert len(control.controllers_of(78)) == n - 1


@pytest.mark.parametrize(("low", "high"), [(-0.1, 0.2), (0.3, 0.2), (0.2, 1.1), (np.nan, 0.3), (0.1, np.nan)])
def test_votes_that_cannot_be_are_refused(low: float, high: float) -> None:
    with pytest.raises(InvalidShare):
        solve_control(Holdings.between(2, [0], [1], [low], [high]))


def test_an_answer_that_would_take_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (("P", "A", 0.51), ("P", "B", 0.51), ("A", "C", 0.26), ("B", "C", 0.25))
    control, names = firms(*rows, max_pairs=0)
    assert [names[x] for x in control.controllers_of(names.index("C"))] == ["P"]
    monkeypatch.setattr("analytics.structure.reach.SEARCH_LIMIT", 0)
    with pytest.raises(NotConverged):
        control.controllers_of(names.index("C"))
    with pytest.raises(NotConverged):
        control_groups(control)
