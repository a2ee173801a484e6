from collections.abc import Set
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytics.structure.connected import connected_groups
from analytics.structure.control import STATE, solve_control
from analytics.structure.government import APART, BESIDE
from analytics.structure.groups import Groups, control_groups
from analytics.structure.membership import Refuted, grow, leave, path
from analytics.structure.votes import Arrows, Holdings
from graph.errors import InvalidQuestion
from tests.analytics.structure.worlds import (
    NODES,
    PAIRS,
    SIZE,
    OwnShares,
    World,
    banded_worlds,
    exact_worlds,
    own_shares,
)

DEPENDS = st.lists(PAIRS.filter(lambda pair: pair[0] != pair[1]), max_size=6, unique=True)


def made(world: World, states: Set[int] = frozenset()) -> Groups:
    held, edges = world
    tail, head, votes = zip(*held, strict=True) if held else ((), (), ())
    arrows = Arrows.of(SIZE, *(zip(*edges, strict=True) if edges else ((), ())))
    kind = np.array([STATE if x in states else 0 for x in range(SIZE)], np.uint8)
    control = solve_control(Holdings.exact(SIZE, tail, head, np.array(votes) / 20), arrows, kind=kind)
    return control_groups(control, government=BESIDE if states else APART)


def falls(pairs: list[tuple[int, int]]) -> Arrows:
    """Dependences x → s as arrows from s to x."""
    return Arrows.of(SIZE, [s for _, s in pairs], [x for x, _ in pairs])


def seeds(groups: Groups) -> list[tuple[int, list[int]]]:
    """Top and members of every control group and of all who stand alone."""
    alone = [(x, [x]) for x in range(SIZE) if not len(groups.of(x))]
    return [(int(groups.top[k]), groups.members(k).tolist()) for k in range(len(groups))] + alone


def test_each_step_leads_from_the_member_before() -> None:
    groups = made(([(1, 2, 12)], []))
    came = grow(groups, falls([(1, 0), (3, 2)]), [0])
    assert [(e.member, e.how, e.through, e.dependence) for e in path(came, 3)] == [
        (0, "seed", -1, -1), (1, "dependent", 0, 0), (2, "controlled", 1, -1), (3, "dependent", 2, 1),
    ]  # fmt: skip
    with pytest.raises(InvalidQuestion, match="no member"):
        path(came, 5)


@given(exact_worlds(), DEPENDS)
@settings(max_examples=200, deadline=None)
def test_what_grows_from_the_seeds_are_the_connected_groups(world: World, depends: list[tuple[int, int]]) -> None:
    groups = made(world)
    grown = {frozenset(grow(groups, falls(depends), seed)) for _, seed in seeds(groups)}
    found = {frozenset(g.tolist()) for g in connected_groups(groups, falls(depends), range(SIZE))}
    assert found == {g for g in grown if not any(g < other for other in grown)}


@given(exact_worlds(), DEPENDS)
@settings(max_examples=200, deadline=None)
def test_every_path_starts_in_the_seed_and_each_step_is_an_edge(world: World, depends: list[tuple[int, int]]) -> None:
    groups = made(world)
    for _, seed in seeds(groups):
        came = grow(groups, falls(depends), seed)
        for member in came:
            steps = path(came, member)
            assert steps[0].member in seed
            for before, step in pairwise(steps):
                assert step.through == before.member
                if step.how == "dependent":
                    assert depends[step.dependence] == (step.member, before.member)
                else:
                    assert step.member in groups.control.controlled_by(before.member)


@given(exact_worlds(), DEPENDS, st.data())
@settings(max_examples=200, deadline=None)
def test_who_leaves_is_who_is_not_there_when_all_is_solved_without_the_edge(
    world: World, depends: list[tuple[int, int]], data: st.DataObject
) -> None:
    held, edges = world
    groups = made(world)
    top, seed = data.draw(st.sampled_from(seeds(groups)))
    dependence = data.draw(st.sets(st.integers(0, max(len(depends) - 1, 0)), max_size=1)) if depends else set()
    holding = data.draw(st.sets(st.integers(0, max(len(held) - 1, 0)), max_size=2)) if held else set()
    order = sorted(range(len(held)), key=lambda k: held[k][:2])  # as holdings lie: by tail, then head
    edge = data.draw(st.sets(st.integers(0, len(edges) - 1), max_size=1)) if edges else set()
    refuted = Refuted(frozenset(dependence), frozenset(holding), frozenset(edge))
    gone = set(leave(groups, falls(depends), seed, top=top, refuted=refuted).tolist())
    left = [held[k] for at, k in enumerate(order) if at not in holding]
    without = made((left, [e for at, e in enumerate(edges) if at not in edge]))
    again = [d for at, d in enumerate(depends) if at not in dependence]
    below = {top, *without.control.controlled_by(top).tolist()}
    assert set(grow(groups, falls(depends), seed)) - gone == set(grow(without, falls(again), below))


