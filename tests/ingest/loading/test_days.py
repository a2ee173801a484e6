"""When things were said, by real loads: days of deliveries and of rows, in any order; expected by hand."""

from pathlib import Path
from typing import Any

import pytest

from tests.ingest.loading.small import Lines, Row, Workspace, company, owns

A, B, C = company("A"), company("B"), company("C")


def test_an_end_that_names_its_own_day_as_the_start_ends_what_is_open(place: Workspace) -> None:
    place.load(A, B, owns("A", "B", 0.4, valid_from="2024-01-01"), delivered="2024-01-05")
    place.load(A, B, owns("A", "B", 0.0, valid_from="2024-07-01", stated_at="2024-07-01", op="end"))
    assert [(share, start, end) for _, share, start, end in place.shares()] == [(0.4, "2024-01-01", "2024-07-01")]


@pytest.mark.parametrize("mode", ["changes", "full"])
def test_an_older_delivery_loaded_later_replaces_nothing_of_a_newer_one(place: Workspace, mode: str) -> None:
    place.load(A, B, C, owns("A", "B", 0.5), owns("B", "C", 0.7), delivered="2024-06-30")
    older = [A, B, C, owns("A", "B", 0.4), owns("A", "C", 0.1)]
    report = place.load(*older, delivered="2023-12-31", mode=mode)
    assert (report.new, report.changed, report.retracted) == (1, 1, 0)
    assert [(share, start, end) for _, share, start, end in place.shares()] == [
        (0.4, None, "2024-06-30"), (0.5, "2024-06-30", None), (0.1, None, None), (0.7, None, None),
    ]  # fmt: skip


def test_what_began_with_a_newer_delivery_had_an_older_value_before(place: Workspace) -> None:
    place.load(A, B, owns("A", "B", 0.5, valid_from="2024-01-01"), delivered="2024-06-30")
    place.load(A, B, owns("A", "B", 0.4), delivered="2023-12-31")
    assert [(share, start, end) for _, share, start, end in place.shares()] == [
        (0.4, None, "2024-01-01"), (0.5, "2024-01-01", None),
    ]  # fmt: skip


def older(share: float, day: str, **said: Any) -> tuple[list[Row], dict[str, str]]:
    """A delivery of a day whose row names none."""
    return [A, B, owns("A", "B", share, **said)], {"delivered": day}


def dated(share: float, day: str) -> tuple[list[Row], dict[str, str]]:
    """A delivery whose row names its day."""
    return [A, B, owns("A", "B", share, stated_at=day)], {}


def full(*rows: Row, day: str) -> tuple[list[Row], dict[str, str]]:
    """Everything its source knows on a day."""
    return [A, B, *rows], {"delivered": day, "mode": "full"}


TWICE = full(owns("A", "B", 0.4), day="2023-12-31"), full(owns("A", "B", 0.4), day="2024-12-31")
"""The second only says again what the first did."""
WAITS = [A, owns("A", "B", 0.4)], {"delivered": "2023-12-31"}
"""Its other party has not come."""


