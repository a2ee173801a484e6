"""Who stands around a party?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from api.answers.evidence import Evidence
from api.answers.frame import Answer, Fact, Page, Party, Question
from api.answers.wording import plural
from api.engine import Engine, View
from api.groups.more_than_all import AS_STATED, more_than_all_by, told
from api.questions.asking import check_page, check_range, kinds_of, node_of
from graph.columns import plain
from graph.field import Kind
from graph.grouping import spans
from graph.links import Links
from graph.model import OWNS
from graph.moment import Moment

HUB = 500
"""Links above which a party that was not asked for is not widened further."""
HUBS_NAMED = 20
"""Parties not widened that are named; the rest are counted."""
REACH = 100_000
"""Parties after which no further step is taken."""


@dataclass(frozen=True)
class Around:
    """A party and how far it stands from the one asked for."""

    party: Party
    hops: int
    links: int
    """Links it has of the kinds asked for, shown or not."""


@dataclass(frozen=True)
class Count:
    """How many links of one kind leave or reach a party."""

    kind: str
    direction: str
    """`out`, along the arrow, or `in`."""
    count: int


@dataclass(frozen=True)
class Network:
    """The parties around one, and what ties them."""

    party: Party
    parties: tuple[Around, ...]
    """The nearest first; within a step by kind of relation, then the largest first; without the party itself."""
    links: tuple[Fact, ...]
    """Links between the party and those shown, and among those shown on this and earlier pages."""
    counts: tuple[Count, ...]
    """All links of the party, by kind and direction, shown or not."""
    hubs: tuple[Around, ...]
    """Parties with too many links to widen them unasked, the nearest first; ask for the network of one of them."""
    page: Page
    hubs_left: int = 0
    """How many more such parties there are than are named."""


@dataclass(frozen=True)
class Reached:
    """Nodes in the order in which they are shown, and how far each stands."""

    nodes: NDArray[np.int64]
    hops: NDArray[np.int64]
    hubs: tuple[int, ...]
    cut: bool


def network(
    engine: Engine,
    party: str,
    *,
    hops: int = 1,
    kinds: Sequence[str] | None = None,
    limit: int = 100,
    offset: int = 0,
    beside: Sequence[str] = (),
    moment: Moment,
) -> Answer[Network]:
    """Find the parties within some steps of one, with the links between them.

    Those named `beside` stand at the end of the first page however far they are, one step behind the farthest.
    """
    check_page(limit, offset)
    check_range(hops, where="hops", low=1, high=6)
    chosen = kinds_of(kinds)
    view = engine.view(moment)
    start = node_of(view.snapshot, party)
    evidence = Evidence(view.snapshot)
    reached = reach(view, start, chosen, hops=hops)
    page = reached.nodes[offset : offset + limit]
    far = _beside(view, [start, *page.tolist()], beside) if not offset else np.zeros(0, np.int64)
    page, steps = np.concatenate((page, far)), np.append(reached.hops[offset : offset + limit], [hops + 1] * len(far))
    degree = _degrees(view, chosen, page)
    around = tuple(
        Around(one, int(hop), int(links)) for one, hop, links in zip(evidence.parties(page), steps, degree, strict=True)
    )
    hubs = tuple(_hubs(view, evidence, chosen, reached))
    value = Network(
        evidence.party(start),
        around,
        _links(evidence, chosen, start, np.append(reached.nodes[:offset], page), fresh=page, first=offset == 0),
        _counts(view, chosen, start),
        hubs,
        Page(len(np.union1d(reached.nodes, far)), offset, len(page)),
        len(reached.hubs) - len(hubs),
    )
    asked: dict[str, object] = {"party": party, "hops": hops, "kinds": [k.name for k in chosen] if kinds else None}
    asked |= {"limit": limit, "offset": offset} | ({"beside": list(beside)} if beside else {})
    question = Question("network", asked)
    held = {view.snapshot.node(fact.head.id) for fact in value.links if fact.kind == OWNS.name}
    over = more_than_all_by(view, evidence, dict.fromkeys(("votes", "capital"), held), refuse=False)
    reasons = [*_reasons(evidence.distinguished(value), cut=reached.cut), *told(over, evidence, done=AS_STATED)]
    return view.answer(question, value, evidence, reasons=reasons)


def _beside(view: View, shown: Sequence[int], beside: Sequence[str]) -> NDArray[np.int64]:
    """Parties that are named and not shown yet, each once."""
    named = dict.fromkeys(node_of(view.snapshot, party, where="beside") for party in beside)
    there = set(shown)
    return np.array([node for node in named if node not in there], np.int64)


def reach(view: View, start: int, kinds: Sequence[Kind], *, hops: int) -> Reached:
    """Walk outwards step by step; hubs other than the start are reached and not passed."""
    seen = np.zeros(view.snapshot.size, bool)
    seen[start] = True
    wave = np.array([start])
    nodes, steps, hubs, cut = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [], False
    for hop in range(1, hops + 1):
        if hop > 1:
            crowded = _degrees(view, kinds, wave) > HUB
            hubs += wave[crowded].tolist()
            wave = wave[~crowded]
        wave = _step(view, kinds, wave, seen)
        seen[wave] = True
        nodes.append(wave)
        steps.append(np.full(len(wave), hop))
        cut = hop < hops and int(seen.sum()) > REACH
        if cut:
            break
    return Reached(np.concatenate(nodes), np.concatenate(steps), tuple(hubs), cut)


def _step(view: View, kinds: Sequence[Kind], wave: NDArray[np.int64], seen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """New neighbours of some nodes: by kind of relation, then the largest first, then by id."""
    near, code, size = [], [], []
    for number, kind in enumerate(kinds):
        links = view.snapshot.links(kind)
        at = touching(links, wave)
        for ends in (links.tail, links.head):
            fresh = at[~seen[ends[at]]]
            near.append(ends[fresh].astype(np.int64))
            code.append(np.full(len(fresh), number))
            size.append(weight(view, links, fresh))
    found, kind_code, weights = np.concatenate(near), np.concatenate(code), np.concatenate(size)
    order = np.lexsort((found, -weights, kind_code))
    _, first = np.unique(found[order], return_index=True)
    return found[order][np.sort(first)]


def touching(links: Links, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of the links that leave or reach some nodes, each once."""
    out, _ = spans(links.out_start[nodes], links.out_start[nodes + 1])
    arriving, _ = spans(links.in_start[nodes], links.in_start[nodes + 1])
    into = links.in_order[arriving].astype(np.int64)
    return np.unique(np.concatenate((out, into)))


