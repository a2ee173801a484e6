"""Close links against every pair tried by the definition."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from analytics.structure.control import solve_control
from analytics.structure.owners.close_links import CloseLink, close_links, close_links_of
from analytics.structure.owners.register import Register
from analytics.structure.owners.variants import variants
from analytics.structure.votes import Holdings
from graph.field import PARTY_KINDS
from tests.analytics.structure.owners.shares import in_twentieths, shares_of
from tests.analytics.structure.test_control import solve
from tests.analytics.structure.worlds import NODES, SIZE, World, exact_worlds, naive_control

FIFTH = Fraction(1, 5)
Found = set[tuple[int, int, int | None]]


def shown(links: object) -> Found:
    return {(link.first, link.second, link.third) for link in links if isinstance(link, CloseLink)}  # type: ignore[attr-defined]


def register_of(world: World) -> Register:
    control = solve(world)
    return Register(control.holdings, control, np.zeros(SIZE, np.uint8))


def by_definition(world: World, variant: str) -> Found:
    held = in_twentieths(world[0])
    controlled = [naive_control(world, x) for x in range(SIZE)]
    rows = [shares_of(held, x) for x in range(SIZE)]
    assume(all(row is not None for row in rows))

    def share(x: int, y: int) -> Fraction:
        if variant == "ECB":
            return rows[x][y]  # type: ignore[index]
        return sum((w for a, b, w in held if b == y != a and a in controlled[x] | {x}), Fraction(0))

    own = {
        (x, y)
        for x in range(SIZE)
        for y in range(SIZE)
        if x != y and (share(x, y) >= FIFTH or (variant == "CRR" and y in controlled[x]))
    }
    common = own if variant == "ECB" else {(x, y) for x in range(SIZE) for y in controlled[x]}
    through = {(a, b, t) for t in range(SIZE) for a, b in combinations(sorted(y for x, y in common if x == t), 2)}
    return {(x, y, None) for x, y in own} | through


@pytest.mark.parametrize(("variant", "many"), [("ECB", 0), ("ECB", 1000), ("CRR", 1000)])
@given(world=exact_worlds())
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_book_has_the_pairs_of_the_definition(
    variant: str, many: int, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    """Company by company, or all pairs of the graph at once."""
    monkeypatch.setattr("analytics.structure.owners.close_links.MANY", many)
    expected = by_definition(world, variant)
    links = close_links(register_of(world), variants()[variant], range(SIZE))
    assert shown(links.pairs()) == expected
    assert all(link.certain for link in links.pairs())


@pytest.mark.parametrize(("variant", "wide"), [("ECB", 64), ("ECB", 0), ("CRR", 64)])
@given(world=exact_worlds())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_party_has_the_pairs_of_the_book_in_which_it_stands(
    variant: str, wide: int, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    """Company by company, or all that an owner has at once."""
    monkeypatch.setattr("analytics.structure.owners.close_links.WIDE", wide)
    register, rule = register_of(world), variants()[variant]
    everything = shown(close_links(register, rule, range(SIZE)).pairs())
    for party in range(SIZE):
        found = close_links_of(register, rule, party)
        assert len(shown(found)) == len(found)
        assert shown(found) == {link for link in everything if party in link[:2]}


@pytest.mark.parametrize("variant", ["ECB", "CRR"])
@given(world=exact_worlds(), states=st.sets(NODES, min_size=1, max_size=2))
@settings(max_examples=60)
def test_a_government_body_that_holds_two_links_them_only_where_the_text_says(
    variant: str, world: World, states: set[int]
) -> None:
    """Company law art. 265: firms are not related for being held by the state alone; what it holds itself links."""
    kind = np.array([PARTY_KINDS.index("State") if x in states else 0 for x in range(SIZE)], np.uint8)
    control, rule = solve(world), variants()[variant]
    register, expected = Register(control.holdings, control, kind), by_definition(world, variant)
    apart = {link for link in expected if link[2] not in states}
    for through, right in ((False, apart), (True, expected)):
        asked = replace(rule, through_state=through)
        assert shown(close_links(register, asked, range(SIZE)).pairs()) == right
        for party in range(SIZE):
            assert shown(close_links_of(register, asked, party)) == {link for link in right if party in link[:2]}


def pair(low: float, high: float | None = None, ends: int = 0) -> list[tuple[int, bool]]:
    held = Holdings.between(2, [0], [1], [low], [low if high is None else high], [ends])
    register = Register(held, solve_control(held), np.zeros(2, np.uint8))
    return [(link.first, link.certain) for link in close_links(register, variants()["ECB"], range(2)).pairs()]


def test_a_fifth_links_and_a_billionth_less_does_not() -> None:
    assert pair(0.2) == [(0, True)]
    assert pair(0.2 - 1e-9) == []


def test_a_band_across_a_fifth_links_perhaps() -> None:
    assert pair(0.1, 0.3) == [(0, False)]
    assert pair(0.2, 0.5, ends=1) == [(0, True)]


def test_only_those_of_the_book_are_paired_whoever_holds_them() -> None:
    held = Holdings.exact(4, [0, 0, 0], [1, 2, 3], [0.3, 0.3, 0.3])
    register = Register(held, solve_control(held), np.zeros(4, np.uint8))
    assert shown(close_links(register, variants()["ECB"], [1, 2]).pairs()) == {(1, 2, 0)}


def test_a_controlled_companys_holding_counts_whole_in_one_variant_only() -> None:
    held = Holdings.exact(3, [0, 1], [1, 2], [0.6, 0.3])
    register = Register(held, solve_control(held), np.zeros(3, np.uint8))
    assert (0, 2, None) in shown(close_links_of(register, variants()["CRR"], 2))
    assert (0, 2, None) not in shown(close_links_of(register, variants()["ECB"], 2))


def with_a_closed_block(world: World) -> World:
    """The same where 0 and 1 hold all of each other, and nobody else any of them."""
    held, edges = world
    return [*((x, y, votes) for x, y, votes in held if y > 1), (0, 1, 20), (1, 0, 20)], edges


@pytest.mark.parametrize("many", [0, 1000])
@pytest.mark.parametrize("wide", [64, 0])
@given(world=exact_worlds())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_members_of_a_closed_block_are_linked_with_what_they_hold(
    wide: int, many: int, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    """Nobody owns them in the end; what each holds directly or indirectly is counted as if nobody held it."""
    monkeypatch.setattr("analytics.structure.owners.close_links.MANY", many)
    monkeypatch.setattr("analytics.structure.owners.close_links.WIDE", wide)
    closed = with_a_closed_block(world)
    register, rule = register_of(closed), variants()["ECB"]
    expected = by_definition(closed, "ECB")
    assert {(0, 1, None), (1, 0, None)} <= expected
    assert shown(close_links(register, rule, range(SIZE)).pairs()) == expected
    for party in range(SIZE):
        assert shown(close_links_of(register, rule, party)) == {link for link in expected if party in link[:2]}


def test_a_fifth_of_what_a_member_of_a_closed_block_holds_within_a_band() -> None:
    """0 and 1 hold all of each other; 0 holds 15 to 25 % of 2, and 1 as much through 0."""
    held = Holdings.between(3, [0, 1, 0], [1, 0, 2], [1.0, 1.0, 0.15], [1.0, 1.0, 0.25])
    register = Register(held, solve_control(held), np.zeros(3, np.uint8))
    found = {(x.first, x.second, x.certain) for x in close_links_of(register, variants()["ECB"], 2) if x.third is None}
    assert found == {(0, 2, False), (1, 2, False)}
