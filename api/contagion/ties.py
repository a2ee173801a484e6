"""What ties firms together at a moment: debts, guarantees and shares, as a shock runs along them."""

from collections import defaultdict
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
from api.contagion.collateral import GUARANTEED, covered_of, cut_of, numbered_of, secured_of, worth_of
from api.contagion.figures import Known
from api.contagion.rates import Moves
from api.engine import View
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
    callable: int
    """How many of them, the first, guarantees may stand behind: facilities, and other debts of the first class."""


@dataclass(frozen=True)
class Promised:
    """Guarantees behind debts."""

    layer: Guarantees
    terms: Terms
    pledge: Places
    """Positions among the PLEDGES links of the contracts that follow the guarantees."""
    unable: Places
    """For whom guarantees were given of whose givers nothing is known to pay from, one entry each: these pay nothing,
    and calls bring nobody down."""
    idle: Places
    """Positions among the GUARANTEES links of those that may be called and behind which no known debt stands."""
    spent: Places
    """The same of those that cannot be called on the day: their period is over, or they are signed later."""


def debts_of(view: View, haircuts: Mapping[str, float], moves: Moves | None = None) -> Debts:
    """Every debt of a moment, and what the debtor's own collateral is worth after haircuts by kind."""
    lends, owes, book = view.snapshot.links(LENDS), view.snapshot.links(OWES), view.book
    drawn, undrawn = book.counted
    # What is drawn is the debt: nothing undrawn beside it tells nothing.
    known = (~np.isnan(book.drawn) | (np.nan_to_num(book.undrawn) > 0)) & (lends.tail != lends.head)
    at = np.flatnonzero(known)
    lent, owed = drawn + undrawn, owes.fields["amount"]
    if moves is not None:
        lent, owed = lent * moves.lends, owed * moves.owes
    amount = lent[at]
    other = np.flatnonzero(~np.isnan(owed) & (owes.tail != owes.head))
    rank = np.nan_to_num(owes.fields["seniority"][other]).astype(np.int64)
    levels = np.unique(np.append(rank, 0))
    level = np.searchsorted(levels, rank)
    order = np.argsort(level > 0, kind="stable")
    other, level = other[order], level[order]
    covered = covered_of(view, haircuts, lent, moves)[at]
    return Debts(
        np.concatenate([lends.head[at], owes.tail[other]]).astype(np.int64),
        np.concatenate([lends.tail[at], owes.head[other]]).astype(np.int64),
        np.concatenate([amount, owed[other]]),
        np.concatenate([np.minimum(covered, amount), np.zeros(len(other))]),
        cut_of(view, haircuts, moves),
        np.concatenate([np.zeros(len(at), np.int64), level]),
        np.concatenate([at, np.full(len(other), NONE)]),
        np.concatenate([np.full(len(at), NONE), other]),
        int((np.isnan(book.drawn) & (lends.tail != lends.head)).sum() + np.isnan(owed).sum()),
        len(at) + int((level == 0).sum()),
    )


def lends_of(view: View) -> NDArray[np.bool_]:
    """Who lends to anybody, shape (n,)."""
    return np.asarray(np.diff(view.snapshot.links(LENDS).out_start) > 0)


def promised_of(
    view: View, known: Known, debts: Debts, haircuts: Mapping[str, float], moves: Moves | None = None, *, in_full: bool
) -> Promised:
    """Guarantees behind debts, collateral given by others among them, with what their givers can pay."""
    some, size = slice(debts.callable), view.snapshot.size
    at, ends = debts.facility[some], (debts.creditor[some], debts.debtor[some])
    loans = Loans.of(size, *ends, debts.amount[some], collateral=debts.covered[some])
    means, given = known.firms.means, view.snapshot.links(GUARANTEES)
    made, pledge, poor = _contracts(view, ~np.isfinite(means), haircuts, moves)
    day = (view.snapshot.moment.valid_at - EPOCH_DAY).days
    numbers = np.where(at == NONE, NONE, np.append(numbered_of(view).first.astype(np.int64), NONE)[at])
    terms = read_terms(loans, numbers, made, day=day)
    recovered, capacity = known.firms.recovered, np.where(np.isfinite(means), means, 0.0)
    standing = Standing.of(loans, terms.sureties, capacity=capacity, recovery=recovered, in_full=in_full)
    idle = terms.idle[terms.idle < len(given)]
    idle = idle[given.tail[idle] != given.head[idle]]
    layer, spent = Guarantees(standing, len(debts.amount)), terms.spent[terms.spent < len(given)]
    return Promised(layer, terms, pledge, given.head[poor].astype(np.int64), idle, spent)


