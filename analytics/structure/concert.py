"""Parties that act in concert (一致行动人) and vote as one: who they are, and what they control together.

Each concert becomes one more owner that controls its members: the same fixpoint then answers for parties
and concerts alike, and its proofs name the members whose votes are needed. Concert is taken as
transitive: whoever acts with a member acts with all, which never misses a controller.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.structure.control import Control, solve_control
from analytics.structure.listed.rules import LINES, ConcertRule
from analytics.structure.proof import Step, prove
from analytics.structure.reach import Nodes, Reach
from analytics.structure.votes import FINE, NANO, Arrows, Holdings, widened
from graph.bands import LOW_OPEN
from graph.errors import InvalidQuestion
from graph.model import RELATIONSHIPS

Circles = Mapping[int, tuple[frozenset[int], frozenset[int]]]
"""Whose votes in one company some owners have, for certain and perhaps, where it is not all whom they control."""
NO_CIRCLES: Final[Circles] = {}


@dataclass(frozen=True)
class Concert:
    """Parties that act together, and by what evidence."""

    members: tuple[int, ...]
    """Node numbers, ascending."""
    ties: tuple[int, ...]
    """Positions of the ties among them, as their maker counted."""


def find_concerts(tail: ArrayLike, head: ArrayLike, *, positions: ArrayLike | None = None) -> tuple[Concert, ...]:
    r"""Unite parties that are tied pair by pair.

    .. math:: x \sim y \iff \text{a chain of ties leads from } x \text{ to } y

    Parameters
    ----------
    tail, head : (m,) arrays of node numbers
        Pairs that act in concert; the direction says nothing.
    positions : (m,) array, optional
        What to call each tie by; its place here where none are given.

    Raises
    ------
    ValueError
        If the arrays differ in length.

    Source
    ------
    上市公司收购管理办法 art. 83; domain reference §1.7, vector OWN-12.

    Example
    -------
    >>> find_concerts([4, 2, 7], [2, 9, 8])
    (Concert(members=(2, 4, 9), ties=(0, 1)), Concert(members=(7, 8), ties=(2,)))
    """
    ends = np.stack([np.asarray(tail, np.int64), np.asarray(head, np.int64)])
    called = np.arange(ends.shape[1]) if positions is None else np.asarray(positions)
    nodes, place = np.unique(ends, return_inverse=True)
    place = place.reshape(ends.shape)
    shape = (len(nodes), len(nodes))
    _, part = connected_components(csr_array((np.ones(ends.shape[1]), (place[0], place[1])), shape=shape))
    members, ties = _parted(part, nodes), _parted(part[place[0]], called)
    kept = [(tuple(who), tuple(what)) for who, what in zip(members, ties, strict=True) if len(who) > 1]
    return tuple(Concert(who, what) for who, what in sorted(kept, key=lambda one: one[0][0]))


def _parted(part: NDArray[np.int32], values: NDArray[Any]) -> Iterator[list[int]]:
    """The values of each part, in their order; every part has some."""
    order = np.argsort(part, kind="stable")
    stops = np.cumsum(np.bincount(part)).tolist()
    given = values[order].tolist()
    return (given[start:stop] for start, stop in pairwise([0, *stops]))


@dataclass(frozen=True)
class Together:
    """Control by parties and by concerts; a concert is node n + its number."""

    parties: int
    """Number of parties n."""
    concerts: tuple[Concert, ...]
    control: Control
    """Of n parties and, after them, all concerts."""
    own_edges: int
    """Arrows of control that were given; positions from here on tie a concert to its members."""

    def members(self, node: int) -> tuple[int, ...]:
        """Members of the concert that is this node."""
        return self.concerts[node - self.parties].members

    def controlled_by(self, concert: int, *, possible: bool = False) -> Nodes:
        """What the members of a concert control together, in the order in which it follows; behind it those of the
        members that the others control."""
        others = self.control.controlled_by(self.parties + concert, possible=possible)
        for member in self.concerts[concert].members:
            others = others[others != member]
        led = self.led(concert, possible=possible)
        return np.append(others, led) if len(led) else others

    def circle(self, concert: int, company: int, *, possible: bool = False) -> frozenset[int]:
        """Whose votes in a company a concert has: its members, and what they control. Of one of the members the others
        act alone, with what they control without it; its own votes, and those of what it alone controls, are none."""
        members = self.concerts[concert].members
        if company not in members:
            found = self.control.controlled_by(self.parties + concert, possible=possible)
        else:
            (found,) = self._reach(possible).without_own(self.parties + concert, [company])
        return frozenset(found.tolist()) - {company}

    def circles(self, company: int) -> Circles:
        """Of the concerts that a company acts in, by their nodes, the circles of the others: sure ones and perhaps."""
        return {
            self.parties + k: (self.circle(k, company), self.circle(k, company, possible=True))
            for k in self.acting(company)
        }

    def acting(self, company: int) -> list[int]:
        """Numbers of the concerts that a party acts in."""
        return self._acting.get(company, [])

    @cached_property
    def _acting(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number, concert in enumerate(self.concerts):
            for member in concert.members:
                found.setdefault(member, []).append(number)
        return found

    @cached_property
    def as_one(self) -> dict[Hashable, frozenset[int]]:
        """What some parties were found to control as one, among a few companies and without some facts."""
        return {}

    def led(self, concert: int, *, possible: bool = False, apart: int = -1) -> Nodes:
        """Members of a concert that the others control together, one `apart` not among these: none has a vote over
        itself."""
        name = concert, possible, apart
        if name not in self._led:
            self._led[name] = self._led_of(concert, possible=possible, apart=apart)
        return self._led[name]

    @cached_property
    def _led(self) -> dict[tuple[int, bool, int], Nodes]:
        return {}

    @cached_property
    def _near(self) -> NDArray[np.bool_]:
        """Whether a member of each concert is held by another, by a party that a concert may control, or is controlled
        otherwise: of the others the members lead nobody."""
        reach, held = self.control.possible, self.control.holdings.holders
        counts = np.array([len(one.members) for one in self.concerts], np.int64)
        number = np.repeat(np.arange(len(counts)), counts)
        member = np.fromiter(chain.from_iterable(one.members for one in self.concerts), np.int64, len(number))
        inside: NDArray[np.bool_] = np.zeros(self.control.size, np.bool_)
        inside[reach.members[reach.owner >= self.parties]] = True
        many = held.start[member + 1] - held.start[member]
        who, of = held.head[held.spans(member)], np.repeat(number, many)
        near = inside[who] & (who != np.repeat(member, many)) if len(who) else np.zeros(0, np.bool_)
        near |= np.isin(of << 32 | who, number << 32 | member)
        found: NDArray[np.bool_] = np.zeros(len(counts), np.bool_)
        found[of[near]] = True
        found[reach.left[reach.left >= self.parties].astype(np.int64) - self.parties] = True
        if self.own_edges:
            other = self.control.edges
            given = other.head[other.tail < self.parties]
            found[number[np.isin(member, given)]] = True
        return found

    def _led_of(self, concert: int, *, possible: bool, apart: int) -> Nodes:
        if not self._near[concert]:
            return np.zeros(0, np.uint32)
        node = self.parties + concert
        able = self._able(np.array(self.concerts[concert].members, np.int64), node, possible=possible)
        reach = self._reach(possible)
        able = [y for y in able if y != apart]
        without = zip(able, reach.without_own(node, able, apart=apart) if able else (), strict=True)
        return np.array([y for y, found in without if (found == y).any()], np.uint32)

    def _able(self, members: NDArray[np.int64], node: int, *, possible: bool) -> list[int]:
        """Members of whom all others, with what all control, have enough votes, or other control."""
        control, held = self.control, self.control.holdings
        other = control.controlled_otherwise if possible else control.sure_otherwise
        inside: Nodes = np.append(members, control.controlled_by(node, possible=possible)).astype(np.uint32)
        votes, tied = (
            _from_inside(arrows, members, inside[inside < self.parties], weight)
            for arrows, weight in ((held.holders, held.high), (other, None))
        )
        bar = (control.possible if possible else control.certain).votes.bar[members] >> 10
        enough = (votes * FINE + NANO >= bar) | (tied > 0)
        return [int(y) for y in members[enough].tolist()]

    def concerts_over(self, company: int, *, possible: bool = False) -> list[int]:
        """Numbers of the concerts that control a company, be it one of their members, and of which several others take
        part in it: of one alone, who acts with others elsewhere, the control is its own."""
        over = self.control.controllers_of(company, possible=possible)
        found = [int(x) - self.parties for x in over if x >= self.parties]
        return [k for k in found if self._several(k, company, possible=possible)]

    def taking_part(self, concert: int, company: int, *, possible: bool = False) -> tuple[int, ...]:
        """Members of a concert that have a part in a company: a holding of it or other control over it, by themselves
        or through what they, or all of them together, control. Who has none is bound by no agreement of its holders.
        Of a member itself the others take part, whether or not they control it."""
        control, members = self.control, {*self.concerts[concert].members}
        inside = {*self.led(concert, possible=possible, apart=company if company in members else -1).tolist()}
        inside |= self.circle(concert, company, possible=possible) - members
        seen, wave = {company}, [company]
        while wave:
            new = _parted_by(control, wave.pop(), possible=possible) - seen
            seen |= new
            wave += new & inside
        found = members & seen
        over = (control.controllers_of(x, possible=possible).tolist() for x in found)
        return tuple(sorted(found.union(x for some in over for x in some if x in members) - {company}))

    def _several(self, concert: int, company: int, *, possible: bool) -> bool:
        """Whether the other members control a company where it is one, and several have a part in it."""
        if company in self.concerts[concert].members and company not in self.led(concert, possible=possible):
            return False
        return len(self.taking_part(concert, company, possible=possible)) > 1

    def ultimate_of(self, company: int, *, possible: bool = False) -> tuple[list[int], list[int]]:
        """Parties, and numbers of concerts, that control a company and that nobody controls.

        A member whose concert controls the company too gives way to it.
        """
        concerts = self.concerts_over(company, possible=possible)
        over = self.control.controllers_of(company, possible=possible).tolist()
        over = [x for x in over if x < self.parties or x - self.parties in concerts]
        reach = self._reach(possible)
        tops = [x for x in over if set(over).isdisjoint(reach.over(x).tolist())]
        return [x for x in tops if x < self.parties], [x - self.parties for x in tops if x >= self.parties]

    def prove(
        self, concert: int, company: int, *, possible: bool = False, about: int | None = None
    ) -> tuple[Step, ...]:
        """By which holdings of its members, the company not among them, and of what they control a concert controls a
        company; where it is for the sake of another company, that is not among the members either."""
        members, apart = self.concerts[concert].members, company if about is None else about
        if company in members and company not in self.led(concert, possible=possible):
            raise InvalidQuestion("is a member of the concert that the others do not control", where=f"party {company}")
        without = apart if apart in members else None
        steps = prove(self.control, self.parties + concert, company, possible=possible, without=without)
        return tuple(step for step in steps if not (step.edges and step.edges[0] >= self.own_edges))

    def _reach(self, possible: bool) -> Reach:
        return self.control.possible if possible else self.control.certain


def _from_inside(
    arrows: Arrows, companies: NDArray[np.int64], inside: NDArray[Any], weight: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """What arrows from some parties to each of some companies weigh together, a company's own left out."""
    at, count = arrows.spans(companies), arrows.start[companies + 1] - arrows.start[companies]
    place, who = np.repeat(np.arange(len(companies)), count), arrows.head[at]
    known = {*inside.tolist()}
    counts = np.fromiter((x in known for x in who.tolist()), np.bool_, len(who)) & (who != companies[place])
    weights = counts if weight is None else counts * weight[arrows.link[at]]
    return np.asarray(np.bincount(place, weights, minlength=len(companies)))


