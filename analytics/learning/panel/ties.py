"""Links of one relation on one day, with what is at stake on each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.errors import InvalidPanel

Way = Literal["in", "out"]
"""Who hears: `in` the one a link runs to, of the one it comes from; `out` the other way."""
WAYS: tuple[Way, Way] = ("in", "out")


@dataclass(frozen=True)
class Ties:
    """m links of one relation among n parties."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    stake: NDArray[np.float64]
    """What is at stake, whole units of the panel's currency; NaN where not known or where the relation has none."""
    source: NDArray[np.int64]
    """Row of the fact behind each link in its table, -1 for none."""
    details: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    """Further figures of each link by name, such as months to maturity; NaN where not known."""

    @property
    def size(self) -> int:
        """How many links there are."""
        return len(self.tail)

    def heard(self, weight: NDArray[np.float64], size: int, way: Way) -> sparse.csr_array:
        """Who hears of whom: row r, column s, the weight of all links over which r hears of s; shape (n, n)."""
        ends = (self.head, self.tail) if way == "in" else (self.tail, self.head)
        return sparse.csr_array((weight, ends), shape=(size, size))

    def beside(self, parties: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """Positions of the links that have an end among some parties, ascending."""
        order, ends = self._by_end
        first, last = np.searchsorted(ends, parties, "left"), np.searchsorted(ends, parties, "right")
        count = last - first
        begins = np.repeat(first - np.concatenate([[0], np.cumsum(count)[:-1]]), count) if len(count) else count
        return np.unique(order[begins + np.arange(count.sum())])

    @cached_property
    def _by_end(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        ends = np.concatenate([self.tail, self.head])
        order = np.argsort(ends, kind="stable")
        return order % max(self.size, 1), ends[order]

    def check(self, relation: str, size: int) -> None:
        """Raises InvalidPanel where lengths differ, an end is no party or a stake is negative or infinite."""
        lengths = {len(self.head), len(self.stake), len(self.source), *map(len, self.details.values())}
        if lengths - {self.size}:
            raise InvalidPanel("not as many heads, stakes and details as tails", where=relation)
        ends = np.concatenate([self.tail, self.head])
        if len(ends) and (ends.min() < 0 or ends.max() >= size):
            raise InvalidPanel(f"a link ends at no party of the {size}", where=relation)
        if np.isinf(self.stake).any() or (self.stake < 0).any():
            raise InvalidPanel("a stake is negative or infinite", where=relation)


def weights(ties: Ties, capacity: NDArray[np.float64], way: Way) -> NDArray[np.float64]:
    r"""Weigh each link by what the one who hears over it has at stake, of what it can bear.

    .. math:: w_e = \min\!\left(1, \frac{x_e}{c_{r(e)}}\right), \qquad r(e) = \text{head for in, tail for out}

    Links without a known stake, and of receivers whose capacity is not known, weigh as the middle of the others of
    this relation and way; 1 where no link of it has one.

    Parameters
    ----------
    ties : Ties
        m links; stakes :math:`x_e` in whole units.
    capacity : (n,) array
        What each party can bear, same units; NaN where not known.
    way : "in" or "out"
        Who hears.

    Raises
    ------
    Nothing.

    Source
    ------
    `learning.md` of the design: exposure-weighted sums; a loss counts by what it takes of the receiver.

    Example
    -------
    >>> one = Ties(np.array([0], np.int32), np.array([1], np.int32), np.array([3.0]), np.array([-1]))
    >>> weights(one, np.array([12.0, 6.0]), "in"), weights(one, np.array([12.0, 6.0]), "out")
    (array([0.5]), array([0.25]))
    """
    receiver = ties.head if way == "in" else ties.tail
    bears = capacity[receiver]
    share = np.full(ties.size, np.nan)
    known = (bears > 0) & ~np.isnan(ties.stake)
    share[known] = np.minimum(1.0, ties.stake[known] / bears[known])
    share[(bears <= 0) & (ties.stake > 0)] = 1.0
    unknown = np.isnan(share)
    if unknown.any():
        share[unknown] = 1.0 if unknown.all() else float(np.median(share[~unknown]))
    return share


THIN = 0.1
"""Part of total assets that a party with less equity is still taken to bear [P]: our own proposal."""


def capacities(
    equity: NDArray[np.float64], assets: NDArray[np.float64], size: NDArray[np.int64]
) -> NDArray[np.float64]:
    r"""Say what each party can bear: its equity, at least a tenth of its assets; else that of the middle of its size.

    .. math:: c_i = \max(E_i, \tfrac{1}{10} A_i); \quad c_i = \operatorname{median}\{c_j : s_j = s_i\} \text{ unknown}

    Parameters
    ----------
    equity, assets : (n,) array
        Whole units of one currency; NaN where not known.
    size : (n,) array
        Class of size by number; below 0 where not known.

    Raises
    ------
    Nothing; NaN stays where neither figures nor others of the class are known.

    Source
    ------
    Our own proposal: equity near 0 would make every exposure count as all.

    Example
    -------
    >>> nan = np.nan
    >>> capacities(np.array([30.0, 1.0, nan]), np.array([90.0, 50.0, nan]), np.array([0, 0, 0]))
    array([30. ,  5. , 17.5])
    """
    floor = np.where(assets > 0, THIN * assets, np.nan)
    found = np.fmax(np.where(np.isnan(equity) & np.isnan(floor), np.nan, equity), floor)
    found = np.where(found > 0, found, np.nan)
    unknown = np.isnan(found)
    for code in np.unique(size[unknown & (size >= 0)]):
        alike = found[(size == code) & ~unknown]
        if len(alike):
            found[unknown & (size == code)] = np.median(alike)
    return found
