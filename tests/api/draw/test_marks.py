from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.draw import draw
from api.draw.labels import Point
from api.draw.marks import CIRCLES, CONTROL, GROUPS, KINDS, Mark, Marks, marks
from api.draw.overlay import _apart, overlay
from api.draw.scene import KEEP, Scene, scene
from api.draw.written import roads
from api.engine import Engine, Place
from api.questions import control, groups, guarantees, network
from graph.errors import InvalidQuestion
from tests.api.conftest import ALONE, HOLD, MINE, PERSON, RING1, RING2, SHOP, STATE, B
from tests.api.world import Book, instant


def of(engine: Engine, party: str, kind: str) -> tuple[Mark, ...]:
    return marks(engine, party, [kind], moment=engine.moment()).marks


def test_a_group_is_marked_as_the_question_tells_it(engine: Engine) -> None:
    (group,) = groups(engine, MINE, moment=engine.moment()).answer.groups
    (mark,) = of(engine, MINE, GROUPS)
    assert list(mark.why) == [member.party.id for member in group.members]
    assert mark.why[RING1] == "珀陌担保有限公司 by Keladak Holdings Limited (vie)"
    assert set(mark.ties) == {(B, HOLD), (HOLD, MINE), (B, MINE), (HOLD, RING1)}


def test_circles_are_those_through_the_party_with_every_guarantee_of_theirs(engine: Engine) -> None:
    (circle,) = guarantees(engine, MINE, moment=engine.moment()).answer.circles
    (mark,) = of(engine, MINE, CIRCLES)
    assert set(mark.steps) == {fact.fact_id for fact in circle.guarantees}
    assert set(mark.ties) == {(RING1, RING2), (RING2, MINE), (MINE, RING1)}


def test_the_path_of_control_counts_the_companies_as_they_fall(engine: Engine) -> None:
    first = control(engine, MINE, moment=engine.moment()).answer.controllers[0]
    mark = of(engine, MINE, CONTROL)[0]
    assert mark.name == f"{first.controller.name} controls 岚禾矿业有限公司"
    ends = {fact.fact_id: (fact.tail.id, fact.head.id) for fact in mark.facts}
    told = {ends[fact]: sign for fact, sign in mark.steps.items()}
    assert told == {(B, HOLD): "A1", (HOLD, MINE): "A2", (B, MINE): "A2"}


def test_what_finds_nothing_says_so(engine: Engine) -> None:
    found = marks(engine, ALONE, KINDS, moment=engine.moment())
    assert found.marks == ()
    assert len(found.reasons) == len(KINDS)
    assert "stands alone" in found.reasons[0]
    assert "There is nothing to mark" in draw(network(engine, ALONE, moment=engine.moment()), found)


def test_a_mark_that_is_none_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidQuestion, match="rings"):
        marks(engine, MINE, ["rings"], moment=engine.moment())


def test_what_is_marked_is_drawn_however_far_it_stands(engine: Engine) -> None:
    near = network(engine, SHOP, hops=1, kinds=["SUPPLIES"], limit=2, moment=engine.moment())
    beside = [PERSON, B, STATE]
    far = network(engine, SHOP, hops=1, kinds=["OWNS"], beside=beside, moment=engine.moment()).answer
    assert not {*beside} & {around.party.id for around in near.answer.parties}
    assert [around.party.id for around in far.parties] == beside
    assert {(fact.tail.id, fact.head.id) for fact in far.links} == {(PERSON, B)}
    assert far.page.total == far.page.shown == len(beside)


def test_a_party_beside_that_stands_near_is_shown_once(engine: Engine) -> None:
    value = network(engine, B, hops=2, beside=[HOLD, B, MINE], moment=engine.moment()).answer
    plain = network(engine, B, hops=2, moment=engine.moment()).answer
    assert value.parties == plain.parties
    assert value.page == plain.page


def test_facts_of_marks_are_drawn_though_their_kind_was_not_asked_for(engine: Engine) -> None:
    moment = engine.moment()
    found = marks(engine, MINE, [CIRCLES], moment=moment)
    beside = [party.id for party in found.parties]
    answer = network(engine, MINE, hops=1, kinds=["OWNS"], beside=beside, moment=moment)
    drawn = scene(answer.answer, found)
    assert {fact.fact_id for fact in found.marks[0].facts} <= {fact.fact_id for fact in drawn.facts}
    text = draw(answer, found)
    assert all(f'data-fact="{fact.fact_id}"' in text for fact in found.marks[0].facts)


