"""Production that is lost along supplies, round by round: what every firm loses follows from the round before.

Losses are fractions of what a firm makes, 1 less what the literature calls h. Both ways take the same steps; one looks
at every firm, the other only at those that something changed for. `side_by_side` takes them for 16 shocks at once.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import (
    BESIDE_OUT,
    F8,
    F8_OUT,
    FLAG,
    I8,
    I8_OUT,
    INT,
    REAL,
    U4,
    U4_OUT,
    bare,
    columns,
    compiled,
    inlined,
    record,
    several,
    writes,
)
from analytics.kernels.lanes import F4


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


@compiled(several(INT, REAL)(CHAIN_8, REAL, INT, BESIDE_OUT, BESIDE_OUT))
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


class Made(NamedTuple):
    """Losses of output while they are followed: who follows them further finds everything as it was left."""

    down: NDArray[np.float64]
    """For want of inputs, what stopped of itself among it, shape (n,)."""
    up: NDArray[np.float64]
    told_down: NDArray[np.float64]
    """What each has passed on."""
    told_up: NDArray[np.float64]
    lacking: NDArray[np.float64]
    """Of each group of inputs."""
    short: NDArray[np.float64]
    """The most that each lacks of an input, shape (n,)."""
    unsold: NDArray[np.float64]
    """What each lacks of its orders."""
    left: NDArray[np.float64]
    """Sales of each industry that are left."""
    hit: NDArray[np.uint32]
    """Whoever lost for want of inputs."""
    ever: NDArray[np.bool_]
    cut: NDArray[np.uint32]
    """Who lost more for want of orders and has not passed it on."""
    cutting: NDArray[np.bool_]
    fewer: NDArray[np.uint32]
    seen: NDArray[np.bool_]
    moved: NDArray[np.uint32]
    """Whose inputs or orders are fewer than when somebody last looked."""
    moving: NDArray[np.bool_]
    many: NDArray[np.int64]
    """How many are hit, cut and moved."""

    @classmethod
    def of(cls, web: Spread) -> "Made":
        """Before anything is lost."""
        n = len(web.sales)
        numbers: list[Any] = [*columns(n, 6)]
        numbers.insert(4, np.zeros(len(web.owner)))
        lists: list[Any] = [part for _ in range(4) for part in (np.empty(n, np.uint32), np.zeros(n, np.bool_))]
        return cls(*(*numbers, web.whole.copy(), *lists, np.zeros(3, np.int64)))


FLAGS_OUT = writes(types.boolean)
MADE = record(Made, *(BESIDE_OUT,) * 4, F8_OUT, *(BESIDE_OUT,) * 2, F8_OUT, *(U4_OUT, FLAGS_OUT) * 4, I8_OUT)
HIT, CUT, MOVED = range(3)


@inlined
def stop_firm(web: Any, made: Any, i: int, down: float, up: float) -> None:
    """Let a firm lose no less than these fractions of its output."""
    if down > made.down[i]:
        made.left[web.industry[i]] -= web.sales[i] * (down - made.down[i])
        made.down[i] = down
        made.many[HIT] = _met(i, made.ever, made.hit, made.many[HIT])
    if up > made.up[i]:
        made.up[i] = up
        made.many[CUT] = _met(i, made.cutting, made.cut, made.many[CUT])


@bare(types.void(SPREAD, MADE, F8, F8))
def begin_with(web: Any, made: Any, down: NDArray[np.float64], up: NDArray[np.float64]) -> None:
    """Let everybody lose no less than these fractions."""
    for i in range(len(down)):
        stop_firm(web, made, i, down[i], up[i])


@inlined
def _passed_down(web: Any, made: Any, least: float) -> tuple[int, int]:
    """Pass on to buyers: how many will make less, along how many supplies."""
    fewers, told, moves = 0, 0, made.many[MOVED]
    for k in range(made.many[HIT]):
        i = made.hit[k]
        felt = _felt(made.down[i], web.sales[i], made.left[web.industry[i]]) if web.rationed else made.down[i]
        rise = felt - made.told_down[i]
        if rise <= least:
            continue
        made.told_down[i] = felt
        told += web.out[i + 1] - web.out[i]
        for link in range(web.out[i], web.out[i + 1]):
            g = web.group[link]
            made.lacking[g] += web.part[link] * rise
            j = web.owner[g]
            if made.lacking[g] > made.short[j]:
                made.short[j] = made.lacking[g]
                moves = _met(j, made.moving, made.moved, moves)
                if made.short[j] > made.down[j] and made.down[j] < 1.0:
                    fewers = _met(j, made.seen, made.fewer, fewers)
    made.many[MOVED] = moves
    return fewers, told


@inlined
def _fell(web: Any, made: Any, fewers: int) -> float:
    """Let the inputs that a round leads to be missing; the largest rise of a loss."""
    worst, hits = 0.0, made.many[HIT]
    for k in range(fewers):
        j = made.fewer[k]
        made.seen[j] = False
        loss = min(made.short[j], 1.0)
        worst = max(worst, loss - made.down[j])
        made.left[web.industry[j]] -= web.sales[j] * (loss - made.down[j])
        made.down[j] = loss
        hits = _met(j, made.ever, made.hit, hits)
    made.many[HIT] = hits
    return worst


@inlined
def _passed_up(web: Any, made: Any, least: float) -> tuple[int, int]:
    """Pass on to suppliers: how many will sell less, along how many supplies."""
    fewers, told, moves = 0, 0, made.many[MOVED]
    for k in range(made.many[CUT]):
        j = made.cut[k]
        made.cutting[j] = False
        rise = made.up[j] - made.told_up[j]
        if rise <= least:
            continue
        made.told_up[j] = made.up[j]
        told += web.bought[j + 1] - web.bought[j]
        for link in range(web.bought[j], web.bought[j + 1]):
            i = web.seller[link]
            made.unsold[i] += web.reliance[link] * rise
            moves = _met(i, made.moving, made.moved, moves)
            if made.unsold[i] > made.up[i] and made.up[i] < 1.0:
                fewers = _met(i, made.seen, made.fewer, fewers)
    made.many[MOVED] = moves
    return fewers, told


@inlined
def _cut(made: Any, fewers: int) -> float:
    """Let the orders that a round leads to be missing; the largest rise of a loss."""
    worst = 0.0
    for k in range(fewers):
        i = made.fewer[k]
        made.seen[i], made.cutting[i], made.cut[k] = False, True, i
        loss = min(made.unsold[i], 1.0)
        worst = max(worst, loss - made.up[i])
        made.up[i] = loss
    made.many[CUT] = fewers
    return worst


@bare(several(INT, REAL)(SPREAD, MADE, REAL, REAL, INT))
def follow(web: Any, made: Any, least: float, stop: float, most: int) -> tuple[int, float]:
    """The same as `sweep`, of what changed alone: each passes on by how much it lost more, once that is over `least`.

    Ends too where a round has passed on along more than a fourth of all supplies: `sweep` goes on from there, cheaper.
    """
    told, rounds, worst = 0, 0, np.inf
    while worst > stop and rounds < most and 4 * told <= len(web.group) + len(web.seller):
        rounds += 1
        fewers, told = _passed_down(web, made, least)
        worst = _fell(web, made, fewers)
        fewers, more = _passed_up(web, made, least)
        worst = max(worst, _cut(made, fewers))
        told += more
    return rounds, worst


@compiled(types.void(SPREAD, MADE))
def catch_up(web: Any, made: Any) -> None:
    """Put down what everybody lacks after a `sweep`, so that it can be followed from there by changes."""
    hits, moves, unsold = made.many[HIT], made.many[MOVED], np.zeros(len(made.down))
    made.lacking[:] = 0.0
    made.left[:] = web.whole
    for i in range(len(made.down)):
        made.cutting[i], made.told_up[i] = False, made.up[i]
        if made.down[i] > 0.0:
            hits = _met(i, made.ever, made.hit, hits)
            made.left[web.industry[i]] -= web.sales[i] * made.down[i]
    for k in range(hits):
        i = made.hit[k]
        felt = _felt(made.down[i], web.sales[i], made.left[web.industry[i]]) if web.rationed else made.down[i]
        made.told_down[i] = felt
        for link in range(web.out[i], web.out[i + 1]):
            made.lacking[web.group[link]] += web.part[link] * felt
    for g in range(len(made.lacking)):
        j = web.owner[g]
        if made.lacking[g] > made.short[j]:
            made.short[j] = made.lacking[g]
            moves = _met(j, made.moving, made.moved, moves)
    for j in range(len(made.down)):
        for link in range(web.bought[j], web.bought[j + 1] if made.up[j] > 0.0 else web.bought[j]):
            unsold[web.seller[link]] += web.reliance[link] * made.up[j]
    for i in range(len(made.down)):
        if unsold[i] > made.unsold[i]:
            made.unsold[i] = unsold[i]
            moves = _met(i, made.moving, made.moved, moves)
    made.many[HIT], made.many[CUT], made.many[MOVED] = hits, 0, moves
