from datetime import date
from importlib import resources

import pytest

from analytics.limits.catalogue import Catalogue, parsed, shipped
from analytics.limits.numerators import NUMERATORS
from graph.errors import InvalidRule, UnknownRule
from tests.analytics.limits.books import OWN_LIMIT

DAY = date(2026, 11, 27)
TABLE = {
    "BCBS_LEX_25": (0.25, ">", "tier1", "connected", True),
    "BCBS_LARGE_10": (0.10, ">=", "tier1", "connected", True),
    "BCBS_GSIB_15": (0.15, ">", "tier1", "connected", True),
    "CRR_395": (0.25, ">", "tier1", "connected", False),
    "CRR_395_INSTITUTION": (0.25, ">", "tier1", "connected", False),
    "CN_LOAN_SINGLE_10": (0.10, ">", "net_capital", "", True),
    "CN_LE_SINGLE_15": (0.15, ">", "tier1", "", True),
    "CN_LE_GROUP_20": (0.20, ">", "tier1", "connected", True),
    "CN_LE_INTERBANK_25": (0.25, ">", "tier1", "connected", True),
    "CN_LE_LARGE": (0.025, ">", "tier1", "connected", False),
    "CN_LE_ANONYMOUS_15": (0.15, ">", "tier1", "", False),
    "CN_GROUP_CREDIT_15": (0.15, ">", "net_capital", "control", True),
    "CN_RELATED_SINGLE_10": (0.10, ">", "net_capital_last_quarter", "lender_related", True),
    "CN_RELATED_GROUP_15": (0.15, ">", "net_capital_last_quarter", "lender_related", True),
    "CN_RELATED_ALL_50": (0.50, ">", "net_capital_last_quarter", "lender_related", True),
}
"""The table of the domain reference, §2.6; [R] is verified, [M] is not."""


@pytest.mark.parametrize("rule_id", TABLE)
def test_a_rule_says_what_the_table_says(rule_id: str) -> None:
    rule = shipped().rule(rule_id)
    assert (rule.ratio, rule.comparison, rule.denominator, rule.group_kind, rule.verified) == TABLE[rule_id]
    assert rule.citation
    assert rule.name.zh
    assert rule.name.en


def test_every_file_is_named_for_its_rule_and_none_is_left_out() -> None:
    folder = resources.files("analytics.limits") / "rules"
    assert sorted(entry.name for entry in folder.iterdir()) == sorted(
        f"{name.lower()}.toml" for name in shipped().rules
    )
    assert shipped().rules.keys() == {*TABLE, "BCBS_ASSESS_5"}


def test_only_what_is_in_force_for_the_lender_binds() -> None:
    names = [rule.id for rule in shipped().in_force(DAY, rule_sets=["BCBS"])]
    assert names == ["BCBS_ASSESS_5", "BCBS_LARGE_10", "BCBS_LEX_25"]
    assert "BCBS_GSIB_15" in [rule.id for rule in shipped().in_force(DAY, rule_sets=["BCBS"], classes=["gsib"])]
    old = [rule.id for rule in shipped().in_force(date(2015, 1, 1), rule_sets=["CN"])]
    assert old == ["CN_GROUP_CREDIT_15", "CN_LOAN_SINGLE_10"]


def test_a_rule_ends_on_the_day_it_is_said_to() -> None:
    rule = parsed(OWN_LIMIT + "in_force_to = 2026-11-27\n", "own.toml")
    assert [rule.binds(day, ()) for day in (date(2026, 11, 26), DAY)] == [True, False]


def test_a_rule_set_may_name_a_single_rule() -> None:
    assert [r.id for r in shipped().in_force(DAY, rule_sets=["CN_LE_SINGLE_15"])] == ["CN_LE_SINGLE_15"]


def test_a_rule_of_ones_own_joins_and_takes_the_place_of_one_of_its_id() -> None:
    own = shipped().extended({"own.toml": OWN_LIMIT, "strict.toml": OWN_LIMIT.replace("OWN_PROMISES_30", "CRR_395")})
    assert own.rule("OWN_PROMISES_30").ratio == own.rule("CRR_395").ratio == 0.3
    assert shipped().rule("CRR_395").ratio == 0.25


