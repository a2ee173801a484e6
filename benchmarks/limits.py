"""The check of a lender's whole book against the same sums by pandas, and the credit check's answers one by one."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.limits.application import Application
from analytics.limits.approval import check_credit
from analytics.limits.capital import Capital, Figure
from analytics.limits.catalogue import Rule, shipped
from analytics.limits.check import BookCheck, check_book
from analytics.limits.cover import Cover
from analytics.limits.exposure import Book
from analytics.limits.facility import Facility, Guarantor, Pledge
from analytics.limits.numerators import NUMERATORS
from analytics.limits.remedies import remedies_of
from analytics.limits.standing import Standing, standing_of
from analytics.limits.units import Clients, Readings, Units, fits
from analytics.structure.control import solve_control
from analytics.structure.groups import control_groups
from analytics.structure.votes import Arrows, Holdings
from benchmarks.graphs import ownership
from benchmarks.timing import compare
from graph.model import COLLATERAL, FACILITIES

DAY, LENDER = date(2026, 11, 27), 0
RULES = shipped().in_force(DAY, rule_sets=["CN", "BCBS"], classes=["gsib"])
CAPITAL = Capital((Figure("tier1", 1e10, date(2026, 9, 30)), Figure("net_capital", 1.2e10, date(2026, 9, 30))), "CNY")


class World(NamedTuple):
    """A lender's borrowers among many parties, with what secures them."""

    book: Book
    cover: Cover
    clients: Clients
    units: dict[str, Units]
    asked: NDArray[np.uint32]


