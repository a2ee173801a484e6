from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.concert import Concert, Together, concert_ties, find_concerts, solve_together
from analytics.structure.listed.rules import listed_rules
from analytics.structure.votes import Arrows, Holdings
from graph.errors import InvalidQuestion
from graph.model import RELATIONSHIPS
from tests.analytics.structure.test_control import solve
from tests.analytics.structure.worlds import NODES, PAIRS, SIZE, World, exact_worlds, naive_control

GROUPS = st.lists(st.sets(NODES, min_size=2, max_size=3), max_size=2).filter(lambda g: len(g) < 2 or not g[0] & g[1])


def together(world: World, groups: list[set[int]]) -> Together:
    held, edges = world
    tail, head, votes = zip(*held, strict=True) if held else ((), (), ())
    arrows = Arrows.of(SIZE, *(zip(*edges, strict=True) if edges else ((), ())))
    concerts = [Concert(tuple(sorted(group)), ()) for group in groups]
    return solve_together(Holdings.exact(SIZE, tail, head, np.array(votes) / 20), concerts, arrows)


def naive_together(world: World, group: set[int]) -> set[int]:
    """What the members control as one, and of themselves whom all others do."""
    return fixpoint(world, group) - group | {x for x in group if x in fixpoint(world, group - {x})}


def fixpoint(world: World, start: set[int]) -> set[int]:
    """The least one that starts with some parties; votes in twentieths."""
    held, edges = world
    inside = set(start)
    while True:
        more = {y for y in range(SIZE) if sum(v for x, b, v in held if b == y != x and x in inside) > 10}
        more |= {b for a, b in edges if a in inside}
        if more <= inside:
            return inside
        inside |= more


def walked(world: World, group: set[int], *, whole: bool = False) -> set[tuple[int, int]]:
    """Each member, and where it can walk along holdings and control within what it or all of them control; to another
    member within what that one does not bring to them, but for members that with it lead each other, if `whole`."""
    found: set[tuple[int, int]] = set()
    for member in group:
        own = naive_control(world, member)
        found |= {(member, y) for y in near(world, naive_together(world, group) | own, member) - group}
        for y in group - {member}:
            led = {x for x in group - {y} if x in fixpoint(world, group - {x} if whole else group - {x, y})}
            through = fixpoint(world, group - {y}) - group | led
            found |= {(member, y)} if y in near(world, through | own, member) else set()
    return found


def near(world: World, through: set[int], member: int) -> set[int]:
    """Where a member can walk through some companies, the last of them of any kind."""
    held, edges = world
    found, seen = set[int](), {member}
    for _ in range(SIZE):
        steps = {y for x, y, votes in held if x in seen and votes} | {y for x, y in edges if x in seen}
        found |= steps
        seen |= steps & through
    return found


@given(exact_worlds(), GROUPS)
@settings(max_examples=200)
def test_those_take_part_who_can_walk_to_a_company_within_what_they_control(
    world: World, groups: list[set[int]]
) -> None:
    found = together(world, groups)
    for k, group in enumerate(groups):
        told = {(x, y) for y in range(SIZE) for x in found.taking_part(k, y)}
        assert told == walked(world, group)
        assert told == {(x, y) for y in range(SIZE) for x in found.taking_part(k, y, possible=True)}


@given(exact_worlds(), GROUPS)
@settings(max_examples=200)
def test_a_concert_controls_what_its_members_do_as_one_owner(world: World, groups: list[set[int]]) -> None:
    found = together(world, groups)
    for k, group in enumerate(groups):
        assert set(found.controlled_by(k).tolist()) == naive_together(world, group)
        part = walked(world, group)
        for y in range(SIZE):
            several = sum((x, y) in part for x in group) > 1
            assert (k in found.concerts_over(y)) is (y in naive_together(world, group) and several)
            if y in naive_together(world, group) and not several:  # then one has it by itself
                assert any(y in found.control.controlled_by(x) for x in group)


