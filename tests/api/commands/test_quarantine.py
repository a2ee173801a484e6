"""`contagraph quarantine` on a folder of its own, as a user would type it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from graph.facts import Facts
from graph.model import KINDS

MAPPING = """
[source]
name = "NAME"
[[table]]
file = "NAME.csv"
[[table.party]]
as = "company"
id = "no"
kind = "Company"
profile.name = "name"
"""


def typed(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def load(folder: Path, name: str, text: str) -> Path:
    """Load a table by a mapping of its own; the mapping."""
    mapping = folder / f"{name}.toml"
    mapping.write_text(MAPPING.replace("NAME", name), encoding="utf-8")
    (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    done = typed("load", str(folder / f"{name}.csv"), "--mapping", str(mapping), "--store", str(folder / "store"))
    assert done.exit_code == 0, done.output
    return mapping


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2", "wrong number of cells"),
        ('2,"open', "unclosed quote"),
        ("2," + "x" * 9_000_000, "cell too large"),
    ],
    ids=["short", "open", "large"],
)
def test_rows_that_fit_no_header_can_be_retried_and_stay_open(tmp_path: Path, row: str, reason: str) -> None:
    load(tmp_path, "a", f"no,name\n1,Sample Ltd\n{row}\n")
    done = typed("quarantine", "retry", "--store", str(tmp_path / "store"))
    assert done.exit_code == 0, done.output
    assert f"not used: {reason} 1" in done.output
    assert "a.csv:3" in typed("quarantine", "list", "--store", str(tmp_path / "store")).output


def test_a_retry_names_the_file_in_which_its_rows_came(tmp_path: Path) -> None:
    load(tmp_path, "a", "no,name\n,Sample Ltd\n")
    assert "a · a.csv: nothing new" in typed("quarantine", "retry", "--store", str(tmp_path / "store")).output


BROKEN = """[
  {
    "statementId": "a"
  },
  {
    "statementId": oops
  },
  {
    "statementId": "c"
  }
]
"""


def test_a_row_of_several_lines_stays_one_row_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(BROKEN, encoding="utf-8")
    store, out = ("--store", str(tmp_path / "store")), tmp_path / "out.jsonl"
    assert typed("load", str(tmp_path / "b.json"), "--source", "bods", *store).exit_code == 0
    places = []
    for _ in range(3):
        typed("quarantine", "export", str(out), *store)
        rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        places.append(sorted((row["place"], row["reason"]) for row in rows))
        assert typed("quarantine", "retry", *store).exit_code == 0
    assert [place for place, reason in places[0] if reason == "not JSON"] == ["b.json:5"]
    assert len(places[0]) == 3
    assert places == [places[0]] * 3


@pytest.mark.parametrize("row", ['["1", "Sample Ltd"]', "7", '{"no": "1", "na'], ids=["list", "number", "cut"])
def test_a_json_line_that_is_no_object_is_refused_for_the_same_reason_again(tmp_path: Path, row: str) -> None:
    (tmp_path / "m.toml").write_text(MAPPING.replace("NAME.csv", "a.jsonl"), encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(f'{{"no": "2", "name": "Other Ltd"}}\n{row}\n', encoding="utf-8")
    store = ("--store", str(tmp_path / "store"))
    given = (str(tmp_path / "a.jsonl"), "--mapping", str(tmp_path / "m.toml"))
    assert "not JSON 1" in typed("load", *given, *store).output
    for _ in range(2):
        assert "not used: not JSON 1" in typed("quarantine", "retry", *store).output
        listed = " ".join(typed("quarantine", "list", *store).output.split())
        assert listed.startswith("not JSON 1 ")
        assert "a.jsonl:2" in listed


def test_a_delivery_that_cannot_be_retried_is_told_and_the_next_is_loaded(tmp_path: Path) -> None:
    gone = [load(tmp_path, "a", "no,name\n,Sample Ltd\n"), load(tmp_path, "c", "no,name\n,Sample Ltd\n")]
    load(tmp_path, "b", "no,name\n,Sample Ltd\n")
    for mapping in gone:
        mapping.unlink()
    done = typed("quarantine", "retry", "--store", str(tmp_path / "store"))
    assert done.exit_code == 2
    for mapping in gone:
        assert str(mapping) in done.output
    assert "not used: missing id 1" in done.output


@pytest.mark.parametrize("words", [("list",), ("export", "out.csv"), ("retry",)])
def test_a_folder_that_is_not_there_is_named_and_not_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = typed("quarantine", *words, "--store", str(tmp_path / "mistyped"))
    assert done.exit_code
    assert not list(tmp_path.iterdir())


def test_an_export_of_nothing_leaves_an_older_one(tmp_path: Path) -> None:
    load(tmp_path, "a", "no,name\n,Sample Ltd\n")
    out, store = tmp_path / "deep" / "out.csv", str(tmp_path / "store")
    assert typed("quarantine", "export", str(out), "--store", store).exit_code == 0
    before = out.read_bytes()
    assert typed("quarantine", "export", str(out), "--reason", "unheard-of", "--store", store).exit_code == 0
    assert out.read_bytes() == before


def test_rows_that_were_mended_and_wait_are_listed_and_exported_as_such(tmp_path: Path) -> None:
    load(tmp_path, "a", "no,name\n,Sample Ltd\n,Other Ltd\n")
    store, out = ("--store", str(tmp_path / "store")), tmp_path / "out.jsonl"
    assert "mended" not in typed("quarantine", "list", *store).output
    typed("quarantine", "mend", "2", '{"no": "7", "name": "Other Ltd"}', *store)
    (line,) = (line for line in typed("quarantine", "list", *store).output.splitlines() if "mended" in line)
    assert line.startswith("2 ")
    typed("quarantine", "export", str(out), *store)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["mended"] for row in rows] == [False, True]


def test_a_row_that_was_mended_wrongly_is_put_back_as_it_came(tmp_path: Path) -> None:
    load(tmp_path, "a", "no,name\n,Sample Ltd\n")
    store, out = ("--store", str(tmp_path / "store")), tmp_path / "out.jsonl"
    assert typed("quarantine", "restore", "1", *store).exit_code
    typed("quarantine", "export", str(out), *store)
    before = out.read_bytes()
    assert typed("quarantine", "mend", "1", '{"no": "", "name": "Another Ltd"}', *store).exit_code == 0
    typed("quarantine", "export", str(out), *store)
    assert out.read_bytes() != before
    assert typed("quarantine", "restore", "1", *store).exit_code == 0
    typed("quarantine", "export", str(out), *store)
    assert out.read_bytes() == before


def test_a_row_refused_again_after_mending_is_listed_as_such_until_it_is_mended_or_restored(tmp_path: Path) -> None:
    load(tmp_path, "a", "no,name\n,Sample Ltd\n")
    store = ("--store", str(tmp_path / "store"))

    def listed() -> str:
        return " ".join(typed("quarantine", "list", *store).output.split())

    assert "mended" not in listed()
    for name in ("Another", "A third"):
        typed("quarantine", "mend", "1", f'{{"no": "", "name": "{name} Ltd"}}', *store)
        assert "mended: contagraph quarantine retry loads it" in listed()
        assert "again" not in listed()
        assert typed("quarantine", "retry", *store).exit_code == 0
        assert "refused again after it was mended:" in listed()
        assert "retry loads it" not in listed()
    assert typed("quarantine", "retry", *store).exit_code == 0
    assert "refused again after it was mended:" in listed()
    assert typed("quarantine", "restore", "1", *store).exit_code == 0
    assert "mended" not in listed()


def test_a_row_refused_again_after_mending_can_still_be_put_back_as_it_came(tmp_path: Path) -> None:
    load(tmp_path, "a", "no,name\n,Sample Ltd\n")
    store, out = ("--store", str(tmp_path / "store")), tmp_path / "out.jsonl"
    typed("quarantine", "mend", "1", '{"no": "", "name": "Another Ltd"}', *store)
    assert typed("quarantine", "retry", *store).exit_code == 0
    assert typed("quarantine", "restore", "1", *store).exit_code == 0
    typed("quarantine", "export", str(out), *store)
    (row,) = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    assert json.loads(row["raw"])["name"] == "Sample Ltd"


def test_a_row_keeps_its_number_however_often_it_is_refused(tmp_path: Path) -> None:
    load(tmp_path, "a", "no,name\n,Sample Ltd\n1,First Ltd\n,Another Ltd\n")
    store, out = ("--store", str(tmp_path / "store")), tmp_path / "out.jsonl"

    def rows() -> list[tuple[int, str, str]]:
        typed("quarantine", "export", str(out), *store)
        found = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
        return [(row["number"], row["place"], json.loads(row["raw"])["name"]) for row in found]

    assert rows() == [(1, "a.csv:2", "Sample Ltd"), (2, "a.csv:4", "Another Ltd")]
    typed("quarantine", "mend", "2", '{"no": "", "name": "A third Ltd"}', *store)
    for _ in range(2):
        assert typed("quarantine", "retry", *store).exit_code == 0
        assert rows() == [(1, "a.csv:2", "Sample Ltd"), (2, "a.csv:4", "A third Ltd")]
    typed("quarantine", "mend", "1", '{"no": "7", "name": "Sample Ltd"}', *store)
    assert typed("quarantine", "retry", *store).exit_code == 0
    assert rows() == [(2, "a.csv:4", "A third Ltd")]


def test_a_page_behind_the_last_row_says_so(tmp_path: Path) -> None:
    load(tmp_path, "a", "no,name\n,Sample Ltd\n")
    assert "behind number 9" in typed("quarantine", "list", "--after", "9", "--store", str(tmp_path / "store")).output


HOLDINGS = """
[source]
name = "own"
delivery = "full"
[[table]]
file = "*.csv"
[[table.party]]
as = "holder"
id = "oid"
kind = "Company"
profile.name = "oname"
[[table.party]]
as = "company"
id = "cid"
kind = "Company"
profile.name = "cname"
[[table.fact]]
kind = "OWNS"
from = "holder"
to = "company"
share = { column = "share", unit = "%" }
valid_from = "since"
"""


def deliver(folder: Path, name: str, day: str, *rows: str) -> str:
    """Load a full delivery of holdings; what was printed."""
    (folder / "own.toml").write_text(HOLDINGS, encoding="utf-8")
    text = "oid,oname,cid,cname,share,since\n" + "".join(f"{row}\n" for row in rows)
    (folder / name).write_text(text, encoding="utf-8")
    done = typed(
        "load", str(folder / name), "--mapping", str(folder / "own.toml"), "--set", f"delivered={day}",
        "--store", str(folder / "store"),
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return done.output


def mended(folder: Path, row: dict[str, str]) -> None:
    """Mend the first row of the quarantine and load it."""
    store = ("--store", str(folder / "store"))
    assert typed("quarantine", "mend", "1", json.dumps(row), *store).exit_code == 0
    assert typed("quarantine", "retry", *store).exit_code == 0


def holdings(folder: Path) -> list[tuple[float, str | None, str | None]]:
    """Share and days of what A holds of C, by everything that is known now."""
    facts = Facts.open(folder / "store" / "columns").table(KINDS["OWNS"]).to_pylist()
    held = [fact for fact in facts if fact["retracted_at"] is None and fact["source_ref"].startswith("A|C")]
    days = [(fact["valid_from"], fact["valid_to"]) for fact in held]
    return [(fact["share_low"], *(day and str(day) for day in own)) for fact, own in zip(held, days, strict=True)]


def test_a_full_delivery_loaded_again_leaves_what_was_mended_from_it(tmp_path: Path) -> None:
    rows = "A,Alpha,B,Beta,60,2020-01-01", "A,Alpha,C,Gamma,30,03/04/2024"
    assert "ambiguous date 1" in deliver(tmp_path, "r.csv", "2024-05-01", *rows)
    row = {"oid": "A", "oname": "Alpha", "cid": "C", "cname": "Gamma", "share": "30", "since": "2024-04-03"}
    mended(tmp_path, row)
    assert holdings(tmp_path) == [(0.3, "2024-04-03", None)]
    assert "nothing new" in deliver(tmp_path, "r.csv", "2024-05-01", *rows)
    assert holdings(tmp_path) == [(0.3, "2024-04-03", None)]


def test_a_delivery_is_said_to_be_older_even_where_it_changes_nothing(tmp_path: Path) -> None:
    rows = "A,Alpha,B,Beta,60,2020-01-01", "A,Alpha,C,Gamma,30,2021-01-01"
    assert "older" not in deliver(tmp_path, "march.csv", "2024-03-01", *rows)
    assert "older" not in deliver(tmp_path, "may.csv", "2024-05-01", *rows[:1])
    again = deliver(tmp_path, "march.csv", "2024-03-01", *rows)
    assert "nothing new" in again
    assert "this delivery is older than load 2 of 2024-05-01\n" in again


def test_a_delivery_that_only_confirms_names_the_load_it_is(tmp_path: Path) -> None:
    rows = "A,Alpha,B,Beta,60,2020-01-01", "A,Alpha,C,Gamma,30,2021-01-01"
    first = deliver(tmp_path, "march.csv", "2024-03-01", *rows).strip().splitlines()
    assert first[0] == "own · march.csv · load 1"
    assert first[1].startswith("  read 8 facts and parties · new parties 3 · new facts ")
    confirming = deliver(tmp_path, "may.csv", "2024-05-01", *rows).strip()
    assert confirming == "own · may.csv · load 2: nothing new in 8 facts and parties"
    assert deliver(tmp_path, "may.csv", "2024-05-01", *rows).strip() == confirming.replace(" · load 2", "")


def test_what_a_source_says_is_listed_as_it_is(tmp_path: Path) -> None:
    """A terminal's shorthand for little pictures is letters between colons, and so is an id."""
    deliver(tmp_path, "r.csv", "2024-05-01", "A,Alpha,B,:on:,60,", "A,Alpha,B,:on:,45,")
    listed = typed("quarantine", "list", "--store", str(tmp_path / "store")).output
    assert "own:B:" in "".join(listed.split())


