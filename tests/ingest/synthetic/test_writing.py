import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

from ingest.synthetic import World, write_world


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(small: World, tmp_path: Path) -> None:
    again = write_world(tmp_path / "again", parties=100)
    assert fingerprint(again.folder) == fingerprint(small.folder)


def test_another_seed_gives_another_background_and_the_same_stories(small: World, tmp_path: Path) -> None:
    other = write_world(tmp_path / "other", parties=100, seed=8)
    ours, theirs = fingerprint(small.folder), fingerprint(other.folder)
    assert ours.keys() == theirs.keys()
    assert ours["2024-06-30-register/股东.csv"] != theirs["2024-06-30-register/股东.csv"]
    assert ours["2025-03-31-correction/股东更正.csv"] == theirs["2025-03-31-correction/股东更正.csv"]
    for told in ("group_b", "start_up", "supply_web"):
        assert small.answers[told] == other.answers[told]


@pytest.mark.parametrize("name", ["world", "large"])
def test_a_world_has_the_size_asked_for(name: str, request: pytest.FixtureRequest) -> None:
    asked = {"world": 2_000, "large": 20_000}[name]
    made: World = request.getfixturevalue(name)
    assert made.parties == asked
    assert 4.6 * asked < made.relations < 5.4 * asked


def test_a_small_world_keeps_its_stories(small: World) -> None:
    assert small.parties < 300
    assert small.answers["group_b"]["members"] == [f"M{number}" for number in range(1, 9)]


def test_deliveries_are_listed_in_the_order_of_time_and_lie_where_they_say(world: World) -> None:
    listed = json.loads((world.folder / "deliveries.json").read_text(encoding="utf-8"))["deliveries"]
    days = [delivery["delivered"] for delivery in listed]
    assert days == sorted(days)
    told = [path for delivery in listed for path in delivery["files"]]
    told += [delivery["settings"]["mapping"] for delivery in listed if delivery["format"] == "tables"]
    lying = {name for name in fingerprint(world.folder) if "/" in name}
    assert sorted(told) == sorted(lying)


def test_the_number_of_party_records_is_what_the_sources_list(clean: World) -> None:
    folder = clean.folder
    register = folder / "2024-06-30-register"
    ids = sum(
        len(pd.read_csv(register / name, encoding="gb18030")) for name in ("企业.csv", "人员.csv", "其他股东.csv")
    )
    book = pd.read_excel(folder / "2024-12-31-facilities" / "授信台账.xlsx", sheet_name=None)
    ids += len(book["机构"]) + len(book["客户"])
    ids += len(pd.read_parquet(folder / "2024-06-30-supply" / "members.parquet"))
    told = pd.read_csv(folder / "2025-01-31-reports" / "报表.csv")["统一社会信用代码"]
    events = pd.read_json(folder / "2025-01-31-reports" / "events.jsonl", lines=True)["company"]
    ids += len({*told, *events})
    records = {
        json.loads(line)["recordId"]
        for path in sorted(folder.glob("*-abroad/statements.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if json.loads(line)["recordType"] != "relationship"
    }
    assert clean.parties == ids + len(records)
