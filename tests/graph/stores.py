"""Servers the store is tested on, and small worlds to put into it."""

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

import neo4j
import pyarrow as pa

from graph import identity
from graph.delta import PARTIES, Delta
from graph.field import PARTY_KINDS, Kind
from graph.model import KINDS
from graph.schema import kept_schema, own_columns
from graph.store import Batch, GraphStore, LoadRecord
from graph.stored import to_stored

NOW = datetime(2026, 1, 2, 3, 4, 5, 6, UTC)
SOURCE = "工商登记"
NOBODY = pa.array([], pa.string())
TEXTS = ("", "甲公司", 'O\'Brien "& Söhne"', "line\nbreak\ttab", "a\\b", "𠮷野家 🏭", "0012", "null", "$x {y}")


class Server(Protocol):
    user: str
    password: str
    database: str | None

    @property
    def address(self) -> str: ...
    def start(self) -> object: ...
    def kill(self) -> None: ...
    def close(self) -> None: ...


class GivenServer:
    """A server of one's own, whose database must be empty and is left so; it cannot be killed."""

    database = None

    def __init__(self) -> None:
        self.address = os.environ["CONTAGRAPH_TEST_NEO4J"]
        self.user = os.environ.get("CONTAGRAPH_TEST_NEO4J_USER", "neo4j")
        self.password = os.environ.get("CONTAGRAPH_TEST_NEO4J_PASSWORD", "neo4j")

    def start(self) -> object:
        found = ask(self, "MATCH (n) RETURN count(n) AS n")[0]["n"]
        assert found == 0, f"{self.address} holds {found} nodes, which the tests would delete"
        return self

    def kill(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        ask(self, "MATCH (n) DETACH DELETE n")


def connect(server: Server, *, patience: float = 30.0) -> GraphStore:
    return GraphStore.connect(
        server.address, user=server.user, password=server.password, database=server.database, patience=patience
    )


def ask(server: Server, text: str, **parameters: object) -> list[neo4j.Record]:
    """Any statement, past the store."""
    with neo4j.GraphDatabase.driver(server.address, auth=(server.user, server.password)) as driver:
        return driver.execute_query(text, parameters, database_=server.database).records  # type: ignore[arg-type]


def open_load(store: GraphStore, *, digest: str = "d1", worker: str = "here:1", trust: float = 0.9) -> LoadRecord:
    return store.open_load(
        source=SOURCE,
        trust=trust,
        digest=digest,
        delivery="full",
        delivered=date(2026, 1, 1),
        worker=worker,
        opened_at=NOW,
    )


def record(delta: Delta) -> LoadRecord:
    """The note on a load that is closed."""
    return LoadRecord(
        delta.load, SOURCE, f"d{delta.load}", "full", date(2026, 1, 1), NOW, NOW, 0, "here:1", '{"read": 1}', 0.9
    )


def world(load: int = 1, *, parties: int = 12, facts: int = 6, seed: int = 0, known: pa.Array = NOBODY) -> Delta:
    """Parties and facts of every kind with all manner of values; ids of `known` parties come before the new ones."""
    dice = random.Random(seed)  # noqa: S311
    ids = [f"{SOURCE}:{load}-{at:04d}{dice.choice(TEXTS)}" for at in range(parties)]
    rows = [
        {"id": party, "kind": PARTY_KINDS[at % 3], "source": SOURCE, "anonymous": dice.choice([None, True, False])}
        for at, party in enumerate(ids)
    ]
    table = pa.Table.from_pylist(rows, schema=PARTIES)
    every = pa.concat_arrays([known, table["id"].combine_chunks()])
    added = {name: _facts(kind, load, facts, every, dice) for name, kind in KINDS.items()}
    return Delta(load, table, added)


def _facts(kind: Kind, load: int, count: int, ids: pa.Array, dice: random.Random) -> pa.Table:
    rows = []
    for _ in range(count):
        row: dict[str, object] = {end: dice.randrange(len(ids)) for end in kind.ends}
        row |= {name: _value(form, dice) for name, form in own_columns(kind)}
        row |= {"key": dice.randbytes(16), "series": bytes(16), "revision": dice.randrange(1, 40), "load": load}
        row |= {"digest": dice.randbytes(8), "recorded_at": _value(pa.timestamp("us"), dice, never=False)}
        row |= {"source": SOURCE, "source_ref": dice.choice(TEXTS), "note": dice.choice([None, *TEXTS])}
        row |= {name: _value(pa.date32(), dice) for name in ("valid_from", "valid_to", "stated_from")}
        row["confidence"] = _value(pa.float64(), dice)
        rows.append(row)
    table = pa.Table.from_pylist(rows, schema=kept_schema(kind)).sort_by([("key", "ascending")])
    series = identity.series(kind, [ids.take(table[end].combine_chunks()) for end in kind.ends], table)
    return table.set_column(table.schema.get_field_index("series"), "series", series)


def _value(form: pa.DataType, dice: random.Random, *, never: bool = True) -> object:
    if never and dice.random() < 0.3:
        return None
    made: dict[pa.DataType, object] = {
        pa.float64(): dice.choice([0.0, 1.0, 0.5, 1 / 3, 1e12, dice.random()]),
        pa.bool_(): dice.random() < 0.5,
        pa.int64(): dice.randrange(100),
        pa.int8(): dice.randrange(4),
        pa.date32(): date(1900, 1, 1) + timedelta(days=dice.randrange(80_000)),
        pa.timestamp("us"): datetime(2000, 1, 1) + timedelta(microseconds=dice.randrange(10**15)),
    }
    return made.get(form, dice.choice(TEXTS))


def batches(delta: Delta, ids: pa.Array | None = None) -> Iterator[Batch]:
    """A load in batches: the parties, then each kind's facts."""
    ids = delta.parties["id"].combine_chunks() if ids is None else ids
    yield Batch(parties=delta.parties)
    for name, table in delta.added.items():
        yield Batch(kind=KINDS[name], added=to_stored(KINDS[name], table, ids))


def put(store: GraphStore, delta: Delta, ids: pa.Array | None = None) -> None:
    """Load a world as the loader does."""
    load = open_load(store, digest=f"d{delta.load}")
    assert load.number == delta.load
    for position, batch in enumerate(batches(delta, ids), 1):
        store.write(load.number, batch, position=position)
    store.close_load(load.number, report='{"read": 1}', closed_at=NOW)


def stored(delta: Delta, kind: Kind, ids: pa.Array | None = None) -> list[dict[str, object]]:
    """What the store should give back of a kind."""
    ids = delta.parties["id"].combine_chunks() if ids is None else ids
    return list(to_stored(kind, delta.added[kind.name], ids).sort_by("fact_id").to_pylist())


def given(store: GraphStore, kind: Kind, version: int | None = None) -> list[dict[str, object]]:
    """What the store gives of a kind."""
    return [row for table in store.facts(kind, version) for row in table.to_pylist()]


def shown(loads: list[LoadRecord]) -> list[LoadRecord]:
    """Loads without what depends on the way they were written."""
    return [replace(load, position=0) for load in loads]
