"""Arrows without a circle, kept one by one: each unless it closes one, the order of parties mended as it comes."""

from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import F8_OUT, I8, INT, REAL, U4, compiled, inlined, writes
from analytics.kernels.cycles import RING

U1_OUT = writes(types.uint8)


@inlined
def _reach(start: Any, near: Any, arrow: Any, kept: Any, place: Any, root: Any, ends: Any, mark: Any) -> Any:
    """Parties reached from a root over kept arrows without leaving the places between two."""
    low, high = ends
    found = [np.int64(root)]
    mark[root] = 1
    at = 0
    while at < len(found):
        v = found[at]
        at += 1
        for k in range(start[v], start[v + 1]):
            u = near[k]
            if kept[arrow[k]] and mark[u] == 0 and low <= place[u] <= high:
                mark[u] = 1
                found.append(np.int64(u))
    return found


@compiled(INT(RING, U4, U4, I8, I8, INT, U1_OUT))
def keep_acyclic(
    ring: Any, tail: NDArray[np.uint32], back: NDArray[np.uint32], order: NDArray[np.int64], first: NDArray[np.int64],
    budget: int, kept: NDArray[np.uint8],
) -> int:  # fmt: skip
    """Keep arrows in an order unless one closes a circle; the budget left, in entries read.

    Parties stand at first as `first` says. Once the budget is spent, only arrows that lead onward are kept.
    `back` is the position of each arrow of `ring.back`.
    """
    size = len(ring.start) - 1
    place, mark = first.copy(), np.zeros(size, np.uint8)
    forth = np.arange(len(tail)).astype(np.uint32)
    for e in order:
        a, b = np.int64(tail[e]), np.int64(ring.near[e])
        if place[a] < place[b]:
            kept[e] = 1
            continue
        if budget <= 0:
            continue
        ahead = _reach(ring.start, ring.near, forth, kept, place, b, (place[b], place[a]), mark)
        closes = mark[a] == 1
        for v in ahead:
            mark[v] = 0
            budget -= ring.start[v + 1] - ring.start[v]
        if closes:
            continue
        behind = _reach(ring.back_start, ring.back, back, kept, place, a, (place[b], place[a]), mark)
        for v in behind:
            mark[v] = 0
            budget -= ring.back_start[v + 1] - ring.back_start[v]
        moved = np.array(behind + ahead)
        free = np.sort(place[moved])
        split = len(behind)
        moved[:split] = moved[:split][np.argsort(place[moved[:split]])]
        moved[split:] = moved[split:][np.argsort(place[moved[split:]])]
        for i in range(len(moved)):
            place[moved[i]] = free[i]
        kept[e] = 1
    return budget


@compiled(INT(RING, I8, I8, INT, U1_OUT))
def return_mutual(
    ring: Any, order: NDArray[np.int64], twin: NDArray[np.int64], budget: int, kept: NDArray[np.uint8]
) -> int:
    """Keep arrows as well whose only way back is the opposite arrow; how many. `twin` is that arrow of each, or -1."""
    size, count = len(ring.start) - 1, 0
    seen, queue = np.full(size, -1), np.empty(size, np.int64)
    for e in order:
        t = twin[e]
        if t < 0 or kept[e] or not kept[t] or budget <= 0:
            continue
        a, b = np.int64(ring.near[t]), np.int64(ring.near[e])
        queue[0], seen[b], filled, at = b, e, 1, 0
        while at < filled and seen[a] != e:
            v = queue[at]
            at += 1
            budget -= ring.start[v + 1] - ring.start[v]
            for k in range(ring.start[v], ring.start[v + 1]):
                u = ring.near[k]
                if kept[k] and k != t and seen[u] != e:
                    seen[u], queue[filled] = e, u
                    filled += 1
        if seen[a] != e:
            kept[e] = 1
            count += 1
    return count


@compiled(REAL(RING, U4, I8, INT, INT, INT, F8_OUT))
def pay_circles(
    ring: Any, tail: NDArray[np.uint32], twin: NDArray[np.int64], above: int, reach: int, budget: int,
    left: NDArray[np.float64],
) -> float:  # fmt: skip
    """What circles of more than `above` arrows pay from the costs left of these; it is taken off.

    Each arrow is closed by the shortest way back over arrows that have some left, looked for among so many
    parties, until so many entries were read; where a mutual pair may remain, its opposite arrow is no such way.
    """
    size, paid = len(ring.start) - 1, 0.0
    seen, queue, by = np.full(size, -1), np.empty(size, np.int64), np.empty(size, np.int64)
    turn = 0
    for e in range(len(tail)):
        found = True
        while found and left[e] > 0.0 and budget > 0:
            found, turn = False, turn + 1
            root, goal = np.int64(ring.near[e]), np.int64(tail[e])
            queue[0], seen[root], filled, at = root, turn, 1, 0
            while at < filled and filled < reach and not found:
                v = queue[at]
                at += 1
                budget -= ring.start[v + 1] - ring.start[v]
                for k in range(ring.start[v], ring.start[v + 1]):
                    u = np.int64(ring.near[k])
                    if left[k] > 0.0 and seen[u] != turn and not (above > 1 and k == twin[e]):
                        seen[u], by[u], queue[filled] = turn, k, u
                        filled += 1
                        found = found or u == goal
            if found:
                least, length, v = left[e], 1, goal
                while v != root:
                    least, length, v = min(least, left[by[v]]), length + 1, np.int64(tail[by[v]])
                found = length > above
            if found:
                left[e] -= least
                v = goal
                while v != root:
                    left[by[v]] -= least
                    v = np.int64(tail[by[v]])
                paid += least
    return paid
