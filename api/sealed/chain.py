"""The ledger: what was judged and decided, line by line, each line sealed by a hash over the one before.

One JSON object a line, appended and written through to the disk before it counts as accepted. A process
killed while it writes leaves at most a line without its end, which was never accepted: it is set aside
when the next line is written, and told. Nothing is ever changed or taken away; whoever does so by hand
breaks the chain from there on, which `verify` names. The last hash, kept elsewhere, proves also that no
line was cut off the end.

Only `verify` reads all of it. Whoever appends reads its end: the last line must have the hash of what it says and
follow the one before it, and what is written behind it follows in its turn.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from graph.disk import flush_folder, room_on
from graph.errors import BrokenLedger, ContagraphError
from graph.moment import read_instant, write_instant

FILE = "ledger.jsonl"
START = "0" * 64
"""Hash before the first entry."""
BLOCK = 65_536
"""Bytes read at once from the end on."""


@dataclass(frozen=True)
class Entry:
    """One accepted line."""

    number: int
    at: str
    """Instant, UTC."""
    author: str
    kind: str
    content: dict[str, Any]
    previous: str
    """Hash of the entry before."""
    hash: str


@dataclass(frozen=True)
class State:
    """What a ledger is found to be."""

    entries: int
    last: str
    """Hash of the last entry."""
    torn: int
    """Bytes of a last line that was never accepted."""


@dataclass(frozen=True)
class Mark:
    """How far a ledger was read, and found to fit."""

    size: int = 0
    """Bytes."""
    number: int = 0
    hash: str = START


class Ledger:
    """The ledger of a workspace."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    @contextmanager
    def held(self) -> Iterator["Ledger"]:
        """Keep others from writing until the work is done."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self

    def append(
        self, kind: str, content: dict[str, Any], *, author: str, at: datetime, after: Mark | None = None
    ) -> Entry:
        """Accept an entry; when this returns it is on the disk. Only while the ledger is held.

        What follows `after` is read and must fit; without it the end. Raises BrokenLedger.
        """
        last = self.since(after)[1] if after else self._end()
        self._set_torn_aside(last)
        number, previous = last.number + 1, last.hash
        open_ = {
            "number": number, "at": write_instant(at), "author": author, "kind": kind, "content": content,
            "previous": previous,
        }  # fmt: skip
        entry = Entry(**open_, hash=sealed(open_))  # type: ignore[arg-type]
        line = _written(asdict(entry)) + b"\n"
        fresh = not self.path.exists()
        with room_on(self.path.parent):
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                while line:
                    line = line[os.write(handle, line) :]
                os.fsync(handle)
            finally:
                os.close(handle)
            if fresh:
                flush_folder(self.path.parent)
        return entry

    def entries(self) -> list[Entry]:
        """All accepted entries. Raises BrokenLedger at the first that does not fit."""
        return self.since(Mark())[0]

    def since(self, mark: Mark) -> tuple[list[Entry], Mark]:
        """Entries accepted after a mark, and the mark behind them. Raises BrokenLedger where one does not fit."""
        entries, size, previous = list[Entry](), mark.size, mark.hash
        for number, line in enumerate(self._parts(mark)[0], mark.number + 1):
            entries.append(_entry(line, number, previous))
            size, previous = size + len(line) + 1, entries[-1].hash
        return entries, Mark(size, mark.number + len(entries), previous)

    def checked(self) -> tuple[list[Entry], State]:
        """All entries, each checked against the one before. Raises BrokenLedger at the first that does not fit."""
        entries, last = self.since(Mark())
        return entries, State(last.number, last.hash, len(self._parts(last)[1]))

    def verify(self) -> State:
        """What the ledger is found to be. Raises BrokenLedger at the first entry that does not fit."""
        return self.checked()[1]

    def backwards(self) -> Iterator[Entry]:
        """Accepted entries from the last one on, each checked by itself and against the one before it."""
        lines = (line for line, _ in self._lines_back())
        later = next(lines, None)
        while later is not None:
            line = next(lines, None)
            entry = _sealed_entry(later)
            if entry.previous != (START if line is None else _sealed_entry(line).hash):
                raise BrokenLedger("does not follow the entry before", where=f"entry {entry.number}")
            yield entry
            later = line

    def _end(self) -> Mark:
        """The mark behind the last entry, which is checked as `backwards` checks it."""
        end = next(self._lines_back(), None)
        if end is None:
            return Mark()
        entry = next(self.backwards())
        return Mark(end[1], entry.number, entry.hash)

    def _lines_back(self) -> Iterator[tuple[bytes, int]]:
        """Whole lines from the last one back, each with where it ends; no more is read than asked for."""
        at = self.path.stat().st_size if self.path.exists() else 0
        if not at:
            return
        with self.path.open("rb") as file:
            kept, end = b"", -1  # of a last line that was never accepted no end is known
            while at:
                step = min(BLOCK, at)
                at -= step
                file.seek(at)
                kept = file.read(step) + kept
                while (cut := kept.rfind(b"\n", 0, None if end < 0 else end - at - 1)) >= 0:
                    if end >= 0:
                        yield kept[cut + 1 : end - at - 1], end
                    end = at + cut + 1
                    kept = kept[: cut + 1]
            if end > 0:
                yield kept[: end - 1], end

    def _parts(self, mark: Mark) -> tuple[list[bytes], bytes]:
        """Whole lines after a mark, and what stands behind the last of them."""
        there = self.path.stat().st_size if self.path.exists() else 0
        if there < mark.size:
            raise BrokenLedger("is shorter than it was", where=f"entry {mark.number}")
        if not there:
            return [], b""
        with self.path.open("rb") as file:
            file.seek(mark.size)
            *lines, rest = file.read().split(b"\n")
        return lines, rest

    def _set_torn_aside(self, mark: Mark) -> None:
        """Move a line that was never accepted into a file beside, and flush both."""
        _, rest = self._parts(mark)
        if not rest:
            return
        whole = mark.size
        aside = self.path.with_name(f"ledger.torn-{mark.number + 1}-{hashlib.sha256(rest).hexdigest()[:8]}")
        with aside.open("wb") as file:
            file.write(rest)
            file.flush()
            os.fsync(file.fileno())
        flush_folder(self.path.parent)
        with self.path.open("rb+") as file:
            file.truncate(whole)
            os.fsync(file.fileno())


def sealed(entry: dict[str, Any]) -> str:
    """Hash of an entry, the hash of the entry before in it.

    >>> sealed({"number": 1, "previous": START}) == sealed({"previous": START, "number": 1})
    True
    """
    return hashlib.sha256(_written(entry)).hexdigest()


def _written(value: dict[str, Any]) -> bytes:
    """One way to write a value, whatever order it came in."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _sealed_entry(line: bytes) -> Entry:
    """A line as the entry it says it is."""
    try:
        said = json.loads(line)
        number, previous = said["number"], said["previous"]
    except (ValueError, TypeError, KeyError) as problem:
        raise BrokenLedger("cannot be read", where="the last entries") from problem
    return _entry(line, number, previous)


def _entry(line: bytes, number: int, previous: str) -> Entry:
    """A line as the entry it must be."""
    where = f"entry {number}"
    try:
        said = json.loads(line)
        entry = Entry(**said)
        read_instant(entry.at, where="at")
    except (ValueError, TypeError, AttributeError, ContagraphError) as problem:
        raise BrokenLedger("cannot be read", where=where) from problem
    if _written(said) != line:
        raise BrokenLedger("is not written as the ledger writes", where=where)
    if entry.number != number:
        raise BrokenLedger(f"has the number {entry.number}", where=where)
    if entry.previous != previous:
        raise BrokenLedger("does not follow the entry before", where=where)
    del said["hash"]
    if sealed(said) != entry.hash:
        raise BrokenLedger("does not have the hash of what it says", where=where)
    return entry
