from dataclasses import replace

import numpy as np
import pytest

from analytics.limits.capital import Capital
from analytics.limits.catalogue import shipped
from analytics.limits.standing import standing_of
from graph.errors import InvalidQuestion
from tests.analytics.limits.books import DAY, World

LOAN = World([(1, "loan", 5, 0, 0)], pledges=[(1, "deposit", 3, 0)])


def test_stakes_are_made_for_what_the_rules_count_and_nothing_else() -> None:
    rules = tuple(shipped().rule(name) for name in ("CN_LE_SINGLE_15", "BCBS_LEX_25"))
    assert LOAN.standing(rules).stakes.keys() == {"large_exposure"}
    assert not LOAN.standing(()).stakes


@pytest.mark.parametrize("wrong", [-1.0, np.inf])
def test_an_amount_that_cannot_be_is_refused_by_its_name(wrong: float) -> None:
    book, cover, bad = LOAN.book(), LOAN.cover(), np.array([wrong])
    for name, given in (
        ("drawn", (replace(book, drawn=bad), cover)),
        ("undrawn", (replace(book, undrawn=bad), cover)),
        ("pledged", (book, replace(cover, value=bad))),
    ):
        with pytest.raises(InvalidQuestion, match=name):
            standing_of(*given, [], lender=0, capital=Capital(()), day=DAY)


@pytest.mark.parametrize("lender", [-1, 7])
def test_a_strange_lender_is_refused(lender: int) -> None:
    with pytest.raises(InvalidQuestion, match="lender"):
        standing_of(LOAN.book(), LOAN.cover(), [], lender=lender, capital=Capital(()), day=DAY)
