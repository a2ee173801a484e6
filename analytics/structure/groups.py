"""Groups: what one controller unites, and what falls with it."""

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.structure.control import Control
from analytics.structure.government import APART, BESIDE, THROUGH
from analytics.structure.reach import Nodes
from analytics.structure.sets import greatest
from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion
from graph.texts import UNKNOWN

BOOK = 1000
"""Clients from which it is worth making lists of all dependences first."""


@dataclass(frozen=True)
class Groups:
    """Control groups of at least two parties; whoever is in none stands alone and is a group of its own.

    Groups overlap where a firm is controlled by several who do not control each other, and are never
    united through it.
    """

    control: Control
    top: Nodes
    """The controller on top of each group, of a deadlock ring its first member, ascending."""
    start: NDArray[np.int64]
    flat: Nodes
    """Members of group k are `flat[start[k]:start[k + 1]]`, ascending, the top among them."""
    government: str = APART
    """Whether government bodies stand apart, are put beside each group that they control, or unite like others."""

    def __len__(self) -> int:
        return len(self.top)

    def members(self, group: int) -> Nodes:
        """Members of a group, ascending."""
        return self.flat[self.start[group] : self.start[group + 1]]

    @cached_property
    def _of(self) -> Arrows:
        numbers = np.repeat(np.arange(len(self.top), dtype=np.uint32), np.diff(self.start))
        return Arrows.of(self.control.size, self.flat, numbers)

    @cached_property
    def grouped(self) -> NDArray[np.bool_]:
        """Whether each party sits in a group, shape (n,)."""
        return np.diff(self._of.start) > 0

    def of(self, node: int) -> Nodes:
        """Numbers of the groups a party sits in; none where it stands alone."""
        return self._of.at(node)

    def around(self, node: int) -> list[Nodes]:
        """Members of each group a party sits in; itself where it stands alone."""
        return [self.members(group) for group in self.of(node)] or [np.array([node], np.uint32)]

    def beside(self, node: int) -> bool:
        """Whether a party is a government body that is put beside groups and does not unite them."""
        return self.government == BESIDE and bool(self.control.state[node])

    def below(self, node: int) -> list[int]:
        """Who comes in with a party by control; with a government body nobody, unless it unites like others."""
        idle = self.government != THROUGH and self.control.state[node]
        return [] if idle else self.control.controlled_by(node).tolist()

    def bearing(self, seed: Iterable[int]) -> list[int]:
        """Parties of a seed with whom others fall: not with a government body put beside a group, with one alone."""
        parties = list(seed)
        whole = self.government != BESIDE or len(parties) < 2
        return parties if whole else [x for x in parties if not self.control.state[x]]

    def near(self, nodes: Iterable[int], also: Callable[[int], Iterable[int]]) -> Iterator[Nodes]:
        """Each group that hangs together with some parties by shared members, or by what `also` adds to each.

        A group is opened once, by whichever of its members is met first; whoever is in none comes alone, and so does
        a government body that is put beside groups: it opens none.
        """
        seen, opened = set(nodes), set[int]()
        wave = list(seen)
        while wave:
            x = wave.pop()
            mine = [] if self.beside(x) else self.of(x).tolist()
            found = [self.members(group) for group in mine if group not in opened]
            opened.update(mine)
            yield from found if mine else [np.array([x], np.uint32)]
            shared = (z for group in found for z in group.tolist())
            if self.government == BESIDE:
                shared = (z for z in shared if not self.control.state[z])
            near = {*also(x), *shared} - seen
            wave += near
            seen |= near


