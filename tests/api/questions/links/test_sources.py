"""What supplies rest on, worked by hand: shares, concentration, sole and common sources, alternatives, reliance."""

from importlib import import_module
from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.questions import downstream, upstream
from api.questions.links.tiers import Covered
from tests.api.world import Book, day, instant

NAMES = ("car", "glass", "wheel", "sand", "rival", "other")


def sold(
    seller: str, buyer: str, amount: float, product: str = "", currency: str = "CNY"
) -> tuple[str, dict[str, object]]:
    said = {"product": product} if product else {}
    return "SUPPLIES", {"from": f"r:{seller}", "to": f"r:{buyer}", "amount": amount, "currency": currency, **said}


WORLD = [
    # glass 75 and wheel 25 to the car maker; sand alone to both; a rival of glass sells to another, whom sand supplies.
    sold("glass", "car", 75.0, "panes"), sold("wheel", "car", 25.0, "wheels"),
    sold("sand", "glass", 5.0, "sand"), sold("sand", "wheel", 15.0, "sand"), sold("sand", "other", 20.0, "sand"),
    sold("rival", "other", 40.0, "panes"),
    *[("Profile", {"party": f"r:{name}", "name": name}) for name in NAMES],
    ("Statement", {"party": "r:sand", "item": "revenue", "value": 200.0, "months": 12, "standard": "CAS", "unit": "CNY",
                   "period_end": day("2024-03-31")}),
]  # fmt: skip


