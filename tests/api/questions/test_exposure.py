import pytest

from api.engine import Engine
from api.questions import exposure
from graph.errors import MissingRate
from tests.api.conftest import BANK, HOLD, MINE, B


def test_a_facility_counts_drawn_and_the_converted_rest(engine: Engine) -> None:
    """50 m drawn and 40 % of 10 m undrawn are 54 m."""
    stake = exposure(engine, MINE, lender=BANK, moment=engine.moment()).answer.alone
    assert (stake.drawn, stake.undrawn, stake.direct) == (5e7, 4e6, 5.4e7)
    assert [part.amount for part in stake.facilities] == [5.4e7]


def test_the_group_carries_what_its_members_guarantee_outside(engine: Engine) -> None:
    """The group owes 54 m and guarantees 80 m of an outsider's 90 m."""
    answer = exposure(engine, B, lender=BANK, moment=engine.moment())
    (group,) = answer.answer.groups
    assert (answer.answer.alone.direct, group.stake.direct, group.stake.contingent) == (0.0, 5.4e7, 8e7)
    assert {member.id for member in group.members} == {B, HOLD, MINE, "register:ring1"}
    parts = (*group.stake.facilities, *group.stake.guarantees)
    assert {part.fact.fact_id for part in parts} <= {source.fact_id for source in answer.sources}


def test_another_lender_has_nothing_at_stake(engine: Engine) -> None:
    value = exposure(engine, MINE, lender=HOLD, moment=engine.moment()).answer
    assert value.alone.direct == 0
    assert value.alone.facilities == ()


def test_an_amount_without_a_rate_is_no_number(engine: Engine) -> None:
    with pytest.raises(MissingRate, match="CNY/USD"):
        exposure(engine, MINE, moment=engine.moment(currency="USD"))
