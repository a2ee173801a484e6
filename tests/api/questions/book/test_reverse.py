"""Failures that cost an amount: against every set of failures sent one by one, exactly and greedily."""

from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from api.answers.frame import Answer
from api.engine import Engine, Place
from api.questions import book_reverse, shock
from api.questions.book.assumed import Assumed
from api.questions.book.reverse import BookReverse
from api.questions.shocks.scenario import Scenario
from graph.errors import InvalidQuestion
from tests.api.questions.shocks.test_shock import NAMES, WORLD
from tests.api.world import Book, instant

BANK = "r:bank"
PARTIES = tuple(f"r:{name}" for name in NAMES if name != "bank")
PDS = {"r:a": 0.01, "r:c": 0.2, "r:d": 0.1, "r:e": 0.3, "r:h": 0.4}
OWED = ("OWES", {"from": "r:h", "to": "r:e", "amount": 90.0, "currency": "CNY"})
LOSSES = (10.0, 18.0, 25.0, 30.0, 42.0)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("reverse")
    Book(folder / "columns").load(
        {f"r:{name}": "Company" for name in NAMES}, [*WORLD, OWED], closed_at=instant("2024-05-01")
    )
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


def told(engine: Engine, loss: float, **more: Any) -> Answer[BookReverse]:
    return book_reverse(engine, BANK, loss=loss, moment=engine.moment(currency="CNY"), **more)


@pytest.fixture(scope="module")
def costs(engine: Engine) -> dict[tuple[str, ...], float]:
    """What every set of failures costs the bank."""

    @cache
    def cost(failed: tuple[str, ...]) -> float:
        scenario = Scenario(failed=failed, lender=BANK)
        return shock(engine, scenario, moment=engine.moment(currency="CNY")).answer.lenders[0].cost.loss

    sets = [some for count in range(1, len(PARTIES) + 1) for some in combinations(PARTIES, count)]
    return {some: cost(some) for some in sets}


@pytest.mark.parametrize("loss", LOSSES)
def test_no_fewer_failures_cost_as_much(engine: Engine, costs: dict[tuple[str, ...], float], loss: float) -> None:
    found = told(engine, loss).answer
    chosen = tuple(sorted(one.party.id for one in found.failures))
    fewest = min(len(some) for some, cost in costs.items() if cost >= loss - 1e-9)
    assert found.exact
    assert len(chosen) == fewest == found.bound
    assert found.cost == pytest.approx(costs[chosen])
    assert found.cost >= loss - 1e-9
    for one in found.failures:
        assert one.alone == pytest.approx(costs[one.party.id,])


@pytest.mark.parametrize("loss", LOSSES)
def test_a_greedy_search_reaches_the_amount_and_its_bound_holds(
    engine: Engine, costs: dict[tuple[str, ...], float], loss: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.questions.book.reverse.EXACT", 0)
    found = told(engine, loss).answer
    fewest = min(len(some) for some, cost in costs.items() if cost >= loss - 1e-9)
    assert found.bound <= fewest <= len(found.failures)
    assert found.cost >= loss - 1e-9
    assert not found.exact or len(found.failures) == fewest


@pytest.mark.parametrize("loss", LOSSES)
def test_no_likelier_failures_cost_as_much(engine: Engine, costs: dict[tuple[str, ...], float], loss: float) -> None:
    assumed = Assumed.model_validate({"pd": {"parties": PDS}})
    found = told(engine, loss, order="likeliest", assumed=assumed).answer
    chance = {some: float(np.prod([PDS[x] for x in some])) for some in costs}
    best = max(chance[some] for some, cost in costs.items() if cost >= loss - 1e-9)
    assert found.probability == pytest.approx(best)
    assert found.probability == pytest.approx(np.prod([one.pd for one in found.failures]))


def test_who_fails_with_them_is_told_with_the_reason(engine: Engine) -> None:
    """h owes the bank nothing and brings e down, of whose 40 then 45 % are lost."""
    assumed = Assumed.model_validate({"pd": {"parties": {"r:h": 0.5, "r:a": 0.001}}})
    found = told(engine, 18.0, order="likeliest", assumed=assumed).answer
    assert [(one.party.id, one.owed) for one in found.failures] == [("r:h", 0.0)]
    assert [(one.party.id, one.loss, one.why) for one in found.carried] == [
        ("r:e", pytest.approx(18), "more lost than its equity")
    ]


def test_a_part_of_the_book_is_that_part_of_what_is_owed(engine: Engine) -> None:
    found = told(engine, 0.1).answer
    assert (found.loss, found.owed) == (pytest.approx(29.5), pytest.approx(295))


@pytest.mark.parametrize(
    ("loss", "more", "where"),
    [
        (1e9, {}, "loss"),
        (0.0, {}, "loss"),
        (10.0, {"order": "worst"}, "order"),
        (10.0, {"order": "likeliest"}, "pd"),
    ],
)
def test_what_cannot_be_found_names_its_place(engine: Engine, loss: float, more: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidQuestion) as problem:
        told(engine, loss, **more)
    assert problem.value.where == where


def test_a_search_that_needs_too_much_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EXACT", "SENDS", "WORK"):
        monkeypatch.setattr(f"api.questions.book.reverse.{name}", 8 * (name == "SENDS"))
    with pytest.raises(InvalidQuestion, match="shocks were not enough"):
        told(engine, 42.0)
