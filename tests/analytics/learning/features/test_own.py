from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.learning.features import events, ratios
from analytics.learning.features.engine import FEATURES as ENGINE
from analytics.learning.features.events import KINDS, Events
from analytics.learning.features.items import ITEMS, Sheet
from analytics.learning.features.profile import Codes, Profile
from analytics.learning.features.ratios import RATIOS, Ratios

NOW = {
    "total_assets": 200.0, "current_assets": 90.0, "cash": 20.0, "inventory": 30.0, "receivables": 25.0,
    "payables": 18.0, "total_liabilities": 120.0, "current_liabilities": 60.0, "total_debt": 80.0,
    "short_term_debt": 20.0, "net_assets": 80.0, "retained_earnings": 30.0, "market_value": 150.0,
    "guarantees_given": 40.0, "revenue": 250.0, "operating_cost": 180.0, "ebit": 24.0, "depreciation": 8.0,
    "interest_expense": 4.0, "net_profit": 15.0, "operating_cash_flow": 22.0, "debt_service": 11.0, "orders": 90.0,
    "top5_customers": 0.4, "top5_suppliers": 0.3, "market_share": 0.02,
}  # fmt: skip
BEFORE = {"revenue": 200.0, "orders": 100.0, "net_profit": -5.0}
BY_HAND = {
    "return_on_assets": 0.075, "return_on_equity": 0.1875, "operating_return": 0.12, "ebitda_margin": 0.128,
    "net_margin": 0.06, "gross_margin": 0.28, "current_ratio": 1.5, "quick_ratio": 1.0, "cash_ratio": 1 / 3,
    "debt_ratio": 0.6, "debt_to_ebitda": 2.5, "interest_cover": 6.0, "debt_service_cover": 2.0,
    "cash_flow_to_debt": 0.275, "short_debt_share": 0.25, "inventory_turnover": 6.0, "receivable_turnover": 10.0,
    "payable_turnover": 10.0, "asset_turnover": 1.25, "cash_cycle": 365 * (1 / 6 + 1 / 10 - 1 / 10),
    "revenue_growth": 0.25, "order_growth": -0.1, "market_share": 0.02, "top5_customers": 0.4, "top5_suppliers": 0.3,
    "guarantees_to_equity": 0.5, "working_capital_ratio": 0.15, "retained_earnings_ratio": 0.15,
    "market_value_to_liabilities": 1.25, "equity_to_liabilities": 2 / 3, "current_liabilities_to_current_assets": 2 / 3,
    "funds_to_liabilities": 22 / 120, "loss_two_years": 0.0, "negative_equity": 0.0, "profit_change": 1.0,
}  # fmt: skip


def sheet(now: dict[str, float], before: dict[str, float] | None = None) -> Sheet:
    last = BEFORE if before is None else before
    return Sheet(
        1, {name: np.array([value]) for name, value in now.items()}, {name: np.array([v]) for name, v in last.items()}
    )


def told(of: Sheet) -> dict[str, float]:
    return dict(zip((ratio.feature.name for ratio in RATIOS), Ratios.of(of).values[0].tolist(), strict=True))


def test_every_ratio_is_what_it_is_by_hand() -> None:
    found = told(sheet(NOW))
    assert set(found) == set(BY_HAND)
    for name, expected in BY_HAND.items():
        assert found[name] == pytest.approx(expected, rel=1e-6), name


@pytest.mark.parametrize("item", sorted(ITEMS))
def test_without_an_item_what_rests_on_it_is_missing_and_the_rest_as_before(item: str) -> None:
    without = {name: value for name, value in NOW.items() if name != item}
    found, whole = told(sheet(without)), told(sheet(NOW))
    missing = {name for name, value in found.items() if np.isnan(value)}
    assert missing
    assert all(found[name] == whole[name] for name in set(found) - missing)


@pytest.mark.parametrize(
    ("item", "value", "ratio"),
    [
        ("net_assets", -5.0, "return_on_equity"), ("net_assets", 0.0, "guarantees_to_equity"),
        ("ebit", -20.0, "debt_to_ebitda"), ("interest_expense", 0.0, "interest_cover"),
        ("current_liabilities", 0.0, "current_ratio"), ("total_assets", 0.0, "debt_ratio"),
        ("total_debt", 0.0, "short_debt_share"),
    ],
)  # fmt: skip
def test_a_ratio_over_nothing_or_less_is_missing(item: str, value: float, ratio: str) -> None:
    assert np.isnan(told(sheet({**NOW, item: value}))[ratio])


