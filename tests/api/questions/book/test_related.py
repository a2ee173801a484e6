"""Related parties of a lender: who they are, by what way, what is granted, and who would leave."""

from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.printing import frame
from api.questions import book_related
from api.questions.book.related import BookRelated
from graph.errors import UnknownParty
from tests.api.limits.test_standing import BANK, CAPITAL, OTHER, A, B, C, D, Fact, P, Q, fact, item, lender, loan, owns
from tests.api.world import Book, instant

CIRCLE = (
    lender(), *CAPITAL, item("net_capital", 1000.0, end="2024-03-31"),
    owns(A, BANK, 0.06), owns(A, B, 0.6),
    fact("HOLDS_OFFICE", P, BANK, role="director"), fact("RELATED_TO", P, Q, kind="spouse"), owns(Q, C, 0.9),
    owns(D, BANK, (0.04, 0.06, 0)),
    loan(B, "1", 80.0), loan(C, "2", 40.0), loan(A, "3", 100.0), loan(D, "4", 10.0),
)  # fmt: skip


def engine(folder: Path, *facts: Fact) -> Engine:
    book = Book(folder / "columns")
    parties = dict.fromkeys([BANK, OTHER, A, B, C, D], "Company") | {P: "Person", Q: "Person"}
    book.load(parties, facts, closed_at=instant("2024-01-15"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


@pytest.fixture
def told(tmp_path: Path) -> BookRelated:
    asked = engine(tmp_path, *CIRCLE)
    return book_related(asked, BANK, moment=asked.moment()).answer


def test_each_related_party_is_told_with_its_way_and_what_is_granted(told: BookRelated) -> None:
    ways = {one.party.id: [(step.party.id, step.how) for step in one.steps] for one in told.related}
    assert ways == {
        A: [(A, "holder")], B: [(A, "holder"), (B, "controlled")], P: [(P, "officer")],
        Q: [(P, "officer"), (Q, "kin")], C: [(P, "officer"), (Q, "kin"), (C, "controlled")],
        D: [(D, "possible holder")],
    }  # fmt: skip
    assert [(one.party.id, one.exposure, one.of_capital) for one in told.related[:3]] == [
        (A, 100.0, 0.1), (B, 80.0, 0.08), (C, 40.0, 0.04),
    ]  # fmt: skip
    assert [one.party.id for one in told.related if not one.certain] == [D]


def test_the_rules_on_one_on_a_group_and_on_all_are_held_against_them(told: BookRelated) -> None:
    assert {one.rule.id: (one.limit.amount, one.most, one.most_wide) for one in told.limits} == {
        "CN_RELATED_SINGLE_10": (100.0, 100.0, 100.0),
        "CN_RELATED_GROUP_15": (150.0, 180.0, 180.0),
        "CN_RELATED_ALL_50": (500.0, 220.0, 230.0),
    }
    assert [({one.id for one in group.members}, group.exposure) for group in told.groups] == [({A, B}, 180.0)]
    assert (told.exposure, told.exposure_wide) == (220.0, 230.0)


def test_where_no_two_are_of_one_group_that_is_said_and_no_amount_stands_for_it(tmp_path: Path) -> None:
    """A holder of the bank owes it 100 and holds nobody else."""
    asked = engine(tmp_path, lender(), *CAPITAL, owns(A, BANK, 0.06), loan(A, "3", 100.0))
    answer = book_related(asked, BANK, moment=asked.moment())
    (group,) = [one for one in answer.answer.limits if one.rule.id == "CN_RELATED_GROUP_15"]
    assert (group.scope, group.units, answer.answer.exposure) == ("group", 0, 100.0)
    (said,) = [line for line in answer.reasons if line.startswith("CN_RELATED_GROUP_15")]
    assert said.endswith("no two related parties are in one group · 没有两个以上关联方同属一个集团。")


def test_who_would_no_longer_be_related_without_a_fact_is_told(told: BookRelated) -> None:
    leaving = {
        (edge.kind, edge.other.id, edge.party.id): {one.id for one in edge.leave}
        for one in told.related
        for edge in one.edges
    }
    assert leaving == {
        ("OWNS", A, BANK): {A, B}, ("OWNS", A, B): {B}, ("HOLDS_OFFICE", P, BANK): {P, Q, C},
        ("RELATED_TO", P, Q): {Q, C}, ("OWNS", Q, C): {C},
    }  # fmt: skip


def test_facts_of_which_nobody_worked_out_who_leaves_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """d holds 4 to 6 % of the bank, and is only perhaps related: by one fact."""
    asked = engine(tmp_path, *CIRCLE)
    answer = book_related(asked, BANK, moment=asked.moment())
    assert {one.party.id: one.edges_left for one in answer.answer.related if one.edges_left} == {D: 1}
    frame.show(answer, as_json=False)
    assert "… and 1 more tie, of which it is not worked out who would leave" in capsys.readouterr().out


def test_kin_of_unstated_degree_are_told_as_possible_and_count_in_the_wide_reading(tmp_path: Path) -> None:
    facts = tuple(one for one in CIRCLE if one[0] != "RELATED_TO")
    asked = engine(tmp_path, *facts, fact("RELATED_TO", P, Q, kind="kin"))
    answer = book_related(asked, BANK, moment=asked.moment())
    ways = {one.party.id: (one.certain, [(s.party.id, s.how) for s in one.steps]) for one in answer.answer.related}
    assert ways[Q] == (False, [(P, "officer"), (Q, "possible kin")])
    assert ways[C] == (False, [(P, "officer"), (Q, "possible kin"), (C, "controlled")])
    (mine,) = [one for one in answer.answer.related if one.party.id == Q]
    assert [(one.tail.id, one.head.id) for one in mine.steps[1].facts] == [(P, Q)]
    assert (answer.answer.exposure, answer.answer.exposure_wide, answer.answer.untested) == (180.0, 230.0, 1)


def test_every_fact_shown_is_a_source(tmp_path: Path) -> None:
    asked = engine(tmp_path, *CIRCLE)
    answer = book_related(asked, BANK, moment=asked.moment())
    shown = {fact.fact_id for one in answer.answer.related for step in one.steps for fact in step.facts}
    shown |= {f.fact_id for one in answer.answer.related for s in one.steps for fall in s.proof for f in fall.by}
    assert len(shown) == 6
    assert shown <= {source.fact_id for source in answer.sources}


def test_a_lender_without_rules_has_related_parties_and_no_limits(tmp_path: Path) -> None:
    asked = engine(tmp_path, *CIRCLE, owns(C, OTHER, 0.5), loan(C, "5", 7.0, lender=OTHER))
    told = book_related(asked, OTHER, moment=asked.moment()).answer
    assert [(one.party.id, one.exposure, one.of_capital) for one in told.related] == [(C, 7.0, None)]
    assert told.limits == ()
    assert "rule_sets" in told.left_out


def test_pages_follow_each_other_and_nobody_is_refused(tmp_path: Path) -> None:
    asked = engine(tmp_path, *CIRCLE)
    pages = [book_related(asked, BANK, limit=4, offset=at, moment=asked.moment()).answer for at in (0, 4, 8)]
    assert [(len(page.related), page.page.total, page.page.left) for page in pages] == [(4, 6, 2), (2, 6, 0), (0, 6, 0)]
    with pytest.raises(UnknownParty, match="given as the lender"):
        book_related(asked, "r:nobody", moment=asked.moment())


LENT = (lender(), *CAPITAL, item("net_capital", 1000.0, end="2024-03-31"), loan(B, "1", 80.0))


def test_where_nobody_around_the_lender_is_known_nothing_reads_as_clean(tmp_path: Path) -> None:
    asked = engine(tmp_path, *LENT)
    answer = book_related(asked, BANK, moment=asked.moment())
    assert (answer.answer.above, answer.answer.officers, answer.answer.page.total) == (0, 0, 0)
    assert answer.answer.limits
    assert {one.use for one in answer.answer.limits} == {None}
    assert "hold or direct" in answer.reasons[0]
    assert "are not known" in answer.reasons[0]
    assert not [reason for reason in answer.reasons if "0 related" in reason or "0%" in reason]


@pytest.mark.parametrize(
    ("fact_known", "untold"),
    [(owns(A, BANK, 0.06), "Nobody is known to direct"), (fact("HOLDS_OFFICE", P, BANK, role="director"), "to hold")],
    ids=["holders", "officers"],
)
def test_what_is_known_of_one_side_only_leaves_the_other_open(tmp_path: Path, fact_known: Fact, untold: str) -> None:
    asked = engine(tmp_path, *LENT, fact_known)
    answer = book_related(asked, BANK, moment=asked.moment())
    assert answer.answer.page.total == 1
    (said,) = [reason for reason in answer.reasons if "there may be more" in reason]
    assert untold in said
    assert {one.use for one in answer.answer.limits} == {0.0}


@pytest.mark.parametrize("member", [None, P, Q])
def test_what_a_holder_controls_in_concert_with_others_may_be_related(tmp_path: Path, member: str | None) -> None:
    """P has 6 % of the bank, and with Q 25 % + 30 % of B, which has 55 % of C; B may act with them too, and so be led
    by the others. Q, who holds nothing of the bank, is not related."""
    joins = [fact("RELATED_TO", member, B, kind="concert")] if member else []
    asked = engine(
        tmp_path, lender(), *CAPITAL, item("net_capital", 1000.0, end="2024-03-31"), owns(P, BANK, 0.06),
        owns(P, B, 0.25), owns(Q, B, 0.30), owns(B, C, 0.55), fact("RELATED_TO", Q, P, kind="concert"), *joins,
        loan(B, "1", 80.0), loan(C, "2", 40.0), loan(D, "3", 20.0),
    )  # fmt: skip
    answer = book_related(asked, BANK, moment=asked.moment())
    value = answer.answer
    assert {one.party.id: (one.why, one.certain) for one in value.related} == {
        P: ("holder", True), B: ("possibly controlled", False), C: ("possibly controlled", False),
    }  # fmt: skip
    assert (value.exposure, value.exposure_wide) == (0.0, 120.0)
    assert {one.rule.id: (one.most, one.most_wide) for one in value.limits} == {
        "CN_RELATED_SINGLE_10": (0.0, 80.0), "CN_RELATED_GROUP_15": (0.0, 120.0), "CN_RELATED_ALL_50": (0.0, 120.0),
    }  # fmt: skip
    (step,) = next(one.steps[1:] for one in value.related if one.party.id == B)
    tied = {(tie.tail.id, tie.head.id) for fall in step.proof for tie in fall.concert}
    assert (Q, P) in tied
    assert tied <= {(Q, P), (member, B)}
    cited = {source.fact_id for source in answer.sources}
    assert {one.fact_id for fall in step.proof for one in (*fall.by, *fall.concert)} <= cited


def test_who_has_no_part_in_what_the_others_of_a_concert_hold_brings_it_in_for_nobody(tmp_path: Path) -> None:
    """A holder of the bank that only acts with those who hold B, and holds nothing of it, does not control B."""
    asked = engine(
        tmp_path, lender(), owns(P, BANK, 0.06), owns(Q, B, 0.30), owns(D, B, 0.25),
        fact("RELATED_TO", P, Q, kind="concert"), fact("RELATED_TO", Q, D, kind="concert"), loan(B, "1", 80.0),
    )  # fmt: skip
    assert [one.party.id for one in book_related(asked, BANK, moment=asked.moment()).answer.related] == [P]
