"""Control and groups: who falls to whom, and by which holdings."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rich.table import Table

from api.answers.frame import Fact, Party
from api.answers.namesakes import bare_name
from api.answers.wording import band, listed, names_of, percent, plural
from api.printing.aside import aside
from api.printing.paper import Cited, heading, left, plain, row, table
from api.questions.groups.dependences import MORE_THAN_ALL, Dependence, confirmed, doubtful
from api.questions.groups.dependences import said as told
from api.questions.groups.groups import Group, GroupsOf
from api.questions.groups.members import JOINTLY, MAY_UNITE, SMALL, Edge, Member
from api.questions.groups.untestable import Untestables
from api.questions.ownership.concerted import ActingWith, ControlledTogether, ThroughConcerts
from api.questions.ownership.control import Controller, ControlOf
from api.questions.ownership.falls import Fall
from api.questions.ownership.standings import StandingOf
from api.questions.ownership.undisclosed import might_said
from graph.model import DEPENDS_ON, HOLDS_OFFICE, RELATED_TO

FEW = 10
"""Parties of one list that are printed; --json has those of the answer."""


def control(answer: ControlOf, cited: Cited) -> Iterator[Any]:
    """Who controls a party, and what it controls."""
    yield heading(answer.party)
    over = f"controlled by ({answer.controllers_page.total:,})"
    yield from _controllers(answer.controllers, over, lambda one: one.controller, cited, whole=True)
    yield from left(answer.controllers_page, "controller")
    yield from aside(answer.aside, cited)
    yield from standing(answer.standing, cited)
    made = table("in concert", "control", "evidence", "by votes that suffice", title="controlled in concert by")
    for joint in answer.concerts:
        sure = ("certain" if joint.certain else "possible") + (", on top" if joint.ultimate else "")
        evidence = cited.numbers(fact.fact_id for fact in joint.evidence)
        row(made, [party.name for party in joint.members], sure, evidence, [step(fall, cited) for fall in joint.proof])
    if made.row_count:
        yield made
    for idle in answer.without_part:
        ties = cited.numbers(fact.fact_id for fact in idle.evidence)
        yield plain(f"in concert and without a part in it, so not counted: {idle.party.name} {ties}")
    under = f"controls ({answer.controlled_page.total:,})"
    yield from _controllers(answer.controlled, under, lambda one: one.controlled, cited, whole=False)
    yield from left(answer.controlled_page, "controlled", "controlled")
    if answer.acting:
        yield from _acting(answer.acting, answer.party, cited)
    if answer.through:
        yield from _through(answer.through, cited)


def _acting(found: ActingWith, party: Party, cited: Cited) -> Iterator[Any]:
    """What a party controls in concert with others."""
    others = listed(names_of(one for one in found.members if one != party), most=FEW)
    ties = cited.numbers(fact.fact_id for fact in found.evidence)
    yield plain(f"acts in concert with {others} {ties}")
    yield from _together(found.controlled, f"controls in concert ({found.page.total:,})", cited)
    yield from left(found.page, "controlled in concert", "controlled in concert")


def _through(found: ThroughConcerts, cited: Cited) -> Iterator[Any]:
    """What a party reaches through concerts of parties that it controls."""
    title = f"reaches through concerts of parties that it controls ({found.page.total:,})"
    yield from _together(found.controlled, title, cited)
    yield from left(found.page, "reached through concerts", "reached through concerts")


def _together(rows: Iterable[ControlledTogether], title: str, cited: Cited) -> Iterator[Table]:
    made = table("party", "kind", "id", "control", "by", title=title)
    for one in rows:
        by = [step(fall, cited) for fall in one.proof]
        sure = "certain" if one.certain else "possible"
        row(made, bare_name(one.controlled), one.controlled.kind, one.controlled.id, sure, by)
    if made.row_count:
        yield made


def standing(found: StandingOf, cited: Cited) -> Iterator[Any]:
    """Who votes how much of a party, block by block."""
    maybe, hidden = found.possible and not found.controllers, found.undisclosed
    kind = "not known" if hidden else found.kind
    made = table("on top", "id", "votes", "by", title=f"who decides: {'nobody certainly' if maybe else kind}")
    for block in found.blocks:
        numbers = cited.numbers(fact.fact_id for fact in block.holdings)
        voting = (block.top, *block.acting)
        votes = band(block.low, block.high) + " together" * bool(block.acting)
        row(made, [bare_name(party) for party in voting], [party.id for party in voting], votes, numbers)
    if hidden and not hidden.silent:
        what = "not disclosed" if hidden.most - hidden.least < 1e-9 else "not disclosed, or within bands only"
        row(made, what, "", band(hidden.least, hidden.most), "")
    for fact in found.own:
        own = cited.numbers([fact.fact_id])
        row(made, "its own shares, which carry no vote", fact.head.id, fact.text, own)
    if made.row_count:
        yield made
    if hidden and hidden.might:
        yield plain(f"with what is not disclosed would control it: {might_said(hidden)}")


def _controllers(
    rows: Iterable[Controller], title: str, side: Callable[[Controller], Party], cited: Cited, *, whole: bool
) -> Iterator[Table]:
    made = table("party", "kind", "id", "control", "by", title=title)
    for one in rows:
        sure = "certain" if one.certain else "possible"
        top = ", on top" if whole and one.ultimate else ""
        # What falls before stands in a row above, with its own holdings.
        by = [step(fall, cited) for fall in one.proof] if whole else [held(fall, cited) for fall in one.proof[-1:]]
        party = side(one)
        row(made, bare_name(party), party.kind, party.id, sure + top, by)
    if made.row_count:
        yield made


def step(fall: Fall, cited: Cited) -> str:
    """How one company falls."""
    return f"{fall.company.name} ← {held(fall, cited)}"


def held(fall: Fall, cited: Cited) -> str:
    """Who holds what of a company that falls, and the votes that this makes together."""
    by = " + ".join(
        f"{fact.tail.name} {fact.text or fact.kind} {cited.numbers([fact.fact_id])}".rstrip() for fact in fall.by
    )
    concert = f" in concert {cited.numbers(fact.fact_id for fact in fall.concert)}".rstrip() if fall.concert else ""
    concert += f", its own {_own(fall.own, cited)} carrying no vote" if fall.own else ""
    if len(fall.by) < 2 or not fall.high:
        return by + concert
    return f"{by} = {band(fall.low, fall.high)}{concert}"


def _own(own: Iterable[Fact], cited: Cited) -> str:
    return " + ".join(f"{fact.text} {cited.numbers([fact.fact_id])}".rstrip() for fact in own)


def groups(answer: GroupsOf, cited: Cited) -> Iterator[Any]:
    """The groups of a party, and how each member came in."""
    yield heading(answer.party)
    yield from _groups(answer.groups, "", cited)
    yield from _groups(answer.with_suspected, ", with what is possible or suspected", cited)
    made = table("criterion", "on", "figure", "threshold", "state", "rests on", title="dependences")
    for one in answer.dependences:
        figure = "without bound" if one.value is None else f"{'≥ ' if one.at_least else ''}{percent(one.value)}"
        name = f"{one.criterion} {one.name} {one.name_zh}"
        figure += f" ({MORE_THAN_ALL})" if doubtful(one) else ""
        threshold = f"{one.comparison} {percent(one.threshold)}"
        row(made, name, one.other.name, figure, threshold, one.state, _rests_on(one, cited))
    if made.row_count:
        yield made
    yield from untestable(answer.untestable)


def _rests_on(one: Dependence, cited: Cited) -> str:
    """Numbers of the sources of a figure: what it was added up from, the statement divided by, and the judgement."""
    judged = (one.verdict.fact.fact_id,) if one.verdict else ()
    return cited.numbers(filter(None, (*(fact.fact_id for fact in one.facts), one.statement, *judged)))


def untestable(found: Untestables) -> Iterator[Any]:
    """Dependences that cannot be tested, each with what is missing and the judgement that ends it."""
    made = table("who may depend", "on whom", "what is missing", "ends when judged", title="cannot be tested")
    for one in found.listed:
        why = [f"{each.criterion} {each.name_zh}: {each.missing}" for each in one.criteria]
        ends = [
            f"confirmed under {one.judgement.confirmed}",
            f"or rejected under {' and '.join(one.judgement.rejected)}",
        ]
        row(made, _with_id(one.dependant), _with_id(one.other), why, ends)
    if made.row_count:
        yield made
        yield from left(found.page, "dependence", by="the first are told")


def _with_id(party: Party) -> list[str]:
    return [bare_name(party), party.id]


def _groups(found: Iterable[Group], reading: str, cited: Cited) -> Iterator[Any]:
    for group in found:
        who = " and ".join(party.name for party in group.heads) or group.top.name
        kind = "group client (集团客户)" if group.heads else "group"
        by = "" if group.heads else f" by {group.basis}"
        title = f"{kind} of {who}: {plural(group.page.total, 'member')}{group.apart.en}{by}{reading}"
        made = table("member", "kind", "id", "how it came in", title=title)
        for member in group.members:
            row(made, bare_name(member.party), member.party.kind, member.party.id, how(member, cited))
        yield made
        yield from left(group.page, "member")
        yield from refuted(group.edges, cited)
        yield from unproved(group.edges_left, group.page.total)


def unproved(ties: int, members: int) -> Iterator[str]:
    """How much it is not worked out of who would leave a group."""
    if members > SMALL:
        yield f"of more than {SMALL:,} members it is not worked out who would leave"
    elif ties:
        yield f"… and {plural(ties, 'more tie')}, of which it is not worked out who would leave"


def refuted(edges: Iterable[Edge], cited: Cited) -> Iterator[Any]:
    """Who would leave a group without each of these; of facts only those without which somebody would."""
    for edge in edges:
        if not edge.leave and edge.kind != DEPENDS_ON.name:
            continue
        names = listed(names_of(edge.leave), most=FEW) or "nobody"
        yield plain(f"without {_tie(edge)} {cited.numbers(f.fact_id for f in edge.facts)} would leave: {names}")


def _tie(edge: Edge) -> str:
    if edge.kind == DEPENDS_ON.name:
        return f"{edge.party.name} on {edge.other.name} ({edge.state})"
    if edge.kind == HOLDS_OFFICE.name:
        return f"the office of {edge.other.name} at {edge.party.name}"
    if edge.kind == RELATED_TO.name:
        tie = "concert" if edge.facts and edge.facts[0].values.get("kind") == "concert" else "kinship"
        return f"the {tie} of {edge.party.name} and {edge.other.name}"
    return f"{edge.other.name} over {edge.party.name} ({edge.facts[0].text or edge.facts[0].kind})"


def how(member: Member, cited: Cited) -> list[str]:
    """How a member came into its group."""
    if member.proof:
        if member.why in ("possible", MAY_UNITE):  # what is uncertain may be a step before
            return ["only possible:", *(step(fall, cited) for fall in member.proof)]
        return [held(fall, cited) for fall in member.proof[-1:]]
    said = [
        f"{confirmed(fact, member.measured)} {cited.numbers([fact.fact_id])}".rstrip() for fact in member.dependences
    ]
    said += [f"{told(one)} {_rests_on(one, cited)}".rstrip() for one in member.suspected]
    if member.why == "top":
        return ["on top", *said]
    if member.why in JOINTLY:
        return [JOINTLY[member.why][0]]
    return said or ["members of its ring control each other"]
