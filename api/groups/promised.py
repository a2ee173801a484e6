"""Dependences that a facility would make: who promises more than it has for the applicant would fall with it, and the
applicant with its lender, and with whomever else that lender funds, where most of its debts would be owed to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.limits.application import Cut
from analytics.limits.facility import Facility
from analytics.structure.dependence.rules import NANO, Check
from analytics.structure.dependence.states import ANY
from analytics.structure.dependence.verdicts import MET, Measure, compare, ratio
from analytics.structure.extended import Extended, Ways
from api.engine import View
from api.engine.dependence import item_of

RATIO = "guarantee_ratio"
"""The figure by which a guarantee makes its giver depend on the borrower."""
FUNDING = "funding_share"
"""The figure by which a loan makes its borrower depend on a lender that funds others too."""


class Released(NamedTuple):
    """A guarantee in the book to do without."""

    guarantee: int
    """Its position; -1 for none."""
    dependence: int
    """Position of the dependence that it makes, as `View.wide` counts them."""


NOTHING: Final = Released(-1, -1)


@dataclass(frozen=True)
class Promised:
    """Who would come to depend on whom by a facility."""

    falls: Ways
    """From each party to those that would fail with it, in the wide reading; what is new stands behind the rest."""
    new: tuple[int, ...]
    """Guarantors that would depend on the applicant by what they promise."""
    untested: tuple[int, ...]
    """Guarantors of whom it cannot be told."""
    funded: tuple[int, ...] = ()
    """Who would depend on the lender by what it lends: the applicant, and whoever was alone in being funded by it."""
    unfunded: bool = False
    """Whether it cannot be told, as its debts are not known, if the applicant would depend on the lender."""
    untying: float = np.inf
    """The greatest amount by which nobody would depend on the lender; infinite where none makes anybody."""


def promised(
    view: View,
    facility: Facility,
    applicant: int,
    *,
    lender: int,
    released: Released = NOTHING,
    cuts: Sequence[Cut] = (),
) -> Promised:
    """Hold what each guarantor would have promised for the applicant against its net assets, and what the lender would
    have lent it against its debts.

    Where the criteria have no such figure, or somebody rejected the dependence, nothing is suspected. `released` is a
    guarantee in the book to do without, and the dependence that it makes; `cuts` are facilities paid down.
    """
    offered: dict[int, float] = {}
    for giver in facility.guarantors:
        offered[giver.party] = offered.get(giver.party, 0.0) + giver.amount
    found = [(x, _outcome(view, x, applicant, amount, released)) for x, amount in offered.items() if amount > 0]
    new = tuple(x for x, met in found if met)
    falls: Ways = Extended.by(view.wide, applicant, new, first=_known(view)) if new else view.wide
    drawn = facility.amount if facility.ccf is None else 0.0
    asking, untying, silent = _funded(view, applicant, lender, drawn, cuts)
    funded = tuple(dict.fromkeys([*_thinned(view, lender, cuts, applicant, drawn), *asking]))
    falls = Extended.by(falls, lender, funded, first=_known(view) + len(new)) if funded else falls
    return Promised(falls, new, tuple(x for x, met in found if met is None), funded, silent, untying)


def thins(view: View, lender: int, applicant: int, cuts: Sequence[Cut]) -> bool:
    """Whether fewer share a lender's funds once some facilities are paid down, where with the applicant they are so
    many that its funds are a market."""
    return any(
        check.shared_by is not None
        and len(others | {applicant}) > check.shared_by[1]
        and _left(view, lender, check, others, cuts) != others
        for _, check, others in (_sharing(view, lender) if cuts else ())
    )


def paid_off(view: View, lender: int, cuts: Sequence[Cut]) -> frozenset[tuple[int, str]]:
    """Who would be funded by a lender in the main no more once some facilities are paid down, each with the criterion
    that asks for nothing else."""
    alone = {one.id for one in view.judged.criteria if all(check.figure == FUNDING for check in one.checks)}
    return frozenset(
        (party, criterion)
        for criterion, check, others in (_sharing(view, lender) if cuts else ())
        if criterion in alone
        for party in others - _left(view, lender, check, others, cuts)
    )


def _thinned(view: View, lender: int, cuts: Sequence[Cut], applicant: int, drawn: float) -> tuple[int, ...]:
    """Who would come to depend on a lender once others have paid down so much that its funds are no market any more,
    the applicant with what it asks for among those who share them."""
    known, found = {*view.wide.at(lender).tolist(), lender}, dict[int, None]()
    measures = {FUNDING: _share(view, applicant, lender, drawn, cuts)}
    for criterion, check, others in _sharing(view, lender) if cuts else ():
        least, most = check.shared_by or (1, np.inf)
        left = _left(view, lender, check, others, cuts) if len(others) > most else others
        left |= {applicant} if drawn and compare(check, measures, 1)[0] == MET else set()
        if len(others) > most >= len(left) >= least:
            some = (x for x in sorted(left) if x not in known and not view.control.state[x])
            found |= dict.fromkeys(x for x in some if not _rejected(view, x, lender, criterion))
    return tuple(found)


def _left(view: View, lender: int, check: Check, others: frozenset[int], cuts: Sequence[Cut]) -> frozenset[int]:
    """Those whom a lender funds that it still does once some facilities are paid down."""
    figure, gone = view.judged.dependences.suspected.figures[FUNDING], set[int]()
    for party in others.intersection(cut.borrower for cut in cuts):
        at = np.flatnonzero((figure.other == lender) & (figure.dependant == party))
        owed, paid = _drawn(view, party, lender), sum(cut.amount for cut in cuts if cut.borrower == party)
        part = max(owed - paid, 0.0) / owed if owed > 0 else 1.0
        rest = Measure(figure.measure.value[at] * part, figure.measure.open[at])
        gone |= {party} if not (compare(check, {FUNDING: rest}, len(at)) == MET).any() else set()
    return others - gone


def _share(view: View, applicant: int, lender: int, amount: float, cuts: Sequence[Cut]) -> Measure:
    """What part of its debts a lender would fund with a facility of which this much is drawn."""
    debt = view.kept(("debt",), lambda: item_of(view.snapshot, "debt")).value[applicant]
    return Measure.of(ratio([amount + _owing(view, applicant, lender, cuts)], [debt]))


def _owing(view: View, party: int, lender: int, cuts: Sequence[Cut]) -> float:
    """What it has drawn of a lender's facilities once some are paid down."""
    return max(_drawn(view, party, lender) - sum(cut.amount for cut in cuts if cut.borrower == party), 0.0)


