from calendar import monthrange
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.structure.guarantees.period import last_days, law_of, read_liability, still_callable
from graph.columns import ALWAYS, FOREVER
from graph.errors import InvalidDate
from graph.holding import EPOCH_DAY
from graph.model import LIABILITIES

DAYS = st.dates(date(1996, 1, 1), date(2090, 1, 1))


def number(day: date | None) -> int:
    return ALWAYS if day is None else (day - EPOCH_DAY).days


def last(due: date | None, expires: date | None, *, signed: date | None = None, pledged: bool = False) -> date | None:
    days = last_days([number(signed)], [number(due)], [number(expires)], pledged=[pledged])[0]
    return None if days == FOREVER else EPOCH_DAY + timedelta(days=int(days))


@given(DAYS)
def test_without_an_agreed_day_six_months_run_to_the_same_day_of_the_month(due: date) -> None:
    """民法典 692, 202: the day of the month that corresponds, or the last of a month that has none."""
    year, month = divmod(due.month + 5, 12)
    year, month = due.year + year, month + 1
    assert last(due, None) == date(year, month, min(due.day, monthrange(year, month)[1]))


@given(DAYS, DAYS)
def test_an_agreed_day_counts_only_after_the_debt_falls_due(due: date, agreed: date) -> None:
    assert last(due, agreed) == (agreed if agreed > due else last(due, None))


def test_what_nothing_ends_does_not_end() -> None:
    assert last(None, None) is None
    assert last(None, date(2024, 5, 1)) == date(2024, 5, 1)


def test_collateral_has_no_period_but_an_agreed_one() -> None:
    assert last(date(2024, 1, 1), None, pledged=True) is None
    assert last(date(2024, 1, 1), date(2023, 1, 1), pledged=True) == date(2023, 1, 1)


@pytest.mark.parametrize("signed", [None, date(1994, 1, 1), date(2010, 1, 1), date(2022, 1, 1)])
def test_both_laws_give_six_months(signed: date | None) -> None:
    """担保法 25, 26; 民法典 692."""
    assert last(date(2015, 8, 31), None, signed=signed) == date(2016, 2, 29)


def test_an_unstated_liability_turns_on_the_first_day_of_2021() -> None:
    """担保法 19: joint; 民法典 686: general."""
    days = [number(d) for d in (date(2020, 12, 31), date(2021, 1, 1), None, date(1990, 1, 1))]
    for silent in (-1, LIABILITIES.index("unstated")):
        read = [LIABILITIES[x] for x in read_liability([silent] * 4, days)]
        assert read == ["joint", "general", "unstated", "unstated"]


@given(st.sampled_from(["general", "joint"]), DAYS)
def test_a_stated_liability_stays(stated: str, signed: date) -> None:
    assert read_liability([LIABILITIES.index(stated)], [number(signed)]).tolist() == [LIABILITIES.index(stated)]


def test_a_law_names_itself_and_a_day_before_all_laws_is_refused() -> None:
    assert (law_of(date(2022, 1, 1)).id, law_of(date(2022, 1, 1)).verified) == ("CN_CIVIL_CODE_2021", True)
    assert law_of(date(2010, 1, 1)).citation.startswith("担保法")
    with pytest.raises(InvalidDate, match="before any law"):
        law_of(date(1990, 1, 1))


def test_the_last_day_is_one_on_which_it_can_be_called() -> None:
    end = last_days([ALWAYS], [number(date(2023, 3, 10))], [ALWAYS])
    for day, can in ((date(2023, 9, 10), True), (date(2023, 9, 11), False)):
        assert still_callable(end, day=number(day)).tolist() == [can]


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(InvalidDate, match="of each kind"):
        last_days([1], [1, 2], [1])
    with pytest.raises(InvalidDate, match="of signature"):
        read_liability([1], np.array([1, 2]))
    with pytest.raises(InvalidDate, match="no day"):
        still_callable([1], day=ALWAYS)
