"""Losses along supplies: against the equations written out densely, published figures, closed forms and properties."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contagion.supply.cascade import cascade, shock_of
from analytics.contagion.supply.network import SupplyNetwork
from analytics.contagion.supply.ranking import every_firm
from graph.errors import InvalidQuestion, NotConverged
from tests.analytics.contagion.supply.dense import Economy, followed, index, random_economy
from tests.analytics.contagion.supply.networks import network_of
from tests.conftest import reference_folder

SIZE = 7
FIRMS = st.integers(0, SIZE - 1)
SHOCKS = st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.1, 0.5, 1.0]), min_size=SIZE, max_size=SIZE)


@st.composite
def economies(draw: st.DrawFn) -> Economy:
    ends = draw(st.lists(st.tuples(FIRMS, FIRMS).filter(lambda e: e[0] != e[1]), min_size=1, max_size=18, unique=True))
    sales = np.zeros((SIZE, SIZE))
    for i, j in ends:
        sales[i, j] = draw(st.sampled_from([1.0, 2.5, 40.0]))
    industry = np.array(draw(st.lists(st.integers(0, 2), min_size=SIZE, max_size=SIZE)))
    essential = np.array(draw(st.lists(st.integers(0, 2), min_size=9, max_size=9))).reshape(3, 3)
    demand = draw(st.sampled_from([0.05, 0.5]))
    return Economy(sales, industry, essential, sales.sum(axis=1) * (1 + demand), draw(st.booleans()))


@pytest.mark.parametrize("rationed", [True, False])
@pytest.mark.parametrize("schedule", ["changes", "all"])
@pytest.mark.parametrize("stop", [1e-2, 1e-6, 1e-9])
def test_a_network_of_120_firms_is_its_equations_written_out(rationed: bool, schedule: str, stop: float) -> None:
    economy = random_economy(120, 900, rationed=rationed, seed=3)
    network, random = network_of(economy), np.random.default_rng(4)
    for shock in [*np.eye(120)[:3], random.random(120) * (random.random(120) < 0.1)]:
        hd, hu, rounds = followed(economy, shock, stop=stop)
        found = cascade(network, shock, stop=stop, schedule=schedule)
        np.testing.assert_allclose(1 - found.down, hd, atol=1e-12)
        np.testing.assert_allclose(1 - found.up, hu, atol=1e-12)
        assert (found.rounds, found.total) == (rounds, pytest.approx(index(economy, hd, hu), abs=1e-12))
        assert found.residual <= stop == found.stop


@given(economies(), SHOCKS, st.sampled_from(["changes", "all"]))
@settings(max_examples=300, deadline=None)
def test_small_networks_are_their_equations_written_out(economy: Economy, shock: list[float], schedule: str) -> None:
    hd, hu, _ = followed(economy, np.array(shock), stop=1e-11)
    found = cascade(network_of(economy), shock, stop=1e-11, schedule=schedule)
    np.testing.assert_allclose(1 - found.down, hd, atol=1e-8)
    np.testing.assert_allclose(1 - found.up, hu, atol=1e-8)


@given(economies(), SHOCKS, FIRMS)
@settings(max_examples=300, deadline=None)
def test_a_larger_shock_never_lowers_a_loss_also_where_others_stand_in(
    economy: Economy, shock: list[float], firm: int
) -> None:
    """At a converged stop: what stands in shrinks with the shock, so everything rises with it."""
    more, network = list(shock), network_of(economy)
    more[firm] = 1.0
    less, greater = (cascade(network, given, stop=1e-12) for given in (shock, more))
    assert (greater.down >= less.down - 1e-9).all()
    assert (greater.up >= less.up - 1e-9).all()


@given(economies(), SHOCKS, FIRMS, st.sampled_from(["changes", "all"]))
@settings(max_examples=200, deadline=None)
def test_going_on_from_a_smaller_shock_ends_where_a_new_beginning_does(
    economy: Economy, shock: list[float], firm: int, schedule: str
) -> None:
    more, network = list(shock), network_of(economy)
    more[firm] = 1.0
    begun = cascade(network, shock, stop=1e-12)
    found = cascade(network, more, stop=1e-12, begin=begun, schedule=schedule)
    anew = cascade(network, more, stop=1e-12)
    np.testing.assert_allclose(found.down, anew.down, atol=1e-9)
    np.testing.assert_allclose(found.up, anew.up, atol=1e-9)
    if more != shock:
        with pytest.raises(InvalidQuestion, match="less than the one it goes on from"):
            cascade(network, shock, begin=found)


@pytest.mark.parametrize("least", [0.0, 1e-8, 1e-4])
def test_what_waits_is_never_more_than_asked(least: float) -> None:
    """A round of the equations over the whole state adds no more than the stop and what waits."""
    network = network_of(random_economy(400, 2400, industries=40, seed=6))
    for firm in range(10):
        shock = shock_of(network, {firm: 1.0})
        found = cascade(network, shock, stop=1e-4, least=least)
        assert cascade(network, shock, stop=1.0, begin=found, schedule="all").residual <= 1e-4 + least + 1e-12
        assert (found.loss <= cascade(network, shock, stop=1e-12).loss + 1e-9).all()


@given(economies(), SHOCKS)
@settings(max_examples=200, deadline=None)
def test_losses_lie_between_the_shock_and_all(economy: Economy, shock: list[float]) -> None:
    found = cascade(network_of(economy), shock)
    for loss in (found.down, found.up):
        assert ((loss >= shock) & (loss <= 1)).all()
    assert max(found.total_down, found.total_up) <= found.total + 1e-12
    assert found.total <= found.total_down + found.total_up + 1e-12


@given(economies(), SHOCKS, st.permutations(range(SIZE)), st.permutations(range(3)), st.sampled_from([1e-3, 1.0, 1e6]))
@settings(max_examples=200, deadline=None)
def test_names_and_the_unit_of_money_do_not_matter(
    economy: Economy, shock: list[float], firms: list[int], industries: list[int], unit: float
) -> None:
    new, kinds = np.array(firms), np.array(industries)
    renamed = Economy(
        np.zeros((SIZE, SIZE)), np.zeros(SIZE, np.int64), np.zeros((3, 3), np.int64), np.zeros(SIZE), economy.rationed
    )
    renamed.sales[np.ix_(new, new)] = economy.sales * unit
    renamed.revenue[new] = economy.revenue * unit
    renamed.industry[new] = kinds[economy.industry]
    renamed.essential[np.ix_(kinds, kinds)] = economy.essential
    moved = np.zeros(SIZE)
    moved[new] = shock
    found, again = cascade(network_of(economy), shock, stop=1e-12), cascade(network_of(renamed), moved, stop=1e-12)
    np.testing.assert_allclose(again.down[new], found.down, atol=1e-9)
    np.testing.assert_allclose(again.up[new], found.up, atol=1e-9)


@pytest.mark.parametrize("length", [2, 9])
def test_a_chain_passes_on_all_of_an_essential_input_and_the_share_of_revenue_upstream(length: int) -> None:
    """Downstream ψ arrives whole; upstream firm k of a chain whose links are 1/2 of revenue loses ψ 2^(k - n)."""
    ends = np.arange(length)
    network = SupplyNetwork.of(
        length + 1, ends, ends + 1, np.full(length, 8.0), industry=range(length + 1), revenue=[16.0] * length + [0.0]
    )
    first, last = (cascade(network, shock_of(network, {k: 0.5})) for k in (0, length))
    np.testing.assert_allclose(first.down, 0.5)
    np.testing.assert_allclose(last.up, 0.5 * 0.5 ** np.arange(length, -1, -1), atol=1e-12)


def test_without_final_demand_a_circle_collapses_and_with_it_the_loss_is_geometric() -> None:
    """Domain reference §4.8, the trap; of a pair that sells a part q to each other, hᵘ of the other falls by q."""
    pair = {"industry": [0, 1], "essential": 0}
    closed = SupplyNetwork.of(2, [0, 1], [1, 0], [5, 5], **pair)
    assert cascade(closed, [0.1, 0]).total_up == pytest.approx(0.1)
    three = SupplyNetwork.of(3, [0, 1, 2, 0], [1, 2, 0, 2], [4, 5, 6, 1], industry=[0, 1, 2], essential=0)
    assert cascade(three, [1, 0, 0]).total_up == 1
    opened = SupplyNetwork.of(2, [0, 1], [1, 0], [5, 5], revenue=[10, 10], **pair)
    assert cascade(opened, [1, 0]).up.tolist() == [1, 0.5]


def test_where_an_industry_is_gone_nobody_stands_in_whatever_the_unit_of_money() -> None:
    for unit in (1e-9, 1.0, 1e9):
        network = SupplyNetwork.of(
            3, [0, 1], [2, 2], [unit * 0.7, unit * 0.3], industry=[0, 0, 1], revenue=[unit, unit, 0]
        )
        assert cascade(network, [1, 1, 0]).down[2] == pytest.approx(1)
        assert cascade(network, [0, 1, 0]).down[2] == pytest.approx(0.3 * 3 / 7)


def test_several_supplies_of_a_pair_add_up_and_an_empty_one_is_none() -> None:
    split = SupplyNetwork.of(3, [0, 0, 1, 2], [2, 2, 2, 0], [2, 4, 4, 0], industry=[0, 1, 2], essential=1)
    whole = SupplyNetwork.of(3, [0, 1], [2, 2], [6, 4], industry=[0, 1, 2], essential=1)
    for firm in range(3):
        shock = np.eye(3)[firm]
        assert cascade(split, shock).loss == pytest.approx(cascade(whole, shock).loss, abs=1e-15)


def cases() -> list[Path]:
    folder = reference_folder() / "supply-fig1"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))[1:]


@pytest.mark.skipif(not cases(), reason="no published networks at hand: supply-fig1")
@pytest.mark.parametrize("folder", cases(), ids=lambda folder: folder.name)
def test_published_networks_come_out_to_1e_9(folder: Path) -> None:
    edges, firms = rows(folder / "edges.csv"), rows(folder / "firms.csv")
    code = {name: k for k, name in enumerate(sorted({sector for _, sector in firms}))}
    assert list(code) == [row[0] for row in rows(folder / "essential.csv")]
    network = SupplyNetwork.of(
        len(firms), *([int(edge[end]) - 1 for edge in edges] for end in (0, 1)), [float(edge[2]) for edge in edges],
        industry=[code[sector] for _, sector in firms],
        essential=[[int(cell) for cell in row[1:]] for row in rows(folder / "essential.csv")],
        rationed="market_share_sigma" in folder.name,
    )  # fmt: skip
    expected = np.array(rows(folder / "esri.csv"), float)
    failed = [2] if folder.name.endswith("shock_firm3") else list(range(len(firms)))
    assert len(expected) == len(failed)
    for firm, published in zip(failed, expected, strict=True):
        found = cascade(network, shock_of(network, {firm: 1.0}), stop=1e-2)
        assert [found.total, found.total_down, found.total_up] == pytest.approx(published, abs=1e-9)
    ranked = every_firm(network, failed, stop=1e-6)
    np.testing.assert_allclose(np.stack([ranked.total, ranked.down, ranked.up], 1), expected, atol=1e-9)


def test_what_does_not_come_to_its_stop_is_no_answer() -> None:
    network = network_of(random_economy(120, 900, seed=3, demand=0.0))
    for schedule in ("changes", "all"):
        with pytest.raises(NotConverged, match="losses along supplies"):
            cascade(network, np.eye(120)[0], stop=1e-12, most=3, schedule=schedule)


@pytest.mark.parametrize("shock", [[1.5, 0], [-0.1, 0], [0.5], [float("nan"), 0]])
def test_a_shock_that_cannot_be_is_refused(shock: list[float]) -> None:
    with pytest.raises(InvalidQuestion, match="fraction"):
        cascade(SupplyNetwork.of(2, [0], [1], [1], industry=[0, 1]), shock)


def test_an_empty_shock_or_one_on_nobody_is_refused() -> None:
    network = SupplyNetwork.of(2, [0], [1], [1], industry=[0, 1])
    with pytest.raises(InvalidQuestion, match="no firm is hit"):
        shock_of(network, {})
    for firm in (-1, 2):
        with pytest.raises(InvalidQuestion, match="none of these"):
            shock_of(network, {firm: 1.0})
    with pytest.raises(InvalidQuestion, match="positive"):
        cascade(network, [1, 0], stop=0.0)
    with pytest.raises(InvalidQuestion, match="nobody sells"):
        cascade(SupplyNetwork.of(2, [], [], [], industry=[0, 1]), [1, 0])
