"""A decision stands in the ledger before it is told, is told again as it was, and is kept through a kill."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.engine import Engine, Place
from api.intake import Intake
from api.ledger import Ledger
from api.ledger.decisions import ANSWER, decided
from api.ledger.judgements import verify
from api.questions import credit_check
from api.questions.limits.applications import Request
from api.settings import Settings
from graph.errors import BrokenLedger, DecidedOtherwise
from tests.api.conftest import BANK, CLOCK, MINE, world
from tests.api.serving import serving
from tests.api.test_app import REQUEST
from tests.api.test_cli import run
from tests.api.world import Book, day, instant
from tests.conftest import ROOT

TOKEN = "uB5xS0mOZ7tQvP2nL8kD"  # noqa: S105  (of this test only)
NAMED = Request.model_validate({**REQUEST, "request_id": "2025-0001"})
NOW = datetime(2025, 7, 1, 9, tzinfo=UTC)


@pytest.fixture
def made(tmp_path: Path) -> Book:
    return world(tmp_path)


def opened(made: Book) -> Engine:
    place = Place(made.facts.folder.parent)
    return Engine(place, place.facts(), clock=lambda: CLOCK)


def ask(engine: Engine, request: Request = NAMED, **more: Any) -> Any:
    return decided(engine, request, moment=engine.moment(), now=lambda: NOW, **more)


def lines(engine: Engine) -> list[dict[str, Any]]:
    path = engine.place.folder / "ledger.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def same(one: Any, other: Any) -> bool:
    """Whether two answers say the same, but for whether the decision was told before."""
    bare = [replace(answer, answer=replace(answer.answer, decision=None)) for answer in (one, other)]
    return bool(ANSWER.dump_json(bare[0]) == ANSWER.dump_json(bare[1]))


def test_without_a_name_nothing_is_written(made: Book) -> None:
    engine = opened(made)
    answer = ask(engine, NAMED.model_copy(update={"request_id": ""}))
    assert answer.answer.decision is None
    assert not (engine.place.folder / "ledger.jsonl").exists()


class Raced(Engine):
    """An engine into which a load comes right after a view was taken."""

    loads: list[Any] = []  # noqa: RUF012

    def view(self, moment: Any) -> Any:
        found = super().view(moment)
        if self.loads:
            self.loads.pop()()
            self.refresh()
        return found


def test_a_load_that_closes_while_a_request_is_answered_leaves_its_decision_as_it_was(made: Book) -> None:
    place = Place(made.facts.folder.parent)
    engine = Raced(place, place.facts(), clock=lambda: CLOCK)
    version = engine.version
    engine.loads = [lambda: made.load({"register:late": "Company"}, (), closed_at=instant("2025-06-30"))]
    first = decided(engine, NAMED, moment=replace(engine.moment(), currency="CNY"), now=lambda: NOW)
    assert engine.version > version
    assert lines(engine)[0]["content"]["version"] == version
    assert same(first, ask(engine))


def test_a_decision_says_where_it_stands_and_the_entry_what_was_decided(made: Book) -> None:
    engine = opened(made)
    answer = ask(engine)
    (entry,) = lines(engine)
    assert (answer.answer.decision.entry, answer.answer.decision.hash) == (1, entry["hash"])
    told = entry["content"]
    # 54 of its own, and 110 of two firms whose statements are missing, of 200; 5 are secured by a deposit.
    assert (told["verdict"], told["headroom"], told["binding"]) == ("decline", 41e6, "CN_LE_GROUP_20")
    assert (told["version"], told["valid_at"], told["request"]["applicant"]) == (3, "2025-06-30", MINE)
    assert entry["at"].startswith("2025-07-01T09:00")


def test_the_same_request_is_answered_the_same_whatever_was_loaded_since(made: Book) -> None:
    first = ask(opened(made))
    more = {"from": BANK, "to": MINE, "facility_id": "F9", "kind": "loan", "drawn": 6e7, "currency": "CNY"}
    made.load({}, [("LENDS", {**more, "source": "bank"})], source="bank", closed_at=instant("2025-05-01"))
    engine = opened(made)
    again = ask(engine, remedies=False, limit=1)
    assert same(first, again)
    assert again.answer.decision.repeated
    assert len(lines(engine)) == 1
    fresh = ask(engine, NAMED.model_copy(update={"request_id": "2025-0002"}))
    assert (fresh.answer.headroom_certain, first.answer.headroom_certain) == (10e6, 70e6)
    assert same(first, ask(engine))


def test_an_answer_of_a_version_stays_as_it_was_whatever_begins_later(tmp_path: Path) -> None:
    """No fact names a first day; then one does, after the day asked about."""
    said = {"party": BANK, "name": "Bank", "rule_sets": "CN"}
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys([BANK, MINE], "Company"), [("Profile", said)], closed_at=instant("2024-01-15"))
    plain = NAMED.facility.model_copy(update={"guarantors": ()})
    request = NAMED.model_copy(update={"facility": plain})
    first = ask(opened(book), request)
    owed = {"from": BANK, "to": MINE, "facility_id": "F9", "kind": "loan", "drawn": 5.0, "currency": "CNY"}
    book.load({}, [("LENDS", {**owed, "valid_from": day("2030-01-01")})], closed_at=instant("2025-05-01"))
    assert ask(opened(book), request).answer.decision.repeated
    assert first.answer.verdict == "refer"


def test_another_request_under_the_same_name_is_refused(made: Book) -> None:
    engine = opened(made)
    ask(engine)
    larger = NAMED.facility.model_copy(update={"amount": 90e6})
    with pytest.raises(DecidedOtherwise, match="entry 1"):
        ask(engine, NAMED.model_copy(update={"facility": larger}))
    assert len(lines(engine)) == 1


def test_an_answer_that_came_to_differ_is_not_told_as_the_decision(made: Book) -> None:
    """As if a rule had been another then: the entry's hash of the answer is not that of today's."""
    engine = opened(made)
    plain = credit_check(engine, NAMED, moment=engine.moment())
    ask(engine)
    (entry,) = lines(engine)
    told = {**entry["content"], "answer": "0" * 64, "request_id": "other"}
    with Ledger(engine.place.folder).held() as ledger:
        ledger.append("credit check", told, author="x", at=NOW)
    with pytest.raises(DecidedOtherwise, match="other rules or another program"):
        ask(engine, NAMED.model_copy(update={"request_id": "other"}))
    assert plain.answer.verdict == "decline"


def test_many_at_once_under_one_name_make_one_decision(made: Book) -> None:
    engine = opened(made)
    ask(engine, NAMED.model_copy(update={"request_id": ""}))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(engine), range(16)))
    assert len(lines(engine)) == 1
    assert sum(not answer.answer.decision.repeated for answer in answers) == 1
    assert all(same(answers[0], answer) for answer in answers)


DECIDING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from api.ledger.decisions import decided
from api.engine import Engine, Place
from api.questions.limits.applications import Request
from tests.api.test_app import REQUEST
place = Place(Path(sys.argv[1]))
engine = Engine.open(place)
for n in range(100_000):
    named = Request.model_validate({**REQUEST, "request_id": f"r{n}"})
    answer = decided(engine, named, moment=engine.moment(), now=lambda: datetime.now(UTC))
    print(f"{n} {answer.answer.decision.hash}", flush=True)
"""


