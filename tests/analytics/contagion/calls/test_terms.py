"""Which guarantees may be called, how, and for which loans."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from analytics.contagion.calls.book import NONE, Loans, Sureties
from analytics.contagion.calls.terms import Contracts, Terms, read_terms
from analytics.limits.exposure import UNKNOWN
from graph.columns import ALWAYS
from graph.errors import InvalidQuestion
from graph.holding import EPOCH_DAY
from graph.model import GUARANTEE_FORMS, LIABILITIES

TODAY = date(2024, 6, 1)
PLEDGE, MAXIMUM, SURETY = (GUARANTEE_FORMS.index(form) for form in ("pledge", "maximum", "surety"))
JOINT = LIABILITIES.index("joint")


def number(day: date | None) -> int:
    return ALWAYS if day is None else (day - EPOCH_DAY).days


def contract(**told: Any) -> dict[str, Any]:
    """A guarantee of 3 for 0 to whoever lends, of 90, signed in 2023, nothing else said."""
    plain = {
        "guarantor": 3, "borrower": 0, "creditor": UNKNOWN, "facility": NONE, "amount": 90.0, "liability": -1,
        "form": SURETY, "share": np.nan, "signed": date(2023, 1, 1), "due": None, "expires": None, "counters": NONE,
    }  # fmt: skip
    return {**plain, **told}


def read(loans: Loans, numbers: list[int], *rows: dict[str, Any]) -> Terms:
    types = dict.fromkeys(("guarantor", "borrower", "creditor"), np.uint32)
    types |= dict.fromkeys(("facility", "counters"), np.int64) | dict.fromkeys(("amount", "share"), np.float64)
    types |= dict.fromkeys(("liability", "form"), np.int8) | dict.fromkeys(("signed", "due", "expires"), np.int32)
    days = ("signed", "due", "expires")
    told = {
        name: np.array([number(row[name]) if name in days else row[name] for row in rows], kind)
        for name, kind in types.items()
    }
    return read_terms(loans, numbers, Contracts(**told), day=number(TODAY))


def loans() -> Loans:
    """0 owes 100 (number 7) and 50 (8) to 5, and 20 (9) to 6; 1 owes 30 (7) to 5."""
    return Loans.of(7, [5, 5, 6, 5], [0, 0, 0, 1], [100, 50, 20, 30], collateral=[0, 20, 0, 0])


NUMBERS = [7, 8, 9, 7]


def behind(found: Terms) -> list[tuple[int, float]]:
    made: Sureties = found.sureties
    return list(zip(made.loan.tolist(), made.amount.tolist(), strict=True))


def test_one_that_names_nothing_stands_behind_all_its_borrower_owes_by_what_collateral_leaves() -> None:
    assert behind(read(loans(), NUMBERS, contract())) == [(0, 60.0), (1, 18.0), (2, 12.0)]


def test_one_that_names_a_creditor_or_a_facility_stands_behind_that_alone() -> None:
    assert behind(read(loans(), NUMBERS, contract(creditor=6))) == [(2, 90.0)]
    assert behind(read(loans(), NUMBERS, contract(facility=7, form=MAXIMUM))) == [(0, 90.0)]
    strange = read(loans(), NUMBERS, contract(creditor=4), contract(guarantor=0), contract(guarantor=6, creditor=6))
    assert (len(strange.sureties), strange.idle.tolist()) == (0, [0, 1, 2])


def test_undisclosed_promises_are_for_the_whole_loan_and_undisclosed_pledges_bring_nothing() -> None:
    found = read(
        loans(), NUMBERS, contract(amount=np.nan, facility=7), contract(amount=np.nan, facility=7, form=PLEDGE)
    )
    assert found.sureties.amount.tolist() == [100.0, 0.0]
    assert found.sureties.pledge.tolist() == [False, True]


def test_liability_that_is_not_stated_is_that_of_the_law_of_its_day() -> None:
    """担保法 19: joint; 民法典 686: general, from 2021-01-01 on."""
    days = (date(2020, 12, 31), date(2021, 1, 1))
    found = read(loans(), NUMBERS, *(contract(facility=7, signed=day) for day in days))
    assert found.sureties.joint.tolist() == [True, False]
    assert read(loans(), NUMBERS, contract(facility=7, liability=JOINT)).sureties.joint.tolist() == [True]


@pytest.mark.parametrize(
    ("told", "may"),
    [
        ({"due": date(2023, 12, 1)}, True),  # six months later is today
        ({"due": date(2023, 11, 30)}, False),
        ({"due": date(2023, 1, 1), "expires": date(2024, 6, 1)}, True),
        ({"due": date(2023, 1, 1), "expires": date(2024, 5, 31)}, False),
        ({"signed": date(2024, 6, 1)}, True),
        ({"signed": date(2024, 6, 2)}, False),
        ({"due": date(2023, 1, 1), "form": PLEDGE}, True),
    ],
)
def test_it_may_be_called_from_its_signature_to_the_end_of_its_period(told: dict[str, Any], may: bool) -> None:
    found = read(loans(), NUMBERS, contract(facility=7, **told))
    assert (len(found.sureties) == 1, found.spent.tolist()) == (may, [] if may else [0])


def test_counter_guarantees_stand_behind_each_loan_of_the_one_they_counter() -> None:
    counter = contract(guarantor=4, borrower=3, creditor=3, counters=0, amount=45.0)
    again = contract(guarantor=2, borrower=4, creditor=4, counters=1, amount=9.0)
    found = read(loans(), NUMBERS, contract(creditor=5), counter, again)
    made = found.sureties
    assert found.contract.tolist() == [0, 0, 1, 1, 2, 2]
    assert made.counters.tolist() == [NONE, NONE, 0, 1, 2, 3]
    assert made.amount.tolist() == pytest.approx([90 * 100 / 130, 90 * 30 / 130, 45 * 100 / 130, 45 * 30 / 130,
                                                  9 * 100 / 130, 9 * 30 / 130])  # fmt: skip
    gone = read(loans(), NUMBERS, contract(creditor=5, expires=date(2024, 1, 1)), counter)
    assert (len(gone.sureties), gone.spent.tolist(), gone.idle.tolist()) == (0, [0], [1])


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidQuestion, match="numbers of facilities"):
        read(loans(), [1, 2], contract())
    two = Loans.of(3, [2], [0], [10.0])
    with pytest.raises(InvalidQuestion, match="ring"):
        Sureties.of(two, [1, 1], [0, 0], [5.0, 5.0], counters=[1, 0])
    with pytest.raises(InvalidQuestion, match="share"):
        Sureties.of(two, [1], [0], [5.0], share=[1.5])
    with pytest.raises(InvalidQuestion, match="must be known"):
        Loans.of(3, [2], [0], [np.nan])
    with pytest.raises(InvalidQuestion, match="none of these"):
        Sureties.of(two, [7], [0], [5.0])
