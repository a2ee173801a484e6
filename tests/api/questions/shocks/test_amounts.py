"""What a shock costs in small worlds, each worked by hand: guarantors' means, collateral, seniority, own stops."""

from pathlib import Path

import pytest

from api.answers.frame import Answer
from api.engine import Engine, Place
from api.questions import shock
from api.questions.shocks.scenario import Scenario
from api.questions.shocks.shock import ShockAnswer
from api.questions.shocks.traced import Step
from graph.errors import InvalidQuestion
from tests.api.questions.shocks.test_shock import sold, stated
from tests.api.world import Book, day, instant

Said = tuple[str, dict[str, object]]
NAMES = ("bank", "b2", "a", "b", "c", "d", "x", "y", "z")


def lent(name: str, amount: float | None, by: str = "bank", **more: object) -> Said:
    said = {"facility_id": f"L-{name}-{by}", "kind": "loan", "drawn": amount, "undrawn": 0.0, "currency": "CNY"}
    return "LENDS", {"from": f"r:{by}", "to": f"r:{name}", **said, **more}


def guaranteed(giver: str, borrower: str, amount: float, to: str = "bank", **more: object) -> Said:
    said = {"amount": amount, "currency": "CNY", "creditor": f"r:{to}", "liability": "joint"}
    return "GUARANTEES", {"from": f"r:{giver}", "to": f"r:{borrower}", **said, **more}


def made(name: str, code: str) -> Said:
    return "Profile", {"party": f"r:{name}", "name": name, "industry": code}


def told(folder: Path, *facts: Said, **said: object) -> ShockAnswer:
    return asked(folder, *facts, **said).answer


def asked(folder: Path, *facts: Said, limit: int = 20, **said: object) -> Answer[ShockAnswer]:
    Book(folder / "columns").load({f"r:{n}": "Company" for n in NAMES}, facts, closed_at=instant("2024-05-01"))
    engine = Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))
    scenario = Scenario.model_validate({"failed": ("r:a",)} | said)
    return shock(engine, scenario, limit=limit, moment=engine.moment(currency="CNY"))


def paid(found: ShockAnswer) -> dict[str, float]:
    return {one.party.id: one.paid for one in found.payers}


def test_who_counters_a_guarantee_pays_no_more_than_was_paid_on_it(tmp_path: Path) -> None:
    # c can pay 20 of 100 and fails; d counters that, and c asks it for those 20, not for what c was called for.
    found = told(
        tmp_path, lent("a", 100.0), guaranteed("c", "a", 100.0, source_ref="G1"),
        guaranteed("d", "c", 100.0, to="c", counter_of="G1"), *stated("c", net_assets=20.0),
        *stated("d", net_assets=90.0),
    )  # fmt: skip
    assert paid(found) == {"r:d": pytest.approx(20), "r:c": pytest.approx(0)}
    assert found.cost.loss == pytest.approx(100 * 0.45 - 20)


@pytest.mark.parametrize(
    "twin",
    [
        guaranteed("z", "b", 100.0, source_ref="G1", source="other register"),
        guaranteed("z", "a", 100.0, source_ref="G1", agreed_share=0.0),
    ],
    ids=["of another source", "of one who signed the same contract"],
)
def test_a_counter_guarantee_is_of_the_guarantee_it_names_and_of_no_other_of_that_number(
    tmp_path: Path, twin: Said
) -> None:
    """c is called for 100 and pays 20 of its own; d counters c's guarantee, whoever else's is called G1 too."""
    found = told(
        tmp_path, lent("a", 100.0), guaranteed("c", "a", 100.0, source_ref="G1"), twin,
        guaranteed("d", "c", 100.0, to="c", counter_of="G1"), *stated("c", net_assets=20.0),
        *stated("d", net_assets=90.0), *stated("z", net_assets=90.0),
    )  # fmt: skip
    assert paid(found)["r:d"] == pytest.approx(20)
    assert paid(found)["r:c"] == pytest.approx(0)


def test_a_lender_whom_guarantors_pay_in_full_is_told_what_it_had_at_stake(tmp_path: Path) -> None:
    """100 by the failed, 45 by LGD alone; c pays those 45 and more."""
    found = told(tmp_path, lent("a", 100.0), guaranteed("c", "a", 100.0), *stated("c", net_assets=500.0))
    (bank,) = found.lenders
    assert bank.party.id == "r:bank"
    assert (bank.cost.at_default, bank.cost.static) == (100.0, pytest.approx(45))
    assert bank.cost.loss == pytest.approx(0)


