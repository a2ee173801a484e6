"""Network valuation: equities by what is expected of debts on a later day, against the formula in plain NumPy."""

import sys
from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array
from scipy.stats import norm

from analytics.contagion.debts import Debts
from analytics.contagion.neva import value_network
from analytics.contagion.valuations import Merton
from benchmarks.graphs import chung_lu
from benchmarks.timing import compare

SIGMA, RECOVERY, FINE = 0.1, 0.6, 1e-13
# Largest fall that ends the rounds, as a fraction of the most that anybody has or owes.


def debts_of(parties: int, links: int) -> Debts:
    """Debts inside, others above them outside, and assets that leave a tenth of them as equity at face value."""
    graph, random = chung_lu(parties, links), np.random.default_rng(8)
    amount = 1 + random.random(len(graph.tail))
    owes, has = (np.bincount(ends, amount, minlength=parties) for ends in (graph.tail, graph.head))
    assets = 1.5 * (owes + has) + 1
    above = np.maximum(0.9 * assets + has - owes, 0.0)
    outside = np.stack([above, np.zeros(parties)], axis=1)
    rank = np.ones(len(amount), np.int64)
    return Debts.of(parties, graph.tail, graph.head, amount, assets=assets, seniority=rank, outside=outside)


def over_numpy(debts: Debts) -> Callable[[], np.ndarray]:
    """Domain reference §4.7 as it is written, round after round over everybody."""
    inside = np.bincount(debts.debtor, debts.amount, minlength=debts.size)
    claims = csr_array((debts.amount, (debts.creditor, debts.debtor)), shape=(debts.size, debts.size))
    alone, a = debts.assets - debts.owed, debts.assets
    most = max(debts.owed.max(), debts.assets.max())
    owed = np.where(inside > 0, inside, 1.0)

    def upto(x: np.ndarray, sign: int) -> np.ndarray:
        left = 1 - x / a
        found = norm.cdf((np.log(np.where(left > 0, left, 1.0)) + sign * SIGMA**2 / 2) / SIGMA)
        return np.where(left > 0, found, 0.0)

    def run() -> np.ndarray:
        equity = alone + claims @ np.ones(debts.size)
        while True:
            p, p_all = upto(equity, 1), upto(equity + owed, 1)
            c = upto(equity, -1) - upto(equity + owed, -1)
            value = 1 - p + RECOVERY * ((equity - a + owed) / owed * (p - p_all) + a / owed * c)
            following = alone + claims @ value
            if np.abs(following - equity).max() <= FINE * most:
                return following
            equity = following

    return run


def run(*, quick: bool) -> None:
    """Value one network."""
    parties = 10_000 if quick else 100_000
    debts = debts_of(parties, 3 * parties)
    model = Merton(SIGMA, RECOVERY)
    found = value_network(debts, model, tolerance=FINE)
    print(f"  {found.rounds} rounds, residual {found.residual:.1e}, {(found.value[debts.debtor, 1] < 1).sum():,} debts")

    def ours() -> np.ndarray:
        return value_network(debts, model, tolerance=FINE).equity

    compare(
        "all equities valued by a later day (NEVA, ex-ante Merton)", ours, over_numpy(debts),
        size=f"{parties:,} parties, {len(debts.amount):,} debts", peer_name="the formula in NumPy", runs=3,
    )  # fmt: skip


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
