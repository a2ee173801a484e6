"""What each of the 19 published examples says, read from its own text."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.bods import Bods
from tests.ingest.delivered import LOADED, Delivered, Held, history, read

NOW = datetime(2026, 1, 9)
TODAY = date(2026, 1, 9)


@pytest.fixture(scope="module")
def examples(reference_data: Path) -> dict[str, Delivered]:
    return {
        path.stem: read(Bods(), path, settings={"hash_key": "00ff"})
        for path in sorted((reference_data / "bods-examples").glob("*.json"))
    }


def known(delivered: Delivered, valid_at: date = TODAY, known_at: datetime = NOW) -> list[Held]:
    return [fact for fact in history(delivered, replaces_record=True) if fact.holds(valid_at, known_at)]


def names(delivered: Delivered) -> dict[str, str]:
    return {row["party"]: row["name"] for row in delivered.rows["Profile"]}


def holdings(delivered: Delivered, valid_at: date = TODAY, known_at: datetime = NOW) -> list[tuple[Any, ...]]:
    """Holder, company, share band and directness of what is held on a day."""
    called = names(delivered)
    return sorted(
        (called[fact.row["from"]], called[fact.row["to"]], band(fact.row), fact.row["directness"])
        for fact in known(delivered, valid_at, known_at)
        if fact.kind == "OWNS"
    )


def band(row: dict[str, Any], field: str = "share") -> tuple[float, float, int] | None:
    low, high, ends = (row[f"{field}_{part}"] for part in ("low", "high", "ends"))
    return None if low is None else (low, high, ends)


def roles(delivered: Delivered, valid_at: date = TODAY) -> list[tuple[str, str, str]]:
    called = names(delivered)
    return sorted(
        (called[fact.row["from"]], called[fact.row["to"]], fact.row["role"])
        for fact in known(delivered, valid_at)
        if fact.kind == "HOLDS_OFFICE"
    )


WHOLE, HALF = (1.0, 1.0, 0), (0.5, 0.5, 0)


def test_all_nineteen_are_read_and_no_row_is_refused(examples: dict[str, Delivered]) -> None:
    assert len(examples) == 19
    assert [refused for delivered in examples.values() for refused in delivered.rejected] == []


def test_an_annotation_stays_with_the_relationship_it_is_about(examples: dict[str, Delivered]) -> None:
    """A relationship without interests: something is held, nobody says how much."""
    (row,) = examples["bods-package-annotations"].rows["OWNS"]
    assert (band(row), band(row, "votes"), row["directness"]) == (None, None, "unknown")
    assert "Company number missing from beneficial ownership statement." in row["note"]
    assert "interest: not stated" in row["note"]


def test_from_75_but_less_than_100_percent(examples: dict[str, Delivered]) -> None:
    found = holdings(examples["bods-package-entity-owning-entity"])
    assert found == [("MVJ LIMITED", "JENEX LIMITED", (0.75, 1.0, 2), "direct")]


def test_a_state_owned_company_its_ministry_and_its_state(examples: dict[str, Delivered]) -> None:
    found = examples["bods-package-fi-soe"]
    kinds = {names(found)[row["id"]]: row["kind"] for row in found.rows[""]}
    assert kinds == {
        "Gasgrid Finland Oy": "Company", "Suomen Kaasuverkko Oy": "Company",
        "Valtiovarainministerio": "State", "Suomen tasavalta": "State",
    }  # fmt: skip
    assert holdings(found) == [
        ("Suomen Kaasuverkko Oy", "Gasgrid Finland Oy", (0.765, 0.765, 0), "direct"),
        ("Suomen tasavalta", "Gasgrid Finland Oy", WHOLE, "indirect"),
        ("Valtiovarainministerio", "Gasgrid Finland Oy", (0.235, 0.235, 0), "direct"),
        ("Valtiovarainministerio", "Suomen Kaasuverkko Oy", WHOLE, "direct"),
    ]
    assert [names(found)[row["to"]] for row in found.rows["RELATED_TO"]] == ["Valtiovarainministerio"]
    assert ("Finansministeriet",) in found.kept("Profile", "other_names")


def test_a_link_is_kept_with_what_it_proves(examples: dict[str, Delivered]) -> None:
    found = examples["bods-package-linking-annotations"]
    (row,) = found.rows["OWNS"]
    assert band(row) == (0.25, 0.5, 3)
    assert "https://www.theyworkforyou.com/regmem/?p=11859" in row["note"]
    assert "more than 25% but not more than 50%" in row["note"]


def test_one_person_owns_all(examples: dict[str, Delivered]) -> None:
    found = examples["bods-package"]
    assert holdings(found) == [("Jennifer Hewitson-Smith", "Profitech Ltd", WHOLE, "direct")]
    assert holdings(found, date(2016, 4, 5)) == []
    profile = next(row for row in found.rows["Profile"] if row["birth"])
    assert (profile["birth"], profile["jurisdiction"]) == ("1978-07", "GB")
    assert profile["other_names"] == "Jenny Hewitson-Smith"
    assert profile["address"] == "76 York Road Bournemouth, BH81 3LO, United Kingdom"


def test_fermcat_two_owners_then_a_death_an_heir_and_one_owner(examples: dict[str, Delivered]) -> None:
    found = examples["fermcat"]
    riyadh, patrick, declan = "Riyadh Byrne-Amin", "Patrick O'Donohue", "Declan Byrne-Amin"
    company = "Fermcat Ltd"
    both = [(patrick, company, HALF, "direct"), (riyadh, company, HALF, "direct")]
    assert holdings(found, date(2020, 6, 1)) == both
    assert holdings(found, date(2021, 6, 1)) == [(declan, company, HALF, "direct"), (patrick, company, HALF, "direct")]
    assert holdings(found) == [(patrick, company, WHOLE, "direct")]
    assert holdings(found, date(2021, 6, 1), datetime(2021, 9, 11, 14)) == both
    assert roles(found) == [(patrick, company, "board member")]
    assert roles(found, date(2021, 4, 2))[1] == (riyadh, company, "board member")
    assert roles(found, date(2021, 4, 3)) == [(patrick, company, "board member")]
    assert ("died", date(2021, 4, 3)) in found.kept("Event", "title", "happened")


def test_fermcat_never_adds_up_to_more_than_the_whole(examples: dict[str, Delivered]) -> None:
    """50 %, then 100 %, both "from" 2019-09-11: taken literally 150 %."""
    found = examples["fermcat"]
    facts = [fact for fact in history(found, replaces_record=True) if fact.kind == "OWNS"]
    for known_at in [LOADED, *{fact.recorded_at for fact in facts}]:
        for day in {fact.valid_from for fact in facts} | {fact.valid_to for fact in facts if fact.valid_to}:
            assert day
            assert sum(fact.row["share_low"] for fact in facts if fact.holds(day, known_at)) <= 1


def test_numbers_of_persons_are_nowhere_in_clear(examples: dict[str, Delivered]) -> None:
    found = examples["fermcat"]
    everything = repr(found.rows) + repr(found.raw)
    assert all(number not in everything for number in ("7700225VH", "0691084DH", "9857460SH"))
    hashes = {row["value"] for row in found.rows["Identifier"] if row["scheme"] == "IRL-TAXID"}
    assert len(hashes) == 3
    assert all(value.startswith("hmac-sha256:") for value in hashes)


def test_a_politically_exposed_person_and_why(examples: dict[str, Delivered]) -> None:
    found = examples["full-pep-declaration"]
    person = next(row for row in found.rows["Profile"] if row["name"] == "Michael Hubbard")
    assert person["exposed"] is True
    assert "Member of Parliament, GB, from 2017-10-15" in person["note"]
    (row,) = found.rows["OWNS"]
    assert (band(row), band(row, "votes")) == ((0.25, 0.5, 2), (0.25, 0.5, 2))
    assert "beneficial ownership or control" in row["note"]


def test_a_politically_exposed_person_without_a_reason(examples: dict[str, Delivered]) -> None:
    found = examples["simple-pep-declaration"]
    assert {row["exposed"] for row in found.rows["Profile"]} == {None, True}
    assert holdings(found) == [
        ("Michael Hubbard", "Platinum Emerald and Plutonim Mining Limited", (0.25, 0.5, 2), "direct")
    ]


def test_an_indirect_holding_beside_the_chain_it_rests_on(examples: dict[str, Delivered]) -> None:
    found = examples["indirect-ownership"]
    assert holdings(found) == [
        ("Company B", "Company A", (0.6, 0.6, 0), "direct"),
        ("Person 1", "Company A", (0.3, 0.3, 0), "indirect"),
        ("Person 1", "Company B", None, "unknown"),
    ]
    indirect = next(row for row in found.rows["OWNS"] if row["directness"] == "indirect")
    assert "through d4ab89ea169a, 4cf2837bd01f, 05e81af035e4" in indirect["note"]


def test_a_joint_holding_is_an_arrangement_held_by_halves(examples: dict[str, Delivered]) -> None:
    found = examples["joint-ownership"]
    assert holdings(found) == [
        ("Joint shareholding", "CHRINON LTD", WHOLE, "direct"),
        ("Natalie Coleman", "Joint shareholding", HALF, "direct"),
        ("Roberto Lopez", "Joint shareholding", HALF, "direct"),
    ]
    assert ("Joint shareholding", "arrangement") in found.kept("Profile", "name", "form")
    assert ("Aston House, Cornwall Avenue, London, N3 1LF, United Kingdom",) in found.kept("Profile", "address")


def test_a_trust_its_trustees_its_settlor_and_a_beneficiary_who_is_not_named(examples: dict[str, Delivered]) -> None:
    found = examples["levent"]
    assert ("Levent Trust", "trust") in found.kept("Profile", "name", "form")
    assert sorted(found.kept("HOLDS_OFFICE", "from", "role")) == [
        ("bods:700c264e", "trustee"),
        ("bods:81337a6e", "beneficiary"),
        ("bods:d8855000", "settlor"),
        ("bods:d8855000", "trustee"),
    ]
    assert [row["id"] for row in found.rows[""] if row["anonymous"]] == ["bods:81337a6e"]
    hidden = next(row for row in found.rows["Profile"] if row["party"] == "bods:81337a6e")
    assert hidden["name"] is None
    assert hidden["note"].endswith("beneficiary is underage and therefore exempt from reporting")


def test_an_exempt_company_has_no_invented_owner(examples: dict[str, Delivered]) -> None:
    found = examples["listed-company-exempt-from-disclosure"]
    assert [row["id"] for row in found.rows[""]] == ["bods:4c7ea3bfbe6c"]
    assert found.kept("Profile", "listed") == [(True,)]
    (event,) = found.rows["Event"]
    assert "subjectExemptFromDisclosure" in event["title"]
    assert "recognised stock exchange" in event["title"]
    assert event["happened"] == date(2019, 5, 10)


def test_direct_and_indirect_holdings_of_one_record_stay_apart(examples: dict[str, Delivered]) -> None:
    found = examples["mixed-direct-and-indirect-ownership"]
    assert holdings(found) == [
        ("Company B", "Company A", HALF, "direct"),
        ("Person 1", "Company A", HALF, "direct"),
        ("Person 1", "Company A", HALF, "indirect"),
        ("Person 1", "Company B", None, "unknown"),
    ]
    assert len(holdings(found, date(2019, 4, 30))) == 3


def test_two_chains_to_one_company(examples: dict[str, Delivered]) -> None:
    found = examples["multiple-indirect-ownership"]
    assert holdings(found) == [
        ("Company C", "Company B", HALF, "direct"),
        ("Company D", "Company B", HALF, "direct"),
        ("Person 1", "Company B", (0.6, 0.6, 0), "indirect"),
        ("Person 1", "Company C", None, "unknown"),
        ("Person 1", "Company D", None, "unknown"),
    ]


def test_two_chains_of_40_and_20_percent(examples: dict[str, Delivered]) -> None:
    found = examples["mutilple-indirect-ownership-2"]
    assert holdings(found) == [
        ("Company B", "Company A", (0.4, 0.4, 0), "direct"),
        ("Company C", "Company A", (0.2, 0.2, 0), "direct"),
        ("Person 1", "Company A", (0.6, 0.6, 0), "indirect"),
        ("Person 1", "Company B", None, "unknown"),
        ("Person 1", "Company C", None, "unknown"),
    ]


def test_a_person_taxed_in_two_countries(examples: dict[str, Delivered]) -> None:
    found = examples["multiple-tax-residencies"]
    person = next(row for row in found.rows["Profile"] if row["name"] == "Logan Morton")
    assert "tax residencies: GB, UA" in person["note"]
    assert person["jurisdiction"] == "GB"


def test_a_nominator_controls_the_nomination_that_sits_on_the_board(examples: dict[str, Delivered]) -> None:
    found = examples["nomination"]
    silvia, vanessa, nomination, company = (
        f"bods:{ref}" for ref in ("101AB1984F", "102AB1984E", "103AB1984D", "104AB1984C")
    )
    assert sorted(found.kept("CONTROLS", "from", "to", "basis", "directness")) == [
        (silvia, nomination, "contract", "direct"),
        (silvia, company, "influence", "indirect"),
    ]
    assert found.kept("RELATED_TO", "from", "to", "kind") == [(vanessa, nomination, "nominee")]
    assert found.kept("HOLDS_OFFICE", "from", "to", "role") == [(nomination, company, "board member")]
    assert ("Perez-Rivero nomination", "arrangement") in found.kept("Profile", "name", "form")


def test_a_listed_company_its_lei_and_its_securities(examples: dict[str, Delivered]) -> None:
    found = examples["plc-entity-statement"]
    assert found.kept("Profile", "name", "listed", "jurisdiction") == [("AstraZeneca PLC", True, "GB")]
    assert sorted(found.kept("Identifier", "scheme", "value", "verified")) == [
        ("CUSIP", "046353108", False),
        ("GB-COH", "02723534", True),
        ("ISIN", "GB0009895292", False),
        ("ISIN", "US0463531089", False),
        ("XI-LEI", "PY6ZZQWO2IZFZC3IOL08", True),
    ]
    assert ("founded", date(1992, 6, 17)) in found.kept("Event", "title", "happened")


def test_tecido_dwindles_year_by_year_until_the_founder_leaves(examples: dict[str, Delivered]) -> None:
    found = examples["tecido"]
    maria, trust, company = "Maria Esteves", "Shear Trust", "Tecido Ltd"

    def shares(day: str) -> list[tuple[str, float]]:
        return [(who, low) for who, _, (low, _, _), _ in holdings(found, date.fromisoformat(day))]

    assert shares("2021-09-23") == [(maria, 1.0)]
    assert shares("2021-09-24") == [(maria, 0.4), (trust, 0.6)]
    assert shares("2022-09-21") == [(maria, 0.3), (trust, 0.7)]
    assert shares("2023-03-03") == [(trust, 0.8)]
    assert roles(found, date(2023, 3, 2)) == [(maria, company, "board chair")]
    assert roles(found, date(2023, 3, 3)) == []
    assert all(band(row) == band(row, "votes") for row in found.rows["OWNS"])
    assert holdings(found, date(2022, 1, 1), datetime(2021, 9, 29)) == [(maria, company, WHOLE, "direct")]
