"""Beneficial owners against the tests of each regime written out in fractions."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.concert import Concert, solve_together
from analytics.structure.control import STATE, solve_control
from analytics.structure.owners import multiplied
from analytics.structure.owners.beneficial import BeneficialOwners, beneficial_owners
from analytics.structure.owners.close_links import close_links, close_links_of
from analytics.structure.owners.regimes import regimes
from analytics.structure.owners.register import PERSON, Register
from analytics.structure.owners.variants import variants
from analytics.structure.ownership.above import above
from analytics.structure.votes import Arrows, Holdings
from tests.analytics.structure.owners.shares import in_twentieths, shares_of
from tests.analytics.structure.test_control import solve
from tests.analytics.structure.worlds import NODES, SIZE, World, exact_worlds, naive_control

REGIMES = list(regimes())
QUARTER = Fraction(1, 4)


def register_of(world: World) -> Register:
    """Whoever nobody holds or controls is a person."""
    control = solve(world)
    below = {y for _, y, _ in world[0]} | {y for _, y in world[1]}
    kind = np.array([0 if x in below else PERSON for x in range(SIZE)], np.uint8)
    return Register(control.holdings, control, kind)


def firm(
    *rows: tuple[int, int, float], persons: tuple[int, ...] = (), edges: tuple[tuple[int, int], ...] = ()
) -> Register:
    size = 1 + max(max(row[:2]) for row in rows)
    tail, head, share = zip(*rows, strict=True)
    held = Holdings.exact(size, tail, head, share)
    kind = np.zeros(size, np.uint8)
    kind[list(persons)] = PERSON
    arrows = Arrows.of(size, [e[0] for e in edges], [e[1] for e in edges])
    return Register(held, solve_control(held, arrows, kind=kind), kind)


def named(found: BeneficialOwners, *, certain: bool = True) -> list[int]:
    return [owner.person for owner in found.owners if owner.certain or not certain]


def by_definition(world: World, company: int, regime: str, person: int) -> bool:
    held = in_twentieths(world[0])
    controlled = naive_control(world, person)
    shares = shares_of(held, person)
    assert shares is not None
    whole = sum((w for x, y, w in held if y == company != x and x in controlled | {person}), Fraction(0))
    own = sum((w for x, y, w in held if (x, y) == (person, company)), Fraction(0))
    above = [x for x in range(SIZE) if x != company and company in naive_control(world, x)]
    passed = {
        "CN_2024": shares[company] >= QUARTER,
        "EU_AMLR": shares[company] >= QUARTER or whole >= QUARTER or any(shares[x] >= QUARTER for x in above),
        "EU_AMLD4": own > QUARTER or whole > QUARTER,
        "UK_PSC": whole > QUARTER,
    }
    return passed[regime] or company in controlled


@pytest.mark.parametrize("regime", REGIMES)
@given(world=exact_worlds())
@settings(max_examples=40)
def test_a_person_is_an_owner_where_the_regime_says_so(regime: str, world: World) -> None:
    register = register_of(world)
    for company in np.flatnonzero(register.kind != PERSON).tolist():
        found = beneficial_owners(register, company, regimes()[regime])
        if not found.closed:
            persons = np.flatnonzero(register.kind == PERSON).tolist()
            assert set(named(found)) == {p for p in persons if by_definition(world, company, regime, p)}
            assert named(found) == named(found, certain=False)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize(("nano", "above"), [(-1, False), (0, None), (1, True), (0.4, None), (-0.4, None)])
def test_a_quarter_is_in_or_out_as_the_regime_says(regime: str, nano: float, above: bool | None) -> None:
    """The table of the domain reference §1.6: China and the regulation take 25.00 % in, the others leave it out."""
    register = firm((0, 1, 0.25 + nano * 1e-9), persons=(0,))
    included = regime in ("CN_2024", "EU_AMLR")
    assert bool(named(beneficial_owners(register, 1, regimes()[regime]))) is (included if above is None else above)


def test_a_published_band_is_possible_or_certain_by_its_ends() -> None:
    """The British register's band is above 25 % to 50 %; written with its ends inside it is only possible there."""
    for ends, sure in ((1, True), (0, False)):
        held = Holdings.between(2, [0], [1], [0.25], [0.5], [ends])
        register = Register(held, solve_control(held), np.array([PERSON, 0], np.uint8))
        (owner,) = beneficial_owners(register, 1, regimes()["UK_PSC"]).owners
        assert (owner.certain, owner.low, owner.high) == (sure, 0.25, 0.5)
        assert named(beneficial_owners(register, 1, regimes()["CN_2024"])) == [0]


