"""Dependence is suspected by the criteria that serve the lender's rule sets, by others where asked, else by default."""

from pathlib import Path

import pytest

from api import questions
from api.engine import Engine, Place, View
from api.groups.together import SUSPECTED, groups_of
from api.limits.criteria import criteria_of, criteria_said, seen_by, state_said
from api.questions.limits.applications import Asked, Request
from graph.errors import InvalidQuestion
from tests.api.limits.test_standing import BANK, CAPITAL, OTHER, STATE, A, B, C, D, fact, lender, loan, owns, view
from tests.api.world import Book, day, instant

OWED = (
    fact("SUPPLIES", A, B, receivable=60.0, currency="CNY"),
    ("Statement", {"party": A, "period_end": day("2023-12-31"), "months": 0, "standard": "CAS",
                   "item": "accounts_receivable", "value": 100.0, "unit": "CNY"}),
)  # fmt: skip
"""b owes a 60 of all 100 that a is owed: Basel's fifth criterion, and none of China's."""
SOLD = (
    fact("SUPPLIES", C, B, amount=60.0, currency="CNY"),
    ("Statement", {"party": C, "period_end": day("2023-12-31"), "months": 12, "standard": "CAS",
                   "item": "revenue", "value": 100.0, "unit": "CNY"}),
)  # fmt: skip
"""c sells b 60 of all 100 of its income: the first criterion of both, and its output too: Basel's third."""
SALES = {"basel-lex10-1", "basel-lex10-3"}


def suspected(found: View, bank: str | None, *asked: str) -> dict[str, set[str]]:
    """Criteria by which each party is suspected to depend on b."""
    seen = seen_by(found, None if bank is None else found.snapshot.node(bank), asked)
    every = seen.judged.dependences.suspected
    told = [every.at(k) for k in range(len(every))]
    return {
        party: {one.criterion.id for one in told if one.dependant == found.snapshot.node(party)} for party in (A, C)
    }


@pytest.mark.parametrize(
    ("rule_sets", "by_a", "by_c"),
    [
        ("CN", set(), {"cn-annex1-1"}),
        ("BCBS", {"basel-lex10-5"}, SALES),
        ("CRR_395", {"basel-lex10-5"}, SALES),
        ("BCBS; CN", {"basel-lex10-5"}, SALES | {"cn-annex1-1"}),
        ("", set(), {"cn-annex1-1"}),
    ],
)
def test_the_lenders_rule_sets_say_by_what(tmp_path: Path, rule_sets: str, by_a: set[str], by_c: set[str]) -> None:
    found = view(tmp_path, lender(rule_sets), *OWED, *SOLD)
    assert suspected(found, BANK) == {A: by_a, C: by_c}


def test_what_is_asked_goes_before_the_lender_and_the_default_is_told(tmp_path: Path) -> None:
    found = view(tmp_path, lender("CN"), *OWED, *SOLD)
    assert suspected(found, BANK, "basel-lex10") == {A: {"basel-lex10-5"}, C: SALES}
    bank = found.snapshot.node(BANK)
    told = [
        criteria_of(seen_by(found, who, asked), who, asked)
        for who, asked in ((bank, ()), (None, ()), (bank, ("basel-lex10",)))
    ]
    assert [[(one.id, one.by, one.verified) for one in used] for used in told] == [
        [("cn-annex1", "lender", True)], [("cn-annex1", "default", True)], [("basel-lex10", "asked", False)],
    ]  # fmt: skip
    with pytest.raises(InvalidQuestion, match="no criteria lex99"):
        seen_by(found, None, ["lex99"])


def test_two_lenders_see_their_own_groups_and_share_all_else(tmp_path: Path) -> None:
    found = view(tmp_path, lender("CN"), lender("BCBS", party=OTHER), *OWED, *SOLD)
    seen = {bank: seen_by(found, found.snapshot.node(bank)) for bank in (BANK, OTHER)}
    ids = found.snapshot.ids
    groups = {
        bank: [set(ids(group.clients)) for group in groups_of(one, found.snapshot.node(B), SUSPECTED)]
        for bank, one in seen.items()
    }
    assert groups == {BANK: [{B, C}], OTHER: [{A, B, C}]}
    assert seen[BANK].control is seen[OTHER].control
    assert seen[BANK].book is seen[OTHER].book


