"""Small worlds written to a store and to columns by the same deltas."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa

from graph import identity
from graph.delta import Delta
from graph.facts import Facts
from graph.field import Kind
from graph.model import KINDS
from graph.store import Batch, GraphStore
from graph.stored import ENDED_ROWS, to_instants, to_stored
from tests.graph.rows import T0, Load, delta


def load_both(store: GraphStore, folder: Path, loads: Sequence[Load], *, first: int = 1) -> Facts:
    """Load by load into the store and behind the columns; returns the columns."""
    facts = Facts.open(folder)
    for number, load in enumerate(loads, first):
        change = named(facts, delta(facts, load, number))
        write(store, change, load, pa.concat_arrays([facts.ids, change.parties["id"].combine_chunks()]))
        facts = facts.append(change, source=load.source, trust=load.trust, closed_at=T0,
                             delivered=T0.date())  # fmt: skip
    return facts


def named(facts: Facts, change: Delta) -> Delta:
    """The delta with the series that the store's facts will be given."""
    ids = pa.concat_arrays([facts.ids, change.parties["id"].combine_chunks()])
    added = {}
    for name, rows in change.added.items():
        series = identity.series(KINDS[name], [ids.take(rows[end].combine_chunks()) for end in KINDS[name].ends], rows)
        added[name] = rows.set_column(rows.schema.get_field_index("series"), rows.schema.field("series"), series)
    return Delta(change.load, change.parties, added, change.ended)


def write(store: GraphStore, change: Delta, load: Load, ids: pa.Array) -> None:
    """One load, opened, written and closed."""
    opened = store.open_load(
        source=load.source,
        trust=load.trust,
        digest=f"d{change.load}",
        delivery="changes",
        delivered=date(2024, 1, 1),
        worker="here:1",
        opened_at=T0,
    )
    for position, batch in enumerate(batches(change, ids), 1):
        store.write(opened.number, batch, position=position)
    store.close_load(opened.number, report="{}", closed_at=T0)


def batches(change: Delta, ids: pa.Array) -> Iterator[Batch]:
    yield Batch(parties=change.parties)
    for name, rows in change.added.items():
        yield Batch(kind=KINDS[name], added=to_stored(KINDS[name], rows, ids))
    for name, rows in change.ended.items():
        yield Batch(kind=KINDS[name], ended=ending(KINDS[name], rows))


def ending(kind: Kind, rows: pa.Table) -> pa.Table:
    names = identity.fact_ids(rows["key"], rows["revision"])
    return pa.table([names, to_instants(rows["retracted_at"])], schema=ENDED_ROWS)
