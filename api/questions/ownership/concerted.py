"""Control in concert (一致行动): over a party, by it with others, and through concerts of parties that it controls."""

from collections.abc import Iterator
from dataclasses import dataclass

from analytics.structure.concert import Together
from analytics.structure.heads import heads
from analytics.structure.proof import Step, prove_each
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Page, Party
from api.answers.wording import listed, plural
from api.engine import View
from api.groups.concerts import may_unite, number_of, proof_of, ties_among, together_with
from api.questions.ownership.falls import Fall, fallen, falls_of, in_words, joint_falls, proofs
from graph.model import RELATED_TO

SHOWN = 10
"""Companies, and members without a part, that are told."""


@dataclass(frozen=True)
class InConcert:
    """Parties that act in concert and control another together, and the proof."""

    members: tuple[Party, ...]
    """Those who take part in it, by a holding of their own or through what they or all of them control, and whom the
    others of them do not control."""
    perhaps: tuple[Party, ...]
    """Members who may have a part in it, and may have none."""
    evidence: tuple[Fact, ...]
    """What makes them act in concert."""
    certain: bool
    ultimate: bool
    """Whether nobody controls the concert or one of its members."""
    alone: tuple[Party, ...]
    """Members that control it by themselves too."""
    proof: tuple[Fall, ...]


@dataclass(frozen=True)
class WithoutPart:
    """A party that declared to act in concert with who controls a company, and has no part in it."""

    party: Party
    evidence: tuple[Fact, ...]
    """Its declarations."""


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
class ThroughConcerts:
    """What a party reaches through concerts of others whom it controls, and not by itself or in its own concert."""

    controlled: tuple[ControlledTogether, ...]
    """Each with the proof from the party on; certain before possible, one page."""
    page: Page


def concerts_over(view: View, evidence: Evidence, node: int) -> Iterator[InConcert]:
    """Concerts that control a party, certain before possible."""
    together = view.together
    if together is None:
        return
    sure = together.concerts_over(node)
    maybe = [k for k in together.concerts_over(node, possible=True) if k not in sure]
    for number in (*sure, *maybe):
        certain, concert = number in sure, together.concerts[number]
        members = heads(together, number, node, possible=not certain)
        steps = _steps(together, number, node, members, possible=not certain)
        above = {x for member in members for x in view.control.controllers_of(member).tolist()}
        top = number in together.ultimate_of(node, possible=not certain)[1] and above <= {*concert.members}
        maybe_part = heads(together, number, node, possible=True)
        yield InConcert(
            evidence.parties(members),
            evidence.parties([x for x in maybe_part if x not in members]),
            evidence.facts(RELATED_TO, ties_among(view, concert, members)),
            certain,
            top,
            evidence.parties([x for x in members if node in view.control.controlled_by(x)]),
            tuple(fallen(view, evidence, step) for step in steps),
        )


def _steps(together: Together, number: int, node: int, members: tuple[int, ...], *, possible: bool) -> Iterator[Step]:
    """How a party falls to a concert, and before that those members who vote in the proof and are not on top."""
    concert = together.concerts[number]
    steps = [
        step
        for step in together.prove(number, node, possible=possible)
        if step.company == node or step.company not in concert.members
    ]
    told = {node, *members, *(step.company for step in steps)}
    below = {x for step in steps for x in step.holders if x in concert.members} - told
    below &= {*together.led(number, possible=possible, apart=node if node in concert.members else -1).tolist()}
    for x in sorted(below):
        for step in together.prove(number, x, possible=possible):
            if step.company == x or (step.company not in told and step.company not in concert.members):
                told.add(step.company)
                yield step
    yield from steps


def without_part(view: View, evidence: Evidence, node: int) -> Iterator[WithoutPart]:
    """Members of concerts one of whose other members controls a party, who have no part in it themselves."""
    together = view.together
    if together is None:
        return
    over = {number_of(view, x) for x in view.control.controllers_of(node, possible=True).tolist()}
    over.update(*(together.concerts_over(node, possible=possible) for possible in (False, True)))
    links = view.snapshot.links(RELATED_TO)
    for number in sorted(k for k in over if k is not None):
        concert = view.concerts[number]
        part = together.taking_part(number, node, possible=True)
        idle = [x for x in concert.members if x not in part and x != node]
        for x in idle[:SHOWN]:
            ties = [tie for tie in concert.ties if x in (int(links.tail[tie]), int(links.head[tie]))]
            yield WithoutPart(evidence.party(x), evidence.facts(RELATED_TO, ties))


