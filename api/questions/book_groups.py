"""Which groups of connected clients does a lender's book hold, and what is lent to each?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analytics.structure.groups import Groups
from analytics.structure.membership import DEPENDENT, Entry, grow
from api.answer import Answer, Fact, Page, Party, Question
from api.books import (
    CONFIRMED,
    GROUP_CLIENT,
    READINGS,
    SUSPECTED,
    Lending,
    Together,
    check_reading,
    groups_in,
    lending,
    ranked,
    units_of,
)
from api.engine import Engine
from api.evidence import Evidence
from api.limits import CLIENTS_2010, connecting, kin_of
from api.questions.asking import check_page, node_of
from api.questions.control import proofs
from api.questions.groups import SMALL, Edge, Member, edges_of, members_of
from api.view import View
from api.wording import money, percent, plural
from graph.model import RELATED_TO
from graph.moment import Moment

CLIENTS = 50
"""Clients of one group of which it is shown how they came in, those who owe most first."""
EDGES = 5
"""Dependences of one group of which it is worked out who would leave."""


@dataclass(frozen=True)
class Client:
    """One client in a group, what it owes, and how it came in."""

    owed: float
    """Drawn and converted undrawn amounts."""
    member: Member


@dataclass(frozen=True)
class ClientGroup:
    """Clients that stand and fall together."""

    top: Party
    """The controller on top of the control group it grew from, else its first member; need be no client."""
    heads: tuple[Party, ...]
    """Of a group client (集团客户) who unites it: a legal person, or an individual and relatives."""
    kin: tuple[Fact, ...]
    """What makes those relatives."""
    basis: str
    """`control`, `control and dependence`, or `group client`."""
    certain: bool
    """Whether the same clients are a group also without what is only suspected."""
    owed: float
    share: float | None
    """Of all that is owed to the lender, a fraction."""
    unknown_facilities: int
    """Facilities of unknown amount: it is at least what is told."""
    clients: tuple[Client, ...]
    clients_page: Page
    others: int
    """Parties it grew through that are no clients."""
    edges: tuple[Edge, ...]
    """Dependences that brought members in, the first of them, each with who would leave without it."""


@dataclass(frozen=True)
class Reading:
    """All groups of a book as one reading makes them."""

    reading: str
    chinese: str
    english: str
    groups: int
    clients: int
    """Clients in at least one."""
    shared: int
    """Clients in more than one: groups overlap and are not united through them."""
    owed: float
    """By clients in groups, each counted once."""


@dataclass(frozen=True)
class BookGroups:
    """Groups of connected clients of a lender's book."""

    lender: Party
    currency: str | None
    clients: int
    """Parties with a facility of the lender."""
    owed: float
    readings: tuple[Reading, ...]
    reading: str
    """The one whose groups are listed."""
    groups: tuple[ClientGroup, ...]
    """Those that owe most first."""
    page: Page
    left_out: str
    """Why nothing could be suspected; empty where it could."""


def book_groups(
    engine: Engine, lender: str, *, reading: str = SUSPECTED, limit: int = 20, offset: int = 0, moment: Moment
) -> Answer[BookGroups]:
    """Find all groups of connected clients of a lender's book, each client with how it came in."""
    check_page(limit, offset)
    check_reading(reading)
    view = engine.view(moment)
    node = node_of(view.snapshot, lender, where="lender")
    evidence, lent = Evidence(view.snapshot), lending(view, node)
    found = groups_in(view, node, reading)
    sure = {one.clients.tobytes() for one in groups_in(view, node, CONFIRMED)}
    page = [found[k] for k in ranked(lent, found)[offset : offset + limit]]
    shown = tuple(group_of(view, evidence, lent, one, reading, certain=_certain(one, reading, sure)) for one in page)
    value = BookGroups(
        evidence.party(node),
        view.snapshot.moment.currency,
        len(lent.clients),
        lent.total,
        tuple(_reading(view, lent, each) for each in READINGS),
        reading,
        shown,
        Page(len(found), offset, len(shown)),
        view.judged.left_out,
    )
    asked = {"lender": lender, "reading": reading, "limit": limit, "offset": offset}
    return view.answer(Question("book_groups", asked), value, evidence, reasons=list(_reasons(value)))


def _certain(one: Together, reading: str, sure: set[bytes]) -> bool:
    return reading != SUSPECTED or one.clients.tobytes() in sure


def _reading(view: View, lent: Lending, reading: str) -> Reading:
    units = units_of(groups_in(view, lent.lender, reading))
    times = np.bincount(units.flat, minlength=view.snapshot.size)
    chinese, english = READINGS[reading]
    inside = times > 0
    return Reading(
        reading, chinese, english, len(units), int(inside.sum()), int((times > 1).sum()),
        float(lent.owed[inside].sum()),
    )  # fmt: skip


