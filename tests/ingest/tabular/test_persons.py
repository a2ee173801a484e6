"""A person's number is in clear nowhere, however it is written; 11010519491231002X is that of GB 11643-1999 itself."""

from pathlib import Path
from typing import Final

import pytest

from graph.errors import InvalidMapping
from graph.identifiers import HASHED, keyed_hash
from graph.model import KINDS
from ingest.quality import Checks
from ingest.source import Rejected, Staged
from ingest.tables import Tables
from tests.ingest.loading.small import Workspace

KEY: Final = bytes(range(32))
RESIDENT: Final = "11010519491231002X"
SAME: Final = ("110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002x")
DOUBTFUL: Final = ("110105491231002", "110105194913310021", "S1234567D", "E12345678")
MAPPING: Final = """
[source]
name = "登记"
[[table]]
file = "股东*"
[[table.party]]
as = "holder"
id = "证件"
kind = "类型"
profile.name = "姓名"
identifier.CN-RIC = "证件"
[[table.party]]
as = "company"
id = "公司"
kind = "Company"
identifier.CN-USCC = "公司"
[[table.fact]]
kind = "OWNS"
from = "holder"
to = "company"
share = "比例"
[[table]]
file = "高管*"
[[table.party]]
as = "person"
id = "证件号"
kind = "Person"
[[table.party]]
as = "company"
id = "公司"
kind = "Company"
[[table.fact]]
kind = "HOLDS_OFFICE"
from = "person"
to = "company"
role = "职务"
"""
FIRM: Final = "91350100M000100Y43"
"""The example of GB 32100-2015."""


def write(folder: Path, mapping: str = MAPPING, **files: str) -> tuple[Path, ...]:
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    paths = [folder / f"{name}.csv" for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return tuple(paths)


def read(
    folder: Path, holders: str, *, key: bytes | None = KEY, mapping: str = MAPPING
) -> tuple[dict[str, list[Staged]], list[Rejected]]:
    settings = {"mapping": str(folder / "mapping.toml")} | ({"hash_key": key.hex()} if key else {})
    paths = write(folder, mapping, 股东=f"证件,姓名,类型,公司,比例\n{holders}")
    found: dict[str, list[Staged]] = {}
    bad, checks = [], Checks(key=key)
    for item in Tables().read(Tables().delivery(paths, settings)):
        if isinstance(item, Rejected):
            bad.append(checks.refuse(item))
        else:
            found.setdefault(item.kind.name if item.kind else "", []).append(item)
    return found, bad


def values(found: list[Staged], *names: str) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in names) for item in found for row in item.rows.to_pylist()]


