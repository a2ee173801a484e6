import numpy as np
import pytest
from hypothesis import given, settings

from analytics.structure.ownership.network import MODELS, control_matrix, network_control
from analytics.structure.ownership.row import integrated_row
from analytics.structure.ownership.stakes import Stakes
from graph.errors import InvalidAmount, InvalidQuestion
from tests.analytics.structure.ownership.worlds import SIZE, Links, arrays, matrix_of, worlds

VALUES = np.array([1.0, 20.0, 0.0, 300.0, 5.0, 7.0])


@given(worlds(whole=False))
@settings(max_examples=150)
def test_network_value_and_control_are_what_the_inverse_says(links: Links) -> None:
    matrix = matrix_of(links)
    found = network_control(Stakes.exact(SIZE, *arrays(links)), VALUES)
    value = np.linalg.solve(np.eye(SIZE) - matrix, VALUES)
    np.testing.assert_allclose(found.value, value, rtol=1e-9)
    np.testing.assert_allclose(found.naive, np.linalg.solve(np.eye(SIZE) - matrix, matrix @ VALUES), atol=1e-7)


@given(worlds())
@settings(max_examples=150)
def test_corrected_control_is_the_value_of_what_each_owner_holds(links: Links) -> None:
    for model in MODELS:
        found = network_control(Stakes.exact(SIZE, *arrays(links)), VALUES, model=model)
        for owner in range(SIZE):
            row = integrated_row(found.control, owner)
            if row.block >= 0:
                assert np.isnan(found.corrected[owner])
            else:
                assert found.corrected[owner] == pytest.approx(row.value(VALUES), abs=1e-6)
        for block, members in enumerate(found.control.order.blocks):
            row = integrated_row(found.control, *members.tolist())
            assert found.of_block[block] == pytest.approx(row.value(VALUES), abs=1e-6)


def test_a_majority_takes_all_and_half_is_none() -> None:
    stakes = Stakes.exact(4, [0, 1, 0, 1], [2, 2, 3, 3], [0.5, 0.2, 0.51, 0.49])
    assert control_matrix(stakes, "threshold").low.tolist() == [0.5, 1.0, 0.2, 0.0]
    assert control_matrix(stakes, "relative").low.round(6).tolist() == [0.862069, 0.519992, 0.137931, 0.480008]


def test_some_owners_may_be_asked_for() -> None:
    stakes = Stakes.exact(3, [0, 2, 1], [1, 1, 2], [0.6, 0.2, 0.5])
    assert network_control(stakes, [0, 1, 1], owners=[2]).corrected.round(9).tolist() == [0.2]


@pytest.mark.parametrize("values", [[1.0, -1.0], [1.0, np.nan], [1.0]])
def test_values_that_cannot_be_are_refused(values: list[float]) -> None:
    with pytest.raises(InvalidAmount):
        network_control(Stakes.exact(2, [0], [1], [0.5]), values)


def test_a_model_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidQuestion):
        control_matrix(Stakes.exact(2, [0], [1], [0.5]), "banzhaf")
