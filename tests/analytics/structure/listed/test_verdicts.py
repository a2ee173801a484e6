import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.concert import Concert, solve_together
from analytics.structure.listed.rules import listed_rules
from analytics.structure.listed.verdicts import Board, Investor, listed_control
from analytics.structure.votes import Arrows, Holdings
from tests.analytics.structure.test_control import solve
from tests.analytics.structure.worlds import NODES, SIZE, World, exact_worlds, naive_control

RULE = listed_rules()["CN_TAKEOVER"]


def fares(
    company: int, *rows: tuple[int, int, float], concerts: tuple[tuple[int, ...], ...] = (), **known: object
) -> dict[object, Investor]:
    tail, head, votes = zip(*rows, strict=True)
    held = Holdings.exact(1 + max(*tail, *head), tail, head, votes)
    both = solve_together(held, [Concert(group, ()) for group in concerts])
    found = listed_control(held, both, company, RULE, **known)  # type: ignore[arg-type]
    return {one.party if one.party is not None else concerts[one.concert or 0]: one for one in found}


def outcomes(one: Investor) -> dict[str, str]:
    return {verdict.test.id: verdict.outcome for verdict in one.verdicts}


@pytest.mark.parametrize(
    ("share", "holding", "votes"),
    [
        (0.3, "not met", "not met"),
        (0.3 + 1e-9, "not met", "met"),
        (0.5 - 1e-9, "not met", "met"),
        (0.5, "met", "met"),
    ],
)
def test_half_of_the_shares_is_in_and_30_percent_of_the_votes_is_out(share: float, holding: str, votes: str) -> None:
    found = outcomes(fares(1, (0, 1, share))[0])
    assert (found["holding"], found["votes"]) == (holding, votes)


def test_those_in_concert_pass_together_what_neither_passes_alone() -> None:
    found = fares(2, (0, 2, 0.18), (1, 2, 0.14), concerts=((0, 1),))
    assert outcomes(found[0, 1])["votes"] == "met"
    assert found[0, 1].verdicts[1].low == pytest.approx(0.32, abs=1e-12)
    assert len(found[0, 1].verdicts[1].holdings) == 2
    assert [outcomes(found[x])["votes"] for x in (0, 1)] == ["not met", "not met"]


def test_what_a_controlled_holder_has_counts_whole() -> None:
    found = fares(2, (0, 1, 0.6), (1, 2, 0.31))
    assert outcomes(found[0])["votes"] == "met"


def test_a_test_without_facts_is_never_passed_and_never_failed() -> None:
    one = fares(1, (0, 1, 0.1))[0]
    assert outcomes(one) == {
        "holding": "not met",
        "votes": "not met",
        "board": "cannot be tested",
        "influence": "cannot be tested",
    }
    assert one.outcome == "cannot be tested"


def test_half_of_the_seats_is_half_of_the_board() -> None:
    rows = ((0, 3, 0.1), (1, 3, 0.05), (2, 3, 0.05))
    found = fares(3, *rows, concerts=((0, 1),), board=Board(directors=(0, 1, 2, 3)))
    assert outcomes(found[0, 1])["board"] == "met"
    assert [outcomes(found[x])["board"] for x in (0, 2)] == ["cannot be tested"] * 2


def test_who_appoints_the_majority_decides_and_nobody_else() -> None:
    found = fares(2, (0, 2, 0.1), (1, 2, 0.2), board=Board(appointers=(0,)))
    assert [outcomes(found[x])["board"] for x in (0, 1)] == ["met", "not met"]


def test_influence_is_a_judgement() -> None:
    found = fares(2, (0, 2, 0.1), (1, 2, 0.2), influence=[(0, True), (1, False)])
    assert [outcomes(found[x])["influence"] for x in (0, 1)] == ["met", "not met"]


def test_a_band_across_the_bar_is_possible() -> None:
    held = Holdings.between(2, [0], [1], [0.25], [0.5], [1])
    (one,) = listed_control(held, solve_together(held, []), 1, RULE)
    assert outcomes(one)["votes"] == "possible"
    assert outcomes(one)["holding"] == "possible"


