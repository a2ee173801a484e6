import math
from itertools import combinations

import pytest

from api.answers.frame import Fact, Party
from api.engine import Engine
from api.questions import links
from api.report.boxes import GAP, NARROW, WIDE, Placed, place
from api.report.picture import LARGEST, READABLE, Picture, gap_for, picture
from api.report.words import Words
from tests.api.conftest import HOLD, MINE, RING2, B


@pytest.fixture(scope="module")
def placed(engine: Engine) -> Placed:
    answer = links(engine, [MINE, RING2], moment=engine.moment()).answer
    facts = [fact for path in answer.paths for tie in path.steps for fact in tie.facts]
    return place(facts, answer.parties, answer.paths)


@pytest.fixture(scope="module")
def drawn(engine: Engine) -> Picture:
    answer = links(engine, [MINE, RING2], moment=engine.moment()).answer
    facts = [fact for path in answer.paths for tie in path.steps for fact in tie.facts]
    return picture(place(facts, answer.parties, answer.paths), facts, Words("zh"))


def test_paths_run_from_the_first_party_on_the_left_to_the_last_on_the_right(placed: Placed) -> None:
    x = {box.party.id: box.x for box in placed.boxes}
    assert placed.how == "how_paths"
    ends = sorted((x[MINE], x[RING2]))
    assert ends == [min(x.values()), max(x.values())]


def test_holders_stand_left_of_what_they_hold(engine: Engine) -> None:
    answer = links(engine, [B, MINE], kinds=["OWNS"], moment=engine.moment()).answer
    facts = [fact for path in answer.paths for tie in path.steps for fact in tie.facts]
    x = {box.party.id: box.x for box in place(facts, answer.parties, answer.paths).boxes}
    assert x[B] < x[HOLD] < x[MINE]


def test_no_box_lies_on_another(placed: Placed) -> None:
    for one, other in combinations(placed.boxes, 2):
        apart = abs(one.x - other.x) >= WIDE or abs(one.y - other.y) >= (one.height + other.height) / 2
        assert apart, (one.party.name, other.party.name)


def test_no_label_lies_on_a_box_or_another_label(drawn: Picture) -> None:
    boxes = [(box.x, box.y, WIDE, box.height) for box in drawn.boxes]
    labels = [(*curve.at, curve.width, 16.0) for curve in drawn.curves if curve.label]
    assert labels
    for k, (x, y, wide, high) in enumerate(labels):
        for a, b, broad, tall in [*boxes, *labels[:k]]:
            assert abs(x - a) >= (wide + broad) / 2 - 0.01 or abs(y - b) >= (high + tall) / 2 - 0.01


def test_the_picture_fits_its_page_and_is_not_larger_than_on_a_screen(drawn: Picture) -> None:
    wide, high = drawn.size
    assert wide <= (267 if drawn.landscape else 180)
    assert high <= (126 if drawn.landscape else 205)
    assert READABLE <= wide / drawn.view[2] <= LARGEST + 1e-3


def ring(size: int) -> tuple[list[Party], list[Fact]]:
    parties = [Party(f"r:{n}", f"Firm {n}", "Company") for n in range(size)]
    pairs = zip(parties, [*parties[1:], parties[0]], strict=True)
    return parties, [Fact(f"f{n}", "GUARANTEES", a, b, {"amount": 5e6}, "") for n, (a, b) in enumerate(pairs)]


@pytest.mark.parametrize("size", range(2, 9))
def test_a_single_ring_is_drawn_as_one_each_beside_the_next(size: int) -> None:
    parties, facts = ring(size)
    placed = place(facts, (), ring=parties)
    at = {box.party.id: (box.x, box.y) for box in placed.boxes}
    assert placed.how == "how_ring"
    assert len(set(at.values())) == size
    for fact in facts:
        (x1, y1), (x2, y2) = at[fact.tail.id], at[fact.head.id]
        assert abs(x1 - x2) <= WIDE + GAP + 1e-9
        assert x1 != x2 or y1 != y2


def test_columns_stand_as_far_apart_as_what_stands_on_the_lines_needs() -> None:
    words = Words("en")
    (one, other), _ = ring(2)
    gaps = [gap_for([Fact("f", "GUARANTEES", one, other, {"amount": amount}, "")], words) for amount in (5.0, 123.45e6)]
    assert NARROW == gap_for([], words) <= gaps[0] < gaps[1] <= GAP


def test_a_sign_lies_on_no_writing_and_on_no_other_sign_where_there_is_room() -> None:
    (one, other), _ = ring(2)
    facts = [
        Fact("f", "CONTROLS", one, other, {"basis": "contract"}, ""),
        Fact("g", "OWNS", one, other, {}, ""),
    ]
    made = picture(place(facts, [one, other], gap=GAP), facts, Words("en"), cut={"f", "g"})
    signs = [curve.cut[:2] for curve in made.curves if curve.cut]
    assert len(signs) == 2
    assert math.dist(*signs) >= 11
    (on,) = (curve for curve in made.curves if curve.label)
    assert all(abs(x - on.at[0]) > on.width / 2 or abs(y - on.at[1]) > 8 for x, y in signs)


def test_what_parts_the_parties_bears_a_sign_and_nothing_else_does(engine: Engine) -> None:
    answer = links(engine, [MINE, RING2], moment=engine.moment()).answer
    facts = [fact for path in answer.paths for tie in path.steps for fact in tie.facts]
    parting = {fact.fact_id for cut in answer.cuts for fact in cut.facts}
    lines = {(fact.tail.id, fact.head.id, fact.kind) for fact in facts if fact.fact_id in parting}
    made = picture(place(facts, answer.parties, answer.paths), facts, Words("en"), cut=parting)
    assert sum(curve.cut is not None for curve in made.curves) == len(lines) > 0
    assert made.marked == ("cut",)
    left, top, wide, high = made.view
    for curve in made.curves:
        if curve.cut:
            assert left <= curve.cut[0] <= left + wide
            assert top <= curve.cut[1] <= top + high
