"""An application as it is held against limits: where the lender stands, and the groups around all whom it touches."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from analytics.limits.application import Application, Cut
from analytics.limits.approval import Check, check_credit
from analytics.limits.facility import Facility
from analytics.limits.standing import Standing
from analytics.limits.threshold import LARGEST
from api.engine import View
from api.groups.promised import NOTHING, Promised, Released, promised, thins
from api.groups.untested import Also, unassessed, with_untested
from api.limits.lender import perhaps_banks
from api.limits.standing import readings_of, standing


class Case(NamedTuple):
    """What is asked, and what it is held against."""

    base: Standing
    application: Application
    offered: Promised


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
    refuted = frozenset[int]() if released is NOTHING else frozenset({released.dependence})
    readings = readings_of(view, lender, touched, refuted=refuted, falls=offered.falls)
    eligible = [giver.party for giver in facility.guarantors if giver.eligible]
    on = (lender,) if offered.unfunded else ()
    also = Also((*eligible, *behind), on, offered.untested, tuple(touched), cuts)
    readings = with_untested(view, base, readings, applicant, also=also, falls=offered.falls, refuted=refuted)
    held = [applicant, *eligible]
    assessing = any(rule.severity == "assess" for rule in base.rules)
    open_ = unassessed(view, held, lender=lender) if assessing else frozenset[int]()
    perhaps = frozenset(perhaps_banks(view, held))
    untying = offered.untying if offered.funded else 0.0
    asked = Application(
        applicant, facility, readings, tuple(cuts), open_, perhaps, untying, released=released.guarantee
    )
    return Case(base, asked, offered)


def bounded(view: View, case: Case, check: Check) -> Check:
    """A check with the headroom of both sides of the amount above which the applicant would depend on the lender: what
    is left below it, or beyond it in the groups that come then."""
    base, application, offered = case
    if not 0 < offered.untying < min(check.headroom, LARGEST) and not (offered.funded and offered.untying > 0):
        return check
    other = offered.untying if offered.funded else min(check.headroom, LARGEST)
    tried = replace(application.facility, amount=other)
    found = check_credit(base, applied(view, base.lender, application.applicant, tried).application)
    below, beyond = (found, check) if offered.funded else (check, found)
    headroom = max(min(below.headroom, offered.untying), beyond.headroom)
    return check if headroom == check.headroom else replace(check, headroom=headroom, binding=None)


def renewed(view: View, case: Case, freed: Mapping[int, Released], changed: Application) -> Application:
    """An application as it is when asked for anew: another amount, other guarantors, fewer who share the lender's
    funds, and less at stake with whoever stands for others in what might arise come with other groups; those without a
    guarantee are asked for without it."""
    asked, lender = case.application, case.base.lender
    before, after, cuts = asked.facility, changed.facility, changed.cuts
    same = before.guarantors == after.guarantors and (before.amount == after.amount or not case.offered.funded)
    stands = any(changed.readings.untested.around(cut.borrower) for cut in cuts)
    if same and not stands and not thins(view, lender, asked.applicant, cuts):
        return changed
    released = freed.get(changed.released, NOTHING)
    return applied(view, lender, asked.applicant, after, cuts=cuts, released=released).application
