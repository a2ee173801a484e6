"""May this facility be granted: the verdict, the rule that binds, and the smallest changes that would pass?"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from functools import partial
from itertools import compress
from math import isfinite

from analytics.limits.application import Application
from analytics.limits.approval import APPROVE, DECLINE, REFER, Check, check_credit
from analytics.limits.remedies import remedies_of
from analytics.limits.units import Nodes
from analytics.structure.government import APART
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Question
from api.engine import Engine, View
from api.groups.more_than_all import more_than_all_told
from api.limits.capital import capital_currency
from api.limits.criteria import seen_by, state_said
from api.limits.lender import lender_of
from api.questions.asking import check_page, node_of
from api.questions.groups.verdicts import judgements_said
from api.questions.limits.applications import Request, facility_of
from api.questions.limits.case import Case, applied, bounded, renewed, room_after
from api.questions.limits.changes import NONE_FOUND, Remedy, remedy_said
from api.questions.limits.checked import CreditCheck
from api.questions.limits.doubts import doubts_of, overfull_gaps, untestable_around
from api.questions.limits.memberships import Membership, around, membership, with_apart
from api.questions.limits.reasons import reasons_of
from api.questions.limits.releases import ends, protectors, releases
from api.questions.limits.rules import by_room, held_said
from api.questions.limits.uncounted import uncounted_said
from graph.errors import InvalidQuestion
from graph.moment import Moment

VERDICTS_ZH = {APPROVE: "通过", REFER: "提交人工审核", DECLINE: "拒绝"}
Whose = tuple[tuple[str, Nodes, bool], int]
"""A group by kind, members and whether it is certain, and of whom it is told."""


def credit_check(
    engine: Engine, request: Request, *, remedies: bool = True, limit: int = 20, moment: Moment
) -> Answer[CreditCheck]:
    """Hold a facility that is asked for against every rule in force for the lender.

    Decline needs certain control and confirmed dependence; what is only possible, suspected or not known refers.
    """
    return check_in(view_of(engine, request, moment), request, remedies=remedies, limit=limit)


def check_in(view: View, request: Request, *, remedies: bool = True, limit: int = 20) -> Answer[CreditCheck]:
    """The same in a view that `view_of` gave."""
    check_page(limit)
    evidence = Evidence(view.snapshot)
    lender, applicant = _ends(view, request)
    view = seen_by(view, lender)
    case = applied(view, lender, applicant, facility_of(view, request.facility, applicant=applicant, lender=lender))
    base, application, offered, *_ = case
    check = bounded(view, case, check_credit(base, application))
    over = more_than_all_told(view, evidence, case.overfull)
    gaps = (*overfull_gaps(view, evidence, check, over), *doubts_of(view, lender_of(view, lender), case, check))
    found = tuple(_groups(application, check))
    places = {(kind, members.tobytes()): k for k, ((kind, members, _), _) in enumerate(found)}
    broken = {line.members.tobytes() for line in check.limits if line.breaks}
    # Of groups that only might arise those are told that break a limit or bind; of what is not touched what binds.
    told = (
        line is check.binding or ((line.breaks or (line.bears and line.tested)) and not check.repeats(line))
        for line in check.lines
    )
    ordered = by_room(compress(check.lines, told))
    lines = held_said(view, evidence, lender, ordered, places)
    binding = next((held for line, held in zip(ordered, lines, strict=True) if line is check.binding), None)
    value = CreditCheck(
        verdict=check.verdict,
        verdict_zh=VERDICTS_ZH[check.verdict],
        applicant=evidence.party(applicant),
        lender=evidence.party(lender),
        currency=view.snapshot.moment.currency,
        rule_sets=lender_of(view, lender).rule_sets,
        amount=application.facility.amount,
        headroom=_finite(check.headroom),
        headroom_certain=_finite(check.headroom_certain),
        headroom_whole=check.headroom_whole,
        binding=binding,
        lines=lines,
        groups=_told(view, evidence, case, found, broken, limit),
        overfull=over,
        gaps=gaps,
        untestable=untestable_around(view, evidence, base, application, check, falls=offered.falls),
        remedies=tuple(_changes(view, evidence, case, check)) if remedies else (),
    )
    asked = {"request": request.model_dump(), "remedies": remedies, "limit": limit}
    state = state_said(view, lender) if view.government != APART else ()
    offered_said = uncounted_said(view, base, application.facility)
    unmended = [NONE_FOUND] if remedies and broken and not value.remedies else []
    reasons = [
        *reasons_of(evidence.distinguished(value)), *unmended, *offered_said, *state,
        *judgements_said(view, evidence, applicant),
    ]  # fmt: skip
    return view.answer(Question("credit_check", asked), value, evidence, reasons=reasons)


def _told(
    view: View, evidence: Evidence, case: Case, found: Sequence[Whose], broken: Set[bytes], limit: int
) -> tuple[Membership, ...]:
    """Groups in words, whole where they break a limit or a guarantee offered would make them."""
    coming = (*case.offered.new, *case.offered.funded)
    told = [
        membership(
            view,
            evidence,
            case.base,
            group,
            whose,
            limit=limit,
            falls=case.offered.falls,
            proved=group[1].tobytes() in broken or any(x in group[1] for x in coming),
        )
        for group, whose in found
    ]
    return with_apart(evidence, told, [group for group, _ in found])


def view_of(engine: Engine, request: Request, moment: Moment) -> View:
    """The view a request is checked in: of its day, and where no currency is named, in that of the lender's capital."""
    request.checked()
    view = engine.view(replace(moment, valid_at=request.day(moment.valid_at)))
    if view.snapshot.moment.currency is not None:
        return view
    own = capital_currency(view, node_of(view.snapshot, request.lender, where="lender"))
    return engine.view(
        replace(moment, valid_at=view.snapshot.moment.valid_at, currency=own or request.facility.currency)
    )


