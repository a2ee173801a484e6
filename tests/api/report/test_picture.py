from itertools import combinations

import pytest

from api.engine import Engine
from api.questions import links
from api.report.picture import LARGEST, READABLE, Picture, picture
from api.report.places import WIDE, Placed, place
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
