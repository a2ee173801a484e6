"""Which guarantees stand around a lender's book, what circles do they close, and how are those undone?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.structure.guarantees.census import Circles, circles_among
from analytics.structure.guarantees.topology import SHAPES, Topology
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Page, Party, Question
from api.answers.wording import money, percent, plural
from api.book.guaranteed import ALL, SCOPES, Called, Network, called_by, network_of
from api.book.lending import Lending, lending
from api.engine import Engine, View
from api.groups.more_than_all import MoreThanAll, more_than_all_of_many, told
from api.groups.overfull import overfull_among
from api.questions.asking import check_page, check_range, node_of
from api.questions.book.tallied import RatioCount, tally_of
from api.questions.book.unwinding import DEFAULT, Plan, Wanted, plan
from api.questions.guarantees import ClosedCircle, circle_of
from api.questions.guarantor import RatioTest, net_assets_of, ratio_of, tests_of
from graph.moment import Moment

READ = 400_000_000
"""Entries read before the counting of circles stops: some two seconds."""
MEMBERS = 20
"""Parties of one guarantee circle that are named, those who owe the lender most first."""


@dataclass(frozen=True)
class Form:
    """All guarantee circles (担保圈) of one form."""

    shape: str
    chinese: str
    english: str
    circles: int
    parties: int
    pairs: int


@dataclass(frozen=True)
class GuaranteeCircle:
    """Parties that hang together by guarantees (担保圈)."""

    shape: str
    chinese: str
    english: str
    parties: tuple[Party, ...]
    page: Page
    pairs: int
    amount: float
    """Disclosed amounts."""
    undisclosed: int
    cores: int
    """Cyclic cores: sets of parties that all stand in for each other in the end."""
    largest_core: int
    clients: int
    """Borrowers of the lender among them."""
    owed: float


@dataclass(frozen=True)
class OfLength:
    """Closed circles (循环担保) of one length."""

    guarantees: int
    circles: int


@dataclass(frozen=True)
class Guarantor:
    """One guarantor of the lender's debts."""

    party: Party
    given: float
    """Disclosed amounts it guarantees for anybody."""
    given_undisclosed: int
    """Guarantees for anybody of undisclosed amount."""
    counted: float
    """What of them the lender may call for, at most what each borrower owes it, as far as both are known."""
    most: float | None
    """What it may be called for at most, whatever is not known; None where nothing bounds it."""
    expected: float | None
    """What it is expected to be called for; None where no borrower is rated."""
    undisclosed: int
    """Borrowers of the lender for whom more may be called than is counted, as promise or debt is not known."""
    customers: int
    """Parties it guarantees."""
    net_assets: float | None
    ratio: float | None
    """Given amounts over net assets."""
    tests: tuple[RatioTest, ...]


@dataclass(frozen=True)
class Sums:
    """Contingent exposure of the lender, whole units of the answer's currency."""

    gross: float
    """Of each guarantor and borrower the lesser of promise and debt, added up."""
    covered: float
    """What of the lender's debts guarantees stand behind, each debt counted once."""
    expected: float
    """Gross, weighed by PD and LGD of each borrower that is rated."""
    unrated: float
    """Gross without a PD or LGD: expected at least 0, at most this."""
    undisclosed: int
    """Pairs of which nothing is counted, as promise or debt is not known."""
    undisclosed_most: float
    """What amounts that are not known could add at most, where promise or debt bounds it."""
    unbounded: int
    """Pairs that could add anything: neither promise nor debt is known."""


@dataclass(frozen=True)
class BookGuarantees:
    """Guarantees around a lender's book."""

    lender: Party
    currency: str | None
    scope: str
    guarantees: int
    """Those that may be called on the day."""
    pairs: int
    forms: tuple[Form, ...]
    cores: int
    largest_core: int
    circles: tuple[GuaranteeCircle, ...]
    """担保圈: those that owe the lender most first, then the larger ones."""
    circles_page: Page
    census: tuple[OfLength, ...]
    length: int
    """All closed circles of up to so many guarantees were counted; of longer ones at least those told."""
    closed: tuple[ClosedCircle, ...]
    """Closed circles, the shortest first."""
    closed_page: Page
    sums: Sums
    guarantors: tuple[Guarantor, ...]
    """Guarantors of the lender's debts, those with most to be called for first."""
    guarantors_page: Page
    tests: tuple[RatioCount, ...]
    overfull: tuple[MoreThanAll, ...]
    """Of these guarantors and of those they guarantee, companies whose holders are stated to have more than all votes:
    whether they are related is in doubt."""
    overfull_page: Page
    plan: Plan


