"""What each controller controls, kept for as many as fit and computed for the others when asked."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.kernels.control import Votes, Workspace, controlled_sets, direct_control
from analytics.structure.votes import Arrows, Holdings, starts, voting
from graph.errors import InvalidShare, NotConverged
from graph.grouping import spans

Nodes = NDArray[np.uint32]
NONE = -1
SEARCH_LIMIT = 2000
"""Owners whose sets are computed to answer who controls one party; beyond, the answer is refused."""


@dataclass(frozen=True)
class Reach:
    """Certain or possible control of everybody over everybody.

    A pyramid of depth d has d(d + 1)/2 pairs, so sets are kept up to a budget, those of top controllers
    first; any other is computed when it is asked for. Parties that control each other by themselves
    share one set. A party stands in its own set where what it controls holds its majority.
    """

    holdings: Holdings
    votes: Votes
    direct: Arrows
    """What each party controls by its own holdings or on another basis."""
    possible: bool
    ring: NDArray[np.int32]
    """Number of the ring of direct control a party sits in, shape (n,); -1: none."""
    owners: Nodes
    """Owners whose sets are kept; of a ring its first member."""
    start: NDArray[np.int64]
    members: Nodes
    """Set k is `members[start[k]:start[k + 1]]`, in the order in which control follows."""
    left: Nodes
    """Owners whose sets did not fit."""
    left_tops: int
    """How many of those no party but the State controls directly."""

    @property
    def size(self) -> int:
        """Number of nodes n."""
        return self.holdings.size

    @cached_property
    def slot(self) -> NDArray[np.int32]:
        """Number of each party's kept set, shape (n,); -1: none."""
        slot = np.full(self.size, NONE, np.int32)
        slot[self.owners] = np.arange(len(self.owners), dtype=np.int32)
        inside = np.flatnonzero(self.ring != NONE)
        if len(inside):
            first = np.full(self.ring.max() + 1, NONE, np.int32)
            kept = self.owners[self.ring[self.owners] != NONE]
            first[self.ring[kept]] = slot[kept]
            slot[inside] = first[self.ring[inside]]
        return slot

    def of(self, x: int) -> Nodes:
        """All that x controls."""
        if self.direct.start[x] == self.direct.start[x + 1]:
            return np.zeros(0, np.uint32)
        slot = self.slot[x]
        if slot != NONE:
            return self.members[self.start[slot] : self.start[slot + 1]]
        return self.sequence(x)

    def sets(self, owners: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All that each of some owners controls, the owner itself left out: its place among them, and the party."""
        slot = np.where(self.direct.start[owners + 1] > self.direct.start[owners], self.slot[owners], NONE)
        kept = np.flatnonzero(slot != NONE)
        at, of = spans(self.start[slot[kept]], self.start[slot[kept] + 1])
        place, party = kept[of], self.members[at].astype(np.int64)
        for k in np.flatnonzero((slot == NONE) & (self.direct.start[owners + 1] > self.direct.start[owners])).tolist():
            found = self.sequence(int(owners[k]))
            place, party = np.append(place, np.full(len(found), k)), np.append(party, found.astype(np.int64))
        other = party != owners[place]
        return place[other], party[other]

    def sequence(self, x: int) -> Nodes:
        """All that x controls, each after those that bring it to x."""
        return self._searched(x, self.direct)

    def without_own(self, x: int, companies: Iterable[int], *, apart: int = -1) -> Iterator[Nodes]:
        """All that x would control without what it directly has of a company, for each of some, one after the other;
        without what it has of one `apart` too."""
        mine = slice(int(self.direct.start[x]), int(self.direct.start[x + 1]))
        own = self.direct.head[mine]
        try:  # as with the memory of a search, each takes a copy that lies ready and lays it back as it was
            head = self._spare_heads.pop()
        except IndexError:
            head = self.direct.head.copy()
        for company in companies:
            left = own[(own != company) & (own != apart)]
            head[mine] = np.append(left, left[:1].repeat(len(own) - len(left))) if len(left) else own
            found = self._searched(x, replace(self.direct, head=head)) if len(left) else left
            head[mine] = own
            yield found
        self._spare_heads.append(head)

    def _searched(self, x: int, direct: Arrows) -> Nodes:
        # Threads search at once: each takes what lies ready or makes its own, and lays it back.
        try:
            work = self._spare.pop()
        except IndexError:
            work = Workspace.of(self.size)
        owner = np.array([x], np.uint32)
        found = _collect(owner, self.votes, direct, work, possible=self.possible, budget=self.size)[1]
        self._spare.append(work)
        return found

    @cached_property
    def _spare(self) -> "deque[Workspace]":
        return deque()

    @cached_property
    def _spare_heads(self) -> "deque[Nodes]":
        return deque()

    @cached_property
    def owner(self) -> Nodes:
        """Owner of each entry of `members`."""
        return np.repeat(self.owners, np.diff(self.start))

    @cached_property
    def _backward(self) -> Arrows:
        return Arrows.of(self.size, self.members, self.owner)

    def over(self, y: int) -> Nodes:
        """All that control y, by number."""
        found = set(self._backward.at(y).tolist())
        found |= self._search(y, found)
        around = {int(ring) for ring in self.ring[list(found)]} - {NONE}
        found.update(x for ring in around for x in np.flatnonzero(self.ring == ring).tolist())
        return np.array(sorted(found), np.uint32)

    @cached_property
    def _above(self) -> Arrows:
        return Arrows.of(self.size, self.direct.head, self.direct.tail)

    def _search(self, y: int, found: set[int]) -> set[int]:
        """Controllers of y whose sets were not kept."""
        if not len(self.left):
            return set()
        sure, wave = {y}, [y, *found]
        while wave:
            above = {x for z in wave for x in self._above.at(z).tolist()} - sure
            sure |= above
            wave = list(above)
        below = set(self.of(y).tolist())
        seen, wave = {y}, [y]
        while wave:
            near = {
                x for z in wave for x in (*self._above.at(z).tolist(), *self.holdings.holders.at(z).tolist())
            } - seen
            seen |= near
            wave = list(near)
        open_ = (seen & set(self.left.tolist())) - sure - (set() if y in below else below)
        if len(open_) > SEARCH_LIMIT:
            raise _unfinished(len(self.owners), len(open_))
        return (sure - ({y} - below)) | {x for x in open_ if y in self.of(x)}

    def marked(self, owners: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Mark what any of these owners controls, shape (n,)."""
        if self.left_tops:
            raise _unfinished(len(self.owners), self.left_tops)
        marked: NDArray[np.bool_] = np.zeros(self.size, np.bool_)
        marked[self.members[owners[self.owner]]] = True
        return marked

    @cached_property
    def deadlocks(self) -> list[Nodes]:
        """Rings of parties that control each other, and parties that control themselves through others."""
        found: list[Nodes] = []
        done: set[int] = set()
        for x in self.owner[self.owner == self.members].tolist():
            if x not in done:
                ring = {z for z in self.of(x).tolist() if self._mutual(x, z)}
                done |= ring
                found.append(np.array(sorted(ring), np.uint32))
        return sorted(found, key=lambda ring: int(ring[0]))

    def _mutual(self, x: int, z: int) -> bool:
        return x == z or (self.ring[x] == self.ring[z] != NONE) or x in self.of(z)


def _unfinished(kept: int, left: int) -> NotConverged:
    """Sets are missing, and too many to compute for one answer."""
    error = NotConverged("control", iterations=kept, residual=left)
    error.remedy = "keep more pairs (max_pairs)"
    return error


def _collect(
    owners: Nodes, votes: Votes, direct: Arrows, work: Workspace, *, possible: bool, budget: int
) -> tuple[NDArray[np.int64], Nodes, int]:
    """Sets of these owners one after the other: where each begins, the members, how many owners fit."""
    parts: list[Nodes] = []
    stops: list[NDArray[np.int64]] = [np.zeros(1, np.int64)]
    done = filled = 0
    while done < len(owners) and filled <= budget:
        stop = np.zeros(len(owners) - done, np.int64)
        count = controlled_sets(owners[done:], votes, direct.start, direct.head, possible, work, stop)
        parts.append(work.members[: stop[count - 1]].copy())
        stops.append(stop[:count] + filled)
        done, filled = done + count, filled + len(parts[-1])
    start = np.concatenate(stops)
    done = int(np.searchsorted(start, budget, side="right")) - 1
    return start[: done + 1], np.concatenate([*parts, np.zeros(0, np.uint32)])[: start[done]], done


def solve_reach(
    holdings: Holdings, edges: Arrows, state: NDArray[np.bool_], *, threshold: float, possible: bool, budget: int
) -> Reach:
    r"""Solve one of the two control relations for all owners at once.

    Whoever controls nothing by its own holdings or on another basis controls nothing at all, since votes
    are only joined with those of what one controls: most owners are done before they begin.

    .. math:: C(x) = \mu S : \{y : \sum_{k \in S \cup \{x\}} W_{ky} > \theta\} \cup \{y : k \to y,\ k \in S \cup \{x\}\}

    Parameters
    ----------
    holdings : Holdings
        m links holder → company, fractions of all votes.
    edges : Arrows
        Control on another basis, controller → company.
    state : (n,) array of bool
        Government bodies: what only they control directly is a top controller itself.
    threshold : float
        Fraction θ that must be exceeded, at least one half.
    possible : bool
        Count what bands allow instead of what they assure.
    budget : int
        Pairs to keep.

    Raises
    ------
    InvalidShare
        If votes are no fractions, a band is upside down, or θ lies below one half.

    Source
    ------
    As `analytics.structure.control.solve_control`, which joins both relations.

    Example
    -------
    >>> held = Holdings.exact(3, [0, 1], [1, 2], [0.6, 0.6])
    >>> kept = solve_reach(held, Arrows.of(3, [], []), np.zeros(3, bool), threshold=0.5, possible=False, budget=9)
    >>> kept.of(0).tolist(), kept.over(2).tolist()
    ([1, 2], [0, 1])
    """
    votes = voting(holdings, threshold, possible=possible)
    tail, head, sound = direct_control(votes, possible)
    if not sound:
        raise InvalidShare("votes must be fractions, the low end first", where="holdings")
    if len(edges.head):
        tail = np.concatenate([tail, edges.tail])
        head = np.concatenate([head, edges.head])
        direct = Arrows.of(holdings.size, tail, head)
    else:
        direct = Arrows(starts(holdings.size, tail), head, np.zeros(0, np.uint32))
    ring = _rings(holdings.size, tail, head)
    tops, others = _order(direct, ring, tail, head, state)
    owners = np.concatenate([tops, others])
    work = Workspace.of(holdings.size)
    start, members, done = _collect(owners, votes, direct, work, possible=possible, budget=budget)
    return Reach(
        holdings, votes, direct, possible, ring, owners[:done], start, members, owners[done:], max(len(tops) - done, 0)
    )


def _order(
    direct: Arrows, ring: NDArray[np.int32], tail: Nodes, head: Nodes, state: NDArray[np.bool_]
) -> tuple[Nodes, Nodes]:
    """Owners that only the State, if anyone, controls directly, and the others; of each ring its first."""
    owns = np.diff(direct.start) > 0
    below = np.zeros(len(owns), np.bool_)
    below[head[~state[tail] & ((ring[tail] == NONE) | (ring[tail] != ring[head]))]] = True
    inside = np.flatnonzero(ring != NONE)
    if len(inside):
        held = np.zeros(ring.max() + 1, np.bool_)
        held[ring[inside[below[inside]]]] = True
        below[inside] = held[ring[inside]]
        owns[inside] = False
        owns[inside[np.unique(ring[inside], return_index=True)[1]]] = True
    return np.flatnonzero(owns & ~below).astype(np.uint32), np.flatnonzero(owns & below).astype(np.uint32)


def _rings(size: int, tail: Nodes, head: Nodes) -> NDArray[np.int32]:
    """Number of the ring of arrows each node sits in; -1 where none leads back to it."""
    ring: NDArray[np.int32] = np.full(size, NONE, np.int32)
    while len(tail):
        leaves, arrives = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
        leaves[tail], arrives[head] = True, True
        kept = arrives[tail] & leaves[head]
        if kept.all():
            break
        tail, head = tail[kept], head[kept]
    if len(tail):
        nodes, position = np.unique(np.concatenate([tail, head]), return_inverse=True)
        pairs = (position[: len(tail)], position[len(tail) :])
        matrix = csr_array((np.ones(len(tail), np.int8), pairs), shape=(len(nodes), len(nodes)))
        _, part = connected_components(matrix, connection="strong")
        _, place, count = np.unique(part, return_inverse=True, return_counts=True)
        ring[nodes] = np.where(count > 1, np.cumsum(count > 1) - 1, NONE)[place]
    return ring
