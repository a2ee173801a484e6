"""A first load of millions into Neo4j: the files of its offline importer, and the command that reads them."""

import contextlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv

from graph.bulk import Part, parts
from graph.delta import Delta
from graph.errors import StoreError
from graph.moment import write_instant
from graph.store import LoadRecord

_TYPES = {pa.float64(): "double", pa.int64(): "long", pa.int32(): "long", pa.int8(): "long", pa.bool_(): "boolean"}


def write_importer_files(out: Path, delta: Delta, load: LoadRecord, *, database: str = "neo4j") -> list[str]:
    """The files of Neo4j's offline importer, and the command that reads them, word by word.

    The database must not be running. Its schema is made when the store is first opened.
    """
    out.mkdir(parents=True, exist_ok=True)
    nodes: list[str] = []
    relations: list[str] = []
    with contextlib.ExitStack() as open_files:
        writers: dict[str, csv.CSVWriter] = {}
        for part in (*_note_parts(load), *parts(delta, delta.parties["id"].combine_chunks())):
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


def _note_parts(load: LoadRecord) -> Iterator[Part]:
    noted = {"Load": _load_properties(load), "Source": {"name": load.source, "trust": load.trust}}
    for name, row in noted.items():
        rows = pa.Table.from_pylist([row])
        yield Part(name, rows, rows)


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