def test_18_percent_and_control_of_a_30_percent_holder_differ_by_regime() -> None:
    """Worked case OWN-11, with its proof: the holding of 30 % and the step by which its holder falls."""
    register = firm((0, 1, 0.6), (1, 2, 0.3), (3, 2, 0.7), persons=(0,))
    assert named(beneficial_owners(register, 2, regimes()["CN_2024"])) == []
    (owner,) = beneficial_owners(register, 2, regimes()["UK_PSC"]).owners
    shares, _votes = owner.grounds
    links = register.capital
    assert [(int(links.tail[k]), int(links.head[k])) for k in shares.holdings] == [(1, 2)]
    assert [(step.company, step.holders) for step in shares.steps] == [(1, (0,))]
    assert shares.low == 0.3
    assert owner.low == pytest.approx(0.18, abs=1e-12)
    (owner,) = beneficial_owners(register, 2, regimes()["EU_AMLR"]).owners
    assert [ground.test for ground in owner.grounds] == ["art54a"]


def test_a_part_of_the_controller_suffices_where_share_and_control_meet() -> None:
    """Article 54(b): 30 % of an entity that controls with 60 %; multiplied it is 18 %."""
    register = firm((0, 1, 0.3), (1, 2, 0.6), persons=(0,))
    (owner,) = beneficial_owners(register, 2, regimes()["EU_AMLR"]).owners
    (ground,) = owner.grounds
    assert (ground.test, ground.low) == ("art54b", 0.3)
    assert [step.company for step in ground.steps] == [2]


def in_concert(register: Register, *groups: Iterable[int]) -> Register:
    concerts = [Concert(tuple(sorted(group)), ()) for group in groups]
    together = solve_together(register.control.holdings, concerts, register.control.edges, kind=register.kind)
    return Register.of(register.capital, together, register.kind)


def test_those_in_concert_count_together_where_the_regime_counts_them_so() -> None:
    register = firm((0, 2, 0.15), (1, 2, 0.1), persons=(0, 1))
    both = in_concert(register, (0, 1))
    found = beneficial_owners(both, 2, regimes()["CN_2024"])
    assert [(o.person, g.low, g.partners) for o in found.owners for g in o.grounds if g.test == "capital"] == [
        (0, 0.25, (1,)),
        (1, 0.25, (0,)),
    ]
    assert named(beneficial_owners(register, 2, regimes()["CN_2024"])) == []
    assert named(beneficial_owners(both, 2, regimes()["EU_AMLD4"])) == []


def test_a_concert_that_controls_makes_each_person_in_it_an_owner() -> None:
    """0 and 1 have 30 % each of 2, which holds 60 % of 3: of 3 each has 18 % and both control it."""
    both = in_concert(firm((0, 2, 0.3), (1, 2, 0.3), (2, 3, 0.6), persons=(0, 1)), (0, 1))
    found = beneficial_owners(both, 3, regimes()["CN_2024"])
    grounds = {o.person: {g.test: g for g in o.grounds} for o in found.owners}
    assert grounds.keys() == {0, 1}
    assert grounds[0]["control"].partners == (1,)
    assert [(step.company, step.holders) for step in grounds[0]["control"].steps] == [(2, (0, 1)), (3, (2,))]
    uk = beneficial_owners(both, 3, regimes()["UK_PSC"]).owners[0].grounds[0]
    assert (uk.test, uk.low, [step.company for step in uk.steps]) == ("shares", 0.6, [2])


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize(
    ("rows", "owners"),
    [
        ([], [0]),
        ([(1, 4, 0.6)], [0]),
        ([(1, 2, 0.01)], [0, 1]),
        ([(1, 4, 0.6), (4, 2, 0.01)], [0, 1]),
    ],
    ids=["nothing left", "in another company", "a holding", "through its own company"],
)
def test_who_declared_a_concert_and_has_no_part_left_is_no_owner(
    regime: str, rows: list[tuple[int, int, float]], owners: list[int]
) -> None:
    """0 has 60 % of 2, which has 60 % of 3, and acts in concert with 1; with the regimes that count concerts."""
    both = in_concert(firm((0, 2, 0.6), (2, 3, 0.6), *rows, persons=(0, 1)), (0, 1))
    joint = replace(regimes()[regime], joint=True)
    for company in (2, 3):
        found = beneficial_owners(both, company, joint)
        assert [owner.person for owner in found.owners] == owners
        assert all(set(ground.partners) <= set(owners) for owner in found.owners for ground in owner.grounds)


