"""A shock by rounds, in the world of the worked shock: who loses what by whom, and what is left out."""

from pathlib import Path
from typing import Any

import pytest

from api.answers.frame import Answer
from api.engine import Engine, Place
from api.questions.shocks.cascade import Cascade, cascade
from api.questions.shocks.scenario import Scenario
from graph.errors import InvalidQuestion
from tests.api.questions.shocks.test_shock import NAMES, WORLD, sold, stated
from tests.api.world import Book, instant

Given = tuple[str, dict[str, object]]


def world(folder: Path, *more: Given) -> Engine:
    parties = {f"r:{name}": "Company" for name in NAMES}
    Book(folder / "columns").load(parties, [*WORLD, *more], closed_at=instant("2024-05-01"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


def asked(folder: Path, *more: Given, limit: int = 30, **said: Any) -> Answer[Cascade]:
    engine = world(folder, *more)
    scenario = Scenario(**({"failed": ("r:a",), "lgd": 0.6} | said))
    return cascade(engine, scenario, limit=limit, moment=engine.moment(currency="CNY"))


def lines(found: Cascade) -> dict[tuple[str, str, str], float]:
    return {(one.source.id[2:], one.into.id[2:], one.layer): one.amount for one in found.passed}


def test_every_loss_stands_between_two_as_worked_by_hand(tmp_path: Path) -> None:
    found = asked(tmp_path).answer
    assert lines(found) == {
        ("a", "bank", "debts"): pytest.approx(20), ("a", "c", "guarantees"): pytest.approx(100),
        ("a", "d", "production"): pytest.approx(28), ("a", "e", "production"): pytest.approx(12),
        ("c", "bank", "debts"): pytest.approx(18), ("d", "bank", "debts"): pytest.approx(15),
        # All of the equity of d, 25, is gone, and h holds 40 % of it.
        ("d", "h", "shares"): pytest.approx(10),
    }  # fmt: skip
    assert {one.party.id[2:]: one.round for one in found.struck if one.round} == {"a": 1, "c": 2, "d": 2}
    assert not any(one.late for one in found.passed)
    assert (found.more, found.standing, found.lines) == ({}, 0, 0)


def test_what_each_loses_is_what_comes_to_it(tmp_path: Path) -> None:
    found = asked(tmp_path).answer
    for one in found.struck:
        came = sum(passed.amount for passed in found.passed if passed.into == one.party)
        assert one.lost == pytest.approx(came + (one.by_itself or 0))


def test_each_loss_names_its_facts_and_their_sources(tmp_path: Path) -> None:
    answer = asked(tmp_path)
    kinds = {"debts": "LENDS", "guarantees": "GUARANTEES", "production": "SUPPLIES", "shares": "OWNS"}
    known = {source.fact_id for source in answer.sources}
    for one in answer.answer.passed:
        assert {fact.kind for fact in one.facts} == {kinds[one.layer]}
        assert {fact.fact_id for fact in one.facts} <= known


def test_what_strikes_one_that_had_failed_is_told_as_late(tmp_path: Path) -> None:
    """d cannot deliver to a, which failed first: a would have earned 40 a year."""
    mine = stated("a", net_assets=50.0, revenue=100.0, material_cost=60.0)
    found = asked(tmp_path, *mine, sold("a", "e", 100.0)).answer
    into = [one for one in found.passed if one.into.id == "r:a"]
    assert into
    assert all(one.late for one in into)
    assert not any(one.late for one in found.passed if one.into.id != "r:a")


def test_who_is_called_for_a_guarantor_that_fails_in_the_same_round_falls_by_it(tmp_path: Path) -> None:
    """c has 100 and is called for 120; h vouches for what c owes, is called for 18 of it, and has 15, of which its
    shares of d take 10."""
    vouched = {"from": "r:h", "to": "r:c", "amount": 30.0, "currency": "CNY", "creditor": "r:bank"}
    found = asked(tmp_path, ("GUARANTEES", {**vouched, "liability": "joint"}), *stated("h", net_assets=15.0)).answer
    assert {one.party.id[2:]: one.round for one in found.struck if one.round} == {"a": 1, "c": 2, "h": 2, "d": 2}
    assert lines(found)["c", "h", "guarantees"] == pytest.approx(5)
    assert not [one for one in found.passed if one.late and one.layer == "guarantees"]


def test_what_the_scenario_takes_itself_stands_apart(tmp_path: Path) -> None:
    found = asked(tmp_path, failed=(), stopped=[{"share": 0.5, "parties": ["r:e"]}]).answer
    own = {one.party.id: one.by_itself for one in found.struck}
    assert own["r:e"] == pytest.approx(0.5 * 40)
    assert not found.shock.fallen


def test_beyond_so_many_the_rest_is_counted_by_rounds(tmp_path: Path) -> None:
    found = asked(tmp_path, limit=2).answer
    assert [one.party.id for one in found.struck] == ["r:bank", "r:a"]
    assert lines(found) == {("a", "bank", "debts"): pytest.approx(20)}
    assert (found.more, found.standing) == ({2: 2}, 2)


def test_how_many_is_asked_within_bounds(tmp_path: Path) -> None:
    with pytest.raises(InvalidQuestion):
        asked(tmp_path, limit=0)
