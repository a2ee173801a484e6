"""Every holder of at least a quarter of every company, against the closed form by numpy."""

import sys

import numpy as np

from analytics.structure.ownership.pairs import pairs_above
from analytics.structure.ownership.stakes import Stakes
from benchmarks.graphs import ownership
from benchmarks.timing import best, compare, scaled


def closed_form(stakes: Stakes) -> np.ndarray:
    """Holder · n + company of each pair, from the inverse of all of I - W."""
    matrix = np.zeros((stakes.size, stakes.size))
    matrix[stakes.tail, stakes.head] = stakes.low
    inverse = np.linalg.inv(np.eye(stakes.size) - matrix)
    share = inverse / np.diag(inverse)[:, None]
    np.fill_diagonal(share, 0.0)
    return np.flatnonzero(share >= 0.25 - 5e-10)


def pairs(stakes: Stakes) -> np.ndarray:
    found = pairs_above(stakes, 0.25)
    return found.holder.astype(np.int64) * stakes.size + found.company


def run(*, quick: bool) -> None:
    """Compare where a dense matrix fits, then time the full size, for which there is no peer."""
    small, parties = (1_000, 100_000) if quick else (4_000, 1_000_000)
    graph = ownership(small, 3 * small)
    stakes = Stakes.exact(*graph, overfull="scale")
    compare(
        "every holder of 25 % or more of every company",
        lambda: pairs(stakes),
        lambda: closed_form(stakes),
        size=f"{graph.size:,} parties, {len(graph.tail):,} holdings",
        peer_name="inverse by numpy",
    )
    graph = ownership(parties, 3 * parties)
    stakes = Stakes.exact(*graph, overfull="scale")
    found = pairs_above(stakes, 0.25)
    cpu, _ = best(lambda: pairs_above(stakes, 0.25), 3)
    asked = "" if quick else ", asked 2 s"
    print(f"  at {graph.size:,} parties, {len(graph.tail):,} holdings: {len(found):,} pairs in {scaled(cpu)}{asked}")


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
