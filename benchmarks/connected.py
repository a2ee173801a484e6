"""Groups of connected clients of a whole book, and of one borrower, against the same closures over networkx."""

import sys
import time
from collections.abc import Callable

import networkx as nx
import numpy as np
import pandas as pd

from analytics.structure.connected import connected_groups
from analytics.structure.control import solve_control
from analytics.structure.dependence.figures import Amounts, Sheet, Ties, figures
from analytics.structure.dependence.rules import rule_sets
from analytics.structure.dependence.suspected import suspect
from analytics.structure.groups import Groups, control_groups
from analytics.structure.votes import Arrows, Holdings
from benchmarks.graphs import chung_lu, ownership
from benchmarks.timing import compare

Found = list[tuple[int, ...]]


def run(*, quick: bool) -> None:
    """Time all groups of a book, then those of single borrowers."""
    size = 100_000 if quick else 1_000_000
    graph = ownership(size, 3 * size)
    groups = control_groups(solve_control(Holdings.exact(size, graph.tail, graph.head, graph.share)))
    random = np.random.default_rng(5)
    # One party in ten depends on another, some of them on the same few.
    net = chung_lu(size, size // 10, seed=7)
    falls = Arrows.of(size, net.head, net.tail)
    clients = np.sort(random.choice(size, size // 10, replace=False)).tolist()
    compare(
        "all groups of connected clients",
        lambda: listed(connected_groups(groups, falls, clients)),
        peer(groups, falls, clients),
        size=f"{len(clients):,} borrowers, {size:,} parties, {len(net.tail):,} dependences",
        peer_name="closures over networkx",
        asked=None if quick else 10.0,
        runs=3,
    )
    spent = []
    some = random.choice(clients, 1000, replace=False).tolist()
    for client in some:
        began = time.thread_time()
        connected_groups(groups, falls, [client])
        spent.append(time.thread_time() - began)
    p50, p99 = np.percentile(spent, [50, 99]) * 1e3
    print(f"groups of one borrower, {len(some)} of them: p50 {p50:.2f} ms, p99 {p99:.2f} ms, asked 5 ms")
    suspicions(size, random)


def suspicions(size: int, random: np.random.Generator) -> None:
    """Time the suspected dependences of a whole graph, against pandas."""
    sales = chung_lu(size, 2 * size, seed=11)
    amount = random.random(len(sales.tail)) * 100
    stated = np.where(random.random((2, size)) < 0.7, random.random((2, size)) * 200, np.nan)
    none = Amounts("OWES", *np.zeros((2, 0), np.uint32), np.zeros(0), np.zeros(0, np.int64))
    sold = Amounts("SUPPLIES", sales.tail, sales.head, amount, np.arange(len(sales.tail)))
    row = np.arange(size)
    sheets = {"income": Sheet(stated[0], row), "cost": Sheet(stated[1], row)}
    criteria = rule_sets()["cn-annex1"].criteria
    frame = pd.DataFrame({"seller": sales.tail, "buyer": sales.head, "amount": amount})

    def theirs() -> int:
        sums = frame.groupby(["seller", "buyer"], sort=False)["amount"].sum().reset_index()
        sells = np.rint(sums["amount"] / stated[0][sums["seller"]] * 1e9) >= 5e8
        buys = np.rint(sums["amount"] / stated[1][sums["buyer"]] * 1e9) >= 5e8
        buyers = sums[buys].rename(columns={"seller": "buyer", "buyer": "seller"})
        return len(pd.concat([sums[sells], buyers])[["seller", "buyer"]].drop_duplicates())

    def ours() -> int:
        return len(suspect(criteria, figures(Ties(sold, none, none, none, none), sheets)))

    compare(
        "suspected dependences",
        ours,
        theirs,
        size=f"{size:,} parties, {len(sales.tail):,} sales",
        peer_name="two shares by pandas, no sources kept and nothing told untested",
        runs=3,
    )


def listed(found: list[np.ndarray]) -> Found:
    return sorted(tuple(group.tolist()) for group in found)


def peer(groups: Groups, falls: Arrows, clients: list[int]) -> Callable[[], Found]:
    """Each seed's closure by breadth-first search; a set is dropped where another holds it whole."""
    net: nx.DiGraph = nx.DiGraph()
    net.add_nodes_from(clients)
    tails = np.repeat(np.arange(len(falls.start) - 1), np.diff(falls.start))
    net.add_edges_from(zip(tails.tolist(), falls.head.tolist(), strict=True))
    mine = set(clients)
    below = {x: set(groups.control.controlled_by(x).tolist()) for x in set(falls.head.tolist())}

    def closure(seed: set[int]) -> frozenset[int]:
        fallen, wave = set(seed), list(seed)
        while wave:
            x = wave.pop()
            for y in net.successors(x) if x in net else ():
                new = ({y} | below[y]) - fallen
                fallen |= new
                wave += new
        return frozenset(fallen & mine)

    def all_groups() -> Found:
        seeds = [set(groups.members(k).tolist()) for k in range(len(groups))]
        inside = set().union(*seeds) if seeds else set()
        seeds += [{x} for x in (set(net) - inside)]
        sets = {closure(seed) for seed in seeds} - {frozenset()}
        holding: dict[int, list[frozenset[int]]] = {}
        for group in sets:
            for x in group:
                holding.setdefault(x, []).append(group)
        kept = (
            g
            for g in sets
            if not any(g < other for x in [min(g, key=lambda x: len(holding[x]))] for other in holding[x])
        )
        return sorted(tuple(sorted(g)) for g in kept)

    return all_groups


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
