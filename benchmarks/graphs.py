"""Random graphs of the size and shape that the figures were taken on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.structure.guarantees.promises import Promises


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


class Priced(NamedTuple):
    """Guarantees, and what it costs to end each."""

    promises: Promises
    cost: NDArray[np.float64]


def tangled(parties: int, guarantees: int, *, seed: int = 4) -> Priced:
    """Guarantees between parties drawn from all alike; costs of 1 to 98."""
    random = np.random.default_rng(seed)
    tail, head = random.integers(0, parties, (2, guarantees))
    return Priced(Promises.between(parties, tail, head), random.integers(1, 99, guarantees).astype(np.float64))


def branching(parties: int, guarantees: int, *, seed: int = 4) -> Priced:
    """A tree grown onto whom many are tied to already, then more among those; every tenth is returned (互保)."""
    random = np.random.default_rng(seed)
    ties, arrows = np.ones(parties), list[tuple[int, int]]()

    def tie(a: int, b: int) -> None:
        arrows.extend([(a, b), (b, a)] if random.random() < 0.1 else [(a, b)])

    for new in range(1, parties):
        old = int(random.choice(new, p=ties[:new] / ties[:new].sum()))
        ties[[old, new]] += 1
        tie(*((old, new) if random.random() < 0.5 else (new, old)))
    while len(arrows) < guarantees:
        a, b = random.choice(parties, 2, replace=False, p=ties / ties.sum()).tolist()
        tie(a, b)
    tail, head = np.array(arrows).T
    return Priced(Promises.between(parties, tail, head), np.exp(random.normal(3, 1.2, len(tail))).round(2))
