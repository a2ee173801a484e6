"""The law's tests of guarantees, over all guarantors of a lender's debts."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.structure.guarantees.ratios import tally_guarantees
from api.engine import View
from api.questions.guarantor import Flags, Numbers, leverage_of, of_twelve_months
from graph.field import PARTY_KINDS
from graph.grouping import spans
from graph.model import GUARANTEES, OWNS

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
    found, owns = np.full(view.snapshot.size, np.nan), view.snapshot.links(OWNS)
    company, controller = _controllers(view, np.union1d(giver, customer))
    held = owns.fields["share_high"] > 0
    above = np.append(owns.tail[held].astype(np.int64) << 32 | owns.head[held], controller << 32 | company)
    above = above[view.snapshot.kind[above >> 32] != PARTY_KINDS.index("State")]
    # Each guarantee with each who controls the guaranteed, and with the guaranteed itself.
    start, end = (company.searchsorted(customer, side) for side in ("left", "right"))
    rows, of = spans(start, end)
    pair, head = np.append(of, np.arange(len(giver))), np.append(controller[rows], customer)
    related = np.zeros(len(giver), np.bool_)
    related[pair[np.isin(head << 32 | giver[pair], above)]] = True
    own = np.zeros(len(giver), np.bool_)
    own[of[controller[rows] == giver[of]]] = True
    found[giver[related & ~own]] = 1.0
    return found


def _controllers(view: View, parties: Nodes) -> tuple[Nodes, Nodes]:
    """Some parties, ascending, and who controls each."""
    some = parties[view.control.controlled[parties]].tolist()
    over = [view.control.controllers_of(x) for x in some]
    company = np.repeat(np.array(some, np.int64), [len(one) for one in over])
    return company, np.concatenate([np.zeros(0, np.int64), *over]).astype(np.int64)
