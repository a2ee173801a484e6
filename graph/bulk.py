"""The first load of millions: into the local store by a process of its own, or as files for Neo4j's importer.

Both need a store that holds nothing yet. The local one is filled in a folder beside and renamed when it is
whole: a load that was killed leaves nothing but a folder that the next one removes.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import csv

import cypher
from graph.delta import Delta
from graph.errors import StoreError, StoreFull
from graph.field import PARTY_KINDS, Kind
from graph.local import DATABASE, await_ready, own, release, spawn, tell
from graph.model import KINDS, SCHEMA_VERSION
from graph.moment import write_instant
from graph.schema import PARTY_NUMBER
from graph.store import LoadRecord, first_parties, schema_statements
from graph.stored import to_stored

CHUNK = 50_000
"""Rows that go over at once."""
WITHIN: Final = 24 * 3600.0
_TYPES = {pa.float64(): "double", pa.int64(): "long", pa.int32(): "long", pa.int8(): "long", pa.bool_(): "boolean"}


def first_load(folder: Path, delta: Delta, load: LoadRecord) -> None:
    """Make a folder's local store out of one load, which is closed with it.

    Ends in `delta` are positions in its parties. Raises StoreLocked where the folder is owned, StoreError
    where it has a store already.
    """
    root = folder / "store"
    with own(folder):
        if root.exists():
            raise StoreError("the folder has a store already", where=str(folder), remedy="load into it")
        for stale in folder.glob("store.new-*"):
            shutil.rmtree(stale)
        fresh = folder / f"store.new-{os.getpid()}"
        try:
            _fill(fresh, delta, load)
            _flush(fresh)
            fresh.rename(root)
            _flush_folder(folder)
        except OSError as problem:
            if problem.errno == 28:
                raise StoreFull("no room is left on its disk", where=str(folder)) from problem
            raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


@dataclass(frozen=True)
class Part:
    """Some rows of a load."""

    name: str
    """`Party`, or the name of a kind."""
    rows: pa.Table
    """Columns as stored."""
    kind: Kind | None = None
    start: int = 0
    """Place of the first row in its table."""


def parts(delta: Delta, rows: int = CHUNK) -> Iterator[Part]:
    """A load cut up: parties first, then facts of each kind."""
    for start in range(0, len(delta.parties), rows):
        table = delta.parties.slice(start, rows)
        yield Part("Party", table.append_column("load", pa.array([delta.load] * len(table), pa.int32())))
    ids = delta.parties["id"].combine_chunks()
    for name, kept in delta.added.items():
        for start in range(0, len(kept), rows):
            yield Part(name, to_stored(KINDS[name], kept.slice(start, rows), ids), KINDS[name], start)


def write_importer_files(out: Path, delta: Delta, load: LoadRecord, *, database: str = "neo4j") -> list[str]:
    """The files of Neo4j's offline importer, and the command that reads them, word by word.

    The database must not be running. Its schema is made when the store is first opened.
    """
    out.mkdir(parents=True, exist_ok=True)
    nodes: list[str] = []
    relations: list[str] = []
    with contextlib.ExitStack() as open_files:
        writers: dict[str, csv.CSVWriter] = {}
        for part in (*_note_parts(load), *parts(delta)):
            rows = _importer_rows(part)
            if part.name not in writers:
                path = out / f"{part.name}.csv"
                (relations if part.kind and part.kind.is_relation else nodes).append(f"{part.name}={path}")
                writers[part.name] = _writer(open_files, path, rows.schema)
            writers[part.name].write(rows)
    return [
        "neo4j-admin", "database", "import", "full", database, "--overwrite-destination=true",
        "--multiline-fields=true", "--skip-bad-relationships=false", "--id-type=string",
        *(f"--nodes={given}" for given in nodes),
        *(f"--relationships={given}" for given in relations),
    ]  # fmt: skip


def _fill(root: Path, delta: Delta, load: LoadRecord) -> None:
    root.mkdir()
    schema = [_statement(name, kind) for name, kind in schema_statements()]
    schema += [_statement(name, kind, **parameters) for name, kind, parameters in first_parties()]
    settings = {"work": "fill", "root": str(root), "database": DATABASE}
    child = spawn(root, settings | {"schema": schema, "party_kinds": PARTY_KINDS}, lock=None)
    try:
        _send(child, delta, load)
        await_ready(child, root, within=WITHIN)
        child.wait()
    finally:
        child.kill()
        child.wait()
        release(child)


def _send(child: "subprocess.Popen[bytes]", delta: Delta, load: LoadRecord) -> None:
    # A child that has failed has said why: its answer is read next.
    with contextlib.suppress(BrokenPipeError):
        for part in parts(delta):
            rows = _numbered(part, delta) if part.kind and part.kind.is_relation else part.rows
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, rows.schema) as stream:
                stream.write_table(rows)
            stream_bytes = sink.getvalue()
            tell(child, {"part": part.name, "bytes": stream_bytes.size}, stream_bytes)
        tell(child, {"finish": _notes(load)})


def _numbered(part: Part, delta: Delta) -> pa.Table:
    """A part with its ends as party numbers: the child knows nodes by number."""
    kept = delta.added[part.name].slice(part.start, len(part.rows))
    rows = part.rows
    for end in ("from", "to"):
        rows = rows.set_column(rows.schema.get_field_index(end), pa.field(end, PARTY_NUMBER), kept[end])
    return rows


def _note_parts(load: LoadRecord) -> Iterator[Part]:
    yield Part("Load", pa.Table.from_pylist([_load_properties(load)]))
    yield Part("Source", pa.Table.from_pylist([{"name": load.source, "trust": load.trust}]))


def _notes(load: LoadRecord) -> list[dict[str, Any]]:
    return [
        _statement("write/open_source", source=load.source, trust=load.trust),
        _statement("write/open_load", load=_load_properties(load)),
        _statement("write/set_version", version=SCHEMA_VERSION),
    ]


def _statement(name: str, kind: str = "", /, **parameters: Any) -> dict[str, Any]:
    return {"text": cypher.load(name, kind).text, "parameters": parameters}


def _load_properties(load: LoadRecord) -> dict[str, Any]:
    row = asdict(load) | {"delivered": load.delivered.isoformat(), "opened_at": write_instant(load.opened_at)}
    if load.closed_at is None:
        raise StoreError("a first load is closed when it is made", where=f"load {load.number}")
    return row | {"closed_at": write_instant(load.closed_at)}


def _importer_rows(part: Part) -> pa.Table:
    """Columns under the importer's headers."""
    ends = {"from": ":START_ID", "to": ":END_ID"} if part.kind and part.kind.is_relation else {}
    table = part.rows
    typed = {field.name: f"{field.name}:{_TYPES[field.type]}" for field in table.schema if field.type in _TYPES}
    if part.name == "Party":
        table = table.append_column(":LABEL", table["kind"])
        typed["id"] = "id:ID"
    return table.rename_columns([ends.get(name, typed.get(name, name)) for name in table.column_names])


def _writer(open_files: contextlib.ExitStack, path: Path, schema: pa.Schema) -> csv.CSVWriter:
    options = csv.WriteOptions(quoting_style="all_valid")
    return open_files.enter_context(csv.CSVWriter(str(path), schema, write_options=options))


def _flush(root: Path) -> None:
    for path in root.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            _flush_folder(path)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
