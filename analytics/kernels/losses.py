"""Losses of those who have claims on the failed, and of those who hold shares of whoever loses.

Who has failed, and what those pay, stands fixed; equities fall, party by party, until no loss rises by more than a
tolerance.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import F8, F8_OUT, I8, INT, REAL, U4, compiled, inlined, record, several, writes


class Sheets(NamedTuple):
    """What parties owe each other and hold of each other."""

    classes: int
    start: NDArray[np.int64]
    """Debts of class c of debtor i are at `start[i * C + c]:start[i * C + c + 1]`."""
    creditor: NDArray[np.uint32]
    amount: NDArray[np.float64]
    """Not covered by the debtor's own collateral."""
    promised: NDArray[np.float64]
    """What guarantors pay of each debt."""
    whole: NDArray[np.float64]
    """Owed by debtor and class, to whomever, without what its own collateral covers."""
    share_start: NDArray[np.int64]
    holder: NDArray[np.uint32]
    share: NDArray[np.float64]
    equity: NDArray[np.float64]
    """0 where there is none to lose."""
    assets: NDArray[np.float64]
    """Without what is pledged; NaN where they are unknown."""
    recovered: NDArray[np.float64]
    """Fraction of what it owes that a failed party pays at most."""
    asked: NDArray[np.float64]
    """What each is called for on guarantees, to be paid out of what it is able to."""
    owned: NDArray[np.float64]
    """Equity from which calls are paid, 0 where there is none, infinite where it is not known."""
    cash: NDArray[np.float64]
    """Liquidity likewise, less income that is lost."""
    back: NDArray[np.float64]
    """What those that counter its guarantees pay it."""
    kept: float
    """Fraction of its assets that a failure leaves."""
    felt_claims: float
    """1, or 0 where losses on claims are told and not passed on."""
    felt_shares: float
    """The same of losses on shares."""


_SHEETS = record(Sheets, INT, I8, U4, F8, F8, F8, I8, U4, F8, F8, F8, F8, F8, F8, F8, F8, REAL, REAL, REAL)


class Lost(NamedTuple):
    """What was lost so far; written by `lose` but for `before`."""

    before: NDArray[np.float64]
    """By party, when guarantors were called, without income: of what is left then the failed pay."""
    other: NDArray[np.float64]
    """By party, whatever the cause, but on guarantees: what it pays on these follows, and falls as this rises."""
    claims: NDArray[np.float64]
    """By party, on claims."""
    by_debt: NDArray[np.float64]
    passed: NDArray[np.float64]
    """Equity of each party that its holders have lost."""


_LOST = record(Lost, F8_OUT, F8_OUT, F8_OUT, F8_OUT, F8_OUT)


@inlined
def _pays(sheets: Sheets, lost: float, i: int) -> float:
    """What a failed party has for its creditors."""
    owed = 0.0
    for row in range(i * sheets.classes, (i + 1) * sheets.classes):
        owed += sheets.whole[row]
    left: float = sheets.kept * max(sheets.assets[i] - lost, 0.0)
    most: float = sheets.recovered[i] * owed
    return sheets.kept * most if np.isnan(left) else min(left, most)


@inlined
def _means(sheets: Sheets, lost: Lost, i: int) -> float:
    """What is left of a party's equity, or of its liquidity after losses in cash, to pay calls from."""
    left: float = min(sheets.owned[i] - lost.other[i], sheets.cash[i] - sheets.felt_claims * lost.claims[i])
    return max(left, 0.0)


@compiled(types.void(_SHEETS, _LOST, F8_OUT))
def means(sheets: Sheets, lost: Lost, able: NDArray[np.float64]) -> None:
    """What every party can still pay on calls."""
    for i in range(len(able)):
        able[i] = _means(sheets, lost, i)


@inlined
def _whole(sheets: Sheets, lost: Lost, i: int) -> float:
    """What a party lost, what it pays on guarantees included; it never falls as the other rises."""
    other: float = lost.other[i]
    back: float = sheets.back[i]
    paid: float = min(sheets.asked[i], _means(sheets, lost, i))
    return other + paid - back


@inlined
def _feel(x: int, felt: float, least: float, lost: Lost, told: Any, queue: Any, waiting: Any, end: int) -> int:
    """Let a party lose more; 1 where it waits anew to pass that on, at the end of the queue."""
    lost.other[x] += felt
    if waiting[x] or not lost.other[x] - told[x] > least:
        return 0
    waiting[x], queue[end % len(queue)] = True, x
    return 1


@compiled(several(INT, REAL)(_SHEETS, writes(types.boolean), U4, REAL, INT, _LOST))
def lose(
    sheets: Sheets, failed: Any, first: NDArray[np.uint32], least: float, budget: int, lost: Lost
) -> tuple[int, float]:
    """Pass losses on until none rises by more than `least`, beginning with some parties: what is left of the budget,
    and the most that waits yet."""
    size, classes = len(lost.other), sheets.classes
    queue, waiting, told = np.empty(size, np.uint32), np.zeros(size, np.bool_), np.zeros(size)
    head, count = 0, 0
    for x in first:
        if not waiting[x]:
            waiting[x], queue[count] = True, x
            count += 1
    while count > 0 and budget > 0:
        i = queue[head]
        head = head + 1 if head + 1 < size else 0
        count -= 1
        waiting[i], told[i] = False, lost.other[i]
        pool = _pays(sheets, lost.before[i], i) if failed[i] else 0.0
        for row in range(i * classes, (i + 1) * classes if failed[i] else i * classes):
            whole = sheets.whole[row]
            paid = 1.0 if whole <= pool else pool / whole
            pool = max(pool - whole, 0.0)
            for link in range(sheets.start[row], sheets.start[row + 1]):
                budget -= 1
                rise = sheets.amount[link] * (1.0 - paid) - sheets.promised[link] - lost.by_debt[link]
                if rise > 0.0:
                    lost.by_debt[link] += rise
                    lost.claims[sheets.creditor[link]] += rise
                    count += _feel(
                        sheets.creditor[link],
                        sheets.felt_claims * rise,
                        least,
                        lost,
                        told,
                        queue,
                        waiting,
                        head + count,
                    )
        gone = sheets.equity[i] if failed[i] else min(max(_whole(sheets, lost, i), 0.0), sheets.equity[i])
        rise = gone - lost.passed[i]
        if rise > 0.0:
            lost.passed[i] = gone
            for link in range(sheets.share_start[i], sheets.share_start[i + 1]):
                budget -= 1
                felt = sheets.felt_shares * sheets.share[link] * rise
                count += _feel(sheets.holder[link], felt, least, lost, told, queue, waiting, head + count)
    left = 0.0
    for k in range(count):
        left = max(left, lost.other[queue[(head + k) % size]] - told[queue[(head + k) % size]])
    return budget, left
