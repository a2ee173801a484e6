"""All that a report on the groups of a party says: members, stakes, what would leave, guarantee circles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.limits.exposure import Exposure, exposure_to
from analytics.structure.guarantees.census import Circuits, circles_among
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Fact, Page, Party, Question
from api.engine import Engine, View
from api.groups.more_than_all import MoreThanAll
from api.groups.together import CONFIRMED, SUSPECTED, groups_told
from api.limits.criteria import seen_by
from api.questions.asking import MOST, node_of
from api.questions.groups.dependences import Dependence
from api.questions.groups.groups import Group, groups_said
from api.questions.groups.members import SMALL, Edge, Grew, edges_of, grew, proving
from api.questions.groups.untestable import Untestables
from api.questions.groups.verdicts import Verdict
from api.questions.guarantees import ClosedCircle, circle_of
from api.questions.limits.limits import NOTHING, Against, against
from api.questions.ownership.aside import SetAside
from graph.model import CONTROLS, DEPENDS_ON, GUARANTEES, LENDS, OWNS
from graph.moment import Moment

FACTS = 100
"""Facts of which it is worked out who would leave without them."""
LENGTH = 5
"""Most guarantees of a circle among members."""
CIRCLES = 20
"""Circles listed."""


@dataclass(frozen=True)
class Refutation:
    """One fact, or the facts of one dependence, and who would leave the group without."""

    facts: tuple[Fact, ...]
    suspected: tuple[Dependence, ...]
    dependant: Party | None
    """Who depends, where it is a dependence."""
    leave: tuple[Party, ...]


@dataclass(frozen=True)
class MemberStake:
    """What is at stake with one member, or with all of them together."""

    party: Party | None
    """None: the group together, guarantees between members counted once."""
    direct: float
    contingent: float
    unknown_direct: int
    """Facilities of undisclosed amount."""
    unknown_contingent: int
    """Guarantees of undisclosed amount, and for debts of which not all is known."""
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Sheet:
    """One group."""

    group: Group
    with_suspected: bool
    inside: tuple[Fact, ...]
    """Holdings, control, dependences and guarantees between the members listed."""
    refuted: tuple[Refutation, ...]
    facts_left: int
    """Facts of proofs for which it was not worked out who would leave."""
    stakes: tuple[MemberStake, ...]
    """With members there is anything at stake with, the most first, then the group; empty where nothing is."""
    stakes_left: int
    """Members there is anything at stake with who are not listed; the group counts them."""
    counted_once: bool
    """Whether members' amounts, or those not disclosed, sum to more than the group's, since guarantees among them count
    once."""
    circles: tuple[ClosedCircle, ...]
    circles_page: Page


@dataclass(frozen=True)
class GroupReport:
    """The groups of one party, each in full."""

    party: Party
    lender: Party | None
    currency: str | None
    sheets: tuple[Sheet, ...]
    alone: tuple[MemberStake, ...]
    """Of a party in no group what is at stake with it; empty where it is in one, or nothing is."""
    length: int
    """Circles of up to so many guarantees were counted."""
    fences: tuple[Verdict, ...]
    """Control by or of the party that forms no single risk, as judged."""
    untestable: Untestables
    """Dependences of the party, and on it, that cannot be tested and nobody judged."""
    government: str
    """What became of government bodies: `apart`, `beside` or `through`, by the lender's rule sets."""
    against: Against
    """What the lender's rules allow for the party and each of its groups, and how much of it is used."""
    overfull: tuple[MoreThanAll, ...]
    """Members whose holders are stated to have more than all votes, so that control of them is in doubt."""
    aside: SetAside
    """What sources state of holders and controllers, and does not count."""


def group_report(engine: Engine, party: str, *, lender: str | None = None, moment: Moment) -> Answer[GroupReport]:
    """Gather what stands behind each group of a party; of a lender also what it has at stake."""
    view = engine.view(moment)
    node = node_of(view.snapshot, party)
    of = None if lender is None else node_of(view.snapshot, lender, where="lender")
    view, evidence = seen_by(view, of), Evidence(view.snapshot)
    told, reasons = groups_said(view, evidence, node, of, page=slice(0, MOST))
    sheets = tuple(
        _sheet(view, evidence, group, grown, of, suspected=reading == SUSPECTED)
        for found, reading in ((told.groups, CONFIRMED), (told.with_suspected, SUSPECTED))
        for group, grown in _grown(view, node, found, reading)
    )
    value = GroupReport(
        told.party,
        None if of is None else evidence.party(of),
        view.snapshot.moment.currency,
        sheets,
        () if sheets else _stakes(view, evidence, np.array([node]), of)[0][:1],
        LENGTH,
        told.fences,
        told.untestable,
        view.government,
        NOTHING if of is None else against(view, evidence, of, node, limit=MOST),
        told.overfull,
        told.aside,
    )
    question = Question("group_report", {"party": party, "lender": lender})
    return view.answer(question, value, evidence, reasons=reasons)