@given(exact_worlds(), st.sets(NODES, min_size=3, max_size=4))
@settings(max_examples=150)
def test_over_one_of_its_members_a_concert_is_the_others(world: World, group: set[int]) -> None:
    for y in group:
        whole, others = together(world, [group]), together(world, [group - {y}])
        assert whole.circle(0, y) == others.circle(0, y) == fixpoint(world, group - {y}) - {y}
        assert whole.taking_part(0, y) == others.taking_part(0, y)
        for company in whole.circle(0, y) - group:
            known = group - {y}
            for step in whole.prove(0, company, about=y):
                assert set(step.holders) <= known
                known.add(step.company)
            assert company in known


@given(exact_worlds(), GROUPS)
@settings(max_examples=100)
def test_a_concert_leaves_what_each_party_controls_as_it_was(world: World, groups: list[set[int]]) -> None:
    alone, found = solve(world), together(world, groups)
    for x in range(SIZE):
        assert found.control.controlled_by(x).tolist() == alone.controlled_by(x).tolist()


@given(exact_worlds(), st.lists(PAIRS.filter(lambda p: p[0] != p[1]), min_size=1, max_size=3))
@settings(max_examples=150)
def test_one_more_pair_in_concert_never_loses_a_controller(world: World, pairs: list[tuple[int, int]]) -> None:
    fewer, more = ({c.members for c in find_concerts(*zip(*some, strict=True))} if some else set()
                   for some in (pairs[:-1], pairs))  # fmt: skip
    before, after = (together(world, [set(group) for group in groups]) for groups in (fewer, more))
    for k, concert in enumerate(before.concerts):
        wider = next(j for j, c in enumerate(after.concerts) if set(concert.members) <= set(c.members))
        assert set(before.controlled_by(k).tolist()) <= set(after.controlled_by(wider).tolist())
        for y in range(SIZE):
            assert k not in before.concerts_over(y) or wider in after.concerts_over(y)


@given(exact_worlds(), GROUPS)
@settings(max_examples=150)
def test_the_proof_of_a_concert_holds_on_its_own_with_the_fewest_holdings(world: World, groups: list[set[int]]) -> None:
    found = together(world, groups)
    held = found.control.holdings
    for k, group in enumerate(groups):
        for y in found.controlled_by(k).tolist():
            known = group - {y}
            for step in found.prove(k, y):
                assert set(step.holders) <= known
                twentieths = [round(held.low[link] * 20) for link in step.holdings]
                if step.edges:
                    assert world[1][step.edges[0]] == (step.holders[0], step.company)
                else:
                    assert sum(twentieths) > 10 >= sum(twentieths) - min(twentieths)
                known.add(step.company)
            assert y in known


@given(st.lists(PAIRS, max_size=8))
def test_parties_tied_through_others_are_in_one_concert(pairs: list[tuple[int, int]]) -> None:
    part = {x: {x} for x in range(SIZE)}
    for a, b in pairs:
        joined = part[a] | part[b]
        part.update(dict.fromkeys(joined, joined))
    expected = {tuple(sorted(group)) for group in part.values() if len(group) > 1}
    found = find_concerts([a for a, _ in pairs], [b for _, b in pairs])
    assert [concert.members for concert in found] == sorted(expected)
    for concert in found:
        assert concert.ties == tuple(k for k, (a, _) in enumerate(pairs) if a in concert.members)


def test_a_member_gives_way_to_its_concert_on_top() -> None:
    """Two hold 51 % and 20 %, in concert: the concert is on top, not the first alone."""
    held = Holdings.exact(4, [0, 1, 2], [2, 2, 3], [0.51, 0.2, 0.6])
    found = solve_together(held, [Concert((0, 1), (7,))])
    assert found.ultimate_of(3) == ([], [0])
    assert found.control.ultimate_of(2).tolist() == [4]


@pytest.mark.parametrize(
    ("more", "tops", "part"),
    [
        ([], ([0], []), (0,)),
        ([(1, 2, 0.05, 0.05)], ([], [0]), (0, 1)),
        ([(1, 4, 0.2, 0.2), (4, 2, 0.1, 0.1)], ([0], []), (0,)),
        ([(1, 4, 0.6, 0.6), (4, 2, 0.1, 0.1)], ([], [0]), (0, 1)),
        ([(1, 2, 0.0, 0.05)], ([0], []), (0,)),
    ],
    ids=["nothing left", "a holding", "through a stranger", "through what it controls", "perhaps nothing"],
)
def test_who_has_no_part_left_is_not_on_top_with_those_who_have(
    more: list[tuple[int, int, float, float]], tops: tuple[list[int], list[int]], part: tuple[int, ...]
) -> None:
    """0 has 51 % of 2, which has 60 % of 3, and declared to act in concert with 1."""
    rows = [(0, 2, 0.51, 0.51), (2, 3, 0.6, 0.6), *more]
    tail, head, low, high = zip(*rows, strict=True)
    found = solve_together(Holdings.between(5, tail, head, low, high), [Concert((0, 1), (7,))])
    for company in (2, 3):
        assert found.ultimate_of(company) == tops
        assert found.taking_part(0, company) == part
    assert (found.ultimate_of(3, possible=True) == ([], [0])) is any(row[2:] != (0.2, 0.2) for row in more[:1])


