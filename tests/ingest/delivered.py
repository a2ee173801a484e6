"""What a source makes of files: its rows, and the history they leave when brought to the rules of change."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from graph import identity
from graph.field import Kind
from graph.schema import STAGED_PARTY, staged_schema
from ingest.quality import Checks
from ingest.source import Rejected, Source
from ingest.timeline import Assertion, merge

LOADED = datetime(2026, 1, 10)


@dataclass
class Delivered:
    """Rows by kind ("" for parties), and what was refused."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    rejected: list[Rejected] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=dict)
    tables: dict[str, list[pa.Table]] = field(default_factory=lambda: defaultdict(list))
    raw: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def kept(self, kind: str, *fields: str) -> list[tuple[Any, ...]]:
        """These fields of every row of a kind."""
        return [tuple(row[name] for name in fields) for row in self.rows[kind]]


def read(source: Source, *paths: Path, settings: Mapping[str, str] | None = None) -> Delivered:
    """Everything a source finds, its columns compared with the schema and its rows checked as a load checks them."""
    delivered, checks = Delivered(), Checks(key=b"key")
    files = tuple(file for path in paths for file in source.files(path))
    for found in source.read(source.delivery(files, settings or {})):
        if isinstance(found, Rejected):
            delivered.rejected.append(found)
            continue
        name = found.kind.name if found.kind else ""
        delivered.rejected += checks.check(found)[1]
        assert found.rows.schema == (staged_schema(found.kind) if found.kind else STAGED_PARTY)
        delivered.rows[name] += found.rows.to_pylist()
        delivered.tables[name].append(found.rows)
        delivered.raw[name] += found.raw(list(range(len(found.rows))))
        if found.kind:
            delivered.kinds[name] = found.kind
    return delivered


@dataclass(frozen=True)
class Held:
    """One fact of the history, with the row that said it."""

    kind: str
    row: dict[str, Any]
    valid_from: date | None
    valid_to: date | None
    stated_from: date | None
    recorded_at: datetime
    retracted_at: datetime | None

    def holds(self, valid_at: date, known_at: datetime) -> bool:
        """Whether it is believed at an instant of a day."""
        return (
            (self.valid_from or date.min) <= valid_at < (self.valid_to or date.max)
            and self.recorded_at <= known_at
            and (self.retracted_at is None or known_at < self.retracted_at)
        )


def history(delivered: Delivered, *, replaces_record: bool) -> list[Held]:
    """Every fact that one load of the rows leaves, retracted ones included."""
    groups: dict[str, list[Assertion]] = defaultdict(list)
    for name, kind in delivered.kinds.items():
        table = pa.concat_tables(delivered.tables[name])
        series = identity.series(kind, [table[end] for end in kind.ends], table).to_pylist()
        digests = identity.digests(kind, table).to_pylist()
        for place, row in enumerate(delivered.rows[name]):
            said = Assertion(
                series[place], digests[place], row["op"] or "record", row["valid_from"], row["valid_to"],
                row["stated_at"], row["stated_on"], tie=kind.is_relation, kind=name, row=place,
            )  # fmt: skip
            groups[row["source_ref"] if replaces_record else series[place].hex()].append(said)
    held = []
    for stated in groups.values():
        outcome = merge(
            [], stated, key_of=lambda series, start: series + str(start).encode(), load_instant=LOADED,
            delivered=LOADED.date(), replaces_record=replaces_record,
        )  # fmt: skip
        assert not outcome.conflicts
        for fact in outcome.recorded:
            row = delivered.rows[fact.values.kind][fact.values.row]
            held.append(
                Held(fact.values.kind, row, fact.valid_from, fact.valid_to, fact.stated_from, fact.recorded_at,
                     fact.retracted_at)
            )  # fmt: skip
    return held
