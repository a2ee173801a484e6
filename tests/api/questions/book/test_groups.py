from pathlib import Path

import openpyxl
import pytest

from api.engine import Engine
from api.printing import frame
from api.questions import book_groups, book_limits
from api.questions import groups as groups_of_party
from api.questions.book.groups import BookGroups, ClientGroup
from api.report.spreadsheet import write_limits
from graph.errors import InvalidQuestion, UnknownParty
from tests.api.questions.lending import BANK, OWED, bank, lent, party


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return bank(tmp_path)


def asked(engine: Engine, reading: str = "suspected", **more: int) -> BookGroups:
    return book_groups(engine, BANK, reading=reading, moment=engine.moment(), **more).answer


def members(group: ClientGroup) -> set[str]:
    return {one.member.party.id.removeprefix("r:") for one in group.clients}


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ("confirmed", [{"a1", "a2", "s"}]),
        ("suspected", [{"a1", "a2", "s", "t"}]),
        ("group-client", [{"a1", "a2"}, {"f1", "f2"}]),
    ],
)
def test_each_reading_makes_its_own_groups_those_that_owe_most_first(
    engine: Engine, reading: str, expected: list[set[str]]
) -> None:
    told = asked(engine, reading)
    assert [members(group) for group in told.groups] == expected
    assert [group.owed for group in told.groups] == [sum(OWED[name] for name in group) for group in expected]
    assert {one.reading: one.groups for one in told.readings} == {
        "confirmed": 1, "suspected": 1, "group-client": 2, "possible-group-client": 2,
    }  # fmt: skip
    assert told.owed == sum(OWED.values())


def test_a_group_tells_how_each_client_came_in_and_its_top_need_be_no_client(engine: Engine) -> None:
    (group,) = asked(engine).groups
    came = {one.member.party.id: one.member for one in group.clients}
    assert (group.top.id, group.others, group.certain) == ("r:p", 1, False)
    assert {name: one.why for name, one in came.items()} == {
        "r:a1": "controlled", "r:a2": "controlled", "r:s": "dependent", "r:t": "suspected",
    }  # fmt: skip
    assert [fact.tail.id for fall in came["r:a1"].proof for fact in fall.by] == ["r:p"]
    assert [fact.head.id for fact in came["r:s"].dependences] == ["r:a1"]
    assert [one.value for one in came["r:t"].suspected] == [0.6]


def test_what_leaves_without_an_edge_is_told(engine: Engine) -> None:
    (group,) = asked(engine).groups
    assert {(edge.party.id, edge.state): {one.id for one in edge.leave} for edge in group.edges} == {
        ("r:s", "confirmed"): {"r:s"},
        ("r:t", "suspected"): {"r:t"},
        ("r:a1", "stated"): {"r:a1", "r:s"},
        ("r:a2", "stated"): {"r:a2", "r:t"},
    }


def test_of_many_ties_it_is_told_how_many_more_there_are(tmp_path: Path) -> None:
    """p holds 60 % of six: of five holdings it is worked out who would leave."""
    held = [("OWNS", {"from": "r:p", "to": party(x), "share": 0.6}) for x in ("s", "t", "solo", "x")]
    (group,) = (one for one in asked(bank(tmp_path / "six", *held)).groups if one.top.id == "r:p")
    assert (len([edge for edge in group.edges if edge.kind == "OWNS"]), group.edges_left) == (5, 1)
    assert [one.edges_left for one in asked(bank(tmp_path / "two")).groups] == [0]


def test_a_couple_makes_a_group_client_and_their_kinship_is_its_source(engine: Engine) -> None:
    told = book_groups(engine, BANK, reading="group-client", moment=engine.moment())
    couple = told.answer.groups[1]
    assert [one.id for one in couple.heads] == ["r:m", "r:w"]
    assert {one.member.party.id: one.member.why for one in couple.clients} == {"r:f1": "family", "r:f2": "controlled"}
    assert [fact.kind for fact in couple.kin] == ["RELATED_TO"]
    assert {fact.fact_id for fact in couple.kin} <= {source.fact_id for source in told.sources}


def test_a_concert_is_told_as_the_tie_of_a_group_client_that_only_the_wide_reading_makes(tmp_path: Path) -> None:
    asked = bank(
        tmp_path,
        ("OWNS", {"from": "r:other", "to": "r:solo", "share": 0.6}),
        ("RELATED_TO", {"from": "r:other", "to": "r:m", "kind": "concert"}),
    )
    told = book_groups(asked, BANK, reading="possible-group-client", moment=asked.moment()).answer
    (group,) = (group for group in told.groups if members(group) == {"f1", "f2", "solo"})
    assert not group.certain
    assert {(fact.values["kind"], fact.tail.id, fact.head.id) for fact in group.kin} == {
        ("spouse", "r:m", "r:w"), ("concert", "r:other", "r:m"),
    }  # fmt: skip


