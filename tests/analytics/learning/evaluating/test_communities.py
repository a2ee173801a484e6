"""Communities against networkx, and folds that keep them whole."""

import networkx
import numpy as np
import pytest
from scipy import sparse

from analytics.learning.evaluating.communities import Folds, communities, merged, modularity
from analytics.learning.panel import Panel, Part, Ties, Wave
from graph.errors import InvalidPanel


def planted(blocks: int = 20, size: int = 30, seed: int = 0) -> tuple[networkx.Graph, np.ndarray]:
    graph = networkx.planted_partition_graph(blocks, size, 0.4, 0.002, seed=seed)
    return graph, np.repeat(np.arange(blocks), size)


def network(graph: networkx.Graph) -> sparse.csr_array:
    return sparse.csr_array(networkx.to_scipy_sparse_array(graph, dtype=float, weight=None))


@pytest.mark.parametrize("seed", range(3))
def test_planted_communities_are_found(seed: int) -> None:
    graph, truth = planted(seed=seed)
    found = communities(network(graph))
    assert len(set(found)) == 20
    assert len(set(zip(truth.tolist(), found.tolist(), strict=True))) == 20


@pytest.mark.parametrize(
    "graph",
    [
        networkx.karate_club_graph(),
        networkx.les_miserables_graph(),
        networkx.powerlaw_cluster_graph(600, 3, 0.4, seed=1),
    ],
    ids=["karate", "les miserables", "power law"],
)
def test_modularity_is_about_that_of_networkx(graph: networkx.Graph) -> None:
    pairs = network(networkx.convert_node_labels_to_integers(graph))
    found = communities(pairs)
    groups = [set(np.flatnonzero(found == k).tolist()) for k in range(found.max() + 1)]
    plain = networkx.from_scipy_sparse_array(pairs)
    assert modularity(pairs, found) == pytest.approx(networkx.community.modularity(plain, groups), abs=1e-12)
    theirs = networkx.community.louvain_communities(plain, seed=0)
    assert modularity(pairs, found) > 0.95 * networkx.community.modularity(plain, theirs)


def test_no_party_gains_by_moving_alone() -> None:
    pairs = network(planted(8, 20, seed=5)[0])
    found = communities(pairs)
    best = modularity(pairs, found)
    for party in range(0, pairs.shape[0], 7):
        for other in range(found.max() + 1):
            moved = found.copy()
            moved[party] = other
            assert modularity(pairs, moved) <= best + 1e-12


def test_a_finer_resolution_gives_no_fewer_communities() -> None:
    pairs = network(networkx.powerlaw_cluster_graph(500, 3, 0.4, seed=2))
    counts = [communities(pairs, resolution=r).max() for r in (0.5, 1.0, 4.0, 16.0)]
    assert counts == sorted(counts)


def panel_of(graph: networkx.Graph, seed: int = 0, base: float = 0.1) -> Panel:
    rng, n = np.random.default_rng(seed), graph.number_of_nodes()
    ends = np.array(graph.edges, np.int32).reshape(-1, 2)
    back = rng.random(len(ends)) < 0.5
    ends[back] = ends[back][:, ::-1]
    ties = Ties(ends[:, 0].copy(), ends[:, 1].copy(), np.full(len(ends), np.nan), np.full(len(ends), -1, np.int64))
    label = (rng.random(n) < base).astype(np.int8)
    wave = Wave(None, None, np.empty((n, 0), np.float32), np.ones(n), np.zeros(n, bool), np.arange(n, dtype=np.int32),
                label, {"SUPPLIES": ties})  # fmt: skip
    return Panel(tuple(map(str, range(n))), np.ones(n, bool), (), ("SUPPLIES",), (wave,), "test")


def test_folds_keep_communities_whole_and_are_balanced() -> None:
    graph, _ = planted(40, 25)
    panel = panel_of(graph)
    folds = Folds.of(panel)
    for community in range(folds.community.max() + 1):
        assert len(set(folds.fold[folds.community == community])) == 1
    rows = np.bincount(folds.fold, minlength=5)
    bad = np.bincount(folds.fold, panel.waves[0].label, minlength=5)
    assert rows.max() < 1.2 * rows.mean()
    assert bad.max() < 1.25 * bad.mean()
    at_random = np.random.default_rng(0).integers(0, 5, panel.size)
    pairs = merged(panel).tocoo()
    assert folds.crossing < 0.4 < (at_random[pairs.coords[0]] != at_random[pairs.coords[1]]).mean()


def test_each_row_judges_once_and_never_beside_its_community() -> None:
    panel = panel_of(planted(20, 20)[0])
    folds = Folds.of(panel)
    judged = np.zeros(panel.size, int)
    for split in folds.splits(panel):
        test = split.rows(0, Part.TEST)
        judged[test] += 1
        assert not set(folds.community[test]) & set(folds.community[split.rows(0, Part.TRAIN)])
    assert (judged == 1).all()


def test_one_tangled_network_is_still_parted() -> None:
    folds = Folds.of(panel_of(networkx.barabasi_albert_graph(400, 4, seed=3)))
    rows = np.bincount(folds.fold, minlength=5)
    assert rows.min() > 0.5 * rows.mean()


def test_parties_without_links_are_spread_evenly() -> None:
    folds = Folds.of(panel_of(networkx.empty_graph(100)))
    assert np.bincount(folds.fold).max() <= 25
    assert (folds.crossing, folds.modularity) == (0.0, 0.0)


def test_relations_and_days_lie_over_one_another_once() -> None:
    """Both ways of a pair are one; another relation adds to it; a link to itself is none."""

    def ties(*ends: tuple[int, int]) -> Ties:
        tail, head = (np.array([end[k] for end in ends], np.int32) for k in (0, 1))
        return Ties(tail, head, np.ones(len(ends)), np.full(len(ends), -1, np.int64))

    empty = Ties(*(np.empty(0, np.int32),) * 2, np.empty(0), np.empty(0, np.int64))
    links = {"A": ties((0, 1), (1, 0), (0, 1), (2, 2)), "B": ties((1, 0)), "C": empty}
    nobody = np.empty(0, np.int32)
    wave = Wave(None, None, np.empty((3, 0), np.float32), np.ones(3), np.zeros(3, bool), nobody,
                nobody.astype(np.int8), links)  # fmt: skip
    found = merged(Panel(("x", "y", "z"), np.ones(3, bool), (), ("A", "B", "C"), (wave,), "test"))
    assert found.toarray().tolist() == [[0, 2, 0], [2, 0, 0], [0, 0, 0]]


def test_too_few_folds_or_parties_are_refused() -> None:
    with pytest.raises(InvalidPanel):
        Folds.of(panel_of(networkx.empty_graph(100)), count=2)
    with pytest.raises(InvalidPanel):
        Folds.of(panel_of(networkx.empty_graph(3)), count=5)
