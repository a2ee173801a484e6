"""Direct shares as a solver needs them: one entry a pair, net of own shares, possible in every company."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.structure.ownership.order import Order
from analytics.structure.votes import Arrows, Holdings, starts
from graph.bands import HIGH_OPEN, LOW_OPEN, UNIT, units
from graph.errors import InvalidQuestion, InvalidShare

Layer = Literal["capital", "votes"]
Policy = Literal["refuse", "scale", "keep"]
POLICIES: tuple[Policy, ...] = ("refuse", "scale", "keep")
COLUMNS: dict[Layer, str] = {"capital": "share", "votes": "votes"}
NONE = -1
Nodes = NDArray[np.uint32]


@dataclass(frozen=True)
class Overfull:
    """A company whose holders are stated to have more than all of it."""

    company: int
    total: float
    """Sum of the least stated shares, its own among them, > 1; 1 where open low ends alone make it more."""


class OverfullRefused(InvalidShare):
    """More than all of some companies is stated to be held, and the policy refuses it."""

    remedy = "correct the shares, or set the policy `scale` or `keep`"

    def __init__(self, companies: Sequence[Overfull]) -> None:
        self.companies = tuple(companies)
        told = ", ".join(f"{one.company} ({one.total:.6g})" for one in self.companies[:3])
        super().__init__(f"more than all is held of {len(self.companies)} companies: node {told}", where="holdings")


@dataclass(frozen=True)
class Stakes:
    """Direct shares holder → company, sorted by (tail, head): no pair twice, none to itself.

    A company's own shares are redistributed: what others hold counts as a fraction of the rest.
    """

    start: NDArray[np.int64]
    """Pairs leaving holder i are `start[i]:start[i + 1]`, shape (n + 1,)."""
    tail: NDArray[np.uint32]
    head: NDArray[np.uint32]
    low: NDArray[np.float64]
    """Least fraction, shape (m,); the low ends of one company sum to at most 1."""
    high: NDArray[np.float64]
    """Greatest fraction, shape (m,); `low` itself where all is exact."""
    ends: NDArray[np.int8]
    """Which ends do not belong to the band: 1 the low, 2 the high one; shape (m,)."""
    own: NDArray[np.float64]
    """Least fraction of itself that each company holds, shape (n,)."""
    pair: NDArray[np.int64]
    """Pair that each given link is part of; -1 for a company's own shares. Shape (links,)."""
    part: NDArray[np.float64]
    """Fraction of its pair's low end that each given link carries, shape (links,)."""
    overfull: tuple[Overfull, ...]
    policy: Policy
    """What was done with the overfull companies."""

    @classmethod
    def of(cls, links: Any, *, layer: Layer = "capital", overfull: Policy = "refuse") -> "Stakes":
        """Shares or votes of a snapshot's OWNS links; a holding of unknown share spans 0 to 1."""
        if layer not in COLUMNS:
            raise InvalidQuestion(f"no layer {layer!r}: {' or '.join(COLUMNS)}", where="layer")
        low, high, ends = (links.fields[f"{COLUMNS[layer]}_{end}"] for end in ("low", "high", "ends"))
        tail, head = links.tail, links.head
        if layer == "votes":
            stated = links.fields["votes_stated"]
            low, high = (_net_votes(tail, head, stated, votes) for votes in (low, high))
        return cls.between(len(links.out_start) - 1, tail, head, low, high, ends=ends, overfull=overfull)

    @classmethod
    def holding(cls, held: Holdings, *, overfull: Policy = "refuse") -> "Stakes":
        """Shares or votes as `Holdings` have them, link by link at the same positions."""
        low, high = held.low, held.high
        if len(held.net):
            low, high = (_net_votes(held.tail, held.head, held.net, votes) for votes in (low, high))
        return cls.between(held.size, held.tail, held.head, low, high, ends=held.ends, overfull=overfull)

    @classmethod
    def exact(
        cls, size: int, tail: ArrayLike, head: ArrayLike, share: ArrayLike, *, overfull: Policy = "refuse"
    ) -> "Stakes":
        """Shares known exactly, between `size` nodes, in any order; several of one pair add up."""
        return cls.between(size, tail, head, share, share, overfull=overfull)

    @classmethod
    def between(
        cls,
        size: int,
        tail: ArrayLike,
        head: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        *,
        ends: ArrayLike = (),
        overfull: Policy = "refuse",
    ) -> "Stakes":
        """Shares known within bands, between `size` nodes, in any order; several of one pair add up."""
        tails, heads = _nodes(tail, size), _nodes(head, size)
        lows, highs = np.asarray(low, np.float64), np.asarray(high, np.float64)
        _refuse_impossible(lows, highs)
        codes = np.asarray(ends, np.int8) if np.size(ends) else np.zeros(len(lows), np.int8)
        pair, first = _pairs(tails, heads, size)
        count = len(first)
        least: NDArray[np.float64] = np.bincount(pair, lows, count).astype(np.float64, copy=False)
        most: NDArray[np.float64] = np.bincount(pair, highs, count).astype(np.float64, copy=False)
        some = np.zeros(count, np.int8)
        for end in (LOW_OPEN, HIGH_OPEN):
            some[pair[(codes & end) != 0]] |= end
        part = np.divide(lows, least[pair], out=np.zeros(len(lows)), where=least[pair] > 0)
        some[units(most) == units(least)] = 0
        at = tails[first], heads[first]
        fitted, most, found = _fit(size, at[1], (least, most, some), overfull)
        if found:  # what more is said to be held than can be says nothing of the ends any more
            some[np.isin(at[1], [one.company for one in found])] &= ~LOW_OPEN
        most = np.minimum(most, 1.0)
        least = np.minimum(fitted, most)
        some[units(most) == units(least)] = 0
        return _net(size, at, (least, most, some), (pair, part), (found, overfull))

    @property
    def size(self) -> int:
        """Number of nodes n."""
        return len(self.start) - 1

    @property
    def banded(self) -> bool:
        """Whether shares are known only within bands."""
        return bool((units(self.low) != units(self.high)).any())

    @cached_property
    def held(self) -> NDArray[np.bool_]:
        """Whether somebody is known to hold the node, itself included; shape (n,)."""
        return np.asarray((np.bincount(self.head, minlength=self.size) > 0) | (self.own > 0))

    @cached_property
    def rest(self) -> NDArray[np.float64]:
        """Fraction of each held company whose holders the low ends leave open; 0 of others. Shape (n,)."""
        given = np.bincount(self.head, weights=self.low, minlength=self.size)
        hollow = units(self.own) >= UNIT
        return np.where(self.held & ~hollow, np.maximum(1 - given, 0.0), 0.0)

    @cached_property
    def order(self) -> Order:
        """The low ends in the order in which they are solved; made once."""
        return Order.of(self.size, self.tail, self.head, self.low, hollow=units(self.own) >= UNIT)

    @cached_property
    def arriving(self) -> Arrows:
        """The pairs as they arrive, company → holder; made once."""
        by = np.argsort(self.head, kind="stable").astype(np.uint32)
        return Arrows(starts(self.size, self.head[by]), self.tail[by], by)

    def overfull_among(self, nodes: NDArray[np.uint32]) -> tuple[Overfull, ...]:
        """Those of these nodes of which more than all is stated to be held."""
        if not self.overfull:
            return ()
        found = np.isin(self._overfull, nodes)
        return tuple(self.overfull[k] for k in np.flatnonzero(found).tolist())

    @cached_property
    def _overfull(self) -> Nodes:
        return np.array([one.company for one in self.overfull], np.uint32)

    def share_of(self, tail: int, head: int) -> float:
        """Least direct share of one pair."""
        first, last = self.start[tail], self.start[tail + 1]
        at = int(first + np.searchsorted(self.head[first:last], head))
        return float(self.low[at]) if at < last and self.head[at] == head else 0.0