def weight(view: View, links: Links, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """How much a link matters among those of its kind: its share, or its amount as stated."""
    field = next((f for f in links.kind.fields if f.type in ("band", "money")), None)
    if field is None or not len(at):
        return np.zeros(len(at))
    name = field.columns[-2] if field.type == "band" else field.name
    column = view.snapshot.facts.column(links.kind, name).take(pa.array(links.fact[at]))
    weights: NDArray[np.float64] = np.nan_to_num(plain(column, np.float64, null=0.0))
    return weights


def _degrees(view: View, kinds: Iterable[Kind], nodes: NDArray[np.int64]) -> NDArray[np.int64]:
    total = np.zeros(len(nodes), np.int64)
    for kind in kinds:
        links = view.snapshot.links(kind)
        for start in (links.out_start, links.in_start):
            total += start[nodes + 1] - start[nodes]
    return total


def _counts(view: View, kinds: Iterable[Kind], node: int) -> tuple[Count, ...]:
    counts = []
    for kind in kinds:
        links = view.snapshot.links(kind)
        counts += [Count(kind.name, "out", len(links.leaving(node))), Count(kind.name, "in", len(links.arriving(node)))]
    return tuple(count for count in counts if count.count)


def _links(
    evidence: Evidence,
    kinds: Iterable[Kind],
    start: int,
    shown: NDArray[np.int64],
    *,
    fresh: NDArray[np.int64],
    first: bool,
) -> tuple[Fact, ...]:
    """Links between shown parties of which one is new on this page."""
    snapshot = evidence.snapshot
    there, new = np.zeros((2, snapshot.size), bool)
    there[shown] = there[start] = True
    new[fresh] = True
    new[start] = first
    facts: list[Fact] = []
    for kind in kinds:
        links = snapshot.links(kind)
        at = touching(links, np.flatnonzero(new))
        inside = there[links.tail[at]] & there[links.head[at]]
        facts += evidence.facts(kind, at[inside])
    return tuple(facts)


def _hubs(view: View, evidence: Evidence, kinds: Sequence[Kind], reached: Reached) -> Iterable[Around]:
    hubs = np.array(reached.hubs[:HUBS_NAMED], np.int64)
    for node, party, links in zip(hubs, evidence.parties(hubs), _degrees(view, kinds, hubs), strict=True):
        yield Around(party, int(reached.hops[reached.nodes == node][0]), int(links))


def _reasons(value: Network, *, cut: bool) -> list[str]:
    name = value.party.name
    if not value.page.total:
        return [f"No relation of {name} holds at this moment."]
    said = [f"{plural(value.page.total, 'party stands', 'parties stand')} around {name}."]
    if value.page.left:
        more = plural(value.page.left, "more is", "more are")
        said.append(f"{more} not shown; ask for the page from {value.page.offset + value.page.shown}.")
    said += [f"{hub.party.name} has {plural(hub.links, 'link')} and was not widened." for hub in value.hubs]
    if value.hubs_left:
        many = plural(value.hubs_left, "more party has", "more parties have")
        said.append(f"{many} more than {HUB} links and {'was' if value.hubs_left == 1 else 'were'} not widened.")
    if cut:
        said.append(f"After {REACH:,} parties no further step was taken.")
    return said
