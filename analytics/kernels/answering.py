"""Calls on guarantors within a shock: from round to round, only what changed is asked and paid anew.

Calls only rise as more fail, as guarantors have less and as debtors pay less, so that each round goes on from the one
before. Where a counter-guarantee has one of these turn back, all calls begin anew.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.calls import FINE, Calling, ask, call_on, follow
from analytics.kernels.compiled import F8, F8_OUT, I1, I8, I8_OUT, apart, inlined, record
from analytics.kernels.losses import (
    FELL,
    FIRST,
    FLAGS_OUT,
    I1_OUT,
    ROUND,
    STIRRED,
    TO_CALL,
    look_at,
    means_of,
    pool_of,
    stir,
)

BY_CALL, BY_EQUITY, CAUSES = 3, 4, 6
"""Causes of a failure, as `analytics.contagion.shock.coupled` numbers them, and how many there are."""
WAVES = 32
"""Bits that tell waves of calls apart within a round."""


class Trees(NamedTuple):
    """Loans with all that stand behind them, in the end; never written."""

    root: NDArray[np.int64]
    """Loan of each guarantee, in the order of calls, shape (m,)."""
    debt: NDArray[np.int64]
    """Place of each loan among the debts, shape (l,)."""
    debtor: NDArray[np.int64]
    """Of each loan."""
    counters: NDArray[np.int8]
    """1 of who counters anybody's guarantee: it pays no more than that one has paid, shape (n,)."""
    first: NDArray[np.float64]
    """What part of each claim its debtor would pay before anything is lost."""
    able: NDArray[np.float64]
    """What each can pay then, shape (n,)."""


class Answered(NamedTuple):
    """What was paid on calls so far."""

    able: NDArray[np.float64]
    """What each can pay now, shape (n,): the capacity of the calls."""
    back: NDArray[np.float64]
    """Part of each claim that its debtor pays: those of the calls."""
    paid: NDArray[np.float64]
    """By guarantee, in the order of calls, shape (m,)."""
    due: NDArray[np.float64]
    """What each guarantor has to pay of it out of its means."""
    shown: NDArray[np.float64]
    """What part of its calls each paid when that was last told to lenders, shape (n,)."""
    more: NDArray[np.int8]
    """1 of who, once called, could pay more again, shape (n,)."""
    asked: NDArray[np.int64]
    """Guarantees that were called."""
    listed: NDArray[np.bool_]
    loans: NDArray[np.int64]
    """Loans of which something is to be paid anew."""
    open: NDArray[np.bool_]
    givers: NDArray[np.int64]
    """Guarantors that may pay another part."""
    giving: NDArray[np.bool_]
    many: NDArray[np.int64]
    """How many are on each list; 1 once anybody paid on a guarantee that counters another."""

    @classmethod
    def of(cls, net: Calling, trees: Trees) -> "Answered":
        """Before anybody is called; `able` and `back` are to be those of the calls."""
        n, m, loans = len(net.capacity), len(net.guarantor), len(net.rest)
        return cls(
            trees.able.copy(), trees.first.copy(), np.zeros(m), np.zeros(m), np.ones(n), np.zeros(n, np.int8),
            np.empty(m, np.int64), np.zeros(m, np.bool_), np.empty(loans, np.int64), np.zeros(loans, np.bool_),
            np.empty(n, np.int64), np.zeros(n, np.bool_), np.zeros(4, np.int64),
        )  # fmt: skip


ASKED, LOANS, GIVERS, COUNTERED = range(4)
TREES = record(Trees, I8, I8, I8, I1, F8, F8)
ANSWERED = record(Answered, *(F8_OUT,) * 5, I1_OUT, *(I8_OUT, FLAGS_OUT) * 3, I8_OUT)


@apart
def fail(parties: Any, i: int, cause: int, wave: int) -> None:
    """Let a party fail in the round it is."""
    rounds = parties.many[ROUND]
    parties.failed[i], parties.round[i], parties.cause[i] = True, rounds + parties.many[FIRST], cause
    parties.order[i] = ((rounds * CAUSES + min(cause, BY_EQUITY)) << WAVES) + wave
    parties.fell[parties.many[FELL]] = i
    parties.many[FELL] += 1
    look_at(parties, i)
    stir(parties, i)


