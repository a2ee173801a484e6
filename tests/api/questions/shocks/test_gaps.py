"""What is left out of an answer, or assumed in it, is named: guarantees, collateral, statements, promises."""

from pathlib import Path

import pytest

from api.questions.shocks.shock import ShockAnswer
from tests.api.questions.shocks.test_amounts import Said, guaranteed, lent, made, paid, told
from tests.api.questions.shocks.test_shock import sold, stated
from tests.api.world import day


def owed(debtor: str, creditor: str, amount: float, **more: object) -> Said:
    return "OWES", {"from": f"r:{debtor}", "to": f"r:{creditor}", "amount": amount, "currency": "CNY", **more}


def pledged(giver: str, value: float, **more: object) -> Said:
    return "PLEDGES", {"from": f"r:{giver}", "to": "r:bank", "kind": "real estate", "value": value, "currency": "CNY",
                       **more}  # fmt: skip


def gap(found: ShockAnswer, words: str) -> tuple[str, str] | None:
    (one,) = [(gap.said, gap.said_zh) for gap in found.gaps if words in gap.said] or [None]
    return one


def test_a_guarantee_to_a_creditor_by_name_is_for_debts_that_are_no_facility_too(tmp_path: Path) -> None:
    found = told(tmp_path, owed("a", "x", 100.0), guaranteed("c", "a", 80.0, to="x"), *stated("c", net_assets=500.0))
    assert paid(found) == {"r:c": pytest.approx(80)}
    assert found.cost.loss == pytest.approx(0), "x loses 45 of 100, and c pays 80"
    assert gap(found, "counted for nothing") is None


def test_one_for_all_that_is_owed_is_split_over_facilities_and_other_debts(tmp_path: Path) -> None:
    """Of 100 by the facility and 300 beside, each 45 % short; 120 promised are 30 and 90 of it."""
    found = told(
        tmp_path, lent("a", 100.0), owed("a", "bank", 300.0), guaranteed("c", "a", 120.0),
        *stated("c", net_assets=500.0),
    )  # fmt: skip
    assert paid(found) == {"r:c": pytest.approx(120)}
    assert found.cost.loss == pytest.approx((45 - 30) + (135 - 90))


@pytest.mark.parametrize(
    "facts",
    [
        [lent("a", 100.0), guaranteed("c", "a", 80.0, to="x")],
        [owed("a", "x", 100.0), ("GUARANTEES", {"from": "r:c", "to": "r:a", "amount": 80.0, "currency": "CNY"})],
        [owed("a", "x", 100.0, seniority=3), guaranteed("c", "a", 80.0, to="x")],
    ],
    ids=["owed to another", "to nobody by name", "of a later class"],
)
def test_a_guarantee_that_no_debt_stands_behind_is_named(tmp_path: Path, facts: list[Said]) -> None:
    found = told(tmp_path, *facts, *stated("c", net_assets=500.0))
    assert not found.payers
    said, said_zh = gap(found, "counted for nothing") or ("", "")
    assert said.startswith("1 guarantee for those who fail, behind which no known debt stands")
    assert (said.endswith("r:c for r:a"), said_zh.endswith("r:c为r:a")) == (True, True)


@pytest.mark.parametrize(
    "dates",
    [
        {"signed": day("2022-01-01"), "due": day("2023-01-31")},
        {"signed": day("2022-01-01"), "expires": day("2024-06-29")},
        {"signed": day("2024-07-01")},
    ],
    ids=["six months after it fell due (民法典 692)", "by its own words", "signed later"],
)
def test_a_guarantee_that_cannot_be_called_on_the_day_is_named(tmp_path: Path, dates: dict[str, object]) -> None:
    found = told(tmp_path, lent("a", 100.0), guaranteed("c", "a", 80.0, **dates), *stated("c", net_assets=500.0))
    assert not found.payers
    assert found.cost.loss == pytest.approx(45)
    said, said_zh = gap(found, "counted for nothing") or ("", "")
    assert said.startswith("1 guarantee for those who fail, whose period is over on the day")
    assert said.endswith("r:c for r:a")
    assert "保证期间已届满或尚未签订" in said_zh


