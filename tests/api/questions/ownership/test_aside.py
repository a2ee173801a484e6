"""Statements about holders that do not count: shown with the owners and the controllers, never hidden."""

from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.questions import control, groups, owners
from api.questions.group_report import group_report
from tests.api.limits.test_standing import BANK, A, B, C, P, item, lender, loan, owns
from tests.api.questions.limits.test_doubts import ask
from tests.api.world import Book, instant

HOLDER, FIRM, FAR, PERSON, SAME = (f"register:{n}" for n in ("holder", "firm", "far", "person", "same"))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A register says 40 %, a bank that is trusted less 60 %; of another firm only an indirect holding."""
    folder: Path = tmp_path_factory.mktemp("aside")
    book = Book(folder / "columns")
    firms = dict.fromkeys((HOLDER, FIRM, FAR, SAME), "Company")
    indirect = {"from": PERSON, "share": 0.75, "directness": "indirect"}
    stated = [
        owns(HOLDER, FIRM, 0.4),
        owns(HOLDER, SAME, 0.7),
        owns(PERSON, HOLDER, 1.0),
        ("OWNS", {**indirect, "to": FAR}),
        ("OWNS", {**indirect, "to": SAME, "share": 0.7}),
        ("CONTROLS", {"from": PERSON, "to": FAR, "basis": "board", "directness": "indirect"}),
    ]
    book.load({**firms, PERSON: "Person"}, stated, closed_at=instant("2024-02-01"))
    rivals = [owns(HOLDER, FIRM, 0.6, source="bank"), owns(HOLDER, SAME, 0.7, source="bank")]
    book.load({}, rivals, source="bank", trust=0.5, closed_at=instant("2024-03-01"))
    place = Place(folder)
    return Engine(place, place.facts(), clock=lambda: instant("2028-01-01"))


@pytest.mark.parametrize("question", [owners, control])
def test_what_a_less_trusted_source_says_is_shown_and_that_it_would_decide(told: Engine, question: object) -> None:
    said = question(told, FIRM, moment=told.moment())  # type: ignore[operator]
    (one,) = said.answer.aside.contested
    assert (one.stated.text, one.source, one.believed_source) == ("60%", "bank", "register")
    assert [fact.text for fact in one.believed] == ["40%"]
    assert one.differs
    assert one.decides
    assert one.stated.fact_id in {source.fact_id for source in said.sources}
    (sentence,) = [reason for reason in said.reasons if "bank states 60%" in reason]
    assert "would have a majority" in sentence
    assert "持有过半数表决权" in sentence


def test_a_source_that_says_the_same_is_no_contradiction(told: Engine) -> None:
    said = owners(told, SAME, moment=told.moment())
    assert [one.differs for one in said.answer.aside.contested] == [False]
    assert not any("bank states" in reason for reason in said.reasons)


@pytest.mark.parametrize(
    ("stated", "differs"),
    [((0.25, 0.5, 1), False), ((0.4, 0.4, 0), False), ((0.5, 0.75, 0), True), (0.39, True), ((0.75, 1.0, 0), True)],
)
def test_a_share_within_the_band_of_another_source_contradicts_nothing(
    tmp_path: Path, stated: object, *, differs: bool
) -> None:
    """The register believes 40 %: a band that holds it may be as true."""
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys((HOLDER, FIRM), "Company"), [owns(HOLDER, FIRM, 0.4)], closed_at=instant("2024-02-01"))
    book.load(
        {}, [owns(HOLDER, FIRM, stated, source="bank")], source="bank", trust=0.5, closed_at=instant("2024-03-01")
    )
    asked = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2028-01-01"))
    (one,) = owners(asked, FIRM, moment=asked.moment()).answer.aside.contested
    assert one.differs is differs


def test_what_is_stated_to_go_through_others_is_told_where_no_holding_bears_it_out(told: Engine) -> None:
    """Nothing is known between the person and the far firm: 75 % stated, nothing borne out, and no control."""
    said = owners(told, FAR, moment=told.moment())
    assert [(one.stated.kind, one.stated.tail.id, one.high, one.borne_out) for one in said.answer.aside.through] == [
        ("OWNS", PERSON, 0.0, False),
        ("CONTROLS", PERSON, 1.0, False),
    ]
    assert any("75% of register:far through others" in reason and "间接持有" in reason for reason in said.reasons)
    assert any("controls register:far through others" in reason for reason in said.reasons)


def test_what_the_chain_gives_bears_out_what_is_stated(told: Engine) -> None:
    """All of the holder, and 70 % of the firm by it: 70 %, as stated."""
    said = owners(told, SAME, moment=told.moment())
    (one,) = said.answer.aside.through
    assert (one.low, one.borne_out) == (pytest.approx(0.7), True)
    assert not any("through others" in reason for reason in said.reasons)


@pytest.fixture(scope="module")
def lent(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A lender's books: P controls b; a register gives P 40 % of a, and the holder c the rest."""
    folder: Path = tmp_path_factory.mktemp("lent")
    stakes = (item("tier1", 1000.0), item("net_capital", 1200.0), loan(A, "1", 10.0), loan(B, "2", 170.0))
    book = Book(folder / "columns")
    parties = dict.fromkeys((BANK, A, B, C), "Company") | {P: "Person"}
    said = (lender(), *stakes, owns(P, B, 0.6), owns(P, A, 0.4), owns(C, A, 0.6))
    book.load(parties, said, closed_at=instant("2024-01-15"))
    book.load({}, [owns(P, A, 0.6, source="bank")], source="bank", trust=0.5, closed_at=instant("2024-01-16"))
    place = Place(folder)
    return Engine(place, place.facts(), clock=lambda: instant("2024-06-30"))


def test_a_credit_check_tells_what_would_decide_by_the_source_believed_less(lent: Engine) -> None:
    """By the register a stands alone and passes; by the bank it would fall to P, who also controls b."""
    value = ask(lent, 30)
    assert value.verdict == "approve"
    (gap,) = [gap for gap in value.gaps if gap.kind == "disputed"]
    assert "bank states 60%" in gap.en
    assert "过半数" in gap.zh


def test_it_is_told_too_of_a_company_that_the_less_trusted_source_alone_puts_into_the_group(lent: Engine) -> None:
    """b asks: by the bank a would fall to P, as b does."""
    (gap,) = [gap for gap in ask(lent, 30, B).gaps if gap.kind == "disputed"]
    assert f"60% of {P} in {A}" in gap.en


@pytest.mark.parametrize("question", [groups, group_report])
def test_a_group_tells_what_sources_dispute(lent: Engine, question: object) -> None:
    said = question(lent, A, moment=lent.moment(currency="CNY"))  # type: ignore[operator]
    assert [one.stated.text for one in said.answer.aside.contested] == ["60%"]
    assert any("bank states 60%" in reason for reason in said.reasons)
