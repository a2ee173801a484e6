"""What questions of now need is built before they are asked, once."""

import time
from pathlib import Path

import pytest

from api import questions
from api.engine import Engine, Place
from api.service.freshness import Keeper
from api.settings import Settings
from graph.errors import StoreUnavailable
from tests.api.conftest import CLOCK
from tests.api.world import Book, instant


def until(ready: object) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + 30
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.01)


def loaded(folder: Path) -> Book:
    book = Book(folder / "columns")
    profiles = [("Profile", {"party": f"register:{name}", "name": name}) for name in "ab"]
    book.load({"register:a": "Company", "register:b": "Company"}, profiles, closed_at=instant("2024-02-01"))
    return book


def test_now_is_warmed_up_once_and_again_only_after_a_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book, asked = loaded(tmp_path), []
    real = questions.exposure
    monkeypatch.setattr(questions, "exposure", lambda *a, **k: (asked.append(k["moment"].version), real(*a, **k))[1])
    keeper = Keeper(engine := Engine.open(Place(tmp_path)), Settings(), every=0.01)
    keeper.start()
    until(lambda: keeper.ready)
    time.sleep(0.3)
    assert asked == [1]
    book.load({"register:c": "Company"}, [], closed_at=CLOCK)
    until(lambda: engine.version == 2)
    time.sleep(0.3)
    keeper.stop()
    assert asked == [1, 2]


def test_a_look_that_fails_leaves_answers_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book, engine = loaded(tmp_path), Engine.open(Place(tmp_path))
    real, failures = Place.facts, []

    def fails_twice(place: Place, *, renew: bool = False) -> object:
        if len(failures) < 2:
            failures.append(StoreUnavailable("gone", where="bolt://nowhere") if failures else RuntimeError("torn"))
            raise failures[-1]
        return real(place, renew=renew)

    monkeypatch.setattr(Place, "facts", fails_twice)
    keeper = Keeper(engine, Settings(), every=0.01)
    book.load({"register:c": "Company"}, [], closed_at=CLOCK)
    keeper.start()
    until(lambda: len(failures) == 2)
    until(lambda: engine.version == 2)
    keeper.stop()
    assert keeper.ready
