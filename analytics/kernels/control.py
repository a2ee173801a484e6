"""Who controls what: one worklist per owner over shared votes.

Votes are counted in units of 1e-12 and compared after rounding to 1e-9. In a sum the ten lowest bits
count the open low ends among its terms, so that "just above 50 %" differs from "50 %".
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, FLAG, I1, I8, I8_OUT, INT, U4, U4_OUT, compiled, inlined, record, several

MEMBER = -1


class Votes(NamedTuple):
    """Votes as links sorted by (tail, head), and what a majority takes."""

    start: NDArray[np.int64]
    head: NDArray[np.uint32]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    ends: NDArray[np.int8]
    bar: NDArray[np.int64]
    """Sum of low ends from which a company is controlled, in the form of a sum."""
    room: NDArray[np.int64]
    """1 − Σ low of all holders, in 1e-12: what bands and undisclosed holders leave open."""
    lowest: int
    """No company's bar lies below."""


VOTES = record(Votes, I8, U4, F8, F8, I1, I8, I8, INT)


class Workspace(NamedTuple):
    """Memory of one search, n parties; whoever searches again writes only what it touches."""

    counted: NDArray[np.int64]
    """Votes counted so far and the most they may be, zero before and after, shape (2n,)."""
    touched: NDArray[np.uint32]
    """Companies with counted votes, shape (n + 1,)."""
    members: NDArray[np.uint32]
    """Sets found, shape (2n + 1,)."""

    @classmethod
    def of(cls, size: int) -> "Workspace":
        """For this many parties."""
        return cls(np.zeros(2 * size, np.int64), np.empty(size + 1, np.uint32), np.empty(2 * size + 1, np.uint32))


WORKSPACE = record(Workspace, I8_OUT, U4_OUT, U4_OUT)


def bar(votes: NDArray[np.float64]) -> NDArray[np.int64]:
    """What lies above so many votes, in units of 1e-9, in the form of a sum."""
    # A hair below one unit is lost to rounding, never a whole one.
    return (np.floor(votes + 1e-6).astype(np.int64) * 1000 + 500) << 10


@inlined
def _term(low: Any, ends: Any) -> Any:
    return (np.int64(low * 1e12 + 0.5) << 10) + (np.int64(ends) & 1)


@inlined
def _certain(total: Any, bar: Any) -> Any:
    return total >= bar or (total >= bar - (1000 << 10) and total & 1023 != 0)


@inlined
def _possible(total: Any, high: Any, bar: Any, room: Any) -> Any:
    low = total >> 10
    return max(low, min(high, room + low)) >= bar >> 10


@compiled(several(U4_OUT, U4_OUT, FLAG)(VOTES, FLAG))
def direct_control(votes: Any, possible: bool) -> tuple[NDArray[np.uint32], NDArray[np.uint32], bool]:
    """Pairs in which the tail's own holdings control the head; False where a share cannot be."""
    start, head, lows, highs, ends, bar, room, lowest = votes
    tails = np.empty(1024, np.uint32)
    heads = np.empty(1024, np.uint32)
    found = 0
    total = high = np.int64(0)
    for x in range(len(start) - 1):
        for link in range(start[x], start[x + 1]):
            y = head[link]
            if not 0.0 <= lows[link] <= highs[link] <= 1.0:
                return tails[:0], heads[:0], False
            if link == start[x] or head[link - 1] != y:
                total = high = np.int64(0)
            total += _term(lows[link], ends[link] if len(ends) else 0)
            high += np.int64(highs[link] * 1e12 + 0.5)
            if max(total, high << 10) < lowest or x == y or (link + 1 < start[x + 1] and head[link + 1] == y):
                continue
            if _certain(total, bar[y]) or (possible and _possible(total, high, bar[y], room[y])):
                if found == len(tails):
                    tails = np.append(tails, np.empty(found, np.uint32))
                    heads = np.append(heads, np.empty(found, np.uint32))
                tails[found] = x
                heads[found] = y
                found += 1
    return tails[:found], heads[:found], True


@inlined
def _own(start: Any, head: Any, x: Any, y: Any) -> Any:
    """First of the owner's own links whose head is not below y."""
    first, last = start[x], start[x + 1]
    while first < last:
        middle = (first + last) >> 1
        if head[middle] < y:
            first = middle + 1
        else:
            last = middle
    return first


@inlined
def _count(votes: Any, possible: bool, x: int, link: int, total: Any, high: Any) -> tuple[bool, bool]:
    """Add a controlled holder's votes; whether they are the first for its company, and whether they suffice.

    What the owner itself holds is looked up then: most owners hold much that nothing of theirs joins.
    """
    start, head, lows, highs, ends, bar, room, lowest = votes
    y = head[link]
    now = total[y]
    fresh = now == 0 and (not possible or high[y] == 0)
    if fresh and y != x:
        own = _own(start, head, x, y)
        while own < start[x + 1] and head[own] == y:
            now += _term(lows[own], ends[own] if len(ends) else 0)
            if possible:
                high[y] += np.int64(highs[own] * 1e12 + 0.5)
            own += 1
    now += _term(lows[link], ends[link] if len(ends) else 0)
    given = now >= lowest and _certain(now, bar[y])
    if possible:
        high[y] += np.int64(highs[link] * 1e12 + 0.5)
        given = given or (high[y] << 10 >= lowest and _possible(now, high[y], bar[y], room[y]))
    fresh = fresh and (now != 0 or (possible and high[y] != 0))
    total[y] = MEMBER if given else now
    return fresh, given


@compiled(INT(U4, VOTES, I8, U4, FLAG, WORKSPACE, I8_OUT))
def controlled_sets(
    owners: NDArray[np.uint32],
    votes: Any,
    direct_start: NDArray[np.int64],
    direct: NDArray[np.uint32],
    possible: bool,
    work: Any,
    stop: NDArray[np.int64],
) -> int:
    """Write what each owner controls, in the order found; the number of owners done.

    `direct` holds what each party controls by itself. `work.members` is filled one owner after the other, an
    owner that would control itself among its own; `stop[k]` is where owner k's end. It ends early where
    less than one entry a party is left.
    """
    first, head = votes.start, votes.head
    size = len(first) - 1
    counted, touched, members = work
    total, high = counted[:size], counted[size:]
    filled = 0
    for k in range(len(owners)):
        if len(members) - filled <= size:
            return k
        x = z = owners[k]
        following, seen = filled, 0
        while True:
            for arrow in range(direct_start[z], direct_start[z + 1]):
                y = direct[arrow]
                if total[y] != MEMBER:
                    touched[seen] = members[filled] = y
                    seen += total[y] == 0 and (not possible or high[y] == 0)
                    total[y] = MEMBER
                    filled += 1
            if z != x:
                for link in range(first[z], first[z + 1]):
                    y = head[link]
                    if total[y] != MEMBER and y != z:
                        fresh, given = _count(votes, possible, x, link, total, high)
                        touched[seen] = members[filled] = y
                        seen += fresh
                        filled += given
            if following == filled:
                break
            z = members[following]
            following += 1
        for i in range(seen):
            total[touched[i]] = 0
            if possible:
                high[touched[i]] = 0
        stop[k] = filled
    return len(owners)