def test_whose_share_along_a_chain_is_added_is_an_owner_with_the_others() -> None:
    """23 % and, of a company that it does not control, 15 % of 20 %: 26 % in the end, and of votes alike."""
    both = in_concert(firm((0, 2, 0.23), (1, 3, 0.15), (3, 2, 0.2), persons=(0, 1)), (0, 1))
    found = beneficial_owners(both, 2, regimes()["CN_2024"])
    assert [(o.person, g.test, round(g.low, 9)) for o in found.owners for g in o.grounds] == [
        (0, "capital", 0.26), (0, "votes", 0.26), (1, "capital", 0.26), (1, "votes", 0.26),
    ]  # fmt: skip


def test_who_perhaps_has_no_part_is_perhaps_an_owner() -> None:
    held = Holdings.between(3, [0, 1], [2, 2], [0.6, 0.0], [0.6, 0.05])
    both = in_concert(Register(held, solve_control(held), np.array([PERSON, PERSON, 0], np.uint8)), (0, 1))
    found = beneficial_owners(both, 2, regimes()["CN_2024"])
    assert [(owner.person, owner.certain) for owner in found.owners] == [(0, True), (1, False)]


def test_a_concerts_part_of_the_controller_suffices_where_one_holders_would() -> None:
    """Article 54(b): 15 % each of 2, which controls 3 with 60 %; of 3 they have 18 % together."""
    register = firm((0, 2, 0.15), (1, 2, 0.15), (2, 3, 0.6), persons=(0, 1))
    assert named(beneficial_owners(register, 3, regimes()["EU_AMLR"]), certain=False) == []
    found = beneficial_owners(in_concert(register, (0, 1)), 3, regimes()["EU_AMLR"])
    assert [(o.person, g.test, g.low, g.certain, g.partners) for o in found.owners for g in o.grounds] == [
        (0, "art54b", 0.3, True, (1,)), (1, "art54b", 0.3, True, (0,)),
    ]  # fmt: skip
    (ground,) = found.owners[0].grounds
    assert {(int(register.capital.tail[k]), int(register.capital.head[k])) for k in ground.holdings} == {(0, 2), (1, 2)}
    assert [step.company for step in ground.steps] == [3]


def test_an_entity_in_concert_with_its_holders_is_none_of_them() -> None:
    """0 and 1 have 15 % each of 2 and act in concert with it: 30 % of what controls 3."""
    both = in_concert(firm((0, 2, 0.15), (1, 2, 0.15), (2, 3, 0.6), persons=(0, 1)), (0, 1, 2))
    grounds = [
        (o.person, g.low) for o in beneficial_owners(both, 3, regimes()["EU_AMLR"]).owners for g in o.grounds
        if g.test == "art54b"
    ]  # fmt: skip
    assert grounds == [(0, 0.3), (1, 0.3)]


def test_a_company_in_concert_with_its_holders_has_them_for_owners() -> None:
    """0 and 1 act in concert, with 2 or without: 15 and 10 % of it pass a quarter, 30 and 25 % control it. Of 14 and
    10 % a holder of 4 % that 2 itself controls makes no quarter."""
    for rows, tests in (
        (((0, 2, 0.15), (1, 2, 0.1)), ["capital", "votes"]),
        (((0, 2, 0.3), (1, 2, 0.25)), ["capital", "votes", "control"]),
        (((0, 2, 0.15), (1, 2, 0.1), (2, 3, 0.6), (3, 2, 0.04)), ["capital", "votes"]),
        (((0, 2, 0.14), (1, 2, 0.1), (2, 3, 0.6), (3, 2, 0.04)), []),
    ):
        for members in ((0, 1), (0, 1, 2)):
            both = in_concert(firm(*rows, persons=(0, 1)), members)
            joint = [
                (o.person, g.test, g.partners) for o in beneficial_owners(both, 2, regimes()["CN_2024"]).owners
                for g in o.grounds if g.partners
            ]  # fmt: skip
            # Who passes a test alone is told so, without partners: the 30 % of 0, the 25 % of 1.
            alone = {"capital", "votes"} if rows[0][2] >= 0.25 else set()
            assert joint == [(x, test, (1 - x,)) for x in (0, 1) for test in tests if test not in alone]


