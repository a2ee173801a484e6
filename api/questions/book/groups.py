"""Which groups of connected clients does a lender's book hold, and what is lent to each?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np

from api.answers.evidence import Evidence
from api.answers.frame import Answer, Fact, Page, Party, Question
from api.answers.wording import ended, money, percent, plural
from api.book.lending import Lending, groups_in, lending, ranked
from api.engine import Engine, View
from api.groups.alike import NOT_ALIKE, Apart, told_apart
from api.groups.more_than_all import MoreThanAll, more_than_all_of_many
from api.groups.more_than_all import told as more_said
from api.groups.overfull import overfull_of_book
from api.groups.together import BASES_ZH, NARROW, READINGS, READINGS_BY, SUSPECTED, Together, check_reading, units_of
from api.limits.criteria import Criteria, criteria_of, criteria_said, seen_by, state_said
from api.limits.lender import kinds_of
from api.questions.asking import check_page, node_of
from api.questions.groups.dependences import readings_said
from api.questions.groups.families import family_edges, family_ties_left, kinship_of, united_by
from api.questions.groups.members import SMALL, Edge, Member, edges_of, grew, members_of, ties_left
from graph.moment import Moment

CLIENTS = 50
"""Clients of one group of which it is shown how they came in, those who owe most first."""
EDGES = 5
"""Dependences, and facts of control, of one group of which it is worked out who would leave."""


@dataclass(frozen=True)
class Client:
    """One client in a group, what it owes, and how it came in."""

    owed: float
    """Drawn and converted undrawn amounts."""
    unknown_facilities: int
    """Facilities of unknown amount: it owes at least what is told."""
    member: Member


@dataclass(frozen=True)
class ClientGroup:
    """Clients that stand and fall together."""

    top: Party
    """The controller on top of the control group it grew from, else its first member; need be no client."""
    heads: tuple[Party, ...]
    """Of a group client (集团客户) who unites it: a legal person, or an individual and relatives."""
    kin: tuple[Fact, ...]
    """What makes those relatives, or in the wide reading parties in concert."""
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
    size: int
    """Members, clients or not, as the law of its kind counts them: of a group client legal persons alone."""
    others: int
    """Parties it grew through that are no clients, also who unites a group client and is no member of it."""
    edges: tuple[Edge, ...]
    """The first dependences, kinships and facts of control that brought members in, each with who would leave without
    it; of a large group none is worked out."""
    edges_left: int
    """How many more there are, of which it is not worked out who would leave; 0 for a large group."""
    apart: Apart = NOT_ALIKE
    """What tells its clients from those of another of the page that has the same on top."""


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
    """Connected clients; group clients (集团客户) too where a rule in force for the lender counts them, or they are
    asked for."""
    reading: str
    """The one whose groups are listed."""
    groups: tuple[ClientGroup, ...]
    """Those that owe most first."""
    page: Page
    criteria: tuple[Criteria, ...]
    """Rule sets that dependence was suspected by: those that serve the lender's."""
    left_out: str
    """Why nothing could be suspected; empty where it could."""
    overfull: tuple[MoreThanAll, ...]
    """Clients, and companies in a group of clients, whose holders are stated to have more than all votes."""
    overfull_page: Page


def book_groups(
    engine: Engine, lender: str, *, reading: str = SUSPECTED, limit: int = 20, offset: int = 0, moment: Moment
) -> Answer[BookGroups]:
    """Find all groups of connected clients of a lender's book, each client with how it came in."""
    check_page(limit, offset)
    check_reading(reading)
    view = engine.view(moment)
    node = node_of(view.snapshot, lender, where="lender")
    view = seen_by(view, node)
    evidence, lent = Evidence(view.snapshot), lending(view, node)
    found = groups_in(view, node, reading)
    sure = {one.clients.tobytes(): one for one in groups_in(view, node, NARROW[reading])}
    page = [found[k] for k in ranked(lent, found)[offset : offset + limit]]
    told = (_told(view, evidence, lent, one, reading, sure.get(one.clients.tobytes())) for one in page)
    shown = apart_by_top(evidence, list(told), page)
    value = BookGroups(
        evidence.party(node),
        view.snapshot.moment.currency,
        len(lent.clients),
        lent.total,
        tuple(_reading(view, lent, each) for each in READINGS if each in told_of(view, node) or each == reading),
        reading,
        shown,
        Page(len(found), offset, len(shown)),
        criteria_of(view, node),
        view.judged.left_out,
        *more_than_all_of_many(view, evidence, overfull_of_book(view, lent.clients)),
    )
    asked = {"lender": lender, "reading": reading, "limit": limit, "offset": offset}
    return view.answer(
        Question("book_groups", asked),
        value,
        evidence,
        reasons=[
            *_reasons(evidence.distinguished(value)),
            *more_said(value.overfull, evidence, left=value.overfull_page.left),
            *state_said(view, node),
        ],
    )


def told_of(view: View, lender: int) -> set[str]:
    """Readings that are told of a lender's book: group clients (集团客户) where a rule in force for it counts them."""
    clients = READINGS_BY["control"] if "control" in kinds_of(view, lender) else ()
    return {*READINGS_BY["connected"], *clients}


def _reading(view: View, lent: Lending, reading: str) -> Reading:
    units = units_of(groups_in(view, lent.lender, reading))
    times = np.bincount(units.flat, minlength=view.snapshot.size)
    chinese, english = READINGS[reading]
    inside = times > 0
    return Reading(
        reading, chinese, english, len(units), int(inside.sum()), int((times > 1).sum()),
        float(lent.owed[inside].sum()),
    )  # fmt: skip


