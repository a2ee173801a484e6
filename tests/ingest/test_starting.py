"""Loans, collateral and statements under Chinese headers make a mapping that loads what the rows say."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.inspect import look
from ingest.source import Rejected
from ingest.starting import starting_mapping
from ingest.tables import Tables

LOANS = (
    "贷款编号,贷款行,贷款行统一社会信用代码,借款人,借款人编号,贷款金额（万元）,贷款余额（万元）,币种,放款日期,到期日期,贷款种类\n"
    "DK001,甲银行,91350100M000100Y43,乙公司,K1,1000,800,人民币,2023-01-05,2025-01-05,流动资金贷款\n"
)
COLLATERAL = "押品编号,押品种类,所有权人,押品价值（万元）,币种,借款合同号\nYP1,不动产,乙公司,1200,人民币,DK001\n"
ROWS = "企业名称,统一社会信用代码,报表日期,项目,金额（万元）,币种\n" + "".join(
    f"示例电缆,91350100M000100Y43,2023-12-31,{item},{value},人民币\n"
    for item, value in (("营业收入", 200), ("净资产", 50))
)
COLUMNS = """客户编号,客户名称,报告期,净资产（万元）,营业收入（万元）
K1,甲公司,2023-12-31,50,200
K2,乙公司,2023-12-31,60,300
"""


def facts(folder: Path, text: str) -> Iterator[dict[str, Any]]:
    """What the rows say by the mapping that `inspect` writes, its marked lines filled in as a user would."""
    path = folder / "表.csv"
    path.write_text(text, encoding="utf-8")
    made = starting_mapping([look(path)])
    for marked, said in (
        (r'^kind = "\?\?\?.*"', 'kind = "Company"'), (r'^lender = "\?\?\?.*"', 'lender = "BANK"'),
        (r'^name = "\?\?\?.*"', 'name = "账"'), (r'^delivery = "\?\?\?.*"', 'delivery = "full"'),
        (r'"\?\?\? months[^"]*"', "12"), (r'"\?\?\? ISO[^"]*"', '"CNY"'),
    ):  # fmt: skip
        made = re.sub(marked, said, made, flags=re.M)
    mapping = folder / "mapping.toml"
    mapping.write_text(made, encoding="utf-8")
    source = Tables()
    for item in source.read(source.delivery((path,), {"mapping": str(mapping)})):
        assert not isinstance(item, Rejected), item
        if item.kind and (item.kind.is_relation or item.kind.name in ("Statement", "Event")):
            yield from ({"kind of fact": item.kind.name, **row} for row in item.rows.to_pylist())


def test_a_loan_is_what_is_owed_between_two_parties_with_names_and_numbers(tmp_path: Path) -> None:
    (loan,) = facts(tmp_path, LOANS)
    ends = loan["from"], loan["to"], loan["facility_id"]
    assert ends == ("账:91350100M000100Y43", "账:K1", "DK001")
    assert (loan["drawn"], loan["currency"], loan["kind"]) == (8_000_000, "CNY", "loan")
    assert [str(loan[name])[:10] for name in ("valid_from", "maturity")] == ["2023-01-05", "2025-01-05"]
    _, borrower = look(tmp_path / "表.csv").guess.ends
    assert borrower
    assert (borrower.id, borrower.title) == ("借款人编号", "借款人")


@pytest.mark.parametrize("header", ["编号", "序号"])
def test_a_bare_number_and_day_of_a_loan_are_its_own(tmp_path: Path, header: str) -> None:
    path = tmp_path / "授信.csv"
    path.write_text(
        f"{header},贷款行,客户名称,日期,金额,到期日\nD1,甲银行,乙公司,2023-01-05,10,2025-01-05\n", encoding="utf-8"
    )
    fields = {name: said.column for name, said in look(path).guess.fields.items()}
    assert fields == {"facility_id": header, "drawn": "金额", "maturity": "到期日", "valid_from": "日期"}


def test_collateral_goes_to_the_lender_whom_no_column_names(tmp_path: Path) -> None:
    (pledge,) = facts(tmp_path, COLLATERAL)
    assert (pledge["kind of fact"], pledge["from"], pledge["to"]) == ("PLEDGES", "账:乙公司", "账:BANK")
    assert (pledge["kind"], pledge["value"], pledge["facility_id"]) == ("real estate", 12_000_000, "DK001")


@pytest.mark.parametrize("header", ["贷款人编号", "债权人编号", "授信机构", "creditor_id"])
def test_collateral_goes_to_the_lender_that_a_column_names(tmp_path: Path, header: str) -> None:
    """Of several lenders each keeps its own: a file that names them asks for no other."""
    text = (
        f"出质人编号,{header},授信编号,押品种类,押品价值（万元）,币种\nK1,BK1,L1,房地产,300,CNY\nK2,BK2,L2,存单,5,CNY\n"
    )
    assert [(one["from"], one["to"]) for one in facts(tmp_path, text)] == [("账:K1", "账:BK1"), ("账:K2", "账:BK2")]


@pytest.mark.parametrize(
    "header",
    [
        "企业编号,报表日期,总资产,流动资产,流动负债,材料成本,非流动资产合计,非流动负债合计,币种",
        "企业编号,报表日期,资产总计,流动资产合计,流动负债合计,直接材料成本,非流动资产总计,非流动负债总额,币种",
        "company_id,period_end,total_assets,current_assets,current_liabilities,material_cost,non_current_assets,"
        "non-current liabilities,currency",
    ],
    ids=["bare", "sums", "English"],
)
def test_what_a_firm_pays_calls_from_is_read_and_is_no_total(tmp_path: Path, header: str) -> None:
    text = f"{header}\nK1,2023-12-31,90,40,15,30,50,60,CNY\nK2,2023-12-31,91,41,16,31,50,60,CNY\n"
    said = {row["item"]: row["value"] for row in facts(tmp_path, text) if row["party"] == "账:K1"}
    assert said == {"total_assets": 90, "current_assets": 40, "current_liabilities": 15, "material_cost": 30}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROWS, {("账:91350100M000100Y43", "revenue", 12, 2e6), ("账:91350100M000100Y43", "net_assets", 0, 5e5)}),
        (COLUMNS, {("账:K1", "revenue", 12, 2e6), ("账:K1", "net_assets", 0, 5e5), ("账:K2", "revenue", 12, 3e6),
                   ("账:K2", "net_assets", 0, 6e5)}),
    ],
    ids=["an item a row", "an item a column"],
)  # fmt: skip
def test_statements_are_read_by_item(tmp_path: Path, text: str, said: set[tuple[str, str, int, float]]) -> None:
    rows = list(facts(tmp_path, text))
    assert {(row["party"], row["item"], row["months"], row["value"]) for row in rows} == said
    assert {(str(row["period_end"])[:10], row["unit"]) for row in rows} == {("2023-12-31", "CNY")}


def test_items_are_known_by_each_of_their_usual_names(tmp_path: Path) -> None:
    names = {"总资产": "total_assets", "资产总额": "total_assets", "总负债": "total_liabilities", "负债总额":
             "total_liabilities", "股东权益合计": "total_equity", "债务总额": "total_debt"}  # fmt: skip
    rows = [f"K{at},2023-12-31,{name},{at},人民币" for at, name in enumerate(names)]
    text = "\n".join(("客户编号,报告期,科目,金额,币种", *rows))
    assert [row["item"] for row in facts(tmp_path, text)] == list(names.values())
    assert {row["months"] for row in facts(tmp_path, text)} == {0}


def test_a_list_with_one_figure_is_no_table_of_statements(tmp_path: Path) -> None:
    path = tmp_path / "名录.csv"
    path.write_text("企业编号,企业名称,成立日期,净资产\nK1,甲公司,2003-01-01,5\n", encoding="utf-8")
    assert look(path).guess.kind == "Profile"


GUARANTEES = (
    "担保合同号,担保人编号,被担保人编号,借据号,担保金额（万元）,币种,担保日期\nG1,C1,C2,L1,100,人民币,2024-01-10\n",
    "guarantee_no,guarantor_id,borrower_id,loan_no,amount (10k),currency,date signed\nG1,C1,C2,L1,100,CNY,2024-01-10\n",
)


@pytest.mark.parametrize("text", GUARANTEES, ids=["Chinese", "English"])
def test_a_guarantee_is_of_the_loan_under_its_own_number_and_holds_from_its_signature(
    tmp_path: Path, text: str
) -> None:
    (promise,) = facts(tmp_path, text)
    assert (promise["kind of fact"], promise["from"], promise["to"]) == ("GUARANTEES", "账:C1", "账:C2")
    assert (promise["facility_id"], promise["source_ref"], promise["amount"]) == ("L1", "G1", 1_000_000)
    assert [str(promise[name])[:10] for name in ("signed", "valid_from")] == ["2024-01-10"] * 2


def test_a_guarantee_holds_from_the_day_that_another_column_names(tmp_path: Path) -> None:
    text = "担保人编号,被担保人编号,担保金额,币种,担保日期,生效日期\nC1,C2,100,人民币,2024-01-10,2024-02-01\n"
    (promise,) = facts(tmp_path, text)
    assert [str(promise[name])[:10] for name in ("signed", "valid_from")] == ["2024-01-10", "2024-02-01"]


def test_empty_cells_of_statements_state_nothing(tmp_path: Path) -> None:
    rows = "K1,甲公司,2023-12-31,50,,人民币", "K2,乙公司,2023-12-31,,300,人民币"
    text = "\n".join(("客户编号,客户名称,报告期,净资产,营业收入,币种", *rows))
    said = {(row["party"], row["item"], row["value"]) for row in facts(tmp_path, text)}
    assert said == {("账:K1", "net_assets", 50), ("账:K2", "revenue", 300)}


def test_empty_values_of_items_state_nothing(tmp_path: Path) -> None:
    text = ROWS.replace(",50,人民币", ",,人民币")
    assert [(row["item"], row["value"]) for row in facts(tmp_path, text)] == [("revenue", 2e6)]


@pytest.mark.parametrize("header", ["客户编号,报告期,总负债,币种", "company_id,period_end,total_liabilities,currency"])
def test_one_item_at_the_end_of_a_period_is_a_statement(tmp_path: Path, header: str) -> None:
    (row,) = facts(tmp_path, f"{header}\nK1,2023-12-31,40,CNY\n")
    assert (row["kind of fact"], row["party"], row["item"], row["value"]) == (
        "Statement", "账:K1", "total_liabilities", 40,
    )  # fmt: skip
    assert (row["months"], str(row["period_end"])[:10]) == (0, "2023-12-31")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("担保合同号,担保人编号,被担保人编号,担保金额（万元）,币种\nG1,C1,C2,100,人民币\n", "G1"),
        ("guarantee_no,guarantor_id,borrower_id,amount (10k),currency\nG1,C1,C2,100,CNY\n", "G1"),
        ("保证合同编号,担保人编号,被担保人编号,担保金额（万元）,币种\nG1,C1,C2,100,人民币\n", "G1"),
    ],
)
def test_the_number_of_a_guarantees_own_contract_names_no_facility(tmp_path: Path, text: str, number: str) -> None:
    """Where no column names the loan, the guarantee is for all the borrower owes, and its number is the record's."""
    (promise,) = facts(tmp_path, text)
    assert (promise["kind of fact"], promise["facility_id"], promise["source_ref"]) == ("GUARANTEES", None, number)


