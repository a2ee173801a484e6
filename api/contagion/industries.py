"""Industries of parties, as numbers."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from api.engine import View

GOODS: Final = "ABCDE"
"""Sections of GB/T 4754 that make or dig what is carried away: what they need of each other they cannot do without [P],
our own reading of Diem et al. (2022), who take physical inputs of physical producers for essential."""
DIVISION: Final = 3
"""Characters of a code that make an industry: C35."""


def industries_of(view: View) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Industry of each party, numbered from 0, and whether it makes or digs goods, both shape (n,)."""
    traits = view.snapshot.traits("industry")
    names = [word[:DIVISION] for word in traits.words]
    unique = sorted(set(names))
    number = np.array([unique.index(name) for name in names] + [-1], np.int64)[traits.code]
    goods = np.array([name[:1] in GOODS for name in names] + [False], np.bool_)[traits.code]
    unknown = np.flatnonzero(number < 0)
    number[unknown] = len(unique) + np.arange(len(unknown))
    return number, goods
