"""From files to staged facts; what is expected was written down by hand beside each row."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest

from graph.errors import InvalidInput, InvalidMapping, UnreadableFile
from graph.field import PARTY_KINDS
from graph.schema import STAGED_PARTY, staged_schema
from ingest.quality import Checks
from ingest.source import Delivery, Rejected, Staged
from ingest.tables import Tables

MAPPING = """
[source]
name = "登记"
confidence = 0.8

[[table]]
file = "股东*"
ref = "编号"
stated = "公示日期"

[[table.party]]
as = "holder"
id = "股东编号"
kind = "类型"
profile.name = "股东名称"

[[table.party]]
as = "company"
id = { column = "公司编号", prefix = "c-" }
kind = "Company"

[[table.fact]]
kind = "OWNS"
from = "holder"
to = "company"
share = "持股比例"
valid_from = "入股日期"
directness = { constant = "direct" }
"""
HEADER = ["编号", "股东编号", "股东名称", "类型", "公司编号", "持股比例", "入股日期", "公示日期"]
ROWS = [
    ["R1", "H1", "示例控股", "法人", "1", "25-50%", "2024年3月1日", "2024-03-05"],
    ["R2", "H2", "甲某", "自然人", "1", "0.2", "2024/3/1", "2024-03-05"],
    ["R3", "H1", "示例控股", "法人", "2", "60%", "20240301", "2024-03-05"],
]
Facts = dict[str, list[dict[str, Any]]]


def load(folder: Path, mapping: str = MAPPING) -> tuple[Facts, list[Rejected]]:
    path = folder / "mapping.toml"
    path.write_text(mapping, encoding="utf-8")
    source, checks = Tables(), Checks(key=b"k")
    facts: Facts = {}
    bad: list[Rejected] = []
    for found in source.read(source.delivery(source.files(folder), {"mapping": str(path)})):
        if isinstance(found, Rejected):
            bad.append(found)
            continue
        assert found.rows.schema == (staged_schema(found.kind) if found.kind else STAGED_PARTY)
        kept, refused = checks.check(found)
        facts.setdefault(found.kind.name if found.kind else "party", []).extend(kept.rows.to_pylist())
        bad += refused
    return facts, bad


def write_csv(path: Path, rows: list[list[str]], header: list[str] = HEADER) -> None:
    path.write_text("\n".join(",".join(row) for row in [header, *rows]) + "\n", encoding="gb18030")


def write_xlsx(path: Path, rows: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    for row in [HEADER, *rows]:
        book.active.append(row)
    book.save(path)


def write_parquet(path: Path, rows: list[list[str]]) -> None:
    columns = {name: [row[place] for row in rows] for place, name in enumerate(HEADER)}
    columns["公示日期"] = [date.fromisoformat(day) for day in columns["公示日期"]]  # type: ignore[misc]
    pa.parquet.write_table(pa.table(columns), path)


def write_jsonl(path: Path, rows: list[list[str]]) -> None:
    lines = [json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


WRITERS = {"股东.csv": write_csv, "股东.xlsx": write_xlsx, "股东.parquet": write_parquet, "股东.jsonl": write_jsonl}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_facts(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name, ROWS)
    facts, bad = load(tmp_path)
    assert not bad
    owns = [
        (f["from"], f["to"], f["share_low"], f["share_high"], f["share_ends"], f["source_ref"]) for f in facts["OWNS"]
    ]
    assert owns == [
        ("登记:H1", "登记:c-1", 0.25, 0.5, 0, "R1"),
        ("登记:H2", "登记:c-1", 0.2, 0.2, 0, "R2"),
        ("登记:H1", "登记:c-2", 0.6, 0.6, 0, "R3"),
    ]
    assert {(f["valid_from"], f["stated_at"].date(), f["confidence"]) for f in facts["OWNS"]} == {
        (date(2024, 3, 1), date(2024, 3, 5), 0.8)
    }
    assert {f["id"]: f["kind"] for f in facts["party"]} == {
        "登记:H1": "Company", "登记:H2": "Person", "登记:c-1": "Company", "登记:c-2": "Company",
    }  # fmt: skip
    assert [f["name"] for f in facts["Profile"]] == ["示例控股", "甲某"]


@pytest.mark.parametrize("name", WRITERS)
def test_a_bad_row_is_named_as_the_spreadsheet_shows_it_and_the_others_stand(tmp_path: Path, name: str) -> None:
    spoiled = [row[:] for row in ROWS]
    spoiled[1][6] = "2023-02-30"
    WRITERS[name](tmp_path / name, spoiled)
    facts, bad = load(tmp_path)
    line = 3 if name.endswith(("csv", "xlsx")) else 2
    assert [(b.place, b.reason) for b in bad] == [(f"{name}:{line}", "impossible date")]
    assert json.loads(bad[0].raw)["入股日期"] == "2023-02-30"
    assert [f["source_ref"] for f in facts["OWNS"]] == ["R1", "R3"]


@pytest.mark.parametrize(
    ("place", "text", "reason"),
    [
        (1, "", "missing id"),
        (1, "1.10105E+17", "digits lost"),
        (3, "机器人", "unknown word"),
        (5, "150%", "share over 1"),
        (5, "50-25%", "band upside down"),
        (5, "much", "not a share"),
        (6, "03/04/2024", "ambiguous date"),
        (7, "soon", "not a date"),
    ],
)
def test_each_fault_has_its_reason(tmp_path: Path, place: int, text: str, reason: str) -> None:
    spoiled = ROWS[0][:]
    spoiled[place] = text
    write_csv(tmp_path / "股东.csv", [spoiled, ROWS[1]])
    facts, bad = load(tmp_path)
    assert Counter(b.reason for b in bad) == {reason: 1}
    assert [f["source_ref"] for f in facts["OWNS"]] == ["R2"]


@pytest.mark.parametrize("text", ["-0%", "-0", "－0.00％", "(0)", "-0‰"])
def test_a_negative_zero_is_zero(tmp_path: Path, text: str) -> None:
    write_csv(tmp_path / "股东.csv", [[*ROWS[0][:5], text, *ROWS[0][6:]]])
    facts, bad = load(tmp_path)
    assert not bad
    assert [(str(f["share_low"]), str(f["share_high"]), f["share_ends"]) for f in facts["OWNS"]] == [("0.0", "0.0", 0)]


def test_an_unknown_word_is_told_with_the_words_of_the_model(tmp_path: Path) -> None:
    spoiled = ROWS[0][:]
    spoiled[3] = "机器人"
    write_csv(tmp_path / "股东.csv", [spoiled])
    (refused,) = load(tmp_path)[1]
    assert all(word in refused.detail for word in ("机器人", *PARTY_KINDS))


MONEY = """
[source]
name = "台账"
currency = "CNY"
lender = "BANK"
lender_name = "示例银行"

