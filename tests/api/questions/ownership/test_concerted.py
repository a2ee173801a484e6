from pathlib import Path

import pytest

from api.draw.marks import CONTROL, marks
from api.engine import Engine
from api.questions import control
from tests.api.questions.ownership.test_control import held_by

HELD = [("p1", "top", 0.4), ("p2", "top", 0.15), ("z", "top", 0.2), ("top", "low", 0.6), ("p3", "low", 0.4)]


@pytest.fixture
def led(tmp_path: Path) -> Engine:
    """Two persons have 55 % of a company that declared to act in concert with them, and has 60 % of another."""
    return held_by(tmp_path, list(HELD), ("p1", "p2"), ("p1", "top"))


def test_a_company_in_concert_with_its_controllers_is_not_on_top_with_them(led: Engine) -> None:
    answer = control(led, "r:low", moment=led.moment())
    value = answer.answer
    (joint,), (one,) = value.concerts, value.controllers
    assert [party.id for party in joint.members] == ["r:p1", "r:p2"]
    assert (joint.certain, joint.ultimate, joint.alone) == (True, True, ())
    assert (one.controller.id, one.certain, one.ultimate) == ("r:top", True, False)
    standing = value.standing
    assert (standing.kind, [party.id for party in standing.controllers]) == ("concert", ["r:p1", "r:p2"])
    assert standing.possible == ()
    assert not any("nobody is known" in why for why in answer.reasons)


def test_the_proof_of_a_concert_begins_with_the_member_whom_the_others_control(led: Engine) -> None:
    (joint,) = control(led, "r:low", moment=led.moment()).answer.concerts
    told = [(fall.company.id, {(fact.tail.id, fact.text) for fact in fall.by}) for fall in joint.proof]
    assert told == [("r:top", {("r:p1", "40%"), ("r:p2", "15%")}), ("r:low", {("r:top", "60%")})]


def test_the_picture_marks_the_way_of_those_who_control_the_controller(led: Engine) -> None:
    found = marks(led, "r:low", [CONTROL], moment=led.moment())
    ties = {tie for mark in found.marks for tie in mark.ties}
    assert {("r:p1", "r:top"), ("r:p2", "r:top"), ("r:top", "r:low")} <= ties
    assert any(mark.name == "r:p1 and r:p2 control r:low, in concert" for mark in found.marks)


def test_who_is_controlled_by_a_concert_that_it_is_no_member_of_is_not_on_top(tmp_path: Path) -> None:
    engine = held_by(tmp_path, list(HELD), ("p1", "p2"))
    answer = control(engine, "r:low", moment=engine.moment())
    assert [(one.controller.id, one.ultimate) for one in answer.answer.controllers] == [("r:top", False)]
    assert not any("nobody is known" in why for why in answer.reasons)


def test_a_member_that_the_others_do_not_control_stays_beside_them(tmp_path: Path) -> None:
    """45 % of the company are no majority: it holds its 60 % itself, and controls alone."""
    held = [("p1", "top", 0.4), ("p2", "top", 0.05), ("top", "low", 0.6), ("p1", "low", 0.1)]
    engine = held_by(tmp_path, held, ("p1", "p2"), ("p1", "top"))
    value = control(engine, "r:low", moment=engine.moment()).answer
    assert (value.standing.kind, [one.id for one in value.standing.controllers]) == ("sole", ["r:top"])
    assert [one.ultimate for one in value.controllers] == [True]
