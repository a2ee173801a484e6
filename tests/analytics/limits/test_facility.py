from datetime import date
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.limits.facility import Added, Facility, Guarantor, Pledge, added
from analytics.limits.numerators import NUMERATORS
from graph.errors import InvalidAmount, InvalidQuestion

LEX = NUMERATORS["large_exposure"]
PIECE = st.tuples(
    st.integers(0, 4).map(lambda k: k / 4), st.integers(0, 50).map(float), st.one_of(st.just(inf), st.integers(50, 99))
)
GAINS = st.builds(Added, st.lists(PIECE, max_size=3).map(tuple), st.integers(0, 20).map(float))


@given(GAINS, st.integers(0, 300).map(float))
def test_the_most_that_fits_fits_and_more_does_not(gain: Added, room: float) -> None:
    most = gain.most(room)
    if most == -inf:
        assert gain.at(0.0) > room
    elif most == inf:
        assert gain.at(1e12) <= room
    else:
        assert gain.at(most) <= room + 1e-9
        assert gain.at(most + 1) > room


@given(GAINS, st.floats(0, 500), st.floats(0, 500))
def test_a_larger_facility_adds_no_less(gain: Added, one: float, other: float) -> None:
    assert gain.at(min(one, other)) <= gain.at(max(one, other)) + 1e-9


def test_nothing_fits_where_there_is_no_room() -> None:
    assert Added(((1.0, 0.0, inf),)).most(-1.0) == -inf
    assert Added(()).most(0.0) == inf


def test_what_a_guarantor_takes_leaves_the_applicant() -> None:
    loan = Facility(100.0, guarantors=(Guarantor(2, 60.0, eligible=True), Guarantor(3, 20.0, eligible=False)))
    units = ([1], [2], [3], [1, 2, 3])
    assert [added(loan, LEX, 1, np.array(unit)).at(100.0) for unit in units] == [40, 60, 0, 100]
    credit = NUMERATORS["group_credit"]
    assert [added(loan, credit, 1, np.array(unit)).at(100.0) for unit in units] == [100, 0, 0, 100]


def test_a_promise_counts_up_to_what_the_applicant_owes_then() -> None:
    """2 has promised 80 for 1, who owes 50: a loan of 40 makes all of it count, one of 10 makes 60 of it."""
    promises = NUMERATORS["owed_and_promised"]
    gain = added(Facility(40.0), promises, 1, np.array([2]), promised=(80.0, 50.0))
    assert [gain.at(rest) for rest in (10.0, 40.0)] == [10, 30]
    assert added(Facility(40.0), promises, 1, np.array([1, 2]), promised=(80.0, 50.0)).at(40.0) == 40


def test_a_promise_that_counts_whole_already_grows_only_by_a_new_one() -> None:
    """30 promised for 50 owed: a larger debt changes nothing; 40 more promised add 20 at once, then up to 20."""
    promises = NUMERATORS["owed_and_promised"]
    assert added(Facility(40.0), promises, 1, np.array([2]), promised=(30.0, 50.0)).at(40.0) == 0
    backed = Facility(40.0, guarantors=(Guarantor(2, 40.0),))
    gain = added(backed, promises, 1, np.array([2]), promised=(30.0, 50.0))
    assert [gain.at(rest) for rest in (0.0, 10.0, 40.0)] == [20, 30, 40]


def test_what_is_granted_and_not_drawn_counts_as_each_rule_converts_it() -> None:
    line = Facility(100.0, "commitment", 0.4, collateral=(Pledge("deposit", 10.0), Pledge("shares", 50.0)))
    rests = {name: line.rest(numerator) for name, numerator in NUMERATORS.items()}
    assert rests == {
        "large_exposure": 30,
        "large_exposure_nonbank": 30,
        "group_credit": 90,
        "loan_balance": 0,
        "owed_and_promised": 40,
    }


def test_another_currency_changes_every_amount() -> None:
    loan = Facility(10.0, collateral=(Pledge("deposit", 2.0),), guarantors=(Guarantor(1, 3.0),)).converted(8.0)
    assert (loan.amount, loan.collateral[0].value, loan.guarantors[0].amount) == (80, 16, 24)


def test_strange_guarantors_kinds_of_collateral_and_amounts_are_refused() -> None:
    day = date(2026, 11, 27)
    with pytest.raises(InvalidQuestion, match="guarantor 9"):
        Facility(5.0, guarantors=(Guarantor(9, 1.0),)).checked(3, day)
    pledges = (Pledge("deposit", 1.0), Pledge("gold", 1.0))
    for strange, place, known in (
        (Facility(5.0, "lone"), "facility.kind: there is no kind 'lone'", "loan"),
        (Facility(5.0, collateral=pledges), "facility.collateral.1.kind: there is no kind 'gold'", "deposit"),
    ):
        with pytest.raises(InvalidQuestion, match=place) as told:
            strange.checked(3, day)
        assert known in told.value.remedy
    with pytest.raises(InvalidAmount):
        Facility(5.0, collateral=(Pledge("deposit", -1.0),)).checked(3, day)
    assert Facility(5.0).checked(3, day) == Facility(5.0)
