"""One shock through all layers in plain loops over small matrices: the second method."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from tests.analytics.contagion.supply.dense import Economy, followed

Numbers = np.ndarray[Any, np.dtype[np.float64]]


class Promise(NamedTuple):
    """A guarantee of what a debtor owes to the lender, collateral for it, or one that counters another."""

    giver: int
    debtor: int
    """In the end."""
    amount: float
    joint: bool
    pledge: bool = False
    counters: int = -1
    """Position of the one that it counters."""


@dataclass
class World:
    """Matrices between n firms: debts [debtor, creditor], shares [holder, company], sales [seller, buyer]."""

    equity: Numbers
    cash: Numbers
    margin: Numbers
    assets: Numbers
    recovered: float
    debts: Numbers
    shares: Numbers
    economy: Economy
    promises: list[Promise]
    lender: int
    rank: Numbers
    """Class of each debt, 0 or 1; what is owed to the lender is of the first, 0."""
    own: Numbers
    """Collateral of each for what it owes the lender, no more than that."""
    cut: Numbers
    """What its collateral lost of its worth."""

    @property
    def size(self) -> int:
        return len(self.equity)

    @property
    def bare(self) -> Numbers:
        """Debts without what their debtor's own collateral covers."""
        made = self.debts.copy()
        made[:, self.lender] -= self.own
        return made


class Calls(NamedTuple):
    """What givers are called for and pay."""

    failed: set[int]
    due: Numbers
    """Of each, to be paid out of its means."""
    lost: Numbers
    """Collateral of each that is gone."""
    back: Numbers
    """Paid to each by those who counter it."""
    covered: Numbers
    """Paid to the lender, by debtor."""


def plain(world: World, first: set[int]) -> tuple[set[int], Numbers, Numbers]:
    """Who fails, what each loses, and what is lost on each debt [debtor, creditor]."""
    n, failed, bare = world.size, set(first), world.bare
    able = np.minimum(world.equity, world.cash)
    claims, held, lost, none = np.zeros(n), np.zeros(n), np.zeros((n, n)), np.zeros(n)
    calls = Calls(failed, none, none, none, none)

    def means() -> Numbers:
        left = np.minimum(world.equity - income - claims - held - calls.lost, world.cash - income - claims)
        return np.maximum(left, 0)

    while True:
        known = set(failed)
        income = world.margin * _output(world, failed)
        failed |= {i for i in range(n) if income[i] > 0 and income[i] >= able[i]}
        for _ in range(300):  # amounts, while the same have failed but by calls
            other = income + claims + held
            given = np.minimum(calls.due, means()) + calls.lost - calls.back
            before = other - income + given  # income was never among the assets
            pays = [_pays(world, i, before[i]) for i in range(n)]
            calls = _called(world, failed, means(), [one[0] for one in pays])
            failed |= calls.failed
            for i in failed:
                for j in range(n):
                    lost[i, j] = bare[i, j] * (1 - pays[i][int(world.rank[i, j])])
                lost[i, world.lender] = max(lost[i, world.lender] - calls.covered[i], 0.0)
            given = np.minimum(calls.due, means()) + calls.lost - calls.back
            total = other + given
            claims = lost.sum(axis=0)
            flags = np.array([i in failed for i in range(n)])
            held = world.shares @ np.where(flags, world.equity, np.clip(total, 0, world.equity))
        paid = np.minimum(calls.due, means())
        total = income + claims + held + paid + calls.lost - calls.back
        new = {i for i in range(n) if total[i] > world.equity[i] * (1 + 1e-12)}
        new |= {i for i in range(n) if income[i] + claims[i] + paid[i] - calls.back[i] > world.cash[i] * (1 + 1e-12)}
        if new | failed == known:
            return failed, total, lost
        failed |= new


