"""Bad rows counted in the files by hand, against what the answers say of them."""

import csv
import json
from collections import Counter
from datetime import date

import pandas as pd

from ingest.synthetic import World
from tests.ingest.synthetic.reading import delivery, iso


def cells(world: World, file: str) -> list[list[str]]:
    text = (world.folder / "2024-06-30-register" / file).read_text(encoding="gb18030")
    return list(csv.reader(text.splitlines()))[1:]


def is_day(text: str) -> bool:
    try:
        date.fromisoformat(iso(text))
    except ValueError:
        return False
    return True


def test_bad_rows_of_the_register_are_as_many_as_told(world: World) -> None:
    found: Counter[str] = Counter()
    for row in cells(world, "股东.csv"):
        if len(row) != 7:
            found["wrong number of cells"] += 1
        elif not is_day(row[4]):
            found["impossible date"] += 1
        elif float(row[3].rstrip("%").split("-")[0]) > 100:
            found["share over 1"] += 1
    found["negative money"] = sum(float(row[9]) < 0 for row in cells(world, "企业.csv"))
    promises = cells(world, "对外担保.csv")
    found["relation to itself"] = sum(row[1] == row[2] for row in promises)
    found["unknown word"] = sum(row[6] == "口头保证" for row in promises)
    assert found == delivery(world, "2024-06-30-register").refused


def test_bad_rows_of_the_platform_and_the_banks_are_as_many_as_told(world: World) -> None:
    links = pd.read_parquet(world.folder / "2024-06-30-supply" / "supplies.parquet")
    told = {
        "relation to itself": (links["supplier"] == links["buyer"]).sum(),
        "negative money": (links["amount"] < 0).sum(),
    }
    assert told == delivery(world, "2024-06-30-supply").refused
    book = pd.read_excel(world.folder / "2024-12-31-facilities" / "授信台账.xlsx", sheet_name="授信")
    told = {
        "unknown currency": (~book["币种"].isin(["CNY", "USD", "EUR"])).sum(),
        "negative money": (book["已用金额（万元）"] < 0).sum(),
    }
    assert told == delivery(world, "2024-12-31-facilities").refused


def test_bad_events_are_as_many_as_told(world: World) -> None:
    found: Counter[str] = Counter()
    for line in (world.folder / "2025-01-31-reports" / "events.jsonl").read_text(encoding="utf-8").splitlines():
        try:
            found["impossible date"] += not is_day(json.loads(line)["day"])
        except ValueError:
            found["not JSON"] += 1
    assert found == delivery(world, "2025-01-31-reports").refused


def test_a_clean_world_has_none(clean: World) -> None:
    assert not any(made.refused for made in clean.deliveries)
    assert not clean.answers["unverified_identifiers"]


def test_more_dirt_means_more_bad_rows(world: World, large: World) -> None:
    assert sum(sum(made.refused.values()) for made in world.deliveries) >= 12
    assert sum(sum(made.refused.values()) for made in large.deliveries) == 0
