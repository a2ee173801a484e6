"""Numbers by which registers and states know parties: their check digits, and how a person's are hidden."""

import hashlib
import hmac
import re
from datetime import date
from operator import mul
from typing import Final

from graph.errors import InvalidIdentifier

LEI: Final = "XI-LEI"
USCC: Final = "CN-USCC"
RESIDENT: Final = "CN-RIC"
HASHED: Final = "hmac-sha256:"
"""What a keyed hash begins with, so that none is hashed again."""
UNVERIFIED: Final = "-unverified"
"""What follows the hash of a number that did not agree with its scheme: the hash alone no longer tells."""

_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_DAY = r"(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
RESIDENT_FORM: Final = rf"[1-9][0-9]{{5}}{_DAY}[0-9]{{3}}[0-9X]"
"""Pattern of a 公民身份号码 in plain signs; its day of birth may be one that the month does not have."""
_RESIDENT = re.compile(RESIDENT_FORM)
_USCC_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES: Final = {sign: number for number, sign in enumerate(_USCC_SIGNS)}
_USCC_WEIGHTS: Final = [pow(3, place, 31) for place in range(17)]
_NARROW: Final = {wide: wide - 0xFEE0 for wide in range(ord("！"), ord("～") + 1)}
_RESIDENT_SIGNS: Final = "10X98765432"


def plain(value: str) -> str:
    """A number without spaces and full-width signs, in capitals.

    >>> plain(" ９１35 0100m000100y43 ")
    '91350100M000100Y43'
    """
    narrow = value if value.isascii() else value.translate(_NARROW)
    return "".join(narrow.split()).upper()


def is_lei(value: str) -> bool:
    """Whether it is a legal entity identifier: its digits, A as 10 to Z as 35, leave 1 by 97 (ISO 17442).

    >>> is_lei("5493001KJTIIGC8Y1R12"), is_lei("5493001KJTIIGC8Y1R21")
    (True, False)
    """
    return bool(_LEI.fullmatch(value)) and int("".join(str(int(sign, 36)) for sign in value)) % 97 == 1


def is_uscc(value: str) -> bool:
    """Whether it is a 统一社会信用代码 whose last sign agrees: Σ cᵢ·3ⁱ is a multiple of 31 (GB 32100-2015).

    >>> is_uscc("91350100M000100Y43"), is_uscc("91350100M000100Y44")
    (True, False)
    """
    if not _USCC.fullmatch(value):
        return False
    total = sum(map(mul, map(_USCC_VALUES.__getitem__, value[:17]), _USCC_WEIGHTS))
    return _USCC_SIGNS[-total % 31] == value[17]


def is_resident_id(value: str) -> bool:
    """Whether it is a 公民身份号码 with a day of birth that exists and a check sign that agrees (GB 11643-1999).

    >>> is_resident_id("11010519491231002X"), is_resident_id("110105194912310021")
    (True, False)
    """
    if not _RESIDENT.fullmatch(value) or not _exists(value[6:14]):
        return False
    total = sum(int(sign) * pow(2, 17 - place, 11) for place, sign in enumerate(value[:17]))
    return _RESIDENT_SIGNS[total % 11] == value[17]


def may_be_resident_id(value: str) -> bool:
    """Whether it must be kept like a 公民身份号码: it has the form, and no other register's digits agree.

    A number with one digit mistaken still names a person.

    >>> may_be_resident_id("110105194912310021"), may_be_resident_id("91350100M000100Y43")
    (True, False)
    """
    return bool(_RESIDENT.fullmatch(value)) and (is_resident_id(value) or not is_uscc(value))


def checked(scheme: str, value: str) -> str:
    """The number as its register writes it. Raises InvalidIdentifier where form or check digits do not agree.

    >>> checked("XI-LEI", "5493 001k jtii gc8y 1r12")
    '5493001KJTIIGC8Y1R12'
    """
    number = plain(value)
    check = {LEI: is_lei, USCC: is_uscc, RESIDENT: is_resident_id}.get(scheme)
    if check is not None and not check(number):
        raise InvalidIdentifier(f"{value!r} is not a number of {scheme}", where=scheme)
    return number


def keyed_hash(value: str, key: bytes, *, scheme: str = RESIDENT) -> str:
    """A number as HMAC-SHA256 under a key: equal numbers of one scheme stay equal, and none can be read.

    >>> keyed_hash("11010519491231002x", b"key") == keyed_hash("11010519491231002X", b"key")
    True
    """
    if value.startswith(HASHED):
        return value
    said = f"{scheme}\0{plain(value)}".encode()
    return HASHED + hmac.new(key, said, hashlib.sha256).hexdigest()


def _exists(day: str) -> bool:
    try:
        date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return False
    return True
