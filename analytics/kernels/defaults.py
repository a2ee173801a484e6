"""Drawn years: who defaults by itself, whom that brings down, and what a book loses by both.

A party's random number follows from the year's key and its own number alone, so that any range of years, on any
thread, draws the same. Parties lie in blocks of one loading, the likeliest to default first: most of a block is
passed over by the number alone, without the normal law.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import (
    F8,
    F8_OUT,
    FLAG,
    I1,
    I8,
    I8_OUT,
    INT,
    REAL,
    U4,
    compiled,
    inlined,
    reads,
    record,
    several,
    writes,
)

U8, I1_OUT = reads(types.uint64), writes(types.int8)
FINE = 1e-12
"""Part of its equity by which a loss may fall short and still bring a party down: rounding."""
STEP = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
FAR = 500.0
"""Largest exponent by which a default is made likelier."""


class Odds(NamedTuple):
    """How likely each defaults by itself, in blocks."""

    party: NDArray[np.uint32]
    """Parties that can default, by loading, the likeliest first, shape (m,)."""
    bound: NDArray[np.float64]
    """Normal number below which each defaults, in that order, shape (m,)."""
    block: NDArray[np.int64]
    """Block b is places `block[b]:block[b + 1]`, of one loading."""
    cell: NDArray[np.int64]
    """Row of loadings of each block."""
    loading: NDArray[np.float64]
    """Loadings on the factors, row after row."""
    own: NDArray[np.float64]
    """Weight of what is a party's own, for each row."""


class Web(NamedTuple):
    """Whom a failure costs what, and what the book loses."""

    start: NDArray[np.int64]
    """The failure of i costs `head[start[i]:start[i + 1]]` these amounts."""
    head: NDArray[np.uint32]
    amount: NDArray[np.float64]
    equity: NDArray[np.float64]
    """What brings each down; not a number where nothing does."""
    back_start: NDArray[np.int64]
    """The book's guarantees behind i likewise: guarantor, and what it pays if it stands."""
    backer: NDArray[np.uint32]
    backed: NDArray[np.float64]
    lost: NDArray[np.float64]
    """What the failure of each costs the book before guarantees."""


class Years(NamedTuple):
    """What is drawn for each year."""

    key: NDArray[np.uint64]
    mirrored: NDArray[np.int8]
    """1 where every number is turned about the middle."""
    likelier: NDArray[np.int8]
    """1 where defaults are made likelier for the goal."""
    factor: NDArray[np.float64]
    """Factors, year after year."""
    share: NDArray[np.float64]
    """What each year counts for in `by`."""


class Found(NamedTuple):
    """What each year comes to."""

    alone: NDArray[np.float64]
    """Loss by those who default by themselves."""
    whole: NDArray[np.float64]
    """Loss by all who fail."""
    tilt: NDArray[np.float64]
    """Logarithm of how much likelier the year is than where defaults are made likelier, given the factors."""
    defaults: NDArray[np.int64]
    failed: NDArray[np.int64]
    by: NDArray[np.float64]
    """Losses by borrower, summed over years by their shares; of no length where not asked."""


class Room(NamedTuple):
    """What one thread works in; clean between years."""

    down: NDArray[np.int8]
    hit: NDArray[np.float64]
    order: NDArray[np.int64]
    touched: NDArray[np.int64]
    chance: NDArray[np.float64]
    """Chance of each borrower's place in a year that is twisted."""

    @classmethod
    def of(cls, size: int) -> "Room":
        """For so many parties."""
        return cls(np.zeros(size, np.int8), np.zeros(size), np.empty(size, np.int64), np.empty(size, np.int64),
                   np.empty(size))  # fmt: skip


ODDS = record(Odds, U4, F8, I8, I8, F8, F8)
WEB = record(Web, I8, U4, F8, F8, I8, U4, F8, F8)
YEARS = record(Years, U8, I1, I1, F8, F8)
FOUND = record(Found, F8_OUT, F8_OUT, F8_OUT, I8_OUT, I8_OUT, F8_OUT)
ROOM = record(Room, I1_OUT, F8_OUT, I8_OUT, I8_OUT, F8_OUT)


@inlined
def uniform(key: Any, number: Any) -> float:
    """A number between 0 and 1, neither of them, of a year and a party (SplitMix64)."""
    x = key + STEP * np.uint64(number + np.uint64(1))
    x = (x ^ (x >> np.uint64(30))) * FIRST
    x = (x ^ (x >> np.uint64(27))) * SECOND
    x = x ^ (x >> np.uint64(31))
    return (np.float64(x >> np.uint64(12)) + 0.5) * 2.0**-52


@inlined
def chance_below(x: float) -> float:
    """Normal law."""
    return 0.5 * math.erfc(-x * 0.7071067811865476)


@inlined
def common(odds: Any, factor: NDArray[np.float64], year: int, row: int) -> float:
    """What the factors of a year come to for a row of loadings."""
    count = len(odds.loading) // len(odds.own)
    found = 0.0
    for f in range(count):
        found += odds.loading[row * count + f] * factor[year * count + f]
    return found


