"""The demonstration world, from its files through the real store to answers: they are the planted ones."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from api.book.lending import lending
from api.engine import Engine, Place
from api.intake import Intake, parcels
from api.questions.limits.applications import Asked, Request
from api.questions.limits.credit_check import credit_check
from api.questions.limits.exposure import exposure
from api.questions.links.links import links
from api.questions.links.tiers import upstream
from api.questions.ownership.control import control
from api.questions.shocks.catalogue import named
from api.questions.shocks.scenario import Scenario
from api.questions.shocks.shock import shock
from api.questions.shocks.traced import Step
from graph.moment import Moment
from ingest.loading.report import Report
from ingest.loading.staging import Watch
from ingest.synthetic import write_world
from tests.api.agreed import disagreements
from tests.ingest.synthetic.reading import csv


@dataclass(frozen=True)
class Loaded:
    folder: Path
    engine: Engine
    answers: dict[str, Any]
    reports: list[Report]
    key_of: dict[str, str]
    """Key in the cast by id of any source."""

    def id(self, key: str) -> str:
        return str(self.answers["parties"][key]["id"])

    def moment(self, told: dict[str, Any], currency: str | None = None) -> Moment:
        known = datetime.combine(date.fromisoformat(told["known_at"]), datetime.max.time(), UTC)
        return self.engine.moment(valid_at=date.fromisoformat(told["valid_at"]), known_at=known, currency=currency)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder = tmp_path_factory.mktemp("world")
    write_world(folder / "files", parties=400, seed=11)
    place = Place(folder / "store")
    intake = Intake(place, lambda: datetime(2025, 7, 1, tzinfo=UTC))
    reports = [intake.load(parcel, Watch()) for parcel in parcels([folder / "files"], source="", settings={})]
    answers = json.loads((folder / "files" / "answers.json").read_text(encoding="utf-8"))
    key_of = {mark: key for key, told in answers["parties"].items() for mark in told["ids"]}
    return Loaded(folder, Engine.open(place), answers, reports, key_of)


def test_exactly_the_planted_rows_are_refused(world: Loaded) -> None:
    planted = Counter[str]()
    for told in world.answers["deliveries"]:
        planted.update(told["refused"])
    found = Counter[str]()
    for report in world.reports:
        found.update(report.refused)
    assert found == planted


@pytest.mark.parametrize("at", range(8))
def test_control_of_group_b_is_as_planted_at_every_moment(world: Loaded, at: int) -> None:
    told = world.answers["group_b"]["control"][at]
    moment = world.moment(told)
    for owner, companies in told["controls"].items():
        answer = control(world.engine, world.id(owner), limit=1000, moment=moment).answer
        found = {world.key_of.get(c.controlled.id, c.controlled.id) for c in answer.controlled if c.certain}
        assert found == set(companies), owner
    for company, owners in told["ultimate"].items():
        answer = control(world.engine, world.id(company), limit=1000, moment=moment).answer
        found = {
            world.key_of.get(c.controller.id, c.controller.id) for c in answer.controllers if c.certain and c.ultimate
        }
        assert found == set(owners), company


@pytest.mark.parametrize("at", range(4))
def test_the_banks_exposure_to_each_member_is_as_planted(world: Loaded, at: int) -> None:
    told = world.answers["group_b"]["exposure"][at]
    moment = world.moment(told, told["currency"])
    lender = world.answers["demo"]["lender"]
    for member, amounts in told["members"].items():
        stake = exposure(world.engine, world.id(member), lender=lender, moment=moment).answer.alone
        assert stake.drawn == pytest.approx(amounts["drawn"], rel=1e-9)
        assert stake.direct == pytest.approx(amounts["weighted"], rel=1e-9)
    for top, amounts in told["groups_of"].items():
        found = exposure(world.engine, world.id(top), lender=lender, moment=moment).answer.groups
        mine = next(group for group in found if world.key_of.get(group.top.id) == top)
        assert mine.stake.drawn == pytest.approx(amounts["drawn"], rel=1e-9)


def test_the_path_through_the_nominee_is_found(world: Loaded) -> None:
    demo = world.answers["demo"]
    answer = links(world.engine, [demo["from"], demo["to"]], steps=4, moment=world.moment(demo, "CNY")).answer
    assert ["M3", "H", "J", "N", "X"] in [[world.key_of.get(p.id, "") for p in chain.parties] for chain in answer.paths]


def test_single_sources_behind_the_maker_are_as_planted(world: Loaded) -> None:
    demo = world.answers["demo"]
    answer = upstream(world.engine, demo["maker"], depth=4, limit=1000, moment=world.moment(demo, "CNY")).answer
    web = world.answers["supply_web"]
    assert [tier.parties for tier in answer.tiers if tier.parties] == [len(names) for names in web["tiers"]]
    single = {(s.fact.head.id, s.fact.tail.id) for tier in answer.tiers for s in tier.supplies if s.single}
    planted = {(told["buyer"], told["supplier"]) for told in web["single_sources"]}
    assert {(world.key_of[buyer], world.key_of[supplier]) for buyer, supplier in single} == planted


@pytest.mark.parametrize("at", range(3))
def test_applications_are_decided_as_planted(world: Loaded, at: int) -> None:
    """20 % of Tier 1 is 240 million: the buyer's 160 leave 80 for both, if they are one; B集团 has more already."""
    told = world.answers["credit"]
    asked = told["applications"][at]
    facility = Asked(amount=asked["amount"], currency=told["currency"])
    request = Request(applicant=asked["applicant"], lender=told["lender"], facility=facility)
    value = credit_check(world.engine, request, moment=world.moment(told, told["currency"])).answer
    assert value.verdict == asked["verdict"]
    line = next(line for line in value.lines if line.rule.id == told["rule"])
    assert line.limit.amount == pytest.approx(told["group_limit"])
    group = told["group"] if asked["verdict"] == "decline" else told["supplier_and_buyer"]
    assert line.before == pytest.approx(group)
    assert (line.after > told["group_limit"]) == (asked["verdict"] != "approve")
    if asked["verdict"] != "decline":
        assert value.headroom == pytest.approx(told["group_limit"] - group)


