"""Control groups: what one controller unites."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.structure.control import Control
from analytics.structure.government import APART, BESIDE, THROUGH
from analytics.structure.reach import Nodes
from analytics.structure.votes import Arrows
from graph.texts import UNKNOWN


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
        held = self.control.certain.direct.start
        if held[node] == held[node + 1] or (self.government != THROUGH and self.control.state[node]):
            return []
        below: list[int] = self.control.controlled_by(node).tolist()
        return below

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