def control_groups(control: Control, *, government: str = APART) -> Groups:
    r"""Unite each controller that nobody controls with all it controls.

    A government body controls but does not unite: it is neither a top nor a member, and what only it
    controls is on top itself. Put beside, it is on top of each such group, group by group. A deadlock
    ring that no outsider controls is a top as a whole. Natural persons unite like companies.

    .. math:: G_t = \{t\} \cup C(t), \qquad t \notin \bigcup_{x \notin State} C(x)

    Parameters
    ----------
    control : Control
        Who controls whom; the certain pairs are used.
    government : str
        What a supervisor's rule set says of government bodies, one of `APPROACHES`.

    Raises
    ------
    NotConverged
        If not even the sets of top controllers fit the budget of `solve_control`.

    Source
    ------
    CRR art. 4(1)(39)(a); 公司法 (2023) art. 265(4); domain reference §2.2 step 1, vector GRP-12.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.votes import Holdings
    >>> groups = control_groups(solve_control(Holdings.exact(4, [0, 1, 3], [1, 2, 2], [0.6, 0.6, 0.4])))
    >>> groups.around(2), groups.around(3)
    ([array([0, 1, 2], dtype=uint32)], [array([3], dtype=uint32)])
    """
    reach = control.certain
    state: NDArray[np.bool_] = control.state if government != THROUGH else np.zeros(control.size, np.bool_)
    controlled = reach.marked(~state)
    chosen = ~controlled[reach.owners] & ~state[reach.owners]
    pairs = chosen[np.repeat(np.arange(len(reach.owners)), np.diff(reach.start))] & ~state[reach.members]
    tops = [reach.owners[chosen], reach.owner[pairs]]
    members = [reach.owners[chosen], reach.members[pairs]]
    for ring in control.deadlocks:
        outside = np.setdiff1d(reach.over(int(ring[0])), ring)
        if state[outside].all():
            held = np.union1d(ring, reach.of(int(ring[0])))
            members.append(held)
            tops.append(np.full(len(held), ring[0], np.uint32))
    owner, member = np.concatenate(tops), np.concatenate(members)
    order = np.lexsort((member, owner))
    top, start = np.unique(owner[order], return_index=True)
    found = Groups(control, top, np.append(start, len(order)).astype(np.int64), member[order], government)
    return _beside(found) if government == BESIDE else found


def _beside(groups: Groups) -> Groups:
    """Put government bodies on top of each group of which they control a member, and of who stands alone."""
    reach, state, many = groups.control.certain, groups.control.state, len(groups)
    pairs = np.flatnonzero(state[reach.owner] & ~state[reach.members])
    body, held = reach.owner[pairs], reach.members[pairs].astype(np.int64)
    lone = ~groups.grouped[held]
    alone, place = np.unique(held[lone], return_inverse=True)
    mine, last = groups._of, np.cumsum(groups._of.start[held + 1] - groups._of.start[held])
    at = np.repeat(np.arange(len(held)), np.diff(last, prepend=0))
    beside = mine.head[mine.start[held + 1][at] - last[at] + np.arange(len(at))].astype(np.int64)
    number = np.repeat(np.arange(many), np.diff(groups.start))
    numbers = np.concatenate([number, beside, many + place, many + np.arange(len(alone))])
    members = np.concatenate([groups.flat, body[at], body[lone], alone])
    top = np.append(groups.top, alone).astype(np.uint32)
    put = np.full(len(top), UNKNOWN, np.uint32)
    np.minimum.at(put, np.append(beside, many + place), np.append(body[at], body[lone]))
    top = np.where(put == UNKNOWN, top, put)
    pair = np.unique(np.column_stack([top[numbers], numbers, members]).astype(np.int64), axis=0)
    starts = np.flatnonzero(np.diff(pair[:, 1], prepend=-1))
    start = np.append(starts, len(pair)).astype(np.int64)
    return Groups(groups.control, pair[starts, 0].astype(np.uint32), start, pair[:, 2].astype(np.uint32), BESIDE)


@dataclass(frozen=True)
class Grown:
    """One group of connected clients, and what it grew from."""

    clients: Nodes
    """Ascending."""
    seed: Nodes
    """The control group, or the party that stands alone, from which it was reached; it need hold no client."""


