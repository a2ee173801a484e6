"""Distress: one shock, against repeated products of a sparse matrix; every firm's impact, against the dense inverse.

R's NetworkRiskMeasures is a peer by name only: R is not among what these benchmarks install, so it is left out.
"""

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.distress import Impact
from analytics.contagion.frontier import Frontier
from analytics.contagion.impacts import bound_impacts, failures, impacts
from benchmarks.graphs import chung_lu
from benchmarks.timing import best, compare, scaled

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
            h, before = np.zeros(impact.size), np.zeros(impact.size)
            h[party] = 1.0
            while np.abs(h - before).max() > FINE:
                h, before = np.minimum(1.0, h + matrix @ (h - before)), h
            told.append(round(float(h.sum()), 1))
        return told

    return run


def by_inverse(impact: Impact, weights: NDArray[np.float64]) -> Callable[[], list[int]]:
    """The closed form of every impact where nobody else fails: columns of (I − Λ)⁻¹ by their diagonal."""

    def run() -> list[int]:
        inverse = np.linalg.inv(np.eye(impact.size) - impact.matrix.toarray())
        loss = weights @ (inverse / np.diagonal(inverse)) - weights
        return np.argsort(-loss, kind="stable")[:TOP].tolist()  # type: ignore[no-any-return]

    return run


def by_series(impact: Impact, weights: NDArray[np.float64]) -> Callable[[], float]:
    """v + Λᵀv + Λᵀ²v + … by scipy: the adjoint alone, without anybody's own cap."""
    back = impact.matrix.T.tocsr()

    def run() -> float:
        total, term = weights.copy(), weights
        while (term > FINE * total).any():
            term = back @ term
            total += term
        return round(float(total.sum()), 3)

    return run


TOP = 10


def foremost(impact: Impact, weights: NDArray[np.float64]) -> Callable[[], list[int]]:
    """The same by bounds and single runs."""

    def run() -> list[int]:
        return impacts(impact, weights, top=TOP).top.party.tolist()  # type: ignore[no-any-return]

    return run


def one_by_one(*, quick: bool) -> None:
    """Failures of some firms, each alone."""
    parties = 10_000 if quick else 100_000
    impact = impact_of(parties, 3 * parties)
    some = np.flatnonzero(np.diff(impact.arrows.start) > 0)
    failed = np.random.default_rng(9).choice(some, SHOCKS, replace=False).tolist()
    frontier, size = Frontier(impact), f"{parties:,} parties, {len(impact.weight):,} claims"

    def ours() -> list[float]:
        return [round(float(frontier.debtrank(party, tolerance=FINE).h.sum()), 1) for party in failed]

    compare(
        f"distress from {SHOCKS} failures, one after the other", ours, over_scipy(impact, failed),
        size=size, peer_name="scipy", asked=SHOCKS * 1e-4,
    )  # fmt: skip
    weights = np.full(parties, 1 / parties)
    cpu, _ = best(lambda: failures(impact, weights, some[::10], tolerance=FINE), 3)
    print(f"  every tenth of {len(some):,} failures, costs alone: {scaled(cpu)}, {scaled(cpu / len(some[::10]))} each")


def all_firms(*, quick: bool) -> None:
    """Every firm's impact: where a dense matrix fits, then the full size."""
    small, parties = (1_000, 100_000) if quick else (3_000, 1_000_000)
    impact, weights = impact_of(small, 3 * small), np.full(small, 1 / small)
    compare(
        f"the {TOP} firms whose failure costs most, proven", foremost(impact, weights), by_inverse(impact, weights),
        size=f"{small:,} parties, {len(impact.weight):,} claims", peer_name="inverse by numpy",
    )  # fmt: skip
    impact, weights = impact_of(parties, 3 * parties), np.full(parties, 1.0)
    size = f"{parties:,} parties, {len(impact.weight):,} claims"
    found = impacts(impact, weights, top=TOP)
    cpu, _ = best(lambda: impacts(impact, weights, top=TOP), 2)
    print(f"  {size}: the {TOP} foremost by {found.runs} runs in {scaled(cpu)}, certain {found.certain}")
    compare(
        "every firm's impact bounded by one solve, own caps corrected",
        lambda: round(float(bound_impacts(impact, weights, tolerance=FINE).worth.sum()), -2),
        lambda: round(by_series(impact, weights)(), -2),
        size=size, peer_name="scipy power series of the solve alone", asked=None if quick else 1.0,
    )  # fmt: skip


def run(*, quick: bool) -> None:
    """Time some shocks, then everybody's."""
    one_by_one(quick=quick)
    all_firms(quick=quick)


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
