from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.limits.exposure import ELSEWHERE, UNKNOWN, Book, Exposure, exposure_to
from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion
from graph.model import FACILITIES

SIZE = 6
AMOUNT = st.one_of(st.none(), st.integers(0, 100))
PARTY = st.integers(0, SIZE - 1)
FACILITY = st.tuples(PARTY, PARTY, st.integers(-1, 7), AMOUNT, AMOUNT, st.sampled_from([None, 0.0, 0.2, 0.5, 1.0]))
GUARANTEE = st.tuples(PARTY, PARTY, AMOUNT, st.one_of(st.none(), PARTY, st.just(ELSEWHERE)), st.booleans())


def book_of(facilities: list[tuple[Any, ...]], guarantees: list[tuple[Any, ...]]) -> Book:
    def column(rows: list[tuple[Any, ...]], k: int, dtype: type) -> np.ndarray:
        return np.array([np.nan if row[k] is None else row[k] for row in rows], float).astype(dtype)

    lender, borrower = column(facilities, 0, np.uint32), column(facilities, 1, np.uint32)
    creditor = np.array([UNKNOWN if row[3] is None else row[3] for row in guarantees], np.uint32)
    return Book(
        lender,
        Arrows.of(SIZE, borrower, lender),
        column(facilities, 2, np.int8),
        *(column(facilities, k, np.float64) for k in (3, 4, 5)),
        Arrows.of(SIZE, column(guarantees, 0, np.uint32), column(guarantees, 1, np.uint32)),
        column(guarantees, 2, np.float64),
        creditor,
        np.array([len(row) > 4 and row[4] for row in guarantees], bool),
    )


def owed_by(facilities: list[tuple[Any, ...]], lender: int | None) -> dict[tuple[int, int], float]:
    """What each party owes each bank."""
    owed: dict[tuple[int, int], float] = defaultdict(float)
    for bank, party, _, drawn, undrawn, ccf in facilities:
        if lender in (None, bank):
            owed[party, bank] += (drawn or 0) + (undrawn or 0) * (1 if ccf is None else ccf)
    return owed


def contingent(outside: list[tuple[Any, ...]], owed: dict[tuple[int, int], float], silent: float) -> float:
    """The guarantees counted one debt after the other, those of unknown amount as `silent`."""
    left = dict(owed)
    for _, borrower, amount, creditor, _ in sorted(outside, key=lambda g: g[3] is None):
        rest = silent if amount is None else amount
        for debt, owing in left.items():
            if debt[0] == borrower and creditor in (None, debt[1]):
                paid = min(rest, owing)
                left[debt] -= paid
                rest -= paid
    return sum(owed.values()) - sum(left.values())


@given(
    st.lists(FACILITY, max_size=12),
    st.lists(GUARANTEE.filter(lambda g: g[0] != g[1]), max_size=10),
    st.sets(PARTY, min_size=1, max_size=4),
    st.one_of(st.none(), PARTY),
)
@settings(max_examples=400, deadline=None)
def test_exposure_is_the_sum_written_out(
    facilities: list[tuple[Any, ...]], guarantees: list[tuple[Any, ...]], parties: set[int], lender: int | None
) -> None:
    found = exposure_to(book_of(facilities, guarantees), sorted(parties), lender=lender)
    owed = owed_by(facilities, lender)
    assert found.direct == pytest.approx(sum(amount for (party, _), amount in owed.items() if party in parties))
    mine = [g for g in guarantees if g[0] in parties and (lender is None or g[3] in (None, lender))]
    alive = [g for g in mine if not g[4]]
    outside = [g for g in alive if g[1] not in parties]
    assert found.contingent == pytest.approx(contingent(outside, owed, 0))
    assert (found.inside, found.expired) == (len(alive) - len(outside), len(mine) - len(alive))
    assert found.unknown_guarantees == sum(g[2] is None for g in outside)
    most = contingent(outside, owed, float("inf")) - found.contingent
    assert found.unknown_guarantees_most == pytest.approx(most, abs=1e-9)
    silent = [f for f in facilities if f[3] is None and lender in (None, f[0])]
    behind = [g for g in outside if any(f[1] == g[1] and g[3] in (None, f[0]) for f in silent)]
    assert found.unknown_debts == len(behind)
    check_contributions(found)