@pytest.mark.parametrize(
    ("deliveries", "expected"),
    [
        # What waited for its party was said on the day of its own delivery, whichever brought the party.
        ([WAITS, older(0.5, "2024-06-30")], [(0.4, None, "2024-06-30"), (0.5, "2024-06-30", None)]),
        (
            [WAITS, ([B], {"delivered": "2024-01-10"}), older(0.5, "2024-06-30")],
            [(0.4, None, "2024-06-30"), (0.5, "2024-06-30", None)],
        ),
        (
            [WAITS, ([B], {"delivered": "2020-01-01"}), ([A, B], {"delivered": "2024-06-30", "mode": "full"})],
            [(0.4, None, "2024-06-30")],
        ),
        # What corrects or follows something becomes known when it is loaded; it was said when it says.
        (
            [older(0.4, "2023-12-31"), dated(0.5, "2024-06-30"), dated(0.6, "2025-01-31")],
            [(0.4, None, "2024-06-30"), (0.5, "2024-06-30", "2025-01-31"), (0.6, "2025-01-31", None)],
        ),
        (
            [dated(0.4, "2024-01-31"), dated(0.5, "2024-01-31"), dated(0.6, "2024-06-30")],
            [(0.5, None, "2024-06-30"), (0.6, "2024-06-30", None)],
        ),
        # A day has no hour: of two statements of one day the one loaded later corrects, dated or not.
        ([older(0.5, "2024-06-30"), dated(0.4, "2024-06-30")], [(0.4, None, None)]),
        ([dated(0.4, "2024-06-30"), older(0.5, "2024-06-30")], [(0.5, None, None)]),
        (
            [older(0.5, "2024-06-30", valid_from="2024-01-01"), older(0.4, "2024-06-30")],
            [(0.4, None, "2024-01-01"), (0.5, "2024-01-01", None)],
        ),
        # So does one of a value whose start is the day of its statement.
        (
            [older(0.6, "2024-03-01"), older(0.52, "2024-09-01"), older(0.58, "2024-09-01")],
            [(0.6, None, "2024-09-01"), (0.58, "2024-09-01", None)],
        ),
        (
            [dated(0.6, "2024-01-01"), dated(0.45, "2024-06-01"), dated(0.47, "2024-06-01")],
            [(0.6, None, "2024-06-01"), (0.47, "2024-06-01", None)],
        ),
        # A correction without a start is about what held on its day.
        (
            [older(0.6, "2024-03-01"), older(0.45, "2024-06-01"), older(0.48, "2024-06-01", op="correct")],
            [(0.6, None, "2024-06-01"), (0.48, "2024-06-01", None)],
        ),
        # What a full delivery left out, as its row could not be read, holds from its day on once the row is mended.
        (
            [full(owns("A", "B", 0.4), day="2023-12-31"), full(day="2024-06-30"), older(0.4, "2024-06-30")],
            [(0.4, None, "2024-06-30"), (0.4, "2024-06-30", None)],
        ),
        (
            [full(owns("A", "B", 0.4), day="2023-12-31"), full(day="2024-06-30"), older(0.5, "2024-06-30")],
            [(0.4, None, "2024-06-30"), (0.5, "2024-06-30", None)],
        ),
        # What is said anew after an end is said on that day: what comes late about before leaves it.
        (
            [
                older(0.4, "2024-01-01"),
                older(0.4, "2024-06-01", op="end"),
                older(0.4, "2024-06-01"),
                older(0.5, "2024-03-01"),
            ],
            [(0.4, None, "2024-03-01"), (0.5, "2024-03-01", "2024-06-01"), (0.4, "2024-06-01", None)],
        ),
        (
            [
                older(0.4, "2024-01-01"),
                older(0.4, "2024-06-01", op="end"),
                older(0.4, "2024-06-01"),
                older(0.4, "2024-03-01", op="end"),
            ],
            [(0.4, None, "2024-03-01"), (0.4, "2024-06-01", None)],
        ),
        # A newer full delivery has said what held on its day: by what it lists, and by what it leaves out.
        ([full(day="2024-06-30"), older(0.4, "2023-12-31")], [(0.4, None, "2024-06-30")]),
        (
            [full(day="2024-06-30"), full(C, day="2024-12-31"), older(0.3, "2023-12-31"), older(0.4, "2024-08-01")],
            [(0.3, None, "2024-06-30"), (0.4, "2024-08-01", "2024-12-31")],
        ),
        ([full(day="2024-06-30"), older(0.4, "2023-12-31", valid_from="2024-09-01")], []),
        ([full(day="2024-06-30"), older(0.4, "2023-12-31", valid_to="2024-03-31")], [(0.4, None, "2024-03-31")]),
        (
            [full(day="2024-06-30"), older(0.4, "2023-12-31", stated_at="2023-11-30")],
            [(0.4, None, "2024-06-30")],
        ),
        (
            [TWICE[0], TWICE[1], older(0.5, "2024-06-30")],
            [(0.4, None, "2024-06-30"), (0.5, "2024-06-30", "2024-12-31"), (0.4, "2024-12-31", None)],
        ),
        (
            [TWICE[0], TWICE[1], older(0.4, "2024-06-30", op="end")],
            [(0.4, None, "2024-06-30"), (0.4, "2024-12-31", None)],
        ),
        (
            [TWICE[0], TWICE[1], older(0.5, "2024-06-30", op="correct")],
            [(0.5, None, "2024-12-31"), (0.4, "2024-12-31", None)],
        ),
        (
            [full(day="2024-06-30"), ([A, owns("A", "Z", 0.4)], {"delivered": "2023-12-31"}), ([company("Z")], {})],
            [(0.4, None, "2024-06-30")],
        ),
        # What waited was said by another delivery, which the full one listed as well.
        (
            [
                ([A, owns("A", "B", 0.4)], {"delivered": "2023-12-31", "mode": "full"}),
                ([A, C, owns("A", "B", 0.4)], {"delivered": "2024-12-31", "mode": "full"}),
                ([B], {"delivered": "2024-06-30"}),
            ],
            [(0.4, None, None)],
        ),
        # A row about a past period says nothing of what follows it.
        (
            [older(0.5, "2023-06-30"), older(0.4, "2024-06-01", valid_from="2015-01-01", valid_to="2020-01-01")],
            [(0.5, None, "2015-01-01"), (0.4, "2015-01-01", "2020-01-01"), (0.5, "2020-01-01", None)],
        ),
        (
            [
                older(0.5, "2023-06-30", valid_from="2019-01-01"),
                older(0.4, "2024-06-01", valid_from="2015-01-01", valid_to="2020-01-01"),
            ],
            [(0.4, "2015-01-01", "2020-01-01"), (0.5, "2020-01-01", None)],
        ),
        # A history of which each row holds until the next leaves nothing of the old value between.
        (
            [
                older(0.5, "2023-06-30", valid_from="2020-01-01"),
                (
                    [
                        A,
                        B,
                        owns("A", "B", 0.6, valid_from="2024-02-01"),
                        owns("A", "B", 0.7, valid_from="2024-03-01"),
                    ],
                    {"delivered": "2024-03-31"},
                ),
            ],
            [(0.5, "2020-01-01", "2024-02-01"), (0.6, "2024-02-01", "2024-03-01"), (0.7, "2024-03-01", None)],
        ),
        (
            [
                full(owns("A", "B", 0.5, valid_from="2020-01-01"), day="2024-01-31"),
                full(owns("A", "B", 0.6, valid_from="2024-02-01", valid_to="2024-03-15"), day="2024-04-30"),
            ],
            [(0.5, "2020-01-01", "2024-02-01"), (0.6, "2024-02-01", "2024-03-15")],
        ),
        (
            [
                full(owns("A", "B", 0.5), day="2024-01-31"),
                full(owns("A", "B", 0.3, valid_from="2010-01-01", valid_to="2012-01-01"), day="2024-06-30"),
            ],
            [(0.5, None, "2010-01-01"), (0.3, "2010-01-01", "2012-01-01"), (0.5, "2012-01-01", "2024-06-30")],
        ),
        # A full delivery that lists only what is over lists nothing that holds.
        (
            [
                full(
                    owns("A", "B", 0.4, valid_from="2015-01-01", valid_to="2020-01-01"),
                    owns("A", "B", 0.5, valid_from="2021-01-01"),
                    day="2024-01-31",
                ),
                full(owns("A", "B", 0.4, valid_from="2015-01-01", valid_to="2020-01-01"), day="2024-06-30"),
            ],
            [(0.4, "2015-01-01", "2020-01-01"), (0.5, "2021-01-01", "2024-06-30")],
        ),
        # An end that was said later binds what comes late, however often.
        (
            [
                older(0.4, "2024-01-01"),
                older(0.4, "2024-03-31", op="end"),
                older(0.5, "2024-01-31"),
                older(0.6, "2024-03-01"),
            ],
            [(0.4, None, "2024-01-31"), (0.5, "2024-01-31", "2024-03-01"), (0.6, "2024-03-01", "2024-03-31")],
        ),
        (
            [older(0.4, "2024-01-01"), older(0.4, "2024-03-01", op="end"), older(0.5, "2024-01-31", op="correct")],
            [(0.5, None, "2024-03-01")],
        ),
        # Cut short by a newer value, a value is as old as it was.
        (
            [older(0.5, "2024-01-31"), older(0.6, "2024-03-31"), full(day="2024-02-29")],
            [(0.5, None, "2024-02-29"), (0.6, "2024-03-31", None)],
        ),
        (
            [full(day="2024-03-31"), older(0.4, "2024-01-31"), older(0.5, "2024-02-29")],
            [(0.4, None, "2024-02-29"), (0.5, "2024-02-29", "2024-03-31")],
        ),
        # What had ended and was said to hold again held until the next value.
        (
            [
                older(0.4, "2019-06-30", valid_from="2018-01-01"),
                older(0.4, "2020-06-30", op="end"),
                older(0.5, "2024-06-30", valid_from="2024-01-01"),
                older(0.4, "2023-06-30", valid_from="2018-01-01"),
            ],
            [(0.4, "2018-01-01", "2024-01-01"), (0.5, "2024-01-01", None)],
        ),
        # The first full delivery after others confirms what it only repeats.
        (
            [older(0.5, "2024-03-01"), full(owns("A", "B", 0.5), day="2024-05-01"), older(0.6, "2024-04-01")],
            [(0.5, None, "2024-04-01"), (0.6, "2024-04-01", "2024-05-01"), (0.5, "2024-05-01", None)],
        ),
        (
            [
                ([A], {"delivered": "2024-03-31", "mode": "full"}),
                ([A, owns("A", "B", 0.4)], {"delivered": "2024-01-31"}),
                ([A, B, owns("A", "B", 0.5)], {"delivered": "2024-02-29"}),
            ],
            [(0.4, None, "2024-02-29"), (0.5, "2024-02-29", "2024-03-31")],
        ),
        (
            [
                ([A], {"delivered": "2024-03-31", "mode": "full"}),
                ([A, owns("A", "B", 0.4, op="end")], {"delivered": "2024-02-28"}),
                ([B], {"delivered": "2024-02-28"}),
            ],
            [(0.4, None, "2024-02-28")],
        ),
        # A value that is known since later was not known by an older delivery that says it.
        (
            [older(0.3, "2023-06-30"), older(0.4, "2025-06-30"), older(0.4, "2024-12-31")],
            [(0.3, None, "2024-12-31"), (0.4, "2024-12-31", "2025-06-30"), (0.4, "2025-06-30", None)],
        ),
    ],
)
def test_values_follow_the_days_on_which_they_were_said(
    place: Workspace,
    deliveries: list[tuple[list[Row], dict[str, str]]],
    expected: list[tuple[float, str | None, str | None]],
) -> None:
    for rows, said in deliveries:
        place.load(*rows, **said)
        assert place.take(place.made[-1]).nothing_changed
    held = [(share, start, end) for _, share, start, end in place.shares()]
    assert sorted(held, key=lambda fact: fact[1] or "") == expected


