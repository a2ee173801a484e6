"""Tables of exchange rates are known by their headers, and their mapping loads what they say."""

from pathlib import Path

import pytest

from graph.model import KINDS
from ingest.inspect import look
from ingest.source import Rejected
from ingest.starting import starting_mapping
from ingest.tables import Tables

RATE = KINDS["Rate"]


def written(folder: Path, text: str, name: str = "表.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "header",
    [
        ",".join(field.zh for field in RATE.fields),
        ",".join(field.name for field in RATE.fields),
        "原币,本币,汇率日期,中间价",
        "from_currency,to_currency,date,exchange rate",
    ],
)
def test_rates_are_loaded_as_their_file_says(tmp_path: Path, header: str) -> None:
    path = written(tmp_path, f"{header}\n美元,人民币,2024-12-31,7.2\n")
    seen = look(path)
    assert seen.guess.kind == "Rate"
    made = starting_mapping([seen]).replace('"??? name', '"name').replace('"??? full', '"full" # "')
    source, mapping = Tables(), written(tmp_path, made, "mapping.toml")
    found = list(source.read(source.delivery((path,), {"mapping": str(mapping)})))
    assert not [one for one in found if isinstance(one, Rejected)]
    (row,) = [row for one in found if not isinstance(one, Rejected) and one.kind for row in one.rows.to_pylist()]
    assert (row["base"], row["quote"], str(row["day"])[:10], row["rate"]) == ("USD", "CNY", "2024-12-31", 7.2)


def test_the_currency_that_a_list_of_rates_leaves_unsaid_is_asked_for(tmp_path: Path) -> None:
    seen = look(written(tmp_path, "币种,日期,中间价\nUSD,2024-12-31,7.2\n"))
    assert (seen.guess.kind, seen.guess.fields["base"].column) == ("Rate", "币种")
    assert 'quote = { constant = "??? currency it is priced in" }' in starting_mapping([seen])


def test_how_many_units_a_rate_is_for_is_asked_for(tmp_path: Path) -> None:
    text = starting_mapping([look(written(tmp_path, "外币,本币,日期,汇率(100外币)\nUSD,CNY,2024-12-31,720\n"))])
    assert 'unit = "??? what (100外币) stands for' in text


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("客户编号,客户名称,币种,汇率,成立日期", "Profile"),
        ("客户编号,借据号,余额,币种,汇率,放款日期", "LENDS"),
        ("客户编号,报告期,净资产,总负债,币种,汇率", "Statement"),
    ],
)
def test_a_rate_beside_what_it_converts_makes_no_table_of_rates(tmp_path: Path, header: str, kind: str) -> None:
    cells = {"客户编号": "K1", "客户名称": "甲公司", "币种": "USD", "借据号": "L1", "报告期": "2023-12-31",
             "成立日期": "2001-01-01", "放款日期": "2023-01-01"}  # fmt: skip
    row = ",".join(cells.get(name, "7") for name in header.split(","))
    assert look(written(tmp_path, f"{header}\n{row}\n")).guess.kind == kind