def acting_with(view: View, evidence: Evidence, node: int, page: slice) -> ActingWith | None:
    """What a party controls in concert with others; none where it acts with nobody."""
    together, number = view.together, number_of(view, node)
    if together is None or number is None:
        return None
    concert, mine = together.concerts[number], together_with(view, together, number, node)
    shown = tuple(
        ControlledTogether(
            evidence.party(y),
            certain,
            tuple(joint_falls(view, evidence, proof_of(view, together, number, y), node)),
        )
        for y, certain in list(mine.items())[page]
    )
    listed = Page(len(mine), page.start, len(shown))
    return ActingWith(evidence.parties(concert.members), evidence.facts(RELATED_TO, concert.ties), shown, listed)


def through_concerts(view: View, evidence: Evidence, node: int, page: slice) -> ThroughConcerts | None:
    """What a party reaches through concerts of others whom it controls; none where there is nothing."""
    together = view.together
    if together is None:
        return None
    sure = _surely_reached(view, together, node)
    own = set(view.control.controlled_by(node, possible=True).tolist())
    maybe = set(may_unite(view).controlled_by(node, possible=True).tolist()) - own - sure.keys()
    number = number_of(view, node)
    told = {node, *(() if number is None else together_with(view, together, number, node))}
    reached = [y for some in (sure, maybe) for y in sorted(some) if y not in told]
    if not reached:
        return None
    shown = tuple(_reached(view, evidence, together, node, y, sure.get(y)) for y in reached[page])
    return ThroughConcerts(shown, Page(len(reached), page.start, len(shown)))


def _surely_reached(view: View, together: Together, node: int) -> dict[int, tuple[int, int]]:
    """What concerts of parties that a party surely controls surely control, each with the first such member and the
    number of its concert."""
    below = dict.fromkeys(view.control.controlled_by(node).tolist())
    found: dict[int, tuple[int, int]] = {}
    for member in below:
        number = number_of(view, member)
        if number is not None:
            for y, certain in together_with(view, together, number, member).items():
                if certain and y not in below:
                    found.setdefault(y, (member, number))
    return found


def _reached(
    view: View, evidence: Evidence, together: Together, node: int, company: int, sure: tuple[int, int] | None
) -> ControlledTogether:
    """One company that a party reaches through a concert, and how."""
    if sure is None:
        (steps,) = prove_each(may_unite(view), node, [company], possible=True)
        return ControlledTogether(evidence.party(company), False, falls_of(view, evidence, steps, node))
    member, number = sure
    (first,) = proofs(view, evidence, node, [member])
    then = joint_falls(view, evidence, proof_of(view, together, number, company), member)
    falls = {fall.company.id: fall for fall in (*first, *then)}
    return ControlledTogether(evidence.party(company), True, tuple(falls.values()))


# ── in words ──


def over_said(name: str, found: tuple[InConcert, ...], idle: tuple[WithoutPart, ...]) -> Iterator[str]:
    """Who controls a party in concert, and who acts with them and has no part in it."""
    for joint in found:
        who = ", ".join(party.name for party in joint.members)
        how = "control" if joint.certain else "may control"
        by = "; then ".join(in_words(fall) for fall in joint.proof)
        enough = "; these votes suffice" if any(len(fall.by) > 1 and fall.low > 0 for fall in joint.proof) else ""
        yield f"{who} act in concert and {how} {name} together: {by}{enough}."
        if joint.perhaps:
            more = ", ".join(party.name for party in joint.perhaps)
            yield f"{more} declared to act in concert with them and may have a part in {name}: that is not certain."
    for one in idle:
        others = dict.fromkeys(end.name for fact in one.evidence for end in (fact.tail, fact.head) if end != one.party)
        yield (
            f"{one.party.name} declared to act in concert with {', '.join(others)} and has no part in {name}: "
            "not counted among those who control or own it."
        )


def acting_said(party: Party, found: ActingWith | None) -> Iterator[str]:
    """What a party controls in concert with others, in words."""
    if found is None or not found.page.total:
        return
    names = [one.name for one in found.members if one != party]
    others = listed(names, most=5)
    more = plural(found.page.total, "more party", "more parties")
    yield f"In concert with {others}, {party.name} controls {more}, or may."
    for one in found.controlled[:SHOWN]:
        how = "control" if one.certain else "may control"
        yield f"Together they {how} {one.controlled.name}: {'; then '.join(in_words(fall) for fall in one.proof)}."


def through_said(party: Party, found: ThroughConcerts | None) -> Iterator[str]:
    """What a party reaches through concerts of those whom it controls, in words."""
    if found is None:
        return
    more = plural(found.page.total, "more party", "more parties")
    yield f"Through parties that it controls and that act in concert with others, {party.name} reaches {more}, or may."
    for one in found.controlled[:SHOWN]:
        how = "reaches" if one.certain else "may reach"
        by = "; then ".join(in_words(fall) for fall in one.proof)
        yield f"So it {how} {one.controlled.name}: {by}."
