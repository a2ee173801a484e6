import csv
import re
from pathlib import Path

import openpyxl
import pytest

from graph.errors import InvalidMapping, UnreadableFile
from ingest.inspect import look, looks
from ingest.mapping import read_mapping
from ingest.source import Rejected
from ingest.starting import starting_mapping
from ingest.tables import Tables


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


CHINESE = "股东编号,股东名称,股东类型,统一社会信用代码,企业名称,持股比例（%）,入股日期,备注\n" + "".join(
    f"H{n},示例{n},自然人,91350100M000100Y43,示例电缆,{n},2024年3月{n}日,\n" for n in range(2, 30)
)
ENGLISH = "holder_id,holder_name,company_id,company_name,share,since\n" + "".join(
    f"H{n},Holder {n} Ltd,C1,Sample Cables,0.{n},2024-03-{n:02}\n" for n in range(1, 29)
)


def test_columns_tell_what_they_hold(tmp_path: Path) -> None:
    seen = look(write(tmp_path / "股东.csv", CHINESE, "gb18030"))
    columns = {column.name: column for column in seen.columns}
    assert (seen.encoding, seen.rows, seen.whole) == ("gb18030", 28, True)
    assert columns["持股比例（%）"].type == "number"
    assert (columns["入股日期"].type, columns["入股日期"].low) == ("date", "2024-03-02")
    assert (columns["备注"].filled, columns["统一社会信用代码"].distinct) == (0, 1)


@pytest.mark.parametrize(
    ("text", "ends", "share"),
    [
        (CHINESE, ("股东编号", "统一社会信用代码"), ("持股比例（%）", "%")),
        (ENGLISH, ("holder_id", "company_id"), ("share", "")),
    ],
)
def test_holdings_are_guessed_in_both_languages(
    tmp_path: Path, text: str, ends: tuple[str, str], share: tuple[str, str]
) -> None:
    guess = look(write(tmp_path / "t.csv", text)).guess
    assert guess.kind == "OWNS"
    assert tuple(end.id for end in guess.ends if end) == ends
    assert (guess.fields["share"].column, guess.fields["share"].unit) == share
    assert "valid_from" in guess.fields


def test_one_bad_cell_hides_no_column(tmp_path: Path) -> None:
    rows = ["H1,自然人,0.5", "H2,自然人,0.2", "H3,企业法人,abc", "H4,企业法人,0.1", "H5,unheard-of,0.05"]
    text = "holder_id,holder_type,share,since,company_id\n" + "".join(
        f"{row},2024-03-0{n},C{n}\n" for n, row in enumerate(rows, 1)
    )
    seen = look(write(tmp_path / "t.csv", text))
    assert {column.name: column.type for column in seen.columns}["share"] == "number"
    assert seen.guess.fields["share"].column == "share"
    assert seen.guess.ends[0]
    assert seen.guess.ends[0].kind == "holder_type"


@pytest.mark.parametrize(
    ("cells", "type_", "misfits"),
    [
        (["0.5"] * 97 + ["abc", "面议", "面议"], "number", 3),
        (["0.5"] * 90 + ["abc", "面议"] * 5, "number", 10),
        (["0.5", "abc", "0.2"], "number", 1),
        (["2024-01-01", "Wang", "2024-01-03"], "date", 1),
        (["0.5", "0.5", "abc", "面议"], "text", 0),
        ([str(n) for n in range(1, 41)] + ["007"], "number", 0),
        (["1"] * 60 + ["0"] * 38 + ["待定", "?"], "flag", 2),
        (["1"] * 95 + ["0.5", "2", "3", "abc", "x"], "number", 2),
        ([f"000{n:03}" for n in range(50)] + [f"600{n:03}" for n in range(50)], "text", 0),
    ],
)
def test_a_column_is_of_the_type_of_most_of_its_cells(
    tmp_path: Path, cells: list[str], type_: str, misfits: int
) -> None:
    (column,) = look(write(tmp_path / "t.csv", "\n".join(["what", *cells]))).columns
    assert (column.type, column.misfits) == (type_, misfits)


