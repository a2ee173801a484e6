"""Work done ahead by several threads comes out as if one had done it."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from ingest.source import Rejected
from ingest.tables import Tables
from ingest.tabular.ahead import in_order
from tests.ingest.test_tables import HEADER, MAPPING, ROWS


def test_results_come_in_the_order_of_the_items_whoever_ends_first() -> None:
    second_is_done = Event()

    def work(item: int) -> int:
        if item == 1:
            assert second_is_done.wait(10)
        if item == 2:
            second_is_done.set()
        return item

    assert list(in_order([1, 2, 3], work, workers=2)) == [1, 2, 3]


def test_what_work_or_items_raise_is_raised_where_it_is_used() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise FileNotFoundError

    with pytest.raises(ZeroDivisionError):
        list(in_order([1, 0], lambda item: 1 // item, workers=2))
    with pytest.raises(FileNotFoundError):
        list(in_order(broken(), int, workers=2))


def test_no_more_is_read_than_workers_can_use_and_nothing_after_an_end() -> None:
    read: list[int] = []

    def items() -> Iterator[int]:
        for item in range(100):
            read.append(item)
            yield item

    results = in_order(items(), int, workers=2)
    assert next(results) == 0
    assert len(read) <= 4
    results.close()  # type: ignore[attr-defined]
    assert len(read) <= 4


def test_a_file_of_many_batches_says_the_same_with_one_worker_and_with_four(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.tabular.lines.BATCH_ROWS", 10)
    rows = [[f"H{n}", *ROWS[0][1:5], "160%" if n % 7 == 0 else f"0.{n:03}", *ROWS[0][6:]] for n in range(1, 200)]
    lines = [json.dumps(dict(zip(HEADER, row, strict=True))) for row in rows]
    (tmp_path / "股东.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    delivery = Tables().delivery((tmp_path / "股东.jsonl",), {"mapping": str(tmp_path / "mapping.toml")})

    def said(workers: int) -> list[object]:
        monkeypatch.setattr("ingest.tables.in_order", lambda items, work: in_order(items, work, workers=workers))
        found = list(Tables().read(delivery))
        return [item if isinstance(item, Rejected) else (item.kind, item.rows.to_pylist()) for item in found]

    alone = said(1)
    assert len(alone) > 20
    assert said(4) == alone
