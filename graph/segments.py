"""A folder of immutable Arrow files and one manifest that says which of them count.

Every change writes new files beside the old, flushes them, and then replaces the manifest by one rename:
whoever reads, at whatever instant the writer ended, finds the older version or the newer one whole. A
run is a list of files that follow one another; small ones are merged with what follows them, so that a
run stays short and every row is copied only a few times in its life.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from graph.disk import flush_folder
from graph.errors import StoreFull, UnreadableFile, WrongVersion
from graph.model import KINDS
from graph.moment import read_instant, write_instant
from graph.schema import kept_schema

FORMAT = 1
"""Raised when the files or the manifest change their form."""
SCHEMA = sha256("".join(f"{name}{kept_schema(kind)}" for name, kind in KINDS.items()).encode()).hexdigest()[:16]
"""Names and types of all columns: files with others are made anew, whatever the model's version says."""
MANIFEST = "manifest.json"
MERGE_UNDER = 4
"""A file is merged with what follows it when it is less than this many times as long."""
REMEDY = "delete the folder: the next start rebuilds it from the store"
OPEN_ATTEMPTS = 20


@dataclass(frozen=True)
class Piece:
    """One file of a run."""

    file: str
    rows: int
    size: int
    """Bytes, so that a file cut short is noticed when it is opened."""


@dataclass(frozen=True)
class KeptLoad:
    """One closed load, as far as the columns need it."""

    number: int
    source: str
    trust: float
    """Trust in the source as this load gave it."""
    closed_at: datetime
    parties: int
    """Parties known once it had closed."""
    delivered: date | None = None
    """The delivery's own day; None where columns of an earlier program do not say it."""

    @property
    def until(self) -> date:
        """Day up to which it can tell: that of the delivery, else the one on which it was loaded."""
        return self.delivered or self.closed_at.date()


@dataclass(frozen=True)
class Manifest:
    """What counts in a folder."""

    generation: int = 0
    """Raised with every change; part of the names of new files."""
    loads: tuple[KeptLoad, ...] = ()
    runs: Mapping[str, tuple[Piece, ...]] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """Number of the last closed load, 0 where there is none."""
        return self.loads[-1].number if self.loads else 0

    def text(self) -> str:
        """As JSON."""
        loads = [
            {**asdict(load), "closed_at": write_instant(load.closed_at),
             "delivered": load.delivered and load.delivered.isoformat()}
            for load in self.loads
        ]  # fmt: skip
        runs = {name: [asdict(piece) for piece in run] for name, run in self.runs.items()}
        head = {"format": FORMAT, "schema": SCHEMA, "generation": self.generation}
        return json.dumps({**head, "loads": loads, "runs": runs}, ensure_ascii=False)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder; that of an empty folder says nothing is there."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Manifest()
    except ValueError as problem:
        raise UnreadableFile("not a manifest", where=str(folder / MANIFEST), remedy=REMEDY) from problem
    if (found.get("format"), found.get("schema")) != (FORMAT, SCHEMA):
        raise WrongVersion("columns of another version of this program", where=str(folder), remedy=REMEDY)
    return Manifest(
        generation=found["generation"],
        loads=tuple(_kept(load) for load in found["loads"]),
        runs={name: tuple(Piece(**piece) for piece in run) for name, run in found["runs"].items()},
    )


def _kept(told: dict[str, Any]) -> KeptLoad:
    delivered = told.get("delivered")
    return KeptLoad(**{**told, "closed_at": read_instant(told["closed_at"]),
                       "delivered": date.fromisoformat(delivered) if delivered else None})  # fmt: skip


def newest_generation(folder: Path) -> int:
    """The newest generation that any file of a folder is named by, 0 where there is none."""
    return max((int(path.name.split(".")[-3]) for path in folder.glob("*.*.*.arrow")), default=0)


def open_runs(folder: Path) -> tuple[Manifest, dict[str, list[pa.Table]]]:
    """The manifest and every run it names, memory-mapped; a mapped file outlives its removal."""
    for _ in range(OPEN_ATTEMPTS):
        manifest = read_manifest(folder)
        try:
            return manifest, {name: [_map(folder, piece) for piece in run] for name, run in manifest.runs.items()}
        except FileNotFoundError:
            continue  # a writer replaced the manifest in between and removed what it no longer names
    raise UnreadableFile("files that the manifest names are not there", where=str(folder), remedy=REMEDY)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """One writer at a time in this folder; the lock ends with its process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        except OSError as problem:
            if problem.errno == ENOSPC:
                raise StoreFull("no room for the columns", where=str(folder)) from problem
            raise


@dataclass
class Writer:
    """Gathers what changes and makes it count at once; used under `writing`."""

    folder: Path
    manifest: Manifest
    mapped: Mapping[str, list[pa.Table]]
    """What the manifest names, mapped."""
    changed: dict[str, tuple[Piece, ...]] = field(default_factory=dict)

    def extend(self, run: str, rows: pa.Table) -> tuple[int, pa.Table]:
        """Put rows at the end of a run, merged with the files before them that are small beside them.

        Returns how many files of the run stay, and the rows of the one written after them.
        """
        pieces, tables = list(self.manifest.runs.get(run, ())), list(self.mapped.get(run, ()))
        merged = [rows]
        while pieces and pieces[-1].rows < MERGE_UNDER * sum(len(table) for table in merged):
            pieces.pop()
            merged.insert(0, tables.pop())
        whole = pa.concat_tables(merged).unify_dictionaries().combine_chunks()
        self.put(run, len(pieces), whole)
        return len(pieces), whole

    def put(self, run: str, at: int, table: pa.Table) -> None:
        """Let a run end with this table, after its first `at` files."""
        self.changed[run] = (*self.manifest.runs.get(run, ())[:at], self._write(run, at, table))

    def commit(self, loads: tuple[KeptLoad, ...], *, fresh: bool = False) -> None:
        """Make it count: older runs stay unless `fresh`; files no longer named are removed."""
        runs = self.changed if fresh else {**self.manifest.runs, **self.changed}
        manifest = replace(self.manifest, generation=self.manifest.generation + 1, loads=loads, runs=runs)
        target, beside = self.folder / MANIFEST, self.folder / f"{MANIFEST}.new"
        with beside.open("w", encoding="utf-8") as out:
            out.write(manifest.text())
            out.flush()
            os.fsync(out.fileno())
        flush_folder(self.folder)
        beside.replace(target)
        flush_folder(self.folder)
        sweep(self.folder, manifest)

    def _write(self, run: str, at: int, table: pa.Table) -> Piece:
        path = self.folder / f"{run}.{self.manifest.generation + 1}.{at}.arrow"
        with path.open("wb") as out:
            with pa.ipc.new_file(out, table.schema) as sink:
                sink.write_table(table)
            out.flush()
            os.fsync(out.fileno())
        return Piece(path.name, len(table), path.stat().st_size)


def sweep(folder: Path, manifest: Manifest) -> None:
    """Remove the files that do not count; who has them mapped keeps them."""
    named = {piece.file for run in manifest.runs.values() for piece in run}
    for path in folder.glob("*.arrow"):
        if path.name not in named:
            with suppress(OSError):
                path.unlink()


def _map(folder: Path, piece: Piece) -> pa.Table:
    path = folder / piece.file
    if path.stat().st_size != piece.size:
        raise UnreadableFile("a file of the columns was cut short", where=str(path), remedy=REMEDY)
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()
