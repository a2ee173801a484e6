"""The dearest pieces a network falls into, none too large: chosen from pieces that are priced as they are found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.kernels.bags import best_tops, fill_tables
from analytics.kernels.compiled import frozen
from analytics.kernels.pieces import Net, Task, best_pieces
from analytics.structure.guarantees.elimination import Elimination, eliminate
from analytics.structure.guarantees.web import Web

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
STEPS = 1_200_000_000
"""Steps of work after which no more pieces are looked for: some ten seconds."""
WIDEST, ENTRIES = 18, 20_000_000
"""Most parties one waits for, and entries of all tables, up to which a network counts as nearly a tree."""
BRANCHED = 5
"""Room up to which branching finds all pieces sooner than that."""
LOCAL, THOROUGH = 300, 20_000
"""Branches at each party for more pieces, and for all where the network is no such."""
LISTED, PIECES = 1_000_000, 4_000
"""Branches altogether to list every piece that a better choice might hold, and how many those may be."""
BRANCH, ENTRY = 200, 300
"""Steps a branch costs, and an entry of a programme."""
NEARER = 0.7
"""How much of the prices of the best bound so far goes into the next."""
NODES = 2_000
"""Nodes of the last programme's search tree."""


@dataclass
class Pool:
    """Pieces of at least two parties, each once."""

    web: Web
    members: list[Places] = field(default_factory=list)
    worth: list[float] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)

    def add(self, pieces: Iterable[Places]) -> int:
        """Take what is new of some pieces; how many they were."""
        before = len(self.members)
        for piece in pieces:
            members = np.sort(piece)
            if len(members) > 1 and members.tobytes() not in self.seen:
                self.seen.add(members.tobytes())
                self.members.append(members)
                self.worth.append(self._worth(members))
        return len(self.members) - before

    def _worth(self, members: Places) -> float:
        inside = np.zeros(len(self.web), np.bool_)
        inside[members] = True
        return float(self.web.worth[inside[self.web.tail] & inside[self.web.head]].sum())

    def matrix(self) -> csr_array:
        """Pieces by parties."""
        stop = np.append(0, np.cumsum([len(each) for each in self.members])).astype(np.int64)
        flat = np.concatenate([np.zeros(0, np.int64), *self.members])
        return csr_array((np.ones(len(flat)), flat, stop), shape=(len(self.members), len(self.web)))