def leaves(step: Step) -> float:
    return sum(map(leaves, step.causes)) if step.causes else step.amount


@pytest.mark.parametrize("at", range(3))
def test_shocks_cost_what_was_planted(world: Loaded, at: int) -> None:
    """The start-up goes with its buyer; a ring of guarantees is called; an industry makes a third less."""
    told = world.answers["shocks"][at]
    moment = world.moment(world.answers["demo"], "CNY")
    found = shock(world.engine, Scenario(**told["scenario"]), limit=1000, moment=moment).answer
    fallen = {world.key_of.get(one.party.id, ""): one.why for one in found.fallen}
    fallen.pop("", None)
    assert fallen == told["fails"]
    cost = found.lenders[0].cost
    assert (cost.at_default, cost.loss, cost.without) == pytest.approx(
        (told["at_default"], told["loss"], told["without"])
    )
    assert cost.static == pytest.approx(0.45 * told["at_default"])
    stand = {world.key_of.get(one.party.id, ""): one.paid for one in found.payers if not one.failed}
    assert stand == pytest.approx(told["pays"])
    income = {world.key_of.get(one.party.id, ""): one.income for one in found.idle if one.income}
    assert {key: income[key] for key in told["income"]} == pytest.approx(told["income"])
    assert found.tree is not None
    assert found.tree.amount == pytest.approx(told["loss"])
    assert leaves(found.tree) == pytest.approx(told["loss"])


@pytest.mark.parametrize("at", range(2))
def test_haircuts_of_named_scenarios_cost_what_was_planted(world: Loaded, at: int) -> None:
    """Land and stocks cover all that a developer and a mill owe, until they are worth less."""
    told = world.answers["collateral"][at]
    moment = world.moment(world.answers["demo"], "CNY")
    whole = named(told["scenario"], lender=world.answers["demo"]["lender"])
    assert told["haircut"].items() <= whole.haircuts.items()
    cost = {}
    for key, scenario in (("cut", whole), ("full", whole.model_copy(update={"haircuts": {}}))):
        found = shock(world.engine, scenario, limit=1000, moment=moment).answer
        fallen = {world.key_of.get(one.party.id, ""): one for one in found.fallen}
        assert fallen[told["party"]].why == "lost output"
        assert fallen[told["party"]].owed == pytest.approx(told["owed"])
        causes = found.tree.causes if found.tree else ()
        cost[key] = sum(step.amount for step in causes if world.key_of.get(step.party.id) == told["party"])
    assert cost == pytest.approx({"cut": told["loss"], "full": 0.0})


def thin(folder: Path, share: float) -> dict[str, set[str]]:
    """By industry, the ids of firms that own less than they earn in a year by such a part of their output."""
    told = csv(folder / "2025-01-31-reports" / "报表.csv", "utf-8-sig")
    told = told[told["期末"] == "2024年12月31日"].astype({"金额（万元）": float})
    figures = told.pivot_table("金额（万元）", "统一社会信用代码", "项目", aggfunc="first")
    short = figures[share * (figures["营业收入"] - figures["营业成本"]) > figures["净资产"]].index
    listed = csv(folder / "2024-06-30-register" / "企业.csv").set_index("统一社会信用代码")
    found: dict[str, set[str]] = {}
    for code in short:
        found.setdefault(listed.loc[code, "行业代码"], set()).add(f"工商登记:{code}")
    return found


def test_firms_that_own_less_than_their_lost_output_costs_fail(world: Loaded) -> None:
    moment = world.moment(world.answers["demo"], "CNY")
    planted = thin(world.folder / "files", 0.3)
    assert world.id("BUYER") in planted["C38"]
    for industry, firms in planted.items():
        scenario = Scenario.model_validate({"stopped": [{"share": 0.3, "industry": industry}]})
        found = shock(world.engine, scenario, limit=1000, moment=moment).answer
        snapshot = world.engine.view(moment).snapshot
        fallen = {snapshot.node(one.party.id) for one in found.fallen if one.why == "lost output"}
        assert {snapshot.node(firm) for firm in firms} <= fallen


def test_groups_are_the_same_in_the_question_the_check_and_the_book(world: Loaded) -> None:
    told = world.answers["credit"]
    moment = world.moment(told, "CNY")
    view = world.engine.view(moment)
    lent = lending(view, view.snapshot.node(told["lender"])).clients
    assert len(lent) > 10
    assert disagreements(world.engine, told["lender"], view.snapshot.ids(lent), moment) == []
