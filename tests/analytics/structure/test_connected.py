import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.connected import BOOK, Grown, connected_groups, groups_around, grown_groups
from analytics.structure.control import STATE, solve_control
from analytics.structure.government import APART, BESIDE
from analytics.structure.groups import Groups, control_groups
from analytics.structure.membership import grow
from analytics.structure.reach import Nodes
from analytics.structure.votes import Arrows, Holdings
from graph.errors import InvalidQuestion
from tests.analytics.structure.test_groups import grouped
from tests.analytics.structure.worlds import NODES, PAIRS, SIZE, World, exact_worlds, naive_control


def named(names: str, control: list[str], depends: list[str], clients: str, state: str = "") -> set[str]:
    """Groups of parties of one letter; an arrow is two letters."""
    kind = np.zeros(len(names), np.uint8)
    kind[[names.index(s) for s in state]] = STATE
    arrows = Arrows.of(len(names), [names.index(e[0]) for e in control], [names.index(e[1]) for e in control])
    control = solve_control(Holdings.exact(len(names), [], [], []), arrows, kind=kind)
    groups = control_groups(control, government=BESIDE if state else APART)
    falls = Arrows.of(len(names), [names.index(e[1]) for e in depends], [names.index(e[0]) for e in depends])
    found = connected_groups(groups, falls, [names.index(c) for c in clients])
    return {"".join(sorted(names[x] for x in group)) for group in found}


def test_a_jointly_controlled_firm_sits_in_both_groups() -> None:
    assert named("ABJ", ["AJ", "BJ"], [], "ABJ") == {"AJ", "BJ"}


def test_dependence_on_a_chain_reaches_the_end() -> None:
    assert named("ABCD", [], ["BA", "CB", "DC"], "ABCD") == {"ABCD"}


def test_who_is_no_client_still_unites() -> None:
    assert named("ABCD", [], ["BA", "CA", "DA"], "BCD") == {"BCD"}


def test_two_supports_make_two_groups() -> None:
    assert named("ABCDE", [], ["CA", "DA", "DB", "EB"], "ABCDE") == {"ACD", "BDE"}


def test_dependence_goes_down_with_control_and_up_only_where_recorded() -> None:
    control = ["AP", "AQ", "BR", "RS", "RT"]
    assert named("APQBRST", control, ["RQ"], "APQBRST") == {"APQRST", "BRST"}
    assert named("APQBRST", control, ["RQ", "BR"], "APQBRST") == {"".join(sorted("APQBRST"))}


def test_a_government_stands_beside_each_group_it_controls() -> None:
    control = ["GA", "GB", "GC", "AX", "BY"]
    assert named("GABCXY", control, [], "GABCXY", state="G") == {"AGX", "BGY", "CG"}
    assert named("GABCXY", control, ["BC", "CB"], "ABCX", state="G") == {"AX", "BC"}


@given(st.lists(PAIRS, max_size=6), st.lists(PAIRS, max_size=6), st.sets(NODES, min_size=1))
@settings(max_examples=300, deadline=None)
def test_connected_groups_are_the_greatest_closures(
    control: list[tuple[int, int]], depends: list[tuple[int, int]], clients: set[int]
) -> None:
    edges = [e for e in control if e[0] != e[1]]
    groups = grouped(([], edges), set())
    falls = [(s, x) for x, s in depends]
    found = {
        frozenset(group.tolist())
        for group in connected_groups(
            groups, Arrows.of(SIZE, *(zip(*falls, strict=True) if falls else ((), ()))), clients
        )
    }
    below = {x: naive_control(([], edges), x) for x in range(SIZE)}
    closures = set()
    for start in (set(map(int, g)) for x in range(SIZE) for g in groups.around(x)):
        seed = start
        while True:
            more = {z for x, s in depends if s in seed for z in ({x} | below[x])}
            if more <= seed:
                break
            seed = seed | more
        closures.add(frozenset(seed & clients))
    assert found == {c for c in closures if c and not any(c < other for other in closures)}
    assert set().union(*found) == clients


def listed(groups: list[Grown]) -> list[tuple[list[int], list[int]]]:
    return [(group.clients.tolist(), group.seed.tolist()) for group in groups]


@given(exact_worlds(), st.lists(PAIRS, max_size=8))
@settings(max_examples=300, deadline=None)
def test_groups_around_a_party_are_those_of_all_that_it_sits_in(world: World, falls: list[tuple[int, int]]) -> None:
    groups = grouped(world, set())
    whole = Arrows.of(SIZE, *(zip(*falls, strict=True) if falls else ((), ())))
    every = grown_groups(groups, whole, range(SIZE))
    for x in range(SIZE):
        found = groups_around(groups, whole, x)
        assert listed(found) == listed([group for group in every if x in group.clients])


