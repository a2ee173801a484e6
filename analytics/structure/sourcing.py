"""What a party's supplies rest on: who stands in each tier with how much, how few they are, and who else could."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.structure.tiers import NO_PRODUCT, Tier, Trade, walk_tiers
from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]
Nodes = NDArray[np.int64]


@dataclass(frozen=True)
class SourceTier:
    """The suppliers of one tier, the largest first, shape (k,) each."""

    depth: int
    supplier: Nodes
    """Those already nearer among them: a circle of supplies is none the less a dependence."""
    amount: Numbers
    """What the tier before is known to buy of each, whole units of one currency a year."""
    share: Numbers
    """Of all that the tier before is known to buy."""
    carried: Numbers
    """Part of the first buyer's purchases that comes from each over these many steps: shares multiplied along, added
    over ways. Through parties that stand nearer already nothing is carried on again."""
    buyers: NDArray[np.int64]
    """Parties of the tier before that buy from each; more than one makes it a common source."""
    only: NDArray[np.int64]
    """Parties of the tier before that are known to have something from it alone."""
    unknown: int
    """Supplies of the tier whose amount is not known: they have no part in shares."""

    @property
    def common(self) -> NDArray[np.bool_]:
        """Suppliers that several parties of the tier before rest on."""
        return self.buyers > 1

    @property
    def single(self) -> NDArray[np.bool_]:
        """Suppliers that some party of the tier before has no other source than."""
        return self.only > 0

    @property
    def index(self) -> float:
        """Herfindahl–Hirschman index of the tier, 1 where all comes from one; NaN where no amount is known."""
        return float(self.share @ self.share) if self.share.sum() > 0 else float("nan")


@dataclass(frozen=True)
class Reliance:
    """What a supplier's sales rest on, its largest buyer first, shape (k,) each."""

    buyer: Nodes
    amount: Numbers
    """Known sales to each, whole units of one currency a year."""
    share: Numbers
    """Of its revenue, or where that is not known of its known sales."""
    unknown: int
    """Sales whose amount is not known."""

    @property
    def index(self) -> float:
        """Herfindahl–Hirschman index of its known sales; NaN where none is known."""
        whole = self.amount.sum()
        return float((self.amount / whole) @ (self.amount / whole)) if whole > 0 else float("nan")


@dataclass(frozen=True)
class Alternatives:
    """Who else sells what a buyer has from a supplier, the nearest first, then the largest; shape (k,) each."""

    supplier: Nodes
    steps: NDArray[np.int64]
    """Fewest supplies between it and the buyer, in either direction and not through the supplier; -1 none."""
    sales: Numbers
    """What it is known to sell of it to all, whole units of one currency a year."""
    by_product: bool
    """Whether it sells the same product; else it is of the supplier's industry."""


def source_tiers(trade: Trade, buyer: int, *, depth: int = 3) -> tuple[SourceTier, ...]:
    r"""Tell, tier by tier, from whom a buyer's supplies come, how much from each, and on whom several rest.

    .. math:: v_s^{(d)} = \sum_{b \in T_{d - 1}} v_b^{(d - 1)} \frac{w_{sb}}{\sum_r w_{rb}}, \qquad
        H_d = \sum_s \Big(\frac{w_s}{\sum_r w_r}\Big)^2

    Parameters
    ----------
    trade : Trade
        m supplies supplier → buyer, amounts a year.
    buyer : int
        Node number.
    depth : int
        Most tiers, at least 1.

    Raises
    ------
    InvalidQuestion
        If the node is unknown or the depth cannot be.

    Source
    ------
    Barrot & Sauvagnat, Quarterly Journal of Economics 131 (2016), 1543: inputs that one source alone has; Hirschman,
    American Economic Review 54 (1964), 761: the index.

    Example
    -------
    >>> trade = Trade.between(4, [1, 2, 3, 3], [0, 0, 1, 2], [30, 10, 5, 5])
    >>> first, second = source_tiers(trade, 0)
    >>> first.share.tolist(), first.index, second.supplier.tolist(), second.common.tolist(), second.carried.tolist()
    ([0.75, 0.25], 0.625, [3], [True], [1.0])
    """
    found = walk_tiers(trade, buyer, depth=depth, limit=len(trade.tail) + 1)
    carried = np.zeros(len(trade.bought.start) - 1)
    carried[buyer] = 1.0
    told = []
    for tier in found.tiers:
        of, passed = _source(trade, tier, carried)
        told.append(of)
        carried = np.where(found.depth == tier.depth, passed, 0.0)
    return tuple(told)


