"""Why parties hang together, in worlds made by hand: one reason each."""

from pathlib import Path
from typing import Any

import pytest

from api.engine import Engine, Place
from api.questions import groups, links
from api.questions.links.meanings import BASES_SAID, Why
from api.report.words import Words
from graph.model import BASES
from tests.api.world import Book, instant

Facts = list[tuple[str, dict[str, Any]]]
A, B, X, P = "r:a", "r:b", "r:x", "r:p"


def fact(relation: str, tail: str, head: str, /, **values: Any) -> tuple[str, dict[str, Any]]:
    return relation, {"from": tail, "to": head, **values}


WORLDS: dict[str, tuple[Facts, list[str]]] = {
    "control": ([fact("OWNS", A, B, share=0.6)], []),
    "common controller": ([fact("OWNS", P, A, share=0.6), fact("OWNS", P, B, share=0.6)], [P]),
    "holding ring": ([fact("OWNS", A, B, share=0.2), fact("OWNS", B, A, share=0.3)], []),
    "guarantee ring": (
        [fact("GUARANTEES", A, B, facility_id="1"), fact("GUARANTEES", B, X, facility_id="2"),
         fact("GUARANTEES", X, A, facility_id="3")],
        [X],
    ),
    "holding": ([fact("OWNS", A, X, share=0.1), fact("OWNS", X, B, share=0.1)], [X]),
    "shared holder": ([fact("OWNS", X, A, share=0.1), fact("OWNS", X, B, share=0.2)], [X]),
    "shared holding": ([fact("OWNS", A, X, share=0.1), fact("OWNS", B, X, share=0.2)], [X]),
    "shared officer": ([fact("HOLDS_OFFICE", P, A, role="董事"), fact("HOLDS_OFFICE", P, B, role="董事长")], [P]),
    "kin": ([fact("RELATED_TO", A, B, kind="spouse")], []),
    "contact": ([fact("RELATED_TO", A, B, kind="address")], []),
    "concert": ([fact("RELATED_TO", A, B, kind="concert")], []),
    "dependence": ([fact("DEPENDS_ON", A, B, criterion="c", verdict="confirmed")], []),
    "money": ([fact("LENDS", A, B, kind="loan", facility_id="1")], []),
    "shared money": ([fact("OWES", A, X, amount=5.0), fact("OWES", B, X, amount=5.0)], [X]),
    "trade": ([fact("SUPPLIES", A, B, amount=5.0)], []),
    "shared trade": ([fact("SUPPLIES", A, X, amount=5.0), fact("SUPPLIES", B, X, amount=5.0)], [X]),
    "mixed": ([fact("HOLDS_OFFICE", P, A, role="董事"), fact("OWNS", P, B, share=0.1)], [P]),
}  # fmt: skip


def whys(folder: Path, facts: Facts, pair: tuple[str, str] = (A, B)) -> list[Why]:
    book = Book(folder / "columns")
    book.load({A: "Company", B: "Company", X: "Company", P: "Person"}, facts, closed_at=instant("2024-01-01"))
    engine = Engine(Place(folder), book.facts, clock=lambda: instant("2024-06-30"))
    return list(links(engine, pair, moment=engine.moment()).answer.why)


@pytest.mark.parametrize("form", WORLDS)
def test_each_world_has_its_reason_first_with_its_facts(form: str, tmp_path: Path) -> None:
    facts, through = WORLDS[form]
    first = whys(tmp_path, facts)[0]
    assert first.form == form
    assert {party.id for party in first.parties} == {A, B}
    assert [party.id for party in first.through if party.id not in (A, B)] == through
    stated = {(kind, row["from"], row["to"]) for kind, row in facts}
    assert {(one.kind, one.tail.id, one.head.id) for one in first.facts} == stated


@pytest.mark.parametrize(
    ("facts", "form", "english", "chinese"),
    [
        ([fact("CONTROLS", X, A, basis="agreement"), fact("CONTROLS", X, B, basis="agreement")], "shared holder",
         "under the control of one party by agreement", "受同一方以协议方式控制"),
        ([fact("CONTROLS", X, A, basis="agreement"), fact("OWNS", X, B, share=0.1)], "shared holder",
         "a holder or controller in common: shares, and control by agreement",
         "有共同股东或控制人：持股，及以协议形成的控制"),
        ([fact("OWNS", X, A, share=0.1), fact("OWNS", X, B, share=0.1)], "shared holder", "a holder in common",
         "有共同股东"),
        ([fact("CONTROLS", A, B, basis="vie")], "holding", "one controls the other by VIE",
         "一方以协议控制（VIE）方式控制另一方"),
        ([fact("OWNS", A, X, share=0.1), fact("CONTROLS", X, B, basis="board")], "holding",
         "one holds or controls the other: shares, and control by the board",
         "一方持有或控制另一方：持股，及以董事会形成的控制"),
        ([fact("OWNS", A, B, share=0.1)], "holding", "one holds shares of the other", "一方持有另一方股权"),
        ([fact("CONTROLS", A, X, basis="contract"), fact("CONTROLS", B, X, basis="influence")], "shared holding",
         "control of one party in common, by contract and influence", "以合同、重大影响方式共同控制同一企业"),
        ([fact("CONTROLS", A, X, basis="family"), fact("CONTROLS", P, X, basis="family"),
          fact("CONTROLS", P, B, basis="family")], "holdings", "a chain of control by family",
         "经以家族形成的控制关系相连"),
    ],
    ids=["two agreements", "an agreement and shares", "shares", "one over the other", "shares, then control",
         "shares of the other", "over a third", "a chain"],
)  # fmt: skip
def test_where_control_rests_on_no_shares_the_meaning_says_on_what(
    facts: Facts, form: str, english: str, chinese: str, tmp_path: Path
) -> None:
    assert (english, chinese) in [(why.english, why.chinese) for why in whys(tmp_path, facts) if why.form == form]


