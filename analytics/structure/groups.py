"""Groups: what one controller unites, and what falls with it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.structure.control import Control
from analytics.structure.reach import Nodes
from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion


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

    def __len__(self) -> int:
        return len(self.top)

    def members(self, group: int) -> Nodes:
        """Members of a group, ascending."""
        return self.flat[self.start[group] : self.start[group + 1]]

    @cached_property
    def _of(self) -> Arrows:
        numbers = np.repeat(np.arange(len(self.top), dtype=np.uint32), np.diff(self.start))
        return Arrows.of(self.control.size, self.flat, numbers)

    def of(self, node: int) -> Nodes:
        """Numbers of the groups a party sits in; none where it stands alone."""
        return self._of.at(node)

    def around(self, node: int) -> list[Nodes]:
        """Members of each group a party sits in; itself where it stands alone."""
        return [self.members(group) for group in self.of(node)] or [np.array([node], np.uint32)]

    def near(self, nodes: Iterable[int], also: Callable[[int], Iterable[int]]) -> Iterator[Nodes]:
        """Each group that hangs together with some parties by shared members, or by what `also` adds to each.

        A group is opened once, by whichever of its members is met first; whoever is in none comes alone.
        """
        seen, opened = set(nodes), set[int]()
        wave = list(seen)
        while wave:
            x = wave.pop()
            mine = self.of(x).tolist()
            found = [self.members(group) for group in mine if group not in opened]
            opened.update(mine)
            yield from found if mine else [np.array([x], np.uint32)]
            near = {*also(x), *(z for group in found for z in group.tolist())} - seen
            wave += near
            seen |= near


def control_groups(control: Control) -> Groups:
    r"""Unite each controller that nobody controls with all it controls.

    A government body controls but does not unite: it is neither a top nor a member, and what only it
    controls is on top itself. A deadlock ring that no outsider controls is a top as a whole. Natural
    persons unite like companies.

    .. math:: G_t = \{t\} \cup C(t), \qquad t \notin \bigcup_{x \notin State} C(x)

    Parameters
    ----------
    control : Control
        Who controls whom; the certain pairs are used.

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
    reach, state = control.certain, control.state
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
    return Groups(control, top, np.append(start, len(order)).astype(np.int64), member[order])


def connected_groups(
    groups: Groups, dependences: Arrows, clients: Iterable[int], *, beside_state: bool = False
) -> list[Nodes]:
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
    beside_state : bool
        Whether a government body is put beside each group it controls directly, group by group (the
        "alternative approach" for central governments); else it stands alone.

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
    known = {int(client) for client in clients}
    if known and not 0 <= min(known) <= max(known) < groups.control.size:
        raise InvalidQuestion("a client is no party of this graph", where=f"clients {min(known)} to {max(known)}")
    grown = {
        frozenset(_fallen(groups, dependences, seed, beside_state=beside_state) & known)
        for seed in _seeds(groups, dependences, known, beside_state=beside_state)
    }
    return [np.array(sorted(group), np.uint32) for group in sorted(_greatest(grown), key=sorted)]


def _seeds(groups: Groups, dependences: Arrows, clients: set[int], *, beside_state: bool) -> set[frozenset[int]]:
    """Control groups from which a client could be reached."""
    near = groups.near(clients, lambda x: dependences.reverse.at(x).tolist())
    seeds = {frozenset(group.tolist()) for group in near}
    if not beside_state:
        return seeds
    return {seed | set(np.flatnonzero(_state_over(groups, seed)).tolist()) for seed in seeds}


def _state_over(groups: Groups, seed: frozenset[int]) -> NDArray[np.bool_]:
    """Government bodies that control a member of the seed."""
    over = np.zeros(groups.control.size, np.bool_)
    for x in seed:
        over[groups.control.controllers_of(x)] = True
    return over & groups.control.state


def _fallen(groups: Groups, dependences: Arrows, seed: frozenset[int], *, beside_state: bool) -> set[int]:
    """The seed and whoever falls with it; what depends on a body put beside a group falls apart from it."""
    state = groups.control.state
    fallen = set(seed)
    wave = [x for x in seed if not (beside_state and state[x] and len(seed) > 1)]
    while wave:
        for dependant in dependences.at(wave.pop()).tolist():
            if dependant not in fallen:
                below = () if state[dependant] else groups.control.controlled_by(dependant).tolist()
                new = {dependant, *below} - fallen
                fallen |= new
                wave += new
    return fallen


def _greatest(sets: set[frozenset[int]]) -> list[frozenset[int]]:
    """Those that lie within no other; each set is compared only with those that share its rarest member."""
    holding: dict[int, list[frozenset[int]]] = {}
    for group in sets:
        for x in group:
            holding.setdefault(x, []).append(group)
    return [
        group
        for group in sets
        if group and not any(group < other for other in min((holding[x] for x in group), key=len))
    ]