def test_what_a_controlled_holder_has_counts_for_those_who_control_it_without_the_company() -> None:
    """Of 2, 0 and 1 have 12 % and 8 %, and 3 has 10 %: 30 % where 0 has most of 3, and 20 % where only 2 has."""
    for holder, share in ((0, 0.3), (2, 0.2)):
        both = in_concert(firm((0, 2, 0.12), (1, 2, 0.08), (3, 2, 0.1), (holder, 3, 0.6), persons=(0, 1)), (0, 1, 2))
        found = [g.low for o in beneficial_owners(both, 2, regimes()["UK_PSC"]).owners for g in o.grounds]
        assert found == ([pytest.approx(share)] * len(found) if share > 0.25 else [])
        assert len(found) == (4 if share > 0.25 else 0)


def test_what_one_member_holds_through_another_counts_once() -> None:
    """0 has 80 % of 1, and 1 has 20 % of 2: the concert of both has 20 % of 2, not 36 %."""
    both = in_concert(firm((0, 1, 0.8), (1, 2, 0.2), persons=(0,)), (0, 1))
    assert named(beneficial_owners(both, 2, regimes()["CN_2024"])) == []


@pytest.mark.parametrize("regime", REGIMES)
@given(world=exact_worlds(), group=st.sets(NODES, min_size=2, max_size=3))
@settings(max_examples=40)
def test_a_concert_never_loses_an_owner(regime: str, world: World, group: set[int]) -> None:
    register = register_of(world)
    both = in_concert(register, group)
    for company in np.flatnonzero(register.kind != PERSON).tolist():
        alone = named(beneficial_owners(register, company, regimes()[regime]))
        joined = named(beneficial_owners(both, company, regimes()[regime]))
        assert set(alone) <= set(joined)


def test_nobody_passing_the_first_known_office_is_reported() -> None:
    register = firm(*((k, 5, 0.2) for k in range(5)), persons=tuple(range(5)))
    offices = [(3, "经理"), (4, " General Manager "), (2, "监事")]
    found = beneficial_owners(register, 5, regimes()["CN_2024"], offices=offices)
    assert [(o.person, o.certain, o.fallback.citation) for o in found.officers] == [(4, True, "art. 7")]
    assert found.missing == ()
    bare = beneficial_owners(register, 5, regimes()["CN_2024"])
    assert (bare.officers, [fallback.when for fallback in bare.missing]) == ((), ["none"])
    assert beneficial_owners(register, 5, regimes()["UK_PSC"], offices=offices).officers == ()