def _pays(world: World, i: int, total: float) -> tuple[float, float]:
    """Fraction that a failed firm pays of each class of what it owes and no collateral covers."""
    bare, rank = world.bare[i], world.rank[i]
    senior, junior = (float(bare[rank == c].sum()) for c in (0, 1))
    left = max(world.assets[i] - world.own[i] - world.cut[i] - total, 0.0)
    left = min(left, world.recovered * (senior + junior))
    first = min(left, senior)
    return first / senior if senior > 0 else 1.0, min((left - first) / junior, 1.0) if junior > 0 else 1.0


def _called(world: World, failed: set[int], capacity: Numbers, pays: list[float]) -> Calls:
    """Who fails by calls too, what each is called for, and what is paid on each debtor's debt to the lender."""
    n, failed, made = world.size, set(failed), world.promises
    rest = world.bare[:, world.lender]
    while True:
        calls = [0.0] * len(made)
        for k, one in enumerate(made):  # those that counter another come after it
            if one.counters < 0:
                asked = rest[one.debtor] if one.joint or one.pledge else rest[one.debtor] * (1 - pays[one.debtor])
                beside = [each for each in made if each.debtor == one.debtor and each.counters < 0]
                asked = asked if one.debtor in failed else 0.0
            else:
                asked = calls[one.counters]
                beside = [each for each in made if each.counters == one.counters]
            whole = sum(each.amount for each in beside)
            calls[k] = min(one.amount, asked * one.amount / whole)
        sums = np.zeros(n)
        for one, call in zip(made, calls, strict=True):
            sums[one.giver] += 0.0 if one.pledge else call
        new = {i for i in range(n) if sums[i] > capacity[i] * (1 + 1e-9)}
        if new <= failed:
            break
        failed |= new
    part = np.minimum(1.0, np.divide(capacity, sums, out=np.ones(n), where=sums > 0))
    return Calls(failed, *_paid(world, calls, part))


def _paid(world: World, calls: list[float], part: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    made = world.promises
    paid = [call if one.pledge else call * part[one.giver] for one, call in zip(made, calls, strict=True)]
    due, lost, back, covered = (np.zeros(world.size) for _ in range(4))
    countering = {one.giver for one in made if one.counters >= 0}
    for k, one in enumerate(made):
        if one.counters >= 0:  # all that counter one pay no more than it paid, each in proportion
            asked = sum(
                calls[q] * (1.0 if each.pledge else part[each.giver])
                for q, each in enumerate(made) if each.counters == one.counters
            )  # fmt: skip
            if asked > paid[one.counters]:
                paid[k] *= paid[one.counters] / asked
            back[made[one.counters].giver] += paid[k]
        else:
            covered[one.debtor] += paid[k]
        if one.pledge:
            lost[one.giver] += paid[k]
        else:
            due[one.giver] += paid[k] if one.giver in countering else calls[k]
    return due, lost, back, covered


def _output(world: World, failed: set[int]) -> Numbers:
    """What part of its output each loses by others."""
    n, (sales, industry, _, revenue, rationed) = world.size, world.economy
    down, up, _ = followed(world.economy, np.array([float(i in failed) for i in range(n)]), stop=1e-13)
    made, lost = sales.sum(axis=1), np.zeros(n)
    felt = 1 - down
    for j in range(n):
        left = sum(made[k] * down[k] for k in range(n) if industry[k] == industry[j])
        felt[j] *= min(1.0, made[j] / left) if rationed and left > 0 else 1.0
    for i in range(n):
        for kind in set(industry.tolist()):
            sellers = [j for j in range(n) if industry[j] == kind and sales[j, i] > 0]
            bought = sum(sales[j, i] for j in sellers)
            lost[i] = max([lost[i], *([sum(sales[j, i] / bought * felt[j] for j in sellers)] if sellers else [])])
        if revenue[i] > 0:
            lost[i] = max(lost[i], float(sales[i] @ (1 - up)) / revenue[i])
    return np.minimum(lost, 1.0)