def test_the_check_and_the_book_of_a_lender_count_its_own_suspicions(tmp_path: Path) -> None:
    """With both, 90 of 1,000; the limit of 25 % holds, and only Basel's criteria make the group."""
    facts = (*CAPITAL, loan(A, "1", 200.0), loan(B, "2", 90.0), *OWED)
    verdicts: dict[str, tuple[set[str], list[int]]] = {}
    for rule_sets in ("CN", "BCBS"):
        book = Book(tmp_path / rule_sets / "columns")
        book.load(
            dict.fromkeys([BANK, OTHER, A, B, C, D], "Company"),
            (lender(rule_sets), *facts),
            closed_at=instant("2024-01-15"),
        )
        place = Place(tmp_path / rule_sets)
        engine = Engine(place, place.facts(), clock=lambda: instant("2024-06-30"))
        request = Request(applicant=B, lender=BANK, facility=Asked(amount=1.0, currency="CNY"))
        check = questions.credit_check(engine, request, moment=engine.moment()).answer
        held = questions.book_groups(engine, BANK, moment=engine.moment()).answer
        verdicts[rule_sets] = ({group.kind for group in check.groups}, [len(group.clients) for group in held.groups])
    assert verdicts == {"CN": (set(), []), "BCBS": ({"connected"}, [2])}


def test_criteria_and_government_bodies_are_told_in_both_languages(tmp_path: Path) -> None:
    found = view(tmp_path, lender("EU"), *CAPITAL, owns(STATE, A, 0.6))
    node = found.snapshot.node(BANK)
    seen = seen_by(found, node)
    (state,) = state_said(seen, node)
    criteria = criteria_said(criteria_of(seen, node))
    assert "put beside each group" in state.partition(" · ")[0]
    assert state.partition(" · ")[2].startswith("政府机构分别并入")
    assert criteria.partition(" · ")[2].startswith("疑似依存的识别标准：")
    assert "未核对原文" in criteria


@pytest.mark.parametrize(
    ("rule_sets", "kinds"),
    [("BCBS", {"connected"}), ("CN", {"connected", "control"}), ("BCBS; CN", {"connected", "control"})],
)
def test_group_clients_are_told_where_a_rule_set_of_the_lender_counts_them(
    tmp_path: Path, rule_sets: str, kinds: set[str]
) -> None:
    """集团客户 is a concept of China's guideline of 2010; Basel and the Union know connected clients alone."""
    owns = ("OWNS", {"from": A, "to": B, "share": 1.0})
    facts = (*CAPITAL, loan(A, "1", 20.0), loan(B, "2", 10.0), owns, lender(rule_sets))
    Book(tmp_path / "columns").load(dict.fromkeys([BANK, A, B], "Company"), facts, closed_at=instant("2024-01-15"))
    engine = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    moment = engine.moment()
    request = Request(applicant=B, lender=BANK, facility=Asked(amount=1.0, currency="CNY"))
    check = questions.credit_check(engine, request, moment=moment)
    stake = questions.exposure(engine, B, lender=BANK, moment=moment)
    assert {group.kind for group in check.answer.groups} == kinds
    assert {group.kind for group in stake.answer.against.groups} == kinds
    told = {one.reading for one in questions.book_groups(engine, BANK, moment=moment).answer.readings}
    assert ("group-client" in told) == ("control" in kinds)
    assert any("集团客户" in reason for reason in (*check.reasons, *stake.reasons)) == ("control" in kinds)
    asked = questions.book_groups(engine, BANK, reading="group-client", moment=moment).answer
    assert "group-client" in {one.reading for one in asked.readings}