def _source(trade: Trade, tier: Tier, before: Numbers) -> tuple[SourceTier, Numbers]:
    """One tier by supplier, and what each carries."""
    links, size = tier.links, len(before)
    tail, head = trade.tail[links].astype(np.int64), trade.head[links].astype(np.int64)
    share, amount = np.nan_to_num(tier.share), np.nan_to_num(trade.amount[links])
    carried: Numbers = np.bincount(tail, before[head] * share, minlength=size).astype(float)
    bought: Numbers = np.bincount(tail, amount, minlength=size).astype(float)
    pair = np.unique(tail * size + head)
    alone = np.unique((tail * size + head)[tier.single])
    buyers, only = (np.bincount(pairs // size, minlength=size) for pairs in (pair, alone))
    some = np.flatnonzero(buyers)
    order = some[np.lexsort((some, -carried[some], -bought[some]))]
    whole = bought.sum()
    part = bought[order] / whole if whole > 0 else np.zeros(len(order))
    unknown = int(np.isnan(trade.amount[links]).sum())
    return SourceTier(
        tier.depth, order, bought[order], part, carried[order], buyers[order], only[order], unknown
    ), carried  # fmt: skip


def reliance(trade: Trade, supplier: int, *, revenue: float | None = None) -> Reliance:
    r"""Tell how much of its sales a supplier owes to each of its buyers.

    .. math:: \lambda_b = \frac{w_{sb}}{r_s}

    Parameters
    ----------
    trade : Trade
    supplier : int
        Node number.
    revenue : float, optional
        All it sells, final demand included; by default what it is known to sell.

    Raises
    ------
    InvalidQuestion
        If the node is unknown, or its revenue less than nothing or than it is known to sell.

    Source
    ------
    Domain reference §4.8: the upstream matrix. BCBS, LEX10 criterion 1, asks for half of gross receipts.

    Example
    -------
    >>> trade = Trade.between(3, [0, 0], [1, 2], [30, 10])
    >>> found = reliance(trade, 0, revenue=80)
    >>> found.buyer.tolist(), found.share.tolist(), found.index
    ([1, 2], [0.375, 0.125], 0.625)
    """
    _check(trade, supplier)
    links = trade.sold.links_at(supplier)
    head, amount = trade.head[links].astype(np.int64), trade.amount[links]
    buyer, place = np.unique(head, return_inverse=True)
    bought = np.bincount(place, np.nan_to_num(amount), minlength=len(buyer)).astype(float)
    whole = bought.sum() if revenue is None else float(revenue)
    if not whole >= bought.sum() * (1 - 1e-9):
        raise InvalidQuestion("is less than it is known to sell", where=f"revenue {revenue}", remedy="leave it out")
    order = np.lexsort((buyer, -bought))
    share = bought[order] / whole if whole > 0 else np.zeros(len(order))
    return Reliance(buyer[order], bought[order], share, int(np.isnan(amount).sum()))


def alternatives(
    trade: Trade, buyer: int, supplier: int, *, industry: ArrayLike | None = None, limit: int = 20
) -> Alternatives:
    r"""Find who else sells what a buyer has from a supplier: the same products, or where none is said its industry's.

    .. math:: \arg\min_{a \ne s} d(a, b), \qquad d = \text{fewest supplies between, in either direction, } s
        \text{ left out}

    Parameters
    ----------
    trade : Trade
    buyer, supplier : int
        Node numbers.
    industry : (n,) array of industry codes, -1 not said, optional
        Used where no product of the supply is said.
    limit : int
        Most of them.

    Raises
    ------
    InvalidQuestion
        If a node is unknown, the one does not supply the other, or neither product nor industry is said.

    Source
    ------
    Domain reference §2.4, criterion 3: output that is hard to replace; near sources as in Carvalho et al., Quarterly
    Journal of Economics 136 (2021), 1255.

    Example
    -------
    >>> trade = Trade.between(5, [1, 2, 3, 4], [0, 3, 0, 2], [30, 10, 5, 9], product=[7, 7, 8, 7])
    >>> found = alternatives(trade, 0, 1)
    >>> found.supplier.tolist(), found.steps.tolist(), found.sales.tolist()
    ([2, 4], [2, 3], [10.0, 9.0])
    """
    _check(trade, buyer)
    _check(trade, supplier)
    links = trade.sold.links_at(supplier)
    links = links[trade.head[links] == buyer]
    if not len(links):
        raise InvalidQuestion("is not known to supply it", where=f"party {supplier} to {buyer}")
    products = np.setdiff1d(trade.product[links], [NO_PRODUCT])
    if len(products):
        sells = np.isin(trade.product, products)
        others = np.unique(trade.tail[sells]).astype(np.int64)
    else:
        others = _alike(trade, supplier, industry)
        sells = np.isin(trade.tail, others)
    others = others[(others != supplier) & (others != buyer)]
    size = len(trade.sold.start) - 1
    sales = np.bincount(trade.tail[sells], np.nan_to_num(trade.amount[sells]), minlength=size)[others]
    steps = _steps(trade, buyer, supplier, others, limit)[others]
    order = np.lexsort((others, -sales, np.where(steps < 0, size, steps)))[:limit]
    return Alternatives(others[order], steps[order], sales[order].astype(float), bool(len(products)))


def _alike(trade: Trade, supplier: int, industry: ArrayLike | None) -> Nodes:
    """Sellers of a supplier's industry."""
    of = None if industry is None else np.asarray(industry)
    if of is None or of[supplier] < 0:
        raise InvalidQuestion(
            "neither what it sells nor its industry is said", where=f"party {supplier}",
            remedy="load supplies with their product, or profiles with industries",
        )  # fmt: skip
    return np.flatnonzero((of == of[supplier]) & trade.sold.any_at(np.arange(len(of)))).astype(np.int64)


def _steps(trade: Trade, start: int, without: int, wanted: Nodes, most: int) -> NDArray[np.int64]:
    """Fewest supplies from a party to each, in either direction, one party left out; -1 where there is no way, and
    beyond the step that reaches as many of those wanted."""
    steps = np.full(len(trade.sold.start) - 1, -1)
    steps[start] = 0
    wave, step = np.array([start], np.int64), 0
    while len(wave) and (steps[wanted] >= 0).sum() < most:
        step += 1
        near = np.concatenate([arrows.head[arrows.spans(wave)] for arrows in (trade.bought, trade.sold)])
        wave = np.unique(near[(steps[near] < 0) & (near != without)]).astype(np.int64)
        steps[wave] = step
    return steps


def _check(trade: Trade, node: int) -> None:
    if not 0 <= node < len(trade.sold.start) - 1:
        raise InvalidQuestion("no such party", where=f"party {node}")
