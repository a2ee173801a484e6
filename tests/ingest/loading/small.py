"""Small deliveries and a place to load them into, for the tests of loading."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa

from graph.facts import Facts
from graph.local import open_store
from graph.model import KINDS
from graph.schema import STAGED_PARTY, staged_schema
from graph.store import GraphStore
from ingest.loading.load import Place, load
from ingest.loading.report import Report
from ingest.loading.staging import Watch
from ingest.quarantine import Quarantine
from ingest.source import Delivery, Rejected, Source, Staged

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SOURCE = "登记"
Row = dict[str, Any]


class Lines:
    """Rows as JSON lines: `kind` names a kind of fact (whose own is `of`), none is a party, `bad` cannot be read."""

    name: Final = "lines"
    required: Final = ()

    def __init__(self, *, replaces_record: bool = False) -> None:
        self.replaces_record = replaces_record

    def recognises(self, path: Path) -> bool:
        return path.suffix == ".jsonl"

    def files(self, path: Path) -> tuple[Path, ...]:
        return (path,)

    def delivery(self, paths: tuple[Path, ...], settings: Mapping[str, str]) -> Delivery:
        mode: Literal["full", "changes"] = "full" if settings.get("mode") == "full" else "changes"
        day = settings.get("delivered")
        return Delivery(paths, SOURCE, mode, date.fromisoformat(day) if day else None, settings=settings)

    def conceal(self, delivery: Delivery, place: str, row: Row) -> Row:
        return row

    def read(self, delivery: Delivery) -> Iterator[Staged | Rejected]:
        for path in delivery.paths:
            lines = path.read_text(encoding="utf-8").splitlines()
            told = [
                {**json.loads(line), "place": f"{path.name}:{at}", "line": line} for at, line in enumerate(lines, 1)
            ]
            for name, rows in groupby(told, lambda row: str(row["kind"])):
                yield from self._batch(name, list(rows))

    def _batch(self, name: str, rows: list[Row]) -> Iterator[Staged | Rejected]:
        lines = [row.pop("line") for row in rows]
        if name == "bad":
            for row, line in zip(rows, lines, strict=True):
                yield Rejected(row["place"], "not a number", "", "", line)
            return
        kind = KINDS.get(name)
        schema = staged_schema(kind) if kind else STAGED_PARTY
        named = [{key: _typed(schema, key, value) for key, value in row.items() if key in schema.names} for row in rows]
        if kind:
            said = zip(named, rows, strict=True)
            named = [row | {"kind": told.get("of")} if "kind" in schema.names else row for row, told in said]
        yield Staged(kind, pa.Table.from_pylist(named, schema), lambda places: [lines[at] for at in places])


def _typed(schema: pa.Schema, name: str, value: Any) -> Any:
    form = schema.field(name).type
    if value is not None and pa.types.is_date32(form):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if value is not None and pa.types.is_timestamp(form) else value


def company(name: str, kind: str = "Company") -> Row:
    return {"kind": kind, "id": f"{SOURCE}:{name}", "source": SOURCE}


def owns(holder: str, owned: str, share: float = 0.5, ref: str = "", **more: Any) -> Row:
    return {
        "kind": "OWNS", "from": f"{SOURCE}:{holder}", "to": f"{SOURCE}:{owned}", "source": SOURCE,
        "source_ref": ref or f"{holder}-{owned}", "share_low": share, "share_high": share, "share_ends": 0,
        "confidence": 1.0, **more,
    }  # fmt: skip


@dataclass
class Workspace:
    """A folder that small deliveries are loaded into, one a day."""

    folder: Path
    day: int = 0
    source: Source = field(default_factory=Lines)
    rows: int = 5_000
    bulk: int = 10_000
    watch: Watch = field(default_factory=Watch)
    made: list[Delivery] = field(default_factory=list)

    def deliver(self, *rows: Row | Sequence[Row], mode: str = "changes", delivered: str = "") -> Delivery:
        """A delivery of one file for each group of rows; single rows make one file."""
        home = self.folder / "in" / f"{len(self.made)}"
        home.mkdir(parents=True)
        groups: list[Sequence[Row]] = [[row for row in rows if isinstance(row, dict)]]
        groups += [group for group in rows if not isinstance(group, dict)]
        paths = []
        for at, group in enumerate(group for group in groups if group):
            paths.append(home / f"{at}.jsonl")
            paths[-1].write_text("".join(json.dumps(row) + "\n" for row in group), encoding="utf-8")
        settings = {"mode": mode} | ({"delivered": delivered} if delivered else {})
        self.made.append(self.source.delivery(tuple(paths), settings))
        return self.made[-1]

    def load(self, *rows: Row | Sequence[Row], mode: str = "changes", delivered: str = "") -> Report:
        """Deliver and load."""
        return self.take(self.deliver(*rows, mode=mode, delivered=delivered))

    def take(self, delivery: Delivery, source: Source | None = None) -> Report:
        self.day += 1
        report = load(source or self.source, delivery, self.place(delivery, source), self.watch)
        assert min(report.new, report.changed, report.unchanged, report.outdated, report.retracted) >= 0
        assert report.read == (
            report.stated_parties + report.new + report.changed + report.unchanged + report.waiting
            + sum(report.refused.values())
        )  # fmt: skip
        return report

    def place(self, delivery: Delivery, source: Source | None = None) -> Place:
        return Place(
            self.folder, self.store, keep=keeper(self.folder, source or self.source, delivery),
            now=lambda: NOON + timedelta(days=self.day), rows=self.rows, bulk=self.bulk,
        )  # fmt: skip

    def store(self) -> GraphStore:
        return open_store(self.folder)

    @property
    def facts(self) -> Facts:
        return Facts.open(self.folder / "columns")

    def shares(self) -> list[tuple[str, float, str | None, str | None]]:
        """Holdings that are held now: the record's name, share, start and end."""
        facts = self.facts.table(KINDS["OWNS"]).to_pylist()
        days = [[fact[name] and str(fact[name]) for name in ("valid_from", "valid_to")] for fact in facts]
        held = [
            (fact["source_ref"], fact["share_low"], start, end)
            for fact, (start, end) in zip(facts, days, strict=True)
            if fact["retracted_at"] is None
        ]
        return sorted(held, key=repr)

    def quarantined(self) -> list[tuple[str, str]]:
        with Quarantine(self.folder / "quarantine.sqlite") as quarantine:
            return [(bad.place, bad.reason) for bad in quarantine.every()]


def keeper(folder: Path, source: Source, delivery: Delivery) -> Callable[[str, list[Rejected]], None]:
    def keep(digest: str, rows: list[Rejected]) -> None:
        with Quarantine(folder / "quarantine.sqlite") as quarantine:
            quarantine.keep(rows, kind=source.name, delivery=delivery, digest=digest)

    return keep


def contents(facts: Facts) -> dict[str, pa.Table]:
    """Everything in the columns: parties and every kind."""
    columns = [facts.ids, pa.array(facts.party_kind), pa.array(facts.anonymous)]
    found = {"parties": pa.table(columns, names=["id", "kind", "anonymous"])}
    for name, kind in KINDS.items():
        table = facts.table(kind)
        source = table["source"].cast(pa.string())  # dictionaries may be in another order
        found[name] = table.set_column(table.schema.get_field_index("source"), "source", source).combine_chunks()
    return found
