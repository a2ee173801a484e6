"""What a lender's checks share is read off its facts: rules, capital, cover, clients and both readings of groups."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from analytics.limits.units import Units
from api.engine import Engine, Place, View
from api.groups.circles import control_units
from api.groups.together import SUSPECTED, groups_among, units_of
from api.limits.capital import capital_currency
from api.limits.lender import clients_of, lender_of
from api.limits.related import related_of, related_units
from api.limits.standing import cover_of, readings_of, standing
from api.limits.strays import shared_collateral
from graph.errors import UnknownRule
from tests.api.world import Book, day, instant

BANK, OTHER, A, B, C, D = (f"r:{name}" for name in ("bank", "other", "a", "b", "c", "d"))
P, Q, STATE = "r:p", "r:q", "r:state"
Fact = tuple[str, dict[str, object]]


def fact(name: str, tail: str, head: str, /, **more: object) -> Fact:
    return name, {"from": tail, "to": head, **more}


def loan(head: str, number: str, drawn: float, *, lender: str = BANK, currency: str = "CNY", **more: object) -> Fact:
    said = {"facility_id": number, "kind": "loan", "drawn": drawn, "currency": currency, **more}
    return fact("LENDS", lender, head, **said)


def owns(tail: str, head: str, share: object, **more: object) -> Fact:
    return fact("OWNS", tail, head, share=share, directness="direct", **more)


def item(name: str, value: float, *, end: str = "2023-12-31", unit: str = "CNY", party: str = BANK) -> Fact:
    return "Statement", {
        "party": party, "period_end": day(end), "months": 0, "standard": "CN", "item": name, "value": value,
        "unit": unit,
    }  # fmt: skip


def lender(rule_sets: str = "CN", kind: str = "commercial bank", party: str = BANK) -> Fact:
    return "Profile", {"party": party, "name": party, "rule_sets": rule_sets, "lender_class": kind}


CAPITAL = (item("tier1", 1000.0), item("net_capital", 1200.0))


def view(folder: Path, *facts: Fact, currency: str | None = None, kinds: dict[str, str] | None = None) -> View:
    book = Book(folder / "columns")
    parties = dict.fromkeys([BANK, OTHER, A, B, C, D], "Company") | {P: "Person", Q: "Person", STATE: "State"}
    book.load(parties, facts, closed_at=instant("2024-01-15"))
    engine = Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))
    return engine.view(engine.moment(currency=currency))


def sets(found: View, units: Units) -> set[frozenset[str]]:
    return {frozenset(found.snapshot.ids(units.members(k))) for k in range(len(units))}


def test_rules_are_those_of_the_sets_a_profile_names(tmp_path: Path) -> None:
    found = view(tmp_path, lender("BCBS; CRR_395，CN", "G-SIB, 商业银行"))
    bound = lender_of(found, found.snapshot.node(BANK))
    assert bound.rule_sets == ("BCBS", "CRR_395", "CN")
    assert bound.classes == ("gsib", "商业银行")
    ids = {rule.id for rule in bound.rules}
    assert {"BCBS_GSIB_15", "CRR_395", "CN_LE_GROUP_20"} <= ids
    assert "CRR_395_INSTITUTION" not in ids
    assert lender_of(found, found.snapshot.node(OTHER)).rules == ()


def test_a_rule_set_that_is_in_no_catalogue_is_told_with_where_it_stands(tmp_path: Path) -> None:
    found = view(tmp_path, lender("CN-TRUST"))
    with pytest.raises(UnknownRule, match="CN-TRUST") as told:
        standing(found, found.snapshot.node(BANK))
    assert BANK in told.value.remedy


def test_capital_is_converted_and_a_figure_without_a_rate_is_missing(tmp_path: Path) -> None:
    rate = ("Rate", {"base": "USD", "quote": "CNY", "day": day("2024-06-28"), "rate": 7.0})
    facts = (lender(), item("tier1", 100.0, unit="USD"), item("net_capital", 90.0, unit="EUR"), rate)
    found = view(tmp_path, *facts, loan(A, "1", 5.0))
    node = found.snapshot.node(BANK)
    caps = standing(found, node).caps
    assert caps["CN_LE_GROUP_20"].value == pytest.approx(140.0)
    assert str(caps["CN_LOAN_SINGLE_10"].value) == "nan"
    assert capital_currency(found, node) in ("USD", "EUR")


def test_the_figure_of_the_last_quarter_is_that_of_its_last_day(tmp_path: Path) -> None:
    found = view(tmp_path, lender(), *CAPITAL, item("net_capital", 1500.0, end="2024-03-31"))
    caps = standing(found, found.snapshot.node(BANK)).caps
    assert caps["CN_RELATED_ALL_50"].value == pytest.approx(750.0)
    assert caps["CN_RELATED_ALL_50"].figure.period_end == date(2024, 3, 31)


def test_collateral_protects_the_facility_it_names_with_its_lender(tmp_path: Path) -> None:
    """Both banks have a facility `1`; the deposit names that of the first, 30 more secures all of b's."""
    pledges = (
        fact("PLEDGES", A, BANK, facility_id="1", kind="deposit", value=20.0, currency="CNY"),
        fact("PLEDGES", B, BANK, kind="government bond", value=30.0, currency="CNY"),
        fact("PLEDGES", A, BANK, facility_id="gone", kind="deposit", value=99.0, currency="CNY"),
        fact("PLEDGES", A, BANK, facility_id="2", kind="real estate", value=99.0, currency="CNY"),
    )
    loans = (loan(A, "1", 50.0), loan(A, "1", 70.0, lender=OTHER), loan(A, "2", 10.0), loan(B, "3", 80.0))
    found = view(tmp_path, lender(), lender(party=OTHER), *CAPITAL, *loans, *pledges)
    own = standing(found, found.snapshot.node(BANK)).stakes["large_exposure"].own
    assert [own[found.snapshot.node(x)] for x in (A, B)] == [40.0, 50.0]
    theirs = standing(found, found.snapshot.node(OTHER)).stakes["large_exposure"].own
    assert theirs[found.snapshot.node(A)] == 70.0