TITLED = {
    "its name alone": ("2024年股东名册\n", 1),
    "its name in a row of cells": ("2024年股东名册,,,\n", 1),
    "its name and a unit": ("2024年股东名册\n\n制表日期,2024-12-31,,\n", 3),
}


@pytest.mark.parametrize(("above", "lines"), TITLED.values(), ids=TITLED)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_header_below_a_title_is_found(tmp_path: Path, above: str, lines: int, ending: str) -> None:
    text = f"{above}股东编号,股东名称,企业编号,持股比例\nH1,甲,C1,50%\nH2,乙,C1,30%\n"
    path = write(tmp_path / f"股东.{ending}", text, "gb18030")
    if ending == "xlsx":
        book = openpyxl.Workbook()
        for row in csv.reader(text.splitlines()):
            book.active.append(row)
        book.save(path)
    seen = look(path)
    assert (seen.title.lines, seen.title.text) == (lines, "2024年股东名册")
    assert [column.name for column in seen.columns] == ["股东编号", "股东名称", "企业编号", "持股比例"]
    assert (seen.rows, seen.refused, seen.guess.kind) == (2, (), "OWNS")
    mapping = write(tmp_path / "mapping.toml", filled(starting_mapping([seen])))
    source = Tables()
    found = list(source.read(source.delivery((path,), {"mapping": str(mapping)})))
    owns = [item.rows for item in found if not isinstance(item, Rejected) and item.kind and item.kind.is_relation]
    assert [place for rows in owns for place in rows["place"].to_pylist()] == [
        f"股东.{ending}:{n}" for n in (lines + 2, lines + 3)
    ]


@pytest.mark.parametrize("text", ["编号\n1\n2\n", "编号,名称\n1\n2,乙\n", "sep=;\n编号;名称\n1;甲\n"])
def test_a_header_is_no_title(tmp_path: Path, text: str) -> None:
    assert look(write(tmp_path / "t.csv", text)).title.lines == 0


def test_a_title_that_a_mapping_takes_for_the_header_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", ENGLISH)
    mapping = write(tmp_path / "mapping.toml", filled(starting_mapping([look(path)])))
    write(path, f"Shareholders 2024\n{ENGLISH}")
    source = Tables()
    with pytest.raises(InvalidMapping) as caught:
        list(source.read(source.delivery((path,), {"mapping": str(mapping)})))
    assert "Shareholders 2024" in caught.value.what
    assert "skip = 1" in caught.value.remedy


def test_persons_papers_ops_and_units_are_written_into_the_starting_mapping(tmp_path: Path) -> None:
    text = "股东证件号码,股东名称,股东类型,统一社会信用代码,持股比例,操作\n" + "".join(
        f"E1234567{n},示例{n},自然人,91350100M000100Y43,0.{n},新增\n" for n in range(1, 9)
    )
    written = starting_mapping(looks(write(tmp_path / "股东.csv", text)))
    assert 'identifier.CN-RIC = "股东证件号码"' in written
    assert 'op = "操作"' in written


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("drawn (CNY 10k)", '"万元"'),
        ("drawn (RMB million)", '"百万元"'),
        ("drawn (CNY '000)", '"千元"'),
        ("drawn (in thousands)", '"千元"'),
        ("drawn (10,000 yuan)", '"万元"'),
        ("已用额度（亿元）", '"亿元"'),
        ("drawn (per 12 units)", '"???'),
    ],
)
def test_a_unit_in_a_header_is_read_or_asked_for(tmp_path: Path, header: str, unit: str) -> None:
    text = f'customer_id,facility_id,"{header}",currency\n' + "".join(f"C{n},F{n},{n},CNY\n" for n in range(1, 9))
    assert f"unit = {unit}" in starting_mapping(looks(write(tmp_path / "loans.csv", text)))


