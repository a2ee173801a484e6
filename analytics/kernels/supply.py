"""Production that is lost along supplies, round by round: what every firm loses follows from the round before.

Losses are fractions of what a firm makes, 1 less what the literature calls h. Both ways take the same steps; one looks
at every firm, the other only at those that something changed for. `side_by_side` takes them for 16 shocks at once.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.compiled import (
    F8,
    F8_OUT,
    FLAG,
    I8,
    INT,
    REAL,
    U4,
    compiled,
    inlined,
    record,
    several,
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


class Side(NamedTuple):
    """Losses in one direction, while they are followed."""

    now: NDArray[np.float64]
    after: NDArray[np.float64]
    """At the end of the round."""
    told: NDArray[np.float64]
    """What each has passed on."""
    lacking: NDArray[np.float64]
    """Of each group of inputs, or of each firm's orders."""


@inlined
def _settled(side: Any, those: NDArray[np.uint32], count: int, seen: NDArray[np.bool_]) -> float:
    """Let the losses that a round leads to count; the largest rise."""
    worst = 0.0
    for k in range(count):
        j = those[k]
        seen[j] = False
        loss = min(side.after[j], 1.0)
        worst = max(worst, loss - side.now[j])
        side.now[j] = loss
    return worst


@inlined
def _passed_down(
    web: Any, least: float, hit: NDArray[np.uint32], hits: int, left: Any, side: Any, fewer: Any, seen: Any
) -> tuple[int, int]:
    """Pass on to buyers: how many will make less, along how many supplies."""
    fewers, told = 0, 0
    for k in range(hits):
        i = hit[k]
        felt = _felt(side.now[i], web.sales[i], left[web.industry[i]]) if web.rationed else side.now[i]
        rise = felt - side.told[i]
        if rise <= least:
            continue
        side.told[i] = felt
        told += web.out[i + 1] - web.out[i]
        for link in range(web.out[i], web.out[i + 1]):
            g = web.group[link]
            side.lacking[g] += web.part[link] * rise
            j = web.owner[g]
            if side.lacking[g] > side.after[j] and side.now[j] < 1.0:
                side.after[j] = side.lacking[g]
                fewers = _met(j, seen, fewer, fewers)
    return fewers, told


@inlined
def _passed_up(
    web: Any, least: float, cut: NDArray[np.uint32], cuts: int, side: Any, fewer: Any, seen: Any
) -> tuple[int, int]:
    """Pass on to suppliers: how many will sell less, along how many supplies."""
    fewers, told = 0, 0
    for k in range(cuts):
        j = cut[k]
        rise = side.now[j] - side.told[j]
        if rise <= least:
            continue
        side.told[j] = side.now[j]
        told += web.bought[j + 1] - web.bought[j]
        for link in range(web.bought[j], web.bought[j + 1]):
            i = web.seller[link]
            side.lacking[i] += web.reliance[link] * rise
            if side.lacking[i] > side.after[i] and side.now[i] < 1.0:
                side.after[i] = side.lacking[i]
                fewers = _met(i, seen, fewer, fewers)
    return fewers, told


@compiled(several(INT, REAL)(SPREAD, REAL, REAL, INT, F8_OUT, F8_OUT))
def follow(
    web: Any, least: float, stop: float, most: int, down: NDArray[np.float64], up: NDArray[np.float64]
) -> tuple[int, float]:
    """The same as `sweep`, of what changed alone: each passes on by how much it lost more, once that is over `least`.

    Ends too where a round has passed on along more than a fourth of all supplies: `sweep` goes on from there, cheaper.
    """
    size = len(down)
    inputs = Side(down, down.copy(), np.zeros(size), np.zeros(len(web.owner)))
    orders = Side(up, up.copy(), np.zeros(size), np.zeros(size))
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
        fewers, told = _passed_down(web, least, hit, hits, left, inputs, fewer, seen)
        for k in range(fewers):
            j = fewer[k]
            left[web.industry[j]] -= web.sales[j] * (min(inputs.after[j], 1.0) - down[j])
            hits = _met(j, ever, hit, hits)
        worst = _settled(inputs, fewer, fewers, seen)
        fewers, more = _passed_up(web, least, cut, cuts, orders, fewer, seen)
        worst = max(worst, _settled(orders, fewer, fewers, seen))
        told += more
        fewer, cut, cuts = cut, fewer, fewers
    return rounds, worst
