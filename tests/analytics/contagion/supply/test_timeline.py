"""Losses period by period: the index's rounds where nothing is in stock, closed forms where something is."""

import numpy as np
import pytest

from analytics.contagion.supply.cascade import cascade
from analytics.contagion.supply.network import SupplyNetwork
from analytics.contagion.supply.timeline import over_time
from graph.errors import InvalidQuestion
from tests.analytics.contagion.supply.dense import followed, random_economy
from tests.analytics.contagion.supply.networks import network_of


def chain(length: int, **also: float) -> SupplyNetwork:
    """Essential inputs from firm to firm; each but the last sells half of its revenue to the next."""
    ends = np.arange(length)
    return SupplyNetwork.of(
        length + 1, ends, ends + 1, np.full(length, 8.0), industry=range(length + 1), revenue=[16.0] * length + [0.0]
    )


@pytest.mark.parametrize("rationed", [True, False])
def test_without_stock_a_lasting_shock_goes_the_rounds_of_the_index(rationed: bool) -> None:
    economy = random_economy(60, 400, seed=5, rationed=rationed)
    network, shock = network_of(economy), np.eye(60)[7]
    alone = cascade(network, shock, stop=1e-9)
    found = over_time(network, shock, periods=alone.rounds)
    np.testing.assert_allclose(found.last_down, alone.down, atol=1e-12)
    np.testing.assert_allclose(found.last_up, alone.up, atol=1e-12)
    assert found.total[-1] == pytest.approx(alone.total, abs=1e-12)
    hd, _, rounds = followed(economy, shock, stop=1e-2)
    np.testing.assert_allclose(over_time(network, shock, periods=rounds).last_down, 1 - hd, atol=1e-12)


def test_each_stock_of_two_periods_puts_the_next_firm_off_by_two() -> None:
    found = [over_time(chain(3), [1, 0, 0, 0], periods=t, stock=2.0).last_down.tolist() for t in range(11)]
    met = [next(t for t, state in enumerate(found) if state[k] == 1) for k in range(4)]
    assert met == [0, 3, 6, 9]


def test_a_stock_that_outlasts_the_shock_keeps_everybody_at_work() -> None:
    found = over_time(chain(3), [1, 0, 0, 0], periods=12, stock=2.0, recovery=2)
    assert found.lost.tolist() == [2.0, 0.0, 0.0, 0.0]
    assert found.down[2:].tolist() == [0.0] * 11


def test_a_stock_too_small_covers_a_part_and_a_recovery_ends_the_loss() -> None:
    found = over_time(chain(1), [1, 0], periods=6, stock=1.5, recovery=3)
    # Delivery stops in periods 1 to 3 of the buyer: 1.5 of these 3 are in stock.
    assert found.lost[1] == pytest.approx(1.5)
    assert found.last_down.tolist() == [0.0, 0.0]


def test_a_shock_in_the_first_period_alone_runs_down_a_chain_as_a_wave() -> None:
    found = over_time(chain(3), [1, 0, 0, 0], periods=5, kept=0.0)
    assert found.lost.tolist() == [1.0, 1.0, 1.0, 1.0]
    assert found.down.tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0, 0, 0])


def test_a_shock_that_fades_loses_a_geometric_sum() -> None:
    found = over_time(chain(1), [0.8, 0], periods=60, kept=0.5)
    assert found.lost[0] == pytest.approx(0.8 / (1 - 0.5))


def test_orders_fall_whatever_is_in_stock() -> None:
    assert over_time(chain(2), [0, 0, 1], periods=2, stock=100.0).last_up.tolist() == [0.25, 0.5, 1.0]


@pytest.mark.parametrize(
    ("shock", "how"),
    [
        ([2.0, 0], {}), ([1.0], {}), ([1, 0], {"kept": 1.5}), ([1, 0], {"stock": -1.0}), ([1, 0], {"recovery": -1}),
        ([1, 0], {"periods": -1}), ([1, 0], {"stock": float("nan")}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(shock: list[float], how: dict[str, float]) -> None:
    with pytest.raises(InvalidQuestion):
        over_time(chain(1), shock, **{"periods": 3, **how})
