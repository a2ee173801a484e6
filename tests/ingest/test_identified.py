"""Only a number that a register issued makes two records one party."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.identified import is_blank, is_verified
from ingest.words import BLANK

SCHEMES = ["GB-COH", "DE-CR", "CN-RIC", "US-DOS", "XI-LEI", "CN-USCC"]
PLACEHOLDERS = ["N/A", "NA", "none", "UNKNOWN", "无", "不详", "-", "—", "TBC", "0", "000000", "00000000", "xxx", ""]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_a_placeholder_is_no_certain_number(scheme: str, value: str) -> None:
    assert not is_verified(scheme, value.upper())


@given(st.sampled_from(sorted(BLANK)), st.sampled_from(["", " ", "\t"]))
def test_every_word_for_nothing_is_blank_however_it_is_written(word: str, space: str) -> None:
    assert is_blank(space + word.upper() + space)
    assert is_blank(word.translate({sign: sign + 0xFEE0 for sign in range(0x21, 0x7F)}))


@pytest.mark.parametrize("value", ["00102498", "102498", "SC095237", "NI042374", "OC300001", "IP28746R", "R0000012"])
def test_numbers_of_companies_house_are_certain(value: str) -> None:
    assert is_verified("GB-COH", value)


@pytest.mark.parametrize("value", ["213800LH1BZH3DI6G760", "123456789", "SEE NOTE 1", "SC1234567", "HRB12345"])
def test_numbers_that_companies_house_does_not_issue_are_not(value: str) -> None:
    assert not is_verified("GB-COH", value)
