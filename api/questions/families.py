"""Group clients (集团客户) in the words of an answer: who unites them, how each member came in, who would leave."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from analytics.structure.kinship.circles import Circle, leave_circle
from analytics.structure.membership import Refuted
from api.answer import Fact
from api.books import POSSIBLE_CLIENT, Together
from api.evidence import Evidence
from api.limits import CLIENTS_2010, kin_of
from api.questions.control import Fall, proofs
from api.questions.members import SHOWN, Edge, Member, facts_of, stated, without
from api.view import View
from graph.field import Kind
from graph.model import CONTROLS, OWNS, RELATED_TO


def united_by(view: View, evidence: Evidence, group: Together, shown: Sequence[int], reading: str) -> Iterator[Member]:
    """These members of a group client, each with the head that controls it, or with what all heads hold of it."""
    by = _holders(view, group, shown, possible=reading == POSSIBLE_CLIENT)
    proved, certain = dict[int, tuple[Fall, ...]](), set[int]()
    for head in dict.fromkeys(by.values()):
        sure = set(view.control.controlled_by(head).tolist())
        for known in (True, False):
            mine = [x for x in shown if by.get(x) == head and (x in sure) is known]
            proved |= zip(mine, proofs(view, evidence, head, mine, certain=known), strict=True)
            certain |= set(mine) if known else set()
    for x in shown:
        how = "top" if x in group.heads else "family"
        if x in by and x not in group.heads:
            how = "controlled" if x in certain else "possible"
        proof = proved.get(x, ()) if how != "family" else _together(view, evidence, group, x)
        yield Member(evidence.party(x), how, evidence.party(by[x]) if x in by else None, proof, (), ())


def _holders(view: View, group: Together, shown: Sequence[int], *, possible: bool) -> dict[int, int]:
    """The first head that controls each of these alone."""
    by: dict[int, int] = {}
    for sure in (True, False) if possible else (True,):
        for head in group.heads:
            held = set(view.control.controlled_by(head, possible=not sure).tolist())
            for x in shown:
                if x in held:
                    by.setdefault(x, head)
    return by


def _together(view: View, evidence: Evidence, group: Together, company: int) -> tuple[Fall, ...]:
    """What heads and members hold of a company that no head controls alone."""
    inside = {*group.heads, *group.seed.tolist()}
    held, rows = view.control.holdings, _facts_on(view, inside, company)
    links = [link for kind, link in rows if kind is OWNS]
    facts = [fact for kind, link in rows for fact in evidence.facts(kind, _at(view, kind, link))]
    low, high = float(held.low[links].sum()), float(held.high[links].sum())
    return (Fall(evidence.party(company), tuple(facts), min(low, 1.0), min(high, 1.0)),)


def _facts_on(view: View, inside: set[int], company: int) -> list[tuple[Kind, int]]:
    """Holdings of and other control over a company by some parties, as control counts them."""
    control = view.control
    arrows = ((OWNS, control.holdings.holders), (CONTROLS, control.controlled_otherwise))
    return [
        (kind, link)
        for kind, over in arrows
        for x, link in zip(over.at(company).tolist(), over.links_at(company).tolist(), strict=True)
        if x in inside
    ]


def _at(view: View, kind: Kind, link: int) -> Sequence[int]:
    return [link] if kind is OWNS else [int(view.other_control[link])]


def kinship_of(view: View, evidence: Evidence, heads: Sequence[int]) -> tuple[Fact, ...]:
    """Stated kinships between those who unite a group client."""
    links = {link for x, y in combinations(heads, 2) for link in _kin(view, x, y)}
    return evidence.facts(RELATED_TO, sorted(links))


def _kin(view: View, x: int, y: int) -> list[int]:
    near = kin_of(view, CLIENTS_2010).near
    return [link for z, link in zip(near.at(x).tolist(), near.links_at(x).tolist(), strict=True) if z == y]


def family_edges(view: View, evidence: Evidence, group: Together, reading: str, *, most: int = SHOWN) -> Iterator[Edge]:
    """Kinships between the heads, then facts of control, each with who would leave without it."""
    possible = reading == POSSIBLE_CLIENT
    circle = Circle(group.seed, group.heads)
    first = group.heads[0]
    for other in group.heads[1 : most + 1]:
        gone = leave_circle(view.control, circle, refuted=Refuted(), without=[other], possible=possible)
        facts = evidence.facts(RELATED_TO, sorted(_kin(view, first, other)))
        kin, head, *leaving = evidence.parties([other, first, *gone.tolist()])
        yield Edge(RELATED_TO.name, kin, head, "stated", facts, tuple(leaving))
    for kind, link in _proving(view, group, possible=possible)[:most]:
        gone = leave_circle(view.control, circle, refuted=without(kind, link), possible=possible)
        yield stated(view, evidence, kind, link, gone)


def _proving(view: View, group: Together, *, possible: bool) -> list[tuple[Kind, int]]:
    """Facts by which members fall to a head, and what heads and members hold of the others."""
    members = group.seed.tolist()
    by = _holders(view, group, members, possible=possible)
    below = dict[int, list[int]]()
    for x, head in by.items():
        below.setdefault(head, []).append(x)
    control = view.control.as_possible() if possible else view.control
    inside = {*group.heads, *members}
    rest = [x for x in members if x not in by and x not in group.heads]
    found = [*facts_of(control, below), *(row for x in rest for row in _facts_on(view, inside, x))]
    return list(dict.fromkeys(found))