@pytest.mark.parametrize("turned", [False, True])
def test_collateral_of_a_number_that_several_rows_have_goes_to_its_givers_own(tmp_path: Path, turned: bool) -> None:
    """`1` is a facility of a and one of b, `2` has two rows of c, `3` is of a and b: c's deposit is for neither."""
    pledges = (
        fact("PLEDGES", B, BANK, facility_id="1", kind="deposit", value=30.0, currency="CNY"),
        fact("PLEDGES", D, BANK, facility_id="2", kind="deposit", value=80.0, currency="CNY"),
        fact("PLEDGES", C, BANK, facility_id="3", kind="deposit", value=5.0, currency="CNY"),
    )
    loans = [
        loan(A, "1", 50.0), loan(B, "1", 70.0), loan(C, "2", 60.0), loan(C, "2", 40.0, kind="bond"), loan(A, "3", 1.0),
        loan(B, "3", 1.0),
    ]  # fmt: skip
    found = view(tmp_path, lender(), *CAPITAL, *(loans[::-1] if turned else loans), *pledges)
    node = found.snapshot.node(BANK)
    own = standing(found, node).stakes["large_exposure"].own
    assert [own[found.snapshot.node(x)] for x in (A, B, C)] == pytest.approx([51, 41, 20])
    ((provider, number, borrowers),) = shared_collateral(found, node)
    assert (found.snapshot.id(provider), number) == (C, "3")
    assert set(found.snapshot.ids(np.array(sorted(borrowers)))) == {A, B}


def test_a_guarantee_of_an_institution_moves_what_it_protects_and_a_companys_does_not(tmp_path: Path) -> None:
    given = (
        fact("GUARANTEES", OTHER, A, creditor=BANK, facility_id="1", amount=30.0, currency="CNY"),
        fact("GUARANTEES", STATE, B, creditor=BANK, amount=15.0, currency="CNY"),
        fact("GUARANTEES", C, B, creditor=BANK, facility_id="3", amount=60.0, currency="CNY"),
        fact("GUARANTEES", OTHER, B, creditor=BANK, facility_id="1", amount=60.0, currency="CNY"),
    )
    loans = (loan(A, "1", 50.0), loan(B, "3", 80.0))
    found = view(tmp_path, lender(), lender("", "commercial bank", OTHER), *CAPITAL, *loans, *given)
    own = standing(found, found.snapshot.node(BANK)).stakes["large_exposure"].own
    parties = (A, B, C, OTHER, STATE)
    assert {x: own[found.snapshot.node(x)] for x in parties} == {A: 20.0, B: 80.0, C: 0.0, OTHER: 30.0, STATE: 0.0}
    eligible = cover_of(found, found.snapshot.node(BANK)).eligible.tolist()
    assert sum(eligible) == 2
    marked = clients_of(found).institution
    assert {x for x in parties if marked[found.snapshot.node(x)]} == {OTHER}


@pytest.mark.parametrize(("rule_sets", "moved"), [("CN", 0.0), ("EU", 15.0), ("BCBS", 15.0), ("EU; CN", 0.0)])
def test_a_guarantee_of_a_government_body_counts_where_no_rule_set_forbids_it(
    tmp_path: Path, rule_sets: str, moved: float
) -> None:
    """机关法人不得为保证人 (民法典 683): of 80 it moves 15 or nothing."""
    given = fact("GUARANTEES", STATE, B, creditor=BANK, amount=15.0, currency="CNY")
    found = view(tmp_path, lender(rule_sets), *CAPITAL, loan(B, "3", 80.0), given)
    base = standing(found, found.snapshot.node(BANK))
    names = {rule.numerator for rule in base.rules if rule.id in ("CN_LE_SINGLE_15", "CRR_395", "BCBS_LEX_25")}
    assert names
    for name in names:
        own = base.stakes[name].own
        assert [own[found.snapshot.node(x)] for x in (B, STATE)] == [80.0 - moved, moved]


