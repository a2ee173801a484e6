"""A ring fence takes a company out of a group, and every answer says so, by whom and until when."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.engine import Engine, Place
from api.questions import credit_check, exposure, groups
from api.questions.group_report import group_report
from api.questions.limits.applications import Asked, Request
from api.report.group import group_page
from tests.api.world import Book, day, instant

TOP, SPV = "r:top", "r:spv"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A parent of a company whose control is ring-fenced until July 2024."""
    fence = {
        "from": SPV, "to": TOP, "criterion": "control", "verdict": "rejected", "reason": "bankruptcy-remote",
        "evidence": "legal opinion", "author": "李某", "valid_to": day("2024-07-01"),
    }  # fmt: skip
    facts = [("OWNS", {"from": TOP, "to": SPV, "share": 1.0}), ("DEPENDS_ON", fence)]
    Book(tmp_path / "columns").load({TOP: "Company", SPV: "Company"}, facts, closed_at=instant("2024-01-01"))
    return Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-12-31"))


@pytest.mark.parametrize("party", [TOP, SPV])
def test_a_ring_fence_is_told_with_reason_evidence_author_and_end(engine: Engine, party: str) -> None:
    answer = groups(engine, party, moment=engine.moment(valid_at=date(2024, 6, 30)))
    assert answer.answer.groups == ()
    (fence,) = answer.answer.fences
    assert (fence.fact.tail.id, fence.fact.head.id, fence.until) == (SPV, TOP, date(2024, 7, 1))
    told = " ".join(answer.reasons)
    assert all(part in told for part in ("李某", "bankruptcy-remote", "legal opinion", "2024-07-01"))
    assert "no control over it" not in told
    assert fence.fact.fact_id in {source.fact_id for source in answer.sources}
    assert "ring-fenced" in " ".join(exposure(engine, party, moment=engine.moment(valid_at=date(2024, 6, 30))).reasons)


def test_a_credit_check_says_what_keeps_the_applicant_out_of_a_group(engine: Engine) -> None:
    facility = Asked(amount=1.0, currency="CNY")
    request = Request(applicant=SPV, lender=TOP, facility=facility)
    told = credit_check(engine, request, moment=engine.moment(valid_at=date(2024, 6, 30))).reasons
    assert any("ring-fenced" in reason and "legal opinion" in reason for reason in told)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_of_a_fenced_company_names_the_judgement_as_its_source(engine: Engine, language: str) -> None:
    answer = group_report(engine, SPV, moment=engine.moment(valid_at=date(2024, 6, 30)))
    page = group_page(answer, language=language)
    assert all(part in page for part in ("李某", "bankruptcy-remote", "legal opinion", "2024-07-01", 'id="s1"'))


@pytest.mark.parametrize(("party", "out"), [("r:sub", SPV), (TOP, SPV), (SPV, TOP), ("r:below", TOP)])
def test_a_group_names_whom_a_ring_fence_keeps_out_of_it(tmp_path: Path, party: str, out: str) -> None:
    """A parent of two, one of them fenced, which has a company of its own: two groups, each without the other."""
    held = {(TOP, "r:sub"): 1.0, (TOP, SPV): 0.9, (SPV, "r:below"): 0.8}
    fence = {"from": SPV, "to": TOP, "criterion": "control", "verdict": "rejected", "author": "李某",
             "reason": "bankruptcy-remote", "valid_to": day("2024-07-01")}  # fmt: skip
    facts = [("OWNS", {"from": x, "to": y, "share": share}) for (x, y), share in held.items()]
    parties = dict.fromkeys({x for pair in held for x in pair}, "Company")
    Book(tmp_path / "columns").load(parties, [*facts, ("DEPENDS_ON", fence)], closed_at=instant("2024-01-01"))
    asked = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    answer = groups(asked, party, moment=asked.moment())
    (group,) = answer.answer.groups
    (kept,) = group.kept_out
    assert (kept.party.id, kept.fence.until) == (out, date(2024, 7, 1))
    assert kept.fence.fact.values["author"] == "李某"
    told = [reason for reason in answer.reasons if "ring-fenced" in reason]
    assert len(told) == 1
    assert all(part in told[0] for part in ("李某", "bankruptcy-remote", "2024-07-01", out))
    assert kept.fence.fact.fact_id in {source.fact_id for source in answer.sources}
    for language in ("en", "zh"):
        page = group_page(group_report(asked, party, moment=asked.moment()), language=language)
        assert all(part in page for part in ("李某", "bankruptcy-remote", "2024-07-01"))
    later = groups(asked, party, moment=asked.moment(valid_at=date(2024, 7, 1))).answer
    assert [one.kept_out for one in later.groups] == [()]


