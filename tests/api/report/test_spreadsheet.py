"""The supervisor's table, read back as a reader of the file would."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from api.cli import app
from api.questions import book_groups, book_limits
from api.report.spreadsheet import limits_workbook, write_limits
from tests.api.limits.test_standing import A, B, C, D, P, Q, lender, loan, owns
from tests.api.questions.book.test_possible import MORE, OWED, RECENT, RULES, SELLS
from tests.api.questions.lending import BANK, bank, stated
from tests.api.questions.limits.test_doubts import BANK as LENDER
from tests.api.questions.limits.test_doubts import CAPITAL as DOUBTED
from tests.api.questions.limits.test_doubts import engine as possible_engine

CAPITAL = [stated("bank", "tier1", 600.0), stated("bank", "net_capital", 700.0)]
HOSTILE = ("Profile", {"party": "r:a1", "name": '=HYPERLINK("http://x","y")'})
PLUS = ("Profile", {"party": "r:s", "name": "+1-2"})
SAME = "同名有限公司"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bank")
    engine = bank(folder, *CAPITAL, HOSTILE, PLUS)
    out = folder / "limits.xlsx"
    out.write_bytes(limits_workbook(engine, BANK, near=0.8, state="", moment=engine.moment()))
    return out


def rows(file: Path, title: str) -> Rows:
    """Rows of a sheet below its heads."""
    sheet = openpyxl.load_workbook(file)[title]
    heads, *rest = (list(row) for row in sheet.iter_rows(values_only=True))
    return [dict(zip(heads, row, strict=True)) for row in rest]


def test_it_has_a_sheet_of_each_kind_with_heads_in_both_languages(file: Path) -> None:
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == [
        "大额风险暴露 Large", "集团与成员 Groups", "超限与接近 Breaches", "若成立 If it held", "规则 Rules",
        "说明与来源 Sources",
    ]  # fmt: skip
    heads = [str(cell.value) for name in book.sheetnames[:2] for cell in book[name][1]]
    assert all(any(ord(sign) > 0x2E80 for sign in head) for head in heads)
    assert all(any("a" <= sign <= "z" for sign in head) for head in heads)


def test_every_finding_stands_once_with_its_figures(file: Path) -> None:
    engine = bank(file.parent / "again", *CAPITAL)
    told = book_limits(engine, BANK, limit=1000, moment=engine.moment()).answer
    large = [one for one in told.findings if one.state == "large"]
    others = [one for one in told.findings if one.state != "large"]
    found = rows(file, "大额风险暴露 Large")
    ids = [(one.controller or one.top).id for one in large]
    assert [(row["标识 Id"], row["风险暴露 Exposure"]) for row in found] == list(
        zip(ids, (one.exposure for one in large), strict=True)
    )
    broken = rows(file, "超限与接近 Breaches")
    assert [row["规则 Rule"] for row in broken] == [one.rule for one in others]
    for row, one in zip(broken, others, strict=True):
        figures = (row["风险暴露 Exposure"], row["限额 Limit"], row["占用 Use"])
        assert figures == pytest.approx((one.exposure, one.limit, one.use), rel=1e-14)
    assert {row["规则 Rule"] for row in rows(file, "规则 Rules")} == {rule.rule for rule in told.rules}


def test_a_group_has_the_id_of_who_is_on_top_of_it_as_on_the_screen(file: Path) -> None:
    """`p`, which owes nothing, has `a1` and `a2`; of both groups around it none bears the id of a member."""
    sheets = ("大额风险暴露 Large", "超限与接近 Breaches")
    groups = [row for name in sheets for row in rows(file, name) if row["类别 Kind"] == "集团 group"]
    ids = {row["标识 Id"] for row in groups if row["客户或集团 Client or group"].startswith("r:p 集团 group")}
    assert ids == {"r:p"}
    assert not {row["标识 Id"] for row in groups} & {"r:a1", "r:a2", "r:s", "r:t"}


def test_how_many_of_the_members_are_clients_stands_beside_how_many_there_are(file: Path) -> None:
    """`p` owes nothing and holds `a1` and `a2`: it is a member under both rules, and no client."""
    found = {row["规则 Rule"]: row for row in rows(file, "超限与接近 Breaches") if row["标识 Id"] == "r:p"}
    counts = {rule: (row["成员数 Members"], row["其中客户数 Of them clients"]) for rule, row in found.items()}
    assert counts == {"CN_GROUP_CREDIT_15": (3, 2), "CN_LE_GROUP_20": (5, 4)}


def test_what_limits_are_a_part_of_is_named_in_both_languages(file: Path) -> None:
    told = {row["规则 Rule"]: row["分母 Against"] for row in rows(file, "规则 Rules")}
    assert told["CN_LE_GROUP_20"] == "一级资本净额 Tier 1 capital"
    assert told["CN_RELATED_ALL_50"].startswith("上季末资本净额 Net capital")


def test_members_of_a_group_stand_with_how_they_came_in(file: Path) -> None:
    came = {row["标识 Id"]: row["加入方式 How it came in"] for row in rows(file, "集团与成员 Groups")}
    assert set(came) == {"r:a1", "r:a2", "r:s", "r:t"}
    assert "60%" in came["r:a2"]
    assert "由r:p（60%）控制" in came["r:a2"]
    assert "疑似依存于" in came["r:t"]
    assert "suspected" in came["r:t"]


def test_what_would_break_if_dependences_held_stands_with_whom(tmp_path: Path) -> None:
    """a's 110 and b's 100 are above the 200 of a group; each may depend on the other."""
    asked = possible_engine(tmp_path, RULES, RECENT, *OWED, SELLS, MORE)
    moment = asked.moment(currency="CNY")
    limits, out = book_limits(asked, LENDER, moment=moment), tmp_path / "limits.xlsx"
    write_limits(out, limits, book_groups(asked, LENDER, moment=moment))
    found = rows(out, "若成立 If it held")
    assert [(row["标识 Id"], row["与其合并者 Counted with"], row["合并暴露 Exposure together"]) for row in found] == [
        (A, B, 210.0), (B, A, 210.0),
    ]  # fmt: skip


def test_what_data_says_is_never_a_formula(file: Path) -> None:
    book = openpyxl.load_workbook(file)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    risky = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "+"))]
    assert {cell.value for cell in risky} >= {HOSTILE[1]["name"], PLUS[1]["name"]}
    assert all(cell.quotePrefix for cell in risky)


def test_numbers_are_numbers_in_a_form_people_read(file: Path) -> None:
    sheet = openpyxl.load_workbook(file)["大额风险暴露 Large"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for head, form in (("风险暴露 Exposure", "#,##0.00"), ("占资本比例 Share of capital", "0.00%")):
        cell = sheet.cell(2, heads[head])
        assert (cell.data_type, cell.number_format) == ("n", form)


def test_it_says_as_of_when_and_what_it_rests_on(file: Path) -> None:
    sheet = openpyxl.load_workbook(file)["说明与来源 Sources"]
    said = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert ["业务日 As of", "2024-06-30"] in said
    assert ["结论 State", "超限 breach"] in said
    at = next(k for k, row in enumerate(said) if row and row[0] == "事实 Fact")
    kinds = {row[1] for row in said[at + 1 :]}
    assert {"LENDS", "Statement", "DEPENDS_ON"} <= kinds


def test_the_command_writes_it_beside_its_answer(tmp_path: Path) -> None:
    bank(tmp_path, *CAPITAL)
    out = tmp_path / "deep" / "limits.xlsx"
    words = ["ask", "book", "limits", BANK, "--store", str(tmp_path), "--valid-at", "2024-06-30", "--json"]
    done = CliRunner().invoke(app, [*words, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert f"written: {out}" in done.stderr
    assert done.stdout.startswith("{")
    assert len(rows(out, "规则 Rules")) == 10


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    bank(tmp_path, *CAPITAL)
    words = ["ask", "book", "limits", BANK, "--store", str(tmp_path), "--out", str(tmp_path / "limits.pdf")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code != 0
    assert "workbook" in str(done.exception)


def test_clients_and_heads_of_one_name_are_told_apart_in_every_row(tmp_path: Path) -> None:
    """Two persons called alike hold a, and b and c, also called alike, of which c has 20 % of itself."""
    called = [("Profile", {"party": x, "name": name}) for name, both in ((SAME, (B, C)), ("张", (P, Q))) for x in both]
    held = [owns(P, A, 0.6), owns(P, B, 0.6), owns(Q, C, 0.45), owns(C, C, 0.2), owns(Q, D, 0.6)]
    owed = [loan(x, x, 190.0) for x in (A, B, C, D)]
    engine = possible_engine(tmp_path, lender(), *DOUBTED, *called, *held, *owed)
    out = tmp_path / "limits.xlsx"
    out.write_bytes(limits_workbook(engine, LENDER, near=0.8, state="", moment=engine.moment()))
    for title in ("集团与成员 Groups", "超限与接近 Breaches"):
        cells = [str(cell) for row in rows(out, title) for head, cell in row.items() if "Client" not in head]
        assert [cell for cell in cells if cell.count("张") != cell.count("张 (r:")] == []
        assert [cell for cell in cells if cell.count(SAME) != cell.count(f"{SAME} (r:")] == []
    clients = {row["标识 Id"]: row for row in rows(out, "集团与成员 Groups")}
    assert (clients[B]["客户 Client"], clients[C]["客户 Client"]) == (SAME, SAME)
    assert "（公司自持的20%无表决权）" in clients[C]["加入方式 How it came in"]
