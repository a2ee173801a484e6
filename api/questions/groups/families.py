"""Group clients (集团客户) in the words of an answer: who unites them, how each member came in, who would leave."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from analytics.structure.control import Control
from analytics.structure.kinship.circles import Circle, leave_circle
from analytics.structure.kinship.leaving import Ties, unity
from analytics.structure.membership import Refuted
from analytics.structure.proof import voted
from analytics.structure.votes import Arrows
from api.answers.evidence import Evidence
from api.answers.frame import Fact
from api.answers.wording import plural
from api.engine import View
from api.groups.circles import CLIENTS_2010, doubtful_of, kin_of
from api.groups.concerts import acting_of, arrows_among, may_unite, without_arrows
from api.groups.together import POSSIBLE_CLIENT, Together
from api.questions.groups.members import FAMILY, MAY_UNITE, SHOWN, Edge, Member, proving_of, refuting, stated
from api.questions.ownership.falls import Fall, own_shares, proofs
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
            told = proofs(
                view,
                evidence,
                head,
                mine,
                certain=known,
                control=_of_head(view, group, possible=not known),
            )
            proved |= zip(mine, told, strict=True)
            certain |= set(mine) if known else set()
    joint = [x for x in shown if x not in by and x not in group.heads]
    doubtful = _doubtful(view, group, joint) if reading == POSSIBLE_CLIENT else set[int]()
    at_top = "ring" if len(group.heads) == 1 and len(view.control.ring_of(group.heads[0])) else "top"
    for x in shown:
        how = at_top if x in group.heads else MAY_UNITE if x in doubtful else FAMILY
        if x in by and x not in group.heads:
            how = "controlled" if x in certain else "possible"
        together = how in (FAMILY, MAY_UNITE)
        proof = (
            _together(view, evidence, group, x, possible=reading == POSSIBLE_CLIENT) if together else proved.get(x, ())
        )
        yield Member(evidence.party(x), how, evidence.party(by[x]) if x in by else None, proof, (), ())


def _doubtful(view: View, group: Together, parties: Sequence[int]) -> set[int]:
    """Those of some members that no heads who surely are relatives surely control together."""
    left, near = set(parties), kin_of(view, CLIENTS_2010).near
    for family in {frozenset(group.heads).intersection((head, *near.at(head).tolist())) for head in group.heads}:
        if left:
            left &= {*leave_circle(view.control, Circle(group.seed, tuple(family)), refuted=Refuted()).tolist()}
    return left


def _holders(view: View, group: Together, shown: Sequence[int], *, possible: bool) -> dict[int, int]:
    """The first head that controls each of these alone."""
    by: dict[int, int] = {}
    for sure in (True, False) if possible else (True,):
        control = _of_head(view, group, possible=not sure)
        for head in group.heads:
            held = set(control.controlled_by(head, possible=not sure).tolist())
            for x in shown:
                if x in held:
                    by.setdefault(x, head)
    return by


def _uniting(view: View, *, possible: bool) -> Control:
    """Control that group clients are made of: what a concert makes possible among the possible."""
    return may_unite(view) if possible else view.control


def _of_head(view: View, group: Together, *, possible: bool) -> Control:
    """The same for one head by itself: what several control in concert none of them does."""
    return _uniting(view, possible=possible and len(group.heads) == 1)


def _together(view: View, evidence: Evidence, group: Together, company: int, *, possible: bool) -> tuple[Fall, ...]:
    """What heads and members hold of a company that no head controls alone."""
    inside = {*group.heads, *group.seed.tolist()} - {company}
    rows = _facts_on(view, inside, company)
    links = [link for kind, link in rows if kind is OWNS]
    facts = [fact for kind, link in rows for fact in evidence.facts(kind, _at(view, kind, link))]
    step = voted(view.control, company, links, possible=possible)
    own = own_shares(view, evidence, company) if step.idle and len(links) == len(rows) else ()
    return (Fall(evidence.party(company), tuple(facts), step.low, step.high, own=own),)


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


# ── what ties the heads ──


def kinship_of(view: View, evidence: Evidence, heads: Sequence[int], reading: str) -> tuple[Fact, ...]:
    """Stated ties between those who unite a group client, of kinship and in the wide reading also of concert."""
    ties = ties_of(view, heads, wide=reading == POSSIBLE_CLIENT)
    return evidence.facts(RELATED_TO, sorted(set().union(*ties.values())))


def doubtful_ties(view: View, groups: Iterable[Circle]) -> set[int]:
    """Positions of the ties within some group clients that only the wide reading counts."""
    found = set[int]()
    for group in groups:
        found.update(*_pairs([doubtful_of(view)], (*group.heads, *group.members.tolist())).values())
    return found


def ties_said(many: int) -> tuple[str, str]:
    """What so many doubtful ties leave open, in both languages."""
    told = plural(many, "tie may unite", "ties may unite")
    return (
        f"{told} group clients: declared concert, or kinship of which line or generations are not stated",
        f"一致行动或未注明系别、代数的亲属关系{many}项，可能形成集团客户",
    )


def ties_of(view: View, heads: Sequence[int], *, wide: bool) -> dict[tuple[int, int], set[int]]:
    """Ties of each two heads that count, those of the first head first."""
    near = kin_of(view, CLIENTS_2010).near
    return _pairs([near, doubtful_of(view)] if wide else [near], heads)


def _pairs(ties: Sequence[Arrows], parties: Sequence[int]) -> dict[tuple[int, int], set[int]]:
    """Positions of the ties of each two parties."""
    place, found = {x: k for k, x in enumerate(dict.fromkeys(parties))}, dict[tuple[int, int], set[int]]()
    for x, at in place.items():
        for each in ties:
            for y, link in zip(each.at(x).tolist(), each.links_at(x).tolist(), strict=True):
                if place.get(y, -1) > at:
                    found.setdefault((x, y), set()).add(link)
    return found


# ── what would leave ──


def family_edges(view: View, evidence: Evidence, group: Together, reading: str, *, most: int = SHOWN) -> Iterator[Edge]:
    """Ties of the heads, then facts of control, each with who would leave without it."""
    possible = reading == POSSIBLE_CLIENT
    every, none = kin_of(view, CLIENTS_2010), Arrows.of(view.snapshot.size, (), ())
    ties = Ties(every.wide, acting_of(view)) if possible else Ties(every.near, none)
    control = _uniting(view, possible=possible)
    found = unity(control, Circle(group.seed, group.heads), ties, possible=possible)
    arrows = arrows_among(view, control, found.around) if possible else ()
    for (x, y), links in islice(ties_of(view, group.heads, wide=possible).items(), most):
        refuted = Refuted(edges=without_arrows(view, arrows, Refuted(), ties=links))
        gone = found.leave(refuted, parted=links)
        facts = evidence.whole(RELATED_TO, sorted(links))
        one, other, *leaving = evidence.parties([y, x, *gone.tolist()])
        yield Edge(RELATED_TO.name, one, other, "stated", facts, tuple(leaving))
    for kind, link in _proving(view, group, possible=possible)[:most]:
        pair, refuted = refuting(view, arrows, kind, link)
        gone = found.leave(refuted, parted=pair if kind is RELATED_TO else frozenset())
        yield stated(view, evidence, kind, sorted(pair), gone)


def family_ties_left(view: View, group: Together, reading: str, *, most: int) -> int:
    """How many more ties and facts hold a group client together than `family_edges` tells."""
    possible = reading == POSSIBLE_CLIENT
    ties, facts = ties_of(view, group.heads, wide=possible), _proving(view, group, possible=possible)
    return sum(max(0, len(each) - most) for each in (ties, facts))


def _proving(view: View, group: Together, *, possible: bool) -> list[tuple[Kind, int]]:
    """Facts by which members fall to a head, and what heads and members hold of the others."""
    members = group.seed.tolist()
    by = _holders(view, group, members, possible=possible)
    below = dict[int, list[int]]()
    for x, head in by.items():
        below.setdefault(head, []).append(x)
    control = _of_head(view, group, possible=possible)
    inside = {*group.heads, *members}
    rest = [x for x in members if x not in by and x not in group.heads]
    found = [
        *proving_of(view, control.as_possible() if possible else control, below),
        *(row for x in rest for row in _facts_on(view, inside, x)),
    ]
    return list(dict.fromkeys(found))