@pytest.fixture(scope="module")
def fan(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A holding with twenty daughters and twenty small stakes, and one above it."""
    folder = tmp_path_factory.mktemp("fan")
    daughters, others = [f"r:d{n:02d}" for n in range(20)], [f"r:m{n:02d}" for n in range(20)]
    facts: list[tuple[str, dict[str, object]]] = [
        ("OWNS", {"from": "r:hold", "to": firm, "share": share, "directness": "direct"})
        for firms, share in ((daughters, 1.0), (others, 0.1))
        for firm in firms
    ]
    facts.append(("OWNS", {"from": "r:top", "to": "r:hold", "share": 0.6, "directness": "direct"}))
    book = Book(folder / "columns")
    book.load(
        dict.fromkeys(["r:top", "r:hold", *daughters, *others], "Company"), facts, closed_at=instant("2024-01-01")
    )
    return Engine(Place(folder), book.facts, clock=lambda: instant("2024-06-30"))


def test_members_and_others_are_folded_apart_and_every_member_is_marked_once(fan: Engine) -> None:
    moment = fan.moment()
    found = marks(fan, "r:hold", KINDS, moment=moment)
    drawn = scene(network(fan, "r:hold", moment=moment).answer, found)
    assert {(fold.groups, fold.count) for fold in drawn.folds} == {(("1",), 20 - KEEP), ((), 20 - KEEP)}
    over = overlay(
        found, drawn, dict.fromkeys([*(p.id for p in drawn.parties), *(f.name for f in drawn.folds)], (0.0, 0.0))
    )
    (shade,) = over.shades
    assert len(shade["nodes"]) == 2 + KEEP + 1
    assert not any("r:m" in node for node in shade["nodes"])


def test_members_that_are_not_drawn_are_counted(fan: Engine) -> None:
    moment = fan.moment()
    found = marks(fan, "r:hold", [GROUPS], moment=moment)
    drawn = scene(network(fan, "r:hold", limit=3, moment=moment).answer, found)
    (row,) = overlay(found, drawn, {party.id: (0.0, 0.0) for party in drawn.parties}).rows
    assert row.left == "18 members not drawn"


numbers = st.floats(-100, 100)


@given(st.tuples(numbers, numbers), st.tuples(numbers, numbers), st.tuples(numbers, numbers))
def test_a_distance_from_a_line_is_the_least_to_any_of_its_points(
    point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]
) -> None:
    along = np.linspace(start, end, 2001)
    least = np.hypot(*(along - np.array(point)).T).min()
    assert _apart(point, start, end) <= least + 1e-9
    assert least - _apart(point, start, end) <= np.hypot(*np.subtract(end, start)) / 2000


@pytest.fixture(scope="module")
def apart(fan: Engine) -> tuple[Marks, Scene, dict[str, tuple[float, float]]]:
    """A group of which two members stand side by side, and everybody else far off."""
    moment = fan.moment()
    found = marks(fan, "r:hold", [GROUPS], moment=moment)
    drawn = scene(network(fan, "r:hold", moment=moment).answer, found)
    places = {fold.name: (900.0, 900.0) for fold in drawn.folds} | {p.id: (0.0, 500.0) for p in drawn.parties}
    return found, drawn, places | {"r:top": (0.0, 0.0), "r:hold": (200.0, 0.0)}


def shaded(apart: tuple[Marks, Scene, dict[str, tuple[float, float]]], *more: tuple[str, Point], **given: Any) -> bool:
    """Whether the shade reaches from the one to the other."""
    found, drawn, places = apart
    ties = overlay(found, drawn, places | dict(more), **given).shades[0]["ties"]
    return ("r:top", "r:hold") in {tie[:2] for tie in ties}


def test_a_shade_does_not_reach_across_a_stranger(apart: Any) -> None:
    assert shaded(apart)
    assert not shaded(apart, ("r:m00", (100.0, 20.0)))


def test_a_shade_follows_its_line_round_a_stranger_and_not_through_one(apart: Any) -> None:
    nodes = [{"id": "r:top", "x": 0.0, "y": 0.0}, {"id": "r:hold", "x": 200.0, "y": 0.0}]
    bent = {"id": "e", "from": "r:top", "to": "r:hold", "smooth": {"type": "curvedCCW", "roundness": 0.5}}
    ways = roads(nodes, [bent])
    inside, beside = ("r:m00", (100.0, 0.0)), ("r:m00", (100.0, 45.0))
    assert (shaded(apart, inside), shaded(apart, inside, roads=ways)) == (False, True)
    assert (shaded(apart, beside), shaded(apart, beside, roads=ways)) == (True, False)


def test_a_shade_does_not_run_through_the_name_of_a_stranger(apart: Any) -> None:
    assert not shaded(apart, names={"r:m00": (90.0, 5.0, 110.0, 20.0)})
    assert shaded(apart, names={"r:m00": (90.0, 25.0, 110.0, 40.0), "r:top": (-20.0, 5.0, 20.0, 30.0)})


def test_suspected_members_are_outlined_only(tmp_path: Path) -> None:
    """A supplier whose sales all go to one buyer is suspected, not judged, to depend on it."""
    sale = {"from": "r:small", "to": "r:buyer", "amount": 9e6, "currency": "CNY", "product": "parts"}
    statement = {
        "party": "r:small", "period_end": instant("2023-12-31").date(), "months": 12, "standard": "CAS",
        "item": "revenue", "value": 1e7, "unit": "CNY",
    }  # fmt: skip
    book = Book(tmp_path / "columns")
    book.load(
        {"r:small": "Company", "r:buyer": "Company"}, [("SUPPLIES", sale), ("Statement", statement)],
        closed_at=instant("2024-02-01"),
    )  # fmt: skip
    engine = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    (mark,) = of(engine, "r:small", GROUPS)
    assert not mark.certain
    assert ("r:small", "r:buyer") in mark.ties
    assert "suspected to depend" in mark.why["r:small"]