@pytest.mark.parametrize("name", OWED)
def test_the_groups_of_the_book_are_those_of_each_client_asked_alone(engine: Engine, name: str) -> None:
    """The second method: the question about one party grows its groups from that party."""
    alone = groups_of_party(engine, party(name), moment=engine.moment()).answer
    expected = [{one.party.id for one in group.members} for group in (alone.with_suspected or alone.groups)]
    clients = [{party(x) for x in OWED} & group for group in expected]
    found = [{party(x) for x in members(group)} for group in asked(engine).groups if name in members(group)]
    assert found == [group for group in clients if len(group) > 1]


def test_pages_follow_each_other(engine: Engine) -> None:
    pages = [asked(engine, "group-client", limit=1, offset=at) for at in range(3)]
    assert [[members(group) for group in page.groups] for page in pages] == [[{"a1", "a2"}], [{"f1", "f2"}], []]
    assert [page.page.left for page in pages] == [1, 0, 0]


def test_a_lender_that_lent_nothing_has_no_groups(engine: Engine) -> None:
    told = book_groups(engine, "r:other", moment=engine.moment())
    assert (told.answer.clients, told.answer.groups) == (0, ())
    assert told.reasons == ("r:other has lent nothing · r:other没有授信余额。",)


def test_what_cannot_be_asked_is_said(engine: Engine) -> None:
    with pytest.raises(InvalidQuestion, match="no reading wide"):
        asked(engine, "wide")
    with pytest.raises(UnknownParty, match="given as the lender"):
        book_groups(engine, "r:nobody", moment=engine.moment())


def test_control_that_bands_only_allow_joins_in_the_wide_reading_alone(tmp_path: Path) -> None:
    banded = ("OWNS", {"from": "r:p", "to": "r:solo", "share": (0.4, 0.6, 0)})
    engine = bank(tmp_path, banded)
    assert [members(group) for group in asked(engine, "confirmed").groups] == [{"a1", "a2", "s"}]
    (wide,) = asked(engine).groups
    assert members(wide) == {"a1", "a2", "s", "t", "solo"}
    came = {one.member.party.id: one.member for one in wide.clients}
    assert came["r:solo"].why == "possible"
    assert [(fall.low, fall.high) for fall in came["r:solo"].proof] == [(0.4, 0.6)]
    assert [one.why for name, one in came.items() if name in ("r:a1", "r:a2")] == ["controlled", "controlled"]


def test_what_is_on_every_page_is_the_same_whatever_is_asked_first(tmp_path: Path) -> None:
    first, second = bank(tmp_path / "a"), bank(tmp_path / "b")
    asked(second, "group-client")
    assert asked(first) == asked(second)


@pytest.mark.parametrize("reading", ["confirmed", "suspected"])
def test_what_is_a_group_for_certain_is_told_so_though_another_may_stand_above_it(tmp_path: Path, reading: str) -> None:
    """`solo` has 80 % of `x`, for certain; `other` may have more than half of `solo`, within 45–55 %."""
    asked_of = bank(
        tmp_path,
        ("OWNS", {"from": "r:other", "to": "r:solo", "share": (0.45, 0.55, 0)}),
        ("OWNS", {"from": "r:solo", "to": "r:x", "share": 0.8}),
        lent("x", 5.0),
    )
    (group,) = [one for one in asked(asked_of, reading).groups if members(one) == {"solo", "x"}]
    assert (group.certain, group.top.id) == (True, "r:solo")
    assert {one.member.party.id: one.member.why for one in group.clients} == {"r:solo": "top", "r:x": "controlled"}
    findings = book_limits(asked_of, BANK, state="untold", moment=asked_of.moment()).answer
    told = [one for one in findings.groups if members(one) == {"solo", "x"}]
    assert [(one.certain, one.top.id) for one in told] == [(True, "r:solo")]


def test_who_has_a_facility_of_unknown_amount_owes_at_least_what_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """a2's second loan states nothing: in the answer, on the terminal and in the workbook; s and a1 owe what stands."""
    asked_of = bank(tmp_path, lent("a2", None, facility_id="L-2"))
    answer = book_groups(asked_of, BANK, moment=asked_of.moment())
    (group,) = answer.answer.groups
    silent = {one.member.party.id: one.unknown_facilities for one in group.clients}
    assert silent == {"r:a1": 0, "r:a2": 1, "r:s": 0, "r:t": 0}
    frame.show(answer, as_json=False)
    assert capsys.readouterr().out.count("at least CNY") == 3  # the group, its client, and the reason
    limits = book_limits(asked_of, BANK, moment=asked_of.moment())
    write_limits(tmp_path / "limits.xlsx", limits, answer)
    heads, *rows = openpyxl.load_workbook(tmp_path / "limits.xlsx")["集团与成员 Groups"].values
    column, name = heads.index("金额未知笔数 Facilities of unknown amount"), heads.index("标识 Id")
    assert {row[name]: row[column] for row in rows} == silent
