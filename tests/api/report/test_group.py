import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.questions import exposure
from api.questions.group_report import group_report
from api.report import group_page
from api.report.group import folded
from api.report.limited import limits_said
from api.report.proof import proof_of
from api.report.words import Words
from graph.errors import UnknownParty
from tests.api.conftest import ALONE, BANK, HOLD, MINE, NAMES, RING1, B
from tests.api.world import Book, instant


def test_each_member_has_what_brought_it_in_and_each_fact_who_would_leave(engine: Engine) -> None:
    (sheet,) = group_report(engine, MINE, lender=BANK, moment=engine.moment()).answer.sheets
    leaving = {(one.facts[0].tail.id, one.facts[0].head.id): {p.id for p in one.leave} for one in sheet.refuted}
    assert leaving == {
        (B, HOLD): {HOLD, MINE, RING1},
        (HOLD, MINE): {MINE},
        (B, MINE): {MINE},
        (HOLD, RING1): {RING1},
    }
    assert {member.party.id for member in sheet.group.members} == {B, HOLD, MINE, RING1}


def test_the_group_together_has_at_stake_what_the_exposure_question_says(engine: Engine) -> None:
    moment = engine.moment(currency="CNY")
    (group,) = exposure(engine, MINE, lender=BANK, moment=moment).answer.groups
    (sheet,) = group_report(engine, MINE, lender=BANK, moment=moment).answer.sheets
    assert sheet.stakes[-1].party is None
    assert (sheet.stakes[-1].direct, sheet.stakes[-1].contingent) == (group.stake.direct, group.stake.contingent)
    assert sum(one.direct for one in sheet.stakes[:-1]) == group.stake.direct


