from typing import Literal

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.tiers import Trade, walk_tiers
from graph.errors import InvalidQuestion

SIZE = 9
NODE = st.integers(0, SIZE - 1)
SUPPLY = st.tuples(NODE, NODE, st.one_of(st.none(), st.integers(0, 50)), st.integers(-1, 2)).filter(
    lambda s: s[0] != s[1]
)
Supply = tuple[int, int, int | None, int]


def trade(supplies: list[Supply]) -> Trade:
    amounts = [np.nan if s[2] is None else s[2] for s in supplies]
    return Trade.between(SIZE, [s[0] for s in supplies], [s[1] for s in supplies], amounts, [s[3] for s in supplies])


@given(st.lists(SUPPLY, max_size=25), st.sampled_from(["upstream", "downstream"]), st.integers(1, 5))
@settings(max_examples=300, deadline=None)
def test_tiers_are_the_distances_against_or_along_the_arrows(
    supplies: list[Supply], direction: Literal["upstream", "downstream"], depth: int
) -> None:
    net = nx.MultiDiGraph()
    net.add_nodes_from(range(SIZE))
    net.add_edges_from((s[1], s[0]) if direction == "upstream" else (s[0], s[1]) for s in supplies)
    expected = nx.single_source_shortest_path_length(net, 0, cutoff=depth)
    found = walk_tiers(trade(supplies), 0, direction=direction, depth=depth)
    assert {x: int(d) for x, d in enumerate(found.depth) if d >= 0} == expected
    for tier in found.tiers:
        assert tier.parties == sum(d == tier.depth for d in expected.values())
        near = 1 if direction == "upstream" else 0
        steps = {k for k, s in enumerate(supplies) if expected.get(s[near]) == tier.depth - 1}
        assert set(tier.links.tolist()) == steps
        assert tier.total == len(steps)


@given(st.lists(SUPPLY, max_size=25))
@settings(max_examples=300, deadline=None)
def test_shares_and_single_sources_are_what_the_buyers_books_say(supplies: list[Supply]) -> None:
    for tier in walk_tiers(trade(supplies), 0, depth=SIZE).tiers:
        for link, share, single in zip(tier.links, tier.share, tier.single, strict=True):
            seller, buyer, amount, product = supplies[link]
            all_bought = sum(s[2] or 0 for s in supplies if s[1] == buyer)
            rivals = [s[3] for s in supplies if s[1] == buyer and s[0] != seller]
            assert single == (not rivals if product == -1 else not {product, -1} & set(rivals))
            if amount is None or all_bought == 0:
                assert np.isnan(share)
            else:
                assert share == pytest.approx(amount / all_bought)


def test_a_hub_is_paged_largest_first() -> None:
    hub = Trade.between(1001, range(1, 1001), [0] * 1000, range(1, 1001))
    (page,) = walk_tiers(hub, 0, offset=10, limit=5).tiers
    assert (page.parties, page.total) == (1000, 1000)
    assert hub.amount[page.links].tolist() == [990, 989, 988, 987, 986]


@pytest.mark.parametrize(("start", "depth", "limit"), [(SIZE, 1, 1), (-1, 1, 1), (0, 0, 1), (0, 1, -1)])
def test_what_cannot_be_asked_is_refused(start: int, depth: int, limit: int) -> None:
    with pytest.raises(InvalidQuestion):
        walk_tiers(trade([]), start, depth=depth, limit=limit)