def engine(folder: Path) -> Engine:
    parties = {f"r:{name}": "Company" for name in NAMES}
    Book(folder / "columns").load(parties, WORLD, closed_at=instant("2024-05-01"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


def test_tiers_tell_shares_concentration_and_who_stands_behind_several(tmp_path: Path) -> None:
    asked = engine(tmp_path)
    answer = upstream(asked, "r:car", moment=asked.moment(currency="CNY"))
    first, second = (tier.sources for tier in answer.answer.tiers)
    assert first is not None
    assert second is not None
    assert [(one.party.id, one.share, one.only, one.common) for one in first.suppliers] == [
        ("r:glass", 0.75, 1, False), ("r:wheel", 0.25, 1, False),
    ]  # fmt: skip
    assert first.index == pytest.approx(0.75**2 + 0.25**2)
    (sand,) = second.suppliers
    assert (sand.amount, sand.buyers, sand.common, sand.only, sand.carried) == (20, 2, True, 2, pytest.approx(1))
    assert (second.index, second.common, second.single) == (1, 1, 1)
    assert "Tier 2: 1 supplier is a common source of several in the tier before; first, sand of 2." in answer.reasons
    assert "Tier 1: HHI 0.625 over 2 sources, as if 1.6 equal ones stood there." in answer.reasons


def test_what_shares_rest_on_is_told(tmp_path: Path) -> None:
    """sand is known to sell 40 of its 200; what car buys in all nobody states; an unknown amount is in none."""
    asked = engine(tmp_path)
    up, down = (ask(asked, name, moment=asked.moment(currency="CNY")) for ask, name in
                ((upstream, "r:car"), (downstream, "r:sand")))  # fmt: skip
    assert up.answer.covered == Covered(100.0, 0, None)
    assert "car states no costs: how much else it buys, from whom, cannot be told; CNY 100 is known." in up.reasons
    assert down.answer.covered == Covered(40.0, 0, 200.0)
    assert any(line.startswith("sand is known to sell CNY 40, 20% of the income it states") for line in down.reasons)
    more = ("SUPPLIES", {"from": "r:rival", "to": "r:car", "amount": None, "currency": "CNY", "product": "glue"})
    Book(tmp_path / "more" / "columns").load({f"r:{name}": "Company" for name in NAMES}, [*WORLD, more],
                                             closed_at=instant("2024-05-01"))  # fmt: skip
    other = Engine(Place(tmp_path / "more"), Place(tmp_path / "more").facts(), clock=lambda: instant("2024-06-30"))
    found = upstream(other, "r:car", moment=other.moment(currency="CNY"))
    assert found.answer.covered == Covered(100.0, 1, None)
    assert "1 supply of unknown amount: in no share." in found.reasons
    assert upstream(other, "r:sand", moment=other.moment(currency="CNY")).answer.covered is None


def test_sources_that_are_nearer_already_are_counted_and_told(tmp_path: Path) -> None:
    """glass, nearer already, sells half of what wheel buys: two sources of the second tier, one of them new."""
    more = ("SUPPLIES", {"from": "r:glass", "to": "r:wheel", "amount": 15.0, "currency": "CNY", "product": "pane"})
    Book(tmp_path / "columns").load({f"r:{name}": "Company" for name in NAMES}, [*WORLD, more],
                                    closed_at=instant("2024-05-01"))  # fmt: skip
    asked = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    reasons = upstream(asked, "r:car", moment=asked.moment(currency="CNY")).reasons
    index = (20 / 35) ** 2 + (15 / 35) ** 2
    assert "Tier 2: 1 supplier by 3 supplies." in reasons
    said = f"Tier 2: HHI {index:.3f} over 2 sources, those nearer already among them"
    assert f"{said}, as if {1 / index:.1f} equal ones stood there." in reasons


def test_the_nearest_who_sells_the_same_is_told(tmp_path: Path) -> None:
    """car, wheel, sand, other, rival: four supplies with glass left out; nobody else sells wheels."""
    asked = engine(tmp_path)
    answer = upstream(asked, "r:car", moment=asked.moment(currency="CNY"))
    found = {one.supplier.id: [(each.party.id, each.steps, each.sales) for each in one.nearest]
             for one in answer.answer.alternatives}  # fmt: skip
    assert found == {"r:glass": [("r:rival", 4, 40.0)], "r:wheel": []}
    assert "Nobody else is known to sell what these sell: wheel." in answer.reasons


def test_a_suppliers_sales_rest_on_buyers_as_parts_of_its_revenue(tmp_path: Path) -> None:
    asked = engine(tmp_path)
    resting = downstream(asked, "r:sand", moment=asked.moment(currency="CNY")).answer.reliance
    assert resting is not None
    assert (resting.of, resting.whole) == ("revenue", 200)
    assert [(one.party.id, one.share) for one in resting.buyers] == [
        ("r:other", 0.1), ("r:wheel", 0.075), ("r:glass", 0.025),
    ]  # fmt: skip
    assert resting.index == pytest.approx(0.5**2 + 0.375**2 + 0.125**2)


def test_where_revenue_is_not_known_known_sales_count(tmp_path: Path) -> None:
    asked = engine(tmp_path)
    resting = downstream(asked, "r:glass", moment=asked.moment(currency="CNY")).answer.reliance
    assert resting is not None
    assert (resting.of, resting.whole, resting.buyers[0].share) == ("known sales", 75, 1)


# `links` is a question too, so that its folder is not found as an attribute.
sources = import_module("api.questions.links.sources")


def test_tiers_too_large_are_told_supply_by_supply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "REACH", 2)
    asked = engine(tmp_path)
    answer = upstream(asked, "r:car", moment=asked.moment(currency="CNY"))
    first, second = answer.answer.tiers
    assert (first.sources is None, second.sources is None, len(second.supplies)) == (False, True, 2)
    assert any("from tier 2 on" in reason for reason in answer.reasons)


def test_where_a_statement_tells_costs_or_revenue_the_share_of_these_is_told_beside(tmp_path: Path) -> None:
    """glass sells 75 and wheel 25 to the car maker, whose costs are 125; sand sells 20 of a revenue of 200 to other."""
    parties = {f"r:{name}": "Company" for name in NAMES}
    cost = {"party": "r:car", "item": "operating_cost", "value": 125.0, "months": 12, "standard": "CAS", "unit": "CNY"}
    Book(tmp_path / "columns").load(
        parties, [*WORLD, ("Statement", {**cost, "period_end": day("2024-03-31")})], closed_at=instant("2024-05-01")
    )
    asked = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    bought = upstream(asked, "r:car", moment=asked.moment(currency="CNY"))
    assert [(one.share, one.of_whole) for one in bought.answer.tiers[0].supplies] == [(0.75, 0.6), (0.25, 0.2)]
    assert [one.of_whole for one in bought.answer.tiers[1].supplies] == [None, None]
    said = "car buys 75% of its known purchases, 60% of its costs by its latest statement, from glass."
    assert said in bought.reasons
    sold_ = downstream(asked, "r:sand", moment=asked.moment(currency="CNY")).answer.tiers[0].supplies
    assert [(one.share, one.of_whole) for one in sold_] == [(0.5, 0.1), (0.375, 0.075), (0.125, 0.025)]


def test_costs_below_what_is_known_to_be_bought_are_no_whole(tmp_path: Path) -> None:
    """100 are known to be bought, so that costs of 99 cannot be all."""
    parties = {f"r:{name}": "Company" for name in NAMES}
    cost = {"party": "r:car", "item": "operating_cost", "value": 99.0, "months": 12, "standard": "CAS", "unit": "CNY"}
    Book(tmp_path / "columns").load(
        parties, [*WORLD, ("Statement", {**cost, "period_end": day("2024-03-31")})], closed_at=instant("2024-05-01")
    )
    asked = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    bought = upstream(asked, "r:car", moment=asked.moment(currency="CNY")).answer.tiers[0].supplies
    assert [one.of_whole for one in bought] == [None, None]
