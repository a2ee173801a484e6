"""Random graphs of the size and shape that the figures were taken on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Ownership(NamedTuple):
    """Holdings sorted by (tail, head): 60 % companies first, then 40 % persons."""

    size: int
    tail: NDArray[np.uint32]
    head: NDArray[np.uint32]
    share: NDArray[np.float64]


def ownership(parties: int, holdings: int, *, seed: int = 1, persons: float = 0.65) -> Ownership:
    """In-shares of at most 1; what is not held by persons companies hold, some of them mutual, and a core."""
    random = np.random.default_rng(seed)
    companies = parties * 6 // 10
    head = np.sort(random.integers(0, companies, holdings))
    person = random.random(holdings) < persons
    tail = np.where(person, random.integers(companies, parties, holdings), random.integers(0, companies, holdings))
    core = random.random(holdings) < 0.02
    tail = np.where(core, random.integers(0, max(companies // 100, 2), holdings), tail)
    mutual = np.flatnonzero(random.random(holdings) < 0.005)
    head[mutual], tail[mutual] = tail[mutual] % companies, head[mutual]
    keep = tail != head
    pair = np.unique(tail[keep].astype(np.int64) * parties + head[keep])
    tail, head = pair // parties, pair % parties
    weight = random.pareto(1.1, len(pair)) + 0.05
    disclosed = 0.6 + 0.4 * random.random(parties)
    share = weight / np.bincount(head, weights=weight, minlength=parties)[head] * disclosed[head]
    return Ownership(parties, tail.astype(np.uint32), head.astype(np.uint32), np.round(share, 6))


class Net(NamedTuple):
    """Distinct arrows sorted by (tail, head), none to itself."""

    size: int
    tail: NDArray[np.uint32]
    head: NDArray[np.uint32]


def chung_lu(parties: int, links: int, *, seed: int = 1, exponent: float = 2.3) -> Net:
    """Arrows whose ends are drawn in proportion to weights with a power-law tail, hubs capped at √links."""
    random = np.random.default_rng(seed)
    weight = (1 - random.random((2, parties))) ** (-1 / (exponent - 1))
    weight = np.minimum(weight, np.sqrt(links))
    ends = []
    for side in weight:
        cumulated = np.cumsum(side)
        ends.append(np.searchsorted(cumulated, random.random(int(links * 1.1)) * cumulated[-1]))
    proper = ends[0] != ends[1]
    pair = np.unique(ends[0][proper].astype(np.int64) * parties + ends[1][proper])
    if len(pair) > links:
        pair = np.sort(random.choice(pair, links, replace=False))
    return Net(parties, (pair // parties).astype(np.uint32), (pair % parties).astype(np.uint32))
