"""What parties have of one company in the end, as the tests of owners ask for it.

`ownership` solves. Here stands what is asked of it for one company: what is sure of everybody at once, what
bands allow of those for whom it could turn a test, and by which holdings. The few that stand above a company
are cut out and solved alone; where they are many, the whole is solved in the same way.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.structure.owners.portions import Portion
from analytics.structure.ownership.above import above
from analytics.structure.ownership.bands import Bounds, Widest, integrated_bounds
from analytics.structure.ownership.column import Column, integrated_column
from analytics.structure.ownership.contributions import Contributions, Parts, contributions
from analytics.structure.ownership.members import member_bounds, unheld
from analytics.structure.ownership.order import OPEN
from analytics.structure.ownership.reaching import at_most
from analytics.structure.ownership.row import integrated_row
from analytics.structure.ownership.stakes import Overfull, OverfullRefused, Policy, Stakes
from analytics.structure.ownership.walks import Nodes
from analytics.structure.votes import Holdings
from graph.bands import units

FINE = 1e-13
"""Most by which a share may still change: what comes back to its owner is then known to 1e-11."""
CIRCLE = 0.01
"""Of many parties, companies in a circle are listed from this part on: no test looks at less."""
RECENT = 4
"""Companies whose solution a layer keeps."""
CARRIED = 100
"""Of many holdings on the way, those named: they are in the order of what they carry."""
BOUNDED = 8
"""Of many parties, those bounded one by one: each takes a solution of the whole."""


@dataclass(frozen=True)
class Layer:
    """Shares of the capital, or votes: link by link, and as they are solved."""

    held: Holdings
    """What can be, where more than all of a company is stated to be held."""
    stakes: Stakes
    refuse: bool = False
    """Whether what stands below a company of which more than all is stated to be held has no answer."""

    @classmethod
    def of(cls, held: Holdings, *, overfull: Policy = "keep") -> "Layer":
        """A layer, with a policy for companies of which more than all is stated to be held."""
        stakes = Stakes.holding(held.as_stated, overfull="keep" if overfull == "refuse" else overfull)
        return cls(held.fitted(overfull), stakes, overfull == "refuse")

    @cached_property
    def widest(self) -> Widest:
        """The high ends of the whole; made once, and only where somebody asks."""
        return Widest.of(self.stakes)

    def solved(self, company: int) -> "Multiplied":
        """What everybody has of a company; the last few are kept, since questions come back to them."""
        found = next((one for one in tuple(self._recent) if one.company == company), None)
        if found is None:
            found = Multiplied(self, company)
            self._recent.append(found)
        return found

    @cached_property
    def _recent(self) -> "deque[Multiplied]":
        return deque(maxlen=RECENT)


class Multiplied:
    """What everybody has of one company in the end. Raises OverfullRefused where the layer does."""

    def __init__(self, layer: Layer, company: int) -> None:
        self.layer, self.company = layer, company
        self._at = above(layer.stakes, company)
        self._portions: dict[int, Portion] = {}
        self._ways: dict[int, Contributions] = {}
        if layer.refuse and self.overfull:
            raise OverfullRefused(self.overfull)

    @property
    def few(self) -> bool:
        """Whether what stands above it is solved alone."""
        return self._at.node is not None

    @cached_property
    def column(self) -> Column:
        """What is sure, in the numbers in which it was solved."""
        least = 0.0 if self.few else CIRCLE
        return integrated_column(self._at.stakes, self._at.company, least=least, tolerance=FINE)

    @cached_property
    def overfull(self) -> tuple[Overfull, ...]:
        """Companies on the way, itself among them, of which more than all is stated to be held."""
        if not self.layer.stakes.overfull:
            return ()
        nodes = self._at.node
        return self.layer.stakes.overfull_among(
            np.append(self.column.holder, np.uint32(self.company)) if nodes is None else nodes
        )

    @cached_property
    def owner(self) -> Nodes:
        """Whoever has a part for certain, ascending; what each has at least is `column.share`."""
        return self._at.named(self.column.holder)

    def low(self, owner: int) -> float:
        """What one party has at least."""
        at = self._at.number(owner)
        return self.column.of(at) if at >= 0 else 0.0

    @cached_property
    def most(self) -> NDArray[np.float64] | None:
        """What each may have at most, coarsely and as numbered where it was solved; none where all is exact."""
        if self._reach is None:
            return None
        return np.where(self._at.stakes.order.block == OPEN, self._reach, 0.0)

    @cached_property
    def _reach(self) -> NDArray[np.float64] | None:
        """As `most`, with what members of closed blocks would have, were they open."""
        stakes = self._at.stakes
        if self.column.block != OPEN or (stakes.low == stakes.high).all():
            return None
        return at_most(self._widest, self._at.company)

    @cached_property
    def _widest(self) -> Widest:
        return Widest.of(self._at.stakes) if self.few else self.layer.widest

    @cached_property
    def holders(self) -> Nodes:
        """Whoever has or may have a part, who has most for certain first."""
        sure = self.owner[np.argsort(-self.column.share, kind="stable")]
        if self.most is None:
            return sure
        maybe = self._at.named(np.flatnonzero(self.most > 0).astype(np.uint32))
        return np.concatenate([sure, maybe[~np.isin(maybe, sure)]])

    @cached_property
    def closed(self) -> tuple[int, ...]:
        """Companies above it, be it by a band alone, that hold all of each other: no final owner and no numbers."""
        blocks = {self.column.block} if self.column.block != OPEN else set(self.column.blocks)
        if self._reach is not None:
            blocks |= set(self._at.stakes.order.block[self._reach > 0].tolist()) - {OPEN}
        every = self._at.stakes.order.blocks
        return tuple(sorted(x for b in blocks for x in self._at.named(every[b]).tolist()))

    @cached_property
    def blocks(self) -> tuple[tuple[tuple[int, ...], float], ...]:
        """Members of each closed block in which a part of it ends, and how much; the greatest first."""
        every = self._at.stakes.order.blocks
        found = [(tuple(self._at.named(every[b]).tolist()), share) for b, share in self.column.blocks.items() if share]
        return tuple(sorted(found, key=lambda block: (-block[1], block[0])))

    @cached_property
    def undisclosed(self) -> tuple[tuple[int, float, float], ...]:
        """Companies some of whose holders are not certain, the part that ends there, and what of it no band takes."""
        through, rest, stakes = self.column.through, self.column.rest, self._at.stakes
        most = np.bincount(stakes.head, stakes.high, stakes.size)[through]
        least = rest / stakes.rest[through] * np.clip(1 - most, 0.0, None)
        found = zip(self._at.named(through).tolist(), rest.tolist(), np.minimum(least, rest).tolist(), strict=True)
        return tuple(sorted(found, key=lambda part: (-part[1], part[0])))

    def of(self, owner: int) -> Portion:
        """What one party has, between what is sure and what bands allow."""
        if owner not in self._portions:
            self._portions[owner] = self._portion(owner)
        return self._portions[owner]

    def roughly(self, owner: int) -> Portion:
        """As `of`, but where many stand above, what bands allow is bounded for all at once, if not done alone."""
        if self.few or self.most is None or owner in self._portions:
            return self.of(owner)
        low = self.low(owner)
        return Portion(owner, low, max(low, float(self.most[owner])), False, rough=True)

    def _portion(self, owner: int) -> Portion:
        low, at = self.low(owner), self._at.number(owner)
        if self.most is None or at < 0 or not units(self.most[at]) > units(low):
            return Portion(owner, low, low, False)
        return self._within(owner, integrated_bounds(self._widest, at))

    def _within(self, owner: int, bounds: Bounds) -> Portion:
        band = bounds.of(self._at.company)
        return Portion(owner, band.low, band.high, band.low_open, band.high_open)

    def reaching(self, threshold: float, among: NDArray[np.bool_] | None = None) -> list[Portion]:
        """Whoever has that much for certain or perhaps, of those marked by number; who has most first.

        Of many whom bands might lift so far, only the foremost are bounded one by one, and the others roughly.
        """
        bar = int(units(threshold))
        sure = self.owner[units(self.column.share) >= bar]
        maybe = np.zeros(0, np.uint32)
        if self.most is not None:
            lifted = np.flatnonzero(units(self.most) >= bar)
            by = lifted[np.argsort(-self.most[lifted], kind="stable")]
            maybe = self._at.named(by.astype(np.uint32))
            maybe = maybe[~np.isin(maybe, sure)]
        if among is not None:
            sure, maybe = sure[among[sure]], maybe[among[maybe]]
        alone = len(maybe) if self.few else BOUNDED
        portions = [self.of(x) for x in (*maybe[:alone].tolist(), *sure.tolist())]
        portions += [self.roughly(x) for x in maybe[alone:].tolist()]
        return sorted(portions, key=lambda one: (-one.low, -one.high, one.owner))

    def in_blocks(self, threshold: float) -> list[Portion]:
        """Members of closed blocks who hold that much of it, each as if nobody held the member."""
        found, bar = [], int(units(threshold))
        for x in self.closed:
            if x != self.company:
                bounds = member_bounds(self._at.stakes, self._at.number(x))
                found.append(self._within(x, bounds))
        return [one for one in found if units(one.high) >= bar]

    def together(self, members: Iterable[int], threshold: float = 0.0) -> Portion:
        """What several have as one owner, what one of them holds through another counted once.

        Where even what they have one by one adds up to less than the threshold, nothing is solved.
        """
        parts = {x: self.roughly(x).high for x in members}
        at = [k for k in map(self._at.number, parts) if k >= 0]
        unlisted = 0.0 if self.few else CIRCLE * len(at)
        if not at or units(sum(parts.values()) + unlisted) < units(threshold):
            return Portion(-1, 0.0, 0.0, False)
        if self.most is None:
            low = integrated_row(self._at.stakes, *at).of(self._at.company)
            return Portion(-1, low, low, False)
        return self._within(-1, integrated_bounds(self._widest, *at))

    def first(self, owner: int) -> list[tuple[int, float]]:
        """Holdings of an owner and the part of the company that begins with each; the greatest first."""
        ways = self._ways_of(owner)
        return [] if ways is None or not self.low(owner) else self._links(ways.first)

    def carriers(self, owner: int) -> tuple[int, ...]:
        """Holdings over which an owner's part runs, the one that carries most first; of many the first."""
        ways = self._ways_of(owner)
        return () if ways is None else tuple(link for link, _ in self._links(ways.on_the_way))

    def _ways_of(self, owner: int) -> Contributions | None:
        at = self._at.number(owner)
        member = owner in self.closed and owner != self.company
        if at < 0 or not (self.low(owner) or self.few or member):
            return None
        if owner not in self._ways and member:
            stakes = unheld(self._at.stakes, at)
            sure = member_bounds(self._at.stakes, at).of(self._at.company).low > 0
            chosen = stakes if sure else unheld(self._high, at)
            self._ways[owner] = contributions(chosen, at, self._at.company, most=None if self.few else CARRIED)
        if owner not in self._ways:
            sure = bool(self.low(owner))
            stakes, column = (self._at.stakes, self.column) if sure else (self._high, None)
            most = None if self.few else CARRIED
            self._ways[owner] = contributions(stakes, at, self._at.company, column=column, most=most)
        return self._ways[owner]

    @cached_property
    def _high(self) -> Stakes:
        """The high ends as if they were shares, for those who hold nothing for certain."""
        stakes = self._at.stakes
        return Stakes.exact(stakes.size, stakes.tail, stakes.head, stakes.high, overfull="scale")

    def _links(self, parts: Parts) -> list[tuple[int, float]]:
        """The links behind pairs, and what each carries."""
        whole, held, found = self.layer.stakes, self.layer.held, []
        for pair, share in zip(self._at.pairs(parts.pair).tolist(), parts.share.tolist(), strict=True):
            mine = [k for k in held.holders.links_at(int(whole.head[pair])).tolist() if whole.pair[k] == pair]
            found += [(k, share * (float(whole.part[k]) if len(mine) > 1 else 1.0)) for k in mine]
        return sorted((one for one in found if one[1] > 0), key=lambda one: (-one[1], one[0]))


