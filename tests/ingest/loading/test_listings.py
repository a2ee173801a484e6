"""A source that delivers everything it knows, again and again: what holds on a day is what was listed on it."""

import tempfile
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model import KINDS
from tests.ingest.loading.small import Workspace, company, owns
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


def loaded(listings: Iterable[tuple[int, Listing]], *, record: bool = False, full: bool = True) -> Ours:
    ours = Ours(tempfile.mkdtemp())
    for load, (number, listing) in enumerate(listings, 2):
        ours.load(Told(rows(listing), full, day(number)), load, record=record)
    return ours


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


LISTINGS = st.lists(st.dictionaries(st.sampled_from(TIES), st.integers(1, 3)), min_size=1, max_size=5)


@given(LISTINGS, st.booleans())
@settings(max_examples=100)
def test_each_day_shows_what_was_listed_on_it(listings: list[Listing], record: bool) -> None:
    ours = loaded(enumerate(listings), record=record)
    for number, listing in enumerate(listings):
        assert on(ours, day(number)) == listing
        assert on(ours, day(number) + timedelta(days=29)) == listing  # nothing else was said until the next


@given(st.permutations(range(4)), st.booleans(), st.booleans())
@settings(max_examples=40)
def test_values_that_never_repeat_may_come_in_any_order(order: list[int], record: bool, full: bool) -> None:
    listings = [dict.fromkeys(TIES, number + 1) for number in range(4)]
    ours = loaded(((number, listings[number]) for number in order), record=record, full=full)
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


def test_a_tie_that_waited_entered_when_it_was_said(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    a, b, c = (company(name) for name in "ABC")
    place.load(a, b, owns("A", "B", 0.6), mode="full", delivered="2024-01-31")
    place.load(owns("B", "C", 0.7), delivered="2024-02-29")
    place.load(c, delivered="2024-04-30")
    assert place.shares() == [("A-B", 0.6, None, None), ("B-C", 0.7, "2024-02-29", None)]