def _parted_by(control: Control, company: int, *, possible: bool) -> set[int]:
    """Who has, or in the possible reading may have, a holding of a company or other control over it."""
    held = control.holdings
    links = held.holders.links_at(company)
    some = held.high[links] > 0 if possible else held.low[links] > 0
    if len(held.ends) and not possible:
        some |= (held.ends[links] & LOW_OPEN) > 0
    other = control.controlled_otherwise if possible else control.sure_otherwise
    return {*held.holders.at(company)[some].tolist(), *other.at(company).tolist()}


def solve_together(
    holdings: Holdings,
    concerts: Iterable[Concert],
    edges: Arrows | None = None,
    *,
    kind: NDArray[np.uint8] | None = None,
    threshold: float = 0.5,
) -> Together:
    r"""Solve control for all owners, each concert one of them.

    .. math:: C(G) = \mu S \supseteq G : \{y : \sum_{k \in S} W_{ky} > \theta\} \cup \{y : k \to y,\ k \in S\}

    Parameters
    ----------
    holdings : Holdings
        m links holder → company, fractions of all votes.
    concerts : iterable of Concert
        Groups that vote as one.
    edges : Arrows, optional
        Control on another basis, controller → company.
    kind : (n,) array of codes of party kinds, optional
        As `solve_control`.
    threshold : float
        Fraction θ that must be exceeded, at least one half.

    Raises
    ------
    InvalidShare
        As `solve_control`.
    InvalidQuestion
        If a member is no party of the graph.

    Source
    ------
    上市公司收购管理办法 art. 83; domain reference §1.4 and §1.7, vector OWN-12.

    Example
    -------
    >>> held = Holdings.exact(3, [0, 1], [2, 2], [0.3, 0.25])
    >>> both = solve_together(held, [Concert((0, 1), (0,))])
    >>> both.controlled_by(0).tolist(), both.ultimate_of(2), both.prove(0, 2)[0].holders
    ([2], ([], [0]), (0, 1))
    """
    groups, size = tuple(concerts), holdings.size
    for group in groups:
        if not all(0 <= x < size for x in group.members):
            raise InvalidQuestion("a member of a concert is no party of this graph", where=str(group.members))
    given = Arrows.of(size, (), ()) if edges is None else edges
    own = int(given.link.max()) + 1 if len(given.link) else 0
    wide = None
    if kind is not None:
        wide = np.append(kind, np.zeros(len(groups), np.uint8))
    control = solve_control(
        widened(holdings, len(groups)), _with_members(given, groups, size, own), kind=wide, threshold=threshold
    )
    return Together(size, groups, control, own)


