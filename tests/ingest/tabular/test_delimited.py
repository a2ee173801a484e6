"""Python's own csv module says what a file holds; ours must agree, and say where."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import UnreadableFile
from ingest.source import Rejected
from ingest.tabular import records
from ingest.tabular.delimited import read_delimited, sniff
from ingest.tabular.layout import Layout
from ingest.tabular.rows import Rows

CELL = st.text(st.sampled_from('ab,;"\n中 1'), max_size=6)


def read(path: Path, content: bytes | str, **layout: object) -> tuple[dict[int, list[str | None]], dict[str, str]]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    good: dict[int, list[str | None]] = {}
    bad: dict[str, str] = {}
    for found in read_delimited(path, Layout(path.name, **layout)):  # type: ignore[arg-type]
        if isinstance(found, Rejected):
            bad[found.place] = found.reason
        else:
            cells = zip(*(column.to_pylist() for column in found.columns), strict=True)
            good |= dict(zip(found.numbers.tolist(), map(list, cells), strict=True))
    return good, bad


@settings(deadline=None)
@given(rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=20), ending=st.sampled_from(["\n", "\r\n"]))
def test_any_table_comes_back_with_the_row_numbers_of_a_spreadsheet(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], ending: str
) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator=ending).writerows([("h1", "h2", "h3"), *rows])
    good, bad = read(tmp_path_factory.mktemp("t") / "t.csv", written.getvalue(), delimiter=",")
    expected = {number: [cell or None for cell in row] for number, row in enumerate(rows, 2) if any(row)}
    assert good == expected
    assert not bad


@settings(deadline=None, max_examples=20)
@given(rows=st.lists(st.tuples(CELL, CELL), min_size=30, max_size=60))
def test_blocks_of_any_size_give_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([("h1", "h2"), *rows])
    path = tmp_path_factory.mktemp("t") / "t.csv"
    whole, _ = read(path, written.getvalue(), delimiter=",")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "BLOCK", 40)
        patch.setattr("ingest.encoding.PIECE", 7)
        assert read(path, written.getvalue(), delimiter=",")[0] == whole


def test_rows_that_do_not_fit_the_header_are_kept_with_their_place(tmp_path: Path) -> None:
    good, bad = read(tmp_path / "t.csv", "a,b\n1,2\n3\n\n4,5,6\n7,8\n")
    assert good == {2: ["1", "2"], 6: ["7", "8"]}
    assert bad == {"t.csv:3": "wrong number of cells", "t.csv:5": "wrong number of cells"}


def test_an_open_quote_costs_one_row(tmp_path: Path) -> None:
    good, bad = read(tmp_path / "t.csv", 'a,b\n1,5" pipe\n2,"open\n3,x\n4,"q"\n5,z\n')
    assert good == {2: ["1", '5" pipe'], 4: ["3", "x"], 5: ["4", "q"], 6: ["5", "z"]}
    assert bad == {"t.csv:3": "unclosed quote"}


@pytest.mark.parametrize("quote", ['"', ""])
def test_a_cell_of_100_mb_costs_its_row_and_little_memory(tmp_path: Path, quote: str) -> None:
    cell = quote + "x" * 100_000_000 + quote
    path = tmp_path / "t.csv"
    good, bad = read(path, f"a,b\n1,{cell}\n2,y\n")
    assert good == {3: ["2", "y"]}
    assert bad == {"t.csv:2": "cell too large"}


def test_a_cell_over_the_limit_is_told_and_shortened(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1," + "x" * 2_000_000 + "\n")
    (rows,) = [found for found in read_delimited(path, Layout("t.csv")) if isinstance(found, Rows)]
    assert [(fault.row, fault.column, fault.reason) for fault in rows.faults] == [(0, 1, "cell too large")]
    assert len(rows.raw([0])[0]) < 1000


def test_one_damaged_byte_costs_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("a,b\n1,好\n2,".encode() + b"\xff\xe4" + "\n3,好好好好好好\n".encode())
    (rows,) = list(read_delimited(path, Layout("t.csv")))
    assert isinstance(rows, Rows)
    assert [(fault.row, fault.reason) for fault in rows.faults] == [(1, "wrong encoding")]


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_the_separator_is_found(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "t.txt"
    path.write_text(f'编号{sign}名称{sign}备注\n1{sign}甲{sign}"x,y;z"\n2{sign}乙{sign}\n')
    assert sniff(path, "utf-8") == sign


def test_lines_above_the_header_are_skipped_and_counted(tmp_path: Path) -> None:
    assert read(tmp_path / "t.csv", "报表,\n2024,\na,b\n1,2\n", skip=2)[0] == {4: ["1", "2"]}


def test_a_file_without_header_takes_the_names_it_is_given(tmp_path: Path) -> None:
    assert read(tmp_path / "t.csv", "1,2\n3,4\n", header=("a", "b"))[0] == {1: ["1", "2"], 2: ["3", "4"]}


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        read(tmp_path / "t.csv", "")
