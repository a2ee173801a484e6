"""Mass pushed from a company up to its holders, with a bound on what has not been pushed yet.

A walker that starts at company j and steps to a holder with the probability of its share meets owner i
at some time with a probability of Y_ij, the integrated share. Of the mass that stands still at most
`left` can ever arrive anywhere.
"""

from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, F8_OUT, INT, REAL, U4, U4_OUT, compiled, several
from analytics.kernels.ownership import ORDERED

FINEST = 1e-12
"""Mass left at which a pair counts as decided."""
MET, STILL, FIRST, PASSED = 0, 1, 2, 3
"""What the work keeps of a node, side by side in one line of memory: the mass that met it, what of it stands
still, what met it before it was first pushed on, and the fraction that passes on to known holders."""
WIDTH = 4


@compiled(F8_OUT(ORDERED))
def prepared(holdings: Any) -> NDArray[np.float64]:
    """Work for pushes: nothing passes on from final owners, nor from a closed component."""
    size = len(holdings.part_of)
    work = np.zeros(WIDTH * size)
    for z in range(size):
        if not holdings.closed[holdings.part_of[z]]:
            for link in range(holdings.in_start[z], holdings.in_start[z + 1]):
                work[WIDTH * z + PASSED] += holdings.in_share[link]
    return work


@compiled(U4_OUT(U4, INT))
def _room(queue: NDArray[np.uint32], at: int) -> NDArray[np.uint32]:
    """The queue from here on with room behind it."""
    kept = queue[at:]
    longer = np.empty(max(len(queue), 2 * len(kept)), np.uint32)
    longer[: len(kept)] = kept
    return longer


@compiled(several(INT, REAL, INT)(ORDERED, INT, INT, REAL, INT, F8_OUT, U4_OUT))
def push(
    holdings: Any,
    company: int,
    absorb: int,
    least: float,
    budget: int,
    work: NDArray[np.float64],
    touched: NDArray[np.uint32],
) -> tuple[int, float, int]:
    """Push from one company until no node keeps `least`; how many nodes were met, what is left, budget left.

    `work` is as prepared before; `touched` gets the nodes met. `absorb` lets nothing through, -1 for none.
    """
    start, into, share = holdings.in_start, holdings.into, holdings.in_share
    queue = np.empty(64, np.uint32)
    queue[0] = company
    at, end, count = 0, 1, 0
    work[WIDTH * company + STILL] = 1.0
    while at < end and budget > 0:
        z = queue[at]
        at += 1
        mass = work[WIDTH * z + STILL]
        work[WIDTH * z + STILL] = 0.0
        if work[WIDTH * z + FIRST] == 0.0:
            work[WIDTH * z + FIRST] = work[WIDTH * z + MET]
        budget -= start[z + 1] - start[z]
        for link in range(start[z], start[z + 1]):
            h = into[link]
            more = mass * share[link]
            if work[WIDTH * h + MET] == 0.0:
                touched[count] = h
                count += 1
            work[WIDTH * h + MET] += more
            if work[WIDTH * h + PASSED] > 0.0 and h != absorb:
                before = work[WIDTH * h + STILL]
                work[WIDTH * h + STILL] = before + more
                if before < least <= before + more:
                    if end == len(queue):
                        queue = _room(queue, at)
                        at, end = 0, end - at
                    queue[end] = h
                    end += 1
    left = 0.0
    for k in range(count):
        left += work[WIDTH * touched[k] + STILL] * work[WIDTH * touched[k] + PASSED]
    return count, left, budget


@compiled(types.void(U4, INT, INT, F8_OUT))
def wipe(touched: NDArray[np.uint32], count: int, company: int, work: NDArray[np.float64]) -> None:
    """Make the work as it was prepared."""
    for k in range(count):
        for slot in range(PASSED):
            work[WIDTH * touched[k] + slot] = 0.0
    work[WIDTH * company + STILL] = 0.0


