"""A source that delivers everything it knows, again and again: what holds on a day is what was listed on it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model import KINDS
from tests.ingest.loading.small import Lines, Workspace, company, owns
from tests.ingest.loading.test_compare import IDS, Ours, Row, Told, says

FIRST = date(2024, 1, 31)
TIES = [(ref, tail) for ref in ("r1", "r2") for tail in IDS[:2]]
Listing = dict[tuple[str, str], int]
"""Hundredths held, by tie."""


def day(number: int) -> date:
    return FIRST + timedelta(days=30 * number)


def rows(listing: Listing) -> tuple[Row, ...]:
    # One row of another tie is in every delivery, for none is empty.
    always = says("r9", 0.01, **{"from": IDS[3]})
    return (always, *(says(ref, share / 100, **{"from": tail}) for (ref, tail), share in sorted(listing.items())))


@contextmanager
def loaded(listings: Iterable[tuple[int, Listing]], *, record: bool = False, full: bool = True) -> Iterator[Ours]:
    with TemporaryDirectory() as folder:
        ours = Ours(folder)
        for load, (number, listing) in enumerate(listings, 2):
            ours.load(Told(rows(listing), full, day(number)), load, record=record)
        yield ours


def on(ours: Ours, asked: date) -> Listing:
    """What holds on a day, by everything that is known now."""
    facts = ours.facts.table(KINDS["OWNS"]).to_pylist()
    ids = ours.facts.ids.to_pylist()
    return {
        (fact["source_ref"], ids[fact["from"]]): round(fact["share_low"] * 100)
        for fact in facts
        if fact["retracted_at"] is None
        and (fact["valid_from"] or date.min) <= asked < (fact["valid_to"] or date.max)
        and fact["source_ref"] != "r9"
    }


Delivered = tuple[list[Row], dict[str, str]]
PARTIES = [company(name) for name in "ABC"]


def changes(when: str, **refs: Any) -> Delivered:
    """Holdings of B by A, by the source's names for them; what is no share is said of the last."""
    shares = {ref: share for ref, share in refs.items() if isinstance(share, float)}
    more = {name: said for name, said in refs.items() if name not in shares}
    rows = [owns("A", "B", share, ref, **(more if ref == list(shares)[-1] else {})) for ref, share in shares.items()]
    return [*PARTIES, *rows], {"delivered": f"2024-{when}"}


def full(when: str, **refs: Any) -> Delivered:
    """The same in a delivery that lists everything."""
    rows, told = changes(when, **refs)
    return rows, {**told, "mode": "full"}


LISTINGS = st.lists(st.dictionaries(st.sampled_from(TIES), st.integers(1, 3)), min_size=1, max_size=5)


@given(LISTINGS, st.data(), st.booleans())
@settings(max_examples=100)
def test_each_day_shows_what_was_listed_on_it(listings: list[Listing], data: st.DataObject, record: bool) -> None:
    """Of two deliveries of one day the second corrects the first."""
    days = sorted(data.draw(st.lists(st.integers(0, 4), min_size=len(listings), max_size=len(listings))))
    with loaded(zip(days, listings, strict=True), record=record) as ours:
        for number, listing in dict(zip(days, listings, strict=True)).items():
            assert on(ours, day(number)) == listing
            assert on(ours, day(number) + timedelta(days=29)) == listing  # nothing else was said until the next


@given(st.permutations(range(4)), st.booleans(), st.booleans())
@settings(max_examples=40)
def test_values_that_never_repeat_may_come_in_any_order(order: list[int], record: bool, full: bool) -> None:
    listings = [dict.fromkeys(TIES, number + 1) for number in range(4)]
    with loaded(((number, listings[number]) for number in order), record=record, full=full) as ours:
        assert [on(ours, day(number)) for number in range(4)] == listings
        assert on(ours, FIRST - timedelta(days=1)) == listings[0]


