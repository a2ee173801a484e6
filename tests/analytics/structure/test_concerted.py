"""Control in concert, held against fixpoints followed by hand on small graphs, and against graphs without a fact."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.structure.concert import Concert, Together, find_concerts, solve_together
from analytics.structure.concerted import Concerted, concerted_control, lost, with_concerted
from analytics.structure.control import STATE, Control, solve_control
from analytics.structure.fences import fenced
from analytics.structure.government import APART, BESIDE, THROUGH
from analytics.structure.groups import Groups, control_groups
from analytics.structure.membership import Refuted
from analytics.structure.votes import Arrows, Holdings
from graph.errors import InvalidQuestion
from tests.analytics.structure.test_concert import GROUPS, naive_together, together, walked
from tests.analytics.structure.test_control import solve
from tests.analytics.structure.worlds import PAIRS, SIZE, World, exact_worlds, naive_control

CA, CB, V, W, H = range(5)
TIES = st.lists(PAIRS.filter(lambda pair: pair[0] != pair[1]), min_size=1, max_size=4, unique=True)
Pairs = set[tuple[int, int]]


def pairs(found: Concerted) -> Pairs:
    return set(zip(found.member.tolist(), found.company.tolist(), strict=True))


def naive(world: World, groups: list[set[int]]) -> Pairs:
    """Whoever of a concert can walk to a company along holdings and control within what all control, be it led by a
    member whose own votes count there: what is only possible may be too much."""
    found: Pairs = set()
    for group in groups:
        inside = naive_together(world, group)
        found |= {(x, y) for x, y in walked(world, group, whole=True) if y in inside - naive_control(world, x)}
    return found


def less(world: World, number: int) -> World:
    """The same without one holding."""
    held, edges = world
    return [row for k, row in enumerate(held) if k != number], edges


@given(world=exact_worlds(), groups=GROUPS)
@example(world=([(0, 2, 1), (3, 2, 10)], [(2, 0)]), groups=[{0, 2, 3}])
@settings(max_examples=200)
def test_a_member_has_what_all_control_and_it_has_a_part_in(world: World, groups: list[set[int]]) -> None:
    assert pairs(concerted_control(together(world, groups), solve(world))) == naive(world, groups)


@given(exact_worlds(), GROUPS)
@settings(max_examples=200)
def test_control_grows_by_what_a_concert_has_and_stays_where_it_is_certain(
    world: World, groups: list[set[int]]
) -> None:
    alone = solve(world)
    found = concerted_control(together(world, groups), alone)
    wide = with_concerted(alone, found)
    more = (world[0], [*world[1], *sorted(pairs(found))])
    for x in range(SIZE):
        assert wide.controlled_by(x).tolist() == alone.controlled_by(x).tolist()
        assert set(wide.controlled_by(x, possible=True).tolist()) == naive_control(more, x)
    united = control_groups(wide.as_possible())
    assert all(any(set(s) <= set(t) for t in members(united)) for s in members(control_groups(alone)))
    assert (wide is alone) == (not pairs(found))


def members(groups: Groups) -> list[list[int]]:
    return [groups.members(k).tolist() for k in range(len(groups))]


@given(exact_worlds(), TIES, st.data())
@settings(max_examples=200)
def test_what_is_lost_without_a_fact_is_what_is_not_found_without_it(
    world: World, ties: list[tuple[int, int]], data: st.DataObject
) -> None:
    concerts = find_concerts(*zip(*ties, strict=True))
    given_ = together(world, [set(one.members) for one in concerts])
    found = concerted_control(given_, solve(world))
    for number, concert in enumerate(concerts):
        positions = (np.flatnonzero(found.concert == number) + found.first).tolist()
        mine = {found.at(position)[:2]: position for position in positions}
        tie = data.draw(st.sampled_from(concert.ties))
        rest = [ties[k] for k in concert.ties if k != tie]
        parts = [one.members for one in find_concerts(*zip(*rest, strict=True))] if rest else []
        left = naive(world, [set(part) for part in parts])
        assert lost(found, given_, positions, parts=parts) == {mine[pair] for pair in mine if pair not in left}
        if world[0]:
            held = sorted(range(len(world[0])), key=lambda k: world[0][k][:2])
            at = data.draw(st.integers(0, len(held) - 1))
            left = naive(less(world, held[at]), [set(concert.members)])
            gone = lost(found, given_, positions, refuted=Refuted(holdings=frozenset([at])))
            assert gone == {mine[pair] for pair in mine if pair not in left}


def two(*more: tuple[int, int, float], low: float = 0.31, high: float = 0.31) -> tuple[Together, Control]:
    """CA 31 %, or within a band, and CB 25 % of V, which has 60 % of W; H has CA."""
    rows = [(CA, V, low, high), (CB, V, 0.25, 0.25), (V, W, 0.6, 0.6), (H, CA, 1.0, 1.0)]
    rows += [(x, y, votes, votes) for x, y, votes in more]
    tail, head, least, most = zip(*rows, strict=True)
    held = Holdings.between(8, tail, head, least, least if least == most else most)
    return solve_together(held, [Concert((CA, CB), (0,))]), solve_control(held)


def united(both: tuple[Together, Control], *fences: tuple[int, int]) -> list[list[int]]:
    control = fenced(both[1], fences)
    found = with_concerted(control, concerted_control(both[0], control, fences))
    return members(control_groups(found.as_possible()))


def test_what_is_controlled_in_concert_joins_each_member_with_all_above_and_below() -> None:
    assert united(two()) == [[CB, V, W], [CA, V, W, H]]
    assert members(control_groups(two()[1])) == [[V, W], [CA, H]]


def test_what_one_member_owns_alone_is_none_of_the_others() -> None:
    assert united(two((CB, 5, 0.6))) == [[CB, V, W, 5], [CA, V, W, H]]


def test_a_member_without_a_part_in_it_has_nothing_to_do_with_it() -> None:
    """Of three in concert one holds nothing: an agreement binds shareholders of a company."""
    held = two()[1].holdings
    found = concerted_control(solve_together(held, [Concert((CA, CB, 6), ())]), solve_control(held))
    assert pairs(found) == {(CA, V), (CB, V), (CA, W), (CB, W)}


@pytest.mark.parametrize(("low", "high", "there"), [(0.2, 0.3, True), (0.2, 0.25, False), (0.26, 0.3, True)])
def test_within_bands_it_counts_where_they_may_have_more_than_half(low: float, high: float, *, there: bool) -> None:
    """With CB's 25 %: at most 55 %, at most 50 %, at least 51 %."""
    assert ([CB, V, W] in united(two(low=low, high=high))) is there


