"""The worlds through the ordinary readers: exactly the planted bad rows are refused, all else is understood."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from ingest.bods.source import Bods
from ingest.quality import Checks
from ingest.source import Rejected, Staged
from ingest.synthetic import Delivered, World
from ingest.tables import Tables
from tests.ingest.synthetic.reading import delivery


def read(world: World, made: Delivered) -> Iterator[Staged | Rejected]:
    """Good batches and refused rows of one delivery in tables."""
    settings = {"mapping": str(world.folder / made.mapping)}
    source, checks = Tables(), Checks()
    for found in source.read(source.delivery(tuple(world.folder / file for file in made.files), settings)):
        if isinstance(found, Rejected):
            yield found
        else:
            good, bad = checks.check(found)
            yield good
            yield from bad


def rows(found: list[Staged | Rejected]) -> dict[str, pa.Table]:
    kinds = defaultdict(list)
    for item in found:
        if isinstance(item, Staged):
            kinds[item.kind.name if item.kind else "parties"].append(item.rows)
    return {kind: pa.concat_tables(tables) for kind, tables in kinds.items()}


@pytest.fixture(scope="module")
def loaded(world: World) -> dict[str, list[Staged | Rejected]]:
    return {made.name: list(read(world, made)) for made in world.deliveries if made.format == "tables"}


def test_exactly_the_planted_bad_rows_are_refused(world: World, loaded: dict[str, list[Staged | Rejected]]) -> None:
    for name, found in loaded.items():
        refused = Counter(item.reason for item in found if isinstance(item, Rejected))
        assert refused == Counter(delivery(world, name).refused), name


def test_no_row_of_a_clean_world_is_refused(clean: World) -> None:
    for made in clean.deliveries:
        if made.format == "tables":
            assert not [item for item in read(clean, made) if isinstance(item, Rejected)], made.name


def test_only_the_mistyped_numbers_are_not_verified(world: World, loaded: dict[str, list[Staged | Rejected]]) -> None:
    known = rows(loaded["2024-06-30-register"])["Identifier"].to_pylist()
    wrong = [row["value"] for row in known if not row["verified"]]
    assert wrong == world.answers["unverified_identifiers"]


def test_what_waits_for_its_parties_is_what_the_answers_say(
    clean: World, loaded: dict[str, list[Staged | Rejected]]
) -> None:
    first = rows(loaded["2022-06-30-register"])
    there = set(first["parties"]["id"].to_pylist())
    waiting = {
        kind: sum(not {one, other} <= there for one, other in zip(*_ends(first[kind]), strict=True))
        for kind in ("OWNS", "HOLDS_OFFICE", "GUARANTEES", "RELATED_TO")
    }
    assert waiting == clean.answers["background"]["pending_after_first"] | {"RELATED_TO": 0}


def test_in_the_end_every_party_is_there(world: World, loaded: dict[str, list[Staged | Rejected]]) -> None:
    there = {party for found in loaded.values() for party in rows(found).get("parties", _NOBODY)["id"].to_pylist()}
    for name, found in loaded.items():
        for kind, table in rows(found).items():
            if "from" in table.column_names:
                missing = {end for column in _ends(table) for end in column} - there
                assert not missing, (name, kind)


def test_the_correction_says_what_becomes_of_what_was_said(loaded: dict[str, list[Staged | Rejected]]) -> None:
    told = rows(loaded["2025-03-31-correction"])["OWNS"]
    assert told["op"].to_pylist() == ["retract", "record", "correct"]
    before = rows(loaded["2024-06-30-register"])["OWNS"].to_pylist()
    named = {(row["from"], row["to"], row["valid_from"], row["source_ref"]) for row in before}
    for row in told.to_pylist():
        same = (row["from"], row["to"], row["valid_from"], row["source_ref"]) in named
        assert same == (row["op"] != "record")


def test_money_arrives_in_whole_units(loaded: dict[str, list[Staged | Rejected]]) -> None:
    facilities = rows(loaded["2024-12-31-facilities"])["LENDS"].to_pylist()
    (euro,) = [row for row in facilities if row["facility_id"] == "S-0004"]
    assert (euro["drawn"], euro["undrawn"], euro["currency"], euro["ccf"]) == (2_200_000, 800_000, "EUR", 0.4)


def test_files_are_read_where_they_lie(world: World) -> None:
    made = delivery(world, "2024-06-30-supply")
    assert Tables().files(world.folder / made.name) == tuple(world.folder / Path(file) for file in made.files)


_NOBODY = pa.table({"id": pa.array([], pa.string())})


def _ends(table: pa.Table) -> tuple[list[str], list[str]]:
    return table["from"].to_pylist(), table["to"].to_pylist()


def abroad(world: World, day: str) -> list[Staged | Rejected]:
    made = delivery(world, f"{day}-abroad")
    source, checks = Bods(), Checks(key=b"a key of tests")
    found: list[Staged | Rejected] = []
    for item in source.read(source.delivery(tuple(world.folder / file for file in made.files), made.settings())):
        good, bad = (item, []) if isinstance(item, Rejected) else checks.check(item)
        found += [good, *bad]
    return found


def test_statements_abroad_are_understood_whole(world: World) -> None:
    found = [item for day in ("2022-03-31", "2024-06-30") for item in abroad(world, day)]
    assert not [item for item in found if isinstance(item, Rejected)]
    told = rows(found)
    said = {row["source_ref"]: row for row in rows(abroad(world, "2022-03-31"))["OWNS"].to_pylist()}
    band = said[world.answers["abroad"]["updated"]]
    assert (band["share_low"], band["share_high"], band["share_ends"]) == (0.5, 0.75, 1)
    hidden = [row["id"] for row in told["parties"].to_pylist() if row["anonymous"]]
    assert hidden == [f"境外登记:{world.answers['abroad']['anonymous']}"]
    assert {"settlor", "trustee", "beneficiary"} <= set(told["HOLDS_OFFICE"]["role"].to_pylist())
    assert "nominee" in told["RELATED_TO"]["kind"].to_pylist()


def test_the_same_party_has_the_same_verified_number_in_every_source(
    world: World, loaded: dict[str, list[Staged | Rejected]]
) -> None:
    numbers: dict[str, set[str]] = defaultdict(set)
    for found in [*loaded.values(), abroad(world, "2022-03-31")]:
        for row in rows(found).get("Identifier", pa.table({})).to_pylist():
            if row["verified"]:
                numbers[row["party"]].add(row["value"])
    for key, told in world.answers["parties"].items():
        known = [numbers[party] for party in told["ids"] if len(told["ids"]) > 1]
        assert all(one & known[0] for one in known), key
