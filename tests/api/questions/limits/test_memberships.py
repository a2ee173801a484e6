"""Each step into a group says what it rests on: shares, bands, kinship, dependence, and the lender's own circle."""

from pathlib import Path

import pytest

from api.answers.evidence import Evidence
from api.engine import View
from api.limits.standing import readings_of, standing
from api.questions.limits.memberships import Membership, around, called, membership
from tests.api.limits.test_standing import BANK, CAPITAL, A, B, C, D, Fact, P, Q, fact, lender, loan, owns, view


def groups(found: View, party: str, *, proved: bool = False) -> dict[tuple[str, bool], Membership]:
    """The groups of a party by kind and certainty."""
    bank, node = found.snapshot.node(BANK), found.snapshot.node(party)
    base, readings = standing(found, bank), readings_of(found, bank, [node])
    evidence = Evidence(found.snapshot)
    return {
        (group[0], group[2]): membership(found, evidence, base, group, node, limit=10, proved=proved)
        for group in around(readings, node)
    }


def steps(group: Membership) -> list[tuple[str, str, str | None]]:
    return [(step.party.id, step.how, step.through and step.through.id) for step in group.steps]


def facts(group: Membership) -> list[tuple[str, str, str]]:
    return [(fact.kind, fact.tail.id, fact.head.id) for step in group.steps for fact in step.facts]


FIRST = (lender(), *CAPITAL, loan(A, "1", 30.0), loan(B, "2", 50.0))


def test_members_with_most_at_stake_come_first(tmp_path: Path) -> None:
    found = groups(view(tmp_path, *FIRST, owns(A, B, 0.6), owns(B, C, 0.6)), C)
    group = found["connected", True]
    assert [(share.party.id, share.at_stake) for share in group.members] == [
        (B, {"large_exposure": 50.0}), (A, {"large_exposure": 30.0}), (C, {"large_exposure": 0.0}),
    ]  # fmt: skip
    assert steps(group) == [(A, "on top", None), (C, "controlled", A)]
    assert [(fall.company.id, fall.low) for fall in group.steps[1].proof] == [(B, 0.6), (C, 0.6)]


def test_possible_control_is_told_as_such(tmp_path: Path) -> None:
    found = groups(view(tmp_path, *FIRST, owns(A, B, (0.4, 0.6, 0))), B)
    assert set(found) == {("control", False), ("connected", False)}
    for group in found.values():
        assert steps(group) == [(A, "on top", None), (B, "may be controlled", A)]
        assert [(fall.low, fall.high) for fall in group.steps[1].proof] == [(0.4, 0.6)]


def test_dependence_on_a_controlled_firm_is_followed_from_the_top(tmp_path: Path) -> None:
    said = {"criterion": "cn-annex1-1", "verdict": "confirmed", "reason": "sole buyer", "author": "w"}
    found = groups(view(tmp_path, *FIRST, owns(A, B, 0.6), fact("DEPENDS_ON", C, B, **said), owns(C, D, 0.9)), D)
    group = found["connected", True]
    assert steps(group) == [(A, "on top", None), (B, "controlled", A), (C, "dependent", B), (D, "controlled", C)]
    assert facts(group) == [("DEPENDS_ON", C, B)]


def test_relatives_are_shown_with_their_kinship_and_what_they_hold(tmp_path: Path) -> None:
    related = fact("RELATED_TO", P, Q, kind="spouse")
    found = groups(view(tmp_path, *FIRST, owns(P, A, 0.3), owns(Q, A, 0.3), owns(P, B, 0.6), related), A)
    assert {(kind, sure) for kind, sure in found if kind == "control"} == {("control", True)}
    assert {member.party.id for member in found["control", True].members} == {A, B}
    ((party, how, _),) = steps(found["control", True])
    assert (party, how) == (A, "with relatives")
    assert set(facts(found["control", True])) == {("RELATED_TO", P, Q), ("OWNS", P, A), ("OWNS", Q, A)}


@pytest.mark.parametrize(
    ("more", "told", "rests"),
    [
        ((owns(A, BANK, 0.06), owns(A, B, 0.6)), [(A, "holder", BANK), (B, "controlled", A)], ("OWNS", A, BANK)),
        ((fact("HOLDS_OFFICE", P, BANK, role="director"), owns(P, B, 0.9)),
         [(P, "officer", BANK), (B, "controlled", P)], ("HOLDS_OFFICE", P, BANK)),
        ((fact("HOLDS_OFFICE", Q, BANK, role="director"), fact("RELATED_TO", P, Q, kind="spouse"), owns(P, B, 0.9)),
         [(Q, "officer", BANK), (P, "kin", Q), (B, "controlled", P)], ("RELATED_TO", P, Q)),
    ],
)  # fmt: skip
def test_a_related_party_of_the_lender_is_told_with_its_chain(
    tmp_path: Path, more: tuple[Fact, ...], told: list[tuple[str, str, str]], rests: tuple[str, str, str]
) -> None:
    group = groups(view(tmp_path, *FIRST, *more), B)["lender_related", True]
    assert steps(group) == told
    assert rests in facts(group)


@pytest.mark.parametrize("proved", [False, True])
def test_others_with_nothing_at_stake_are_told_without_facts_unless_the_group_is_proved(
    tmp_path: Path, *, proved: bool
) -> None:
    """p and q unite a, which owes 30, and c, which owes nothing; p is an officer of the bank, and so is d's holder."""
    facts = [*FIRST, fact("RELATED_TO", P, Q, kind="spouse"), fact("HOLDS_OFFICE", P, BANK, role="director")]
    facts += [owns(x, firm, 0.3) for x in (P, Q) for firm in (A, B, C)] + [owns(P, D, 0.6)]
    found = groups(view(tmp_path, *facts), B, proved=proved)
    others = {one.party.id: one for one in found["control", True].others}
    assert {A, C} <= others.keys()
    assert [others[x].how for x in (A, C)] == ["with relatives"] * 2
    assert [bool(others[x].facts) for x in (A, C)] == [True, proved]
    circle = groups(view(tmp_path / "2", *facts, owns(P, "r:other", 0.6)), D, proved=proved)["lender_related", True]
    others = {one.party.id: one for one in circle.others}
    assert others
    for one in others.values():
        assert bool(one.proof or one.facts) is proved
        assert one.through is not None


def test_a_group_is_called_by_who_is_on_top_else_by_who_has_most_at_stake(tmp_path: Path) -> None:
    """a, which owes 30, controls c; p and q unite b, which owes 50, and a with c."""
    facts = [*FIRST, fact("RELATED_TO", P, Q, kind="spouse"), owns(A, C, 0.6)]
    facts += [owns(x, firm, 0.3) for x in (P, Q) for firm in (A, B)]
    found = groups(view(tmp_path, *facts), C)
    assert {kind: called(group).id for (kind, _), group in found.items()} == {"control": B, "connected": A}
