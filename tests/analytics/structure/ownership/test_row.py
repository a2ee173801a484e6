import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from analytics.structure.ownership.row import integrated_row
from analytics.structure.ownership.stakes import Stakes
from analytics.structure.ownership.walks import directly
from graph.errors import InvalidQuestion, NotConverged
from tests.analytics.structure.ownership.worlds import (
    PARTS,
    SIZE,
    Links,
    arrays,
    closed_blocks,
    dense,
    matrix_of,
    walks_that_do_not_return,
    worlds,
)  # fmt: skip


def rows(stakes: Stakes) -> np.ndarray:
    found = np.zeros((stakes.size, stakes.size))
    for owner in range(stakes.size):
        row = integrated_row(stakes, owner)
        found[owner, row.company] = row.share
    return found


@given(worlds(whole=False))
@settings(max_examples=200)
def test_an_owner_gets_what_the_closed_form_says(links: Links) -> None:
    expected = dense(matrix_of(links))
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(rows(Stakes.exact(SIZE, *arrays(links))), expected, atol=1e-10)


@given(worlds())
@settings(max_examples=100)
def test_an_owner_gets_the_sum_of_walks_that_do_not_come_back(links: Links) -> None:
    matrix = matrix_of(links)
    closed = set().union(*closed_blocks(matrix))
    found = rows(Stakes.exact(SIZE, *arrays(links)))
    for owner in set(range(SIZE)) - closed:
        expected = walks_that_do_not_return(matrix, owner)
        expected[owner] = 0.0
        np.testing.assert_allclose(found[owner], expected, atol=1e-9)


@given(worlds())
@settings(max_examples=100)
def test_without_circles_it_is_the_sum_of_products_along_paths(links: Links) -> None:
    net = nx.DiGraph()
    net.add_nodes_from(range(SIZE))
    acyclic = [row for row in links if row[0] < row[1]]
    for a, b, parts in acyclic:
        net.add_edge(a, b, share=net.get_edge_data(a, b, {"share": 0})["share"] + parts / PARTS)
    row = integrated_row(Stakes.exact(SIZE, *arrays(acyclic)), 0)
    for y in range(1, SIZE):
        products = (np.prod([net.edges[e]["share"] for e in path]) for path in nx.all_simple_edge_paths(net, 0, y))
        assert row.of(y) == pytest.approx(sum(products))


@given(worlds(), st.permutations(range(SIZE)), st.randoms())
@settings(max_examples=100)
def test_names_and_order_do_not_matter(links: Links, name: list[int], random: st.DataObject) -> None:
    other = [(name[x], name[y], parts) for x, y, parts in links]
    random.shuffle(other)
    a, b = rows(Stakes.exact(SIZE, *arrays(links))), rows(Stakes.exact(SIZE, *arrays(other)))
    np.testing.assert_allclose(a, b[np.ix_(name, name)], atol=1e-11)


@given(worlds())
@settings(max_examples=100)
def test_closed_blocks_are_told_and_hold_together_what_one_owner_in_their_place_would(links: Links) -> None:
    stakes = Stakes.exact(SIZE, *arrays(links))
    blocks = [set(members.tolist()) for members in stakes.order.blocks]
    assert sorted(map(sorted, blocks)) == sorted(map(sorted, closed_blocks(matrix_of(links))))
    for number, members in enumerate(stakes.order.blocks):
        alone = integrated_row(stakes, int(members[0]))
        if len(members) > 1:
            assert (alone.block, len(alone.share)) == (number, 0)
        merged = [(min(blocks[number]) if x in blocks[number] else x, y, p) for x, y, p in links]
        outside = [row for row in merged if row[1] not in blocks[number]]
        one = integrated_row(Stakes.exact(SIZE, *arrays(outside)), min(blocks[number]))
        together = integrated_row(stakes, *members.tolist())
        assert together.company.tolist() == one.company.tolist()
        np.testing.assert_allclose(together.share, one.share, atol=1e-10)


CIRCLE = [(0, 1, 24), (2, 1, 8), (3, 1, 8), (1, 2, 20), (4, 2, 12), (5, 4, 20), (2, 5, 13), (0, 5, 3)]


@pytest.mark.parametrize("owner", [0, 1, 2, 4])
def test_dividends_paid_at_random_meet_an_owner_as_often_as_its_share(owner: int) -> None:
    cumulated = np.vstack([np.cumsum(matrix_of(CIRCLE), axis=0), np.ones(SIZE)])
    row = integrated_row(Stakes.exact(SIZE, *arrays(CIRCLE)), owner)
    random, draws = np.random.default_rng(7), 40_000
    for company in set(range(SIZE)) - {owner}:
        # A unit of profit goes on to one shareholder, by shares; the last row is whoever is not known.
        at = np.full(draws, company)
        met = np.zeros(draws, bool)
        while (at < SIZE).any():
            moving = np.flatnonzero(at < SIZE)
            chosen = (random.random(len(moving)) >= cumulated[:, at[moving]]).sum(axis=0)
            met[moving] |= chosen == owner
            at[moving] = np.where(chosen == owner, SIZE, chosen)
        share = row.of(company)
        assert met.mean() == pytest.approx(share, abs=1e-9 + 5 * np.sqrt(share * (1 - share) / draws))


def test_circles_that_hardly_leak_are_solved_directly() -> None:
    leak = 1e-6
    stakes = Stakes.exact(4, [0, 1, 2, 3], [1, 2, 1, 2], [leak, 1 - leak, 1 - leak, leak])
    row = integrated_row(stakes, 0)
    # One half ends with each of the two, less what passes the other once more: y = e / (1 - (1 - e)^2).
    assert row.of(1) == pytest.approx(leak / (1 - (1 - leak) ** 2), rel=1e-9)
    assert row.residual < 1e-9


def test_too_few_sweeps_fall_back_to_an_exact_solution() -> None:
    stakes = Stakes.exact(3, [0, 2, 1], [1, 1, 2], [0.6, 0.2, 0.5])
    assert integrated_row(stakes, 0, sweeps=1).of(1) == pytest.approx(2 / 3, rel=1e-12)


def test_owners_together_count_each_share_once() -> None:
    stakes = Stakes.exact(4, [0, 1, 0, 1, 2], [1, 2, 2, 3, 3], [0.5, 0.4, 0.2, 0.3, 0.6])
    assert integrated_row(stakes, 0, 1).of(3) == pytest.approx(0.3 + 0.6 * 0.6)
    assert integrated_row(stakes, 0, 1).value(np.array([0, 0, 10.0, 0])) == pytest.approx(6.0)


@pytest.mark.parametrize("owners", [(), (3,), (-1,)])
def test_who_is_no_node_is_refused(owners: tuple[int, ...]) -> None:
    with pytest.raises(InvalidQuestion):
        integrated_row(Stakes.exact(3, [0], [1], [0.5]), *owners)


def test_what_cannot_be_solved_raises_and_gives_no_number() -> None:
    with pytest.raises(NotConverged):
        directly(csr_array(np.array([[0.0, 1.0], [1.0, 0.0]])), np.ones(2), 3)
