"""Many items at once: the same choice as one statement after another compared by hand."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.columns import ALWAYS
from graph.holding import EPOCH_DAY, When
from graph.model import STATEMENT
from graph.moment import Moment
from graph.nodes import Nodes
from graph.sheet import Item, latest_sheet
from tests.graph.rows import LATE, T0, Load, fact, keep

NOW = Moment(date(2024, 6, 30), LATE)
ITEMS = (Item(("revenue", "income"), True), Item(("assets",), False))
PARTIES = [("a:1", "Company", False), ("b:1", "Company", False), ("b:2", "Company", False)]
TRUST = {"a": 0.5, "b": 0.9}

statements = st.fixed_dictionaries({
    "party": st.sampled_from([party for party, _, _ in PARTIES]),
    "item": st.sampled_from(["revenue", "income", "assets", "other"]),
    "period_end": st.sampled_from([date(2022, 12, 31), date(2023, 6, 30), date(2023, 12, 31), date(2024, 12, 31)]),
    "months": st.sampled_from([None, 0, 6, 12, 24]),
    "value": st.integers(1, 9).map(float),
    "source": st.sampled_from(["a", "b"]),
    "recorded_at": st.sampled_from([T0, T0 + timedelta(days=9)]),
})  # fmt: skip


def days(day: date) -> int:
    return (day - EPOCH_DAY).days


def naive(rows: list[dict[str, Any]], party: str, item: Item, low: date, high: date) -> float:
    """Every statement that may count, in the order of belief; the first."""

    def order(row: dict[str, Any]) -> tuple[Any, ...]:
        months = row["months"] or (0 if row["months"] == 0 else -1)
        key = np.frombuffer(row["key"], np.uint64).tolist()
        return (item.names.index(row["item"]), -days(row["period_end"]), -months if months <= 12 else 0,
                -TRUST[row["source"]], -row["recorded_at"].timestamp(), row["source"], *key)  # fmt: skip

    fits = [
        row for row in rows
        if row["party"] == party and row["item"] in item.names and low <= row["period_end"] <= high
        and row["period_end"] <= NOW.valid_at and (not item.of_a_year or (row["months"] or 0) > 0)
    ]  # fmt: skip
    if not fits:
        return np.nan
    first = min(fits, key=order)
    return float(first["value"] * (12 / first["months"] if item.of_a_year else 1))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(statements, max_size=25), st.sampled_from([date(2022, 1, 1), date(2023, 1, 1)]))
def test_every_item_is_that_of_the_statement_that_stands_first(
    tmp_path_factory: pytest.TempPathFactory, said: list[dict[str, Any]], low: date
) -> None:
    high = date(2023, 12, 31)
    rows = [fact(STATEMENT, row["party"], **{k: v for k, v in row.items() if k != "party"}, unit="CNY")
            for row in said]  # fmt: skip
    facts = keep(tmp_path_factory.mktemp("f"), [Load(PARTIES, source="b", trust=0.9), Load([], rows, trust=0.5)])
    when = When.of(NOW, facts.version)
    nodes = Nodes.build(facts, when)
    bounds = [np.full((3, 2), days(day), np.int32) for day in (low, high)]
    found = latest_sheet(facts, nodes, when, ITEMS, factor=lambda _: 1.0, low=bounds[0], high=bounds[1])
    kept = [{**row, "party": row["party"]} for _, row in rows]
    expected = [[naive(kept, party, item, low, high) for item in ITEMS] for party, _, _ in PARTIES]
    np.testing.assert_array_equal(found.value, expected)
    assert ((found.period == ALWAYS) == np.isnan(found.value)).all()
