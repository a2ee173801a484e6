"""Small parts: joined from the dearest ties, bettered party by party; and what no way to make parts small can save."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.compiled import F8_OUT, I8, I8_OUT, INT, REAL, U4, compiled
from analytics.kernels.pieces import NET


@compiled(INT(U4, U4, I8, I8, INT, I8_OUT))
def join_small(
    tail: NDArray[np.uint32],
    head: NDArray[np.uint32],
    order: NDArray[np.int64],
    load: NDArray[np.int64],
    room: int,
    part: NDArray[np.int64],
) -> int:
    """Join the ends of ties in an order wherever their parts fit into the room; how many ties joined two parts."""
    size, joined = len(load), 0
    held = load.copy()
    for v in range(size):
        part[v] = v
    for e in order:
        a, b = np.int64(tail[e]), np.int64(head[e])
        while part[a] != a:
            part[a] = part[part[a]]
            a = part[a]
        while part[b] != b:
            part[b] = part[part[b]]
            b = part[b]
        if a != b and held[a] + held[b] <= room:
            part[max(a, b)] = min(a, b)
            held[min(a, b)] += held[max(a, b)]
            joined += 1
    for v in range(size):
        part[v] = part[part[v]]
    return joined


@compiled(INT(NET, INT, INT, I8_OUT))
def move_parties(net: Any, room: int, rounds: int, part: NDArray[np.int64]) -> int:
    """Move single parties to the part where they have dearer ties, while there is room; how many moves were made."""
    size, moves = len(net.load), 0
    held, worth = np.zeros(size, np.int64), np.zeros(size)
    for v in range(size):
        held[part[v]] += net.load[v]
    for _ in range(rounds):
        before = moves
        for v in range(size):
            for k in range(net.start[v], net.start[v + 1]):
                worth[part[net.near[k]]] += net.worth[k]
            best, own = part[v], worth[part[v]]
            most = own + 1e-9 * abs(own)
            for k in range(net.start[v], net.start[v + 1]):
                p = part[net.near[k]]
                if p != part[v] and held[p] + net.load[v] <= room and worth[p] > most:
                    best, most = p, worth[p]
            for k in range(net.start[v], net.start[v + 1]):
                worth[part[net.near[k]]] = 0.0
            if best != part[v]:
                held[part[v]] -= net.load[v]
                held[best] += net.load[v]
                part[v] = best
                moves += 1
        if moves == before:
            break
    return moves


@compiled(REAL(NET, I8, INT, INT, REAL, F8_OUT))
def spread_costs(
    net: Any, tie: NDArray[np.int64], room: int, reach: int, share: float, left: NDArray[np.float64]
) -> float:
    """What the costs left of ties pay together for parts without too many parties; they are taken off.

    In a tree around a party, all but a room's load must lie beyond a released tie: each tie times the load
    beyond it comes to at least that much. Each such demand is paid from the costs that are left, as far as
    they go, by a share of what they allow.
    """
    size, paid = len(net.load), 0.0
    queue, by, before = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64)
    beyond, seen = np.zeros(size, np.int64), np.full(size, -1)
    for root in range(size):
        queue[0], seen[root], beyond[root] = root, root, net.load[root]
        filled, at, held = 1, 0, net.load[root]
        while at < filled and held < reach:
            v = queue[at]
            at += 1
            for k in range(net.start[v], net.start[v + 1]):
                u = net.near[k]
                if seen[u] != root and left[tie[k]] > 0.0 and held < reach:
                    seen[u], by[filled], before[filled], queue[filled] = root, k, v, u
                    beyond[u] = net.load[u]
                    held += net.load[u]
                    filled += 1
        demand = held - room
        if demand <= 0:
            continue
        allowed = np.inf
        for i in range(filled - 1, 0, -1):
            v = queue[i]
            load = min(beyond[v], demand)
            allowed = min(allowed, left[tie[by[i]]] / load)
            beyond[before[i]] += beyond[v]
        for i in range(1, filled):
            load = min(beyond[queue[i]], demand)
            left[tie[by[i]]] = max(0.0, left[tie[by[i]]] - share * allowed * load)
        paid += share * allowed * demand
    return paid
