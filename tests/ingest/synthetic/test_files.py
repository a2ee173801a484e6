import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ingest.synthetic import World
from ingest.synthetic.files import table_of, write_csv
from tests.ingest.synthetic.reading import csv


def test_the_register_is_gb18030_and_nothing_else(world: World) -> None:
    for path in world.folder.glob("*-register/*.csv"):
        content = path.read_bytes()
        assert content.decode("gb18030").encode("gb18030") == content
        with pytest.raises(UnicodeDecodeError):
            content.decode("utf-8")


def test_days_are_written_as_registers_write_them(clean: World) -> None:
    told = csv(clean.folder / "2024-06-30-register" / "股东.csv")
    assert told["入股日期"].str.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日").all()


def test_statements_carry_a_byte_order_mark_once(world: World) -> None:
    content = (world.folder / "2025-01-31-reports" / "报表.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\xef\xbb\xbf") == 1


def test_the_workbook_holds_amounts_as_numbers_and_no_time_of_writing(world: World) -> None:
    path = world.folder / "2024-12-31-facilities" / "授信台账.xlsx"
    book = pd.read_excel(path, sheet_name=None)
    assert list(book) == ["授信", "押品", "客户", "机构"]
    assert book["授信"]["已用金额（万元）"].dtype.kind in "if"
    with zipfile.ZipFile(path) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_list_too_long_for_a_sheet_goes_on_in_text_files(large: World) -> None:
    folder = large.folder / "2024-12-31-facilities"
    assert {path.name for path in folder.iterdir()} == {
        "mapping.toml",
        "授信台账.xlsx",
        "客户.csv",
        "授信明细.csv",
        "押品明细.csv",
    }
    rows = len(pd.read_excel(folder / "授信台账.xlsx", sheet_name="授信")) + len(csv(folder / "授信明细.csv", "utf-8"))
    assert 9_000 < rows < 11_000


def test_supply_links_are_parquet_with_days_and_numbers(world: World) -> None:
    links = pd.read_parquet(world.folder / "2024-06-30-supply" / "supplies.parquet")
    assert links["amount"].dtype == np.float64
    assert {"supplier", "buyer", "product", "receivable", "term_days", "since"} <= set(links.columns)


def test_statements_abroad_name_only_records_that_are_there(world: World) -> None:
    rows = [
        json.loads(line)
        for path in sorted(world.folder.glob("*-abroad/statements.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    records = {row["recordId"] for row in rows if row["recordType"] != "relationship"}
    named = {
        row["recordDetails"][end] for row in rows if row["recordType"] == "relationship"
        for end in ("subject", "interestedParty")
    }  # fmt: skip
    assert named <= records
    assert len({row["statementId"] for row in rows}) == len(rows)
    assert all(32 <= len(row["statementId"]) <= 64 for row in rows)
    assert {row["recordStatus"] for row in rows} == {"new", "updated", "closed"}
    assert any(row["recordDetails"].get("personType") == "anonymousPerson" for row in rows)
    forms = [row["recordDetails"].get("entityType", {}).get("subtype") for row in rows]
    assert {"trust", "nomination"} <= set(forms)


def test_spoiled_lines_are_scattered_and_all_there(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    table = table_of([{"a": number} for number in range(50)], ("a",))
    write_csv(path, [table, table], spoiled=["x", "y"], rng=np.random.default_rng(1), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 100 + 2
    assert {"x", "y"} < set(lines)
    assert lines[-2:] != ["y", "x"]
