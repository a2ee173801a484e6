"""Simple paths of one length between two nodes, pruned by how far the target still is."""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, F8_OUT, I8, INT, U1, U4, U4_OUT, compiled, inlined, record, several, writes


class Steps(NamedTuple):
    """Distinct neighbours of each node, ascending, forward and backward, and how strongly they are tied."""

    start: NDArray[np.int64]
    near: NDArray[np.uint32]
    strength: NDArray[np.float64]
    back_start: NDArray[np.int64]
    back: NDArray[np.uint32]
    closed: NDArray[np.uint8]
    """1 where no path may pass through, whatever the degree."""


STEPS = record(Steps, I8, U4, F8, I8, U4, U1)
FAR = 255


@compiled(writes(types.uint8)(STEPS, U4, INT, INT, INT))
def distances(steps: Any, ends: NDArray[np.uint32], length: int, max_degree: int, effort: int) -> NDArray[np.uint8]:
    """Steps from each node to the target, `ends[1]`, as far as is worth knowing: beyond, one more.

    The search goes back at least half the length, and on while it reads no more than `effort` entries.
    """
    start, _, _, back_start, back, closed = steps
    source, target = ends
    far = np.full(len(start) - 1, FAR, np.uint8)
    far[target] = 0
    wave = np.empty(1, np.uint32)
    wave[0] = target
    depth = read = 0
    while len(wave) and depth < length - 1:
        cost = 0
        for z in wave:
            cost += back_start[z + 1] - back_start[z]
        if depth >= length // 2 and read + cost > effort:
            break
        read += cost
        depth += 1
        reached = np.empty(cost, np.uint32)
        count = 0
        for z in wave:
            for k in range(back_start[z], back_start[z + 1]):
                x = back[k]
                if far[x] == FAR:
                    far[x] = depth
                    if x != source and not closed[x] and start[x + 1] - start[x] <= max_degree:
                        reached[count] = x
                        count += 1
        wave = reached[:count]
    if len(wave):
        for x in range(len(far)):
            if far[x] == FAR:
                far[x] = depth + 1
    return far


@inlined
def _position(near: Any, first: Any, last: Any, target: Any) -> Any:
    while first < last:
        middle = (first + last) >> 1
        if near[middle] < target:
            first = middle + 1
        else:
            last = middle
    return first


@inlined
def _keep(path: Any, strength: Any, found: Any, nodes: Any, strengths: Any, worst: Any) -> Any:
    """Put a path among the strongest; of equals the earlier stays. The new place of the weakest."""
    width = len(path)
    room = len(strengths)
    place = found
    if found >= room:
        if room == 0 or strength <= strengths[worst]:
            return worst
        for k in range(worst, room - 1):
            strengths[k] = strengths[k + 1]
            nodes[k * width : (k + 1) * width] = nodes[(k + 1) * width : (k + 2) * width].copy()
        place = room - 1
    strengths[place] = strength
    nodes[place * width : (place + 1) * width] = path
    if found >= room - 1:
        worst = 0
        for k in range(1, room):
            if strengths[k] <= strengths[worst]:
                worst = k
    return worst


@compiled(several(INT, INT)(STEPS, U4, U1, INT, INT, U4_OUT, F8_OUT))
def paths_of_length(
    steps: Any,
    ends: NDArray[np.uint32],
    far: NDArray[np.uint8],
    max_degree: int,
    budget: int,
    nodes: NDArray[np.uint32],
    strengths: NDArray[np.float64],
) -> tuple[int, int]:
    """Count the paths of one length and keep the strongest; how many, and the budget left, -1 if it ran out.

    A path is as strong as the product of its steps. Neighbours are tried in order, so that paths come in order.
    """
    start, near, tie, _, _, closed = steps
    source, target = ends
    length = len(nodes) // max(len(strengths), 1) - 1 if len(strengths) else len(nodes) - 1
    path = np.empty(length + 1, np.uint32)
    place = np.empty(length + 1, np.int64)
    strong = np.empty(length + 1, np.float64)
    path[0], place[0], strong[0] = source, start[source], 1.0
    found = depth = worst = 0
    while depth >= 0:
        v = path[depth]
        last = start[v + 1]
        left = length - depth - 1
        if left == 0:
            k = _position(near, start[v], last, target)
            budget -= 1
            if k < last and near[k] == target:
                path[length] = target
                worst = _keep(path, strong[depth] * tie[k], found, nodes, strengths, worst)
                found += 1
            depth -= 1
            continue
        k = place[depth]
        while k < last:
            w = near[k]
            k += 1
            if far[w] > left or w == target or closed[w] or start[w + 1] - start[w] > max_degree:
                continue
            fresh = True
            for i in range(depth + 1):
                fresh = fresh and path[i] != w
            if fresh:
                break
        else:
            budget -= last - place[depth] + 1
            depth -= 1
            if budget < 0:
                return found, -1
            continue
        budget -= k - place[depth]
        if budget < 0:
            return found, -1
        place[depth] = k
        strong[depth + 1] = strong[depth] * tie[k - 1]
        depth += 1
        path[depth], place[depth] = w, start[w]
    return found, budget