def _nodes(values: ArrayLike, size: int) -> NDArray[np.uint32]:
    nodes = np.asarray(values)
    if len(nodes) and (nodes.min() < 0 or nodes.max() >= size):
        raise InvalidQuestion(f"a node beyond a graph of {size}", where="holdings")
    return nodes.astype(np.uint32, copy=False)


def _refuse_impossible(low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
    wrong = np.flatnonzero(~((low >= 0) & (low <= high) & (high <= 1)))
    if len(wrong):
        at = int(wrong[0])
        raise InvalidShare(f"a share from {low[at]} to {high[at]}", where=f"holding {at}")


def _pairs(
    tail: NDArray[np.uint32], head: NDArray[np.uint32], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number of each link's pair, and the first link of each pair, pairs in order."""
    key = tail.astype(np.int64) * size + head
    if (np.diff(key) > 0).all():
        every = np.arange(len(key), dtype=np.int64)
        return every, every
    _, first, pair = np.unique(key, return_index=True, return_inverse=True)
    return pair.reshape(-1).astype(np.int64), first.astype(np.int64)


def _fit(
    size: int,
    head: NDArray[np.uint32],
    band: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]],
    policy: Policy,
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[Overfull, ...]]:
    """Make the shares of overfull companies possible, as the policy says; the bands, and those companies.

    Low ends that sum to all, one of them open, are more than all.
    """
    low, high, ends = band
    if policy not in POLICIES:
        raise InvalidQuestion(f"no policy {policy!r}: {', '.join(POLICIES)}", where="overfull")
    total = np.bincount(head, weights=low, minlength=size)
    opened = np.zeros(size, np.bool_)
    opened[head[(ends & LOW_OPEN) != 0]] = True
    over = np.flatnonzero((units(total) > UNIT) | (opened & (units(total) == UNIT)))
    found = tuple(Overfull(int(y), float(total[y])) for y in over)
    if not found:
        return low, high, found
    if policy == "refuse":
        raise OverfullRefused(found)
    # Where open ends alone make it more than all, by the least that is told apart; to scale there is nothing.
    excess, least = np.zeros(size), 1 / UNIT if policy == "keep" else 0.0
    excess[over] = np.maximum(total[over] - 1, least)
    here = excess[head]
    if policy == "keep":
        return np.maximum(low - here, 0.0), high, found
    return low / (1 + here), high / (1 + here), found


