"""What a supply network may be made of, and what is refused."""

import numpy as np
import pytest

from analytics.contagion.supply.network import SupplyNetwork, essential_matrix
from graph.errors import InvalidQuestion

PAIR = {"industry": [0, 1]}


def test_essentiality_is_one_value_or_by_supplying_industry_or_by_pair() -> None:
    supplies = (3, [0, 1, 1], [1, 2, 0], [4.0, 5.0, 6.0])
    for given, expected in ((1, [1, 1, 1]), ([2, 0], [2, 0, 0]), ([[0, 1], [2, 0]], [1, 2, 2])):
        network = SupplyNetwork.of(*supplies, industry=[0, 1, 0], essential=given)
        assert network.essential.tolist() == expected


def test_inputs_that_fail_together_stand_together() -> None:
    network = SupplyNetwork.of(
        5, [0, 1, 2, 3], [4, 4, 4, 4], [6.0, 2.0, 1.0, 1.0], industry=[0, 0, 1, 2, 3], essential=[2, 1, 1, 2]
    )
    assert network.inputs.links.tolist() == [0, 2, 4]
    assert network.inputs.part.tolist() == [0.75, 0.25, 0.1, 0.1]


def test_revenue_is_sales_where_it_is_not_known_and_less_than_sales_is_told() -> None:
    network = SupplyNetwork.of(3, [0, 1], [1, 2], [10, 10], industry=[0, 1, 2], revenue=[np.nan, 5, np.nan])
    assert (network.revenue.tolist(), network.overdrawn.tolist()) == ([10, 5, 0], [1])


@pytest.mark.parametrize("amount", [-1.0, float("nan"), float("inf")])
def test_sales_that_cannot_be_are_refused(amount: float) -> None:
    with pytest.raises(InvalidQuestion, match="sales must be known and not negative"):
        SupplyNetwork.of(2, [0], [1], [amount], **PAIR)


def test_a_firm_without_revenue_that_sells_is_refused() -> None:
    for revenue in ([0.0, 1.0], [-3.0, 1.0], [float("inf"), 1.0]):
        with pytest.raises(InvalidQuestion, match="have no revenue, the first is firm 0"):
            SupplyNetwork.of(2, [0], [1], [1], revenue=revenue, **PAIR)
    with pytest.raises(InvalidQuestion, match="1 of 2 firms"):
        SupplyNetwork.of(2, [0], [1], [1], revenue=[1.0], **PAIR)


def test_essentiality_without_the_industry_is_refused() -> None:
    with pytest.raises(InvalidQuestion, match="have no industry, the first is firm 1"):
        SupplyNetwork.of(2, [0], [1], [1], industry=[0, -1])
    with pytest.raises(InvalidQuestion, match="not said for every industry"):
        SupplyNetwork.of(2, [1], [0], [1], essential=[2], **PAIR)
    named = essential_matrix({"a": {"b": 2}}, {"a": 0, "b": 1})
    assert SupplyNetwork.of(2, [0], [1], [1], essential=named, **PAIR).essential.tolist() == [2]
    with pytest.raises(InvalidQuestion, match="industry 1 sells to industry 0"):
        SupplyNetwork.of(2, [1], [0], [1], essential=named, **PAIR)
    with pytest.raises(InvalidQuestion, match="no firm is in"):
        essential_matrix({"c": 2}, {"a": 0, "b": 1})
    with pytest.raises(InvalidQuestion, match="neither 0, 1 nor 2"):
        SupplyNetwork.of(2, [0], [1], [1], essential=3, **PAIR)
    with pytest.raises(InvalidQuestion, match="1 of 2 firms"):
        SupplyNetwork.of(2, [0], [1], [1], industry=[0])


def test_who_trades_with_nobody_needs_no_industry() -> None:
    assert SupplyNetwork.of(3, [0], [1], [1], industry=[0, 1, -1]).industries == 2


def test_supplies_of_strangers_are_refused() -> None:
    with pytest.raises(InvalidQuestion, match="none of these"):
        SupplyNetwork.of(2, [0], [2], [1], **PAIR)
