"""Facts one of whose parties has not arrived: kept whole in the store, joined when it does.

A waiting fact's id is a hash of what it says and the number of the load since which it waits: the same
row, said again while it waits, is known; said again after it lapsed, it waits anew.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph import identity
from graph.facts import UNKNOWN
from graph.field import Kind
from graph.model import KINDS
from graph.schema import staged_schema
from graph.stored import PENDING_ROWS
from ingest.loading.incoming import JUDGED, Load
from ingest.loading.numbering import Numbering

COLUMNS = ["id", "kind", "missing", "row"]
UNSAID = {"place": None, "stated_at": None, "stated_on": None, "said_at": None}
"""What two tellings of one waiting fact may differ in."""


@dataclass(frozen=True)
class Joined:
    """Waiting facts whose parties are all here now."""

    rows: dict[str, pa.Table]
    """Staged rows by kind."""
    ids: list[str]
    """Their ids in the store."""


@dataclass(frozen=True)
class WaitList:
    """What a load adds to the facts that wait, and what it takes from them."""

    new: pa.Table
    settled: list[str]
    lapsed: int = 0
    """How many of the settled were left out by a full delivery."""


NOTHING = WaitList(PENDING_ROWS.empty_table().select(COLUMNS), [])
NOBODY = Joined({}, [])


def waiting(rows: Mapping[str, pa.Table], numbering: Numbering, load: Load) -> pa.Table:
    """Rows to keep in the store until their parties arrive."""
    made: dict[str, dict[str, Any]] = {}
    for name, table in rows.items():
        kind = KINDS[name]
        absent = [numbering.numbers(table[end]) == UNKNOWN for end in kind.ends]
        for at, row in enumerate(table.to_pylist()):
            mark = _mark(name, row)
            row["said_at"] = row["said_at"] or row["stated_at"] or load.said
            row["stated_at"] = row["stated_at"] or load.instant
            row["stated_on"] = row["stated_on"] or _day(row["stated_at"], load)
            row["valid_to"] = _until(name, row, load)
            text = json.dumps(row, ensure_ascii=False, sort_keys=True, default=_plain)
            missing = sorted({row[end] for end, gone in zip(kind.ends, absent, strict=True) if gone[at]})
            made.setdefault(mark, {"id": f"{mark}-{load.number}", "kind": name, "missing": missing, "row": text})
    return pa.Table.from_pylist([made[mark] for mark in sorted(made)], schema=PENDING_ROWS).select(COLUMNS)


def join(kept: pa.Table, numbering: Numbering) -> Joined:
    """Waiting facts that can be joined, as staged rows."""
    if not len(kept):
        return NOBODY
    rows = kept.select(COLUMNS).combine_chunks()
    asked = pc.list_flatten(rows["missing"])
    owner = pc.list_parent_indices(rows["missing"]).to_numpy()
    absent = numbering.numbers(asked) == UNKNOWN
    stays = set(owner[absent].tolist())
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    come = rows.take(pa.array([at for at in range(len(rows)) if at not in stays], pa.int64()))
    for row in come.to_pylist():
        told = staged_row(row["kind"], json.loads(row["row"]))
        # Its file came with an older load: another of this name may come with this one.
        place = f"load {_load_of(row['id'])}, {told['place'] or ''}"
        found[row["kind"]].append(told | {"place": place})
    tables = {name: pa.Table.from_pylist(given, schema=staged_schema(KINDS[name])) for name, given in found.items()}
    return Joined(tables, come["id"].to_pylist())


def wait_list(
    rows: Mapping[str, pa.Table], kept: pa.Table, joined: Joined, numbering: Numbering, load: Load
) -> WaitList:
    """Facts that have to wait from now on, and those that no longer do: joined, or left out by a full delivery."""
    told = waiting(rows, numbering, load)
    there = {_mark_of(name) for name in kept["id"].to_pylist()}
    new = told.filter(pa.array([_mark_of(name) not in there for name in told["id"].to_pylist()], pa.bool_()))
    lapsed = _left_out(kept, set(joined.ids), rows, load) if load.full else []
    return WaitList(new, [*joined.ids, *lapsed], len(lapsed))


def _left_out(kept: pa.Table, joined: set[str], said: Mapping[str, pa.Table], load: Load) -> list[str]:
    """Ids of facts that still wait and of which a full delivery of their source says nothing."""
    others: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for row in kept.select(["id", "kind", "row"]).to_pylist():
        told = json.loads(row["row"])
        if row["id"] not in joined and row["kind"] not in JUDGED and told["source"] == load.source:
            others[row["kind"]].append((row["id"], staged_row(row["kind"], told)))
    lapsed = []
    for name, waiting_rows in others.items():
        kind = KINDS[name]
        table = pa.Table.from_pylist([row for _, row in waiting_rows], schema=staged_schema(kind))
        named = pc.is_in(_series(kind, table), value_set=_series(kind, said.get(name, table.slice(0, 0))))
        lapsed += [
            mark for (mark, _), spoken in zip(waiting_rows, named.to_pylist(), strict=True) if not spoken
        ]  # fmt: skip
    return lapsed


def _series(kind: Kind, rows: pa.Table) -> pa.Array:
    return identity.series(kind, [rows[end] for end in kind.ends], rows)


def _mark(name: str, row: dict[str, Any]) -> str:
    named = json.dumps([name, row | UNSAID], default=_plain)
    return hashlib.blake2b(named.encode(), digest_size=16).hexdigest()


def _mark_of(waiting_id: str) -> str:
    return waiting_id.partition("-")[0]


def _load_of(waiting_id: str) -> str:
    return waiting_id.rpartition("-")[2]


def _day(stated: datetime, load: Load) -> date:
    """Day of a statement: its own, else the delivery's."""
    return load.delivered if stated == load.instant else stated.date()


def _until(name: str, row: dict[str, Any], load: Load) -> date | None:
    """End of a fact that waits: a newer full delivery, loaded already, cannot have listed it."""
    end: date | None = row["valid_to"]
    full = load.sayings.next_full
    about = row["op"] in (None, "record", "correct") and name not in JUDGED
    if full is None or not about or (row["valid_from"] or date.min) >= full.delivered:
        return end
    return min(end or date.max, full.delivered)


def staged_row(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row that was written as JSON, days and instants as such; raises ValueError or TypeError where they are none."""
    for field in staged_schema(KINDS[name]):
        text = row.get(field.name)
        if text is not None and pa.types.is_date32(field.type):
            row[field.name] = date.fromisoformat(text)
        elif text is not None and pa.types.is_timestamp(field.type):
            row[field.name] = datetime.fromisoformat(text)
    return row


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
