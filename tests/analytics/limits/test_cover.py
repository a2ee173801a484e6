from dataclasses import replace

import numpy as np
import pytest

from analytics.limits.numerators import NUMERATORS
from analytics.limits.stakes import stakes_of
from tests.analytics.limits.books import World

LOAN = (1, "loan", 100, 0, 0)


def own(world: World, numerator: str = "large_exposure") -> list[float]:
    return stakes_of(world.book(), world.cover(), NUMERATORS[numerator], world.clients, lender=0).own.tolist()


def test_deposits_certificates_and_government_bonds_come_off_group_credit_and_nothing_else_does() -> None:
    for kind, left in (("deposit", 70), ("certificate", 70), ("government bond", 70), ("real estate", 100)):
        assert own(World([LOAN], pledges=[(1, kind, 30, 0)]), "group_credit")[1] == left
        assert own(World([LOAN], pledges=[(1, kind, 30, 0)]), "loan_balance")[1] == 100


def test_collateral_beyond_its_facility_secures_no_other() -> None:
    assert own(World([LOAN, (1, "loan", 50, 0, 0)], pledges=[(1, "deposit", 130, 0)]))[1] == 50


def test_collateral_for_a_facility_of_several_rows_comes_off_all_of_them_in_proportion() -> None:
    """Drawn 60 and granted 40 are one facility: a deposit of 50 leaves 30 and 20, of which 15 are guaranteed."""
    world = World([(1, "loan", 60, 0, 0), (1, "commitment", 0, 40, 1), (2, "loan", 9, 0, 0)],
                  [(1, "deposit", 50, 0)], [(3, 1, 15, 0, True)])  # fmt: skip
    cover = replace(world.cover(), first=np.array([0, 0, 2], np.uint32))
    stakes = stakes_of(world.book(), cover, NUMERATORS["large_exposure"], world.clients, lender=0)
    assert stakes.kept.tolist() == pytest.approx([21, 14, 9])
    assert stakes.own[3] == pytest.approx(15)


def test_collateral_beyond_its_facility_leaves_nothing_to_move() -> None:
    world = World([LOAN], pledges=[(1, "deposit", 130, 0)], guarantees=[(2, 1, 90, 0, True)])
    assert own(world)[1:3] == [0, 0]


def test_collateral_for_no_facility_secures_all_of_its_giver_and_nobody_elses() -> None:
    world = World([LOAN, (1, "loan", 50, 0, 0), (2, "loan", 9, 0, 0)], pledges=[(1, "deposit", 130, None)])
    assert own(world)[1:3] == pytest.approx([20, 9])


def test_a_third_partys_collateral_secures_the_facility_it_names() -> None:
    assert own(World([LOAN], pledges=[(4, "deposit", 30, 0)]))[1] == 70


def test_collateral_for_a_facility_nobody_knows_or_of_unknown_value_secures_nothing() -> None:
    world = World([LOAN], pledges=[(1, "deposit", 30, -1)])
    assert own(world)[1] == 100
    cover = replace(World([LOAN], pledges=[(1, "deposit", 30, 0)]).cover(), value=np.array([np.nan]))
    assert stakes_of(world.book(), cover, NUMERATORS["group_credit"], world.clients, lender=0).own[1] == 100


def test_a_corporate_guarantor_leaves_the_exposure_on_the_borrower() -> None:
    assert own(World([LOAN], guarantees=[(2, 1, 60, 0, False)]))[1:3] == [100, 0]


def test_two_guarantors_of_more_than_the_loan_share_it_by_their_promises() -> None:
    assert own(World([LOAN], guarantees=[(2, 1, 150, 0, True), (3, 1, 50, 0, True)]))[1:4] == [0, 75, 25]


def test_collateral_goes_before_guarantors() -> None:
    world = World([LOAN], pledges=[(1, "deposit", 30, 0)], guarantees=[(2, 1, 90, 0, True)])
    assert own(world)[1:3] == [0, 70]


def test_a_guarantee_for_all_that_is_owed_moves_what_the_others_leave() -> None:
    world = World([LOAN, (1, "bond", 50, 0, 0)], guarantees=[(2, 1, 100, 0, True), (3, 1, 30, None, True)])
    assert own(world)[1:4] == pytest.approx([20, 100, 30])


def test_protection_never_makes_a_lender_lose_sight_of_money() -> None:
    """What moves arrives: the whole is the same with guarantors and without."""
    rows = [LOAN, (1, "bond", 50, 0, 0), (2, "loan", 7, 0, 0)]
    given = [(2, 1, 33, None, True), (3, 1, 77, 0, True), (3, 2, 900, None, True), (4, 1, 5, 1, True)]
    assert sum(own(World(rows, guarantees=given))) == pytest.approx(157)
