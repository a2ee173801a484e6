from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.limits.exposure import UNKNOWN, Book, Exposure, exposure_to
from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion
from graph.model import FACILITIES

SIZE = 6
AMOUNT = st.one_of(st.none(), st.integers(0, 100))
PARTY = st.integers(0, SIZE - 1)
FACILITY = st.tuples(PARTY, PARTY, st.integers(-1, 7), AMOUNT, AMOUNT, st.sampled_from([None, 0.0, 0.2, 0.5, 1.0]))
GUARANTEE = st.tuples(PARTY, PARTY, AMOUNT, st.one_of(st.none(), PARTY))


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
    )


def owed_by(facilities: list[tuple[Any, ...]], lender: int | None) -> dict[int, float]:
    owed: dict[int, float] = defaultdict(float)
    for bank, party, _, drawn, undrawn, ccf in facilities:
        if lender in (None, bank):
            owed[party] += (drawn or 0) + (undrawn or 0) * (1 if ccf is None else ccf)
    return owed


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
    assert found.direct == pytest.approx(sum(owed[p] for p in parties))
    mine = [g for g in guarantees if g[0] in parties and (lender is None or g[3] in (None, lender))]
    outside = [g for g in mine if g[1] not in parties]
    promised: dict[int, float] = defaultdict(float)
    for _, b, amount, _ in outside:
        promised[b] += amount or 0
    assert found.contingent == pytest.approx(sum(min(p, owed[b]) for b, p in promised.items()))
    assert found.inside == len(mine) - len(outside)
    assert found.unknown_guarantees == sum(g[2] is None for g in outside)
    silent = {g[1] for g in outside if g[2] is None}
    assert found.unknown_guarantees_most == pytest.approx(sum(max(owed[b] - promised[b], 0) for b in silent))
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
    assert (found.unknown_facilities, found.unconverted) == (1, 1)


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
    assert exposure_to(book, [1]).contingent == 160


def test_a_stranger_is_refused() -> None:
    with pytest.raises(InvalidQuestion):
        exposure_to(book_of([], []), [SIZE])
