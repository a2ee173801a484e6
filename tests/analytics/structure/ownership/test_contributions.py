import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.structure.ownership.column import integrated_column
from analytics.structure.ownership.contributions import contributions
from analytics.structure.ownership.row import integrated_row
from analytics.structure.ownership.stakes import Stakes
from tests.analytics.structure.ownership.worlds import PARTS, SIZE, Links, arrays, matrix_of, worlds

NODE = st.integers(0, SIZE - 1)


@given(worlds(), NODE, NODE)
@settings(max_examples=300)
def test_first_and_last_holdings_and_their_links_sum_to_the_whole(links: Links, owner: int, company: int) -> None:
    stakes = Stakes.exact(SIZE, *arrays(links))
    found = contributions(stakes, owner, company)
    if found.block < 0:
        assert found.whole == pytest.approx(integrated_row(stakes, owner).of(company), abs=1e-11)
        for parts in (found.first, found.last):
            assert parts.share.sum() == pytest.approx(found.whole, abs=1e-10)
            assert found.by_link(parts).share.sum() == pytest.approx(found.whole, abs=1e-10)
            assert (np.diff(parts.share) <= 0).all()


@given(worlds(whole=False), NODE, NODE)
@settings(max_examples=100)
def test_without_circles_a_holding_carries_the_paths_that_use_it(links: Links, owner: int, company: int) -> None:
    acyclic = [row for row in links if row[0] < row[1]]
    matrix = matrix_of(acyclic)
    stakes = Stakes.exact(SIZE, *arrays(acyclic))
    found = contributions(stakes, owner, company)
    net = nx.DiGraph([tuple(pair) for pair in np.argwhere(matrix > 0).tolist()])
    net.add_nodes_from(range(SIZE))
    carried: dict[tuple[int, int], float] = {}
    for path in nx.all_simple_edge_paths(net, owner, company) if owner != company else ():
        for edge in path:
            carried[edge] = carried.get(edge, 0.0) + float(np.prod([matrix[e] for e in path]))
    at = found.on_the_way.pair
    told = dict(
        zip(zip(stakes.tail[at].tolist(), stakes.head[at].tolist(), strict=True), found.on_the_way.share, strict=True)
    )
    assert told == pytest.approx(carried, abs=1e-10)


def test_links_of_one_pair_share_what_it_carries() -> None:
    stakes = Stakes.exact(3, [0, 0, 1], [1, 1, 2], [0.3, 0.1, 0.5])
    found = contributions(stakes, 0, 2)
    links = found.by_link(found.first)
    assert (links.pair.tolist(), links.share.round(9).tolist()) == ([0, 1], [0.15, 0.05])


def test_a_closed_block_gives_no_numbers() -> None:
    found = contributions(Stakes.exact(3, [0, 1, 0], [1, 0, 2], [1.0, 1.0, 0.5]), 0, 2)
    assert (found.block, len(found.first.share)) == (0, 0)


def test_parts_are_fortieths_of_a_circle_worked_by_hand() -> None:
    # P 60 % of A, B 20 % of A, A 50 % of B: of P's 2/3 in A, 0.6 directly and 0.2 · 1/3 through B.
    stakes = Stakes.exact(3, [0, 2, 1], [1, 1, 2], [24 / PARTS, 8 / PARTS, 20 / PARTS])
    found = contributions(stakes, 0, 1)
    assert found.last.share == pytest.approx([0.6, 0.2 / 3])
    assert found.first.share == pytest.approx([2 / 3])


def test_of_many_holdings_on_the_way_those_that_carry_most_are_kept() -> None:
    stakes = Stakes.exact(5, [0, 0, 0, 1, 2, 3], [1, 2, 3, 4, 4, 4], [0.9, 0.8, 0.7, 0.5, 0.3, 0.2])
    every, some = contributions(stakes, 0, 4), contributions(stakes, 0, 4, most=3)
    assert some.on_the_way.pair.tolist() == every.on_the_way.pair.tolist()[:3]
    assert some.first.pair.tolist() == every.first.pair.tolist()


@given(worlds())
@settings(max_examples=60)
def test_a_column_solved_before_changes_nothing(links: Links) -> None:
    stakes = Stakes.exact(SIZE, *arrays(links), overfull="scale")
    for company in range(SIZE):
        column = integrated_column(stakes, company)
        for owner in range(SIZE):
            alone, spared = (contributions(stakes, owner, company, column=one) for one in (None, column))
            assert spared.first.pair.tolist() == alone.first.pair.tolist()
            assert np.allclose(spared.first.share, alone.first.share, atol=1e-9)
