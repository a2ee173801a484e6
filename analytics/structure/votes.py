"""Holdings as votes: who votes how much, what a majority takes, and where the register says too much."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.compiled import frozen
from analytics.kernels.control import Votes, bar
from graph.bands import LOW_OPEN
from graph.errors import InvalidQuestion, InvalidShare
from graph.grouping import spans

FINE = 1_000_000_000_000
NANO = 1_000_000_000


@dataclass(frozen=True)
class Holdings:
    """Votes held, as links holder → company sorted by (tail, head); several of one pair add up."""

    start: NDArray[np.int64]
    """Links leaving holder i are `start[i]:start[i + 1]`, shape (n + 1,)."""
    tail: NDArray[np.uint32]
    head: NDArray[np.uint32]
    low: NDArray[np.float64]
    """Least fraction of all votes, shape (m,)."""
    high: NDArray[np.float64]
    """Greatest fraction of all votes, shape (m,)."""
    ends: NDArray[np.int8]
    """Which ends do not belong to the band: 1 the low, 2 the high one; empty where all belong."""
    net: NDArray[np.bool_]
    """Whether votes were stated, net of the company's own; else they are the share. Empty where none."""
    backward: "Arrows | None" = None
    """The same links as they arrive, company → holder, where they are known."""
    withheld: NDArray[np.float64] | None = None
    """Least fraction of each company's votes that somebody has whom these links leave out, shape (n,)."""
    stated: "Holdings | None" = None
    """The same as it was stated, where more than all of a company was stated and this is what was made of it."""

    @classmethod
    def of(cls, links: Any) -> "Holdings":
        """Votes of a snapshot's OWNS links."""
        low, high = links.fields["votes_low"], links.fields["votes_high"]
        exact = low is high or np.array_equal(low, high)
        ends = np.zeros(0, np.int8) if exact else links.fields["votes_ends"]
        high = low if exact else high
        stated, backward = links.fields["votes_stated"], Arrows.arriving(links)
        return cls(links.out_start, links.tail, links.head, low, high, ends, stated, backward)

    @classmethod
    def exact(cls, size: int, tail: Any, head: Any, votes: Any) -> "Holdings":
        """Votes known exactly, between `size` nodes, in any order."""
        return cls.between(size, tail, head, votes, votes)

    @classmethod
    def between(cls, size: int, tail: Any, head: Any, low: Any, high: Any, ends: Any = ()) -> "Holdings":
        """Votes known within bands, between `size` nodes, in any order."""
        tail, head = np.asarray(tail, np.uint32), np.asarray(head, np.uint32)
        order = np.lexsort((head, tail))
        exact = low is high
        low, high = np.asarray(low, np.float64)[order], np.asarray(high, np.float64)[order]
        ends = np.asarray(ends, np.int8)
        return cls(
            starts(size, tail[order]), tail[order], head[order], low, low if exact else high,
            ends[order] if len(ends) else ends, np.zeros(0, np.bool_),
        )  # fmt: skip

    @property
    def size(self) -> int:
        """Number of nodes n."""
        return len(self.start) - 1

    @property
    def banded(self) -> bool:
        """Whether votes are known only within bands."""
        return self.low is not self.high

    @cached_property
    def holders(self) -> "Arrows":
        """Who holds each company: arrows company → holder."""
        return self.backward or Arrows.of(self.size, self.head, self.tail)

    @cached_property
    def netted(self) -> NDArray[np.bool_]:
        """Companies of which another holder's votes are stated, net of the company's own, shape (n,)."""
        netted: NDArray[np.bool_] = np.zeros(self.size, np.bool_)
        if len(self.net):
            netted[self.head[self.net & (self.tail != self.head)]] = True
        return netted

    @cached_property
    def given(self) -> NDArray[np.float64]:
        """Least fraction of each company's votes that the register gives away, shape (n,)."""
        low = self.low
        if len(self.net):
            low = np.where((self.tail == self.head) & self.netted[self.head], 0.0, low)
        given = np.bincount(self.head, weights=low, minlength=self.size).astype(np.float64, copy=False)
        return given if self.withheld is None else given + self.withheld

    @cached_property
    def overfull(self) -> NDArray[np.uint32]:
        """Companies of which more than all votes are stated to be held: low ends that sum to all, one of them open, are
        more."""
        over = self.given > 1 + 0.5 / NANO
        if len(self.ends):
            opened = np.zeros(self.size, np.bool_)
            # What a company holds of itself and its holders' votes are net of is no vote.
            voting = (self.tail != self.head) | ~self.netted[self.head]
            opened[self.head[voting & ((self.ends & LOW_OPEN) != 0)]] = True
            over |= opened & (self.given > 1 - 0.5 / NANO)
        return np.flatnonzero(over).astype(np.uint32)

    @cached_property
    def disclosed(self) -> NDArray[np.float64]:
        """Fraction of each company's votes of which it is said whose they are, shape (n,): all of an overfull one, on
        whatever holders its statements contradict each other."""
        if self.stated is None:
            return self.given
        disclosed = self.given.copy()
        disclosed[self.stated.overfull] = 1.0
        return disclosed

    def fitted(self, policy: str = "keep") -> "Holdings":
        """Votes that can be: of an overfull company each holder has from what the others would leave to what is stated.

        With the policy `scale` all are cut in proportion instead; with `refuse` nothing of it is certain. Several links
        of one pair are one holding.
        """
        if not len(self.overfull):
            return self
        over, excess = np.zeros(self.size, np.bool_), np.zeros(self.size)
        over[self.overfull] = True
        excess[self.overfull] = np.maximum(self.given[self.overfull] - 1, 0.0)
        # What more is said to be held than can be says nothing of the ends any more.
        ends = self.ends
        if len(ends):
            ends = np.where(over[self.head], ends & ~LOW_OPEN, ends).astype(np.int8)
        if policy != "scale":
            # Where open ends alone make it more than all, by the least that is told apart.
            excess[over] = np.maximum(excess[over], 1 / NANO)
        here = excess[self.head]
        if policy == "scale":
            low = self.low / (1 + here)
            high = self.high / (1 + here) if self.banded else low
            return replace(self, low=low, high=high, ends=ends, stated=self)
        if policy == "refuse":
            low = np.where(over[self.head], 0.0, self.low)
            return replace(self, low=low, high=self.high, ends=ends, stated=self)
        whole = self._of_pairs(self.low)
        kept = np.divide(np.maximum(whole - here, 0.0), whole, out=np.ones(len(whole)), where=whole > 0)
        return replace(self, low=self.low * kept, high=self.high, ends=ends, stated=self)

    @property
    def as_stated(self) -> "Holdings":
        """As the register has it, be it more than all of a company."""
        return self if self.stated is None else self.stated

    def idle(self, company: int) -> float:
        """Least fraction that a company holds of itself and carries no vote: none where votes are stated net of it."""
        own = self.holders.links_at(company)[self.holders.at(company) == company]
        return 0.0 if self.netted[company] else min(float(self.low[own].sum()), 1.0)

    def _of_pairs(self, votes: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each link, the sum over all links of its pair."""
        begins = np.append(True, (np.diff(self.tail) != 0) | (np.diff(self.head) != 0))
        first = np.flatnonzero(begins)
        return np.repeat(np.add.reduceat(votes, first), np.diff(np.append(first, len(votes))))

    def without(self, links: Any) -> "Holdings":
        """The same without the votes of some links, which are still somebody's."""
        low, high, ends = self.low.copy(), self.high.copy(), self.ends.copy()
        low[links] = high[links] = 0.0
        if len(ends):
            ends[links] = 0
        lost = np.bincount(self.head, weights=self.low - low, minlength=self.size).astype(np.float64, copy=False)
        return replace(
            self,
            low=low,
            high=high if self.banded else low,
            ends=ends,
            withheld=lost if self.withheld is None else lost + self.withheld,
            stated=None,
        )


@dataclass(frozen=True)
class Arrows:
    """Plain arrows tail → head as they leave each node, sorted by (tail, head)."""

    start: NDArray[np.int64]
    head: NDArray[np.uint32]
    link: NDArray[np.uint32]
    """Position of each arrow in what it was made of."""
    doubtful: NDArray[np.bool_] | None = None
    """Which arrows only may be there, so that they count for what is possible alone; none where all are sure."""

    @property
    def tail(self) -> NDArray[np.uint32]:
        """Where each arrow leaves from, in the order of `head`; made when asked for."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.uint32), np.diff(self.start))

    @property
    def uncertain(self) -> bool:
        """Whether some arrow only may be there."""
        return self.doubtful is not None and bool(self.doubtful.any())

    @property
    def sure(self) -> "Arrows":
        """The arrows that are there for certain, their positions unchanged."""
        if self.doubtful is None or not self.uncertain:
            return self
        kept = ~self.doubtful
        return Arrows(starts(len(self.start) - 1, self.tail[kept]), self.head[kept], self.link[kept])

    def links_at(self, node: int) -> NDArray[np.uint32]:
        """Positions of the arrows that leave this node."""
        return self.link[self.start[node] : self.start[node + 1]]

    def at(self, node: int) -> NDArray[np.uint32]:
        """Where the arrows that leave this node lead."""
        return self.head[self.start[node] : self.start[node + 1]]

    def spans(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions in `head` and `link` of all arrows that leave some nodes."""
        return spans(self.start[nodes], self.start[nodes + 1])[0]

    def spans_of(self, nodes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The same, and which of the nodes each arrow leaves, by its place among them."""
        return spans(self.start[nodes], self.start[nodes + 1])

    def any_at(self, nodes: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether any arrow leaves each of some nodes."""
        at = np.asarray(nodes, np.int64)
        return np.asarray(self.start[at + 1] > self.start[at])

    @cached_property
    def reverse(self) -> "Arrows":
        """The same arrows the other way round, their positions unchanged."""
        back = Arrows.of(len(self.start) - 1, self.head, self.tail)
        doubtful = None if self.doubtful is None else self.doubtful[back.link]
        return Arrows(back.start, back.head, self.link[back.link], doubtful)

    @classmethod
    def leaving(cls, links: Any) -> "Arrows":
        """A snapshot's links along their arrows."""
        return cls(links.out_start, links.head, np.arange(len(links.head), dtype=np.uint32))

    @classmethod
    def arriving(cls, links: Any) -> "Arrows":
        """A snapshot's links against their arrows."""
        return cls(links.in_start, links.tail[links.in_order], links.in_order)

    @classmethod
    def of(cls, size: int, tail: Any, head: Any) -> "Arrows":
        """Arrows between `size` nodes, given in any order."""
        tail, head = np.asarray(tail, np.uint32), np.asarray(head, np.uint32)
        order = np.lexsort((head, tail)).astype(np.uint32)
        return cls(starts(size, tail[order]), head[order], order)


def starts(size: int, tail: NDArray[np.uint32]) -> NDArray[np.int64]:
    r"""Say where the links of each node begin in links sorted by tail.

    .. math:: s_i = |\{k : t_k < i\}|

    Parameters
    ----------
    size : int
        Number of nodes n.
    tail : (m,) array of node numbers, sorted

    Raises
    ------
    InvalidQuestion
        If a node number reaches n.

    Source
    ------
    Compressed sparse rows; Saad, *Iterative Methods for Sparse Linear Systems* (2003), §3.4.

    Example
    -------
    >>> starts(3, np.array([0, 0, 2], np.uint32)).tolist()
    [0, 2, 2, 3]
    """
    if len(tail) and tail[-1] >= size:
        raise InvalidQuestion(f"node {tail[-1]} of a graph of {size}")
    start = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=size), out=start[1:])
    return start


