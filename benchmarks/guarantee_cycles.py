"""All guarantee circles of up to 5 over a whole book, against networkx; the search alone at full size."""

import sys
from collections import Counter
from collections.abc import Callable

import networkx as nx
import numpy as np

from analytics.structure.guarantees.census import Circuits, circles_among, count_circles
from analytics.structure.guarantees.promises import Pairs
from analytics.structure.guarantees.topology import find_topology
from benchmarks.graphs import chung_lu
from benchmarks.timing import best, compare, scaled

ASKED = 0.2


def guarantees(parties: int, count: int, *, kind: str = "local") -> Pairs:
    """Arrows of which every tenth is returned (互保): to one of the hundred nearest, to anybody, or with hubs.

    Only among neighbours do strongly connected parts stay small enough for networkx, which searches such a
    part anew after each of its parties.
    """
    random = np.random.default_rng(1)
    one_way = count * 10 // 11
    tail, head = random.integers(0, parties, (2, one_way))
    if kind == "local":
        head = (tail + random.integers(-50, 51, one_way)) % parties
    if kind == "hubs":
        _, tail, head = chung_lu(parties, one_way)
    mutual = random.random(len(tail)) < 0.1
    return Pairs.of(parties, np.concatenate([tail, head[mutual]]), np.concatenate([head, tail[mutual]]))


def over_networkx(pairs: Pairs) -> Callable[[], dict[int, int]]:
    net = nx.DiGraph()
    net.add_edges_from(zip(pairs.tail.tolist(), pairs.head.tolist(), strict=True))
    return lambda: dict(sorted(Counter(map(len, nx.simple_cycles(net, length_bound=5))).items()))


def run(*, quick: bool) -> None:
    """Time the census against networkx, then alone at full size, also where a few hubs guarantee many."""
    size, count = (20_000, 26_000) if quick else (100_000, 128_000)
    small = guarantees(size, count)
    compare(
        "all guarantee circles of up to 5",
        lambda: count_circles(small).count,
        over_networkx(small),
        size=f"{size:,} parties, {len(small):,} guarantees",
        peer_name="networkx",
    )
    size, count = (100_000, 130_000) if quick else (1_000_000, 1_300_000)
    for kind in ("local", "anybody", "hubs"):
        alone(guarantees(size, count, kind=kind), kind, asked=not quick)


def alone(pairs: Pairs, kind: str, *, asked: bool) -> None:
    circuits = Circuits.of(pairs)
    print(f"alone, {kind}, {pairs.size:,} parties, {len(pairs):,} guarantees, {count_circles(pairs).total:,} circles:")
    for part, call in (
        (f"in all{f' (asked {scaled(ASKED)})' if asked else ''}", lambda: count_circles(pairs)),
        ("what can lie on a circle", lambda: Circuits.of(pairs)),
        ("the search", lambda: circles_among(circuits, len(pairs))),
        ("forms of all circles and their cores", lambda: find_topology(pairs)),
    ):
        print(f"  {part}: {scaled(best(call, 5)[0])}", flush=True)


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