@pytest.fixture(scope="module")
def ringed(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A parent with twelve daughters, of which the first three guarantee each other in a circle, and a neighbour."""
    folder = tmp_path_factory.mktemp("ringed")
    firms = [f"r:{n:02d}" for n in range(12)]
    facts: list[tuple[str, dict[str, object]]] = [
        ("OWNS", {"from": "r:top", "to": firm, "share": 1.0, "directness": "direct"}) for firm in firms
    ]
    circle = [*firms[:3], firms[0]]
    facts += [
        ("GUARANTEES", {"from": a, "to": b, "amount": 5e6, "currency": "CNY", "facility_id": f"{a}{b}"})
        for a, b in zip([*circle, firms[0]], [*circle[1:], "r:else"], strict=False)
    ]
    facts.append(("GUARANTEES", {"from": "r:else", "to": firms[0], "amount": 1e6, "currency": "CNY"}))
    book = Book(folder / "columns")
    book.load(dict.fromkeys(["r:top", "r:else", *firms], "Company"), facts, closed_at=instant("2024-01-01"))
    return Engine(Place(folder), book.facts, clock=lambda: instant("2024-06-30"))


def test_only_circles_that_lie_wholly_among_the_members_are_counted(ringed: Engine) -> None:
    (sheet,) = group_report(ringed, "r:00", moment=ringed.moment()).answer.sheets
    assert [{party.id for party in circle.parties} for circle in sheet.circles] == [{"r:00", "r:01", "r:02"}]
    assert sheet.circles_page.total == 1


def test_the_group_is_summed_over_all_its_members_and_only_the_first_are_listed(tmp_path: Path) -> None:
    """1,500 daughters owe 1 each."""
    firms = [f"r:{n:04d}" for n in range(1_500)]
    facts: list[tuple[str, dict[str, object]]] = []
    for firm in firms:
        facts.append(("OWNS", {"from": "r:top", "to": firm, "share": 1.0}))
        facts.append(("LENDS", {"from": "r:bank", "to": firm, "facility_id": firm, "kind": "loan", "drawn": 1.0}))
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys(["r:top", "r:bank", *firms], "Company"), facts, closed_at=instant("2024-01-01"))
    asked = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    answer = group_report(asked, "r:top", lender="r:bank", moment=asked.moment())
    (sheet,) = answer.answer.sheets
    assert (sheet.group.page.total, sheet.stakes[-1].party, sheet.stakes[-1].direct) == (1_501, None, 1_500.0)
    assert (len(sheet.stakes) - 1, sheet.stakes_left) == (1_000, 500)
    assert "500 members more with something at stake" in group_page(answer, language="en")


def test_one_of_a_thing_is_told_as_one(tmp_path: Path) -> None:
    """A firm controlled twice over, so that one fact is idle, with one amount that is not disclosed."""
    facts: list[tuple[str, dict[str, object]]] = [
        ("OWNS", {"from": "r:top", "to": "r:firm", "share": 0.6}),
        ("CONTROLS", {"from": "r:top", "to": "r:firm", "basis": "contract"}),
        ("GUARANTEES", {"from": "r:firm", "to": "r:else", "creditor": "r:bank", "facility_id": "f"}),
        ("LENDS", {"from": "r:bank", "to": "r:else", "facility_id": "f", "kind": "loan", "drawn": 1.0}),
    ]
    book = Book(tmp_path / "columns")
    parties = dict.fromkeys(["r:top", "r:firm", "r:else", "r:bank"], "Company")
    book.load(parties, facts, closed_at=instant("2024-01-01"))
    asked = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    answer = group_report(asked, "r:top", lender="r:bank", moment=asked.moment())
    text = group_page(answer, language="en")
    assert "Refuted alone, 1 fact would let nobody leave" in text
    assert "1 amount not disclosed" in text
    assert "单独推翻时无成员退出" in group_page(answer, language="zh")


def test_many_daughters_are_drawn_as_one_mark_and_listed_each(ringed: Engine) -> None:
    answer = group_report(ringed, "r:00", moment=ringed.moment())
    text = group_page(answer, language="zh")
    assert "+ 另" in text
    for member in answer.answer.sheets[0].group.members:
        assert member.party.id in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_party_in_no_group_is_told_so(engine: Engine, language: str) -> None:
    text = group_page(group_report(engine, ALONE, moment=engine.moment()), language=language)
    assert ("stands alone" if language == "en" else "为单一客户") in text


def test_a_group_report_is_one_file(engine: Engine) -> None:
    text = group_page(group_report(engine, MINE, lender=BANK, moment=engine.moment()))
    assert "<script" not in text
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


def test_a_lender_that_nobody_knows_is_refused(engine: Engine) -> None:
    with pytest.raises(UnknownParty, match="lender"):
        group_report(engine, MINE, lender="register:nobody", moment=engine.moment())


def test_every_source_that_is_listed_is_cited_and_numbered_as_it_first_is(engine: Engine) -> None:
    text = group_page(group_report(engine, MINE, lender=BANK, moment=engine.moment()))
    cited = list(dict.fromkeys(re.findall(r'href="#s(\d+)"', text)))
    assert re.findall(r'<tr id="s(\d+)">', text) == cited == [str(at) for at in range(1, len(cited) + 1)]


def test_the_way_from_the_top_to_the_party_is_wide_and_told_in_short(engine: Engine) -> None:
    text = group_page(group_report(engine, MINE, lender=BANK, moment=engine.moment()))
    short = text.split("<h2>")[1]
    assert f"{NAMES[MINE]} comes in by way of {NAMES[B]} → {NAMES[HOLD]} → {NAMES[MINE]}." in short
    assert text.count('stroke-width="3.6"/><polygon') == 3
    above = group_page(group_report(engine, B, lender=BANK, moment=engine.moment()))
    assert 'stroke-width="3.6"/><polygon' not in above


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A top with thirty daughters, of which the first has four of its own and the next two have one together."""
    folder = tmp_path_factory.mktemp("wide")
    ties = [("top", f"a{n:02d}", 1.0) for n in range(30)] + [("a00", f"b{n}", 0.8) for n in range(4)]
    ties += [("a01", "c", 0.3), ("a02", "c", 0.3)]
    facts: list[tuple[str, dict[str, object]]] = [
        ("OWNS", {"from": f"r:{tail}", "to": f"r:{head}", "share": share, "directness": "direct"})
        for tail, head, share in ties
    ]
    parties = dict.fromkeys([f"r:{name}" for tail, head, _ in ties for name in (tail, head)], "Company")
    book = Book(folder / "columns")
    book.load(parties, facts, closed_at=instant("2024-01-01"))
    return Engine(Place(folder), book.facts, clock=lambda: instant("2024-06-30"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_large_group_has_a_line_a_member_under_whoever_brings_it_in(wide: Engine, language: str) -> None:
    answer = group_report(wide, "r:b1", moment=wide.moment())
    text = group_page(answer, language=language)
    table = re.search(r"<h2>(?:Members|集团成员).*?</table>", text, re.DOTALL)
    assert table
    rows = re.findall(r'<td class="n">(\d+)</td><td>.*?</td><td><small class="ids">(.*?)</small>', table[0])
    assert [number for number, _ in rows] == [str(at) for at in range(1, 37)]
    assert {party for _, party in rows} == {member.party.id for member in answer.answer.sheets[0].group.members}
    heads = re.findall(r'<tr class="head"><td colspan="4">(.*?)</td>', table[0])
    english = ["by r:top: 30 members", "by r:a00: 4 members", "other members, one each: 1 member"]
    chinese = ["经r:top纳入：30 个成员", "经r:a00纳入：4 个成员", "其他成员，各带入一个：1 个成员"]
    assert heads == (english if language == "en" else chinese)
    assert table[0].count('class="src"') == 30 + 4 + 2


def test_a_member_of_two_groups_is_told_to_be_in_the_other_too(tmp_path: Path) -> None:
    """One company that one person owns and another controls by agreement."""
    facts = [
        ("OWNS", {"from": "r:p", "to": "r:x", "share": 1.0, "directness": "direct"}),
        ("CONTROLS", {"from": "r:q", "to": "r:x", "basis": "agreement", "directness": "direct"}),
    ]
    book = Book(tmp_path / "columns")
    kinds = {"r:p": "Person", "r:q": "Person", "r:x": "Company"}
    book.load(kinds, facts, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    text = group_page(group_report(engine, "r:x", moment=engine.moment()))
    assert "also in: Group of r:p" in text
    assert "also in: Group of r:q" in text
    assert text.count("also in:") == 2


def test_a_wider_reading_tells_whom_it_adds_and_not_everybody_again(tmp_path: Path) -> None:
    """A daughter for certain, and one that a band allows."""
    facts = [
        ("OWNS", {"from": "r:p", "to": "r:x", "share": 1.0, "directness": "direct"}),
        ("OWNS", {"from": "r:p", "to": "r:y", "share_low": 0.5, "share_high": 0.75, "directness": "direct"}),
    ]
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys(["r:p", "r:x", "r:y"], "Company"), facts, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    answer = group_report(engine, "r:x", moment=engine.moment())
    assert [len(sheet.group.members) for sheet in answer.answer.sheets] == [2, 3]
    _, wider = group_page(answer).split('<h2 class="sheet">')[1:]
    (table,) = re.findall(r"<h2>Members.*?</table>", wider, re.DOTALL)
    assert re.findall(r"Company · (r:\w)", table) == ["r:y"]
    assert "In a group by what is certain, and told there with how each came in: 2 members." in table


@pytest.mark.parametrize(
    ("language", "beside", "apart"),
    [
        ("en", "put beside each group that it controls", "Government bodies control and do not connect."),
        ("zh", "政府机构分别并入其所控制的每一集团", "政府机构可以控制，但不作为连接点。"),
    ],
)
def test_the_method_says_of_government_bodies_what_the_lenders_rules_do(
    tmp_path: Path, language: str, beside: str, apart: str
) -> None:
    """A government body on top of a group of a lender of the Union; in China it is on top of none."""
    kinds = {"r:s": "State", "r:x": "Company", "r:y": "Company", "r:eu": "Company", "r:cn": "Company"}
    facts = [
        ("OWNS", {"from": "r:s", "to": "r:x", "share": 0.6}),
        ("OWNS", {"from": "r:x", "to": "r:y", "share": 0.6}),
        ("Profile", {"party": "r:eu", "name": "Bank", "rule_sets": "EU"}),
        ("Profile", {"party": "r:cn", "name": "银行", "rule_sets": "CN"}),
    ]
    Book(tmp_path / "columns").load(kinds, facts, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    for lender, top, said, unsaid in (("r:eu", "r:s", beside, apart), ("r:cn", "r:x", apart, beside)):
        answer = group_report(engine, "r:y", lender=lender, moment=engine.moment())
        assert answer.answer.sheets[0].group.top.id == top
        page = group_page(answer, language=language)
        assert said in page
        assert unsaid not in page


Held = list[tuple[str, str, object]]


def held_by(folder: Path, holdings: Held, *more: tuple[str, dict[str, object]]) -> Engine:
    """Parties `p…` are persons, all others companies."""
    parties = {f"r:{name}": "Person" if name.startswith("p") else "Company" for one in holdings for name in one[:2]}
    facts: list[tuple[str, dict[str, object]]] = [
        ("OWNS", {"from": f"r:{x}", "to": f"r:{y}", "share": share}) for x, y, share in holdings
    ]
    book = Book(folder / "columns")
    book.load({**parties, "r:bank": "Company"}, [*facts, *more], closed_at=instant("2024-01-01"))
    return Engine(Place(folder), book.facts, clock=lambda: instant("2024-06-30"))


def lines(engine: Engine, party: str, at: int = 0) -> set[tuple[str, str, str]]:
    """What a sheet's picture draws: from whom to whom, and what stands on the line."""
    answer = group_report(engine, party, moment=engine.moment())
    shown = proof_of(Words("en"), answer.answer.sheets[at], answer.answer.party)
    ends = [(fact.tail.id, fact.head.id, fact.kind) for fact in shown.facts]
    said = [Words("en").label(fact) for fact in shown.facts]
    return {(*key[:2], text + shown.notes.get(key, "")) for key, text in zip(ends, said, strict=True)}


def test_a_picture_draws_every_holding_that_makes_a_member_fall(tmp_path: Path) -> None:
    """`b` falls to 40 % of `h` and 15 % of `p` together: 55 %."""
    engine = held_by(tmp_path, [("p", "h", 0.6), ("h", "a", 0.55), ("h", "b", 0.4), ("p", "b", 0.15)])
    drawn = {("r:p", "r:h", "60%"), ("r:h", "r:a", "55%"), ("r:h", "r:b", "40%"), ("r:p", "r:b", "15%")}
    assert lines(engine, "r:a") == drawn


def test_where_a_holder_is_not_drawn_the_whole_stands_beside_its_part(tmp_path: Path) -> None:
    """Of twenty daughters those with two daughters of their own are drawn first, and `d19` is not; asked about `x`
    itself both are."""
    many: Held = [("p", f"d{n:02d}", 1.0) for n in range(20)]
    many += [(f"d{n:02d}", f"g{n:02d}{k}", 1.0) for n in range(1, 19) for k in range(2)]
    engine = held_by(tmp_path, [*many, ("d00", "x", 0.3), ("d19", "x", 0.25)])
    assert {text for _, head, text in lines(engine, "r:d00") if head == "r:x"} == {"30% of 55%"}
    alone = {text for _, head, text in lines(engine, "r:x") if head == "r:x"}
    assert alone == {"30%", "25%"}


@pytest.fixture
def banded(tmp_path: Path) -> Engine:
    """`p` may control `t`, which certainly controls `sub`."""
    return held_by(tmp_path, [("p", "t", (0.45, 0.55, 0)), ("t", "sub", 0.8)])


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Group of r:p, with control that is only possible"), ("zh", "以r:p为首的集团（含仅属可能的控制）")],
)
def test_a_wider_group_is_worded_by_what_is_in_it_and_tells_how_each_came_in(
    banded: Engine, language: str, title: str
) -> None:
    text = group_page(group_report(banded, "r:t", moment=banded.moment()), language=language)
    assert title in text
    assert "疑似经济依存）" not in text
    _, wider = text.split('<h2 class="sheet">')[1:]
    table = wider[wider.index("<tbody>") :]
    assert {"r:p", "r:t", "r:sub"} <= set(re.findall(r"· (r:\w+)", table))
    assert "45–55%" in table
    assert wider.count("<svg") >= 1


def test_what_is_only_possible_bears_a_question_mark_and_what_rests_on_it_none(banded: Engine) -> None:
    """That `t` has 80 % of `sub` is certain, whoever has `t`."""
    assert lines(banded, "r:t", at=1) == {("r:p", "r:t", "45–55% ?"), ("r:t", "r:sub", "80%")}
    text = group_page(group_report(banded, "r:t", moment=banded.moment()))
    assert "r:t comes in by way of r:p → r:t, which is only possible or suspected." in text


@pytest.mark.parametrize("held", [[("t", "sub", (0.5, 0.75, 1))], [("t", "sub", 0.48), ("sub", "sub", 0.1)]])
def test_a_majority_bears_no_question_mark_though_its_least_is_no_more_than_half(tmp_path: Path, held: Held) -> None:
    """More than half is one, and 48 % of a company that holds 10 % of itself."""
    found = lines(held_by(tmp_path, [("p", "t", (0.45, 0.55, 0)), *held]), "r:t", at=1)
    assert {(head, text[-1]) for _, head, text in found} == {("r:t", "?"), ("r:sub", "%")}


def bound(folder: Path, owed: float) -> Engine:
    """A bank of Tier 1 1,000 has lent a daughter 90 and its mother so much; a group may have 200, a client 150."""
    lent: list[tuple[str, dict[str, object]]] = [
        ("LENDS", {"from": "r:bank", "to": to, "facility_id": to, "kind": "loan", "drawn": drawn, "currency": "CNY"})
        for to, drawn in (("r:a", 90.0), ("r:h", owed))
    ]
    capital: list[tuple[str, dict[str, object]]] = [
        ("Statement", {"party": "r:bank", "period_end": date(2024, 3, 31), "months": 0, "standard": "CN",
                       "unit": "CNY", "item": item, "value": value})
        for item, value in (("tier1", 1000.0), ("net_capital", 1e6))
    ]  # fmt: skip
    profile = ("Profile", {"party": "r:bank", "name": "Bank", "rule_sets": "CN", "lender_class": "commercial bank"})
    return held_by(folder, [("h", "a", 0.6)], *lent, *capital, profile)


@pytest.mark.parametrize(
    ("owed", "use", "said", "zh"),
    [(140.0, "115%", "breaks the limit of CNY 200", "突破限额 200元"),
     (80.0, "85%", "comes near the limit of CNY 200", "接近限额 200元"),
     (40.0, "65%", "No limit that can be measured is broken", "均未突破")],
)  # fmt: skip
def test_for_a_lender_the_paper_says_what_the_group_uses_of_each_limit(
    tmp_path: Path, owed: float, use: str, said: str, zh: str
) -> None:
    engine = bound(tmp_path, owed)
    answer = group_report(engine, "r:a", lender="r:bank", moment=engine.moment(currency="CNY"))
    held = exposure(engine, "r:a", lender="r:bank", moment=engine.moment(currency="CNY")).answer.against
    assert [(one.rule.id, one.use, one.state) for one in answer.answer.against.lines] == [
        (one.rule.id, one.use, one.state) for one in held.lines
    ]
    text = group_page(answer)
    short, table = text.split("<h2>")[1:3]
    assert said in short
    assert re.search(rf"Group of r:h \(2 parties\)</td>.*?<td class=\"n\">200</td><td class=\"n\">{use}</td>", table)
    assert zh in group_page(answer, language="zh").split("<h2>")[1]


def test_letters_are_explained_where_there_are_any(tmp_path: Path) -> None:
    plain = held_by(tmp_path / "plain", [("h", "a", 0.6)])
    assert "Letters stand" not in group_page(group_report(plain, "r:a", moment=plain.moment()))
    note = ("OWNS", {"from": "r:h", "to": "r:b", "share": 0.7, "note": "as filed"})
    noted = held_by(tmp_path / "noted", [("h", "a", 0.6), ("h", "b", 0.1)], note)
    assert "Letters stand" in group_page(group_report(noted, "r:b", moment=noted.moment()))


def test_a_picture_too_wide_for_a_page_upright_stands_behind_all_text(tmp_path: Path) -> None:
    chain = [(f"c{n}", f"c{n + 1}", 0.6) for n in range(7)]
    engine = held_by(tmp_path, chain)
    text = group_page(group_report(engine, "r:c0", moment=engine.moment()))
    assert text.index('<section class="wide">') > text.index("Method and limits")
    assert "on a page of its own at the end" in text


def test_what_holds_of_every_group_is_said_once(tmp_path: Path) -> None:
    """a holds 60 % of b, and 40 to 60 % of c, who is in the wider group: nothing is at stake with either."""
    held = [
        ("OWNS", {"from": "r:a", "to": "r:b", "share": 0.6}),
        ("OWNS", {"from": "r:a", "to": "r:c", "share_low": 0.4, "share_high": 0.6}),
    ]
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys(["r:a", "r:b", "r:c"], "Company"), held, closed_at=instant("2024-01-01"))
    asked = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    answer = group_report(asked, "r:a", moment=asked.moment())
    assert len(answer.answer.sheets) == 2
    short = re.findall(r"<li>(.*?)</li>", group_page(answer).partition("In short")[2].partition("</ul>")[0])
    assert len(short) == len(set(short)) == 4  # two groups, nothing at stake, no circle


def test_what_comes_near_one_limit_is_said_once_the_fullest_first(tmp_path: Path) -> None:
    """Of a group at 85 % of its limit and another at 95 % the second is told, and that there is 1 more."""
    asked = bound(tmp_path, 80.0)
    value = group_report(asked, "r:a", lender="r:bank", moment=asked.moment(currency="CNY")).answer
    (line,) = [one for one in value.against.lines if one.rule.id == "CN_LE_GROUP_20"]
    both = replace(value, against=replace(value.against, lines=(line, replace(line, use=0.95))))
    (said,) = limits_said(Words("en"), both, lambda _: "G")
    assert "95% is used" in said
    assert said.endswith("The same, with no greater use, is told below of 1 more.")
    (alone,) = limits_said(Words("en"), replace(value, against=replace(value.against, lines=(line,))), lambda _: "G")
    assert "below" not in alone


def test_in_short_are_ten_sentences_at_most_and_how_many_more() -> None:
    """Of 22 nine are told, and that 13 more stand below."""
    short = folded(Words("en"), [f"{k}." for k in range(22)])
    assert (len(short), short[-1]) == (10, "And 13 more below.")
    assert folded(Words("zh"), ["一"] * 11)[-1] == "另有 2 项见下文。"
    assert folded(Words("en"), ["1."] * 10) == ["1."] * 10