def voting(holdings: Holdings, threshold: float, *, possible: bool = False) -> Votes:
    r"""Prepare votes for the control kernels: what a majority takes of each company.

    A company's own holdings do not vote: the rest vote as if they were all (domain reference §1.2 d),
    which lowers the bar. Where another holder's votes are stated, they are taken as net of the
    company's own. Own holdings known within a band count with their low end for certain and with their
    high end for possible control, which never misses a possible controller.

    .. math:: b_y = \theta\,(1 - W_{yy}), \qquad r_y = 1 - W_{yy} - \sum_{k \ne y} low_{ky}

    Parameters
    ----------
    holdings : Holdings
        m links holder → company, fractions of all votes.
    threshold : float
        Fraction θ that must be exceeded.
    possible : bool
        For possible instead of certain control.

    Raises
    ------
    InvalidShare
        If θ lies outside [0.5, 1): two could then control one company.

    Source
    ------
    公司法 (2023) art. 116: a company's own shares carry no vote.

    Example
    -------
    >>> votes = voting(Holdings.exact(2, [0, 1], [1, 1], [0.46, 0.1]), 0.5)
    >>> int(votes.bar[1] >> 10) / 1e12
    0.4500000005
    """
    if not 0.5 <= threshold < 1:
        raise InvalidShare("a majority lies at half or above", where=f"threshold {threshold}")
    majority = np.full(holdings.size, threshold * NANO)
    own = _own_holdings(holdings, holdings.high if possible else holdings.low)
    majority[own[0]] *= 1 - own[1]
    needed = bar(majority)
    left = 1 - np.nan_to_num(holdings.given) if possible or holdings.banded else np.zeros(0)
    low = frozen(holdings.low, np.float64)
    return Votes(
        frozen(holdings.start, np.int64),
        frozen(holdings.head, np.uint32),
        low,
        frozen(holdings.high, np.float64) if holdings.banded else low,
        frozen(holdings.ends, np.int8),
        frozen(needed, np.int64),
        frozen(np.rint(left * FINE), np.int64),
        int(needed.min(initial=np.iinfo(np.int64).max)) - (1000 << 10),
    )


