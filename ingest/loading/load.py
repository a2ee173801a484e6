"""One delivery, from its files to facts in the store and in the columns.

A load is resumed by giving the same delivery again, after a kill at any instant: what was staged is
read from disk, what is written is skipped by its position. The columns are appended last; they are a
cache and catch up by themselves.
"""

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from graph import bulk
from graph.columns import combined
from graph.delta import Delta
from graph.disk import room_on
from graph.errors import InvalidInput, InvalidMapping, LoadInProgress
from graph.facts import Facts
from graph.model import KINDS
from graph.store import GraphStore, LoadRecord
from ingest.loading.batches import ROWS, batches, count_new, rows_in
from ingest.loading.compare import Comparison, compare
from ingest.loading.incoming import Load
from ingest.loading.late import refused_late, with_raws
from ingest.loading.numbering import Numbering, number_parties
from ingest.loading.pending import Joined, WaitList, join, wait_list
from ingest.loading.report import Report
from ingest.loading.staging import PARTIES, Stage, Watch, digest_of, stage, staging
from ingest.loading.waited import apart, refused_waited
from ingest.loading.worker import worker, worker_is_gone
from ingest.source import Delivery, Rejected, Source
from ingest.timeline import CONFLICT, Brought, Sayings

BULK = 10_000
"""New facts from which a load goes into the local store in process instead of over Bolt, which copies the store."""
WORTH = 100
"""A hundredth as many new facts as there are make the copying worth it."""
AHEAD = 14
"""Hours by which the day of the world's first time zone goes before UTC."""

Keep = Callable[[str, list[Rejected]], None]
"""Takes rows into quarantine, by the digest of their delivery; taking a row twice keeps it once."""


@dataclass(frozen=True)
class Place:
    """Where a load writes."""

    folder: Path
    """The workspace: columns, staging, quarantine, and the local store if there is one."""
    open_store: Callable[[], AbstractContextManager[GraphStore]]
    keep: Keep
    now: Callable[[], datetime]
    rows: int = ROWS
    """Rows of one transaction; a load is resumed with the number it began with."""
    bulk: int = BULK
    """New facts from which a load goes into the local store in process."""

    @property
    def columns(self) -> Path:
        """Folder of the columns."""
        return self.folder / "columns"


def load(source: Source, delivery: Delivery, place: Place, watch: Watch) -> Report:
    """Load one delivery; repeating it changes nothing."""
    _not_ahead(delivery, place.now())
    digest = digest_of(delivery)
    folder = place.folder / "staging" / digest
    with room_on(place.folder), staging(folder):
        staged = stage(source, delivery, folder, keep=lambda rows: place.keep(digest, rows), watch=watch)
        if delivery.mode == "full" and not staged.read:
            raise InvalidInput(
                "holds no rows, and as a full delivery would end everything its source has said",
                where=delivery.paths[0].name if delivery.paths else delivery.source,
                remedy="export it anew; if nothing is left indeed, say so row by row with op = end",
            )
        with place.open_store() as store:
            report = _Work(source, delivery, digest, staged, place, watch).into(store)
        shutil.rmtree(folder, ignore_errors=True)
    return report


def _not_ahead(delivery: Delivery, now: datetime) -> None:
    """Refuse a day of delivery that is nowhere today: what comes later would count as older for all that time."""
    if delivery.delivered and delivery.delivered > (now.astimezone(UTC) + timedelta(hours=AHEAD)).date():
        raise InvalidMapping(
            f"{delivery.delivered} lies ahead",
            where="delivered",
            remedy="give the day on which the files came",
        )


