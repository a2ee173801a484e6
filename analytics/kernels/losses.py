"""Losses of those who have claims on the failed, and of those who hold shares of whoever loses.

Who has failed, and what those pay, stands fixed; equities fall, party by party, until no loss changes by more than
a tolerance. Only parties on the list to look at are looked at, and whom they lead to.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import (
    BESIDE,
    BESIDE_OUT,
    F8,
    F8_OUT,
    I8,
    I8_OUT,
    INT,
    REAL,
    U4,
    U4_OUT,
    bare,
    columns,
    inlined,
    record,
    writes,
)


class Sheets(NamedTuple):
    """What parties owe each other and hold of each other, and what each has to lose; never written."""

    classes: int
    start: NDArray[np.int64]
    """Debts of class c of debtor i are at `start[i * C + c]:start[i * C + c + 1]`."""
    creditor: NDArray[np.uint32]
    amount: NDArray[np.float64]
    """Not covered by the debtor's own collateral."""
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
    owned: NDArray[np.float64]
    """Equity from which calls are paid, 0 where there is none, infinite where it is not known."""
    cash: NDArray[np.float64]
    """Liquidity likewise."""
    own: NDArray[np.float64]
    """Equity whose loss brings a party down; NaN where none does."""
    liquid: NDArray[np.float64]
    """Liquidity likewise."""
    margin: NDArray[np.float64]
    """What a year without output costs each."""
    kept: float
    """Fraction of its assets that a failure leaves."""
    felt_claims: float
    """1, or 0 where losses on claims are told and not passed on."""
    felt_shares: float
    """The same of losses on shares."""


class Lost(NamedTuple):
    """What was lost so far."""

    start: NDArray[np.float64]
    """By party, when guarantors were called."""
    before: NDArray[np.float64]
    """The same without income: of what is left then the failed pay."""
    other: NDArray[np.float64]
    """By party, whatever the cause, but on guarantees: what it pays on these follows, and falls as this rises."""
    claims: NDArray[np.float64]
    """By party, on claims."""
    by_debt: NDArray[np.float64]
    passed: NDArray[np.float64]
    """Equity of each party that its holders have lost."""
    income: NDArray[np.float64]
    spent: NDArray[np.float64]
    """Cash of each that income and the shock itself took."""
    stopped: NDArray[np.float64]
    """Fraction of its output that each loses of itself."""
    called: NDArray[np.float64]
    """What each is called for on guarantees, to be paid out of what it is able to."""
    pledged: NDArray[np.float64]
    """Collateral of each for others that is gone."""
    back: NDArray[np.float64]
    """What those that counter its guarantees pay it."""
    promised: NDArray[np.float64]
    """What guarantors pay of each debt."""
    told: NDArray[np.float64]
    """Of `other`, what each has passed on."""

    @classmethod
    def of(cls, size: int, debts: int) -> "Lost":
        """Before anything is lost."""
        beside, by_debt = iter(columns(size, len(cls._fields) - 2)), iter(np.zeros((2, debts)))
        return cls(*(next(by_debt if name in ("by_debt", "promised") else beside) for name in cls._fields))


class Parties(NamedTuple):
    """Who has failed, and lists of whom something changed for; each party stands on a list once."""

    failed: NDArray[np.bool_]
    round: NDArray[np.int64]
    order: NDArray[np.int64]
    cause: NDArray[np.int8]
    fell: NDArray[np.uint32]
    """Who failed, in that order."""
    stirred: NDArray[np.uint32]
    """Who lost more than when it was last looked at …"""
    fresh: NDArray[np.int8]
    """… 1 of those before the calls of a round, 2 of those after."""
    look: NDArray[np.uint32]
    """Who may have something to pass on."""
    looked: NDArray[np.bool_]
    ever: NDArray[np.uint32]
    """Whoever was on one of the lists."""
    met: NDArray[np.bool_]
    queue: NDArray[np.uint32]
    waiting: NDArray[np.bool_]
    many: NDArray[np.int64]
    """How many are on each list, how far into the failed supplies and calls have come, 1 where somebody failed of
    itself, and the round; places below."""

    @classmethod
    def of(cls, size: int) -> "Parties":
        """Before anybody fails."""
        flags: list[Any] = [np.zeros(size, np.bool_) for _ in range(4)]
        lists: list[Any] = [np.empty(size, np.uint32) for _ in range(5)]
        return cls(
            flags[0], np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int8), lists[0], lists[1],
            np.zeros(size, np.int8), lists[2], flags[1], lists[3], flags[2], lists[4], flags[3],
            np.zeros(LISTS, np.int64),
        )  # fmt: skip


FELL, STIRRED, LOOK, EVER, TO_STOP, TO_CALL, FIRST, ROUND, LISTS = range(9)
FLAGS_OUT, I1_OUT = writes(types.boolean), writes(types.int8)
SHEETS = record(Sheets, INT, I8, U4, F8, F8, I8, U4, F8, *(BESIDE,) * 8, REAL, REAL, REAL)
LOST = record(Lost, *(F8_OUT if name in ("by_debt", "promised") else BESIDE_OUT for name in Lost._fields))
PARTIES = record(
    Parties, FLAGS_OUT, I8_OUT, I8_OUT, I1_OUT, U4_OUT, U4_OUT, I1_OUT, U4_OUT, FLAGS_OUT, U4_OUT, FLAGS_OUT, U4_OUT,
    FLAGS_OUT, I8_OUT,
)  # fmt: skip


