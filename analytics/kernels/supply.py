"""Production that is lost along supplies, round by round: what every firm loses follows from the round before.

Losses are fractions of what a firm makes, 1 less what the literature calls h. All three ways take the same steps; they
differ in what they look at: every firm, only firms that something changed for, or every firm for 16 shocks at once.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import (
    F8,
    F8_OUT,
    FLAG,
    I8,
    I8_OUT,
    INT,
    REAL,
    U4,
    compiled,
    inlined,
    record,
    several,
)  # fmt: skip
from analytics.kernels.lanes import (
    F4,
    LANES,
    added,
    alike,
    divided,
    larger,
    less,
    put_row,
    row_at,
    scaled,
    smaller,
    soon,
    times,
)  # fmt: skip

BLOCK = 256
"""Firms whose losses are summed in 32 bits before the sum goes into 64."""
AHEAD = 24
"""Supplies before a row is needed at which it is fetched."""


class Chain(NamedTuple):
    """Supplies as their receivers see them; `part`, `reliance` and `sales` in 32 or 64 bits."""

    groups: NDArray[np.int64]
    """Inputs of firm j that fail together are groups `groups[j]:groups[j + 1]`."""
    links: NDArray[np.int64]
    """Supplies of group g are `links[g]:links[g + 1]`."""
    supplier: NDArray[np.uint32]
    part: NDArray[Any]
    """Fraction of the group's input that each supply is, or of all input."""
    sold: NDArray[np.int64]
    """Sales of firm i are `sold[i]:sold[i + 1]`."""
    buyer: NDArray[np.uint32]
    reliance: NDArray[Any]
    """Fraction of the seller's revenue that each sale is."""
    industry: NDArray[np.uint32]
    sales: NDArray[Any]
    rationed: bool
    """Whether others of a failing firm's industry stand in for it."""
    industries: int


CHAIN_4, CHAIN_8 = (record(Chain, I8, I8, U4, T, I8, U4, T, U4, T, FLAG, INT) for T in (F4, F8))


class Spread(NamedTuple):
    """Supplies as those see them who pass a loss on."""

    out: NDArray[np.int64]
    """Supplies of firm i are `out[i]:out[i + 1]`."""
    group: NDArray[np.uint32]
    """Group of inputs that each goes to."""
    part: NDArray[np.float64]
    owner: NDArray[np.uint32]
    """Firm that each group is an input of."""
    bought: NDArray[np.int64]
    """Purchases of firm j are `bought[j]:bought[j + 1]`."""
    seller: NDArray[np.uint32]
    reliance: NDArray[np.float64]
    industry: NDArray[np.uint32]
    sales: NDArray[np.float64]
    whole: NDArray[np.float64]
    """Sales of each industry."""
    rationed: bool


SPREAD = record(Spread, I8, U4, F8, U4, I8, U4, F8, U4, F8, F8, FLAG)


@inlined
def _felt(loss: float, sales: float, left: float) -> float:
    """Loss that nobody stands in for: σ times it."""
    return loss * (sales / left) if sales < left else loss


@compiled(several(INT, REAL)(CHAIN_8, REAL, INT, F8_OUT, F8_OUT))
def sweep(chain: Any, stop: float, most: int, down: NDArray[np.float64], up: NDArray[np.float64]) -> tuple[int, float]:
    """Lose what a shock leads to, every firm in every round: the rounds, and the largest loss of the last one.

    `down` and `up` are the shock, and become the losses for want of inputs and of orders.
    """
    size = len(down)
    left, felt, before = np.zeros(chain.industries), np.zeros(size), np.zeros(size)
    rounds, worst = 0, np.inf
    while worst > stop and rounds < most:
        rounds += 1
        worst = 0.0
        left[:] = 0.0
        for i in range(size):
            left[chain.industry[i]] += chain.sales[i] * (1.0 - down[i])
        for i in range(size):
            felt[i] = _felt(down[i], chain.sales[i], left[chain.industry[i]]) if chain.rationed else down[i]
            before[i] = up[i]
        for j in range(size):
            loss = down[j]
            for g in range(chain.groups[j], chain.groups[j + 1]):
                lacking = 0.0
                for k in range(chain.links[g], chain.links[g + 1]):
                    lacking += chain.part[k] * felt[chain.supplier[k]]
                loss = max(loss, lacking)
            loss = min(loss, 1.0)
            worst = max(worst, loss - down[j])
            down[j] = loss
            lacking = 0.0
            for k in range(chain.sold[j], chain.sold[j + 1]):
                lacking += chain.reliance[k] * before[chain.buyer[k]]
            loss = min(max(up[j], lacking), 1.0)
            worst = max(worst, loss - up[j])
            up[j] = loss
    return rounds, worst


