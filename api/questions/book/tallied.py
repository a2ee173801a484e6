"""The law's tests of guarantees, over all guarantors of a lender's debts."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.structure.guarantees.ratios import tally_guarantees
from api.engine import View
from api.questions.guarantor import Flags, Numbers, above_of, leverage_of, of_twelve_months
from graph.field import PARTY_KINDS
from graph.model import GUARANTEES

Nodes = NDArray[np.int64]


@dataclass(frozen=True)
class RatioCount:
    """One test of the law over all guarantors of the lender's debts."""

    rule: str
    chinese: str
    english: str
    broken: int
    untested: int
    """Guarantors of whom a figure is missing: not passed, but unknown."""
    scope: str
    citation: str
    verified: bool


def tally_of(view: View, givers: Nodes) -> Iterator[RatioCount]:
    """Every test that each guarantor is told, counted over all of them; they stand in ascending order."""
    if not len(givers):
        return
    promises, pairs = view.promises, view.promises.pairs
    single = np.zeros(promises.size)
    others = promises.place >= 0
    np.maximum.at(single, promises.guarantor[others], np.nan_to_num(promises.amount[others]))
    months, months_hidden = _twelve_months(view)
    mine = np.isin(pairs.tail, givers)
    giver, customer = pairs.tail[mine].astype(np.int64), pairs.head[mine].astype(np.int64)
    leverage, leverage_hidden = _leverage(view, giver, customer)
    natural = view.snapshot.kind == PARTY_KINDS.index("Person")
    figures = {
        "net_assets": view.net_assets.value,
        "total_assets": view.stated("total_assets").value,
        "total_guarantees": promises.given,
        "guarantees_12_months": months,
        "single_guarantee": single,
        "guaranteed_leverage": leverage,
        "guaranteed_customers": promises.customers,
        "related_party": _related(view, giver, customer),
        "farm_household": np.where(natural, np.nan, 0.0),
    }
    silent = promises.undisclosed > 0
    hidden = {
        "total_guarantees": silent, "single_guarantee": silent, "guarantees_12_months": months_hidden,
        "guaranteed_leverage": leverage_hidden,
    }  # fmt: skip
    theirs = ({name: column[givers] for name, column in columns.items()} for columns in (figures, hidden))
    for one in tally_guarantees(next(theirs), day=view.snapshot.moment.valid_at, hidden=next(theirs)):
        rule = one.rule
        yield RatioCount(
            rule.id, rule.name.zh, rule.name.en, one.broken, one.untested, rule.scope, rule.citation, rule.verified
        )


def _twelve_months(view: View) -> tuple[Numbers, Flags]:
    """What each party promised for others in the twelve months to the day, and of whom more may be."""
    links, size = view.snapshot.links(GUARANTEES), view.snapshot.size
    at = np.flatnonzero(links.tail != links.head)
    amounts, within, unsigned = of_twelve_months(view, at)
    tail, disclosed = links.tail[at], within & ~np.isnan(amounts)
    total = np.bincount(tail[disclosed], weights=amounts[disclosed], minlength=size).astype(np.float64)
    hidden = np.zeros(size, np.bool_)
    hidden[tail[unsigned | (within & np.isnan(amounts))]] = True
    return total, hidden


def _leverage(view: View, giver: Nodes, customer: Nodes) -> tuple[Numbers, Flags]:
    """The greatest liabilities over assets of those that each party guarantees, and of whom some are not known."""
    greatest, hidden = np.full(view.snapshot.size, np.nan), np.zeros(view.snapshot.size, np.bool_)
    each = leverage_of(view, customer)
    np.fmax.at(greatest, giver, each)
    hidden[giver[np.isnan(each)]] = True
    return greatest, hidden


def _related(view: View, giver: Nodes, customer: Nodes) -> Numbers:
    """1 where a party guarantees a holder or controller, or a company of theirs and not its own; else not known."""
    found, over = np.full(view.snapshot.size, np.nan), view.control.controllers_of
    above: dict[int, set[int]] = {}
    heads: dict[int, set[int]] = {}
    for x, y in zip(giver.tolist(), customer.tolist(), strict=True):
        if x not in above:
            above[x] = set(above_of(view, x).tolist())
        if y not in heads:
            heads[y] = set(over(y).tolist())
        if x not in heads[y] and not above[x].isdisjoint(heads[y] | {y}):
            found[x] = 1.0
    return found
