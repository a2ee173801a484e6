import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from analytics.structure.ownership import integrated_ownership
from graph.errors import InvalidShare
from tests.analytics.structure.worlds import SIZE, World, exact_worlds


def columns(world: World) -> tuple[list[int], list[int], list[float]]:
    held = world[0]
    return [r[0] for r in held], [r[1] for r in held], [r[2] / 20 for r in held]


@given(exact_worlds())
@settings(max_examples=200, deadline=None)
def test_the_owner_gets_what_the_closed_form_says(world: World) -> None:
    tail, head, share = columns(world)
    matrix = np.zeros((SIZE, SIZE))
    np.add.at(matrix, (tail, head), share)
    if abs(np.linalg.det(np.eye(SIZE) - matrix)) < 1e-6:
        return
    inverse = np.linalg.inv(np.eye(SIZE) - matrix)
    expected = (inverse - np.eye(SIZE)) / np.diag(inverse)[:, None]
    np.fill_diagonal(expected, 0)
    for owner in range(SIZE):
        np.testing.assert_allclose(
            integrated_ownership(SIZE, tail, head, share, owner=owner), expected[owner], atol=1e-9
        )


@given(exact_worlds())
@settings(max_examples=200, deadline=None)
def test_without_circles_it_is_the_sum_of_products_along_paths(world: World) -> None:
    rows = [row for row in world[0] if row[0] < row[1]]
    tail, head, share = columns((rows, []))
    net = nx.DiGraph()
    net.add_nodes_from(range(SIZE))
    for a, b, s in zip(tail, head, share, strict=True):
        net.add_edge(a, b, share=net.get_edge_data(a, b, {"share": 0})["share"] + s)
    found = integrated_ownership(SIZE, tail, head, share, owner=0)
    for y in range(1, SIZE):
        products = (np.prod([net.edges[e]["share"] for e in path]) for path in nx.all_simple_edge_paths(net, 0, y))
        assert found[y] == pytest.approx(sum(products))


def test_companies_that_own_each_other_wholly_have_no_final_owner() -> None:
    for owner in (0, 1):
        with pytest.raises(InvalidShare):
            integrated_ownership(3, [0, 1, 2], [1, 2, 1], [0.0, 1.0, 1.0], owner=owner)


def test_own_shares_fall_to_the_other_holders() -> None:
    assert integrated_ownership(2, [1, 0], [1, 1], [0.1, 0.9], owner=0)[1] == pytest.approx(1.0)
