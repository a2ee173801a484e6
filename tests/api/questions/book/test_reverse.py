"""Failures that cost an amount: against every set of failures sent one by one, exactly and greedily."""

from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api.answers.frame import Answer
from api.commands.book import _part
from api.engine import Engine, Place
from api.questions import book_reverse, book_systemic, shock
from api.questions.book.assumed import Assumed
from api.questions.book.reverse import BookReverse
from api.questions.shocks.scenario import Scenario
from graph.errors import InvalidQuestion
from tests.api.questions.book.test_losses import engine_of, owes
from tests.api.questions.shocks.test_shock import NAMES, WORLD, lent, sold, stated
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


def test_who_fails_with_them_without_a_loss_to_the_lender_is_counted_too(tmp_path: Path) -> None:
    """c loses 90 of 50 by b and fails; what it owes the bank its deposit covers, so that this costs nothing."""
    engine = engine_of(
        tmp_path, lent("b", 100.0), lent("c", 40.0), owes("b", "c", 200.0), *stated("c", net_assets=50.0),
        ("PLEDGES", {"from": "r:c", "to": "r:bank", "kind": "deposit", "value": 40.0, "currency": "CNY"}),
    )  # fmt: skip
    answer = told(engine, 45.0)
    assert [one.party.id for one in answer.answer.failures] == ["r:b"]
    assert (answer.answer.failed, answer.answer.carried) == (1, ())
    assert any("1 other party fails with them" in line and "nothing on any of them" in line for line in answer.reasons)


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


def test_a_failure_many_ways_away_is_found_where_it_is_likelier(tmp_path: Path) -> None:
    """c0 owes c1, c1 owes c2, and so on; c9 owes the bank: each brings the next down, and c0 fails likeliest."""
    names = [f"c{k}" for k in range(10)]
    chain = [owes(a, b, 100.0) for a, b in pairwise(names)]
    facts = [lent("c9", 1000.0), *chain, *(one for name in names for one in stated(name, net_assets=10.0))]
    assumed = Assumed.model_validate({"pd": {"parties": {"r:c0": 0.5, "r:c9": 0.01}}})
    found = told(engine_of(tmp_path, *facts), 300.0, order="likeliest", assumed=assumed).answer
    assert [(one.party.id, one.pd) for one in found.failures] == [("r:c0", 0.5)]
    assert (found.probability, found.cost, found.exact) == (pytest.approx(0.5), pytest.approx(450), True)
    assert "of all whose failure may cost it anything" in found.method


def test_government_bodies_are_left_out_in_so_many_words_unless_they_have_a_pd(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, lent("gov", 200.0), lent("a", 100.0), state="r:gov")
    told_ = told(engine, 40.0)
    assert [one.party.id for one in told_.answer.failures] == ["r:a"]
    assert any("1 government body" in reason for reason in told_.reasons)
    with pytest.raises(InvalidQuestion) as problem:
        told(engine, 90.0)
    assert "1 government body" in str(problem.value.remedy)
    assumed = Assumed.model_validate({"pd": {"parties": {"r:gov": 0.1, "r:a": 0.1}}})
    named = told(engine, 90.0, order="likeliest", assumed=assumed)
    assert [one.party.id for one in named.answer.failures] == ["r:gov"]
    assert named.answer.gaps == ()
    systemic = book_systemic(engine, BANK, moment=engine.moment(currency="CNY")).answer
    assert [one.party.id for one in systemic.systemic] == ["r:a"]
    assert any("1 government body" in gap for gap in systemic.gaps)


def test_a_failure_costs_what_its_assets_lack_where_nothing_more_is_lost_by_default(tmp_path: Path) -> None:
    """b owes a 100 and has nothing; a's 250 of assets pay its 200 but for b: then 50 of them are lacking."""
    facts = [
        lent("a", 200.0), owes("b", "a", 100.0), *stated("a", total_assets=250.0, net_assets=50.0),
        *stated("b", total_assets=0.0, net_assets=-100.0), lent("c", 200.0),
        *stated("c", total_assets=20.0, net_assets=-180.0),
    ]  # fmt: skip
    engine = engine_of(tmp_path, *facts)
    for loss, failing in ((45.0, 1), (175.0, 1), (225.0, 2)):
        found = told(engine, loss, assumed=Assumed(lgd=0.0)).answer
        costs = {
            some: shock(engine, Scenario(failed=some, lender=BANK, lgd=0.0), moment=engine.moment(currency="CNY"))
            .answer.lenders[0].cost.loss
            for count in (1, 2, 3) for some in combinations(("r:a", "r:b", "r:c"), count)
        }  # fmt: skip
        fewest = min(len(some) for some, cost in costs.items() if cost >= loss)
        assert len(found.failures) == fewest == failing
        assert found.cost == pytest.approx(costs[tuple(sorted(one.party.id for one in found.failures))])


