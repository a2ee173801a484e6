"""How each member came into a group of connected clients, and what would leave if an edge were refuted."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace

import numpy as np

from analytics.structure.control import STATE, Control, solve_control
from analytics.structure.extended import Ways
from analytics.structure.government import THROUGH
from analytics.structure.groups import Groups
from analytics.structure.reach import Nodes
from analytics.structure.votes import Arrows, Holdings
from graph.errors import InvalidQuestion

SEED, DEPENDENT, CONTROLLED = "seed", "dependent", "controlled"
NONE = -1


@dataclass(frozen=True)
class Entry:
    """How one member came in."""

    member: int
    how: str
    """`seed`: of the control group it began with; `dependent` on a member; `controlled` by a dependent one."""
    through: int
    """The member it depends on or is controlled by, -1 for the seed."""
    dependence: int
    """Position of the dependence, -1 where it came in otherwise."""


@dataclass(frozen=True)
class Refuted:
    """Edges that are taken to be wrong, by their positions."""

    dependences: frozenset[int] = frozenset()
    """As `link` of the dependences counts them."""
    holdings: frozenset[int] = frozenset()
    """As the control's holdings count them."""
    edges: frozenset[int] = frozenset()
    """As `link` of the control's edges counts them."""

    def between(self, control: Control, parties: Set[int]) -> "Refuted":
        """Those of these holdings and edges that run between some parties: what control among them alone hangs on."""
        held, edges = control.holdings, frozenset[int]()
        holdings = (k for k in self.holdings if held.tail[k] in parties and held.head[k] in parties)
        if self.edges:
            many = control.edges
            rows = ((many.at(x), many.links_at(x)) for x in parties if many.start[x] < many.start[x + 1])
            ends = ((y, k) for heads, links in rows for y, k in zip(heads.tolist(), links.tolist(), strict=True))
            edges = self.edges & {k for y, k in ends if y in parties}
        return Refuted(frozenset(), frozenset(holdings), edges)


def grow(groups: Groups, dependences: Ways, seed: Iterable[int]) -> dict[int, Entry]:
    r"""Follow how a group grows from its seed, each member with the step that brought it in.

    The steps are the shortest in dependences; of several that bring the same party at once the one
    through the member that came first.

    .. math:: G_0 = seed, \qquad G_{k+1} = G_k \cup \bigcup_{x \to s \in G_k} (\{x\} \cup C(x))

    Parameters
    ----------
    groups : Groups
        Control groups, and the control behind them.
    dependences : Arrows
        From each party to those that would fail if it failed.
    seed : node numbers
        A control group, or a party that stands alone.

    Raises
    ------
    InvalidQuestion
        If the seed is empty or no party of the graph.

    Source
    ------
    Domain reference §2.2; the membership proof of §2.7.

    Example
    -------
    >>> from analytics.structure.groups import control_groups
    >>> groups = control_groups(solve_control(Holdings.exact(4, [1], [2], [0.6])))
    >>> came = grow(groups, Arrows.of(4, [0], [1]), [0])
    >>> [(entry.member, entry.how, entry.through) for entry in came.values()]
    [(0, 'seed', -1), (1, 'dependent', 0), (2, 'controlled', 1)]
    """
    first = sorted({int(x) for x in seed})
    if not first or not 0 <= first[0] <= first[-1] < groups.control.size:
        raise InvalidQuestion("no party of this graph", where=f"seed {first[:1] + first[-1:]}")
    came = {x: Entry(x, SEED, NONE, NONE) for x in first}
    wave = groups.bearing(first)
    for x in wave:  # grows as it is walked: breadth first
        for y, link in zip(dependences.at(x).tolist(), dependences.links_at(x).tolist(), strict=True):
            if y not in came:
                came[y] = Entry(y, DEPENDENT, x, link)
                new = [z for z in groups.below(y) if z not in came]
                came.update((z, Entry(z, CONTROLLED, y, NONE)) for z in new)
                wave += [y, *new]
    return came


def path(came: dict[int, Entry], member: int) -> tuple[Entry, ...]:
    r"""The steps from the seed to a member.

    .. math:: (e_1, \dots, e_k), \qquad e_1 \in seed, \quad through(e_{i+1}) = member(e_i)

    Parameters
    ----------
    came : entries by member
        As `grow` gives them.
    member : int

    Raises
    ------
    InvalidQuestion
        If it is no member.

    Source
    ------
    Domain reference §2.7: the path of edges that proves membership.

    Example
    -------
    >>> came = {0: Entry(0, SEED, -1, -1), 1: Entry(1, DEPENDENT, 0, 5)}
    >>> [entry.member for entry in path(came, 1)]
    [0, 1]
    """
    if member not in came:
        raise InvalidQuestion("no member of this group", where=f"party {member}")
    steps = [came[member]]
    while steps[-1].through != NONE:
        steps.append(came[steps[-1].through])
    return tuple(reversed(steps))