@inlined
def _met(firm: int, seen: NDArray[np.bool_], those: NDArray[np.uint32], count: int) -> int:
    """Put a firm on a list unless it is; how many are on it."""
    if not seen[firm]:
        seen[firm] = True
        those[count] = firm
        return count + 1
    return count


@inlined
def _settled(
    those: NDArray[np.uint32], count: int, seen: NDArray[np.bool_], after: NDArray[np.float64], now: NDArray[np.float64]
) -> float:
    """Let the losses that a round leads to count; the largest rise. `after` then holds the rises."""
    worst = 0.0
    for k in range(count):
        j = those[k]
        seen[j] = False
        loss = min(after[j], 1.0)
        rise = loss - now[j]
        now[j] = loss
        worst = max(worst, rise)
    return worst


@compiled(several(INT, REAL)(SPREAD, REAL, REAL, INT, F8_OUT, F8_OUT))
def follow(
    web: Any, least: float, stop: float, most: int, down: NDArray[np.float64], up: NDArray[np.float64]
) -> tuple[int, float]:
    """The same as `sweep`, of what changed alone: each passes on by how much it lost more, once that is over `least`.

    Ends too where a round has passed on along more than a fourth of all supplies: `sweep` goes on from there, cheaper.
    """
    size = len(down)
    lacking, unsold = np.zeros(len(web.owner)), np.zeros(size)
    told_down, told_up = np.zeros(size), np.zeros(size)
    after_down, after_up = down.copy(), up.copy()
    left = web.whole.copy()
    hit, fewer, cut = np.empty(size, np.uint32), np.empty(size, np.uint32), np.empty(size, np.uint32)
    ever: Any = np.zeros(size, np.bool_)
    seen: Any = np.zeros(size, np.bool_)
    hits, cuts, told = 0, 0, 0
    for i in range(size):
        if down[i] > 0.0:
            hits = _met(i, ever, hit, hits)
            left[web.industry[i]] -= web.sales[i] * down[i]
        if up[i] > 0.0:
            cut[cuts] = i
            cuts += 1
    rounds, worst = 0, np.inf
    while worst > stop and rounds < most and 4 * told <= len(web.group) + len(web.seller):
        rounds += 1
        fewers, told = 0, 0
        for k in range(hits):
            i = hit[k]
            felt = _felt(down[i], web.sales[i], left[web.industry[i]]) if web.rationed else down[i]
            rise = felt - told_down[i]
            if rise > least:
                told_down[i] = felt
                told += web.out[i + 1] - web.out[i]
                for link in range(web.out[i], web.out[i + 1]):
                    g = web.group[link]
                    lacking[g] += web.part[link] * rise
                    j = web.owner[g]
                    if lacking[g] > after_down[j] and down[j] < 1.0:
                        after_down[j] = lacking[g]
                        fewers = _met(j, seen, fewer, fewers)
        for k in range(fewers):
            j = fewer[k]
            left[web.industry[j]] -= web.sales[j] * (min(after_down[j], 1.0) - down[j])
            hits = _met(j, ever, hit, hits)
        worst = _settled(fewer, fewers, seen, after_down, down)
        fewers = 0
        for k in range(cuts):
            j = cut[k]
            rise = up[j] - told_up[j]
            if rise <= least:
                continue
            told_up[j] = up[j]
            told += web.bought[j + 1] - web.bought[j]
            for link in range(web.bought[j], web.bought[j + 1]):
                i = web.seller[link]
                unsold[i] += web.reliance[link] * rise
                if unsold[i] > after_up[i] and up[i] < 1.0:
                    after_up[i] = unsold[i]
                    fewers = _met(i, seen, fewer, fewers)
        worst = max(worst, _settled(fewer, fewers, seen, after_up, up))
        fewer, cut, cuts = cut, fewer, fewers
    return rounds, worst