def _drawn(view: View, party: int, lender: int) -> float:
    """What a lender's facilities to a party have drawn."""
    book = view.book
    return float(np.nansum(book.drawn[book.borrowed.links_at(party)[book.borrowed.at(party) == lender]]))


def _funded(
    view: View, applicant: int, lender: int, amount: float, cuts: Sequence[Cut]
) -> tuple[tuple[int, ...], float, bool]:
    """Who would come to depend on the lender by a facility, of which this much is drawn, by how much nobody, and
    whether it cannot be told."""
    if not amount or view.control.state[applicant]:
        return (), np.inf, False
    untying, found, silent = np.inf, dict[int, None](), False
    debt = view.kept(("debt",), lambda: item_of(view.snapshot, "debt")).value[applicant]
    drawn = _owing(view, applicant, lender, cuts)
    measures = {FUNDING: _share(view, applicant, lender, amount, cuts)}
    known = {*view.wide.at(lender).tolist(), lender}
    for criterion, check, every in _sharing(view, lender):
        others = _left(view, lender, check, every, cuts)
        least, most = check.shared_by or (1, np.inf)
        some = (x for x in (applicant, *sorted(others)) if x not in known and not view.control.state[x])
        tied = {x: None for x in some if not _rejected(view, x, lender, criterion)}
        if not (least <= len(others | {applicant}) <= most and tied):
            continue
        if np.isnan(debt):
            silent = silent or applicant in tied
        else:
            untying = min(untying, max((check.bar - 1) / NANO * debt - drawn, 0.0))
            found |= tied if compare(check, measures, 1)[0] == MET else {}
    return tuple(found), untying, silent


def _sharing(view: View, lender: int) -> list[tuple[str, Check, frozenset[int]]]:
    """Who is funded by a lender as each check of that asks."""
    return view.kept(("funded", lender, view.criteria), lambda: list(_sharers(view, lender)))


def _sharers(view: View, lender: int) -> Iterator[tuple[str, Check, frozenset[int]]]:
    figure = view.judged.dependences.suspected.figures.get(FUNDING)
    if figure is None:
        return
    at = np.flatnonzero(figure.other == lender)
    measures = {FUNDING: Measure(figure.measure.value[at], figure.measure.open[at])}
    for criterion in view.judged.criteria:
        for check in criterion.checks:
            if check.figure == FUNDING:
                met = compare(check, measures, len(at)) == MET
                yield criterion.id, check, frozenset(figure.dependant[at[met]].tolist())


def _outcome(view: View, giver: int, applicant: int, amount: float, released: Released) -> bool | None:
    """Whether a guarantor would depend on the applicant; None where its net assets are not known."""
    every = [(criterion.id, check) for criterion in view.judged.criteria for check in criterion.checks]
    checks = [check for name, check in every if check.figure == RATIO and not _rejected(view, giver, applicant, name)]
    already = (view.wide.at(applicant) == giver) & (view.wide.links_at(applicant) != released.dependence)
    if not checks or view.control.state[giver] or already.any():
        return False
    assets = view.net_assets.value[giver]
    if np.isnan(assets):
        return None
    given = _given(view, giver, applicant)
    total = amount + float(np.nansum(view.book.promised[given[given != released.guarantee]]))
    measures = {RATIO: Measure.of(ratio([total], [assets]))}
    return any(compare(check, measures, 1)[0] == MET for check in checks)


def _given(view: View, giver: int, applicant: int) -> NDArray[np.uint32]:
    """Guarantees it gave for the applicant that can still be called."""
    book = view.book
    links: NDArray[np.uint32] = book.guaranteed.links_at(giver)[book.guaranteed.at(giver) == applicant]
    return np.asarray(links[~book.expired[links]]) if len(book.expired) else links


def _rejected(view: View, giver: int, applicant: int, criterion: str) -> bool:
    told = view.judged.dependences.verdicts
    pair = np.flatnonzero((told.dependant == giver) & (told.other == applicant) & ~told.confirmed)
    return any(told.criterion[at] in (criterion, ANY) for at in pair.tolist())


def _known(view: View) -> int:
    """How many positions verdicts and suspicions take."""
    found = view.judged.dependences
    return len(found.verdicts.confirmed) + len(found.suspected)
