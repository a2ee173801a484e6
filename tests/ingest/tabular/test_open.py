"""Any damage to a file is a refusal that says what to do, never an error nobody foresaw."""

from pathlib import Path
from typing import Final

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import ContagraphError
from ingest.source import Rejected
from ingest.tabular.layout import Layout
from ingest.tabular.open import read_rows
from ingest.tabular.rows import Rows

TABLE: Final = '编号,名称,备注\n1,示例电缆,"a ""b"", c"\n2,澜汀,\n3,示例港,x\n'
ENCODINGS: Final = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One small valid file of each format and encoding, by a name with its ending."""
    folder = tmp_path_factory.mktemp("whole")
    book = openpyxl.Workbook()
    for row in (["编号", "名称"], [1, "示例电缆"], [2, "澜汀"]):
        book.active.append(row)
    book.save(folder / "t.xlsx")
    pa.parquet.write_table(pa.table({"编号": ["1", "2"], "名称": ["示例电缆", "澜汀"]}), folder / "t.parquet")
    lines = '{"编号": "1", "名称": "示例电缆"}\n{"编号": "2", "名称": "澜汀"}\n'
    files = {f"{encoding}.csv": TABLE.encode(encoding) for encoding in ENCODINGS}
    files |= {"t.tsv": TABLE.replace(",", "\t").encode(), "t.jsonl": lines.encode()}
    return files | {path.name: path.read_bytes() for path in folder.iterdir()}


def read(path: Path, content: bytes) -> list[Rows | Rejected] | str:
    """What is read of a file of these bytes, or the reason it is refused."""
    path.write_bytes(content)
    try:
        return list(read_rows(path, Layout(path.name)))
    except ContagraphError as problem:
        return str(problem)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_text_file_cut_inside_its_last_character_keeps_the_rows_before(tmp_path: Path, encoding: str) -> None:
    content = TABLE.removesuffix(",x\n").encode(encoding)
    found = read(tmp_path / "t.csv", content[:-1])
    assert [len(rows) for rows in found if isinstance(rows, Rows)] == [2]
    assert [bad.place for bad in found if isinstance(bad, Rejected)] == ["t.csv:4"]


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_a_file_cut_or_changed_anywhere_gives_rows_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, whole: dict[str, bytes], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(whole)))
    content = whole[name]
    at = data.draw(st.integers(0, len(content) - 1))
    changed = content[:at] + data.draw(st.sampled_from([b"\0", b'"', b"\xff", b"\r", b"{"])) + content[at + 1 :]
    for damaged in (content[:at], changed):
        assert read(tmp_path_factory.getbasetemp() / name, damaged) is not None
