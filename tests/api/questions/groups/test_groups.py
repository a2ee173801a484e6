from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from analytics.structure.dependence.rules import criterion_names
from analytics.structure.groups import Groups
from analytics.structure.reach import Nodes
from api.answers.frame import Party
from api.engine import Engine, Place
from api.printing import frame, paper
from api.questions import book_groups, exposure, groups
from api.questions.group_report import group_report
from api.questions.groups.dependences import Dependence, said
from api.questions.groups.groups import Group
from api.questions.groups.members import SMALL, why
from api.report import group_page
from graph.errors import InvalidQuestion
from tests.api.questions.lending import bank
from tests.api.world import Book, day, instant

FIRMS = [f"r:{n:02d}" for n in range(30)]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A top that owns thirty firms, and a supplier that depends on two of them."""
    owned = [("OWNS", {"from": "r:top", "to": firm, "share": 0.6}) for firm in FIRMS]
    depends = [
        ("DEPENDS_ON", {"from": "r:supplier", "to": firm, "criterion": "sales", "verdict": "confirmed", "reason": firm})
        for firm in FIRMS[:2]
    ]
    parties = dict.fromkeys(["r:top", "r:supplier", *FIRMS], "Company")
    Book(tmp_path / "columns").load(parties, [*owned, *depends], closed_at=instant("2024-01-01"))
    return Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))


def test_a_dependent_member_is_tied_in_by_all_it_depends_on(engine: Engine) -> None:
    (group,) = groups(engine, "r:05", moment=engine.moment()).answer.groups
    whys = {member.party.id: member.why for member in group.members}
    assert whys == {"r:top": "top", "r:supplier": "dependent", **dict.fromkeys(FIRMS, "controlled")}
    (supplier,) = [member for member in group.members if member.why == "dependent"]
    assert {fact.head.id for fact in supplier.dependences} == set(FIRMS[:2])


def test_a_confirmed_dependence_does_not_open_a_group_once_a_member(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few times for each reading, however many members there are."""
    opened: list[int] = []
    members = Groups.members

    def counted(groups: Groups, group: int) -> Nodes:
        opened.append(int(group))
        return members(groups, group)

    monkeypatch.setattr(Groups, "members", counted)
    groups(engine, "r:05", moment=engine.moment())
    assert len(opened) <= 8


@pytest.mark.parametrize("mutual", [True, False])
def test_who_would_leave_is_who_is_in_no_group_once_the_fact_is_gone(tmp_path: Path, mutual: bool) -> None:
    """a and b depend on each other, or b on a alone; c, whom b holds, comes along. Asked again without the fact."""
    pairs = [("r:b", "r:a"), ("r:a", "r:b")][: 1 + mutual]
    facts = [("DEPENDS_ON", {"from": x, "to": y, "criterion": "sales", "verdict": "confirmed"}) for x, y in pairs]
    held = ("OWNS", {"from": "r:b", "to": "r:c", "share": 0.6})

    def asked(folder: Path, *given: tuple[str, dict[str, object]]) -> tuple[Group, ...]:
        Book(folder / "columns").load(dict.fromkeys(["r:a", "r:b", "r:c"], "Company"), [*given, held],
                                      closed_at=instant("2024-01-01"))  # fmt: skip
        engine = Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))
        return groups(engine, "r:a", moment=engine.moment()).answer.groups

    (group,) = asked(tmp_path / "whole", *facts)
    edges = [(one, {x.id for x in one.leave}) for one in group.edges if one.kind == "DEPENDS_ON"]
    assert {(one.party.id, one.other.id) for one, _ in edges} == set(pairs)
    for number, (edge, gone) in enumerate(edges):
        left = asked(tmp_path / f"without {number}", *[f for f in facts if f[1]["from"] != edge.party.id])
        stays = {member.party.id for one in left for member in one.members} | {"r:a"}
        assert gone == {"r:a", "r:b", "r:c"} - stays
        assert (gone == set()) is mutual


