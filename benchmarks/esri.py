"""Every firm's failure along supplies, and one alone, against the paper's rounds in numpy and scipy.

The peer goes the same rounds, one shock at a time.
"""

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analytics.contagion.supply.cascade import cascade, shock_of
from analytics.contagion.supply.network import ESSENTIAL, IRRELEVANT, REPLACEABLE, SupplyNetwork
from analytics.contagion.supply.ranking import every_firm
from benchmarks.graphs import chung_lu
from benchmarks.timing import compare

INDUSTRIES = 616
Numbers = NDArray[np.float64]


def supplies(firms: int, links: int) -> SupplyNetwork:
    """Sales of heavy-tailed size between firms of 616 industries, each pair of which has its essentiality."""
    graph, random = chung_lu(firms, links), np.random.default_rng(5)
    amount = random.lognormal(0.0, 1.0, len(graph.tail))
    sales = np.bincount(graph.tail, amount, minlength=firms)
    return SupplyNetwork.of(
        firms, graph.tail, graph.head, amount, industry=random.integers(0, INDUSTRIES, firms),
        essential=random.choice([IRRELEVANT, REPLACEABLE, ESSENTIAL], (INDUSTRIES, INDUSTRIES), p=[0.2, 0.3, 0.5]),
        revenue=np.where(sales > 0, sales * (1 + 0.6 * random.random(firms)), 0.0),
    )  # fmt: skip


def over_scipy(network: SupplyNetwork, failed: list[int], stop: float) -> Callable[[], Numbers]:
    """The paper's rounds: a product of a sparse matrix for each direction, minima by group."""
    inputs, size, sales = network.inputs, network.size, network.sales
    shape = len(inputs.links) - 1, size
    by_group = csr_array((inputs.part, network.seller[inputs.link].astype(np.int32), inputs.links), shape=shape)
    upstream = csr_array((network.reliance, (network.seller, network.buyer)), shape=(size, size))
    begins = np.flatnonzero(np.diff(inputs.groups))

    def follow(firm: int) -> float:
        down, up = np.zeros(size), np.zeros(size)
        down[firm] = up[firm] = 1.0
        worst = np.inf
        while worst > stop:
            left = np.bincount(network.industry, sales * (1 - down), minlength=network.industries)[network.industry]
            sigma = np.minimum(1.0, np.divide(sales, left, out=np.ones(size), where=left > 0))
            after = down.copy()
            lacking = np.maximum.reduceat(by_group @ (sigma * down), inputs.groups[begins])
            after[begins] = np.minimum(1.0, np.maximum(after[begins], lacking))
            after_up = np.minimum(1.0, np.maximum(up, upstream @ up))
            worst = max(float((after - down).max()), float((after_up - up).max()))
            down, up = after, after_up
        return float(sales @ np.maximum(down, up) / sales.sum())

    return lambda: np.round([follow(firm) for firm in failed], 5)


def run(*, quick: bool) -> None:
    """Time failures of firms that sell, drawn from all."""
    compared(10_000, 160, alone=1.9e-3, beside=0.8e-3)
    if not quick:
        compared(100_000, 48, alone=34e-3, beside=20e-3)


def compared(firms: int, drawn: int, *, alone: float, beside: float) -> None:
    """Failures one after the other and side by side, at the authors' stop and at ours."""
    network = supplies(firms, 8 * firms)
    some = np.flatnonzero(network.sales > 0)
    failed = np.random.default_rng(6).choice(some, drawn, replace=False).tolist()
    size = f"{firms:,} firms, {len(network.amount):,} supplies"
    for stop in (1e-2, 1e-6):
        found = every_firm(network, failed, stop=stop)
        course = f"{found.rounds.mean():.1f} rounds and {found.total.mean():.2%} lost on average"
        at = f"{drawn} failures to {stop:g}, {course}"

        def in_turn(stop: float = stop) -> Numbers:
            each = (cascade(network, shock_of(network, {firm: 1.0}), stop=stop).total for firm in failed)
            return np.round(list(each), 5)

        def together(stop: float = stop) -> Numbers:
            return np.round(every_firm(network, failed, stop=stop).total, 5)

        peer = over_scipy(network, failed, stop)
        for way, ours, asked in (("one after the other", in_turn, alone), ("side by side", together, beside)):
            compare(
                f"{at}, {way}", ours, peer, size=size, peer_name="numpy and scipy", runs=3,
                asked=drawn * asked if stop == 1e-2 else None,
            )  # fmt: skip


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
