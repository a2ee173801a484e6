"""Who supplies a party, tier by tier, and whom it supplies."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion

Direction = Literal["upstream", "downstream"]
NO_PRODUCT = -1


@dataclass(frozen=True)
class Trade:
    """Supplies between n parties, supplier → buyer; amounts a year in one currency, NaN unknown."""

    tail: NDArray[np.uint32]
    head: NDArray[np.uint32]
    amount: NDArray[np.float64]
    product: NDArray[np.int32]
    """Code of what is sold, -1 not said."""
    bought: Arrows
    """Arrows buyer → supplier, `link` the supply's position."""
    sold: Arrows
    """Arrows supplier → buyer."""

    @classmethod
    def of(cls, links: Any, product: NDArray[np.int32]) -> "Trade":
        """Trade of a snapshot's SUPPLIES links, with a code for each product in link order."""
        bought, sold = Arrows.arriving(links), Arrows.leaving(links)
        return cls(links.tail, links.head, links.fields["amount"], product, bought, sold)

    @classmethod
    def between(cls, size: int, tail: Any, head: Any, amount: Any, product: Any = None) -> "Trade":
        """Trade between `size` parties from supplies in any order."""
        tail, head = np.asarray(tail, np.uint32), np.asarray(head, np.uint32)
        code = np.full(len(tail), NO_PRODUCT) if product is None else product
        amounts = np.asarray(amount, np.float64)
        return cls(
            tail, head, amounts, np.asarray(code, np.int32), Arrows.of(size, head, tail), Arrows.of(size, tail, head)
        )


@dataclass(frozen=True)
class Tier:
    """The supplies of the parties one tier nearer, largest first, one page of them."""

    depth: int
    parties: int
    """New parties in this tier."""
    total: int
    """Supplies of the tier before, those from parties already nearer among them."""
    links: NDArray[np.uint32]
    """Positions of the supplies on this page."""
    share: NDArray[np.float64]
    """Upstream: share of the buyer's known purchases; downstream: of the supplier's known sales. NaN unknown."""
    single: NDArray[np.bool_]
    """Whether the buyer has this product from nobody else (or, where no product is said, has no other supplier)."""


@dataclass(frozen=True)
class Tiers:
    """All tiers from one party, by the number of steps."""

    start: int
    direction: Direction
    tiers: tuple[Tier, ...]
    depth: NDArray[np.int16]
    """Tier of each party, shape (n,): 0 the start, -1 not reached."""


def walk_tiers(
    trade: Trade, start: int, *, direction: Direction = "upstream", depth: int = 3, offset: int = 0, limit: int = 100
) -> Tiers:
    r"""Walk the supply web breadth first, from a buyer to its suppliers or from a supplier to its buyers.

    A party belongs to the first tier that reaches it. Every supply of a party in reach is shown once, in the
    tier behind that party, also where the other side stands nearer already: a circle of supplies is none the
    less a dependence.

    .. math:: T_{d+1} = \Big(\bigcup_{b \in T_d} \{s : s \to b\}\Big) \setminus \bigcup_{c \le d} T_c

    Parameters
    ----------
    trade : Trade
        m supplies supplier → buyer, amounts a year.
    start : int
        Node number.
    direction : "upstream" or "downstream"
        Against or along the arrows.
    depth : int
        Most tiers, at least 1.
    offset, limit : int
        The page of each tier's supplies.

    Raises
    ------
    InvalidQuestion
        If the node is unknown, or depth, offset or limit cannot be.

    Source
    ------
    Carvalho et al., "Supply Chain Disruptions", Quarterly Journal of Economics 136 (2021), 1255: exposure
    by distance in the supply network.

    Example
    -------
    >>> trade = Trade.between(4, [1, 2, 3], [0, 0, 1], [30, 10, 5])
    >>> first, second = walk_tiers(trade, 0).tiers
    >>> first.links.tolist(), first.share.tolist(), second.parties, second.single.tolist()
    ([0, 1], [0.75, 0.25], 1, [True])
    """
    if not 0 <= start < len(trade.bought.start) - 1 or depth < 1 or offset < 0 or limit < 0:
        raise InvalidQuestion("no such node, depth or page", where=f"tiers of {start}, {depth} deep")
    arrows = trade.bought if direction == "upstream" else trade.sold
    reached: NDArray[np.int16] = np.full(len(arrows.start) - 1, -1, np.int16)
    reached[start] = 0
    wave = np.array([start], np.int64)
    tiers = []
    for d in range(1, depth + 1):
        spans = arrows.spans(wave)
        near, links = arrows.head[spans], arrows.link[spans]
        if not len(links):
            break
        wave = np.unique(near[reached[near] < 0]).astype(np.int64)
        reached[wave] = d
        tiers.append(_tier(trade, arrows, d, len(wave), links, slice(offset, offset + limit)))
    return Tiers(start, direction, tuple(tiers), reached)


def _tier(trade: Trade, arrows: Arrows, depth: int, parties: int, links: NDArray[np.uint32], page: slice) -> Tier:
    """One page of a tier, with what is known of each of its supplies."""
    amount = np.nan_to_num(trade.amount[links], nan=-1)
    shown = links[np.lexsort((links, -amount))][page]
    near = trade.head if arrows is trade.bought else trade.tail
    side, place = np.unique(near[shown], return_inverse=True)
    known = np.array([np.nansum(trade.amount[arrows.links_at(int(z))]) for z in side])[place]
    share = np.divide(trade.amount[shown], known, out=np.full(len(shown), np.nan), where=known > 0)
    sellers = cache(lambda buyer, product: _sellers(trade, buyer, product))
    single = [not sellers(int(trade.head[k]), int(trade.product[k])) - {int(trade.tail[k])} for k in shown]
    return Tier(depth, parties, len(links), shown, share, np.array(single, np.bool_))


def _sellers(trade: Trade, buyer: int, product: int) -> set[int]:
    """Who may sell this to the buyer; a supply of unsaid product could be the same."""
    links = trade.bought.links_at(buyer)
    alike = (trade.product[links] == product) | (trade.product[links] == NO_PRODUCT) | (product == NO_PRODUCT)
    return set(trade.tail[links[alike]].tolist())
