from pathlib import Path

from api.engine import Engine, Place
from api.questions import links
from tests.api.conftest import HOLD, B
from tests.api.world import Book, day, instant


def test_what_another_source_says_is_shown_and_set_aside(engine: Engine) -> None:
    lines = links(engine, [B, HOLD], steps=1, moment=engine.moment()).answer.times
    told = {one.fact.text: (one.holds, one.set_aside) for line in lines for one in line.stretches}
    assert told == {"60%": (True, False), "55%": (False, True)}


def test_a_path_held_only_while_all_of_its_links_did(tmp_path: Path) -> None:
    facts = [
        ("OWNS", {"from": "r:a", "to": "r:x", "share": 0.3, "valid_from": day("2010-01-01")}),
        ("OWNS", {"from": "r:x", "to": "r:b", "share": 0.3, "valid_from": day("2018-05-01")}),
    ]
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys(["r:a", "r:b", "r:x"], "Company"), facts, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    (path,) = links(engine, ["r:a", "r:b"], moment=engine.moment()).answer.paths
    assert [(one.valid_from, one.valid_to) for one in path.held] == [(day("2018-05-01"), None)]


def test_every_line_says_from_when_it_was_known(engine: Engine) -> None:
    answer = links(engine, [B, HOLD], moment=engine.moment())
    known = {source.fact_id: source.recorded_at for source in answer.sources}
    for line in answer.answer.times:
        assert all(one.known_from == known[one.fact.fact_id] for one in line.stretches)