def test_a_tie_first_listed_later_entered_then(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    parties = [company(name) for name in "ABC"]
    place.load(*parties, owns("A", "B", 0.6), mode="full", delivered="2024-01-31")
    place.load(*parties, owns("A", "B", 0.6), owns("B", "C", 0.7), mode="full", delivered="2024-02-29")
    report = place.load(*parties, owns("A", "B", 0.6), owns("B", "C", 0.7), mode="full", delivered="2024-03-31")
    assert place.shares() == [("A-B", 0.6, None, None), ("B-C", 0.7, "2024-02-29", None)]
    assert (report.new, report.changed, report.retracted) == (0, 0, 0)


def test_a_tie_of_changes_after_a_full_delivery_entered_with_them(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    parties = [company(name) for name in "ABC"]
    place.load(*parties, owns("A", "B", 0.6), mode="full", delivered="2024-01-31")
    over = owns("A", "C", 0.2, valid_to="2024-02-10")
    place.load(
        *parties, owns("B", "C", 0.7), over, owns("C", "B", 0.1, valid_from="2020-01-01"), delivered="2024-02-29"
    )
    assert place.shares() == [
        ("A-B", 0.6, None, None),
        ("A-C", 0.2, "2024-02-01", "2024-02-10"),  # after the day whose listing left it out
        ("B-C", 0.7, "2024-02-29", None),
        ("C-B", 0.1, "2020-01-01", None),  # what a row states stands
    ]


@pytest.mark.parametrize(
    ("deliveries", "expected"),
    [
        # A correction of what began that day begins that day, under another name of the record too.
        (
            [full("01-31", r1=0.6), full("03-31", r1=0.6, r2=0.7), full("03-31", r1=0.6, r2=0.55)],
            [("r1", 0.6, None, None), ("r2", 0.55, "2024-03-31", None)],
        ),
        (
            [full("01-31", r1=0.6), full("02-29", r2=0.6), full("02-29", r2=0.55)],
            [("r1", 0.6, None, "2024-02-29"), ("r2", 0.55, "2024-02-29", None)],
        ),
        # What was announced for later is replaced by what is said since.
        (
            [full("01-31", r1=0.6), changes("02-15", r2=0.5, valid_from="2024-05-01"), full("03-31", r1=0.6, r2=0.4)],
            [("r1", 0.6, None, None), ("r2", 0.4, "2024-03-31", None)],
        ),
        # A listing that comes later tells of its day, whatever the day of the statement.
        (
            [full("01-31", r1=0.6), full("02-29", r2=0.6, stated_at="2023-12-20")],
            [("r1", 0.6, None, "2024-02-29"), ("r2", 0.6, "2024-02-01", None)],
        ),
        (
            [full("01-31", r1=0.6), full("02-29", r1=0.6), full("03-31", r1=0.6, r2=0.1, stated_at="2024-02-10")],
            [("r1", 0.6, None, None), ("r2", 0.1, "2024-03-01", None)],
        ),
        # A full delivery that says what is known already has left out the rest all the same.
        (
            [full("03-31", r1=0.6), full("01-31", r1=0.6), changes("02-29", r2=0.7)],
            [("r1", 0.6, None, None), ("r2", 0.7, "2024-02-29", "2024-03-31")],
        ),
        # An older value, over by its own day, is told of as if it had come in its turn.
        (
            [changes("06-30", r1=0.5), changes("03-31", r1=0.5, valid_to="2020-01-01")],
            [("r1", 0.5, "2024-06-30", None), ("r1", 0.5, None, "2020-01-01")],
        ),
    ],
)
def test_listings_worked_by_hand(tmp_path: Path, deliveries: list[Delivered], expected: list[tuple[Any, ...]]) -> None:
    place = Workspace(tmp_path)
    for rows, told in deliveries:
        place.load(*rows, **told)
    assert place.shares() == expected


def statement(of: str, when: str, share: float = 1.0, **said: Any) -> Delivered:
    """What the source says of its record R: who holds B."""
    return [*PARTIES, owns(of, "B", share, "R", stated_at=when, **said)], {}


@pytest.mark.parametrize(
    ("deliveries", "expected"),
    [
        # A record names its holder anew; the older statement may come later.
        (
            [statement("A", "2020-01-01"), statement("C", "2022-01-01", 0.9)],
            [("R", 0.9, "2022-01-01", None), ("R", 1.0, None, "2022-01-01")],
        ),
        (
            [statement("C", "2022-01-01", 0.9), statement("A", "2020-01-01")],
            [("R", 0.9, "2022-01-01", None), ("R", 1.0, None, "2022-01-01")],
        ),
        (
            [statement("A", "2020-01-01"), statement("C", "2022-01-01", 0.9, valid_to="2021-06-01")],
            [("R", 0.9, "2020-01-02", "2021-06-01"), ("R", 1.0, None, "2022-01-01")],
        ),
        (
            [statement("A", "2020-01-01"), statement("A", "2021-01-01", op="retract"), statement("C", "2022-01-01")],
            [("R", 1.0, "2022-01-01", None)],
        ),
    ],
)
def test_records_worked_by_hand(tmp_path: Path, deliveries: list[Delivered], expected: list[tuple[Any, ...]]) -> None:
    place = Workspace(tmp_path, source=Lines(replaces_record=True))
    for rows, told in deliveries:
        place.load(*rows, **told)
    assert place.shares() == expected


def test_a_tie_that_waited_entered_when_it_was_said(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    a, b, c = (company(name) for name in "ABC")
    place.load(a, b, owns("A", "B", 0.6), mode="full", delivered="2024-01-31")
    place.load(owns("B", "C", 0.7), delivered="2024-02-29")
    place.load(c, delivered="2024-04-30")
    assert place.shares() == [("A-B", 0.6, None, None), ("B-C", 0.7, "2024-02-29", None)]