def owned(layer: Layer, owner: int, threshold: float) -> Iterator[tuple[int, Portion]]:
    r"""Find all that one party has in the end, from a threshold on; a member of a closed block as if nobody held it.

    .. math:: \{(j, y_{ij}) : y_{ij} \ge \theta\}

    Parameters
    ----------
    layer : Layer
        Shares of the capital, or votes.
    owner : int
        Node number i.
    threshold : float
        Fraction θ that a party must have for certain or perhaps.

    Raises
    ------
    InvalidQuestion, NotConverged
        As `integrated_row` and `integrated_bounds`.

    Source
    ------
    As `integrated_row`.

    Example
    -------
    >>> layer = Layer.of(Holdings.exact(3, [0, 1], [1, 2], [0.6, 0.5]))
    >>> [(company, one.low) for company, one in owned(layer, 0, 0.3)]
    [(1, 0.6), (2, 0.3)]
    """
    bar = int(units(threshold))
    lone = layer.stakes.order.block[owner] != OPEN or (layer.stakes.banded and layer.widest.order.block[owner] != OPEN)
    if not layer.stakes.banded and not lone:
        row = integrated_row(layer.stakes, owner)
        for k in np.flatnonzero(units(row.share) >= bar).tolist():
            yield int(row.company[k]), Portion(owner, float(row.share[k]), float(row.share[k]), False)
        return
    bounds = member_bounds(layer.stakes, owner) if lone else integrated_bounds(layer.widest, owner)
    for k in np.flatnonzero(units(bounds.high) >= bar).tolist():
        band = bounds.of(int(bounds.company[k]))
        yield int(bounds.company[k]), Portion(owner, band.low, band.high, band.low_open, band.high_open)