def _net(
    size: int,
    at: tuple[NDArray[np.uint32], NDArray[np.uint32]],
    band: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]],
    given: tuple[NDArray[np.int64], NDArray[np.float64]],
    told: tuple[tuple[Overfull, ...], Policy],
) -> Stakes:
    """Redistribute own shares: an own holding known within a band widens the others' bands outward."""
    (tail, head), (low, high, ends), (pair, part) = at, band, given
    mine = tail == head
    own, most = np.zeros(size), np.zeros(size)
    if mine.any():
        own[head[mine]], most[head[mine]] = low[mine], high[mine]
        keep = ~mine
        place = np.where(keep, np.cumsum(keep) - 1, NONE)
        pair = place[pair]
        part = np.where(pair == NONE, 0.0, part)
        tail, head, low, high, ends = tail[keep], head[keep], low[keep], high[keep], ends[keep]
        others = np.bincount(head, weights=low, minlength=size)
        most = np.minimum(most, np.maximum(1 - others, own))
        high = np.where(high > 0, np.minimum(high / np.maximum(1 - most[head], 1e-300), 1.0), 0.0)
        low = np.minimum(low / np.maximum(1 - own[head], 1e-300), high)
    return Stakes(starts(size, tail), tail, head, low, high, ends, own, pair, part, *told)


def _net_votes(tail: Nodes, head: Nodes, stated: NDArray[np.bool_], votes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Votes without a company's own where another holder's are stated, since those are net of them."""
    own = tail == head
    if not own.any():
        return votes
    net = np.zeros(int(head.max()) + 1, np.bool_)
    net[head[stated & ~own]] = True
    return np.where(own & net[head], 0.0, votes)
