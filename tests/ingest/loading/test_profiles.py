"""What is told of a party itself: fields that a row leaves out, rows that tell of one party together."""

from typing import Any

import pytest

from graph.model import KINDS
from tests.ingest.loading.small import SOURCE, Row, Workspace, company

A, B = company("A"), company("B")


def profile(party: str, ref: str = "list", **said: Any) -> Row:
    more = {"source": SOURCE, "source_ref": ref, "confidence": 1.0}
    return {"kind": "Profile", "party": f"{SOURCE}:{party}", **more, **said}


@pytest.mark.parametrize(("mode", "status"), [("changes", "dissolved"), ("full", None)])
def test_what_a_row_of_changes_leaves_out_of_a_party_stays_as_it_was(
    place: Workspace, mode: str, status: str | None
) -> None:
    place.load(A, profile("A", name="甲公司", status="dissolved"), delivered="2024-01-10")
    place.load(A, profile("A", name="甲集团"), delivered="2024-02-10", mode=mode)
    held = [row for row in place.facts.table(KINDS["Profile"]).to_pylist() if row["retracted_at"] is None]
    (now,) = [row for row in held if row["valid_to"] is None]
    assert (now["name"], now["status"]) == ("甲集团", status)
    assert place.load(A, profile("A", name="甲集团"), delivered="2024-03-10").nothing_changed


def profiles(place: Workspace) -> list[tuple[Any, ...]]:
    """Name, status, address and days of the profiles that are held."""
    rows = [row for row in place.facts.table(KINDS["Profile"]).to_pylist() if row["retracted_at"] is None]
    told = [tuple(row[name] for name in ("name", "status", "address", "valid_from", "valid_to")) for row in rows]
    told = [(*own, start and str(start), end and str(end)) for *own, start, end in told]
    return sorted(told, key=lambda row: row[3] or "")


def test_a_late_row_of_changes_leaves_of_a_party_what_was_held_on_its_day(place: Workspace) -> None:
    place.load(A, profile("A", name="甲", status="active", address="X"), delivered="2024-01-01")
    place.load(A, profile("A", name="甲", status="dissolved", address="Y"), delivered="2024-06-01")
    place.load(A, profile("A", name="乙"), delivered="2024-03-01")
    assert profiles(place) == [
        ("甲", "active", "X", None, "2024-03-01"), ("乙", "active", "X", "2024-03-01", "2024-06-01"),
        ("甲", "dissolved", "Y", "2024-06-01", None),
    ]  # fmt: skip


@pytest.mark.parametrize("known", [True, False])
def test_changes_of_one_party_in_one_file_are_told_in_turn(place: Workspace, known: bool) -> None:
    if known:
        place.load(A, profile("A", name="甲", address="X"), delivered="2024-01-01")
    place.load(
        A, profile("A", status="dissolved", valid_from="2024-05-01"), profile("A", name="乙", valid_from="2024-03-01"),
        delivered="2024-06-01",
    )  # fmt: skip
    address = "X" if known else None
    before = [("甲", None, "X", None, "2024-03-01")] if known else []
    assert profiles(place) == [
        *before, ("乙", None, address, "2024-03-01", "2024-05-01"), ("乙", "dissolved", address, "2024-05-01", None),
    ]  # fmt: skip
    assert place.take(place.made[-1]).nothing_changed


def test_a_change_that_something_kept_follows_fills_nothing_after_it(place: Workspace) -> None:
    place.load(A, profile("A", name="甲"), delivered="2024-01-01")
    place.load(A, profile("A", name="丙", valid_from="2024-04-01"), delivered="2024-04-01")
    changes = (
        profile("A", name="乙", valid_from="2024-03-01"),
        profile("A", status="dissolved", valid_from="2024-05-01"),
    )
    place.load(A, *changes, delivered="2024-06-01")
    assert profiles(place)[-1] == ("丙", "dissolved", None, "2024-05-01", None)


def test_a_row_without_a_start_tells_of_the_time_before_those_with_one(place: Workspace) -> None:
    """A company list, and what happened since."""
    rows = profile("A", name="甲", address="X"), profile("A", status="dissolved", valid_from="2024-05-01")
    place.load(A, *rows, delivered="2024-06-01")
    expected = [("甲", None, "X", None, "2024-05-01"), ("甲", "dissolved", "X", "2024-05-01", None)]
    assert profiles(place) == expected
    assert place.load(A, *reversed(rows), delivered="2024-06-01").nothing_changed
    assert profiles(place) == expected