@given(exact_worlds(), DEPENDS, st.sets(NODES, min_size=1, max_size=2), st.data())
@settings(max_examples=300, deadline=None)
def test_who_leaves_beside_a_government_body_is_who_is_not_there_when_all_is_solved_again(
    world: World, depends: list[tuple[int, int]], states: set[int], data: st.DataObject
) -> None:
    """What a government body holds of a member through other groups counts; nobody holds a body, nor does it depend."""
    held, edges = [row for row in world[0] if row[1] not in states], [e for e in world[1] if e[1] not in states]
    depends = [(x, s) for x, s in depends if x not in states]
    groups = made((held, edges), states)
    beside = [k for k in range(len(groups)) if int(groups.top[k]) in states]
    assume(beside)
    k = data.draw(st.sampled_from(beside))
    top, seed = int(groups.top[k]), groups.members(k).tolist()
    dependence = data.draw(st.sets(st.integers(0, max(len(depends) - 1, 0)), max_size=1)) if depends else set()
    holding = data.draw(st.sets(st.integers(0, len(held) - 1), max_size=1)) if held else set()
    order = sorted(range(len(held)), key=lambda k: held[k][:2])
    refuted = Refuted(frozenset(dependence), frozenset(holding))
    gone = set(leave(groups, falls(depends), seed, top=top, refuted=refuted).tolist())
    left = [held[k] for at, k in enumerate(order) if at not in holding]
    without, again = made((left, edges), states), [d for at, d in enumerate(depends) if at not in dependence]
    stays = {top, *without.control.controlled_by(top).tolist()} & set(seed)
    assert set(grow(groups, falls(depends), seed)) - gone == _grown_bearing(without, falls(again), stays, states)


def _grown_bearing(groups: Groups, arrows: Arrows, stays: set[int], states: set[int]) -> set[int]:
    """Who falls with what stays of a seed; nobody with a government body."""
    fallen = set(stays)
    for x in stays - states:
        fallen |= set(grow(groups, arrows, [x]))
    return fallen


def test_a_member_held_through_another_group_stays_when_a_dependence_on_it_falls() -> None:
    """Government body 0 has 60 % of 1, and 30 % of 2 beside 1's 30 %; 3 depends on 2."""
    groups = made(([(0, 1, 12), (0, 2, 6), (1, 2, 6)], []), {0})
    depends = falls([(3, 2)])
    assert leave(groups, depends, [0, 2], top=0, refuted=Refuted(dependences=frozenset([0]))).tolist() == [3]
    assert leave(groups, depends, [0, 2], top=0, refuted=Refuted(holdings=frozenset([2]))).tolist() == [2, 3]


@given(own_shares(), st.booleans(), st.data())
@settings(max_examples=300, deadline=None)
def test_who_leaves_where_votes_are_known_in_bands_is_who_nobody_else_brings_in(
    world: OwnShares, possible: bool, data: st.DataObject
) -> None:
    """Members alone are solved again: what the others hold, and votes stated net of own shares, still counts."""

    def reading(holdings: Holdings) -> Groups:
        control = solve_control(holdings)
        return control_groups(replace(control, certain=control.possible) if possible else control)

    groups, none = reading(world.holdings), Arrows.of(5, (), ())
    assume(len(groups))
    group = data.draw(st.integers(0, len(groups) - 1))
    seed, top = groups.members(group).tolist(), int(groups.top[group])
    links = np.flatnonzero(world.holdings.tail != world.holdings.head).tolist()
    refuted = data.draw(st.sets(st.sampled_from(links), max_size=1))
    gone = leave(groups, none, seed, top=top, refuted=Refuted(holdings=frozenset(refuted)))
    without = reading(world.holdings.without(sorted(refuted)))
    assert set(seed) - set(gone.tolist()) == {top, *without.control.controlled_by(top).tolist()}


