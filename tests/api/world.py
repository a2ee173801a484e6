"""A small book of facts, written as loads are written: party by party, fact by fact."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from graph import identity
from graph.delta import ENDED, PARTIES, Delta
from graph.facts import Facts
from graph.field import Kind
from graph.model import KINDS
from graph.schema import kept_schema

Row = Mapping[str, Any]
"""Ends by id, own columns by name; `share=0.6` stands for the band [0.6, 0.6]."""


class Book:
    """Facts that grow load by load in a folder."""

    def __init__(self, folder: Path) -> None:
        self.facts = Facts.open(folder)
        self.ended: list[tuple[str, bytes, int]] = []

    def load(
        self,
        parties: Mapping[str, str],
        facts: Iterable[tuple[str, Row]],
        *,
        closed_at: datetime,
        source: str = "register",
        trust: float = 0.9,
        end: Iterable[tuple[str, Row]] = (),
        delivered: date | None = None,
    ) -> Facts:
        """Bring parties (id → kind) and facts (kind, row), and retract facts as they were given before."""
        number = self.facts.version + 1
        ids = sorted(parties)
        known = {text: at for at, text in enumerate([*self.facts.ids.to_pylist(), *ids])}
        brought = pa.Table.from_pylist(
            [{"id": i, "kind": parties[i], "source": i.split(":")[0], "anonymous": False} for i in ids], schema=PARTIES
        )
        given = [(KINDS[name], _filled(KINDS[name], row, source)) for name, row in facts]
        gone = [(KINDS[name], _filled(KINDS[name], row, source)) for name, row in end]
        added = {
            name: _kept(KINDS[name], [row for kind, row in given if kind.name == name], known, number, closed_at)
            for name in {kind.name for kind, _ in given}
        }
        ended = {
            name: _retracted(KINDS[name], [row for kind, row in gone if kind.name == name], known, closed_at)
            for name in {kind.name for kind, _ in gone}
        }
        delta = Delta(number, brought, added, ended)
        self.facts = self.facts.append(delta, source=source, trust=trust, closed_at=closed_at, delivered=delivered)
        return self.facts


def _filled(kind: Kind, row: Row, source: str) -> dict[str, Any]:
    filled = {"source": source, "confidence": 1.0, **row}
    for field in kind.fields:
        value = filled.get(field.name)
        if field.type == "band" and value is not None:
            low, high, ends = value if isinstance(value, tuple) else (value, value, 0)
            filled |= dict(zip(field.columns, (low, high, ends), strict=True))
            del filled[field.name]
    words = [str(filled.get(f.name)) for f in kind.fields if f.key and filled.get(f.name) is not None]
    filled.setdefault("source_ref", "/".join([kind.name, *(str(row[end]) for end in kind.ends), *words]))
    return filled


def _stated(kind: Kind, rows: list[dict[str, Any]]) -> tuple[pa.Table, pa.Array]:
    schema = kept_schema(kind)
    own = [f for f in schema if f.name not in kind.ends and f.name != "source"]
    table = pa.table({f.name: pa.array([row.get(f.name) for row in rows], f.type) for f in own})
    table = table.append_column("source", pa.array([row["source"] for row in rows]))
    ends = [pa.array([row[end] for row in rows]) for end in kind.ends]
    return table, identity.series(kind, ends, table)


def _kept(kind: Kind, rows: list[dict[str, Any]], known: dict[str, int], load: int, closed_at: datetime) -> pa.Table:
    table, series = _stated(kind, rows)
    count = len(rows)
    given = {
        "series": series,
        "key": identity.keys(series, table["valid_from"]),
        "digest": identity.digests(kind, table),
        "revision": pa.array([row.get("revision", 0) for row in rows], pa.int32()),
        "recorded_at": pa.array([_naive(row.get("recorded_at", closed_at)) for row in rows], pa.timestamp("us")),
        "load": pa.array(np.full(count, load, np.int32)),
        **{end: pa.array([known[row[end]] for row in rows], pa.uint32()) for end in kind.ends},
    }
    columns = {
        f.name: given.get(f.name, table[f.name] if f.name in table.column_names else None) for f in kept_schema(kind)
    }
    return pa.table(columns).cast(kept_schema(kind))


def _retracted(kind: Kind, rows: list[dict[str, Any]], known: dict[str, int], closed_at: datetime) -> pa.Table:
    table, series = _stated(kind, rows)
    keys = identity.keys(series, table["valid_from"])
    revision = pa.array([row.get("revision", 0) for row in rows], pa.int32())
    at = pa.array([_naive(row.get("retracted_at", closed_at)) for row in rows], pa.timestamp("us"))
    return pa.table([keys, revision, at], schema=ENDED)


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


def instant(text: str) -> datetime:
    """An instant, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)
