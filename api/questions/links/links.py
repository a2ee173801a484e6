"""How do parties hang together? The linkage report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.structure.paths import Paths, Web, paths_among
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Page, Party, Question
from api.answers.wording import ended, listed, names_of, plural
from api.engine import Engine, View
from api.groups.more_than_all import MoreThanAll, more_than_all_by, told
from api.questions.asking import check_page, check_range, kinds_of, node_of
from api.questions.links.chains import Chain, chain, in_one_line
from api.questions.links.meanings import Cut, Shared, Why, cuts, whys
from api.questions.links.timelines import TimeLine, Times
from api.questions.ownership.falls import in_words, proofs
from graph.errors import InvalidQuestion
from graph.field import PARTY_KINDS
from graph.model import OWNS
from graph.moment import Moment

MOST_PARTIES = 10
THROUGH = ("lenders", "state", "hubs")
"""What ties too many to mean anything: the lending of lenders of many, government bodies, parties with many
neighbours."""
NAMED = 5
"""Parties by whose way others hang together that a sentence names."""
AS_STATED: Final = "Paths are ranked by shares as they are stated, which decides nothing · 路径仅供参考，按所称比例排序"
MOST_NEIGHBOURS = 1000
"""Neighbours above which a party is a hub; our own proposal."""


@dataclass(frozen=True)
class Linkage:
    """Everything found between two or more parties."""

    parties: tuple[Party, ...]
    controllers: tuple[Shared, ...]
    """Who controls more than one of them for certain; one of the parties itself may be such."""
    why: tuple[Why, ...]
    """Why they are connected, what binds most first; each with its facts."""
    paths: tuple[Chain, ...]
    """Stronger first, then shorter."""
    counts: dict[int, int]
    """Paths found by number of steps."""
    complete: int
    """All paths of up to so many steps were seen; of longer ones there are at least so many."""
    page: Page
    cuts: tuple[Cut, ...]
    """For each two that paths tie, the fewest facts whose refutation leaves no shown path, nor lets in what another
    source states in their place. Longer paths may tie them still."""
    times: tuple[TimeLine, ...]
    """When each link of the shown paths held, as it is known, other days too."""
    overfull: tuple[MoreThanAll, ...]
    """Of the parties, of whoever controls them and on the shown ways, companies whose holders are stated to have more
    than all."""


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
    nodes = _nodes(view, parties)
    evidence = Evidence(view.snapshot)
    web = view.web(chosen, through_lenders="lenders" in opened, through_state="state" in opened)
    degree = web.size if "hubs" in opened else MOST_NEIGHBOURS
    found = paths_among(web, nodes, max_length=steps, limit=limit, max_degree=degree)
    times = Times(evidence, web, chosen, found.best)
    chains = tuple(chain(evidence, web, chosen, path, times.whole(path)) for path in found.best)
    shared = tuple(_shared(view, evidence, nodes, state="state" in opened))
    why = whys(view, evidence, nodes=nodes, given=parties, shared=shared, chains=chains, kinds=chosen, steps=steps)
    value = Linkage(
        evidence.parties(nodes),
        shared,
        why,
        chains,
        {int(length): int(count) for length, count in found.count.items()},
        found.complete,
        Page(found.total, 0, len(found.best)),
        tuple(cuts(evidence, nodes, chains)),
        tuple(times.lines.values()),
        more_than_all_by(view, evidence, _resting(view, nodes, shared, why)),
    )
    asked = {"parties": list(parties), "steps": steps, "kinds": [k.name for k in chosen] if kinds else None}
    question = Question("links", {**asked, "through": list(opened), "limit": limit})
    reasons = [
        *_reasons(evidence.distinguished(value), found, steps=steps),
        *told(value.overfull, evidence),
        *[ended(AS_STATED)] * bool(value.overfull and chains),
        *_shut(view, web, opened),
        *_apart(view, nodes, opened),
    ]
    return view.answer(question, value, evidence, reasons=reasons)


def _resting(view: View, nodes: Sequence[int], shared: Sequence[Shared], why: Sequence[Why]) -> dict[str, set[int]]:
    """Companies on whose holders the answer rests, by layer: those asked about, who controls them, and those that are
    held on the way."""
    facts = [fact for one in why for fact in one.facts if fact.kind == OWNS.name]
    facts += [fact for one in shared for proof in one.proofs for fall in proof for fact in fall.by]
    held = {view.snapshot.node(fact.head.id) for fact in facts}
    over = {x for node in nodes for x in (node, *view.control.controllers_of(node).tolist())}
    return {"votes": over | held, "capital": held}


def _shared(view: View, evidence: Evidence, nodes: Sequence[int], *, state: bool) -> Iterator[Shared]:
    """Controllers of several of the parties; a government body not asked about only where `state` opens it."""
    for owner, held in _over(view, nodes):
        if state or owner in nodes or not view.control.state[owner]:
            shown = tuple(proofs(view, evidence, owner, held))
            yield Shared(evidence.party(owner), evidence.parties(held), shown)


def _over(view: View, nodes: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Who controls several of the parties, or is one of them and controls another, and which."""
    over = {x: {*view.control.controllers_of(x).tolist(), x} for x in nodes}
    for owner in sorted(set().union(*over.values())):
        held = [x for x in nodes if owner in over[x] and owner != x]
        if len(held) > 1 or (held and owner in nodes):
            yield owner, held