@dataclass
class Search:
    """The search for the dearest pieces of one web: what is known, and how much work it took."""

    web: Web
    net: Net
    room: int
    best: Places
    """The cheapest parts known."""
    bound: float
    most: int = STEPS
    """Steps to take."""
    steps: int = 0
    programmes: int = 0
    reached: float = 0.0
    """The best bound by prices, and the prices it came from."""

    def __post_init__(self) -> None:
        self.pool, self.all = Pool(self.web), float(self.web.worth.sum())
        self.tiny = 1e-9 * self.all / max(len(self.web), 1)
        self.price = np.zeros(len(self.web))

    @cached_property
    def tree(self) -> Elimination | None:
        """The network taken apart party by party, where it is nearly a tree."""
        if self.room <= BRANCHED:
            return None
        ends = zip(self.web.tail.tolist(), self.web.head.tolist(), strict=True)
        ties = dict(zip(ends, self.web.worth.tolist(), strict=True))
        found = eliminate(ties, self.web.load, self.room, WIDEST)
        return found if found and found.entries <= ENTRIES and found.work <= self.most // 8 else None

    @property
    def cost(self) -> float:
        """What the cheapest parts cost."""
        return self.web.cut(self.best)

    def met(self) -> bool:
        """Whether they are proven the cheapest, up to rounding."""
        return self.cost - self.bound <= 1e-7 * self.cost

    def run(self) -> None:
        """Price pieces until none is missing, then choose among them."""
        if self.met() or not self.most:
            return
        for room in (*range(2, min(self.room, 8)), *range(8, self.room, 4), self.room):
            for part in (self.best, *self.web.joined(room, self.net)):
                self.pool.add(_pieces(part))
        active = np.ones(len(self.pool.members), np.bool_)
        while self.steps < self.most and not self.met():
            dual = self._dual(active)
            held = self.price.any()
            new = self._look(NEARER * self.price + (1 - NEARER) * dual if held else dual)
            new = new or (self._look(dual) if held else 0)
            if not new:
                break
            active = self._active(dual)
        if not self.met():
            self._choose()
        if not self.met() and self._list():
            self._choose(proof=True)

    def _dual(self, active: NDArray[np.bool_]) -> Numbers:
        """Prices of the parties at which no piece known is worth more than they are."""
        if not active.any():
            return np.zeros(len(self.web))
        rows = self.pool.matrix()[active]
        self.steps += ENTRY * (rows.nnz + len(self.web))
        self.programmes += 1
        worth = np.array(self.pool.worth)[active]
        cheap = LinearConstraint(rows, worth / self.scale, np.inf)
        found = milp(np.ones(len(self.web)), constraints=cheap, bounds=Bounds(0, np.inf))
        return np.maximum(np.asarray(found.x, np.float64) * self.scale, 0.0)

    @property
    def scale(self) -> float:
        """Unit of the programmes."""
        return float(self.web.worth.mean())

    def _active(self, dual: Numbers) -> NDArray[np.bool_]:
        """Pieces that may matter at prices near these."""
        gain = np.array(self.pool.worth) - self.pool.matrix() @ dual
        most = 4 * len(self.web)
        least = -np.inf if len(gain) <= most else min(-self.tiny, float(np.partition(gain, -most)[-most]))
        return np.asarray(gain >= least)

    def _look(self, price: Numbers) -> int:
        """Find pieces worth more than their prices; how many are new. What all of them could save bounds the cost."""
        pieces: list[Places] = []
        if self.tree is not None:
            self.steps += 2 * self.tree.work
            over, found = _tops(self.tree, price, self.tiny)
            pieces += [part for each in found for part in self._apart(each)]
        tasks = ((root, LOCAL if self.tree else THOROUGH) for root in range(len(self.web)))
        looked = [self._from(root, price, self.tiny, budget) for root, budget in tasks]
        if self.tree is None:
            over = sum(max(upper, 0.0) for upper, _ in looked)
        least = self.all - float(price.sum()) - over
        if least > self.reached:
            self.reached, self.price = least, price
        self.bound = max(self.bound, least)
        return self.pool.add([*pieces, *(each for _, some in looked for each in some)])

    def _from(self, root: int, price: Numbers, floor: float, budget: int) -> tuple[float, list[Places]]:
        task, found = Task(root, self.room, floor, budget, False), np.zeros(self.room + 1, np.uint32)
        upper, filled, left = best_pieces(self.net, frozen(price, np.float64), task, found)
        self.steps += BRANCH * (budget - max(left, 0))
        return upper, [found[1:filled].astype(np.int64)] if filled > 0 else []

    def _apart(self, piece: Places) -> Iterator[Places]:
        """Parts of a piece that hang together."""
        number = np.full(len(self.web), -1)
        number[piece] = np.arange(len(piece))
        a, b = number[self.web.tail], number[self.web.head]
        inside = (a >= 0) & (b >= 0)
        matrix = csr_array((np.ones(int(inside.sum())), (a[inside], b[inside])), shape=(len(piece), len(piece)))
        label = connected_components(matrix, directed=False)[1]
        return (piece[label == part] for part in range(int(label.max()) + 1))

    def _list(self) -> bool:
        """Add every piece that a cheaper choice might hold; whether they could be listed."""
        price = self.price
        if self.tree is None:
            looked = (self._from(root, price, self.tiny, THOROUGH)[0] for root in range(len(self.web)))
            over = sum(max(upper, 0.0) for upper in looked)
        else:
            over = _tops(self.tree, price, np.inf)[0]
        floor = -(self.cost - (self.all - float(price.sum()) - over)) - self.tiny
        left, room, found = LISTED, PIECES, np.zeros(PIECES * (self.room + 1), np.uint32)
        for root in range(len(self.web)):
            task = Task(root, self.room, floor, left, True)
            _, filled, left = best_pieces(self.net, frozen(price, np.float64), task, found)
            pieces = list(_unpacked(found[: max(filled, 0)]))
            room -= len(pieces)
            if min(filled, left, room) < 0:
                return False
            self.pool.add(pieces)
        return True

    def _choose(self, *, proof: bool = False) -> None:
        """The dearest pieces known that share no party; the least cost where all that matter are known."""
        if not self.pool.members:
            return
        worth = np.array(self.pool.worth) / self.scale
        count = len(worth)
        self.programmes += 1
        found = milp(
            -worth,
            constraints=LinearConstraint(self.pool.matrix().T, -np.inf, 1),
            bounds=Bounds(0, 1),
            integrality=np.full(count, 1),
            options={"mip_rel_gap": 0.0, "node_limit": max(1, NODES * 2_000 // (count + 2_000))},
        )
        if found.x is None:
            return
        part = np.arange(len(self.web))
        for piece in np.flatnonzero(found.x > 0.5):
            part[self.pool.members[piece]] = self.pool.members[piece][0]
        part = self.web.bettered(part, self.room, self.net)
        if self.web.cut(part) < self.cost:
            self.best = part
        if proof:
            self.bound = max(self.bound, self.all + float(found.mip_dual_bound) * self.scale * (1 + 1e-9))


def _tops(tree: Elimination, price: Numbers, floor: float) -> tuple[float, list[Places]]:
    """What all pieces without a common party are worth above their prices at most, and the best of each last party."""
    mine, table = frozen(price[tree.order], np.float64), np.empty(tree.entries)
    fill_tables(tree.bags, mine, table)
    size = len(price)
    found, stop = np.zeros(size * (tree.bags.room + 1), np.uint32), np.zeros(size + 1, np.int64)
    over, count = best_tops(tree.bags, mine, frozen(table, np.float64), floor, found, stop)
    return over, [tree.order[found[stop[k] : stop[k + 1]]] for k in range(count)]


def _pieces(part: Places) -> Iterator[Places]:
    order = np.argsort(part, kind="stable")
    return iter(np.split(order, np.flatnonzero(np.diff(part[order])) + 1))


def _unpacked(flat: NDArray[np.uint32]) -> Iterator[Places]:
    at = 0
    while at < len(flat):
        yield flat[at + 1 : at + 1 + int(flat[at])].astype(np.int64)
        at += 1 + int(flat[at])
