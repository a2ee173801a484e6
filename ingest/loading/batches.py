"""A delta as the numbered transactions in which it is written; the same delta always gives the same."""

from collections.abc import Iterator

import pyarrow as pa

from graph import identity
from graph.delta import Delta
from graph.model import KINDS
from graph.store import Batch
from graph.stored import to_instants, to_stored
from ingest.loading.pending import WaitList

ROWS = 5_000
"""Rows of one transaction: large enough to be quick, small enough to be stopped between two."""


def batches(delta: Delta, ids: pa.Array, wait: WaitList, *, rows: int = ROWS) -> Iterator[Batch]:
    """Parties first, then what ends and what is new of each kind, then what waits."""
    for some in _slices(delta.parties, rows):
        yield Batch(parties=some)
    for name, kind in KINDS.items():
        for some in _slices(delta.ended.get(name), rows):
            yield Batch(kind=kind, ended=_ended(some))
        for some in _slices(delta.added.get(name), rows):
            yield Batch(kind=kind, added=to_stored(kind, some, ids))
    for some in _slices(wait.new, rows):
        yield Batch(pending=some)
    for start in range(0, len(wait.settled), rows):
        yield Batch(settled=wait.settled[start : start + rows])


def count(delta: Delta, wait: WaitList, *, rows: int = ROWS) -> int:
    """How many transactions there will be."""
    sizes = [len(delta.parties), len(wait.new), len(wait.settled)]
    sizes += [len(table) for table in (*delta.added.values(), *delta.ended.values())]
    return sum(-(-size // rows) for size in sizes)


def _slices(table: pa.Table | None, rows: int) -> Iterator[pa.Table]:
    if table is not None:
        for start in range(0, len(table), rows):
            yield table.slice(start, rows)


def _ended(rows: pa.Table) -> pa.Table:
    names = identity.fact_ids(rows["key"], rows["revision"])
    return pa.table({"fact_id": names, "retracted_at": to_instants(rows["retracted_at"])})
