"""Random applications, and the book as it would be once one is granted."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st

from analytics.limits.application import Application
from analytics.limits.facility import Facility, Guarantor, Pledge
from analytics.limits.numerators import NUMERATORS
from analytics.limits.units import Readings
from graph.model import COLLATERAL, FACILITIES
from tests.analytics.limits.books import PARTY, RULES, World, about, total, worlds


@st.composite
def applications(draw: st.DrawFn, *, loose: bool = False) -> tuple[World, Application]:
    """An applicant in a world; none of its collateral for all it owes could reach the new facility, unless `loose`."""
    world, applicant = draw(worlds()), draw(PARTY)
    if not loose:
        world = replace(world, pledges=[p for p in world.pledges if p[3] is not None or p[0] != applicant])
    amounts = st.integers(1, 200)
    pledge = st.builds(Pledge, st.sampled_from(COLLATERAL[:4]), amounts.map(float))
    others = PARTY.filter(lambda x: x != applicant)
    giver = st.builds(Guarantor, others, amounts.map(float), st.booleans())
    facility = Facility(
        float(draw(amounts)),
        draw(st.sampled_from(FACILITIES)),
        draw(st.sampled_from([None, 0.0, 0.2, 0.5, 1.0])),
        collateral=tuple(draw(st.lists(pledge, max_size=2))),
        guarantors=tuple(draw(st.lists(giver, max_size=2))),
    )
    return world, Application(applicant, facility, Readings(world.units))


def touched(world: World, application: Application) -> set[tuple[str, frozenset[int]]]:
    """Each rule with the units that it is about once a facility is granted, and to which it adds, whatever an amount is
    that is not known, or whose member asks for what the rule counts."""
    facility, later = application.facility, granted(world, application)
    cases = [(now, granted(now, application)) for now in world.fillings]
    found: set[tuple[str, frozenset[int]]] = set()
    for rule in RULES:
        asks = NUMERATORS[rule.numerator].weight(facility.kind, facility.ccf) > 0
        for unit in about(later, rule):
            grows = (total(then, rule, set(unit)) > total(now, rule, set(unit)) for now, then in cases)
            if (asks and application.applicant in unit) or any(grows):
                found.add((rule.id, unit))
    return found


def granted(world: World, application: Application) -> World:
    """The world with the facility in its book, and what would be paid down."""
    facility, at = application.facility, len(world.facilities)
    amount = Fraction(facility.amount)
    ccf = Fraction(str(facility.ccf)) if facility.ccf is not None else Fraction(0)
    row = (application.applicant, facility.kind, *((amount, 0) if facility.ccf is None else (0, amount)), ccf)
    rows = [*world.facilities, row]
    for cut in application.cuts:
        borrower, kind, drawn, *rest = rows[cut.facility]
        rows[cut.facility] = (borrower, kind, drawn - Fraction(cut.amount), *rest)
    pledges = [(application.applicant, p.kind, Fraction(p.value), at) for p in facility.collateral]
    givers = [(g.party, application.applicant, Fraction(g.amount), at, g.eligible) for g in facility.guarantors]
    return replace(world, facilities=rows, pledges=[*world.pledges, *pledges], guarantees=[*world.guarantees, *givers])
