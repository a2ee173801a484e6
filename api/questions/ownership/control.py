"""Who controls a party, and what does it control?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.structure.control import Control
from analytics.structure.ownership.stakes import Overfull
from analytics.structure.proof import Step, prove_each
from analytics.structure.standing import SOLE
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Fact, Page, Party, Question
from api.answers.wording import percent, plural
from api.engine import Engine, View
from api.groups.concerts import JointProof, joint_proof, needed_ties, number_of, proof_of, together_with
from api.questions.asking import check_page, node_of
from api.questions.ownership.overfull import MoreThanAll, more_than_all, refuse_more_than_all, told
from api.questions.ownership.standings import StandingOf, standing_of, standing_said
from graph.model import CONTROLS, OWNS, RELATED_TO
from graph.moment import Moment


@dataclass(frozen=True)
class Fall:
    """One company that falls to a controller, and the facts by which it does."""

    company: Party
    by: tuple[Fact, ...]
    low: float
    """Least votes held together, a fraction; 0 where control rests on another basis."""
    high: float
    concert: tuple[Fact, ...] = ()
    """What makes the holders act in concert, where the controller needs the votes of others who do."""


@dataclass(frozen=True)
class Controller:
    """One party in control of another, and the proof."""

    controller: Party
    controlled: Party
    certain: bool
    """False where the votes are known only within bands that allow it and do not prove it."""
    ultimate: bool
    """Whether nobody controls the controller."""
    proof: tuple[Fall, ...]
    """Companies that fall one after the other, the controlled one last."""


@dataclass(frozen=True)
class InConcert:
    """Parties that act in concert and control another together, and the proof."""

    members: tuple[Party, ...]
    evidence: tuple[Fact, ...]
    """What makes them act in concert."""
    certain: bool
    ultimate: bool
    """Whether nobody controls the concert or one of its members."""
    alone: tuple[Party, ...]
    """Members that control it by themselves too."""
    proof: tuple[Fall, ...]


@dataclass(frozen=True)
class ControlledTogether:
    """One company that parties in concert control together, and the proof."""

    controlled: Party
    certain: bool
    proof: tuple[Fall, ...]


@dataclass(frozen=True)
class ActingWith:
    """With whom a party acts in concert, and what it controls with them and not by itself."""

    members: tuple[Party, ...]
    """All of them, itself included."""
    evidence: tuple[Fact, ...]
    """What makes them act in concert."""
    controlled: tuple[ControlledTogether, ...]
    """Companies in which it has a part, itself or through what they control; certain before possible, one page."""
    page: Page


@dataclass(frozen=True)
class ControlOf:
    """Control over a party, and by it."""

    party: Party
    controllers: tuple[Controller, ...]
    """Certain before possible, of each the ultimate ones first."""
    controlled: tuple[Controller, ...]
    """What it controls, in the order in which control follows; one page."""
    controllers_page: Page
    controlled_page: Page
    concerts: tuple[InConcert, ...]
    """Concerts that control it together, certain before possible."""
    acting: ActingWith | None
    """What it controls in concert with others; none where it acts with nobody."""
    overfull: tuple[MoreThanAll, ...]
    """Of those shown, companies whose holders are stated to have more than all votes."""
    standing: StandingOf
    """How control over it stands: one, several, a ring, a deadlock, or nobody."""


def control(engine: Engine, party: str, *, limit: int = 50, offset: int = 0, moment: Moment) -> Answer[ControlOf]:
    """Who controls a party and what it controls, with the holdings that prove it."""
    check_page(limit, offset)
    view = engine.view(moment)
    node = node_of(view.snapshot, party)
    evidence = Evidence(view.snapshot)
    above, below = _above(view, node), _below(view, node)
    page = slice(offset, offset + limit)
    controllers = tuple(
        one for owner, sure in above[page] for one in _controllers(view, evidence, owner, [node], certain=sure)
    )
    controlled = tuple(
        one
        for certain in (True, False)
        for one in _controllers(
            view, evidence, node, [y for y, sure in below[page] if sure is certain], certain=certain
        )
    )
    value = ControlOf(
        evidence.party(node),
        controllers,
        controlled,
        Page(len(above), offset, len(controllers)),
        Page(len(below), offset, len(controlled)),
        tuple(_concerts(view, evidence, node)),
        _acting(view, evidence, node, page),
        _overfull(view, evidence, node, (*controllers, *controlled)),
        standing_of(view, evidence, node),
    )
    question = Question("control", {"party": party, "limit": limit, "offset": offset})
    return view.answer(question, value, evidence, reasons=list(_reasons(view, evidence, node, value)))


def _above(view: View, node: int) -> list[tuple[int, bool]]:
    """Controllers and whether they are certain: certain ones first, of each the ultimate, then by number."""
    sure = set(view.control.controllers_of(node).tolist())
    tops = set(view.control.ultimate_of(node, possible=True).tolist()) | set(view.control.ultimate_of(node).tolist())
    everyone = set(view.control.controllers_of(node, possible=True).tolist()) | sure
    ordered = sorted(everyone, key=lambda owner: (owner not in sure, owner not in tops, owner))
    return [(owner, owner in sure) for owner in ordered]


def _concerts(view: View, evidence: Evidence, node: int) -> Iterator[InConcert]:
    """Concerts that control a party."""
    together = view.together
    if together is None:
        return
    sure = together.concerts_over(node)
    maybe = [k for k in together.concerts_over(node, possible=True) if k not in sure]
    for number in (*sure, *maybe):
        certain, concert = number in sure, together.concerts[number]
        steps = together.prove(number, node, possible=not certain)
        alone = [x for x in concert.members if node in view.control.controlled_by(x)]
        above = {x for member in concert.members for x in view.control.controllers_of(member).tolist()}
        top = number in together.ultimate_of(node, possible=not certain)[1] and above <= {*concert.members}
        yield InConcert(
            evidence.parties(concert.members),
            evidence.facts(RELATED_TO, concert.ties),
            certain,
            top,
            evidence.parties(alone),
            tuple(fallen(view, evidence, step) for step in steps if step.company not in concert.members),
        )


def _acting(view: View, evidence: Evidence, node: int, page: slice) -> ActingWith | None:
    """What a party controls in concert with others."""
    together, number = view.together, number_of(view, node)
    if together is None or number is None:
        return None
    concert, mine = together.concerts[number], together_with(view, together, number, node)
    joint = [(y, proof_of(view, together, number, y)) for y in mine[page]]
    shown = tuple(
        ControlledTogether(evidence.party(y), one.certain, tuple(_joint_falls(view, evidence, one, node)))
        for y, one in joint
    )
    listed = Page(len(mine), page.start, len(shown))
    return ActingWith(evidence.parties(concert.members), evidence.facts(RELATED_TO, concert.ties), shown, listed)


def _overfull(view: View, evidence: Evidence, node: int, shown: Iterable[Controller]) -> tuple[MoreThanAll, ...]:
    """Companies among those shown whose holders have more than all votes."""
    over = set(view.votes.overfull.tolist())
    if not over:
        return ()
    ids = {fall.company.id for one in shown for fall in one.proof}
    nodes = {node, *(view.snapshot.node(party) for party in ids)}
    found = [Overfull(y, float(view.votes.given[y])) for y in sorted(nodes & over)]
    refuse_more_than_all(view, found, view.overfull)
    return more_than_all(view, evidence, found, layer="votes", policy=view.overfull)


def _below(view: View, node: int) -> list[tuple[int, bool]]:
    """What is controlled and whether it is certain, certain ones first."""
    sure = view.control.controlled_by(node).tolist()
    maybe = np.setdiff1d(view.control.controlled_by(node, possible=True), np.array(sure, np.uint32)).tolist()
    return [*((company, True) for company in sure), *((company, False) for company in maybe)]


def _controllers(
    view: View, evidence: Evidence, owner: int, companies: list[int], *, certain: bool
) -> Iterator[Controller]:
    """One party in control of each of several."""
    ultimate = not len(view.control.controllers_of(owner)) if companies else False
    shown = proofs(view, evidence, owner, companies, certain=certain)
    for company, falls in zip(companies, shown, strict=True):
        yield Controller(evidence.party(owner), evidence.party(company), certain, ultimate, falls)


def proofs(
    view: View,
    evidence: Evidence,
    owner: int,
    companies: Sequence[int],
    *,
    certain: bool = True,
    control: Control | None = None,
) -> list[tuple[Fall, ...]]:
    """The facts by which a party controls each of several companies, one fallen company after the other."""
    found = prove_each(view.control if control is None else control, owner, companies, possible=not certain)
    return [falls_of(view, evidence, steps, owner) for steps in found]


def falls_of(view: View, evidence: Evidence, steps: Iterable[Step], owner: int) -> tuple[Fall, ...]:
    """The steps of a proof with the facts behind them; what a concert controls by the proof of the concert."""
    told: dict[str, Fall] = {}
    for step in steps:
        joint = joint_proof(view, step.edges[0]) if step.edges else None
        falls = (
            [fallen(view, evidence, step)] if joint is None else _joint_falls(view, evidence, joint, step.holders[0])
        )
        for fall in falls if step.company != owner else ():
            told.setdefault(fall.company.id, fall)
    return tuple(told.values())


def _joint_falls(view: View, evidence: Evidence, joint: JointProof, member: int) -> Iterator[Fall]:
    """The proof of a concert, as a member tells it: where votes of others count, with what makes them act together."""
    for step in joint.steps:
        ties = needed_ties(view, joint, step, member)
        yield replace(fallen(view, evidence, step), concert=evidence.facts(RELATED_TO, ties))


def fallen(view: View, evidence: Evidence, step: Step) -> Fall:
    """One step of a proof, with the facts behind it."""
    held = evidence.facts(OWNS, list(step.holdings)) if step.holdings else ()
    other = evidence.facts(CONTROLS, view.other_control[list(step.edges)]) if step.edges else ()
    return Fall(evidence.party(step.company), (*held, *other), step.low, step.high)


def in_words(fall: Fall) -> str:
    """Why a company falls: its holders and their shares, or the basis of control."""
    by = " and ".join(f"{fact.tail.name} ({fact.text or fact.kind})" for fact in fall.by)
    together = f", together {percent(fall.low)}" if len(fall.by) > 1 and fall.low > 0 else ""
    return f"{fall.company.name} by {by}{together}{', in concert' if fall.concert else ''}"


def _reasons(view: View, evidence: Evidence, node: int, value: ControlOf) -> Iterator[str]:
    name = value.party.name
    if not value.controllers_page.total and not any(joint.certain for joint in value.concerts):
        yield f"Nobody is known to control {name}."
    if (value.standing.kind != SOLE or value.standing.possible) and value.standing.block_count:
        yield standing_said(name, value.standing)
    for one in value.controllers[:10]:
        how = "controls" if one.certain else "may control"
        top = f" and nobody is known to control {one.controller.name}" if one.ultimate else ""
        yield f"{one.controller.name} {how} {name}{top}: {'; then '.join(in_words(fall) for fall in one.proof)}."
    for joint in value.concerts:
        who = ", ".join(party.name for party in joint.members)
        how = "control" if joint.certain else "may control"
        by = "; then ".join(in_words(fall) for fall in joint.proof)
        yield f"{who} act in concert and {how} {name} together: {by}."
    yield from _acting_said(value)
    for ring in view.control.deadlocks:
        if node in ring:
            yield f"{name} sits in a ring whose members hold each other's majority; nobody outside can control it."
    if value.controlled_page.total:
        sure = sum(one.certain for one in value.controlled)
        many = plural(value.controlled_page.total, "party", "parties")
        yield f"It controls {many}" + (f"; of those shown, {sure} for certain." if value.controlled else ".")
    pages = [value.controllers_page, value.controlled_page, *([value.acting.page] if value.acting else [])]
    for page in pages:
        if page.left:
            yield f"{plural(page.left, 'more party is', 'more parties are')} not shown."
    yield from told(value.overfull, evidence)


def _acting_said(value: ControlOf) -> Iterator[str]:
    """What a party controls in concert with others, in words."""
    if value.acting is None or not value.acting.page.total:
        return
    name, page = value.party.name, value.acting.page
    names = [party.name for party in value.acting.members if party != value.party]
    others = ", ".join([*names[:5], *([plural(len(names) - 5, "other")] if len(names) > 5 else [])])
    more = plural(page.total, "more party", "more parties")
    yield f"In concert with {others}, {name} controls {more}, or may."
    for one in value.acting.controlled[:10]:
        how = "control" if one.certain else "may control"
        yield f"Together they {how} {one.controlled.name}: {'; then '.join(in_words(fall) for fall in one.proof)}."