def test_a_name_that_is_no_rule_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownRule, match="CN_LE_GROUP_21") as refused:
        shipped().rule("CN_LE_GROUP_21")
    assert "CN_LE_GROUP_20" in refused.value.remedy
    with pytest.raises(UnknownRule, match="XX") as refused:
        Catalogue(shipped().rules).in_force(DAY, rule_sets=["XX"])
    assert refused.value.remedy == "one of BCBS, CN, EU"


FLOOR = "own.toml: floor_amount"
UNTIL = "in_force_from = 2024-01-01\nin_force_to = {}"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("ratio = 0.3", "ratio = 30", "own.toml: ratio"),
        ("ratio = 0.3", 'ratio = "0.3"', "own.toml: ratio"),
        ("ratio = 0.3", "ratio = true", "own.toml: ratio"),
        ('comparison = ">="', 'comparison = "=>"', "own.toml: comparison"),
        ('scope = "either"', 'scope = "both"', "own.toml: scope"),
        ('group_kind = "control"', "", "own.toml: group_kind"),
        ('client = "any"', 'client = "bank"', "own.toml: class.client"),
        ('lender = "any", ', "", "own.toml: class"),
        ("verified = true", 'verified = "yes"', "own.toml: verified"),
        ("verified = true", 'verified = true\nin_force_from = "2020"', "own.toml: in_force_from"),
        ("verified = true", "verified = true\nfloor_amount = 150", "own.toml: floor_amount"),
        ("verified = true", "verified = true\nfloor = 150", "own.toml"),
        ("verified = true", "verified = true\nfloor_amount = { amount = inf, currency = 'EUR' }", f"{FLOOR}.amount"),
        ("verified = true", "verified = true\nfloor_amount = { amount = nan, currency = 'EUR' }", f"{FLOOR}.amount"),
        ("verified = true", "verified = true\nfloor_amount = { amount = 0, currency = 'EUR' }", f"{FLOOR}.amount"),
        ("verified = true", "verified = true\nfloor_amount = { amount = 9, currency = 'XXQ' }", f"{FLOOR}.currency"),
        ("verified = true", "verified = true\ncap_ratio = 0.29", "own.toml: cap_ratio"),
        ("verified = true", f"verified = true\n{UNTIL.format('2023-12-31')}", "own.toml: in_force_to"),
        ("verified = true", f"verified = true\n{UNTIL.format('2024-01-01')}", "own.toml: in_force_to"),
        ('scope = "either"\ngroup_kind = "control"', 'scope = "all"\ngroup_kind = "connected"', "own.toml: scope"),
        ("verified = true", "", "own.toml"),
        ("verified = true", "verified = ", "own.toml"),
        ('citation = "the lender\'s own policy"', 'citation = ""', "own.toml: citation"),
        ('numerator = "owed_and_promised"', 'numerator = "everything"', "own.toml: numerator"),
    ],
)
def test_a_field_that_cannot_be_is_named_with_its_file_and_a_way_to_mend_it(old: str, new: str, where: str) -> None:
    assert old in OWN_LIMIT
    with pytest.raises(InvalidRule) as refused:
        parsed(OWN_LIMIT.replace(old, new), "own.toml")
    assert refused.value.where == where
    assert refused.value.remedy


@pytest.mark.parametrize(
    "more",
    [
        "floor_amount = { amount = 1, currency = 'EUR' }\ncap_ratio = 0.3",
        UNTIL.format("2024-01-02"),
        "in_force_to = 2024-01-01",
    ],
)
def test_what_just_can_be_is_read(more: str) -> None:
    assert parsed(f"{OWN_LIMIT}{more}\n", "own.toml").ratio == 0.3


def test_everybody_of_control_groups_can_be_measured() -> None:
    assert parsed(OWN_LIMIT.replace('"either"', '"all"'), "own.toml").group_kind == "control"


def test_every_rule_counts_by_a_numerator_there_is() -> None:
    assert {rule.numerator for rule in shipped().rules.values()} <= NUMERATORS.keys()
