"""A view: one snapshot, and what analytics made of it, each computed once and kept.

Suspicions of dependence hang on the rule sets that they are computed by, and so does all that counts them. A view
`under` other rule sets is a second view of the same snapshot, which shares everything else with the first.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from copy import copy
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from threading import RLock
from typing import Any, Protocol, TypeVar

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from analytics.limits.catalogue import Catalogue, shipped
from analytics.limits.exposure import ELSEWHERE, UNKNOWN, Book
from analytics.structure.concert import Concert, Together, concert_ties, find_concerts, solve_together
from analytics.structure.control import Control, solve_control
from analytics.structure.dependence.states import Verdicts
from analytics.structure.fences import fenced
from analytics.structure.government import APART
from analytics.structure.groups import Groups, control_groups
from analytics.structure.guarantees.census import Circuits
from analytics.structure.guarantees.promises import Promises
from analytics.structure.guarantees.topology import Topology, find_topology
from analytics.structure.listed.rules import listed_rules
from analytics.structure.owners.portions import capital
from analytics.structure.owners.regimes import LAYERS
from analytics.structure.owners.register import Register
from analytics.structure.ownership.stakes import Policy
from analytics.structure.paths import Web
from analytics.structure.tiers import Trade
from analytics.structure.votes import Arrows, Holdings
from api.answers.evidence import Evidence
from api.answers.frame import Answer, AsOf, Question
from api.answers.same_party import joined_said
from api.answers.wording import one_stop
from api.engine.dependence import DEFAULT, Judged, Measured, item_of, judged, measured, verdicts_of
from api.engine.ties import tie_of
from graph.field import PARTY_KINDS, Kind
from graph.holding import EPOCH_DAY, When
from graph.model import (
    BASES,
    CONTROLS,
    DEPENDS_ON,
    DIRECTNESS,
    GUARANTEES,
    LENDS,
    OWNS,
    RELATED_TO,
    RELATIONS,
    SAME_AS,
    SUPPLIES,
    VERDICTS,
)
from graph.moment import write_instant
from graph.search import SearchIndex, Seen
from graph.sheets import Items
from graph.snapshot import Snapshot

T = TypeVar("T")

WALKED: tuple[Kind, ...] = tuple(kind for kind in RELATIONS if kind is not SAME_AS)
"""Relations between different parties; what is the same party is joined already."""
CONCERT_RULE = "CN_TAKEOVER"
"""The rule by which parties act in concert."""
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

    def begins(self, version: int) -> date | None:
        """The first day that any fact of a version names as its first; None where none does."""
        ...


class View:
    """A snapshot with its analysis; shared by threads."""

    def __init__(
        self, snapshot: Snapshot, known: Known, *, overfull: Policy = "keep", catalogue: Catalogue | None = None
    ) -> None:
        self.snapshot = snapshot
        self.catalogue = catalogue or shipped()
        """Rules on limits: those shipped, and a lender's own."""
        self.overfull = overfull
        """What is done where holders are stated to have more than all of a company."""
        self.criteria: tuple[str, ...] = DEFAULT
        """Rule sets of dependence by which it suspects."""
        self.government = APART
        """Whether government bodies connect clients, as `analytics.structure.government` has it."""
        self._whole = self
        self._known = known
        self._lock = RLock()
        self._kept: dict[str, OrderedDict[tuple[Hashable, ...], Any]] = {}

    def under(self, criteria: Iterable[str], government: str = APART) -> "View":
        """The view of the same snapshot that suspects dependence by these rule sets and treats the state like this."""
        whole, wanted = self._whole, (tuple(criteria), government)
        if wanted == (whole.criteria, whole.government):
            return whole
        return whole.kept(("under", *wanted), lambda: whole._other(*wanted))

    def _other(self, criteria: tuple[str, ...], government: str) -> "View":
        other = copy(self)
        other.criteria, other.government = criteria, government
        for suspicion in ("_judged", "_wide"):
            other.__dict__.pop(suspicion, None)
        return other

    # ── analysis ──

    @property
    def control(self) -> Control:
        """Who controls whom."""
        return self._once(lambda: self._whole._control)

    @property
    def concerts(self) -> tuple[Concert, ...]:
        """Parties that declared to act in concert (一致行动), by their RELATED_TO links."""
        return self._once(lambda: self._whole._concerts)

    @property
    def together(self) -> Together | None:
        """Control with each declared concert as one more owner; none where there is no concert."""
        return self._once(lambda: self._whole._together)

    @property
    def register(self) -> Register:
        """Shares, votes and control, declared concerts among the owners."""
        return self._once(lambda: self._whole._register)

    @property
    def groups(self) -> Groups:
        """What each controller unites; control that a ring fence takes out of the risk does not."""
        return self._once(lambda: self._whole._groups)

    @property
    def book(self) -> Book:
        """Facilities and guarantees, in the moment's currency."""
        return self._once(lambda: self._whole._book)

    @property
    def trade(self) -> Trade:
        """Supplies, in the moment's currency."""
        return self._once(lambda: self._whole._trade)

    @property
    def promises(self) -> Promises:
        """Guarantees that may still be called on the day, in the moment's currency."""
        return self._once(lambda: self._whole._promises)

    @property
    def net_assets(self) -> Items:
        """Net assets of every party, in the moment's currency."""
        return self.stated("net_assets")

    def stated(self, name: str) -> Items:
        """An item that figures or tests divide by, of every party, in the moment's currency."""
        return self.kept(("stated", name), lambda: item_of(self.snapshot, name))

    @property
    def circuits(self) -> Circuits:
        """What of the guarantees can lie on a closed circle."""
        return self._once(lambda: self._whole._circuits)

    @property
    def guarantee_circles(self) -> Topology:
        """Parties that hang together by guarantees, and in what form."""
        return self._once(lambda: self._whole._guarantee_circles)

    @property
    def dependants(self) -> Arrows:
        """From each party to those judged to fail with it."""
        return self._once(lambda: self._whole._dependants)

    @property
    def verdicts(self) -> Verdicts:
        """What was judged of dependences and ring fences, whatever the criteria."""
        return self._once(lambda: self._whole._verdicts)

    @cached_property
    def _verdicts(self) -> Verdicts:
        return verdicts_of(self.snapshot)

    @property
    def judged(self) -> Judged:
        """Every dependence with its state: suspected, confirmed or rejected."""
        return self._once(lambda: self._judged)

    @property
    def wide(self) -> Arrows:
        """From each party to those that would fail with it, suspected ones included."""
        return self._once(lambda: self._wide)

    def falls(self, *, wide: bool) -> Arrows:
        """From each party to those that would fail with it: as judged, or in the wide reading as suspected too."""
        return self.wide if wide else self.dependants

    def _once(self, make: Callable[[], T]) -> T:
        with self._lock:
            return make()

    def kept(self, name: tuple[str, *tuple[Hashable, ...]], make: Callable[[], T], *, most: int = 8) -> T:
        """What was made under a name before, else made now and kept; of names that begin alike the last few asked."""
        with self._lock:
            kept: OrderedDict[tuple[Hashable, ...], T] = self._kept.setdefault(name[0], OrderedDict())
            if name not in kept:
                kept[name] = make()
                while len(kept) > most:
                    kept.popitem(last=False)
            kept.move_to_end(name)
            return kept[name]

    @cached_property
    def other_control(self) -> NDArray[np.int64]:
        """Positions of the CONTROLS links that count: what is said to be indirect only checks."""
        return np.flatnonzero(self.snapshot.links(CONTROLS).fields["directness"] != DIRECTNESS.index("indirect"))

    @cached_property
    def _control(self) -> Control:
        links, size, at = self.snapshot.links(CONTROLS), self.snapshot.size, self.other_control
        edges = Arrows.of(size, links.tail[at], links.head[at])
        # Influence is a softer indicator: where the kind of control is unclear a single risk is possible.
        influence = links.fields["basis"][at] == BASES.index("influence")
        edges = replace(edges, doubtful=influence[edges.link])
        return solve_control(self.votes.fitted(self.overfull), edges=edges, kind=self.snapshot.kind)

    @property
    def votes(self) -> Holdings:
        """Votes as they are stated, be they more than all of a company."""
        return self._once(lambda: self._whole._votes)

    @cached_property
    def _votes(self) -> Holdings:
        return Holdings.of(self.snapshot.links(OWNS))

    @cached_property
    def _concerts(self) -> tuple[Concert, ...]:
        related = self.snapshot.links(RELATED_TO)
        declared, _ = concert_ties(related, listed_rules()[CONCERT_RULE].concert)
        return find_concerts(related.tail[declared], related.head[declared], positions=declared)

    @cached_property
    def _together(self) -> Together | None:
        concerts, own = self.concerts, self.control
        return solve_together(own.holdings, concerts, own.edges, kind=self.snapshot.kind) if concerts else None

    @cached_property
    def _register(self) -> Register:
        shares, kind = capital(self.snapshot.links(OWNS)).fitted(self.overfull), self.snapshot.kind
        if together := self.together:
            register = Register.of(shares, together, kind, overfull=self.overfull)
        else:
            register = Register(shares, self.control, kind, overfull=self.overfull)
        for name in LAYERS:
            register.layer(name)
        return register

    @cached_property
    def _groups(self) -> Groups:
        return control_groups(fenced(self.control, self.verdicts.fenced))

    @cached_property
    def _judged(self) -> Judged:
        return judged(self.snapshot, self.verdicts, lambda: self._whole._measured, self.criteria)

    @cached_property
    def _measured(self) -> Measured:
        return measured(self.snapshot, lambda: self.book)

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
    def _promises(self) -> Promises:
        day = (self.snapshot.moment.valid_at - EPOCH_DAY).days
        return Promises.of(self.snapshot.links(GUARANTEES), day=day)

    @cached_property
    def _circuits(self) -> Circuits:
        return Circuits.of(self.promises.pairs)

    @cached_property
    def _guarantee_circles(self) -> Topology:
        return find_topology(self.promises.pairs)

    @property
    def products(self) -> list[str]:
        """What is sold, by its code in `trade`."""
        return list(self._once(lambda: self._whole._products).dictionary.to_pylist())

    @cached_property
    def _products(self) -> Any:
        return self.snapshot.links(SUPPLIES).text("product").dictionary_encode()

    @cached_property
    def _trade(self) -> Trade:
        codes = pc.fill_null(self._products.indices, -1).to_numpy().astype(np.int32)
        return Trade.of(self.snapshot.links(SUPPLIES), codes)

    @cached_property
    def confirmed(self) -> NDArray[np.int64]:
        """Positions of the DEPENDS_ON links that were confirmed."""
        return np.flatnonzero(self.snapshot.links(DEPENDS_ON).fields["verdict"] == VERDICTS.index("confirmed"))

    @cached_property
    def _wide(self) -> Arrows:
        return self._judged.dependences.wide

    @cached_property
    def _dependants(self) -> Arrows:
        links, at = self.snapshot.links(DEPENDS_ON), self.confirmed
        made = Arrows.of(self.snapshot.size, links.head[at], links.tail[at])
        return Arrows(made.start, made.head, at.astype(np.uint32)[made.link])

    def web(self, kinds: tuple[Kind, ...], *, through_lenders: bool, through_state: bool) -> Web:
        """These relations as one web, through which paths run."""
        with self._lock:
            webs: dict[tuple[tuple[str, ...], bool, bool], Web] = self._whole.__dict__.setdefault("_webs", {})
            key = tuple(kind.name for kind in kinds), through_lenders, through_state
            if key not in webs:
                closed = None if through_state else self.snapshot.kind == PARTY_KINDS.index("State")
                lenders = None if through_lenders else self.lenders
                ties = [tie_of(self.snapshot, self.snapshot.links(kind), lenders) for kind in kinds]
                webs[key] = Web.of(self.snapshot.size, ties, closed=closed)
            return webs[key]

    def arrows(self, kind: Kind) -> Arrows:
        """One relation's links as they leave each party."""
        with self._lock:
            made: dict[str, Arrows] = self._whole.__dict__.setdefault("_arrows", {})
            if kind.name not in made:
                made[kind.name] = Arrows.leaving(self.snapshot.links(kind))
            return made[kind.name]

    @cached_property
    def lenders(self) -> NDArray[np.bool_]:
        """Parties that lend to many: their lending ties nobody together, other relations with them do."""
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
        elif (begins := self._known.begins(self.snapshot.version)) and moment.valid_at < begins:
            told = f"No fact names a first day before {begins}: of {moment.valid_at} only what names none is told."
            reasons = [told, *reasons]
        reasons = [*reasons, *joined_said(evidence)]
        return Answer(
            question,
            AsOf(moment.valid_at, moment.known_at),
            self.snapshot.name,
            value,
            tuple(one_stop(reason) for reason in reasons),
            evidence.sources,
        )