def _contracts(
    view: View, unknown: NDArray[np.bool_], haircuts: Mapping[str, float], moves: Moves | None
) -> tuple[Contracts, Places, NDArray[np.bool_]]:
    """Guarantees, then collateral of one for the facility of another, whose links these are; and those guarantees of
    whose givers, unknown, nobody knows means."""
    given, book = view.snapshot.links(GUARANTEES), view.book
    facility = numbered_of(view).found(GUARANTEED, book.creditor, given.head).astype(np.int64)
    counters, lost = _countered(view, given)
    # A number that no facility of the borrower bears may be the guarantee's own: it is for all that is owed the lender.
    unbound = np.isin(facility, (UNTIED, STRANGE, SHARED))
    strange = (book.creditor == ELSEWHERE) | lost
    made = Contracts.of(given, creditor=book.creditor, facility=np.where(unbound, NONE, facility), counters=counters)
    poor = unknown[given.tail] & ~made.pledged & ~strange
    most = made.amount if moves is None else made.amount * moves.guarantees
    made = replace(made, amount=np.where(poor | strange, 0.0, most))
    more, other = _pledged(view, secured_of(view).facility, worth_of(view, haircuts, moves))
    whole = {part.name: np.concatenate([getattr(made, part.name), getattr(more, part.name)]) for part in fields(made)}
    return Contracts(**whole), other, poor


def _pledged(view: View, secured: Places, worth: Numbers) -> tuple[Contracts, Places]:
    """Collateral that somebody gave for the facility of another, as contracts, and its links."""
    lends, pledges = view.snapshot.links(LENDS), view.snapshot.links(PLEDGES)
    named = np.flatnonzero(secured < len(lends.head))
    other = named[lends.head[secured[named]] != pledges.tail[named]]
    many, none = len(other), np.full(len(other), NONE)
    never, pledge = np.full(many, ALWAYS, np.int32), np.full(many, GUARANTEE_FORMS.index("pledge"), np.int8)
    contracts = Contracts(
        guarantor=pledges.tail[other], borrower=lends.head[secured[other]], creditor=pledges.head[other],
        facility=secured[other], amount=worth[other], liability=np.full(many, -1, np.int8),
        form=pledge, share=np.full(many, np.nan), signed=never, due=never, expires=never, counters=none,
    )  # fmt: skip
    return contracts, other


def _countered(view: View, given: Links) -> tuple[Places, NDArray[np.bool_]]:
    """Which guarantee each counters, by its fact or its source's reference; and which name one that is not known.

    References are a source's own, and several guarantors may have signed one contract: of those that bear the name, one
    of the counter's own source counts before another's, then one of the guarantor whom the counter is for.
    """
    named = pc.fill_null(given.text("counter_of").cast(pa.string()), "").to_pylist()
    some = [k for k, name in enumerate(named) if name]
    counters, lost = np.full(len(named), NONE), np.zeros(len(named), np.bool_)
    if not some:
        return counters, lost
    told, places = view.snapshot.sources(GUARANTEES, given.fact), defaultdict[str, list[int]](list)
    for k, one in enumerate(told):
        for name in {one["source_ref"], one["fact_id"]}:
            places[name].append(k)
    for k in some:
        whose = {int(given.head[k]), int(view.book.creditor[k])}
        fits = [
            (told[other]["source"] != told[k]["source"], int(given.tail[other]) not in whose, other)
            for other in places[named[k]]
            if other != k
        ]
        counters[k] = min(fits)[-1] if fits else NONE
        lost[k] = not fits
    return counters, lost


def shares_of(view: View) -> tuple[NDArray[np.uint32], NDArray[np.uint32], Numbers, Places]:
    """Holders, companies and the fraction of the capital that each holds for certain, and the links they stand on.

    Of a company of which more than all is stated to be held each has what the policy leaves it for certain. What a
    company holds of itself is worth to the others what it is worth to them by their parts.
    """
    held = view.register.capital
    links = view.snapshot.links(OWNS)
    size = view.snapshot.size
    some = (held.tail < size) & (held.head < size) & (held.low > 0)
    own, itself = (np.flatnonzero(some & mine) for mine in (held.tail != held.head, held.tail == held.head))
    whole, treasury = (np.bincount(held.head[at], held.low[at], minlength=size) for at in (own, itself))
    share = held.low[own] / np.maximum(whole, 1.0 - treasury)[held.head[own]]
    return held.tail[own].astype(np.uint32), held.head[own].astype(np.uint32), share, own[: len(links.tail)]