def _ends(view: View, request: Request) -> tuple[int, int]:
    """Lender and applicant."""
    if not request.lender.strip():
        raise InvalidQuestion("no lender is named", where="lender", remedy="name it, or set CONTAGRAPH_LENDER")
    lender = node_of(view.snapshot, request.lender, where="lender")
    applicant = node_of(view.snapshot, request.applicant, where="applicant")
    if lender == applicant:
        raise InvalidQuestion("a lender does not lend to itself", where="applicant", remedy="name another party")
    return lender, applicant


def _groups(application: Application, check: Check) -> Iterator[Whose]:
    """Every group the applicant sits in, and those of guarantors that a rule was held against, with whose."""
    told = set[tuple[str, bytes]]()
    measured = {(line.rule.group_kind, line.members.tobytes()) for line in check.lines}
    for party in (application.applicant, *(giver.party for giver in application.facility.guarantors)):
        for kind, members, certain in around(application.readings, party):
            key = kind, members.tobytes()
            if key not in told and (party == application.applicant or key in measured):
                told.add(key)
                yield (kind, members, certain), party


def _changes(view: View, evidence: Evidence, case: Case, check: Check) -> Iterator[Remedy]:
    """Remedies in words."""
    released = releases(view, case, check)
    freed = {one.guarantee: one for one in released}
    for one in remedies_of(
        case.base, case.application, check,
        protectors=protectors(view, case.base, case.application.applicant),
        releases={one.guarantee: readings for one, readings in released.items()},
        ends=ends(view, case, check),
        renewed=partial(renewed, view, case, freed),
    ):  # fmt: skip
        room = _finite(room_after(view, case, freed, one))
        yield remedy_said(evidence, one, case.application, view.snapshot.moment.currency, headroom=room)


def _finite(amount: float) -> float | None:
    return amount if isfinite(amount) else None
