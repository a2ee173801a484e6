"""What a scenario takes of a stake: worked by hand on INT-03, the same as the shock tells, and by group."""

from pathlib import Path
from typing import Any

import pytest

from api.answers.frame import Answer
from api.engine import Engine, Place
from api.questions import exposure, shock
from api.questions.limits.exposure import ExposureTo
from api.questions.limits.stress import Stressed
from api.questions.shocks.scenario import Scenario
from graph.errors import InvalidQuestion
from tests.api.questions.shocks.test_shock import NAMES, WORLD
from tests.api.world import Book, instant

BANK = "r:bank"


def engine_of(folder: Path, *more: tuple[str, dict[str, object]]) -> Engine:
    parties = {f"r:{name}": "Company" for name in NAMES}
    Book(folder / "columns").load(parties, [*WORLD, *more], closed_at=instant("2024-05-01"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return engine_of(tmp_path)


def told(engine: Engine, party: str, scenario: Scenario | str, **more: Any) -> tuple[Answer[ExposureTo], Stressed]:
    moment = engine.moment(currency="CNY")
    answer = exposure(engine, party, lender=BANK, scenario=scenario, moment=moment, **more)
    assert answer.answer.stressed is not None
    return answer, answer.answer.stressed


def test_what_its_own_failure_costs_is_parted_into_itself_and_others(engine: Engine) -> None:
    """With a loss given default of 60 % c pays 100 of the 120 that a leaves, and fails by it; d loses its output."""
    scenario = Scenario(failed=("r:a",), lgd=0.6)
    _, found = told(engine, "r:a", scenario)
    assert (found.alone.owed, found.alone.at_default, found.alone.static) == (200, 200, pytest.approx(120))
    assert (found.alone.loss, found.alone.without) == (pytest.approx(20), pytest.approx(120))
    assert found.loss == pytest.approx(20 + 0.6 * 30 + 0.6 * 25)
    assert (found.round, found.why) == (1, "shock")
    assert {one.name: one.added for one in found.alone.layers} == {
        "lost output": 0, "called guarantee": pytest.approx(-100), "unpaid debt": 0, "shares worth less": 0,
    }  # fmt: skip


def test_a_guarantor_is_told_to_fall_with_whom_it_vouched_for(engine: Engine) -> None:
    answer, found = told(engine, "r:c", Scenario(failed=("r:a",), lgd=0.6))
    assert (found.round, found.why) == (2, "called guarantee")
    assert (found.alone.loss, found.alone.without) == (pytest.approx(18), 0)
    assert found.facts
    assert set(found.facts) <= {source.fact_id for source in answer.sources}
    assert "fails in round 2: called guarantee" in " ".join(answer.reasons)


@pytest.mark.parametrize("party", ["r:a", "r:c", "r:d", "r:h"])
def test_self_is_the_shock_of_itself(engine: Engine, party: str) -> None:
    answer, found = told(engine, party, "self")
    scenario = Scenario(failed=(party,), lender=BANK)
    alone = shock(engine, scenario, moment=engine.moment(currency="CNY")).answer.lenders
    lost = next((one.cost.loss for one in alone if one.party.id == BANK), 0.0)
    assert found.loss == pytest.approx(lost)
    # Its group, where it has one, has it among its members.
    inside = max([found.alone.loss, *(one.loss for one in found.groups)])
    assert inside + found.elsewhere == pytest.approx(found.loss)
    assert answer.question.parameters["scenario"] == "self"


def test_a_group_loses_with_its_members(tmp_path: Path) -> None:
    held = ("OWNS", {"from": "r:h", "to": "r:e", "share": 0.6, "directness": "direct"})
    also = ("OWNS", {"from": "r:h", "to": "r:c", "share": 0.6, "directness": "direct"})
    answer, found = told(engine_of(tmp_path, held, also), "r:e", Scenario(failed=("r:a",), lgd=0.6))
    (group,) = answer.answer.groups
    (stake,) = found.groups
    assert group.members_page.total == stake.members == 3
    assert (stake.owed, stake.failed, stake.loss) == (pytest.approx(70), 1, pytest.approx(18))
    assert found.alone.loss == 0
    assert found.elsewhere == pytest.approx(20 + 15)


def test_all_lenders_together_lose_what_each_does_and_nothing_that_suppliers_are_owed(tmp_path: Path) -> None:
    """a owes the bank 200, h, which lends to it too, 60, and e, a supplier, 50: 45 % are lost, and c pays 90 for it."""
    facility = {"facility_id": "L-a-h", "kind": "loan", "drawn": 60.0, "undrawn": 0.0, "currency": "CNY"}
    owed = ("OWES", {"from": "r:a", "to": "r:e", "amount": 50.0, "currency": "CNY"})
    engine = engine_of(tmp_path, ("LENDS", {"from": "r:h", "to": "r:a", **facility}), owed)
    moment, found = engine.moment(currency="CNY"), []
    for lender in (None, BANK, "r:h"):
        one = exposure(engine, "r:a", lender=lender, scenario="self", moment=moment).answer.stressed
        assert one is not None
        found.append(one)
    together, *each = found
    assert (together.alone.owed, together.alone.static) == (260, pytest.approx(0.45 * 260))
    assert together.alone.without == pytest.approx(0.45 * 260)
    for name in ("owed", "at_default", "static", "loss", "without"):
        parts = [getattr(one.alone, name) for one in each]
        assert getattr(together.alone, name) == pytest.approx(sum(parts)), name
    assert together.loss == pytest.approx(sum(one.loss for one in each))


def test_without_a_scenario_nothing_is_stressed(engine: Engine) -> None:
    answer = exposure(engine, "r:a", lender=BANK, moment=engine.moment(currency="CNY"))
    assert answer.answer.stressed is None


def test_a_scenario_that_there_is_not_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidQuestion, match="no scenario is called flood"):
        told(engine, "r:a", "flood")


def test_a_scenario_of_the_catalogue_is_called_as_it_is_there(engine: Engine) -> None:
    answer, found = told(engine, "r:d", "steel")
    assert (found.scenario, found.called, found.called_zh) == ("steel", "Steel falls", "钢铁行业下行")
    assert answer.reasons[0].startswith("Under “Steel falls” BANK loses")
    _, own = told(engine, "r:d", "self")
    assert (own.scenario, own.called_zh) == ("self", "自身违约")
