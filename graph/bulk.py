"""A large load at once: into the local store by a process of its own, far faster than over Bolt.

What the first batches of a load would write goes into a copy of the store, which takes the store's place
when it is whole: a load that was killed finds the store as it was, or with those batches written.
"""

import contextlib
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

import cypher
from graph.columns import combined
from graph.delta import Delta
from graph.field import PARTY_KINDS, Kind
from graph.local import DATABASE, STORE, await_ready, release, spawn, tell
from graph.model import KINDS
from graph.store import GraphStore, schema_statements
from graph.stored import properties, to_stored

CHUNK = 10_000
"""Rows that go over at once."""
WITHIN: Final = 24 * 3600.0
Told = Callable[[int], None]
"""Is told how many rows are written."""


def write_in_process(store: GraphStore, delta: Delta, ids: pa.Array, *, position: int, told: Told) -> None:
    """Write the parties and the new facts of an open load into a store whose server is one's own.

    `ids` are those of all parties by number, new ones last; `position` is that of the last batch this
    stands for. What `told` raises stops it, and nothing was written.
    """
    store.rework(lambda root: _fill(root, _Work(delta, ids, position, told)))


@dataclass(frozen=True)
class Part:
    """Some rows of a load."""

    name: str
    """`Party`, or the name of a kind."""
    rows: pa.Table
    """Columns as stored."""
    kept: pa.Table
    """The same rows as kept: ends are party numbers."""
    kind: Kind | None = None


def parts(delta: Delta, ids: pa.Array, rows: int = CHUNK) -> Iterator[Part]:
    """A load cut up: parties first, then facts of each kind by key, in which order the index of one with rows grows."""
    for start in range(0, len(delta.parties), rows):
        table = delta.parties.slice(start, rows)
        table = table.append_column("load", pa.array([delta.load] * len(table), pa.int32()))
        yield Part("Party", table, table)
    for name, kept in delta.added.items():
        ordered = kept.sort_by("key")
        for start in range(0, len(kept), rows):
            some = ordered.slice(start, rows)
            yield Part(name, to_stored(KINDS[name], some, ids), some, KINDS[name])


@dataclass(frozen=True)
class _Work:
    delta: Delta
    ids: pa.Array
    position: int
    told: Told


def _fill(root: Path, work: _Work) -> None:
    kinds = [name for name, rows in {"Party": work.delta.parties, **work.delta.added}.items() if len(rows)]
    settings: dict[str, Any] = {"work": "fill", "root": str(root), "database": DATABASE}
    # What it has to say goes where the store's own log is: the copy is gone when somebody reads it.
    child = spawn(root.with_name(STORE), settings | {"kinds": kinds, "parties": len(work.ids)}, lock=None)
    try:
        _send(child, work)
        await_ready(child, root.with_name(STORE), within=WITHIN)
        child.wait()
    finally:
        child.kill()
        child.wait()
        release(child)


def _send(child: "subprocess.Popen[bytes]", work: _Work) -> None:
    known = len(work.ids) - len(work.delta.parties)
    sent = 0
    # A child that has failed has said why: its answer is read next.
    with contextlib.suppress(BrokenPipeError):
        if known:
            _tell_rows(child, "known", "Party", np.arange(known), work.ids.slice(0, known).to_pylist())
        for part in parts(work.delta, work.ids):
            work.told(sent)
            if part.kind:
                _tell_facts(child, part, part.kind)
            else:
                _tell_parties(child, part, known + sent)
            sent += len(part.rows)
        work.told(sent)
        tell(child, {"finish": [*_schema(), _position(work)]})


def _tell_parties(child: "subprocess.Popen[bytes]", part: Part, first: int) -> None:
    for kind in PARTY_KINDS:
        places = np.flatnonzero(pc.equal(part.rows["kind"], kind).to_numpy())
        if len(places):
            # A node with two labels has a type named after both.
            name = "~".join(sorted((kind, "Party")))
            _tell_rows(child, "parties", name, first + places, properties(part.rows.take(pa.array(places))))


def _tell_facts(child: "subprocess.Popen[bytes]", part: Part, kind: Kind) -> None:
    if not kind.is_relation:
        _tell_rows(child, "records", part.name, np.zeros(0), properties(part.rows))
        return
    ends = np.concatenate([combined(part.kept[end]).to_numpy() for end in kind.ends])
    _tell_rows(child, "relations", part.name, ends, properties(part.rows.drop_columns(list(kind.ends))))


def _tell_rows(child: "subprocess.Popen[bytes]", part: str, name: str, numbers: NDArray[Any], rows: list[Any]) -> None:
    places, text = numbers.astype(np.uint32).tobytes(), json.dumps(rows).encode()
    tell(child, {"part": part, "type": name, "numbers": len(places), "rows": len(text)}, places + text)


def _schema() -> Iterator[dict[str, Any]]:
    for name, kind in schema_statements():
        yield {"text": cypher.load(name, kind).text, "parameters": {}}


def _position(work: _Work) -> dict[str, Any]:
    parameters = {"load": work.delta.load, "position": work.position}
    return {"text": cypher.load("write/set_position").text, "parameters": parameters}
