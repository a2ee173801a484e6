"""Distress from one shock, against repeated products of a sparse matrix."""

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.distress import Impact, debtrank
from benchmarks.graphs import chung_lu
from benchmarks.timing import compare

FINE = 1e-6
"""Largest rise that is not passed on."""


def impact_of(parties: int, links: int) -> Impact:
    """Claims that come to half of each creditor's equity at most, so that distress fades."""
    graph, random = chung_lu(parties, links), np.random.default_rng(8)
    claim = random.random(len(graph.tail))
    whole = np.bincount(graph.head, claim, minlength=parties)
    return Impact.weighed(parties, graph.tail, graph.head, 0.5 * claim / whole[graph.head])


SHOCKS = 50
"""Failures one after the other, of parties drawn from those with creditors."""


def over_scipy(impact: Impact, failed: list[int]) -> Callable[[], list[float]]:
    """The definition's recursion over all parties."""
    matrix = impact.matrix.tocsr()

    def run() -> list[float]:
        told = []
        for party in failed:
            h, before = shock_of(impact, party), np.zeros(impact.size)
            while np.abs(h - before).max() > FINE:
                h, before = np.minimum(1.0, h + matrix @ (h - before)), h
            told.append(round(float(h.sum()), 1))
        return told

    return run


def shock_of(impact: Impact, party: int) -> NDArray[np.float64]:
    """One party fails."""
    shock = np.zeros(impact.size)
    shock[party] = 1.0
    return shock


def run(*, quick: bool) -> None:
    """Time some shocks."""
    parties = 10_000 if quick else 100_000
    impact = impact_of(parties, 3 * parties)
    some = np.flatnonzero(np.diff(impact.arrows.start) > 0)
    failed = np.random.default_rng(9).choice(some, SHOCKS, replace=False).tolist()

    def ours() -> list[float]:
        every = (debtrank(impact, shock_of(impact, party), tolerance=FINE) for party in failed)
        return [round(float(found.h.sum()), 1) for found in every]

    compare(
        f"distress from {SHOCKS} failures, one after the other", ours, over_scipy(impact, failed),
        size=f"{parties:,} parties, {len(impact.weight):,} claims", peer_name="scipy", asked=SHOCKS * 1e-4,
    )  # fmt: skip


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
