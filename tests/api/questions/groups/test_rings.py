"""A ring whose members hold each other is on top of what it holds; none of its members is."""

import re
from pathlib import Path

import pytest

from api import questions
from api.questions.group_report import group_report
from api.questions.limits.applications import Asked, Request
from api.report import group_page
from tests.api.questions.overstated import BANK, ONE, SUB, TWO, opened, write

RING = {(ONE, TWO): 1.0, (TWO, ONE): 1.0, (TWO, SUB): 0.8}


@pytest.mark.parametrize("kind", ["connected", "group-clients"])
def test_nobody_is_told_on_top_of_a_closed_block(tmp_path: Path, kind: str) -> None:
    engine = opened(write(tmp_path, held=RING), "keep")
    answer = questions.groups(engine, SUB, kind=kind, moment=engine.moment())
    (group,) = answer.answer.groups
    assert {one.id for one in group.ring} == {ONE, TWO}
    assert {member.party.id: member.why for member in group.members}[ONE] == "ring"
    assert "top" not in {member.why for member in group.members}
    (said,) = [reason for reason in answer.reasons if "control each other" in reason]
    assert ONE in said
    assert "相互控制" in said


def test_who_holds_and_is_not_held_is_on_top(tmp_path: Path) -> None:
    engine = opened(write(tmp_path, held={(ONE, TWO): 1.0, (TWO, SUB): 0.8}), "keep")
    (group,) = questions.groups(engine, SUB, moment=engine.moment()).answer.groups
    assert (group.top.id, group.ring, group.members[0].why) == (ONE, (), "top")


def test_who_holds_itself_alone_is_on_top(tmp_path: Path) -> None:
    engine = opened(write(tmp_path, held={(ONE, ONE): 0.6, (ONE, SUB): 0.8}), "keep")
    (group,) = questions.groups(engine, SUB, moment=engine.moment()).answer.groups
    assert (group.top.id, group.ring) == (ONE, ())


def test_a_credit_check_puts_nobody_on_top_of_a_ring(tmp_path: Path) -> None:
    engine = opened(write(tmp_path, held=RING), "keep")
    request = Request(applicant=SUB, lender=BANK, facility=Asked(amount=5.0, currency="CNY"))
    value = questions.credit_check(engine, request, moment=engine.moment()).answer
    assert {group.kind for group in value.groups} == {"control", "connected"}
    for group in value.groups:
        first = group.steps[0]
        assert (first.party.id, first.how_zh) == (ONE, "位于相互控制的环内，无最终控制人")
        assert "nobody on top" in first.how


@pytest.mark.parametrize(("language", "top", "ring"), [
    ("en", "on top", "control each other: nobody is on top"), ("zh", "最终控制方", "相互控制：组上无最终控制人"),
])  # fmt: skip
def test_the_report_names_the_ring(tmp_path: Path, language: str, top: str, ring: str) -> None:
    engine = opened(write(tmp_path, held=RING), "keep")
    page = group_page(group_report(engine, SUB, moment=engine.moment()), language=language)
    assert ring in re.sub(r"<[^>]*>", "", page)
    assert f"<p>{top}</p>" not in page
