import re
from pathlib import Path

import pytest

from api.answers.namesakes import distinguished
from api.draw.page import draw
from api.engine import Engine, Place
from api.printing import frame
from api.questions import changes, control, credit_check, earlier, exposure, guarantees, links, network, owners
from api.questions.group_report import group_report
from api.questions.limits.applications import Asked, Request
from api.report import group_page, linkage_page
from tests.api.questions.limits import test_doubts as doubts
from tests.api.world import Book, instant

ONE, OTHER, TOP, BANK = (f"r:{name}" for name in ("one", "other", "top", "bank"))
SAME, DAY = "同名有限公司", "2024-01-01"


@pytest.fixture(scope="module")
def same(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A holding with two firms of one name, of which one holds and guarantees the other; both owe a bank."""
    folder = tmp_path_factory.mktemp("same")
    names = {ONE: SAME, OTHER: SAME, TOP: "控股有限公司", BANK: "银行"}
    held = [(TOP, ONE, 0.6), (TOP, OTHER, 0.3), (ONE, OTHER, 0.3)]
    facts: list[tuple[str, dict[str, object]]] = [
        ("OWNS", {"from": a, "to": b, "share": share, "directness": "direct"}) for a, b, share in held
    ]
    facts += [
        ("LENDS", {"from": BANK, "to": x, "facility_id": x, "kind": "loan", "drawn": 1e6, "currency": "CNY"})
        for x in (ONE, OTHER)
    ]
    facts.append(("GUARANTEES", {"from": ONE, "to": OTHER, "creditor": BANK, "amount": 1e6, "currency": "CNY"}))
    facts += [("Profile", {"party": party, "name": name}) for party, name in names.items()]
    book = Book(folder / "columns")
    book.load(dict.fromkeys(names, "Company"), facts, closed_at=instant(DAY))
    return Engine.open(Place(folder))


def printed(answer: object, capsys: pytest.CaptureFixture[str]) -> str:
    frame.show(answer, as_json=False)  # type: ignore[arg-type]
    return capsys.readouterr().out.partition("\nsources")[0]


def test_words_and_tables_tell_two_parties_of_one_name_apart(
    same: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the name stands its id stands in the same line."""
    monkeypatch.setenv("COLUMNS", "400")
    moment = same.moment(currency="CNY")
    before = earlier(moment, valid_at=None, known_at=instant("2020-01-01"))
    for answer in (
        links(same, [ONE, OTHER], moment=moment),
        exposure(same, ONE, lender=BANK, moment=moment),
        guarantees(same, ONE, moment=moment),
        control(same, OTHER, moment=moment),
        owners(same, OTHER, moment=moment),
        changes(same, TOP, since=before, moment=moment),
    ):
        lines = printed(answer, capsys).splitlines()
        said = [line for line in lines if SAME in line]
        assert said
        for line in said:
            assert line.count(SAME) <= len(re.findall(f"{ONE}|{OTHER}", line)), line


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_and_pictures_tell_them_apart(same: Engine, language: str) -> None:
    moment = same.moment(currency="CNY")
    page = linkage_page(links(same, [ONE, OTHER], moment=moment), language=language)
    paper = group_page(group_report(same, ONE, lender=BANK, moment=moment), language=language)
    for text in (page.partition("</header>")[2], paper.partition("</header>")[2]):
        seen = re.sub(r"<[^>]*>", "\n", text)
        assert f"{SAME} ({ONE})" in seen
        bare = [line for line in seen.splitlines() if line.strip() == SAME]
        beside = re.findall(rf"{SAME}<br><small class=\"ids\">", text)
        assert len(bare) == len(beside)
    drawn = draw(network(same, ONE, hops=2, moment=moment))
    assert f"({ONE})" in drawn
    assert f"({OTHER})" in drawn


def test_what_is_not_known_and_what_would_pass_names_one_of_several_called_alike(tmp_path: Path) -> None:
    """b and c, whom p controls with a, and d, to whom a sells: whose amount is not known, and who is to pay down."""
    called = [("Profile", {"party": x, "name": SAME}) for x in (doubts.B, doubts.C, doubts.D)]
    held = [doubts.owns(doubts.P, x, 0.6) for x in (doubts.A, doubts.B, doubts.C)]
    owed = [doubts.loan(doubts.B, "b", 30.0), doubts.loan(doubts.C, "c1", 40.0), doubts.loan(doubts.C, "c2", 45.0)]
    silent = doubts.loan(doubts.B, "silent", None)  # type: ignore[arg-type]
    facts = (doubts.lender(), *doubts.CAPITAL, *called, *held, *owed, silent, doubts.fact(
        "SUPPLIES", doubts.A, doubts.D, amount=9.0, currency="CNY"))  # fmt: skip
    asked = doubts.engine(tmp_path, *facts)
    request = Request(applicant=doubts.A, lender=doubts.BANK, facility=Asked(amount=150.0, currency="CNY"))
    answer = credit_check(asked, request, moment=asked.moment())
    value = answer.answer
    said = [gap.en for gap in value.gaps] + [gap.zh for gap in value.gaps] + list(answer.reasons)
    said += [text for one in value.remedies for text in (one.text, one.text_zh)]
    assert {who for who in (doubts.B, doubts.C, doubts.D) if any(f"{SAME} ({who})" in text for text in said)} == {
        doubts.B, doubts.C, doubts.D,
    }  # fmt: skip
    assert [text for text in said if text.count(SAME) != text.count(f"{SAME} (")] == []


def test_as_json_a_name_stays_a_name(same: Engine) -> None:
    answer = links(same, [ONE, OTHER], moment=same.moment())
    assert [party.name for party in answer.answer.parties] == [SAME, SAME]
    assert any(f"{SAME} ({ONE})" in reason for reason in answer.reasons)


def test_where_all_names_differ_nothing_is_touched(same: Engine) -> None:
    value = links(same, [ONE, TOP], kinds=["OWNS"], steps=1, moment=same.moment()).answer
    assert {party.id for path in value.paths for party in path.parties} == {ONE, TOP}
    assert distinguished(value.paths) is value.paths
