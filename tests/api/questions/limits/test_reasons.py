"""A credit check says why in Chinese too: whoever reads no English learns as much."""

import re
from pathlib import Path

import pytest

from api.questions import credit_check
from api.questions.limits.applications import Asked, Request
from tests.api.limits.test_standing import A, B, C, D, fact, lender, loan, owns
from tests.api.questions.limits.test_doubts import BANK, CAPITAL, engine

SAID = {"criterion": "cn-annex1-1", "verdict": "confirmed"}


@pytest.fixture
def reasons(tmp_path: Path) -> tuple[str, ...]:
    """c, whom b holds, depends on a, whom a holder controls: with 100 more a's group has 240 of 200."""
    facts = (
        lender(), *CAPITAL, loan(A, "1", 90.0), loan(C, "2", 50.0), owns(D, A, 0.6), owns(B, C, 0.7),
        fact("DEPENDS_ON", C, A, **SAID),
    )  # fmt: skip
    asked = engine(tmp_path, *facts)
    request = Request(applicant=A, lender=BANK, facility=Asked(amount=100.0, currency="CNY", kind="loan"))
    return credit_check(asked, request, moment=asked.moment()).reasons


def chinese(said: str) -> str:
    """What of a reason stands in Chinese."""
    return said.rpartition(" · ")[2]


def test_every_reason_of_a_refusal_ends_in_chinese(reasons: tuple[str, ...]) -> None:
    assert reasons[0].startswith("decline · 拒绝")
    assert [said for said in reasons[1:] if not re.search("[\u3400-\u9fff].*。$", chinese(said))] == []


def test_figures_and_names_are_the_same_in_both(reasons: tuple[str, ...]) -> None:
    (binding,) = (said for said in reasons if " could be lent" in said)
    assert chinese(binding) == (
        "可授信CNY 60：受一组非同业关联客户风险暴露约束，限额CNY 200（2023-12-31一级资本净额CNY 1,000的20%）。"
    )
    broken = next(said for said in reasons if said.startswith("CN_LE_GROUP_20") and "would be broken" in said)
    assert chinese(broken) == (
        f"一组非同业关联客户风险暴露突破：{D}所在组（3个主体）由CNY 140增至CNY 240，"
        "限额CNY 200（2023-12-31一级资本净额CNY 1,000的20%）。"
    )


def test_how_each_came_in_is_told(reasons: tuple[str, ...]) -> None:
    assert any(f"{A}由{D}（60%）控制" in chinese(said) for said in reasons)
    assert any(chinese(said) == f"其中{C}已认定经济依存（{A}）。" for said in reasons)


def test_own_shares_that_a_proof_needs_are_told_in_chinese_too(tmp_path: Path) -> None:
    """Of the 80 % of a that vote the 45 % of d are a majority, of all they are none."""
    facts = (lender(), *CAPITAL, loan(B, "1", 90.0), owns(D, A, 0.45), owns(A, A, 0.2), owns(D, B, 0.6))
    asked = engine(tmp_path, *facts)
    request = Request(applicant=A, lender=BANK, facility=Asked(amount=10.0, currency="CNY"))
    told = [said for said in credit_check(asked, request, moment=asked.moment()).reasons if "no vote on" in said]
    assert told
    assert all(f"{A}由{D}（45%）控制（公司自持的20%无表决权）" in chinese(said) for said in told)


def test_by_what_control_rests_is_told_in_chinese(tmp_path: Path) -> None:
    """Of a d has more votes than shares, of b it appoints the board."""
    board = fact("CONTROLS", D, B, basis="board", directness="direct")
    asked = engine(tmp_path, lender(), *CAPITAL, owns(D, A, 0.4, votes=0.55), board, loan(B, "1", 190.0))
    request = Request(applicant=B, lender=BANK, facility=Asked(amount=20.0, currency="CNY"))
    told = [chinese(said) for x in (A, B) for said in credit_check(asked, request.model_copy(update={"applicant": x}),
            moment=asked.moment()).reasons]  # fmt: skip
    assert any(f"{A}由{D}（40%，55% 表决权）控制" in said for said in told)
    assert any(f"{B}由{D}（董事会）控制" in said for said in told)
