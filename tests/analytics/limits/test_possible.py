from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.limits.bearing import Bearing, bearing
from analytics.limits.capital import Capital, Figure
from analytics.limits.catalogue import shipped
from analytics.limits.check import check_book
from analytics.limits.cover import Cover
from analytics.limits.exposure import Book
from analytics.limits.most import hanging
from analytics.limits.possible import SETS, possible_groups, telling
from analytics.limits.standing import Standing, standing_of
from analytics.limits.units import Clients, Units
from analytics.structure.connected import groups_around
from analytics.structure.control import solve_control
from analytics.structure.groups import control_groups
from analytics.structure.votes import Arrows, Holdings
from graph.errors import InvalidQuestion
from tests.analytics.structure.test_groups import grouped
from tests.analytics.structure.worlds import NODES, PAIRS, SIZE, World, exact_worlds

DAY = date(2026, 11, 27)
FALLS = st.lists(PAIRS, max_size=8)


def arrows(falls: list[tuple[int, int]]) -> Arrows:
    return Arrows.of(SIZE, *(zip(*falls, strict=True) if falls else ((), ())))


@given(exact_worlds(), FALLS, NODES, st.sets(NODES, max_size=3), st.sets(NODES, max_size=3))
@settings(max_examples=300, deadline=None)
def test_they_are_the_groups_of_a_graph_in_which_the_dependences_stand(
    world: World, falls: list[tuple[int, int]], x: int, on: set[int], by: set[int]
) -> None:
    groups = grouped(world, set())
    whole = arrows([*falls, *((y, x) for y in on), *((x, z) for z in by)])
    found = possible_groups(groups, arrows(falls), x, on=on, by=by, most=99)
    expected = [group.clients.tolist() for group in groups_around(groups, whole, x)]
    assert sorted(group.tolist() for group in found) == sorted(expected)


def standing(owed: list[int], institution: set[int], rule_sets: tuple[str, ...]) -> Standing:
    book = Book.lent(SIZE + 1, [SIZE] * SIZE, range(SIZE), owed)
    marks = np.isin(np.arange(SIZE + 1), list(institution))
    clients = Clients(marks, np.zeros(SIZE + 1, np.bool_), np.zeros(SIZE + 1, np.bool_))
    bank = Capital((Figure("tier1", 1000.0, DAY), Figure("net_capital", 1000.0, DAY)), "CNY", {"EUR": 1e-6})
    rules = shipped().in_force(DAY, rule_sets=rule_sets)
    return standing_of(book, Cover.none(book), rules, lender=SIZE, capital=bank, day=DAY, clients=clients)


@given(exact_worlds(), FALLS, NODES, st.sets(NODES), st.lists(st.integers(0, 250), min_size=SIZE, max_size=SIZE),
       st.sets(NODES, max_size=3))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_what_is_left_out_breaks_nothing_that_is_kept(
    world: World, falls: list[tuple[int, int]], x: int, on: set[int], owed: list[int], institution: set[int]
) -> None:
    """Every rule broken with all of them is broken with those that tell."""
    groups, base = grouped(world, set()), standing(owed, institution, ("CN", "EU", "BCBS"))
    others = np.array(sorted(on - {x}), np.uint32)
    chosen = telling(base, groups, arrows(falls), others)
    assert set(chosen) <= set(others.tolist())

    def broken(some: list[int]) -> set[str]:
        found = possible_groups(groups, arrows(falls), x, on=some, by=[], most=99)
        units = {"connected": Units.of(found)}
        return {f.rule.id for f in check_book(base, units).findings("breach", "marked") if x in f.members}

    assert broken(others.tolist()) == broken(chosen)


@given(exact_worlds(), FALLS, NODES, st.sets(NODES), st.sets(NODES),
       st.lists(st.sampled_from([0, 0, 0, 120, 250]), min_size=SIZE, max_size=SIZE))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_who_brings_nothing_along_changes_no_limit(
    world: World, falls: list[tuple[int, int]], x: int, on: set[int], by: set[int], owed: list[int]
) -> None:
    """What each rule counts of the party's groups at most is the same without them."""
    groups, base, arrows_ = grouped(world, set()), standing(owed, set(), ("CN", "EU", "BCBS")), arrows(falls)
    part = hanging(groups, arrows_)
    brings = Bearing(part, bearing(base, part), frozenset({int(part[x])}))

    def used(on: list[int], by: list[int]) -> dict[str, float]:
        found = possible_groups(groups, arrows_, x, on=on, by=by, most=99)
        uses = check_book(base, {"connected": Units.of(found)}).uses
        mine = {use.rule.id: [k for k in range(len(use.units)) if x in use.units.members(k)] for use in uses}
        return {use.rule.id: max((use.exposure[k] for k in mine[use.rule.id]), default=0.0) for use in uses}

    on_, by_ = (np.array(sorted(some - {x}), np.uint32) for some in (on, by))
    kept = brings.bringing(on_).tolist(), brings.bringing(by_).tolist()
    if not any(kept):  # two are a group, whoever the second is
        kept = on_[:1].tolist(), by_[: 0 if len(on_) else 1].tolist()
    assert used(on_.tolist(), by_.tolist()) == used(*kept)


def test_a_group_that_grows_too_far_is_refused() -> None:
    groups = control_groups(solve_control(Holdings.exact(9, [], [], [])))
    falls = Arrows.of(9, [0, 1, 2], [1, 2, 3])
    with pytest.raises(InvalidQuestion, match="more than 5"):
        possible_groups(groups, falls, 0, on=[], by=[5, 6], most=5)
    assert [len(g) for g in possible_groups(groups, falls, 0, on=[], by=[5], most=5)] == [5]
    with pytest.raises(InvalidQuestion, match="more than 5"):
        possible_groups(groups, falls, 4, on=[3, 5], by=[6, 7], most=5)


def test_too_many_groups_are_refused() -> None:
    """Each of them has a firm that depends on it."""
    size = 2 * SETS + 2
    groups = control_groups(solve_control(Holdings.exact(size + 1, [], [], [])))
    falls = Arrows.of(size + 1, range(SETS + 1), range(SETS + 1, size))
    book = Book.lent(size + 1, [size], [0], [5])
    base = standing_of(
        book, Cover.none(book), [shipped().rule("CN_LE_GROUP_20")], lender=size, capital=Capital(()), day=DAY
    )
    assert len(telling(base, groups, falls, np.arange(SETS, dtype=np.uint32))) == SETS
    with pytest.raises(InvalidQuestion, match="50 groups"):
        telling(base, groups, falls, np.arange(SETS + 1, dtype=np.uint32))
