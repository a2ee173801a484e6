"""One failure through every layer, worked by hand: the lender's loss, who falls, and the way it came."""

import io
import re
from pathlib import Path
from typing import Any

import pytest

from api.engine import Engine, Place
from api.questions import shock
from api.questions.shocks.scenario import Scenario, read_file
from api.questions.shocks.shock import ShockAnswer
from api.questions.shocks.traced import Step
from graph.errors import InvalidInput, InvalidQuestion, UnknownParty
from tests.api.world import Book, day, instant

NAMES = ("bank", "a", "c", "d", "e", "h")


def lent(name: str, amount: float, **more: object) -> tuple[str, dict[str, object]]:
    said = {"facility_id": f"L-{name}", "kind": "loan", "drawn": amount, "undrawn": 0.0, "currency": "CNY"}
    return "LENDS", {"from": "r:bank", "to": f"r:{name}", **said, **more}


def stated(name: str, **items: float) -> list[tuple[str, dict[str, object]]]:
    period = {"period_end": day("2024-03-31"), "standard": "CAS", "unit": "CNY"}
    yearly = {"revenue", "material_cost"}
    return [
        ("Statement", {"party": f"r:{name}", "item": item, "value": value, "months": 12 * (item in yearly), **period})
        for item, value in items.items()
    ]


def sold(seller: str, buyer: str, amount: float) -> tuple[str, dict[str, object]]:
    return "SUPPLIES", {"from": f"r:{seller}", "to": f"r:{buyer}", "amount": amount, "currency": "CNY", "product": "x"}


WORLD = [
    # As INT-03: a owes 200 and c guarantees 120 of it; d and e sell to a.
    lent("a", 200.0), lent("c", 30.0), lent("d", 25.0), lent("e", 40.0),
    ("GUARANTEES", {"from": "r:c", "to": "r:a", "amount": 120.0, "currency": "CNY", "creditor": "r:bank",
                    "liability": "general"}),
    *stated("c", net_assets=100.0),
    *[fact for name in "de" for fact in stated(name, net_assets=25.0, revenue=100.0, material_cost=60.0)],
    sold("d", "a", 70.0), sold("e", "a", 30.0),
    ("OWNS", {"from": "r:h", "to": "r:d", "share": 0.4, "directness": "direct"}),
    *[("Profile", {"party": f"r:{name}", "name": name.upper(), "industry": f"C{k}1"}) for k, name in enumerate(NAMES)],
]  # fmt: skip


def told(folder: Path, *more: tuple[str, dict[str, object]], currency: str | None = "CNY", **said: Any) -> ShockAnswer:
    parties = {f"r:{name}": "Company" for name in NAMES}
    Book(folder / "columns").load(parties, [*WORLD, *more], closed_at=instant("2024-05-01"))
    engine = Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))
    scenario = Scenario(**({"failed": ("r:a",), "lgd": 0.6} | said))
    return shock(engine, scenario, moment=engine.moment(currency=currency)).answer


def leaves(step: Step) -> float:
    return sum(map(leaves, step.causes)) if step.causes else step.amount


def test_one_failure_is_felt_by_its_guarantor_its_suppliers_and_its_lender(tmp_path: Path) -> None:
    found = told(tmp_path)
    assert {one.party.id: one.why for one in found.fallen} == {
        "r:a": "shock", "r:c": "called guarantee", "r:d": "lost output",
    }  # fmt: skip
    (payer,) = found.payers
    assert (payer.asked, payer.paid, payer.failed) == (pytest.approx(120), pytest.approx(100), True)
    # a pays 40 % of 200; of the 120 left c pays 100. c and d pay 40 % of 30 and of 25.
    assert found.cost.loss == pytest.approx(20 + 0.6 * 30 + 0.6 * 25)
    assert found.cost.at_default == pytest.approx(255)
    assert found.cost.static == pytest.approx(255 * 0.6)
    assert found.cost.without == pytest.approx(120)
    assert {one.party.id: one.income for one in found.idle} == {"r:d": pytest.approx(28), "r:e": pytest.approx(12)}


def test_what_the_lender_lost_goes_back_to_the_shock_and_sums_to_it(tmp_path: Path) -> None:
    found = told(tmp_path)
    assert found.tree is not None
    assert found.tree.party.id == "r:bank"
    assert found.tree.amount == pytest.approx(53)
    assert leaves(found.tree) == pytest.approx(53)
    by = {one.party.id: one for one in found.tree.causes}
    assert by["r:c"].amount == pytest.approx(18)
    assert [(one.party.id, one.how) for one in by["r:c"].causes] == [("r:a", "called guarantee")]
    assert [(one.party.id, one.how) for one in by["r:d"].causes] == [("r:a", "lost output")]
    assert by["r:a"].facts[0].kind == "LENDS"


