import re
from itertools import chain
from pathlib import Path

import pytest

from api.engine import Engine
from api.questions import book_limits
from api.questions import groups as groups_question
from api.questions.book.findings import LimitFinding, named
from api.questions.book.limits import BookLimits
from graph.errors import InvalidQuestion, UnknownParty
from tests.api.questions.lending import BANK, OWED, bank, lent, party, stated
from tests.api.questions.overstated import ONE, SIB, SUB, opened, write
from tests.api.world import day

GROUPS = {"connected": [{"a1", "a2", "s", "t"}], "control": [{"a1", "a2"}, {"f1", "f2"}]}
"""Clients of the groups that each kind of rule measures, as the facts of the small bank make them by hand."""
LIMITS = {  # rule: (whom, fraction, of what)
    "CN_LE_SINGLE_15": ("client", 0.15, "tier1"),
    "CN_LOAN_SINGLE_10": ("client", 0.10, "net_capital"),
    "CN_LE_GROUP_20": ("connected", 0.20, "tier1"),
    "CN_GROUP_CREDIT_15": ("control", 0.15, "net_capital"),
}


def capital(tier1: float, net: float = 700.0) -> list[tuple[str, dict[str, object]]]:
    return [stated("bank", "tier1", tier1), stated("bank", "net_capital", net)]


def asked(engine: Engine, **more: object) -> BookLimits:
    return book_limits(engine, BANK, moment=engine.moment(), **more).answer  # type: ignore[arg-type]


def members(one: LimitFinding) -> frozenset[str]:
    return frozenset({party.id.removeprefix("r:") for party in one.members} & OWED.keys())


def by_hand(tier1: float, net: float, *, low: float, high: float) -> dict[tuple[str, frozenset[str]], float]:
    """Use of each limit by each client and group that lies above one fraction of it and not above another."""
    used = {}
    for rule, (whom, fraction, base) in LIMITS.items():
        sets = [{name} for name in OWED] if whom == "client" else GROUPS[whom]
        limit = fraction * {"tier1": tier1, "net_capital": net}[base]
        used |= {(rule, frozenset(group)): sum(OWED[x] for x in group) / limit for group in sets}
    return {key: use for key, use in used.items() if low < use <= high}


@pytest.mark.parametrize("tier1", [400.0, 600.0, 1250.0, 5000.0])
@pytest.mark.parametrize(("state", "low", "high"), [("breach", 1.0, 1e9), ("near", 0.8 - 1e-12, 1.0)])
def test_findings_are_those_of_sums_by_hand(tmp_path: Path, tier1: float, state: str, low: float, high: float) -> None:
    told = asked(bank(tmp_path, *capital(tier1)), state=state)
    found = {(one.rule, members(one)): one.use for one in told.findings}
    assert found == pytest.approx(by_hand(tier1, 700.0, low=low, high=high))
    assert [one.use for one in told.findings] == sorted((one.use for one in told.findings), reverse=True)


def test_what_only_the_wide_reading_breaks_is_said_and_refers(tmp_path: Path) -> None:
    """Of 250 the confirmed group uses 230, with what is suspected 270."""
    told = asked(bank(tmp_path, *capital(1250.0, 5000.0)), state="breach")
    (one,) = told.findings
    assert (one.rule, one.exposure, one.limit, one.certain) == ("CN_LE_GROUP_20", 270.0, 250.0, False)
    assert one.certain_exposure == 230.0  # of the parent's firms, and s who depends on them as confirmed
    assert {rule.rule: rule.state for rule in told.rules}["CN_LE_GROUP_20"] == "refer"
    assert told.state == "refer"


def test_a_breach_that_is_certain_is_one(tmp_path: Path) -> None:
    told = asked(bank(tmp_path, *capital(600.0)))
    sure = {one.rule: one.certain for one in told.findings if one.state == "breach" and one.whom == "group"}
    assert sure == {"CN_LE_GROUP_20": True, "CN_GROUP_CREDIT_15": True}
    assert told.state == "breach"
    assert next(one for one in told.findings if one.rule == "CN_LE_GROUP_20").binding


def test_why_a_book_stands_as_it_does_is_told_in_both_languages(tmp_path: Path) -> None:
    """p's firms and who depends on them come to 270 of 120, each rule, state and group by its Chinese name too."""
    engine = bank(tmp_path, *capital(600.0))
    reasons = book_limits(engine, BANK, moment=engine.moment()).reasons
    halves = [reason.partition(" · ")[2] for reason in reasons]
    assert all(re.search("[一-鿿]", half) for half in halves)
    assert any(half.startswith("超限：") for half in halves)
    assert any(half.startswith("r:p所在集团（客户4个）") and "（CN_LE_GROUP_20）" in half for half in halves)


