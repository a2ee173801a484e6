import csv
import json
import sqlite3
from pathlib import Path

import pytest

from graph.errors import NotFound
from ingest.quarantine import Choice, Quarantine
from ingest.source import Delivery, Rejected
from ingest.tables import Tables
from tests.ingest.test_tables import MAPPING, ROWS, write_csv


def bad(row: int, reason: str = "share over 1", raw: str = '{"a": "1"}') -> Rejected:
    return Rejected(f"a.csv:{row}", reason, "detail", "remedy", raw)


DELIVERY = Delivery((), "登记", trust=0.7, settings={"mapping": "m.toml"})


def test_keeping_a_delivery_twice_keeps_each_row_once(tmp_path: Path) -> None:
    with Quarantine(tmp_path / "q.sqlite") as kept:
        rows = [bad(2), bad(3), bad(3, "missing id")]
        assert kept.keep(rows, kind="tables", delivery=DELIVERY, digest="d") == 3
        assert kept.keep(rows, kind="tables", delivery=DELIVERY, digest="d") == 0
        assert kept.keep(rows, kind="tables", delivery=DELIVERY, digest="e") == 3
        assert kept.counts() == {"share over 1": 4, "missing id": 2}
        assert kept.counts(Choice(delivery="d")) == {"share over 1": 2, "missing id": 1}


def test_rows_outlive_the_program_and_come_in_pages(tmp_path: Path) -> None:
    with Quarantine(tmp_path / "q.sqlite") as kept:
        kept.keep([bad(row) for row in range(25)], kind="tables", delivery=DELIVERY, digest="d", load=3)
    with Quarantine(tmp_path / "q.sqlite") as kept:
        pages = []
        after = 0
        while page := kept.rows(after=after, limit=10):
            pages.append(len(page))
            after = page[-1].number
        assert pages == [10, 10, 5]
        assert {row.load for row in kept.every()} == {3}


def test_resolved_rows_are_kept_and_no_longer_open(tmp_path: Path) -> None:
    with Quarantine(tmp_path / "q.sqlite") as kept:
        kept.keep([bad(2), bad(3)], kind="tables", delivery=DELIVERY, digest="d")
        kept.resolve(kept.rows(limit=1))
        assert [row.place for row in kept.rows()] == ["a.csv:3"]
        assert [row.place for row in kept.rows(Choice(status="resolved"))] == ["a.csv:2"]


def test_mending_mends_a_row_for_every_reason_and_keeps_it_as_it_came(tmp_path: Path) -> None:
    with Quarantine(tmp_path / "q.sqlite") as kept:
        kept.keep([bad(2), bad(2, "missing id"), bad(3)], kind="tables", delivery=DELIVERY, digest="d")
        second = next(row.number for row in kept.rows() if row.reason == "missing id")
        kept.mend(second, {"a": "0.5"}, key=bytes(32))
        assert [row.raw for row in kept.rows()] == ['{"a": "0.5"}', '{"a": "0.5"}', '{"a": "1"}']
    with sqlite3.connect(tmp_path / "q.sqlite") as file:
        assert [row for (row,) in file.execute("SELECT original FROM row ORDER BY number")] == ['{"a": "1"}'] * 2 + [
            None
        ]
    file.close()


def test_only_an_open_row_is_mended(tmp_path: Path) -> None:
    with Quarantine(tmp_path / "q.sqlite") as kept:
        kept.keep([bad(2)], kind="tables", delivery=DELIVERY, digest="d")
        (row,) = kept.rows()
        kept.resolve([row])
        for ask in (lambda: kept.mend(row.number, {}, key=bytes(32)), lambda: kept.to_mend(row.number)):
            with pytest.raises(NotFound, match="open row"):
                ask()


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_an_export_holds_nothing_a_spreadsheet_would_run(tmp_path: Path, formula: str) -> None:
    with Quarantine(tmp_path / "q.sqlite") as kept:
        evil = Rejected(f"{formula}.csv:2", "not a number", formula, formula, formula)
        kept.keep([evil], kind="tables", delivery=DELIVERY, digest="d")
        assert kept.export(tmp_path / "out.csv") == 1
        assert kept.export(tmp_path / "out.jsonl") == 1
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        _, cells = list(csv.reader(file))
    assert not [cell for cell in cells if cell.lstrip(" ").startswith(tuple("=+-@\t＝"))]
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["raw"] == formula


def test_mended_rows_load_and_keep_their_places(tmp_path: Path) -> None:
    rows = [row[:] for row in ROWS]
    rows[0][5], rows[2][5] = "abc", "xyz"
    write_csv(tmp_path / "股东.csv", [*rows, ["too", "short"]])
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    source = Tables()
    delivery = source.delivery((tmp_path / "股东.csv",), {"mapping": str(tmp_path / "mapping.toml")})
    refused = [found for found in source.read(delivery) if isinstance(found, Rejected)]
    assert [row.place for row in refused] == ["股东.csv:2", "股东.csv:4", "股东.csv:5"]

    with Quarantine(tmp_path / "q.sqlite") as kept:
        kept.keep(refused, kind="tables", delivery=delivery, digest="d")
        first = next(row for row in kept.rows() if row.place == "股东.csv:2")
        kept.mend(first.number, json.loads(first.raw.replace("abc", "30%")), key=b"k")
        again = kept.write_anew("d", tmp_path / "again")
    assert (again.kind, again.delivery.mode, len(again.rows)) == ("tables", "changes", 3)
    found = list(source.read(again.delivery))
    owns = [row for item in found if not isinstance(item, Rejected) and item.kind for row in item.rows.to_pylist()]
    assert [(f["place"], f["share_low"]) for f in owns if "share_low" in f] == [("股东.csv:2", 0.3)]
    still = {(row.place, row.reason) for row in found if isinstance(row, Rejected)}
    assert still == {("股东.csv:4", "not a share"), ("股东.csv:5", "wrong number of cells")}


def test_a_cell_that_could_not_be_read_is_refused_again_until_it_is_mended(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    good = dict(zip(("编号", "股东编号", "股东名称", "类型", "公司编号", "持股比例"), ROWS[0], strict=False))
    lost = json.dumps({**good, "股东编号": "110105194912310030", "unreadable": {"股东编号": "digits lost"}})
    mended = json.dumps({**good, "股东编号": "H9"})
    with Quarantine(tmp_path / "q.sqlite") as kept:
        delivery = Delivery((), "登记", settings={"mapping": str(tmp_path / "mapping.toml")})
        rows = [Rejected(f"股东.xlsx[甲]:{n}", "digits lost", "", "", raw) for n, raw in ((2, lost), (3, mended))]
        kept.keep(rows, kind="tables", delivery=delivery, digest="d")
        again = kept.write_anew("d", tmp_path / "again")
    refused = [item for item in Tables().read(again.delivery) if isinstance(item, Rejected)]
    assert [(row.place, row.reason) for row in refused] == [("股东.xlsx[甲]:2", "digits lost")]


def test_a_delivery_nobody_knows_cannot_be_written_anew(tmp_path: Path) -> None:
    with Quarantine(tmp_path / "q.sqlite") as kept, pytest.raises(NotFound):
        kept.write_anew("unheard-of", tmp_path / "again")
