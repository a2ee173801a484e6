"""Random applications, and the book as it would be once one is granted."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st

from analytics.limits.application import Application
from analytics.limits.facility import Facility, Guarantor, Pledge
from analytics.limits.units import Readings
from graph.model import COLLATERAL, FACILITIES
from tests.analytics.limits.books import PARTY, World, worlds


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
        draw(st.sampled_from([None, 0.2, 0.5, 1.0])),
        collateral=tuple(draw(st.lists(pledge, max_size=2))),
        guarantors=tuple(draw(st.lists(giver, max_size=2))),
    )
    return world, Application(applicant, facility, Readings(world.units))


def touched(world: World, application: Application) -> frozenset[int]:
    """The applicant, and whose eligible guarantee, offered or in the book for all it owes, may move it."""
    offered = [giver.party for giver in application.facility.guarantors if giver.eligible and giver.amount]
    loose = [g[0] for g in world.guarantees if g[1] == application.applicant and g[3] is None and g[4] and g[2]]
    return frozenset([application.applicant, *offered, *loose])


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
