"""BODS files as batches of columns."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from graph.model import KINDS
from graph.schema import STAGED_PARTY, staged_schema
from ingest.bods.frame import Row, read_frame
from ingest.bods.interests import read_relationship
from ingest.bods.parties import STATES, read_entity, read_person
from ingest.bods.personal import masked
from ingest.bods.reading import Found, read_statements, refuse
from ingest.bods.value import Malformed
from ingest.given import delivery_of
from ingest.places import places_beside
from ingest.source import Delivery, Rejected, Staged

BATCH = 20_000
"""Statements in a batch."""
ENDINGS: Final = (".json", ".jsonl", ".ndjson")
_HEAD = 1 << 16


class Bods:
    """Statements of the Beneficial Ownership Data Standard 0.4.

    Setting `hash_key`, in hexadecimal, is the key under which numbers of natural persons are hashed; without it
    they are left out.
    """

    name: Final = "bods"
    replaces_record: Final = True
    required: Final = ()

    def recognises(self, path: Path) -> bool:
        """Whether the file begins with statements, of any version, or is a folder that holds such a file."""
        if path.is_dir():
            return any(self.recognises(inner) for inner in sorted(path.iterdir()) if inner.is_file())
        if path.suffix.lower() not in ENDINGS or not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD).replace(b"\0", b"")
        return any(b'"%s"' % name in head for name in (b"recordType", b"statementType")) and b'"statementI' in head

    def files(self, path: Path) -> tuple[Path, ...]:
        """The file, or every file of statements directly in the folder, by name."""
        if not path.is_dir():
            return (path,)
        return tuple(inner for inner in sorted(path.iterdir()) if inner.is_file() and self.recognises(inner))

    def delivery(self, paths: tuple[Path, ...], settings: Mapping[str, str]) -> Delivery:
        """The delivery of these files; raises InvalidMapping."""
        return delivery_of(paths, settings, name=self.name, required=self.required)

    def conceal(self, delivery: Delivery, place: str, row: dict[str, Any]) -> dict[str, Any]:
        """A corrected statement, a person's identifiers hashed."""
        return masked(row, bytes.fromhex(delivery.settings.get("hash_key", "")))

    def read(self, delivery: Delivery) -> Iterator[Staged | Rejected]:
        """Parties and facts of every file, in the order of its statements."""
        states = frozenset(ref for path in delivery.paths for ref in _states(path))
        before = 0
        batch = _Batch(delivery, states)
        for path in delivery.paths:
            for found in read_statements(path, _places(delivery, path)):
                if isinstance(found, Rejected):
                    yield found
                    continue
                refused = batch.add(found)
                if refused:
                    yield refused
                if len(batch.statements) >= BATCH:
                    yield from batch.staged(before + found.consumed)
                    batch = _Batch(delivery, states)
            before += path.stat().st_size
        yield from batch.staged(before)


def _places(delivery: Delivery, path: Path) -> Callable[[int], str]:
    """How a line of a file is named: as the user first saw it."""
    name = delivery.origins.get(path, path.name)
    beside = places_beside(path)
    if path in delivery.origins and beside.exists():
        places = beside.read_text(encoding="utf-8").split("\n")[:-1]
        return lambda line: places[line - 1] if line <= len(places) else f"{name}:{line}"
    return lambda line: f"{name}:{line}"


def _states(path: Path) -> Iterator[str]:
    """Records that are states: known before the first relationship, wherever they stand."""
    if not _mentions_states(path):
        return
    for found in read_statements(path, str):
        if isinstance(found, Found):
            details = found.value.get("recordDetails")
            type_ = details.get("entityType") if isinstance(details, dict) else None
            if isinstance(type_, dict) and type_.get("type") in STATES:
                yield str(found.value.get("recordId"))


def _mentions_states(path: Path) -> bool:
    """Whether the word for a state stands anywhere in the file: most files are then read only once."""
    rest = b""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            window = (rest + piece).replace(b"\0", b"")
            if any(b'"%s"' % word.encode() in window for word in STATES):
                return True
            rest = piece[-64:]
    return False


class _Batch:
    """Statements on their way to columns."""

    def __init__(self, delivery: Delivery, states: frozenset[str]) -> None:
        self.delivery, self.states = delivery, states
        self.key = bytes.fromhex(delivery.settings.get("hash_key", ""))
        self.statements: list[dict[str, Any]] = []
        self.rows: dict[str, list[Row]] = {}
        self.origins: dict[str, list[int]] = {}
        """Statement of each row, by kind."""

    def add(self, found: Found) -> Rejected | None:
        """Read a statement; the rejected row where it cannot be used."""
        try:
            frame = read_frame(
                found.value, source=self.delivery.source, place=found.place, confidence=self.delivery.confidence
            )
            if frame.type == "entity":
                read_entity(frame)
            elif frame.type == "person":
                read_person(frame, self.key)
            else:
                read_relationship(frame, self.states)
        except Malformed as problem:
            return refuse(found.place, problem.reason, problem.detail, self._whole(found.value))
        for kind, row in frame.rows:
            self.rows.setdefault(kind, []).append(row)
            self.origins.setdefault(kind, []).append(len(self.statements))
        self.statements.append(found.value)
        return None

    def staged(self, consumed: int) -> Iterator[Staged]:
        """Parties first, then facts in the order of the model."""
        for name in ("", *KINDS):
            rows = self.rows.get(name)
            if rows:
                schema = staged_schema(KINDS[name]) if name else STAGED_PARTY
                columns = [pa.array([row.get(field.name) for row in rows], field.type) for field in schema]
                raw = partial(self._raw, self.origins[name])
                yield Staged(KINDS[name] if name else None, pa.table(columns, schema=schema), raw, consumed)

    def _raw(self, origins: list[int], rows: list[int]) -> list[str]:
        return [self._whole(self.statements[origins[row]]) for row in rows]

    def _whole(self, statement: dict[str, Any]) -> str:
        return json.dumps(masked(statement, self.key), ensure_ascii=False)
