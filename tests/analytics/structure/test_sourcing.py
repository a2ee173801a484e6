"""What supplies rest on: against plain sums over all ways, worked cases and refusals."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.sourcing import alternatives, reliance, source_tiers
from analytics.structure.tiers import Trade
from graph.errors import InvalidQuestion

SIZE = 7
NODES = st.integers(0, SIZE - 1)
PAIRS = st.tuples(NODES, NODES).filter(lambda pair: pair[0] != pair[1])
SUPPLIES = st.lists(st.tuples(PAIRS, st.integers(1, 9)), min_size=1, max_size=16, unique_by=lambda row: row[0])
Rows = list[tuple[tuple[int, int], int]]
NAN = float("nan")


def trade_of(rows: Rows) -> Trade:
    return Trade.between(SIZE, [r[0][0] for r in rows], [r[0][1] for r in rows], [float(r[1]) for r in rows])


@given(SUPPLIES, NODES)
@settings(max_examples=200, deadline=None)
def test_what_a_tier_carries_is_the_sum_over_shortest_ways_of_products_of_shares(rows: Rows, buyer: int) -> None:
    web = nx.DiGraph()
    web.add_nodes_from(range(SIZE))
    web.add_edges_from((head, tail, {"amount": amount}) for (tail, head), amount in rows)
    bought = {node: sum(data["amount"] for _, _, data in web.out_edges(node, data=True)) for node in web}
    distance = nx.single_source_shortest_path_length(web, buyer)
    for tier in source_tiers(trade_of(rows), buyer, depth=SIZE):
        for supplier, carried in zip(tier.supplier.tolist(), tier.carried.tolist(), strict=True):
            expected = sum(
                np.prod([web.edges[a, b]["amount"] / bought[a] for a, b in pairwise(way)])
                for way in [
                    *nx.all_simple_paths(web, buyer, supplier, cutoff=tier.depth),
                    *circles(web, buyer, supplier),
                ]
                if len(way) == tier.depth + 1 and all(distance[node] == k for k, node in enumerate(way[:-1]))
            )
            assert carried == pytest.approx(expected)
        assert tier.share.sum() == pytest.approx(1)
        assert 1 / len(tier.supplier) - 1e-12 <= tier.index <= 1 + 1e-12


def circles(web: nx.DiGraph, buyer: int, supplier: int) -> list[list[int]]:
    """Ways back to who stands on them already: simple but for the last step."""
    ways = []
    for node in web.predecessors(supplier):
        before = [[buyer]] if node == buyer else nx.all_simple_paths(web, buyer, node)
        ways += [[*way, supplier] for way in before if supplier in way]
    return ways


@given(SUPPLIES, NODES)
@settings(max_examples=100, deadline=None)
def test_sources_are_counted_by_who_buys(rows: Rows, buyer: int) -> None:
    before = {buyer}
    nearer = {buyer}
    for tier in source_tiers(trade_of(rows), buyer, depth=SIZE):
        for k, supplier in enumerate(tier.supplier.tolist()):
            buys = {head for (tail, head), _ in rows if tail == supplier and head in before}
            lone = {head for head in buys if not any(head == h and tail != supplier for (tail, h), _ in rows)}
            assert (tier.buyers[k], tier.only[k]) == (len(buys), len(lone))
            assert (tier.common[k], tier.single[k]) == (len(buys) > 1, len(lone) > 0)
        before = set(tier.supplier.tolist()) - nearer
        nearer |= before


def test_unknown_amounts_are_told_and_have_no_part() -> None:
    (tier,) = source_tiers(Trade.between(3, [1, 2], [0, 0], [NAN, 5.0]), 0, depth=1)
    assert (tier.supplier.tolist(), tier.share.tolist(), tier.unknown) == ([2, 1], [1.0, 0.0], 1)
    (blank,) = source_tiers(Trade.between(2, [1], [0], [NAN]), 0, depth=1)
    assert (blank.share.tolist(), blank.unknown) == ([0.0], 1)
    assert np.isnan(blank.index)


def test_a_suppliers_buyers_by_share_of_its_revenue() -> None:
    trade = Trade.between(4, [0, 0, 0, 0], [1, 2, 1, 3], [10.0, 40.0, 20.0, NAN])
    found = reliance(trade, 0)
    assert (found.buyer.tolist(), found.amount.tolist()) == ([2, 1, 3], [40.0, 30.0, 0.0])
    assert found.share.tolist() == pytest.approx([4 / 7, 3 / 7, 0])
    assert (found.unknown, found.index) == (1, pytest.approx((16 + 9) / 49))
    assert reliance(trade, 0, revenue=140).share.tolist() == pytest.approx([2 / 7, 3 / 14, 0])
    assert np.isnan(reliance(trade, 1).index)
    with pytest.raises(InvalidQuestion, match="less than it is known to sell"):
        reliance(trade, 0, revenue=50)


def test_alternatives_stand_near_first_and_not_behind_the_supplier_itself() -> None:
    # 0 buys of 1; 2 supplies 0 something else and is supplied by 3; 4 is known through 1 alone; 5 sells most.
    trade = Trade.between(
        7, [1, 2, 3, 4, 5], [0, 0, 2, 1, 6], [9, 9, 4, 5, 70], product=[1, 2, 1, 1, 1]
    )  # fmt: skip
    found = alternatives(trade, 0, 1)
    assert (found.supplier.tolist(), found.steps.tolist(), found.sales.tolist(), found.by_product) == (
        [3, 5, 4], [2, -1, -1], [4, 70, 5], True,
    )  # fmt: skip
    assert alternatives(trade, 0, 1, limit=1).supplier.tolist() == [3]


def test_where_no_product_is_said_the_industry_stands_in() -> None:
    trade = Trade.between(5, [1, 2, 3], [0, 0, 4], [9.0, 9.0, 4.0])
    found = alternatives(trade, 0, 1, industry=[5, 6, 6, 6, 6])
    assert (found.supplier.tolist(), found.by_product) == ([2, 3], False)
    for industry in (None, [5, -1, 6, 6, 6]):
        with pytest.raises(InvalidQuestion, match="neither what it sells nor its industry"):
            alternatives(trade, 0, 1, industry=industry)


def test_what_cannot_be_asked_is_refused() -> None:
    trade = Trade.between(3, [1], [0], [9.0])
    with pytest.raises(InvalidQuestion, match="not known to supply"):
        alternatives(trade, 1, 0)
    for ask in (lambda: alternatives(trade, 0, 7), lambda: reliance(trade, -1), lambda: source_tiers(trade, 9)):
        with pytest.raises(InvalidQuestion):
            ask()