def _own_holdings(holdings: Holdings, votes: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Companies that hold themselves with no other votes stated net of it, and how much."""
    links = np.flatnonzero(holdings.tail == holdings.head)
    if len(links):
        links = links[~holdings.netted[holdings.head[links]]]
    companies = np.unique(holdings.head[links]).astype(np.intp)
    held = np.bincount(holdings.head[links], weights=votes[links], minlength=1)
    return companies, np.minimum(held[companies], 1)


def widened(holdings: Holdings, more: int) -> Holdings:
    r"""Give holdings some more parties that hold nothing.

    .. math:: W' = \begin{pmatrix} W & 0 \\ 0 & 0 \end{pmatrix}

    Parameters
    ----------
    holdings : Holdings
        m links between n parties.
    more : int
        Number of parties to add behind them.

    Raises
    ------
    nothing

    Source
    ------
    Domain reference §1.7: a concert holds nothing itself.

    Example
    -------
    >>> widened(Holdings.exact(2, [0], [1], [0.6]), 2).size
    4
    """
    backward = holdings.backward
    if backward is not None:
        backward = Arrows(_padded(backward.start, more), backward.head, backward.link)
    withheld = holdings.withheld
    if withheld is not None:
        withheld = np.append(withheld, np.zeros(more))
    stated = holdings.stated and widened(holdings.stated, more)
    return replace(holdings, start=_padded(holdings.start, more), backward=backward, withheld=withheld, stated=stated)


def _padded(start: NDArray[np.int64], more: int) -> NDArray[np.int64]:
    return np.append(start, np.full(more, start[-1])).astype(np.int64)