@pytest.mark.parametrize("header", ["所反担保的担保", "反担保合同编号", "反担保对应担保合同号", "counter_of"])
def test_a_counter_guarantee_names_the_contract_it_counters(tmp_path: Path, header: str) -> None:
    heads = f"担保合同号,担保人编号,被担保人编号,债权人编号,担保金额,币种,{header}"
    text = f"{heads}\nG1,C1,C2,BK,100,CNY,\nG2,C3,C2,C1,60,CNY,G1\n"
    assert [(one["source_ref"], one["counter_of"]) for one in facts(tmp_path, text)] == [("G1", None), ("G2", "G1")]


@pytest.mark.parametrize(
    "text",
    [
        "转让方,受让方,标的公司,转让比例,转让价款（万元）,币种,转让日期\n"
        "甲公司,乙公司,丙公司,30%,100,人民币,2024-01-10\n甲公司,乙公司,丁公司,20%,50,人民币,2024-01-10\n",
        "transferor,transferee,target,stake,price (10k),currency,transfer date\n"
        "甲公司,乙公司,丙公司,30%,100,CNY,2024-01-10\n甲公司,乙公司,丁公司,20%,50,CNY,2024-01-10\n",
    ],
    ids=["Chinese", "English"],
)
def test_a_transfer_of_shares_is_an_event_of_each_side_and_no_holding(tmp_path: Path, text: str) -> None:
    found = list(facts(tmp_path, text))
    assert {row["kind of fact"] for row in found} == {"Event"}
    assert {(row["party"], row["title"], row["counterparty"], row["amount"]) for row in found} == {
        (f"账:{party}", title, other, amount)
        for company, amount in (("丙公司", 1e6), ("丁公司", 5e5))
        for party, title, other in (
            ("甲公司", "转让股权", "乙公司"), ("乙公司", "受让股权", "甲公司"), (company, "股东转让股权", None),
        )
    }  # fmt: skip
    assert {(row["kind"], str(row["happened"])[:10]) for row in found} == {("other", "2024-01-10")}
    assert len({(row["party"], row["source_ref"]) for row in found}) == len(found)


