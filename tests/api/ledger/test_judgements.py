"""What is judged stands in the ledger and in the store, holds from its day on, and expires."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.engine import Engine, Place
from api.intake import Intake
from api.ledger import Ledger
from api.ledger.judgements import Judgement, catch_up, interrupted, read_file, record, verify
from api.questions import control
from api.settings import Settings
from graph.errors import BrokenLedger, ContagraphError, InvalidDate, InvalidInput, StoreUnavailable, UnknownParty
from graph.model import DEPENDS_ON, SAME_AS
from tests.api.serving import serving, wait_until_ready
from tests.api.test_cli import run
from tests.ingest.loading.small import SOURCE, Workspace, company, owns

DAY = date(2026, 3, 1)
TOKEN = "uB5xS0mOZ7tQvP2nL8kD"  # noqa: S105  (of this test only)
A, B, C = (f"{SOURCE}:{name}" for name in "abc")
GIVEN = {"kind": "dependence", "party": A, "other": B, "author": "w", "reason": "r", "criterion": "cn-annex1-1"}
BODY = {"judgements": [GIVEN]}
REJECTED = Judgement(
    "dependence", A, B, "王某", "other buyers stand ready", "rejected", "cn-annex1-1",
    evidence="three framework contracts", expires="2026-09-01",
)  # fmt: skip
CONFIRMED = Judgement("dependence", A, B, "王某", "sole buyer", criterion="cn-annex1-1", valid_from="2026-02-01")
FENCE = Judgement("ring fence", C, A, "李某", "bankruptcy-remote", evidence="legal opinion", expires="2027-01-01")
SAME = Judgement("same party", B, C, "李某", "one address, one seal")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real store with three companies."""
    folder = tmp_path_factory.mktemp("judged") / "store"
    Workspace(folder).load(company("a"), company("b"), company("c"), owns("a", "c", 0.8))
    return folder


@pytest.fixture
def intake(made: Path, tmp_path: Path) -> Intake:
    """A copy of the store, and a clock that goes on."""
    folder = shutil.copytree(made, tmp_path / "store")
    ticks = count()
    return Intake(Place(folder), lambda: datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(minutes=next(ticks)))


def held(intake: Intake, day: date, *, known_at: datetime | None = None) -> list[tuple[str, str, str, str]]:
    """DEPENDS_ON facts of a day: ends, criterion, verdict."""
    engine = Engine.open(intake.place)
    snapshot = engine.snapshot(engine.moment(valid_at=day, known_at=known_at))
    links = snapshot.links(DEPENDS_ON)
    words = (links.text(name).to_pylist() for name in ("criterion", "verdict"))
    return list(zip(snapshot.ids(links.tail), snapshot.ids(links.head), *words, strict=True))


def test_a_rejection_holds_from_its_day_until_it_expires(intake: Intake) -> None:
    record(intake, [REJECTED])
    told = [(A, B, "cn-annex1-1", "rejected")]
    days = [DAY - timedelta(1), DAY, date(2026, 8, 31), date(2026, 9, 1)]
    assert [held(intake, day) for day in days] == [[], told, told, []]
    assert held(intake, DAY, known_at=datetime(2026, 2, 28, tzinfo=UTC)) == []


def test_a_newer_verdict_ends_the_older_and_its_expiry_does_not_bring_it_back(intake: Intake) -> None:
    record(intake, [CONFIRMED])
    record(intake, [REJECTED])
    days = [date(2026, 2, 15), DAY, date(2026, 9, 1)]
    assert [[row[3] for row in held(intake, day)] for day in days] == [["confirmed"], ["rejected"], []]


def test_a_withdrawn_judgement_ends(intake: Intake) -> None:
    record(intake, [CONFIRMED])
    record(intake, [replace(CONFIRMED, verdict="withdrawn", valid_from="2026-04-01")])
    assert [len(held(intake, day)) for day in (DAY, date(2026, 4, 1))] == [1, 0]
    assert verify(intake).ledger.entries == 4


