"""Production that is lost along supplies, for 16 shocks in each pass over them."""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, F8_OUT, I8, I8_OUT, INT, REAL, U4, compiled, inlined, record
from analytics.kernels.lanes import (
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
)
from analytics.kernels.supply import CHAIN_4, CHAIN_8

AHEAD = 24
"""Supplies before a row is needed at which it is fetched."""
BLOCK = 256
"""Firms whose losses are summed in 32 bits before the sum goes into 64."""


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
