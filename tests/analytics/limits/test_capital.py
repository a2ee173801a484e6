from datetime import date, timedelta
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.limits.capital import Capital, Figure, cap_of, quarter_before, stale
from analytics.limits.catalogue import shipped
from graph.errors import MissingRate

DAY = date(2026, 11, 27)


def said(item: str, value: float, end: date, *, unit: str | None = "CNY", months: int | None = 0) -> dict[str, object]:
    return {"item": item, "value": value, "period_end": end, "unit": unit, "months": months}


def test_the_latest_figure_up_to_the_day_counts() -> None:
    rows = [said("tier1", k, date(2026, month, 28)) for k, month in ((1, 6), (2, 11), (3, 12))]
    capital = Capital.of(rows, currency="CNY")
    assert [figure and figure.value for figure in (capital.figure("tier1", d) for d in (DAY, date(2026, 12, 31)))] == [
        1, 3,
    ]  # fmt: skip
    assert capital.figure("tier1", date(2026, 6, 27)) is None
    assert capital.figure("net_capital", DAY) is None


def test_the_most_believed_of_one_day_counts() -> None:
    capital = Capital.of([said("tier1", 5, DAY), said("tier1", 9, DAY)], currency="CNY")
    assert capital.figure("tier1", DAY) == Figure("tier1", 5.0, DAY)


def test_a_quarter_ago_is_that_very_day_and_no_other() -> None:
    """上季末: on 27 November the last day of September, whatever came later."""
    rows = [said("net_capital", 7, date(2026, 9, 30)), said("net_capital", 9, date(2026, 10, 31))]
    capital = Capital.of(rows, currency="CNY")
    last = capital.figure("net_capital_last_quarter", DAY)
    latest = capital.figure("net_capital", DAY)
    assert last is not None
    assert latest is not None
    assert (last.value, latest.value) == (7, 9)
    assert capital.figure("net_capital_last_quarter", date(2026, 9, 30)) is None


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_quarter_ends_before_the_day_and_at_most_92_days(day: date) -> None:
    end = quarter_before(day)
    assert 0 < (day - end).days <= 92
    assert (end + timedelta(days=1)).day == 1
    assert end.month % 3 == 0


def test_figures_are_converted_and_those_without_a_rate_are_missing() -> None:
    rows = [said("tier1", 10, DAY, unit="EUR"), said("net_capital", 10, DAY, unit="USD")]
    capital = Capital.of(rows, currency="CNY", rates={"EUR": 8.0})
    tier1 = capital.figure("tier1", DAY)
    assert tier1 is not None
    assert tier1.value == 80
    assert capital.figure("net_capital", DAY) is None
    with pytest.raises(MissingRate):
        capital.converted(1.0, "USD", DAY)


def test_the_newest_capital_without_a_rate_is_unknown_and_no_older_figure_takes_its_place() -> None:
    rows = [said("tier1", 10, DAY, unit="USD"), said("tier1", 1000, date(2016, 12, 31))]
    capital = Capital.of(rows, currency="CNY")
    assert capital.figure("tier1", DAY) is None
    cap = cap_of(shipped().rule("CN_LE_SINGLE_15"), capital, DAY)
    assert isnan(cap.value)
    assert cap.figure is None


def test_a_flow_is_no_capital_and_no_unit_is_the_currency_of_the_book() -> None:
    rows = [said("tier1", 1, DAY, months=12), said("tier1", 2, DAY, unit=None, months=None)]
    assert Capital.of(rows, currency="CNY").figures == (Figure("tier1", 2.0, DAY),)


@pytest.mark.parametrize(
    ("tier1", "limit"), [(1e9, 250e6), (600e6, 150e6), (400e6, 150e6), (150e6, 150e6), (100e6, 100e6)]
)
def test_a_floor_lifts_a_limit_up_to_the_whole_capital(tier1: float, limit: float) -> None:
    """CRR art. 395(1): the higher of 25 % and EUR 150 million, never above 100 % of Tier 1."""
    capital = Capital((Figure("tier1", tier1, DAY),), "EUR")
    assert cap_of(shipped().rule("CRR_395_INSTITUTION"), capital, DAY).value == limit


def test_a_floor_without_a_rate_is_left_out_and_told() -> None:
    cap = cap_of(shipped().rule("CRR_395_INSTITUTION"), Capital((Figure("tier1", 400.0, DAY),), "CNY"), DAY)
    assert (cap.value, cap.floor_left_out) == (100, True)


@pytest.mark.parametrize(
    ("end", "old"), [(date(2026, 6, 29), True), (date(2026, 6, 30), False), (date(2026, 11, 26), False)]
)
def test_a_figure_before_the_last_but_one_quarter_end_is_old(end: date, old: bool) -> None:
    """On 27 November the quarters ended on 30 September and 30 June."""
    figure = Figure("tier1", 1000.0, end)
    assert stale(figure, "tier1", DAY) == old
    cap = cap_of(shipped().rule("CN_LE_SINGLE_15"), Capital((figure,), "CNY"), DAY)
    assert (cap.value, cap.stale) == (150, old)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 900))
def test_what_is_at_most_half_a_year_old_counts_and_what_is_older_than_nine_months_does_not(
    day: date, age: int
) -> None:
    old = stale(Figure("net_capital", 1.0, day - timedelta(days=age)), "net_capital", day)
    assert old or age < 275
    assert not old or age > 90


@pytest.mark.parametrize("value", [0.0, -5.0, float("nan")])
def test_capital_of_nothing_gives_no_limit(value: float) -> None:
    capital = Capital((Figure("tier1", value, DAY),), "CNY")
    assert isnan(cap_of(shipped().rule("CN_LE_SINGLE_15"), capital, DAY).value)
