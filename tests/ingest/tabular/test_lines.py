import json
from pathlib import Path

import pytest

from graph.errors import UnreadableFile
from ingest.source import Rejected
from ingest.tabular.layout import Layout
from ingest.tabular.lines import read_lines
from ingest.tabular.open import read_rows
from ingest.tabular.rows import Rows


def read(path: Path, content: str) -> tuple[list[Rows], dict[str, str]]:
    path.write_text(content, encoding="utf-8")
    found = list(read_lines(path, Layout(path.name)))
    bad = {item.place: item.reason for item in found if isinstance(item, Rejected)}
    return [item for item in found if isinstance(item, Rows)], bad


def test_digits_stay_as_they_are_written(tmp_path: Path) -> None:
    (rows,), _ = read(
        tmp_path / "t.jsonl", '{"a": 110105194912310029, "b": 0.10, "c": true, "d": null, "e": {"f": [1]}}\n'
    )
    assert rows.headers == ("a", "b", "c", "d", "e")
    assert [column[0].as_py() for column in rows.columns] == [
        "110105194912310029",
        "0.10",
        "true",
        None,
        '{"f": ["1"]}',
    ]


def test_lines_that_are_no_objects_are_kept_apart(tmp_path: Path) -> None:
    deep = "[" * 100_000
    content = f'{{"a": 1}}\n\nnonsense\n[1]\n{deep}\n{{"b": 2}}\n{{"a": 1\n'
    (rows,), bad = read(tmp_path / "t.jsonl", content)
    assert rows.numbers.tolist() == [1, 6]
    assert [column.to_pylist() for column in rows.columns] == [["1", None], [None, "2"]]
    assert bad == {f"t.jsonl:{n}": "not JSON" for n in (3, 4, 5, 7)}


def test_a_line_of_100_mb_costs_its_row(tmp_path: Path) -> None:
    line = json.dumps({"a": "x" * 100_000_000})
    (rows,), bad = read(tmp_path / "t.jsonl", f'{line}\n{{"a": "y"}}\n')
    assert rows.columns[0].to_pylist() == ["y"]
    assert bad == {"t.jsonl:1": "cell too large"}


@pytest.mark.parametrize("content", ["1\n2\n", "[]\n"])
def test_a_file_without_any_object_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(UnreadableFile):
        read(tmp_path / "t.jsonl", content)


def test_one_json_array_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('[{"a": 1}]')
    with pytest.raises(UnreadableFile) as caught:
        list(read_rows(path, Layout("t.json")))
    assert "a line" in caught.value.remedy


@pytest.mark.parametrize("name", ["t.pdf", "t", "t.xls"])
def test_an_ending_of_no_table_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(UnreadableFile):
        list(read_rows(tmp_path / name, Layout(name)))


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet", ".jsonl"])
def test_a_file_that_is_not_there_is_told_without_a_trace(tmp_path: Path, ending: str) -> None:
    with pytest.raises(UnreadableFile):
        list(read_rows(tmp_path / f"none{ending}", Layout("none")))


def test_a_line_that_says_a_thing_twice_is_refused(tmp_path: Path) -> None:
    (rows,), bad = read(
        tmp_path / "t.jsonl", '{"a": "25%", "a": "52%"}\n{"a": "1", "b": {"c": 1, "c": 2}}\n{"a": "2"}\n'
    )
    assert bad == {"t.jsonl:1": "not JSON", "t.jsonl:2": "not JSON"}
    assert rows.numbers.tolist() == [3]


def test_signs_that_no_text_has_are_told_and_line_ends_are_not(tmp_path: Path) -> None:
    (rows,), _ = read(tmp_path / "t.jsonl", '{"a": "Sam\\u0000ple"}\n{"a": "12 Street\\nTown\\t7"}\n{"b": "\\u001b"}\n')
    assert [(fault.row, fault.column, fault.reason) for fault in rows.faults] == [
        (0, 0, "control characters"),
        (2, 1, "control characters"),
    ]
    assert r"Sam\x00ple" in rows.faults[0].detail
