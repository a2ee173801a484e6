"""Clearing of a network of debts, against repeated products of a sparse matrix."""

import sys
from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from analytics.contagion.clearing import clear
from analytics.contagion.debts import Debts
from analytics.kernels.clearing import HAIR
from benchmarks.graphs import chung_lu
from benchmarks.timing import compare

FINE = 1e-9
"""Largest change at which both stop, as a fraction of the largest debt."""


def debts_of(parties: int, links: int) -> Debts:
    """Debts of 1 to 100; one party in ten has a tenth of what it owes net, the others half more."""
    graph, random = chung_lu(parties, links), np.random.default_rng(7)
    owed = 1 + 99 * random.random(len(graph.tail))
    due, claims = (np.bincount(end, owed, minlength=parties) for end in (graph.tail, graph.head))
    net = np.maximum(due - claims, 0.0) + 5.0
    assets = net * np.where(random.random(parties) < 0.1, 0.1, 1.5)
    return Debts.of(parties, graph.tail, graph.head, owed, assets=assets, outside=np.full(parties, 5.0))


def over_scipy(debts: Debts) -> Callable[[], list[int]]:
    """The textbook's iteration, from full payment down."""
    owed = debts.owed
    passes = csr_array((debts.part, (debts.creditor, debts.debtor)), shape=(debts.size, debts.size))

    def run() -> list[int]:
        paid = owed.copy()
        while True:
            following = np.minimum(owed, debts.assets + passes @ paid)
            if np.abs(following - paid).max() <= FINE * owed.max():
                return np.flatnonzero(following < owed * (1 - HAIR)).tolist()  # type: ignore[no-any-return]
            paid = following

    return run


def run(*, quick: bool) -> None:
    """Time one clearing."""
    parties = 100_000 if quick else 1_000_000
    debts = debts_of(parties, 3 * parties)
    found, peer = clear(debts, tolerance=FINE), over_scipy(debts)
    print(f"  {len(found.defaults):,} default in {found.waves} waves, residual {found.residual:.1e}")

    def ours() -> list[int]:
        return clear(debts, tolerance=FINE).defaults.tolist()  # type: ignore[no-any-return]

    compare(
        "clearing of all debts", ours, peer,
        size=f"{parties:,} parties, {len(debts.amount):,} debts", peer_name="scipy", asked=0.25,
    )  # fmt: skip


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
