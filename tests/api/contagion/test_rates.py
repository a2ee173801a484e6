"""Exchange rates in a scenario: debts move, and who owes a currency that rises loses by it, worked by hand."""

from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.questions.shocks.cascade import Cascade, cascade
from api.questions.shocks.scenario import Scenario
from graph.errors import InvalidQuestion
from tests.api.questions.shocks.test_amounts import NAMES, Said, guaranteed, lent, paid, told
from tests.api.questions.shocks.test_shock import stated
from tests.api.world import Book, day, instant

RATE: Said = ("Rate", {"base": "USD", "quote": "CNY", "day": day("2024-06-30"), "rate": 7.0})


def cascade_of(folder: Path, *facts: Said, **said: object) -> Cascade:
    Book(folder / "columns").load({f"r:{n}": "Company" for n in NAMES}, facts, closed_at=instant("2024-05-01"))
    engine = Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))
    return cascade(engine, Scenario.model_validate(said), moment=engine.moment(currency="CNY")).answer


def dollars(name: str, amount: float, **more: object) -> Said:
    return lent(name, amount, currency="USD", **more)


def test_who_owes_a_currency_that_rises_loses_by_it(tmp_path: Path) -> None:
    """a owes 100 dollars, 700 yuan; a tenth more is 70, beyond its 60; then 45 % of 770 are lost."""
    facts = [RATE, dollars("a", 100.0), *stated("a", net_assets=60.0)]
    found = told(tmp_path, *facts, failed=(), rates={"USD/CNY": 0.1})
    assert [(one.party.id, one.why, one.lost) for one in found.fallen] == [
        ("r:a", "more lost than its equity", pytest.approx(70))
    ]
    assert (found.cost.at_default, found.cost.loss) == (pytest.approx(770), pytest.approx(0.45 * 770))
    assert told(tmp_path / "less", *facts, failed=(), rates={"USD/CNY": 0.08}).fallen == ()
    assert told(tmp_path / "down", *facts, failed=(), rates={"USD/CNY": -0.1}).fallen == ()


def test_what_it_is_owed_in_the_same_currency_sets_that_off(tmp_path: Path) -> None:
    claim = ("OWES", {"from": "r:x", "to": "r:a", "amount": 90.0, "currency": "USD"})
    found = told(
        tmp_path, RATE, dollars("a", 100.0), claim, *stated("a", net_assets=60.0), failed=(), rates={"USD/CNY": 0.1}
    )  # fmt: skip
    assert found.fallen == ()


def test_who_states_in_that_currency_loses_nothing_on_debts_in_it(tmp_path: Path) -> None:
    own = [(kind, {**said, "unit": "USD"}) for kind, said in stated("a", net_assets=1.0)]
    facts = [RATE, dollars("a", 100.0), *own]
    assert told(tmp_path, *facts, failed=(), rates={"USD/CNY": 0.5}).fallen == ()


def in_dollars(name: str, **items: float) -> list[Said]:
    return [(kind, {**said, "unit": "USD"}) for kind, said in stated(name, **items)]


@pytest.mark.parametrize(("lost", "change", "falls"), [(150.0, 0.0, True), (150.0, 0.1, False), (160.0, 0.1, True)])
def test_each_figure_moves_with_the_currency_of_its_own_statement(
    tmp_path: Path, lost: float, change: float, falls: bool
) -> None:
    """Equity of 1,000 yuan stays; 20 dollars of short-term assets are 140 yuan, and a tenth more 154."""
    facts = [RATE, lent("a", 10.0), *stated("a", net_assets=1000.0)]
    facts += in_dollars("a", current_assets=30.0, current_liabilities=10.0)
    found = told(tmp_path, *facts, failed=(), lost={"r:a": lost}, rates={"USD/CNY": change})
    assert [(one.why, one.equity) for one in found.fallen] == (
        [("more lost in cash than it has", pytest.approx(1000))] if falls else []
    )


@pytest.mark.parametrize("name", ["revenue", "income", "total_income"])
def test_income_of_a_year_moves_by_whichever_item_states_it(tmp_path: Path, name: str) -> None:
    """100 dollars of income less 300 yuan of material are 400, and at a tenth more 470; half of that is lost."""
    ((kind, said),) = in_dollars("a", revenue=100.0)
    income: Said = (kind, {**said, "item": name})
    facts = [RATE, lent("a", 10.0), *stated("a", net_assets=1000.0, material_cost=300.0), income]
    stops = [{"share": 0.5, "parties": ["r:a"]}]
    found = told(tmp_path, *facts, failed=(), stopped=stops, rates={"USD/CNY": 0.1})
    assert [one.income for one in found.idle] == [pytest.approx(0.5 * (770 - 300))]


@pytest.mark.parametrize("items", [{"current_assets": 90.0, "current_liabilities": 60.0}, {"total_debt": 100.0}])
def test_one_who_states_anything_in_that_currency_has_it_for_its_own(tmp_path: Path, items: dict[str, float]) -> None:
    facts = [RATE, dollars("a", 100.0), lent("b", 10.0), *in_dollars("a", **items)]
    found = cascade_of(tmp_path, *facts, failed=(), rates={"USD/CNY": 0.1})
    assert found.struck == ()


def test_what_a_debt_costs_at_a_new_rate_counts_once_where_equity_is_what_assets_leave(tmp_path: Path) -> None:
    """Assets of 1,000 yuan and debts of 100 dollars leave 300; a tenth more takes 70, and 230 are left."""
    facts = [RATE, dollars("a", 100.0), *stated("a", total_assets=1000.0), *in_dollars("a", total_liabilities=100.0)]
    found = told(tmp_path / "left", *facts, failed=(), lost={"r:a": 229.0}, rates={"USD/CNY": 0.1})
    assert found.fallen == ()
    (one,) = told(tmp_path / "gone", *facts, failed=(), lost={"r:a": 231.0}, rates={"USD/CNY": 0.1}).fallen
    assert (one.equity, one.lost) == (pytest.approx(300), pytest.approx(301))