@pytest.mark.parametrize("day", ["", "2026-03-01", "2026-02-01"])
@pytest.mark.parametrize("given", [replace(CONFIRMED, valid_from=""), REJECTED, FENCE])
def test_withdrawn_from_its_first_day_on_a_judgement_never_held(intake: Intake, given: Judgement, day: str) -> None:
    record(intake, [given])
    assert len(held(intake, DAY)) == 1
    done = record(intake, [replace(given, verdict="withdrawn", valid_from=day, expires="")])
    assert (done.refused, held(intake, DAY), held(intake, date(2026, 5, 1))) == (0, [], [])
    assert len(held(intake, DAY, known_at=datetime(2026, 3, 1, 9, 0, 30, tzinfo=UTC))) == 1
    assert verify(intake).waiting == ()
    with pytest.raises(InvalidInput, match="could be withdrawn"):
        record(intake, [replace(given, verdict="withdrawn", valid_from=day, expires="")])


def test_of_records_that_are_one_party_none_comes_first(intake: Intake) -> None:
    record(intake, [SAME])
    record(intake, [replace(SAME, party=SAME.other, other=SAME.party, verdict="withdrawn", valid_from="2026-04-01")])
    engine = Engine.open(intake.place)
    for day, one in ((DAY, True), (date(2026, 4, 1), False)):
        snapshot = engine.snapshot(engine.moment(valid_at=day))
        assert (snapshot.node(B) == snapshot.node(C)) is one


@pytest.mark.parametrize(
    "other",
    [
        replace(CONFIRMED, party=B, other=A), replace(CONFIRMED, criterion="cn-annex1-2"), FENCE, SAME,
        replace(CONFIRMED, kind="ring fence", criterion=""),
    ],
)  # fmt: skip
def test_what_does_not_stand_is_not_withdrawn(intake: Intake, other: Judgement) -> None:
    record(intake, [CONFIRMED])
    with pytest.raises(InvalidInput, match="could be withdrawn"):
        record(intake, [replace(other, verdict="withdrawn", valid_from="2026-03-02")])
    ended = replace(CONFIRMED, verdict="withdrawn", valid_from="2026-04-01")
    record(intake, [ended])
    with pytest.raises(InvalidInput, match="stands on 2026-04-01"):
        record(intake, [ended])
    assert Ledger(intake.place.folder).verify().entries == 4


def test_a_ring_fence_is_the_rejected_dependence_on_the_controller(intake: Intake) -> None:
    record(intake, [FENCE])
    assert held(intake, DAY) == [(C, A, "control", "rejected")]


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\n", "\r\n"])
def test_a_reason_may_have_any_line_ends(intake: Intake, end: str) -> None:
    record(intake, [replace(CONFIRMED, reason=f"sole buyer{end}as its letter says")])
    assert held(intake, DAY) == [(A, B, "cn-annex1-1", "confirmed")]
    assert verify(intake).waiting == ()


def test_records_judged_the_same_are_one_party(intake: Intake) -> None:
    record(intake, [SAME])
    engine = Engine.open(intake.place)
    snapshot = engine.snapshot(engine.moment(valid_at=DAY))
    assert snapshot.node(B) == snapshot.node(C) != snapshot.node(A)
    assert snapshot.facts.rows(SAME_AS) == 1


def test_a_fact_names_its_entry_and_who_judged_why(intake: Intake) -> None:
    done = record(intake, [REJECTED, FENCE])
    facts = Engine.open(intake.place).snapshot(Engine.open(intake.place).moment()).facts
    rows = facts.table(DEPENDS_ON).to_pylist()
    assert {row["note"] for row in rows} == {f"ledger {done.entry} {done.hash[:16]}"}
    assert {(row["author"], row["evidence"]) for row in rows} == {
        ("王某", "three framework contracts"), ("李某", "legal opinion"),
    }  # fmt: skip


