"""Expected values are what the text means by arithmetic, written out by hand."""

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InvalidMapping
from ingest.values import Parsed, flags, integers, numbers, texts


def reasons(read: Parsed) -> dict[int, str]:
    return {int(row): fault.reason for fault in read.faults for row in fault.rows}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.5", 1234.5),
        ("３００万元", 3_000_000),
        ("1.2亿元", 120_000_000),
        ("２，５００元", 2500),
        ("12.5%", 0.125),
        ("5‰", 0.005),
        ("35 bp", 0.0035),
        ("(3)", -3),
        ("−4", -4),
        ("¥1，000", 1000),
        ("USD 5 million", 5_000_000),
        ("3.5e2万", 3_500_000),
        ("500万元整", 5_000_000),
        (" 7 ", 7),
    ],
)
def test_a_number_means_what_its_unit_says(text: str, value: float) -> None:
    assert numbers(pa.array([text])).arrays[0].to_pylist() == [value]


@pytest.mark.parametrize("text", ["12,34", "1.234,5", "NaN", "inf", "abc", "百", "1 2", "--5", "(-5)", "(5", "=1+1"])
def test_what_is_no_number_is_a_fault_and_never_a_guess(text: str) -> None:
    read = numbers(pa.array([text, "1"]))
    assert reasons(read) == {0: "not a number"}
    assert read.arrays[0].to_pylist() == [None, 1]


@pytest.mark.parametrize("text", ["1e400", "9" * 400, "1e308万"])
def test_a_number_beyond_floats_is_told_as_too_large(text: str) -> None:
    assert reasons(numbers(pa.array([text]))) == {0: "number too large"}


@pytest.mark.parametrize("text", ["", "-", "—", "无", "不详", "N/A", "null", " "])
def test_what_says_nothing_is_null(text: str) -> None:
    read = numbers(pa.array([text, "x1"]))
    assert read.arrays[0].to_pylist()[0] is None
    assert 0 not in reasons(read)


def test_the_currency_an_amount_names_is_told() -> None:
    read = numbers(pa.array(["1.2亿美元", "HK$5", "30万元", "5人民币"]))
    assert read.currency is not None
    assert read.currency.to_pylist() == ["USD", "HKD", None, "CNY"]


@given(st.decimals(min_value=0, max_value=10**9, places=4), st.sampled_from([("万元", 4), ("亿元", 8), ("%", -2)]))
def test_a_unit_of_the_mapping_shifts_the_decimal_point_exactly(value: Decimal, unit: tuple[str, int]) -> None:
    word, power = unit
    assert numbers(pa.array([str(value)]), unit=word).arrays[0][0].as_py() == float(value.scaleb(power))


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_separators_and_full_width_digits_change_nothing(value: Decimal) -> None:
    wide = f"{value:,}".translate(str.maketrans("0123456789,.", "０１２３４５６７８９，．"))
    assert numbers(pa.array([wide, "x"])).arrays[0][0].as_py() == float(value)


def test_the_unit_in_the_cell_goes_before_the_unit_of_the_mapping() -> None:
    assert numbers(pa.array(["5千元", "25%", "5"]), unit="万元").arrays[0].to_pylist() == [5000, 0.25, 50_000]


def test_an_unknown_unit_is_an_error_of_the_mapping() -> None:
    with pytest.raises(InvalidMapping, match="unit"):
        numbers(pa.array(["1"]), unit="furlong")


def test_counts_are_whole() -> None:
    read = integers(pa.array(["90天", "1.5", "99999999999999999", None]))
    assert read.arrays[0].to_pylist() == [90, None, None, None]
    assert reasons(read) == {1: "not whole", 2: "number too large"}


def test_yes_and_no_are_known_in_both_languages() -> None:
    read = flags(pa.array(["是", "否", "Yes", "FALSE", "√", "无", None, "vielleicht"]))
    assert read.arrays[0].to_pylist() == [True, False, True, False, True, False, None, None]
    assert reasons(read) == {7: "unknown word"}


def test_text_keeps_its_digits_and_its_inner_space() -> None:
    assert texts(pa.array(["　007 A ", ""])).arrays[0].to_pylist() == ["007 A", None]