def group_of(
    view: View, evidence: Evidence, lent: Lending, group: Together, reading: str, *, certain: bool
) -> ClientGroup:
    """One group in the words of an answer."""
    order = group.clients[np.lexsort((group.clients, -lent.owed[group.clients]))].tolist()
    came = None if reading == GROUP_CLIENT else _came(view, group, reading)
    edges: tuple[Edge, ...] = ()
    if came is None:
        head = group.heads[0]
        members, basis = _held(view, evidence, group, order[:CLIENTS]), "group client"
        others = len(set(group.heads) - set(order))
    else:
        wide = reading == SUSPECTED
        head, united = next(iter(came)), connecting(view, wide=wide)
        falls = view.falls(wide=wide)
        members = list(members_of(view, evidence, falls, order[:CLIENTS], came, united=united))
        dependent = any(entry.how == DEPENDENT for entry in came.values())
        basis = "control and dependence" if dependent else "control"
        # Of a large group it would take long to work out who leaves.
        if len(came) <= SMALL:
            edges = tuple(edges_of(view, evidence, falls, head, came, most=EDGES, united=united))
        others = len(came) - len(order)
    clients = tuple(Client(float(lent.owed[x]), one) for x, one in zip(order, members, strict=False))
    owed = float(lent.owed[group.clients].sum())
    return ClientGroup(
        evidence.party(head),
        evidence.parties(group.heads),
        _kin(view, evidence, group.heads),
        basis,
        certain,
        owed,
        owed / lent.total if lent.total else None,
        int(lent.silent[group.clients].sum()),
        clients,
        Page(len(order), 0, len(clients)),
        others,
        edges,
    )


def _came(view: View, group: Together, reading: str) -> dict[int, Entry]:
    """How each member came in, from the seed on, its top first."""
    wide = reading == SUSPECTED
    united = connecting(view, wide=wide)
    came = grow(united, view.falls(wide=wide), group.seed.tolist())
    top = _top(united, group)
    return {top: came[top], **came}


def _top(united: Groups, group: Together) -> int:
    """The controller on top of the control group that a group grew from, else its first member."""
    first = int(group.seed[0])
    for number in united.of(first).tolist():
        if np.array_equal(united.members(number), group.seed):
            return int(united.top[number])
    return first


def _held(view: View, evidence: Evidence, group: Together, shown: Sequence[int]) -> list[Member]:
    """Members of a group client, each with the head that controls it, where one does so alone."""
    by: dict[int, int] = {}
    for head in group.heads:
        held = set(view.control.controlled_by(head).tolist())
        for x in shown:
            if x in held:
                by.setdefault(x, head)
    proved = {
        x: proof
        for head in dict.fromkeys(by.values())
        for mine in [[x for x in shown if by.get(x) == head]]
        for x, proof in zip(mine, proofs(view, evidence, head, mine), strict=True)
    }
    return [
        Member(
            evidence.party(x),
            "top" if x in group.heads else "controlled" if x in by else "family",
            evidence.party(by[x]) if x in by else None,
            proved.get(x, ()),
            (),
            (),
        )
        for x in shown
    ]


def _kin(view: View, evidence: Evidence, heads: Sequence[int]) -> tuple[Fact, ...]:
    """Stated kinships between those who unite a group client."""
    if len(heads) < 2:
        return ()
    near, links = kin_of(view, CLIENTS_2010).near, set[int]()
    for x, y in combinations(heads, 2):
        rows = zip(near.at(x).tolist(), near.links_at(x).tolist(), strict=True)
        links |= {link for z, link in rows if z == y}
    return evidence.facts(RELATED_TO, sorted(links))


def _reasons(value: BookGroups) -> Iterator[str]:
    name = value.lender.name
    if not value.clients:
        yield f"{name} has lent nothing."
        return
    yield f"{name} has {plural(value.clients, 'client')} who owe {money(value.owed, value.currency)}."
    for one in value.readings:
        shared = f", {one.shared} of them in more than one" if one.shared else ""
        yield (
            f"{one.chinese} ({one.english}): {plural(one.groups, 'group')} of at least two clients, "
            f"{plural(one.clients, 'client')}{shared}, who owe {money(one.owed, value.currency)}."
        )
    for group in value.groups[:3]:
        share = "" if group.share is None else f", {percent(group.share)} of the book"
        sure = "" if group.certain else ", only with what is suspected"
        yield (
            f"{group.top.name}: {plural(group.clients_page.total, 'client')} by {group.basis} owe "
            f"{money(group.owed, value.currency)}{share}{sure}."
        )
    if value.left_out:
        yield f"Nothing could be suspected: {value.left_out}."
    if value.page.left:
        yield f"{plural(value.page.left, 'more group is', 'more groups are')} not shown."
