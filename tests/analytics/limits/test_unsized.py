"""What is not known counts where the exposure might be more with it."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.limits.application import Application
from analytics.limits.approval import check_credit
from analytics.limits.facility import Facility
from analytics.limits.units import Readings
from analytics.limits.unsized import unsized, unsized_count
from tests.analytics.limits.books import PARTY, RULES, World, filled, total, worlds

ALL = Fraction(1)


def counted(world: World, numerator: str, members: set[int]) -> int:
    standing = world.standing()
    stakes, nodes = standing.stakes[numerator], np.array(sorted(members), np.uint32)
    many = unsized_count(standing, stakes, nodes)
    assert many == len(set(unsized(standing, stakes, nodes)))
    return many


@given(worlds(), st.sets(PARTY, min_size=1, max_size=4))
@settings(deadline=None)
def test_where_none_is_counted_whatever_is_not_known_adds_nothing(world: World, members: set[int]) -> None:
    """By filling in amounts, small and large, of all that is not known or of promises alone."""
    standing, nodes = world.standing(), np.array(sorted(members), np.uint32)
    for rule in RULES:
        if unsized_count(standing, standing.stakes[rule.numerator], nodes) == 0:
            none = total(filled(world, 0), rule, members)
            filling = [filled(world, amount, promise) for amount, promise in ((40, None), (1000, None), (0, 60))]
            assert max(total(one, rule, members) for one in filling) <= none


@pytest.mark.parametrize(
    ("numerator", "eligible"), [("large_exposure", True), ("owed_and_promised", False)], ids=["moved", "promised"]
)
def test_a_guarantee_of_one_member_for_another_adds_nothing_whatever_its_amount(numerator: str, eligible: bool) -> None:
    """2 guarantees what 1 owes: of both together 100 are at stake in any case, of 2 alone up to 100."""
    world = World([(1, "loan", 100, 0, ALL)], guarantees=[(2, 1, None, 0, eligible)])
    assert [counted(world, numerator, members) for members in ({1, 2}, {2})] == [0, 1]


def test_beside_another_guarantor_it_takes_in_place_of_that() -> None:
    """3, an outsider, guarantees 50 of the 100: the more 2 promises, the less of it goes to 3."""
    given_ = [(2, 1, None, 0, True), (3, 1, 50, 0, True)]
    assert counted(World([(1, "loan", 100, 0, ALL)], guarantees=given_), "large_exposure", {1, 2}) == 1


def test_what_an_institution_owes_is_not_asked_for_where_it_is_left_out() -> None:
    world = World([(1, "loan", None, 0, ALL), (2, "loan", 50, 0, ALL)])
    banks = replace(world, banks=frozenset({1}))
    assert [counted(one, "large_exposure_nonbank", {1, 2}) for one in (world, banks)] == [1, 0]
    assert counted(banks, "large_exposure", {1, 2}) == 1


def test_an_institution_that_guarantees_an_unknown_amount_is_nothing_to_who_leaves_it_out() -> None:
    """CRR 395(1) is held against 2, who asks for a loan, and not against bank 3, who guarantees all that 2 owes."""
    world = World([(1, "loan", 0, 0, ALL)], guarantees=[(3, 2, None, None, True)], banks=frozenset({3}))
    check = check_credit(world.standing(), Application(2, Facility(1.0), Readings({})))
    bearing = {(line.rule.id, tuple(line.members.tolist())) for line in check.lines if line.bears}
    assert ("CRR_395", (2,)) in bearing
    assert ("CRR_395", (3,)) not in bearing
    assert ("BCBS_LEX_25", (3,)) in bearing