@pytest.mark.parametrize("more", [{}, {"facility_id": "L-none"}], ids=["names none", "names a strange one"])
def test_collateral_of_another_for_no_facility_known_is_named(tmp_path: Path, more: dict[str, object]) -> None:
    found = told(tmp_path, lent("a", 100.0), pledged("c", 80.0, **more))
    assert found.cost.loss == pytest.approx(45)
    said, said_zh = gap(found, "counted for nothing") or ("", "")
    assert said.startswith("it is not known which facility 1 pledge of")
    assert "1 笔押品" in said_zh


def test_collateral_worth_more_than_all_assets_is_named(tmp_path: Path) -> None:
    sheet = stated("a", total_assets=60.0, total_liabilities=100.0)
    found = told(tmp_path, lent("a", 100.0), pledged("a", 80.0), *sheet)
    assert gap(found, "collateral is stated to be worth more than all assets")
    less = told(tmp_path / "less", lent("a", 100.0), pledged("a", 60.0), *sheet)
    assert gap(less, "collateral is stated to be worth more than all assets") is None


def test_periods_that_differ_are_told(tmp_path: Path) -> None:
    facts = [lent("a", 100.0), guaranteed("c", "a", 10.0), *stated("a", net_assets=1.0), *stated("c", net_assets=500.0)]
    assert gap(told(tmp_path, *facts), "different periods") is None
    kind, older = stated("c", net_assets=500.0)[0]
    old = (kind, {**older, "period_end": day("2023-09-30")})
    said, _ = gap(told(tmp_path / "old", *facts[:-1], old), "different periods") or ("", "")
    assert said.endswith("the oldest used ends on 2023-09-30, the newest on 2024-03-31")


def test_that_a_failed_guarantor_paid_its_promise_first_is_told(tmp_path: Path) -> None:
    """c has 20 of equity and owes 80 to x; called for 100 it pays 20, and x gets of what is left, 80, the most: 44."""
    facts = [
        lent("a", 100.0), guaranteed("c", "a", 100.0), owed("c", "x", 80.0),
        *stated("c", net_assets=20.0, total_assets=100.0, total_liabilities=80.0),
    ]  # fmt: skip
    found = told(tmp_path, *facts)
    assert paid(found) == {"r:c": pytest.approx(20)}
    assert found.cost.loss == pytest.approx((45 - 20) + 0.45 * 80)
    assert gap(found, "1 guarantor that fails paid promises first, out of equity: other creditors of it have")


def test_treasury_shares_are_worth_to_the_others_what_they_are_to_them(tmp_path: Path) -> None:
    """d holds a fifth of itself, c 40 % and x 40 %: of the 100 that d loses c bears half."""
    owns = [
        ("OWNS", {"from": f"r:{who}", "to": "r:d", "share": share, "directness": "direct"})
        for who, share in (("d", 0.2), ("c", 0.4), ("x", 0.4))
    ]
    found = told(
        tmp_path, *owns, lent("c", 10.0), *stated("d", net_assets=100.0), *stated("c", net_assets=45.0), failed=("r:d",)
    )  # fmt: skip
    assert {one.party.id: one.lost for one in found.fallen if one.party.id == "r:c"} == {"r:c": pytest.approx(50)}


def test_medians_that_bring_a_firm_down_are_told(tmp_path: Path) -> None:
    """b states nothing; c, of its industry, has 5 of equity: the 22.5 that b loses on a are more."""
    facts = [lent("a", 100.0), owed("a", "b", 50.0), made("b", "C11"), made("c", "C11"), *stated("c", net_assets=5.0)]
    found = told(tmp_path, *facts, missing="medians")
    assert "r:b" in {one.party.id for one in found.fallen}
    assert gap(found, "figures of 1 party that this rests on are medians")
    assert gap(told(tmp_path / "dark", *facts), "medians") is None


def test_an_industry_that_is_not_known_is_told_of_whose_output_falls(tmp_path: Path) -> None:
    found = told(tmp_path, sold("a", "b", 50.0), made("a", "C11"))
    assert gap(found, "the industry of 1 party whose output falls is not known")
    known = told(tmp_path / "known", sold("a", "b", 50.0), made("a", "C11"), made("b", "C22"))
    assert gap(known, "industry of") is None


