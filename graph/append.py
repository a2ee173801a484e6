"""What one load changed, written behind what the columns hold."""

from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph import texts
from graph.columns import combined, in_order, overlay, plain
from graph.delta import Delta
from graph.errors import StoreError
from graph.field import PARTY_KINDS, Kind
from graph.model import KINDS
from graph.schema import kept_schema
from graph.segments import Writer
from graph.texts import UNKNOWN

PARTY_RUN, INDEX_RUN, ORDER_RUN = "parties", "parties.index", "parties.order"
KEPT_PARTIES = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("kind", pa.uint8()),
        pa.field("source", pa.dictionary(pa.int32(), pa.string())),
        pa.field("anonymous", pa.bool_()),
    ]
)


class Held(Protocol):
    """What the columns hold before the load."""

    @property
    def party_count(self) -> int:
        """How many parties there are."""
        ...

    @property
    def ids(self) -> pa.Array:
        """Id of each party."""
        ...

    @property
    def order(self) -> NDArray[np.uint32]:
        """Party numbers in the order of ids."""
        ...

    def numbers(self, ids: pa.Array) -> NDArray[np.uint32]:
        """Number of each id."""
        ...

    def column(self, kind: Kind, name: str) -> pa.Array:
        """One column of a kind."""
        ...


def overlay_run(kind: Kind) -> str:
    """Name of the run that says which facts of a kind ended after they were written."""
    return f"{kind.name}.ended"


def append_parties(held: Held, writer: Writer, parties: pa.Table) -> NDArray[np.uint32] | None:
    """Write new parties by id; returns where each party number of the delta went, None where all stay."""
    if not len(parties):
        return None
    moved = None
    if not texts.ascends(combined(parties["id"])):
        order = combined(pc.sort_indices(parties["id"])).to_numpy()
        moved = np.empty(len(order), np.uint32)
        moved[order] = np.arange(len(order), dtype=np.uint32)
        parties = parties.take(pa.array(order))
    ids = combined(parties["id"])
    if not texts.ascends(ids) or (held.numbers(ids) != UNKNOWN).any():
        raise StoreError("a load brings a party that is already there", where=str(writer.folder))
    at, whole = writer.extend(PARTY_RUN, kept_parties(parties))
    writer.put(INDEX_RUN, at, pa.table({"slot": texts.index(combined(whole["id"]))}))
    writer.put(ORDER_RUN, 0, pa.table({"number": texts.merge_order(held.order, held.ids, ids)}))
    if moved is None:
        return None
    first = np.uint32(held.party_count)
    return np.concatenate([np.arange(first, dtype=np.uint32), moved + first])


def kept_parties(parties: pa.Table) -> pa.Table:
    """Parties of a delta as the columns keep them."""
    codes = pc.index_in(combined(parties["kind"]), value_set=pa.array(PARTY_KINDS)).cast(pa.uint8())
    source = combined(parties["source"].cast(pa.string())).dictionary_encode()
    anonymous = pc.fill_null(combined(parties["anonymous"]), False)
    return pa.table([combined(parties["id"]), codes, source, anonymous], schema=KEPT_PARTIES)


def append_facts(held: Held, writer: Writer, delta: Delta, moved: NDArray[np.uint32] | None) -> None:
    """Write what the load added and ended, kind by kind."""
    for name, kind in KINDS.items():
        fresh = kept_rows(kind, delta.added.get(name), moved)
        ended = delta.ended.get(name)
        if ended is not None and len(ended):
            key = pa.concat_arrays([held.column(kind, "key"), combined(fresh["key"])])
            revision = pa.concat_arrays([held.column(kind, "revision"), combined(fresh["revision"])])
            writer.extend(overlay_run(kind), overlay(key, revision, ended, load=delta.load, where=name))
        if len(fresh):
            writer.extend(name, fresh)


def kept_rows(kind: Kind, rows: pa.Table | None, moved: NDArray[np.uint32] | None) -> pa.Table:
    """Rows of a delta in the order and with the types in which they are kept."""
    schema = kept_schema(kind)
    if rows is None or not len(rows):
        return schema.empty_table()
    rows = rows.select(schema.names).cast(schema)
    if moved is not None:
        for at, end in enumerate(kind.ends):
            numbers = moved[plain(combined(rows[end]), np.uint32)]
            rows = rows.set_column(at, schema.field(end), pa.array(numbers))
    return in_order(kind, rows)