def test_a_transfer_of_no_named_company_is_still_an_event_of_seller_and_buyer(tmp_path: Path) -> None:
    """Two transfers to two buyers on one day stay two events of the seller; the day is that of the change."""
    text = (
        "出让方,受让方,标的公司,出让比例,对价（万元）,币种,变更登记日\n"
        "甲公司,乙公司,,30%,100,人民币,2024-01-10\n甲公司,丙公司,,30%,100,人民币,2024-01-10\n"
        "甲公司,乙公司,丁公司,20%,50,人民币,2024-01-11\n"
    )
    found = list(facts(tmp_path, text))
    assert {(row["party"][2:], row["counterparty"], str(row["happened"])[:10]) for row in found} == {
        ("甲公司", "乙公司", "2024-01-10"), ("乙公司", "甲公司", "2024-01-10"),
        ("甲公司", "丙公司", "2024-01-10"), ("丙公司", "甲公司", "2024-01-10"),
        ("甲公司", "乙公司", "2024-01-11"), ("乙公司", "甲公司", "2024-01-11"), ("丁公司", None, "2024-01-11"),
    }  # fmt: skip
    assert len({(row["party"], row["source_ref"]) for row in found}) == len(found) == 7


def test_a_table_of_sureties_names_both_ends_the_contract_and_the_loan(tmp_path: Path) -> None:
    (promise,) = facts(
        tmp_path, "保证人,被保证人,保证合同编号,主合同编号,保证金额,币种\n甲公司,乙公司,B1,Z1,100,人民币\n"
    )
    assert (promise["kind of fact"], promise["from"], promise["to"]) == ("GUARANTEES", "账:甲公司", "账:乙公司")
    assert (promise["facility_id"], promise["source_ref"], promise["amount"]) == ("Z1", "B1", 100.0)


