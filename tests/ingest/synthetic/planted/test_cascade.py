import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.synthetic.planted import Hits
from ingest.synthetic.planted.cascade import BATCH, cascaded, draw_once
from ingest.synthetic.planted.hits import public_probability
from tests.ingest.synthetic.planted.enumerated import exact, links, without

DRAWS = 20_000


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def close(found: np.ndarray, true: np.ndarray, draws: int = DRAWS) -> None:
    """Within four standard errors of counting failures, which spreads more than what is done."""
    assert (np.abs(found - true) <= 4 * np.sqrt(true * (1 - true) / draws) + 1e-12).all(), (found, true)


def test_a_batch_is_prime() -> None:
    """Else a step that divides it would draw the same cascade twice."""
    assert all(BATCH % number for number in range(2, int(BATCH**0.5) + 1))


def test_two_firms_are_as_in_the_closed_form() -> None:
    p, q = np.array([0.06, 0.02]), 0.4
    found = cascaded(p, links((0, 1, q)), draws=DRAWS, rng=rng())
    assert found.probability[0] == p[0]
    close(found.probability, np.array([p[0], 1 - (1 - p[1]) * (1 - p[0] * q)]))
    close(found.adds, np.array([(1 - p[1]) * p[0] * q]))


def test_a_chain_of_three_is_as_in_the_closed_form() -> None:
    p, q = np.array([0.1, 0.02, 0.01]), (0.5, 0.3)
    found = cascaded(p, links((0, 1, q[0]), (1, 2, q[1])), draws=DRAWS, rng=rng())
    second = 1 - (1 - p[1]) * (1 - p[0] * q[0])
    close(found.probability, np.array([p[0], second, 1 - (1 - p[2]) * (1 - second * q[1])]))


GRAPHS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.floats(0.05, 0.9)).filter(lambda link: link[0] != link[1]),
    min_size=1, max_size=6, unique_by=lambda link: link[:2],
)  # fmt: skip
CHANCES = st.lists(st.floats(0.0, 0.3), min_size=4, max_size=4).map(np.array)


@given(CHANCES, GRAPHS)
@settings(max_examples=15, deadline=None, derandomize=True)
def test_any_small_network_is_as_by_going_through_all_that_may_happen(
    own: np.ndarray, graph: list[tuple[int, int, float]]
) -> None:
    carried = links(*graph)
    close(cascaded(own, carried, draws=DRAWS, rng=rng()).probability, exact(own, carried))


def test_a_circle_of_failures_is_not_its_own_cause() -> None:
    """Of two who hang on each other, neither is brought down by the failure it caused itself."""
    own, both = np.array([0.05, 0.05]), links((0, 1, 0.9), (1, 0, 0.9))
    true = 1 - 0.95 * (1 - 0.05 * 0.9)
    close(cascaded(own, both, draws=DRAWS, rng=rng()).probability, np.array([true, true]))


def test_in_a_tree_a_link_adds_what_its_removal_takes() -> None:
    own = np.array([0.2, 0.1, 0.05, 0.02])
    tree = links((0, 2, 0.5), (1, 2, 0.7), (2, 3, 0.6))
    found = cascaded(own, tree, draws=DRAWS, rng=rng())
    # Both hit the third firm in the same round, and the fourth has one link: nothing is hit in two rounds.
    true = [exact(own, tree)[tree.target[k]] - exact(own, without(tree, k))[tree.target[k]] for k in range(3)]
    close(found.adds, np.array(true))


def test_a_link_adds_no_less_than_its_removal_takes_and_hardly_more_where_failures_are_rare() -> None:
    own = np.array([0.03, 0.02, 0.04, 0.01])
    graph = links((0, 1, 0.5), (0, 2, 0.4), (1, 3, 0.6), (2, 3, 0.5), (3, 0, 0.3), (1, 2, 0.2))
    found = cascaded(own, graph, draws=200_000, rng=rng())
    for link in range(len(graph)):
        target = graph.target[link]
        true = exact(own, graph)[target] - exact(own, without(graph, link))[target]
        assert 0.97 * true < found.adds[link] < 1.2 * true


def test_a_drawn_year_is_as_likely_as_it_should_be() -> None:
    own, stream, years = np.array([0.3, 0.1, 0.1, 0.05]), rng(), 6000
    graph = links((0, 1, 0.5), (1, 2, 0.4), (2, 1, 0.4), (2, 3, 0.8))
    fallen = np.mean([draw_once(own, graph, stream) >= 0 for _ in range(years)], axis=0)
    close(fallen, exact(own, graph), years)


def test_rounds_tell_who_was_hit_by_whom() -> None:
    sure = links((0, 1, 1 - 1e-12), (1, 2, 1 - 1e-12), (2, 0, 1 - 1e-12))
    assert draw_once(np.array([1.0, 0.0, 0.0]), sure, rng()).tolist() == [0, 1, 2]
    assert draw_once(np.array([0.0, 0.0, 0.0]), sure, rng()).tolist() == [-1, -1, -1]


def test_more_draws_err_less_and_the_error_is_told() -> None:
    own = np.full(200, 0.05)
    ring = links(*[(firm, (firm + 1) % 200, 0.4) for firm in range(200)])
    few, many = (cascaded(own, ring, draws=n, rng=rng()) for n in (4_000, 64_000))
    # In a long ring each firm stands at the end of an endless chain: P = 1 - (1 - p)(1 - q P).
    true = 0.05 / (1 - 0.95 * 0.4)
    for found in (few, many):
        rms = np.sqrt(np.mean((found.probability - true) ** 2))
        assert rms == pytest.approx(np.sqrt(np.mean(found.error**2)), rel=0.3)
    assert np.mean(many.error) == pytest.approx(np.mean(few.error) / 4, rel=0.3)


def test_known_failures_are_as_in_the_closed_form_and_each_link_adds_what_its_removal_takes() -> None:
    own, known = np.array([0.0, 0.0, 0.1]), links((0, 2, 0.5), (1, 2, 0.2))
    found, adds = public_probability(own, known)
    np.testing.assert_allclose(found, [0, 0, 1 - 0.9 * 0.5 * 0.8])
    np.testing.assert_allclose(adds, [0.9 * 0.8 * 0.5, 0.9 * 0.5 * 0.2])


def test_nobody_is_hit_where_nothing_is_linked() -> None:
    empty = np.zeros(0, np.int32)
    nothing = Hits(empty, empty, np.zeros(0), np.zeros(0, np.int8), empty)
    found = cascaded(np.array([0.1, 0.2]), nothing, draws=1, rng=rng())
    assert found.probability.tolist() == [0.1, 0.2]
    assert found.error.tolist() == [0.0, 0.0]