def connected_groups(groups: Groups, dependences: Arrows, clients: Iterable[int]) -> list[Nodes]:
    r"""Find the groups of connected clients: control groups and all that would fail with them.

    From each control group, and each party that stands alone: add whoever depends economically on a
    member, and with it all it controls, to closure. A parent comes in only where it is itself recorded
    as dependent. Each seed gives one group; they overlap and are not united. Then who is no client is
    left out, and with it groups that lie wholly within another.

    .. math:: G = \min\{S \supseteq seed : x \to s,\ s \in S \Rightarrow \{x\} \cup C(x) \subseteq S\}

    Parameters
    ----------
    groups : Groups
        Control groups, and the control behind them.
    dependences : Arrows
        From each party to those that would fail if it failed (confirmed `DEPENDS_ON` turned round).
    clients : node numbers
        Parties to which there is an exposure.

    Raises
    ------
    InvalidQuestion
        If a client is no node of the graph.

    Source
    ------
    EBA/GL/2017/15; Delegated Regulation (EU) 2024/1728; domain reference §2.2, vectors GRP-01 to GRP-09.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.votes import Holdings
    >>> groups = control_groups(solve_control(Holdings.exact(4, [0], [1], [0.6])))
    >>> connected_groups(groups, Arrows.of(4, [1, 3], [2, 2]), range(4))
    [array([0, 1, 2], dtype=uint32), array([2, 3], dtype=uint32)]
    """
    return [grown.clients for grown in grown_groups(groups, dependences, clients)]


def grown_groups(groups: Groups, dependences: Arrows, clients: Iterable[int]) -> list[Grown]:
    r"""Find the groups of connected clients as `connected_groups` does, each with the seed it grew from.

    Of several seeds from which the same clients are reached, the largest is told.

    .. math:: (G, s), \qquad G = \text{closure}(s) \cap clients

    Parameters
    ----------
    groups, dependences, clients
        As `connected_groups`.

    Raises
    ------
    InvalidQuestion
        If a client is no node of the graph.

    Source
    ------
    As `connected_groups`; the membership proof of domain reference §2.7 begins with the seed.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.votes import Holdings
    >>> groups = control_groups(solve_control(Holdings.exact(4, [0], [1], [0.6])))
    >>> [(g.clients.tolist(), g.seed.tolist()) for g in grown_groups(groups, Arrows.of(4, [1], [2]), [1, 2])]
    [([1, 2], [0, 1])]
    """
    given = np.unique(np.fromiter(clients, np.int64))
    if len(given) and not 0 <= given[0] <= given[-1] < groups.control.size:
        raise InvalidQuestion("a client is no party of this graph", where=f"clients {given[0]} to {given[-1]}")
    # Of a book most stand alone with nothing tied to them: they need no walk.
    lone = _alone(groups, dependences, given)
    known = set(given.tolist())
    near = _listed if len(given) > BOOK else _all
    falls, supports = near(dependences), near(dependences.reverse)
    seeds = _seeds(groups, supports, given[~lone].tolist())
    found = _largest((frozenset(_fallen(groups, falls, seed) & known), seed) for seed in seeds)
    found += [Grown(alone, alone) for alone in given[lone].astype(np.uint32)[:, None]]
    return sorted(found, key=lambda one: one.clients.tolist())


def _largest(reached: Iterable[tuple[frozenset[int], frozenset[int]]]) -> list[Grown]:
    """Groups that lie within no other, each with the largest seed it was reached from, the first of several."""
    grown: dict[frozenset[int], frozenset[int]] = {}
    for group, seed in reached:
        before = grown.setdefault(group, seed)
        if before is not seed:
            grown[group] = min(before, seed, key=lambda one: (-len(one), sorted(one)))
    found = [Grown(_nodes(group), _nodes(grown[group])) for group in greatest(grown)]
    return sorted(found, key=lambda one: one.clients.tolist())


def _nodes(parties: Iterable[int]) -> Nodes:
    return np.array(sorted(parties), np.uint32)


