from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from analytics.limits.application import Application
from analytics.limits.approval import Check, check_credit
from analytics.limits.capital import Capital, Figure
from analytics.limits.catalogue import shipped
from analytics.limits.facility import Facility
from analytics.limits.gaps import gaps_of
from analytics.limits.standing import standing_of
from analytics.limits.units import Readings, Units
from tests.analytics.limits.books import DAY, World

TWO = World([(1, "loan", 90, 40, 1), (2, "loan", 75, 0, 0)])
BANK = Capital((Figure("tier1", 1000.0, DAY),), "CNY")


def check(*names: str, capital: Capital = BANK, amount: float = 5.0, **book: object) -> Check:
    rules = [shipped().rule(name) for name in names]
    changed = replace(TWO.book(), **book)  # type: ignore[arg-type]
    clients = replace(TWO, banks=frozenset([1])).clients if "CRR_395_INSTITUTION" in names else TWO.clients
    standing = standing_of(changed, TWO.cover(), rules, lender=0, capital=capital, day=DAY, clients=clients)
    return check_credit(standing, Application(1, Facility(amount), Readings({}, {"connected": Units.of([[1, 2]])})))


def test_nothing_is_missing_where_all_is_known() -> None:
    assert gaps_of(check("CN_LE_SINGLE_15")) == ()


def test_missing_capital_is_named_with_every_rule_it_touches() -> None:
    (gap,) = gaps_of(check("CN_LE_SINGLE_15", "BCBS_LEX_25", capital=Capital(())))
    assert (gap.kind, gap.rules) == ("capital", ("BCBS_LEX_25", "CN_LE_SINGLE_15"))
    assert (gap.en, gap.zh) == ("Tier 1 capital of the lender is missing", "缺少贷款人的一级资本净额")


def test_capital_of_the_last_quarter_is_asked_for_by_its_day() -> None:
    """On 27 November the quarter before ended on 30 September; a figure of the day itself does not serve."""
    later = Capital((Figure("net_capital", 1000.0, DAY),), "CNY")
    standing = standing_of(
        TWO.book(), TWO.cover(), [shipped().rule("CN_RELATED_SINGLE_10")], lender=0, capital=later,
        day=date(2026, 11, 27), clients=TWO.clients,
    )  # fmt: skip
    related = Readings({"lender_related": Units.of([[1]])})
    found = gaps_of(check_credit(standing, Application(1, Facility(5.0), related)))
    (gap,) = [one for one in found if one.kind == "capital"]
    assert gap.en == "Net capital at the end of the quarter before (2026-09-30) of the lender is missing"
    assert gap.zh == "缺少贷款人的上季末资本净额（2026-09-30）"


def test_capital_that_is_too_old_is_named_with_its_day() -> None:
    (gap,) = gaps_of(check("CN_LE_SINGLE_15", capital=Capital((Figure("tier1", 1000.0, date(2021, 12, 31)),), "CNY")))
    assert (gap.kind, gap.rules) == ("stale", ("CN_LE_SINGLE_15",))
    assert "2021-12-31" in gap.en
    assert "2021-12-31" in gap.zh


def asked(names: tuple[str, ...], **more: Any) -> list[tuple[str, tuple[str, ...]]]:
    standing = TWO.standing(tuple(shipped().rule(name) for name in names))
    readings = Readings({}, untested=Units.of([[1, 2]]))
    return [(g.kind, g.rules) for g in gaps_of(check_credit(standing, Application(1, Facility(5.0), readings, **more)))]


def test_what_breaks_if_an_untested_dependence_holds_and_what_has_to_be_looked_into_are_told() -> None:
    assert asked(("CN_LE_GROUP_20",)) == [("untested", ("CN_LE_GROUP_20",))]
    names = ("BCBS_ASSESS_5", "BCBS_LEX_25")
    assert asked(names, unassessed=frozenset([1])) == [("assess", ("BCBS_ASSESS_5",))]
    assert asked(names) == [("bound", ("BCBS_LEX_25",))]
    assert asked(names[:1], unassessed=frozenset([1])) == [("no_rules", ())]


def test_a_group_that_might_arise_is_not_told_beside_a_part_of_it_that_breaks_as_it_stands() -> None:
    """165 and 60 more of 200 in the group that is known; 1, 2 and 3 together would come to as much."""
    standing = TWO.standing((shipped().rule("CN_LE_GROUP_20"),))
    readings = Readings({"connected": Units.of([[1, 2]])}, untested=Units.of([[1, 2, 3]]))
    found = check_credit(standing, Application(1, Facility(60.0), readings))
    assert (found.verdict, gaps_of(found)) == ("decline", ())
    alone = check_credit(standing, Application(1, Facility(60.0), Readings({}, untested=Units.of([[1, 2, 3]]))))
    assert [gap.kind for gap in gaps_of(alone)] == ["untested"]


def test_unverified_rules_and_floors_without_a_rate_are_told() -> None:
    assert [gap.kind for gap in gaps_of(check("CRR_395"))] == ["unverified"]
    assert [gap.kind for gap in gaps_of(check("CRR_395_INSTITUTION"))] == ["floor", "unverified"]


def test_unknown_amounts_are_counted() -> None:
    gaps = gaps_of(check("CN_LE_SINGLE_15", drawn=np.array([np.nan, 75.0])))
    assert [(gap.kind, gap.en[-1]) for gap in gaps] == [("amounts", "1")]


def test_a_missing_factor_is_told_only_where_a_limit_breaks() -> None:
    loose = {"ccf": np.array([np.nan, 0.0])}
    assert gaps_of(check("CN_LE_SINGLE_15", **loose)) == ()
    assert [gap.kind for gap in gaps_of(check("CN_LE_SINGLE_15", amount=30, **loose))] == ["factors"]


def test_a_break_in_the_wide_reading_alone_is_told() -> None:
    assert [gap.kind for gap in gaps_of(check("CN_LE_GROUP_20"))] == ["groups"]
