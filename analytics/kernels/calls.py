"""Calls on guarantors, wave by wave: what fails in one wave is called in the next, and only what changed is redone."""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import (
    F8,
    F8_OUT,
    FLAG,
    I1,
    I8,
    I8_OUT,
    INT,
    REAL,
    U4,
    bare,
    compiled,
    inlined,
    reads,
    record,
    several,
    writes,
)

I4, I4_OUT, FLAGS_OUT = reads(types.int32), writes(types.int32), writes(types.boolean)
FINE = 1e-12
"""Part of a claim, or of what a guarantor pays of a call, below which a change is rounding and not money."""


class Calling(NamedTuple):
    """Claims, the guarantees that stand behind each, and who gave them.

    The first l claims are loans; claim l + g is what the guarantor of guarantee g may ask of its counter-guarantors,
    where there are any. Guarantees lie by claim; those of number g at `place[g]`.
    """

    start: NDArray[np.int64]
    """Guarantees behind claim c are `start[c]:start[c + 1]`: agreed shares, then by turns."""
    guarantor: NDArray[np.uint32]
    amount: NDArray[np.float64]
    share: NDArray[np.float64]
    """Agreed share, negative where none is agreed."""
    late: NDArray[np.int8]
    """1 where its guarantor answers only for what the debtor itself does not pay."""
    apart: NDArray[np.int8]
    """1 of a pledge: it pays from its own value, and nobody fails by it."""
    turn: NDArray[np.int64]
    """Guarantees of one turn are called together; numbers rise."""
    claim: NDArray[np.int64]
    """The claim behind which each stands."""
    number: NDArray[np.int64]
    place: NDArray[np.int64]
    back: NDArray[np.float64]
    """Fraction of each claim that the debtor pays itself in the end."""
    rest: NDArray[np.float64]
    """Each loan less its own collateral, shape (l,)."""
    owed_start: NDArray[np.int64]
    owed: NDArray[np.uint32]
    """Loans of debtor i are `owed[owed_start[i]:owed_start[i + 1]]`."""
    given_start: NDArray[np.int64]
    given: NDArray[np.uint32]
    """Guarantees of guarantor i likewise."""
    capacity: NDArray[np.float64]
    """What each can pay, shape (n,)."""


CALLING = record(Calling, I8, U4, F8, F8, I1, I1, I8, I8, I8, I8, F8, F8, I8, U4, I8, U4, F8)


class Work(NamedTuple):
    """What a cascade has come to."""

    wave: NDArray[np.int32]
    """1 of who fails at first; gets the wave in which each other fails, shape (n,)."""
    ratio: NDArray[np.float64]
    """What part of its calls each guarantor pays, shape (n,)."""
    total: NDArray[np.float64]
    """What each is called for out of its capacity, shape (n,)."""
    call: NDArray[np.float64]
    """What each guarantee is called for, shape (m,)."""
    fresh: NDArray[np.float64]
    """The same as it would be now."""
    risen: NDArray[np.int64]
    """Guarantees that are called for more than before, shape (m,)."""
    queue: NDArray[np.int64]
    """Claims to work on, once each, and how large each is, shape (claims,)."""
    ready: NDArray[np.float64]
    waiting: NDArray[np.bool_]
    """Which claims are in the queue."""

    @classmethod
    def on(cls, net: Calling, wave: NDArray[np.int32]) -> "Work":
        """Before anybody is called."""
        size, count, claims = len(net.capacity), len(net.guarantor), len(net.back)
        return cls(
            wave, np.ones(size), np.zeros(size), np.zeros(count), np.empty(count), np.empty(count, np.int64),
            np.empty(claims, np.int64), np.empty(claims), np.zeros(claims, np.bool_),
        )  # fmt: skip


WORK = record(Work, I4_OUT, F8_OUT, F8_OUT, F8_OUT, F8_OUT, I8_OUT, I8_OUT, F8_OUT, FLAGS_OUT)