@inlined
def first_paid(sheets: Any, before: float, i: int) -> float:
    """What part of its first class a party would pay if it failed."""
    whole: float = sheets.whole[i * sheets.classes]
    alone: float = min(sheets.kept * sheets.recovered[i], 1.0)
    return min(pool_of(sheets, before, i) / whole, 1.0) if whole > 0.0 else alone


@inlined
def put(of: int, i: int, those: Any, on: Any, many: Any) -> None:
    """Put something on a list unless it is."""
    if not on[i]:
        on[i], those[many[of]] = True, i
        many[of] += 1


@apart
def stand_now(sheets: Any, lost: Any, parties: Any, net: Any, work: Any, said: Any) -> bool:
    """Set what debtors pay and guarantors can of whom something changed for; whether any has more than before."""
    again = False
    for k in range(parties.many[STIRRED]):
        i = parties.stirred[k]
        able = means_of(sheets, lost, i)
        if work.total[i] > 0.0 and able > said.able[i] * (1.0 + FINE):
            again = True
            # What it pays may take from who counters it, of whom it holds shares: half-way, that comes to rest.
            able = (able + said.able[i]) / 2.0 if said.more[i] == 1 else able
            said.more[i] = 1
        said.able[i] = able
        if net.owed_start[i + 1] > net.owed_start[i]:
            part = first_paid(sheets, lost.before[i], i)
            for j in range(net.owed_start[i], net.owed_start[i + 1]):
                c = net.owed[j]
                again |= parties.failed[i] and part > said.back[c] + FINE
                said.back[c] = part
    return again


@apart
def forget(net: Any, trees: Any, work: Any, said: Any) -> None:
    """Begin all calls anew."""
    for k in range(said.many[ASKED]):
        p = said.asked[k]
        i = net.guarantor[p]
        work.call[p], work.total[i], work.ratio[i] = 0.0, 0.0, 1.0
        put(LOANS, trees.root[p], said.loans, said.open, said.many)
        put(GIVERS, i, said.givers, said.giving, said.many)


@inlined
def owed_of(net: Any, work: Any, i: int, count: int) -> int:
    """Put the loans of a failed party into the queue; how many are in it."""
    for j in range(net.owed_start[i], net.owed_start[i + 1]):
        count = ask(net.start, net.owed[j], work.queue, count, work.waiting)
    return count


@apart
def weigh(parties: Any, net: Any, work: Any, said: Any, rules: Any, i: int, count: int) -> int:
    """Say what part of its calls a guarantor with less means pays, and whether it fails; claims in the queue then."""
    put(GIVERS, i, said.givers, said.giving, said.many)
    if work.wave[i] == 0 and work.total[i] > said.able[i] * (1.0 + rules.barely):
        work.wave[i] = 2
        fail(parties, i, BY_CALL, 2)
        count = owed_of(net, work, i, count)
    pays = 1.0 if work.total[i] <= said.able[i] else said.able[i] / work.total[i]
    if pays < work.ratio[i] - FINE:
        work.ratio[i] = pays
        for j in range(net.given_start[i], net.given_start[i + 1] if rules.in_full else net.given_start[i]):
            p = net.given[j]
            if work.call[p] > 0.0:
                count = ask(net.start, net.claim[p], work.queue, count, work.waiting)
    return count


@apart
def begin_calls(sheets: Any, lost: Any, parties: Any, net: Any, trees: Any, work: Any, said: Any, rules: Any) -> int:
    """Put into the queue whatever claim may ask for more; how many are in it."""
    again, count = stand_now(sheets, lost, parties, net, work, said), 0
    if again:
        forget(net, trees, work, said)
    for k in range(0 if again else parties.many[TO_CALL], parties.many[FELL]):
        work.wave[parties.fell[k]] = max(work.wave[parties.fell[k]], 1)
        count = owed_of(net, work, parties.fell[k], count)
    for k in range(0 if again else parties.many[STIRRED]):
        i = parties.stirred[k]
        if parties.failed[i]:
            count = owed_of(net, work, i, count)
        if work.total[i] > 0.0:
            count = weigh(parties, net, work, said, rules, i, count)
    return count