def test_losses_and_debts_above_assets_are_flags() -> None:
    found = told(sheet({**NOW, "net_profit": -1.0, "total_liabilities": 201.0}))
    assert (found["loss_two_years"], found["negative_equity"]) == (1.0, 1.0)
    assert np.isnan(told(sheet({**NOW, "net_profit": -1.0}, {}))["loss_two_years"])


@given(arrays(np.float64, (2, 5), elements=st.floats(allow_nan=True, allow_infinity=False)))
def test_ratios_are_finite_or_missing_whatever_is_stated(values: np.ndarray) -> None:
    now, before = (dict.fromkeys(ITEMS, row) for row in values)
    found = Ratios.of(Sheet(5, now, before)).values
    assert found.dtype == np.float32
    assert not np.isinf(found).any()


DAY = date(2020, 12, 31)


def happened(*rows: tuple[int, str, str, float, float]) -> Events:
    party, kind, day, amount, days = zip(*rows, strict=True)
    return Events(
        np.array(party), np.array([KINDS.index(name) for name in kind]), np.array(day, "datetime64[D]"),
        np.array(amount), np.array(days),
    )  # fmt: skip


def test_events_are_counted_dated_and_weighed_by_equity() -> None:
    found = happened(
        (0, "lawsuit", "2020-07-01", 30.0, np.nan), (0, "lawsuit", "2018-12-31", 10.0, np.nan),
        (0, "lawsuit", "2015-01-01", 900.0, np.nan), (0, "lawsuit", "2021-01-01", 900.0, np.nan),
        (1, "enforcement", "2020-12-31", np.nan, np.nan), (2, "overdue", "2020-11-01", 5.0, 45.0),
        (2, "overdue", "2020-02-01", 5.0, 20.0), (1, "overdue", "2020-02-01", 5.0, np.nan),
    ).values(DAY, np.array([100.0, 50.0, -1.0]))  # fmt: skip
    at = {feature.name: place for place, feature in enumerate(events.FEATURES)}
    one = {name: found[0, place] for name, place in at.items()}
    assert [one["lawsuit.count_1y"], one["lawsuit.count_3y"]] == [1, 2]
    assert one["lawsuit.since"] == pytest.approx(183 / 365.25)
    assert one["lawsuit.stake"] == pytest.approx(0.4)
    assert one["enforcement.count_3y"] == 0
    assert np.isnan(one["enforcement.since"])
    assert one["enforcement.stake"] == 0
    assert found[1, at["enforcement.since"]] == 0
    assert np.isnan(found[1, at["enforcement.stake"]])
    assert np.isnan(found[2, at["overdue.stake"]])
    assert [found[0, at["overdue.days"]], found[2, at["overdue.days"]]] == [0, 45]
    assert np.isnan(found[1, at["overdue.days"]])


def test_a_profile_is_years_logarithms_and_codes() -> None:
    industry = Codes.of(["C36", "C36", "K70", None, "A01"], least=2)
    assert industry.categories == ("C36", Codes.REST)
    again = Codes.of(["K70", "C36"], known=industry.categories)
    np.testing.assert_array_equal(again.values, [1, 0])
    registered = np.array(["2010-12-31", "2030-01-01", "NaT", "NaT", "NaT"], "datetime64[D]")
    money = np.array([[np.e, 1.0], [0.0, -3.0], [np.nan, 1.0], [1.0, 1.0], [1.0, 1.0]])
    found = Profile.of(DAY, registered, money, industry=industry, region=industry, size=industry)
    expected = [[10.0, 1, 0, 0, 0, 0], [np.nan, np.nan, np.nan, 0, 0, 0], [np.nan, np.nan, 0, 1, 1, 1]]
    np.testing.assert_allclose(found.values[:3], expected, atol=3e-3)
    np.testing.assert_array_equal(found.values[3:, 3], [np.nan, 1])
    assert [feature.name for feature in found.features if feature.categories] == ["industry", "region", "size_class"]


def test_every_figure_has_one_name_and_says_itself_in_both_languages() -> None:
    all_of = [*ratios.FEATURES, *events.FEATURES, *ENGINE]
    assert len({feature.name for feature in all_of}) == len(all_of)
    for feature in all_of:
        assert feature.en.isascii()
        assert any("\u4e00" <= sign <= "\u9fff" or "（" in feature.zh for sign in feature.zh), feature
        assert feature.scope in ("own", "engine")
        assert feature.source
