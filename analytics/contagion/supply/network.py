"""Who sells how much to whom, in which industry, and what each industry cannot do without."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from analytics.kernels.compiled import frozen
from analytics.kernels.supply import Chain, Spread
from analytics.structure.votes import Arrows, starts
from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]
IRRELEVANT, REPLACEABLE, ESSENTIAL = 0, 1, 2
"""Without an irrelevant input nothing is lost, without a replaceable one in proportion, without an essential all."""


@dataclass(frozen=True)
class Inputs:
    """Inputs of each firm, put together as they fail together: an essential industry each, or all that is replaceable.

    An irrelevant supply stands in no group.
    """

    groups: NDArray[np.int64]
    """Groups of firm j are `groups[j]:groups[j + 1]`, shape (n + 1,)."""
    links: NDArray[np.int64]
    """Supplies of group g are `link[links[g]:links[g + 1]]`."""
    link: NDArray[np.uint32]
    """Positions among the supplies, in the order of groups."""
    part: Numbers
    """Of an essential group the fraction that each supply is of it; of the other, of all the firm buys: Λᵈ."""

    @cached_property
    def group(self) -> NDArray[np.uint32]:
        """Group of each supply in their order."""
        return np.repeat(np.arange(len(self.links) - 1, dtype=np.uint32), np.diff(self.links))

    @cached_property
    def owner(self) -> NDArray[np.uint32]:
        """Firm that each group is an input of."""
        return np.repeat(np.arange(len(self.groups) - 1, dtype=np.uint32), np.diff(self.groups))


@dataclass(frozen=True)
class SupplyNetwork:
    """Supplies between n firms, and what they hang on."""

    seller: NDArray[np.uint32]
    buyer: NDArray[np.uint32]
    amount: Numbers
    """Sales of one period, whole units of one currency, W, shape (m,)."""
    industry: NDArray[np.uint32]
    """Industry of each firm, numbered from 0, shape (n,)."""
    essential: NDArray[np.int8]
    """What each supply is to its buyer: 2 essential, 1 replaceable, 0 irrelevant, shape (m,)."""
    revenue: Numbers
    """What each firm sells in all, final demand included, shape (n,)."""
    rationed: bool
    """Whether others of its industry stand in for a firm, by their share of what is left of it: σ."""

    @classmethod
    def of(
        cls,
        size: int,
        seller: ArrayLike,
        buyer: ArrayLike,
        amount: ArrayLike,
        *,
        industry: ArrayLike,
        essential: ArrayLike = ESSENTIAL,
        revenue: ArrayLike | None = None,
        rationed: bool = True,
    ) -> "SupplyNetwork":
        """Of supplies in any order; several of one pair add up.

        `essential` is one value for all, one for each supplying industry, or a matrix [supplying, buying]; `revenue`
        of a firm is its sales to the others where it is not given (NaN). Raises InvalidQuestion where sales are
        negative or not known, a firm is none of these, has sales and no revenue, or no industry (-1), and where
        nothing says what an industry's goods are to another.
        """
        ends = np.stack([np.asarray(seller, np.int64), np.asarray(buyer, np.int64)])
        sales, industries = np.asarray(amount, np.float64), np.asarray(industry, np.int64)
        _check(size, ends, sales, industries)
        kept = sales > 0
        order = np.lexsort((ends[1][kept], ends[0][kept]))
        tail, head, sold = ends[0][kept][order], ends[1][kept][order], sales[kept][order]
        needed = _needed(np.asarray(essential), industries[tail], industries[head])
        own = np.bincount(tail, sold, minlength=size).astype(float)
        made = own if revenue is None else np.asarray(revenue, np.float64)
        if made.shape != (size,):
            raise InvalidQuestion(f"{len(made)} of {size} firms", where="revenue")
        made = np.where(np.isnan(made), own, made)
        poor = np.flatnonzero((own > 0) & ~((made > 0) & np.isfinite(made)))
        if len(poor):
            raise InvalidQuestion(
                f"{len(poor)} firms sell and have no revenue, the first is firm {poor[0]}",
                where="revenue", remedy="leave it out (NaN) where it is not known: then sales to the others count",
            )  # fmt: skip
        # Who trades with nobody and has no industry weighs nothing in the first one.
        known = np.maximum(industries, 0).astype(np.uint32)
        return cls(tail.astype(np.uint32), head.astype(np.uint32), sold, known, needed, made, rationed)

    @property
    def size(self) -> int:
        """Number of firms n."""
        return len(self.revenue)

    @cached_property
    def sales(self) -> Numbers:
        """What each sells to the others, s, shape (n,)."""
        return np.bincount(self.seller, self.amount, minlength=self.size).astype(float)

    @cached_property
    def purchases(self) -> Numbers:
        """What each buys of the others, shape (n,)."""
        return np.bincount(self.buyer, self.amount, minlength=self.size).astype(float)

    @cached_property
    def overdrawn(self) -> NDArray[np.int64]:
        """Firms whose revenue is less than they sell to the others: their loss of orders ends at all they make."""
        return np.flatnonzero(self.revenue < self.sales * (1 - 1e-9))

    @cached_property
    def industries(self) -> int:
        """Number of industries m."""
        return int(self.industry.max(initial=0)) + 1

    @cached_property
    def bought(self) -> Arrows:
        """From each buyer to its suppliers; `link` in the supplies."""
        return Arrows.of(self.size, self.buyer, self.seller)

    @cached_property
    def reliance(self) -> Numbers:
        """Fraction of the seller's revenue that each supply is, Λᵘ, shape (m,)."""
        return self.amount / self.revenue[self.seller]

    @cached_property
    def inputs(self) -> Inputs:
        """Inputs by firm, and by what fails together."""
        at = np.flatnonzero(self.essential != IRRELEVANT)
        firm = self.buyer[at].astype(np.int64)
        kind = np.where(self.essential[at] == ESSENTIAL, self.industry[self.seller[at]], self.industries)
        key = firm * (self.industries + 1) + kind
        order = np.argsort(key, kind="stable")
        at, firm, key = at[order], firm[order], key[order]
        first = np.flatnonzero(np.diff(key, prepend=-1))
        group = np.cumsum(np.diff(key, prepend=-1) != 0) - 1
        amount = self.amount[at]
        whole = np.bincount(group, amount, minlength=len(first))[group]
        whole = np.where(self.essential[at] == ESSENTIAL, whole, self.purchases[firm])
        groups = starts(self.size, firm[first].astype(np.uint32))
        return Inputs(groups, np.append(first, len(at)).astype(np.int64), at.astype(np.uint32), amount / whole)

    @cached_property
    def chain(self) -> Chain:
        """As receivers see it, for kernels."""
        return self.chain_in(np.float64)

    def chain_in(self, kind: DTypeLike) -> Chain:
        """The same in numbers of another kind."""
        inputs = self.inputs
        return Chain(
            frozen(inputs.groups, np.int64), frozen(inputs.links, np.int64),
            frozen(self.seller[inputs.link], np.uint32), frozen(inputs.part, kind),
            frozen(starts(self.size, self.seller), np.int64), frozen(self.buyer, np.uint32),
            frozen(self.reliance, kind), frozen(self.industry, np.uint32), frozen(self.sales, kind),
            self.rationed, self.industries,
        )  # fmt: skip

    @cached_property
    def spread(self) -> Spread:
        """As those see it who pass losses on, for kernels."""
        inputs, bought = self.inputs, self.bought
        supplier = self.seller[inputs.link]
        order = np.argsort(supplier, kind="stable")
        whole = np.bincount(self.industry, self.sales, minlength=self.industries)
        return Spread(
            frozen(starts(self.size, supplier[order]), np.int64), frozen(inputs.group[order], np.uint32),
            frozen(inputs.part[order], np.float64), frozen(inputs.owner, np.uint32),
            frozen(bought.start, np.int64), frozen(bought.head, np.uint32),
            frozen(self.reliance[bought.link], np.float64), frozen(self.industry, np.uint32),
            frozen(self.sales, np.float64), frozen(whole, np.float64), self.rationed,
        )  # fmt: skip


