"""The engine: facts, snapshots of the moments asked for, and what was computed from them, kept for the next.

A question asks for a moment and gets a view, which never changes: a refresh puts new facts beside the
old ones, and questions in flight end on those they began with. One build serves all who wait for it.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Lock, Semaphore

from analytics.limits.catalogue import Catalogue, shipped
from analytics.structure.ownership.stakes import Policy
from api.engine.view import View
from graph.columns import ALWAYS, NEVER
from graph.errors import InvalidQuestion, StoreLocked, StoreUnavailable
from graph.facts import Facts
from graph.holding import EPOCH
from graph.model import KINDS
from graph.moment import Moment
from graph.search import SearchIndex
from graph.snapshot import Snapshot

Clock = Callable[[], datetime]

BUILDS = 2
"""Snapshots that may be built at once; others wait, for each takes memory in proportion to all facts."""
_building = Semaphore(BUILDS)


@dataclass(frozen=True)
class Place:
    """Where facts come from: a folder, and a server where the store is one."""

    folder: Path
    address: str = ""
    user: str = ""
    password: str = ""
    database: str | None = None

    @classmethod
    def of(cls, where: str, *, data: Path, user: str = "", password: str = "", database: str | None = None) -> "Place":
        """A folder stays one; columns of a server's store lie in a folder of their own under `data`."""
        if "://" not in where:
            return cls(Path(where).expanduser())
        mark = hashlib.sha256(f"{where}\0{database or ''}".encode()).hexdigest()[:16]
        return cls(data / f"remote-{mark}", where, user, password, database)

    def facts(self, *, renew: bool = False) -> Facts:
        """The facts as they are now: columns of a local folder, brought up to date from a server's store."""
        from graph.local import open_store  # noqa: PLC0415  (a question to columns needs no store)

        facts = Facts.open(self.folder / "columns")
        there = self.address or (self.folder / "store").exists()
        if not there or not (self.address or self._behind(facts)):
            if not renew:
                self.must_exist()
            return facts
        where = self.address or self.folder
        try:
            with open_store(where, user=self.user, password=self.password, database=self.database) as store:
                newest = facts.refresh(store)
                if not self.address:
                    # Read while the lock is ours: whoever takes it later leaves another trace.
                    self._looked.parent.mkdir(exist_ok=True)
                    self._looked.write_text(self._trace(), encoding="ascii")
                return newest
        except StoreLocked:
            # A load is at work; what it brings is seen when it has closed.
            if not facts.version:
                raise
            return facts

    def must_exist(self) -> None:
        """Raise StoreUnavailable where the folder of a local store is not there."""
        if not self.address and not self.folder.is_dir():
            raise self.nothing_loaded()

    def nothing_loaded(self) -> StoreUnavailable:
        """The error that nothing is there to be asked."""
        where = self.address or str(self.folder)
        return StoreUnavailable(
            "nothing was loaded yet", where=where, remedy="load files first: `contagraph load PATH`"
        )

    def _behind(self, facts: Facts) -> bool:
        """Whether a local folder's columns may lack what its store has: none are there, or a load was cut off.

        A load that was cut off is looked for once, until somebody has owned the store again.
        """
        if not facts.version:
            return True
        cut_off = any((self.folder / "staging").glob("*/finished"))
        return cut_off and (not self._looked.exists() or self._looked.read_text(encoding="ascii") != self._trace())

    @property
    def _looked(self) -> Path:
        return self.folder / "staging" / "looked"

    def _trace(self) -> str:
        """What changes whenever a process takes the store."""
        lock = self.folder / "store.lock"
        return str(lock.stat().st_mtime_ns) if lock.exists() else ""