def groups_around(
    groups: Groups,
    dependences: Arrows,
    party: int,
    *,
    refuted: Set[int] = frozenset(),
    most: int | None = None,
) -> list[Grown]:
    r"""Find the groups of connected clients that one party sits in, as `grown_groups` finds all of them.

    Only seeds from which the party can be reached are grown, and each group whole, whoever is a client.

    .. math:: \{G \in \mathcal G : x \in G\}

    Parameters
    ----------
    groups : Groups
        Control groups, and the control behind them.
    dependences : Arrows
        From each party to those that would fail if it failed.
    party : int
        Node number x.
    refuted : set of positions
        Dependences to do without, as their `link` counts them.
    most : int, optional
        Parties a group may have at most.

    Raises
    ------
    InvalidQuestion
        If the party is no node of the graph, or a group grows beyond `most`.

    Source
    ------
    As `connected_groups`; domain reference §2.7, an applicant's groups.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.votes import Holdings
    >>> groups = control_groups(solve_control(Holdings.exact(4, [0], [1], [0.6])))
    >>> falls = Arrows.of(4, [1, 3], [2, 2])
    >>> [(group.clients.tolist(), group.seed.tolist()) for group in groups_around(groups, falls, 2)]
    [([0, 1, 2], [0, 1]), ([2, 3], [3])]
    >>> [group.clients.tolist() for group in groups_around(groups, falls, 2, refuted={1})]
    [[0, 1, 2]]
    """
    if not 0 <= party < groups.control.size:
        raise InvalidQuestion("no party of this graph", where=f"party {party}")
    if _alone(groups, dependences, np.array([party]))[0]:
        return [Grown(_nodes([party]), _nodes([party]))]
    arrows = (dependences, dependences.reverse)
    falls, supports = (_kept(a, refuted) if refuted else _all(a) for a in arrows)
    around = [x for group in groups.around(party) for x in group.tolist()] if groups.beside(party) else [party]
    seeds = _seeds(groups, supports, around, most=most)
    reached = ((frozenset(_fallen(groups, falls, seed, most=most)), seed) for seed in seeds)
    return _largest((group, seed) for group, seed in reached if party in group)


Near = Callable[[int], Iterable[int]]
"""Who stands next to a party along some arrows."""


def _all(arrows: Arrows) -> Near:
    return lambda x: arrows.at(x).tolist()


def _listed(arrows: Arrows) -> Near:
    """As `_all`, made once for many parties."""
    heads, start = arrows.head.tolist(), arrows.start.tolist()
    near = {x: heads[start[x] : start[x + 1]] for x in np.flatnonzero(np.diff(arrows.start)).tolist()}
    return lambda x: near.get(x, ())


def _kept(arrows: Arrows, refuted: Set[int]) -> Near:
    def at(x: int) -> list[int]:
        rows = zip(arrows.at(x).tolist(), arrows.links_at(x).tolist(), strict=True)
        return [y for y, link in rows if link not in refuted]

    return at


def _alone(groups: Groups, dependences: Arrows, clients: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Clients in no control group that depend on nobody, and on whom nobody depends."""
    tied = [arrows.start[clients + 1] > arrows.start[clients] for arrows in (dependences, dependences.reverse)]
    return np.asarray(~(tied[0] | tied[1] | groups.grouped[clients]))


def _seeds(groups: Groups, supports: Near, clients: list[int], *, most: int | None = None) -> set[frozenset[int]]:
    """Control groups from which a client could be reached."""
    seeds, met = set[frozenset[int]](), 0
    for group in groups.near(clients, supports):
        seeds.add(frozenset(group.tolist()))
        met += len(group)
        _bounded(met, most)
    return seeds


def _bounded(count: int, most: int | None) -> None:
    if most is not None and count > most:
        raise InvalidQuestion(f"more than {most:,} parties hang together", where="groups")


def _fallen(groups: Groups, falls: Near, seed: frozenset[int], *, most: int | None = None) -> set[int]:
    """The seed and whoever falls with it; what depends on a body put beside a group falls apart from it."""
    owned = groups.control.certain.direct.start
    fallen = set(seed)
    wave = groups.bearing(seed)
    while wave:
        for dependant in falls(wave.pop()):
            if dependant not in fallen:
                below = () if owned[dependant] == owned[dependant + 1] else groups.below(dependant)
                new = {dependant, *below} - fallen
                fallen |= new
                wave += new
                _bounded(len(fallen), most)
    return fallen
