"""One shock through all layers in plain loops over small matrices: the second method."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.analytics.contagion.supply.dense import Economy, followed

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Promise = tuple[int, int, float, bool]
"""Guarantor, debtor, amount, joint; to the one creditor of that debtor whom `World.lender` names."""


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

    @property
    def size(self) -> int:
        return len(self.equity)


def plain(world: World, first: set[int]) -> tuple[set[int], Numbers, Numbers]:
    """Who fails, what each loses, and what is lost on each debt [debtor, creditor]."""
    n, failed = world.size, set(first)
    able = np.minimum(world.equity, world.cash)

    def means() -> Numbers:
        return np.maximum(np.minimum(world.equity - income - claims - held, world.cash - income - claims), 0)

    claims, held, called, lost = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros((n, n))
    while True:
        known = set(failed)
        income = world.margin * _output(world, failed)
        failed |= {i for i in range(n) if income[i] > 0 and income[i] >= able[i]}
        for _ in range(300):  # amounts, while the same have failed but by calls
            other = income + claims + held
            before = claims + held + np.minimum(called, means())  # income was never among the assets
            failed, called, covered = _called(world, failed, means(), before)
            for i in failed:
                kept = 1 - _pays(world, i, before[i])
                lost[i] = world.debts[i] * kept
                lost[i, world.lender] = max(world.debts[i, world.lender] * kept - covered[i], 0.0)
            total = other + np.minimum(called, means())
            claims = lost.sum(axis=0)
            flags = np.array([i in failed for i in range(n)])
            held = world.shares @ np.where(flags, world.equity, np.minimum(total, world.equity))
        paid = np.minimum(called, means())
        total = income + claims + held + paid
        new = {i for i in range(n) if total[i] > world.equity[i] * (1 + 1e-12)}
        new |= {i for i in range(n) if income[i] + claims[i] + paid[i] > world.cash[i] * (1 + 1e-12)}
        if new | failed == known:
            return failed, total, lost
        failed |= new


def _pays(world: World, i: int, total: float) -> float:
    """Fraction that a failed firm pays of what it owes."""
    owed = world.debts[i].sum()
    return min(max(world.assets[i] - total, 0.0) / owed, world.recovered) if owed > 0 else 1.0


def _called(world: World, failed: set[int], capacity: Numbers, total: Numbers) -> tuple[set[int], Numbers, Numbers]:
    """Who fails by calls too, what each is called for, and what is paid on each debtor's debt to the lender."""
    n, failed = world.size, set(failed)
    while True:
        calls = []
        for _, debtor, amount, joint in world.promises:
            rest = world.debts[debtor, world.lender]
            short = rest if joint else rest * (1 - _pays(world, debtor, total[debtor]))
            whole = sum(each[2] for each in world.promises if each[1] == debtor)
            calls.append(min(amount, short * amount / whole) if debtor in failed else 0.0)
        sums = np.zeros(n)
        for (giver, *_), call in zip(world.promises, calls, strict=True):
            sums[giver] += call
        new = {i for i in range(n) if sums[i] > capacity[i] * (1 + 1e-9)}
        if new <= failed:
            break
        failed |= new
    part = np.minimum(1.0, np.divide(capacity, sums, out=np.ones(n), where=sums > 0))
    covered = np.zeros(n)
    for (giver, debtor, *_), call in zip(world.promises, calls, strict=True):
        covered[debtor] += call * part[giver]
    return failed, sums, covered


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
