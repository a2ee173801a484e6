from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.linkage.cut import fewest_to_refute
from graph.errors import InvalidQuestion

SIZE = 6
FACT = st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)).filter(lambda pair: pair[0] != pair[1])
FACTS = st.lists(st.tuples(FACT, st.sampled_from([0.25, 0.5, 1.0])), min_size=1, max_size=11)


def tied(facts: list[tuple[int, int]], refuted: tuple[int, ...]) -> bool:
    net = nx.Graph([pair for k, pair in enumerate(facts) if k not in refuted])
    net.add_nodes_from((0, 1))
    return nx.has_path(net, 0, 1)


@given(FACTS)
@settings(max_examples=300, deadline=None)
def test_no_smaller_set_of_facts_parts_them_and_no_less_trusted_one_of_its_size(
    given: list[tuple[tuple[int, int], float]],
) -> None:
    facts, trust = [pair for pair, _ in given], [confidence for _, confidence in given]
    cut = fewest_to_refute(*zip(*facts, strict=True), trust, source=0, target=1)
    sets = (some for size in range(len(facts) + 1) for some in combinations(range(len(facts)), size))
    parting = [some for some in sets if not tied(facts, some)]
    best = min((len(some), sum(trust[k] for k in some)) for some in parting)
    assert not tied(facts, cut.facts)
    assert (len(cut), sum(trust[k] for k in cut.facts)) == best


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_a_large_web_has_the_cut_that_networkx_finds(seed: int) -> None:
    random = np.random.default_rng(seed)
    ends = random.integers(0, 60, (200, 2))
    facts = [(int(a), int(b)) for a, b in ends if a != b]
    net = nx.Graph()
    net.add_nodes_from((0, 1))
    for a, b in facts:
        net.add_edge(a, b, capacity=net.get_edge_data(a, b, {"capacity": 0})["capacity"] + 1)
    cut = fewest_to_refute(*zip(*facts, strict=True), np.ones(len(facts)), source=0, target=1)
    assert len(cut) == nx.minimum_cut_value(net, 0, 1)


def test_facts_side_by_side_have_all_to_fall() -> None:
    assert fewest_to_refute([0, 1, 0], [1, 0, 1], [1, 1, 1], source=0, target=1).facts == (0, 1, 2)


def test_parties_that_nothing_ties_need_no_refutation() -> None:
    assert fewest_to_refute([0], [2], [1], source=0, target=1).facts == ()


def test_what_is_not_said_of_confidence_is_trusted_whole() -> None:
    assert fewest_to_refute([0, 2], [2, 1], [np.nan, 0.9], source=0, target=1).facts == (1,)


def test_a_party_is_not_cut_off_from_itself() -> None:
    with pytest.raises(InvalidQuestion):
        fewest_to_refute([0], [1], [1], source=1, target=1)