def test_a_group_that_grows_too_far_is_refused() -> None:
    groups = control_groups(solve_control(Holdings.exact(6, [], [], [])))
    chain = Arrows.of(6, [0, 1, 2, 3, 4], [1, 2, 3, 4, 5])
    assert [len(group.clients) for group in groups_around(groups, chain, 5, most=6)] == [6]
    with pytest.raises(InvalidQuestion, match="more than 5"):
        groups_around(groups, chain, 0, most=5)
    with pytest.raises(InvalidQuestion, match="party 6"):
        groups_around(groups, chain, 6)


def test_a_group_is_opened_once_however_many_members_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    size = 60
    control = solve_control(Holdings.exact(size, [0] * (size - 2), range(1, size - 1), [0.6] * (size - 2)))
    opened: list[int] = []
    members = Groups.members

    def counted(groups: Groups, group: int) -> Nodes:
        opened.append(int(group))
        return members(groups, group)

    monkeypatch.setattr(Groups, "members", counted)
    falls = Arrows.of(size, [1], [size - 1])
    assert [len(group) for group in connected_groups(control_groups(control), falls, range(size))] == [size]
    assert opened == [0]


@given(exact_worlds(), st.lists(PAIRS, max_size=8), st.sets(NODES))
@settings(max_examples=300, deadline=None)
def test_a_group_is_what_falls_with_its_seed(world: World, falls: list[tuple[int, int]], clients: set[int]) -> None:
    """Closed by hand: a dependant of a member comes in, and whatever it controls."""
    groups = grouped(world, set())
    arrows = Arrows.of(SIZE, *(zip(*falls, strict=True) if falls else ((), ())))
    for one in grown_groups(groups, arrows, clients):
        inside = set(one.seed.tolist())
        assert one.seed.tolist() in [group.tolist() for x in inside for group in groups.around(x)]
        before = set[int]()
        while inside != before:
            before = set(inside)
            reached = {y for x, y in falls if x in before} - before
            inside |= reached.union(*(naive_control(world, y) for y in reached))
        assert one.clients.tolist() == sorted(inside & clients)


def test_of_seeds_that_reach_the_same_clients_the_largest_is_told() -> None:
    groups = control_groups(solve_control(Holdings.exact(5, [0, 0], [1, 2], [0.6, 0.6])))
    (one,) = grown_groups(groups, Arrows.of(5, [0, 3], [4, 4]), [4])
    assert (one.clients.tolist(), one.seed.tolist()) == ([4], [0, 1, 2])


def test_a_book_of_thousands_has_the_groups_that_its_parties_have_one_by_one() -> None:
    """Beyond some clients dependences are read from lists; one party asks the arrows themselves."""
    random, size = np.random.default_rng(3), 2 * BOOK
    held = Holdings.exact(size, *random.integers(0, size, (2, BOOK // 2)), random.uniform(0.4, 0.6, BOOK // 2))
    groups, falls = control_groups(solve_control(held)), Arrows.of(size, *random.integers(0, size, (2, BOOK)))
    book = [group.tolist() for group in connected_groups(groups, falls, range(size))]
    for x in random.integers(0, size, 50).tolist():
        assert [group.clients.tolist() for group in groups_around(groups, falls, x)] == [g for g in book if x in g]


@given(exact_worlds(), st.lists(PAIRS, max_size=8), st.sets(NODES, min_size=1, max_size=2), NODES)
@settings(max_examples=300, deadline=None)
def test_a_body_put_beside_groups_is_in_each_that_it_controls_and_unites_none(
    world: World, falls: list[tuple[int, int]], states: set[int], party: int
) -> None:
    """By hand: the groups without it, each with the bodies that control one of its members; nobody falls with those."""
    apart = grouped(world, states)
    groups = control_groups(apart.control, government=BESIDE)
    bodies = {x: {s for s in states if x in apart.control.controlled_by(s).tolist()} for x in range(SIZE)}
    for x in set(range(SIZE)) - states:
        wanted = {frozenset({*g.tolist(), *(s for y in g.tolist() for s in bodies[y])}) for g in apart.around(x)}
        assert {frozenset(g.tolist()) for g in groups.around(x)} == wanted
    arrows = Arrows.of(SIZE, *(zip(*falls, strict=True) if falls else ((), ())))
    mine = {(frozenset(g.clients.tolist())) for g in groups_around(groups, arrows, party)}
    assert mine == {frozenset(g.tolist()) for g in connected_groups(groups, arrows, range(SIZE)) if party in g}
    for one in groups_around(groups, arrows, party):
        assert grow(groups, arrows, one.seed.tolist()).keys() == set(one.clients.tolist())