def check_contributions(found: Exposure) -> None:
    assert np.nansum(found.facility_amount) == pytest.approx(found.direct)
    assert np.nansum(found.guarantee_amount) == pytest.approx(found.contingent)
    assert sum(found.by_kind.values()) == pytest.approx(found.direct)
    assert (np.diff(np.nan_to_num(found.facility_amount)) <= 0).all()


def test_kinds_and_unknown_amounts_are_told_apart() -> None:
    loan, commitment = FACILITIES.index("loan"), FACILITIES.index("commitment")
    book = book_of(
        [(0, 1, loan, 70, None, None), (0, 1, commitment, None, 40, None), (0, 1, loan, None, None, 0.5)], []
    )
    found = exposure_to(book, [1], lender=0)
    assert found.by_kind == {"loan": 70.0, "commitment": 40.0}
    assert (found.unknown_facilities, found.unknown_drawn, found.unconverted) == (1, 1, 1)
    assert found.unknown_by_kind == {"loan": 1, "commitment": 1}


def test_two_guarantors_of_one_group_do_not_count_twice() -> None:
    book = book_of([(0, 3, 0, 100, 0, 0)], [(1, 3, 100, 0), (2, 3, 100, 0)])
    assert exposure_to(book, [1]).contingent == exposure_to(book, [2]).contingent == 100
    together = exposure_to(book, [1, 2])
    assert together.contingent == 100
    assert together.guarantee_amount.tolist() == [50, 50]


def test_a_guarantee_promised_to_another_bank_is_none_of_ours() -> None:
    book = book_of([(0, 3, 0, 100, 0, 0), (5, 3, 0, 60, 0, 0)], [(1, 3, 500, 5)])
    assert exposure_to(book, [1], lender=0).contingent == 0
    assert exposure_to(book, [1], lender=5).contingent == 60
    assert exposure_to(book, [1]).contingent == 60


def test_a_guarantee_promised_to_nobody_here_is_nobodys_here() -> None:
    book = book_of([(0, 3, 0, 100, 0, 0)], [(1, 3, 80, ELSEWHERE)])
    assert [exposure_to(book, [1], lender=lender).contingent for lender in (0, 5, None)] == [0, 0, 0]
    assert exposure_to(book_of([(0, 3, 0, 100, 0, 0)], [(1, 3, 80, None)]), [1], lender=0).contingent == 80


def test_all_lenders_count_a_guarantee_only_up_to_the_debt_it_is_for() -> None:
    """3 owes bank 0 10 and bank 5 100; 80 promised to bank 0 covers 10, and what names no bank the rest."""
    debts = [(0, 3, 0, 10, 0, 0), (5, 3, 0, 100, 0, 0)]
    named = book_of(debts, [(1, 3, 80, 0)])
    assert [exposure_to(named, [1], lender=lender).contingent for lender in (0, 5, None)] == [10, 0, 10]
    both = exposure_to(book_of(debts, [(1, 3, 80, 0), (1, 3, 500, None)]), [1])
    assert (both.contingent, both.guarantee_amount.tolist()) == (110, [100, 10])


def test_an_expired_guarantee_is_counted_apart() -> None:
    book = book_of([(0, 3, 0, 100, 0, 0)], [(1, 3, 80, 0, True), (1, 3, 30, 0, False)])
    found = exposure_to(book, [1], lender=0)
    assert (found.contingent, found.expired, len(found.guarantees)) == (30, 1, 1)


def test_a_stranger_is_refused() -> None:
    with pytest.raises(InvalidQuestion):
        exposure_to(book_of([], []), [SIZE])
