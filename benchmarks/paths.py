"""All simple paths between two nodes, against networkx, and igraph where it is installed."""

import sys
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

from analytics.structure.paths import Tie, Web, paths_between
from benchmarks.graphs import Net, chung_lu
from benchmarks.peers import installed
from benchmarks.timing import compare


def run(*, quick: bool) -> None:
    """Time the paths of some pairs of nodes at the ends of random links."""
    graph = chung_lu(100_000, 800_000)
    links = np.random.default_rng(2).integers(0, len(graph.tail), (1 if quick else 4, 2))
    pairs = np.column_stack([graph.tail[links[:, 0]], graph.head[links[:, 1]]]).tolist()
    web = Web.of(graph.size, [Tie(graph.tail, graph.head)], directed=True)
    peers = {"networkx": over_networkx(graph, pairs)}
    if igraph := installed("igraph"):
        peers["igraph"] = over_igraph(igraph, graph, pairs)
    for name, peer in peers.items():
        compare(
            "all simple paths of up to 5 steps between two nodes",
            lambda: [paths_between(web, a, b, max_degree=graph.size).total for a, b in pairs],
            peer,
            size=f"{graph.size:,} parties, {len(graph.tail):,} links, {len(pairs)} pairs",
            peer_name=name,
            asked=1e-3 * len(pairs),
        )


def over_networkx(graph: Net, pairs: list[list[int]]) -> Callable[[], list[int]]:
    net = nx.DiGraph()
    net.add_edges_from(zip(graph.tail.tolist(), graph.head.tolist(), strict=True))
    return lambda: [sum(1 for _ in nx.all_simple_paths(net, a, b, cutoff=5)) for a, b in pairs]


def over_igraph(igraph: Any, graph: Net, pairs: list[list[int]]) -> Callable[[], list[int]]:
    net = igraph.Graph(graph.size, np.column_stack([graph.tail, graph.head]), directed=True)
    return lambda: [len(net.get_all_simple_paths(a, b, maxlen=5, mode="out")) for a, b in pairs]


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
