"""`contagraph inspect FILE > mapping.toml`, in a terminal of 80 columns."""

import subprocess
import sys
from pathlib import Path

import pytest

from graph.errors import InvalidMapping
from ingest.mapping import read_mapping

HEADERS = ["股东编号", "股东名称", "企业编号", "持股比例", *(f"a column nobody has any use for, {n}" for n in range(9))]


def inspected(path: Path) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).with_name("contagraph")), "inspect", str(path)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, timeout=120)


def test_what_is_printed_is_a_mapping_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "[b] t.csv"
    path.write_text(",".join(f'"{name}"' for name in HEADERS) + "\n" + ",".join("1" for _ in HEADERS) + "\n")
    done = inspected(path)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(done.stdout, encoding="utf-8")
    with pytest.raises(InvalidMapping, match="must be filled in"):
        read_mapping(mapping)
    assert max(len(line) for line in done.stdout.splitlines()) > 300
    assert "持股比例" in done.stderr


def test_the_first_rows_that_do_not_fit_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("no,name\n1,Sample Ltd\n2\n3,a,b\n")
    said = " ".join(inspected(path).stderr.split())
    assert "t.csv:3 · wrong number of cells: 1 cells under 2 headers" in said
    assert "t.csv:4 · wrong number of cells: 3 cells under 2 headers" in said
    assert "→ give the row one cell for each column" in said


def test_headers_without_rows_are_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("股东编号,企业编号,持股比例\n", encoding="utf-8")
    done = inspected(path)
    said = " ".join(done.stderr.split())
    assert "t.csv: has headers and no rows" in said
    assert "持股比例 nothing" in said
    assert 'share = "持股比例"' in done.stdout


def test_a_title_and_cells_that_do_not_fit_are_told(tmp_path: Path) -> None:
    path = tmp_path / "名册.csv"
    rows = "".join(f"{n},{n}%\n" for n in range(1, 40))
    path.write_text(f"2024年股东名册\nno,share\n{rows}40,面议\n", encoding="utf-8")
    done = inspected(path)
    said = " ".join(done.stderr.split())
    assert "line 1 seems to be a title, '2024年股东名册': skip = 1 in the mapping" in said
    assert "share number, but 1 such as 面议" in said
    assert "skip = 1 " in done.stdout
