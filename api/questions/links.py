"""How do parties hang together? The linkage report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.structure.paths import Path, Paths, Web, paths_among
from api.answer import Answer, Fact, Page, Party, Question
from api.engine import Engine
from api.evidence import Evidence
from api.questions.asking import check_page, check_range, kinds_of, node_of
from api.questions.control import Fall, in_words, proofs
from api.view import View
from api.wording import plural
from graph.errors import InvalidQuestion
from graph.field import PARTY_KINDS, Kind
from graph.moment import Moment

MOST_PARTIES = 10
THROUGH = ("lenders", "state", "hubs")
"""What ties too many to mean anything: loans of lenders of many, government bodies, parties with many neighbours."""
MOST_NEIGHBOURS = 1000
"""Neighbours above which a party is a hub; our own proposal."""


@dataclass(frozen=True)
class Tie:
    """One step of a path: two parties and every fact that ties them."""

    tail: Party
    head: Party
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Chain:
    """One path between two of the parties."""

    parties: tuple[Party, ...]
    steps: tuple[Tie, ...]
    strength: float
    """Of its weakest step: a share, or 1 for relations without one."""


@dataclass(frozen=True)
class Shared:
    """One party that controls several of those asked about, with the proof for each."""

    controller: Party
    controlled: tuple[Party, ...]
    proofs: tuple[tuple[Fall, ...], ...]


@dataclass(frozen=True)
class Linkage:
    """Everything found between two or more parties."""

    parties: tuple[Party, ...]
    controllers: tuple[Shared, ...]
    """Who controls more than one of them for certain; one of the parties itself may be such."""
    paths: tuple[Chain, ...]
    """Shorter first, then stronger."""
    counts: dict[int, int]
    """Paths found by number of steps."""
    complete: int
    """All paths of up to so many steps were seen; of longer ones there are at least so many."""
    page: Page


def links(
    engine: Engine,
    parties: Sequence[str],
    *,
    steps: int = 4,
    kinds: Sequence[str] | None = None,
    through: Sequence[str] = (),
    limit: int = 100,
    moment: Moment,
) -> Answer[Linkage]:
    """Find all that ties two or more parties: common controllers and the paths between them.

    What ties too many to mean anything is not passed unless asked: `through` names some of THROUGH.
    """
    check_page(limit)
    opened = _opened(through)
    check_range(steps, where="steps", low=1, high=8)
    chosen = kinds_of(kinds)
    view = engine.view(moment)
    nodes = list(dict.fromkeys(node_of(view.snapshot, party, where="party") for party in parties))
    if not 2 <= len(nodes) <= MOST_PARTIES:
        raise InvalidQuestion(
            f"{plural(len(nodes), 'different party', 'different parties')}",
            where="party",
            remedy=f"name 2 to {MOST_PARTIES} parties that are not the same",
        )
    evidence = Evidence(view.snapshot)
    web = view.web(chosen, through_lenders="lenders" in opened, through_state="state" in opened)
    degree = web.size if "hubs" in opened else MOST_NEIGHBOURS
    found = paths_among(web, nodes, max_length=steps, limit=limit, max_degree=degree)
    value = Linkage(
        evidence.parties(nodes),
        tuple(_shared(view, evidence, nodes)),
        tuple(_chain(view, evidence, web, chosen, path) for path in found.best),
        {int(length): int(count) for length, count in found.count.items()},
        found.complete,
        Page(found.total, 0, len(found.best)),
    )
    asked = {"parties": list(parties), "steps": steps, "kinds": [k.name for k in chosen] if kinds else None}
    question = Question("links", {**asked, "through": list(opened), "limit": limit})
    reasons = [*_reasons(value, found, steps=steps), *_shut(view, web, opened)]
    return view.answer(question, value, evidence, reasons=reasons)


def _shared(view: View, evidence: Evidence, nodes: Sequence[int]) -> Iterator[Shared]:
    over = {x: {*view.control.controllers_of(x).tolist(), x} for x in nodes}
    everyone = sorted(set().union(*over.values()))
    for owner in everyone:
        held = [x for x in nodes if owner in over[x] and owner != x]
        if len(held) > 1 or (held and owner in nodes):
            shown = tuple(proofs(view, evidence, owner, held))
            yield Shared(evidence.party(owner), evidence.parties(held), shown)


def _chain(view: View, evidence: Evidence, web: Web, kinds: Sequence[Kind], path: Path) -> Chain:
    steps = []
    for a, b in zip(path.nodes, path.nodes[1:], strict=False):
        facts: list[Fact] = []
        for number in sorted({found.relation for found in web.evidence(a, b)}):
            at = [found.link for found in web.evidence(a, b) if found.relation == number]
            facts += evidence.facts(kinds[number], np.array(at))
        steps.append(Tie(evidence.party(a), evidence.party(b), tuple(facts)))
    return Chain(evidence.parties(path.nodes), tuple(steps), path.strength)


def _opened(through: Sequence[str]) -> tuple[str, ...]:
    unknown = sorted(set(through) - set(THROUGH))
    if unknown:
        raise InvalidQuestion(
            f"paths cannot be asked through {', '.join(unknown)}",
            where="through",
            remedy=f"name some of {', '.join(THROUGH)}",
        )
    return tuple(name for name in THROUGH if name in through)


def _reasons(value: Linkage, found: Paths, *, steps: int) -> Iterator[str]:
    for shared in value.controllers:
        whom = ", ".join(party.name for party in shared.controlled)
        yield f"{shared.controller.name} controls {whom}: {'; '.join(in_words(fall[-1]) for fall in shared.proofs)}."
    if value.paths:
        first = value.paths[0]
        yield f"The closest tie has {plural(len(first.steps), 'step')}: {in_one_line(first)}."
        yield f"{plural(value.page.total, 'path')} of up to {steps} steps; {value.page.shown:,} shown."
    else:
        yield f"No path of up to {plural(steps, 'step')} ties them."
    if found.complete < steps:
        yield f"Paths of more than {plural(found.complete, 'step')} were too many to count; there may be more."


def _shut(view: View, web: Web, opened: Sequence[str]) -> Iterator[str]:
    """What the paths were not led through, where there is such."""
    there = {
        "lenders": ("what a lender of many has lent", view.lenders.any()),
        "state": ("a government body", (view.snapshot.kind == PARTY_KINDS.index("State")).any()),
        "hubs": (f"a party with more than {MOST_NEIGHBOURS:,} neighbours", web.largest > MOST_NEIGHBOURS),
    }
    shut = {name: whom for name, (whom, any_there) in there.items() if any_there and name not in opened}
    if shut:
        yield f"No path passes through {', nor '.join(shut.values())}, unless asked (through: {', '.join(shut)})."


def in_one_line(chain: Chain) -> str:
    """A path in words, arrows as they point, each with its relation and value."""
    words = [chain.parties[0].name]
    for step in chain.steps:
        fact = step.facts[0]
        label = f"{fact.kind} {fact.text}".strip()
        words.append(f"—{label}→" if fact.tail == step.tail else f"←{label}—")
        words.append(step.head.name)
    return " ".join(words)