@inlined
def agreed(net: Any, c: int, claim: float, fresh: NDArray[np.float64]) -> float:
    """Call those who agreed on shares; the fraction of the claim that the others answer for."""
    whole = 0.0
    for p in range(net.start[c], net.start[c + 1]):
        whole += max(net.share[p], 0.0)
    for p in range(net.start[c], net.start[c + 1]):
        if net.share[p] >= 0.0:
            part = claim * (1.0 - net.back[c]) if net.late[p] == 1 else claim
            fresh[p] = min(net.amount[p], part * net.share[p] / max(1.0, whole))
    return max(0.0, 1.0 - whole)


@inlined
def pro_rata(net: Any, c: int, claim: float, left: float, fresh: NDArray[np.float64]) -> None:
    """Call the others by what each guarantees."""
    whole = 0.0
    for p in range(net.start[c], net.start[c + 1]):
        if net.share[p] < 0.0:
            whole += net.amount[p]
    for p in range(net.start[c], net.start[c + 1]):
        if net.share[p] < 0.0:
            part = claim * (1.0 - net.back[c]) if net.late[p] == 1 else claim
            fresh[p] = min(net.amount[p], part * left * net.amount[p] / whole) if whole > 0.0 else 0.0


@inlined
def in_full(
    net: Any, c: int, claim: float, left: float, ratio: NDArray[np.float64], fresh: NDArray[np.float64]
) -> None:
    """Call the others in their turns, each for all that is open then; a turn shares to pay as much as it can."""
    amount, share, late, turn = net.amount, net.share, net.late, net.turn
    guarantor, apart, back = net.guarantor, net.apart, net.back[c] * claim * left
    rest, executed = claim * left, False
    p, end = net.start[c], net.start[c + 1]
    while p < end:
        if share[p] >= 0.0:
            p += 1
            continue
        if late[p] == 1 and not executed:
            executed, rest = True, max(0.0, rest - back)
        if rest <= FINE * claim:
            rest = 0.0
        last, able = p, 0.0
        while last < end and turn[last] == turn[p]:
            able += (1.0 if apart[last] == 1 else ratio[guarantor[last]]) * min(amount[last], rest)
            last += 1
        part = 1.0 if able <= rest else rest / able
        for q in range(p, last):
            fresh[q] = part * min(amount[q], rest)
        rest = max(0.0, rest - able)
        p = last


@inlined
def claimed(net: Any, full: bool, c: int, claim: float, ratio: NDArray[np.float64], fresh: NDArray[np.float64]) -> None:
    """Call everybody who stands behind a claim."""
    left = agreed(net, c, claim, fresh)
    if full:
        in_full(net, c, claim, left, ratio, fresh)
    else:
        pro_rata(net, c, claim, left, fresh)


@compiled(REAL(CALLING, FLAG, F8, F8, F8))
def missed(
    net: Any, full: bool, asked: NDArray[np.float64], ratio: NDArray[np.float64], call: NDArray[np.float64]
) -> float:
    """The most by which a call misses what its claim asks for."""
    most, fresh = 0.0, np.zeros(len(call))
    for c in range(len(asked)):
        if asked[c] > 0.0:
            claimed(net, full, c, asked[c], ratio, fresh)
            for p in range(net.start[c], net.start[c + 1]):
                most = max(most, abs(fresh[p] - call[p]))
    return most


@inlined
def ask(start: Any, c: int, queue: Any, count: int, waiting: Any) -> int:
    """Put a claim behind which somebody stands into the queue once; how many are in it."""
    if not waiting[c] and start[c + 1] > start[c]:
        waiting[c] = True
        queue[count] = c
        count += 1
    return count