def test_a_guarantee_past_its_legal_period_protects_nothing(tmp_path: Path) -> None:
    """Six months after the debt fell due nobody can call it, though its contract names no last day."""
    said = {"creditor": BANK, "facility_id": "1", "amount": 30.0, "currency": "CNY", "signed": day("2022-01-01")}
    facts = (lender(), lender("", "bank", OTHER), *CAPITAL, loan(A, "1", 50.0))
    for due, left in (("2023-12-30", 20.0), ("2023-12-29", 50.0)):
        found = view(tmp_path / due, *facts, fact("GUARANTEES", OTHER, A, **said, due=day(due)))
        own = standing(found, found.snapshot.node(BANK)).stakes["large_exposure"].own
        assert own[found.snapshot.node(A)] == left


def test_the_wide_reading_counts_possible_control_and_suspected_dependence(tmp_path: Path) -> None:
    facts = (
        lender(), *CAPITAL, owns(A, B, (0.4, 0.6, 0)), owns(A, C, 0.6),
        fact("SUPPLIES", D, A, amount=60.0, currency="CNY"),
        ("Statement", {"party": D, "period_end": day("2023-12-31"), "months": 12, "standard": "CAS",
                       "item": "revenue", "value": 100.0, "unit": "CNY"}),
    )  # fmt: skip
    found = view(tmp_path, *facts)
    readings = readings_of(found, found.snapshot.node(BANK), [found.snapshot.node(A)])
    groups = {
        (kind, wide): sets(found, readings.of(kind, wide=wide))
        for kind in ("control", "connected")
        for wide in (False, True)
    }
    assert groups["control", False] == groups["connected", False] == {frozenset([A, C])}
    assert groups["control", True] == {frozenset([A, B, C])}
    assert groups["connected", True] == {frozenset([A, B, C, D])}
    everybody = np.arange(found.snapshot.size, dtype=np.uint32)
    assert sets(found, units_of(groups_among(found, everybody, SUSPECTED))) == groups["connected", True]


def test_relatives_control_together_as_group_clients(tmp_path: Path) -> None:
    facts = (owns(P, A, 0.3), owns(Q, A, 0.3), owns(P, B, 0.6), fact("RELATED_TO", P, Q, kind="spouse"))
    found = view(tmp_path, *facts)
    assert sets(found, control_units(found)) == {frozenset([A, B])}


def test_bands_and_own_shares_count_beside_relatives_as_they_do_without(tmp_path: Path) -> None:
    """p may have up to 60 % of a, q adds to it or not; 36 % of c are 45 % of its votes, which is no majority."""
    facts = (
        owns(P, A, (0.3, 0.6, 0)), owns(Q, A, (0.0, 0.1, 0)), owns(D, A, 0.2), owns(P, B, 1.0),
        owns(C, C, 0.2), owns(OTHER, C, 0.36, votes=0.45), owns(D, C, 0.3, votes=0.375),
    )  # fmt: skip
    for number, relatives in enumerate(([], [fact("RELATED_TO", P, Q, kind="spouse")])):
        found = view(tmp_path / str(number), *facts, *relatives)
        assert sets(found, control_units(found)) == set()
        assert sets(found, control_units(found, wide=True)) == {frozenset([A, B])}


@pytest.mark.parametrize(
    ("said", "wide"),
    [
        ({"kind": "kin"}, True),
        ({"kind": "kin", "line": "direct"}, True),
        ({"kind": "kin", "generations": 3}, True),
        ({"kind": "kin", "generations": 4}, False),
        ({"kind": "concert"}, True),
        ({"kind": "phone"}, False),
    ],
)
def test_kin_of_unstated_degree_and_declared_concert_unite_in_the_wide_reading_alone(
    tmp_path: Path, said: dict[str, object], wide: bool
) -> None:
    found = view(tmp_path, owns(P, A, 0.9), owns(Q, B, 0.7), fact("RELATED_TO", P, Q, **said))
    assert sets(found, control_units(found)) == set()
    assert sets(found, control_units(found, wide=True)) == ({frozenset([A, B])} if wide else set())


def test_relatives_who_control_nothing_are_no_group_clients(tmp_path: Path) -> None:
    found = view(tmp_path, owns(P, A, 0.3), fact("RELATED_TO", P, Q, kind="spouse"))
    assert sets(found, control_units(found)) == set()


def test_a_lenders_circle_is_measured_group_by_group(tmp_path: Path) -> None:
    """a holds 6 % of the bank; b is a's; d, who controls a, is related in the wide reading alone."""
    facts = (lender(), *CAPITAL, owns(A, BANK, 0.06), owns(A, B, 0.6), owns(D, A, 0.7), owns(BANK, C, 0.8))
    found = view(tmp_path, *facts)
    node = found.snapshot.node(BANK)
    assert set(found.snapshot.ids(related_of(found, node).parties)) == {A, B}
    assert sets(found, related_units(found, node, wide=False)) == {frozenset([A, B])}
    assert sets(found, related_units(found, node, wide=True)) == {frozenset([A, B, D])}