def book_guarantees(
    engine: Engine,
    lender: str,
    *,
    scope: str = ALL,
    length: int = 5,
    unwind: str = DEFAULT,
    limit: int = 20,
    offset: int = 0,
    moment: Moment,
) -> Answer[BookGuarantees]:
    """Guarantee circles of a lender's book, what may be called, the law's tests, and how to unwind."""
    wanted = Wanted.read(unwind)
    check_page(limit, offset)
    check_range(length, where="length", low=2, high=12)
    view = engine.view(moment)
    node = node_of(view.snapshot, lender, where="lender")
    around = node_of(view.snapshot, wanted.around, where="unwind") if wanted.around else None
    evidence, lent = Evidence(view.snapshot), lending(view, node)
    network, called = network_of(view, lent, scope), called_by(view, lent)
    page = slice(offset, offset + limit)
    pairs = len(network.promises.pairs)
    found = circles_among(network.circuits, pairs, length=length, limit=offset + limit, budget=READ)
    circles, many = _circles(evidence, network, lent, page)
    guarantors, givers = _guarantors(view, evidence, called, page)
    closed = tuple(circle_of(network.promises, evidence, one) for one in found.listed[page])
    value = BookGuarantees(
        evidence.party(node),
        view.snapshot.moment.currency,
        scope,
        len(network.promises),
        pairs,
        tuple(_forms(network.topology)),
        len(network.topology.cores),
        max(map(len, network.topology.cores), default=0),
        circles,
        Page(many, offset, len(circles)),
        tuple(OfLength(guarantees, count) for guarantees, count in sorted(found.count.items())),
        found.complete,
        closed,
        Page(found.total, offset, len(closed)),
        _sums(called),
        guarantors,
        Page(givers, offset, len(guarantors)),
        view.kept(("tested", node), lambda: tuple(tally_of(view, np.unique(called.guarantor)))),
        *more_than_all_of_many(view, evidence, _doubtful(view, called)),
        plan(evidence, network, lent, wanted, around),
    )
    asked = {
        "lender": lender, "scope": scope, "length": length, "unwind": unwind, "limit": limit, "offset": offset,
    }  # fmt: skip
    return view.answer(
        Question("book_guarantees", asked),
        value,
        evidence,
        reasons=list(_reasons(evidence, evidence.distinguished(value), found)),
    )


def _doubtful(view: View, called: Called) -> list[int]:
    """Companies of which too many votes are stated, of guarantors of the lender's debts and of whom they guarantee."""
    givers, pairs = np.unique(called.guarantor), view.promises.pairs
    return overfull_among(view, [givers, pairs.head[np.isin(pairs.tail, givers)]])


def _forms(topology: Topology) -> Iterator[Form]:
    size = np.diff(topology.start)
    for code, shape in enumerate(SHAPES):
        mine = topology.shape == code
        if mine.any():
            parties, pairs = int(size[mine].sum()), int(topology.pairs[mine].sum())
            yield Form(shape.name, shape.chinese, shape.english, int(mine.sum()), parties, pairs)


def _circles(
    evidence: Evidence, network: Network, lent: Lending, page: slice
) -> tuple[tuple[GuaranteeCircle, ...], int]:
    """One page of guarantee circles, and how many there are."""
    topology, count = network.topology, len(network.topology)
    inside = topology.of >= 0
    owed = np.bincount(topology.of[inside], weights=lent.owed[inside], minlength=count)
    order = np.lexsort((np.arange(count), -np.diff(topology.start), -owed))
    return tuple(_one(evidence, network, lent, int(circle)) for circle in order[page]), count


def _one(evidence: Evidence, network: Network, lent: Lending, circle: int) -> GuaranteeCircle:
    topology, promises = network.topology, network.promises
    members, shape = topology.members(circle), SHAPES[topology.shape[circle]]
    order = members[np.lexsort((members, -lent.owed[members]))]
    parties = evidence.parties(order[:MEMBERS].tolist())
    mine = promises.amount[(topology.of[promises.guarantor] == circle) & (promises.place >= 0)]
    cores = np.unique(topology.core[members], return_counts=True)
    sizes = cores[1][cores[0] >= 0]
    return GuaranteeCircle(
        shape.name,
        shape.chinese,
        shape.english,
        parties,
        Page(len(members), 0, len(parties)),
        int(topology.pairs[circle]),
        float(np.nansum(mine)),
        int(np.isnan(mine).sum()),
        len(sizes),
        int(sizes.max(initial=0)),
        int(lent.client[members].sum()),
        float(lent.owed[members].sum()),
    )


def _sums(called: Called) -> Sums:
    weighed, bounded = called.weighed, np.isfinite(called.most)
    return Sums(
        weighed.gross, called.covered, weighed.expected, weighed.unrated, weighed.undisclosed,
        float(called.added[bounded].sum()), int((~bounded).sum()),
    )  # fmt: skip