WRONG: dict[str, tuple[Judgement, type[ContagraphError], str]] = {
    "a party nobody knows": (replace(REJECTED, other=f"{SOURCE}:x"), UnknownParty, "no party"),
    "one party twice": (replace(REJECTED, other=A), InvalidInput, "twice"),
    "no such criterion": (replace(REJECTED, criterion="cn-annex1-9"), InvalidInput, "cn-annex1-9"),
    "no criterion": (replace(REJECTED, criterion=""), InvalidInput, "no criterion"),
    "no evidence": (replace(REJECTED, evidence=" "), InvalidInput, "evidence"),
    "no expiry": (replace(REJECTED, expires=""), InvalidInput, "until when"),
    "expired before it begins": (
        replace(REJECTED, expires="2026-03-01"),
        InvalidDate,
        "not after today",
    ),
    "no day": (replace(REJECTED, expires="soon"), InvalidDate, "soon"),
    "nobody judges": (replace(REJECTED, author=""), InvalidInput, "author"),
    "a fence without evidence": (replace(FENCE, evidence=""), InvalidInput, "evidence"),
    "a fence with a criterion": (replace(FENCE, criterion="cn-annex1-1"), InvalidInput, "no criterion"),
    "all confirmed": (replace(CONFIRMED, criterion="any"), InvalidInput, "no criterion in particular"),
    "half of a character": (replace(CONFIRMED, reason="sole \ud800 buyer"), InvalidInput, r"reason: .*\\ud800"),
    "a zero byte": (replace(CONFIRMED, evidence="\x00"), InvalidInput, "signs that no text has"),
    "no kind": (replace(FENCE, kind="hunch"), InvalidInput, "hunch"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize(("wrong", "error", "told"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    intake: Intake, wrong: Judgement, error: type[ContagraphError], told: str
) -> None:
    with pytest.raises(error, match=told) as refused:
        record(intake, [CONFIRMED, wrong])
    assert ("valid_from" in refused.value.remedy) == ("not after" in told)
    assert Ledger(intake.place.folder).verify().entries == 0
    assert held(intake, DAY) == []


def test_a_place_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        record(Intake(Place(tmp_path / "none"), lambda: datetime(2026, 3, 1, tzinfo=UTC)), [REJECTED])
    assert not (tmp_path / "none").exists()


class Killed(BaseException):
    """Stands for the end of the process."""


def killing(instant: str, intake: Intake) -> Callable[[], datetime]:
    """A clock that ends the process when the entry stands in the ledger, or when its facts are loaded."""

    def now() -> datetime:
        entries = Ledger(intake.place.folder).entries()
        loaded = len(Engine.open(intake.place).snapshot(Engine.open(intake.place).moment()).facts.table(DEPENDS_ON))
        if entries and (instant == "accepted" or loaded):
            raise Killed
        return intake.now()

    return now


@pytest.mark.parametrize("instant", ["accepted", "loaded"])
def test_after_a_kill_ledger_and_store_come_to_agree(intake: Intake, instant: str) -> None:
    with pytest.raises(Killed):
        record(replace(intake, now=killing(instant, intake)), [REJECTED])
    assert verify(intake).waiting == (1,)
    record(intake, [FENCE])
    assert verify(intake).waiting == ()
    assert sorted(row[2:] for row in held(intake, DAY)) == [("cn-annex1-1", "rejected"), ("control", "rejected")]
    facts = Engine.open(intake.place).snapshot(Engine.open(intake.place).moment()).facts
    assert facts.rows(DEPENDS_ON) == 2
    with Ledger(intake.place.folder).held() as ledger:
        assert catch_up(intake, ledger) == []


def test_a_service_loads_what_was_cut_off_when_it_starts(intake: Intake) -> None:
    with pytest.raises(Killed):
        record(replace(intake, now=killing("accepted", intake)), [REJECTED])
    assert [entry.number for entry in interrupted(Ledger(intake.place.folder))] == [1]
    engine = Engine.open(intake.place)
    with serving(create_app(engine, Settings())) as client:
        wait_until_ready(client)
        assert client.get("/ready").json()["waiting"] == []
        assert engine.version == 2
    assert verify(intake).waiting == ()


def test_a_service_that_cannot_load_them_says_which_wait(intake: Intake) -> None:
    """Another process holds the store."""
    with pytest.raises(Killed):
        record(replace(intake, now=killing("accepted", intake)), [REJECTED])
    with intake.store(), serving(create_app(Engine.open(intake.place), Settings())) as client:
        wait_until_ready(client)
        assert client.get("/ready").json()["waiting"] == [1]


def test_a_store_that_knows_more_than_the_ledger_is_told(intake: Intake) -> None:
    record(intake, [REJECTED])
    (intake.place.folder / "ledger.jsonl").unlink()
    with pytest.raises(BrokenLedger, match="entry 1"):
        verify(intake)


def test_a_command_judges_and_another_verifies(intake: Intake, tmp_path: Path) -> None:
    file = tmp_path / "判断.json"
    said = {
        "kind": "dependence",
        "party": A,
        "other": B,
        "author": "王某",
        "reason": "独家买方",
        "criterion": "cn-annex1-1",
    }
    file.write_text(json.dumps([said], ensure_ascii=False), encoding="utf-8")
    store = str(intake.place.folder)
    done = run("judge", str(file), "--store", store, "--json")
    assert done.returncode == 0, done.stderr
    checked = run("verify", "--store", store, "--json")
    assert (
        json.loads(checked.stdout)["ledger"]["last"] != json.loads(done.stdout)["hash"]
    )  # a second entry says: loaded
    assert json.loads(checked.stdout)["waiting"] == []
    ledger = intake.place.folder / "ledger.jsonl"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("独家", "主要"), encoding="utf-8")
    broken = run("verify", "--store", store)
    assert broken.returncode == 2
    assert "entry 1" in broken.stderr


@pytest.mark.parametrize(
    "text", ["{", "[1]", '{"kind": "dependence"}', '[{"kind": "dependence", "extra": "x"}]', '{"kind": 1}']
)
def test_a_file_that_holds_no_judgement_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "f.json").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput):
        read_file(tmp_path / "f.json")


