"""Who would leave a group client that a concert or relatives unite, asked as a user asks."""

from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.questions import groups
from tests.api.questions.groups.test_concerts import BANK, CA, CB, HELD, TIE, S, V, W, engine, owns
from tests.api.world import Book, instant


def leaving(asked: Engine, party: str, members: set[str]) -> dict[tuple[str, str, str], set[str]]:
    """Who would leave the group client of these members without each fact, by kind and ends."""
    answer = groups(asked, party, kind="group-clients", moment=asked.moment()).answer
    (group,) = (g for g in answer.with_suspected or answer.groups if {m.party.id for m in g.members} == members)
    return {(e.kind, e.other.id, e.party.id): {party.id for party in e.leave} for e in group.edges}


def test_a_concert_that_would_control_nothing_any_more_keeps_nobody_in(tmp_path: Path) -> None:
    """Without one of the two holdings in v, or the tie, ca and cb have nothing together; without w they have v."""
    asked = engine(tmp_path / "alone", *HELD[:3], TIE)
    every = {CA, CB, V, W}
    gone = leaving(asked, V, every)
    assert gone["OWNS", CA, V] == gone["OWNS", CB, V] == every
    assert [leave for (kind, *_), leave in gone.items() if kind == "RELATED_TO"] == [every]
    assert gone["OWNS", V, W] == {W}
    more = engine(tmp_path / "more", *HELD[:3], TIE, owns(CA, S, 0.6))
    assert leaving(more, V, every | {S})["OWNS", CB, V] == {V, W}


def test_whom_a_family_would_still_unite_does_not_leave_with_the_concert(tmp_path: Path) -> None:
    """ca and cb belong to relatives: without their concert, or without the kinship, the other unites them."""
    folder, couple = tmp_path, ("r:p", "r:q")
    facts = [
        *HELD[:3], TIE, owns(couple[0], CA, 0.8), owns(couple[1], CB, 0.8),
        ("RELATED_TO", {"from": couple[0], "to": couple[1], "kind": "kin"}),
    ]  # fmt: skip
    parties = {**dict.fromkeys([BANK, CA, CB, V, W], "Company"), **dict.fromkeys(couple, "Person")}
    Book(folder / "columns").load(parties, facts, closed_at=instant("2024-01-15"))
    asked = Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))
    gone = leaving(asked, V, {CA, CB, V, W})
    assert gone["OWNS", CA, V] == {V, W}
    assert all(not leave for (kind, *ends), leave in gone.items() if kind == "RELATED_TO" or couple[0] in ends)
    assert sum(kind == "RELATED_TO" for kind, *_ in gone) >= 1


@pytest.mark.parametrize(("held", "needed"), [(0.2, True), (0.3, False)])
def test_relatives_who_need_a_companys_own_shares_idle_are_told_with_them(
    tmp_path: Path, held: float, needed: bool
) -> None:
    """Of 80 % that vote two spouses with 45 % have a majority; with 55 % they have one of all."""
    couple, book = ("r:p", "r:q"), Book(tmp_path / "columns")
    facts = [
        owns(couple[0], V, 0.25), owns(couple[1], V, held), owns(V, V, 0.2), owns(couple[0], W, 0.6),
        ("RELATED_TO", {"from": couple[0], "to": couple[1], "kind": "spouse"}),
    ]  # fmt: skip
    book.load({V: "Company", W: "Company", **dict.fromkeys(couple, "Person")}, facts, closed_at=instant("2024-01-15"))
    asked = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    (group,) = groups(asked, V, kind="group-clients", moment=asked.moment()).answer.groups
    (mine,) = [member for member in group.members if member.party.id == V]
    assert mine.why == "family"
    assert mine.proof[0].low == pytest.approx(0.25 + held)
    assert [(fact.tail.id, fact.head.id) for fact in mine.proof[0].own] == [(V, V)] * needed
