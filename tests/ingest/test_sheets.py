"""Which tables are statements and which are not, by their headers and what their columns hold."""

import re
from pathlib import Path

import pytest

from ingest.guesses import Guess
from ingest.inspect import look

CELLS = (
    (r"日期|日$|期末|报告期|所属期|date|period|as of", "202{n}-12-31"),
    (r"比例", "{n}0%"),
    (r"金额|余额|资产|收入|利润|负债|权益|资本$|amount|value|revenue|equity|assets|cost|growth|率$", "{n}00"),
    (r"项目$|^item$", "营业收入"),
    (r"信用代码", "91350100M000100Y4{n}"),
    (r"", "示例{n}有限公司"),
)
"""What stands in a column, by its header."""


def guessed(folder: Path, header: str, name: str = "表") -> Guess:
    rows = [[next(cell for word, cell in CELLS if re.search(word, h)) for h in header.split(",")]] * 2
    text = [header, *(",".join(row).format(n=n) for n, row in enumerate(rows, 1))]
    (folder / f"{name}.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    return look(folder / f"{name}.csv").guess


@pytest.mark.parametrize(
    ("header", "kind", "fields"),
    [
        ("supplier,buyer,item,amount,invoice date", "SUPPLIES", {"amount": "amount"}),
        ("供应商,采购方,项目名称,金额,合同日期", "SUPPLIES", {"amount": "金额"}),
        ("供应商,采购方,项目,金额,报告期", "SUPPLIES", {"amount": "金额"}),
        ("借款人,贷款余额,放款日期,借款人总资产,借款人净资产", "LENDS",
         {"drawn": "贷款余额", "valid_from": "放款日期"}),
        ("借款人,贷款余额,报告期,总资产,净资产", "LENDS", {"drawn": "贷款余额"}),
        ("担保人,被担保人,担保金额,担保日期,担保人净资产,担保人总资产", "GUARANTEES", {"amount": "担保金额"}),
        ("担保人,被担保人,报告期,担保人净资产,担保人总资产", "GUARANTEES", {}),
        ("股东,被投资企业,持股比例,出资日期,被投资企业净资产,被投资企业营业收入", "OWNS",
         {"share": "持股比例", "valid_from": "出资日期"}),
        ("企业名称,统一社会信用代码,成立日期,注册资本,总资产,营业收入", "Profile", {"registered_capital": "注册资本"}),
        ("企业名称,成立日期,净资产,营业收入", "Profile", {}),
        ("company,incorporation date,revenue,total assets", "Profile", {}),
        ("company,report date,revenue growth,total assets", "Profile", {}),
    ],
)  # fmt: skip
def test_a_table_of_something_else_is_no_table_of_statements(
    tmp_path: Path, header: str, kind: str, fields: dict[str, str]
) -> None:
    found = guessed(tmp_path, header)
    assert (found.kind, dict(found.items)) == (kind, {})
    assert {name: found.fields[name].column for name in fields} == fields


@pytest.mark.parametrize(
    ("header", "name", "period", "items"),
    [
        ("企业名称,成立日期,报表日期,净资产,营业收入", "表", "报表日期", {"net_assets", "revenue"}),
        ("企业名称,披露日期,报告期末,净资产,营业收入", "表", "报告期末", {"net_assets", "revenue"}),
        ("企业名称,报告期,短期借款余额,股东权益,营业收入", "表", "报告期", {"total_equity", "revenue"}),
        ("企业名称,控股股东,报告期,总资产,营业收入", "表", "报告期", {"total_assets", "revenue"}),
        ("客户名称,报告期,总资产,营业收入", "贷款客户报表", "报告期", {"total_assets", "revenue"}),
        ("客户名称,报告期,项目,金额", "贷款客户报表", "报告期", set()),
        ("企业名称,日期,流动负债合计,负债合计,负债和所有者权益总计,净利润率,净利润", "表", "日期",
         {"current_liabilities", "total_liabilities", "net_profit"}),
        ("company,filing date,period end,revenue growth,cost of revenue,prior year revenue,revenue", "t", "period end",
         {"operating_cost", "revenue"}),
        ("company,as of,total liabilities and equity,total equity,revenue", "t", "as of", {"total_equity", "revenue"}),
    ],
)  # fmt: skip
def test_a_table_of_statements_takes_its_own_day_and_items(
    tmp_path: Path, header: str, name: str, period: str, items: set[str]
) -> None:
    found = guessed(tmp_path, header, name)
    assert (found.kind, found.fields["period_end"].column) == ("Statement", period)
    assert {item.name for item in found.items.values()} == items
    assert not items or not {"revenue growth", "净利润率", "prior year revenue"} & {*found.items}


def test_the_day_a_statement_was_disclosed_is_when_it_was_stated(tmp_path: Path) -> None:
    assert guessed(tmp_path, "企业名称,披露日期,报告期末,净资产,营业收入").stated == "披露日期"
