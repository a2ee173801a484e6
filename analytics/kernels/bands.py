"""The most an owner can hold where shares are bands: an interval Markov chain, filled greedily."""

from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, F8_OUT, I1, INT, REAL, U4, U4_OUT, compiled, several, writes
from analytics.kernels.ownership import FIXED, ORDERED, reached, settled

SAME = 1e-12
"""Values that differ by less are taken as equal; an end is said to be open only where it surely is."""


@compiled(several(REAL, REAL)(U4, F8, F8, F8, F8_OUT))
def filled(
    into: NDArray[np.uint32], low: NDArray[np.float64], high: NDArray[np.float64], u: NDArray[np.float64], w: Any
) -> tuple[float, float]:
    """Give a company's shares to those of its holders with the greatest values; its value, and the marginal one.

    `w` gets the shares. The marginal value is that of the holder that gets part of what it may have, and 0
    where all get all: then the undisclosed rest takes what is left.
    """
    room, most, value = 1.0, 0.0, 0.0
    for k in range(len(into)):
        room -= low[k]
        most += high[k]
        w[k] = high[k]
        value += high[k] * u[into[k]]
    if most <= 1.0 + 1e-15:
        return value, 0.0
    worth = np.empty(len(into))
    for k in range(len(into)):
        worth[k] = -u[into[k]]
        w[k] = low[k]
    value, margin = 0.0, 0.0
    room = max(room, 0.0)
    for k in np.argsort(worth):
        more = min(high[k] - low[k], room)
        if room > 0.0 or more > 0.0:
            margin = -worth[k]
        w[k] += more
        room -= more
        value -= w[k] * worth[k]
    return value, margin


@compiled(several(U4_OUT, INT, REAL)(ORDERED, F8, U4, REAL, INT, F8_OUT))
def solve_most(
    holdings: Any,
    low: NDArray[np.float64],
    owners: NDArray[np.uint32],
    tolerance: float,
    sweeps: int,
    u: NDArray[np.float64],
) -> tuple[NDArray[np.uint32], int, float]:
    """Fill u with the most that the owners can hold; `in_share` is the high end, `low` the low one.

    It rises from zero, so that circles that could hold themselves add nothing. Nodes reached, most sweeps,
    what is left.
    """
    part_of, start, into, high = holdings.part_of, holdings.in_start, holdings.into, holdings.in_share
    mark = np.zeros(len(u), np.uint8)
    for z in owners:
        mark[z] = FIXED
        u[z] = 1.0
    nodes = reached(holdings.out_start, holdings.out, owners, mark)
    widest = 1
    for z in nodes:
        widest = max(widest, start[z + 1] - start[z])
    w = np.empty(widest)
    first, most, worst = 0, 1, 0.0
    while first < len(nodes):
        last = first + 1
        while last < len(nodes) and part_of[nodes[last]] == part_of[nodes[first]]:
            last += 1
        before, left, sweep = np.inf, np.inf, 0
        while sweep < sweeps and left > tolerance:
            change = 0.0
            for k in range(first, last):
                z = nodes[k]
                if mark[z] != FIXED:
                    a, b = start[z], start[z + 1]
                    value, _ = filled(into[a:b], low[a:b], high[a:b], u, w)
                    change = max(change, abs(value - u[z]))
                    u[z] = value
            sweep += 1
            left = 0.0 if last == first + 1 else settled(change, before, tolerance)
            before = change
        most, worst = max(most, sweep), max(worst, left)
        first = last
    return nodes, most, worst


@compiled(writes(types.uint8)(ORDERED, F8, I1, U4, U4, F8, F8))
def open_ends(
    holdings: Any,
    low: NDArray[np.float64],
    ends: NDArray[np.int8],
    owners: NDArray[np.uint32],
    nodes: NDArray[np.uint32],
    least: NDArray[np.float64],
    most: NDArray[np.float64],
) -> NDArray[np.uint8]:
    """Which bounds no shares within the bands attain, of each node reached: 1 the low, 2 the high one."""
    start, into, high = holdings.in_start, holdings.into, holdings.in_share
    found = np.zeros(len(most), np.uint8)
    fixed = np.zeros(len(most), np.uint8)
    for z in owners:
        fixed[z] = 1
    w = np.empty(1)
    moved = True
    while moved:
        moved = False
        for z in nodes:
            a, b = start[z], start[z + 1]
            if fixed[z] or found[z] == 3:
                continue
            if b - a > len(w):
                w = np.empty(2 * (b - a))
            _, margin = filled(into[a:b], low[a:b], high[a:b], most, w)
            full = 0.0
            for k in range(b - a):
                full += w[k]
            code = found[z]
            for k in range(b - a):
                h, end = into[a + k], ends[a + k]
                if (end & 1 and least[h] > 0.0) or (found[h] & 1 and low[a + k] > 0.0):
                    code |= 1
                better, worse = most[h] > margin + SAME, most[h] < margin - SAME
                if end & 2 and better and w[k] >= high[a + k]:
                    code |= 2
                if end & 1 and worse and full > 1.0 - SAME:
                    code |= 2
                if found[h] & 2 and most[h] > 0.0 and (low[a + k] > 0.0 or (better and w[k] > 0.0)):
                    code |= 2
            moved = moved or code != found[z]
            found[z] = code
    return found
