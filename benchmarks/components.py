"""Weakly connected components by union and find, against scipy, and igraph where it is installed."""

import sys

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.kernels.components import weak_components
from analytics.structure.votes import starts
from benchmarks.graphs import ownership
from benchmarks.peers import installed
from benchmarks.timing import compare


def run(*, quick: bool) -> None:
    """Time both on the same links."""
    parties = 100_000 if quick else 1_000_000
    graph = ownership(parties, 3 * parties)
    start = starts(graph.size, graph.tail)
    matrix = csr_array((graph.share, graph.head.astype(np.int32), start), shape=(graph.size, graph.size))
    compare(
        "weakly connected components",
        lambda: int((weak_components(start, graph.head) == np.arange(graph.size)).sum()),
        lambda: connected_components(matrix, directed=False)[0],
        size=f"{graph.size:,} parties, {len(graph.tail):,} holdings",
        peer_name="scipy",
        asked=None if quick else 0.05,
    )
    if igraph := installed("igraph"):
        net = igraph.Graph(graph.size, np.column_stack([graph.tail, graph.head]), directed=True)
        compare(
            "weakly connected components",
            lambda: int((weak_components(start, graph.head) == np.arange(graph.size)).sum()),
            lambda: len(net.connected_components(mode="weak")),
            size=f"{graph.size:,} parties, {len(graph.tail):,} holdings",
            peer_name="igraph",
        )


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
