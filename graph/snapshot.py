"""The graph at one moment: what was true on a day, as known by an instant, in one currency.

A snapshot never changes. Nodes are numbered when it is built; relations and records are read when they
are first asked for, and kept. Orientation is fixed here: a link runs from the one who holds, promises,
delivers, owes or depends to the other.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from threading import RLock
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.columns import ALWAYS, cells, gathered
from graph.currencies import CURRENCIES, NO_CURRENCY
from graph.errors import InvalidCurrency, InvalidQuestion, UnknownParty
from graph.facts import Facts
from graph.field import Kind
from graph.history import History
from graph.holding import EPOCH_DAY, When, holding
from graph.links import Aside, Between, Links, build_links, codes
from graph.model import ASSESSMENT, DIRECTNESS, OWNS, PROFILE, RELATIONS, SAME_AS, STATEMENT
from graph.moment import Moment, write_instant
from graph.nodes import Nodes
from graph.rates import Rates
from graph.records import Records, sources, statements
from graph.sheet import Factor
from graph.sheets import By, Items, as_stated, believed_figure, into, latest_items
from graph.texts import UNKNOWN
from graph.traits import Traits, believed_texts, shared_texts

AMOUNTS = tuple((kind, names) for kind in RELATIONS if (names := [f.name for f in kind.fields if f.type == "money"]))
"""Relations that carry money, and the fields that do."""
INDIRECT = DIRECTNESS.index("indirect")


class Stated(NamedTuple):
    """Amounts as they were stated, each in a currency of its own."""

    value: NDArray[np.float64]
    """NaN where none is."""
    currency: NDArray[np.int32]
    """Position of each in `currencies`, -1 for none."""
    currencies: tuple[str, ...]


class Snapshot:
    """The graph at one moment; shared by threads."""

    def __init__(self, facts: Facts, moment: Moment, nodes: Nodes, when: When) -> None:
        self.facts = facts
        self.nodes = nodes
        self._when = when
        self._lock = RLock()
        self._held: dict[str, NDArray[np.uint32]] = {}
        self._links: dict[tuple[str, bool], tuple[Links, Aside]] = {}
        self._arriving: dict[str, tuple[NDArray[np.intp], NDArray[np.uint32]]] = {}
        self._histories: dict[str, History] = {}
        self._rates: Rates | None = None
        self._records = Records(facts, nodes, when)
        self._currencies = self._present() if moment.currency is None else [moment.currency]
        currency = self._currencies[0] if len(self._currencies) == 1 else None
        self.moment = replace(moment, version=when.version, currency=currency)
        self.kind: NDArray[np.uint8] = facts.party_kind[nodes.representative]

    @classmethod
    def build(cls, facts: Facts, moment: Moment) -> "Snapshot":
        """The graph at a moment. Raises UnknownVersion, InvalidCurrency.

        Where no currency is asked for, it is the one all amounts share; where they share none, reading
        an amount raises InvalidQuestion.
        """
        asked = moment.currency
        if asked is not None and asked not in (*CURRENCIES, NO_CURRENCY):
            raise InvalidCurrency(f"{asked!r} is not a currency", where="currency")
        version = facts.version if moment.version is None else moment.version
        facts.parties_at(version)
        when = When.of(moment, version)
        return cls(facts, moment, Nodes.build(facts, when), when)

    # ── what it is ──

    @property
    def version(self) -> int:
        """Number of the last load that counts."""
        return self._when.version

    @property
    def name(self) -> str:
        """A readable name; snapshots of one store with equal names are equal."""
        known = write_instant(self.moment.known_at)
        return f"v{self.version} {self.moment.valid_at} {known} {self.moment.currency or ''}".rstrip()

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return self.nodes.size

    # ── nodes ──

    def node(self, party_id: str) -> int:
        """The node of a party; every id of a joined party answers. Raises UnknownParty."""
        number = self.facts.numbers([party_id])[0]
        if number == UNKNOWN or self.nodes.of[number] == UNKNOWN:
            raise UnknownParty(party_id)
        return int(self.nodes.of[number])

    def find(self, party_ids: pa.Array | list[str]) -> NDArray[np.uint32]:
        """The node of each id; UNKNOWN where there is none."""
        numbers = self.facts.numbers(party_ids)
        known = numbers != UNKNOWN
        numbers[known] = self.nodes.of[numbers[known]]
        return numbers

    def id(self, node: int) -> str:
        """The id that names a node: the first of its members' ids."""
        return str(self.facts.ids[int(self.nodes.representative[node])].as_py())

    def ids(self, nodes: NDArray[Any]) -> list[str]:
        """The ids that name these nodes."""
        return cells(self.facts.ids, self.nodes.representative[nodes])

    def members(self, node: int) -> list[str]:
        """All ids of a node, in order."""
        return cells(self.facts.ids, self.nodes.members(node))

    def name_of(self, node: int) -> str:
        """The name of a node, else its id."""
        return self._records.names(np.array([node]))[0]

    def names(self, nodes: NDArray[Any]) -> list[str]:
        """The name of each of these nodes, else its id."""
        return self._records.names(nodes)

    def called(self, node: int) -> str:
        """The name of a node for a sentence: with the id beside it where others are called so too."""
        return self.all_called([node])[0]

    def all_called(self, nodes: Sequence[int] | NDArray[Any]) -> list[str]:
        """The same of each of these nodes."""
        at = np.asarray(nodes, np.int64)
        told = zip(self.names(at), at.tolist(), strict=True)
        return [f"{name} ({self.id(node)})" if name in self._shared_names else name for name, node in told]

    @cached_property
    def _shared_names(self) -> frozenset[str]:
        return shared_texts(self.facts, self.nodes, self._when, "name")

    def profile(self, node: int) -> dict[str, Any]:
        """What is known about a node, field by field, from the most believed statement that fills it."""
        return self._records.profile(node)

    def stating(self, field: str) -> NDArray[np.uint32]:
        """Nodes of which a profile states this field, ascending."""
        return self._records.stating(PROFILE, field)

    def traits(self, field: str) -> Traits:
        """One text of every node's profile, such as its industry, as the most believed profile that states it says."""
        return believed_texts(self.facts, self.nodes, self._when, field)

    def grades(self) -> Traits:
        """The grade of every node, as the most believed assessment that states one says."""
        return believed_texts(self.facts, self.nodes, self._when, "grade", kind=ASSESSMENT)

    @property
    def anonymous(self) -> NDArray[np.bool_]:
        """Whether each node is undisclosed by name; such a party is never joined with another."""
        return self.facts.anonymous[self.nodes.representative]

    def record_rows(self, kind: Kind, node: int) -> NDArray[np.uint32]:
        """Rows of the records of one kind about a node in `Facts.table(kind)`, the most believed first."""
        return self._records.rows(kind, node)

    def records(self, kind: Kind, node: int) -> list[dict[str, Any]]:
        """Records of one kind about a node, the most believed first, `fact` saying where each comes from."""
        return statements(self.facts, kind, self._records.rows(kind, node))

    def said(self, kind: Kind, node: int, fields: Sequence[str]) -> list[tuple[Any, ...]]:
        """Some fields of each record of one kind about a node, in no order."""
        rows = self._records.found(kind, node)
        return list(zip(*(cells(self.facts.column(kind, field), rows) for field in fields), strict=True))

    def items(self, names: tuple[str, ...], *, of_a_year: bool = False, since: date | None = None) -> Items:
        """The latest value of every node of the first of some items of its statements, in the moment's currency.

        Periods that ended before `since` count for nothing.
        """
        return self._items(names, of_a_year, since, into(self.moment.currency, self.rate))

    def stated_items(
        self, names: tuple[str, ...], *, of_a_year: bool = False, since: date | None = None
    ) -> tuple[Items, Stated]:
        """The same in the currency of each statement, and which that is."""
        found = self._items(names, of_a_year, since, as_stated)
        words, code = self.facts.coded(STATEMENT, "unit")
        currency = np.full(len(found.value), -1, np.int32)
        known = np.flatnonzero(~np.isnan(found.value))
        currency[known] = code[found.row[known]]
        return found, Stated(found.value, currency, tuple(words))

    def _items(self, names: tuple[str, ...], of_a_year: bool, since: date | None, factor: Factor) -> Items:
        oldest = ALWAYS if since is None else (since - EPOCH_DAY).days
        return latest_items(
            self.facts, self.nodes, self._when, names, of_a_year=of_a_year, factor=factor, oldest=oldest
        )

    def assessed(self, name: str, *, horizon: int | None = None, by: By | None = None) -> Items:
        """The most believed value of one figure of assessments, such as `pd`, of every node; `by` says of whom."""
        return believed_figure(self.facts, self.nodes, self._when, name, horizon=horizon, by=by)

    @property
    def mixed(self) -> bool:
        """Whether amounts stand in several currencies and none was asked for."""
        return len(self._currencies) > 1

    @property
    def several(self) -> InvalidQuestion:
        """Why amounts that are `mixed` are not added up, and what to ask for instead."""
        return InvalidQuestion(
            f"amounts stand in {', '.join(self._currencies)}",
            where="currency",
            remedy="name the currency of the answer, such as " + self._currencies[0],
        )

    # ── relations ──

    def links(self, kind: Kind, *, indirect: bool = False) -> Links:
        """Links of one relation; holdings said to be indirect are apart, under `indirect`."""
        return self._relation(kind, indirect=indirect)[0]

    def history(self, kind: Kind) -> History:
        """What is known of each pair by one relation, on whatever day it is true."""
        with self._lock:
            if kind.name not in self._histories:
                self._histories[kind.name] = History.build(self.facts, kind, self.nodes, self._when)
            return self._histories[kind.name]

    def joined_by(self, node: int) -> NDArray[np.uint32]:
        """Rows of the verdicts that records of this node are one party."""
        nodes, rows = self._joins
        mine = rows[slice(*np.searchsorted(nodes, [node, node + 1]))]
        return np.sort(mine)

    @cached_property
    def _joins(self) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """Nodes that verdicts speak of on both sides, ascending, and the rows of these verdicts."""
        rows = self._rows(SAME_AS)
        tail, head = (self.nodes.of[gathered(self.facts.column(SAME_AS, end), rows, np.uint32)] for end in SAME_AS.ends)
        within = np.flatnonzero(tail == head)
        order = within[np.argsort(tail[within], kind="stable")]
        return tail[order], rows[order]

    def sources(self, kind: Kind, rows: NDArray[Any]) -> list[dict[str, Any]]:
        """Where facts come from, by their rows (`Links.fact`)."""
        return sources(self.facts, kind, rows)

    def rivals(self, kind: Kind, tail: int, head: int) -> list[dict[str, Any]]:
        """What other sources say about a pair and does not count, `fact` saying where each comes from."""
        told = (False, True) if kind is OWNS else (False,)
        rows = [_between(self._relation(kind, indirect=indirect)[1], tail, head) for indirect in told]
        found = np.concatenate(rows)
        return statements(self.facts, kind, found) if len(found) else []

    def contested(self, kind: Kind, nodes: NDArray[Any], *, leaving: bool = False) -> list[tuple[int, int]]:
        """Pairs of which other sources say what does not count, of links that reach some nodes; with `leaving` also of
        those that leave them. In ascending order."""
        aside = self._relation(kind, indirect=False)[1]
        with self._lock:
            if kind.name not in self._arriving:
                order = np.argsort(aside.head, kind="stable")
                self._arriving[kind.name] = order, aside.head[order]
        order, head = self._arriving[kind.name]
        at = order[_places(head, nodes)]
        if leaving:
            at = np.concatenate((at, _places(aside.tail, nodes)))
        return sorted(set(zip(aside.tail[at].tolist(), aside.head[at].tolist(), strict=True)))

    def _relation(self, kind: Kind, *, indirect: bool) -> tuple[Links, Aside]:
        if not kind.is_relation or (indirect and kind is not OWNS):
            raise ValueError(f"no such links of {kind.name}")
        with self._lock:
            if (kind.name, indirect) not in self._links:
                rows = self._rows(kind)
                if kind is OWNS:
                    said = codes(self.facts, kind, kind.field("directness"))[rows]
                    rows = rows[(said == INDIRECT) == indirect]
                between = Between(self.facts, self.nodes.of, self.size, self._when, self._convert)
                self._links[kind.name, indirect] = build_links(between, kind, rows)
            return self._links[kind.name, indirect]

    def _rows(self, kind: Kind) -> NDArray[np.uint32]:
        with self._lock:
            if kind.name not in self._held:
                self._held[kind.name] = holding(self.facts, kind, self._when)
            return self._held[kind.name]

    # ── money ──

    def _present(self) -> list[str]:
        """Currencies of the amounts that hold, in the order of their letters."""
        found: set[str] = set()
        unnamed = False
        for kind, names in AMOUNTS:
            rows = self._rows(kind)
            stated = np.zeros(len(rows), bool)
            for name in names:
                stated |= ~np.isnan(gathered(self.facts.column(kind, name), rows, np.float64, null=np.nan))
            words, code = self.facts.coded(kind, "currency")
            counts = np.bincount(code[rows[stated]] + 1, minlength=len(words) + 1)
            found |= {word for word, count in zip(words, counts[1:], strict=True) if count}
            unnamed |= bool(counts[0])
        return sorted(found) or ([NO_CURRENCY] if unnamed else [])

    def _convert(self, kind: Kind, rows: NDArray[np.uint32], amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Amounts in the moment's currency; one that names no currency is unknown beside any that do."""
        words, code = self.facts.coded(kind, "currency")
        mine = code[rows]
        stated = ~np.isnan(amounts)
        if not stated.any():
            return amounts
        target = self.moment.currency
        if target is None:
            raise self.several
        factors: NDArray[np.float64] = np.full(len(words) + 1, np.nan)
        for at in np.unique(mine[stated]):
            if at >= 0:
                factors[at] = self.rate(words[at], target)
        factors[-1] = 1.0 if target == NO_CURRENCY else np.nan
        return np.asarray(amounts * factors[mine])

    def stated(self, kind: Kind, name: str) -> Stated:
        """An amount of each link of a relation in the currency it was stated in."""
        rows = self.links(kind).fact
        words, code = self.facts.coded(kind, "currency")
        value = gathered(self.facts.column(kind, name), rows, np.float64, null=np.nan)
        return Stated(value, code[rows], tuple(words))

    @property
    def currencies(self) -> tuple[str, ...]:
        """Currencies of the amounts that hold, or the one that was asked for."""
        return tuple(self._currencies)

    def rate(self, base: str, quote: str) -> float:
        """Units of `quote` for one unit of `base` on the moment's day. Raises MissingRate."""
        if base == quote:
            return 1.0
        with self._lock:
            if self._rates is None:
                self._rates = Rates.build(self.facts, self._when)
            return self._rates.rate(base, quote)


def _between(aside: Aside, tail: int, head: int) -> NDArray[np.uint32]:
    """Facts set aside between two nodes; like links, they lie by tail, then head."""
    leaving = slice(*_span(aside.tail, tail))
    return aside.fact[leaving][slice(*_span(aside.head[leaving], head))]


def _span(ascending: NDArray[np.uint32], node: int) -> tuple[int, int]:
    """Where a node's entries begin and end; sought in the array's own type, else all of it would be copied."""
    sought = np.array(node, ascending.dtype)
    return int(np.searchsorted(ascending, sought)), int(np.searchsorted(ascending, sought, side="right"))


def _places(ascending: NDArray[np.uint32], nodes: NDArray[Any]) -> NDArray[np.intp]:
    """Where the entries of some nodes stand."""
    sought = np.asarray(nodes, ascending.dtype)
    start, end = (np.searchsorted(ascending, sought, side=side) for side in ("left", "right"))
    few = np.flatnonzero(end > start)
    spans = [np.arange(start[at], end[at]) for at in few.tolist()]
    return np.concatenate(spans) if spans else np.empty(0, np.intp)
