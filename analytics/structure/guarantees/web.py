"""Parties tied by guarantees of either direction, numbered for themselves, as a search for small parts reads them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.kernels.compiled import frozen
from analytics.kernels.pieces import Net
from analytics.kernels.spreading import join_small, move_parties
from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
ROUNDS = 30
"""Times all parties are looked at to move them."""


@dataclass(frozen=True)
class Web:
    """Ties between n parties, each pair of them once, sorted; a party may stand for several that cannot be parted."""

    of: Places
    """Number here of each party it was made of, the busiest first."""
    load: Places
    """How many parties each stands for, shape (n,)."""
    tail: NDArray[np.uint32]
    head: NDArray[np.uint32]
    worth: Numbers
    """What it costs to end each tie, finite, shape (m,)."""

    @classmethod
    def of_ties(cls, size: int, tail: Places, head: Places, cost: Numbers, room: int) -> "Web":
        """Parties whose ties cannot be ended count as one. Raises InvalidQuestion where they are too many."""
        fast = ~np.isfinite(cost)
        matrix = csr_array((np.ones(int(fast.sum())), (tail[fast], head[fast])), shape=(size, size))
        whole = connected_components(matrix, directed=False)[1]
        if size and np.bincount(whole).max() > room:
            together = int(np.bincount(whole[tail[fast]]).max())
            raise InvalidQuestion("only guarantees that cannot be ended", where=f"{together} guarantees together")
        a, b = whole[tail], whole[head]
        a, b, cost = (x[a != b] for x in (a, b, cost))
        count = int(whole.max(initial=-1)) + 1
        degree = np.bincount(np.concatenate([a, b]), minlength=count)
        number = np.empty(count, np.int64)
        number[np.lexsort((np.arange(count), -degree))] = np.arange(count)
        a, b = number[a], number[b]
        keys, place = np.unique(np.minimum(a, b) * max(count, 1) + np.maximum(a, b), return_inverse=True)
        low, high = np.divmod(keys, max(count, 1))
        worth = np.bincount(place, weights=cost, minlength=len(keys)).astype(np.float64)
        of = number[whole]
        return cls(of, np.bincount(of, minlength=count), low.astype(np.uint32), high.astype(np.uint32), worth)

    def __len__(self) -> int:
        return len(self.load)

    @cached_property
    def tie(self) -> Places:
        """Tie of each entry of the net."""
        ends = np.concatenate([self.tail, self.head]), np.concatenate([self.head, self.tail])
        return np.lexsort(ends[::-1]) % max(len(self.worth), 1)

    @cached_property
    def start(self) -> Places:
        """Where each party's ties begin."""
        return np.append(0, np.cumsum(np.bincount(np.concatenate([self.tail, self.head]), minlength=len(self))))

    def net(self, most: int) -> Net:
        """The ties from both sides; a piece has room for `most` more parties at each."""
        owner = np.repeat(np.arange(len(self)), np.diff(self.start))
        near = self.tail[self.tie] + self.head[self.tie] - owner
        worth = self.worth[self.tie]
        order = np.lexsort((-worth, owner))
        rank = np.arange(len(owner)) - self.start[owner]
        halves = np.zeros((len(self), max(1, min(most, int(np.diff(self.start).max(initial=0)) + 1))))
        inside = rank + 1 < halves.shape[1]
        halves[owner[inside], rank[inside] + 1] = worth[order][inside] / 2
        half = np.ascontiguousarray(np.cumsum(halves, axis=1))
        half.flags.writeable = False
        return Net(
            frozen(self.start, np.int64), frozen(near, np.uint32), frozen(worth, np.float64),
            frozen(self.load, np.int64), half,
        )  # fmt: skip

    def cut(self, part: Places) -> float:
        """What it costs to end all ties between parts."""
        return float(self.worth[part[self.tail] != part[self.head]].sum())

    def joined(self, room: int, net: Net) -> list[Places]:
        """Some ways to make all parts small: ties kept in several orders, then single parties moved."""
        ties = np.bincount(np.concatenate([self.tail, self.head]), minlength=len(self))
        near, far = ties[self.tail], ties[self.head]
        scores = (self.worth, self.worth / np.sqrt(near * far), self.worth / (near + far))
        return [self.bettered(self._join(room, np.lexsort((np.arange(len(s)), -s))), room, net) for s in scores]

    def _join(self, room: int, order: Places) -> Places:
        part = np.zeros(len(self), np.int64)
        join_small(self.tail, self.head, frozen(order, np.int64), frozen(self.load, np.int64), room, part)
        return part

    def bettered(self, part: Places, room: int, net: Net) -> Places:
        """Parts once single parties moved and parts that fit into the room together were joined."""
        part = part.copy()
        move_parties(net, room, ROUNDS, part)
        between = part[self.tail] != part[self.head]
        # What is together stays so first, as far as it hangs together; then the dearest ties.
        return self._join(room, np.lexsort((np.arange(len(between)), -self.worth, between)))
