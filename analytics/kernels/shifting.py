"""An order of parties made better by moving one at a time, and the light circles that stand against a choice."""

import heapq
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, I8, I8_OUT, INT, U1, U4, compiled, inlined
from analytics.kernels.cycles import RING

READ = 200_000_000
"""Entries read to find light circles."""
TINY, SHORT = 1e-9, 1e-6
"""Weight of an arrow beside its own, and by how much a circle must weigh less than 1."""


@compiled(INT(RING, U4, U1, I8_OUT))
def place_after(ring: Any, tail: NDArray[np.uint32], kept: NDArray[np.uint8], place: NDArray[np.int64]) -> int:
    """Places of parties, each after all who give it an arrow that is kept; how many have one: all, unless these close
    a circle."""
    size = len(ring.start) - 1
    waits, queue = np.zeros(size, np.int64), np.empty(size, np.int64)
    for e in range(len(tail)):
        waits[ring.near[e]] += kept[e]
    filled = 0
    for v in range(size):
        if waits[v] == 0:
            queue[filled] = v
            filled += 1
    at = 0
    while at < filled:
        v = queue[at]
        place[v] = at
        at += 1
        for k in range(ring.start[v], ring.start[v + 1]):
            if kept[k]:
                u = ring.near[k]
                waits[u] -= 1
                if waits[u] == 0:
                    queue[filled] = u
                    filled += 1
    return filled


@compiled(INT(RING, U4, U4, F8, INT, I8_OUT))
def shift_parties(
    ring: Any, tail: NDArray[np.uint32], back: NDArray[np.uint32], cost: NDArray[np.float64], budget: int,
    place: NDArray[np.int64],
) -> int:  # fmt: skip
    """Move parties one by one to the place where arrows that lead back cost least, until none gains by it; the budget
    left, in entries read and places changed. `back` is the position of each arrow of `ring.back`."""
    size = len(ring.start) - 1
    at_place = np.empty(size, np.int64)
    for v in range(size):
        at_place[place[v]] = v
    better = True
    while better and budget > 0:
        better = False
        for v in range(size):
            out, into = ring.start[v + 1] - ring.start[v], ring.back_start[v + 1] - ring.back_start[v]
            many = out + into
            if many == 0 or budget <= 0:
                continue
            budget -= many
            where, gain = np.empty(many, np.int64), np.empty(many)
            for i in range(out):
                k = ring.start[v] + i
                where[i], gain[i] = place[ring.near[k]], cost[k]
            for i in range(into):
                k = ring.back_start[v] + i
                where[out + i], gain[out + i] = place[ring.back[k]], -cost[back[k]]
            # Behind a party it gives to, that arrow leads back; behind one it takes from, no longer.
            sums, least, best, now = 0.0, 0.0, np.int64(-1), 0.0
            for i in np.argsort(where):
                sums += gain[i]
                if where[i] < place[v]:
                    now = sums
                if sums < least:
                    least, best = sums, where[i]
            if not least < now - 1e-9 * (abs(now) + abs(least)):
                continue
            better = True
            old, goal = place[v], best if best > place[v] else best + 1
            step = 1 if goal > old else -1
            for p in range(old, goal, step):
                at_place[p] = at_place[p + step]
                place[at_place[p]] = p
            at_place[goal], place[v] = v, goal
            budget -= abs(goal - old)
    return budget


@inlined
def _lightest(ring: Any, weight: Any, ends: Any, barred: Any, most: Any, state: Any, touched: Any) -> Any:
    """Find the lightest way between two parties below a weight, over none that is barred; entries read."""
    (root, goal), (far, by, done) = ends, state
    touched.append(root)
    heap, read = [(0.0, root)], 0
    far[root] = 0.0
    while len(heap) > 0 and done[goal] == 0:
        length, v = heapq.heappop(heap)
        if done[v]:
            continue
        done[v] = 1
        read += ring.start[v + 1] - ring.start[v]
        for k in range(ring.start[v], ring.start[v + 1]):
            u = np.int64(ring.near[k])
            # A little for each arrow, so that of circles of one weight the shorter is found.
            beyond = length + weight[k] + TINY
            if beyond < most and beyond < far[u] and k != barred:
                if far[u] == np.inf:
                    touched.append(u)
                far[u], by[u] = beyond, k
                heapq.heappush(heap, (beyond, u))
    return read


@compiled(INT(RING, U4, I8, F8, I8, INT, I8_OUT, I8_OUT))
def light_circles(
    ring: Any, tail: NDArray[np.uint32], twin: NDArray[np.int64], weight: NDArray[np.float64],
    closing: NDArray[np.int64], above: int, flat: NDArray[np.int64], stop: NDArray[np.int64],
) -> int:  # fmt: skip
    """Circles of more than `above` arrows that weigh less than 1, the lightest through each of some arrows; how many,
    unpacked in `flat` up to the `stop` of each. What does not fit is left out, and what so many entries do not tell."""
    size, budget = len(ring.start) - 1, READ
    far, by, done = np.full(size, np.inf), np.full(size, -1), np.zeros(size, np.uint8)
    found, filled = 0, 0
    for e in closing:
        if budget <= 0:
            break
        root, goal, touched = np.int64(ring.near[e]), np.int64(tail[e]), [np.int64(0) for _ in range(0)]
        barred = twin[e] if above > 1 else np.int64(-1)
        budget -= _lightest(ring, weight, (root, goal), barred, 1.0 - weight[e] - SHORT, (far, by, done), touched)
        long, v = 1, goal
        while done[goal] and v != root:
            long, v = long + 1, np.int64(tail[by[v]])
        if done[goal] and long > above and filled + long <= len(flat):
            flat[filled], v = e, goal
            for k in range(filled + 1, filled + long):
                flat[k], v = by[v], np.int64(tail[by[v]])
            filled += long
            found += 1
            stop[found] = filled
        for v in touched:
            far[v], done[v] = np.inf, 0
    return found
