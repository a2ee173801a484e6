import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from graph.errors import InvalidMapping, UnreadableFile
from ingest.source import Rejected
from ingest.tabular.layout import Layout
from ingest.tabular.rows import Rows
from ingest.tabular.workbook import read_workbook, sheets

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    made.active.title = "股东"
    for row in (["编号", "比例"], ["1", 0.25], [], ["2", "30%"], ["3", 1, "extra"]):
        made.active.append(row)
    made.create_sheet("说明").append(["text"])
    path = tmp_path / "book.xlsx"
    made.save(path)
    return path


def rewritten(path: Path, change: Callable[[zipfile.ZipFile, str, bytes], None]) -> Path:
    out = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            change(new, name, old.read(name))
    return out


def refused(path: Path) -> str:
    with pytest.raises(UnreadableFile) as caught:
        list(read_workbook(path, Layout(path.name)))
    assert caught.value.remedy
    return str(caught.value)


def test_rows_have_the_numbers_the_spreadsheet_shows(book: Path) -> None:
    found = list(read_workbook(book, Layout("book.xlsx")))
    (rows,) = [item for item in found if isinstance(item, Rows)]
    assert rows.numbers.tolist() == [2, 4]
    assert [column.to_pylist() for column in rows.columns] == [["1", "2"], ["0.25", "30%"]]
    bad = [(item.place, item.reason) for item in found if isinstance(item, Rejected)]
    assert bad == [("book.xlsx[股东]:5", "wrong number of cells")]


def test_a_sheet_is_chosen_by_name_and_a_wrong_name_lists_the_right_ones(book: Path) -> None:
    assert sheets(book) == ["股东", "说明"]
    with pytest.raises(InvalidMapping) as caught:
        list(read_workbook(book, Layout("book.xlsx", sheet="无")))
    assert "股东, 说明" in caught.value.remedy


def test_a_bomb_is_refused_before_it_unpacks_in_memory(book: Path) -> None:
    def blow(new: zipfile.ZipFile, name: str, content: bytes) -> None:
        with new.open(name, "w", force_zip64=True) as part:
            part.write(content)
            if name == SHEET:
                for _ in range(200):
                    part.write(b" " * (1 << 20))

    assert "unpacks beyond all measure" in refused(rewritten(book, blow))


def test_a_directory_that_lies_about_sizes_is_found_out(book: Path) -> None:
    def blow(new: zipfile.ZipFile, name: str, content: bytes) -> None:
        new.writestr(name, content + b" " * (100 << 20) if name == SHEET else content)

    path = rewritten(book, blow)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo(SHEET)
        size = part.file_size.to_bytes(4, "little")
    content = content.replace(size, (1000).to_bytes(4, "little"))
    path.write_bytes(content)
    refused(path)


@pytest.mark.parametrize("declaration", [b'<!DOCTYPE a [<!ENTITY b "c">]>', b"<!DOCTYPE a SYSTEM 'file:///etc/hosts'>"])
def test_a_declared_document_type_is_refused(book: Path, declaration: bytes) -> None:
    def declare(new: zipfile.ZipFile, name: str, content: bytes) -> None:
        head, mark, body = content.rpartition(b"?>")
        new.writestr(name, head + mark + declaration + body if name == SHEET else content)

    assert "document type" in refused(rewritten(book, declare))


def test_xml_in_another_encoding_hides_nothing(book: Path) -> None:
    def widen(new: zipfile.ZipFile, name: str, content: bytes) -> None:
        new.writestr(name, content.decode().encode("utf-16") if name == SHEET else content)

    assert "not UTF-8" in refused(rewritten(book, widen))


@pytest.mark.parametrize("keep", [3, 100, 3000])
def test_a_cut_workbook_is_refused(book: Path, keep: int) -> None:
    book.write_bytes(book.read_bytes()[:keep])
    refused(book)


def test_other_things_called_xlsx_are_refused(tmp_path: Path) -> None:
    for number, content in enumerate((b"", b"a,b\n1,2\n", b"\xd0\xcf\x11\xe0" + b"0" * 600)):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(content)
        refused(path)
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    refused(tmp_path / "zip.xlsx")


def test_damaged_xml_is_refused(book: Path) -> None:
    def damage(new: zipfile.ZipFile, name: str, content: bytes) -> None:
        new.writestr(name, content[: len(content) // 2] if name == SHEET else content)

    refused(rewritten(book, damage))


def test_the_cached_value_of_a_formula_is_used(book: Path) -> None:
    def calculate(new: zipfile.ZipFile, name: str, content: bytes) -> None:
        content = content.replace(b"<v>0.25</v>", b"<f>1/4</f><v>0.25</v>") if name == SHEET else content
        new.writestr(name, content)

    path = rewritten(book, calculate)
    assert b"<f>1/4</f>" in zipfile.ZipFile(path).read(SHEET)
    (rows, _) = sorted(read_workbook(path, Layout("b")), key=lambda item: isinstance(item, Rejected))
    assert isinstance(rows, Rows)
    assert rows.columns[1].to_pylist() == ["0.25", "30%"]
    assert not rows.faults


def test_reading_leaves_no_file_open(book: Path) -> None:
    reading = read_workbook(book, Layout("b"))
    next(reading)
    reading.close()  # type: ignore[attr-defined]
    shutil.rmtree(book.parent)
