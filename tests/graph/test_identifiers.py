import hashlib
import hmac
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InvalidIdentifier
from graph.identifiers import (
    HASHED,
    checked,
    is_lei,
    is_resident_id,
    is_uscc,
    keyed_hash,
    may_be_resident_id,
    plain,
)

LEIS = ["5493001KJTIIGC8Y1R12", "213800LH1BZH3DI6G760", "HWUPKR0MPOU8FGXBT394", "5493000IBP32UQZ0KL24"]
"""As published: an example in wide use, and those of BP, Apple and the British Broadcasting Corporation."""
USCCS = ["91350100M000100Y43", "91110000600037341L", "914403001922038216"]
"""As published: two examples in wide use by other validators (one of them python-stdnum's), and a large firm's."""
RESIDENTS = ["11010519491231002X", "440524188001010014"]
"""The two examples of GB 11643-1999."""
DIGITS = st.text("0123456789", min_size=17, max_size=17)


@pytest.mark.parametrize("value", LEIS)
def test_published_leis_agree(value: str) -> None:
    assert is_lei(value)


@pytest.mark.parametrize("value", USCCS)
def test_published_credit_codes_agree(value: str) -> None:
    assert is_uscc(value)


@pytest.mark.parametrize("value", RESIDENTS)
def test_published_resident_numbers_agree(value: str) -> None:
    assert is_resident_id(value)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18))
def test_one_pair_of_digits_makes_an_lei(body: str) -> None:
    agreeing = [n for n in range(100) if is_lei(f"{body}{n:02d}")]
    remainder = int("".join(str(int(sign, 36)) for sign in f"{body}00")) % 97
    assert agreeing == [n for n in range(100) if (remainder + n) % 97 == 1]


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_one_sign_makes_a_credit_code(body: str) -> None:
    assert sum(is_uscc(body + sign) for sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 1


CHECKED = [*((is_lei, v) for v in LEIS), *((is_uscc, v) for v in USCCS), *((is_resident_id, v) for v in RESIDENTS)]


@given(st.sampled_from(CHECKED), st.integers(0, 19), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_mistaken_sign_is_noticed(given_: tuple[Callable[[str], bool], str], at: int, sign: str) -> None:
    check, value = given_
    old = value[at % len(value)]
    if sign != old and sign.isdigit() == old.isdigit():  # a letter is two digits of an LEI: it shifts the rest
        assert not check(value[: at % len(value)] + sign + value[at % len(value) + 1 :])


@given(st.sampled_from(RESIDENTS), st.integers(0, 16))
def test_two_signs_in_the_wrong_order_are_noticed(value: str, at: int) -> None:
    swapped = value[:at] + value[at + 1] + value[at] + value[at + 2 :]
    if swapped != value:
        assert not is_resident_id(swapped)


@given(st.dates().filter(lambda day: 1800 <= day.year < 2100), st.sampled_from("0123456789X"))
def test_whoever_may_be_a_person_is_kept_like_one(day: object, sign: str) -> None:
    number = f"110105{day:%Y%m%d}002{sign}"
    assert may_be_resident_id(number) == (is_resident_id(number) or not is_uscc(number))
    assert not may_be_resident_id(number[:10] + "1345" + number[14:])
    assert not is_resident_id(number[:10] + "0231" + number[14:])


def test_a_mistaken_day_of_birth_still_names_a_person() -> None:
    assert may_be_resident_id("11010519490231002X")


def test_a_number_is_given_as_its_register_writes_it() -> None:
    assert checked("CN-USCC", " 91350100m000 100y43") == "91350100M000100Y43"
    assert checked("GB-COH", "sc 123") == "SC123"
    with pytest.raises(InvalidIdentifier, match="XI-LEI"):
        checked("XI-LEI", "5493001KJTIIGC8Y1R13")


@given(st.text(max_size=30))
def test_writing_a_number_plainly_twice_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_a_hash_is_the_published_one() -> None:
    expected = hmac.new(b"key", b"CN-RIC\x0011010519491231002X", hashlib.sha256).hexdigest()
    assert keyed_hash("11010519491231002X", b"key") == HASHED + expected


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20), st.binary(min_size=1, max_size=8))
def test_equal_numbers_have_equal_hashes_and_different_ones_not(a: str, b: str, key: bytes) -> None:
    assert (keyed_hash(a, key) == keyed_hash(b, key)) == (plain(a) == plain(b))
    assert keyed_hash(keyed_hash(a, key), key) == keyed_hash(a, key)
    assert keyed_hash(a, key) != keyed_hash(a, key + b"!")
    assert keyed_hash(a, key, scheme="passport") != keyed_hash(a, key)
