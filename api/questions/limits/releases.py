"""What might let an application pass: guarantees released or added, and facilities paid down until dependences end."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analytics.limits.application import Application
from analytics.limits.approval import Check
from analytics.limits.standing import Standing
from analytics.limits.units import Readings
from analytics.structure.dependence.suspected import Suspicion
from analytics.structure.extended import Ways
from analytics.structure.membership import DEPENDENT
from api.engine import View
from api.groups.circles import connecting
from api.groups.funds import ends_of
from api.groups.promised import RATIO, Released
from api.limits.protection import protectors_of
from api.questions.limits.case import Case, applied
from api.questions.limits.memberships import grown
from graph.model import GUARANTEES

OFFERED = 3
"""Protection providers that are tried as guarantors."""
TRIED = 8
"""Guarantees whose release is tried."""


def protectors(view: View, base: Standing, applicant: int) -> list[int]:
    """Institutions that gave this lender guarantees before, else the first there are; no government bodies."""
    found = view.kept(("protectors", base.lender), lambda: _protectors(view, base))
    return [x for x in found if x != applicant][:OFFERED]


def _protectors(view: View, base: Standing) -> list[int]:
    book, eligible = base.book, protectors_of(view, base.lender) & ~view.control.state
    known = np.unique(book.guarantor[(book.creditor == base.lender) & eligible[book.guarantor]])
    others = np.flatnonzero(eligible)[: OFFERED + 2]
    found = dict.fromkeys([*known[: OFFERED + 1].tolist(), *others.tolist()])
    return [x for x in found if x != base.lender]


def releases(view: View, case: Case, check: Check) -> dict[Released, Readings]:
    """Groups without each guarantee to this lender whose release would end the suspicion it makes.

    What somebody confirmed does not end by a release: it has to be judged again.
    """
    base, application, offered, *_ = case
    broken = [line for line in check.limits if line.breaks]
    if not broken or any(line.certain for line in broken):
        return {}
    tying = list(dict(_tying(view, base, application, offered.falls)).items())[:TRIED]
    return {one: _without(view, case, one) for one in (Released(link, tie) for link, tie in tying)}


def ends(view: View, case: Case, check: Check) -> dict[int, set[float]]:
    """By party, how much it has to pay down at least until it depends on the lender no more, or the lender on it; of
    the applicant, and of who sits in what breaks."""
    base, asked, *_ = case
    parties = {x for line in check.limits if line.breaks for x in line.members.tolist()}
    drawn = asked.facility.amount if asked.facility.ccf is None else 0.0
    return ends_of(view, base.lender, sorted(parties), asking=asked.applicant, amount=drawn)


def _without(view: View, case: Case, released: Released) -> Readings:
    """Groups without one guarantee and the dependence it makes; what its giver offers may make one all the same."""
    base, asked, *_ = case
    readings = applied(view, base.lender, asked.applicant, asked.facility, released=released).application.readings
    return replace(readings, missing=tuple(dict.fromkeys([*asked.readings.missing, *readings.missing])))


def _tying(view: View, base: Standing, application: Application, falls: Ways) -> Iterator[tuple[int, int]]:
    """Guarantees that alone make a member suspect, each with the position of the dependence."""
    found = view.judged.dependences
    verdicts, known = len(found.verdicts.confirmed), len(found.suspected)
    for members in application.readings.of("connected", wide=True).around(application.applicant):
        _, came = grown(connecting(view, wide=True), falls, members)
        for entry in came.values():
            rows = zip(falls.at(entry.through).tolist(), falls.links_at(entry.through).tolist(), strict=True)
            links = [link for x, link in rows if x == entry.member] if entry.how == DEPENDENT else []
            if len(links) == 1 and verdicts <= links[0] < verdicts + known:
                one = found.suspected.at(links[0] - verdicts)
                yield from ((link, links[0]) for link in _enough(base, one))


def _enough(base: Standing, one: Suspicion) -> Iterator[int]:
    """Guarantees to this lender without which a figure no longer reaches its threshold."""
    if one.figure != RATIO or one.at_least:
        return
    links = [link for kind, link in one.sources if kind == GUARANTEES.name]
    total = float(np.nansum(base.book.promised[links]))
    for link in links:
        left = one.value * (1 - float(base.book.promised[link]) / total) if total else one.value
        ends = left <= one.threshold if one.comparison == ">" else left < one.threshold
        if ends and base.book.creditor[link] == base.lender:
            yield link
