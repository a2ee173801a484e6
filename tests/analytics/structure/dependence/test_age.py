from datetime import date

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analytics.structure.dependence.age import oldest_period, statement_age


@given(st.dates(date(1700, 1, 1), date(2200, 1, 1)))
def test_a_statement_may_be_as_old_as_the_calendar_says_of_so_many_months(day: date) -> None:
    assert oldest_period(day) == (pd.Timestamp(day) - pd.DateOffset(months=statement_age().months)).date()


def test_before_the_first_months_of_all_days_every_statement_counts() -> None:
    assert oldest_period(date(2, 12, 31)) == date.min
    assert oldest_period(date(3, 1, 31)) == date(1, 1, 31)
