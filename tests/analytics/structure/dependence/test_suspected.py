import math

import pytest

from analytics.structure.dependence.rules import rule_sets
from analytics.structure.dependence.suspected import Suspected, suspect
from tests.analytics.structure.dependence.trade import traded

BASEL, CHINA = (rule_sets()[name].criteria for name in ("basel-lex10", "cn-annex1"))


def told(found: Suspected) -> set[tuple[int, int, str]]:
    return {(one.dependant, one.other, one.criterion.id) for one in map(found.at, range(len(found)))}


def untested(found: Suspected) -> set[tuple[int, int, str]]:
    ends = zip(found.untested_dependant.tolist(), found.untested_other.tolist(), strict=True)
    return {(x, y, found.rules[k].id) for (x, y), k in zip(ends, found.untested_criterion.tolist(), strict=True)}


def test_a_suspicion_says_all_that_speaks_for_it() -> None:
    figures = traded([(0, 1, 30.0), (0, 1, 40.0)], income={0: 100.0}, cost={1: 1000.0}, output={0: 1000.0})
    found = suspect(CHINA, figures)
    assert told(found) == {(0, 1, "cn-annex1-1")}
    one = found.at(0)
    assert (one.figure, one.value, one.threshold, one.comparison) == ("receipts_share", 0.7, 0.5, ">=")
    assert (one.sources, one.statement) == ((("SUPPLIES", 0), ("SUPPLIES", 1)), 100)


def test_buyer_and_seller_may_depend_on_each_other() -> None:
    figures = traded([(0, 1, 60.0)], income={0: 100.0}, cost={1: 100.0}, output={0: 100.0})
    assert told(suspect(BASEL, figures)) == {(0, 1, "basel-lex10-1"), (1, 0, "basel-lex10-1"), (0, 1, "basel-lex10-3")}


def test_what_cannot_be_tested_is_told_and_what_is_met_otherwise_is_not() -> None:
    figures = traded([(0, 1, 60.0), (2, 1, 1.0)], income={0: 100.0})
    found = suspect(CHINA, figures)
    assert told(found) == {(0, 1, "cn-annex1-1")}
    assert untested(found) == {(1, 0, "cn-annex1-1"), (1, 2, "cn-annex1-1"), (2, 1, "cn-annex1-1")}


@pytest.mark.parametrize(("sharers", "suspected", "silent"), [(1, 0, 0), (2, 2, 0), (10, 10, 0), (11, 0, 11)])
def test_a_source_of_funds_ties_those_who_share_it_unless_it_is_a_market(
    sharers: int, suspected: int, silent: int
) -> None:
    figures = traded(loans=[(13, x, 60.0) for x in range(sharers)], debt=dict.fromkeys(range(sharers), 100.0))
    found = suspect(CHINA, figures)
    assert sum(criterion == "cn-annex1-4" for _, _, criterion in told(found)) == suspected
    assert sum(criterion == "cn-annex1-4" for _, _, criterion in untested(found)) == silent


def test_half_of_the_funds_is_no_majority() -> None:
    figures = traded(loans=[(13, x, 50.0) for x in range(2)], debt=dict.fromkeys(range(2), 100.0))
    assert told(suspect(CHINA, figures)) == set()


def test_criteria_without_a_figure_are_left_to_judgement() -> None:
    assert suspect(BASEL, traded()).by_hand == ("basel-lex10-4", "basel-lex10-6")
    assert suspect(CHINA, traded()).by_hand == ("cn-annex1-5",)


def test_an_unknown_guarantee_is_not_passed() -> None:
    figures = traded(guarantees=[(0, 1, math.nan), (2, 1, 101.0), (2, 1, math.nan)], net_assets={0: 100.0, 2: 100.0})
    found = suspect(CHINA, figures)
    assert told(found) == {(2, 1, "cn-annex1-2")}
    assert untested(found) == {(0, 1, "cn-annex1-2")}
    assert found.at(0).at_least
