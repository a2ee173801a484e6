import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.structure.dependence.rules import Check, criterion_names, rule_sets
from analytics.structure.dependence.verdicts import MET, NOT_MET, UNTESTED, Measure, compare, judge, ratio
from graph.errors import InvalidQuestion

NAN = float("nan")


def outcome(criterion: str, **figures: float) -> int:
    measures = {name: Measure.of([value]) for name, value in figures.items()}
    return int(judge(criterion_names()[criterion], measures, 1)[0])


def test_a_half_is_enough_and_a_hair_less_is_not() -> None:
    assert outcome("basel-lex10-1", receipts_share=0.5, expenditure_share=0.0) == MET
    assert outcome("basel-lex10-1", receipts_share=0.5 - 1e-8, expenditure_share=0.0) == NOT_MET
    assert outcome("basel-lex10-1", receipts_share=0.0, expenditure_share=0.5) == MET


def test_what_is_not_known_is_never_passed() -> None:
    assert outcome("basel-lex10-1") == UNTESTED
    assert outcome("basel-lex10-1", receipts_share=0.1) == UNTESTED
    assert outcome("basel-lex10-1", receipts_share=0.1, expenditure_share=NAN) == UNTESTED
    assert outcome("basel-lex10-1", receipts_share=0.6, expenditure_share=NAN) == MET


def test_a_sum_with_an_unknown_part_is_not_passed_but_may_be_met() -> None:
    check = Check("x", 0.5, ">=")
    open_ = Measure(np.array([0.4, 0.6]), np.ones(2, np.bool_))
    assert compare(check, {"x": open_}, 2).tolist() == [UNTESTED, MET]


def test_a_claim_equal_to_net_assets_does_not_break_the_guarantor() -> None:
    assert [outcome("cn-annex1-2", guarantee_ratio=ratio([call], [100])[0]) for call in (100, 100.1)] == [NOT_MET, MET]


def test_a_guarantor_without_net_assets_breaks_with_any_claim() -> None:
    assert [outcome("basel-lex10-2", guarantee_ratio=ratio([1], [whole])[0]) for whole in (0, -5)] == [MET, MET]
    assert outcome("basel-lex10-2", guarantee_ratio=ratio([0], [-5])[0]) == NOT_MET


def test_only_a_rebuttal_that_was_judged_takes_a_suspicion_away() -> None:
    assert outcome("basel-lex10-3", output_share=0.7, replaceable_customers=1) == NOT_MET
    assert outcome("basel-lex10-3", output_share=0.7, replaceable_customers=0) == MET
    assert outcome("basel-lex10-3", output_share=0.7, replaceable_customers=NAN) == MET
    assert outcome("basel-lex10-3", output_share=0.7) == MET


@given(st.floats(0, 2), st.floats(0, 2))
def test_more_of_a_figure_never_takes_a_dependence_away(a: float, b: float) -> None:
    less, more = sorted((a, b))
    for criterion in criterion_names().values():
        for check in criterion.checks:
            low, high = compare(check, {check.figure: Measure.of([less, more])}, 2)
            assert low != MET or high == MET


def test_figures_of_other_lengths_are_refused() -> None:
    with pytest.raises(InvalidQuestion, match="receipts_share"):
        judge(criterion_names()["basel-lex10-1"], {"receipts_share": Measure.of([1.0])}, 2)
    for parts in ([-1], [1, 2]):
        with pytest.raises(InvalidQuestion, match="below 0, or not one for each"):
            ratio(parts, [2])


def test_there_are_seven_criteria_in_basel_and_five_in_china_each_in_both_languages() -> None:
    sets = rule_sets()
    assert [len(sets[name].criteria) for name in ("basel-lex10", "cn-annex1")] == [7, 5]
    for rules in sets.values():
        assert rules.citation
        assert [criterion.number for criterion in rules.criteria] == list(range(1, len(rules.criteria) + 1))
        for criterion in rules.criteria:
            assert criterion.checks
            assert criterion.name.en.isascii()
            assert not criterion.name.zh.isascii()


def test_a_rule_set_is_in_force_from_its_day() -> None:
    rules = rule_sets()["cn-annex1"]
    first = rules.in_force_from
    assert [rules.in_force(day) for day in (first, first.replace(year=first.year - 1))] == [True, False]
