"""A view: one snapshot, and what analytics made of it, each computed once and kept."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from threading import RLock
from typing import Protocol, TypeVar

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from analytics.limits.exposure import ELSEWHERE, UNKNOWN, Book
from analytics.structure.control import Control, solve_control
from analytics.structure.groups import Groups, control_groups
from analytics.structure.paths import Tie, Web
from analytics.structure.tiers import Trade
from analytics.structure.votes import Arrows, Holdings
from api.answer import Answer, AsOf, Question
from api.evidence import Evidence
from graph.field import PARTY_KINDS, Kind
from graph.holding import EPOCH_DAY, When
from graph.links import Links
from graph.model import (
    CONTROLS,
    DEPENDS_ON,
    DIRECTNESS,
    GUARANTEES,
    LENDS,
    OWNS,
    RELATIONS,
    SAME_AS,
    SUPPLIES,
    VERDICTS,
)
from graph.moment import write_instant
from graph.search import SearchIndex, Seen
from graph.snapshot import Snapshot

T = TypeVar("T")

WALKED: tuple[Kind, ...] = tuple(kind for kind in RELATIONS if kind is not SAME_AS)
"""Relations between different parties; what is the same party is joined already."""
LENDS_TO_MANY = 10
"""Facilities above which sharing their lender ties nobody together [P]: our own proposal, no standard fixes it."""


class Known(Protocol):
    """What is known around a snapshot: at every moment, and by other versions."""

    @property
    def search(self) -> SearchIndex:
        """The index of names."""
        ...

    def earliest(self, version: int) -> datetime | None:
        """The first instant at which anything of a version became known; None where nothing is."""
        ...


class View:
    """A snapshot with its analysis; shared by threads."""

    def __init__(self, snapshot: Snapshot, known: Known) -> None:
        self.snapshot = snapshot
        self._known = known
        self._lock = RLock()

    # ── analysis ──

    @property
    def control(self) -> Control:
        """Who controls whom."""
        return self._once(lambda: self._control)

    @property
    def groups(self) -> Groups:
        """What each controller unites."""
        return self._once(lambda: self._groups)

    @property
    def book(self) -> Book:
        """Facilities and guarantees, in the moment's currency."""
        return self._once(lambda: self._book)

    @property
    def trade(self) -> Trade:
        """Supplies, in the moment's currency."""
        return self._once(lambda: self._trade)

    @property
    def dependants(self) -> Arrows:
        """From each party to those judged to fail with it."""
        return self._once(lambda: self._dependants)

    def _once(self, make: Callable[[], T]) -> T:
        with self._lock:
            return make()

    @cached_property
    def other_control(self) -> NDArray[np.int64]:
        """Positions of the CONTROLS links that count: what is said to be indirect only checks."""
        return np.flatnonzero(self.snapshot.links(CONTROLS).fields["directness"] != DIRECTNESS.index("indirect"))

    @cached_property
    def _control(self) -> Control:
        links, size, at = self.snapshot.links(CONTROLS), self.snapshot.size, self.other_control
        edges = Arrows.of(size, links.tail[at], links.head[at])
        return solve_control(Holdings.of(self.snapshot.links(OWNS)), edges=edges, kind=self.snapshot.kind)

    @cached_property
    def _groups(self) -> Groups:
        return control_groups(self.control)

    @cached_property
    def _book(self) -> Book:
        guarantees = self.snapshot.links(GUARANTEES)
        named = pc.fill_null(guarantees.text("creditor"), "")
        creditor = self.snapshot.find(named)
        stranger = pc.not_equal(named, "").to_numpy(zero_copy_only=False) & (creditor == UNKNOWN)
        creditor[stranger] = ELSEWHERE
        day = (self.snapshot.moment.valid_at - EPOCH_DAY).days
        return Book.of(self.snapshot.links(LENDS), guarantees, creditor, day=day)

    @cached_property
    def _trade(self) -> Trade:
        links = self.snapshot.links(SUPPLIES)
        encoded = links.text("product").dictionary_encode()
        return Trade.of(links, pc.fill_null(encoded.indices, -1).to_numpy().astype(np.int32))

    @cached_property
    def confirmed(self) -> NDArray[np.int64]:
        """Positions of the DEPENDS_ON links that were confirmed."""
        return np.flatnonzero(self.snapshot.links(DEPENDS_ON).fields["verdict"] == VERDICTS.index("confirmed"))

    @cached_property
    def _dependants(self) -> Arrows:
        links, at = self.snapshot.links(DEPENDS_ON), self.confirmed
        return Arrows.of(self.snapshot.size, links.head[at], links.tail[at])

    def web(self, kinds: tuple[Kind, ...], *, through_lenders: bool, through_state: bool) -> Web:
        """These relations as one web, through which paths run."""
        with self._lock:
            webs: dict[tuple[tuple[str, ...], bool, bool], Web] = self.__dict__.setdefault("_webs", {})
            key = tuple(kind.name for kind in kinds), through_lenders, through_state
            if key not in webs:
                closed = None if through_state else self.snapshot.kind == PARTY_KINDS.index("State")
                ties = [self._tie(self.snapshot.links(kind), through_lenders=through_lenders) for kind in kinds]
                webs[key] = Web.of(self.snapshot.size, ties, closed=closed)
            return webs[key]

    def _tie(self, links: Links, *, through_lenders: bool) -> Tie:
        """One relation as ties; what lenders of many lend counts only where a path begins or ends with them."""
        at_end = self.lenders[links.tail] if links.kind is LENDS and not through_lenders else None
        return Tie(links.tail, links.head, strength(links), at_end)

    @cached_property
    def lenders(self) -> NDArray[np.bool_]:
        """Parties that lend to many: borrowing from one ties nobody together, other relations with it do."""
        links = self.snapshot.links(LENDS)
        return np.asarray(np.diff(links.out_start) > LENDS_TO_MANY)

    # ── around it ──

    @property
    def search(self) -> SearchIndex:
        """The index of names of this version of the data."""
        return self._known.search

    @property
    def seen(self) -> Seen:
        """What a search may see at this moment."""
        when = When.of(self.snapshot.moment, self.snapshot.version)
        return Seen(when.version, when.instant)

    def answer(
        self, question: Question, value: T, evidence: Evidence, *, reasons: tuple[str, ...] | list[str] = ()
    ) -> Answer[T]:
        """A value in the frame of every answer."""
        moment = self.snapshot.moment
        first = self._known.earliest(self.snapshot.version)
        if first is None:
            reasons = ["Nothing is loaded in this version.", *reasons]
        elif moment.known_at < first:
            reasons = [f"Nothing was known then: what is loaded was known from {write_instant(first)} on.", *reasons]
        return Answer(
            question,
            AsOf(moment.valid_at, moment.known_at),
            self.snapshot.name,
            value,
            tuple(_ended(reason) for reason in reasons),
            evidence.sources,
        )


def _ended(sentence: str) -> str:
    """A sentence with one full stop, also where the name it ends with has its own."""
    return sentence[:-1] if sentence.endswith("..") and not sentence.endswith("...") else sentence


def strength(links: Links) -> NDArray[np.float64] | None:
    """How strongly each link ties: the share held, half where none is known; 1 for other relations."""
    if links.kind is not OWNS:
        return None
    known: NDArray[np.bool_] = links.fields["share_known"]
    middle = (links.fields["share_low"] + links.fields["share_high"]) / 2
    return np.where(known, middle, 0.5)