@compiled(several(REAL, REAL, INT)(ORDERED, INT, INT, REAL, REAL, INT, F8_OUT, U4_OUT))
def met_by(
    holdings: Any,
    company: int,
    owner: int,
    bar: float,
    tolerance: float,
    budget: int,
    work: NDArray[np.float64],
    touched: NDArray[np.uint32],
) -> tuple[float, float, int]:
    """Least share of the company that the owner holds, what may be added, and the budget left.

    It ends where less than the tolerance is left, or the bar lies beside both; a negative bar never does.
    """
    least = 1e-2
    while True:
        count, left, budget = push(holdings, company, owner, least, budget, work, touched)
        found = work[WIDTH * owner + MET]
        wipe(touched, count, company, work)
        if left <= tolerance or (bar >= 0.0 and (found >= bar or found + left < bar)) or budget <= 0:
            return found, left if budget > 0 else max(left, 1.0 - found), budget
        least *= 0.05


@compiled(several(INT, REAL)(ORDERED, U4, F8, INT, F8_OUT))
def returning(
    holdings: Any,
    nodes: NDArray[np.uint32],
    tolerance: NDArray[np.float64],
    budget: int,
    back: NDArray[np.float64],
) -> tuple[int, float]:
    """Write how much of each node comes back to it; the first not found within its budget, and the most left."""
    work, touched = prepared(holdings), np.empty(len(holdings.part_of), np.uint32)
    worst = 0.0
    for k in range(len(nodes)):
        back[k], left, _ = met_by(holdings, nodes[k], nodes[k], -1.0, tolerance[k], budget, work, touched)
        if left > tolerance[k]:
            return k, left
        worst = max(worst, left)
    return len(nodes), worst


@compiled(several(INT, REAL)(ORDERED, INT, REAL, REAL, INT, F8_OUT, U4_OUT))
def candidates(
    holdings: Any,
    company: int,
    bar: float,
    least: float,
    budget: int,
    work: NDArray[np.float64],
    touched: NDArray[np.uint32],
) -> tuple[int, float]:
    """Push until nobody unmet can have the bar; how many were met, 0 where the budget ran out, and what is left."""
    while True:
        count, left, budget = push(holdings, company, -1, least, budget, work, touched)
        if left < bar:
            return count, left
        wipe(touched, count, company, work)
        if budget <= 0:
            return 0, 1.0
        least *= 0.1


@compiled(several(U4_OUT, U4_OUT, F8_OUT, F8_OUT)(ORDERED, INT, INT, REAL, REAL, INT))
def pairs_over(
    holdings: Any, first: int, last: int, bar: float, least: float, budget: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.float64], NDArray[np.float64]]:
    """Holders and companies at positions `first:last` of which the holder has the bar or more.

    With each the least share and what may be added; where the bar lies between, the budget ran out. A
    company whose own number stands for its holder could not be searched within it.
    """
    part, part_of, size = holdings.part, holdings.part_of, len(holdings.part_of)
    work, touched, spare = prepared(holdings), np.empty(size, np.uint32), np.empty(size, np.uint32)
    holder, company = np.empty(1024, np.uint32), np.empty(1024, np.uint32)
    share, more = np.empty(1024), np.empty(1024)
    found = 0
    for j in range(first, last):
        if work[WIDTH * j + PASSED] == 0.0:
            continue
        count, left = candidates(holdings, j, bar, least, budget, work, touched)
        kept = found
        while found + count + 1 > len(holder):
            holder, company = np.append(holder, holder), np.append(company, company)
            share, more = np.append(share, share), np.append(more, more)
        if count == 0:
            holder[found], company[found], share[found], more[found] = j, j, 0.0, 1.0
            found += 1
            continue
        for k in range(count):
            i = touched[k]
            most = work[WIDTH * i + MET]
            if most + left >= bar and i != j and not holdings.closed[part_of[i]]:
                # What met a node of a cycle after it was pushed on may have come back from itself.
                once = part[part_of[i] + 1] - part[part_of[i]] == 1 or work[WIDTH * i + FIRST] == 0.0
                sure = most if once else work[WIDTH * i + FIRST]
                holder[found], company[found], share[found], more[found] = i, j, sure, most - sure + left
                found += 1
        wipe(touched, count, j, work)
        stop = found
        found = kept
        for k in range(kept, stop):
            i, y, rest = holder[k], share[k], more[k]
            if y < bar:
                y, rest, _ = met_by(holdings, j, i, bar, FINEST, budget, work, spare)
            if y + rest >= bar:
                holder[found], company[found], share[found], more[found] = i, j, y, rest
                found += 1
    return holder[:found], company[:found], share[:found], more[:found]