def test_shares_worth_less_take_nothing_of_a_guarantors_cash(tmp_path: Path) -> None:
    # c has 1,000 of equity and 50 in cash; it writes 60 off what it holds of d, and can still pay the 40.
    found = told(
        tmp_path, lent("a", 40.0), lent("c", 500.0), guaranteed("c", "a", 40.0), *stated("d", net_assets=100.0),
        *stated("c", net_assets=1000.0, current_assets=60.0, current_liabilities=10.0),
        ("OWNS", {"from": "r:c", "to": "r:d", "share": 0.6, "directness": "direct"}), failed=("r:a", "r:d"),
    )  # fmt: skip
    assert {one.party.id for one in found.fallen} == {"r:a", "r:d"}
    assert paid(found) == {"r:c": pytest.approx(40)}
    assert found.cost.loss == pytest.approx(0)


@pytest.mark.parametrize(
    "sheet",
    [
        {"net_assets": 100.0, "current_assets": 10.0, "current_liabilities": 60.0},
        {"net_assets": -50.0, "current_assets": 100.0, "current_liabilities": 10.0},
    ],
)
def test_a_guarantor_without_equity_or_without_cash_pays_nothing(tmp_path: Path, sheet: dict[str, float]) -> None:
    found = told(tmp_path, lent("a", 100.0), guaranteed("c", "a", 100.0), *stated("c", **sheet))
    assert paid(found) == {"r:c": pytest.approx(0)}
    assert found.cost.loss == pytest.approx(45)


@pytest.mark.parametrize("more", [[], [sold("y", "z", 5.0)]], ids=["no supplies", "others' supplies"])
@pytest.mark.parametrize("layers", [("production", "debts"), ("debts",)])
def test_a_firm_that_stops_of_itself_loses_its_income_whatever_layers_carry(
    tmp_path: Path, more: list[Said], layers: tuple[str, ...]
) -> None:
    facts = [lent("a", 100.0), *stated("a", net_assets=25.0, revenue=100.0, material_cost=60.0), made("a", "C11")]
    stops = [{"share": 1.0, "industry": "C11"}]
    found = told(tmp_path, *facts, *more, failed=(), stopped=stops, layers=layers)
    assert [(one.party.id, one.why) for one in found.fallen] == [("r:a", "lost output")]
    assert (found.cost.loss, found.cost.without) == (pytest.approx(45), pytest.approx(45))
    assert all(one.added == pytest.approx(0) for one in found.layers)


@pytest.mark.parametrize(("haircut", "loss"), [(0.0, 100.0), (0.5, 150.0), (1.0, 200.0)])
def test_what_collateral_loses_of_its_worth_goes_to_nobody(tmp_path: Path, haircut: float, loss: float) -> None:
    pledge = ("PLEDGES", {"from": "r:a", "to": "r:bank", "kind": "real estate", "value": 100.0, "currency": "CNY"})
    found = told(
        tmp_path, lent("a", 100.0), lent("a", 100.0, by="b2"), pledge,
        *stated("a", total_assets=100.0, total_liabilities=200.0), haircuts={"real estate": haircut},
    )  # fmt: skip
    assert found.cost.loss == pytest.approx(loss)
    by = {one.party.id: one.cost.loss for one in found.lenders}
    assert by["r:b2"] == pytest.approx(100), "all there is was pledged to the other"


def test_a_guarantor_pays_nothing_on_what_the_debtor_itself_pays_first(tmp_path: Path) -> None:
    owed = ("OWES", {"from": "r:a", "to": "r:x", "amount": 100.0, "currency": "CNY", "seniority": 5})
    found = told(
        tmp_path, lent("a", 100.0), owed, guaranteed("c", "a", 100.0, liability="general"),
        *stated("a", total_assets=100.0, total_liabilities=200.0), *stated("c", net_assets=1000.0), lgd=0.5,
    )  # fmt: skip
    assert paid(found) == {}
    assert found.cost.loss == pytest.approx(100), "the junior debt is lost whole"


def test_income_that_is_not_earned_was_never_among_the_assets(tmp_path: Path) -> None:
    sheet = stated("a", total_assets=60.0, total_liabilities=100.0, revenue=100.0, material_cost=60.0)
    facts = [lent("a", 100.0), *sheet, sold("a", "b", 50.0), made("a", "C11"), made("b", "C22")]
    assert told(tmp_path / "one", *facts).cost.loss == pytest.approx(45)
    assert told(tmp_path / "ring", *facts, sold("b", "a", 50.0)).cost.loss == pytest.approx(45)


def test_a_drawn_amount_that_is_not_known_is_left_out_and_told(tmp_path: Path) -> None:
    found = told(tmp_path, lent("a", None), lent("b", 20.0))
    assert found.cost.at_default == 0
    assert any("1 debt of unknown amount" in gap.said for gap in found.gaps)


@pytest.mark.parametrize(("kept", "loss"), [(1.0, 45.0), (0.5, 72.5), (0.0, 100.0)])
def test_what_a_failure_leaves_counts_where_assets_are_not_known_too(tmp_path: Path, kept: float, loss: float) -> None:
    assert told(tmp_path, lent("a", 100.0), kept=kept).cost.loss == pytest.approx(loss)