def test_layers_alone_and_their_coupling_add_up(tmp_path: Path) -> None:
    found = told(tmp_path)
    added = {one.name: one.added for one in found.layers}
    assert added["production"] == pytest.approx(15)
    assert added["guarantees"] == pytest.approx(18 - 100)
    assert added["debts"] == added["shares"] == pytest.approx(0)
    assert found.cost.without + sum(added.values()) + found.coupling == pytest.approx(found.cost.loss)


def test_a_holder_of_a_firm_that_falls_loses_its_part_of_the_equity(tmp_path: Path) -> None:
    found = told(tmp_path, *stated("h", net_assets=9.0))
    h = next(one for one in found.fallen if one.party.id == "r:h")
    assert (h.why, h.lost) == ("more lost than its equity", pytest.approx(10))


def test_output_of_an_industry_falls_by_its_code(tmp_path: Path) -> None:
    found = told(tmp_path, failed=(), stopped=[{"share": 0.5, "industry": "C11"}])
    assert {one.party.id: one.output for one in found.idle} == {
        "r:a": 0.5, "r:d": pytest.approx(0.35), "r:e": pytest.approx(0.15),
    }  # fmt: skip
    assert not found.fallen


def test_own_collateral_comes_off_after_its_haircut(tmp_path: Path) -> None:
    pledge = ("PLEDGES", {"from": "r:a", "to": "r:bank", "kind": "real estate", "value": 80.0, "currency": "CNY",
                          "facility_id": "L-a"})  # fmt: skip
    found = told(tmp_path, pledge, haircuts={"real estate": 0.25}, layers=())
    assert found.cost.loss == pytest.approx((200 - 60) * 0.6)


def test_collateral_of_another_is_paid_by_that_other(tmp_path: Path) -> None:
    pledge = ("PLEDGES", {"from": "r:h", "to": "r:bank", "kind": "real estate", "value": 20.0, "currency": "CNY",
                          "facility_id": "L-a"})  # fmt: skip
    found = told(tmp_path, pledge, layers=("guarantees",))
    assert {one.party.id: one.paid for one in found.payers}["r:h"] == pytest.approx(20)
    assert found.cost.loss == pytest.approx(120 - 100 - 20 + 0.6 * 30)


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"failed": ()}, "scenario"),
        ({"layers": ("rain",)}, "layers"),
        ({"haircuts": {"gold": 0.1}}, "haircuts"),
        ({"failed": (), "stopped": [{"share": 0.1}]}, "stopped.0"),
        ({"failed": (), "stopped": [{"share": 0.1, "industry": "Z"}]}, "stopped.0"),
    ],
)
def test_a_scenario_that_cannot_be_names_its_place(tmp_path: Path, said: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidQuestion) as problem:
        told(tmp_path, **said)
    assert problem.value.where == where


def test_an_unknown_party_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownParty, match="r:nobody"):
        told(tmp_path, failed=("r:nobody",))


def test_several_currencies_need_one_to_add_up_in(tmp_path: Path) -> None:
    with pytest.raises(InvalidQuestion, match=r"amounts stand in [A-Z]{3}, [A-Z]{3}"):
        told(tmp_path, lent("h", 5.0, currency="USD", facility_id="L-usd"), currency=None)


def test_only_what_the_shock_touches_is_told_as_not_known(tmp_path: Path) -> None:
    poor = [
        ("GUARANTEES", {"from": "r:h", "to": f"r:{name}", "amount": 9.0, "currency": "CNY", "creditor": "r:bank"})
        for name in "ae"
    ]
    found = told(tmp_path, *poor)
    (gap,) = (gap.said for gap in found.gaps if "guarantee" in gap.said)
    assert gap.startswith("1 guarantee for those who fail"), "a fails, and e does not"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('failed = "r:a"', "failed: give a list"),
        ('fail = ["r:a"]', "fail: is not known here; there are name, lender, failed"),
        ('failed = ["r:a"]\nlgd = nan', "lgd: give a number"),
        ('[[stopped]]\nshare = "30%"\nindustry = "C"', "stopped.0.share: give a number, such as 0.3"),
        ('[{"failed": []}]', "is no object"),
    ],
)
def test_a_fault_of_a_file_is_told_in_plain_words(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=re.escape(says)):
        read_file(file, io.StringIO())


def test_a_file_may_begin_with_a_table(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text('[[stopped]]\nshare = 0.3\nindustry = "C11"\n', encoding="utf-8")
    assert read_file(file, io.StringIO()).stopped[0].industry == "C11"


def test_how_many_cannot_be_told_stands_beside_who_fails(tmp_path: Path) -> None:
    found = told(tmp_path, failed=(), stopped=[{"share": 0.5, "industry": "C11"}])
    # Nothing is known of the revenue and cost of a, which is stopped, nor of the equity of h, who holds a part of d.
    assert found.untold == 2