def test_no_persons_number_is_in_any_file_of_the_workspace(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    known = [RESIDENT, *SAME, *DOUBTFUL]
    rows = [f"{number},甲某,自然人,{FIRM},0.1" for number in known]
    rows += [f"{number},甲某,自然人,{FIRM},much" for number in known]
    rows += [f"{number},甲某,机器人,{FIRM},0.1" for number in known]
    rows += [f"{number},甲某" for number in known] + [f'{number},"甲某' for number in known]
    holders = "证件,姓名,类型,公司,比例\n" + "\n".join(rows) + "\n"
    officers = "证件号,公司,职务\n" + "".join(f"{number},{FIRM},董事\n" for number in known)
    paths = write(inside, 股东=holders, 高管=officers)
    work = Workspace(tmp_path / "work", source=Tables())
    settings = {"mapping": str(inside / "mapping.toml"), "hash_key": KEY.hex()}
    report = work.take(Tables().delivery(paths, settings))
    assert {reason for _, reason in work.quarantined()} == {
        "not a share", "unknown word", "wrong number of cells", "unclosed quote",
    }  # fmt: skip
    assert report.new >= 2 * len(DOUBTFUL)
    assert len(set(work.facts.table(KINDS["HOLDS_OFFICE"])["from"].to_pylist())) == 1 + len(DOUBTFUL)
    held = b"".join(path.read_bytes() for path in sorted(work.folder.rglob("*")) if path.is_file())
    assert [number for number in known if number.encode() in held] == []


def test_one_number_however_written_is_one_person_and_verified_by_its_check_sign(tmp_path: Path) -> None:
    rows = "".join(f"{number},甲某,自然人,{FIRM},0.1\n" for number in (RESIDENT, *SAME, *DOUBTFUL))
    found, bad = read(tmp_path, rows)
    hashed = keyed_hash(RESIDENT, KEY)
    assert not bad
    told = values(found["Identifier"], "party", "scheme", "value", "verified")
    assert (f"登记:{hashed}", "CN-RIC", hashed, True) in told
    assert len({value for _, scheme, value, _ in told if scheme == "CN-RIC"}) == 1 + len(DOUBTFUL)
    assert [verified for _, scheme, value, verified in told if scheme == "CN-RIC" and value != hashed] == [False] * 4


def test_a_companys_number_stays_readable_beside_those_of_persons(tmp_path: Path) -> None:
    found, _ = read(tmp_path, f"{FIRM},示例电缆,公司,{FIRM},0.1\n{FIRM[:-1]}4,示例港,公司,{FIRM},0.1\n")
    assert {(f"登记:{FIRM}",), (f"登记:{FIRM[:-1]}4",)} <= set(values(found[""], "id"))
    # Nor does it become a resident's number.
    assert set(values(found["Identifier"], "scheme", "value")) == {("CN-USCC", FIRM)}


def test_a_hashed_row_that_is_read_again_names_the_same_person(tmp_path: Path) -> None:
    first, _ = read(tmp_path, f"{RESIDENT},甲某,自然人,{FIRM},0.1\n")
    again, _ = read(tmp_path, f"{keyed_hash(RESIDENT, KEY)},甲某,自然人,{FIRM},0.1\n")
    assert [item.rows for item in first["Identifier"]] == [item.rows for item in again["Identifier"]]


def test_a_number_stated_as_a_fact_of_a_person_is_hashed_too(tmp_path: Path) -> None:
    fact = '[[table.fact]]\nkind = "Identifier"\nparty = "holder"\nscheme = { constant = "PASSPORT" }\nvalue = "姓名"\n'
    mapping = MAPPING.replace('profile.name = "姓名"\n', "").replace(
        '[[table]]\nfile = "高管', f'{fact}[[table]]\nfile = "高管'
    )
    found, _ = read(tmp_path, f"{RESIDENT},E12345678,自然人,{FIRM},0.1\n", mapping=mapping)
    assert ("PASSPORT", keyed_hash("E12345678", KEY, scheme="PASSPORT")) in values(
        found["Identifier"], "scheme", "value"
    )


def test_without_a_key_the_row_is_refused_and_the_number_struck_out(tmp_path: Path) -> None:
    _, bad = read(tmp_path, f"E12345678,甲某,自然人,{FIRM},0.1\n", key=None)
    assert [row.reason for row in bad] == ["national id in clear"]
    assert "E12345678" not in str(bad)


def test_a_number_cut_by_a_spreadsheet_is_no_person(tmp_path: Path) -> None:
    found, bad = read(tmp_path, f"1.10105194912310E+17,甲某,自然人,{FIRM},0.1\n无,乙某,自然人,{FIRM},0.1\n")
    assert {row.reason for row in bad} == {"digits lost"}
    assert "1.1010519" not in str(bad)
    assert HASHED not in str(values(found["OWNS"], "from"))


def test_an_end_that_may_be_a_person_is_declared_where_persons_ids_are_hashed(tmp_path: Path) -> None:
    bare = MAPPING.replace('from = "person"', 'from = { id = "证件号" }')
    paths = write(tmp_path, bare, 股东="a", 高管="a")
    with pytest.raises(InvalidMapping, match="hashed") as caught:
        Tables().delivery(paths, {"mapping": str(tmp_path / "mapping.toml")})
    assert "[[table.party]]" in caught.value.remedy