R = {"ref": "R"}


@pytest.mark.parametrize(
    ("deliveries", "expected"),
    [
        (
            [
                ([A, owns("A", "B", 0.4, **R)], {"delivered": "2023-12-31"}),
                ([B, C, owns("A", "C", 0.5, **R)], {"delivered": "2024-06-30"}),
            ],
            [("R", 0.4, None, "2024-06-30"), ("R", 0.5, "2024-06-30", None)],
        ),
        (
            [
                ([A, owns("A", "B", 0.4, **R)], {"delivered": "2023-12-31"}),
                ([C, owns("A", "C", 0.5, **R)], {"delivered": "2024-06-30"}),
                ([B], {"delivered": "2024-07-31"}),
            ],
            [("R", 0.4, None, "2024-06-30"), ("R", 0.5, "2024-06-30", None)],
        ),
        (
            [
                ([A, owns("A", "B", 0.4, **R)], {"delivered": "2023-12-31"}),
                ([B, owns("A", "B", 0.5, **R)], {"delivered": "2024-06-30"}),
            ],
            [("R", 0.4, None, "2024-06-30"), ("R", 0.5, "2024-06-30", None)],
        ),
    ],
)
def test_what_waited_of_a_record_gives_way_to_its_newer_statements(
    tmp_path: Path, deliveries: list[tuple[list[Row], dict[str, str]]], expected: list[tuple[Any, ...]]
) -> None:
    place = Workspace(tmp_path, source=Lines(replaces_record=True))
    for rows, said in deliveries:
        place.load(*rows, **said)
    assert place.shares() == expected


def test_what_newer_statements_overrule_is_counted(place: Workspace) -> None:
    began = {"valid_from": "2020-01-01"}
    place.load(*older(0.5, "2024-06-30", **began)[0], delivered="2024-06-30")
    report = place.load(*older(0.4, "2023-06-30", **began)[0], delivered="2023-06-30")
    assert (report.unchanged, report.outdated, report.nothing_changed) == (1, 1, True)
    assert report.newer == "load 1 of 2024-06-30"


def test_another_value_delivered_on_the_same_day_is_a_correction(place: Workspace) -> None:
    place.load(A, B, owns("A", "B", 0.5), delivered="2024-06-30")
    place.load(A, B, owns("A", "B", 0.4), delivered="2024-06-30")
    assert [(share, start, end) for _, share, start, end in place.shares()] == [(0.4, None, None)]
