"""Simple directed circles, each found once from its first node, pruned by how far it is back to there."""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import FLAG, I8, I8_OUT, INT, U1, U4, U4_OUT, compiled, inlined, record


class Ring(NamedTuple):
    """Distinct arrows between nodes that lie on circles, sorted by (tail, head), and the same backward."""

    start: NDArray[np.int64]
    near: NDArray[np.uint32]
    back_start: NDArray[np.int64]
    back: NDArray[np.uint32]


class Search(NamedTuple):
    """Which circles to look for."""

    first: int
    """Roots are `first` to `last` - 1."""
    last: int
    above: bool
    """Whether only nodes after the root take part, so that all roots together meet each circle once."""
    shortest: int
    longest: int
    """Fewest and most arrows of a circle."""
    budget: int
    """Entries to read."""


RING = record(Ring, I8, U4, I8, U4)
SEARCH = record(Search, INT, INT, FLAG, INT, INT, INT)


@inlined
def _measure(ring: Any, root: Any, above: Any, depth: Any, far: Any, seen: Any) -> Any:
    """Steps from nodes back to the root, as far as `depth`; how many nodes were seen, the root among them."""
    seen[0] = root
    first, last = 0, 1
    for step in range(1, depth + 1):
        count = last
        for i in range(first, last):
            z = seen[i]
            for k in range(ring.back_start[z + 1] - 1, ring.back_start[z] - 1, -1):
                x = ring.back[k]
                if above and x <= root:
                    break
                if far[x] == 0 and x != root:
                    far[x] = step
                    seen[count] = x
                    count += 1
        first, last = last, count
        if first == last:
            break
    return last


@inlined
def _note(place: Any, path: Any, size: Any, count: Any, through: Any, kept: Any, room: Any) -> Any:
    """Count a circle of `size` arrows, and keep it while there is room for its length."""
    number = count[size]
    count[size] += 1
    for i in range(size):
        through[place[i]] += 1
    if number < room:
        at = (size * room + number) * len(path)
        for i in range(size):
            kept[at + i] = path[i]


@compiled(INT(RING, SEARCH, I8_OUT, I8_OUT, U4_OUT))
def circles_from(
    ring: Any, search: Any, count: NDArray[np.int64], through: NDArray[np.int64], kept: NDArray[np.uint32]
) -> int:
    """Count circles from some roots; the budget left, -1 if it ran out.

    `count` is by number of arrows, `through` by arrow; `kept` holds the first circles of each length, by
    length, number and place in the circle.
    """
    first, last, above, shortest, length, _ = search
    budget: int = search.budget
    start, near, _, _ = ring
    room = len(kept) // (length * (length + 1))
    half = max(1, length // 2)
    far = np.zeros(len(start), np.uint8)
    seen = np.empty(len(start), np.uint32)
    path = np.empty(length, np.uint32)
    place = np.empty(length, np.int64)
    for number in range(first, last):
        root = np.uint32(number)
        reached = _measure(ring, root, above, half, far, seen)
        budget -= reached
        depth = 0 if reached > 1 else -1
        path[0], place[0] = root, start[root + 1]
        while depth >= 0 and budget >= 0:
            v = path[depth]
            k = place[depth]
            deeper = False
            while k > start[v] and not deeper:
                k -= 1
                w = near[k]
                if w == root:
                    place[depth] = k
                    if depth + 1 >= shortest:
                        _note(place, path, depth + 1, count, through, kept, room)
                elif above and w < root:
                    break
                elif (far[w] if far[w] else half + 1) < length - depth:
                    deeper = True
                    for i in range(1, depth + 1):
                        deeper = deeper and path[i] != w
            budget -= place[depth] - k + 1
            place[depth] = k
            depth += 1 if deeper else -1
            if deeper:
                path[depth], place[depth] = w, start[w + 1]
        for i in range(reached):
            far[seen[i]] = 0
        if budget < 0:
            return -1
    return budget


@inlined
def _way_back(ring: Any, released: Any, path: Any, depth: Any, state: Any, queue: Any, by: Any) -> Any:
    """Arrows of the shortest way from the end of a path to its first node that avoids the path; 0: none.

    `queue[:2]` are the ends of that way's last arrow, its position is `by[root]`.
    """
    start, near, _, _ = ring
    root = path[0]
    queue[0] = path[depth]
    filled, following = 1, 0
    found = False
    while following < filled and not found:
        z = queue[following]
        following += 1
        for k in range(start[z], start[z + 1]):
            w = near[k]
            if released[k] or (state[w] != 0 and w != root):
                continue
            by[w] = k
            if w == root:
                found = True
                break
            state[w] = 2
            queue[filled] = w
            filled += 1
    for i in range(1, filled):
        state[queue[i]] = 0
    return found


@compiled(types.Array(types.int64, 1, "C")(RING, U4, U1, U4, INT))
def long_circle(
    ring: Any, tail: NDArray[np.uint32], released: NDArray[np.uint8], nodes: NDArray[np.uint32], above: int
) -> NDArray[np.int64]:
    """Positions of the arrows of a circle of more than `above` that starts at the first of some nodes.

    Empty where there is none. Released arrows are not walked, nor other nodes entered. A path of `above`
    arrows is closed by the shortest way back that avoids it: there is a circle where there is such a pair.
    """
    start, near, _, _ = ring
    state = np.ones(len(start), np.uint8)
    for x in nodes:
        state[x] = 0
    path = np.empty(above + 1, np.uint32)
    place = np.empty(above + 1, np.int64)
    queue = np.empty(len(start), np.uint32)
    by = np.empty(len(start), np.int64)
    path[0], place[0] = nodes[0], start[nodes[0]]
    state[path[0]] = 1
    depth = 0
    while depth >= 0:
        v = path[depth]
        deeper = False
        if depth < above:
            while place[depth] < start[v + 1] and not deeper:
                k = place[depth]
                place[depth] += 1
                deeper = not released[k] and state[near[k]] == 0
            if deeper:
                depth += 1
                w = near[k]
                state[w] = 1
                path[depth], place[depth] = w, start[w]
        elif _way_back(ring, released, path, depth, state, queue, by):
            arrows = np.empty(len(start), np.int64)
            for i in range(above):
                arrows[i] = place[i] - 1
            size, z = above, path[0]
            while size == above or z != v:
                arrows[size] = by[z]
                z = tail[by[z]]
                size += 1
            return arrows[:size].copy()
        if not deeper:
            state[v] = 0
            depth -= 1
    return np.empty(0, np.int64)
