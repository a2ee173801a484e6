"""Who controls a party, and what does it control?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from analytics.structure.standing import SOLE
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Page, Party, Question
from api.answers.wording import plural
from api.engine import Engine, View
from api.groups.more_than_all import MoreThanAll, more_than_all_votes, told
from api.questions.asking import check_page, node_of
from api.questions.ownership.aside import SetAside, aside_said, set_aside
from api.questions.ownership.concerted import (
    ActingWith,
    InConcert,
    ThroughConcerts,
    WithoutPart,
    acting_said,
    acting_with,
    concerts_over,
    over_said,
    through_concerts,
    through_said,
    without_part,
)
from api.questions.ownership.falls import Fall, in_words, proofs
from api.questions.ownership.standings import (
    StandingOf,
    no_company_said,
    standing_of,
    standing_said,
    under_a_concert,
)
from api.questions.ownership.undisclosed import undisclosed_said
from graph.moment import Moment


@dataclass(frozen=True)
class Controller:
    """One party in control of another, and the proof."""

    controller: Party
    controlled: Party
    certain: bool
    """False where the votes are known only within bands that allow it and do not prove it."""
    ultimate: bool
    """Whether nobody controls the controller, alone or in concert."""
    proof: tuple[Fall, ...]
    """Companies that fall one after the other, the controlled one last."""


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
    without_part: tuple[WithoutPart, ...]
    """Who declared to act in concert with those who control it and has no part in it: not counted among them."""
    acting: ActingWith | None
    """What it controls in concert with others; none where it acts with nobody."""
    through: ThroughConcerts | None
    """What it reaches through concerts of parties that it controls; none where there is nothing."""
    overfull: tuple[MoreThanAll, ...]
    """Of those shown, companies whose holders are stated to have more than all votes."""
    standing: StandingOf
    """How control over it stands: one, several, a ring, a deadlock, or nobody; or that it is not known."""
    aside: SetAside
    """What sources state of its holders and controllers, and does not count."""


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
        tuple(concerts_over(view, evidence, node)),
        tuple(without_part(view, evidence, node)),
        acting_with(view, evidence, node, page),
        through_concerts(view, evidence, node, page),
        more_than_all_votes(view, evidence, _shown(view, node, (*controllers, *controlled))),
        standing_of(view, evidence, node),
        set_aside(view, evidence, node),
    )
    question = Question("control", {"party": party, "limit": limit, "offset": offset})
    return view.answer(
        question, value, evidence, reasons=list(_reasons(view, evidence, node, evidence.distinguished(value)))
    )


def _above(view: View, node: int) -> list[tuple[int, bool]]:
    """Controllers and whether they are certain: certain ones first, of each the ultimate, then by number."""
    sure = set(view.control.controllers_of(node).tolist())
    tops = set(view.control.ultimate_of(node, possible=True).tolist()) | set(view.control.ultimate_of(node).tolist())
    tops = {x for x in tops if not under_a_concert(view, x)}
    everyone = set(view.control.controllers_of(node, possible=True).tolist()) | sure
    ordered = sorted(everyone, key=lambda owner: (owner not in sure, owner not in tops, owner))
    return [(owner, owner in sure) for owner in ordered]


def _shown(view: View, node: int, shown: Iterable[Controller]) -> set[int]:
    """The party, and the companies that fall in what is shown."""
    ids = {fall.company.id for one in shown for fall in one.proof}
    return {node, *(view.snapshot.node(party) for party in ids)}


def _below(view: View, node: int) -> list[tuple[int, bool]]:
    """What is controlled and whether it is certain, certain ones first."""
    sure = view.control.controlled_by(node).tolist()
    maybe = np.setdiff1d(view.control.controlled_by(node, possible=True), np.array(sure, np.uint32)).tolist()
    return [*((company, True) for company in sure), *((company, False) for company in maybe)]


def _controllers(
    view: View, evidence: Evidence, owner: int, companies: list[int], *, certain: bool
) -> Iterator[Controller]:
    """One party in control of each of several."""
    ultimate = bool(companies) and not len(view.control.controllers_of(owner)) and not under_a_concert(view, owner)
    shown = proofs(view, evidence, owner, companies, certain=certain)
    for company, falls in zip(companies, shown, strict=True):
        yield Controller(evidence.party(owner), evidence.party(company), certain, ultimate, falls)


def _reasons(view: View, evidence: Evidence, node: int, value: ControlOf) -> Iterator[str]:
    name = value.party.name
    if value.party.kind != "Company":
        yield no_company_said(value.party)
    elif value.standing.undisclosed:
        yield undisclosed_said(name, value.standing.undisclosed)
    elif not value.controllers_page.total and not any(joint.certain for joint in value.concerts):
        yield f"Nobody is known to control {name}."
    if (value.standing.kind != SOLE or value.standing.possible) and value.standing.block_count:
        yield standing_said(name, value.standing)
    for one in value.controllers[:10]:
        how = "controls" if one.certain else "may control"
        top = f" and nobody is known to control {one.controller.name}" if one.ultimate else ""
        yield f"{one.controller.name} {how} {name}{top}: {'; then '.join(in_words(fall) for fall in one.proof)}."
    yield from over_said(name, value.concerts, value.without_part)
    yield from acting_said(value.party, value.acting)
    yield from through_said(value.party, value.through)
    for ring in view.control.deadlocks:
        if node in ring:
            yield f"{name} sits in a ring whose members hold each other's majority; nobody outside can control it."
    if value.controlled_page.total:
        sure = sum(one.certain for one in value.controlled)
        many, shown = plural(value.controlled_page.total, "party", "parties"), len(value.controlled)
        every = ("", ", for certain", ", all for certain")[min(sure, 2) if sure == value.controlled_page.total else 0]
        part = f"; of the {shown:,} shown, {sure:,} for certain" if shown and not every else ""
        yield f"{name} controls {many}{every}{part}."
    concerted = (one.page for one in (value.acting, value.through) if one)
    for page in (value.controllers_page, value.controlled_page, *concerted):
        if page.left:
            yield f"{plural(page.left, 'more party is', 'more parties are')} not shown."
    yield from told(value.overfull, evidence)
    yield from aside_said(value.aside)
