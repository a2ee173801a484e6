"""Measures of the engine in a panel: as of each day, by a second method, and kept apart from it."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from analytics.contagion.supply.cascade import cascade
from analytics.contagion.supply.ranking import COARSE
from analytics.learning.panel import Panel
from api.contagion.figures import known_of
from api.contagion.goods import network_of
from api.engine import Engine, Place
from api.learning.measures import KEPT
from tests.api.learning.firms import DAYS, PERSON, TODAY, Given, after, facts_of, panel_from, panel_of

START = after(date(2018, 1, 2))


def holding(owner: str, firm: str, share: float, **more: object) -> Given:
    return "OWNS", {"from": owner, "to": firm, "share": share, "recorded_at": START, **more}


def supply(seller: str, buyer: str, amount: float, **more: object) -> Given:
    return "SUPPLIES", {"from": seller, "to": buyer, "amount": amount, "currency": "CNY",
                        "valid_from": date(2018, 3, 1), "recorded_at": START, **more}  # fmt: skip


HELD = (
    holding(PERSON, "r:a", 0.6), holding("r:a", "r:b", 0.5), holding("r:c", "r:b", 0.1), holding("r:c", "r:f", 0.2),
    holding("r:a", "r:g", 0.2), holding("r:b", "r:g", 0.4),
    holding(PERSON, "r:h", 0.9, valid_from=date(2020, 6, 1), recorded_at=after(date(2021, 3, 1))),
)  # fmt: skip
SOLD = (
    supply("r:a", "r:b", 40.0), supply("r:b", "r:c", 30.0), supply("r:c", "r:a", 5.0),
    supply("r:f", "r:b", 25.0, valid_to=date(2020, 6, 1)),
)  # fmt: skip


def column(panel: Panel, at: int, name: str) -> dict[str, float]:
    values = panel.waves[at].values[:, panel.names.index(name)]
    return {party: float(value) for party, value in zip(panel.ids, values, strict=True)}


def test_the_largest_owner_is_counted_over_all_ways_as_known_on_each_day(tmp_path: Path) -> None:
    """By hand: a holds of g .2 itself and .5 · .4 over b, as much as b; nobody has a quarter of f."""
    panel = panel_of(tmp_path, HELD)
    told = [column(panel, at, "controlled_share") for at in range(3)]
    for one in told:
        assert one["r:a"] == pytest.approx(0.6)
        assert one["r:b"] == pytest.approx(0.5)
        assert one["r:g"] == pytest.approx(0.4)
        assert one["r:f"] == 0
        assert np.isnan(one["r:d"])
    # Held since 2020, known since 2021.
    assert [np.isnan(one["r:h"]) for one in told] == [True, True, False]
    assert told[2]["r:h"] == pytest.approx(0.9)


def test_the_systemic_index_is_that_of_one_failure_after_the_other_on_each_day(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, SOLD)
    panel = panel_from(facts, tmp_path, systemic=True)
    engine = Engine(Place(tmp_path), facts, clock=lambda: TODAY)
    for at, day in enumerate(DAYS):
        view = engine.view(engine.moment(valid_at=day, known_at=after(day), currency="CNY"))
        network = network_of(view, known_of(view), essential="goods", rationed=True)
        assert network is not None
        told = column(panel, at, "systemic_index")
        for firm in ("r:a", "r:b", "r:c", "r:f"):
            node = view.snapshot.node(firm)
            trades = firm != "r:f" or day < date(2020, 6, 1)
            alone = cascade(network, np.arange(network.size) == node).total
            assert told[firm] == pytest.approx(alone, abs=20 * COARSE) if trades else np.isnan(told[firm])
        assert np.isnan(told["r:g"])  # no known supplies
        assert told["r:a"] > 0


def test_an_index_is_worked_out_once_for_each_network_and_only_where_it_is_asked_for(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, SOLD)
    assert "systemic_index" not in panel_from(facts, tmp_path).names
    assert not (tmp_path / KEPT).exists()
    first = panel_from(facts, tmp_path, systemic=True)
    before = {file.name: file.stat().st_mtime_ns for file in (tmp_path / KEPT).iterdir()}
    assert len(before) == len(DAYS)  # another year's revenue, or a supply that ended
    again = panel_from(facts, tmp_path, systemic=True)
    assert again.digest == first.digest
    assert {file.name: file.stat().st_mtime_ns for file in (tmp_path / KEPT).iterdir()} == before
