"""Columns made anew from the store, or brought up to it load by load."""

from datetime import date, datetime
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph import identity, texts
from graph.append import INDEX_RUN, ORDER_RUN, PARTY_RUN, Held, kept_parties
from graph.columns import combined, in_order
from graph.delta import ENDED, PARTIES, Delta
from graph.errors import StoreError, UnreadableFile, WrongVersion
from graph.model import KINDS
from graph.segments import KeptLoad, Manifest, Writer, newest_generation, read_manifest, writing
from graph.stored import PARTY_ROWS, from_instants, from_stored
from graph.texts import UNKNOWN

if TYPE_CHECKING:
    from graph.store import GraphStore, LoadRecord


Columns = TypeVar("Columns", bound="Growing")


class Growing(Held, Protocol):
    """Columns that take in one load after another."""

    @property
    def version(self) -> int:
        """Number of the last load they hold."""
        ...

    @property
    def loads(self) -> list[KeptLoad]:
        """Loads they hold, by number."""
        ...

    def append(self, delta: Delta, *, source: str, trust: float, closed_at: datetime,
               delivered: date | None = None) -> Self:  # fmt: skip
        """The columns with one more load."""
        ...


def rebuild(folder: Path, store: "GraphStore") -> None:
    """Make the columns of a folder anew from everything the store's closed loads hold."""
    closed = closed_loads(store)
    version = closed[-1].number if closed else 0
    with writing(folder):
        writer = Writer(folder, _before(folder), {})
        parties = pa.concat_tables([PARTY_ROWS.empty_table(), *store.parties(version)])
        parties = parties.sort_by([("load", "ascending"), ("id", "ascending")])
        ids = combined(parties["id"])
        slots = texts.index(ids)
        if len(parties):
            writer.put(PARTY_RUN, 0, kept_parties(parties))
            writer.put(INDEX_RUN, 0, pa.table({"slot": slots}))
            writer.put(ORDER_RUN, 0, pa.table({"number": combined(pc.sort_indices(ids)).cast(pa.uint32())}))
        for kind in KINDS.values():
            tables = [from_stored(kind, rows, _Numbers(ids, slots)) for rows in store.facts(kind, version)]
            if any(len(rows) for rows in tables):
                writer.put(kind.name, 0, in_order(kind, pa.concat_tables(tables).unify_dictionaries().combine_chunks()))
        writer.commit(_kept(closed, parties["load"]), fresh=True)


def refresh(facts: Columns, store: "GraphStore") -> Columns | None:
    """Append the loads that closed since; None where the columns are of another store and must be made anew."""
    closed = closed_loads(store)
    known = {load.number: (load.source, load.closed_at) for load in facts.loads}
    there = {load.number: (load.source, load.closed_at) for load in closed if load.number <= facts.version}
    if known != there:
        return None
    for load in closed:
        if load.number > facts.version and load.closed_at:
            delta = read_delta(facts, store, load.number)
            facts = facts.append(delta, source=load.source, trust=load.trust, closed_at=load.closed_at,
                                 delivered=load.delivered)  # fmt: skip
    return facts


def read_delta(facts: Held, store: "GraphStore", load: int) -> Delta:
    """What a closed load changed, as the store holds it."""
    parties = store.new_parties(load).select(PARTIES.names).cast(PARTIES).combine_chunks()
    ids = combined(parties["id"])
    numbers = _Numbers(ids, texts.index(ids), facts)
    added, ended = {}, {}
    for name, kind in KINDS.items():
        brought, over = store.changes(kind, load)
        if len(brought):
            added[name] = from_stored(kind, brought, numbers)
        if len(over):
            key, revision = identity.split_fact_ids(over["fact_id"])
            ended[name] = pa.table([key, revision, from_instants(over["retracted_at"])], schema=ENDED)
    return Delta(load, parties, added, ended)


def closed_loads(store: "GraphStore") -> list["LoadRecord"]:
    """Loads that can be seen, by number."""
    return sorted((load for load in store.loads() if load.closed_at), key=lambda load: load.number)


class _Numbers:
    """Numbers of parties by id: those of the columns, then new ones in their order."""

    def __init__(self, ids: pa.Array, slots: NDArray[np.uint64], before: Held | None = None) -> None:
        self._ids, self._slots, self._before = ids, slots, before

    def __call__(self, asked: pa.Array) -> NDArray[np.uint32]:
        out = self._before.numbers(asked) if self._before else np.full(len(asked), UNKNOWN, np.uint32)
        base = self._before.party_count if self._before else 0
        texts.look_up(self._slots, self._ids, asked, base=base, out=out)
        if (out == UNKNOWN).any():
            lost = asked[int(np.flatnonzero(out == UNKNOWN)[0])].as_py()
            raise StoreError("a fact names a party that the store does not have", where=str(lost))
        return out


def _before(folder: Path) -> Manifest:
    """The manifest to be replaced; a damaged one counts for nothing but the names it may still use."""
    try:
        return read_manifest(folder)
    except (UnreadableFile, WrongVersion):
        return Manifest(generation=newest_generation(folder))


def _kept(closed: list["LoadRecord"], load_of_party: pa.ChunkedArray) -> tuple[KeptLoad, ...]:
    brought = np.bincount(load_of_party.to_numpy(), minlength=closed[-1].number + 1 if closed else 1)
    parties = accumulate(int(brought[load.number]) for load in closed)
    return tuple(
        KeptLoad(load.number, load.source, load.trust, load.closed_at, count, load.delivered)
        for load, count in zip(closed, parties, strict=True)
        if load.closed_at
    )
