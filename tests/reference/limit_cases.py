"""The worked cases about limits, as calls of the public functions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from analytics.limits.capital import Capital, Figure, cap_of
from analytics.limits.catalogue import shipped
from analytics.limits.check import BookCheck, check_book
from analytics.limits.cover import UNTIED, Cover
from analytics.limits.exposure import Book
from analytics.limits.standing import Standing, standing_of
from analytics.limits.threshold import room
from analytics.limits.units import Units
from analytics.structure.votes import Arrows
from graph.model import COLLATERAL

Answer = dict[str, Any]
Inputs = dict[str, Any]
DAY, QUARTER_END = date(2026, 11, 27), date(2026, 9, 30)
BANK = 0
MARGINS = {"margin_deposit": "deposit", "pledged_cd": "certificate", "pledged_gov_bond": "government bond"}


def capital(inputs: Mapping[str, float]) -> Capital:
    """The figures that a case names."""
    items = [item for item in ("tier1", "net_capital") if item in inputs]
    return Capital(tuple(Figure(item, float(inputs[item]), QUARTER_END) for item in items))


def loans(owed: Sequence[float]) -> Book:
    """A book of one loan to each of parties 1, 2, … by party 0."""
    count = len(owed)
    return Book.lent(count + 1, np.zeros(count), range(1, count + 1), owed)


def check_loans(
    owed: Mapping[str, float], inputs: Inputs, rule_sets: Sequence[str], groups: Mapping[str, Any]
) -> tuple[BookCheck, list[str]]:
    """Check loans by name; groups by kind as sets of names. Names in the order of parties 1, 2, …"""
    names = sorted(owed)
    units = {kind: Units.of([[names.index(x) + 1 for x in group] for group in sets]) for kind, sets in groups.items()}
    book = loans([owed[name] for name in names])
    rules = shipped().in_force(DAY, rule_sets=rule_sets)
    standing = standing_of(book, Cover.none(book), rules, lender=BANK, capital=capital(inputs), day=DAY)
    return check_book(standing, units), names


def limit_check(inputs: Inputs) -> Answer:
    check, names = check_loans(inputs["cases"], inputs, ["BCBS"], {})
    limit, large = check.use("BCBS_LEX_25"), check.use("BCBS_LARGE_10")
    left = np.maximum(room(limit.exposure, limit.cap.value, ">"), 0.0)
    clients = [names[x - 1] for x in limit.units.flat]
    return {
        "large": [names[f.members[0] - 1] for f in check.findings("marked") if f.rule is large.rule],
        "breach": [names[f.members[0] - 1] for f in check.findings("breach")],
        "headroom": dict(zip(clients, left.tolist(), strict=True)),
    }


def group_credit(inputs: Inputs) -> Answer:
    pledged = {kind: float(inputs.get(name, 0)) for name, kind in MARGINS.items()}
    count, book = len(pledged), loans([inputs["gross"], 0.0])
    cover = Cover(
        np.ones(count, np.uint32),
        np.zeros(count, np.uint32),
        np.array([COLLATERAL.index(kind) for kind in pledged], np.int8),
        np.array(list(pledged.values())),
        np.full(count, UNTIED, np.uint32),
        np.zeros(0, np.uint32),
        np.zeros(0, np.bool_),
    )
    rule = shipped().rule("CN_GROUP_CREDIT_15")
    standing = standing_of(book, cover, [rule], lender=BANK, capital=capital(inputs), day=DAY)
    use = check_book(standing, {"control": Units.of([[1, 2]])}).use(rule.id)
    net = float(use.exposure[0])
    return {
        "net": net,
        "ratio": net / float(inputs["net_capital"]),
        "cap": use.cap.value,
        "breach": bool(use.share[0] > 1),
    }


def headroom(inputs: Inputs) -> Answer:
    left = {}
    for rule_id, current, base, weight in inputs["requests"]:
        rule = shipped().rule(rule_id)
        cap = cap_of(rule, capital({"tier1": base, "net_capital": base}), DAY)
        left[rule_id] = float(room(current, cap.value, rule.comparison)) / weight
    binding = min(left, key=lambda rule_id: left[rule_id])
    return {"max_amount": max(left[binding], 0.0), "binding": binding}


def crm(inputs: Inputs) -> Answer:
    """Party 1 borrows, party 2 guarantees; each has other business."""

    def exposures(*, eligible: bool) -> list[float]:
        owed = [inputs["loan"], inputs["borrower_other"], inputs["guarantor_other"]]
        bank, one = np.zeros(3, np.uint32), np.zeros(1, np.uint32)
        book = Book(
            bank, Arrows.of(3, [1, 1, 2], bank), np.zeros(3, np.int8), np.array(owed, float), np.zeros(3), np.zeros(3),
            Arrows.of(3, [2], [1]), np.array([float(inputs["guaranteed"])]), one,
        )  # fmt: skip
        none = one[:0]
        cover = Cover(none, none, np.zeros(0, np.int8), np.zeros(0), none, one, np.array([eligible]))
        standing: Standing = standing_of(
            book, cover, [shipped().rule("BCBS_LEX_25")], lender=BANK, capital=capital({}), day=DAY
        )
        return standing.stakes["large_exposure"].own[1:].tolist()

    now, never = exposures(eligible=inputs["eligible"]), exposures(eligible=False)
    return {
        "borrower": now[0],
        "guarantor": now[1],
        "borrower_if_ineligible": never[0],
        "guarantor_if_ineligible": never[1],
    }