HALF = {"period_end": day("2023-12-31"), "months": 12, "standard": "CAS", "item": "revenue", "unit": "CNY"}


def trading(folder: Path, *verdicts: dict[str, object]) -> Engine:
    """A supplier that owns a mine sells 60 of 100 to a buyer, who has a parent; and who judged that."""
    facts = [
        ("OWNS", {"from": "r:supplier", "to": "r:mine", "share": 0.8}),
        ("OWNS", {"from": "r:parent", "to": "r:buyer", "share": 0.7}),
        ("SUPPLIES", {"from": "r:supplier", "to": "r:buyer", "amount": 60.0, "currency": "CNY"}),
        ("Statement", {"party": "r:supplier", "value": 100.0, **HALF}),
        *[("DEPENDS_ON", {"from": "r:supplier", "to": "r:buyer", "criterion": "cn-annex1-1", **v}) for v in verdicts],
    ]
    parties = dict.fromkeys(["r:supplier", "r:mine", "r:parent", "r:buyer"], "Company")
    Book(folder / "columns").load(parties, facts, closed_at=instant("2024-01-15"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


def members(found: tuple[Group, ...]) -> list[dict[str, str]]:
    return [{member.party.id: member.why for member in group.members} for group in found]


def test_a_suspected_dependence_stands_in_the_wider_reading_with_all_that_speaks_for_it(tmp_path: Path) -> None:
    asked = trading(tmp_path)
    told = groups(asked, "r:supplier", moment=asked.moment())
    assert members(told.answer.groups) == [{"r:supplier": "top", "r:mine": "controlled"}]
    assert members(told.answer.with_suspected) == [
        {"r:parent": "top", "r:buyer": "controlled", "r:supplier": "suspected", "r:mine": "controlled"}
    ]
    (group,) = told.answer.with_suspected
    by_id = {member.party.id: member for member in group.members}
    (one,) = by_id["r:supplier"].suspected
    assert (one.criterion, one.state, one.value, one.threshold) == ("cn-annex1-1", "suspected", 0.6, 0.5)
    assert [fact.kind for fact in one.facts] == ["SUPPLIES"]
    assert {one.statement, one.facts[0].fact_id} <= {source.fact_id for source in told.sources}
    assert by_id["r:mine"].through == by_id["r:supplier"].party
    assert by_id["r:supplier"].through == by_id["r:buyer"].party
    assert [(edge.kind, edge.party.id, edge.state, {one.id for one in edge.leave}) for edge in group.edges] == [
        ("DEPENDS_ON", "r:supplier", "suspected", {"r:supplier", "r:mine"}),
        ("OWNS", "r:buyer", "stated", {"r:buyer", "r:supplier", "r:mine"}),
        ("OWNS", "r:mine", "stated", {"r:mine"}),
    ]


def test_a_confirmed_dependence_makes_both_readings_one(tmp_path: Path) -> None:
    asked = trading(tmp_path, {"verdict": "confirmed"})
    told = groups(asked, "r:supplier", moment=asked.moment()).answer
    assert members(told.groups) == [
        {"r:parent": "top", "r:buyer": "controlled", "r:supplier": "dependent", "r:mine": "controlled"}
    ]
    assert told.with_suspected == ()
    assert [one.state for one in told.dependences] == ["confirmed"]


@pytest.mark.parametrize(("at", "state", "wider"), [("2024-04-30", "rejected", 0), ("2024-05-01", "suspected", 1)])
def test_a_rejected_dependence_leaves_the_wider_reading_until_it_expires(
    tmp_path: Path, at: str, state: str, wider: int
) -> None:
    asked = trading(tmp_path, {"verdict": "rejected", "reason": "other buyers", "valid_to": day("2024-05-01")})
    told = groups(asked, "r:supplier", moment=asked.moment(valid_at=day(at))).answer
    assert ([one.state for one in told.dependences], len(told.with_suspected)) == ([state], wider)
    assert members(told.groups) == [{"r:supplier": "top", "r:mine": "controlled"}]


def test_what_cannot_be_tested_is_told(tmp_path: Path) -> None:
    asked = trading(tmp_path)
    told = groups(asked, "r:buyer", moment=asked.moment()).answer
    assert {one.criterion: one.others for one in told.untested} == {"cn-annex1-1": 1, "cn-annex1-5": 0}


@pytest.mark.parametrize("criterion", ["cn-annex1-1", "any"])
def test_what_somebody_rejected_is_not_told_as_untested(tmp_path: Path, criterion: str) -> None:
    judged = {"from": "r:buyer", "to": "r:supplier", "criterion": criterion, "verdict": "rejected", "reason": "many"}
    asked = trading(tmp_path, judged)
    told = groups(asked, "r:buyer", moment=asked.moment()).answer
    assert {one.criterion: one.others for one in told.untested} == {"cn-annex1-5": 0}


def test_possible_control_joins_the_wider_reading_and_is_told_as_possible(tmp_path: Path) -> None:
    asked = bank(tmp_path, ("OWNS", {"from": "r:p", "to": "r:solo", "share": (0.4, 0.6, 0)}))
    told = groups(asked, "r:solo", moment=asked.moment())
    assert told.answer.groups == ()
    (group,) = told.answer.with_suspected
    (mine,) = [member for member in group.members if member.party.id == "r:solo"]
    assert mine.why == "possible"
    assert [(fall.low, fall.high) for fall in mine.proof] == [(0.4, 0.6)]
    leaving = {edge.party.id: {one.id for one in edge.leave} for edge in group.edges if edge.kind == "OWNS"}
    assert leaving == {"r:solo": {"r:solo"}, "r:a1": {"r:a1", "r:s"}, "r:a2": {"r:a2", "r:t"}}
    assert any("only possible" in reason for reason in told.reasons)


@pytest.mark.parametrize("name", ["r:f1", "r:m", "r:w"])
def test_a_couple_unites_a_group_client_and_what_each_fact_holds_together_is_told(tmp_path: Path, name: str) -> None:
    """They hold 30 % of one firm each, and he 60 % of another."""
    asked = bank(tmp_path)
    told = groups(asked, name, kind="group-clients", moment=asked.moment())
    (group,) = told.answer.groups
    assert ([one.id for one in group.heads], group.basis) == (["r:m", "r:w"], "group client")
    assert {member.party.id: member.why for member in group.members} == {"r:f1": "family", "r:f2": "controlled"}
    (joint,) = [member for member in group.members if member.why == "family"]
    assert [(fall.company.id, round(fall.low, 9), len(fall.by)) for fall in joint.proof] == [("r:f1", 0.6, 2)]
    leaving = [(edge.kind, edge.party.id, edge.other.id, {one.id for one in edge.leave}) for edge in group.edges]
    assert sorted(leaving) == [
        ("OWNS", "r:f1", "r:m", {"r:f1"}),
        ("OWNS", "r:f1", "r:w", {"r:f1"}),
        ("OWNS", "r:f2", "r:m", {"r:f2"}),
        ("RELATED_TO", "r:w", "r:m", {"r:f1"}),
    ]
    assert {fact.fact_id for edge in group.edges for fact in edge.facts} <= {one.fact_id for one in told.sources}


def test_a_declared_concert_makes_the_wider_group_client_and_who_leaves_without_it_is_told(tmp_path: Path) -> None:
    """The husband acts with a firm that has 60 % of solo; he and it hold 55 % of x together."""
    asked = bank(
        tmp_path,
        *[("OWNS", {"from": "r:other", "to": to, "share": share}) for to, share in (("r:solo", 0.6), ("r:x", 0.3))],
        ("OWNS", {"from": "r:m", "to": "r:x", "share": 0.25}),
        ("RELATED_TO", {"from": "r:other", "to": "r:m", "kind": "concert"}),
    )
    told = groups(asked, "r:f1", kind="group-clients", moment=asked.moment())
    assert members(told.answer.groups) == [{"r:f1": "family", "r:f2": "controlled"}]
    (group,) = told.answer.with_suspected
    assert [one.id for one in group.heads] == ["r:m", "r:other", "r:w"]
    assert members([group]) == [
        {"r:other": "top", "r:f1": "family", "r:f2": "controlled", "r:solo": "controlled", "r:x": "possible family"}
    ]
    leaving = {
        frozenset([edge.party.id, edge.other.id]): {one.id for one in edge.leave}
        for edge in group.edges
        if edge.kind == "RELATED_TO"
    }
    assert leaving == {
        frozenset(["r:m", "r:other"]): {"r:other", "r:solo", "r:x"}, frozenset(["r:m", "r:w"]): {"r:f1"},
    }  # fmt: skip
    assert {fact.fact_id for edge in group.edges for fact in edge.facts} <= {one.fact_id for one in told.sources}


def test_group_clients_count_no_dependence_and_name_no_criteria(tmp_path: Path) -> None:
    asked = bank(tmp_path)
    told = groups(asked, "r:a1", kind="group-clients", moment=asked.moment()).answer
    assert members(told.groups) == [{"r:p": "top", "r:a1": "controlled", "r:a2": "controlled"}]
    assert (told.with_suspected, told.dependences, told.untested, told.criteria) == ((), (), (), ())
    connected = groups(asked, "r:a1", moment=asked.moment()).answer
    assert [used.id for used in connected.criteria] == ["cn-annex1"]


def test_a_kind_that_is_none_is_refused(tmp_path: Path) -> None:
    asked = bank(tmp_path)
    with pytest.raises(InvalidQuestion, match="no kind families"):
        groups(asked, "r:a1", kind="families", moment=asked.moment())


def ministry(folder: Path, rule_sets: str) -> Engine:
    """Vector GRP-09 with a client more: a ministry controls a, b and c, a controls a1, b and c depend on each other."""
    owed = {"a1": 10.0, "b": 20.0, "c": 30.0, "m": 5.0}
    facts: list[tuple[str, dict[str, object]]] = [
        ("Profile", {"party": "r:bank", "name": "Bank", "rule_sets": rule_sets}),
        *[("OWNS", {"from": "r:m", "to": f"r:{firm}", "share": 1.0}) for firm in "abc"],
        ("OWNS", {"from": "r:a", "to": "r:a1", "share": 0.6}),
        *[
            ("DEPENDS_ON", {"from": f"r:{x}", "to": f"r:{y}", "criterion": "sales", "verdict": "confirmed"})
            for x, y in ("bc", "cb")
        ],
        *[
            ("LENDS", {"from": "r:bank", "to": f"r:{to}", "facility_id": to, "kind": "loan", "drawn": amount})
            for to, amount in owed.items()
        ],
    ]
    parties = {**dict.fromkeys(["r:bank", "r:a", "r:a1", "r:b", "r:c"], "Company"), "r:m": "State"}
    Book(folder / "columns").load(parties, facts, closed_at=instant("2024-01-15"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


@pytest.mark.parametrize(("rule_sets", "beside"), [("EU", True), ("CN", False), ("BCBS", False), ("CN, EU", True)])
def test_a_ministry_is_put_beside_each_group_where_the_lenders_rules_say_so(
    tmp_path: Path, rule_sets: str, *, beside: bool
) -> None:
    asked = ministry(tmp_path, rule_sets)
    at, m = asked.moment(valid_at=day("2024-07-31")), {"r:m"} if beside else set()
    told = {name: groups(asked, name, lender="r:bank", moment=at) for name in ("r:a1", "r:b", "r:m")}
    found = {name: [set(whys) for whys in members(one.answer.groups)] for name, one in told.items()}
    both = [{"r:a", "r:a1", *m}, {"r:b", "r:c", *m}]
    assert found == {"r:a1": both[:1], "r:b": both[1:], "r:m": both if beside else []}
    book = book_groups(asked, "r:bank", reading="confirmed", moment=at)
    clients = [{one.member.party.id for one in group.clients} for group in book.answer.groups]
    assert sorted(map(sorted, clients)) == sorted(map(sorted, [both[1], *([{"r:a1", *m}] if beside else [])]))
    stake = exposure(asked, "r:b", lender="r:bank", moment=at).answer.groups[0].stake.direct
    assert stake == (55.0 if beside else 50.0)
    said = any("put beside each group" in reason for reason in told["r:a1"].reasons)
    assert (said, any("connects nobody" in reason for reason in book.reasons)) == (beside, "CN" in rule_sets)


def test_a_ministry_on_top_proves_its_control_and_all_leave_it_without(tmp_path: Path) -> None:
    asked = ministry(tmp_path, "EU")
    (group,) = groups(asked, "r:a1", lender="r:bank", moment=asked.moment()).answer.groups
    assert {one.party.id: one.why for one in group.members} == {"r:m": "top", "r:a": "controlled", "r:a1": "controlled"}
    held = exposure(asked, "r:a1", lender="r:bank", moment=asked.moment()).answer.against.groups
    (proof,) = [one for one in held if one.kind == "connected" and one.certain]
    assert [(step.party.id, step.how) for step in proof.steps] == [("r:m", "on top"), ("r:a1", "controlled")]
    assert [fall.company.id for fall in proof.steps[1].proof] == ["r:a", "r:a1"]
    leaving = {(edge.other.id, edge.party.id): {one.id for one in edge.leave} for edge in group.edges}
    assert leaving == {("r:m", "r:a"): {"r:a", "r:a1"}, ("r:a", "r:a1"): {"r:a1"}}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A parent with one firm, on which 20,000 others depend; the bank lent 7 to the firm and 5 to the parent."""
    folder = tmp_path_factory.mktemp("crowd")
    many = [f"r:{n:05d}" for n in range(20_000)]
    facts: list[tuple[str, dict[str, object]]] = [
        ("OWNS", {"from": "r:parent", "to": "r:firm", "share": 0.6}),
        ("LENDS", {"from": "r:bank", "to": "r:firm", "facility_id": "1", "kind": "loan", "drawn": 7.0}),
        ("LENDS", {"from": "r:bank", "to": "r:parent", "facility_id": "2", "kind": "loan", "drawn": 5.0}),
        *[("DEPENDS_ON", {"from": x, "to": "r:firm", "criterion": "sales", "verdict": "confirmed"}) for x in many],
    ]
    parties = dict.fromkeys(["r:bank", "r:parent", "r:firm", *many], "Company")
    Book(folder / "columns").load(parties, facts, closed_at=instant("2024-01-15"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


def test_where_too_many_hang_together_groups_are_told_by_control_alone(crowd: Engine) -> None:
    told = groups(crowd, "r:firm", moment=crowd.moment())
    assert members(told.answer.groups) == [{"r:parent": "top", "r:firm": "controlled"}]
    assert told.reasons[0].startswith("More than 20,000 parties hang together")
    assert groups(crowd, "r:00001", moment=crowd.moment()).answer.groups == ()


def test_where_too_many_hang_together_the_stake_of_the_control_group_is_told(crowd: Engine) -> None:
    told = exposure(crowd, "r:firm", lender="r:bank", moment=crowd.moment())
    assert [one.stake.direct for one in told.answer.groups] == [12.0]
    assert told.reasons[0].startswith("More than 20,000 parties hang together")
    alone = exposure(crowd, "r:00001", lender="r:bank", moment=crowd.moment())
    assert alone.answer.groups == ()
    assert not any("belongs to no group" in reason for reason in alone.reasons)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_confirmed_dependence_is_told_by_its_criterion_with_the_figure_of_today(
    tmp_path: Path, language: str
) -> None:
    """60 of an income of 100, where half is asked for."""
    asked = trading(tmp_path, {"verdict": "confirmed", "reason": "seen in its books"})
    (group,) = groups(asked, "r:supplier", moment=asked.moment()).answer.groups
    (member,) = [one for one in group.members if one.why == "dependent"]
    assert [(one.criterion, one.state, one.value) for one in member.measured] == [("cn-annex1-1", "confirmed", 0.6)]
    name = criterion_names()["cn-annex1-1"].name
    told = why(member)
    assert all(word in told for word in (name.en, "60%", ">= 50%", "seen in its books"))
    page = unescape(group_page(group_report(asked, "r:supplier", moment=asked.moment()), language=language))
    figure = {"en": "60% (>= 50%)", "zh": "60%（>= 50%）"}[language]
    assert all(word in page for word in (getattr(name, language), figure, "seen in its books"))


def test_a_confirmed_dependence_that_no_figure_shows_is_told_by_its_criterion_alone(tmp_path: Path) -> None:
    asked = trading(tmp_path, {"verdict": "confirmed", "criterion": "cn-annex1-3"})
    (group,) = groups(asked, "r:supplier", moment=asked.moment()).answer.groups
    (member,) = [one for one in group.members if one.why == "dependent"]
    assert member.measured == ()
    assert criterion_names()["cn-annex1-3"].name.en in why(member)


@pytest.mark.parametrize(("firms", "shown", "left"), [(12, 10, 2), (3, 3, 0)])
def test_ties_of_which_nobody_worked_out_who_leaves_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], firms: int, shown: int, left: int
) -> None:
    """p holds 60 % of so many; of ten holdings it is worked out who would leave."""
    names = [f"r:{k:02}" for k in range(firms)]
    held = [("OWNS", {"from": "r:p", "to": name, "share": 0.6}) for name in names]
    Book(tmp_path / "columns").load(dict.fromkeys(["r:p", *names], "Company"), held, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    told = groups(engine, "r:p", moment=engine.moment())
    assert [(len(one.edges), one.edges_left) for one in told.answer.groups] == [(shown, left)]
    frame.show(told, as_json=False)
    assert (f"and {left} more ties, of which it is not worked out who would leave" in capsys.readouterr().out) is (
        left > 0
    )


def test_of_a_large_group_it_is_told_that_nobody_worked_out_who_leaves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"r:{k:03}" for k in range(SMALL)]
    held = [("OWNS", {"from": "r:p", "to": name, "share": 0.6}) for name in names]
    Book(tmp_path / "columns").load(dict.fromkeys(["r:p", *names], "Company"), held, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    told = groups(engine, "r:000", moment=engine.moment())
    assert [(one.page.total, one.edges) for one in told.answer.groups] == [(SMALL + 1, ())]
    frame.show(told, as_json=False)
    assert "of more than 200 members it is not worked out who would leave" in capsys.readouterr().out


def test_a_suspected_dependence_is_printed_with_the_numbers_of_its_sources(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """60 of 100 sold to the buyer: the supply and the statement, in the table and beside the member."""
    asked = trading(tmp_path)
    told = groups(asked, "r:supplier", moment=asked.moment())
    (one,) = told.answer.dependences
    frame.show(told, as_json=False)
    cited = paper.Cited(told).numbers([one.statement, *(fact.fact_id for fact in one.facts)])
    assert cited.count("[") == 2
    assert capsys.readouterr().out.count(cited) == 2


def test_a_part_greater_than_its_whole_is_doubted_and_a_ratio_is_not() -> None:
    """A guarantee may be twice the net assets; sales of 1764.7 times the debt of a whole cannot be."""
    party = Party("r:x", "X", "Company")
    one = Dependence(
        party, party, "cn-annex1-4", "common funding", "共同资金来源", "suspected", "funding_share", 1764.7, 0.5, ">",
        False, "", (), "", None,
    )  # fmt: skip
    assert "different units" in said(one)
    assert not any("different units" in said(each) for each in (
        replace(one, figure="guarantee_ratio"), replace(one, value=1.0), replace(one, value=None),
    ))  # fmt: skip
