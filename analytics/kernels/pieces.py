"""Connected pieces of a network that are worth more than their parties cost, by branching party by party."""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, FLAG, I8, INT, REAL, U4, U4_OUT, compiled, inlined, reads, record, several


class Net(NamedTuple):
    """Ties between parties, each from both sides."""

    start: NDArray[np.int64]
    near: NDArray[np.uint32]
    worth: NDArray[np.float64]
    """Of each entry of `near`."""
    load: NDArray[np.int64]
    """What each party takes of the room of a piece, at least 1."""
    half: NDArray[np.float64]
    """Half the worth of a party's dearest j ties, shape (n, 1 + most j)."""


class Task(NamedTuple):
    """Which pieces to look for."""

    root: int
    """The first party of the piece; only those after it take part."""
    room: int
    floor: float
    """Only pieces worth more than this beyond their parties' prices."""
    budget: int
    """Branches to look at."""
    every: bool
    """All such pieces instead of the best."""


NET = record(Net, I8, U4, F8, I8, reads(types.float64).copy(ndim=2))
TASK = record(Task, INT, INT, REAL, INT, FLAG)


class Branch(NamedTuple):
    """A piece as far as it is chosen."""

    chosen: NDArray[np.uint32]
    state: NDArray[np.int8]
    """0 undecided, 1 in, 2 out."""
    tied: NDArray[np.float64]
    """Worth of each party's ties to the piece."""
    mark: NDArray[np.int64]
    queue: NDArray[np.uint32]
    top: NDArray[np.float64]


@inlined
def _hope(net: Any, price: Any, branch: Any, count: Any, left: Any, stamp: Any) -> Any:
    """What the piece may still gain at most with so much room, and the most promising party beside it.

    Each further party gains no more than its ties to the piece and half of its dearest others; those too
    far away for the room gain nothing.
    """
    filled, best, pick, kept = 0, -np.inf, np.int64(-1), 0
    for i in range(count):
        v = branch.chosen[i]
        for k in range(net.start[v], net.start[v + 1]):
            u = net.near[k]
            if branch.state[u] == 0 and branch.mark[u] != stamp and net.load[u] <= left:
                branch.mark[u] = stamp
                branch.queue[filled] = u
                filled += 1
    first = stop = filled
    i, away = 0, 1
    while i < filled:
        if i == stop:
            away, stop = away + 1, filled
        v = branch.queue[i]
        gain = branch.tied[v] + net.half[v, min(left, net.half.shape[1]) - 1] - price[v]
        if i < first and gain > best:
            best, pick = gain, np.int64(v)
        at = kept if kept < left else left - 1
        if gain > 0 and (kept < left or gain > branch.top[at]):
            kept = min(kept + 1, left)
            while at > 0 and branch.top[at - 1] < gain:
                branch.top[at] = branch.top[at - 1]
                at -= 1
            branch.top[at] = gain
        if away < left:
            for k in range(net.start[v], net.start[v + 1]):
                u = net.near[k]
                if branch.state[u] == 0 and branch.mark[u] != stamp:
                    branch.mark[u] = stamp
                    branch.queue[filled] = u
                    filled += 1
        i += 1
    return branch.top[:kept].sum(), pick


@inlined
def _tie(net: Any, branch: Any, v: Any, sign: Any) -> Any:
    """Count the ties of a party that comes into the piece, or leaves it."""
    for k in range(net.start[v], net.start[v + 1]):
        branch.tied[net.near[k]] += sign * net.worth[k]


@compiled(several(REAL, INT, INT)(NET, F8, TASK, U4_OUT))
def best_pieces(net: Any, price: NDArray[np.float64], task: Any, found: NDArray[np.uint32]) -> tuple[float, int, int]:
    """Look for the best connected piece with its first party at the root, or for every one above the floor.

    `found` takes pieces as their size and their parties. Returns what no piece is worth more than, the
    entries filled (-1 where there are too many), and the budget left (negative where it ended the search).
    """
    size = len(net.start) - 1
    branch = Branch(
        np.empty(size, np.uint32), np.zeros(size, np.int8), np.zeros(size), np.zeros(size, np.int64),
        np.empty(size, np.uint32), np.empty(task.room + 1),
    )  # fmt: skip
    branch.state[: task.root] = 2
    tried, out, hoped = np.empty(size + 1, np.int64), np.zeros(size + 1, np.int8), np.empty(size + 1)
    floor, filled, budget, stamp = task.floor, 0, task.budget, 0
    v, count, load, profit, depth, entered = np.int64(task.root), 0, 0, 0.0, 0, False
    tried[0], hoped[0] = v, np.inf
    while True:
        if not entered:
            branch.chosen[count], branch.state[v] = v, 1
            count, load, profit = count + 1, load + net.load[v], profit + branch.tied[v] - price[v]
            _tie(net, branch, v, 1.0)
            depth += 1
            if profit > floor and load <= task.room:
                filled = filled if task.every else 0
                if filled + count + 1 > len(found):
                    return np.inf, -1, budget
                found[filled] = count
                found[filled + 1 : filled + 1 + count] = branch.chosen[:count]
                filled += count + 1
                floor = floor if task.every else profit
        budget, stamp = budget - 1, stamp + 1
        hope, pick = (
            _hope(net, price, branch, count, task.room - load, stamp) if load < task.room else (0.0, np.int64(-1))
        )
        if budget < 0:
            worst = max(floor, profit + hope)
            for i in range(1, depth):
                worst = max(worst, hoped[i]) if out[i] == 0 else worst
            return worst, filled, budget
        entered = False
        if pick >= 0 and profit + hope > floor:
            v, tried[depth], out[depth], hoped[depth] = pick, pick, 0, profit + hope
            continue
        while not entered:
            depth -= 1
            if depth == 0:
                return floor, filled, budget
            u = tried[depth]
            if out[depth] == 0:
                count, load = count - 1, load - net.load[u]
                _tie(net, branch, u, -1.0)
                profit -= branch.tied[u] - price[u]
                entered = hoped[depth] > floor
                branch.state[u], out[depth] = 2 if entered else 0, 1
                depth += 1 if entered else 0
            else:
                branch.state[u] = 0