@compiled(several(REAL, REAL)(ODDS, WEB, F8, INT, REAL, ROOM))
def twist(odds: Any, web: Any, factor: NDArray[np.float64], year: int, goal: float, room: Any) -> tuple[float, float]:
    """How far defaults are made likelier for the mean loss of a year to be a goal; and the cumulant there.

    The chances of borrowers before that are left behind. A mean within 1 % of the goal is near enough: weights make
    good the rest.
    """
    most, low, theta, many = 0.0, 0.0, 0.0, 0
    for b in range(len(odds.cell)):
        y = common(odds, factor, year, odds.cell[b])
        for p in range(odds.block[b], odds.block[b + 1]):
            c = web.lost[odds.party[p]]
            if c > 0.0:
                room.chance[p] = chance_below((odds.bound[p] - y) / odds.own[odds.cell[b]])
                room.touched[many] = p
                many += 1
                most = max(most, c)
    high = FAR / most if most > 0.0 else 0.0
    used = psi = 0.0
    for _ in range(50):
        used = theta
        mean = curve = psi = 0.0
        for k in range(many):
            c, chance = web.lost[odds.party[room.touched[k]]], room.chance[room.touched[k]]
            if chance > 0.0:
                rest = (1.0 - chance) * math.exp(-theta * c) + chance
                q = chance / rest
                mean += c * q
                curve += c * c * q * (1.0 - q)
                psi += theta * c + math.log(rest)
        if abs(mean - goal) <= 0.01 * goal or (theta == 0.0 and mean >= goal) or high - low <= 1e-9 * high:
            break
        if mean < goal:
            low = theta
        else:
            high = theta
        theta = theta + (goal - mean) / curve if curve > 0.0 else high
        if not low < theta < high:
            theta = 0.5 * (low + high)
    return used, psi


@compiled(INT(ODDS, WEB, YEARS, INT, REAL, REAL, ROOM))
def fall(odds: Any, web: Any, years: Any, year: int, theta: float, sign: float, room: Any) -> int:
    """Find who defaults by itself in a year, and mark it; how many."""
    count, key = 0, years.key[year]
    for b in range(len(odds.cell)):
        first, last = odds.block[b], odds.block[b + 1]
        own, y = odds.own[odds.cell[b]], common(odds, years.factor, year, odds.cell[b])
        most = chance_below((odds.bound[first] - y) / own)
        for p in range(first, last):
            u = uniform(key, odds.party[p])
            if sign < 0.0:
                u = 1.0 - u
            i = odds.party[p]
            if theta != 0.0 and web.lost[i] > 0.0:
                q = room.chance[p]
                if q > 0.0:
                    q = q / (q + (1.0 - q) * math.exp(-theta * web.lost[i]))
            elif u < most:
                q = chance_below((odds.bound[p] - y) / own)
            else:
                continue
            if u < q:
                room.down[i] = 1
                room.order[count] = i
                count += 1
    return count


@inlined
def left(web: Any, i: int, down: NDArray[np.int8]) -> float:
    """What the book loses on a borrower after guarantees of those who stand."""
    loss = web.lost[i]
    for e in range(web.back_start[i], web.back_start[i + 1]):
        if down[web.backer[e]] == 0:
            loss -= web.backed[e]
    return float(max(0.0, loss))


@compiled(INT(WEB, INT, ROOM))
def carry(web: Any, count: int, room: Any) -> int:
    """Bring down whom failures cost all their equity; how many have failed then."""
    at = many = 0
    while at < count:
        i = room.order[at]
        at += 1
        for e in range(web.start[i], web.start[i + 1]):
            j = web.head[e]
            if room.hit[j] == 0.0:
                room.touched[many] = j
                many += 1
            room.hit[j] += web.amount[e]
            if room.down[j] == 0 and room.hit[j] >= web.equity[j] * (1.0 - FINE):
                room.down[j] = 1
                room.order[count] = j
                count += 1
    for k in range(many):
        room.hit[room.touched[k]] = 0.0
    return count


@compiled(types.void(ODDS, WEB, YEARS, REAL, FLAG, ROOM, FOUND))
def draw_years(odds: Any, web: Any, years: Any, goal: float, spreads: bool, room: Any, found: Any) -> None:
    """Draw years one by one; where a goal is above 0 some likelier to lose it, and all with what that weighs."""
    for year in range(len(years.key)):
        theta = psi = 0.0
        if goal > 0.0:
            theta, psi = twist(odds, web, years.factor, year, goal, room)
        used = theta if years.likelier[year] == 1 else 0.0
        count = fall(odds, web, years, year, used, -1.0 if years.mirrored[year] == 1 else 1.0, room)
        gross = alone = whole = 0.0
        for k in range(count):
            gross += web.lost[room.order[k]]
            alone += left(web, room.order[k], room.down)
        found.defaults[year], found.alone[year] = count, alone
        found.tilt[year] = psi - theta * gross if theta != 0.0 else 0.0
        if spreads:
            count = carry(web, count, room)
        for k in range(count):
            i = room.order[k]
            loss = left(web, i, room.down)
            whole += loss
            if len(found.by) > 0:
                found.by[i] += years.share[year] * loss
        found.failed[year], found.whole[year] = count, whole
        for k in range(count):
            room.down[room.order[k]] = 0