@inlined
def settle_guarantee(lost: Any, parties: Any, net: Any, trees: Any, work: Any, said: Any, p: int) -> None:
    """Put down what is paid of a guarantee, and what its guarantor loses by it."""
    i, paid = net.guarantor[p], work.fresh[p]
    pledge = net.apart[p] == 1
    due = 0.0 if pledge else paid if trees.counters[i] == 1 else work.call[p]
    if due == said.due[p] and paid == said.paid[p]:
        return
    lost.called[i] += due - said.due[p]
    if pledge:  # collateral that is gone is no means to pay calls from
        lost.pledged[i] += paid - said.paid[p]
        lost.other[i] += paid - said.paid[p]
    said.due[p], said.paid[p] = due, paid
    stir(parties, i)
    look_at(parties, i)


@apart
def pay_loan(lost: Any, parties: Any, net: Any, trees: Any, work: Any, said: Any, loan: int) -> None:
    """Let those behind a loan pay, then those who counter them, no more than these have paid, and so on."""
    start, paid, loans, queue = net.start, work.fresh, len(net.rest), work.queue
    countered = len(net.back) > loans
    queue[0], at, end, covered = loan, 0, 1, 0.0
    while at < end:
        c = queue[at]
        at += 1
        whole, before, part = 0.0, 0.0, 1.0
        for p in range(start[c], start[c + 1]):
            paid[p] = work.call[p] * (1.0 if net.apart[p] == 1 else work.ratio[net.guarantor[p]])
            whole += paid[p]
            before += said.paid[p]
        if c >= loans and whole > paid[net.place[c - loans]]:
            part = paid[net.place[c - loans]] / whole
        now = 0.0
        for p in range(start[c], start[c + 1]):
            paid[p] *= part
            now += paid[p]
            settle_guarantee(lost, parties, net, trees, work, said, p)
            child = loans + net.number[p]
            if countered and start[child + 1] > start[child]:
                queue[end] = child
                end += 1
        if c >= loans and now != before:
            i = net.guarantor[net.place[c - loans]]
            lost.back[i] += now - before
            said.many[COUNTERED] = 1
            stir(parties, i)
            look_at(parties, i)
        if c < loans:
            covered = now
    debt = trees.debt[loan]
    if covered != lost.promised[debt]:
        lost.promised[debt] = covered
        look_at(parties, trees.debtor[loan])


@apart
def pay_all(lost: Any, parties: Any, net: Any, trees: Any, work: Any, said: Any) -> None:
    """Let guarantors pay what changed."""
    for k in range(said.many[GIVERS]):
        i = said.givers[k]
        said.giving[i] = False
        stir(parties, i)
        for j in range(net.given_start[i], net.given_start[i + 1] if work.ratio[i] != said.shown[i] else 0):
            if work.call[net.given[j]] > 0.0:
                put(LOANS, trees.root[net.given[j]], said.loans, said.open, said.many)
        said.shown[i] = work.ratio[i]
    for k in range(said.many[LOANS]):
        said.open[said.loans[k]] = False
        pay_loan(lost, parties, net, trees, work, said, said.loans[k])
    said.many[GIVERS] = said.many[LOANS] = 0


@apart
def call_all(sheets: Any, lost: Any, parties: Any, net: Any, trees: Any, work: Any, said: Any, rules: Any) -> int:
    """Call guarantors until nothing changes, and let them pay; what is left of the budget."""
    budget, now = rules.calls, 1
    count = begin_calls(sheets, lost, parties, net, trees, work, said, rules)
    while count > 0 and budget >= 0:
        now += 1
        for k in range(count):
            budget -= 1 + net.start[work.queue[k] + 1] - net.start[work.queue[k]]
        many = call_on(net, work, rules.in_full, count)
        count = follow(net, work, rules.in_full, rules.barely, many, now)
        for k in range(many):
            p = work.risen[k]
            i = net.guarantor[p]
            put(ASKED, p, said.asked, said.listed, said.many)
            put(LOANS, trees.root[p], said.loans, said.open, said.many)
            put(GIVERS, i, said.givers, said.giving, said.many)
            if work.wave[i] == now and not parties.failed[i]:
                fail(parties, i, BY_CALL, now)
    parties.many[TO_CALL] = parties.many[FELL]
    pay_all(lost, parties, net, trees, work, said)
    return int(budget)
