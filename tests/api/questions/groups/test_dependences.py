from pathlib import Path

from analytics.structure.dependence.rules import criterion_names
from api.engine import Engine
from api.questions import book_groups, groups
from api.questions.group_report import group_report
from api.report import group_page
from tests.api.questions.limits import test_doubts as doubts
from tests.api.questions.limits.test_doubts import BANK, A, B, fact, item, lender, loan, year

GIVEN = {"cn-annex1-1", "basel-lex10-1"}
"""Criteria whose text gives a figure: half of income or expenditure."""
COMPUTED = {"receipts_share", "expenditure_share", "output_share", "guarantee_ratio", "repayment_share",
            "receivable_share", "funding_share"}  # fmt: skip


def bank(folder: Path, *facts: doubts.Fact) -> Engine:
    """a and b owe 150 and 80 of 200 for a group; what makes a depend on b is given."""
    return doubts.engine(folder, lender(), *doubts.CAPITAL, loan(A, "1", 130.0), loan(B, "2", 80.0), *facts)


def told(asked: Engine) -> list[list[str]]:
    """What a question on groups, a credit check and the book give as reasons."""
    request = doubts.Request(applicant=A, lender=BANK, facility=doubts.Asked(amount=10.0, currency="CNY"))
    moment = asked.moment(currency="CNY")
    answers = (
        groups(asked, A, lender=BANK, moment=moment),
        doubts.credit_check(asked, request, moment=moment),
        book_groups(asked, BANK, moment=moment),
    )
    return [list(answer.reasons) for answer in answers]


def test_criteria_whose_text_gives_no_figure_say_that_the_threshold_is_our_own() -> None:
    for name, criterion in criterion_names().items():
        computed = any(check.figure in COMPUTED for check in criterion.checks)
        assert (criterion.note is not None) == (computed and name not in GIVEN), name


def test_a_threshold_of_our_own_is_told_as_such_wherever_it_was_reached(tmp_path: Path) -> None:
    """a guarantees b's 80 with net assets of 50; how many net assets are too few no text says."""
    asked = bank(
        tmp_path,
        fact("GUARANTEES", A, B, amount=80.0, currency="CNY", creditor=BANK),
        item("net_assets", 50.0, party=A),
    )
    for reasons in told(asked):
        (said,) = [one for one in reasons if "our own reading" in one]
        assert said.startswith("cn-annex1-2: ")
        assert "系本系统口径" in said
    report = group_report(asked, A, lender=BANK, moment=asked.moment(currency="CNY"))
    assert "系本系统口径" in group_page(report, language="zh")
    assert "our own reading" in group_page(report, language="en")


def test_a_threshold_of_the_text_is_told_without_a_reserve(tmp_path: Path) -> None:
    asked = bank(tmp_path, fact("SUPPLIES", A, B, amount=60.0, currency="CNY"), year(A, "revenue", 100.0))
    reasons = told(asked)
    assert all(any("cn-annex1-1" in one for one in some) for some in reasons[:2])
    assert any("only with what is possible or suspected" in one for one in reasons[2])
    assert not any("our own reading" in one for some in reasons for one in some)
