"""A shock through all layers, round by round, at the price of whom it touches.

What stands fixed is the ground, what a shock came to its course. A course is written by one shock at a time and put
back where that touched it; everything else of it is as before any shock.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.answering import (
    ANSWERED,
    ASKED,
    BY_CALL,
    BY_EQUITY,
    COUNTERED,
    TREES,
    Answered,
    Trees,
    call_all,
    fail,
)
from analytics.kernels.calls import CALLING, WORK, Calling, Work
from analytics.kernels.compiled import F8, FLAG, INT, REAL, U4, apart, bare, record
from analytics.kernels.losses import (
    EVER,
    FELL,
    FIRST,
    LISTS,
    LOST,
    PARTIES,
    ROUND,
    SHEETS,
    STIRRED,
    TO_STOP,
    Lost,
    Parties,
    Sheets,
    look_at,
    lose,
    means_of,
    paid_by,
    stir,
    whole_of,
)
from analytics.kernels.supply import (
    CHAIN_8,
    CUT,
    HIT,
    MADE,
    MOVED,
    SPREAD,
    Chain,
    Made,
    Spread,
    catch_up,
    follow,
    stop_firm,
    sweep,
)

SHOCKED, BY_OUTPUT, BY_CASH = 1, 2, 5
"""Causes of a failure beside those of calls and of equity."""
HAIR = 1e-12
"""Rounding below which a loss is no more than what there is to lose."""
PATIENCE = 8
"""Rounds in which nobody fails after which losses that only go round among the failed are solved at once."""
SUPPLY_ROUNDS = 100_000
DONE, MORE, RING, SUPPLIES, CALLS, LOSSES = range(6)
"""What a course has come to: its end, as many rounds as were asked for, a ring to be solved, or what does not rest."""


class Rules(NamedTuple):
    """What layers carry, and when something small is no longer followed."""

    production: bool
    guarantees: bool
    in_full: bool
    stop: float
    """Of supplies, as a fraction of output."""
    tolerance: float
    """Of losses, in money."""
    budget: int
    """Links that losses may be passed along in a round."""
    calls: int
    """Links that calls may be passed along in a round."""
    barely: float = 1e-9
    """Part of its capacity by which a guarantor may be called for more and not fail: rounding, not money."""


class Ground(NamedTuple):
    """What a shock runs along; never written but for what `calling` shares with a course."""

    sheets: Sheets
    web: Spread
    chain: Chain
    calling: Calling
    trees: Trees
    rules: Rules


class Tally(NamedTuple):
    """How far a course has come."""

    number: NDArray[np.int64]
    """Rounds since somebody failed, and rounds of supplies; places below."""
    left: NDArray[np.float64]
    """The most that a loss changed in the last round, or what a guarantor pays after lenders were told, and the most
    that an output fell."""


class Course(NamedTuple):
    """What a shock has come to."""

    lost: Lost
    parties: Parties
    made: Made
    work: Work
    answered: Answered
    tally: Tally


QUIET, MADE_ROUNDS = range(2)
RISE, FALL = range(2)
RULES = record(Rules, FLAG, FLAG, FLAG, REAL, REAL, INT, INT, REAL)
GROUND = record(Ground, SHEETS, SPREAD, CHAIN_8, CALLING, TREES, RULES)
I8_OUT, F8_OUT = types.Array(types.int64, 1, "C"), types.Array(types.float64, 1, "C")
COURSE = record(Course, LOST, PARTIES, MADE, WORK, ANSWERED, record(Tally, I8_OUT, F8_OUT))


@bare(types.void(PARTIES, U4))
def let_fail(parties: Any, first: NDArray[np.uint32]) -> None:
    """Let some fail of themselves, before any round."""
    for i in first:
        if not parties.failed[i]:
            fail(parties, i, SHOCKED, 0)
            parties.round[i] = parties.order[i] = parties.many[FIRST] = 1


@bare(types.void(LOST, PARTIES, SPREAD, MADE, U4, F8, F8, F8))
def let_lose(
    lost: Any,
    parties: Any,
    web: Any,
    made: Any,
    some: NDArray[np.uint32],
    stopped: NDArray[np.float64],
    money: NDArray[np.float64],
    worth: NDArray[np.float64],
) -> None:
    """Let some lose output, money and worth of themselves, before any round."""
    for k in range(len(some)):
        i = some[k]
        lost.other[i], lost.spent[i], lost.stopped[i] = money[k] + worth[k], money[k], stopped[k]
        stir(parties, i)
        look_at(parties, i)
        if stopped[k] > 0.0:
            stop_firm(web, made, i, stopped[k], stopped[k])
            if not made.moving[i]:
                made.moving[i], made.moved[made.many[MOVED]] = True, i
                made.many[MOVED] += 1


@bare(types.void(PARTIES, U4))
def feel(parties: Any, some: NDArray[np.uint32]) -> None:
    """Look again at whoever lost more from outside the rounds."""
    for i in some:
        stir(parties, i)
        look_at(parties, i)


@apart
def produce(parties: Any, web: Any, chain: Any, made: Any, tally: Any, rules: Any) -> bool:
    """Let output fall with who stopped; whether that came to rest."""
    for k in range(parties.many[TO_STOP], parties.many[FELL]):
        stop_firm(web, made, parties.fell[k], 1.0, 1.0)
    parties.many[TO_STOP] = parties.many[FELL]
    rounds, worst = follow(web, made, rules.stop / 100.0, rules.stop, SUPPLY_ROUNDS)
    if worst > rules.stop:
        more, worst = sweep(chain, rules.stop, SUPPLY_ROUNDS - rounds, made.down, made.up)
        rounds += more
        catch_up(web, made)
    tally.number[MADE_ROUNDS] += rounds
    tally.left[FALL] = worst
    return bool(worst <= rules.stop)


@apart
def earn_less(sheets: Any, lost: Any, parties: Any, made: Any) -> None:
    """Let those lose income whose inputs or orders are fewer."""
    for k in range(made.many[MOVED]):
        i = made.moved[k]
        made.moving[i] = False
        stir(parties, i)
        # What brings a firm down is what it loses by others, and by the shock, not that it stands still when it failed.
        part = max(min(max(made.short[i], made.unsold[i]), 1.0), lost.stopped[i])
        rise = part * sheets.margin[i] - lost.income[i]
        if rise > 0.0:
            lost.income[i] += rise
            lost.other[i] += rise
            lost.spent[i] += rise
            look_at(parties, i)
            if not parties.failed[i] and (lost.income[i] >= sheets.own[i] or lost.income[i] >= sheets.liquid[i]):
                fail(parties, i, BY_OUTPUT, 0)
    made.many[MOVED] = 0


@apart
def look_back(sheets: Any, lost: Any, parties: Any) -> None:
    """Put down what each has lost before guarantors are called: they are for what the same means leave as creditors
    then lose."""
    for k in range(parties.many[STIRRED]):
        i = parties.stirred[k]
        parties.fresh[i] = 1
        lost.start[i] = whole_of(sheets, lost, i)
        # Income that is not earned was never among the assets that creditors are paid from.
        lost.before[i] = lost.start[i] - lost.income[i]
        if parties.failed[i]:
            look_at(parties, i)


@apart
def changed(sheets: Any, lost: Any, parties: Any, work: Any, said: Any) -> float:
    """The most by which anybody's loss changed since guarantors were called, or what one of these pays since lenders
    were told."""
    most = 0.0
    for k in range(parties.many[STIRRED]):
        i = parties.stirred[k]
        most = max(most, abs(whole_of(sheets, lost, i) - lost.start[i]))
        if work.total[i] > 0.0:  # what it loses beside takes from what it pays by the same sum, and the whole stands
            most = max(most, abs(min(work.total[i], said.able[i]) - min(work.total[i], means_of(sheets, lost, i))))
    return most


@apart
def judge(sheets: Any, lost: Any, parties: Any, i: int) -> None:
    """Let a party fail that lost more than it had."""
    if not parties.failed[i]:
        cash = lost.spent[i] + paid_by(sheets, lost, i) - lost.back[i] + sheets.felt_claims * lost.claims[i]
        if whole_of(sheets, lost, i) > sheets.own[i] * (1.0 + HAIR):
            fail(parties, i, BY_EQUITY, 0)
        elif cash > sheets.liquid[i] * (1.0 + HAIR):
            fail(parties, i, BY_CASH, 0)


@apart
def judge_stirred(sheets: Any, lost: Any, parties: Any, falls: bool) -> None:
    """Let those fail for whom something changed, if any may; keep on the list for whom it did after the calls."""
    kept = 0
    for k in range(parties.many[STIRRED]):
        i = parties.stirred[k]
        if falls:
            judge(sheets, lost, parties, i)
        if parties.fresh[i] == 2:
            parties.stirred[kept] = i
            kept += 1
        else:
            parties.fresh[i] = 0
    parties.many[STIRRED] = kept


@apart
def judge_all(sheets: Any, lost: Any, parties: Any, work: Any, rules: Any) -> None:
    """Let those fail, of all who lost anything, that are called for more than they can pay, or lost more than they had:
    where all amounts are at rest."""
    for k in range(parties.many[EVER]):
        i = parties.ever[k]
        if not parties.failed[i] and work.total[i] > means_of(sheets, lost, i) * (1.0 + rules.barely):
            fail(parties, i, BY_CALL, 2)
        judge(sheets, lost, parties, i)


@bare(INT(GROUND, COURSE, INT))
def go(ground: Any, course: Any, most: int) -> int:
    """Go on for some rounds; what it has come to."""
    sheets, net, trees, rules = ground.sheets, ground.calling, ground.trees, ground.rules
    lost, parties, made, work, said, tally = (
        course.lost, course.parties, course.made, course.work, course.answered, course.tally,
    )  # fmt: skip
    nobody = Rules(
        rules.production,
        rules.guarantees,
        rules.in_full,
        rules.stop,
        rules.tolerance,
        rules.budget,
        rules.calls,
        np.inf,
    )
    for _ in range(most):
        parties.many[ROUND] += 1
        before = parties.many[FELL]
        anew = parties.many[TO_STOP] < before or parties.many[ROUND] == 1
        if rules.production and anew and not produce(parties, ground.web, ground.chain, made, tally, rules):
            return SUPPLIES
        earn_less(sheets, lost, parties, made)
        look_back(sheets, lost, parties)
        # Once a counter-guarantee is paid losses may fall again: nobody fails by them, or by calls, before all rest.
        waits = said.many[COUNTERED] == 1
        if rules.guarantees and call_all(sheets, lost, parties, net, trees, work, said, nobody if waits else rules) < 0:
            return CALLS
        waits = said.many[COUNTERED] == 1
        if lose(sheets, lost, parties, rules.tolerance, rules.budget) <= 0:
            return LOSSES
        rise = changed(sheets, lost, parties, work, said)
        judge_stirred(sheets, lost, parties, not waits)
        if waits and rise <= rules.tolerance:
            judge_all(sheets, lost, parties, work, rules)
        tally.number[QUIET] = 0 if parties.many[FELL] > before else tally.number[QUIET] + 1
        tally.left[RISE] = rise
        if rise <= rules.tolerance and tally.number[QUIET] > 0:
            return DONE
        if rise > rules.tolerance and tally.number[QUIET] >= PATIENCE:
            return RING
    return MORE


@bare(types.void(PARTIES, CALLING, TREES, WORK, ANSWERED))
def put_back_calls(parties: Any, net: Any, trees: Any, work: Any, said: Any) -> None:
    """Let nobody have been called."""
    for k in range(parties.many[EVER]):
        i = parties.ever[k]
        work.wave[i], work.total[i], work.ratio[i], said.shown[i] = 0, 0.0, 1.0, 1.0
        said.able[i], said.more[i] = trees.able[i], 0
        for j in range(net.owed_start[i], net.owed_start[i + 1]):
            said.back[net.owed[j]] = trees.first[net.owed[j]]
    for k in range(said.many[ASKED]):
        p = said.asked[k]
        work.call[p] = said.paid[p] = said.due[p] = 0.0
        said.listed[p] = False
    said.many[ASKED] = said.many[COUNTERED] = 0


@bare(types.void(PARTIES, SPREAD, CHAIN_8, MADE))
def put_back_output(parties: Any, web: Any, chain: Any, made: Any) -> None:
    """Let everybody make all it made."""
    for k in range(parties.many[EVER]):
        i = parties.ever[k]
        made.down[i] = made.up[i] = made.told_down[i] = made.told_up[i] = made.short[i] = made.unsold[i] = 0.0
        made.ever[i] = made.cutting[i] = made.seen[i] = made.moving[i] = False
        made.left[web.industry[i]] = web.whole[web.industry[i]]
        for g in range(chain.groups[i], chain.groups[i + 1]):
            made.lacking[g] = 0.0
    made.many[HIT] = made.many[CUT] = made.many[MOVED] = 0


@bare(types.void(SHEETS, LOST, PARTIES))
def put_back(sheets: Any, lost: Any, parties: Any) -> None:
    """Let nobody have failed or lost anything; after what was called and made is put back."""
    for k in range(parties.many[EVER]):
        i = parties.ever[k]
        if parties.failed[i]:
            for link in range(sheets.start[i * sheets.classes], sheets.start[(i + 1) * sheets.classes]):
                lost.by_debt[link] = lost.promised[link] = 0.0
        lost.start[i] = lost.before[i] = lost.other[i] = lost.claims[i] = lost.passed[i] = lost.income[i] = 0.0
        lost.spent[i] = lost.stopped[i] = lost.called[i] = lost.pledged[i] = lost.back[i] = lost.told[i] = 0.0
        parties.failed[i] = parties.looked[i] = parties.met[i] = parties.waiting[i] = False
        parties.round[i] = parties.order[i] = parties.cause[i] = parties.fresh[i] = 0
    for k in range(LISTS):
        parties.many[k] = 0
