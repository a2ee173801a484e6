"""Writing the file that names are searched in: what newer loads brought is added to a copy, then renamed."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.facts import Facts
from graph.field import PARTY_KINDS, Kind
from graph.grams import postings
from graph.model import IDENTIFIER, PROFILE
from graph.names import normalise, normalise_number

SCHEMA: Final = 1
SEGMENT: Final = 1 << 18
"""Names whose grams are kept together."""

_TABLES = """
CREATE TABLE about (version INTEGER NOT NULL);
CREATE TABLE name (row INTEGER PRIMARY KEY, party INTEGER NOT NULL, main INTEGER NOT NULL, text TEXT NOT NULL,
                   plain TEXT NOT NULL, load INTEGER NOT NULL, recorded INTEGER NOT NULL);
CREATE TABLE number (plain TEXT NOT NULL, party INTEGER NOT NULL, scheme TEXT NOT NULL, text TEXT NOT NULL,
                     load INTEGER NOT NULL, recorded INTEGER NOT NULL,
                     PRIMARY KEY (plain, party, scheme)) WITHOUT ROWID;
CREATE TABLE posting (segment INTEGER NOT NULL, gram INTEGER NOT NULL, count INTEGER NOT NULL, rows BLOB NOT NULL);
CREATE TABLE segment (number INTEGER PRIMARY KEY, lengths BLOB NOT NULL);
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS name_plain ON name (plain, party);
CREATE INDEX IF NOT EXISTS posting_gram ON posting (gram, count);
CREATE INDEX IF NOT EXISTS posting_segment ON posting (segment);
"""


def read_only(path: Path) -> sqlite3.Connection:
    """A connection to a file that is only ever replaced."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def version_of(path: Path) -> int:
    """Version of the facts a file was made of; -1 where there is none that can be used."""
    if not path.is_file():
        return -1
    try:
        with closing(read_only(path)) as connection:
            ((schema,),) = connection.execute("PRAGMA user_version")
            ((version,),) = connection.execute("SELECT version FROM about")
    except (sqlite3.DatabaseError, ValueError):
        return -1
    return int(version) if schema == SCHEMA else -1


def update(path: Path, facts: Facts) -> None:
    """Bring the file to the version of the facts, at once and whole."""
    done = version_of(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    if 0 <= done <= facts.version:
        shutil.copyfile(path, new)
    else:
        done = -1
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
        if done < 0:
            connection.executescript(f"{_TABLES} PRAGMA user_version = {SCHEMA}; INSERT INTO about VALUES (0)")  # noqa: S608
        connection.execute("BEGIN")
        _add_names(connection, _names(facts, after=done), first=done < 0)
        connection.executemany("INSERT OR IGNORE INTO number VALUES (?, ?, ?, ?, ?, ?)", _numbers(facts, after=done))
        connection.execute("UPDATE about SET version = ?", (facts.version,))
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)
    with new.open("rb") as written:
        os.fsync(written.fileno())
    new.replace(path)


# ── what the facts say ──


def _names(facts: Facts, *, after: int) -> pa.Table:
    """Names that loads after a version brought, once for each party, the shortest first."""
    rows = _since(facts, PROFILE, after, ("name", "other_names"))
    main = rows.select(["party", "name", "load", "recorded"]).rename_columns(["party", "text", "load", "recorded"])
    lines = pc.split_pattern(rows["other_names"].combine_chunks(), "\n")
    parent = pc.list_parent_indices(lines)
    other = rows.select(["party", "load", "recorded"]).take(parent).add_column(1, "text", pc.list_flatten(lines))
    whole = pa.concat_tables([_marked(main, 1), _marked(other, 0)])
    whole = whole.set_column(1, "text", pc.utf8_trim_whitespace(pc.replace_substring(whole["text"], "\n", " ")))
    whole = whole.filter(pc.greater(pc.utf8_length(whole["text"]), 0))
    once = whole.group_by(["party", "text"]).aggregate([("main", "max"), ("load", "min"), ("recorded", "min")])
    once = once.append_column("length", pc.utf8_length(once["text"]))
    return once.sort_by([("length", "ascending"), ("text", "ascending"), ("party", "ascending")])