def leave(groups: Groups, dependences: Arrows, seed: Iterable[int], *, top: int, refuted: Refuted) -> Nodes:
    r"""Find who would leave a group if some edges were refuted.

    Whoever is still in was in before, and so was all that brings it in. The group is grown again among its
    members, from what the top still controls by them and by what else falls to it above them.

    .. math:: L = G \setminus G', \qquad G' = \text{grown without the edges}, \quad G' \subseteq G

    Parameters
    ----------
    groups : Groups
        Control groups, and the control behind them.
    dependences : Arrows
        From each party to those that would fail if it failed.
    seed : node numbers
        The control group it grew from.
    top : int
        The controller on top of the seed, of a ring its first member; a party alone is its own.
    refuted : Refuted
        Edges to do without.

    Raises
    ------
    InvalidQuestion
        If the top is not in the seed.

    Source
    ------
    Domain reference §2.1 and §2.2; control is monotone in votes (§1.4).

    Example
    -------
    >>> from analytics.structure.groups import control_groups
    >>> groups = control_groups(solve_control(Holdings.exact(4, [1], [2], [0.6])))
    >>> falls = Arrows.of(4, [0, 1], [1, 3])
    >>> leave(groups, falls, [0], top=0, refuted=Refuted(dependences=frozenset([0]))).tolist()
    [1, 2, 3]
    >>> leave(groups, falls, [0], top=0, refuted=Refuted(holdings=frozenset([0]))).tolist()
    [2]
    """
    first = {int(x) for x in seed}
    if top not in first:
        raise InvalidQuestion("is not in the seed", where=f"top {top}")
    inside = np.array(sorted(grow(groups, dependences, first)), np.uint32)
    solved = np.append(inside, _falling_above(groups.control, top, inside))
    place = {x: k for k, x in enumerate(solved.tolist())}
    control = control_among(groups.control, solved, place, refuted)
    held = {place[x] for x in first}  # a government body may control members that depend on the seed, too
    stays = {place[top], *control.controlled_by(place[top]).tolist()} & held
    wave = [place[x] for x in groups.bearing(first) if place[x] in stays]
    while wave:
        x = int(inside[wave.pop()])
        for y, link in zip(dependences.at(x).tolist(), dependences.links_at(x).tolist(), strict=True):
            if link not in refuted.dependences and place[y] not in stays:
                idle = groups.government != THROUGH and groups.control.state[y]
                below = () if idle else control.controlled_by(place[y]).tolist()
                new = {place[y], *below} - stays
                stays |= new
                wave += new
    return np.asarray(np.delete(inside, sorted(stays)))


def _falling_above(control: Control, top: int, members: Nodes) -> Nodes:
    """What falls to the top above some members and is none of them."""
    near = control.holdings.holders, control.controlled_otherwise
    found, wave = set(members.tolist()), members.tolist()
    lower = set(control.controlled_by(top).tolist()) - found
    while wave and lower:
        y = wave.pop()
        new = {x for arrows in near for x in arrows.at(y).tolist() if x in lower}
        lower -= new
        wave += new
        found |= new
    return np.array(sorted(found - set(members.tolist())), np.uint32)


def control_among(control: Control, inside: Nodes, place: dict[int, int], refuted: Refuted) -> Control:
    r"""Solve control among some parties alone, without the refuted edges.

    What the others hold, and what is refuted, is still somebody's, so that bands leave no more open than before.
    Parties of one place hold together.

    .. math:: W'_{p(k)\,p(y)} = \sum_{k' : p(k') = p(k)} W_{k'y}

    Parameters
    ----------
    control : Control
        Who controls whom.
    inside : (m,) array of node numbers
        Parties who may be controlled.
    place : mapping from node number to place
        Places count from 0; all of `inside` have one, others may, such as an individual.
    refuted : Refuted
        Edges to do without; dependences are none of control.

    Raises
    ------
    Nothing; places are those of the caller.

    Source
    ------
    Control is monotone in votes (domain reference §1.4), so what is left of it lies among those who had it.

    Example
    -------
    >>> whole = solve_control(Holdings.exact(3, [0, 1, 0], [2, 2, 1], [0.3, 0.3, 0.6]))
    >>> places, members = {0: 0, 1: 1, 2: 2}, np.arange(3, dtype=np.uint32)
    >>> control_among(whole, members, places, Refuted()).controlled_by(0).tolist()
    [1, 2]
    >>> control_among(whole, members, places, Refuted(holdings=frozenset([1]))).controlled_by(0).tolist()
    [1]
    """
    edges, size = control.edges, max(place.values()) + 1
    few = _votes_among(control.holdings, inside, place, refuted)
    other = [
        (place[x], place[int(edges.head[at])], edges.doubtful is not None and bool(edges.doubtful[at]))
        for x in place
        for at in range(edges.start[x], edges.start[x + 1])
        if int(edges.head[at]) in place and int(edges.link[at]) not in refuted.edges
    ]
    kind = np.zeros(size, np.uint8)
    for x, at in place.items():
        kind[at] = STATE if control.state[x] else 0
    arrows = Arrows.of(size, *([edge[end] for edge in other] for end in (0, 1)))
    if edges.uncertain:
        arrows = replace(arrows, doubtful=np.array([edge[2] for edge in other], np.bool_)[arrows.link])
    found = solve_control(few, arrows, kind=kind, threshold=control.threshold)
    return found.as_possible() if control.counts_possible else found


def _votes_among(held: Holdings, inside: Nodes, place: dict[int, int], refuted: Refuted) -> Holdings:
    """Votes among some parties; what others hold, and what is refuted, is withheld from all of them."""
    rows = sorted(
        (place[z], place[y], link)
        for y in inside.tolist()
        for z, link in zip(held.holders.at(y).tolist(), held.holders.links_at(y).tolist(), strict=True)
        if z in place and link not in refuted.holdings
    )
    tail, head, links = (np.array(column, np.int64) for column in (zip(*rows, strict=True) if rows else ((), (), ())))
    low, high = held.low[links], held.high[links]
    ends = held.ends[links] if len(held.ends) else ()
    size, at = max(place.values()) + 1, [place[x] for x in inside.tolist()]
    few = Holdings.between(size, tail, head, low, high if held.banded else low, ends)
    netted = np.zeros(size, np.bool_)
    netted[at] = held.netted[inside]
    few = replace(few, net=netted[few.head])  # stated votes are net whoever has them
    given = np.bincount(at, weights=held.given[inside], minlength=size)
    return replace(few, withheld=np.maximum(given - few.given, 0.0))
