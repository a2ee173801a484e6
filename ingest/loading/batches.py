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
) -> Iterator[tuple[int, Batch]]:
    """The batches behind a position, with theirs: parties, what is new of each kind, what ends, what waits."""
    for position, make in enumerate(_makers(delta, ids, wait, rows), start=1):
        if position > after:
            yield position, make()


def count(delta: Delta, wait: WaitList, *, rows: int = ROWS) -> int:
    """How many transactions there will be."""
    sizes = [len(wait.new), len(wait.settled), *(len(table) for table in delta.ended.values())]
    return count_new(delta, rows=rows) + _pieces(sizes, rows)


def count_new(delta: Delta, *, rows: int = ROWS) -> int:
    """How many transactions, the first ones, bring parties and new facts."""
    return _pieces([len(delta.parties), *(len(table) for table in delta.added.values())], rows)


def _makers(delta: Delta, ids: pa.Array, wait: WaitList, rows: int) -> Iterator[Callable[[], Batch]]:
    for some in _slices(delta.parties, rows):
        yield partial(Batch, parties=some)
    for name, kind in KINDS.items():
        for some in _slices(delta.added.get(name), rows):
            yield partial(_added, kind, some, ids)
    for name, kind in KINDS.items():
        for some in _slices(delta.ended.get(name), rows):
            yield partial(_ended, kind, some)
    for some in _slices(wait.new, rows):
        yield partial(Batch, pending=some)
    for start in range(0, len(wait.settled), rows):
        yield partial(Batch, settled=wait.settled[start : start + rows])


def _pieces(sizes: list[int], rows: int) -> int:
    return sum(-(-size // rows) for size in sizes)


def _slices(table: pa.Table | None, rows: int) -> Iterator[pa.Table]:
    if table is not None:
        for start in range(0, len(table), rows):
            yield table.slice(start, rows)


def _added(kind: Kind, rows: pa.Table, ids: pa.Array) -> Batch:
    return Batch(kind=kind, added=to_stored(kind, rows, ids))


def _ended(kind: Kind, rows: pa.Table) -> Batch:
    names = identity.fact_ids(rows["key"], rows["revision"])
    return Batch(kind=kind, ended=pa.table({"fact_id": names, "retracted_at": to_instants(rows["retracted_at"])}))