def _marked(rows: pa.Table, main: int) -> pa.Table:
    return rows.append_column("main", pa.array(np.full(len(rows), main, np.int8)))


def _numbers(facts: Facts, *, after: int) -> Iterator[tuple[object, ...]]:
    """Identifiers that loads after a version brought, in the order of the file; none of a natural person."""
    rows = _since(facts, IDENTIFIER, after, ("scheme", "value"))
    person = facts.party_kind[rows["party"].to_numpy()] == PARTY_KINDS.index("Person")
    rows = rows.filter(pa.array(~person))
    plain = normalise_number("\n".join(text.replace("\n", " ") for text in rows["value"].to_pylist())).split("\n")
    columns = [rows[name].to_pylist() for name in ("party", "scheme", "value", "load", "recorded")]
    for number, party, scheme, text, load, recorded in sorted(zip(plain if len(rows) else [], *columns, strict=True)):
        if number:
            yield number, party, scheme, text, load, recorded


def _since(facts: Facts, kind: Kind, after: int, names: tuple[str, ...]) -> pa.Table:
    """Columns of the facts of a kind that loads after a version brought."""
    new = pa.array(np.flatnonzero(facts.column(kind, "load").to_numpy() > after))
    table = pa.table({name: facts.column(kind, name).take(new) for name in ("party", *names, "load")})
    recorded = facts.column(kind, "recorded_at").cast(pa.int64()).take(new)
    return table.append_column("recorded", recorded)


# ── what the file keeps ──


def _add_names(connection: sqlite3.Connection, names: pa.Table, *, first: bool) -> None:
    columns = [names[name].to_pylist() for name in ("party", "main_max", "text", "load_min", "recorded_min")]
    plain = normalise("\n".join(columns[2])).split("\n") if len(names) else []
    rows = [row for row in zip(*columns[:3], plain, *columns[3:], strict=True) if first or not _known(connection, row)]
    start = connection.execute("SELECT count(*) FROM name").fetchone()[0]
    numbered = ((start + at, *row) for at, row in enumerate(rows))
    connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?, ?)", numbered)
    if rows or first:
        for segment in range(start // SEGMENT, (start + len(rows)) // SEGMENT + 1):
            _fill(connection, segment)


def _known(connection: sqlite3.Connection, row: tuple[object, ...]) -> bool:
    party, main, text, plain, *_ = row
    statement = "SELECT 1 FROM name WHERE plain = ? AND party = ? AND text = ? AND main >= ?"
    return connection.execute(statement, (plain, party, text, main)).fetchone() is not None


def _fill(connection: sqlite3.Connection, segment: int) -> None:
    """Write the grams of one segment; one that was not full is written anew."""
    base = segment * SEGMENT
    rows = connection.execute("SELECT plain FROM name WHERE row >= ? AND row < ? ORDER BY row", (base, base + SEGMENT))
    plain = [text for (text,) in rows]
    found = postings("\n".join(plain))
    lines = found.lines + np.uint32(base)
    start = found.start.tolist()
    connection.execute("DELETE FROM posting WHERE segment = ?", (segment,))
    connection.executemany(
        "INSERT INTO posting VALUES (?, ?, ?, ?)",
        (
            (segment, gram, start[k + 1] - start[k], lines[start[k] : start[k + 1]].tobytes())
            for k, gram in enumerate(found.grams.tolist())
        ),
    )
    lengths = np.minimum([len(text) for text in plain], 255).astype(np.uint8)
    connection.execute("INSERT OR REPLACE INTO segment VALUES (?, ?)", (segment, lengths.tobytes()))
