"""A network taken apart party by party: how near it is to a tree, and what a programme over it costs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.bags import Bags
from analytics.kernels.compiled import frozen

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Elimination:
    """Parties of a network in an order in which few wait for few."""

    order: NDArray[np.int64]
    """Party of each place in the order."""
    bags: Bags

    @property
    def entries(self) -> int:
        """Entries of all tables."""
        return int(self.bags.table[-1])

    @property
    def work(self) -> int:
        """Steps to fill them."""
        bags = self.bags
        parents = np.repeat(np.arange(len(bags.load)), np.diff(bags.child_start))
        joins = np.bincount(parents, (bags.most[bags.child] + 1.0) * (bags.most[parents] + 1.0), len(bags.load))
        return int((2.0 ** (np.diff(bags.start) + 1.0) * (joins + bags.most + 1.0)).sum())


def eliminate(
    ties: dict[tuple[int, int], float], load: NDArray[np.int64], room: int, widest: int
) -> Elimination | None:
    r"""Take parties out of a network one by one, each time one whose neighbours lack fewest ties.

    A party waits for those of its neighbours that are still there, which are tied to each other from then on:

    .. math:: N^+(v) = \{u \in N(v) : u \text{ later}\}, \qquad N(u) \leftarrow N(u) \cup N^+(v) \setminus \{u, v\}

    Parameters
    ----------
    ties : dict of (a, b), a < b, to worth in whole units of currency
        Ties between n parties.
    load : (n,) array
        What each party takes of the room of a piece, at least 1.
    room : int
        Most load of a piece.
    widest : int
        Most parties that one may wait for: tables double with each. None is given where it would be more.

    Raises
    ------
    Nothing.

    Source
    ------
    Bodlaender & Koster, "Treewidth Computations I. Upper Bounds", Information and Computation 208 (2010), 259,
    for least fill.

    Example
    -------
    >>> found = eliminate({(0, 1): 5.0, (0, 2): 3.0}, np.ones(3, np.int64), 2, 4)
    >>> found.order.tolist(), found.entries
    ([1, 0, 2], 13)
    """
    size = len(load)
    near: list[set[int]] = [set() for _ in range(size)]
    for a, b in ties:
        near[a].add(b)
        near[b].add(a)
    order, behind = _order(near, widest)
    if len(order) < size:
        return None
    return Elimination(np.array(order, np.int64), _bags(ties, load, room, order, behind))


def _bags(
    ties: dict[tuple[int, int], float], load: NDArray[np.int64], room: int, order: list[int], behind: list[set[int]]
) -> Bags:
    """Who waits for whom, by place in the order."""
    size = len(load)
    position = np.empty(size, np.int64)
    position[order] = np.arange(size)
    separators = [sorted(position[list(behind[x])].tolist()) for x in order]
    children: list[list[int]] = [[] for _ in range(size)]
    total, place = load[order].copy(), []
    for p, separator in enumerate(separators):
        if separator:
            children[separator[0]].append(p)
            total[separator[0]] += total[p]
            inside = {q: t for t, q in enumerate(separators[separator[0]])}
            place += [inside.get(q, len(inside)) for q in separator]
    most = np.minimum(total, room)
    worth = [_tie(ties, order[p], order[q]) for p in range(size) for q in separators[p]]
    width = [len(separator) for separator in separators]
    whole = (width, place, [len(each) for each in children], [c for each in children for c in each])
    waits, stands, counts, child = (frozen(np.array(x, np.int64), np.int64) for x in whole)
    return Bags(
        frozen(load[order], np.int64), room, _stops(waits), frozen(worth, np.float64), stands, _stops(counts), child,
        _stops((1 << waits) * (most + 1)), frozen(most, np.int64),
    )  # fmt: skip


def _order(near: list[set[int]], widest: int) -> tuple[list[int], list[set[int]]]:
    """Least fill first, then least degree, then the first party; what each leaves behind it."""
    behind: list[set[int]] = [set() for _ in near]
    lacking = {v: _lacking(near, v) for v in range(len(near))}
    order: list[int] = []
    while lacking:
        v = min(lacking, key=lambda x: (lacking[x], len(near[x]), x))
        if len(near[v]) > widest:
            break
        del lacking[v]
        order.append(v)
        behind[v] = around = near[v]
        for u in around:
            near[u] = (near[u] | around) - {u, v}
        for u in around.union(*(near[u] for u in around)):
            lacking[u] = _lacking(near, u)
    return order, behind


def _lacking(near: list[set[int]], v: int) -> int:
    """Ties that the neighbours of a party lack to be all tied to each other."""
    degree = len(near[v])
    return (degree * (degree - 1) - sum(len(near[u] & near[v]) for u in near[v])) // 2


def _tie(ties: dict[tuple[int, int], float], a: int, b: int) -> float:
    return ties.get((min(a, b), max(a, b)), 0.0)


def _stops(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return frozen(np.append(0, np.cumsum(counts)), np.int64)
