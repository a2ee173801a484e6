"""Every fact ever, retracted ones included, as memory-mapped columns in a folder.

The store is the truth, these columns are its cache: what a load changed is appended to both, and a
folder that is lost is rebuilt. Parties are numbered by load and, within a load, by id; facts lie by load,
ends, key and revision. Both orders are this module's own, so that columns written while loading and
columns read back from the store are the same, row by row.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph import texts
from graph.append import INDEX_RUN, KEPT_PARTIES, ORDER_RUN, PARTY_RUN, append_facts, append_parties, overlay_run
from graph.columns import ALWAYS, FOREVER, NEVER, Times, combined, laid_over, plain
from graph.delta import Delta
from graph.errors import LoadInProgress, UnknownVersion
from graph.field import Kind
from graph.rebuild import rebuild, refresh
from graph.schema import kept_schema
from graph.segments import KeptLoad, Manifest, Writer, open_runs, writing
from graph.texts import UNKNOWN

if TYPE_CHECKING:
    from graph.store import GraphStore

__all__ = ["UNKNOWN", "Facts"]

T = TypeVar("T")
REFRESH_ATTEMPTS = 5


class Facts:
    """All facts of a store at one version; an older version can still be asked of it."""

    def __init__(self, folder: Path, manifest: Manifest, runs: Mapping[str, list[pa.Table]]) -> None:
        self.folder = folder
        self._manifest = manifest
        self._runs = runs
        self._lock = RLock()
        self._kept: dict[tuple[str, ...], Any] = {}

    @classmethod
    def open(cls, folder: Path) -> "Facts":
        """Map what lies in a folder; an empty or absent folder holds no facts and is version 0."""
        return cls(folder, *open_runs(folder))

    @classmethod
    def rebuild(cls, folder: Path, store: "GraphStore") -> "Facts":
        """Make the columns of a folder anew from a store."""
        rebuild(folder, store)
        return cls.open(folder)

    def refresh(self, store: "GraphStore") -> "Facts":
        """The facts of the store's newest version: only what newer loads changed is read.

        Where the store is another than these columns were made from, they are made anew.
        """
        for _ in range(REFRESH_ATTEMPTS):
            try:
                newer = refresh(self.open(self.folder), store)
                return self.rebuild(self.folder, store) if newer is None else newer
            except LoadInProgress:
                continue  # another process appended the same load first
        return self.open(self.folder)

    # ── loads and sources ──

    @property
    def version(self) -> int:
        """Number of the last closed load, 0 where there is none."""
        return self._manifest.version

    @property
    def loads(self) -> list[KeptLoad]:
        """Closed loads by number."""
        return list(self._manifest.loads)

    @property
    def trust(self) -> dict[str, float]:
        """Trust in each source, as its last load gave it."""
        return self.trust_at(self.version)

    def trust_at(self, version: int) -> dict[str, float]:
        """Trust in each source as of a version."""
        return {load.source: load.trust for load in self._manifest.loads if load.number <= version}

    # ── parties ──

    @property
    def party_count(self) -> int:
        """How many parties there are."""
        return self._manifest.loads[-1].parties if self._manifest.loads else 0

    def parties_at(self, version: int) -> int:
        """How many parties a version knew: theirs are the first numbers. Raises UnknownVersion."""
        if version == 0:
            return 0
        for load in self._manifest.loads:
            if load.number == version:
                return load.parties
        raise UnknownVersion(version)

    @cached_property
    def ids(self) -> pa.Array:
        """Id of each party, by number."""
        return self._party_column("id")

    @cached_property
    def party_kind(self) -> NDArray[np.uint8]:
        """Kind of each party, a position in PARTY_KINDS."""
        return cast("NDArray[np.uint8]", self._party_column("kind").to_numpy())

    @cached_property
    def anonymous(self) -> NDArray[np.bool_]:
        """Whether each party is undisclosed by name."""
        return cast("NDArray[np.bool_]", plain(self._party_column("anonymous"), np.bool_))

    @cached_property
    def party_source(self) -> pa.Array:
        """Source of each party, dictionary-encoded."""
        return self._party_column("source")

    @cached_property
    def order(self) -> NDArray[np.uint32]:
        """Party numbers in the order of their ids."""
        run = self._runs.get(ORDER_RUN, [])
        return cast("NDArray[np.uint32]", run[0]["number"].chunk(0).to_numpy()) if run else np.zeros(0, np.uint32)

    def numbers(self, ids: pa.Array | pa.ChunkedArray | list[str]) -> NDArray[np.uint32]:
        """Number of each id; UNKNOWN where no party has it.

        >>> Facts.open(Path("nowhere")).numbers(["register:1"])
        array([4294967295], dtype=uint32)
        """
        asked = pa.array(ids, pa.string()) if isinstance(ids, list) else ids
        if isinstance(asked, pa.ChunkedArray):
            found = [self.numbers(chunk) for chunk in asked.chunks]
            return np.concatenate(found) if found else np.zeros(0, np.uint32)
        out = np.full(len(asked), UNKNOWN, np.uint32)
        base = 0
        for table, slots in zip(self._runs.get(PARTY_RUN, []), self._runs.get(INDEX_RUN, []), strict=True):
            column = table["id"].chunk(0)
            texts.look_up(slots["slot"].chunk(0).to_numpy(), column, asked, base=base, out=out)
            base += len(column)
        return out

    def _party_column(self, name: str) -> pa.Array:
        tables = self._runs.get(PARTY_RUN, [])
        whole = pa.concat_tables(tables) if tables else KEPT_PARTIES.empty_table()
        return combined(whole[name])

    # ── facts ──

    def rows(self, kind: Kind) -> int:
        """How many facts of a kind there are."""
        return sum(len(table) for table in self._runs.get(kind.name, []))

    def column(self, kind: Kind, name: str) -> pa.Array:
        """One column of `table(kind)` as one array, retractions applied."""
        return self.cached(("column", kind.name, name), lambda: self._column(kind, name))

    def table(self, kind: Kind) -> pa.Table:
        """Every fact of a kind ever, columns of `kept_schema(kind)`, retractions applied."""
        whole = self._stored(kind)
        for name in ("retracted_at", "retracted_by") if self._runs.get(overlay_run(kind)) else ():
            whole = whole.set_column(whole.schema.get_field_index(name), name, self.column(kind, name))
        return whole

    def times(self, kind: Kind) -> Times:
        """Both times of every fact of a kind, open ends filled."""
        return self.cached(("times", kind.name), lambda: self._times(kind))

    def coded(self, kind: Kind, column: str) -> tuple[list[str], NDArray[np.int32]]:
        """The words in a column of a kind, such as currencies, and each row's position among them, -1 for none."""

        def make() -> tuple[list[str], NDArray[np.int32]]:
            encoded = self.column(kind, column).dictionary_encode()
            return encoded.dictionary.to_pylist(), pc.fill_null(encoded.indices, -1).to_numpy().astype(np.int32)

        return self.cached(("coded", kind.name, column), make)

    def cached(self, name: tuple[str, ...], make: Callable[[], T]) -> T:
        """What was made under this name before, else made now and kept: it must depend on these facts alone."""
        with self._lock:
            if name not in self._kept:
                self._kept[name] = make()
            return cast("T", self._kept[name])

    def _stored(self, kind: Kind) -> pa.Table:
        tables = self._runs.get(kind.name, [])
        if len(tables) < 2:
            return tables[0] if tables else kept_schema(kind).empty_table()
        return pa.concat_tables(tables).unify_dictionaries()

    def _column(self, kind: Kind, name: str) -> pa.Array:
        stored = combined(self._stored(kind)[name])
        ended = self._runs.get(overlay_run(kind), [])
        if name not in ("retracted_at", "retracted_by") or not ended:
            return stored
        over = pa.concat_tables(ended)
        return laid_over(stored, combined(over["row"]).to_numpy(), combined(over[name]))

    def _times(self, kind: Kind) -> Times:
        fills = ALWAYS, FOREVER, 0, NEVER, 0, FOREVER
        columns = (
            plain(self.column(kind, name), np.int64 if name.endswith("_at") else np.int32, null=fill)
            for name, fill in zip(Times._fields, fills, strict=True)
        )
        return Times(*cast("Any", columns))

    # ── change ──

    def append(self, delta: Delta, *, source: str, trust: float, closed_at: datetime,
               delivered: date | None = None) -> "Facts":  # fmt: skip
        """Keep what a load changed, at once and whole, and open the result; `delivered` is the delivery's own day.

        A load that is already kept changes nothing: repeat after a failure. Raises LoadInProgress
        where another load was kept since these facts were opened, StoreFull where there is no room.
        """
        with writing(self.folder):
            manifest, runs = open_runs(self.folder)
            if delta.load <= manifest.version:
                return Facts(self.folder, manifest, runs)
            if manifest.version != self.version:
                raise LoadInProgress(
                    "another load was kept meanwhile", where=str(self.folder), remedy="repeat the load"
                )
            writer = Writer(self.folder, manifest, runs)
            numbers = append_parties(self, writer, delta.parties)
            append_facts(self, writer, delta, numbers)
            load = KeptLoad(delta.load, source, trust, closed_at, self.party_count + len(delta.parties), delivered)
            writer.commit((*manifest.loads, load))
        return Facts.open(self.folder)