def test_every_basis_of_control_is_said_as_reports_say_it() -> None:
    said = Words("zh")
    assert set(BASES_SAID) == set(BASES)
    assert {basis: chinese for basis, (_, chinese) in BASES_SAID.items()} == {
        basis: said.said(basis) for basis in BASES
    }


def test_two_records_of_one_party_are_one_party_by_its_number(tmp_path: Path) -> None:
    number = {"scheme": "XI-LEI", "value": "5299000J2N45DDNE4Y28", "verified": True}
    facts: Facts = [("Identifier", {"party": one, **number}) for one in (A, B)]
    (why,) = whys(tmp_path, facts)
    assert (why.form, [party.id for party in why.parties]) == ("same party", [A, B])
    assert [record.values["value"] for record in why.records] == [number["value"]] * 2


def test_two_records_of_one_party_are_one_party_by_a_verdict(tmp_path: Path) -> None:
    (why,) = whys(tmp_path, [fact("SAME_AS", A, B, verdict="confirmed", author="analyst")])
    assert why.form == "same party"
    assert [one.values["author"] for one in why.facts] == ["analyst"]


def test_a_dependence_that_was_rejected_ties_nobody(tmp_path: Path) -> None:
    assert whys(tmp_path, [fact("DEPENDS_ON", A, B, criterion="c", verdict="rejected")]) == []


def test_the_least_trusted_of_equal_cuts_is_named(tmp_path: Path) -> None:
    book = Book(tmp_path / "columns")
    facts = [fact("OWNS", A, X, share=0.1), fact("OWNS", X, B, share=0.1, confidence=0.4)]
    book.load(dict.fromkeys((A, B, X), "Company"), facts, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    (cut,) = links(engine, [A, B], moment=engine.moment()).answer.cuts
    assert [(one.tail.id, one.head.id) for one in cut.facts] == [(X, B)]


def test_amounts_in_several_currencies_are_weighed_each_among_its_own(tmp_path: Path) -> None:
    facts = [
        fact("SUPPLIES", A, B, amount=1e9, currency="CNY", product="1"),
        fact("SUPPLIES", A, X, amount=30.0, currency="EUR", product="2"),
        fact("SUPPLIES", X, B, amount=1.0, currency="EUR", product="3"),
        fact("SUPPLIES", X, P, amount=3.0, currency="EUR", product="4"),
        fact("SUPPLIES", P, B, amount=3.0, currency="EUR", product="5"),
    ]
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys((A, B, X, P), "Company"), facts, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    paths = links(engine, [A, B], moment=engine.moment()).answer.paths
    found = {tuple(party.id for party in path.parties): path.strength for path in paths}
    assert found == {(A, B): 1.0, (A, X, P, B): 1.0, (A, X, B): 0.25}


def contested(folder: Path, *sources: str) -> Engine:
    """Each source states that P holds 60 % of X; the first is trusted more."""
    book, held = Book(folder / "columns"), ("OWNS", {"from": "r:p", "to": "r:x", "share": 0.6})
    for n, source in enumerate(sources):
        parties = {} if n else {"r:p": "Company", "r:x": "Company"}
        book.load(parties, [held], closed_at=instant(f"2024-01-0{n + 1}"), source=source, trust=0.9 - n / 10)
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


def test_what_another_source_states_in_place_of_a_fact_has_to_be_refuted_with_it(tmp_path: Path) -> None:
    """Refuting what the first source says lets in the second: the two are parted by both."""
    both, second = contested(tmp_path / "both", "a", "b"), contested(tmp_path / "second", "b")
    (cut,) = links(both, ["r:p", "r:x"], moment=both.moment()).answer.cuts
    assert len(cut.facts) == 2
    assert cut.aside == (cut.facts[1].fact_id,)
    answer = groups(both, "r:x", moment=both.moment())
    (edge,) = answer.answer.groups[0].edges
    assert {fact.fact_id for fact in edge.facts} == {fact.fact_id for fact in cut.facts}
    assert [party.id for party in edge.leave] == ["r:x"]
    sources = {source.fact_id: source.source for source in answer.sources}
    assert [sources[fact.fact_id] for fact in edge.facts] == ["a", "b"]
    assert links(second, ["r:p", "r:x"], moment=second.moment()).answer.page.total == 1
    assert groups(second, "r:x", moment=second.moment()).answer.groups[0].page.total == 2


def test_a_cut_speaks_of_paths_of_as_many_steps_as_were_asked_for(tmp_path: Path) -> None:
    """P holds a fifth of X, and of Y, which holds a fifth of Z, which holds a fifth of X: three steps remain."""
    pairs = [("r:p", "r:x"), ("r:p", "r:y"), ("r:y", "r:z"), ("r:z", "r:x")]
    kinds = dict.fromkeys(["r:p", "r:x", "r:y", "r:z"], "Company")
    facts = [("OWNS", {"from": one, "to": other, "share": 0.2}) for one, other in pairs]
    Book(tmp_path / "columns").load(kinds, facts, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    for steps, fewest in ((2, "1 fact refuted"), (3, "2 facts refuted")):
        told = links(engine, ["r:p", "r:x"], steps=steps, moment=engine.moment()).reasons
        assert f"{fewest} would part r:p and r:x on paths of up to {steps} steps." in told
