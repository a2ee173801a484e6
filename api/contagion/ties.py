"""What ties firms together at a moment: debts, guarantees and shares, as a shock runs along them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from analytics.contagion.calls.book import NONE, Loans, Standing
from analytics.contagion.calls.terms import Contracts, Terms, read_terms
from analytics.contagion.shock.calling import Guarantees
from analytics.limits.cover import SHARED, STRANGE, UNTIED
from analytics.limits.exposure import ELSEWHERE
from api.contagion.collateral import covered_of, cut_of, worth_of
from api.contagion.figures import Known
from api.engine import View
from api.limits.numbered import Numbered
from graph.columns import ALWAYS
from graph.holding import EPOCH_DAY
from graph.links import Links
from graph.model import GUARANTEE_FORMS, GUARANTEES, LENDS, OWES, OWNS, PLEDGES

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


class Debts(NamedTuple):
    """Debts in one row: facilities, then what is owed otherwise; amounts in the moment's currency."""

    debtor: Places
    creditor: Places
    amount: Numbers
    """At default: drawn, and what its conversion factor says of the undrawn part."""
    covered: Numbers
    """What the debtor's own collateral covers."""
    cut: Numbers
    """What haircuts take of the collateral that each party gave for what it owes itself, shape (n,)."""
    seniority: Places
    """Classes from 0, the first to be paid."""
    facility: Places
    """Position of each among the LENDS links, -1 where it is none."""
    owing: Places
    """The same among the OWES links."""
    unknown: int
    """Debts of unknown amount, which are left out."""
    loans: int
    """How many of them are facilities: these come first."""


@dataclass(frozen=True)
class Promised:
    """Guarantees behind facilities."""

    layer: Guarantees
    terms: Terms
    pledge: Places
    """Positions among the PLEDGES links of the contracts that follow the guarantees."""
    unable: Places
    """For whom guarantees were given of whose givers nothing is known to pay from, one entry each: these pay nothing,
    and calls bring nobody down."""


def debts_of(view: View, haircuts: Mapping[str, float]) -> Debts:
    """Every debt of a moment, and what the debtor's own collateral is worth after haircuts by kind."""
    lends, owes, book = view.snapshot.links(LENDS), view.snapshot.links(OWES), view.book
    drawn, undrawn = book.counted
    # What is drawn is the debt: nothing undrawn beside it tells nothing.
    known = (~np.isnan(book.drawn) | (np.nan_to_num(book.undrawn) > 0)) & (lends.tail != lends.head)
    at = np.flatnonzero(known)
    amount = (drawn + undrawn)[at]
    owed = owes.fields["amount"]
    other = np.flatnonzero(~np.isnan(owed) & (owes.tail != owes.head))
    rank = np.nan_to_num(owes.fields["seniority"][other]).astype(np.int64)
    levels = np.unique(np.append(rank, 0))
    covered = covered_of(view, haircuts)[at]
    return Debts(
        np.concatenate([lends.head[at], owes.tail[other]]).astype(np.int64),
        np.concatenate([lends.tail[at], owes.head[other]]).astype(np.int64),
        np.concatenate([amount, owed[other]]),
        np.concatenate([np.minimum(covered, amount), np.zeros(len(other))]),
        cut_of(view, haircuts),
        np.concatenate([np.zeros(len(at), np.int64), np.searchsorted(levels, rank)]),
        np.concatenate([at, np.full(len(other), NONE)]),
        np.concatenate([np.full(len(at), NONE), other]),
        int((np.isnan(book.drawn) & (lends.tail != lends.head)).sum() + np.isnan(owed).sum()),
        len(at),
    )


def promised_of(view: View, known: Known, debts: Debts, haircuts: Mapping[str, float], *, in_full: bool) -> Promised:
    """Guarantees behind the facilities, collateral given by others among them, with what their givers can pay."""
    at, size = debts.facility[: debts.loans], view.snapshot.size
    ends = (debts.creditor[: debts.loans], debts.debtor[: debts.loans])
    loans = Loans.of(size, *ends, debts.amount[: debts.loans], collateral=debts.covered[: debts.loans])
    able, given = _able(known), view.snapshot.links(GUARANTEES)
    numbered, made, pledge, poor = _contracts(view, able, haircuts)
    day = (view.snapshot.moment.valid_at - EPOCH_DAY).days
    terms = read_terms(loans, numbered.first[at], made, day=day)
    recovered, capacity = known.firms.recovered, np.nan_to_num(able)
    standing = Standing.of(loans, terms.sureties, capacity=capacity, recovery=recovered, in_full=in_full)
    return Promised(Guarantees(standing, len(debts.amount)), terms, pledge, given.head[poor].astype(np.int64))


