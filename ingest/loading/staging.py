"""A delivery on disk as columns, read once, checked, before anything reaches the store.

A stage is a folder with one Arrow file a kind. It is finished when its `finished` file stands there;
one that a kill left unfinished is thrown away and read again, so the same delivery always gives the
same rows in the same order.

Rows that a check refused lie beside, as far as they name a fact: a full delivery does not end what it
speaks of, though unusably. Rows that their source could not read at all name nothing; what they were
about ends like all that a full delivery leaves out, and holds again once the mended row is loaded.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import Cancelled, LoadInProgress
from graph.model import KINDS
from graph.schema import STAGED_PARTY, staged_schema
from ingest.privacy import conceal_staged
from ingest.quality import Checks
from ingest.source import Delivery, Rejected, Source, Staged

PARTIES = "parties"
FINISHED = "finished"
NUMBER = "number in its batch"


@dataclass(frozen=True)
class Watch:
    """How a long task is watched and stopped: told of every step, asked before the next."""

    progress: Callable[[str, int, int], None] = lambda _step, _done, _total: None
    """Called with the step's name, what is done and what there is in all."""
    cancelled: Callable[[], bool] = lambda: False

    def step(self, name: str, done: int, total: int) -> None:
        """Tell of a step, and stop where the user asked for it."""
        if self.cancelled():
            raise Cancelled(name)
        self.progress(name, done, total)


@dataclass(frozen=True)
class Stage:
    """What one delivery says, as columns on disk."""

    folder: Path
    read: int
    """Facts and parties read, refused ones included."""
    refused: Counter[str] = field(default_factory=Counter)
    """Facts and parties refused, by reason; a row that its source could not read is one."""
    bad: Counter[str] = field(default_factory=Counter)
    """Rows of the source that these stand in, by reason."""

    def kinds(self) -> list[str]:
        """Kinds of fact in the delivery, in the order of the model."""
        return [name for name in KINDS if (self.folder / f"{name}.arrow").exists()]

    def table(self, name: str) -> pa.Table:
        """Rows of one kind, or of the parties, mapped into memory."""
        return self._read(name, name)

    def refused_rows(self, name: str) -> pa.Table:
        """Rows of one kind that a check refused."""
        return self._read(_beside(name), name)

    def _read(self, file: str, name: str) -> pa.Table:
        path = self.folder / f"{file}.arrow"
        if not path.exists():
            return (STAGED_PARTY if name == PARTIES else staged_schema(KINDS[name])).empty_table()
        with pa.memory_map(str(path)) as source:
            return pa.ipc.open_file(source).read_all()


def digest_of(delivery: Delivery) -> str:
    """Hash of a delivery's files and settings: the same delivery has the same digest, wherever it lies."""
    mapping = delivery.settings.get("mapping")
    said = [
        delivery.source,
        delivery.mode,
        str(delivery.delivered),
        [delivery.trust, delivery.confidence],
        sorted((name, text) for name, text in delivery.settings.items() if name not in ("hash_key", "mapping")),
        [path.name for path in sorted(delivery.paths)],
    ]
    return _hash(said, [*sorted(delivery.paths), *([Path(mapping)] if mapping else [])])


def content_of(delivery: Delivery) -> str:
    """Hash of whose files a delivery is made of and of what stands in them, however they are read."""
    return _hash([delivery.source, [path.name for path in sorted(delivery.paths)]], sorted(delivery.paths))


def _hash(said: list[Any], files: Iterable[Path]) -> str:
    mark = hashlib.blake2b(digest_size=16)
    mark.update(json.dumps(said, ensure_ascii=False).encode())
    for path in files:
        with path.open("rb") as stream:
            mark.update(hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).digest())
    return mark.hexdigest()