class Era:
    """Everything known at one version of the data: facts, search index, views of moments."""

    def __init__(self, facts: Facts, folder: Path, keep: int, overfull: Policy, catalogue: Catalogue) -> None:
        self.facts = facts
        self._overfull: Policy = overfull
        self._catalogue = catalogue
        self._folder = folder
        self._keep = keep
        self._lock = Lock()
        self._indexing = Lock()
        self._views: OrderedDict[Moment, Future[View]] = OrderedDict()
        self._earliest: dict[int, datetime | None] = {}
        self._begins: dict[int, date | None] = {}

    @cached_property
    def latest(self) -> datetime:
        """The last instant at which anything became or ceased to be known."""
        last = 0
        for kind in KINDS.values():
            times = self.facts.times(kind)
            for instants in (times.recorded_at, times.retracted_at[times.retracted_at < NEVER]):
                last = max(last, int(instants.max(initial=0)))
        return EPOCH + timedelta(microseconds=last)

    def earliest(self, version: int) -> datetime | None:
        """The first instant at which anything of a version became known; None where nothing is."""
        if version not in self._earliest:
            first = []
            for kind in KINDS.values():
                mine = self.facts.column(kind, "load").to_numpy() <= version
                first += [self.facts.times(kind).recorded_at[mine].min()] if mine.any() else []
            self._earliest[version] = EPOCH + timedelta(microseconds=int(min(first))) if first else None
        return self._earliest[version]

    def begins(self, version: int) -> date | None:
        """The first day that any fact of a version names as its first; None where none does."""
        if version not in self._begins:
            first = []
            for kind in KINDS.values():
                days = self.facts.times(kind).valid_from
                mine = days[(days > ALWAYS) & (self.facts.column(kind, "load").to_numpy() <= version)]
                first += [int(mine.min())] if len(mine) else []
            self._begins[version] = EPOCH.date() + timedelta(days=min(first)) if first else None
        return self._begins[version]

    @property
    def search(self) -> SearchIndex:
        """The index of names; built when first asked for."""
        with self._indexing:
            return self._search

    @cached_property
    def _search(self) -> SearchIndex:
        return SearchIndex.open(self._folder / "search.sqlite", self.facts)

    def view(self, moment: Moment) -> View:
        """The view of a moment; built once, however many wait for it."""
        with self._lock:
            future = self._views.get(moment)
            mine = future is None
            if future is None:
                future = self._views[moment] = Future()
                while len(self._views) > self._keep:
                    self._views.popitem(last=False)
            self._views.move_to_end(moment)
        if mine:
            try:
                with _building:
                    snapshot = Snapshot.build(self.facts, moment)
                future.set_result(View(snapshot, self, overfull=self._overfull, catalogue=self._catalogue))
            except BaseException as problem:
                with self._lock:
                    self._views.pop(moment, None)
                future.set_exception(problem)
        return future.result()


class Engine:
    """Answers come from here; safe to share between threads."""

    def __init__(
        self,
        place: Place,
        facts: Facts,
        *,
        keep: int = 4,
        overfull: Policy = "keep",
        catalogue: Catalogue | None = None,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self._place = place
        self._overfull: Policy = overfull
        self._catalogue = catalogue or shipped()
        self._keep = keep
        self._clock = clock
        self._refreshing = Lock()
        self._era = Era(facts, place.folder, keep, overfull, self._catalogue)

    @classmethod
    def open(
        cls, place: Place, *, keep: int = 4, overfull: Policy = "keep", catalogue: Catalogue | None = None
    ) -> "Engine":
        """Open a place; its columns are made from the store where they are missing."""
        return cls(place, place.facts(), keep=keep, overfull=overfull, catalogue=catalogue)

    @property
    def place(self) -> Place:
        """Where its facts come from."""
        return self._place

    @property
    def version(self) -> int:
        """Number of the last load that newest answers count."""
        return self._era.facts.version

    @property
    def party_count(self) -> int:
        """How many parties the newest version knows."""
        return self._era.facts.party_count

    def refresh(self, prepare: Callable[["Engine"], None] | None = None) -> bool:
        """Take in newer loads; whether there were any. Questions in flight end on the older facts.

        What `prepare` builds on the newer facts is there before the first question is asked of them.
        """
        with self._refreshing:
            facts = self._place.facts(renew=True)
            if facts.version == self._era.facts.version:
                return False
            newer = Engine(
                self._place, facts, keep=self._keep, overfull=self._overfull, catalogue=self._catalogue,
                clock=self._clock,
            )  # fmt: skip
            if prepare:
                prepare(newer)
            self._era = newer._era
            return True

    def moment(
        self,
        *,
        valid_at: date | None = None,
        known_at: datetime | None = None,
        version: int | None = None,
        currency: str | None = None,
    ) -> Moment:
        """A moment with what is not given: today, all that is known by now, the newest version."""
        era, now = self._era, self._clock()
        # Nothing was learned since the latest instant: asking as of it is asking as of now, and repeats.
        known = min(era.latest, now) if known_at is None else known_at.astimezone(UTC)
        return Moment(
            now.date() if valid_at is None else valid_at,
            known,
            era.facts.version if version is None else version,
            currency,
        )

    def view(self, moment: Moment) -> View:
        """The view of a moment. Raises UnknownVersion and InvalidCurrency."""
        era = self._era
        version = era.facts.version if moment.version is None else moment.version
        if moment.known_at.tzinfo is None:
            raise InvalidQuestion("an instant without a zone", where="known_at", remedy="add Z for UTC")
        return era.view(replace(moment, version=version))

    def snapshot(self, moment: Moment) -> Snapshot:
        """The snapshot of a moment."""
        return self.view(moment).snapshot