@pytest.mark.parametrize(
    ("cells", "type_"),
    [
        (["10", "20", "30", "40", "50-75"], "band"),
        (["2024-01-01", "2024-01-02", "Li", "Wang"], "text"),
        ([*(str(n) for n in range(1, 10)), "123456789012"], "number"),
        ([f"91350100000{n:04}" for n in range(10)], "text"),
    ],
)
def test_a_column_is_of_the_type_that_all_its_cells_read_as(tmp_path: Path, cells: list[str], type_: str) -> None:
    (column,) = look(write(tmp_path / "t.csv", "\n".join(["what", *cells]))).columns
    assert column.type == type_


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("担保人,被担保人,担保金额（万元）,币种", "GUARANTEES"),
        ("guarantor_id,borrower_id,amount,currency", "GUARANTEES"),
        ("供应商编号,采购商编号,年供货额", "SUPPLIES"),
        ("supplier,buyer,product,amount", "SUPPLIES"),
        ("卖方,买方,货物名称,转让应收账款额", "SUPPLIES"),
        ("seller,buyer,product,share of sales", "SUPPLIES"),
        ("卖方,买方,转让股权比例,转让日期", "Event"),
        ("买方,卖方,标的公司,股份数量,成交金额", "Event"),
        ("seller,buyer,shares,price", "Event"),
        ("转让方,受让方,标的企业,转让比例,转让价款,转让日期", "Event"),
        ("transferor,transferee,target,stake transferred,consideration,closing date", "Event"),
        ("出让方,受让方,标的公司,出让比例,对价,变更登记日", "Event"),
        ("seller,buyer,target company,transfer date,amount", "Event"),
        ("seller,buyer,product,target_warehouse,transfer_date,amount,currency", "SUPPLIES"),
        ("seller,buyer,target_market,transfer_date,amount", "SUPPLIES"),
        ("seller,buyer,issuer_bank,transfer_method,amount,date", "SUPPLIES"),
        ("转让方,受让方,债务人,转让应收账款金额,转让日期", "Profile"),
        ("保证人,被保证人,保证合同编号,主合同编号,保证金额,币种", "GUARANTEES"),
        ("客户号,授信编号,品种,已用金额（万元）", "LENDS"),
        ("borrower_id,loan_id,balance", "LENDS"),
        ("人员编号,企业编号,职务", "HOLDS_OFFICE"),
        ("统一社会信用代码,企业名称,注册资本（万元）", "Profile"),
    ],
)
def test_each_kind_of_table_is_recognised_by_its_header(tmp_path: Path, header: str, kind: str) -> None:
    row = ",".join("100" if re.search("额|资本|amount|balance", name) else "x1" for name in header.split(","))
    assert look(write(tmp_path / "t.csv", f"{header}\n{row}\n")).guess.kind == kind


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (
            "seller,seller_name,buyer,buyer_name,sales\nS1,Acme Ltd,B1,Bolt Ltd,100\nS2,Ace Ltd,B2,Bee Ltd,200\n",
            [("seller", "seller_name"), ("buyer", "buyer_name")],
        ),
        (
            "机构名称,贷款人,贷款人名称,借款人,借款人名称,贷款余额\n支行,B1,甲行,C1,乙公司,100\n支行,B1,甲行,C2,丙公司,200\n",
            [("贷款人", "贷款人名称"), ("借款人", "借款人名称")],
        ),
        ("customer,customer_name,address\nC1,Acme Ltd,X\nC2,Bolt Ltd,Y\n", [("customer", "customer_name")]),
    ],
)
def test_codes_beside_names_are_the_parties_numbers(tmp_path: Path, text: str, ends: list[tuple[str, str]]) -> None:
    guess = look(write(tmp_path / "t.csv", text)).guess
    assert [(end.id, end.title) for end in guess.ends if end] == ends


def test_names_beside_shorter_names_are_no_numbers(tmp_path: Path) -> None:
    text = "供应商,供应商简称,采购商,年供货额\n甲股份有限公司,甲,C1,1\n乙股份有限公司,乙,C2,2\n"
    start, _ = look(write(tmp_path / "t.csv", text)).guess.ends
    assert start
    assert (start.id, start.title) == ("供应商简称", "")


