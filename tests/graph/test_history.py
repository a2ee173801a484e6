from pathlib import Path

from graph.model import OWNS
from graph.moment import Moment
from graph.snapshot import Snapshot
from tests.api.world import Book, day, instant


def snapshot(folder: Path, valid_at: str, known_at: str) -> Snapshot:
    book = Book(folder / "columns")
    ends = {"from": "r:a", "to": "r:b", "directness": "direct"}
    early = ("OWNS", {**ends, "share": 0.2, "valid_from": day("2010-01-01"), "valid_to": day("2012-01-01")})
    indirect = ("OWNS", {**ends, "share": 0.9, "directness": "indirect"})
    book.load(dict.fromkeys(("r:a", "r:b", "r:c"), "Company"), [early, indirect], closed_at=instant("2020-01-01"))
    late = ("OWNS", {**ends, "share": 0.4, "valid_from": day("2015-01-01")})
    back = ("OWNS", {"from": "r:b", "to": "r:a", "share": 0.1, "directness": "direct"})
    book.load({}, [late, back], closed_at=instant("2021-01-01"))
    book.load({}, [], end=[back], closed_at=instant("2022-01-01"))
    return Snapshot.build(book.facts, Moment(day(valid_at), instant(known_at)))


def shares(of: Snapshot, tail: str, head: str) -> list[float]:
    rows = of.history(OWNS).between(of.node(tail), of.node(head))
    return sorted(of.facts.column(OWNS, "share_low")[int(row)].as_py() for row in rows)


def test_every_direct_fact_of_a_pair_is_there_whatever_the_day(tmp_path: Path) -> None:
    assert shares(snapshot(tmp_path, "2013-01-01", "2023-01-01"), "r:a", "r:b") == [0.2, 0.4]


def test_what_was_not_known_yet_or_no_longer_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    before = snapshot(tmp_path / "before", "2013-01-01", "2020-06-01")
    assert (shares(before, "r:a", "r:b"), shares(before, "r:b", "r:a")) == ([0.2], [])
    (tmp_path / "between").mkdir()
    assert shares(snapshot(tmp_path / "between", "2013-01-01", "2021-06-01"), "r:b", "r:a") == [0.1]
    (tmp_path / "after").mkdir()
    assert shares(snapshot(tmp_path / "after", "2013-01-01", "2023-01-01"), "r:b", "r:a") == []


def test_a_pair_that_nothing_ties_has_no_history(tmp_path: Path) -> None:
    assert shares(snapshot(tmp_path, "2013-01-01", "2023-01-01"), "r:a", "r:c") == []
