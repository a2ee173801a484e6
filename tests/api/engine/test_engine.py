import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier, Lock

import pytest

from api.engine import Engine, Place
from api.questions import party
from graph.errors import InvalidCurrency, InvalidQuestion, StoreUnavailable, UnknownVersion
from graph.facts import Facts
from graph.local import own
from graph.moment import Moment
from graph.snapshot import Snapshot
from tests.api.conftest import B, world
from tests.api.world import Book, instant
from tests.ingest.loading.small import Workspace, company, owns

NOW = datetime(2025, 6, 30, tzinfo=UTC)


def opened(folder: Path, *, keep: int = 4) -> Engine:
    place = Place(folder)
    return Engine(place, place.facts(), keep=keep, clock=lambda: NOW)


def test_however_many_wait_for_a_moment_it_is_built_once(folder: Path) -> None:
    engine = opened(folder)
    together = Barrier(8)

    def ask(_: int) -> object:
        together.wait()
        return engine.view(engine.moment())

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_however_many_moments_are_asked_for_at_once_two_are_built_at_a_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = opened(folder, keep=8)
    at_once: list[int] = []
    building = 0
    lock, build = Lock(), Snapshot.build

    def watched(facts: Facts, moment: Moment) -> Snapshot:
        nonlocal building
        with lock:
            building += 1
            at_once.append(building)
        time.sleep(0.05)
        made = build(facts, moment)
        with lock:
            building -= 1
        return made

    monkeypatch.setattr(Snapshot, "build", watched)
    moments = [engine.moment(valid_at=date(2000 + year, 1, 1)) for year in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(engine.view, moments))) == 8
    assert max(at_once) == 2


def test_now_is_asked_as_of_the_last_instant_anything_became_known(folder: Path) -> None:
    moment = opened(folder).moment()
    assert (moment.valid_at, moment.known_at, moment.version) == (date(2025, 6, 30), instant("2025-01-15"), 3)


def test_a_clock_before_the_last_load_does_not_see_it(folder: Path) -> None:
    place = Place(folder)
    early = Engine(place, place.facts(), clock=lambda: instant("2024-06-01"))
    assert early.moment().known_at == instant("2024-06-01")


def test_only_so_many_moments_are_kept(folder: Path) -> None:
    engine = opened(folder, keep=2)
    first = engine.view(engine.moment())
    for year in (2021, 2022, 2023):
        engine.view(engine.moment(valid_at=date(year, 1, 1)))
    again = engine.view(engine.moment())
    assert again is not first
    assert again.snapshot.name == first.snapshot.name


def test_what_was_begun_ends_on_the_facts_it_began_with(tmp_path: Path) -> None:
    book = Book(tmp_path / "columns")
    book.load({"r:1": "Company"}, [("Profile", {"party": "r:1", "name": "Old"})], closed_at=instant("2024-01-01"))
    engine = opened(tmp_path)
    begun, asked = engine.view(engine.moment()), engine.moment()
    assert not engine.refresh()
    new = ("Profile", {"party": "r:1", "name": "New", "source_ref": "2"})
    book.load({"r:2": "Company"}, [new], closed_at=instant("2025-01-01"))
    assert engine.refresh()
    assert (begun.snapshot.version, begun.snapshot.name_of(0)) == (1, "Old")
    assert engine.view(engine.moment()).snapshot.size == 2
    assert party(engine, "r:1", moment=asked).answer.party.name == "Old"


def test_a_question_asked_again_with_its_version_gets_the_same_answer(tmp_path: Path) -> None:
    book = world(tmp_path)
    engine = opened(tmp_path)
    moment = engine.moment()
    before = party(engine, B, moment=moment)
    more = ("OWNS", {"from": "register:x", "to": B, "share": 0.9})
    book.load({"register:x": "Company"}, [more], closed_at=instant("2025-02-01"))
    engine.refresh()
    assert party(engine, B, moment=moment) == before
    assert party(engine, B, moment=engine.moment()) != before


def test_columns_are_read_while_another_process_owns_the_store(tmp_path: Path) -> None:
    world(tmp_path)
    with own(tmp_path):
        assert Engine.open(Place(tmp_path)).version == 3


def test_a_folder_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        Engine.open(Place(tmp_path / "nothing"))
    assert "contagraph load" in caught.value.remedy


def test_columns_of_two_servers_lie_apart(tmp_path: Path) -> None:
    places = [Place.of(where, data=tmp_path) for where in ("bolt://a:7687", "bolt://b:7687", "bolt://a:7687")]
    assert places[0].folder != places[1].folder
    assert places[0] == places[2]


def test_a_moment_that_cannot_be_is_refused_every_time(folder: Path) -> None:
    engine = opened(folder)
    for _ in range(2):
        with pytest.raises(UnknownVersion):
            engine.view(engine.moment(version=77))
        with pytest.raises(InvalidCurrency):
            engine.view(engine.moment(currency="yuan"))
    with pytest.raises(InvalidQuestion):
        engine.view(replace(engine.moment(), known_at=datetime(2024, 1, 1)))


def test_columns_that_a_killed_load_left_behind_catch_up_with_the_store(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "store")
    workspace.load(company("a"), company("b"), owns("a", "b", 0.6))
    older = tmp_path / "older"
    shutil.copytree(tmp_path / "store" / "columns", older)
    workspace.load(owns("a", "b", 0.7, valid_from="2025-01-01"))
    # As a kill between the store's closing and the columns' growing leaves it.
    shutil.rmtree(tmp_path / "store" / "columns")
    shutil.copytree(older, tmp_path / "store" / "columns")
    (tmp_path / "store" / "staging" / "cut").mkdir(parents=True)
    (tmp_path / "store" / "staging" / "cut" / "finished").touch()
    assert Facts.open(tmp_path / "store" / "columns").version == 1
    assert Place(tmp_path / "store").facts().version == 2
