"""Numbers of invented companies that no register could have issued, with check digits that agree.

Credit codes carry the region 99, which no province has; LEIs carry the prefix 9999, which no issuer has.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

_CODE = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", np.uint8)
_CODE_VALUE = np.zeros(256, np.int64)
_CODE_VALUE[_CODE] = np.arange(31)
_CODE_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_LETTER_VALUE = np.zeros(256, np.int64)
_LETTER_VALUE[np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", np.uint8)] = np.arange(36)


def credit_codes(serials: ArrayLike) -> pa.Array:
    """统一社会信用代码 of the companies with these serial numbers, 18 characters, both check digits right.

    >>> credit_codes([0, 900_000]).to_pylist()
    ['91990000XN00000048', '91990902XN00Y6G837']
    """
    serial = np.asarray(serials, np.int64)
    text = np.full((len(serial), 18), ord("0"), np.uint8)
    text[:, :4] = np.frombuffer(b"9199", np.uint8)
    text[:, 4:8] = _digits(serial // 997 % 10_000, 4)
    text[:, 8:10] = np.frombuffer(b"XN", np.uint8)
    text[:, 10:16] = _CODE[_places(serial, 31, 6)]
    text[:, 16] = _organisation_check(text[:, 8:16])
    total = _CODE_VALUE[text[:, :17]] @ _CODE_WEIGHTS
    text[:, 17] = _CODE[-total % 31]
    return _texts(text)


def lei_codes(serials: ArrayLike) -> pa.Array:
    """LEIs of the companies with these serial numbers, 20 characters, check digits right.

    >>> lei_codes([77])[0].as_py()
    '99990000000000007750'
    """
    serial = np.asarray(serials, np.int64)
    text = np.full((len(serial), 20), ord("0"), np.uint8)
    text[:, :4] = ord("9")
    text[:, 6:18] = _digits(serial, 12)
    rest = np.zeros(len(serial), np.int64)
    for place in range(18):
        value = _LETTER_VALUE[text[:, place]]
        rest = (rest * np.where(value > 9, 100, 10) + value) % 97
    text[:, 18:] = _digits(98 - rest * 100 % 97, 2)
    return _texts(text)


def spoil(code: str) -> str:
    """The same code with a last digit that does not agree."""
    return code[:-1] + ("1" if code[-1] != "1" else "2")


def _organisation_check(body: NDArray[np.uint8]) -> NDArray[np.uint8]:
    check = 11 - _LETTER_VALUE[body] @ _ORGANISATION_WEIGHTS % 11
    written: NDArray[np.uint8] = np.frombuffer(b"?123456789X0", np.uint8)[check]
    return written


def _places(number: NDArray[np.int64], base: int, width: int) -> NDArray[np.int64]:
    powers = base ** np.arange(width - 1, -1, -1)
    return number[:, None] // powers % base


def _digits(number: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    return (_places(number, 10, width) + ord("0")).astype(np.uint8)


def _texts(text: NDArray[np.uint8]) -> pa.Array:
    rows, width = text.shape
    offsets = np.arange(0, rows * width + 1, width, dtype=np.int32)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(text)))
