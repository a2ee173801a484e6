"""Many shocks side by side: the same as one by one, and not dependent on who is beside whom."""

import numpy as np
import pytest

from analytics.contagion.supply.cascade import cascade
from analytics.contagion.supply.network import SupplyNetwork
from analytics.contagion.supply.ranking import Impacts, every_firm, many_shocks
from graph.errors import Cancelled, InvalidQuestion, NotConverged
from tests.analytics.contagion.supply.dense import followed, index, random_economy
from tests.analytics.contagion.supply.networks import network_of


@pytest.mark.parametrize("rationed", [True, False])
def test_every_firm_of_120_is_as_the_equations_written_out(rationed: bool) -> None:
    economy = random_economy(120, 700, rationed=rationed, seed=8)
    found = every_firm(network_of(economy), stop=1e-10)
    for firm in range(0, 120, 5):
        hd, hu, rounds = followed(economy, np.eye(120)[firm], stop=1e-10)
        assert found.total[firm] == pytest.approx(index(economy, hd, hu), abs=1e-12)
        assert found.down[firm] == pytest.approx(index(economy, hd, np.ones(120)), abs=1e-12)
        assert found.up[firm] == pytest.approx(index(economy, np.ones(120), hu), abs=1e-12)
        assert abs(found.rounds[firm] - rounds) <= 1  # a fall of just the stop


def test_32_bits_are_as_good_as_their_stop() -> None:
    """From 1e-5 on; what 64 bits give at the same stop differs by rounding, or by one round of that size."""
    network = network_of(random_economy(300, 2500, seed=9))
    coarse = every_firm(network, stop=1e-5)
    alone = [cascade(network, np.eye(300)[firm], stop=1e-5) for firm in range(300)]
    np.testing.assert_allclose(coarse.total, [found.total for found in alone], atol=1e-5)
    same = coarse.rounds == [found.rounds for found in alone]
    assert same.mean() > 0.95
    np.testing.assert_allclose(coarse.total[same], np.array([found.total for found in alone])[same], atol=2e-6)


@pytest.mark.parametrize("stop", [1e-2, 1e-6])
def test_ranges_threads_and_neighbours_change_nothing(stop: float) -> None:
    network = network_of(random_economy(700, 5000, seed=10))
    whole = every_firm(network, stop=stop)
    pieces = [every_firm(network, range(a, b), stop=stop, workers=2) for a, b in ((0, 1), (1, 300), (300, 700))]
    assert np.array_equal(Impacts.joined(*pieces).total, whole.total)
    some = np.random.default_rng(3).permutation(700)[:50]
    again = every_firm(network, some, stop=stop)
    for name in ("total", "down", "up", "residual", "rounds"):
        assert np.array_equal(getattr(again, name), getattr(whole, name)[some])


def test_shocks_on_several_firms_are_those_of_the_one_by_one_way() -> None:
    network, random = network_of(random_economy(150, 1200, seed=11)), np.random.default_rng(5)
    shocks = random.random((40, 150)) * (random.random((40, 150)) < 0.05)
    number, firm = shocks.nonzero()
    start = np.searchsorted(number, np.arange(41))
    found = many_shocks(network, start, firm, shocks[number, firm], stop=1e-9)
    for k in range(40):
        alone = cascade(network, shocks[k], stop=1e-9)
        given = [found.total[k], found.down[k], found.up[k]]
        assert given == pytest.approx([alone.total, alone.total_down, alone.total_up], abs=1e-12)


def test_progress_is_told_and_can_end_the_work() -> None:
    network = network_of(random_economy(700, 3000, seed=12))
    told: list[tuple[int, int]] = []
    every_firm(network, stop=1e-2, workers=2, progress=lambda *at: told.append(at))
    assert told[-1] == (700, 700)
    assert [done for done, _ in told] == sorted({done for done, _ in told})

    def ended(done: int, count: int) -> None:
        raise Cancelled("ranking")

    with pytest.raises(Cancelled):
        every_firm(network, stop=1e-2, workers=2, progress=ended)


def test_what_cannot_be_asked_is_refused_and_no_shock_is_no_answer() -> None:
    network = SupplyNetwork.of(3, [0, 1], [1, 2], [1, 1], industry=[0, 1, 2])
    for firms in ([3], [-1]):
        with pytest.raises(InvalidQuestion, match="none of these"):
            every_firm(network, firms)
    for start in ([], [1, 2], [0, 2], [0, 1, 0, 1]):
        with pytest.raises(InvalidQuestion, match="where each shock begins"):
            many_shocks(network, start, [0], [1.0])
    for part in ([2.0], [-1.0], [float("nan")], []):
        with pytest.raises(InvalidQuestion, match="fraction"):
            many_shocks(network, [0, 1], [0], part)
    assert len(every_firm(network, []).total) == 0
    assert many_shocks(network, [0, 0], [], []).total.tolist() == [0.0]


def test_what_does_not_come_to_its_stop_is_no_answer() -> None:
    network = network_of(random_economy(120, 900, seed=3, demand=0.0))
    with pytest.raises(NotConverged, match="of 120 shocks along supplies"):
        every_firm(network, stop=1e-12, most=3)
