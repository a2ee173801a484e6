"""The graph store: numbered loads of facts in Neo4j or in the local server, over Bolt alone.

A load is opened, written in numbered batches, closed; it is seen from its closing on. Each batch is one
transaction that also notes its position, so that repeating it after a lost connection or a kill changes
nothing. Every writing transaction first takes the one Writer node: two never write at once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from graph import reading, undo
from graph.bolt import Bolt, Rows, Transaction
from graph.errors import LoadInProgress, StoreError, UnknownVersion, WrongVersion
from graph.field import PARTY_KINDS, Kind
from graph.model import KINDS, RECORDS, RELATIONS, SCHEMA_VERSION
from graph.moment import read_day, read_instant, write_instant
from graph.server import Server
from graph.stored import PENDING_ROWS, properties, stored_schema

PATIENCE = 30.0
"""Seconds a lost server is waited for."""
_SCHEMA = (
    "party_id", "party_load", "load_number", "source_name", "writer_name", "store_name", "pending_id",
    "pending_load", "pending_settled_by",
)  # fmt: skip
_OF_KIND = ("fact_id", "load", "retracted_by")


@dataclass(frozen=True)
class LoadRecord:
    """One load, as the store notes it."""

    number: int
    source: str
    digest: str
    delivery: str
    delivered: date
    opened_at: datetime
    closed_at: datetime | None
    position: int
    """Batches kept; -1 while it is being rolled back."""
    worker: str
    report: str
    trust: float = 0.5
    """Trust in the source when it was loaded."""


@dataclass(frozen=True)
class Batch:
    """What one transaction of a load writes; parties before facts, facts of one kind."""

    parties: pa.Table | None = None
    """Columns of `graph.delta.PARTIES`."""
    kind: Kind | None = None
    added: pa.Table | None = None
    """Columns of `graph.stored.stored_schema(kind)`."""
    ended: pa.Table | None = None
    """Columns fact_id and retracted_at, as text."""
    pending: pa.Table | None = None
    """Columns id, kind, missing, row."""
    settled: list[str] = field(default_factory=list)
    """Ids of pending facts that became facts."""


class GraphStore:
    """A store that is open."""

    def __init__(self, bolt: Bolt) -> None:
        self._bolt = bolt
        self._workers: dict[int, str] = {}
        self.server: Server | None = None
        """The server, where it is one's own."""

    @classmethod
    def connect(
        cls, address: str, *, user: str, password: str, database: str | None = None, patience: float = PATIENCE
    ) -> "GraphStore":
        """Open a store: StoreUnavailable, AccessRefused or WrongVersion where that cannot be."""
        bolt = Bolt(address, user=user, password=password, database=database, patience=patience)
        store = cls(bolt)
        try:
            store.schema_version()
        except BaseException:
            bolt.close()
            raise
        return store

    def own(self, server: Server) -> None:
        """Take a server for one's own: started again where its connection is lost, stopped with this store."""
        self.server = server
        self._bolt.revive = self._revive
        self._bolt.is_full = server.is_full

    def rework(self, change: Callable[[Path], None]) -> None:
        """Change the data of a server of one's own while it does not run; StoreError where it is not one's own."""
        if self.server is None:
            raise StoreError("only a store of one's own is changed in its place", where=self._bolt.address)
        self.server.rework(change)
        self._revive()

    def _revive(self) -> None:
        """Start the server again, and follow it where its port was taken meanwhile."""
        if self.server:
            self.server.revive()
            if self.server.address != self._bolt.address:
                self._bolt.move(self.server.address)

    def close(self) -> None:
        """Let go of the server."""
        self._bolt.close()
        server, self.server = self.server, None
        if server:
            server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # ── schema ──

    def schema_version(self) -> int:
        """Version of the schema the store has, 0 where it has none; WrongVersion where it is newer than ours."""
        found = self._bolt.read("read/store_version")
        version = int(found[0]["version"]) if found else 0
        if version > SCHEMA_VERSION:
            raise WrongVersion(
                f"its data is of version {version}, this program knows {SCHEMA_VERSION}", where=self._bolt.address
            )
        return version

    def prepare(self) -> None:
        """Make constraints and indexes; repeating it changes nothing."""
        if self.schema_version() == SCHEMA_VERSION:
            return
        for name, kind in schema_statements():
            self._bolt.declare(name, kind)
        for name, kind, parameters in first_parties():
            self._bolt.write(lambda t, n=name, k=kind, p=parameters: t.run(n, k, **p))  # type: ignore[misc]
        self._bolt.write(lambda t: t.run("write/set_version", version=SCHEMA_VERSION))

    # ── loads ──

    def loads(self) -> list[LoadRecord]:
        """All loads by number, open ones too."""
        return [_load(row) for row in self._bolt.read("read/loads")]

    def version(self) -> int:
        """Number of the last closed load, 0 where there is none."""
        return max((load.number for load in self.loads() if load.closed_at), default=0)

    def trust(self) -> dict[str, float]:
        """Trust in each source, as its last load gave it."""
        return {row["source"]: row["trust"] for row in self._bolt.read("read/sources")}

    def open_load(
        self,
        *,
        source: str,
        trust: float,
        digest: str,
        delivery: str,
        delivered: date,
        worker: str,
        opened_at: datetime,
    ) -> LoadRecord:
        """Open a load, or take over an interrupted one of the same digest: its position says where to go on.

        LoadInProgress where a load of another digest is open. A load caught while being rolled back is
        rolled back to the end first.
        """
        fresh: dict[str, Any] = {
            "source": source,
            "digest": digest,
            "delivery": delivery,
            "delivered": delivered.isoformat(),
        }
        fresh |= {"opened_at": write_instant(opened_at), "position": 0, "worker": worker, "report": ""}

        def work(t: Transaction) -> LoadRecord:
            loads = [_load(row) for row in t.run("read/loads")]
            for load in loads:
                if load.closed_at is None:
                    return _taken_over(t, load, digest=digest, worker=worker)
            number = max((load.number for load in loads), default=0) + 1
            t.run("write/open_source", source=source, trust=trust)
            t.run("write/open_load", load=fresh | {"number": number, "trust": trust})
            return _load(fresh | {"number": number, "trust": trust, "closed_at": None})

        load = self._bolt.write(work)
        if load.position < 0:
            self.roll_back(load.number)
            load = self._bolt.write(work)
        self._workers[load.number] = worker
        return load

    def write(self, load: int, batch: Batch, *, position: int) -> None:
        """Keep one batch in one transaction; one that was kept already changes nothing."""

        def work(t: Transaction) -> None:
            kept = self._open(t, load)
            if kept >= position:
                return
            if kept != position - 1:
                raise StoreError(f"batch {position} came after batch {kept}", where=f"load {load}")
            _apply(t, load, batch)
            t.run("write/set_position", load=load, position=position)

        self._bolt.write(work)

    def close_load(self, load: int, *, report: str, closed_at: datetime) -> None:
        """Let a load be seen; one that is closed stays as it was closed."""

        def work(t: Transaction) -> None:
            found = t.run("read/load", load=load)
            if found and found[0]["closed_at"]:
                return
            self._open(t, load)
            t.run("write/close_load", load=load, report=report, closed_at=write_instant(closed_at))

        self._bolt.write(work)

    def roll_back(self, load: int) -> None:
        """Undo an open load and forget it; goes on where it was interrupted."""
        undo.roll_back(self._bolt, load)
        self._workers.pop(load, None)

    # ── out ──

    def parties(self, version: int | None = None) -> Iterator[pa.Table]:
        """Parties of closed loads, one table a load, ordered by id within."""
        for load in self._closed(version):
            yield reading.parties(self._bolt, load)

    def new_parties(self, load: int) -> pa.Table:
        """Parties a load brought, ordered by id."""
        return reading.parties(self._bolt, load)

    def facts(self, kind: Kind, version: int | None = None) -> Iterator[pa.Table]:
        """All facts of a kind of closed loads, retracted ones included, by load and fact id."""
        seen = self.version() if version is None else version
        for load in self._closed(seen):
            for table in reading.added(self._bolt, kind, load):
                yield reading.mask(table, seen)

    def changes(self, kind: Kind, load: int) -> tuple[pa.Table, pa.Table]:
        """What a closed load added of a kind, and what it ended (fact_id, retracted_at)."""
        seen = self.version()
        if load not in self._closed(seen):
            raise UnknownVersion(load)
        tables = [reading.mask(table, seen) for table in reading.added(self._bolt, kind, load)]
        added = pa.concat_tables(tables) if tables else stored_schema(kind).empty_table()
        return added, reading.ended(self._bolt, kind, load)

    def pending(self) -> pa.Table:
        """Facts of closed loads whose parties have not arrived."""
        rows = self._bolt.read("read/pending", version=self.version())
        return pa.Table.from_pylist([row | {"settled_by": None} for row in rows], schema=PENDING_ROWS)

    def rows(self, statement: str, kind: str = "", /, **parameters: Any) -> Rows:
        """Rows of one reading statement of `cypher/`, by name."""
        if kind and kind not in KINDS:
            raise StoreError(f"{kind} is no kind of the model", where=statement)
        return self._bolt.read(statement, kind, **parameters)

    def _closed(self, version: int | None) -> list[int]:
        loads = [load.number for load in self.loads() if load.closed_at]
        return [number for number in loads if version is None or number <= version]

    def _open(self, t: Transaction, load: int) -> int:
        """Position of a load that is open and ours."""
        found = t.run("read/load", load=load)
        if not found or found[0]["closed_at"] or found[0]["position"] < 0:
            raise StoreError("the load is not open", where=f"load {load}", remedy="open it again")
        if found[0]["worker"] != self._workers.get(load, found[0]["worker"]):
            raise LoadInProgress(f"{found[0]['worker']} has taken the load over", where=f"load {load}")
        return int(found[0]["position"])


