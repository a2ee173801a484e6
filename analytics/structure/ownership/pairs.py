"""Every holder of at least a threshold of every company, at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.pushes import FINEST, pairs_over
from analytics.structure.ownership.column import integrated_column
from analytics.structure.ownership.order import OPEN
from analytics.structure.ownership.row import integrated_row
from analytics.structure.ownership.stakes import Stakes
from analytics.structure.ownership.walks import Fractions, Nodes
from graph.bands import UNIT, units
from graph.errors import InvalidShare

FIRST_CUT = 0.08
"""Mass that a first push leaves standing at a node, as a part of the threshold: measured to be quickest."""
BUDGET = 3_000_000
"""Holdings read for one company or pair before it is solved by itself."""


@dataclass(frozen=True)
class Pairs:
    """Holders and companies of which they have the threshold or more; ordered by (holder, company)."""

    stakes: Stakes
    threshold: float
    strict: bool
    holder: Nodes
    company: Nodes
    low: Fractions
    """Integrated share at least, the low ends of bands taken; shape (k,)."""
    high: Fractions
    """The same at most: which pairs there are is exact, how much is as exact as deciding it took."""

    def __len__(self) -> int:
        return len(self.holder)


def pairs_above(
    stakes: Stakes, threshold: float, *, strict: bool = False, companies: tuple[int, int] | None = None
) -> Pairs:
    r"""Find all pairs of holder and company with an integrated share of the threshold or more.

    A walker that steps from a company to its holders by their shares meets owner i with a probability
    of Y_ij. Its mass is pushed up until what still stands can lift nobody over the threshold; who lies
    near it, or in a circle, is pushed for again, alone and finer, until it is decided. Shares and
    threshold are compared as integers of 1e-9. A closed block has no owners and is left out.

    .. math:: p_i \le Y_{ij} \le p_i + \sum_k r_k \sum_h W_{hk}

    Parameters
    ----------
    stakes : Stakes
        Direct shares holder → company, fractions; the low ends of bands are taken.
    threshold : float
        Fraction in (0, 1].
    strict : bool
        Whether it must be exceeded.
    companies : (first, last), optional
        Range of places in `stakes.order`: parts of the whole, for several workers.

    Raises
    ------
    InvalidShare
        If the threshold is no such fraction.
    NotConverged
        If a pair that had to be solved directly leaves more than 1e-9.

    Source
    ------
    Andersen, Chung & Lang, "Local Graph Partitioning using PageRank Vectors", FOCS 2006, §3, for the push;
    domain reference §1.2.

    Example
    -------
    >>> found = pairs_above(Stakes.exact(3, [0, 2, 1], [1, 1, 2], [0.6, 0.2, 0.5]), 0.5)
    >>> list(zip(found.holder.tolist(), found.company.tolist()))
    [(0, 1), (1, 2)]
    """
    if not 0 < threshold <= 1:
        raise InvalidShare(
            f"a threshold of {threshold}", where="threshold", remedy="give a fraction above 0, at most 1"
        )
    order = stakes.order
    bar = (int(units(threshold)) + (0.5 if strict else -0.5)) / UNIT
    first, last = companies or (0, order.size)
    holder, company, low, more = pairs_over(order.holdings, first, last, bar, FIRST_CUT * threshold, BUDGET)
    holder, company = order.node[holder], order.node[company]
    alone = holder == company
    parts = [(holder[~alone], company[~alone], low[~alone], more[~alone])]
    parts += [_holders(stakes, int(j)) for j in company[alone]]
    holder, company, low, more = (np.concatenate(column) for column in zip(*parts, strict=True))
    for k in np.flatnonzero((low < bar) & (low + more >= bar) & (more > FINEST)).tolist():
        low[k], more[k] = integrated_row(stakes, int(holder[k])).of(int(company[k])), 0.0
    by = np.lexsort((company, holder))
    by = by[(low + more >= bar)[by]]
    return Pairs(stakes, threshold, strict, holder[by], company[by], *np.minimum([low, low + more], 1.0)[:, by])


def _holders(stakes: Stakes, company: int) -> tuple[Nodes, Nodes, Fractions, Fractions]:
    """All holders of a company that hardly leaks, solved exactly."""
    column = integrated_column(stakes, company)
    here = np.full(len(column.holder), company, np.uint32)
    return column.holder, here, column.share, np.zeros(len(here))


def joined(parts: list[Pairs]) -> Pairs:
    r"""Put the pairs of several ranges of companies together.

    .. math:: P = \bigcup_r P_r

    Parameters
    ----------
    parts : list of Pairs
        Of the same stakes and threshold, their ranges apart.

    Raises
    ------
    IndexError
        If there is no part.

    Source
    ------
    `pairs_above` treats each company by itself.

    Example
    -------
    >>> stakes = Stakes.exact(3, [0, 2, 1], [1, 1, 2], [0.6, 0.2, 0.5])
    >>> len(joined([pairs_above(stakes, 0.5, companies=part) for part in ((0, 1), (1, 3))]))
    2
    """
    holder, company, low, high = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("holder", "company", "low", "high")
    )
    by = np.lexsort((company, holder))
    first = parts[0]
    return Pairs(first.stakes, first.threshold, first.strict, holder[by], company[by], low[by], high[by])


def unowned(stakes: Stakes) -> NDArray[np.uint32]:
    r"""List the companies that have no final owner: members of closed blocks and what only they hold.

    .. math:: \{j : \textstyle\sum_{blocks} = 1\}

    Parameters
    ----------
    stakes : Stakes
        Direct shares holder → company, fractions; the low ends of bands are taken.

    Raises
    ------
    NotConverged
        If a direct solution leaves more than 1e-9.

    Source
    ------
    Domain reference §1.2 (c).

    Example
    -------
    >>> unowned(Stakes.exact(4, [0, 1, 1, 3], [1, 0, 2, 2], [1.0, 1.0, 0.5, 0.5])).tolist()
    [0, 1]
    """
    order = stakes.order
    members = np.flatnonzero(order.block != OPEN)
    if not len(members):
        return members.astype(np.uint32)
    row = integrated_row(stakes, *members.tolist())
    wholly = row.company[units(row.share) >= UNIT]
    return np.union1d(members, wholly).astype(np.uint32)