@pytest.mark.parametrize("turned", [False, True])
def test_a_contested_change_fills_nothing(place: Workspace, turned: bool) -> None:
    place.load(A, profile("A", name="甲", address="X"), delivered="2024-01-01")
    rows = [profile("A", name=name, valid_from="2024-03-01") for name in ("乙", "丁")]
    place.load(
        A, *(reversed(rows) if turned else rows), profile("A", status="dissolved", valid_from="2024-05-01"),
        delivered="2024-06-01",
    )  # fmt: skip
    assert profiles(place)[-1] == ("甲", "dissolved", "X", "2024-05-01", None)


@pytest.mark.parametrize("turned", [False, True])
def test_a_correction_among_changes_fills_what_follows(place: Workspace, turned: bool) -> None:
    rows = (
        profile("A", name="乙", valid_from="2024-03-01", op="correct"),
        profile("A", name="丁", valid_from="2024-03-01"),
    )
    place.load(
        A, *(reversed(rows) if turned else rows), profile("A", status="dissolved", valid_from="2024-05-01"),
        delivered="2024-06-01",
    )  # fmt: skip
    assert [row[:2] for row in profiles(place)] == [("乙", None), ("乙", "dissolved")]


def test_what_ended_before_a_change_leaves_it_what_was_before(place: Workspace) -> None:
    place.load(A, profile("A", name="甲", address="X"), delivered="2024-01-01")
    place.load(
        A, profile("A", name="乙", valid_from="2024-03-01"),
        profile("A", status="active", valid_from="2024-04-01", valid_to="2024-04-15"),
        profile("A", address="Z", valid_from="2024-05-01"),
        delivered="2024-06-01",
    )  # fmt: skip
    assert profiles(place)[-2:] == [
        ("乙", "active", "X", "2024-04-01", "2024-04-15"), ("乙", None, "Z", "2024-05-01", None),
    ]  # fmt: skip


def test_changes_told_month_by_month_in_one_file_go_on_from_each_other(place: Workspace) -> None:
    rows = [
        profile("A", name="甲", status="active", stated_at="2024-01-10"),
        profile("A", address="X", stated_at="2024-02-10"),
    ]
    place.load(A, *rows, profile("A", status="dissolved", stated_at="2024-03-10"), delivered="2024-06-01")
    assert profiles(place) == [
        ("甲", "active", None, None, "2024-02-10"), ("甲", "active", "X", "2024-02-10", "2024-03-10"),
        ("甲", "dissolved", "X", "2024-03-10", None),
    ]  # fmt: skip


def test_a_correction_leaves_of_a_party_what_held_when_it_begins(place: Workspace) -> None:
    place.load(A, profile("A", name="甲", address="X", valid_from="2020-01-01"), delivered="2020-02-01")
    place.load(A, profile("A", name="甲", address="Y", valid_from="2022-01-01"), delivered="2022-02-01")
    place.load(A, profile("A", name="乙", valid_from="2020-01-01", op="correct"), delivered="2023-01-01")
    assert profiles(place) == [
        ("乙", None, "X", "2020-01-01", "2022-01-01"), ("甲", None, "Y", "2022-01-01", None),
    ]  # fmt: skip


def test_what_has_ended_of_a_party_fills_nothing(place: Workspace) -> None:
    place.load(A, profile("A", name="甲", status="insolvent"), delivered="2020-01-01")
    place.load(A, B, mode="full", delivered="2021-01-01")
    place.load(A, profile("A", name="甲"), delivered="2024-01-01")
    assert profiles(place) == [("甲", "insolvent", None, None, "2021-01-01"), ("甲", None, None, "2024-01-01", None)]


def test_what_one_row_of_a_profile_leaves_out_another_says(place: Workspace) -> None:
    """A shareholder list names a company that a company list describes."""
    rows = (profile("A", name="甲公司"), profile("A", name="甲公司", jurisdiction="CN"), profile("A", status="active"))
    report = place.load(A, B, *rows, profile("B", name="乙公司"), profile("B", name="丙公司"))
    assert (report.new, report.unchanged, report.refused) == (1, 2, {"conflicting rows": 2})
    (kept,) = place.facts.table(KINDS["Profile"]).to_pylist()
    assert (kept["name"], kept["jurisdiction"]) == ("甲公司", "CN")
    assert place.load(A, B, *rows).nothing_changed