def test_when_it_expires_the_group_is_back(engine: Engine) -> None:
    found = groups(engine, SPV, moment=engine.moment(valid_at=date(2024, 7, 1))).answer
    assert (len(found.groups), found.fences) == (1, ())


@pytest.mark.parametrize("said", [("confirmed", "rejected"), ("rejected", "confirmed")])
@pytest.mark.parametrize("trust", [(0.9, 0.3), (0.3, 0.9), (0.5, 0.5)])
def test_a_dependence_that_one_source_confirms_and_another_rejects_stands_and_the_rejection_is_told(
    tmp_path: Path, said: tuple[str, str], trust: tuple[float, float]
) -> None:
    """Neither the more trusted nor the later word takes a risk away (README, decision 28)."""
    engine = contradicted(tmp_path, "cn-annex1-1", said, trust)
    found = groups(engine, TOP, moment=engine.moment())
    assert [{member.party.id for member in group.members} for group in found.answer.groups] == [{TOP, SPV}]
    (rejection,) = found.answer.overruled
    assert rejection.fact.values["author"] == "rejected"
    assert any("does not count" in reason for reason in found.reasons)
    assert any("does not count" in reason for reason in exposure(engine, SPV, moment=engine.moment()).reasons)


@pytest.mark.parametrize("said", [("confirmed", "rejected"), ("rejected", "confirmed")])
def test_a_ring_fence_that_another_source_denies_does_not_count(tmp_path: Path, said: tuple[str, str]) -> None:
    held = ("OWNS", {"from": TOP, "to": SPV, "share": 1.0})
    engine = contradicted(tmp_path, "control", said, (0.9, 0.3), held)
    found = groups(engine, TOP, moment=engine.moment()).answer
    assert (found.fences, len(found.overruled), found.groups[0].page.total) == ((), 1, 2)


def contradicted(
    folder: Path,
    criterion: str,
    said: tuple[str, str],
    trust: tuple[float, float],
    *more: tuple[str, dict[str, Any]],
) -> Engine:
    """Two sources judge one dependence of SPV on TOP, the second a day later; each names its verdict as author."""
    book = Book(folder / "columns")
    for n, (verdict, believed) in enumerate(zip(said, trust, strict=True)):
        judged = {"from": SPV, "to": TOP, "criterion": criterion, "verdict": verdict, "author": verdict}
        parties = {} if n else {TOP: "Company", SPV: "Company"}
        facts = [("DEPENDS_ON", judged), *(() if n else more)]
        book.load(parties, facts, closed_at=instant(f"2024-01-0{n + 1}"), source=f"s{n}", trust=believed)
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-12-31"))


def test_a_fence_where_nobody_controls_is_told_to_change_nothing(tmp_path: Path) -> None:
    fence = {
        "from": SPV, "to": TOP, "criterion": "control", "verdict": "rejected", "reason": "ring", "author": "李某",
        "evidence": "legal opinion", "valid_to": day("2024-07-01"),
    }  # fmt: skip
    for share, controls in ((0.5, False), ((0.4, 0.6, 0), True)):
        folder = tmp_path / str(controls)
        facts = [("OWNS", {"from": TOP, "to": SPV, "share": share}), ("DEPENDS_ON", fence)]
        Book(folder / "columns").load({TOP: "Company", SPV: "Company"}, facts, closed_at=instant("2024-01-01"))
        asked = Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-12-31"))
        told = " ".join(groups(asked, SPV, moment=asked.moment(valid_at=date(2024, 6, 30))).reasons)
        assert ("changes nothing" in told, "is ring-fenced" in told) == (not controls, controls)