@pytest.mark.parametrize(
    ("header", "field", "column"),
    [
        ("borrower_id,loan_no,balance", "facility_id", "loan_no"),
        ("borrower_id,Loan Number,balance", "facility_id", "Loan Number"),
        ("supplier,buyer,annual_sales", "amount", "annual_sales"),
        ("supplier,buyer,Annual sales (CNY 10k)", "amount", "Annual sales (CNY 10k)"),
    ],
)
def test_other_words_for_a_field_are_known(tmp_path: Path, header: str, field: str, column: str) -> None:
    fields = look(write(tmp_path / "t.csv", f"{header}\nA1,B1,100\nA2,B2,200\n")).guess.fields
    assert fields[field].column == column


@pytest.mark.parametrize("header", ["入股日期", "出资日期", "实缴出资日期", "认缴出资时间", "起始日"])
def test_the_day_a_holding_began_is_guessed_by_any_of_its_names(tmp_path: Path, header: str) -> None:
    path = write(tmp_path / "t.csv", f"股东名称,企业名称,出资比例,{header}\n甲某,示例电缆,50%,2024-03-01\n")
    guess = look(path).guess
    assert (guess.kind, guess.fields["valid_from"].column) == ("OWNS", header)


def test_a_day_names_nobody(tmp_path: Path) -> None:
    """Of a lender's own list only the borrower is a party, and the day a loan was paid out is when it begins."""
    text = "客户号,客户名称,合同号,余额,币种,放款日,到期日\nC1,示例公司,H1,1000000,CNY,2024-01-01,2026-12-31\n"
    guess = look(write(tmp_path / "借款.csv", text)).guess
    assert (guess.kind, [end.id if end else None for end in guess.ends]) == ("LENDS", [None, "客户号"])
    assert (guess.fields["valid_from"].column, guess.fields["maturity"].column) == ("放款日", "到期日")


def test_who_lends_is_guessed_by_its_other_name(tmp_path: Path) -> None:
    text = "贷款行,借款人,合同号,余额\n示例银行,示例公司,H1,1000000\n"
    guess = look(write(tmp_path / "授信.csv", text)).guess
    assert (guess.kind, [end.id if end else None for end in guess.ends]) == ("LENDS", ["贷款行", "借款人"])


def filled(text: str) -> str:
    """Fill in the required lines as a user would."""
    for key, value in (
        ("name", "登记"),
        ("delivery", "full"),
        ("currency", "CNY"),
        ("lender", "BANK"),
        ("kind", "Company"),
    ):
        text = re.sub(rf'^{key} = "\?\?\?.*"$', f'{key} = "{value}"', text, flags=re.M)
    return re.sub(r'\{ constant = "\?\?\?.*" \}', '{ constant = "loan" }', text)


@pytest.mark.parametrize("text", [CHINESE, ENGLISH, "客户号,授信编号,已用金额（万元）\nC1,F1,30\n"])
def test_the_starting_mapping_is_refused_until_filled_in_and_then_loads_every_row(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "t.csv", text)
    mapping = write(tmp_path / "mapping.toml", starting_mapping([look(path)]))
    with pytest.raises(InvalidMapping, match="must be filled in"):
        read_mapping(mapping)
    mapping.write_text(filled(mapping.read_text(encoding="utf-8")), encoding="utf-8")
    source = Tables()
    found = list(source.read(source.delivery((path,), {"mapping": str(mapping)})))
    facts = [item for item in found if not isinstance(item, Rejected) and item.kind and item.kind.is_relation]
    assert not [item for item in found if isinstance(item, Rejected)]
    assert sum(len(item.rows) for item in facts) == text.count("\n") - 1