def _guarantors(view: View, evidence: Evidence, called: Called, page: slice) -> tuple[tuple[Guarantor, ...], int]:
    """One page of guarantors, and how many there are."""
    givers, first = np.unique(called.guarantor, return_index=True)
    stop = np.append(first, len(called.guarantor))
    counted = np.add.reduceat(np.nan_to_num(called.counted), first) if len(givers) else np.zeros(0)
    most = np.add.reduceat(called.most, first) if len(givers) else np.zeros(0)
    order = np.lexsort((givers, -most, -counted))[page]
    rows = (slice(int(stop[k]), int(stop[k + 1])) for k in order)
    return tuple(_guarantor(view, evidence, called, at) for at in rows), len(givers)


def _guarantor(view: View, evidence: Evidence, called: Called, at: slice) -> Guarantor:
    node, each = int(called.guarantor[at.start]), called.weighed.each[at]
    assets, most = net_assets_of(view, evidence, node), float(called.most[at].sum())
    given = float(view.promises.given[node])
    return Guarantor(
        evidence.party(node),
        given,
        int(view.promises.undisclosed[node]),
        float(np.nansum(called.counted[at])),
        most if np.isfinite(most) else None,
        None if np.isnan(each).all() else float(np.nansum(each)),
        int((called.added[at] > 0).sum()),
        int(view.promises.customers[node]),
        assets,
        ratio_of(given, assets),
        tuple(tests_of(view, evidence, node, assets)),
    )


def _reasons(evidence: Evidence, value: BookGuarantees, found: Circles) -> Iterator[str]:
    name, currency = value.lender.name, value.currency
    if not value.guarantees:
        yield f"No guarantee around the book of {name} may be called on this day."
        return
    chinese, english = SCOPES[value.scope]
    yield (
        f"{chinese} ({english}): {plural(value.guarantees, 'guarantee')} between "
        f"{plural(value.pairs, 'pair')} of parties in {plural(value.circles_page.total, 'guarantee circle')} (担保圈)."
    )
    more = "" if found.complete == max(found.complete, *found.count, 0) else " at least"
    yield (
        f"They close{more} {plural(found.total, 'circle')} (循环担保); all of up to {value.length} guarantees were "
        "counted."
    )
    sums = value.sums
    if value.guarantors_page.total:
        many = plural(value.guarantors_page.total, "guarantor")
        yield from _called(f"{many} may be called by {name} for", sums, currency)
    if sums.undisclosed_most:
        yield f"Undisclosed amounts could add at most {money(sums.undisclosed_most, currency)}."
    if sums.unbounded:
        pairs = plural(sums.unbounded, "pair")
        yield f"Of {pairs} of guarantor and borrower neither promise nor debt is known: nothing bounds what they add."
    for test in value.tests:
        if test.broken:
            unread = "" if test.verified else ", not verified"
            yield f"{plural(test.broken, 'guarantor')}: {test.chinese} ({test.english}); {test.citation}{unread}."
    yield from _planned(value.plan, currency)
    yield from told(value.overfull, evidence, left=value.overfull_page.left)


def _called(whom: str, sums: Sums, currency: str | None) -> Iterator[str]:
    if sums.undisclosed and not sums.gross:
        yield f"{whom} amounts that are not disclosed."
        return
    covered = f"{money(sums.covered, currency)} of its debts are covered, each counted once"
    yield f"{whom} {money(sums.gross, currency)}; {covered}."
    yield (
        f"{money(sums.expected, currency)} is expected by PD and LGD of borrowers that are rated; "
        f"{money(sums.unrated, currency)} is unrated."
    )


def _planned(made: Plan, currency: str | None) -> Iterator[str]:
    what = (
        f"no circle of more than {made.most} guarantees"
        if made.goal == "circles"
        else f"no more than {plural(made.most, 'party', 'parties')} that hang together"
    )
    if made.page.total:
        sure = "proven least" if made.proven else f"not proven least: it might cost up to {percent(made.gap)} less"
        ends = plural(made.page.total, "pair")
        yield f"Ending the guarantees of {ends} for {money(made.cost, currency)}, {sure}, leaves {what}."
    elif not made.left_parts:
        yield f"There is {what}: nothing has to be unwound."
    if made.unpriced:
        one = plural(made.unpriced, "guarantee")
        yield f"{one} of undisclosed amount taken to cost as much as the dearest of all."
    if made.left_parts:
        yield (
            f"{plural(made.left_parts, 'part')} with {plural(made.left_pairs, 'pair')} too large to be planned with "
            "these: ask around one of their parties."
        )
