"""All that a store holds as files for Neo4j's offline importer, and the command that reads them.

A bank that begins with a folder moves to a server of its own this way: millions of facts in minutes,
where writing them over Bolt takes hours. The server's database must be down, and what it held is replaced.
"""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import csv

from graph.facts import Facts
from graph.field import PARTY_KINDS
from graph.model import KINDS
from graph.moment import write_instant
from graph.store import LoadRecord
from graph.stored import to_stored

CHUNK = 100_000
"""Rows turned into text at once."""
APART: Final = "\x1f"
"""Between the items of a list; the control character made for it, which no id holds."""
_TYPES = {pa.float64(): "double", pa.int64(): "long", pa.int32(): "long", pa.int8(): "long", pa.bool_(): "boolean"}


def write_importer_files(
    out: Path, facts: Facts, loads: Iterable[LoadRecord], pending: pa.Table, *, database: str = "neo4j"
) -> list[str]:
    """Write the files, and give the command that imports them, word by word.

    `loads` are the closed ones, `pending` the facts that wait. The schema is made when the store is first opened.
    """
    out.mkdir(parents=True, exist_ok=True)
    nodes: list[str] = []
    relations: list[str] = []
    with contextlib.ExitStack() as open_files:
        writers: dict[str, csv.CSVWriter] = {}
        for name, rows in (*_notes(facts, loads, pending), *_parties(facts), *_facts(facts)):
            if name not in writers:
                path = (out / f"{name}.csv").absolute()
                (relations if ":START_ID" in rows.column_names else nodes).append(f"{name}={path}")
                options = csv.WriteOptions(quoting_style="all_valid")
                writers[name] = open_files.enter_context(csv.CSVWriter(str(path), rows.schema, write_options=options))
            writers[name].write(rows)
    return [
        "neo4j-admin", "database", "import", "full", database, "--overwrite-destination=true",
        "--multiline-fields=true", "--skip-bad-relationships=false", "--id-type=string", "--array-delimiter=U+001F",
        *(f"--nodes={given}" for given in nodes),
        *(f"--relationships={given}" for given in relations),
    ]  # fmt: skip


def _notes(facts: Facts, loads: Iterable[LoadRecord], pending: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    noted = [_load(record) for record in loads]
    if noted:
        yield "Load", _typed(pa.Table.from_pylist(noted))
        trust = facts.trust
        yield "Source", _typed(pa.table({"name": list(trust), "trust": list(trust.values())}))
    if len(pending):
        missing = pa.array([APART.join(ids) for ids in pending["missing"].to_pylist()], pa.string())
        rows = pending.drop_columns(["missing", "settled_by"]).append_column("missing:string[]", missing)
        yield "Pending", _typed(rows)


def _load(record: LoadRecord) -> dict[str, Any]:
    row = asdict(record) | {"delivered": record.delivered.isoformat(), "opened_at": write_instant(record.opened_at)}
    return row | {"closed_at": write_instant(record.closed_at) if record.closed_at else None}


def _parties(facts: Facts) -> Iterator[tuple[str, pa.Table]]:
    until = [0, *(load.parties for load in facts.loads)]
    brought = np.repeat([load.number for load in facts.loads], np.diff(until)).astype(np.int32)
    kind = pa.array(PARTY_KINDS).take(pa.array(facts.party_kind))
    columns = {
        "id:ID": facts.ids, "kind": kind, "source": facts.party_source.cast(pa.string()),
        "anonymous": pa.array(facts.anonymous), "load": pa.array(brought), ":LABEL": kind,
    }  # fmt: skip
    for some in pa.table(columns).to_batches(CHUNK):
        yield "Party", _typed(pa.Table.from_batches([some]))


def _facts(facts: Facts) -> Iterator[tuple[str, pa.Table]]:
    ends = {"from": ":START_ID", "to": ":END_ID"}
    for name, kind in KINDS.items():
        table = facts.table(kind)
        for start in range(0, len(table), CHUNK):
            rows = _typed(to_stored(kind, table.slice(start, CHUNK), facts.ids))
            yield name, rows.rename_columns([ends.get(column, column) for column in rows.column_names])


def _typed(rows: pa.Table) -> pa.Table:
    """Columns under the importer's headers, their types among them."""
    return rows.rename_columns(
        [f"{field.name}:{_TYPES[field.type]}" if field.type in _TYPES else field.name for field in rows.schema]
    )
