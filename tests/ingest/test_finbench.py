"""The FinBench snapshot, counted a second time with pandas; and rows that are not as they should be."""

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from graph.errors import InvalidCurrency, InvalidMapping
from ingest.finbench import FinBench
from tests.ingest.delivered import Delivered, read

SETTINGS = {"lender": "Example Bank", "currency": "CNY"}
LENDER = "finbench:lender-Example Bank"


@pytest.fixture(scope="module")
def folder(reference_data: Path) -> Path:
    return reference_data / "finbench"


@pytest.fixture(scope="module")
def snapshot(folder: Path) -> Delivered:
    return read(FinBench(), folder, settings=SETTINGS)


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", sep="|", dtype=str)


def small(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_the_folder_is_recognised_and_nothing_in_it_is_refused(folder: Path, snapshot: Delivered) -> None:
    assert FinBench().recognises(folder)
    assert len(FinBench().files(folder)) == 9
    assert snapshot.rejected == []


def test_a_number_can_be_a_company_and_a_person(folder: Path, snapshot: Delivered) -> None:
    companies, persons = set(table(folder, "Company").companyId), set(table(folder, "Person").personId)
    kinds = dict(snapshot.kept("", "id", "kind"))
    assert kinds.pop(LENDER) == "Company"
    assert kinds == {f"finbench:company-{n}": "Company" for n in companies} | {
        f"finbench:person-{n}": "Person" for n in persons
    }
    assert len(companies & persons) == 37


def test_every_investment_is_a_direct_holding_of_its_ratio(folder: Path, snapshot: Delivered) -> None:
    expected = [
        (f"finbench:{word}-{row.investorId}", f"finbench:company-{row.companyId}", float(row.ratio))
        for word, name in (("company", "CompanyInvestCompany"), ("person", "PersonInvestCompany"))
        for row in table(folder, name).itertuples()
    ]
    assert snapshot.kept("OWNS", "from", "to", "share_low") == expected
    assert all(row["share_low"] == row["share_high"] and row["directness"] == "direct" for row in snapshot.rows["OWNS"])


def test_shares_of_a_company_reach_one_and_pass_it_by_rounding_only(folder: Path) -> None:
    names = ("CompanyInvestCompany", "PersonInvestCompany")
    sums = pd.concat([table(folder, name) for name in names]).astype({"ratio": float}).groupby("companyId").ratio.sum()
    assert (sums > 1).sum() == 17
    assert (sums > 1 + 1e-9).sum() == 0


def test_a_loan_is_drawn_by_its_balance_and_none_of_it_is_left_to_draw(folder: Path, snapshot: Delivered) -> None:
    balances = table(folder, "Loan").set_index("loanId").balance.astype(float)
    borrowers = {
        row.loanId: f"finbench:{word}-{getattr(row, f'{word}Id')}"
        for word, name in (("company", "CompanyApplyLoan"), ("person", "PersonApplyLoan"))
        for row in table(folder, name).itertuples()
    }
    found = {row["facility_id"]: row for row in snapshot.rows["LENDS"]}
    assert {number: row["to"] for number, row in found.items()} == borrowers
    assert {number: row["drawn"] for number, row in found.items()} == balances.to_dict()
    shared = {tuple(row[name] for name in ("from", "kind", "undrawn", "currency")) for row in found.values()}
    assert shared == {(LENDER, "loan", 0.0, "CNY")}


def test_a_guarantee_is_of_unknown_amount(folder: Path, snapshot: Delivered) -> None:
    expected = [
        (f"finbench:{word}-{row.fromId}", f"finbench:{word}-{row.toId}", None, "unstated")
        for word, name in (("company", "CompanyGuaranteeCompany"), ("person", "PersonGuaranteePerson"))
        for row in table(folder, name).itertuples()
    ]
    assert snapshot.kept("GUARANTEES", "from", "to", "amount", "liability") == expected


def test_the_time_of_creation_is_stated_and_its_day_is_the_first_one_true(snapshot: Delivered) -> None:
    row = next(row for row in snapshot.rows["OWNS"] if row["place"] == "CompanyInvestCompany.csv:2")
    assert row["stated_at"] == datetime(2020, 6, 3, 5, 29, 11, 668000)
    assert row["valid_from"] == date(2020, 6, 3)
    assert row["source_ref"] == "company-1099511627870 invests company-599"


def test_a_known_lender_is_taken_by_its_id(folder: Path) -> None:
    delivered = read(
        FinBench(), folder / "Loan.csv", folder / "PersonApplyLoan.csv", settings=SETTINGS | {"lender": "gleif:X"}
    )
    assert {row["from"] for row in delivered.rows["LENDS"]} == {"gleif:X"}
    assert delivered.rows[""] == []


@pytest.mark.parametrize("missing", ["lender", "currency"])
def test_what_the_files_cannot_say_must_be_given(folder: Path, missing: str) -> None:
    given = {name: value for name, value in SETTINGS.items() if name != missing}
    with pytest.raises(InvalidMapping, match=missing):
        FinBench().delivery(FinBench().files(folder), given)
    with pytest.raises(InvalidCurrency):
        FinBench().delivery((), SETTINGS | {"currency": "RMB"})


def test_rows_that_cannot_be_used_are_refused_with_their_place(tmp_path: Path) -> None:
    small(
        tmp_path,
        Company="companyId|companyName|isBlocked|createTime\n1|甲公司|true|2020-01-01 00:00:00\n"
        "|Nameless|false|2020-01-01\n"
        "2|乙公司|false|yesterday\n3|too|many|cells|2020-01-01\n4|丙公司|false|2020-02-30\n",
        CompanyInvestCompany="investorId|companyId|ratio|createTime\n1|2|half|2020-01-01\n1|2|0.5|2020-01-01\n",
        Loan="loanId|loanAmount|balance|createTime\n10|100|60|2020-01-01\n11|100|60|2020-01-01\n",
        CompanyApplyLoan="companyId|loanId|createTime\n1|10|2020-01-01\n2|12|2020-01-01\n",
    )
    delivered = read(FinBench(), tmp_path, settings=SETTINGS)
    assert sorted((refused.place, refused.reason) for refused in delivered.rejected) == [
        ("Company.csv:3", "missing id"),
        ("Company.csv:4", "not a date"),
        ("Company.csv:5", "wrong number of cells"),
        ("Company.csv:6", "impossible date"),
        ("CompanyInvestCompany.csv:2", "not a number"),
        ("Loan.csv:3", "loan without borrower"),
    ]
    assert delivered.kept("Profile", "name", "note")[1:] == [("甲公司", "blocked")]
    assert delivered.kept("LENDS", "facility_id", "drawn", "undrawn", "note") == [
        ("10", 60.0, 0.0, None),
        ("12", None, None, "amount not in the delivery"),
    ]


def test_the_order_of_the_files_does_not_matter(folder: Path) -> None:
    files = [folder / name for name in ("CompanyApplyLoan.csv", "Loan.csv", "PersonApplyLoan.csv")]
    there, back = read(FinBench(), *files, settings=SETTINGS), read(FinBench(), *files[::-1], settings=SETTINGS)
    assert there.rows["LENDS"] == back.rows["LENDS"]


def test_a_file_that_lacks_a_column_says_which(tmp_path: Path) -> None:
    small(tmp_path, Person="personId|createTime\n1|2020-01-01\n")
    assert not FinBench().recognises(tmp_path)
    with pytest.raises(InvalidMapping, match="personName"):
        read(FinBench(), tmp_path / "Person.csv", settings=SETTINGS)
