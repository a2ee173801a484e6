import pytest

from analytics.credit.need import Days, working_capital_need
from graph.errors import InvalidQuestion

DAYS = Days(inventory=40, receivable=60, payable=20, prepaid=15, advance=5)


def test_a_need_by_hand() -> None:
    """90 days are bound: 4 turns; 1000 · (1 − 10 %) · 1.2 / 4 = 270."""
    found = working_capital_need(1000.0, 100.0, 1200.0, DAYS, covered=300.0)
    assert (found.turnover, found.capital, found.new_limit) == (4.0, 270.0, pytest.approx(-30.0))


def test_what_binds_no_money_or_sells_nothing_is_refused() -> None:
    with pytest.raises(InvalidQuestion, match="days"):
        working_capital_need(1000.0, 100.0, 1200.0, Days(0, 10, 20, 0, 0))
    with pytest.raises(InvalidQuestion, match="sales"):
        working_capital_need(0.0, 0.0, 1200.0, DAYS)
