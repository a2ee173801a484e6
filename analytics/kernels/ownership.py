"""Walks along holdings, down from owners and up from companies, component by component.

Nodes are numbered by position: holders stand before what they hold, except inside a component of mutual
holdings, which takes one run of positions. Between components the order solves; inside one, Gauss–Seidel.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import (
    F8,
    F8_OUT,
    I8,
    INT,
    REAL,
    U1,
    U4,
    U4_OUT,
    compiled,
    inlined,
    record,
    several,
    writes,
)  # fmt: skip

FREE, FIXED = 1, 2
U1_OUT = writes(types.uint8)


class Ordered(NamedTuple):
    """Holdings between positions, along the arrows and against them."""

    part: NDArray[np.uint32]
    """Component c takes the positions `part[c]:part[c + 1]`."""
    part_of: NDArray[np.uint32]
    closed: NDArray[np.uint8]
    """1 for a component that holds all of itself."""
    out_start: NDArray[np.int64]
    out: NDArray[np.uint32]
    out_share: NDArray[np.float64]
    in_start: NDArray[np.int64]
    into: NDArray[np.uint32]
    in_share: NDArray[np.float64]


ORDERED = record(Ordered, U4, U4, U1, I8, U4, F8, I8, U4, F8)


@inlined
def settled(change: Any, before: Any, tolerance: Any) -> Any:
    """What is left of a sequence whose steps shrink like these; infinity where they do not."""
    left = np.inf
    if change < before:
        ratio = change / before
        left = change * max(1.0, ratio / (1.0 - ratio))
    elif change <= tolerance * 1e-3:
        left = change
    return left


@compiled(U4_OUT(I8, U4, U4, U1_OUT))
def reached(start: Any, near: Any, seeds: Any, mark: Any) -> NDArray[np.uint32]:
    """Nodes to which arrows lead from the seeds, with them, ascending; what is marked is passed by.

    Seeds marked as fixed are walked from; others must not be marked.
    """
    queue = np.empty(1024, np.uint32)
    count = 0
    for z in seeds:
        if mark[z] == 0:
            mark[z] = FREE
        if count == len(queue):
            queue = np.append(queue, np.empty(count, np.uint32))
        queue[count] = z
        count += 1
    at = 0
    while at < count:
        z = queue[at]
        at += 1
        for k in range(start[z], start[z + 1]):
            h = near[k]
            if mark[h] == 0:
                mark[h] = FREE
                if count == len(queue):
                    queue = np.append(queue, np.empty(count, np.uint32))
                queue[count] = h
                count += 1
    if count < len(mark) >> 3:
        return np.sort(queue[:count])
    count = 0
    found = np.empty(len(mark), np.uint32)
    for z in range(len(mark)):
        if mark[z]:
            found[count] = z
            count += 1
    return found[:count].copy()


@inlined
def _sum(link: Any, last: Any, near: Any, share: Any, value: Any) -> Any:
    total = 0.0
    while link < last:
        total += share[link] * value[near[link]]
        link += 1
    return total


@compiled(several(INT, REAL)(ORDERED, U4, U1, REAL, INT, F8_OUT))
def sweep_down(
    holdings: Any,
    run: NDArray[np.uint32],
    mark: NDArray[np.uint8],
    tolerance: float,
    sweeps: int,
    y: NDArray[np.float64],
) -> tuple[int, float]:
    """Solve the reached nodes of one component; sweeps, and what is left.

    What comes from outside is summed once: those holders stand first among the links of a node.
    """
    start, into, share = holdings.in_start, holdings.into, holdings.in_share
    base = holdings.part[holdings.part_of[run[0]]]
    given, begin, end = np.empty(len(run)), np.empty(len(run), np.int64), np.empty(len(run), np.int64)
    for k in range(len(run)):
        z = run[k]
        link, end[k] = start[z], start[z + 1]
        if mark[z] == FIXED:
            link = end[k]
        total = y[z] if mark[z] == FIXED else 0.0
        while link < end[k] and into[link] < base:
            total += share[link] * y[into[link]]
            link += 1
        given[k], begin[k] = total, link
    before = left = np.inf
    for sweep in range(1, sweeps + 1):
        change = 0.0
        for k in range(len(run)):
            z = run[k]
            total = given[k] + _sum(begin[k], end[k], into, share, y)
            change = max(change, abs(total - y[z]))
            y[z] = total
        left = settled(change, before, tolerance)
        before = change
        if left <= tolerance:
            return sweep, left
    return sweeps, left


@compiled(several(U4_OUT, INT, REAL)(ORDERED, U4, REAL, INT, F8_OUT))
def solve_down(
    holdings: Any, owners: NDArray[np.uint32], tolerance: float, sweeps: int, y: NDArray[np.float64]
) -> tuple[NDArray[np.uint32], int, float]:
    """Fill y with what the owners hold together; y is zero before. Nodes reached, most sweeps, what is left.

    Owners count as 1 and what is held of them does not: no walk comes back.
    """
    part_of, start = holdings.part_of, holdings.in_start
    mark = np.zeros(len(y), np.uint8)
    for z in owners:
        mark[z] = FIXED
        y[z] = 1.0
    nodes = reached(holdings.out_start, holdings.out, owners, mark)
    first, most, worst = 0, 1, 0.0
    while first < len(nodes):
        z = nodes[first]
        last = first + 1
        while last < len(nodes) and part_of[nodes[last]] == part_of[z]:
            last += 1
        if last > first + 1:
            sweep, left = sweep_down(holdings, nodes[first:last], mark, tolerance, sweeps, y)
            most, worst = max(most, sweep), max(worst, left)
        elif mark[z] == FREE:
            y[z] = _sum(start[z], start[z + 1], holdings.into, holdings.in_share, y)
        first = last
    return nodes, most, worst


@compiled(several(INT, REAL)(ORDERED, U4, INT, REAL, INT, F8_OUT))
def sweep_up(
    holdings: Any, run: NDArray[np.uint32], stop: int, tolerance: float, sweeps: int, x: NDArray[np.float64]
) -> tuple[int, float]:
    """Solve the reached nodes of one component, x being their own weights before; sweeps, and what is left.

    Of a closed component only what flows in from below is summed.
    """
    start, out, share = holdings.out_start, holdings.out, holdings.out_share
    c = holdings.part_of[run[0]]
    last = holdings.part[c + 1]
    given, end = np.empty(len(run)), np.empty(len(run), np.int64)
    for k in range(len(run)):
        z = run[k]
        link = start[z + 1]
        total = x[z]
        while link > start[z] and out[link - 1] >= last:
            link -= 1
            total += share[link] * x[out[link]] if out[link] != stop else 0.0
        given[k], end[k] = total, link
    before = left = np.inf
    for sweep in range(1, sweeps + 1):
        change = 0.0
        for k in range(len(run) - 1, -1, -1):
            z = run[k]
            total = given[k]
            if not holdings.closed[c]:
                for link in range(start[z], end[k]):
                    if out[link] != stop:
                        total += share[link] * x[out[link]]
            change = max(change, abs(total - x[z]))
            x[z] = total
        left = 0.0 if holdings.closed[c] else settled(change, before, tolerance)
        before = change
        if left <= tolerance:
            return sweep, left
    return sweeps, left


@compiled(several(U4_OUT, INT, REAL)(ORDERED, U4, F8, INT, REAL, INT, F8_OUT))
def solve_up(
    holdings: Any,
    companies: NDArray[np.uint32],
    weight: NDArray[np.float64],
    stop: int,
    tolerance: float,
    sweeps: int,
    x: NDArray[np.float64],
) -> tuple[NDArray[np.uint32], int, float]:
    """Fill x with weights carried from companies up to their holders; x is zero before, -1 stops nowhere.

    What is held of `stop` is left out. In a closed component x is what flows into each member from below.
    """
    part_of, start = holdings.part_of, holdings.out_start
    mark = np.zeros(len(x), np.uint8)
    for k in range(len(companies)):
        x[companies[k]] += weight[k]
    if stop >= 0:
        mark[stop] = FIXED
    nodes = reached(holdings.in_start, holdings.into, companies, mark)
    last, most, worst = len(nodes), 1, 0.0
    while last > 0:
        z = nodes[last - 1]
        first = last - 1
        while first > 0 and part_of[nodes[first - 1]] == part_of[z]:
            first -= 1
        if last > first + 1:
            sweep, left = sweep_up(holdings, nodes[first:last], stop, tolerance, sweeps, x)
            most, worst = max(most, sweep), max(worst, left)
        else:
            for link in range(start[z], start[z + 1]):
                if holdings.out[link] != stop:
                    x[z] += holdings.out_share[link] * x[holdings.out[link]]
        last = first
    return nodes, most, worst
