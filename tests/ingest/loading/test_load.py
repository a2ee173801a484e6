"""Deliveries loaded into the real local store."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path

import pytest

from graph.errors import Cancelled, InvalidInput, InvalidMapping, LoadInProgress, StoreFull
from graph.facts import Facts
from graph.model import KINDS
from ingest import registry
from ingest.loading.staging import Watch
from ingest.loading.worker import worker
from ingest.quarantine import Quarantine
from ingest.synthetic import write_world
from tests.ingest.loading.small import SOURCE, Lines, Workspace, company, contents, owns

A, B, C = company("A"), company("B"), company("C")


def rebuilt(place: Workspace, beside: Path) -> Facts:
    with place.store() as store:
        return Facts.rebuild(beside, store)


# ── what a load says ───────────────────────────────────────────────────────────────────────────────


def test_every_row_read_is_counted_once_and_a_second_load_changes_nothing(place: Workspace) -> None:
    rows = (
        A, B, B, owns("A", "B"), owns("A", "B"), owns("A", "B", 1.5, "over"), owns("B", "A", 0.1, "x"),
        owns("B", "A", 0.2, "x"), owns("A", "Z"), {"kind": "bad"},
    )  # fmt: skip
    first = place.load(*rows)
    assert (first.read, first.stated_parties, first.parties, first.new, first.unchanged) == (10, 3, 2, 1, 1)
    assert (first.waiting, first.refused) == (1, {"share over 1": 1, "conflicting rows": 2, "not a number": 1})
    again = place.take(place.made[0])
    assert again.nothing_changed
    assert (again.load, again.unchanged, again.waiting) == (first.load, 3, 0)
    assert again.refused == first.refused
    with place.store() as store:
        assert [load.number for load in store.loads()] == [1]


def test_changes_are_told_apart(place: Workspace) -> None:
    place.load(A, B, C, owns("A", "B"), owns("A", "C"), owns("B", "C"), mode="full", delivered="2025-01-01")
    second = place.load(
        A, B, C, owns("A", "B", 0.6), owns("A", "C"), owns("C", "B"), mode="full", delivered="2025-07-01"
    )
    assert (second.new, second.changed, second.unchanged, second.retracted) == (1, 1, 1, 1)
    assert place.shares() == [
        ("A-B", 0.5, None, "2025-07-01"), ("A-B", 0.6, "2025-07-01", None), ("A-C", 0.5, None, None),
        ("B-C", 0.5, None, "2025-07-01"), ("C-B", 0.5, "2025-07-01", None),
    ]  # fmt: skip


def test_a_correction_takes_back_what_was_said(place: Workspace) -> None:
    place.load(A, B, owns("A", "B", 0.5, valid_from="2020-01-01"))
    report = place.load(owns("A", "B", 0.7, valid_from="2020-01-01", op="correct"))
    assert report.changed == 1
    assert place.shares() == [("A-B", 0.7, "2020-01-01", None)]
    report = place.load(owns("A", "B", 0.7, valid_from="2020-01-01", op="retract"))
    assert (report.changed, place.shares()) == (1, [])


def test_a_day_of_delivery_that_is_nowhere_yet_is_refused(place: Workspace) -> None:
    with pytest.raises(InvalidMapping, match="2026-01-04 lies ahead"):
        place.load(A, delivered="2026-01-04")
    # A day later, at noon UTC of the third, it is the fourth on Kiritimati.
    assert place.load(A, delivered="2026-01-04").parties == 1


def test_a_full_delivery_without_rows_ends_nothing(place: Workspace) -> None:
    place.load(A, B, owns("A", "B"), mode="full", delivered="2025-01-01")
    with pytest.raises(InvalidInput, match="holds no rows"):
        place.load(mode="full", delivered="2025-02-01")
    assert place.shares() == [("A-B", 0.5, None, None)]


# ── what waits ─────────────────────────────────────────────────────────────────────────────────────


def test_facts_wait_for_their_parties_whatever_the_order_of_deliveries(tmp_path: Path) -> None:
    found = set()
    parts = ((A,), (B,), (owns("A", "B", 0.5, valid_from="2020-01-01", stated_at="2020-01-02T00:00:00"),))
    for order in permutations(range(3)):
        place = Workspace(tmp_path / "".join(map(str, order)))
        reports = [place.load(*parts[part]) for part in order]
        assert sum(report.waiting for report in reports) == sum(report.joined for report in reports)
        held = place.facts.table(KINDS["OWNS"]).to_pylist()
        found.add(repr([(fact["key"], fact["revision"], fact["recorded_at"], fact["retracted_at"]) for fact in held]))
    assert len(found) == 1


@pytest.mark.parametrize("order", [(0, 1, 0), (1, 0), (1, 0, 1)])
def test_an_older_full_delivery_ends_nothing_of_a_newer_one(tmp_path: Path, order: tuple[int, ...]) -> None:
    place = Workspace(tmp_path)
    days = ("2022-06-30", "2024-06-30")
    rows = [A, B, owns("A", "B")], [A, B, C, owns("A", "B"), owns("B", "C", 0.7, valid_from="2023-01-01")]
    for at in order:
        report = place.load(*rows[at], mode="full", delivered=days[at])
    assert report.retracted == 0
    assert [(share, end) for _, share, _, end in place.shares()] == [(0.5, None), (0.7, None)]


def test_a_source_that_is_trusted_otherwise_is_a_change(place: Workspace) -> None:
    delivery = place.deliver(A, B, owns("A", "B"))
    place.take(delivery)
    report = place.take(replace(delivery, trust=0.9))
    assert (report.load, report.unchanged) == (2, 1)
    assert place.facts.trust == {SOURCE: 0.9}


def test_what_was_said_while_a_fact_waited_becomes_its_history(place: Workspace) -> None:
    place.load(A, owns("A", "B", 0.5, valid_from="2020-01-01"))
    place.load(owns("A", "B", 0.6, valid_from="2022-01-01"))
    report = place.load(B, owns("A", "B", 0.7, valid_from="2024-01-01"))
    assert (report.joined, report.new) == (2, 1)
    assert place.shares() == [
        ("A-B", 0.5, "2020-01-01", "2022-01-01"), ("A-B", 0.6, "2022-01-01", "2024-01-01"),
        ("A-B", 0.7, "2024-01-01", None),
    ]  # fmt: skip


def test_a_fact_that_waits_is_known(place: Workspace) -> None:
    assert place.load(A, owns("A", "B")).waiting == 1
    again = place.load(A, A, owns("A", "B"))
    assert (again.waiting, again.unchanged, again.nothing_changed) == (0, 1, True)


@pytest.mark.parametrize("arrives", [False, True])
def test_a_full_delivery_lets_a_waiting_fact_lapse_that_it_leaves_out(place: Workspace, arrives: bool) -> None:
    place.load(A, owns("A", "B"), owns("A", "C"), mode="full", delivered="2025-01-01")
    parties = [A, B] if arrives else [A]
    report = place.load(*parties, owns("A", "C"), mode="full", delivered="2025-02-01")
    assert (report.lapsed, report.joined, report.waiting) == (1, 0, 0)
    assert place.load(B, C).joined == 1
    assert [held[0] for held in place.shares()] == ["A-C"]


def test_a_fact_that_lapsed_can_wait_again(place: Workspace) -> None:
    place.load(A, owns("A", "B"), mode="full", delivered="2025-01-01")
    assert place.load(A, mode="full", delivered="2025-02-01").lapsed == 1
    assert place.load(A, owns("A", "B"), mode="full", delivered="2025-03-01").waiting == 1
    assert place.load(B).joined == 1
    assert len(place.shares()) == 1


# ── what is refused ────────────────────────────────────────────────────────────────────────────────


def test_quarantine_has_every_refused_row_once_with_what_its_source_said(place: Workspace) -> None:
    rows = [
        A, B, owns("A", "B", 1.5), {"kind": "bad"}, owns("B", "A", 0.1, "x"), owns("B", "A", 0.2, "x"),
        company("A", "Person"), company("B", "Person"),
    ]  # fmt: skip
    expected = sorted(
        [("0.jsonl:3", "share over 1"), ("0.jsonl:4", "not a number"), ("0.jsonl:5", "conflicting rows"),
         ("0.jsonl:6", "conflicting rows"), ("0.jsonl:1", "kind of party contested"),
         ("0.jsonl:2", "kind of party contested")]
    )  # fmt: skip
    for _ in range(2):
        place.take(place.made[0] if place.made else place.deliver(*rows))
        assert sorted(place.quarantined()) == expected


def test_a_full_delivery_does_not_end_what_it_says_unusably(place: Workspace) -> None:
    place.load(A, B, owns("A", "B", 0.5), mode="full", delivered="2025-01-01")
    report = place.load(A, B, owns("A", "B", 1.5), mode="full", delivered="2025-02-01")
    assert report.retracted == 0
    assert place.shares() == [("A-B", 0.5, None, None)]


def test_a_mended_row_of_a_conflict_can_be_loaded_again(place: Workspace) -> None:

    place.load(A, B, owns("A", "B", 0.1), owns("A", "B", 0.2))
    with Quarantine(place.folder / "quarantine.sqlite") as quarantine:
        raws = [bad.raw for bad in quarantine.every()]
    assert all('"share_low"' in raw and '"place"' not in raw for raw in raws)


def test_a_conflict_among_rows_that_waited_keeps_what_they_said(place: Workspace) -> None:
    place.load(A, owns("A", "B", 0.5), owns("A", "B", 0.4))
    told = place.deliver(B, C, owns("B", "C", 0.7, "A-B"))
    for _ in range(2):
        place.take(told)
        with Quarantine(place.folder / "quarantine.sqlite") as quarantine:
            kept = [(bad.place, json.loads(bad.raw)["facts"]) for bad in quarantine.every()]
        assert [(where, [fact["share_low"] for fact in facts]) for where, facts in kept] == [
            ("load 1, 0.jsonl:2", [0.5]),
            ("load 1, 0.jsonl:3", [0.4]),
        ]
    assert {(fact["fact"], fact["from"], fact["to"]) for _, facts in kept for fact in facts} == {
        ("OWNS", f"{SOURCE}:A", f"{SOURCE}:B")
    }


def test_a_conflict_of_months_is_kept_whole_though_their_rows_have_one_place(place: Workspace) -> None:
    stated = {"stated_at": "2025-01-01T00:00:00"}
    place.load(A, owns("A", "B", 0.5, **stated))
    place.load(A, owns("A", "B", 0.4, **stated))
    place.load(B, owns("A", "B", 0.3, **stated))
    with Quarantine(place.folder / "quarantine.sqlite") as quarantine:
        kept = sorted((bad.place, json.loads(bad.raw)["facts"][0]["share_low"]) for bad in quarantine.every())
    assert kept == [("0.jsonl:2", 0.3), ("load 1, 0.jsonl:2", 0.5), ("load 2, 0.jsonl:2", 0.4)]
    assert place.shares() == []


# ── interrupted loads ──────────────────────────────────────────────────────────────────────────────


def abandon(place: Workspace, who: str) -> None:
    with place.store() as store:
        store.open_load(
            source="另一来源", trust=0.5, digest="other", delivery="full", delivered=date(2025, 1, 1), worker=who,
            opened_at=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip


def test_an_interrupted_load_whose_process_is_gone_is_rolled_back_and_said(place: Workspace) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "from ingest.loading.worker import worker; print(worker())"],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3],
    ).stdout.strip()  # fmt: skip
    abandon(place, gone)
    report = place.load(A)
    assert (report.rolled_back, report.parties) == ("load 1 of 另一来源", 1)


@pytest.mark.parametrize("who", [worker(), "another host:1:2"], ids=["this process", "elsewhere"])
def test_a_load_whose_process_may_live_is_left_alone(place: Workspace, who: str) -> None:
    abandon(place, who)
    with pytest.raises(LoadInProgress):
        place.load(A)
    with place.store() as store:
        assert [load.digest for load in store.loads()] == ["other"]


def test_a_cancelled_load_goes_on_where_it_stopped(place: Workspace) -> None:
    rows = [company(str(n)) for n in range(30)] + [owns(str(n), str(n + 1)) for n in range(29)]
    seen: Counter[str] = Counter()

    def progress(name: str, _done: int, _total: int) -> None:
        seen[name] += 1

    place.rows = 5
    place.watch = Watch(progress, lambda: seen["store"] > 3)
    delivery = place.deliver(*rows)
    with pytest.raises(Cancelled):
        place.take(delivery)
    place.watch = Watch()
    report = place.take(delivery)
    assert (report.resumed, report.new, report.load) == (True, 29, 1)
    fresh = Workspace(place.folder / "undisturbed", rows=5)
    fresh.load(*rows)
    assert place.facts.ids == fresh.facts.ids
    assert len(place.shares()) == 29


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with a disk of its own, where the system lets one be made."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if not made or made.returncode:
        pytest.skip("only root may make a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize(("bulk", "left"), [(1, 8 << 20), (10**9, 3 << 20)])
def test_a_full_disk_is_said_to_be_full_and_the_load_goes_on_once_there_is_room(
    small_disk: Path, bulk: int, left: int
) -> None:
    place = Workspace(small_disk / "place", bulk=bulk)
    place.load(A, B, owns("A", "B"))
    names = [f"C{n}" for n in range(3000)]
    delivery = place.deliver(*(company(name) for name in names), *(owns("A", name, 0.1) for name in names))
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        file.write(b"x" * (shutil.disk_usage(small_disk).free - left))
    with pytest.raises(StoreFull):
        place.take(delivery)
    filler.unlink()
    place.take(delivery)
    assert len(place.shares()) == 3001


def test_a_delivery_is_loaded_by_one_process_at_a_time(place: Workspace) -> None:
    delivery = place.deliver(A)
    tries: list[LoadInProgress] = []

    def progress(_name: str, _done: int, _total: int) -> None:
        if not tries:
            with pytest.raises(LoadInProgress) as refused:
                Workspace(place.folder).take(delivery)
            tries.append(refused.value)

    place.watch = Watch(progress)
    assert place.take(delivery).parties == 1
    assert tries


# ── columns ────────────────────────────────────────────────────────────────────────────────────────

WAVES = (
    (A, B, C, owns("A", "B"), owns("B", "C"), owns("C", "Z"), company("Y", "Person")),
    (A, B, C, owns("A", "B", 0.6), company("Z")),
)


def test_columns_written_while_loading_are_those_read_back_from_the_store(place: Workspace, tmp_path: Path) -> None:
    for number, rows in enumerate(WAVES):
        place.load(*rows, mode="full", delivered=f"2025-0{number + 1}-01")
        assert contents(place.facts) == contents(rebuilt(place, tmp_path / f"beside{number}"))


def test_loads_in_process_give_the_columns_of_those_in_batches(tmp_path: Path) -> None:
    quick, slow = Workspace(tmp_path / "quick", bulk=1), Workspace(tmp_path / "slow")
    for number, rows in enumerate(WAVES):
        told = [place.load(*rows, mode="full", delivered=f"2025-0{number + 1}-01") for place in (quick, slow)]
        assert told[0] == told[1]
        assert contents(quick.facts) == contents(slow.facts) == contents(rebuilt(quick, tmp_path / f"beside{number}"))


# ── a whole world ──────────────────────────────────────────────────────────────────────────────────


def test_a_world_is_loaded_with_exactly_the_planted_rows_refused(tmp_path: Path) -> None:
    world = write_world(tmp_path / "world", parties=300)
    place = Workspace(tmp_path / "place")
    waited = joined = 0
    for made in world.deliveries:
        source = registry.source(made.format)
        given = made.settings() | {"hash_key": "00" * 32}
        if made.mapping:
            given["mapping"] = str(world.folder / made.mapping)
        delivery = source.delivery(tuple(world.folder / file for file in made.files), given)
        report = place.take(delivery, source)
        assert report.refused == dict(made.refused), made.name
        waited, joined = waited + report.waiting, joined + report.joined + report.lapsed
    assert waited == joined > 0
    assert contents(place.facts) == contents(rebuilt(place, tmp_path / "beside"))
    last = place.take(delivery, source)
    assert last.nothing_changed


def test_a_record_that_is_told_anew_ends_what_it_leaves_out(tmp_path: Path) -> None:
    place = Workspace(tmp_path, source=Lines(replaces_record=True))
    place.load(
        A,
        B,
        C,
        owns("A", "B", ref="r", stated_at="2020-01-01T00:00:00"),
        owns("A", "C", ref="r", stated_at="2020-01-01T00:00:00"),
    )
    report = place.load(owns("A", "B", ref="r", stated_at="2021-01-01T00:00:00"))
    assert (report.unchanged, report.retracted) == (1, 1)
    assert sorted(held[3] or "" for held in place.shares()) == ["", "2021-01-01"]
