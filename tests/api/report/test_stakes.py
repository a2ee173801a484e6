"""What the group report says is at stake with a party, alone or with its group."""

import re
from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.questions.group_report import group_report
from api.report import group_page
from tests.api.conftest import BANK
from tests.api.world import Book, instant


def test_a_party_in_no_group_has_its_own_stake_on_paper(tmp_path: Path) -> None:
    """The bank lent it 70, and it guarantees 20 of what another owes."""
    lent = [
        ("LENDS", {"from": BANK, "to": party, "facility_id": party, "kind": "loan", "drawn": amount, "currency": "CNY"})
        for party, amount in (("r:solo", 70.0), ("r:other", 50.0))
    ]
    promise = ("GUARANTEES", {"from": "r:solo", "to": "r:other", "amount": 20.0, "currency": "CNY"})
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys([BANK, "r:solo", "r:other"], "Company"), [*lent, promise], closed_at=instant("2024-01-01"))
    asked = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    answer = group_report(asked, "r:solo", lender=BANK, moment=asked.moment())
    (own,) = answer.answer.alone
    assert (answer.answer.sheets, own.direct, own.contingent) == ((), 70.0, 20.0)
    assert own.party is not None
    assert own.party.id == "r:solo"
    for language, said in (("en", "CNY 70 directly, CNY 20 by guarantees"), ("zh", "直接 70元，因担保 20元")):
        assert said in group_page(answer, language=language)
    idle = group_report(asked, BANK, lender="r:solo", moment=asked.moment())
    assert f"Nothing is at stake with {BANK}." in group_page(idle)


@pytest.mark.parametrize("held", [False, True], ids=["alone", "in a group"])
@pytest.mark.parametrize(
    ("drawn", "en", "zh"),
    [
        ([None], "1 amount not disclosed.", "1 笔金额未披露。"),
        ([70.0, None, None], "CNY 70 directly, CNY 0 by guarantees; 2 amounts not disclosed.",
         "直接 70元，因担保 0元；2 笔金额未披露。"),
        ([70.0], "CNY 70 directly, CNY 0 by guarantees.", "直接 70元，因担保 0元。"),
    ],
)  # fmt: skip
def test_an_amount_that_is_not_known_is_no_nothing(
    tmp_path: Path, drawn: list[float | None], en: str, zh: str, *, held: bool
) -> None:
    facts: list[tuple[str, dict[str, object]]] = [
        ("LENDS", {"from": BANK, "to": "r:a", "facility_id": str(n), "kind": "loan", "drawn": x, "currency": "CNY"})
        for n, x in enumerate(drawn)
    ]
    facts += [("OWNS", {"from": "r:top", "to": "r:a", "share": 0.6})] if held else []
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys([BANK, "r:a", "r:top"], "Company"), facts, closed_at=instant("2024-01-01"))
    asked = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    answer = group_report(asked, "r:a", lender=BANK, moment=asked.moment(currency="CNY"))
    assert bool(answer.answer.sheets) is held
    for language, said, colon in (("en", en, ": "), ("zh", zh, "：")):
        page = group_page(answer, language=language)
        short = re.findall(r"<li>(.*?)</li>", page.partition("<ul>")[2].partition("</ul>")[0])
        assert [line.rpartition(colon)[2] for line in short if BANK in line] == [said]


def test_what_is_not_disclosed_of_a_guarantee_between_members_counts_once(tmp_path: Path) -> None:
    """What a owes the bank is not known, and its owner guarantees it: each has one amount, both together one."""
    facts: list[tuple[str, dict[str, object]]] = [
        ("LENDS", {"from": BANK, "to": "r:a", "facility_id": "1", "kind": "loan", "drawn": None, "currency": "CNY"}),
        ("GUARANTEES", {"from": "r:top", "to": "r:a", "creditor": BANK, "amount": 20.0, "currency": "CNY"}),
        ("OWNS", {"from": "r:top", "to": "r:a", "share": 0.6}),
    ]
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys([BANK, "r:a", "r:top"], "Company"), facts, closed_at=instant("2024-01-01"))
    asked = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    answer = group_report(asked, "r:a", lender=BANK, moment=asked.moment(currency="CNY"))
    stakes = answer.answer.sheets[0].stakes
    assert [(one.party is None, one.unknown_direct + one.unknown_contingent) for one in stakes] == [
        (False, 1), (False, 1), (True, 1),
    ]  # fmt: skip
    for language, said in (("en", "at stake once, disclosed or not"), ("zh", "无论金额是否披露均只计算一次")):
        assert said in group_page(answer, language=language)
