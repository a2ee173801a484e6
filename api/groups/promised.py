"""Dependences that a facility would make: who promises more than it has for the applicant would fall with it, and the
applicant with its lender, and with whomever else that lender funds, where most of its debts would be owed to it."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.limits.application import Cut
from analytics.limits.facility import Facility
from analytics.structure.dependence.states import ANY
from analytics.structure.dependence.verdicts import MET, Measure, compare, ratio
from analytics.structure.extended import Extended, Ways
from api.engine import View
from api.groups.funds import FUNDING, Arrow, ended, left_of, most_of, share_with, sources_of, thinned

RATIO = "guarantee_ratio"
"""The figure by which a guarantee makes its giver depend on the borrower."""


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
    stay = Extended.without(view.wide, [*_released(view, released), *ended(view, lender, cuts)])
    found = [(x, _outcome(view, x, applicant, amount, released, stay)) for x, amount in offered.items() if amount > 0]
    new = tuple(x for x, met in found if met)
    falls: Ways = Extended.by(stay, applicant, new, first=_known(view)) if new else stay
    drawn = facility.amount if facility.ccf is None else 0.0
    known = {*stay.at(lender).tolist(), lender}
    asking, untying, silent = _funded(view, applicant, lender, drawn, cuts, known)
    funded = tuple(dict.fromkeys([*_thinned(view, lender, cuts, known), *asking]))
    falls = Extended.by(falls, lender, funded, first=_known(view) + len(new)) if funded else falls
    return Promised(falls, new, tuple(x for x, met in found if met is None), funded, silent, untying)


def _released(view: View, released: Released) -> list[Arrow]:
    """The suspicion that a guarantee makes that is done without."""
    if released is NOTHING:
        return []
    suspected, at = (
        view.judged.dependences.suspected,
        released.dependence - len(view.judged.dependences.verdicts.confirmed),
    )
    return [(int(suspected.other[at]), int(suspected.dependant[at]), released.dependence)]


def _thinned(view: View, lender: int, cuts: Sequence[Cut], known: Set[int]) -> Iterator[int]:
    """Who would come to depend on a lender once others have paid down so much that its funds are no market any more."""
    for criterion, left in thinned(view, lender, cuts):
        some = (x for x in sorted(left) if x not in known and not view.control.state[x])
        yield from (x for x in some if not _rejected(view, x, lender, criterion))


def _funded(
    view: View, applicant: int, lender: int, amount: float, cuts: Sequence[Cut], known: Set[int]
) -> tuple[tuple[int, ...], float, bool]:
    """Who would come to depend on the lender by a facility, of which this much is drawn, by how much nobody, and
    whether it cannot be told; some are `known` to depend on it."""
    if not amount or view.control.state[applicant]:
        return (), np.inf, False
    untying, found, silent = np.inf, dict[int, None](), False
    measures = {FUNDING: share_with(view, applicant, lender, amount, cuts)}
    for source in sources_of(view, lender):
        others = left_of(view, lender, source, cuts).funded
        least, most = source.shared_by
        some = (x for x in (applicant, *sorted(others)) if x not in known and not view.control.state[x])
        tied = {x: None for x in some if not _rejected(view, x, lender, source.criterion)}
        if not (least <= len(others | {applicant}) <= most and tied):
            continue
        more = most_of(view, applicant, lender, source.check, cuts)
        if np.isnan(more):
            silent = silent or applicant in tied
        else:
            untying = min(untying, max(more, 0.0))
            found |= tied if compare(source.check, measures, 1)[0] == MET else {}
    return tuple(found), untying, silent


def _outcome(view: View, giver: int, applicant: int, amount: float, released: Released, stay: Ways) -> bool | None:
    """Whether a guarantor would depend on the applicant; None where its net assets are not known."""
    every = [(criterion.id, check) for criterion in view.judged.criteria for check in criterion.checks]
    checks = [check for name, check in every if check.figure == RATIO and not _rejected(view, giver, applicant, name)]
    if not checks or view.control.state[giver] or (stay.at(applicant) == giver).any():
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
