"""Integrated ownership: one owner against scipy's power series, then how it grows."""

import sys
from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from analytics.structure.ownership.row import integrated_row
from analytics.structure.ownership.stakes import Stakes
from benchmarks.graphs import ownership
from benchmarks.timing import best, compare, scaled


def power_series(stakes: Stakes, owner: int) -> Callable[[], np.ndarray]:
    """Walks of one length after the other until they carry less than 1e-12, over a matrix made before."""
    size, keep = stakes.size, stakes.head != owner
    matrix = csr_array((stakes.low[keep], (stakes.head[keep], stakes.tail[keep])), shape=(size, size))

    def run() -> np.ndarray:
        walk = np.zeros(size)
        walk[owner] = 1.0
        total = np.zeros(size)
        while walk.max() > 1e-12:
            walk = matrix @ walk
            total += walk
        return total

    return run


def whole(stakes: Stakes, owner: int) -> np.ndarray:
    row = integrated_row(stakes, owner)
    found = np.zeros(stakes.size)
    found[row.company] = row.share
    return found


def run(*, quick: bool) -> None:
    """Time one owner of much, the order that all share, and both from 10k holdings to 10M."""
    for holdings in (10_000, 100_000, 300_000) if quick else (10_000, 100_000, 1_000_000, 3_000_000, 10_000_000):
        graph = ownership(holdings // 3, holdings)
        stakes = Stakes.exact(*graph, overfull="scale")
        owner = int(np.argmax(np.diff(stakes.start)))
        once, _ = best(lambda graph=graph: Stakes.exact(*graph, overfull="scale").order, 1)
        compare(
            "integrated ownership of one owner",
            lambda stakes=stakes, owner=owner: whole(stakes, owner),
            power_series(stakes, owner),
            size=f"{graph.size:,} parties, {len(graph.tail):,} holdings",
            peer_name="power series of scipy",
            asked=0.15 if holdings == 3_000_000 else None,
        )
        print(f"  once before: {scaled(once)}")


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
