"""Rows that could not be used, kept whole until somebody mends them.

One SQLite file a workspace. A row is known by its delivery, its place and the reason, so that reading
a delivery twice keeps it once. `write_anew` turns open rows into files that load like any other.
"""

import csv
import errno
import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal

from graph.errors import InvalidQuestion, NotFound
from ingest.places import places_beside, split_place
from ingest.privacy import conceal
from ingest.source import Delivery, Rejected

Status = Literal["open", "resolved"]
COLUMNS: Final = (
    "number", "load", "delivery", "source", "place", "reason", "detail", "remedy", "status", "mended",
    "refused_again", "raw",
)  # fmt: skip
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "|", "%", "＝", "＋", "－", "＠")

_SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS delivery (digest TEXT PRIMARY KEY, kind TEXT NOT NULL, told TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS row (
    number INTEGER PRIMARY KEY, load INTEGER, delivery TEXT NOT NULL, source TEXT NOT NULL, place TEXT NOT NULL,
    reason TEXT NOT NULL, detail TEXT NOT NULL, remedy TEXT NOT NULL, status TEXT NOT NULL, raw TEXT NOT NULL,
    original TEXT, -- the row as it came, once it is mended
    UNIQUE (delivery, place, reason));
-- What files a delivery was made of, however they were read.
CREATE TABLE IF NOT EXISTS content (delivery TEXT PRIMARY KEY, files TEXT NOT NULL);
-- Rows that were refused once more as they had been mended.
CREATE TABLE IF NOT EXISTS again (number INTEGER PRIMARY KEY);
CREATE INDEX IF NOT EXISTS row_by_reason ON row (status, reason);
CREATE INDEX IF NOT EXISTS row_by_delivery ON row (delivery, status);
"""
_FLAGS = {"mended": "original IS NOT NULL", "refused_again": "number IN (SELECT number FROM again)"}
_KEPT = ", ".join(_FLAGS.get(column, column) for column in COLUMNS)
_OPEN_AT = "SELECT number FROM row WHERE delivery = ? AND place = ? AND status = 'open'"
_FORGET = f"DELETE FROM again WHERE number IN ({_OPEN_AT})"  # noqa: S608 constant text
_CHOSEN = """
 WHERE (:status IS NULL OR status = :status) AND (:reason IS NULL OR reason = :reason)
   AND (:delivery IS NULL OR delivery = :delivery) AND (:source IS NULL OR source = :source)
"""


@dataclass(frozen=True)
class Bad:
    """One row in quarantine."""

    number: int
    load: int | None
    delivery: str
    """Digest of the delivery it came in."""
    source: str
    place: str
    reason: str
    detail: str
    remedy: str
    status: Status
    mended: bool
    """Whether somebody put a corrected row in its place."""
    refused_again: bool
    """Whether that was refused too; else it waits to be loaded."""
    raw: str


@dataclass(frozen=True)
class Choice:
    """Which rows are meant; None means any."""

    status: Status | None = "open"
    reason: str | None = None
    delivery: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Again:
    """A delivery written anew from its open rows."""

    kind: str
    """Word for `--source`."""
    delivery: Delivery
    rows: tuple[Bad, ...]
    """Rows it holds, as written: to be resolved once the delivery is loaded."""


class Quarantine:
    """The file of bad rows of one workspace."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # SQLite gives its log the same rights
        self._file = sqlite3.connect(path, timeout=30)
        try:
            self._file.executescript(_SCHEMA)
        except sqlite3.OperationalError as problem:
            if "readonly" not in str(problem):
                raise
            self._file.close()
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path)) from problem

    def __enter__(self) -> "Quarantine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def keep(
        self, rows: Iterable[Rejected], *, kind: str, delivery: Delivery, digest: str, load: int | None = None
    ) -> int:
        """Keep bad rows of a delivery; those already kept stay as they are. Says how many were new.

        `kind` is the source's word, such as `tables`.
        """
        before = self._file.total_changes
        values = (
            (load, digest, delivery.source, r.place, r.reason, r.detail, r.remedy, "open", r.raw) for r in rows
        )  # fmt: skip
        with self._file:
            self._file.executemany(
                "INSERT OR IGNORE INTO row (load, delivery, source, place, reason, detail, remedy, status, raw)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            new = self._file.total_changes - before
            self._file.execute("INSERT OR IGNORE INTO delivery VALUES (?, ?, ?)", (digest, kind, _told(delivery)))
        return new

    def assign(self, digest: str, load: int) -> None:
        """Say which load a delivery's rows belong to, once it has a number."""
        with self._file:
            self._file.execute("UPDATE row SET load = ? WHERE delivery = ? AND load IS NULL", (load, digest))

    def rows(self, choice: Choice | None = None, *, after: int = 0, limit: int = 100) -> list[Bad]:
        """A page of rows by number, behind the row `after`."""
        if limit < 1:
            raise InvalidQuestion("a page holds at least one row", where="limit")
        chosen = f"SELECT {_KEPT} FROM row {_CHOSEN} AND number > :after ORDER BY number LIMIT :limit"  # noqa: S608 constant text
        found = self._file.execute(chosen, {**asdict(choice or Choice()), "after": after, "limit": limit})
        told = (dict(zip(COLUMNS, row, strict=True)) for row in found)
        return [Bad(**row | {flag: bool(row[flag]) for flag in _FLAGS}) for row in told]

    def every(self, choice: Choice | None = None) -> Iterator[Bad]:
        """Every row, page by page."""
        after = 0
        while page := self.rows(choice, after=after, limit=1000):
            yield from page
            after = page[-1].number

    def counts(self, choice: Choice | None = None) -> dict[str, int]:
        """How many rows for each reason, most first."""
        counted = f"SELECT reason, count(*) FROM row {_CHOSEN} GROUP BY reason ORDER BY count(*) DESC, reason"  # noqa: S608 constant text
        return dict(self._file.execute(counted, asdict(choice or Choice())).fetchall())

    def deliveries(self) -> dict[str, int]:
        """Digests of deliveries with open rows, and how many."""
        return dict(self._file.execute("SELECT delivery, count(*) FROM row WHERE status = 'open' GROUP BY delivery"))

    def resolve(self, rows: Iterable[Bad], *, again: str = "") -> None:
        """Mark rows as mended; those refused once more in the delivery `again` remember how they first came.

        A row that somebody mended since it was taken from here stays open: what it says now was never loaded.
        """
        done = "UPDATE row SET status = 'resolved' WHERE number = ? AND raw = ?"
        came = "SELECT original, place FROM row WHERE number = ? AND original IS NOT NULL"
        remember = (
            "UPDATE row SET original = ? WHERE delivery = ? AND place = ? AND status = 'open' AND original IS NULL"
        )
        told = f"INSERT OR IGNORE INTO again {_OPEN_AT}"
        kept: set[int] = set()
        with self._file:
            for bad in rows:
                if self._file.execute(done, (bad.number, bad.raw)).rowcount:
                    for original, place in self._file.execute(came, (bad.number,)).fetchall():
                        if self._file.execute(remember, (original, again, place)).rowcount:
                            self._file.execute(told, (again, place))
                    kept |= self._keep_number(bad, again, kept)

    def read_anew(self, digest: str, files: str) -> None:
        """Resolve open rows of earlier readings of the same files, with another mapping or day, but those mended.

        What does not fit this time either is open as of the delivery `digest`, under the number it had.
        """
        earlier = (
            "SELECT DISTINCT row.delivery FROM row JOIN content USING (delivery)"
            " WHERE files = ? AND delivery <> ? AND status = 'open'"
        )
        with self._file:
            self._file.execute("INSERT OR REPLACE INTO content VALUES (?, ?)", (digest, files))
        for (before,) in self._file.execute(earlier, (files, digest)).fetchall():
            rows = self.every(Choice(delivery=before))
            self.resolve([bad for bad in rows if not bad.mended], again=digest)

    def _keep_number(self, bad: Bad, again: str, kept: set[int]) -> set[int]:
        """Let a row that was refused once more go on under its number: that is the one its reader has noted."""
        refused = self._file.execute(
            "SELECT number FROM row WHERE delivery = ? AND place = ? AND status = 'open' ORDER BY reason <> ?, number",
            (again, bad.place, bad.reason),
        )
        anew = next((number for (number,) in refused if number not in kept), None)
        if anew is None:
            return set()
        for table in ("row", "again"):
            for old, new in ((bad.number, -1), (anew, bad.number), (-1, anew)):
                self._file.execute(f"UPDATE {table} SET number = ? WHERE number = ?", (new, old))  # noqa: S608 own names
        return {bad.number}

    def to_mend(self, number: int) -> tuple[str, Delivery, str]:
        """Source, delivery and place of an open row; raises NotFound."""
        digest, place = self._open(number)
        kind, told = self._came(digest)
        return kind, _delivery(told, {}), place

    def mend(self, number: int, row: dict[str, Any], *, key: bytes) -> None:
        """Put a corrected row in the place of a bad one, resident numbers hashed by a key; raises NotFound.

        A row that was refused for several reasons is mended for all of them.
        """
        hidden = conceal(json.dumps(row, ensure_ascii=False), key)
        where = self._open(number)
        with self._file:
            self._file.execute(
                "UPDATE row SET original = coalesce(original, raw), raw = ? "
                "WHERE delivery = ? AND place = ? AND status = 'open'",
                (hidden, *where),
            )
            self._file.execute(_FORGET, where)

    def restore(self, number: int) -> None:
        """Put a row that was mended back as it came, while it is open; raises NotFound."""
        delivery, place = self._open(number)
        undone = (
            "UPDATE row SET raw = original, original = NULL"
            " WHERE delivery = ? AND place = ? AND status = 'open' AND original IS NOT NULL"
        )
        with self._file:
            self._file.execute(_FORGET, (delivery, place))
            if not self._file.execute(undone, (delivery, place)).rowcount:
                raise NotFound("the row was not mended", where=str(number), remedy="it stands as it came")

    def _came(self, digest: str) -> tuple[str, dict[str, Any]]:
        """Source of a delivery that has rows here, and what was told of it."""
        kind, told = self._file.execute("SELECT kind, told FROM delivery WHERE digest = ?", (digest,)).fetchone()
        return kind, json.loads(told)

    def _open(self, number: int) -> tuple[str, str]:
        """Delivery and place of an open row."""
        asked = "SELECT delivery, place FROM row WHERE number = ? AND status = 'open'"
        found: tuple[str, str] | None = self._file.execute(asked, (number,)).fetchone()
        if not found:
            raise NotFound(
                "no open row of this number is in quarantine", where=str(number), remedy="list the open rows"
            )
        return found

    def export(self, path: Path, choice: Choice | None = None) -> int:
        """Write rows as CSV, or as JSON lines where the name ends in `.jsonl`; says how many."""
        count = 0
        lines = path.suffix.lower() in (".jsonl", ".ndjson")
        with path.open("w", encoding="utf-8" if lines else "utf-8-sig", newline="") as file:
            sheet = csv.writer(file)
            if not lines:
                sheet.writerow(COLUMNS)
            for bad in self.every(choice):
                count += 1
                if lines:
                    file.write(json.dumps(asdict(bad), ensure_ascii=False) + "\n")
                else:
                    sheet.writerow([harmless(value) for value in asdict(bad).values()])
        return count

    def write_anew(self, digest: str, folder: Path) -> Again:
        """Write the open rows of a delivery as JSON lines, one file for each file they came in; raises NotFound."""
        rows = list(self.every(Choice(delivery=digest)))
        if not rows:
            raise NotFound("no open row of this delivery is in quarantine", where=digest)
        kind, told = self._came(digest)
        folder.mkdir(parents=True, exist_ok=True)
        by_origin: dict[str, dict[str, Bad]] = {}
        for bad in rows:
            by_origin.setdefault(split_place(bad.place)[0], {}).setdefault(bad.place, bad)
        origins: dict[Path, str] = {}
        for position, (origin, wanted) in enumerate(sorted(by_origin.items())):
            # The old digest in the name makes a new one: a row refused again is kept beside the row that is resolved.
            path = folder / f"{digest[:16]}-{position:03}.jsonl"
            path.write_text("".join(_one_line(bad.raw) + "\n" for bad in wanted.values()), encoding="utf-8")
            places_beside(path).write_text("".join(place + "\n" for place in wanted), encoding="utf-8")
            origins[path] = origin
        return Again(kind, _delivery(told, origins), tuple(rows))


def _one_line(raw: str) -> str:
    """A row on one line: where breaks stand in what is no JSON, each part would become a row of its own."""
    return " ".join(re.split(r"[\r\n]+", raw))


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula.

    >>> harmless("=1+1")
    "'=1+1"
    """
    if isinstance(value, str) and value.lstrip(" \n").startswith(_DANGEROUS):
        return "'" + value
    return value


def _told(delivery: Delivery) -> str:
    return json.dumps(
        {
            "source": delivery.source,
            "delivered": delivery.delivered.isoformat() if delivery.delivered else None,
            "trust": delivery.trust,
            "confidence": delivery.confidence,
            "settings": dict(delivery.settings),
        },
        ensure_ascii=False,
    )


def _delivery(told: dict[str, Any], origins: dict[Path, str]) -> Delivery:
    # Mended rows are some of what the source knows, never all of it: absence among them says nothing.
    return Delivery(
        tuple(origins),
        told["source"],
        "changes",
        date.fromisoformat(told["delivered"]) if told["delivered"] else None,
        told["trust"],
        told["confidence"],
        told["settings"],
        origins,
    )