def test_what_is_assumed_and_does_not_count_is_told(engine: Engine) -> None:
    assumed = Assumed.model_validate({"pd": {"rest": 0.1}, "draws": 500, "layers": ["debts"], "lgd": 0.5})
    (gap,) = told(engine, 10.0, assumed=assumed).answer.gaps
    assert gap.said.startswith("pd, layers, draws do not count here")
    (gap,) = told(engine, 10.0, assumed=assumed, order="likeliest").answer.gaps
    assert gap.said.startswith("layers, draws do not count here")
    assert told(engine, 10.0).answer.gaps == ()


def test_likely_failures_found_one_by_one_say_by_what(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.questions.book.reverse.EXACT", 0)
    assumed = Assumed.model_validate({"pd": {"parties": PDS}})
    assert "loss over -ln PD" in told(engine, 42.0, assumed=assumed, order="likeliest").answer.method
    assert "PD" not in told(engine, 42.0).answer.method


@pytest.mark.parametrize("text", ["150%", "nan%", "much"])
def test_a_part_of_a_book_is_no_more_than_all_of_it(text: str) -> None:
    with pytest.raises(InvalidQuestion, match="--loss"):
        _part(text)
    assert (_part("100%"), _part("10%"), _part("200,000")) == (1.0, pytest.approx(0.1), 200_000.0)


def test_who_takes_from_a_guarantor_is_looked_at_though_it_owes_nobody_of_the_book(tmp_path: Path) -> None:
    """g stands jointly behind the 100 of b and pays them, of its 100; with x, which owes it 200, it has 10 left."""
    facts = [
        lent("b", 100.0), *stated("g", net_assets=100.0),
        ("GUARANTEES", {"from": "r:g", "to": "r:b", "amount": 100.0, "currency": "CNY", "creditor": "r:bank",
                        "liability": "joint"}),
        ("OWES", {"from": "r:x", "to": "r:g", "amount": 200.0, "currency": "CNY"}),
    ]  # fmt: skip
    parties = {f"r:{name}": "Company" for name in ("bank", "b", "g", "x")}
    Book(tmp_path / "columns").load(parties, facts, closed_at=instant("2024-05-01"))
    asked = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    found = told(asked, 30.0).answer
    assert {one.party.id for one in found.failures} == {"r:b", "r:x"}
    assert (found.cost, found.exact) == (pytest.approx(45 - 10), True)


def test_where_more_failures_may_cost_less_no_set_is_called_the_best(tmp_path: Path) -> None:
    """g stands behind the 100 of b, c behind g, and h has 60 % of c. With b, g pays all, and c pays it back: h loses 60
    of its 50, and of its 200 the bank loses 90. With x too, which buys what g makes, g and c pay 10, and h stands."""
    promise = {"to": "r:b", "amount": 100.0, "currency": "CNY", "liability": "joint"}
    facts = [
        lent("b", 100.0), lent("h", 200.0), lent("y", 1.0),
        *stated("c", net_assets=110.0), *stated("h", net_assets=50.0),
        *stated("g", net_assets=100.0, revenue=100.0, material_cost=10.0), sold("g", "x", 100.0),
        ("GUARANTEES", {"from": "r:g", "creditor": "r:bank", "source_ref": "g1", **promise}),
        ("GUARANTEES", {"from": "r:c", "creditor": "r:g", "source_ref": "g2", "counter_of": "g1", **promise}),
        ("OWNS", {"from": "r:h", "to": "r:c", "share": 0.6, "directness": "direct"}),
    ]  # fmt: skip
    parties = {f"r:{name}": "Company" for name in ("bank", "b", "c", "g", "h", "x", "y")}
    Book(tmp_path / "columns").load(parties, facts, closed_at=instant("2024-05-01"))
    asked = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    less, more = (
        shock(asked, Scenario(failed=failed, lender=BANK), moment=asked.moment(currency="CNY")).answer.lenders[0].cost
        for failed in (("r:b",), ("r:b", "r:x"))
    )
    assert (less.loss, more.loss) == (pytest.approx(90), pytest.approx(35))
    assumed = Assumed.model_validate({"pd": {"parties": {"r:b": 0.1, "r:h": 0.001, "r:x": 0.9, "r:y": 0.9}}})
    found = told(asked, 80.0, order="likeliest", assumed=assumed)
    assert [one.party.id for one in found.answer.failures] == ["r:b"]
    assert not found.answer.exact
    assert any("a better set may exist" in reason for reason in found.reasons)
