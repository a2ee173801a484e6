"""What a facility does to many groups is what it does to each."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.limits.application import Application, Cut
from analytics.limits.approval import check_credit
from analytics.limits.effects import effect_on, foremost, sums_of
from analytics.limits.facility import Added, Facility
from analytics.limits.lines import Line, lines_of
from analytics.limits.threshold import FINEST
from analytics.limits.units import Readings, Units
from tests.analytics.limits.applications import applications
from tests.analytics.limits.books import PARTY, RULES, World


@st.composite
def uncertain(draw: st.DrawFn) -> tuple[World, Application]:
    """An application with groups that might arise, each with the applicant, and facilities paid down with it."""
    world, asked = draw(applications())
    sets = draw(st.lists(st.frozensets(PARTY, max_size=4), min_size=1, max_size=6))
    untested = Units.of(sorted({*some, asked.applicant} for some in sets if {*some} - {asked.applicant}))
    cuts = []
    for k, row in enumerate(world.facilities):
        if row[2] and not any(pledge[3] in (k, None) for pledge in world.pledges) and draw(st.booleans()):
            cuts.append(Cut(k, row[0], float(draw(st.integers(1, row[2])))))
    return world, replace(asked, readings=replace(asked.readings, untested=untested), cuts=tuple(cuts[:1]))


@given(uncertain())
def test_what_many_units_come_to_is_what_each_does_by_itself(drawn: tuple[World, Application]) -> None:
    world, application = drawn
    standing = world.standing(RULES)
    for stakes in standing.stakes.values():
        units = application.readings.untested
        effects = [effect_on(standing, application, stakes, units.members(k)) for k in range(len(units))]
        rest = application.facility.rest(stakes.numerator)
        sums = sums_of(standing, application, stakes, units)
        assert np.allclose(sums.after, [e.before + e.gain.at(rest) for e in effects], atol=FINEST / 10)
        gains: dict[int, set[Added]] = {}
        for effect, sort in zip(effects, sums.sort.tolist(), strict=True):
            gains.setdefault(sort, set()).add(effect.gain)
        assert all(len(alike) == 1 for alike in gains.values())


@given(uncertain())
def test_the_foremost_groups_say_what_all_of_them_say(drawn: tuple[World, Application]) -> None:
    world, application = drawn
    standing = world.standing(RULES)
    every = list(lines_of(standing, application, every=True))
    some = list(lines_of(standing, application))

    def broken(lines: list[Line]) -> set[tuple[str, bytes]]:
        return {(line.rule.id, line.members.tobytes()) for line in lines if line.breaks}

    def least(lines: list[Line]) -> float:
        return min((line.amount_most for line in lines if line.deciding), default=np.inf)

    assert broken(some) == broken(every)
    assert np.isclose(least(some), least(every), atol=FINEST / 10) or least(some) == least(every)
    assert [line.members.tobytes() for line in some if line.tested] == [
        line.members.tobytes() for line in every if line.tested
    ]
    check = check_credit(standing, application)
    measured = any(line.bears and line.rule.severity == "limit" for line in check.limits)
    assert (check.verdict == "approve") == (all(line.passes for line in every if line.deciding) and measured)


def test_of_units_the_rule_is_not_about_none_is_chosen() -> None:
    world = World([(1, "loan", 90, 0, 0), (2, "loan", 75, 0, 0)])

    standing = world.standing(RULES)
    application = Application(1, Facility(5.0), Readings({}, untested=Units.of([[1, 2], [1, 3]])))
    stakes = next(iter(standing.stakes.values()))
    sums = sums_of(standing, application, stakes, application.readings.untested)
    assert foremost(sums, 100.0, ">", np.zeros(2, np.bool_)) == []