def _nodes(view: View, parties: Sequence[str]) -> list[int]:
    """The parties as nodes, each once; records of one party are told apart by their ids alone."""
    every = [node_of(view.snapshot, party, where="party") for party in parties]
    nodes = list(dict.fromkeys(every))
    records = len(set(parties)) > 1 and len(nodes) == 1
    if not (records or len(nodes) >= 2) or len(nodes) > MOST_PARTIES:
        raise InvalidQuestion(
            f"{plural(len(nodes), 'different party', 'different parties')}",
            where="party",
            remedy=f"name 2 to {MOST_PARTIES} parties that are not the same",
        )
    return nodes


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
    for why in value.why:
        if why.form not in ("control", "common controller"):
            yield _in_words(why)
    for shared in value.controllers:
        for company, proof in zip(shared.controlled, shared.proofs, strict=True):
            yield f"{shared.controller.name} controls {company.name}: {'; then '.join(map(in_words, proof))}."
    if value.paths:
        first = value.paths[0]
        yield f"The strongest tie has {plural(len(first.steps), 'step')}: {in_one_line(first)}."
        yield f"{plural(value.page.total, 'path')} of up to {plural(steps, 'step')}; {value.page.shown:,} shown."
    elif len(value.parties) > 1:
        yield f"No path of up to {plural(steps, 'step')} ties them."
    for cut in value.cuts:
        one, other = cut.parties
        left = f"; {plural(value.page.left, 'path')} not shown may tie them still" if value.page.left else ""
        aside = f" ({len(cut.aside)} of other sources, set aside while the others stand)" if cut.aside else ""
        yield (
            f"{plural(len(cut.facts), 'fact')} refuted{aside} would part {one.name} and {other.name} on paths of up to "
            f"{plural(steps, 'step')}{left}."
        )
    if found.complete < steps:
        yield f"Paths of more than {plural(found.complete, 'step')} were too many to count; there may be more."


def _in_words(why: Why) -> str:
    whom = " and ".join(party.name for party in why.parties)
    by = listed(names_of(why.through), most=NAMED)
    return f"{whom}: {why.english}" + (f", by way of {by}." if by else ".")


def _shut(view: View, web: Web, opened: Sequence[str]) -> Iterator[str]:
    """What the paths were not led through, where there is such."""
    there = {
        "lenders": ("what ties clients to a lender of many (loans, debts, collateral, guarantees)", view.lenders.any()),
        "state": ("a government body", (view.snapshot.kind == PARTY_KINDS.index("State")).any()),
        "hubs": (f"a party with more than {MOST_NEIGHBOURS:,} neighbours", web.largest > MOST_NEIGHBOURS),
    }
    shut = {name: whom for name, (whom, any_there) in there.items() if any_there and name not in opened}
    if shut:
        yield f"No path passes through {', nor '.join(shut.values())}, unless asked (through: {', '.join(shut)})."


def _apart(view: View, nodes: Sequence[int], opened: Sequence[str]) -> Iterator[str]:
    """Government bodies that control several of the parties and connect none."""
    for owner, held in () if "state" in opened else _over(view, nodes):
        if view.control.state[owner] and owner not in nodes:
            whom = " and ".join(view.snapshot.all_called(np.array(held)))
            yield f"{view.snapshot.called(owner)} controls {whom}; a government body does not connect."