class Shocks(NamedTuple):
    """Several shocks."""

    start: NDArray[np.int64]
    """Shocked firms of shock k are `start[k]:start[k + 1]`."""
    firm: NDArray[np.uint32]
    part: NDArray[np.float64]
    """Fraction of its production that each loses at first."""


class Losses(NamedTuple):
    """What each of some shocks leads to, in sales; written."""

    whole: NDArray[np.float64]
    down: NDArray[np.float64]
    up: NDArray[np.float64]
    residual: NDArray[np.float64]
    rounds: NDArray[np.int64]


SHOCKS, LOSSES = record(Shocks, I8, U4, F8), record(Losses, F8_OUT, F8_OUT, F8_OUT, F8_OUT, I8_OUT)


@inlined
def _lost_of_inputs(chain: Any, left: Any, felt: Any, down: Any, worst: Any) -> None:
    """One round downstream, of all lanes."""
    size = len(chain.sold) - 1
    one, nothing = alike(down, 1.0), alike(down, 0.0)
    for k in range(chain.industries):
        put_row(left, np.uint64(k), nothing)
    for i in range(size):
        at = np.uint64(chain.industry[i])
        made = scaled(chain.sales[i], less(one, row_at(down, np.uint64(i))))
        put_row(left, at, added(row_at(left, at), made))
    for i in range(size):
        row = row_at(down, np.uint64(i))
        if chain.rationed:
            share = divided(alike(down, chain.sales[i]), row_at(left, np.uint64(chain.industry[i])))
            row = times(row, smaller(share, one))
        put_row(felt, np.uint64(i), row)
    most, last = row_at(worst, np.uint64(0)), len(chain.supplier) - 1
    for j in range(size):
        before = row_at(down, np.uint64(j))
        loss = before
        for g in range(chain.groups[j], chain.groups[j + 1]):
            first = chain.links[g]
            soon(felt, np.uint64(chain.supplier[min(first + AHEAD, last)]))
            lacking = scaled(chain.part[first], row_at(felt, np.uint64(chain.supplier[first])))
            for k in range(first + 1, chain.links[g + 1]):
                soon(felt, np.uint64(chain.supplier[min(k + AHEAD, last)]))
                lacking = added(lacking, scaled(chain.part[k], row_at(felt, np.uint64(chain.supplier[k]))))
            loss = larger(lacking, loss)
        loss = smaller(loss, one)
        most = larger(less(loss, before), most)
        put_row(down, np.uint64(j), loss)
    put_row(worst, np.uint64(0), most)


@inlined
def _lost_of_orders(chain: Any, up: Any, after: Any, worst: Any) -> None:
    """One round upstream, of all lanes, into `after`."""
    one, most, last = alike(up, 1.0), row_at(worst, np.uint64(0)), len(chain.buyer) - 1
    for i in range(len(chain.sold) - 1):
        before = row_at(up, np.uint64(i))
        unsold = alike(up, 0.0)
        for k in range(chain.sold[i], chain.sold[i + 1]):
            soon(up, np.uint64(chain.buyer[min(k + AHEAD, last)]))
            unsold = added(unsold, scaled(chain.reliance[k], row_at(up, np.uint64(chain.buyer[k]))))
        loss = smaller(larger(unsold, before), one)
        most = larger(less(loss, before), most)
        put_row(after, np.uint64(i), loss)
    put_row(worst, np.uint64(0), most)


