import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import MissingRate
from graph.holding import EPOCH_DAY, When
from graph.model import RATE
from graph.moment import Moment
from graph.rates import Rates
from tests.graph.rows import LATE, T0, Load, fact, keep

DAY = 20_000
quotes = st.tuples(
    st.sampled_from(["CNY", "EUR", "USD"]), st.sampled_from(["CNY", "EUR", "USD"]),
    st.integers(DAY - 12, DAY + 3), st.floats(0.01, 100),
)  # fmt: skip


def test_the_latest_rate_within_a_week_counts() -> None:
    rates = Rates.of(
        [("USD", "CNY", DAY - 7, 7.0), ("USD", "CNY", DAY - 2, 7.1), ("USD", "CNY", DAY + 1, 9.0)], day=DAY
    )
    assert rates.rate("USD", "CNY") == 7.1


@pytest.mark.parametrize("on", [DAY - 8, DAY + 1])
def test_a_rate_of_another_week_or_of_tomorrow_is_none(on: int) -> None:
    with pytest.raises(MissingRate, match="USD/CNY on 2024-10-04"):
        Rates.of([("USD", "CNY", on, 7.0)], day=DAY).rate("USD", "CNY")


def test_a_longer_age_can_be_allowed() -> None:
    assert Rates.of([("USD", "CNY", DAY - 30, 7.0)], day=DAY, max_age=30).rate("USD", "CNY") == 7.0


def test_the_newer_of_a_pair_and_its_inverse_counts() -> None:
    rates = Rates.of([("USD", "CNY", DAY - 3, 7.0), ("CNY", "USD", DAY - 1, 0.125)], day=DAY)
    assert rates.rate("USD", "CNY") == 8.0
    assert rates.rate("CNY", "USD") == 0.125


def test_one_step_across_a_third_currency_is_taken_and_no_second() -> None:
    rates = Rates.of([("EUR", "USD", DAY, 1.1), ("USD", "CNY", DAY, 7.0), ("CNY", "JPY", DAY, 20.0)], day=DAY)
    assert np.isclose(rates.rate("EUR", "CNY"), 7.7, rtol=1e-15)
    assert np.isclose(rates.rate("CNY", "EUR"), 1 / 7.7, rtol=1e-15)
    with pytest.raises(MissingRate):
        rates.rate("EUR", "JPY")


def test_the_way_across_whose_older_leg_is_newer_is_taken() -> None:
    by_euro = [("USD", "EUR", DAY - 1, 0.9), ("EUR", "CNY", DAY - 1, 8.0)]
    by_yen = [("USD", "JPY", DAY, 150.0), ("JPY", "CNY", DAY - 2, 0.05)]
    assert np.isclose(Rates.of([*by_yen, *by_euro], day=DAY).rate("USD", "CNY"), 7.2, rtol=1e-15)


@given(st.lists(quotes, max_size=8), st.permutations(range(8)))
def test_there_and_back_is_where_one_started(given_quotes: list[tuple[str, str, int, float]], order: list[int]) -> None:
    unique = list({quote[:3]: quote for quote in given_quotes}.values())
    rates = Rates.of(unique, day=DAY)
    again = Rates.of([unique[at] for at in order if at < len(unique)], day=DAY)
    for base, quote in [("CNY", "EUR"), ("EUR", "USD"), ("USD", "CNY")]:
        try:
            rate = rates.rate(base, quote)
        except MissingRate:
            continue
        assert rate == again.rate(base, quote)
        direct = {quote[:2] for quote in unique if DAY - 7 <= quote[2] <= DAY}
        if not direct & {pair[::-1] for pair in direct}:
            assert np.isclose(rate * rates.rate(quote, base), 1, rtol=1e-12)


def test_of_two_sources_on_one_day_the_more_trusted_is_believed() -> None:
    day = date(2024, 6, 30)
    central = fact(RATE, base="USD", quote="CNY", rate=7.0, day=day, source="b")
    other = fact(RATE, base="USD", quote="CNY", rate=6.0, day=day, source="a", recorded_at=LATE)
    with tempfile.TemporaryDirectory() as folder:
        facts = keep(
            Path(folder), [Load([], [other], source="a", trust=0.1), Load([], [central], source="b", trust=0.9)]
        )
        when = When.of(Moment(day, LATE), 2)
        assert Rates.build(facts, when).rate("USD", "CNY") == 7.0
        before = When.of(Moment(day, T0 - timedelta(seconds=1)), 2)
        with pytest.raises(MissingRate):
            Rates.build(facts, before).rate("USD", "CNY")


def test_a_moment_counts_from_1970_in_utc() -> None:
    known = datetime(1970, 1, 2, 8, tzinfo=UTC)
    assert When.of(Moment(EPOCH_DAY, known), 3) == (0, 32 * 3600 * 10**6, 3)
    assert When.of(Moment(EPOCH_DAY, known.replace(tzinfo=None)), 3).instant == 32 * 3600 * 10**6
