"""Links: the facts of one relation that hold at a moment, between nodes, ready for arithmetic.

`A[i, j]` belongs to the arrow i → j: `tail` is i, `head` is j. Links lie by tail, then head, then key.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from threading import RLock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.columns import ALWAYS, gathered, plain
from graph.facts import Facts
from graph.field import Field, Kind
from graph.grouping import by_pairs, grouped, starts
from graph.holding import When, key_words
from graph.model import OWNS
from graph.rivals import Words, preferred

Convert = Callable[[Kind, NDArray[np.uint32], NDArray[np.float64]], NDArray[np.float64]]
"""Amounts of some rows in the currency of the moment."""


_UNSAID = np.iinfo(np.int64).min


class Fields(Mapping[str, NDArray[Any]]):
    """Arrays by name, each made when it is first asked for."""

    def __init__(self, makers: dict[str, Callable[[], NDArray[Any]]]) -> None:
        self._makers = makers
        self._made: dict[str, NDArray[Any]] = {}
        self._lock = RLock()

    def __getitem__(self, name: str) -> NDArray[Any]:
        with self._lock:
            if name not in self._made:
                array = self._makers[name]()
                array.flags.writeable = False
                self._made[name] = array
            return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


@dataclass(frozen=True)
class Links:
    """Facts of one relation between nodes at one moment; all arrays are read-only."""

    kind: Kind
    tail: NDArray[np.uint32]
    head: NDArray[np.uint32]
    out_start: NDArray[np.int64]
    """Links that leave i are `out_start[i]:out_start[i + 1]`."""
    in_start: NDArray[np.int64]
    in_order: NDArray[np.uint32]
    """Links that arrive at j are `in_order[in_start[j]:in_start[j + 1]]`."""
    fields: Mapping[str, NDArray[Any]]
    """Own fields by column name. Numbers are float64 with NaN for none; money is in the moment's currency;
    choices are int8 positions, -1 for none; dates are int32 days since 1970, the smallest for none. Of OWNS
    every band is filled: `votes_*` is the share where no votes are stated (`votes_stated`), and a fact
    that states no share spans 0 to 1 (`share_known` is false)."""
    fact: NDArray[np.uint32]
    """Row of each link in `Facts.table(kind)`."""
    text: Callable[[str], pa.Array]
    """A text or choice column in the order of links."""

    def __len__(self) -> int:
        return len(self.tail)

    def leaving(self, node: int) -> NDArray[np.int64]:
        """Positions of the links that leave a node."""
        return np.arange(self.out_start[node], self.out_start[node + 1])

    def arriving(self, node: int) -> NDArray[np.uint32]:
        """Positions of the links that arrive at a node."""
        return self.in_order[self.in_start[node] : self.in_start[node + 1]]


@dataclass(frozen=True)
class Aside:
    """Facts that do not count because another source was preferred."""

    tail: NDArray[np.uint32]
    head: NDArray[np.uint32]
    fact: NDArray[np.uint32]


@dataclass(frozen=True)
class Between:
    """What is needed to place facts between nodes."""

    facts: Facts
    node_of: NDArray[np.uint32]
    size: int
    when: When
    convert: Convert


def build_links(between: Between, kind: Kind, rows: NDArray[np.uint32]) -> tuple[Links, Aside]:
    """Links of the facts in these rows, rivals set aside."""
    facts = between.facts
    tail, head = (between.node_of[gathered(facts.column(kind, end), rows, np.uint32)] for end in kind.ends)
    if not kind.to_itself:  # joining two records makes what one said of the other a relation to itself
        proper = tail != head
        if not proper.all():
            tail, head, rows = tail[proper], head[proper], rows[proper]
    order = by_pairs(tail, head, between.size)
    if order is not None:
        tail, head, rows = tail[order], head[order], rows[order]
    same = np.zeros(len(rows), bool)
    same[1:] = (tail[1:] == tail[:-1]) & (head[1:] == head[:-1])
    rows = _by_key(facts, kind, rows, same)
    keep = preferred(facts, kind, rows, same, between.when, Words(facts, between.node_of))
    aside = Aside(tail[~keep], head[~keep], rows[~keep])
    if len(aside.fact):
        tail, head, rows = tail[keep], head[keep], rows[keep]
    return _links(between, kind, tail, head, rows), aside


def _by_key(facts: Facts, kind: Kind, rows: NDArray[np.uint32], same: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Facts of one pair by key: rows follow the order of loads, keys do not."""
    if not same.any():
        return rows
    parallel = np.flatnonzero(same | np.append(same[1:], False))
    keys = key_words(facts, kind, rows[parallel])
    order = np.lexsort([keys[:, 1], keys[:, 0], np.cumsum(~same)[parallel]])
    rows = rows.copy()
    rows[parallel] = rows[parallel[order]]
    return rows


