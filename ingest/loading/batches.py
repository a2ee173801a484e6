"""A delta as the numbered transactions in which it is written; the same delta always gives the same."""

from collections.abc import Callable, Iterator
from functools import partial

import pyarrow as pa

from graph import identity
from graph.delta import Delta
from graph.field import Kind
from graph.model import KINDS
from graph.store import Batch
from graph.stored import to_instants, to_stored
from ingest.loading.pending import WaitList

ROWS = 5_000
"""Rows of one transaction: large enough to be quick, small enough to be stopped between two."""


def batches(
    delta: Delta, ids: pa.Array, wait: WaitList, *, rows: int = ROWS, after: int = 0
) -> Iterator[tuple[int, int, Batch]]:
    """The batches behind a position, with theirs and how many rows came before.

    Parties come first, then what is new of each kind, what ends, what waits.
    """
    before = 0
    for position, (size, make) in enumerate(_makers(delta, ids, wait, rows), start=1):
        if position > after:
            yield position, before, make()
        before += size


def rows_in(delta: Delta, wait: WaitList) -> int:
    """How many rows are to be written."""
    tables = (delta.parties, *delta.added.values(), *delta.ended.values(), wait.new)
    return sum(map(len, tables)) + len(wait.settled)


def count_new(delta: Delta, *, rows: int = ROWS) -> int:
    """How many transactions, the first ones, bring parties and new facts."""
    return sum(-(-len(table) // rows) for table in (delta.parties, *delta.added.values()))


def _makers(delta: Delta, ids: pa.Array, wait: WaitList, rows: int) -> Iterator[tuple[int, Callable[[], Batch]]]:
    for some in _slices(delta.parties, rows):
        yield len(some), partial(Batch, parties=some)
    for name, kind in KINDS.items():
        for some in _slices(delta.added.get(name), rows):
            yield len(some), partial(_added, kind, some, ids)
    for name, kind in KINDS.items():
        for some in _slices(delta.ended.get(name), rows):
            yield len(some), partial(_ended, kind, some)
    for some in _slices(wait.new, rows):
        yield len(some), partial(Batch, pending=some)
    for start in range(0, len(wait.settled), rows):
        settled = wait.settled[start : start + rows]
        yield len(settled), partial(Batch, settled=settled)


def _slices(table: pa.Table | None, rows: int) -> Iterator[pa.Table]:
    if table is not None:
        for start in range(0, len(table), rows):
            yield table.slice(start, rows)


def _added(kind: Kind, rows: pa.Table, ids: pa.Array) -> Batch:
    return Batch(kind=kind, added=to_stored(kind, rows, ids))


def _ended(kind: Kind, rows: pa.Table) -> Batch:
    names = identity.fact_ids(rows["key"], rows["revision"])
    return Batch(kind=kind, ended=pa.table({"fact_id": names, "retracted_at": to_instants(rows["retracted_at"])}))