def schema_statements() -> Iterator[tuple[str, str]]:
    """Statements that make constraints and indexes, each with its kind or nothing, from the model."""
    for name in _SCHEMA:
        yield f"schema/{name}", ""
    for kind in RELATIONS:
        for name in _OF_KIND:
            yield f"schema/relation_{name}", kind.name
    for kind in RECORDS:
        for name in (*_OF_KIND, *(["party"] if kind.ends else [])):
            yield f"schema/record_{name}", kind.name


def first_parties() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Statements that add a party of each kind and take it away again.

    The first node of two labels changes the local server's schema, which two writers must not do at once.
    """
    for kind in PARTY_KINDS:
        yield "write/add_parties", kind, {"rows": [{"id": kind, "load": 0}]}
    yield "write/delete_parties", "", {"load": 0, "size": len(PARTY_KINDS)}


def _load(row: dict[str, Any]) -> LoadRecord:
    values = {name: row[name] for name in (f.name for f in fields(LoadRecord))}
    values["delivered"] = read_day(row["delivered"])
    values["opened_at"] = read_instant(row["opened_at"])
    values["closed_at"] = read_instant(row["closed_at"]) if row["closed_at"] else None
    return LoadRecord(**values)


def _taken_over(t: Transaction, load: LoadRecord, *, digest: str, worker: str) -> LoadRecord:
    if load.position >= 0:
        if load.digest != digest:
            problem = LoadInProgress(
                f"load {load.number} of {load.source} is open, written by {load.worker}",
                remedy="wait for it to end; if its process is gone, load the same files again",
            )
            problem.number, problem.source = load.number, load.source
            raise problem
        t.run("write/take_over_load", load=load.number, worker=worker)
    return load


def _apply(t: Transaction, load: int, batch: Batch) -> None:
    if batch.parties is not None:
        rows = [party | {"load": load} for party in properties(batch.parties)]
        for party_kind in PARTY_KINDS:
            of_kind = [party for party in rows if party["kind"] == party_kind]
            if of_kind:
                t.run("write/add_parties", party_kind, rows=of_kind)
    if batch.kind is not None:
        _add(t, batch.kind, batch.added)
        _end(t, batch.kind, batch.ended, load=load)
    if batch.pending is not None and len(batch.pending):
        t.run("write/add_pending", rows=[row | {"load": load} for row in properties(batch.pending)])
    if batch.settled:
        t.run("write/settle_pending", ids=batch.settled, load=load)


def _add(t: Transaction, kind: Kind, added: pa.Table | None) -> None:
    if added is None or not len(added):
        return
    rows = properties(added)
    if kind.is_relation:
        rows = [{"from": row.pop("from", ""), "to": row.pop("to", ""), "fact": row} for row in rows]
    count = t.run(f"write/add_{'relations' if kind.is_relation else 'records'}", kind.name, rows=rows)[0]["added"]
    if count != len(rows):
        raise StoreError(f"{len(rows) - count} of {len(rows)} facts name a party that is not there", where=kind.name)


def _end(t: Transaction, kind: Kind, ended: pa.Table | None, *, load: int) -> None:
    if ended is None or not len(ended):
        return
    ids = ended["fact_id"].to_pylist()
    instants = dict(zip(ids, ended["retracted_at"].to_pylist(), strict=True))
    shape = "relations" if kind.is_relation else "records"
    count = t.run(f"write/end_{shape}", kind.name, ids=ids, instants=instants, load=load)[0]["ended"]
    if count != len(ids):
        raise StoreError(f"{len(ids) - count} of {len(ids)} facts to end are not there", where=kind.name)
