"""Calls on guarantors from one failure in ten, against rounds over whole vectors of NumPy."""

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.calls.book import Loans, Standing, Sureties
from analytics.contagion.calls.cascade import Calls, call_guarantees
from analytics.contagion.calls.causes import explain_loss
from benchmarks.guarantee_cycles import guarantees
from benchmarks.timing import best, compare, scaled

ASKED = 0.5
"""Well under a second, of 1M parties and 1.3M guarantees."""
LENDERS = 100


def standing_of(parties: int, count: int, *, in_full: bool = False) -> Standing:
    """A loan of 10 to 1,000 to each party that is guaranteed, all of it by each guarantor, which can pay up to 400."""
    pairs, random = guarantees(parties, count, kind="hubs"), np.random.default_rng(5)
    debtor, loan = np.unique(pairs.head, return_inverse=True)
    amount = random.uniform(10, 1000, len(debtor)).round(2)
    loans = Loans.of(parties, random.integers(0, LENDERS, len(debtor)), debtor, amount)
    sureties = Sureties.of(loans, pairs.tail, loan, amount[loan], joint=random.random(len(pairs)) < 0.5)
    capacity, recovery = random.uniform(0, 400, parties).round(2), random.uniform(0, 0.8, parties)
    return Standing.of(loans, sureties, capacity=capacity, recovery=recovery, in_full=in_full)


def over_numpy(at: Standing, failed: NDArray[np.int64]) -> Callable[[], list[Any]]:
    """Rounds: calls of all loans anew, then who is called for more than it can pay, until nobody is."""
    made, loans = at.sureties, at.loans
    whole = np.bincount(made.loan, made.amount, minlength=len(loans))
    part = made.amount / whole[made.loan]
    kept = np.where(made.joint, 1.0, 1.0 - at.recovery[loans.debtor[made.loan]])

    def run() -> list[Any]:
        down = np.zeros(loans.size, np.bool_)
        down[failed] = True
        while True:
            due = np.where(down[loans.debtor], loans.amount, 0.0)[made.loan]
            call = np.minimum(made.amount, due * kept * part)
            total = np.bincount(made.guarantor, call, minlength=loans.size)
            over = down | (total > at.capacity * (1 + 1e-9))
            if (over == down).all():
                pays = np.minimum(1.0, np.divide(at.capacity, total, out=np.ones(loans.size), where=total > 0))
                return [int(down.sum()), round(float((call * pays[made.guarantor]).sum()), 2)]
            down = over

    return run


def told(found: Calls) -> list[Any]:
    return [len(found.failed), round(float(found.paid.sum()), 2)]


def run(*, quick: bool) -> None:
    """Time one cascade pro rata against NumPy, then what has no peer."""
    parties = 100_000 if quick else 1_000_000
    count = parties * 13 // 10
    at = standing_of(parties, count)
    failed = np.random.default_rng(6).choice(at.loans.debtor, parties // 10, replace=False)
    size = f"{parties:,} parties, {len(at.sureties):,} guarantees"

    found = call_guarantees(at, failed)
    print(f"  {len(found.failed):,} fail in {found.waves} waves, residual {found.residual:.1e}")
    compare(
        "calls on guarantors, pro rata", lambda: told(call_guarantees(at, failed)), over_numpy(at, failed),
        size=size, peer_name="numpy", asked=ASKED,
    )  # fmt: skip
    few = failed[: parties // 1000]
    compare(
        "the same from one failure in a thousand", lambda: told(call_guarantees(at, few)), over_numpy(at, few),
        size=size, peer_name="numpy",
    )  # fmt: skip
    full = standing_of(parties, count, in_full=True)
    for what, call in (
        ("in full, in turns", lambda: call_guarantees(full, failed)),
        ("the same from one failure in a thousand", lambda: call_guarantees(full, few)),
        ("causes of all that is lost", lambda: explain_loss(found)),
        ("putting loans and guarantees in order, once", lambda: replace(full, capacity=full.capacity.copy()).calling),
    ):
        print(f"  {what}: {scaled(best(call, 3)[0])}", flush=True)


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
