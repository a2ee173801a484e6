"""Suspicions come from statements and links of a snapshot, verdicts from its facts, both of one moment."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.engine import Engine, Place, View
from api.engine.dependence import too_old
from tests.api.world import Book, day, instant

PARTS, CARS, BANK, HOLD, SPE = "r:parts", "r:cars", "r:bank", "r:hold", "r:spe"
Fact = tuple[str, dict[str, object]]


def sale(amount: object = 60.0, currency: str = "CNY", **more: object) -> Fact:
    return "SUPPLIES", {"from": PARTS, "to": CARS, "amount": amount, "currency": currency, **more}


def item(name: str, value: float, *, end: str = "2023-12-31", months: int | None = 12, unit: str = "CNY") -> Fact:
    return "Statement", {
        "party": PARTS, "period_end": day(end), "months": months, "standard": "CAS", "item": name, "value": value,
        "unit": unit,
    }  # fmt: skip


def verdict(word: str, **more: object) -> Fact:
    return "DEPENDS_ON", {"from": PARTS, "to": CARS, "criterion": "cn-annex1-1", "verdict": word, **more}


def view(folder: Path, *facts: Fact, valid_at: str = "2024-06-30", currency: str | None = None) -> View:
    book = Book(folder / "columns")
    book.load(dict.fromkeys([PARTS, CARS, BANK, HOLD, SPE], "Company"), facts, closed_at=instant("2024-01-15"))
    engine = Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))
    return engine.view(engine.moment(valid_at=day(valid_at), currency=currency))


def told(view: View) -> list[tuple[str, str, float]]:
    """Criterion, state and figure of the suspicions about the supplier."""
    found = view.judged.dependences
    at = found.suspected.of(view.snapshot.node(PARTS))
    return [(found.suspected.at(k).criterion.id, found.state_of(k), found.suspected.at(k).value) for k in at]


def falls(view: View, *, wide: bool) -> list[str]:
    arrows = view.wide if wide else view.dependants
    return view.snapshot.ids(arrows.at(view.snapshot.node(CARS)))


@pytest.mark.parametrize(("end", "counts"), [("2022-06-30", True), ("2022-06-29", False), ("2015-12-31", False)])
def test_income_of_more_than_two_years_ago_tests_nothing_and_is_told(tmp_path: Path, end: str, counts: bool) -> None:
    """On 30 June 2024; our own proposal, as `age.toml` has it."""
    found = view(tmp_path, sale(), item("revenue", 100.0, end=end))
    assert told(found) == ([("cn-annex1-1", "suspected", 0.6)] if counts else [])
    node = found.snapshot.node(PARTS)
    untested = {criterion.id for _, criterion in found.judged.dependences.suspected.untested_of(node)}
    assert ("cn-annex1-1" in untested) is not counts
    assert too_old(found.snapshot, node) == ({} if counts else dict.fromkeys(("income", "output"), day(end)))


def test_sixty_percent_of_the_years_income_is_suspected(tmp_path: Path) -> None:
    found = view(tmp_path, sale(), item("revenue", 100.0))
    assert told(found) == [("cn-annex1-1", "suspected", 0.6)]
    assert (falls(found, wide=False), falls(found, wide=True)) == ([], [PARTS])


@pytest.mark.parametrize(
    ("statements", "value"),
    [
        ([item("revenue", 50.0, end="2023-06-30", months=6)], 0.6),
        ([item("revenue", 999.0, end="2022-12-31"), item("revenue", 100.0)], 0.6),
        ([item("revenue", 999.0, end="2024-12-31"), item("revenue", 100.0)], 0.6),
        ([item("revenue", 30.0, months=3), item("revenue", 100.0)], 0.6),
    ],
    ids=["half a year", "an older year", "a year that has not ended", "its last quarter"],
)
def test_income_is_of_the_latest_whole_year(tmp_path: Path, statements: list[Fact], value: float) -> None:
    assert told(view(tmp_path, sale(), *statements)) == [("cn-annex1-1", "suspected", value)]


@pytest.mark.parametrize(
    "statements",
    [[], [item("revenue", 100.0, months=None)], [item("revenue", 100.0, unit="EUR")], [item("total_assets", 100.0)]],
    ids=["none", "of no period", "in a currency without a rate", "of something else"],
)
def test_without_an_income_nothing_is_passed(tmp_path: Path, statements: list[Fact]) -> None:
    found = view(tmp_path, sale(), *statements, currency="CNY")
    assert told(found) == []
    node = found.snapshot.node(PARTS)
    assert [criterion.id for _, criterion in found.judged.dependences.suspected.untested_of(node)] == ["cn-annex1-1"]


def test_a_statement_in_another_currency_is_converted(tmp_path: Path) -> None:
    rate = ("Rate", {"base": "EUR", "quote": "CNY", "day": day("2024-06-28"), "rate": 8.0})
    found = view(tmp_path, sale(), item("revenue", 12.5, unit="EUR"), rate, currency="CNY")
    assert told(found) == [("cn-annex1-1", "suspected", 0.6)]


def test_a_rejection_holds_until_it_expires_and_the_suspicion_returns(tmp_path: Path) -> None:
    rejected = verdict("rejected", valid_from=day("2024-02-01"), valid_to=day("2024-05-01"))
    states = {}
    for at in ("2024-01-31", "2024-02-01", "2024-04-30", "2024-05-01"):
        found = view(tmp_path / at, sale(), item("revenue", 100.0), rejected, valid_at=at)
        states[at] = (told(found)[0][1], falls(found, wide=True))
    suspected, gone = ("suspected", [PARTS]), ("rejected", [])
    assert list(states.values()) == [suspected, gone, gone, suspected]


def test_a_confirmed_dependence_is_in_both_readings(tmp_path: Path) -> None:
    found = view(tmp_path, sale(), item("revenue", 100.0), verdict("confirmed"))
    assert (falls(found, wide=False), falls(found, wide=True)) == ([PARTS], [PARTS])


def lent(currency: str, borrower: str = PARTS, drawn: float = 1.0, lender: str = BANK) -> Fact:
    of = {"facility_id": currency, "kind": "loan", "drawn": drawn, "currency": currency}
    return "LENDS", {"from": lender, "to": borrower, **of}


@pytest.mark.parametrize("currency", [None, "CNY", "JPY"])
def test_a_share_in_one_currency_needs_no_rate_whatever_others_use(tmp_path: Path, currency: str | None) -> None:
    """60 of 100, both in yuan; loans in two other currencies, no rate, and perhaps a third asked for."""
    found = view(tmp_path, sale(), item("revenue", 100.0), lent("EUR"), lent("USD"), currency=currency)
    assert told(found) == [("cn-annex1-1", "suspected", 0.6)]
    assert (found.judged.left_out, found.judged.apart) == ("", True)


def test_an_amount_is_brought_into_the_currency_of_the_statement_it_is_divided_by(tmp_path: Path) -> None:
    """40 + 2 × 8 = 56 of 100 in yuan; without the dollars it is 40, without a rate it may be more."""
    rate = ("Rate", {"base": "USD", "quote": "CNY", "day": day("2024-06-28"), "rate": 8.0})
    facts = [sale(40.0), sale(2.0, "USD", product="spare"), item("revenue", 100.0)]
    assert told(view(tmp_path / "rated", *facts, rate)) == [("cn-annex1-1", "suspected", 0.56)]
    unrated = view(tmp_path / "unrated", *facts)
    assert told(unrated) == []
    node, other = (unrated.snapshot.node(party) for party in (PARTS, CARS))
    untested = [(x, criterion.id) for x, criterion in unrated.judged.dependences.suspected.untested_of(node)]
    assert untested == [(other, "cn-annex1-1")]


def test_what_is_known_may_reach_the_threshold_though_an_amount_has_no_rate(tmp_path: Path) -> None:
    found = view(tmp_path, sale(), sale(10.0, "USD", product="spare"), item("revenue", 100.0))
    assert told(found) == [("cn-annex1-1", "suspected", 0.6)]
    (at,) = found.judged.dependences.suspected.of(found.snapshot.node(PARTS))
    assert found.judged.dependences.suspected.at(at).at_least


def test_each_side_divides_in_its_own_currency(tmp_path: Path) -> None:
    """80 yuan are 10 of the buyer's 16 dollars of cost, 0.625, and 80 of the supplier's 100 yuan of revenue."""
    rate = ("Rate", {"base": "USD", "quote": "CNY", "day": day("2024-06-28"), "rate": 8.0})
    cost = item("operating_cost", 16.0, unit="USD")
    spent = (cost[0], {**cost[1], "party": CARS})
    found = view(tmp_path, sale(80.0), item("revenue", 100.0), spent, rate, lent("EUR"))
    assert told(found) == [("cn-annex1-1", "suspected", 0.8)]
    suspected = found.judged.dependences.suspected
    (at,) = suspected.of(found.snapshot.node(CARS))
    assert (suspected.at(at).figure, suspected.at(at).value) == ("expenditure_share", 0.625)


@pytest.mark.parametrize("currency", [None, "CNY"])
def test_in_several_currencies_without_any_statement_nothing_is_passed(tmp_path: Path, currency: str | None) -> None:
    found = view(tmp_path, sale(), lent("USD"), currency=currency)
    assert (told(found), found.judged.apart) == ([], True)
    node = found.snapshot.node(PARTS)
    untested = {criterion.id for _, criterion in found.judged.dependences.suspected.untested_of(node)}
    assert untested == {"cn-annex1-1", "cn-annex1-4"}


@pytest.mark.parametrize("others", [[], [("net_assets", "CNY")], [("revenue", "CNY"), ("net_assets", "EUR")]])
def test_a_share_is_in_the_currency_of_the_one_item_it_divides_by(
    tmp_path: Path, others: list[tuple[str, str]]
) -> None:
    """60 of 100 dollars of debts, whatever currency other items are in; no rate is known."""
    debts = [item("total_debt", 100.0, unit="USD"), *(item(name, 7.0, unit=unit) for name, unit in others)]
    found = view(tmp_path, lent("USD", CARS, 60.0, lender=PARTS), lent("EUR"), *debts)
    assert told(found) == [("cn-annex1-3", "suspected", 0.6)]


def test_two_items_of_one_party_are_divided_by_each_in_its_own_currency(tmp_path: Path) -> None:
    """Of 70 dollars of debts 42 are 0.6, and of 50 yuan of revenue 40 are 0.8; no rate is known."""
    stated = [item("total_debt", 70.0, unit="USD"), item("revenue", 50.0)]
    found = view(tmp_path, sale(40.0), lent("USD", CARS, 42.0, lender=PARTS), *stated)
    assert sorted(told(found)) == [("cn-annex1-1", "suspected", 0.8), ("cn-annex1-3", "suspected", 0.6)]


@given(st.lists(st.tuples(st.sampled_from("CUE"), st.integers(1, 99)), min_size=1, max_size=5), st.integers(50, 300))
def test_in_own_currencies_shares_are_those_in_one_named(sales: list[tuple[str, int]], revenue: int) -> None:
    """With every rate there; dollars and euros are 8 and 16 yuan, so that no division rounds."""
    rates = [
        ("Rate", {"base": base, "quote": "CNY", "day": day("2024-06-28"), "rate": rate})
        for base, rate in (("USD", 8.0), ("EUR", 16.0))
    ]
    known = {"C": "CNY", "U": "USD", "E": "EUR"}
    facts = [sale(float(amount), known[code], product=str(at)) for at, (code, amount) in enumerate(sales)]
    facts.append(item("revenue", float(revenue)))
    lent_abroad = (lent("EUR"), lent("USD"))
    with TemporaryDirectory() as folder:
        apart, named = (
            view(Path(folder) / str(currency), *facts, *lent_abroad, *rates, currency=currency)
            for currency in (None, "CNY")
        )
        assert (apart.judged.apart, named.judged.apart) == (True, False)
        assert told(apart) == told(named)


def test_before_a_rule_set_was_in_force_nothing_is_suspected(tmp_path: Path) -> None:
    found = view(tmp_path, sale(), item("revenue", 100.0), valid_at="2017-01-01")
    assert "not in force" in found.judged.left_out
    assert told(found) == []


@pytest.mark.parametrize(("until", "together"), [("2024-12-31", False), ("2024-06-30", True)])
def test_a_ring_fence_keeps_a_controlled_company_out_of_the_group_while_it_holds(
    tmp_path: Path, until: str, together: bool
) -> None:
    fence: dict[str, Any] = {"from": SPE, "to": HOLD, "criterion": "control", "verdict": "rejected"}
    owned = ("OWNS", {"from": HOLD, "to": SPE, "share": 1.0})
    found = view(tmp_path, owned, ("DEPENDS_ON", {**fence, "valid_to": day(until)}))
    hold, spe = (found.snapshot.node(party) for party in (HOLD, SPE))
    assert [spe in group for group in found.groups.around(hold)] == [together]
    assert found.control.controlled_by(hold).tolist() == [spe]
