"""Moving parties: every move is one that gains."""

import networkx
import numpy as np
from scipy import sparse

from analytics.kernels.communities import move_parties


def moved(pairs: sparse.csr_array, resolution: float = 1.0) -> tuple[np.ndarray, int]:
    degree = np.asarray(pairs.sum(axis=1), np.float64)
    return move_parties(pairs.indptr.astype(np.int64), pairs.indices.astype(np.uint32), pairs.data.astype(np.float64),
                        degree, resolution)  # fmt: skip


def test_after_it_no_party_gains_by_moving_to_a_neighbours_community() -> None:
    graph = networkx.powerlaw_cluster_graph(200, 3, 0.5, seed=0)
    pairs = sparse.csr_array(networkx.to_scipy_sparse_array(graph, dtype=float))
    of, moves = moved(pairs)
    assert moves > 0
    groups = [{v for v in range(200) if of[v] == c} for c in sorted(set(of.tolist()))]
    best = networkx.community.modularity(graph, groups)
    for v in range(200):
        for c in {int(of[u]) for u in graph[v]} - {int(of[v])}:
            other = of.copy()
            other[v] = c
            changed = [{u for u in range(200) if other[u] == k} for k in sorted(set(other.tolist()))]
            assert networkx.community.modularity(graph, changed) <= best + 1e-9


def test_a_tie_of_a_party_to_itself_draws_it_nowhere() -> None:
    """Two communities of a level above: much inside each, one tie between them."""
    of, moves = moved(sparse.csr_array(np.array([[20.0, 1.0], [1.0, 20.0]])))
    assert (of.tolist(), moves) == ([0, 1], 0)


def test_parties_without_ties_stay_alone() -> None:
    of, _ = moved(sparse.csr_array(np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 0]])))
    assert of[0] == of[1] != of[2]