@given(exact_worlds(), st.sets(NODES, min_size=2, max_size=3))
@settings(max_examples=80)
def test_votes_at_ones_disposal_are_those_of_the_fixpoint_and_grow_with_a_concert(
    world: World, group: set[int]
) -> None:
    held = solve(world).holdings
    edges = Arrows.of(SIZE, *(zip(*world[1], strict=True) if world[1] else ((), ())))
    both = solve_together(held, [Concert(tuple(sorted(group)), ())], edges, kind=np.zeros(SIZE, np.uint8))
    for company in range(SIZE):
        found = listed_control(held, both, company, RULE)
        votes = {one.party: one.verdicts[1] for one in found}
        for x in set(range(SIZE)) - {company}:
            inside = (naive_control(world, x) | {x}) - {company}
            expected = sum(v for a, y, v in world[0] if y == company and a in inside)
            if x in votes:
                assert votes[x].low * 20 == pytest.approx(expected)
                assert (votes[x].outcome == "met") is (expected > 6)
            else:
                assert expected == 0
        if company not in group:
            most = max((votes[x].low for x in group if x in votes), default=0.0)
            several = len({a for a, y, v in world[0] if y == company and a in group and v}) > 1
            assert not several or votes[None].low >= most - 1e-12


@pytest.mark.parametrize(
    ("more", "votes"), [((), 0.32), (((0, 3, 0.6),), 0.47), (((2, 3, 0.6),), 0.32)], ids=["alone", "theirs", "its own"]
)
def test_a_company_that_acts_with_its_own_holders_is_tested_for_the_others(
    more: tuple[tuple[int, int, float], ...], votes: float
) -> None:
    """0 has 18 % and 1 has 14 % of 2, and 3 has 15 %, which count where 0 has most of 3, but not where only 2 has: what
    a company alone controls has no part in its votes, whether it acts with its holders or not."""
    rows = ((0, 2, 0.18), (1, 2, 0.14), (3, 2, 0.15), *more)
    for members in ((0, 1), (0, 1, 2)):
        found = fares(2, *rows, concerts=(members,))
        concert = found[members]
        assert (concert.members, outcomes(concert)["votes"]) == ((0, 1), "met")
        assert concert.verdicts[1].low == pytest.approx(votes, abs=1e-12)
        assert [sorted(rows)[k][0] for k in concert.verdicts[1].holdings] == [0, *((3,) if votes > 0.4 else ()), 1]
    seats = Board(directors=(1, 2, 7, 8))
    assert outcomes(fares(2, *rows, concerts=((0, 1, 2),), board=seats)[0, 1, 2])["board"] == "cannot be tested"


def test_who_acts_with_a_company_alone_acts_with_nobody_over_it() -> None:
    assert list(fares(2, (0, 2, 0.18), (1, 2, 0.14), concerts=((0, 2),))) == [0, 1]


@given(exact_worlds(), st.sets(NODES, min_size=3, max_size=4))
@settings(max_examples=80)
def test_over_a_member_a_concert_fares_as_the_others_do(world: World, group: set[int]) -> None:
    held = solve(world).holdings
    edges = Arrows.of(SIZE, *(zip(*world[1], strict=True) if world[1] else ((), ())))
    for company in group:
        whole, others = (
            listed_control(held, solve_together(held, [Concert(tuple(sorted(some)), ())], edges), company, RULE)
            for some in (group, group - {company})
        )
        by = {one.concert: one.verdicts for one in whole if one.party is None}
        assert all(by[one.concert] == one.verdicts for one in others if one.party is None)


def test_who_acts_in_concert_and_has_no_part_of_it_is_not_named_unless_it_sits_on_the_board() -> None:
    """0 has 20 % and 1 has 11 %; 2 and 3 have nothing, and 3 is one of two directors."""
    held = Holdings.exact(5, [0, 1], [4, 4], [0.2, 0.11])
    both = solve_together(held, [Concert((0, 1, 2, 3), ())])
    named = [one.members for one in listed_control(held, both, 4, RULE) if one.concert is not None]
    assert named == [(0, 1)]
    seated = listed_control(held, both, 4, RULE, board=Board((3, 5)))
    assert [one.members for one in seated if one.concert is not None] == [(0, 1, 3)]
    alone = solve_together(held, [Concert((0, 2), ())])
    assert [one.members for one in listed_control(held, alone, 4, RULE)] == [(0,), (1,)]