@inlined
def owed_by(sheets: Sheets, i: int) -> float:
    """What a party owes in all classes beyond its collateral."""
    owed = 0.0
    for row in range(i * sheets.classes, (i + 1) * sheets.classes):
        owed += sheets.whole[row]
    return owed


@inlined
def pool_of(sheets: Sheets, before: float, i: int) -> float:
    """What a failed party has for its creditors."""
    left: float = sheets.kept * max(sheets.assets[i] - before, 0.0)
    most: float = sheets.recovered[i] * owed_by(sheets, i)
    return sheets.kept * most if np.isnan(left) else min(left, most)


@inlined
def means_of(sheets: Sheets, lost: Lost, i: int) -> float:
    """What is left of a party's equity, or of its liquidity after losses in cash, to pay calls from."""
    left: float = min(
        sheets.owned[i] - lost.other[i], sheets.cash[i] - lost.spent[i] - sheets.felt_claims * lost.claims[i]
    )
    return max(left, 0.0)


@inlined
def paid_by(sheets: Sheets, lost: Lost, i: int) -> float:
    """What a party pays on guarantees out of its means."""
    return float(min(lost.called[i], means_of(sheets, lost, i)))


@inlined
def whole_of(sheets: Sheets, lost: Lost, i: int) -> float:
    """What a party lost, what it pays on guarantees included; it never falls as the other rises."""
    other: float = lost.other[i]
    back: float = lost.back[i]
    return other + paid_by(sheets, lost, i) - back


@inlined
def stir(parties: Any, i: int) -> None:
    """Put a party that lost more on the list of those."""
    if parties.fresh[i] == 0:
        parties.stirred[parties.many[STIRRED]] = i
        parties.many[STIRRED] += 1
    parties.fresh[i] = 2
    if not parties.met[i]:
        parties.met[i], parties.ever[parties.many[EVER]] = True, i
        parties.many[EVER] += 1


@inlined
def look_at(parties: Any, i: int) -> None:
    """Put a party on the list of those that may have something to pass on."""
    if not parties.looked[i]:
        parties.looked[i], parties.look[parties.many[LOOK]] = True, i
        parties.many[LOOK] += 1


@inlined
def _feel(lost: Any, parties: Any, x: int, felt: float, least: float, end: int) -> int:
    """Let a party lose more, or less; 1 where it waits anew to pass that on, at the end of the queue."""
    lost.other[x] += felt
    stir(parties, x)
    if parties.waiting[x] or not abs(lost.other[x] - lost.told[x]) > least:
        return 0
    parties.waiting[x], parties.queue[end % len(parties.queue)] = True, x
    return 1


@bare(INT(SHEETS, LOST, PARTIES, REAL, INT))
def lose(sheets: Any, lost: Any, parties: Any, least: float, budget: int) -> int:
    """Pass losses on until none changes by more than `least`, beginning with whom to look at: what is left of the
    budget, 0 or less where it did not suffice. A loss falls by more than that where guarantors came to pay more."""
    size, classes, queue, waiting = len(lost.other), sheets.classes, parties.queue, parties.waiting
    head, count, asked = 0, 0, parties.many[LOOK]
    for k in range(asked):
        x = parties.look[k]
        parties.looked[x] = False
        waiting[x], queue[count] = True, x
        count += 1
    parties.many[LOOK] = 0
    while count > 0 and budget > 0:
        i = queue[head]
        head = head + 1 if head + 1 < size else 0
        count -= 1
        waiting[i], lost.told[i] = False, lost.other[i]
        failed, asked = parties.failed[i], asked - 1
        # What a failed party pays stands fixed: it is told once, and what it loses since is for its holders alone.
        pays = failed and asked >= 0
        pool = pool_of(sheets, lost.before[i], i) if pays else 0.0
        for row in range(i * classes, (i + 1) * classes if pays else i * classes):
            whole = sheets.whole[row]
            paid = 1.0 if whole <= pool else pool / whole
            pool = max(pool - whole, 0.0)
            for link in range(sheets.start[row], sheets.start[row + 1]):
                budget -= 1
                rise = max(sheets.amount[link] * (1.0 - paid) - lost.promised[link], 0.0) - lost.by_debt[link]
                if rise > 0.0 or rise < -least:
                    lost.by_debt[link] += rise
                    x = sheets.creditor[link]
                    lost.claims[x] += rise
                    count += _feel(lost, parties, x, sheets.felt_claims * rise, least, head + count)
        gone = sheets.equity[i] if failed else min(max(whole_of(sheets, lost, i), 0.0), sheets.equity[i])
        rise = gone - lost.passed[i]
        if rise > 0.0 or rise < -least:
            lost.passed[i] = gone
            for link in range(sheets.share_start[i], sheets.share_start[i + 1]):
                budget -= 1
                felt = sheets.felt_shares * sheets.share[link] * rise
                count += _feel(lost, parties, sheets.holder[link], felt, least, head + count)
    return budget if count > 0 else max(budget, 1)