@contextmanager
def staging(folder: Path) -> Iterator[None]:
    """The right to a stage, for one process at a time; LoadInProgress where another has it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    path = folder.with_suffix(".lock")
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LoadInProgress("another process loads this delivery", where=str(folder.parents[1])) from None
        yield


def stage(
    source: Source, delivery: Delivery, folder: Path, *, keep: Callable[[list[Rejected]], None], watch: Watch
) -> Stage:
    """Read a delivery into a folder, or take the finished stage that already lies there."""
    finished = folder / FINISHED
    if finished.exists():
        told = json.loads(finished.read_text(encoding="utf-8"))
        return Stage(folder, told["read"], Counter(told["refused"]), Counter(told.get("bad", told["refused"])))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    writing = _Writing(folder)
    secret = delivery.settings.get("hash_key")
    key = bytes.fromhex(secret) if secret else None
    checks = Checks(key=key)
    total = sum(path.stat().st_size for path in delivery.paths)
    try:
        for found in source.read(delivery):
            if isinstance(found, Rejected):
                writing.refuse([checks.refuse(found)], keep)
            else:
                good, bad = checks.check(_numbered(found))
                writing.begin(found.consumed)
                writing.refuse(bad, keep)
                writing.add(good)
                if bad:
                    writing.put_beside(_lost(found, good, key))
                watch.step("read", min(found.consumed, total), total)
    finally:
        writing.close()
    watch.step("read", total, total)
    told = {"read": writing.read, "refused": writing.refused, "bad": writing.bad}
    beside = folder / f"{FINISHED}.new"
    beside.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    beside.replace(finished)
    return Stage(folder, writing.read, writing.refused, writing.bad)


def _beside(name: str) -> str:
    return f"{name}.refused"


def _numbered(found: Staged) -> Staged:
    return replace(found, rows=found.rows.append_column(NUMBER, pa.array(np.arange(len(found.rows)))))


def _lost(found: Staged, good: Staged, key: bytes | None) -> Staged:
    """The rows that a check took out of a batch, natural persons' numbers concealed."""
    lost = np.setdiff1d(np.arange(len(found.rows)), good.rows[NUMBER].to_numpy())
    concealed, held = conceal_staged(replace(found, rows=found.rows.take(pa.array(lost))), key)
    return replace(concealed, rows=concealed.rows.filter(pc.invert(pa.array(held))))


class _Writing:
    """The open Arrow files of a stage that is being written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read = 0
        self.refused: Counter[str] = Counter()
        self.bad: Counter[str] = Counter()
        self._at, self._seen = -1, set[tuple[str, str]]()
        self._files: dict[str, tuple[BinaryIO, pa.ipc.RecordBatchFileWriter]] = {}

    def add(self, staged: Staged) -> None:
        self._put(staged.kind.name if staged.kind else PARTIES, staged)
        self.read += len(staged.rows)

    def begin(self, consumed: int) -> None:
        """Facts of one row come with the batch it was read in."""
        if consumed != self._at:
            self._at = consumed
            self._seen.clear()

    def put_beside(self, lost: Staged) -> None:
        if lost.kind and len(lost.rows):
            self._put(_beside(lost.kind.name), lost)

    def refuse(self, rows: list[Rejected], keep: Callable[[list[Rejected]], None]) -> None:
        if rows:
            keep(rows)
            self.read += len(rows)
            self.refused.update(row.reason for row in rows)
            for at in [(row.place, row.reason) for row in rows]:
                if at not in self._seen:
                    self._seen.add(at)
                    self.bad[at[1]] += 1

    def close(self) -> None:
        for sink, file in self._files.values():
            file.close()
            sink.flush()
            os.fsync(sink.fileno())
            sink.close()

    def _put(self, name: str, staged: Staged) -> None:
        schema = staged_schema(staged.kind) if staged.kind else STAGED_PARTY
        if name not in self._files:
            sink = (self.folder / f"{name}.arrow").open("wb")
            self._files[name] = sink, pa.ipc.new_file(sink, schema)
        self._files[name][1].write_table(staged.rows.select(schema.names).cast(schema))
