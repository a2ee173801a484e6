"""Guarantee circles of up to 5 over a whole book, against networkx, and alone at full size; then how to unwind them."""

import sys
import time
from collections import Counter
from collections.abc import Callable

import networkx as nx
import numpy as np

from analytics.structure.guarantees.census import Circuits, circles_among, count_circles
from analytics.structure.guarantees.promises import Pairs
from analytics.structure.guarantees.topology import find_topology
from analytics.structure.guarantees.unwinding import Unwinding, unwind_circles, unwind_parts
from benchmarks.graphs import Priced, branching, chung_lu, tangled
from benchmarks.timing import best, compare, scaled

ASKED = 0.2
CIRCLES = ((130, 390), (330, 990), (1_000, 2_500), (4_000, 10_000))
"""Parties and guarantees of one tangled part, unwound until no circle over 2 is left; with --quick the first."""
PARTS = (
    (tangled, 5, ((60, 110), (100, 300), (4_000, 10_000))),
    (branching, 5, ((100, 130), (200, 280), (250, 380))),
    (tangled, 10, ((60, 110), (100, 300), (4_000, 10_000))),
    (branching, 10, ((100, 130), (200, 280), (250, 380))),
)
"""Of which kind, how many parties may hang together, and the sizes; with --quick the first of each."""


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
    few = slice(1 if quick else None)
    for size, count in CIRCLES[few]:
        unwound("no circle over 2", tangled(size, count), lambda it: unwind_circles(*it, longest=2))
    for make, most, sizes in PARTS:
        for size, count in sizes[few]:
            what = f"{make.__name__}, no more than {most} together"
            unwound(what, make(size, count), lambda it, most=most: unwind_parts(*it, largest=most))


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


def unwound(what: str, priced: Priced, call: Callable[[Priced], Unwinding]) -> None:
    """Unwind once, by the wall clock."""
    start = time.perf_counter()
    found = call(priced)
    wall = time.perf_counter() - start
    pairs, sure = len(priced.promises.pairs), "proven" if found.proven else f"gap {found.gap:.0%}"
    size = f"{priced.promises.size:,} parties, {pairs:,} pairs"
    print(f"unwound, {what}, {size}: {scaled(wall)} (wall), {sure}, cost {found.cost:,.0f}", flush=True)


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