@inlined
def _summed(chain: Any, down: Any, up: Any, keep: Any, room: Any, sums: Any) -> None:
    """Sum what each lane has come to, in 64 bits by blocks of firms, and clear those that are not kept."""
    size, kept, nothing = len(chain.sold) - 1, row_at(keep, np.uint64(0)), alike(down, 0.0)
    sums[:] = 0.0
    for block in range(0, size, BLOCK):
        whole, for_inputs, for_orders = nothing, nothing, nothing
        for i in range(block, min(block + BLOCK, size)):
            a, b, sales = row_at(down, np.uint64(i)), row_at(up, np.uint64(i)), chain.sales[i]
            whole = added(whole, scaled(sales, larger(a, b)))
            for_inputs = added(for_inputs, scaled(sales, a))
            for_orders = added(for_orders, scaled(sales, b))
            put_row(down, np.uint64(i), times(a, kept))
            put_row(up, np.uint64(i), times(b, kept))
        put_row(room, np.uint64(0), whole)
        put_row(room, np.uint64(1), for_inputs)
        put_row(room, np.uint64(2), for_orders)
        for k in range(3 * LANES):
            sums[k] += room[k]


@inlined
def _begin(shocks: Any, shock: int, lane: int, down: Any, up: Any) -> None:
    """Let a shock take a lane that is clear."""
    for k in range(shocks.start[shock], shocks.start[shock + 1]):
        at = np.int64(shocks.firm[k]) * LANES + lane
        down[at] = max(down[at], shocks.part[k])
        up[at] = down[at]


@compiled([
    INT(chain, SHOCKS, REAL, INT, types.Array(kind, 1, "C"), LOSSES)
    for chain, kind in ((CHAIN_4, types.float32), (CHAIN_8, types.float64))
])  # fmt: skip
def side_by_side(chain: Any, shocks: Any, stop: float, most: int, room: Any, losses: Any) -> int:
    """The same as `sweep` for many shocks, 16 in each pass over the supplies: how many did not come to their stop.

    Each lane takes the next shock as soon as its own has stopped, so that no shock hangs on its neighbours. `room`
    has LANES (4 n + m + 5) numbers to work in.
    """
    size, count = (len(chain.sold) - 1) * LANES, len(shocks.start) - 1
    down, up, after, felt = room[:size], room[size : 2 * size], room[2 * size : 3 * size], room[3 * size : 4 * size]
    left, ends = room[4 * size : -5 * LANES], room[-5 * LANES :]
    worst, keep, partial, sums = ends[:LANES], ends[LANES : 2 * LANES], ends[2 * LANES :], np.zeros(3 * LANES)
    room[:] = 0
    asked, rounds = np.full(LANES, -1), np.zeros(LANES, np.int64)
    following, working, short = 0, 0, 0
    for lane in range(min(LANES, count)):
        asked[lane] = lane
        _begin(shocks, lane, lane, down, up)
        following += 1
        working += 1
    while working > 0:
        worst[:] = 0
        _lost_of_inputs(chain, left, felt, down, worst)
        _lost_of_orders(chain, up, after, worst)
        up, after = after, up
        keep[:] = 1
        for lane in range(LANES):
            rounds[lane] += 1
            if asked[lane] >= 0 and (worst[lane] <= stop or rounds[lane] >= most):
                keep[lane] = 0
        if keep.min() > 0:
            continue
        _summed(chain, down, up, keep, partial, sums)
        for lane in range(LANES):
            shock = asked[lane]
            if keep[lane] > 0:
                continue
            short += worst[lane] > stop
            losses.residual[shock], losses.rounds[shock] = worst[lane], rounds[lane]
            losses.whole[shock], losses.down[shock] = sums[lane], sums[LANES + lane]
            losses.up[shock] = sums[2 * LANES + lane]
            asked[lane], rounds[lane] = -1, 0
            if following < count:
                asked[lane] = following
                _begin(shocks, following, lane, down, up)
                following += 1
            else:
                working -= 1
    return short
