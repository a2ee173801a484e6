"""Exchange rates in a scenario: debts move, and who owes a currency that rises loses by it, worked by hand."""

from pathlib import Path

import pytest

from graph.errors import InvalidQuestion
from tests.api.questions.shocks.test_amounts import Said, guaranteed, lent, paid, told
from tests.api.questions.shocks.test_shock import stated
from tests.api.world import day

RATE: Said = ("Rate", {"base": "USD", "quote": "CNY", "day": day("2024-06-30"), "rate": 7.0})


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


def test_guarantees_move_with_their_currency(tmp_path: Path) -> None:
    """100 dollars promised come to 770 yuan; c has 730 of its own and fails."""
    facts = [
        RATE, dollars("a", 100.0), guaranteed("c", "a", 100.0, currency="USD"), *stated("c", net_assets=730.0)
    ]  # fmt: skip
    assert paid(told(tmp_path / "before", *facts)) == {"r:c": pytest.approx(700)}
    found = told(tmp_path, *facts, rates={"USD/CNY": 0.1})
    assert paid(found) == {"r:c": pytest.approx(730)}
    assert {one.party.id for one in found.fallen} == {"r:a", "r:c"}


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
