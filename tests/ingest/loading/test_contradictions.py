"""A row of a contradiction tells which fact it is about, and what each row says of it."""

from pathlib import Path
from typing import Any

import pytest

from graph.model import KINDS, OWNS, PROFILE
from graph.schema import staged_schema
from ingest.loading.contradictions import contradictions
from ingest.quarantine import Quarantine
from ingest.tables import Tables
from ingest.timeline import CONFLICT
from tests.ingest.loading.small import Workspace, company, owns

A, B = company("A"), company("B")


def details(place: Workspace) -> list[str]:
    with Quarantine(place.folder / "quarantine.sqlite") as quarantine:
        return [bad.detail for bad in quarantine.every()]


def test_each_row_names_the_fact_what_it_says_and_where_the_other_stands(place: Workspace) -> None:
    band = {"share_low": 0.25, "share_high": 0.5, "share_ends": 1}
    place.load(A, B, owns("A", "B", 0.1), owns("A", "B", **band))
    assert details(place) == [
        "OWNS 登记:A → 登记:B: share is 10% here and >25–50% in 0.jsonl:4",
        "OWNS 登记:A → 登记:B: share is >25–50% here and 10% in 0.jsonl:3",
    ]


def test_a_row_that_waited_is_told_as_well(place: Workspace) -> None:
    stated = {"stated_at": "2025-01-01T00:00:00"}
    place.load(A, owns("A", "B", 0.5, **stated))
    place.load(B, owns("A", "B", 0.3, **stated))
    assert sorted(details(place)) == [
        "OWNS 登记:A → 登记:B: share is 30% here and 50% in load 1, 0.jsonl:2",
        "OWNS 登记:A → 登记:B: share is 50% here and 30% in 0.jsonl:2",
    ]


def said(kind: str, place: str, **more: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(staged_schema(KINDS[kind]).names)
    ends = {"party": "s:A"} if KINDS[kind].ends == ("party",) else {"from": "s:A", "to": "s:B"}
    return {"fact": kind, **nothing, **ends, "source": "s", "source_ref": "1", "place": place, **more}


def test_every_field_of_which_rows_say_different_things_is_named_and_no_other() -> None:
    rows = [
        said(PROFILE.name, "a.csv:2", name="甲", registered_capital=3e6, currency="CNY", address="X"),
        said(PROFILE.name, "a.csv:3", name="甲", registered_capital=2e6, currency="CNY"),
    ]
    assert contradictions(rows) == [
        "Profile s:A: registered_capital is 3,000,000 here and 2,000,000 in a.csv:3",
        "Profile s:A: registered_capital is 2,000,000 here and 3,000,000 in a.csv:2",
    ]


def test_of_many_rows_a_few_are_named_and_the_rest_counted() -> None:
    shares = [0.1, 0.1, 0.2, 0.3, 0.4, 0.5]
    rows = [
        said(OWNS.name, f"a.csv:{n}", share_low=share, share_high=share, share_ends=0, directness="direct")
        for n, share in enumerate(shares, 2)
    ]
    assert contradictions(rows)[1] == (
        "OWNS s:A → s:B (direct): share is 10% here, 20% in a.csv:4, 30% in a.csv:5, 40% in a.csv:6 "
        "and something else in 1 more"
    )


def test_rows_of_other_facts_are_left_out() -> None:
    rows = [
        said(OWNS.name, f"a.csv:{n}", share_low=share, share_high=share, share_ends=0, directness=how)
        for n, share, how in ((2, 0.1, "direct"), (3, 0.2, "direct"), (4, 0.3, "indirect"), (5, 0.4, "indirect"))
    ]
    assert [text.rpartition(" ")[2] for text in contradictions(rows)] == ["a.csv:3", "a.csv:2", "a.csv:5", "a.csv:4"]


TIES = """
[source]
name = "登记"
[[table]]
file = "a.csv"
[[table.party]]
as = "holder"
id = "股东"
kind = "Company"
profile.name = "名称"
[[table.party]]
as = "company"
id = "企业"
kind = "Company"
[[table.fact]]
kind = "OWNS"
from = "holder"
to = "company"
share = "比例"
"""


def test_a_row_of_two_contradictions_is_counted_and_listed_once(place: Workspace, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(TIES, encoding="utf-8")
    rows = "H1,甲,C1,10%\nH1,乙,C1,20%\nH2,丙,C1,30%\n"
    (tmp_path / "a.csv").write_text(f"股东,名称,企业,比例\n{rows}", encoding="utf-8")
    source = Tables()
    delivery = source.delivery((tmp_path / "a.csv",), {"mapping": str(tmp_path / "m.toml")})
    report = place.take(delivery, source)
    assert report.refused == {CONFLICT: 2}
    assert place.quarantined() == [("a.csv:2", CONFLICT), ("a.csv:3", CONFLICT)]
    assert all("share is" in detail and "name is" in detail for detail in details(place))


PERSONS = """
[source]
name = "登记"
[[table]]
file = "a.csv"
[[table.party]]
as = "holder"
id = "证号"
kind = "Person"
identifier.CN-RIC = "证号"
[[table.party]]
as = "company"
id = "企业"
kind = "Company"
[[table.fact]]
kind = "OWNS"
from = "holder"
to = "company"
share = "比例"
"""
SPECIMEN = "11010519491231002X"
"""Of GB 11643-1999 itself; no person's."""


@pytest.mark.parametrize("number", [SPECIMEN, "E12345678"])
def test_a_persons_number_stays_hashed(place: Workspace, tmp_path: Path, number: str) -> None:
    (tmp_path / "m.toml").write_text(PERSONS, encoding="utf-8")
    (tmp_path / "a.csv").write_text(f"证号,企业,比例\n{number},C1,10%\n{number},C1,20%\n", encoding="utf-8")
    settings = {"mapping": str(tmp_path / "m.toml"), "hash_key": "00" * 32}
    source = Tables()
    place.take(source.delivery((tmp_path / "a.csv",), settings), source)
    first, second = details(place)
    assert number not in first + second
    assert first.startswith("OWNS 登记:hmac-sha256:")
    assert first.endswith(" → 登记:C1: share is 10% here and 20% in a.csv:3")


def test_what_a_row_of_a_tie_leaves_empty_contradicts_as_well() -> None:
    rows = [
        said(OWNS.name, "a.csv:2", share_low=0.5, share_high=0.5),
        said(OWNS.name, "a.csv:3", share_low=0.4, share_high=0.4, votes_low=0.1, votes_high=0.1),
    ]
    assert contradictions(rows) == [
        "OWNS s:A → s:B: share is 50% here and 40% in a.csv:3; votes is empty here and 10% in a.csv:3",
        "OWNS s:A → s:B: share is 40% here and 50% in a.csv:2; votes is 10% here and empty in a.csv:2",
    ]