@pytest.mark.parametrize(
    ("others", "change", "assets", "loss"),
    [(0.0, 0.5, 1000.0, 50.0), (250.0, 0.1, 1000.0, 770 * (1 - 1000 / 1020)), (250.0, 0.1, 2000.0, 0.0)],
)
def test_a_debt_that_rises_takes_nothing_of_the_assets_that_creditors_are_paid_from(
    tmp_path: Path, others: float, change: float, assets: float, loss: float
) -> None:
    """a owes 100 dollars, 700 yuan, and what it owes others in yuan; all share its assets, in yuan too."""
    sheet = stated("a", net_assets=40.0, total_assets=assets, total_liabilities=700.0 + others)
    found = told(tmp_path, RATE, dollars("a", 100.0), *sheet, failed=(), lgd=0.0, rates={"USD/CNY": change})
    assert [one.why for one in found.fallen] == ["more lost than its equity"]
    assert found.cost.loss == pytest.approx(loss)
    assert not any("more than the liabilities they state" in gap.said for gap in found.gaps)


def test_what_is_owed_to_others_stays_as_it_was_where_a_facility_is_undrawn(tmp_path: Path) -> None:
    """a has drawn nothing of 100 dollars, all of which counts: at first 700 yuan of 1,000 that it owes, then 1,050 of
    1,350, and 300 to others either way."""
    line = lent("a", 0.0, currency="USD", undrawn=100.0, ccf=1.0, kind="commitment")
    facts = [RATE, line, *stated("a", net_assets=500.0, total_assets=675.0, total_liabilities=1000.0)]
    found = told(tmp_path, *facts, lgd=0.0, rates={"USD/CNY": 0.5})
    assert found.cost.at_default == pytest.approx(1050)
    assert found.cost.loss == pytest.approx(1050 * 0.5), "half of 1,350 is there"


def test_a_claim_that_falls_does_take_of_the_assets(tmp_path: Path) -> None:
    """Of assets of 1,000 yuan 700 are a claim of 100 dollars, of which half is gone: 650 are left for debts of 900."""
    facts = [
        RATE, lent("a", 900.0), ("OWES", {"from": "r:x", "to": "r:a", "amount": 100.0, "currency": "USD"}),
        *stated("a", total_assets=1000.0, total_liabilities=900.0),
    ]  # fmt: skip
    assert told(tmp_path, *facts, failed=(), lgd=0.0, rates={"USD/CNY": -0.5}).cost.loss == pytest.approx(250)


@pytest.mark.parametrize(
    ("owed", "change", "assets", "loss"),
    [(40.0, -0.5, 900.0, 140 + 600 - (900 - 350)), (100.0, 0.1, 1310.0, 770 + 600 - (1310 + 70))],
)
def test_what_is_set_off_is_gained_once(tmp_path: Path, owed: float, change: float, assets: float, loss: float) -> None:
    """a is owed 100 dollars, 700 yuan, and owes dollars too, beside 600 yuan. At half the rate its claim brings 350
    less, and its debt of 40 dollars is 140: of 550 come 740. At a tenth more both rise by 70, and it has 1,380."""
    facts = [
        RATE, dollars("a", owed), lent("a", 600.0, facility_id="L2"),
        *stated("a", net_assets=20.0, total_assets=assets),
        ("OWES", {"from": "r:x", "to": "r:a", "amount": 100.0, "currency": "USD"}),
    ]  # fmt: skip
    found = told(tmp_path, *facts, failed=("r:a",), lgd=0.0, rates={"USD/CNY": change})
    assert found.cost.loss == pytest.approx(max(loss, 0.0))


def test_a_pair_said_twice_is_refused_however_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidQuestion, match="'USD/CNY' and 'usd / cny' are one pair"):
        told(tmp_path, RATE, dollars("a", 100.0), rates={"USD/CNY": 0.1, "usd / cny": 0.5})


def test_guarantees_move_with_their_currency(tmp_path: Path) -> None:
    """100 dollars promised come to 770 yuan; c has 730 of its own and fails."""
    facts = [
        RATE, dollars("a", 100.0), guaranteed("c", "a", 100.0, currency="USD"), *stated("c", net_assets=730.0)
    ]  # fmt: skip
    assert paid(told(tmp_path / "before", *facts)) == {"r:c": pytest.approx(700)}
    found = told(tmp_path, *facts, rates={"USD/CNY": 0.1})
    assert paid(found) == {"r:c": pytest.approx(730)}
    assert {one.party.id for one in found.fallen} == {"r:a", "r:c"}


def test_a_rate_of_interest_is_refused_with_what_to_say_instead(tmp_path: Path) -> None:
    with pytest.raises(InvalidQuestion, match="'LPR' is no pair of currencies") as problem:
        told(tmp_path, RATE, dollars("a", 100.0), rates={"LPR": 0.01})
    assert "interest" in problem.value.remedy
    assert "`lost`" in problem.value.remedy


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        ("USD", "no pair"),
        ("CNY/CNY", "no pair"),
        ("CNY/USD", "not against CNY"),
        ("JPY/CNY", "no amount here is in JPY"),
    ],
)
def test_what_is_no_move_of_a_currency_here_is_refused(tmp_path: Path, pair: str, says: str) -> None:
    with pytest.raises(InvalidQuestion, match=says):
        told(tmp_path, RATE, dollars("a", 100.0), rates={pair: 0.1})