def _moment(instant: datetime) -> datetime:
    """An instant as the columns hold it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


class _Work:
    """One load, once its delivery is staged."""

    def __init__(
        self, source: Source, delivery: Delivery, digest: str, staged: Stage, place: Place, watch: Watch
    ) -> None:
        self.source, self.delivery, self.digest = source, delivery, digest
        self.staged, self.place, self.watch = staged, place, watch

    def into(self, store: GraphStore) -> Report:
        """Write what is new into a store that is open."""
        record, undone = self._open(store)
        # Only now: while a load is open no other can close.
        facts = Facts.open(self.place.columns).refresh(store)
        loads = store.loads()
        plan = self._plan(record, loads)
        numbering = number_parties(self.staged.table(PARTIES), facts)
        kept = store.pending()
        joined = join(kept, numbering)
        found = self._compared(joined, numbering, plan)
        wait = wait_list(found.waiting, kept, joined, numbering, plan)
        report = self._report(record.number, found, numbering, wait)
        report = replace(report, joined=len(joined.ids) - found.lapsed, rolled_back=undone)
        report = replace(report, newer=self._newer_than(record, loads))
        self._refuse(found, numbering)
        total = rows_in(found.delta, wait)
        trusted = facts.trust.get(self.delivery.source, self.delivery.trust)
        if not total and trusted == self.delivery.trust and not self._confirms(record, loads):
            store.roll_back(record.number)
            return replace(report, load=facts.version, kept=False)
        report = replace(report, resumed=record.position > 0)
        known = sum(facts.rows(kind) for kind in KINDS.values())
        self._write(store, record, found.delta, combined(numbering.ids()), wait, known=known)
        closed = self.place.now()
        store.close_load(record.number, report=report.text(), closed_at=closed)
        self._append(facts, found.delta, record, closed)
        return report

    def _write(
        self, store: GraphStore, record: LoadRecord, delta: Delta, ids: pa.Array, wait: WaitList, *, known: int
    ) -> None:
        done, rows, total = record.position, self.place.rows, rows_in(delta, wait)

        def told(written: int) -> None:
            self.watch.step("store", written, total)

        if not done and self._is_large(store, delta, known):
            done = count_new(delta, rows=rows)
            bulk.write_in_process(store, delta, ids, position=done, told=told)
        for position, before, batch in batches(delta, ids, wait, rows=rows, after=done):
            told(before)
            store.write(record.number, batch, position=position)
        told(total)

    def _is_large(self, store: GraphStore, delta: Delta, known: int) -> bool:
        new = sum(len(table) for table in delta.added.values())
        return store.server is not None and new >= max(self.place.bulk, known // WORTH)

    def _plan(self, record: LoadRecord, loads: Iterable[LoadRecord]) -> Load:
        given = self.delivery
        full = [load for load in self._ours(loads) if load.delivery == "full"]
        # What an older full delivery leaves out, a newer one has spoken of already.
        ends = given.mode == "full" and all(load.delivered <= record.delivered for load in full)
        # The same again has ended what it leaves out before; what came since of its day was mended from it.
        ends &= not any((load.digest, load.delivered) == (self.digest, record.delivered) for load in full)
        brought = {load.number: Brought(_moment(load.opened_at), load.delivered) for load in loads if load.closed_at}
        later = [load for load in full if load.delivered > record.delivered]
        after = min(later, key=lambda load: load.delivered, default=None)
        sayings = Sayings(brought, brought[after.number] if after else None)
        listed: dict[str, list[date]] = defaultdict(list)
        for load in loads:
            if load.closed_at and load.delivery == "full":
                listed[load.source].append(load.delivered)
        moment, whole = _moment(record.opened_at), self.source.replaces_record
        changes = given.mode == "changes"
        return Load(record.number, moment, record.delivered, ends, whole, changes, given.source, sayings, listed)

    def _confirms(self, record: LoadRecord, loads: Iterable[LoadRecord]) -> bool:
        """Whether a full delivery that changes nothing is the first of its day: what it lists and leaves out counts."""
        ours = self._ours(loads)
        known = any(load.digest == self.digest for load in ours)
        first = all(load.delivered != record.delivered for load in ours if load.delivery == "full")
        return self.delivery.mode == "full" and bool(ours) and first and not known

    def _newer_than(self, record: LoadRecord, loads: Iterable[LoadRecord]) -> str:
        later = [load for load in self._ours(loads) if load.delivered > record.delivered]
        newest = max(later, key=lambda load: load.delivered, default=None)
        return f"load {newest.number} of {newest.delivered}" if newest else ""

    def _ours(self, loads: Iterable[LoadRecord]) -> list[LoadRecord]:
        """Closed loads of the delivery's source."""
        return [load for load in loads if load.closed_at and load.source == self.delivery.source]

    def _compared(self, joined: Joined, numbering: Numbering, plan: Load) -> Comparison:
        self.watch.step("compare", 0, 1)
        rows = {name: self.staged.table(name) for name in self.staged.kinds()}
        refused = {name: self.staged.refused_rows(name) for name in KINDS}
        spoken = {name: table for name, table in refused.items() if len(table)}
        result = compare(rows, joined.rows, numbering, plan, refused=spoken)
        self.watch.step("compare", 1, 1)
        return result

    def _refuse(self, found: Comparison, numbering: Numbering) -> None:
        late = refused_late(found, numbering)
        if late:
            self.place.keep(self.digest, with_raws(late, self.source, self.delivery))
        if found.waited_conflicts:
            self.place.keep(apart(self.digest), refused_waited(found.waited_conflicts))

    def _append(self, facts: Facts, delta: Delta, record: LoadRecord, closed: datetime) -> None:
        self.watch.step("columns", 0, 1)
        facts.append(delta, source=self.delivery.source, trust=self.delivery.trust, closed_at=closed,
                     delivered=record.delivered)  # fmt: skip
        self.watch.step("columns", 1, 1)

    def _open(self, store: GraphStore) -> tuple[LoadRecord, str]:
        """Open a load, or resume it; one that a process left behind when it ended is rolled back first."""
        opened, delivery = self.place.now(), self.delivery

        def attempt() -> LoadRecord:
            return store.open_load(
                source=delivery.source,
                trust=delivery.trust,
                digest=self.digest,
                delivery=delivery.mode,
                delivered=delivery.delivered or opened.date(),
                worker=worker(),
                opened_at=opened,
            )

        try:
            return attempt(), ""
        except LoadInProgress:
            left = next((load for load in store.loads() if load.closed_at is None), None)
            if left is None or not worker_is_gone(left.worker):
                raise
            store.roll_back(left.number)
            shutil.rmtree(self.place.folder / "staging" / left.digest, ignore_errors=True)
            return attempt(), f"load {left.number} of {left.source}"

    def _report(self, number: int, found: Comparison, numbering: Numbering, wait: WaitList) -> Report:
        refused = refused_late(found, numbering)
        late = Counter(row.reason for row in refused)
        # What several facts of one row were refused for was read, and is counted, as one row.
        again = len(found.conflicts) + len(numbering.contested) - len(refused)
        late[CONFLICT] += len(found.waited_conflicts) - found.late_conflicts
        waited = sum(len(rows) for rows in found.waiting.values()) - len(wait.new)
        return Report(
            source=self.delivery.source,
            files=tuple(self.delivery.origins.get(path, path.name) for path in self.delivery.paths),
            load=number,
            read=self.staged.read - again,
            stated_parties=len(self.staged.table(PARTIES)) - len(numbering.contested),
            parties=len(numbering.new),
            new=found.new,
            changed=found.changed,
            unchanged=found.unchanged + waited,
            outdated=found.outdated,
            retracted=found.ended,
            waiting=len(wait.new),
            joined=0,
            lapsed=found.lapsed + wait.lapsed,
            refused=dict(self.staged.refused + late),
            bad=dict(self.staged.bad + late),
        )