def _told(
    view: View, evidence: Evidence, lent: Lending, group: Together, reading: str, sure: Together | None
) -> ClientGroup:
    """A group as its reading makes it; where the same clients are one for certain, as that one."""
    if sure is None:
        return group_of(view, evidence, lent, group, reading, certain=False)
    return group_of(view, evidence, lent, sure, NARROW[reading], certain=True)


def group_of(
    view: View, evidence: Evidence, lent: Lending, group: Together, reading: str, *, certain: bool
) -> ClientGroup:
    """One group in the words of an answer."""
    order = group.clients[np.lexsort((group.clients, -lent.owed[group.clients]))].tolist()
    shown, size = order[:CLIENTS], len(group.seed)
    edges: Iterator[Edge]
    if group.heads:
        head, basis = group.heads[0], "group client"
        members = united_by(view, evidence, group, shown, reading)
        edges = family_edges(view, evidence, group, reading, most=EDGES)
        beyond = family_ties_left(view, group, reading, most=EDGES) if size <= SMALL else 0
        others = len({*group.heads, *group.seed.tolist()} - set(order))
    else:
        grown = grew(view, group, reading)
        head, basis, size = grown.top, grown.basis, len(grown.came)
        members = members_of(view, evidence, grown, shown)
        edges = edges_of(view, evidence, grown, most=EDGES)
        beyond = ties_left(view, grown, most=EDGES) if size <= SMALL else 0
        others = size - len(order)
    clients = tuple(
        Client(float(lent.owed[x]), int(lent.silent[x]), one) for x, one in zip(order, members, strict=False)
    )
    owed = float(lent.owed[group.clients].sum())
    return ClientGroup(
        evidence.party(head),
        evidence.parties(group.heads),
        kinship_of(view, evidence, group.heads, reading),
        basis,
        certain,
        owed,
        owed / lent.total if lent.total else None,
        int(lent.silent[group.clients].sum()),
        clients,
        Page(len(order), 0, len(clients)),
        size,
        others,
        # Of a large group it would take long to work out who leaves.
        tuple(edges) if size <= SMALL else (),
        beyond,
    )


def apart_by_top(
    evidence: Evidence, told: Sequence[ClientGroup], groups: Sequence[Together]
) -> tuple[ClientGroup, ...]:
    """Groups of one answer, those with the same on top with the clients that tell them apart."""
    called = [(one.heads or one.top, group.clients) for one, group in zip(told, groups, strict=True)]
    return tuple(replace(one, apart=apart) for one, apart in zip(told, told_apart(evidence, called), strict=True))


def counted(group: ClientGroup) -> str:
    """How many clients a group has, of how many members."""
    many = plural(group.clients_page.total, "client")
    return many if group.clients_page.total == group.size else f"{many} of {plural(group.size, 'member')}"


def at_least(amount: str, unknown: int) -> str:
    """An amount in words where some of what it is made of are not known."""
    return f"at least {amount}" if unknown else amount


def _reasons(value: BookGroups) -> Iterator[str]:
    """What is lent, and the groups that owe most, in both languages."""
    name, currency = value.lender.name, value.currency
    if not value.clients:
        yield ended(f"{name} has lent nothing · {name}没有授信余额")
        return
    owed = money(value.owed, currency)
    yield ended(
        f"{name} has {plural(value.clients, 'client')} who owe {owed} · {name}有客户{value.clients:,}个，余额{owed}"
    )
    for one in value.readings:
        shared = f", {one.shared} of them in more than one" if one.shared else ""
        shared_zh = f"，其中{one.shared:,}个属于多组" if one.shared else ""
        owed = money(one.owed, currency)
        yield ended(
            f"By {one.english}: {plural(one.groups, 'group')} of at least two clients, {plural(one.clients, 'client')}"
            f"{shared}, who owe {owed} · 按{one.chinese}：至少含两个客户的组{one.groups:,}个，客户{one.clients:,}个"
            f"{shared_zh}，余额{owed}"
        )
    yield from map(_group_said, value.groups[:3], repeat(currency))
    yield criteria_said(value.criteria)
    yield from readings_said(
        one for group in value.groups for client in group.clients for one in client.member.suspected
    )
    if value.left_out:
        yield f"Nothing could be suspected: {value.left_out}."
    if left := value.page.left:
        yield ended(f"{plural(left, 'more group is', 'more groups are')} not shown · 另有{left:,}组未列出")


def _group_said(group: ClientGroup, currency: str | None) -> str:
    """What a group owes, in both languages."""
    name, many, amount = group.top.name, group.clients_page.total, money(group.owed, currency)
    share, share_zh = "", ""
    if group.share is not None:
        share, share_zh = f", {percent(group.share)} of the book", f"，占全部余额的{percent(group.share)}"
    sure, sure_zh = ("", "") if group.certain else (", only with what is possible or suspected", "，仅计可能或疑似")
    by = "in one group client (集团客户)" if group.heads else f"by {group.basis}"
    of_zh = "" if many == group.size else f"，成员共{group.size:,}个"
    least, least_zh = (
        at_least(amount, group.unknown_facilities),
        f"至少{amount}" if group.unknown_facilities else amount,
    )
    return ended(
        f"{name}: {counted(group)}{group.apart.en} {by} owe {least}{share}{sure} · "
        f"{name}：{BASES_ZH[group.basis]}，客户{many:,}个{of_zh}{group.apart.zh}，余额{least_zh}{share_zh}{sure_zh}"
    )