def test_a_setting_that_says_nothing_is_refused(tmp_path: Path) -> None:
    done = typed("load", str(tmp_path / "r.csv"), "--set", "name=", "--store", str(tmp_path / "store"))
    assert done.exit_code == 2
    assert "says nothing" in done.output


STATEMENTS = (
    MAPPING
    + """
[[table.fact]]
kind = "Statement"
party = "company"
period_end = "end"
months = "months"
unit = "unit"
item = { constant = "revenue" }
value = "sales"

[[table.fact]]
kind = "Statement"
party = "company"
period_end = "end"
months = "months"
unit = "unit"
item = { constant = "operating_cost" }
value = "cost of sales"
"""
)


def test_load_and_quarantine_count_rows_alike_and_name_the_empty_column(tmp_path: Path) -> None:
    """Two facts of line 2 and one of line 3 have no value: three facts, two rows."""
    (tmp_path / "m.toml").write_text(STATEMENTS.replace("NAME", "a"), encoding="utf-8")
    lines = ["no,name,end,months,unit,sales,cost of sales", "1,A,2024-12-31,12,CNY,,", "2,B,2024-12-31,12,CNY,5,"]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    store = ("--store", str(tmp_path / "store"))
    done = typed("load", str(tmp_path / "a.csv"), "--mapping", str(tmp_path / "m.toml"), *store)
    assert "not used: missing value 2 rows with 3 facts" in done.output
    assert "missing value 2 rows\n" in typed("quarantine", "list", *store).output
    told = {row["place"]: row["detail"] for row in exported(tmp_path, store)}
    assert told == {"a.csv:2": "value (sales) is empty", "a.csv:3": "value (cost of sales) is empty"}


def exported(folder: Path, store: tuple[str, ...]) -> list[dict[str, str]]:
    typed("quarantine", "export", str(folder / "bad.jsonl"), *store)
    return [json.loads(line) for line in (folder / "bad.jsonl").read_text(encoding="utf-8").splitlines()]