def test_a_group_goes_by_who_is_on_top_under_every_rule_and_says_what_is_counted(tmp_path: Path) -> None:
    """p, which owes nothing, holds a1 and a2; s, which was confirmed to depend on a1, owes too; t, suspected, as well:
    p is a member under both rules, and the group has as many as the question on the groups of p tells."""
    engine = bank(tmp_path, *capital(600.0))
    told = asked(engine, state="breach")
    groups = {one.rule: one for one in told.findings if one.whom == "group"}
    assert {rule: named(one) for rule, one in groups.items()} == {
        "CN_LE_GROUP_20": "group of r:p (5 members, 4 of them clients)",
        "CN_GROUP_CREDIT_15": "group of r:p (3 members, 2 of them clients)",
    }
    for kind, rule in (("connected", "CN_LE_GROUP_20"), ("group-clients", "CN_GROUP_CREDIT_15")):
        found = groups_question(engine, "r:p", kind=kind, lender=told.lender.id, moment=engine.moment()).answer
        (whole,) = found.with_suspected or found.groups
        assert groups[rule].size == whole.page.total
    sizes = {(one.size, one.clients_page.total) for one in told.groups}
    assert sizes == {(5, 4), (3, 2)}


def test_large_exposures_are_those_above_two_and_a_half_per_cent_of_tier_1(tmp_path: Path) -> None:
    told = asked(bank(tmp_path, *capital(1000.0)), state="large")
    large = {frozenset({name}) for name, owed in OWED.items() if owed > 25.0} | {frozenset(GROUPS["connected"][0])}
    assert {members(one) for one in told.findings} == large
    assert next(one.of_capital for one in told.findings) == pytest.approx(0.27)


def test_missing_capital_is_told_and_never_passes(tmp_path: Path) -> None:
    told = asked(bank(tmp_path))
    assert {rule.state for rule in told.rules} == {"refer"}
    assert (told.state, told.findings) == ("refer", ())
    assert any(gap.startswith("Tier 1 capital of the lender is missing") for gap in told.gaps)
    assert asked(bank(tmp_path / "again"), state="untold").page.total > 0


def test_a_rule_that_was_not_read_refers_and_says_so(tmp_path: Path) -> None:
    told = asked(bank(tmp_path, *capital(1e6, 1e6)))
    states = {rule.rule: rule.state for rule in told.rules}
    assert states["CN_LE_SINGLE_15"] == "within"
    assert states["CN_LE_ANONYMOUS_15"] == "refer"
    assert any("CN_LE_ANONYMOUS_15 was not read" in gap for gap in told.gaps)


def test_an_amount_that_is_not_known_keeps_nothing_within(tmp_path: Path) -> None:
    facility = lent("x", 0.0, drawn=None, undrawn=None)
    told = asked(bank(tmp_path, facility, *capital(1e6, 1e6)), state="untold")
    assert {"CN_LE_SINGLE_15", "CN_LOAN_SINGLE_10"} <= {
        one.rule for one in told.findings if one.unknown and {party.id for party in one.members} == {"r:x"}
    }


def test_a_lender_without_rule_sets_is_told_how_to_state_them(tmp_path: Path) -> None:
    engine = bank(tmp_path)
    told = book_limits(engine, "r:other", moment=engine.moment()).answer
    assert (told.state, told.rules) == ("refer", ())
    assert "rule_sets" in told.gaps[0]


def test_related_parties_of_the_lender_stand_with_what_makes_them_so(tmp_path: Path) -> None:
    held = ("OWNS", {"from": "r:m", "to": BANK, "share": 0.05})
    net = stated("bank", "net_capital", 700.0)[1] | {"period_end": day("2024-03-31")}
    told = asked(bank(tmp_path, held, ("Statement", net), stated("bank", "tier1", 600.0)))
    assert {one.party.id: (one.why, one.exposure) for one in told.related} == {
        "r:m": ("holder", 0.0), "r:w": ("kin", 0.0), "r:f2": ("controlled", OWED["f2"]),
    }  # fmt: skip
    (whole,) = [rule for rule in told.rules if rule.rule == "CN_RELATED_ALL_50"]
    assert (whole.limit, whole.figure_day) == (350.0, day("2024-03-31"))


