import re
from pathlib import Path
from typing import Any

import pytest

from analytics.structure.ownership.stakes import Policy
from api.engine import Engine, Place
from api.questions import control, groups, owners
from api.questions.group_report import group_report
from api.report import group_page
from api.report.words import Words
from graph.errors import InvalidShare
from tests.api.conftest import MINE
from tests.api.questions.ownership.test_control import held_by
from tests.api.world import Book, instant


@pytest.mark.parametrize("policy", ["keep", "scale"])
def test_a_member_of_which_more_than_all_is_stated_is_told_with_who_says_so(tmp_path: Path, policy: Policy) -> None:
    """60 % and 55 % of one company cannot both be true; its daughter's group rests on who controls it."""
    held = {("r:one", "r:full"): 0.6, ("r:two", "r:full"): 0.55, ("r:full", "r:sub"): 1.0}
    facts = [("OWNS", {"from": x, "to": y, "share": share}) for (x, y), share in held.items()]
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys({x for pair in held for x in pair}, "Company"), facts, closed_at=instant("2024-02-01"))
    engine = Engine.open(Place(tmp_path), overfull=policy)
    answer = group_report(engine, "r:sub", moment=engine.moment())
    (one,) = answer.answer.overfull
    assert (one.company.id, one.total, one.policy) == ("r:full", pytest.approx(1.15), policy)
    assert {fact.tail.id for fact in one.stated} == {"r:one", "r:two"}
    assert any("115%" in reason for reason in answer.reasons)
    for language in ("en", "zh"):
        said = re.sub(r"<[^>]*>", "", group_page(answer, language=language))
        assert "115%" in said
        assert Words(language)(f"overfull_{policy}") in said
    refusing = Engine.open(Place(tmp_path), overfull="refuse")
    with pytest.raises(InvalidShare, match=r"r:full \(115%\)"):
        groups(refusing, "r:sub", moment=refusing.moment())


def test_where_no_member_is_stated_to_be_held_beyond_all_nothing_is_said_of_it(engine: Engine) -> None:
    answer = group_report(engine, MINE, moment=engine.moment())
    assert answer.answer.overfull == ()
    assert Words("en")("overfull") not in group_page(answer)


@pytest.mark.parametrize("other", [(0.5, 0.75, 1), 0.5])
def test_two_majorities_of_one_company_are_both_possible_and_neither_certain(tmp_path: Path, other: Any) -> None:
    """More than half and half, or twice more than half, are more than all, though the least of them sum to all."""
    engine = held_by(tmp_path, [("p1", "t", (0.5, 0.75, 1)), ("p2", "t", other), ("t", "sub", 1.0)])
    answer = control(engine, "r:t", moment=engine.moment())
    assert {one.controller.id: one.certain for one in answer.answer.controllers if one.controller.id == "r:p1"} == {
        "r:p1": False
    }
    assert not any(one.certain for one in answer.answer.controllers)
    (told,) = answer.answer.overfull
    assert (told.company.id, told.said) == ("r:t", ">100%")
    assert any(">100%" in reason for reason in answer.reasons)
    assert owners(engine, "r:t", moment=engine.moment()).answer.overfull
    assert all("r:p1" not in [m.party.id for m in group.members]
               for group in groups(engine, "r:sub", moment=engine.moment()).answer.groups)  # fmt: skip


def test_a_majority_beside_less_than_half_stays_certain(tmp_path: Path) -> None:
    """More than half up to three quarters, and a quarter up to half: together they can be all."""
    engine = held_by(tmp_path, [("p1", "t", (0.5, 0.75, 1)), ("p2", "t", (0.25, 0.5, 1))])
    value = control(engine, "r:t", moment=engine.moment()).answer
    assert [(one.controller.id, one.certain) for one in value.controllers] == [("r:p1", True)]
    assert value.overfull == ()


@pytest.mark.parametrize(("most", "certain"), [((0.75, 1.0, 1), False), ((0.75, 1.0, 0), True)])
def test_who_owns_a_quarter_beside_more_than_three_is_not_certainly_a_beneficial_owner(
    tmp_path: Path, most: Any, certain: bool
) -> None:
    """More than 75 % leaves less than 25 %, the threshold of the Chinese rule; 75 % up to all may leave as much."""
    engine = held_by(tmp_path, [("p1", "t", most), ("p2", "t", 0.25)])
    (regime,) = owners(engine, "r:t", regime="CN_2024", moment=engine.moment()).answer.regimes
    assert {one.person.id: one.certain for one in regime.owners} == {"r:p1": True, "r:p2": certain}


def test_own_shares_that_votes_are_stated_net_of_add_nothing_to_them(tmp_path: Path) -> None:
    """A holder with all votes of a company that has up to a quarter of itself: no more than all, as own shares have
    none."""
    facts: list[tuple[str, dict[str, Any]]] = [
        ("OWNS", {"from": "r:one", "to": "r:t", "share": (0.75, 1.0, 0), "votes": 1.0}),
        ("OWNS", {"from": "r:t", "to": "r:t", "share": (0.0, 0.25, 1)}),
    ]
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys(["r:one", "r:t"], "Company"), facts, closed_at=instant("2024-02-01"))
    engine = Engine.open(Place(tmp_path))
    assert control(engine, "r:t", moment=engine.moment()).answer.overfull == ()
    assert owners(engine, "r:t", layer="votes", moment=engine.moment()).answer.overfull == ()
