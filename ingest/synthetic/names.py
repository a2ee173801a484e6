"""Names that belong to nobody: built from lists of characters and syllables that form no known brand.

A company's name is a mixed-radix number over the lists, so as many companies as are asked for have
names of their own. Persons carry 某, which reads as a person left unnamed and is no given name.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

PLACES: Final = tuple(a + b for a in "澜霁珀屿嵘峦砚沅" for b in "汀岑浔垠漪")
FIRST: Final = tuple("岚栩珂榆霁芷砚屿珀槿澹昀翎菱苒沅湄岫峤筠璟瑶萤葭")
SECOND: Final = tuple("秾弦朔衡笙屏菽汀垣陌笺籽舟霖帆桐棠杉棣桦荻蓼苇茗")
THIRD: Final = tuple("川洲岭原坡坞渡谷溪湾埠塬峰池浦桥屯塘岗坪泽岸野陂")
SURNAMES: Final = tuple("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜")

ONSETS: Final = (
    "Vor", "Kel", "Tam", "Bri", "Zan", "Ost", "Mir", "Dul", "Quen", "Fal", "Hest", "Ilm", "Jor", "Lun", "Nev", "Pry",
)  # fmt: skip
MIDDLES: Final = ("a", "e", "i", "o", "u", "ae")
CODAS: Final = ("ven", "lor", "rin", "dak", "mos", "tek", "ran", "sil", "bor", "nex", "quil", "thar")
TRADES: Final = (
    "Trading", "Components", "Logistics", "Holdings", "Metals", "Textiles", "Foods", "Optics", "Timber", "Energy",
)  # fmt: skip
SUFFIXES: Final = ("Limited", "GmbH", "B.V.", "Inc.", "Pte. Ltd.")

STRIDE: Final = 7_368_787
"""A prime: stepping by it visits every name once and keeps neighbours from sounding alike."""


def chinese_companies(numbers: NDArray[np.int64], trades: pa.Array) -> pa.Array:
    """Names such as 澜汀岚秾川机械有限公司 for companies of these numbers and trades; no two alike in a trade."""
    parts = _parts(numbers, (PLACES, FIRST, SECOND, THIRD))
    return _joined(*parts, trades, "有限公司")


def english_companies(numbers: NDArray[np.int64]) -> pa.Array:
    """Names such as Keladak Voraven Metals Limited."""
    lists = (ONSETS, MIDDLES, CODAS, ONSETS, MIDDLES, CODAS, TRADES, SUFFIXES)
    one, two, three, four, five, six, trade, suffix = _parts(numbers, lists)
    return _joined(one, two, three, " ", four, five, six, " ", trade, " ", suffix)


def chinese_persons(numbers: NDArray[np.int64]) -> pa.Array:
    """Names such as 赵某岚; several persons may share one, as in life."""
    surname, given = _parts(numbers, (SURNAMES, FIRST + SECOND))
    return _joined(surname, "某", given)


def english_persons(numbers: NDArray[np.int64]) -> pa.Array:
    """Names such as Tamo Quenaedak."""
    given, family, middle, coda = _parts(numbers, (ONSETS, ONSETS, MIDDLES, CODAS))
    return _joined(given, "o ", family, middle, coda)


def numbered(prefix: str, numbers: NDArray[np.int64], width: int) -> pa.Array:
    """Ids such as P-0000042.

    >>> numbered("P-", np.array([42]), 7)[0].as_py()
    'P-0000042'
    """
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return _joined(prefix, digits)


def choose(words: Sequence[str], places: NDArray[np.integer]) -> pa.Array:
    """The words at these places of a list."""
    return pa.array(words, pa.string()).take(pa.array(places))


def _parts(numbers: NDArray[np.int64], lists: Sequence[Sequence[str]]) -> list[pa.Array]:
    total = int(np.prod([len(words) for words in lists]))
    left = (numbers * STRIDE + 1) % total
    parts = []
    for words in lists:
        parts.append(choose(words, left % len(words)))
        left = left // len(words)
    return parts


def _joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*(pa.scalar(p) if isinstance(p, str) else p for p in parts), "")
