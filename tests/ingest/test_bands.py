"""以上, 以下 include the number; 超过, 不满 do not: Civil Code of the PRC, art. 1259."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bands import bands


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("25%", (0.25, 0.25, 0)),
        ("25-50%", (0.25, 0.5, 0)),
        ("25%至50%", (0.25, 0.5, 0)),
        ("25％～50％", (0.25, 0.5, 0)),
        ("50% to 75%", (0.5, 0.75, 0)),
        (">50%", (0.5, 1, 1)),
        (">50-75%", (0.5, 0.75, 1)),
        ("≥25%", (0.25, 1, 0)),
        ("<5%", (0, 0.05, 2)),
        ("≤5%", (0, 0.05, 0)),
        ("25%以上", (0.25, 1, 0)),
        ("5%以上（不含）", (0.05, 1, 1)),
        ("25%以上50%以下", (0.25, 0.5, 0)),
        ("超过50%", (0.5, 1, 1)),
        ("不足5%", (0, 0.05, 2)),
        ("不低于10%", (0.1, 1, 0)),
        ("[25%,50%)", (0.25, 0.5, 2)),
        ("(25%, 50%]", (0.25, 0.5, 1)),
        (">=25%,<50%", (0.25, 0.5, 2)),
        ("more than 25% but not more than 50%", (0.25, 0.5, 1)),
        ("up to 5%", (0, 0.05, 0)),
        ("0.25-0.5", (0.25, 0.5, 0)),
    ],
)
def test_a_band_is_read_with_its_ends(text: str, band: tuple[float, float, int]) -> None:
    read = bands(pa.array([text]))
    assert tuple(array[0].as_py() for array in read.arrays) == band
    assert not read.faults


@pytest.mark.parametrize("text", ["abc", "25,50", "25% or so", "[25%", "%", "25-50-75%", "=A1", "NaN"])
def test_what_is_no_share_is_a_fault(text: str) -> None:
    read = bands(pa.array([text]))
    assert [fault.reason for fault in read.faults] == ["not a share"]
    assert [array[0].as_py() for array in read.arrays] == [None, None, None]


def test_the_unit_of_the_mapping_holds_for_both_ends() -> None:
    assert [array[0].as_py() for array in bands(pa.array(["25-50"]), unit="%").arrays] == [0.25, 0.5, 0]


@given(st.integers(0, 100), st.integers(0, 100))
def test_every_whole_percentage_range_comes_back(low: int, high: int) -> None:
    read = bands(pa.array([f"{low}%-{high}%"]))
    assert [array[0].as_py() for array in read.arrays] == [low / 100, high / 100, 0]
