"""Payments of a network of debts, worked out from changes alone: who gets less pays less, wave by wave."""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, F8_OUT, I8, INT, REAL, U4, compiled, inlined, record, several, writes

I4_OUT = writes(types.int32)
HAIR = 1e-12
"""Part of a debt by which means may fall short of it and still count as enough: rounding, not money."""


class Owing(NamedTuple):
    """Debts by debtor and class, and what debtors have."""

    classes: int
    """Classes of seniority C, the most senior first."""
    start: NDArray[np.int64]
    """Debts of class c of debtor i are `start[i * C + c]:start[i * C + c + 1]`, shape (n C + 1,)."""
    creditor: NDArray[np.uint32]
    part: NDArray[np.float64]
    """Fraction of the debtor's class that each debt is; what is owed outside is the rest."""
    owed: NDArray[np.float64]
    """Owed by class, outside debts included, shape (n C,)."""
    assets: NDArray[np.float64]
    """What each has from outside, shape (n,)."""
    kept_assets: float
    """Fraction of these that a defaulter recovers."""
    kept_claims: float
    """Fraction of what others pay to it and of what its shares are worth."""
    held_start: NDArray[np.int64]
    """Holders of company i are `holder[held_start[i]:held_start[i + 1]]`, shape (n + 1,)."""
    holder: NDArray[np.uint32]
    share: NDArray[np.float64]


OWING = record(Owing, INT, I8, U4, F8, F8, F8, REAL, REAL, I8, U4, F8)


@inlined
def _owed(owing: Any, i: int) -> float:
    total = 0.0
    for c in range(owing.classes):
        total += owing.owed[i * owing.classes + c]
    return total


@compiled(several(REAL, REAL)(OWING, INT, REAL))
def worth(owing: Any, i: int, means: float) -> tuple[float, float]:
    """What a debtor pays in all out of its means, and what is left for its owners."""
    owed = _owed(owing, i)
    if means >= owed * (1 - HAIR):
        return owed, max(means - owed, 0.0)
    own = owing.assets[i]
    left = owing.kept_assets * own + owing.kept_claims * (means - own)
    return min(max(left, 0.0), owed), 0.0


@inlined
def _passed_on(
    pending: NDArray[np.float64],
    waiting: NDArray[np.bool_],
    following: NDArray[np.uint32],
    more: int,
    j: int,
    change: float,
    least: float,
) -> int:
    """Add a change to what waits for a party, and the party to the next wave; how many are in that."""
    pending[j] += change
    if not waiting[j] and abs(pending[j]) > least:
        waiting[j] = True
        following[more] = j
        return more + 1
    return more


@compiled(several(INT, INT)(OWING, F8_OUT, F8_OUT, F8_OUT, I4_OUT, REAL, INT))
def settle(
    owing: Any,
    means: NDArray[np.float64],
    paid: NDArray[np.float64],
    equity: NDArray[np.float64],
    fell: NDArray[np.int32],
    least: float,
    budget: int,
) -> tuple[int, int]:
    """Pass changes on until none exceeds `least`: the waves it took, and what is left of the budget of links.

    `means`, `paid` and `equity` hold what each has and gives as of yet, and what it should give then; `fell` gets the
    wave in which each first pays less than it owes.
    """
    wave = np.arange(len(means)).astype(np.uint32)
    following, pending = np.empty(len(means), np.uint32), np.zeros(len(means))
    waiting = np.zeros(len(means), np.bool_)
    count, waves = len(means), 0
    while count > 0 and budget > 0:
        waves += 1
        for k in range(count):  # all of a wave see what the waves before have left, whatever their order
            i = wave[k]
            means[i] += pending[i]
            pending[i] = 0.0
            waiting[i] = False
        more = 0
        for k in range(count):
            i = wave[k]
            pays, owns = worth(owing, i, means[i])
            if fell[i] == 0 and pays < _owed(owing, i) * (1 - HAIR):
                fell[i] = waves
            before, senior = paid[i], 0.0
            for c in range(owing.classes if pays != before else 0):
                row = i * owing.classes + c
                owed = owing.owed[row]
                change = min(max(pays - senior, 0.0), owed) - min(max(before - senior, 0.0), owed)
                senior += owed
                for link in range(owing.start[row], owing.start[row + 1] if change != 0.0 else owing.start[row]):
                    budget -= 1
                    part = owing.part[link] * change
                    more = _passed_on(pending, waiting, following, more, owing.creditor[link], part, least)
            change = owns - equity[i]
            for link in range(owing.held_start[i], owing.held_start[i + 1] if change != 0.0 else owing.held_start[i]):
                budget -= 1
                part = owing.share[link] * change
                more = _passed_on(pending, waiting, following, more, owing.holder[link], part, least)
            paid[i], equity[i] = pays, owns
        wave, following, count = following, wave, more
    return waves, budget