def test_a_kill_at_any_instant_loses_no_decision_that_was_told(made: Book) -> None:
    folder = made.facts.folder.parent
    told: dict[str, str] = {}
    for wanted in (5, 23, 41):
        with subprocess.Popen(
            [sys.executable, "-c", DECIDING, str(folder)], stdout=subprocess.PIPE, cwd=ROOT, text=True
        ) as writer:
            assert writer.stdout is not None
            for _ in range(wanted):
                number, seal = writer.stdout.readline().split()
                assert told.setdefault(number, seal) == seal  # decided before the kill: told again as it was
            os.kill(writer.pid, signal.SIGKILL)
    kept = {entry.content["request_id"]: entry.hash for entry in Ledger(folder).entries()}
    assert told.items() <= {name[1:]: seal for name, seal in kept.items()}.items()
    checked = verify(Intake(Place(folder), lambda: NOW))
    assert checked.decisions == checked.ledger.entries == len(kept)


def test_a_decision_that_was_changed_by_hand_is_found(made: Book) -> None:
    engine = opened(made)
    ask(engine)
    ask(engine, NAMED.model_copy(update={"request_id": "2"}))
    path = engine.place.folder / "ledger.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("decline", "approve", 1), encoding="utf-8")
    with pytest.raises(BrokenLedger, match="entry 1"):
        verify(Intake(engine.place, lambda: NOW))
    broken = run("verify", "--store", str(engine.place.folder))
    assert broken.returncode == 2


@contextmanager
def service(engine: Engine, token: str | None) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with serving(create_app(engine, Settings(token=token)), **headers) as client:
        yield client


def test_over_http_a_decision_is_kept_only_by_a_service_that_has_a_token(made: Book) -> None:
    engine = opened(made)
    body = NAMED.model_dump()
    with service(engine, None) as client:
        refused = client.post("/v1/credit-checks", json=body)
        assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
        assert client.post("/v1/credit-checks", json={**body, "request_id": ""}).status_code == 200
    assert lines(engine) == []
    with service(engine, TOKEN) as client:
        assert client.post("/v1/credit-checks", json=body, headers={"Authorization": "Bearer x"}).status_code == 401
        first, again = (client.post("/v1/credit-checks", json=body).json() for _ in range(2))
        assert (first["answer"]["verdict"], again["answer"]["decision"]["repeated"]) == ("decline", True)
        taken = client.post("/v1/credit-checks", json={**body, "date": "2025-06-01"})
        assert (taken.status_code, taken.json()["title"]) == (
            409,
            "Something else was decided under the same request id",
        )
    assert len(lines(engine)) == 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"facility": {"amount": "much", "currency": "CNY"}}, "facility.amount"),
        ({"facility": {"amount": -1, "currency": "CNY"}}, "facility"),
        ({"facility": {"amount": 1, "currency": "CNY", "extra": 1}}, "facility.extra"),
        ({"lender": ""}, "lender"),
        ({"applicant": "x" * 300}, "applicant"),
    ],
)
def test_a_body_that_cannot_be_is_told_by_its_field(engine: Engine, change: dict[str, Any], where: str) -> None:
    with service(engine, None) as client:
        reply = client.post("/v1/credit-checks", json={**REQUEST, **change})
    assert reply.status_code == 422, reply.text
    assert where in reply.json()["where"]
