"""Small networks of guarantees, and their cascade worked out from its definition."""

from collections.abc import Iterable
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from analytics.contagion.calls.book import NONE, Loans, Standing, Sureties

SIZE = 5
BANKS = (5, 6)
PARTIES = st.integers(0, SIZE - 1)
Found = tuple[set[int], list[float], list[float]]
"""Who fails, and what each guarantee is called for and pays."""


@st.composite
def standings(draw: st.DrawFn, *, in_full: bool | None = None, counters: bool = True, fine: bool = False) -> Standing:
    """Five firms, two banks; amounts in whole units, or `fine`, so that hardly anything is alike."""

    def money(most: int) -> float:
        unit = draw(st.integers(0, 999)) / 7919 if fine else 0.0
        return draw(st.integers(0, most)) + unit

    count = draw(st.integers(1, 5))
    debtor = draw(st.lists(PARTIES, min_size=count, max_size=count))
    loans = Loans.of(
        SIZE + len(BANKS), [draw(st.sampled_from(BANKS)) for _ in debtor], debtor, [money(20) for _ in debtor],
        collateral=[draw(st.sampled_from([0.0, 0.0, 5.0])) for _ in debtor],
    )  # fmt: skip
    rows = draw(st.lists(st.tuples(PARTIES, st.integers(0, count - 1)), max_size=8))
    rows = [(g, d) for g, d in rows if debtor[d] != g]
    counter = [NONE] * len(rows)
    for k in range(1, len(rows)):
        if counters and draw(st.integers(0, 3)) == 0:
            counter[k] = draw(st.integers(0, k - 1))
    sureties = Sureties.of(
        loans, [g for g, _ in rows], [d for _, d in rows], [money(20) for _ in rows],
        joint=[draw(st.booleans()) for _ in rows], pledge=[draw(st.integers(0, 5)) == 0 for _ in rows],
        share=[draw(st.sampled_from([np.nan, np.nan, np.nan, 0.25, 0.75])) for _ in rows], counters=counter,
    )  # fmt: skip
    full = draw(st.booleans()) if in_full is None else in_full
    capacity = [money(15) for _ in range(SIZE)] + [0.0, 0.0]
    recovery = [draw(st.sampled_from([0.0, 0.25, 0.5])) for _ in range(SIZE)] + [0.0, 0.0]
    return Standing.of(loans, sureties, capacity=capacity, recovery=recovery, in_full=full)


SHOCKS = st.sets(PARTIES, min_size=1, max_size=3)


def calls_of(at: Standing, failed: set[int]) -> tuple[list[float], dict[int, float]]:
    """What each guarantee is called for where exactly these have failed, and what part each guarantor pays."""
    made, loans = at.sureties, at.loans
    call, part = [0.0] * len(made), dict.fromkeys(range(loans.size), 1.0)
    for _ in range(4000):
        before = list(call)
        for loan in range(len(loans)):
            if loans.debtor[loan] in failed:
                rows = [p for p in range(len(made)) if made.loan[p] == loan and made.counters[p] == NONE]
                rest = max(0.0, loans.amount[loan] - loans.collateral[loan])
                ask(at, rows, rest, at.recovery[loans.debtor[loan]], part, call)
        for p in range(len(made)):
            rows = [q for q in range(len(made)) if made.counters[q] == p]
            ask(at, rows, call[p], 0.0, part, call)
        for i in part:
            whole = total(at, i, call)
            part[i] = 1.0 if whole <= at.capacity[i] else at.capacity[i] / whole
        if max((abs(a - b) for a, b in zip(call, before, strict=True)), default=0.0) <= 1e-14:
            break
    return call, part


def total(at: Standing, i: int, call: list[float]) -> float:
    made = at.sureties
    return sum(call[p] for p in range(len(made)) if made.guarantor[p] == i and not made.pledge[p])


def ask(at: Standing, rows: list[int], claim: float, back: float, part: dict[int, float], call: list[float]) -> None:
    """Call those behind one claim, as the module's note says."""
    made = at.sureties
    shared = [p for p in rows if made.share[p] >= 0]
    agreed = sum(made.share[p] for p in shared)
    kept = {p: claim if made.joint[p] else claim * (1 - back) for p in rows}
    for p in shared:
        call[p] = min(made.amount[p], kept[p] * made.share[p] / max(1, agreed))
    others, left = [p for p in rows if p not in shared], max(0.0, 1 - agreed)
    if not at.in_full:
        whole = sum(made.amount[p] for p in others)
        for p in others:
            call[p] = min(made.amount[p], kept[p] * left * made.amount[p] / whole) if whole else 0.0
        return
    rest, able = claim * left, {p: made.amount[p] if made.pledge[p] else at.capacity[made.guarantor[p]] for p in others}
    for joint in (True, False):
        if not joint:
            rest = max(0.0, rest - back * claim * left)
        for level in sorted({able[p] for p in others if made.joint[p] == joint}, reverse=True):
            turn = [p for p in others if made.joint[p] == joint and able[p] == level]
            rest = 0.0 if rest <= 1e-12 * claim else rest
            most = {p: min(made.amount[p], rest) for p in turn}
            pays = sum(most[p] * (1.0 if made.pledge[p] else part[int(made.guarantor[p])]) for p in turn)
            for p in turn:
                call[p] = most[p] * min(1.0, rest / pays if pays else 1.0)
            rest = max(0.0, rest - pays)


def brute(at: Standing, first: set[int]) -> Found:
    """Of all sets of firms the smallest that is the shock and exactly those called for more than they can pay."""
    others = [i for i in range(SIZE) if i not in first]
    for count in range(len(others) + 1):
        found = [consistent(at, first, {*first, *more}) for more in combinations(others, count)]
        sets = [one for one in found if one is not None]
        if sets:
            assert len(sets) == 1, "the least set is one"
            return sets[0]
    raise AssertionError("no set of failures is consistent")


def consistent(at: Standing, first: Iterable[int], failed: set[int]) -> Found | None:
    call, part = calls_of(at, failed)
    over = {i for i in range(SIZE) if total(at, i, call) > at.capacity[i] * (1 + 1e-9)}
    if {*first, *over} != failed:
        return None
    made = at.sureties
    paid = [call[p] * (1.0 if made.pledge[p] else part[int(made.guarantor[p])]) for p in range(len(made))]
    return failed, call, paid