@pytest.mark.parametrize(
    ("header", "units", "values"),
    [
        ("单位", ("万元", "万元"), (5e6, 6e6)), ("金额单位", ("人民币万元", "人民币万元"), (5e6, 6e6)),
        ("unit", ("million", "million"), (5e8, 6e8)), ("单位", ("万元", "亿元"), (5e6, 6e10)),
        ("单位", ("元", "万元"), (500.0, 6e6)),
    ],
)  # fmt: skip
def test_a_column_of_units_says_in_what_amounts_stand(
    tmp_path: Path, header: str, units: tuple[str, str], values: tuple[float, float]
) -> None:
    """One unit on all rows, or each row its own; a header that names one itself keeps it."""
    text = f"客户编号,报告期,净资产,应收账款（千元）,{header},币种\n" + "".join(
        f"K{n},2023-12-31,{n + 5}00,7,{unit},CNY\n" for n, unit in enumerate(units)
    )
    rows = list(facts(tmp_path, text))
    assert sorted(row["value"] for row in rows if row["item"] == "net_assets") == sorted(values)
    assert {row["value"] for row in rows if row["item"] == "accounts_receivable"} == {7000.0}


@pytest.mark.parametrize(
    ("said", "value", "asked"),
    [("万元", 3e7, True), ("元", 3000.0, True), ("人民币", 3000.0, False), ("CNY", 3000.0, False)],
)
def test_a_currency_unit_is_a_unit_or_a_currency_by_what_it_says(
    tmp_path: Path, said: str, value: float, asked: bool
) -> None:
    """货币单位 is what financial tables call 万元, and what some loan books call CNY."""
    path = tmp_path / "授信.csv"
    text = f"借据号,借款人编号,业务品种,贷款余额,货币单位\nL1,K1,流动资金贷款,3000,{said}\n"
    path.write_text(text, encoding="utf-8")
    assert ('currency = "???' in starting_mapping([look(path)])) is asked
    (row,) = facts(tmp_path, text)
    assert (row["drawn"], row["currency"]) == (value, "CNY")


def test_units_that_no_amount_can_be_read_in_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text(
        "客户编号,报告期,净资产,营业收入,单位\nK1,2023-12-31,5,6,万元\nK2,2023-12-31,5,6,万股\n", encoding="utf-8"
    )
    assert 'unit = "??? one unit, such as 万元: 单位 says 万元, 万股' in starting_mapping([look(path)])
