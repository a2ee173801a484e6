import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from graph.errors import UnreadableFile
from ingest.tabular.layout import Layout
from ingest.tabular.parquet import read_parquet
from ingest.tabular.rows import Rows


def read(path: Path, **columns: pa.Array | list[object]) -> Rows:
    pa.parquet.write_table(pa.table(columns), path)
    (rows,) = list(read_parquet(path, Layout(path.name)))
    assert isinstance(rows, Rows)
    return rows


def test_every_type_becomes_text_that_means_the_same(tmp_path: Path) -> None:
    rows = read(
        tmp_path / "t.parquet",
        whole=pa.array([9007199254740993, None]),
        part=pa.array([0.1, float("nan")]),
        round=pa.array([3.0, None]),
        day=pa.array([datetime.date(2024, 3, 1), None]),
        exact=pa.array([Decimal("12.50"), None]),
        code=pa.array(["007", ""]).dictionary_encode(),
        nested=pa.array([[1, 2], None]),
        raw=pa.array(["中".encode(), None]),
    )
    assert [column.to_pylist()[0] for column in rows.columns] == [
        "9007199254740993", "0.1", "3", "2024-03-01", "12.50", "007", "[1, 2]", "中",
    ]  # fmt: skip
    assert [column.to_pylist()[1] for column in rows.columns] == [None] * 8
    assert rows.numbers.tolist() == [1, 2]


def test_an_id_kept_as_a_float_has_lost_digits(tmp_path: Path) -> None:
    rows = read(tmp_path / "t.parquet", id=pa.array([1.1010519491231002e17, 5.0]))
    assert [(fault.row, fault.reason) for fault in rows.faults] == [(0, "digits lost")]


def test_a_large_cell_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pa.parquet.write_table(pa.table({"a": ["x" * 100_000_000, "y"]}), path)
    large, small = [item for item in read_parquet(path, Layout("t")) if isinstance(item, Rows)]
    assert [(fault.row, fault.reason) for fault in large.faults] == [(0, "cell too large")]
    assert len(large.raw([0])[0]) < 1000
    assert (small.numbers.tolist(), small.faults) == ([2], ())


def test_wide_rows_come_in_small_batches(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pa.parquet.write_table(pa.table({"a": [f"{n}" * 1000 for n in range(60_000)]}), path, compression="none")
    assert len(list(read_parquet(path, Layout("t")))) > 5


@pytest.mark.parametrize("keep", [0, 4, 100, -8, -200])
def test_a_cut_file_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "t.parquet"
    pa.parquet.write_table(pa.table({"a": list(range(10_000))}), path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UnreadableFile, match="no whole Parquet file"):
        list(read_parquet(path, Layout("t")))


def test_a_damaged_page_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pa.parquet.write_table(pa.table({"a": [str(n) for n in range(10_000)]}), path)
    content = bytearray(path.read_bytes())
    content[20:3000] = b"\xff" * 2980
    path.write_bytes(content)
    with pytest.raises(UnreadableFile):
        list(read_parquet(path, Layout("t")))
