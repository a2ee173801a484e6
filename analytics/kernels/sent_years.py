"""Drawn years whose defaults are sent through all layers: what one lender loses by them, with contagion and without."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.kernels.answering import call_all
from analytics.kernels.compiled import F8_OUT, INT, REAL, U4, apart, bare, several
from analytics.kernels.coupled import (
    COURSE,
    GROUND,
    Rules,
    let_fail,
    look_back,
    put_back,
    put_back_calls,
    put_back_output,
)
from analytics.kernels.losses import FELL, pool_of


@apart
def cost_of(sheets: Any, lost: Any, i: int, lender: int) -> float:
    """What a lender loses by one that defaults if nothing else took from its assets, after guarantors paid."""
    pool, cost = pool_of(sheets, 0.0, i), 0.0
    for row in range(i * sheets.classes, (i + 1) * sheets.classes):
        whole = sheets.whole[row]
        paid = 1.0 if whole <= pool else pool / whole
        pool = max(pool - whole, 0.0)
        for link in range(sheets.start[row], sheets.start[row + 1]):
            if sheets.creditor[link] == lender:
                cost += max(sheets.amount[link] * (1.0 - paid) - lost.promised[link], 0.0)
    return cost


@bare(several(INT, REAL)(GROUND, COURSE, U4, INT, REAL, F8_OUT))
def begin_year(
    ground: Any, course: Any, first: NDArray[np.uint32], lender: int, share: float, by: NDArray[np.float64]
) -> tuple[int, float]:
    """Let some default, and their guarantors pay as far as they can: 0 where calls do not rest, and what a lender
    loses by these defaults alone. What follows goes on from there."""
    sheets, lost, parties = ground.sheets, course.lost, course.parties
    let_fail(parties, first)
    look_back(sheets, lost, parties)
    # Nobody fails by a call here: whoever is asked for more than it can pays that.
    on = ground.rules
    rules = Rules(on.production, on.guarantees, on.in_full, on.stop, on.tolerance, on.budget, on.calls, np.inf)
    net, trees, work, said = ground.calling, ground.trees, course.work, course.answered
    if on.guarantees and call_all(sheets, lost, parties, net, trees, work, said, rules) < 0:
        return 0, 0.0
    whole = 0.0
    for i in first:
        cost = cost_of(sheets, lost, i, lender)
        whole += cost
        if len(by) > 0:
            by[i] += share * cost
    return 1, whole


@bare(several(INT, REAL)(GROUND, COURSE, INT, REAL, F8_OUT))
def end_year(ground: Any, course: Any, lender: int, share: float, by: NDArray[np.float64]) -> tuple[int, float]:
    """How many have failed, and what a lender lost by them; then all is put back."""
    sheets, lost, parties = ground.sheets, course.lost, course.parties
    failed, whole = parties.many[FELL], 0.0
    for k in range(failed):
        i, cost = parties.fell[k], 0.0
        for link in range(sheets.start[i * sheets.classes], sheets.start[(i + 1) * sheets.classes]):
            if sheets.creditor[link] == lender:
                cost += lost.by_debt[link]
        whole += cost
        if len(by) > 0:
            by[i] += share * cost
    put_back_calls(parties, ground.calling, ground.trees, course.work, course.answered)
    put_back_output(parties, ground.web, ground.chain, course.made)
    put_back(sheets, lost, parties)
    course.tally.number[:] = 0
    course.tally.left[:] = 0.0
    return failed, whole
