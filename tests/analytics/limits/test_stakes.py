from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.limits.cover import Cover
from analytics.limits.exposure import UNKNOWN, exposure_to
from analytics.limits.numerators import NUMERATORS
from analytics.limits.stakes import stakes_of
from analytics.limits.units import Clients, Units
from tests.analytics.limits.books import PARTY, SIZE, Promise, World, exposures, worlds

PROMISES = NUMERATORS["owed_and_promised"]


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_what_counts_with_a_party_is_the_sum_written_out(world: World) -> None:
    for name, numerator in NUMERATORS.items():
        stakes = stakes_of(world.book(), world.cover(), numerator, world.clients, lender=0)
        for party, amount in exposures(world, numerator).items():
            assert stakes.own[party] == pytest.approx(float(amount), abs=1e-7), name


@given(worlds(), st.lists(st.sets(PARTY, min_size=1), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_promises_count_as_the_exposure_question_counts_them(world: World, groups: list[set[int]]) -> None:
    """Another way to the same sum: what one owes and has guaranteed for others, group by group."""
    book = world.book()
    stakes = stakes_of(book, Cover.none(book), PROMISES, Clients.plain(SIZE), lender=0)
    found = stakes.totals(Units.of(groups))
    for total, group in zip(found, groups, strict=True):
        exposure = exposure_to(book, sorted(group), lender=0)
        assert total == pytest.approx(exposure.direct + exposure.contingent)
        assert stakes.total(np.array(sorted(group), np.uint32)) == pytest.approx(float(total))


def test_an_unknown_amount_and_a_missing_factor_are_counted() -> None:
    world = World([(1, "loan", 5, 8, 1), (1, "loan", 5, 8, 1), (2, "bond", 5, 0, 1)])
    book = replace(world.book(), drawn=np.array([np.nan, 5, 5]), ccf=np.array([0.5, np.nan, np.nan]))
    stakes = stakes_of(book, world.cover(), NUMERATORS["large_exposure"], world.clients, lender=0)
    assert (stakes.silent[[1, 2]].tolist(), stakes.loose[[1, 2]].tolist()) == ([1, 0], [1, 0])
    assert stakes.own[[1, 2]].tolist() == [4 + 5 + 8, 5]
    loans = stakes_of(book, world.cover(), NUMERATORS["loan_balance"], world.clients, lender=0)
    assert (loans.own[1], loans.silent[1], loans.loose[1], loans.own[2]) == (5, 1, 0, 0)


def test_a_facility_of_unknown_kind_counts_for_every_rule() -> None:
    world = World([(1, "bond", 5, 0, 1)])
    book = replace(world.book(), kind=np.array([-1], np.int8))
    assert stakes_of(book, world.cover(), NUMERATORS["loan_balance"], world.clients, lender=0).own[1] == 5


def test_a_guarantee_moves_only_where_it_names_the_lender_and_can_be_called() -> None:
    world = World([(1, "loan", 100, 0, 1)], guarantees=[(2, 1, 60, 0, True)])
    lex, book = NUMERATORS["large_exposure"], world.book()
    moved = stakes_of(book, world.cover(), lex, world.clients, lender=0)
    assert moved.own[[1, 2]].tolist() == [40, 60]
    for other in (
        replace(book, creditor=np.array([UNKNOWN], np.uint32)),
        replace(book, creditor=np.array([3], np.uint32)),
        replace(book, expired=np.array([True])),
        replace(book, promised=np.array([np.nan])),
    ):
        assert stakes_of(other, world.cover(), lex, world.clients, lender=0).own[[1, 2]].tolist() == [100, 0]


def test_the_lenders_own_guarantee_to_itself_protects_nothing() -> None:
    world = World([(1, "loan", 200, 0, 1)], guarantees=[(0, 1, 150, None, True), (0, 1, 20, 0, True)])
    for name in ("large_exposure", "owed_and_promised"):
        stakes = stakes_of(world.book(), world.cover(), NUMERATORS[name], world.clients, lender=0)
        assert stakes.total(np.array([1], np.uint32)) == 200
        assert stakes.total(np.array([0], np.uint32)) == 0


def test_a_promise_of_unknown_amount_is_told_where_promises_count() -> None:
    """1 guarantees, for an amount that is not known, the 500 that 2 owes."""
    world = World([(2, "loan", 500, 0, 1)], guarantees=[(1, 2, 5, 0, False)])
    book = replace(world.book(), promised=np.array([np.nan]))
    counted = stakes_of(book, world.cover(), PROMISES, world.clients, lender=0)
    assert (counted.silent[1], counted.total(np.array([1], np.uint32))) == (1, 0)
    assert stakes_of(book, world.cover(), NUMERATORS["large_exposure"], world.clients, lender=0).silent[1] == 0


SILENT = [
    # what is drawn, guarantor, borrower, amount promised, facility, eligible; whose exposure is not known
    ((None, 100), [(2, 1, 60, 0, True)], [1, 2]),
    ((None, 100), [(2, 1, 60, None, True)], [1, 2]),
    ((None, 100), [(2, 1, 60, 1, True)], [1]),
    ((None, 100), [(2, 1, 60, 0, False)], [1]),
    ((None, 100), [(2, 1, 0, 0, True), (2, 4, 60, None, True), (2, 1, 60, -1, True)], [1]),
    ((80, 100), [(2, 1, None, 1, True), (3, 1, 60, 1, True)], [2]),
    ((80, 100), [(2, 1, None, None, True)], [2]),
    ((80, 100), [(2, 1, None, 0, False), (2, 4, None, None, True), (2, 1, None, -1, True)], []),
    ((80, 0), [(2, 1, None, 1, True)], []),
]


@pytest.mark.parametrize(("drawn", "promises", "unknown"), SILENT)
def test_what_protects_an_unknown_amount_or_by_one_is_not_known_either(
    drawn: tuple[int | None, int], promises: list[Promise], unknown: list[int]
) -> None:
    """1 has two facilities, 4 none."""
    world = World([(1, "loan", drawn[0], 0, 1), (1, "loan", drawn[1], 0, 1)], guarantees=promises)
    for name, wanted in (("large_exposure", unknown), ("group_credit", [1] if drawn[0] is None else [])):
        stakes = stakes_of(world.book(), world.cover(), NUMERATORS[name], world.clients, lender=0)
        assert np.flatnonzero(stakes.silent).tolist() == wanted


def test_an_unknown_amount_that_takes_collateral_leaves_an_unknown_part_to_who_guarantees_the_rest() -> None:
    """A deposit of 50 covers what 2 guarantees, unless another facility of unknown amount takes some of it."""
    rows, deposit = [(1, "loan", 50, 0, 1), (1, "loan", None, 0, 1)], (1, "deposit", 50)
    for at, unknown in ((None, [1, 2]), (0, [1])):
        world = World(rows, [(*deposit, at)], [(2, 1, 60, 0, True)])
        stakes = stakes_of(world.book(), world.cover(), NUMERATORS["large_exposure"], world.clients, lender=0)
        assert np.flatnonzero(stakes.silent).tolist() == unknown
        assert stakes.own[2] == 0


def test_another_lenders_facilities_and_collateral_are_none_of_ours() -> None:
    world = World([(1, "loan", 100, 0, 1)], pledges=[(1, "deposit", 30, 0)])
    cover = replace(world.cover(), lender=np.array([3], np.uint32))
    assert stakes_of(world.book(), cover, NUMERATORS["group_credit"], world.clients, lender=0).own[1] == 100
    assert not stakes_of(world.book(), world.cover(), NUMERATORS["group_credit"], world.clients, lender=3).own.any()
