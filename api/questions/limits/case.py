"""An application as it is held against limits: where the lender stands, and the groups around all whom it touches."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from analytics.limits.application import Application, Cut
from analytics.limits.approval import Check, check_credit
from analytics.limits.facility import Facility
from analytics.limits.remedy import Remedy
from analytics.limits.standing import Standing
from analytics.limits.threshold import LARGEST
from api.engine import View
from api.groups.funds import touches
from api.groups.overfull import OVERFULL, overfull_around
from api.groups.promised import NOTHING, Promised, Released, promised
from api.groups.untested import Also, unassessed, with_untested
from api.limits.lender import kinds_of, perhaps_banks
from api.limits.standing import readings_of, standing


class Case(NamedTuple):
    """What is asked, and what it is held against."""

    base: Standing
    application: Application
    offered: Promised
    released: Released = NOTHING
    """A guarantee in the book that it does without."""
    overfull: tuple[int, ...] = ()
    """Companies that its groups rest on and of which more than all votes are stated to be held."""


def applied(
    view: View,
    lender: int,
    applicant: int,
    facility: Facility,
    *,
    cuts: Sequence[Cut] = (),
    released: Released = NOTHING,
) -> Case:
    """Where the lender stands, and a facility with the groups around all whom it touches; `cuts` are facilities that
    would be paid down, and `released` is a guarantee in the book to do without."""
    base = standing(view, lender)
    facility.checked(base.size, base.day)
    offered = promised(view, facility, applicant, lender=lender, released=released, cuts=cuts)
    behind = [x for stakes in base.stakes.values() for x in stakes.answering(applicant)]
    touched = [applicant, *(giver.party for giver in facility.guarantors), *behind]
    readings = readings_of(view, lender, touched, falls=offered.falls)
    related = [lender] if "lender_related" in kinds_of(view, lender) else []
    over = tuple(overfull_around(view, readings, touched, beside=related))
    if over and view.overfull == "refuse":
        readings = replace(readings, missing=(*readings.missing, OVERFULL))
    eligible = [giver.party for giver in facility.guarantors if giver.eligible]
    on = (lender,) if offered.unfunded else ()
    also = Also((*eligible, *behind), on, offered.untested, tuple(touched), cuts)
    readings = with_untested(view, base, readings, applicant, also=also, falls=offered.falls)
    held = [applicant, *eligible]
    assessing = any(rule.severity == "assess" for rule in base.rules)
    open_ = unassessed(view, held, offered.falls, lender=lender) if assessing else frozenset[int]()
    perhaps = frozenset(perhaps_banks(view, held))
    untying = offered.untying if offered.funded else 0.0
    asked = Application(
        applicant, facility, readings, tuple(cuts), open_, perhaps, untying, released=released.guarantee
    )
    return Case(base, asked, offered, released, over)


def bounded(view: View, case: Case, check: Check) -> Check:
    """A check with the headroom of both sides of the amount above which the applicant would depend on the lender: what
    is left below it, or beyond it in the groups that come then."""
    base, application, offered, released, *_ = case
    over = bool(offered.funded) and application.facility.amount > offered.untying
    most = min(check.headroom, LARGEST)
    if not (offered.untying > 0 and (over or offered.untying < most)):
        return check
    other = offered.untying if over else most
    tried, cuts = replace(application.facility, amount=other), application.cuts
    again = applied(view, base.lender, application.applicant, tried, cuts=cuts, released=released)
    found = check_credit(base, again.application)
    below, beyond = (found, check) if over else (check, found)
    headroom = max(min(below.headroom, offered.untying), beyond.headroom)
    return check if headroom == check.headroom else replace(check, headroom=headroom, binding=None)


def renewed(view: View, case: Case, freed: Mapping[int, Released], changed: Application) -> Application:
    """An application as it is when asked for anew: another amount, other guarantors, others who share the lender's
    funds, and less at stake with whoever stands for others in what might arise come with other groups; those without a
    guarantee are asked for without it."""
    asked, lender = case.application, case.base.lender
    before, after, cuts = asked.facility, changed.facility, changed.cuts
    same = before.guarantors == after.guarantors and (before.amount == after.amount or not case.offered.funded)
    stands = any(changed.readings.untested.around(cut.borrower) for cut in cuts)
    besides = [asked.applicant] if case.offered.funded else []
    if same and not stands and not touches(view, lender, cuts, besides=besides):
        return changed
    released = freed.get(changed.released, NOTHING)
    return applied(view, lender, asked.applicant, after, cuts=cuts, released=released).application


def room_after(view: View, case: Case, freed: Mapping[int, Released], remedy: Remedy) -> float:
    """The headroom of an application so changed."""
    asked, lender = remedy.application, case.base.lender
    released = freed.get(asked.released, NOTHING)
    offered = promised(view, asked.facility, asked.applicant, lender=lender, released=released, cuts=asked.cuts)
    return bounded(view, Case(case.base, asked, offered, released), remedy.check).headroom
