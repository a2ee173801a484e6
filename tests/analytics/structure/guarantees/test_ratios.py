from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.structure.guarantees.ratios import (
    BROKEN,
    CHINESE,
    EXEMPT,
    UNTESTED,
    WITHIN,
    Figures,
    check_guarantees,
    tally_guarantees,
)
from graph.errors import InvalidAmount

AT_EVERY_LINE = Figures(
    net_assets=200,
    total_assets=400,
    total_guarantees=100,
    guarantees_12_months=120,
    single_guarantee=20,
    guaranteed_leverage=0.7,
    guaranteed_customers=5,
    related_party=False,
)
"""Each figure exactly on its line: 超过 is more than."""
ABOVE = {
    "TOTAL_GT_50PCT_NET_ASSETS": {"total_guarantees": 100.000001},
    "GUARANTEED_PARTY_LEVERAGE_GT_70PCT": {"guaranteed_leverage": 0.70000001},
    "SINGLE_GT_10PCT_NET_ASSETS": {"single_guarantee": 20.000001},
    "RELATED_PARTY": {"related_party": True},
    "TOTAL_12M_GT_30PCT_TOTAL_ASSETS": {"guarantees_12_months": 120.000001},
    "MORE_THAN_5_GUARANTEED": {"guaranteed_customers": 6},
}


def verdicts(figures: Figures, **options: object) -> dict[str, str]:
    return {finding.rule.id: finding.verdict for finding in check_guarantees(figures, **options)}


UNKNOWN = st.none()
ROWS = st.builds(
    Figures,
    net_assets=st.sampled_from([None, -10.0, 0.0, 100.0, 200.0]),
    total_assets=st.sampled_from([None, 0.0, 100.0, 400.0]),
    total_guarantees=UNKNOWN | st.integers(0, 300),
    guarantees_12_months=UNKNOWN | st.integers(0, 300),
    single_guarantee=UNKNOWN | st.integers(0, 300),
    guaranteed_leverage=st.sampled_from([None, 0.0, 0.7, 0.71, float("inf")]),
    guaranteed_customers=UNKNOWN | st.integers(0, 9),
    related_party=UNKNOWN | st.booleans(),
    farm_household=UNKNOWN | st.booleans(),
)


@given(st.lists(ROWS, max_size=8))
def test_a_tally_counts_what_each_guarantor_is_told(rows: list[Figures]) -> None:
    day = date(2026, 11, 27)
    columns = {
        one.name: [np.nan if (x := getattr(row, one.name)) is None else float(x) for row in rows]
        for one in fields(Figures)
    }
    tallies, told = tally_guarantees(columns, day=day), [verdicts(row, day=day) for row in rows]
    assert {one.rule.id for one in tallies} == set(verdicts(AT_EVERY_LINE, day=day))
    for one in tallies:
        verdict = [row[one.rule.id] for row in told]
        assert (one.broken, one.untested) == (verdict.count(BROKEN), verdict.count(UNTESTED)), one.rule.id


def test_an_undisclosed_amount_may_break_a_limit_of_amounts_and_never_keeps_it() -> None:
    figures = {
        "total_guarantees": [60, 10], "guaranteed_customers": [1, 9], "net_assets": [100, 100],
        "farm_household": [0, 0],
    }  # fmt: skip
    found = tally_guarantees(figures, day=date(2026, 11, 27), hidden={"total_guarantees": [True, True]})
    counts = {one.rule.id: (one.broken, one.untested) for one in found}
    assert counts["TOTAL_GT_50PCT_NET_ASSETS"] == (1, 1)
    assert counts["MORE_THAN_5_GUARANTEED"] == (1, 0)


def test_on_the_line_nothing_is_broken() -> None:
    assert set(verdicts(AT_EVERY_LINE).values()) == {WITHIN}
    assert verdicts(replace(AT_EVERY_LINE, total_guarantees=200))["GUARANTEES_GT_NET_ASSETS"] == WITHIN


@pytest.mark.parametrize("rule", ABOVE)
def test_a_hair_above_a_line_breaks_that_test_alone(rule: str) -> None:
    found = verdicts(replace(AT_EVERY_LINE, **ABOVE[rule]))
    assert [name for name, verdict in found.items() if verdict == BROKEN] == [rule]


@given(st.sets(st.sampled_from([field.name for field in fields(Figures)])))
def test_what_is_missing_is_never_passed(unknown: set[str]) -> None:
    for finding in check_guarantees(replace(AT_EVERY_LINE, **dict.fromkeys(unknown))):
        needed = {finding.rule.numerator, finding.rule.denominator, finding.rule.exempt} & unknown
        assert finding.verdict == (UNTESTED if needed else WITHIN)
        assert set(finding.missing) == needed


def test_a_farm_household_is_exempt_from_the_circular_and_from_nothing_else() -> None:
    found = verdicts(replace(AT_EVERY_LINE, guaranteed_customers=9, total_guarantees=900, farm_household=True))
    assert {rule for rule, verdict in found.items() if verdict == EXEMPT} == {
        "GUARANTEES_GT_NET_ASSETS",
        "MORE_THAN_5_GUARANTEED",
    }


def test_without_net_assets_any_guarantee_is_too_much_and_none_is_not() -> None:
    for assets in (0.0, -50.0):
        given_all = verdicts(replace(AT_EVERY_LINE, net_assets=assets))
        assert given_all["TOTAL_GT_50PCT_NET_ASSETS"] == BROKEN
        none = replace(AT_EVERY_LINE, net_assets=assets, total_guarantees=0)
        assert verdicts(none)["TOTAL_GT_50PCT_NET_ASSETS"] == WITHIN


def test_only_tests_in_force_on_the_day_are_made() -> None:
    assert "MORE_THAN_5_GUARANTEED" not in verdicts(AT_EVERY_LINE, day=date(2014, 6, 30))
    assert "MORE_THAN_5_GUARANTEED" in verdicts(AT_EVERY_LINE, day=date(2014, 7, 1))
    assert "RELATED_PARTY" not in verdicts(AT_EVERY_LINE, day=date(2005, 12, 31))


def test_every_rule_cites_its_source_in_both_languages_and_what_was_not_read_says_so() -> None:
    for finding in check_guarantees(AT_EVERY_LINE):
        rule = finding.rule
        assert rule.citation
        assert rule.name.en
        assert any("一" <= letter <= "鿿" for letter in rule.name.zh)
        assert rule.verified == rule.citation.startswith("证监发[2005]120号")
        assert finding.verdict in CHINESE


@pytest.mark.parametrize("wrong", [{"total_guarantees": -1.0}, {"net_assets": float("nan")}])
def test_a_figure_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidAmount, match="finite"):
        check_guarantees(replace(AT_EVERY_LINE, **wrong))