def test_positions_of_given_control_stay_those_of_its_maker() -> None:
    edges = Arrows.of(5, [3, 0], [4, 3])
    found = solve_together(Holdings.exact(5, [1], [2], [0.1]), [Concert((0, 1), ())], edges)
    assert [step.edges for step in found.prove(0, 4)] == [(1,), (0,)]


def test_a_company_that_joins_its_holders_concert_stays_controlled_by_them() -> None:
    """0 has 31 % and 1 has 25 % of 2, which has 60 % of 3 and 10 % of 4, of which 0 has 30 % and 1 has 11 %."""
    held = Holdings.exact(5, [0, 1, 2, 2, 0, 1], [2, 2, 3, 4, 4, 4], [0.31, 0.25, 0.6, 0.1, 0.3, 0.11])
    for members in ((0, 1), (0, 1, 2)):
        found = solve_together(held, [Concert(members, ())])
        assert sorted(found.controlled_by(0).tolist()) == [2, 3, 4]
        assert [found.concerts_over(y) for y in range(5)] == [[], [], [0], [0], [0]]
        assert (found.ultimate_of(2), found.taking_part(0, 2)) == (([], [0]), (0, 1))
        ((step,), low) = found.prove(0, 2), 0.56
        assert (step.holders, step.holdings, round(step.low, 9)) == ((0, 1), (0, 2), low)


@pytest.mark.parametrize(
    ("low", "high", "sure", "maybe"), [(0.2, 0.3, [], [2]), (0.2, 0.25, [], []), (0.26, 0.3, [2], [2])]
)
def test_within_bands_a_member_may_be_controlled_by_the_others(
    low: float, high: float, sure: list[int], maybe: list[int]
) -> None:
    """With 25 % of the other: at most 55 %, at most 50 %, at least 51 %."""
    held = Holdings.between(3, [0, 1], [2, 2], [low, 0.25], [high, 0.25])
    found = solve_together(held, [Concert((0, 1, 2), ())])
    assert (found.led(0).tolist(), found.led(0, possible=True).tolist()) == (sure, maybe)


def test_who_is_a_member_is_not_proved_to_fall_to_its_concert() -> None:
    found = solve_together(Holdings.exact(2, [0], [1], [0.4]), [Concert((0, 1), ())])
    with pytest.raises(InvalidQuestion, match="member"):
        found.prove(0, 1)
    with pytest.raises(InvalidQuestion, match="no party"):
        solve_together(Holdings.exact(2, [0], [1], [0.6]), [Concert((0, 9), ())])


def test_kin_count_up_to_the_generation_of_the_rule_and_unknown_kin_are_presumed() -> None:
    """Three generations in the direct line, two in the collateral (domain reference §1.7); phones tie nobody."""
    rows = [("kin", 0, 3.0), ("kin", 0, 4.0), ("kin", 1, 2.0), ("kin", 1, 3.0), ("kin", -1, np.nan),
            ("spouse", -1, np.nan), ("concert", -1, np.nan), ("phone", -1, np.nan)]  # fmt: skip
    kind, line, far = zip(*rows, strict=True)
    fields = {
        "kind": np.array([RELATIONSHIPS.index(k) for k in kind], np.int8),
        "line": np.array(line, np.int8),
        "generations": np.array(far),
    }
    declared, presumed = concert_ties(SimpleNamespace(fields=fields), listed_rules()["CN_TAKEOVER"].concert)
    assert declared.tolist() == [6]
    assert presumed.tolist() == [0, 2, 4, 5, 6]