@pytest.mark.parametrize("stated", [[False, True, True, False, True], [False, False, False, False, True]])
def test_own_shares_lower_no_bar_when_members_are_solved_alone(stated: list[bool]) -> None:
    """0 has 40 % of 2 and 12 % through 1; 2 holds 25 % of itself, and votes are stated net, be it a stranger's."""
    held = Holdings.exact(4, [0, 0, 1, 2, 3], [1, 2, 2, 2, 2], [0.6, 0.4, 0.12, 0.25, 0.3])
    held = replace(held, net=np.array(stated))
    groups = control_groups(solve_control(held))
    assert groups.around(2)[0].tolist() == [0, 1, 2]
    refuted = Refuted(holdings=frozenset([2]))
    assert leave(groups, Arrows.of(4, (), ()), [0, 1, 2], top=0, refuted=refuted).tolist() == [2]


@given(exact_worlds(), DEPENDS, st.integers(0, 30))
@settings(max_examples=200, deadline=None)
def test_refuting_an_edge_never_creates_a_larger_group(world: World, depends: list[tuple[int, int]], at: int) -> None:
    before = [set(g.tolist()) for g in connected_groups(made(world), falls(depends), range(SIZE))]
    held, edges = world
    at %= max(len(held) + len(edges) + len(depends), 1)
    every = [*(("held", r) for r in held), *(("edge", e) for e in edges), *(("depends", d) for d in depends)]
    rest = [one for k, one in enumerate(every) if k != at]
    fewer = [r for kind, r in rest if kind == "held"], [e for kind, e in rest if kind == "edge"]
    left = [d for kind, d in rest if kind == "depends"]
    after = [set(g.tolist()) for g in connected_groups(made(fewer), falls(left), range(SIZE))]
    assert all(any(group <= old for old in before) for group in after)


@given(exact_worlds(), DEPENDS, st.permutations(range(SIZE)), st.sets(NODES))
@settings(max_examples=200, deadline=None)
def test_groups_do_not_depend_on_the_order_of_parties(
    world: World, depends: list[tuple[int, int]], names: list[int], clients: set[int]
) -> None:
    held, edges = world
    renamed = (
        [(names[x], names[y], votes) for x, y, votes in reversed(held)],
        [(names[x], names[y]) for x, y in reversed(edges)],
    )
    turned = [(names[x], names[s]) for x, s in reversed(depends)]
    found = connected_groups(made(world), falls(depends), clients)
    again = connected_groups(made(renamed), falls(turned), [names[x] for x in clients])
    assert {frozenset(names[x] for x in g.tolist()) for g in found} == {frozenset(g.tolist()) for g in again}


def test_a_seed_that_is_none_is_refused() -> None:
    groups = made(([], []))
    with pytest.raises(InvalidQuestion):
        grow(groups, falls([]), [])
    with pytest.raises(InvalidQuestion):
        grow(groups, falls([]), [SIZE])
    with pytest.raises(InvalidQuestion, match="top"):
        leave(groups, falls([]), [0], top=1, refuted=Refuted())


BANDS = banded_worlds()


@given(BANDS, st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda p: p[0] != p[1]), max_size=3))
@settings(max_examples=200, deadline=None)
def test_who_leaves_a_group_of_possible_control_is_who_a_new_solution_leaves_out(
    world: list[tuple[int, int, int, int, int]], depends: list[tuple[int, int]]
) -> None:
    """The second method: control of all parties solved again without the holding, and the group grown from its top."""
    size = 5
    holdings = _banded(size, world)
    groups = control_groups(solve_control(holdings).as_possible())
    arrows = Arrows.of(size, [s for _, s in depends], [x for x, _ in depends])
    for at in range(len(holdings.tail)):
        after = control_groups(solve_control(holdings.without([at])).as_possible())
        for top, seed in [(int(groups.top[k]), groups.members(k).tolist()) for k in range(len(groups))]:
            again = grow(after, arrows, [top, *after.control.controlled_by(top).tolist()])
            gone = leave(groups, arrows, seed, top=top, refuted=Refuted(holdings=frozenset([at])))
            assert set(gone.tolist()) == set(grow(groups, arrows, seed)) - set(again)


def _banded(size: int, world: list[tuple[int, int, int, int, int]]) -> Holdings:
    tail, head, low, high, ends = (list(column) for column in zip(*world, strict=True)) if world else ([],) * 5
    return Holdings.between(size, tail, head, np.array(low) / 4, np.array(high) / 4, ends)
