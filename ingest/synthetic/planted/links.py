"""Links between planted firms: who vouches for, sells to, owes and shares an address with whom, and since when.

How many links a firm has is heavy-tailed and grows moderately with its size; most partners are of its own community.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from ingest.synthetic.planted.firms import Firms

Ints = NDArray[np.int32]
Numbers = NDArray[np.float64]
Failing = Literal["head", "tail", "neither"]


@dataclass(frozen=True)
class Relation:
    """A relation between planted firms."""

    name: str
    failing: Failing
    """Whose failure costs the other end: of tail → head."""
    loss: float
    """Loss given default: the part of the exposure that is lost."""
    each: float
    """Links a firm at any time, on average."""
    exposure: float
    """Middle exposure, as a part of the smaller firm's assets."""


RELATIONS: Final = (
    Relation("GUARANTEES", "head", 0.6, 0.7, 0.12),
    Relation("SUPPLIES", "head", 0.8, 1.6, 0.05),
    Relation("OWES", "tail", 0.5, 0.9, 0.10),
    Relation("RELATED_TO", "neither", 0.0, 1.0, np.nan),
)
"""Guarantor → borrower, supplier → buyer (unpaid invoices), debtor → creditor, and a shared address, the placebo."""
HOME: Final = 0.75
"""Partners of a firm's own community."""
LASTING: Final = 6.0
"""Years a link lasts, on average; whether it lasts another does not depend on how long it has."""
SPREAD: Final = 0.9
"""Standard deviation of the logarithm of an exposure."""


@dataclass(frozen=True)
class Links:
    """Links of one relation from tail to head."""

    tail: Ints
    head: Ints
    exposure: Numbers
    """Whole yuan; NaN for the placebo."""

    def __len__(self) -> int:
        return len(self.tail)


@dataclass(frozen=True)
class Ties:
    """Links of one relation over all years, and on which as-of days each is there: first ≤ t < last."""

    links: Links
    first: NDArray[np.int16]
    """0 also of those that began before the first day."""
    last: NDArray[np.int16]

    def there(self, year: int) -> NDArray[np.int64]:
        """Positions of the links that are there on an as-of day."""
        return np.flatnonzero((self.first <= year) & (year < self.last))

    def of(self, year: int) -> Links:
        """The links that are there on an as-of day."""
        at = self.there(year)
        return Links(self.links.tail[at], self.links.head[at], self.links.exposure[at])


def ties(firms: Firms, years: int, rng: np.random.Generator) -> Mapping[str, Ties]:
    """Draw the links of every relation, each from a stream of its own."""
    return {
        relation.name: _ties(relation, firms, years, stream)
        for relation, stream in zip(RELATIONS, rng.spawn(len(RELATIONS)), strict=True)
    }


def _ties(relation: Relation, firms: Firms, years: int, rng: np.random.Generator) -> Ties:
    count = len(firms.size)
    links = int(count * relation.each * (1 + (years - 1) / LASTING))
    tail, head = (_weights(firms, rng) for _ in range(2))
    one = _drawn(tail, rng.random(links))
    other = _partners(head, firms.community, one, rng)
    one, other = _distinct(one, other, count)
    smaller = np.minimum(firms.assets[one], firms.assets[other])
    exposure = np.maximum(np.round(relation.exposure * smaller * np.exp(SPREAD * rng.standard_normal(len(one)))), 1.0)
    first, last = _lives(len(one), years, rng)
    return Ties(Links(one.astype(np.int32), other.astype(np.int32), exposure), first, last)


def _weights(firms: Firms, rng: np.random.Generator) -> Numbers:
    """How much each firm draws links: heavy-tailed, growing slowly with its assets."""
    heavy = (1 + rng.pareto(2.5, len(firms.size))) * (firms.median_assets / firms.median_assets.min()) ** 0.2
    return np.asarray(np.minimum(heavy, 60.0))


def _drawn(weights: Numbers, uniform: Numbers) -> NDArray[np.int64]:
    edges = np.cumsum(weights)
    return np.asarray(np.searchsorted(edges, uniform * edges[-1], side="right"), np.int64)


def _partners(
    weights: Numbers, community: NDArray[np.int64], of: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """A partner for each, mostly of its own community, by weight."""
    order = np.argsort(community, kind="stable")
    edges = np.concatenate([[0.0], np.cumsum(weights[order])])
    bounds = np.searchsorted(community[order], np.arange(community.max() + 2))
    home = rng.random(len(of)) < HOME
    low = np.where(home, edges[bounds[community[of]]], 0.0)
    high = np.where(home, edges[bounds[community[of] + 1]], edges[-1])
    place = np.searchsorted(edges, low + (high - low) * rng.random(len(of)), side="right") - 1
    return np.asarray(order[np.clip(place, 0, len(order) - 1)])


def _distinct(
    one: NDArray[np.int64], other: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """No firm with itself, and no pair twice."""
    apart = one != other
    _, at = np.unique(one[apart] * count + other[apart], return_index=True)
    at = np.sort(at)
    return one[apart][at], other[apart][at]


def _lives(links: int, years: int, rng: np.random.Generator) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """First day and the day after the last of each link: about as many end every year as begin."""
    begun = 1 + (years - 1) / LASTING
    later = rng.random(links) >= 1 / begun
    first = np.where(later, rng.integers(1, max(years, 2), links), 0)
    last = np.minimum(first + rng.geometric(1 / LASTING, links), years)
    return first.astype(np.int16), last.astype(np.int16)
