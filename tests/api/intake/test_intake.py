"""The way in: refused rows stay until they are mended, and what is kept is kept from others."""

import json
import sqlite3
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from api.engine import Place
from api.intake import intake as intake_module
from api.intake.intake import Intake, hash_key
from api.intake.parcels import DELIVERIES, Parcel, parcels
from api.intake.workspace import used
from graph.errors import InvalidInput, InvalidMapping, NotFound, UnreadableFile
from graph.local import open_store
from graph.model import IDENTIFIER, OWNS
from ingest.loading.staging import Watch
from ingest.source import Delivery, Rejected
from tests.ingest.tabular import test_persons as persons
from tests.ingest.test_quality import RESIDENT
from tests.ingest.test_tables import MAPPING, ROWS, write_csv

TICKS = count()


def place(folder: Path) -> Intake:
    return Intake(Place(folder), lambda: datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(minutes=next(TICKS)))


@pytest.fixture
def refused(tmp_path: Path) -> Intake:
    """A workspace with one row in quarantine: a share of 160 %."""
    files = tmp_path / "files"
    files.mkdir()
    write_csv(files / "股东.csv", [ROWS[0], [*ROWS[1][:5], "160%", *ROWS[1][6:]]])
    (files / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    intake = place(tmp_path / "store")
    for parcel in parcels([files], source="", settings={}):
        intake.load(parcel, Watch())
    return intake


def retry(intake: Intake) -> None:
    with intake.quarantine() as quarantine:
        deliveries = quarantine.deliveries()
    for digest in deliveries:
        intake.retry(digest, Watch())


def open_rows(intake: Intake) -> list[tuple[int, str, str]]:
    with intake.quarantine() as quarantine:
        return [(bad.number, bad.place, bad.reason) for bad in quarantine.every()]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


REFUSED = {
    "no mapping": ({"股东.csv": "编号\n1\n"}, {}),
    "no such mapping": ({"股东.csv": "编号\n1\n"}, {"mapping": "none.toml"}),
    "an empty file": ({"股东.csv": "", "m.toml": MAPPING}, {"mapping": "m.toml"}),
    "another table": ({"股东.csv": "a,b\n1,2\n", "m.toml": MAPPING}, {"mapping": "m.toml"}),
    "a day ahead": (
        {"股东.csv": "编号\n1\n", "m.toml": MAPPING.replace("confidence", "delivered = 2099-01-01\nconfidence")},
        {"mapping": "m.toml"},
    ),
    "no file": ({}, {}),
}


@pytest.mark.parametrize(("files", "settings"), REFUSED.values(), ids=REFUSED)
def test_a_first_load_that_is_refused_leaves_nothing(
    tmp_path: Path, files: dict[str, str], settings: dict[str, str]
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    told = {name: str(tmp_path / value) for name, value in settings.items()}
    with pytest.raises((InvalidInput, NotFound)):
        place(tmp_path / "store").load(Parcel((tmp_path / "股东.csv",), "tables", told), Watch())
    assert not (tmp_path / "store").exists()


def test_a_refused_load_leaves_a_workspace_in_which_something_is_kept(refused: Intake, tmp_path: Path) -> None:
    before = open_rows(refused)
    (tmp_path / "files" / "股东.csv").write_text("", encoding="utf-8")
    for parcel in parcels([tmp_path / "files"], source="", settings={}):
        with pytest.raises(InvalidInput):
            refused.load(parcel, Watch())
    assert before
    assert open_rows(refused) == before


def test_a_refused_load_leaves_a_workspace_that_another_uses(tmp_path: Path) -> None:
    another = ExitStack()

    def refused_meanwhile() -> None:
        with used(tmp_path / "store"):
            another.enter_context(used(tmp_path / "store"))
            raise InvalidInput("it is refused")

    with another, pytest.raises(InvalidInput):
        refused_meanwhile()
    assert (tmp_path / "store").exists()


def test_a_row_that_was_not_mended_is_open_after_every_retry_and_gone_once_it_is(refused: Intake) -> None:
    for _ in range(3):
        retry(refused)
        assert [row[1:] for row in open_rows(refused)] == [("股东.csv:3", "share over 1")]
    ((number, _, _),) = open_rows(refused)
    with refused.quarantine() as quarantine:
        (bad,) = quarantine.every()
    refused.mend(number, bad.raw.replace("160%", "16%"))
    retry(refused)
    assert open_rows(refused) == []


def test_rows_that_another_mapping_of_the_same_files_reads_are_open_no_more(tmp_path: Path) -> None:
    """The remedy of an unknown word is to add it to the mapping and to load again: the rest stays as it was."""
    files = tmp_path / "files"
    files.mkdir()
    strange = ["R1", "H1", "示例控股", "股份合作", *ROWS[0][4:]]
    write_csv(files / "股东.csv", [strange, [*ROWS[1][:5], "160%", *ROWS[1][6:]]])
    intake = place(tmp_path / "store")

    def load(kind: str) -> list[tuple[int, str, str]]:
        (files / "mapping.toml").write_text(MAPPING.replace('kind = "类型"', f"kind = {kind}"), encoding="utf-8")
        for parcel in parcels([files], source="", settings={}):
            intake.load(parcel, Watch())
        return open_rows(intake)

    known = '"自然人" = "Person", "法人" = "Company"'
    before = load(f'{{ column = "类型", map = {{ {known} }} }}')
    assert sorted(row[1] for row in before) == ["股东.csv:2", "股东.csv:3"]
    left = [row for row in before if row[1] == "股东.csv:3"]
    for _ in range(2):
        assert load(f'{{ column = "类型", map = {{ {known}, "股份合作" = "Company" }} }}') == left
    assert shares(intake) == [0.25]


def test_a_retry_that_is_cut_off_hides_no_row(refused: Intake) -> None:
    def cut(name: str, _done: int, _total: int) -> None:
        if name == "read":
            raise KeyboardInterrupt

    retry(refused)
    with refused.quarantine() as quarantine:
        (digest,) = quarantine.deliveries()
    with pytest.raises(KeyboardInterrupt):
        refused.retry(digest, Watch(cut))
    for _ in range(2):
        assert open_rows(refused)
        retry(refused)
    assert {row[1:] for row in open_rows(refused)} == {("股东.csv:3", "share over 1")}


def test_what_goes_wrong_in_a_retry_names_the_file_in_which_the_rows_came(tmp_path: Path) -> None:
    intake = place(tmp_path / "store")
    nothing = Rejected("t.json:6", "truncated JSON", "the list is not closed", "", "")
    with intake.quarantine() as quarantine:
        quarantine.keep([nothing], kind="bods", delivery=Delivery((), "bods"), digest="d")
    with pytest.raises(UnreadableFile) as caught:
        intake.retry("d", Watch())
    assert (caught.value.where, str(caught.value)) == ("t.json", "t.json: the file is empty")


def test_a_retry_leaves_no_copy_of_its_rows(refused: Intake) -> None:
    retry(refused)
    assert not list(refused.place.folder.glob("staging/retry-*"))


def test_a_mended_row_is_kept_without_resident_numbers(refused: Intake) -> None:
    ((number, _, _),) = open_rows(refused)
    refused.mend(number, json.dumps({"股东编号": RESIDENT}))
    with sqlite3.connect(refused.place.folder / "quarantine.sqlite") as file:
        (raw,) = file.execute("SELECT raw FROM row WHERE number = ?", (number,)).fetchone()
    assert RESIDENT[:17] not in raw
    assert "hmac-sha256:" in raw


PASSPORT = "E12345678"
TWO_TABLES = """
[source]
name = "登记"
[[table]]
file = "股东*"
[[table.party]]
as = "company"
id = "公司"
kind = "Company"
[[table]]
file = "股东*"
[[table.party]]
as = "holder"
id = "证件"
kind = "Person"
optional = true
identifier.CN-RIC = "证件"
profile.name = "姓名"
"""


@pytest.mark.parametrize("mapping", [persons.MAPPING, TWO_TABLES], ids=["one table", "two tables of one file"])
def test_a_mended_passport_number_is_hashed_as_a_load_hashes_it(tmp_path: Path, mapping: str) -> None:
    intake = place(tmp_path / "store")
    paths = persons.write(tmp_path, mapping, 股东=f"证件,姓名,类型,公司,比例\n{PASSPORT},甲,Person,,160%\n")
    (parcel,) = parcels(paths, source="", settings={"mapping": str(tmp_path / "mapping.toml")})
    intake.load(parcel, Watch())
    (number, *_), *_ = open_rows(intake)
    told = {"证件": PASSPORT, "姓名": "甲", "类型": "Person", "公司": persons.FIRM, "比例": "16%"}
    intake.mend(number, json.dumps(told, indent=2))
    assert not any(PASSPORT.encode() in path.read_bytes() for path in tmp_path.glob("store/**/*") if path.is_file())
    retry(intake)
    assert open_rows(intake) == []
    with open_store(tmp_path / "store") as store:
        said = [row for table in store.facts(IDENTIFIER) for row in table.to_pylist() if row["scheme"] == "CN-RIC"]
    # A passport is no resident's number, hashed or not.
    assert [row["verified"] for row in said] == [False]


@pytest.mark.parametrize("raw", ["abc", '["x"]', '{"a": 1', ""])
def test_only_an_object_mends_a_row(refused: Intake, raw: str) -> None:
    ((number, _, _),) = open_rows(refused)
    with pytest.raises(InvalidInput, match="JSON object"):
        refused.mend(number, raw)


@pytest.mark.parametrize("row", [{}, {"a": 1}, {"cells": ["R1", "H1"]}])
def test_a_row_without_any_column_of_the_mapping_mends_nothing(refused: Intake, row: dict[str, object]) -> None:
    ((number, _, _),) = open_rows(refused)
    with refused.quarantine() as quarantine:
        (before,) = quarantine.every()
    with pytest.raises(InvalidInput, match="none of its columns"):
        refused.mend(number, json.dumps(row))
    with refused.quarantine() as quarantine:
        assert list(quarantine.every()) == [before]


def test_a_mended_row_of_finbench_is_the_row_that_was_given(tmp_path: Path) -> None:
    intake, folder = place(tmp_path / "store"), tmp_path / "finbench"
    folder.mkdir()
    (folder / "Company.csv").write_text("companyId|companyName\n1|Sample Ltd\n2|Other Ltd\n", encoding="utf-8")
    header = "investorId|companyId|ratio|createTime"
    (folder / "CompanyInvestCompany.csv").write_text(f"{header}\n1|2|7.5|2020-01-01\n", encoding="utf-8")
    settings = {"lender": "Example Bank", "currency": "CNY"}
    (parcel,) = parcels([folder], source="finbench", settings=settings)
    intake.load(parcel, Watch())
    ((number, _, _),) = open_rows(intake)
    told = {"investorId": "1", "companyId": "2", "ratio": "0.75", "createTime": "2020-01-01"}
    intake.mend(number, json.dumps(told))
    with intake.quarantine() as quarantine:
        assert [json.loads(row.raw) for row in quarantine.every()] == [told]
    retry(intake)
    assert open_rows(intake) == []


def test_loads_together_use_one_server_and_give_the_folder_back(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    seen = []
    with place(tmp_path / "store").together() as intake:
        for share in ("60%", "50%"):
            write_csv(files / "股东.csv", [[*ROWS[0][:5], share, *ROWS[0][6:]]])
            (parcel,) = parcels([files], source="", settings={})
            report = intake.load(parcel, Watch())
            assert intake.shared
            assert intake.shared.store
            assert intake.shared.store.server
            seen.append((report.load, intake.shared.store.server.pid))
    assert [load for load, _ in seen] == [1, 2]
    assert len({pid for _, pid in seen}) == 1
    with open_store(tmp_path / "store") as store:
        assert store.version() == 2


def test_a_workspace_is_its_owners_alone(refused: Intake) -> None:
    folder = refused.place.folder
    assert mode(folder) == 0o700
    assert [mode(folder / name) for name in ("quarantine.sqlite", "hash.key")] == [0o600, 0o600]


def test_of_two_first_loads_both_use_the_key_of_the_quicker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quicker = []

    def meanwhile(_size: int) -> str:
        monkeypatch.undo()
        quicker.append(hash_key(tmp_path))
        return "00" * 32

    monkeypatch.setattr(intake_module.secrets, "token_hex", meanwhile)
    assert [hash_key(tmp_path), hash_key(tmp_path)] == quicker * 2
    assert [path.name for path in tmp_path.iterdir()] == ["hash.key"]


@pytest.mark.parametrize("outside", ["../secret.csv", "/etc/hostname", "link.csv", "a/../../secret.csv"])
@pytest.mark.parametrize("where", ["files", "mapping"])
def test_a_list_of_deliveries_names_nothing_outside_its_folder(tmp_path: Path, outside: str, where: str) -> None:
    (tmp_path / "secret.csv").touch()
    folder = tmp_path / "delivered"
    folder.mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    names = {"files": "inside.csv", "mapping": "inside.toml"} | {where: outside}
    told = {"files": [names["files"]], "format": "tables", "settings": {"mapping": names["mapping"]}}
    (folder / DELIVERIES).write_text(json.dumps({"deliveries": [told]}), encoding="utf-8")
    with pytest.raises(InvalidMapping, match="outside its folder"):
        list(parcels([folder], source="", settings={}))


def invest(folder: Path, name: str, companies: str, *rows: str) -> None:
    """A month of FinBench loaded into `store`: companies and who invests in them; every month has the same names."""
    files = folder / name
    files.mkdir()
    told = "".join(f"{number}|Sample {number} Ltd|2020-01-01\n" for number in companies)
    (files / "Company.csv").write_text(f"companyId|companyName|createTime\n{told}", encoding="utf-8")
    lines = "\n".join(("investorId|companyId|ratio|createTime", *rows))
    (files / "CompanyInvestCompany.csv").write_text(f"{lines}\n", encoding="utf-8")
    settings = {"lender": "Example Bank", "currency": "CNY"}
    (parcel,) = parcels([files], source="finbench", settings=settings)
    place(folder / "store").load(parcel, Watch())


@pytest.fixture
def waited(tmp_path: Path) -> Intake:
    """A workspace with two rows in quarantine that waited for company 2 and contradict each other."""
    invest(tmp_path, "January", "1", "1|2|0.5|2020-01-01", "1|2|0.4|2020-01-01")
    invest(tmp_path, "February", "23", "2|3|0.7|2020-01-01", "3|2|0.1|2020-01-01")
    return place(tmp_path / "store")


def shares(intake: Intake) -> list[float]:
    with intake.store() as store:
        return sorted(row["share_low"] for table in store.facts(OWNS) for row in table.to_pylist())


WAITED_PLACES = ["load 1, CompanyInvestCompany.csv:2", "load 1, CompanyInvestCompany.csv:3"]


def test_rows_that_waited_and_contradict_stay_open_until_they_are_mended(waited: Intake) -> None:
    assert shares(waited) == [0.1, 0.7]
    for _ in range(2):
        assert [place for _, place, _ in open_rows(waited)] == WAITED_PLACES
        with waited.quarantine() as quarantine:
            rows = list(quarantine.every())
        assert [json.loads(bad.raw)["facts"][0]["share_low"] for bad in rows] == [0.5, 0.4]
        assert all(bad.load for bad in rows)
        retry(waited)
    wrong = next(bad for bad in rows if "0.4" in bad.raw)
    (number,) = (number for number, where, _ in open_rows(waited) if where == wrong.place)
    waited.mend(number, wrong.raw.replace("0.4", "0.5"))
    retry(waited)
    assert open_rows(waited) == []
    assert shares(waited) == [0.1, 0.5, 0.7]


@pytest.mark.parametrize(
    "row",
    [{"investorId": "1"}, {"facts": []}, {"facts": [{"fact": "OWED"}]}, {"facts": [{"fact": "OWNS", "share": 0.5}]}],
)
def test_rows_that_waited_are_mended_in_the_words_of_the_model_only(waited: Intake, row: dict[str, object]) -> None:
    (number, *_), *_ = open_rows(waited)
    with pytest.raises(InvalidInput, match="says no facts"):
        waited.mend(number, json.dumps(row))


def test_a_row_that_is_mended_while_it_is_retried_stays_open(refused: Intake) -> None:
    ((number, _, _),) = open_rows(refused)
    with refused.quarantine() as quarantine:
        (bad,) = quarantine.every()
        (digest,) = quarantine.deliveries()
    refused.mend(number, bad.raw.replace("160%", "16%"))

    def meanwhile(name: str, _done: int, _total: int) -> None:
        if name == "compare":
            refused.mend(number, bad.raw.replace("160%", "17%"))

    refused.retry(digest, Watch(meanwhile))
    assert [row[0] for row in open_rows(refused)] == [number]
    retry(refused)
    assert open_rows(refused) == []
    assert 0.17 in shares(refused)