def _with_members(edges: Arrows, concerts: Sequence[Concert], size: int, first: int) -> Arrows:
    """The arrows of control, and one from each concert to each of its members."""
    counts = np.array([len(group.members) for group in concerts], np.int64)
    owner = np.repeat(np.arange(size, size + len(concerts)), counts)
    member = np.fromiter(chain.from_iterable(group.members for group in concerts), np.int64, len(owner))
    made = Arrows.of(size + len(concerts), np.append(edges.tail, owner), np.append(edges.head, member))
    called = np.append(edges.link, np.arange(first, first + len(owner))).astype(np.uint32)
    doubtful = None
    if edges.doubtful is not None:
        doubtful = np.append(edges.doubtful, np.zeros(len(owner), np.bool_))[made.link]
    return Arrows(made.start, made.head, called[made.link], doubtful)


def concert_ties(links: Any, rule: ConcertRule) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    r"""Choose the RELATED_TO links that make parties act in concert under a rule.

    .. math:: T = \{t : kind_t \in rule,\ generations_t \le g\}

    Parameters
    ----------
    links : Links
        Of RELATED_TO.
    rule : ConcertRule
        Kinds of tie, up to which generation, and which of them are only presumed.

    Raises
    ------
    KeyError
        If the links are of another relation.

    Source
    ------
    上市公司收购管理办法 art. 83(2); domain reference §1.7: 三代以内直系, 二代以内旁系.

    Example
    -------
    >>> from types import SimpleNamespace
    >>> from analytics.structure.listed.rules import listed_rules
    >>> unsaid = {"line": np.full(3, -1, np.int8), "generations": np.full(3, np.nan)}
    >>> fields = {"kind": np.array([2, 0, 4], np.int8), **unsaid}
    >>> declared, presumed = concert_ties(SimpleNamespace(fields=fields), listed_rules()["CN_TAKEOVER"].concert)
    >>> declared.tolist(), presumed.tolist()
    ([0], [0, 1])
    """
    kinds, line, far = (links.fields[name] for name in ("kind", "line", "generations"))
    sure: NDArray[np.bool_] = np.zeros(len(kinds), np.bool_)
    some = sure.copy()
    for tie in rule.ties:
        fits = kinds == RELATIONSHIPS.index(tie.kind)
        if tie.line:
            fits &= (line == LINES.index(tie.line)) | (line < 0)
        if tie.generations:
            fits &= ~(far > tie.generations)
        some |= fits
        if not tie.presumed:
            sure |= fits
    return np.flatnonzero(sure), np.flatnonzero(some)
