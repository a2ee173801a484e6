"""Names as they are compared: one form for every way of writing the same name.

Full-width and half-width, capitals, accents, punctuation and traditional characters are evened out,
character by character, so that a part of a name is evened out the same as the whole. Words that
say only what legal form a company has are told apart, since nobody is found by them.
"""

import re
import unicodedata
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

HAN: Final = (
    (0x2E80, 0x2FDF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)
"""Ranges of characters that are words by themselves: Chinese, kana and Hangul."""

_FORMS_LATIN = (
    "co company corp corporation inc incorporated limited ltd llc llp lp plc pte pty gmbh ag kg se sa sas sarl srl spa "
    "bv nv ab as asa oy oyj kk sdn bhd"
)
_FORMS_CHINESE = (
    "股份有限责任公司", "有限责任公司", "股份有限公司", "集团有限公司", "有限合伙企业", "有限公司", "有限合伙",
    "合伙企业", "分公司", "总公司", "集团公司", "公司", "集团",
)  # fmt: skip

SPACE: Final = ord(" ")
LINE: Final = ord("\n")
_LATIN_FORM = re.compile(rf"(?<=\S)(?: (?:{'|'.join(_FORMS_LATIN.split())}))+(?= ?$)", re.MULTILINE)
_CHINESE_FORM = re.compile(rf"(?<=\S)(?:{'|'.join(_FORMS_CHINESE)})(?= ?$)", re.MULTILINE)
_MARKS = re.compile(r"[^0-9A-Za-z\n]+")


@cache
def _converter() -> Any:
    import opencc  # noqa: PLC0415  (0.1 s that only a search or a look at a file needs)

    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Text with traditional characters as simplified ones.

    >>> simplified("股東名稱")
    '股东名称'
    """
    return str(_converter().convert(text))


@cache
def _plain() -> NDArray[np.uint32]:
    """The plain character of each: simplified, without accents; a space for a mark, 0 where it goes."""
    plain = np.arange(0x10000, dtype=np.uint32)
    for code in range(0x80, 0x10000):
        character = chr(code)
        if 0x3400 <= code < 0xA000:
            plain[code] = ord(simplified(character)[0])
        elif unicodedata.combining(character):
            plain[code] = 0
        elif not character.isalnum():
            plain[code] = SPACE
        elif unicodedata.decomposition(character) and not 0xAC00 <= code < 0xD7A4:
            plain[code] = ord(unicodedata.normalize("NFD", character)[0])
    for code in range(0x80):
        plain[code] = code if chr(code).isalnum() or code == LINE else SPACE
    plain[[ord("'"), ord("’")]] = 0
    return plain


def normalise(text: str) -> str:
    """One or many names, one a line, evened out; a line stays a line.

    >>> normalise("ＢＰ Société (Exploration) Co., Ltd."), normalise("澜汀機械有限公司"), normalise("B.P. p.l.c.")
    ('bp societe exploration co ltd', '澜汀机械有限公司', 'bp plc')
    """
    codes = np.frombuffer(unicodedata.normalize("NFKC", text).casefold().encode("utf-32-le"), np.uint32)
    plain = np.where(codes < 0x10000, _plain()[np.minimum(codes, 0xFFFF)], codes)
    plain[_between_initials(codes, plain)] = 0
    plain = plain[plain != 0]
    space = plain == SPACE
    first = np.concatenate(([LINE], plain[:-1])) == LINE
    even: str = plain[~(space & (first | np.concatenate(([False], space[:-1]))))].tobytes().decode("utf-32-le")
    return even.replace(" \n", "\n").removesuffix(" ")


def _between_initials(codes: NDArray[np.uint32], plain: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Dots between single letters, as in B.P. and p.l.c."""
    word = np.concatenate(([False] * 2, (plain != SPACE) & (plain != LINE), [False] * 2))
    between: NDArray[np.bool_] = (codes == ord(".")) & word[1:-3] & ~word[:-4] & word[3:-1] & ~word[4:]
    return between


def bare(names: str) -> str:
    """Evened-out names, one a line, without the words for a legal form at their end.

    >>> bare("bp exploration co ltd"), bare("澜汀机械有限公司"), bare("limited")
    ('bp exploration', '澜汀机械', 'limited')
    """
    return _CHINESE_FORM.sub("", _LATIN_FORM.sub("", names))


def normalise_number(text: str) -> str:
    """Identifiers, one a line, without spaces and marks, in capitals.

    >>> normalise_number("9135-0100 m000100y43")
    '91350100M000100Y43'
    """
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).upper()


def is_han(character: str) -> bool:
    """Whether a character is a word by itself."""
    return any(low <= ord(character) <= high for low, high in HAN)