def test_what_no_file_can_say_is_asked_for(tmp_path: Path) -> None:
    text = starting_mapping([look(write(tmp_path / "t.csv", "客户号,授信编号,已用金额（万元）\nC1,F1,30\n"))])
    asked = re.findall(r'^([\w.]+) = (?:\{ constant = )?"\?\?\?', text, flags=re.M)
    assert asked == ["name", "delivery", "currency", "lender", "kind", "fields.kind"]


def test_every_sheet_of_a_workbook_is_looked_at(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "股东"
    book.active.append(["股东编号", "公司编号", "持股比例"])
    book.active.append(["1", "2", 0.5])
    book.create_sheet("空")
    book.create_sheet("企业").append(["企业编号", "企业名称"])
    book.save(tmp_path / "b.xlsx")
    seen = looks(tmp_path / "b.xlsx")
    assert [(one.sheet, one.guess.kind) for one in seen] == [("股东", "OWNS"), ("企业", "Profile")]
    assert 'sheet = "股东"' in starting_mapping(seen)


def test_headers_cannot_break_out_of_the_mapping(tmp_path: Path) -> None:
    evil = 'a"\n[source]\nname = "x'
    quoted = '"' + evil.replace('"', '""') + '"'
    path = write(tmp_path / "t.csv", f"{quoted},企业编号,企业名称\n1,2,3\n")
    mapping = write(tmp_path / "mapping.toml", starting_mapping([look(path)]))
    with pytest.raises(InvalidMapping, match="must be filled in"):
        read_mapping(mapping)


@pytest.mark.parametrize("above", ["", "2024年股东名册\n"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_headers_without_rows_make_a_mapping(tmp_path: Path, ending: str, above: str) -> None:
    headers = ["股东编号", "股东 名称", "企业编号", "持股比例(%)", "入股日期", "公示日期", "操作"]
    path = write(tmp_path / f"t.{ending}", f"{above}{','.join(headers)}\n")
    if ending == "xlsx":
        book = openpyxl.Workbook()
        for row in ([[above.strip()]] if above else []) + [headers]:
            book.active.append(row)
        book.save(path)
    seen = look(path)
    assert (seen.rows, [column.name for column in seen.columns]) == (0, headers)
    written = starting_mapping([seen])
    for line in (
        'id = "股东编号"', 'profile.name = "股东 名称"', 'id = "企业编号"', 'kind = "OWNS"', 'valid_from = "入股日期"',
        'share = { column = "持股比例(%)", unit = "%" }', 'stated = "公示日期"', 'op = "操作"',
    ):  # fmt: skip
        assert line in written


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        look(write(tmp_path / "t.csv", ""))


def test_what_is_not_drawn_is_never_taken_for_what_is(tmp_path: Path) -> None:
    """Cells that are no numbers turn the drawn column into text; the undrawn one must not take its place."""
    text = "银行,借款人,授信编号,已用金额(万元),未用金额(万元)\n" + "".join(
        f"B1,C{n},F{n},{'abc' if n > 3 else n},{n}\n" for n in range(9)
    )
    fields = look(write(tmp_path / "授信.csv", text)).guess.fields
    assert fields["undrawn"].column == "未用金额(万元)"
    assert "drawn" not in fields or fields["drawn"].column == "已用金额(万元)"


@pytest.mark.parametrize("number", ["11010519491231002X", "110105491231002", "G12345678"])
def test_numbers_of_natural_persons_are_not_shown(tmp_path: Path, number: str) -> None:
    text = f"股东证件号,股东名称,企业编号,企业名称,持股比例\n{number},张三,C1,示例电缆,0.5\n"
    (seen,) = looks(write(tmp_path / "股东.csv", text))
    assert number not in repr(seen)
    assert 'identifier.CN-RIC = "股东证件号"' in starting_mapping([seen])


def test_a_resident_number_is_struck_out_in_any_column(tmp_path: Path) -> None:
    (seen,) = looks(write(tmp_path / "x.csv", "a,b\n11010519491231002X,1\n"))
    assert "11010519491231002X" not in [*seen.columns[0].examples, seen.columns[0].misfit]
