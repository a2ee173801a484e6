"""Statements that are not as they should be, and what the examples do not show."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidMapping
from ingest.bods import Bods
from ingest.bods.shares import read_share, together
from tests.ingest.delivered import Delivered, history, read


def statement(kind: str, ref: str, details: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "statementId": f"statement-{ref}",
        "recordId": ref,
        "recordType": kind,
        "recordStatus": "new",
        "statementDate": "2024-05-01",
        "publicationDetails": {"publicationDate": "2024-05-02", "bodsVersion": "0.4", "publisher": {"name": "Example"}},
        "recordDetails": {"isComponent": False, **details},
        **other,
    }


def entity(ref: str, type_: str = "registeredEntity", **details: Any) -> dict[str, Any]:
    return statement("entity", ref, {"entityType": {"type": type_}, "name": f"Company {ref}", **details})


def relationship(*interests: dict[str, Any], ref: str = "r", **other: Any) -> dict[str, Any]:
    return statement(
        "relationship", ref, {"subject": "s", "interestedParty": "h", "interests": list(interests), **other}
    )


@pytest.fixture
def given_statements(tmp_path: Path) -> Any:
    def write(*statements: object, lines: bool = True) -> Delivered:
        path = tmp_path / ("statements.jsonl" if lines else "statements.json")
        text = [json.dumps(found, ensure_ascii=False) for found in statements]
        path.write_text("\n".join(text) if lines else f"[{','.join(text)}]", encoding="utf-8")
        return read(Bods(), path, settings={"hash_key": "00"})

    return write


def reasons(delivered: Delivered) -> list[tuple[str, str]]:
    return [(refused.place, refused.reason) for refused in delivered.rejected]


# ── files ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("form", ["array", "lines", "row"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_says_the_same_in_every_layout(tmp_path: Path, form: str, indent: int | None, encoding: str) -> None:
    found = [entity(str(n), name=f"公司 {n}") for n in range(40)]
    texts = [json.dumps(one, ensure_ascii=False, indent=indent) for one in found]
    text = {
        "array": json.dumps(found, ensure_ascii=False, indent=indent),
        "row": " ".join(texts),
        "lines": "\n".join(texts),
    }
    path = tmp_path / "file.json"
    path.write_text(text[form], encoding=encoding)
    delivered = read(Bods(), path)
    assert delivered.rejected == []
    assert delivered.kept("Profile", "name") == [(f"公司 {n}",) for n in range(40)]


def test_places_are_lines_as_an_editor_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    found = [entity("a"), entity("b")]
    path.write_text(json.dumps(found, indent=2), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [number for number, line in enumerate(lines, 1) if line == "  {"]
    assert [row["place"] for row in read(Bods(), path).rows["Profile"]] == [f"file.json:{line}" for line in starts]


@pytest.mark.parametrize(("keep", "whole"), [("half", 0), ("one and a half", 1), ("two", 2), ("two,", 2)])
def test_a_file_cut_short_says_so_and_keeps_what_was_whole(tmp_path: Path, keep: str, whole: int) -> None:
    first, second = (json.dumps(entity(str(n))) for n in range(2))
    kept = {"half": first[:300], "one and a half": f"{first},{second[:300]}"}
    path = tmp_path / "file.json"
    path.write_text("[" + kept.get(keep, f"{first},{second}" + "," * keep.endswith(",")), encoding="utf-8")
    delivered = read(Bods(), path)
    assert [refused.reason for refused in delivered.rejected] == ["truncated JSON"]
    assert len(delivered.rows["Profile"]) == whole


def test_bytes_that_are_no_text_cost_one_statement(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    lines = [json.dumps(entity(str(n))).encode() for n in range(3)]
    path.write_bytes(b"\n".join([lines[0], lines[1].replace(b"Company", b"Comp\xff\xfeny"), lines[2]]))
    delivered = read(Bods(), path)
    assert reasons(delivered) == [("file.jsonl:2", "wrong encoding")]
    assert len(delivered.rows["Profile"]) == 2


def test_signs_that_no_text_has_and_names_that_stand_twice_cost_one_statement(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    lines = [json.dumps(entity(str(n))) for n in range(3)]
    control, twice = lines[0].replace("Company", "Comp\\u0000ny"), "{" + '"statementId": "x", ' + lines[1][1:]
    path.write_text("\n".join([control, twice, lines[2]]), encoding="utf-8")
    delivered = read(Bods(), path)
    assert reasons(delivered) == [("file.jsonl:1", "control characters"), ("file.jsonl:2", "not JSON")]
    assert len(delivered.rows["Profile"]) == 1


def test_a_broken_statement_does_not_take_the_others_along(tmp_path: Path) -> None:
    found = [json.dumps(entity(str(n))) for n in range(3)]
    path = tmp_path / "file.jsonl"
    path.write_text("\n".join([found[0], found[1][:-4], "NaN", "[1]", found[2]]), encoding="utf-8")
    delivered = read(Bods(), path)
    assert reasons(delivered) == [
        ("file.jsonl:2", "not JSON"),
        ("file.jsonl:3", "not JSON"),
        ("file.jsonl:4", "not BODS"),
    ]
    assert len(delivered.rows["Profile"]) == 2
    pretty = tmp_path / "file.json"
    text = json.dumps([entity(str(n)) for n in range(3)], indent=1)
    pretty.write_text(text.replace('"Company 1"', '"Company 1'), encoding="utf-8")
    delivered = read(Bods(), pretty)
    assert [refused.reason for refused in delivered.rejected] == ["not JSON"]
    assert delivered.kept("Profile", "name") == [("Company 0",), ("Company 2",)]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_bring_it_down(tmp_path_factory: pytest.TempPathFactory, junk: bytes, listed: bool) -> None:
    path = tmp_path_factory.mktemp("junk") / "file.json"
    path.write_bytes((b"[" if listed else b"") + json.dumps(entity("a")).encode() + b"," + junk)
    delivered = read(Bods(), path)
    assert len(delivered.rows["Profile"]) <= 1


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = {
    "entity": ("entityType", "name", "alternateNames", "jurisdiction", "identifiers", "foundingDate", "addresses",
               "publicListing", "dissolutionDate", "unspecifiedEntityDetails"),
    "person": ("personType", "names", "identifiers", "nationalities", "birthDate", "deathDate", "addresses",
               "politicalExposure", "taxResidencies", "unspecifiedPersonDetails"),
    "relationship": ("subject", "interestedParty", "interests", "componentRecords"),
}  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(FIELDS)), st.data())
def test_no_value_in_the_wrong_place_brings_it_down(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject
) -> None:
    details = {name: data.draw(json_values) for name in data.draw(st.sets(st.sampled_from(FIELDS[kind])))}
    other = {
        name: data.draw(json_values) for name in data.draw(st.sets(st.sampled_from(["annotations", "statementDate"])))
    }
    path = tmp_path_factory.mktemp("odd") / "file.jsonl"
    path.write_text(json.dumps(statement(kind, "x", details, **other)), encoding="utf-8")
    delivered = read(Bods(), path, settings={"hash_key": "00"})
    assert sum(map(len, delivered.rows.values())) + len(delivered.rejected) > 0


@pytest.mark.parametrize(
    ("old", "version"),
    [
        ({"statementID": "1" * 40, "statementType": "entityStatement"}, "0.3 or older"),
        ({"statementID": "1" * 40, "statementType": "personStatement",
          "publicationDetails": {"bodsVersion": "0.2"}}, "0.2"),
        (entity("a") | {"publicationDetails": {"bodsVersion": "0.5"}}, "0.5"),
    ],
)  # fmt: skip
def test_another_version_is_named_with_what_to_do(given_statements: Any, old: dict[str, Any], version: str) -> None:
    (refused,) = given_statements(old).rejected
    assert refused.reason == "another version of BODS"
    assert f"BODS {version}" in refused.detail
    assert "convert" in refused.remedy
    assert json.loads(refused.raw) == old


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"hello": 1}, "not BODS"),
        (entity("a") | {"recordId": ""}, "missing id"),
        (entity("a") | {"recordStatus": "gone"}, "unknown word"),
        (entity("a") | {"recordDetails": []}, "not BODS"),
        (entity("a") | {"statementDate": "2024-13-01"}, "not a date"),
        (entity("a", foundingDate="soon"), "not a date"),
        (relationship({"type": "shareholding", "share": {"exact": "half"}}), "not a number"),
        (
            relationship({"type": "shareholding", "startDate": "2024-01-02", "endDate": "2024-01-01"}),
            "ends before it starts",
        ),
    ],
)
def test_a_statement_that_cannot_be_used_is_refused_whole_with_its_reason(
    given_statements: Any, broken: dict[str, Any], reason: str
) -> None:
    delivered = given_statements(broken)
    assert reasons(delivered) == [("statements.jsonl:1", reason)]
    assert json.loads(delivered.rejected[0].raw) == broken
    assert not any(delivered.rows.values())


def test_files_of_statements_are_recognised_and_others_are_not(tmp_path: Path, reference_data: Path) -> None:
    assert Bods().recognises(reference_data / "bods-bp" / "bp.jsonl")
    assert Bods().recognises(reference_data / "bods-examples")
    assert not Bods().recognises(reference_data / "finbench")
    other = tmp_path / "other.json"
    other.write_text('{"id": "NK-1", "schema": "Company", "properties": {}}', encoding="utf-8")
    assert not Bods().recognises(other)


def test_a_setting_that_cannot_be_is_refused() -> None:
    for wrong in ({"name": "a:b"}, {"trust": "2"}, {"delivery": "all"}, {"confidence": "high"}):
        with pytest.raises(InvalidMapping):
            Bods().delivery((), wrong)


# ── interests ──────────────────────────────────────────────────────────────────────────────────────


def test_votes_that_begin_later_cut_the_holding_in_two(given_statements: Any) -> None:
    found = given_statements(
        relationship(
            {"type": "shareholding", "directOrIndirect": "direct", "share": {"exact": 50}, "startDate": "2016-01-01"},
            {"type": "votingRights", "directOrIndirect": "direct", "share": {"exact": 30}, "startDate": "2018-01-01"},
        )
    )
    assert found.kept("OWNS", "valid_from", "valid_to", "share_low", "votes_low") == [
        (date(2016, 1, 1), date(2018, 1, 1), 0.5, None),
        (date(2018, 1, 1), None, 0.5, 0.3),
    ]


def test_two_shareholdings_at_once_are_a_band_from_the_larger_to_the_sum(given_statements: Any) -> None:
    first, second = ({"type": "shareholding", "directOrIndirect": "direct", "share": {"exact": n}} for n in (20, 30))
    found = given_statements(relationship(first, second))
    assert found.kept("OWNS", "share_low", "share_high", "share_ends") == [(0.3, 0.5, 0)]


def test_rights_to_surplus_assets_stand_for_shares_where_there_are_none(given_statements: Any) -> None:
    votes = {"type": "votingRights", "share": {"minimum": 75, "maximum": 100}}
    rights = {"type": "rightsToSurplusAssetsOnDissolution", "share": {"minimum": 50, "maximum": 75}}
    (row,) = given_statements(relationship(votes, rights)).rows["OWNS"]
    assert (row["share_low"], row["share_high"], row["votes_low"]) == (0.5, 0.75, 0.75)
    assert "rightsToSurplusAssetsOnDissolution" in row["note"]


@pytest.mark.parametrize(
    ("type_", "kind", "fields"),
    [
        ("controlViaCompanyRulesOrArticles", "CONTROLS", {"basis": "contract"}),
        ("rightsGrantedByContract", "CONTROLS", {"basis": "contract"}),
        ("controlByLegalFramework", "CONTROLS", {"basis": "agreement"}),
        ("seniorManagingOfficial", "HOLDS_OFFICE", {"role": "senior managing official"}),
        ("protector", "HOLDS_OFFICE", {"role": "protector"}),
        ("conditionalRightsGrantedByContract", "RELATED_TO", {"kind": "other"}),
        ("enjoymentAndUseOfAssets", "RELATED_TO", {"kind": "other"}),
        ("unknownInterest", "OWNS", {"share_low": None}),
        ("unpublishedInterest", "OWNS", {"share_low": None}),
        ("aWordOfTomorrow", "RELATED_TO", {"kind": "other"}),
    ],
)
def test_every_type_of_interest_has_its_place(
    given_statements: Any, type_: str, kind: str, fields: dict[str, Any]
) -> None:
    found = given_statements(relationship({"type": type_}))
    ((name, (row,)),) = [(name, rows) for name, rows in found.rows.items() if rows]
    assert (name, {field: row[field] for field in fields}) == (kind, fields)
    assert kind == "HOLDS_OFFICE" or type_ in row["note"]


def test_somebody_exempt_is_an_anonymous_person_and_each_is_another(given_statements: Any) -> None:
    who = {"reason": "interestedPartyExemptFromDisclosure", "description": "under protection"}
    interest = {"type": "shareholding", "directOrIndirect": "direct", "share": {"exact": 40}}
    found = given_statements(
        relationship(interest, ref="one", interestedParty=who), relationship(interest, ref="two", interestedParty=who)
    )
    hidden = [(row["id"], row["kind"]) for row in found.rows[""] if row["anonymous"]]
    assert hidden == [("bods:one/interestedParty", "Person"), ("bods:two/interestedParty", "Person")]
    assert {row["note"] for row in found.rows["Profile"]} == {"interestedPartyExemptFromDisclosure: under protection"}
    assert len(found.rows["OWNS"]) == 2


@pytest.mark.parametrize("type_", ["anonymousEntity", "unknownEntity"])
def test_entities_without_identity_are_anonymous(given_statements: Any, type_: str) -> None:
    (row,) = given_statements(entity("a", type_)).rows[""]
    assert (row["kind"], row["anonymous"]) == ("Company", True)


def test_interests_that_a_newer_statement_leaves_out_have_ended(given_statements: Any) -> None:
    share = {"type": "shareholding", "directOrIndirect": "direct", "share": {"exact": 50}, "startDate": "2020-01-01"}
    board = {"type": "boardMember", "directOrIndirect": "direct", "startDate": "2020-01-01"}
    newer = relationship(share) | {"recordStatus": "updated", "statementDate": "2025-05-01"}
    facts = history(given_statements(relationship(share, board), newer), replaces_record=True)
    held = {fact.kind: fact.valid_to for fact in facts if fact.retracted_at is None}
    assert held == {"OWNS": None, "HOLDS_OFFICE": date(2025, 5, 1)}
    assert [fact.kind for fact in facts if fact.holds(date(2026, 1, 1), datetime(2024, 6, 1))] == [
        "OWNS",
        "HOLDS_OFFICE",
    ]


def test_a_dissolved_company_says_when_and_keeps_its_name(given_statements: Any) -> None:
    gone = entity("a", foundingDate="2001-02-03", dissolutionDate="2020-04-05") | {"recordStatus": "closed"}
    found = given_statements(gone)
    assert found.kept("Event", "happened", "title") == [(date(2001, 2, 3), "founded"), (date(2020, 4, 5), "dissolved")]
    assert found.kept("Profile", "name", "status", "valid_to") == [("Company a", "dissolved", None)]


def test_without_a_key_a_persons_number_is_left_out(tmp_path: Path) -> None:
    person = statement(
        "person", "p", {"personType": "knownPerson", "names": [{"fullName": "A B"}],
                        "identifiers": [{"scheme": "IRL-TAXID", "id": "1234567T"}]},
    )  # fmt: skip
    path = tmp_path / "file.jsonl"
    path.write_text(json.dumps(person), encoding="utf-8")
    delivered = read(Bods(), path)
    assert delivered.rows["Identifier"] == []
    assert "1234567T" not in repr(delivered.raw)


# ── shares ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ({}, None),
        ({"exact": 0}, (0.0, 0.0, 0)),
        ({"exact": 33.5, "minimum": 33.5, "maximum": 33.5}, (0.335, 0.335, 0)),
        ({"minimum": 25}, (0.25, 1.0, 0)),
        ({"exclusiveMaximum": 50}, (0.0, 0.5, 2)),
        ({"exclusiveMinimum": 50, "maximum": 75}, (0.5, 0.75, 1)),
        ({"minimum": 50, "exclusiveMinimum": True, "maximum": 75}, (0.5, 0.75, 1)),
        ({"minimum": 25, "exclusiveMinimum": 50, "maximum": 75, "exclusiveMaximum": 75}, (0.5, 0.75, 3)),
    ],
)
def test_ends_of_a_share_belong_to_it_or_not(share: dict[str, Any], expected: tuple[float, float, int] | None) -> None:
    assert read_share(share) == expected


def test_equal_shares_said_twice_are_one() -> None:
    assert together("share", [(0.25, 0.5, 1), (0.25, 0.5, 1), None]) == {
        "share_low": 0.25, "share_high": 0.5, "share_ends": 1,
    }  # fmt: skip


def test_a_placeholder_for_a_number_gives_no_identifier(given_statements: Any) -> None:
    listed = [{"scheme": "GB-COH", "id": number} for number in ("N/A", "-", "", "SC095237")]
    person = statement("person", "p", {"personType": "knownPerson", "identifiers": [{"scheme": "X-ID", "id": "n/a"}]})
    delivered = given_statements(entity("e", identifiers=listed), person)
    assert delivered.kept("Identifier", "value", "verified") == [("SC095237", True)]