[[table]]
file = "loans.csv"

[[table.fact]]
kind = "LENDS"
from = "lender"
to = { id = "客户" }
facility_id = "合同"
fields.kind = "品种"
drawn = { column = "余额", unit = "万元" }
currency = "币种"
"""


def test_money_takes_its_unit_and_its_currency_from_where_they_are_said(tmp_path: Path) -> None:
    rows = [["A", "1", "贷款", "300", ""], ["B", "2", "银承", "2亿元", "USD"], ["C", "3", "loan", "5万美元", ""]]
    write_csv(
        tmp_path / "loans.csv", [*rows, ["D", "4", "保函", "7万美元", "CNY"]], ["客户", "合同", "品种", "余额", "币种"]
    )
    facts, bad = load(tmp_path, MONEY)
    lent = [(f["from"], f["to"], f["kind"], f["drawn"], f["currency"]) for f in facts["LENDS"]]
    assert lent == [
        ("台账:BANK", "台账:A", "loan", 3e6, "CNY"),
        ("台账:BANK", "台账:B", "acceptance", 2e8, "USD"),
        ("台账:BANK", "台账:C", "loan", 5e4, "USD"),
    ]
    assert [(b.place, b.reason) for b in bad] == [("loans.csv:5", "two currencies")]
    assert [f["name"] for f in facts["Profile"]] == ["示例银行"]


def test_a_fact_without_ref_is_named_by_its_ends_and_keys_and_never_by_its_row(tmp_path: Path) -> None:
    write_csv(tmp_path / "股东.csv", ROWS)
    first, _ = load(tmp_path, MAPPING.replace('ref = "编号"\n', ""))
    write_csv(tmp_path / "股东.csv", ROWS[::-1])
    second, _ = load(tmp_path, MAPPING.replace('ref = "编号"\n', ""))
    assert {f["source_ref"] for f in first["OWNS"]} == {f["source_ref"] for f in second["OWNS"]}
    assert first["OWNS"][0]["source_ref"] == "H1|c-1|direct"


def test_a_column_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    write_csv(tmp_path / "股东.csv", [["1", "2"]], ["编号", "股东"])
    with pytest.raises(InvalidMapping, match="股东编号") as caught:
        load(tmp_path)
    assert "编号, 股东" in caught.value.remedy


def test_a_file_without_header_is_told_as_such(tmp_path: Path) -> None:
    write_csv(tmp_path / "股东.csv", ROWS, ["R0", "7", "x", "y", "1", "25%", "2024-01-01", "2024-01-02"])
    with pytest.raises(UnreadableFile, match="no header") as caught:
        load(tmp_path)
    assert "header = " in caught.value.remedy


def test_a_doubled_header_matters_only_where_it_is_meant(tmp_path: Path) -> None:
    write_csv(tmp_path / "股东.csv", [[*row, "a", "b"] for row in ROWS], [*HEADER, "备注", "备注"])
    assert len(load(tmp_path)[0]["OWNS"]) == 3
    with pytest.raises(InvalidMapping, match="2 columns called '备注'"):
        load(tmp_path, MAPPING + 'note = "备注"\n')
    assert load(tmp_path, MAPPING + 'note = "备注 (2)"\n')[0]["OWNS"][0]["note"] == "b"


def test_a_file_no_table_describes_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    write_csv(tmp_path / "other.csv", ROWS)
    with pytest.raises(InvalidMapping, match=r"other\.csv"):
        load(tmp_path)


def delivered(folder: Path, mapping: str = MAPPING, **settings: str) -> Delivery:
    path = folder / "m.toml"
    path.write_text(mapping, encoding="utf-8")
    return Tables().delivery((folder / "股东.csv",), {"mapping": str(path), **settings})


@pytest.mark.parametrize("name", ["lender_name", "delivry"])
def test_what_only_the_mapping_says_is_not_silently_ignored(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidMapping, match="is no setting of tables") as caught:
        delivered(tmp_path, **{name: "changes"})
    assert "delivered" in caught.value.remedy


def test_what_is_set_goes_before_the_mapping(tmp_path: Path) -> None:
    dated = MAPPING.replace("confidence", 'delivered = 2024-06-30\ndelivery = "full"\ntrust = 0.3\nconfidence')
    told = delivered(tmp_path, dated)
    assert (told.source, told.mode, told.delivered) == ("登记", "full", date(2024, 6, 30))
    told = delivered(
        tmp_path, dated, name="台账", delivery="changes", delivered="2026-01-01", trust="0.9", confidence="0.2"
    )
    assert (told.source, told.mode, told.delivered) == ("台账", "changes", date(2026, 1, 1))
    assert (told.trust, told.confidence) == (0.9, 0.2)
    write_csv(tmp_path / "股东.csv", ROWS)
    rows = [row for item in Tables().read(told) if isinstance(item, Staged) for row in item.rows.to_pylist()]
    assert {row["source"] for row in rows} == {"台账"}
    assert {row["confidence"] for row in rows if "confidence" in row} == {0.2}


@pytest.mark.parametrize(
    ("name", "value"), [("name", "a:b"), ("delivery", "all"), ("delivered", "2026-02-30"), ("trust", "2")]
)
def test_a_setting_that_cannot_be_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=value) as caught:
        delivered(tmp_path, **{name: value})
    assert caught.value.where == name


def test_what_is_set_needs_not_be_filled_in(tmp_path: Path) -> None:
    open_lines = MAPPING.replace('name = "登记"', 'name = "??? name"\ndelivery = "??? full or changes"')
    told = delivered(tmp_path, open_lines, name="登记", delivery="changes")
    assert (told.source, told.mode) == ("登记", "changes")


def test_a_full_delivery_without_one_of_its_files_is_refused(tmp_path: Path) -> None:
    write_csv(tmp_path / "股东.csv", ROWS)
    text = MAPPING.replace("confidence", 'delivery = "full"\nconfidence')
    with pytest.raises(InvalidMapping, match="would end all its facts"):
        load(tmp_path, text + '\n[[table]]\nfile = "x*.csv"\n[[table.party]]\nas = "x"\nid = "x"\nkind = "Company"\n')


def test_digits_a_spreadsheet_lost_are_refused(tmp_path: Path) -> None:
    rows: list[list[Any]] = [row[:] for row in ROWS]
    rows[0][1] = 110105194912310029
    write_xlsx(tmp_path / "股东.xlsx", rows)
    _, bad = load(tmp_path)
    assert [(b.place, b.reason) for b in bad] == [("股东.xlsx:2", "digits lost")]


def test_a_formula_without_value_refuses_its_row_and_one_in_an_unused_column_does_not(tmp_path: Path) -> None:
    rows: list[list[Any]] = [row[:] for row in ROWS]
    rows[0][5] = "=1/4"
    write_xlsx(tmp_path / "股东.xlsx", [[*row, "=1+1"] for row in rows])
    book = openpyxl.load_workbook(tmp_path / "股东.xlsx")
    book.active["I1"] = "合计"
    book.save(tmp_path / "股东.xlsx")
    facts, bad = load(tmp_path)
    assert [(b.place, b.reason) for b in bad] == [("股东.xlsx:2", "formula without value")]
    assert len(facts["OWNS"]) == 2


def test_days_and_numbers_of_a_spreadsheet_keep_their_meaning(tmp_path: Path) -> None:
    rows: list[list[Any]] = [row[:] for row in ROWS]
    rows[0][4], rows[0][5], rows[0][6] = 1, 0.333, date(2024, 3, 1)
    write_xlsx(tmp_path / "股东.xlsx", rows)
    facts, bad = load(tmp_path)
    first = facts["OWNS"][0]
    assert not bad
    assert (first["to"], first["share_low"], first["valid_from"]) == ("登记:c-1", 0.333, date(2024, 3, 1))


def test_register_numbers_are_verified_by_their_check_digits(tmp_path: Path) -> None:
    # 91350100M000100Y43 is the example of GB 32100-2015.
    write_csv(
        tmp_path / "股东.csv", [["91350100M000100Y43"], [" 91350100m000100y43"], ["91350100M000100Y44"]], ["代码"]
    )
    text = """
        [source]
        name = "登记"
        [[table]]
        file = "股东.csv"
        [[table.party]]
        as = "c"
        id = "代码"
        kind = "Company"
        identifier.CN-USCC = "代码"
        """
    facts, _ = load(tmp_path, text)
    told = [(f["value"], f["verified"]) for f in facts["Identifier"]]
    assert told == [("91350100M000100Y43", True)] * 2 + [("91350100M000100Y44", False)]


def test_a_placeholder_for_a_number_gives_no_identifier(tmp_path: Path) -> None:
    mapping = MAPPING.replace('id = { column = "公司编号"', 'identifier.GB-COH = "登记号"\nid = { column = "公司编号"')
    numbers = ["N/A", "不详", "sc 95237"]
    rows = [[*row[:4], str(at), *row[5:], number] for at, (row, number) in enumerate(zip(ROWS, numbers, strict=True))]
    write_csv(tmp_path / "股东.csv", rows, [*HEADER, "登记号"])
    facts, bad = load(tmp_path, mapping)
    assert not bad
    assert [(f["party"], f["value"], f["verified"]) for f in facts["Identifier"]] == [("登记:c-2", "SC95237", True)]


def test_a_hashed_number_that_comes_again_stays_equal(tmp_path: Path) -> None:
    mapping = MAPPING.replace('profile.name = "股东名称"', 'profile.name = "股东名称"\nidentifier.CN-RIC = "证件"')
    hashed = "hmac-sha256:" + "0a" * 32
    write_csv(tmp_path / "股东.csv", [[*ROWS[1], hashed]], [*HEADER, "证件"])
    facts, _ = load(tmp_path, mapping)
    assert [f["value"] for f in facts["Identifier"]] == [hashed]


@pytest.mark.parametrize(("prefix", "said"), [("", "登记:1"), ("c-", "登记:c-1"), ("登记:", "登记:1")])
def test_a_creditor_bears_the_name_of_its_source_once(tmp_path: Path, prefix: str, said: str) -> None:
    """Also where its mapping writes that name before it."""
    fact = (
        '[[table.fact]]\nkind = "GUARANTEES"\nfrom = "holder"\nto = "company"\n'
        f'creditor = {{ column = "公司编号", prefix = "{prefix}" }}\n'
    )
    write_csv(tmp_path / "股东.csv", ROWS)
    facts, rejected = load(tmp_path, MAPPING + fact)
    assert {row["creditor"] for row in facts["GUARANTEES"] if row["to"] == "登记:c-1"} == {said}
    assert not rejected