def many_above(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Nine persons (3 to 11) have up to 90 % of nine companies, each with up to 5 % of 0: 4.5 % at most. 1 has up to
    30 % of 0, which bounding all at once tells last of all."""
    monkeypatch.setattr(multiplied, "above", partial(above, most=0))
    rows = [(1, 0, 0.3), *((3 + i, 12 + i, 0.9) for i in range(9)), *((12 + i, 0, 0.05) for i in range(9))]
    tail, head, high = zip(*rows, strict=True)
    held = Holdings.between(21, tail, head, [0.0] * len(rows), high)
    kind = np.zeros(21, np.uint8)
    kind[1:12] = PERSON
    return Register(held, solve_control(held), kind)


def test_whom_bands_might_make_an_owner_is_told_however_many_stand_above(monkeypatch: pytest.MonkeyPatch) -> None:
    register = many_above(monkeypatch)
    found = beneficial_owners(register, 0, regimes()["CN_2024"], offices=[(2, "总经理")])
    owner = next(one for one in found.owners if one.person == 1)
    assert (owner.certain, owner.low, owner.high) == (False, 0.0, pytest.approx(0.3))
    assert [(one.person, one.certain) for one in found.officers] == [(2, False)]
    assert found.unsettled == sum(one.rough for one in found.owners) > 0
    assert named(found) == []


def test_a_close_link_that_bands_allow_is_told_however_many_stand_above(monkeypatch: pytest.MonkeyPatch) -> None:
    register, rule = many_above(monkeypatch), variants()["ECB"]
    links = close_links_of(register, rule, 0)
    assert [(link.certain, link.third) for link in links if link.first == 1] == [(False, None)]
    assert sum(link.rough for link in links) > 0
    assert [(link.first, link.second, link.certain) for link in close_links_of(register, rule, 1)] == [(1, 0, False)]
    book = close_links(register, rule, [0, 1])
    assert [(link.first, link.second, link.certain) for link in book.pairs()] == [(1, 0, False)]
    assert book.unsettled == sum(link.rough for link in links)


def test_a_company_of_the_state_is_reported_with_its_legal_representative() -> None:
    held = Holdings.exact(4, [0, 1], [1, 2], [1.0, 0.7])
    kind = np.array([STATE, 0, 0, PERSON], np.uint8)
    register = Register(held, solve_control(held, kind=kind), kind)
    found = beneficial_owners(register, 2, regimes()["CN_2024"], offices=[(3, "法定代表人"), (3, "总经理")])
    assert found.owners == ()
    assert [(o.person, o.role) for o in found.officers] == [(3, "法定代表人")]


@pytest.mark.parametrize(
    ("rows", "persons", "registered", "verdict"),
    [
        (((0, 2, 0.6), (1, 2, 0.4)), (0, 1), (10_000_000, "CNY"), True),
        (((0, 2, 0.6), (1, 2, 0.4)), (0, 1), (10_000_001, "CNY"), False),
        (((0, 2, 0.6), (1, 2, 0.4)), (0,), (1_000_000, "CNY"), False),
        (((0, 2, 0.6), (1, 2, 0.3)), (0, 1), (1_000_000, "CNY"), None),
        (((0, 2, 0.6), (1, 2, 0.4)), (0, 1), (1_000_000, "USD"), None),
        (((0, 2, 0.6), (1, 2, 0.4)), (0, 1), None, None),
    ],
)
def test_small_companies_held_by_natural_persons_alone_are_exempt(
    rows: tuple[tuple[int, int, float], ...],
    persons: tuple[int, ...],
    registered: tuple[float, str] | None,
    verdict: bool | None,
) -> None:
    found = beneficial_owners(firm(*rows, persons=persons), 2, regimes()["CN_2024"], registered=registered)
    assert found.exempt is not None
    assert found.exempt.verdict is verdict


@pytest.mark.parametrize("regime", REGIMES)
def test_a_quarter_is_one_of_what_others_than_the_company_hold(regime: str) -> None:
    """24 % where the company holds 10 % of itself: 26.67 %; 22 % are 24.44."""
    register = firm((0, 2, 0.24), (1, 2, 0.22), (2, 2, 0.1), persons=(0, 1))
    assert named(beneficial_owners(register, 2, regimes()[regime]), certain=False) == [0]


def test_persons_who_hold_all_but_the_companys_own_shares_hold_all() -> None:
    register = firm((0, 2, 0.5), (1, 2, 0.4), (2, 2, 0.1), persons=(0, 1))
    found = beneficial_owners(register, 2, regimes()["CN_2024"], registered=(1, "CNY"))
    assert found.exempt is not None
    assert found.exempt.verdict is True


def test_a_concert_has_no_more_than_the_others_leave() -> None:
    """0 and 1 in concert have up to 20 % each, and another's 75 leaves them 25: not more than a quarter."""
    held = Holdings.between(4, [0, 1, 2], [3, 3, 3], [0.0, 0.0, 0.75], [0.2, 0.2, 0.75])
    kind = np.array([PERSON, PERSON, PERSON, 0], np.uint8)
    both = in_concert(Register(held, solve_control(held), kind), (0, 1))
    direct = replace(regimes()["EU_AMLD4"], joint=True)
    assert named(beneficial_owners(both, 3, direct), certain=False) == [2]


def test_an_outside_controller_takes_the_exemption_away() -> None:
    register = firm((0, 2, 1.0), (1, 3, 0.1), persons=(0, 1), edges=((1, 2),))
    found = beneficial_owners(register, 2, regimes()["CN_2024"], registered=(1, "CNY"))
    assert found.exempt is not None
    assert found.exempt.verdict is False


@given(exact_worlds())
@settings(max_examples=40)
def test_owners_and_the_unknown_rest_never_pass_the_whole(world: World) -> None:
    register = register_of(world)
    for company in np.flatnonzero(register.kind != PERSON).tolist():
        found = beneficial_owners(register, company, regimes()["CN_2024"])
        assert 0 <= found.rest <= 1
        assert sum(owner.low for owner in found.owners) + found.rest <= 1 + 1e-9
