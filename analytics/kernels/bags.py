"""The best piece of a network that is nearly a tree, by dynamic programming over an elimination of its parties."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, F8_OUT, I8, I8_OUT, INT, REAL, U4_OUT, compiled, inlined, record, several


class Bags(NamedTuple):
    """Parties in the order of their elimination; each waits for its separator, the later ones it is tied to by then."""

    load: NDArray[np.int64]
    room: int
    """Most load of a piece."""
    start: NDArray[np.int64]
    worth: NDArray[np.float64]
    """Of the party's tie to each of its separator, 0 where there is none; that of p at `start[p]` on."""
    place: NDArray[np.int64]
    """Where each of a separator stands in the parent's separator; the parent itself stands behind them."""
    child_start: NDArray[np.int64]
    child: NDArray[np.int64]
    table: NDArray[np.int64]
    """Where the table of each begins: a row for each choice of its separator, a column for each load."""
    most: NDArray[np.int64]
    """Most load of a party with all those below it, at most the room."""


BAGS = record(Bags, I8, INT, I8, F8, I8, I8, I8, I8, I8)
NEVER = -1e300


@inlined
def _children(bags: Any, table: Any, p: Any, mask: Any, inside: Any, price: Any, rows: Any) -> Any:
    """Best worth by load, one more child in each row; where the children's tables stand; -1 where it is too large.

    The mask says who of the separator is in the piece, `inside` whether the party itself is.
    """
    width = bags.start[p + 1] - bags.start[p]
    load = bags.load[p] if inside else 0
    if load > bags.room:
        return -1
    rows[0, : bags.room + 1] = NEVER
    rows[0, load] = 0.0
    if inside:
        rows[0, load] -= price[p]
        for t in range(width):
            if mask >> t & 1:
                rows[0, load] += bags.worth[bags.start[p] + t]
    whole = mask | (inside << width)
    for q in range(bags.child_start[p + 1] - bags.child_start[p]):
        c = bags.child[bags.child_start[p] + q]
        choice = 0
        for t in range(bags.start[c], bags.start[c + 1]):
            if whole >> bags.place[t] & 1:
                choice |= 1 << (t - bags.start[c])
        below = bags.table[c] + choice * (bags.most[c] + 1)
        top = min(bags.room, load + bags.most[c])
        rows[q + 1, : bags.room + 1] = NEVER
        for x in range(load + 1):
            if rows[q, x] > NEVER:
                for y in range(min(bags.most[c], top - x) + 1):
                    rows[q + 1, x + y] = max(rows[q + 1, x + y], rows[q, x] + table[below + y])
        load = top
        rows[q + 1, bags.room + 1] = below
    return load


@compiled(INT(BAGS, F8, F8_OUT))
def fill_tables(bags: Any, price: NDArray[np.float64], table: NDArray[np.float64]) -> int:
    """Best worth below each party, less the prices, by who of its separator is in the piece and by load."""
    widest = 0
    for p in range(len(bags.load)):
        widest = max(widest, bags.child_start[p + 1] - bags.child_start[p])
    rows = np.empty((widest + 1, bags.room + 2))
    for p in range(len(bags.load)):
        last = bags.child_start[p + 1] - bags.child_start[p]
        for mask in range(1 << (bags.start[p + 1] - bags.start[p])):
            at = bags.table[p] + mask * (bags.most[p] + 1)
            table[at : at + bags.most[p] + 1] = NEVER
            for inside in range(2):
                load = _children(bags, table, p, mask, inside, price, rows)
                for x in range(load + 1):
                    table[at + x] = max(table[at + x], rows[last, x])
    return widest


@inlined
def _back(bags: Any, table: Any, p: Any, load: Any, rows: Any, waiting: Any, count: Any) -> Any:
    """Share a load out among the children as the best did, and let them wait; how many wait."""
    for q in range(bags.child_start[p + 1] - bags.child_start[p] - 1, -1, -1):
        c = bags.child[bags.child_start[p] + q]
        below = np.int64(rows[q + 1, bags.room + 1])
        best, share = -np.inf, 0
        for y in range(min(bags.most[c], load) + 1):
            worth = rows[q, load - y] + table[below + y]
            if worth > best:
                best, share = worth, y
        if share:
            waiting[count, 0], waiting[count, 1] = c, (below - bags.table[c]) // (bags.most[c] + 1)
            waiting[count, 2] = share
            count += 1
        load -= share
    return count


@compiled(several(REAL, INT)(BAGS, F8, F8, REAL, U4_OUT, I8_OUT))
def best_tops(
    bags: Any, price: NDArray[np.float64], table: NDArray[np.float64], floor: float, found: NDArray[np.uint32],
    stop: NDArray[np.int64],
) -> tuple[float, int]:  # fmt: skip
    """The best piece of which each party is the last, where it is worth more than the floor.

    Piece k is `found[stop[k]:stop[k + 1]]`. Returns what all pieces that share no party are worth at most, and
    how many were found. A piece that does not hang together is one of several.
    """
    size, widest = len(bags.load), 0
    for p in range(size):
        widest = max(widest, bags.child_start[p + 1] - bags.child_start[p])
    rows = np.empty((widest + 1, bags.room + 2))
    waiting = np.empty((size + 1, 3), np.int64)
    total, count, filled = 0.0, 0, 0
    for root in range(size):
        load = _children(bags, table, root, 0, 1, price, rows)
        if load < 0:
            continue
        last = bags.child_start[root + 1] - bags.child_start[root]
        at = rows[last, : load + 1].argmax()
        best = rows[last, at]
        total += max(best, 0.0)
        if best <= floor:
            continue
        found[filled] = root
        filled += 1
        ahead = _back(bags, table, root, at, rows, waiting, 0)
        while ahead:
            ahead -= 1
            p, mask, load = waiting[ahead]
            last = bags.child_start[p + 1] - bags.child_start[p]
            inside = 1
            _children(bags, table, p, mask, 1, price, rows)
            if bags.load[p] > load or rows[last, load] < table[bags.table[p] + mask * (bags.most[p] + 1) + load]:
                inside = 0
                _children(bags, table, p, mask, 0, price, rows)
            if inside:
                found[filled] = p
                filled += 1
            ahead = _back(bags, table, p, load, rows, waiting, ahead)
        count += 1
        stop[count] = filled
    return total, count