def world(size: int, borrowers: int) -> World:
    """Every borrower has a facility and half of them two; others lend as much; one in four is secured."""
    random = np.random.default_rng(5)
    graph = ownership(size, 3 * size)
    groups = control_groups(solve_control(Holdings.exact(size, graph.tail, graph.head, graph.share)))
    mine = random.choice(np.arange(1, size), borrowers, replace=False)
    borrower = np.concatenate([mine, random.choice(mine, borrowers // 2), random.integers(1, size, size // 2)])
    lender = np.where(np.arange(len(borrower)) < borrowers * 3 // 2, LENDER, random.integers(1, 200, len(borrower)))
    amount = np.round((random.pareto(1.2, len(borrower)) + 0.1) * 1e6)
    guarantees, pledges = size // 2, borrowers // 4
    for_what = random.integers(0, len(borrower), guarantees)
    secured = random.integers(0, borrowers, pledges)
    book = Book(
        lender.astype(np.uint32),
        Arrows.of(size, borrower, lender),
        random.integers(0, len(FACILITIES), len(borrower)).astype(np.int8),
        amount,
        np.round(amount * 0.2),
        random.choice([0.2, 0.5, 1.0], len(borrower)),
        Arrows.of(size, random.integers(1, size, guarantees), borrower[for_what]),
        np.round(random.random(guarantees) * 1e6),
        lender[for_what].astype(np.uint32),
    )
    cover = Cover(
        borrower[secured].astype(np.uint32),
        np.zeros(pledges, np.uint32),
        random.integers(0, len(COLLATERAL), pledges).astype(np.int8),
        np.round(random.random(pledges) * 1e6),
        secured.astype(np.uint32),
        for_what.astype(np.uint32),
        random.random(guarantees) < 0.1,
    )
    banks, hidden = random.random((2, size)) < 0.002
    united = Units(groups.start, groups.flat)
    joined = united.start[:: 1 if len(united) < 4 else 2]  # neighbours in pairs stand for dependence
    connected = Units(np.append(joined, united.start[-1]) if joined[-1] != united.start[-1] else joined, united.flat)
    connected = Units.of([connected.members(k) for k in range(len(connected))])
    related = Units.of([united.members(k) for k in range(20)])
    units = {"control": united, "connected": connected, "lender_related": related}
    asked = np.concatenate([random.choice(mine, 1500), random.choice(united.flat, 500)]).astype(np.uint32)
    return World(book, cover, Clients(banks, banks, hidden), units, asked)


def standing(given: World) -> Standing:
    return standing_of(
        given.book, given.cover, RULES, lender=LENDER, capital=CAPITAL, day=DAY, clients=given.clients
    )  # fmt: skip


def summary(check: BookCheck) -> NDArray[np.float64]:
    """Sum of exposures and units above the limit, one row a rule."""
    return np.array([[use.exposure.sum() / 1e9, (use.share > 1 + 1e-12).sum()] for use in check.uses])


def peer(given: World) -> Callable[[], NDArray[np.float64]]:
    """The same by joins and groupings of data frames; units are gathered beforehand, as they are for ours."""
    book, cover = given.book, given.cover
    facilities = pd.DataFrame({
        "borrower": book.borrower, "kind": book.kind, "drawn": book.drawn, "undrawn": book.undrawn, "ccf": book.ccf,
    })[book.lender == LENDER]  # fmt: skip
    pledges = pd.DataFrame({"facility": cover.facility, "kind": cover.kind, "value": cover.value})
    promises = pd.DataFrame({"giver": book.guarantor, "facility": cover.guaranteed, "amount": book.promised})
    promises = promises[cover.eligible & (book.creditor == LENDER) & (book.guarantor != book.debtor)]
    frames = {kind: pd.DataFrame({"unit": units.number, "party": units.flat}) for kind, units in given.units.items()}

    def owned(name: str) -> pd.Series:
        numerator = NUMERATORS[name]
        kinds = [FACILITIES.index(kind) for kind in numerator.facilities]
        factor = {"none": 0.0, "whole": 1.0, "converted": facilities["ccf"]}[numerator.undrawn]
        left = (facilities["drawn"] + facilities["undrawn"] * factor).where(facilities["kind"].isin(kinds), 0.0)
        taken = pledges[pledges["kind"].isin([COLLATERAL.index(kind) for kind in numerator.netted])]
        left = (left - taken.groupby("facility")["value"].sum().reindex(left.index, fill_value=0.0)).clip(lower=0.0)
        parts = []
        if numerator.moved:
            pool = promises.groupby("facility")["amount"].sum()
            gone = np.minimum(left.reindex(pool.index), pool)
            share = (gone / pool).fillna(0.0)
            parts.append((promises["amount"] * promises["facility"].map(share)).groupby(promises["giver"]).sum())
            left = left - gone.reindex(left.index, fill_value=0.0)
        own = pd.concat([left.groupby(facilities["borrower"]).sum(), *parts])
        own = own.groupby(level=0).sum()
        return own[~given.clients.institution[own.index]] if numerator.clients == "nonbank" else own

    def row(rule: Rule, own: pd.Series, cap: float) -> list[float]:
        sums = np.concatenate([part.to_numpy() for part in measured(rule, own)])
        return [sums.sum() / 1e9, float((sums / cap > 1 + 1e-12).sum())]

    def measured(rule: Rule, own: pd.Series) -> list[pd.Series]:
        frame = frames.get(rule.group_kind, frames["control"].iloc[:0])
        parts = [frame["party"].map(own).fillna(0.0).iloc[:0]]
        counting = np.zeros(len(given.clients.institution), np.bool_)
        counting[own.index[own > 0]] = True
        if rule.scope in ("single", "either"):
            single = own[own > 0]
            single = single[single.index.isin(frame["party"])] if rule.scope == "single" and rule.group_kind else single
            parts.append(single[fits(rule, Units.single(single.index.to_numpy()), given.clients)])
        if rule.scope in ("group", "either"):
            sums, units = frame["party"].map(own).fillna(0.0).groupby(frame["unit"]).sum(), given.units[rule.group_kind]
            fit = fits(rule, units, given.clients, counted=counting[units.flat])
            parts.append(sums[(np.diff(units.start) > 1) & fit])
        if rule.scope == "all":
            parts.append(pd.Series([own[own.index.isin(frame["party"])].sum()]))
        if rule.scope == "anonymous":
            parts.append(pd.Series([own[given.clients.anonymous[own.index]].sum()]))
        return parts

    caps = standing(given).caps

    def all_rules() -> NDArray[np.float64]:
        own = {name: owned(name) for name in dict.fromkeys(rule.numerator for rule in RULES)}
        return np.array([row(rule, own[rule.numerator], caps[rule.id].value) for rule in RULES])

    return all_rules


def answers(given: World) -> None:
    """Time verdicts, and verdicts with all remedies, of applicants one after the other."""
    base, readings = standing(given), Readings({"control": given.units["control"]}, given.units)
    protectors = np.flatnonzero(given.clients.institution)[:5].tolist()
    spent, verdicts = [], dict.fromkeys(("approve", "refer", "decline"), 0)
    for k, applicant in enumerate([given.asked[0], *given.asked.tolist()]):
        giver = Guarantor(int(given.asked[k - 1]) if given.asked[k - 1] != applicant else 1, 1e6, eligible=True)
        facility = Facility(1e6 * 10 ** (k % 5), collateral=(Pledge("deposit", 1e5),), guarantors=(giver,))
        application = Application(int(applicant), facility, readings)
        cpu, wall = time.thread_time(), time.perf_counter()
        check = check_credit(base, application)
        told = time.thread_time() - cpu, time.perf_counter() - wall
        remedies_of(base, application, check, protectors=protectors)
        spent.append((*told, time.thread_time() - cpu, time.perf_counter() - wall))
        verdicts[check.verdict] += 1
    p50, p99 = np.percentile(spent[1:], [50, 99], axis=0) * 1e3
    for name, asked, at in (("verdict", 10, 0), ("with all remedies", 50, 2)):
        print(
            f"credit check, {name}: p50 {p50[at]:.2f}, p99 {p99[at]:.2f} ms of one thread "
            f"(p99 {p99[at + 1]:.2f} ms of wall time), asked {asked} ms"
        )
    print(f"  of {len(given.asked)} applicants, {len(RULES)} rules: {verdicts}")


def together(given: World) -> None:
    """Time remedies of applicants for whom no single change passes, of a lender with a sixtieth of its capital."""
    base, readings = standing(given), Readings({"control": given.units["control"]}, given.units)
    base = replace(base, caps={rule: replace(cap, value=cap.value / 60) for rule, cap in base.caps.items()})
    protectors = np.flatnonzero(given.clients.institution)[:5].tolist()
    spent, told = [], 0
    for k, applicant in enumerate(given.asked.tolist()):
        application = Application(int(applicant), Facility(1e6 * 10 ** (k % 5), kind="bond"), readings)
        check = check_credit(base, application)
        began = time.thread_time()
        found = remedies_of(base, application, check, protectors=protectors)
        if found and len(found[0].steps) > 1:
            spent.append(time.thread_time() - began)
            told += len(found)
    if spent:
        p50, p99 = np.percentile(spent, [50, 99]) * 1e3
        print(
            f"remedies where no single change passes: p50 {p50:.1f}, p99 {p99:.1f} ms of one thread, asked 50 ms; "
            f"{len(spent)} applicants, {told} combinations"
        )


def run(*, quick: bool) -> None:
    """Check a book, then answer applicants."""
    size = 100_000 if quick else 1_000_000
    given = world(size, size // 10)
    compare(
        f"full limit check of a book, {len(RULES)} rules",
        lambda: summary(check_book(standing(given), given.units)),
        peer(given),
        size=f"{size // 10:,} borrowers within {size:,} parties, {len(given.units['control']):,} groups",
        peer_name="pandas",
        asked=None if quick else 5.0,
        runs=3,
    )
    answers(given)
    together(given)


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
