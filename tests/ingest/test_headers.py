"""What tables of guarantees and supplies are taken for, by headers as firms and registers write them."""

import re
from pathlib import Path

import pytest

from ingest.inspect import looks

HEADED = [
    ("担保人,被担保人,债权人,担保金额(万元),签约日", "GUARANTEES", {"creditor": "债权人", "signed": "签约日"}),
    ("保证人名称,债务人名称,主债权金额,担保日期,合同号", "GUARANTEES", {"signed": "担保日期", "facility_id": "合同号"}),
    (
        "担保方,被担保方,担保余额（亿元）,合同签订日,担保起始日,担保到期日", "GUARANTEES",
        {"signed": "合同签订日", "valid_from": "担保起始日", "expires": "担保到期日"},
    ),
    (
        "担保人,被担保人,担保金额,签订日期,保证期间届满日,主债务履行期限届满日", "GUARANTEES",
        {"signed": "签订日期", "expires": "保证期间届满日", "due": "主债务履行期限届满日"},
    ),
    ("保证人,债务人,保证金额,债务到期日,签订日期", "GUARANTEES", {"due": "债务到期日", "signed": "签订日期"}),
    ("担保公司,被担保公司,担保额度,实际担保金额,签署日期", "GUARANTEES",
     {"amount": "实际担保金额", "signed": "签署日期"}),
    ("对外担保方,担保对象名称,担保额度,实际发生日期", "GUARANTEES", {"amount": "担保额度", "signed": "实际发生日期"}),
    ("Guarantor,Borrower,Amount,Date signed,Maturity of debt", "GUARANTEES",
     {"signed": "Date signed", "due": "Maturity of debt"}),
    ("surety,debtor,beneficiary,amount,agreement date", "GUARANTEES",
     {"creditor": "beneficiary", "signed": "agreement date"}),
    ("guarantor_name,guaranteed_party,amount,guarantee_date", "GUARANTEES", {"signed": "guarantee_date"}),
    ("供应商,采购方,项目名称,年采购额(万元),供应日期", "SUPPLIES", {"product": "项目名称", "valid_from": "供应日期"}),
    ("供货商名称,客户名称,商品,交易金额,合同签订日", "SUPPLIES", {"product": "商品", "valid_from": "合同签订日"}),
    ("supplier,buyer,item,annual value,credit days", "SUPPLIES", {"product": "item", "term_days": "credit days"}),
    ("卖方,买方,货物名称,销售金额,应收账款余额,信用期", "SUPPLIES",
     {"product": "货物名称", "amount": "销售金额", "receivable": "应收账款余额", "term_days": "信用期"}),
    ("vendor,customer,product category,yearly purchases (RMB 10k),open invoices,supply date", "SUPPLIES",
     {"product": "product category", "amount": "yearly purchases (RMB 10k)", "receivable": "open invoices"}),
    ("核心企业,供应商名称,主要产品,供货金额,供货开始日期,供货结束日期", "SUPPLIES",
     {"product": "主要产品", "valid_from": "供货开始日期", "valid_to": "供货结束日期"}),
    ("购货单位,销货单位,物料名称,不含税金额", "SUPPLIES", {"product": "物料名称", "amount": "不含税金额"}),
    ("供方,需方,项目,金额,合作起始日,结算账期", "SUPPLIES",
     {"product": "项目", "valid_from": "合作起始日", "term_days": "结算账期"}),
]  # fmt: skip
"""Headers as firms and registers write them, what such a file states, and in which column each field stands."""


@pytest.mark.parametrize(("header", "kind", "fields"), HEADED)
def test_guarantees_and_supplies_are_known_by_the_words_that_firms_use(
    tmp_path: Path, header: str, kind: str, fields: dict[str, str]
) -> None:
    def cell(name: str, row: int) -> str:
        if re.search("日|date|signed|Maturity", name):
            return f"2024-03-0{row}"
        if re.search("额|期|value|amount|Amount|purchases|invoices|days", name):
            return f"{row}00"
        return "铝型材" if name in fields.get("product", "") else f"示例{name}{row}有限公司"

    rows = [",".join(cell(name, row) for name in header.split(",")) for row in (1, 2)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    guess = looks(path)[0].guess
    assert guess.kind == kind
    assert {name: guess.fields[name].column for name in fields if name in guess.fields} == fields
    if kind == "SUPPLIES":
        start, end = guess.ends
        assert start
        assert end
        assert re.search("供|卖|销|supplier|vendor", start.id)
        assert re.search("采购|客户|买|购货|需|核心|buyer|customer", end.id)
