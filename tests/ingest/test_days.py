"""Expected days are the calendar's own (datetime.date), or the spreadsheet's serials of ECMA-376 18.17.4."""

import cProfile
import pstats
from datetime import date, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.days import days, instants

DAYS = st.dates(date(1928, 1, 1), date(2099, 12, 31))


@given(DAYS)
def test_every_way_of_writing_a_day_means_the_same_day(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    written = [f"{y}年{m}月{d}日", f"{y}/{m}/{d}", f"{y}{m:02}{d:02}", f"{y}.{m:02}.{d:02}", f"{day} 05:29:11.668"]
    written.append(str((day - date(1899, 12, 30)).days))
    written.append(f"{y}年{m}月{d}日".translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    assert days(pa.array(written)).arrays[0].to_pylist() == [day] * len(written)


@given(DAYS)
def test_days_in_chinese_numerals_are_read(day: date) -> None:
    signs = "〇一二三四五六七八九"

    def small(n: int) -> str:
        tens, ones = divmod(n, 10)
        return (("" if tens == 1 else signs[tens]) + "十" if tens else "") + (signs[ones] if ones else "")

    text = f"{''.join(signs[int(c)] for c in str(day.year))}年{small(day.month)}月{small(day.day)}日"
    assert days(pa.array([text])).arrays[0].to_pylist() == [day]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2023-02-30", "impossible date"),
        ("2023年13月1日", "impossible date"),
        ("0000-01-01", "impossible date"),
        ("20230229", "impossible date"),
        ("31/02/2024", "impossible date"),
        ("13.13.2024", "impossible date"),
        ("31/31/24", "impossible date"),
        ("31-Feb-2024", "impossible date"),
        ("February 30, 2024", "impossible date"),
        ("2024-13", "impossible date"),
        ("2024年13月", "impossible date"),
        ("31/02/24", "ambiguous date"),  # the 24th of February 2031, if the year comes first
        ("13/02/2024", "ambiguous date"),
        ("03/04/2024", "ambiguous date"),
        ("2024-03", "ambiguous date"),
        ("2024年", "ambiguous date"),
        ("soon", "not a date"),
        ("2024-03-01 nonsense", "not a date"),
        ("=TODAY()", "not a date"),
    ],
)
def test_what_is_no_day_says_why(text: str, reason: str) -> None:
    read = days(pa.array([text, "2024-03-01"]))
    assert [(fault.reason, fault.rows.tolist()) for fault in read.faults] == [(reason, [0])]
    assert read.arrays[0].to_pylist() == [None, date(2024, 3, 1)]


@pytest.mark.parametrize("text", ["长期", "至今", "9999-12-31", "", "-"])
def test_a_day_that_never_comes_is_none(text: str) -> None:
    for other in ("2024/1/1", "2024-01-01"):
        assert days(pa.array([text, other])).arrays[0].to_pylist() == [None, date(2024, 1, 1)]
    assert instants(pa.array([text])).arrays[0].to_pylist() == [None]


def test_a_format_settles_which_is_the_month() -> None:
    assert days(pa.array(["03/04/2024"]), form="%d/%m/%Y").arrays[0].to_pylist() == [date(2024, 4, 3)]


def test_instants_are_utc() -> None:
    read = instants(pa.array(["2024-03-01T08:00:00+08:00", "2024年3月1日", "2024-03-01 10:00"]))
    first = datetime(2024, 3, 1)
    assert read.arrays[0].to_pylist() == [first, first, first.replace(hour=10)]


def test_a_column_of_figures_is_not_tried_by_the_names_of_months() -> None:
    """A set with hundreds of unnamed figures has millions of such cells; a form costs more than all else of a cell."""
    tried, figures = cProfile.Profile(), pa.array([f"{number / 7:.5f}" for number in range(-50, 50)])
    found = tried.runcall(days, figures)
    assert found.arrays[0].null_count == len(figures)
    assert [fault.reason for fault in found.faults] == ["not a date"]
    assert not [name for _, _, name in pstats.Stats(tried).stats if "strptime" in name]  # type: ignore[attr-defined]
    assert days(pa.array(["3 Mar 2024", "March 3, 2024"])).arrays[0].null_count == 0