@pytest.mark.parametrize(
    ("fence", "groups"),
    [
        ((V, CA), [[CB, V, W], [CA, H]]),
        ((V, H), [[CB, V, W], [CA, H]]),
        ((V, CB), [[CA, V, W, H]]),
        ((W, V), [[CB, V], [CA, V, H]]),
        ((W, CA), [[CB, V, W], [CA, V, W, H]]),
    ],
    ids=["against a member", "against who controls it", "against the other", "below", "one layer only"],
)
def test_a_ring_fence_takes_it_from_one_member_and_leaves_it_to_the_other(
    fence: tuple[int, int], groups: list[list[int]]
) -> None:
    assert united(two(), fence) == groups


def test_what_falls_without_what_is_fenced_stays() -> None:
    """W is V's and CA's 30 % each and CB's 25 %: fenced from V, CA and CB still have 55 % of it together."""
    held = Holdings.exact(8, [CA, CB, V, CA, CB], [V, V, W, W, W], [0.31, 0.25, 0.3, 0.3, 0.25])
    both = solve_together(held, [Concert((CA, CB), (0,))]), solve_control(held)
    assert united(both, (V, CA)) == [[CA, W], [CB, V, W]]


def test_what_is_another_members_alone_stays_out_where_that_member_is_fenced() -> None:
    """CA has 60 % of CB, which has 60 % of 5: fenced, CA has no part in 5 but through CB."""
    whole, fence = two((CA, CB, 0.6), (CB, 5, 0.6)), (CB, CA)
    assert united(whole) == [[CA, CB, V, W, H, 5]]
    assert united(whole, fence) == [[CB, V, W, 5], [CA, V, W, H]]


@pytest.mark.parametrize(
    ("approach", "groups"),
    [(APART, [[CB, V, W]]), (BESIDE, [[CA, CB, V, W]]), (THROUGH, [[CA, V, W], [CB, V, W]])],
)
def test_a_government_body_in_a_concert_connects_as_by_other_control(approach: str, groups: list[list[int]]) -> None:
    held = Holdings.exact(4, [CA, CB, V], [V, V, W], [0.31, 0.25, 0.6])
    kind = np.array([STATE, 0, 0, 0], np.uint8)
    both, alone = solve_together(held, [Concert((CA, CB), (0,))], kind=kind), solve_control(held, kind=kind)
    found = with_concerted(alone, concerted_control(both, alone))
    made = members(control_groups(found.as_possible(), government=approach))
    assert sorted(made) == groups


def test_positions_of_given_control_stay_and_those_in_concert_follow() -> None:
    edges = Arrows.of(5, [H], [CA])
    held = Holdings.exact(5, [CA, CB], [V, V], [0.31, 0.25])
    both = solve_together(held, [Concert((CA, CB), (0,))], edges)
    alone = solve_control(held, edges)
    wide = with_concerted(alone, concerted_control(both, alone))
    assert wide.edges.links_at(H).tolist() == [0]
    assert [wide.edges.links_at(x).tolist() for x in (CA, CB)] == [[1], [2]]
    assert wide.edges.uncertain


def test_control_of_other_parties_is_refused() -> None:
    with pytest.raises(InvalidQuestion, match="control of 3 parties"):
        concerted_control(two()[0], solve_control(Holdings.exact(3, [], [], [])))
