"""What printed answers show: aligned, numbered, counted, with a next step where they are empty."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from api import questions
from api.answers.frame import Answer
from api.draw import draw
from api.engine import Engine, Place
from api.printing import frame
from api.questions.group_report import group_report
from api.questions.limits.applications import Asked, Request
from api.questions.parties.search import Found
from api.report import group_page
from tests.api.conftest import ALONE, BANK, BUYER, HOLD, MINE, SHOP, B, owns
from tests.api.limits.test_standing import A, fact, lender, loan
from tests.api.questions.book import test_possible as doubts
from tests.api.questions.lending import bank, lent, promised, stated
from tests.api.questions.limits.test_doubts import BANK as LENDER
from tests.api.questions.limits.test_doubts import CAPITAL
from tests.api.questions.limits.test_doubts import engine as possible_engine
from tests.api.world import Book, instant


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    def show(answer: Answer[Any]) -> str:
        frame.show(answer, as_json=False)
        return capsys.readouterr().out

    return show


def test_what_would_break_if_dependences_held_has_a_table(tmp_path: Path, printed: Any) -> None:
    """a's 110 and b's 100 are above the 200 of a group; each may depend on the other."""
    asked = doubts.engine(tmp_path, doubts.RULES, doubts.RECENT, *doubts.OWED, doubts.SELLS, doubts.MORE)
    said = printed(questions.book_limits(asked, doubts.BANK, moment=asked.moment(currency="CNY")))
    assert "if what cannot be tested held (2)" in said
    assert re.search(r"CN_LE_GROUP_20 +r:a +r:b +CNY 210 +105%\s+r:a +CNY 200", said)


def test_chinese_and_english_names_stand_in_one_column(engine: Engine, printed: Any) -> None:
    said = printed(questions.network(engine, MINE, hops=2, limit=10, moment=engine.moment()))
    rows = re.findall(r"^ +[12]  .*?(?=Company|Person)", said, re.MULTILINE)
    assert len(rows) >= 5
    assert any(row.isascii() for row in rows)
    assert any(not row.isascii() for row in rows)
    assert len({cell_len(row) for row in rows}) == 1


def test_every_number_in_a_table_is_a_source_in_the_list(engine: Engine, printed: Any) -> None:
    answer = questions.control(engine, B, moment=replace(engine.moment(), known_at=instant("2024-12-31T00:00:00")))
    above, below = printed(answer).split("sources", 1)
    used = {int(number) for number in re.findall(r"\[(\d+)\]", above)}
    listed = {int(number) for number in re.findall(r"^\[(\d+)\]", below, re.MULTILINE)}
    assert used == listed == set(range(1, len(answer.sources) + 1))


@pytest.mark.parametrize("name", ["search", "control", "upstream", "network"])
def test_a_page_behind_the_last_says_so_and_advises_nothing(engine: Engine, printed: Any, name: str) -> None:
    asked = "澜汀" if name == "search" else BUYER if name == "upstream" else B
    said = printed(getattr(questions, name)(engine, asked, offset=5_000, moment=engine.moment()))
    assert "this page lies behind the last" in said
    assert "next\n" not in said
    assert "of the 0 shown" not in said


def test_what_is_cut_is_counted(engine: Engine, printed: Any) -> None:
    said = printed(questions.upstream(engine, BUYER, limit=60, moment=engine.moment()))
    assert "… 241 more supplies in this tier" in said
    assert re.search(r"… \d+ more sources; --json has all", said)


def test_one_is_counted_as_one(engine: Engine, printed: Any) -> None:
    said = printed(questions.downstream(engine, MINE, moment=engine.moment()))
    assert "tier 1: 1 supply\n" in re.sub(" +\n", "\n", said)
    assert "… 1 more supply in this tier (" in printed(
        questions.upstream(engine, BUYER, limit=300, moment=engine.moment())
    )


@pytest.mark.parametrize("known_at", ["2024-12-31T10:30:00", "2025-01-15T00:00:00"], ids=["changed", "unchanged"])
def test_changes_are_headed_by_the_moment_they_are_counted_from(engine: Engine, printed: Any, known_at: str) -> None:
    moment = engine.moment()
    since = questions.earlier(moment, valid_at=None, known_at=instant(known_at))
    heading = printed(questions.changes(engine, B, since=since, moment=moment)).splitlines()[1]
    assert heading.startswith(f"since 2025-06-30, known by {known_at[:10]} {known_at[11:16]} UTC (")


def test_undrawn_amounts_counted_whole_are_counted(tmp_path: Path, printed: Any) -> None:
    loan = {"from": "r:a", "to": "r:b", "facility_id": "1", "kind": "loan", "drawn": 1.0, "undrawn": 40.0}
    Book(tmp_path / "columns").load(
        dict.fromkeys(("r:a", "r:b"), "Company"), [("LENDS", loan)], closed_at=instant("2024-01-01")
    )
    engine = Engine.open(Place(tmp_path))
    said = printed(questions.exposure(engine, "r:b", moment=engine.moment()))
    assert re.search(r"undrawn amounts counted whole +1\b", said)


def test_a_list_in_a_sources_note_reads_as_words_and_stays_as_said_in_json(tmp_path: Path, printed: Any) -> None:
    note = "Relationship Type: ['ownership-of-shares', 'voting-rights']"
    Book(tmp_path / "columns").load(
        dict.fromkeys(("r:a", "r:b"), "Company"), [owns("r:a", "r:b", 0.5, note=note)], closed_at=instant("2024-01-01")
    )
    engine = Engine.open(Place(tmp_path))
    answer = questions.party(engine, "r:b", moment=engine.moment())
    assert "Relationship Type: ownership-of-shares, voting-rights" in printed(answer)
    assert "Relationship Type: ownership-of-shares, voting-rights" in draw(
        questions.network(engine, "r:b", moment=engine.moment())
    )
    assert answer.sources[-1].note == note


def test_amounts_have_separators_and_currency_and_shares_a_sign(engine: Engine, printed: Any) -> None:
    moment = replace(engine.moment(), currency="CNY")
    stakes = printed(questions.exposure(engine, MINE, lender=BANK, moment=moment))
    assert "CNY 54,000,000" in stakes
    dossier = printed(questions.party(engine, B, moment=moment))
    assert "5,000,000,000" in dossier
    assert "60%" in dossier
    assert ">25–50%" in dossier


def test_of_the_votes_together_the_sum_is_printed(engine: Engine, printed: Any) -> None:
    """40 % through the holding company and 20 % directly are 60 %."""
    moment = engine.moment(known_at=instant("2024-12-31T00:00:00"))
    row = next(line for line in printed(questions.control(engine, B, moment=moment)).splitlines() if "= 60%" in line)
    assert "40%" in row
    assert "20%" in row


def test_what_guarantors_have_not_disclosed_is_never_printed_as_nothing(tmp_path: Path, printed: Any) -> None:
    """f2 guarantees f1, who owes 30, with an amount it keeps to itself; t guarantees another whose debt is silent."""
    loan, promise = lent("p", None), promised("t", "p", None, "r:bank")
    engine = bank(tmp_path, loan, promise, stated("f2", "total_equity", 40.0))
    said = printed(questions.book_guarantees(engine, "r:bank", moment=replace(engine.moment(), currency="CNY")))
    rows = [re.split(r" {2,}", line) for line in said[said.index("guarantors (") :].splitlines()]
    firsts = [next(at for at, row in enumerate(rows) if row[0] == party) for party in ("r:f2", "r:t", "r:a1")]
    f2, t, a1 = ([cells[1:] for cells in rows[at : at + 3]] for at in firsts)
    assert f2[0][:3] == ["not disclosed", "not disclosed", "CNY 40"]
    assert (f2[1][:2], f2[2][0]) == (["at most CNY 30", "for 1 customer"], "not disclosed")
    assert "%" not in "".join(f2[0])
    assert t[0][:2] == ["not disclosed"] * 2
    assert a1[0][:3] == ["CNY 60", "CNY 60", "CNY 100"]
    assert a1[1][:2] == ["expected CNY 0", "for 1 customer"]
    own = printed(questions.guarantees(engine, "r:f2", moment=replace(engine.moment(), currency="CNY")))
    assert "guarantees 1 party with 1 amount not disclosed · " in own


def test_a_rival_statement_stands_apart(engine: Engine, printed: Any) -> None:
    said = printed(questions.party(engine, HOLD, moment=engine.moment()))
    assert said.index("60%") < said.index("is not believed") < said.index("55%")


@pytest.mark.parametrize(
    ("ask", "next_step"),
    [
        (lambda e, m: questions.search(e, "no such name at all", moment=m), "part of the name"),
        (lambda e, m: questions.upstream(e, ALONE, moment=m), "load who supplies whom"),
        (lambda e, m: questions.links(e, [ALONE, SHOP], steps=1, moment=m), "--steps"),
        (lambda e, m: questions.control(e, BUYER, moment=m), "contagraph ask network"),
        (lambda e, m: questions.groups(e, ALONE, moment=m), "contagraph ask control"),
    ],
)
def test_where_there_is_nothing_the_next_step_is_said(engine: Engine, printed: Any, ask: Any, next_step: str) -> None:
    said = printed(ask(engine, engine.moment()))
    assert next_step in said.split("next", 1)[1]


def test_every_kind_of_answer_is_printed_and_has_a_next_step() -> None:
    assert set(frame.PRINTERS) == set(frame.NEXT)
    assert Found in frame.PRINTERS


def test_json_is_all_of_it(engine: Engine, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    answer = questions.upstream(engine, BUYER, limit=200, moment=engine.moment())
    frame.show(answer, as_json=True)
    assert capsysbinary.readouterr().out.count(b'"fact_id"') >= 2 * 200


def owned(folder: Path, parties: dict[str, str], *facts: tuple[str, dict[str, object]]) -> Engine:
    Book(folder / "columns").load(parties, list(facts), closed_at=instant("2024-01-01"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


def test_close_links_are_listed_to_the_tenth_and_counted_beyond_behind_the_beneficial_owners(
    tmp_path: Path, printed: Any
) -> None:
    """A person has 60 % of a firm with twelve daughters, each of which is closely linked to it."""
    firms = [f"r:d{n:02d}" for n in range(12)]
    asked = owned(
        tmp_path,
        {"r:p": "Person", **dict.fromkeys(["r:firm", *firms], "Company")},
        owns("r:p", "r:firm", 0.6),
        *[owns("r:firm", firm, 0.3) for firm in firms],
    )
    answer = questions.owners(asked, "r:firm", regime="UK_PSC", moment=asked.moment())
    crr, *_ = answer.answer.close_links
    assert (crr.page.total, len(crr.links)) == (13, 13)  # the twelve and the person
    said = printed(answer)
    assert said.index("beneficial owners") < said.index("(13)")
    tables = said[said.index("(13)") :].split("… 3 more close links")
    assert len(set(re.findall(r"r:d\d\d", tables[0]))) in (9, 10)
    assert len(tables) > 1


def test_a_band_whose_ends_print_alike_is_one_number_and_nothing_is_no_share(tmp_path: Path, printed: Any) -> None:
    """0.305601 to 0.305604 prints as 30.56 twice, and 1e-6 as nothing."""
    parties = {"r:p": "Person", "r:q": "Person", "r:s": "Person", "r:mid": "Company", "r:firm": "Company"}
    asked = owned(
        tmp_path,
        parties,
        owns("r:p", "r:firm", (0.305601, 0.305604, 0)),
        owns("r:q", "r:firm", 1e-6),
        owns("r:s", "r:mid", 1.0),
        owns("r:s", "r:firm", 0.2),
        owns("r:mid", "r:firm", 1e-6),
    )
    said = printed(questions.owners(asked, "r:firm", moment=asked.moment()))
    ends = said[said.index("owned in the end") : said.index("who decides")]
    assert "30.56%" in ends
    assert "30.56–30.56%" not in said
    assert "<0.01%" in ends
    assert "20% directly" in ends
    assert not re.search(r"(?<![\d.])0% (directly|through)", ends)


def test_a_ground_that_bands_only_allow_is_printed_as_possible(tmp_path: Path, printed: Any) -> None:
    """45 to 55 % passes the tests of 25 % for certain, and of more than half perhaps."""
    asked = owned(tmp_path, {"r:p": "Person", "r:firm": "Company"}, owns("r:p", "r:firm", (0.45, 0.55, 0)))
    said = printed(questions.owners(asked, "r:firm", regime="CN_2024", moment=asked.moment()))
    assert "possible: actual control" in said
    assert "possible: 25 %" not in said
    assert "who decides: nobody certainly" in " ".join(said.split())


def test_a_chain_of_guarantees_is_called_by_its_own_form_and_has_no_core(tmp_path: Path, printed: Any) -> None:
    asked = bank(tmp_path, promised("t", "p", 5.0, "r:bank"))
    said = printed(questions.guarantees(asked, "r:t", moment=asked.moment(currency="CNY")))
    assert "担保链 · each guarantees the next" in said
    assert "担保圈 · " not in said
    assert "core" not in said


def test_a_credit_check_says_which_figures_are_of_before_and_which_of_after(tmp_path: Path, printed: Any) -> None:
    """20 of a limit of 150 are used after, though 150 could be lent before; a plain exposure has one moment."""
    asked = possible_engine(tmp_path, lender("CN_LE_SINGLE_15"), doubts.RECENT)
    facility = Asked(amount=20.0, currency="CNY", kind="bond")
    request = Request(applicant=A, lender=LENDER, facility=facility)
    shown = printed(questions.credit_check(asked, request, moment=asked.moment()))
    assert "limit / room before" in shown
    assert "use after" in shown
    assert re.search(r"\b13(\.3+)?%", shown)
    plainly = printed(questions.exposure(asked, A, lender=LENDER, moment=asked.moment(currency="CNY")))
    assert "room before" not in plainly


def test_of_a_group_of_many_it_is_said_how_many_are_not_named(
    tmp_path: Path, printed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """a, which owes 90, sells to seven who owe 30 each: together 300 of 200; five are named, and three are not."""
    others = [f"r:m{k}" for k in range(7)]
    sold = [fact("SUPPLIES", A, one, amount=60.0, currency="CNY") for one in others]
    owed = [loan(A, "a", 90.0), *(loan(one, one, 30.0) for one in others)]
    asked = possible_engine(tmp_path, lender(), *CAPITAL, *owed, *sold, more=tuple(others))
    request = Request(applicant=A, lender=LENDER, facility=Asked(amount=1.0, currency="CNY", kind="bond"))
    answer = questions.credit_check(asked, request, moment=asked.moment())
    monkeypatch.setenv("COLUMNS", "400")
    named = f"{A}, {', '.join(others[:4])} and 3 more"
    assert any(f"a group of 8 parties ({named})" in reason for reason in answer.reasons)
    assert f"8 parties, if what cannot be tested holds: {named}" in printed(answer)
    page = group_page(group_report(asked, A, lender=LENDER, moment=asked.moment()), language="zh")
    assert f"{'、'.join([A, *others[:4]])}等8个" in page