def essential_matrix(
    needed: Mapping[str, int | Mapping[str, int]], industries: Mapping[str, int]
) -> NDArray[np.float64]:
    r"""Write down what each industry's goods are to each other, as numbers; NaN where it is not said.

    .. math:: e_{kl} \in \{0, 1, 2\}

    Parameters
    ----------
    needed : mapping from a supplying industry to a value, or to a mapping from buying industries to values
    industries : mapping from an industry to its number, 0 to m - 1

    Raises
    ------
    InvalidQuestion
        If an industry is named that is none of these.

    Source
    ------
    Pichler et al., Economic Systems Research 34 (2022), 273: ratings of inputs by industry analysts. Domain
    reference §4.8.

    Example
    -------
    >>> essential_matrix({"steel": {"cars": 2, "steel": 1}, "cars": 0}, {"steel": 0, "cars": 1}).tolist()
    [[1.0, 2.0], [0.0, 0.0]]
    """
    matrix = np.full((len(industries), len(industries)), np.nan)
    for supplying, given in needed.items():
        by_buyer = given if isinstance(given, Mapping) else dict.fromkeys(industries, given)
        for buying, value in by_buyer.items():
            for name in (supplying, buying):
                if name not in industries:
                    raise InvalidQuestion(
                        "an industry that no firm is in", where=f"essential: {name}", remedy="correct the name"
                    )
            matrix[industries[supplying], industries[buying]] = value
    return matrix


