"""The BP register, counted a second time with nothing but json."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ingest.bods import Bods
from tests.ingest.delivered import Delivered, history, read


@pytest.fixture(scope="module")
def register(reference_data: Path) -> Delivered:
    return read(Bods(), reference_data / "bods-bp" / "bp.jsonl", settings={"name": "bp"})


@pytest.fixture(scope="module")
def statements(reference_data: Path) -> list[dict[str, Any]]:
    text = (reference_data / "bods-bp" / "bp.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def interests(statement: dict[str, Any]) -> list[str]:
    return [interest["type"] for interest in statement["recordDetails"]["interests"]]


def relationships(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [statement for statement in statements if statement["recordType"] == "relationship"]


def test_no_row_is_refused(register: Delivered) -> None:
    assert register.rejected == []


def test_every_entity_is_a_party_with_a_profile_and_its_numbers(
    register: Delivered, statements: list[dict[str, Any]]
) -> None:
    entities = [statement for statement in statements if statement["recordType"] == "entity"]
    assert {row["id"] for row in register.rows[""]} == {f"bp:{statement['recordId']}" for statement in entities}
    assert {row["kind"] for row in register.rows[""]} == {"Company"}
    numbers = Counter(
        found["scheme"] for entity in entities for found in entity["recordDetails"].get("identifiers", [])
    )
    assert Counter(scheme for (scheme,) in register.kept("Identifier", "scheme")) == numbers
    assert len(register.rows["Profile"]) == len(entities) == 221


def test_every_lei_of_the_register_is_verified(register: Delivered) -> None:
    found = register.kept("Identifier", "scheme", "verified")
    assert sum(verified for scheme, verified in found if scheme == "XI-LEI") == 85
    assert not any(verified for scheme, verified in found if scheme == "US-SAM")


def test_shares_and_votes_of_a_record_are_one_holding(register: Delivered, statements: list[dict[str, Any]]) -> None:
    holders = [found for found in relationships(statements) if "votingRights" in interests(found)]
    assert len(register.rows["OWNS"]) == len(holders) == 140
    stated = Counter(
        (interest["share"]["minimum"], interest["share"]["maximum"])
        for found in holders
        for interest in found["recordDetails"]["interests"]
        if interest["type"] == "votingRights"
    )
    bands = Counter((row["votes_low"] * 100, row["votes_high"] * 100) for row in register.rows["OWNS"])
    assert bands == stated
    assert {row["share_ends"] for row in register.rows["OWNS"]} == {0}


def test_controls_by_what_they_rest_on(register: Delivered, statements: list[dict[str, Any]]) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for found in relationships(statements):
        for interest in found["recordDetails"]["interests"]:
            if interest["type"] == "appointmentOfBoard":
                expected["board", "unknown"] += 1
            elif interest["type"] == "otherInfluenceOrControl":
                direct = "DIRECTLY_CONSOLIDATED" in interest["details"]
                ultimate = "ULTIMATELY_CONSOLIDATED" in interest["details"]
                expected["consolidation" if direct or ultimate else "influence", "direct" if direct else "unknown"] += 1
    assert Counter(register.kept("CONTROLS", "basis", "directness")) == expected
    assert expected["consolidation", "direct"] == 70


def test_closed_relationships_have_ended(register: Delivered, statements: list[dict[str, Any]]) -> None:
    closed = {found["recordId"] for found in relationships(statements) if found["recordStatus"] == "closed"}
    facts = [fact for fact in history(register, replaces_record=True) if fact.kind in ("OWNS", "CONTROLS")]
    ended = {fact.row["source_ref"] for fact in facts if fact.retracted_at is None and fact.valid_to}
    assert ended == closed
    assert len(closed) == 33


def test_the_day_of_a_statement_is_kept_apart_from_its_publication(
    register: Delivered, statements: list[dict[str, Any]]
) -> None:
    rows = {row["source_ref"]: row for row in register.rows["Profile"]}
    for statement in statements:
        row = rows.get(statement["recordId"])
        if row:
            assert str(row["stated_on"]) == statement["statementDate"]
            assert str(row["stated_at"].date()) == statement["publicationDetails"]["publicationDate"]