def test_one_layer_alone_adds_up_too(tmp_path: Path) -> None:
    facts = [lent("a", 100.0), lent("c", 30.0), guaranteed("c", "a", 50.0), *stated("c", net_assets=20.0)]
    found = told(tmp_path, *facts, layers=("guarantees",))
    (layer,) = found.layers
    assert found.cost.without + layer.added + found.coupling == pytest.approx(found.cost.loss)


def causes(step: Step) -> dict[str, float]:
    return {one.party.id: one.amount for one in step.causes}


def test_the_root_of_a_tree_counts_all_its_debtors_whenever_they_failed(tmp_path: Path) -> None:
    facts = [
        lent("a", 100.0), lent("b", 900.0),
        *stated("bank", net_assets=40.0, total_assets=1000.0, total_liabilities=960.0),
        ("OWES", {"from": "r:bank", "to": "r:b", "amount": 960.0, "currency": "CNY"}),
        *stated("b", net_assets=10.0, total_assets=910.0, total_liabilities=900.0),
    ]  # fmt: skip
    found = told(tmp_path, *facts, lender="r:bank")
    assert found.tree is not None
    own = next(one for one in found.lenders if one.party.id == "r:bank")
    assert sum(causes(found.tree).values()) == pytest.approx(found.tree.amount) == pytest.approx(own.cost.loss)
    assert causes(found.tree)["r:a"] == pytest.approx(45)


def test_whom_the_shock_stopped_led_to_what_failed_before_it_failed_itself(tmp_path: Path) -> None:
    facts = [
        lent("a", 100.0), *stated("a", net_assets=25.0, revenue=100.0, material_cost=60.0), sold("b", "a", 50.0),
        *stated("b", net_assets=1.0, revenue=50.0, material_cost=40.0), lent("b", 40.0), made("a", "C11"),
        made("b", "C22"),
    ]  # fmt: skip
    found = told(tmp_path, *facts, failed=(), stopped=[{"share": 0.3, "industry": "C11"}], lender="r:bank")
    assert found.tree is not None
    assert {one.party.id for one in found.fallen} >= {"r:b"}
    assert causes(found.tree)["r:b"] == pytest.approx(18)
    assert found.tree.amount == pytest.approx(sum(causes(found.tree).values()))


def test_a_chain_of_guarantors_that_fall_at_once_goes_back_to_its_first_link(tmp_path: Path) -> None:
    facts = [
        *(lent(name, 100.0) for name in "abc"), guaranteed("b", "a", 100.0), guaranteed("c", "b", 100.0),
        *(fact for name in "bc" for fact in stated(name, net_assets=5.0)),
    ]  # fmt: skip
    found = told(tmp_path, *facts, lender="r:bank")
    assert found.tree is not None
    last = next(one for one in found.tree.causes if one.party.id == "r:c")
    assert [(one.party.id, one.how) for one in last.causes] == [("r:b", "called guarantee")]
    assert [(one.party.id, one.how) for one in last.causes[0].causes] == [("r:a", "called guarantee")]


def test_money_that_a_firm_loses_is_a_shock_of_its_own(tmp_path: Path) -> None:
    """a has 30, of them 10 in cash; it loses 9 and stands, or 11 and fails in the first round."""
    facts = [lent("a", 100.0), *stated("a", net_assets=30.0, current_assets=15.0, current_liabilities=5.0)]
    less = told(tmp_path / "less", *facts, failed=(), lost={"r:a": 9.0})
    assert (less.fallen, less.cost.loss) == ((), 0)
    more = told(tmp_path / "more", *facts, failed=(), lost={"r:a": 11.0}, lender="r:bank")
    assert [(one.round, one.why, one.lost, one.parts["shock"]) for one in more.fallen] == [
        (1, "more lost in cash than it has", 11, 11)
    ]
    assert more.tree is not None
    assert [(one.party.id, one.amount, one.causes) for one in more.tree.causes] == [("r:a", pytest.approx(45), ())]


def test_a_scenario_may_say_its_day_once(tmp_path: Path) -> None:
    later = lent("a", 100.0, valid_from=day("2024-06-01"))
    assert told(tmp_path / "today", later).cost.at_default == pytest.approx(100)
    assert told(tmp_path / "then", later, date="2024-05-31").cost.at_default == 0
    scenario = Scenario(failed=("r:a",), date="2024-05-31")
    with pytest.raises(InvalidQuestion, match="the scenario is of 2024-05-31, and the question of 2024-04-30"):
        scenario.day(day("2024-04-30"), day("2024-06-30"))


def test_parties_of_a_scenario_are_found_wherever_they_stand() -> None:
    scenario = Scenario(failed=("A",), lost={"A": 2.0, "a": 3.0}, stopped=({"share": 0.5, "parties": ("B",)},))  # type: ignore[arg-type]
    found = scenario.with_parties(lambda one, where: f"r:{one.casefold()}")
    assert (found.failed, found.lost, found.stopped[0].parties) == (("r:a",), {"r:a": 5.0}, ("r:b",))