def _check(size: int, ends: NDArray[np.int64], sales: Numbers, industry: NDArray[Any]) -> None:
    """Refuse what cannot be."""
    if ends.size and not 0 <= ends.min() <= ends.max() < size:
        raise InvalidQuestion("a firm that is none of these", where="supplies")
    if (len(sales) and not (sales >= 0).all()) or not np.isfinite(sales).all():
        raise InvalidQuestion(
            "sales must be known and not negative", where="supplies", remedy="leave out what is not known"
        )
    if industry.shape != (size,):
        raise InvalidQuestion(f"{len(industry)} of {size} firms", where="industry")
    trading = np.unique(ends)
    missing = trading[industry[trading] < 0]
    if len(missing):
        raise InvalidQuestion(
            f"{len(missing)} firms that trade have no industry, the first is firm {missing[0]}", where="industry",
            remedy="give each its own, or leave its supplies out: what an input is to a buyer hangs on industries",
        )  # fmt: skip


def _needed(essential: NDArray[Any], supplying: NDArray[np.int64], buying: NDArray[np.int64]) -> NDArray[np.int8]:
    """What each supply is to its buyer."""
    try:
        found = (
            np.broadcast_to(essential, supplying.shape) if essential.ndim == 0
            else essential[supplying] if essential.ndim == 1
            else essential[supplying, buying]
        )  # fmt: skip
    except IndexError as problem:
        raise InvalidQuestion(
            f"not said for every industry that there is: shape {essential.shape}", where="essential",
            remedy="give a value for each supplying industry, or a matrix [supplying, buying]",
        ) from problem  # fmt: skip
    wrong = np.flatnonzero(~np.isin(found, (IRRELEVANT, REPLACEABLE, ESSENTIAL)))
    if len(wrong):
        k = wrong[0]
        raise InvalidQuestion(
            f"industry {supplying[k]} sells to industry {buying[k]}, and what that is to it is neither 0, 1 nor 2",
            where="essential", remedy="2 where nothing can be made without it, 1 in proportion, 0 where it is not",
        )  # fmt: skip
    return np.asarray(found, np.int8)
