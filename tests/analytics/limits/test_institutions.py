import pytest

from analytics.limits.institutions import trade_of


@pytest.mark.parametrize("code", ["J66", "J6621", "J662", "k64.11", "K64.1", "K 64.19"])
def test_codes_of_banks_are_told_with_and_without_dots(code: str) -> None:
    assert trade_of(code) is not None


@pytest.mark.parametrize("code", [None, "", "66", "6419", "J67", "K70", "K64", "K64.20", "C35", "G6621"])
def test_holding_companies_other_trades_and_bare_digits_are_no_banks(code: str | None) -> None:
    assert trade_of(code) is None