def test_who_has_little_cash_comes_nearer_than_who_loses_more_of_its_equity(tmp_path: Path) -> None:
    """a loses 40 % of its equity; b a tenth of its own, and 90 of the 100 that it has in cash."""
    found = told(
        tmp_path, *stated("a", net_assets=1000.0),
        *stated("b", net_assets=900.0, current_assets=300.0, current_liabilities=200.0),
        failed=(), lost={"r:a": 400.0, "r:b": 90.0},
    )  # fmt: skip
    assert gap(found, "nobody fails") == (
        "nobody fails: of those whose liquidity is known r:b comes nearest, and loses in cash CNY 90 of CNY 100",
        "无主体违约：流动性已知的主体中，r:b最接近违约，现金损失 CNY 90，流动性 CNY 100",
    )


def test_where_nobody_fails_who_comes_nearest_is_told(tmp_path: Path) -> None:
    """a has 400 and loses 100 (a fourth), b has 1,000 and loses 200."""
    facts = [*stated("a", net_assets=400.0), *stated("b", net_assets=1000.0)]
    found = told(tmp_path, *facts, failed=(), lost={"r:a": 100.0, "r:b": 200.0})
    assert not found.fallen
    assert gap(found, "nobody fails") == (
        "nobody fails: of those whose equity is known r:a comes nearest, and loses CNY 100 of CNY 400",
        "无主体违约：净资产已知的主体中，r:a最接近违约，损失 CNY 100，净资产 CNY 400",
    )
    assert gap(told(tmp_path / "more", *facts, failed=(), lost={"r:a": 500.0}), "nobody fails") is None


def test_less_equity_than_what_is_held_of_others_is_told(tmp_path: Path) -> None:
    """c holds 60 % of d, who has 500: 300, of which its own statement knows 200."""
    facts = [lent("a", 100.0), owed("a", "c", 10.0), owed("a", "d", 10.0), *stated("d", net_assets=500.0)]
    holding = ("OWNS", {"from": "r:c", "to": "r:d", "share": 0.6, "votes": 0.6})
    found = told(tmp_path / "less", *facts, holding, *stated("c", net_assets=200.0))
    assert gap(found, "less equity is stated") == (
        "less equity is stated than what is held of others' equity comes to: by r:c; what is stated counts",
        "所报净资产低于所持他人股权的净资产份额：r:c；以所报为准",
    )
    assert gap(told(tmp_path / "as much", *facts, holding, *stated("c", net_assets=300.0)), "less equity") is None
    assert gap(told(tmp_path / "unstated", *facts, holding), "less equity") is None
    spent = told(tmp_path / "spent", *facts, *stated("c", net_assets=-20.0))
    assert gap(spent, "less equity") is None, "who holds nothing of others is told nothing of it"


def test_income_by_medians_is_marked_by_row(tmp_path: Path) -> None:
    """b states no revenue; c, of its industry, earns 40 above its costs."""
    figures = {"revenue": 100.0, "material_cost": 60.0}
    facts = [
        made("b", "C11"),
        made("c", "C11"),
        *stated("c", net_assets=900.0, **figures),
        *stated("b", net_assets=900.0),
    ]
    stop = {"failed": (), "stopped": [{"share": 0.5, "industry": "C11"}]}
    found = {one.party.id: one for one in told(tmp_path, *facts, missing="medians", **stop).idle}
    assert (found["r:b"].income, found["r:b"].assumed, found["r:b"].assumed_zh) == (
        pytest.approx(20), "median of its industry", "行业中位数",
    )  # fmt: skip
    assert (found["r:c"].income, found["r:c"].assumed) == (pytest.approx(20), "")
    dark = {one.party.id: one for one in told(tmp_path / "dark", *facts, **stop).idle}
    assert (dark["r:b"].income, dark["r:b"].assumed) == (None, "")


@pytest.mark.parametrize(
    "sheet", [{"total_assets": -5.0, "total_liabilities": 100.0}, {"total_assets": 60.0, "total_liabilities": -100.0}]
)
def test_assets_and_liabilities_below_nothing_are_not_known_and_told(tmp_path: Path, sheet: dict[str, float]) -> None:
    """Liabilities stated as -100 would make equity of 160 of assets of 60, and bear a loss of 150."""
    found = told(tmp_path, lent("a", 100.0), *stated("a", **sheet), failed=(), lost={"r:a": 150.0})
    assert not found.fallen
    assert [(one.party.id, one.equity) for one in found.standing] == [("r:a", None)]
    assert gap(found, "below nothing") == (
        "1 party that this rests on states assets or liabilities below nothing: taken as not known",
        "所依据的 1 个主体所报资产或负债为负：视为未知",
    )