def _links(
    between: Between, kind: Kind, tail: NDArray[np.uint32], head: NDArray[np.uint32], rows: NDArray[np.uint32]
) -> Links:
    in_start, in_order = grouped(head, between.size)
    out_start = starts(tail, between.size)
    for array in (tail, head, rows, in_start, in_order, out_start):
        array.flags.writeable = False

    def text(name: str) -> pa.Array:
        return between.facts.column(kind, name).take(pa.array(rows))

    makers = _makers(between, kind, rows)
    fields = Fields({**makers, **_holdings(makers)} if kind is OWNS else makers)
    return Links(kind, tail, head, out_start, in_start, in_order, fields, rows, text)


def _makers(between: Between, kind: Kind, rows: NDArray[np.uint32]) -> dict[str, Callable[[], NDArray[Any]]]:
    made: dict[str, Callable[[], NDArray[Any]]] = {}
    for field in kind.fields:
        if field.type == "text":
            continue
        for name in field.columns:
            made[name] = partial(_values, between, kind, field, name, rows)
    return made


def _values(between: Between, kind: Kind, field: Field, name: str, rows: NDArray[np.uint32]) -> NDArray[Any]:
    if field.type == "choice":
        return codes(between.facts, kind, field)[rows]
    column = between.facts.column(kind, name)
    if field.type == "flag":
        return np.where(plain(column.is_valid(), np.bool_), plain(column, np.bool_), -1)[rows].astype(np.int8)
    if pa.types.is_floating(column.type):
        values = gathered(column, rows, np.float64, null=np.nan)
        return between.convert(kind, rows, values) if field.type == "money" else values
    if field.type == "date":
        return gathered(column, rows, np.int32, null=ALWAYS)
    if field.type == "integer":
        whole = gathered(column, rows, np.int64, null=_UNSAID)
        return np.where(whole == _UNSAID, np.nan, whole)
    return gathered(column, rows, np.int8)


def codes(facts: Facts, kind: Kind, field: Field) -> NDArray[np.int8]:
    """Positions of a choice's words for every row, -1 for none."""

    def make() -> NDArray[np.int8]:
        found = pc.index_in(facts.column(kind, field.name), value_set=pa.array(field.choices))
        return np.asarray(pc.fill_null(found, -1).to_numpy().astype(np.int8))

    return facts.cached(("codes", kind.name, field.name), make)


def _holdings(makers: dict[str, Callable[[], NDArray[Any]]]) -> dict[str, Callable[[], NDArray[Any]]]:
    """Bands of shares and votes with nothing missing, and what was stated."""
    raw = Fields(makers)

    def stated(band: str) -> NDArray[Any]:
        return np.asarray(~(np.isnan(raw[f"{band}_low"]) & np.isnan(raw[f"{band}_high"])))

    def filled(band: str, part: str) -> NDArray[Any]:
        values: NDArray[Any] = raw[f"{band}_{part}"]
        if part == "ends":
            low, high = np.isnan(raw[f"{band}_low"]), np.isnan(raw[f"{band}_high"])
            return np.asarray(values & ~low.astype(np.int8) & ~(high.astype(np.int8) << 1), np.int8)
        return np.where(np.isnan(values), 0.0 if part == "low" else 1.0, values)

    def votes(part: str) -> NDArray[Any]:
        return np.where(stated("votes"), filled("votes", part), filled("share", part))

    parts = ("low", "high", "ends")
    shares = {f"share_{part}": partial(filled, "share", part) for part in parts}
    ballots = {f"votes_{part}": partial(votes, part) for part in parts}
    flags = {"share_known": partial(stated, "share"), "votes_stated": partial(stated, "votes")}
    return {**shares, **ballots, **flags}