@bare(INT(CALLING, WORK, FLAG, INT))
def call_on(net: Any, work: Any, full: bool, count: int) -> int:
    """Call on whoever stands behind the claims in the queue; how many guarantees are called for more."""
    start, guarantor, apart = net.start, net.guarantor, net.apart
    call, fresh, total, risen = work.call, work.fresh, work.total, work.risen
    loans, many = len(net.rest), 0
    for k in range(count):  # what counter-guarantors are asked for is as it was before this wave
        c = work.queue[k]
        work.waiting[c] = False
        work.ready[k] = net.rest[c] if c < loans else call[net.place[c - loans]]
    for k in range(count):
        c, claim = work.queue[k], work.ready[k]
        claimed(net, full, c, claim, work.ratio, fresh)
        for p in range(start[c], start[c + 1]):
            rise = fresh[p] - call[p]
            if rise > FINE * claim:
                call[p] = fresh[p]
                total[guarantor[p]] += rise * (1 - apart[p])
                risen[many] = p
                many += 1
    return many


@bare(INT(CALLING, WORK, FLAG, REAL, INT, INT))
def follow(net: Any, work: Any, full: bool, tolerance: float, many: int, now: int) -> int:
    """Say who fails by what rose, and what part of its calls each pays now; how many claims that asks for anew."""
    capacity, guarantor, given, owed = net.capacity, net.guarantor, net.given, net.owed
    wave, ratio, total, waiting, start = work.wave, work.ratio, work.total, work.waiting, net.start
    first, queue, turn, count = len(net.rest), work.queue, net.turn, 0
    countered = len(net.back) > first
    for k in range(many):
        p = work.risen[k]
        i = guarantor[p]
        if countered:
            count = ask(start, first + net.number[p], queue, count, waiting)
        if wave[i] == 0 and total[i] > capacity[i] * (1.0 + tolerance):
            wave[i] = now
            for j in range(net.owed_start[i], net.owed_start[i + 1]):
                count = ask(start, owed[j], queue, count, waiting)
        pays = 1.0 if total[i] <= capacity[i] else capacity[i] / total[i]
        if pays < ratio[i] - FINE:
            ratio[i] = pays
            for j in range(net.given_start[i], net.given_start[i + 1] if full else 0):
                q, c = given[j], net.claim[given[j]]
                last = q + 1 == start[c + 1] and (q == start[c] or turn[q - 1] != turn[q])
                if work.call[q] > 0.0 and not last:  # of what the last does not pay nobody is called
                    count = ask(start, c, queue, count, waiting)
    return count


@compiled(several(INT, INT)(CALLING, WORK, FLAG, REAL, INT))
def cascade(net: Any, work: Any, full: bool, tolerance: float, budget: int) -> tuple[int, int]:
    """Call until nothing changes: the waves, and what is left of the budget, below 0 where it did not suffice."""
    count, now = 0, 1
    for i in range(len(work.wave)):
        if work.wave[i] == 1:
            for j in range(net.owed_start[i], net.owed_start[i + 1]):
                count = ask(net.start, net.owed[j], work.queue, count, work.waiting)
    while count > 0 and budget >= 0:
        now += 1
        for k in range(count):
            budget -= 1 + net.start[work.queue[k] + 1] - net.start[work.queue[k]]
        many = call_on(net, work, full, count)
        count = follow(net, work, full, tolerance, many, now)
    return now, budget


@compiled(types.void(CALLING, U4, U4, I4, F8, F8_OUT, F8_OUT))
def trace(
    net: Any,
    debtor: NDArray[np.uint32],
    latest: NDArray[np.uint32],
    wave: NDArray[np.int32],
    call: NDArray[np.float64],
    through: NDArray[np.float64],
    carried: NDArray[np.float64],
) -> None:
    """Hand what each failure cost back to those whose debtors' failure called on it, the latest to fail first."""
    for k in range(len(latest)):
        i = latest[k]
        if wave[i] == 1:
            continue
        whole = 0.0
        for j in range(net.given_start[i], net.given_start[i + 1]):
            p = net.given[j]
            if net.apart[p] == 0 and wave[debtor[p]] > 0 and wave[debtor[p]] < wave[i]:
                whole += call[p]
        for j in range(net.given_start[i], net.given_start[i + 1]):
            p = net.given[j]
            if net.apart[p] == 0 and wave[debtor[p]] > 0 and wave[debtor[p]] < wave[i] and whole > 0.0:
                carried[p] = through[i] * call[p] / whole
                through[debtor[p]] += carried[p]