def _grown(view: View, party: int, found: Sequence[Group], reading: str) -> Iterator[tuple[Group, Grew]]:
    """Groups of an answer, each with how it grew."""
    if found:
        together, _ = groups_told(view, party, reading)
        yield from ((group, grew(view, one, reading)) for group, one in zip(found, together, strict=True))


def _sheet(view: View, evidence: Evidence, group: Group, grown: Grew, lender: int | None, *, suspected: bool) -> Sheet:
    members = np.array(sorted(grown.came), np.int64)
    listed_members = np.array(sorted(view.snapshot.node(member.party.id) for member in group.members), np.int64)
    stakes, stakes_left, counted_once = _stakes(view, evidence, members, lender)
    refuted, left = _refuted(view, evidence, group, grown)
    pairs = view.promises.pairs
    inside = np.flatnonzero(np.isin(pairs.tail, members) & np.isin(pairs.head, members))
    circles = circles_among(Circuits.of(pairs.some(inside)), len(inside), length=LENGTH, limit=CIRCLES)
    listed = tuple(circle_of(view.promises, evidence, circle) for circle in circles.listed)
    return Sheet(
        group,
        suspected,
        tuple(_inside(view, evidence, listed_members)),
        refuted,
        left,
        stakes,
        stakes_left,
        counted_once,
        listed,
        Page(circles.total, 0, len(listed)),
    )


def _inside(view: View, evidence: Evidence, members: NDArray[np.int64]) -> Iterator[Fact]:
    for kind in (OWNS, CONTROLS, DEPENDS_ON, GUARANTEES):
        links = view.snapshot.links(kind)
        at = np.concatenate([links.leaving(int(member)) for member in members])
        at = at[np.isin(links.head[at], members) & (links.tail[at] != links.head[at])]
        yield from (fact for fact in evidence.facts(kind, at) if fact.values.get("verdict") != "rejected")


def _refuted(view: View, evidence: Evidence, group: Group, grown: Grew) -> tuple[tuple[Refutation, ...], int]:
    """Dependences, then facts of the proofs, each with who would leave without it, of facts the most first."""
    if len(grown.came) > SMALL:
        return (), 0
    edges = list(edges_of(view, evidence, grown, most=FACTS))
    found = [_dependence(group, edge) for edge in edges if edge.kind == DEPENDS_ON.name]
    facts = [Refutation(edge.facts, (), None, edge.leave) for edge in edges if edge.kind != DEPENDS_ON.name]
    facts.sort(key=lambda one: -len(one.leave))
    return (*found, *facts), max(len(proving(view, grown)) - FACTS, 0)


def _dependence(group: Group, edge: Edge) -> Refutation:
    """A dependence that holds the group together, as the member's own line tells it."""
    member = next((one for one in group.members if one.party == edge.party), None)
    suspected = tuple(one for one in member.suspected if one.other == edge.other) if member else ()
    return Refutation(edge.facts, suspected, edge.party, edge.leave)


def _stakes(
    view: View, evidence: Evidence, members: NDArray[np.int64], lender: int | None
) -> tuple[tuple[MemberStake, ...], int, bool]:
    """What a lender, or all of them, have at stake with each member and with all together.

    Also with how many more members there is anything at stake, and whether their amounts sum to more than the whole.
    """
    together = exposure_to(view.book, members, lender=lender)
    if not (len(together.facilities) or len(together.guarantees)):
        return (), 0, False
    book = view.book
    tied = members[np.isin(members, np.concatenate([book.borrower, book.guarantor]))]
    every = {int(x): exposure_to(book, np.array([x]), lender=lender) for x in tied}
    found = {x: one for x, one in every.items() if len(one.facilities) or len(one.guarantees)}
    order = sorted(found, key=lambda x: (-found[x].direct - found[x].contingent, x))
    shown = [_stake(evidence, evidence.party(x), found[x]) for x in order[:MOST]]
    once = (np.sum([_guaranteed(one) for one in found.values()], axis=0) > _guaranteed(together)).any()
    return (*shown, _stake(evidence, None, together)), len(order) - len(shown), bool(once)


def _guaranteed(found: Exposure) -> tuple[float, int]:
    """What is at stake by guarantees, and of how many it is not known."""
    return found.contingent, found.unknown_guarantees + found.unknown_debts


def _stake(evidence: Evidence, party: Party | None, found: Exposure) -> MemberStake:
    unknown = found.unknown_guarantees + found.unknown_debts
    facts: tuple[Fact, ...] = ()
    if party is not None:
        facts = (*evidence.facts(LENDS, found.facilities), *evidence.facts(GUARANTEES, found.guarantees))
    direct = found.unknown_facilities + found.unknown_drawn
    return MemberStake(party, found.direct, found.contingent, direct, unknown, facts)