def test_over_http_it_counts_from_the_reply_on(intake: Intake) -> None:
    engine = Engine.open(intake.place)
    with serving(create_app(engine, Settings(token=TOKEN)), Authorization=f"Bearer {TOKEN}") as client:
        reply = client.post("/v1/judgements", json=BODY)
        assert reply.status_code == 200, reply.text
        assert reply.json()["judgements"] == 1
        found = client.get(f"/v1/parties/{A}/groups").json()["answer"]["groups"]
    assert [{member["party"]["id"] for member in group["members"]} for group in found] == [{A, B, C}]
    assert verify(intake).waiting == ()


def test_without_a_token_nobody_judges_over_http(intake: Intake) -> None:
    with serving(create_app(Engine.open(intake.place), Settings())) as client:
        reply = client.post("/v1/judgements", json=BODY)
        assert (reply.status_code, reply.headers["content-type"]) == (403, "application/problem+json")
    with serving(create_app(Engine.open(intake.place), Settings(token=TOKEN))) as client:
        assert client.post("/v1/judgements", json=BODY).status_code == 401
    assert Ledger(intake.place.folder).verify().entries == 0


@pytest.mark.parametrize("body", [{}, {"judgements": []}, {"judgements": [{}]}, {"judgements": [{**GIVEN, "more": 1}]}])
def test_a_body_that_is_no_judgement_is_told(intake: Intake, body: object) -> None:
    engine = Engine.open(intake.place)
    with serving(create_app(engine, Settings(token=TOKEN)), Authorization=f"Bearer {TOKEN}") as client:
        reply: httpx.Response = client.post("/v1/judgements", json=body)
    assert reply.status_code == 422
    assert Ledger(intake.place.folder).verify().entries == 0


def test_an_answer_says_which_records_are_one_party_and_by_whose_word_until_it_is_withdrawn(intake: Intake) -> None:
    done = record(intake, [SAME])
    record(intake, [replace(SAME, verdict="withdrawn", valid_from="2026-04-01")])
    engine = Engine.open(intake.place)
    for name in (B, C):
        told = control(engine, name, moment=engine.moment(valid_at=DAY))
        (said,) = [reason for reason in told.reasons if "one party of 2 records" in reason]
        assert f"({B}, {C}), as judged by {SAME.author} (ledger entry {done.entry}): {SAME.reason}" in said
        assert [one.source_ref for one in told.sources if one.kind == "SAME_AS"]
        parted = control(engine, name, moment=engine.moment(valid_at=date(2026, 4, 1)))
        assert not any("one party of" in reason for reason in parted.reasons)