def _able(known: Known) -> Numbers:
    """What each can pay on calls: its equity, or where that is less its liquidity; NaN where neither is known."""
    with np.errstate(invalid="ignore"):
        parts = [np.where(figure > 0, figure, np.where(np.isnan(figure), np.nan, 0.0))
                 for figure in (known.firms.equity, known.firms.liquidity)]  # fmt: skip
    return np.fmin(*parts)


def _contracts(
    view: View, able: Numbers, haircuts: Mapping[str, float]
) -> tuple[Numbered, Contracts, Places, NDArray[np.bool_]]:
    """Guarantees, then collateral of one for the facility of another, whose links these are; and those guarantees whose
    givers nobody knows means of."""
    given, pledges, book = view.snapshot.links(GUARANTEES), view.snapshot.links(PLEDGES), view.book
    numbered = Numbered.of(view.snapshot.links(LENDS), [given.text("facility_id"), pledges.text("facility_id")])
    facility = numbered.found(0, book.creditor, given.head).astype(np.int64)
    counters, lost = _countered(view, given)
    # A number that no facility of the borrower bears may be the guarantee's own: it is for all that is owed the lender.
    unbound = np.isin(facility, (UNTIED, STRANGE, SHARED))
    strange = (book.creditor == ELSEWHERE) | lost
    made = Contracts.of(given, creditor=book.creditor, facility=np.where(unbound, NONE, facility), counters=counters)
    poor = np.isnan(able)[given.tail] & ~made.pledged & ~strange
    made = replace(made, amount=np.where(poor | strange, 0.0, made.amount))
    secured = numbered.pledged(1, pledges.head, pledges.tail).astype(np.int64)
    more, other = _pledged(view, secured, haircuts)
    whole = {part.name: np.concatenate([getattr(made, part.name), getattr(more, part.name)]) for part in fields(made)}
    return numbered, Contracts(**whole), other, poor


def _pledged(view: View, secured: Places, haircuts: Mapping[str, float]) -> tuple[Contracts, Places]:
    """Collateral that somebody gave for the facility of another, as contracts, and its links."""
    lends, pledges = view.snapshot.links(LENDS), view.snapshot.links(PLEDGES)
    named = np.flatnonzero(secured < len(lends.head))
    other = named[lends.head[secured[named]] != pledges.tail[named]]
    many, none = len(other), np.full(len(other), NONE)
    never, pledge = np.full(many, ALWAYS, np.int32), np.full(many, GUARANTEE_FORMS.index("pledge"), np.int8)
    contracts = Contracts(
        guarantor=pledges.tail[other], borrower=lends.head[secured[other]], creditor=pledges.head[other],
        facility=secured[other], amount=worth_of(view, haircuts)[other], liability=np.full(many, -1, np.int8),
        form=pledge, share=np.full(many, np.nan), signed=never, due=never, expires=never, counters=none,
    )  # fmt: skip
    return contracts, other


def _countered(view: View, given: Links) -> tuple[Places, NDArray[np.bool_]]:
    """Which guarantee each counters, by its fact or its source's reference; and which name one that is not known."""
    named = pc.fill_null(given.text("counter_of").cast(pa.string()), "").to_pylist()
    some = [k for k, name in enumerate(named) if name]
    counters, lost = np.full(len(named), NONE), np.zeros(len(named), np.bool_)
    if some:
        told = view.snapshot.sources(GUARANTEES, given.fact)
        places = {name: k for k, one in enumerate(told) for name in (one["source_ref"], one["fact_id"])}
        for k in some:
            counters[k] = places.get(named[k], NONE)
            lost[k] = counters[k] in (NONE, k)
        counters[lost] = NONE
    return counters, lost


def shares_of(view: View) -> tuple[NDArray[np.uint32], NDArray[np.uint32], Numbers, Places]:
    """Holders, companies and the fraction of the capital that each holds for certain, and the links they stand on."""
    held = view.register.capital
    links = view.snapshot.links(OWNS)
    size = view.snapshot.size
    own = np.flatnonzero((held.tail < size) & (held.head < size) & (held.tail != held.head) & (held.low > 0))
    whole = np.bincount(held.head[own], held.low[own], minlength=size)[held.head[own]]
    share = held.low[own] / np.maximum(whole, 1.0)
    return held.tail[own].astype(np.uint32), held.head[own].astype(np.uint32), share, own[: len(links.tail)]