def test_collateral_is_taken_off_and_shown(tmp_path: Path) -> None:
    pledge = {"from": "r:a1", "to": BANK, "kind": "deposit", "value": 30.0, "currency": "CNY", "facility_id": "L-a1"}
    told = asked(bank(tmp_path, ("PLEDGES", pledge), *capital(400.0)), state="breach")
    (one,) = [one for one in told.findings if one.rule == "CN_LE_SINGLE_15" and members(one) == {"a1"}]
    assert (one.gross, one.protected, one.taken_over, one.exposure) == (100.0, 30.0, 0.0, 70.0)


def test_what_a_bank_stands_in_for_is_shown_with_its_guarantee_as_a_source(tmp_path: Path) -> None:
    """The other bank owes nothing and guarantees 40 of a1's 100, and 90 for a facility that nobody knows."""
    promise = {"from": "r:other", "to": "r:a1", "creditor": BANK, "currency": "CNY"}
    given = [("GUARANTEES", {**promise, "facility_id": x, "amount": n}) for x, n in (("L-a1", 40.0), ("gone", 90.0))]
    other = ("Profile", {"party": "r:other", "name": "Other", "lender_class": "bank"})
    engine = bank(tmp_path, other, *given, *capital(600.0))
    answer = book_limits(engine, BANK, state="large", moment=engine.moment())
    (one,) = [one for one in answer.answer.findings if one.top.id == "r:other"]
    assert (one.gross, one.taken_over, one.exposure, one.facilities) == (0.0, 40.0, 40.0, ())
    assert [(fact.tail.id, fact.head.id, fact.values["amount"]) for fact in one.guarantees] == [
        ("r:other", "r:a1", 40.0)
    ]
    assert {fact.fact_id for fact in one.guarantees} <= {source.fact_id for source in answer.sources}
    assert not any(one.guarantees for one in answer.answer.findings if one.taken_over == 0)


def test_groups_of_findings_are_proved_and_their_facilities_are_sources(tmp_path: Path) -> None:
    engine = bank(tmp_path, *capital(600.0))
    told = book_limits(engine, BANK, moment=engine.moment())
    proved = [{one.member.party.id for one in group.clients} for group in told.answer.groups]
    assert {party(x) for x in GROUPS["connected"][0]} in proved
    facts = set(chain.from_iterable((fact.fact_id for fact in one.facilities) for one in told.answer.findings))
    cited = {source.fact_id for source in told.sources}
    assert facts <= cited
    assert {"Statement", "LENDS"} <= {source.kind for source in told.sources}


def test_pages_follow_each_other(tmp_path: Path) -> None:
    engine = bank(tmp_path, *capital(600.0))
    whole = asked(engine, limit=1000).findings
    pages = [asked(engine, limit=2, offset=at).findings for at in range(0, len(whole) + 2, 2)]
    assert [(one.rule, members(one)) for page in pages for one in page] == [(one.rule, members(one)) for one in whole]


def test_more_exposure_never_lowers_a_use(tmp_path: Path) -> None:
    before = asked(bank(tmp_path / "a", *capital(600.0)), limit=1000)
    after = asked(bank(tmp_path / "b", *capital(600.0), lent("a1", 5.0, facility_id="more")), limit=1000)
    uses = {(one.rule, members(one)): one.use or 0.0 for one in after.findings}
    assert all(uses[one.rule, members(one)] >= (one.use or 0.0) for one in before.findings if one.state == "breach")


def test_what_cannot_be_asked_is_said(tmp_path: Path) -> None:
    engine = bank(tmp_path)
    for near in (0.0, 1.5):
        with pytest.raises(InvalidQuestion, match="no share of a limit"):
            asked(engine, near=near)
    with pytest.raises(InvalidQuestion, match="no state broken"):
        asked(engine, state="broken")
    with pytest.raises(UnknownParty, match="given as the lender"):
        book_limits(engine, "r:nobody", moment=engine.moment())


def test_a_group_client_is_called_in_a_limit_as_in_its_groups(tmp_path: Path) -> None:
    """`sub`, the only client of three, and `sib` with `one`: each group is called by who is on top of it."""
    held = {("r:z", "r:p"): 1.0, ("r:p", SUB): 0.8, ("r:q", SIB): 0.8, (SIB, ONE): 0.9}
    engine = opened(write(tmp_path, held=held), "keep")
    moment = engine.moment()
    found = book_limits(engine, BANK, near=0.3, moment=moment).answer.findings
    called = {one.top.id: one.controller for one in found if one.rule == "CN_GROUP_CREDIT_15"}
    assert set(called) == {SUB, SIB}
    for member, controller in called.items():
        (group,) = groups_question(engine, member, kind="group-clients", moment=moment).answer.groups
        assert controller == group.top
