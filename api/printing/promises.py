"""Guarantees given and taken, the circles they close, and the law's tests."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from api.answers.frame import Page
from api.answers.wording import money
from api.printing.paper import Cited, heading, left, row, table
from api.questions.guarantees import ClosedCircle, GuaranteesOf, Promise
from api.questions.guarantor import RatioTest


def guarantees(answer: GuaranteesOf, cited: Cited) -> Iterator[Any]:
    """Given, taken, circles and tests, each in a table of its own."""
    yield heading(answer.party)
    yield from _promises(answer.given, answer.given_page, "guarantees given", answer.currency, cited)
    yield from _promises(answer.taken, answer.taken_page, "guarantees taken", answer.currency, cited)
    if answer.together:
        together = answer.together
        made = table(title=f"{together.chinese} · {together.english}")
        row(made, "parties that hang together", f"{together.parties:,}")
        row(made, "pairs of guarantor and borrower", f"{together.pairs:,}")
        if together.core:
            row(made, "parties of its cyclic core", f"{together.core:,}")
        yield made
    if answer.circles:
        yield circles_of(answer.circles, answer.circles_page, answer.length, cited)
    yield from left(answer.circles_page, "circles (--limit)")
    if answer.given:
        yield _tests(answer.tests)


def _promises(promises: Sequence[Promise], page: Page, title: str, currency: str | None, cited: Cited) -> Iterator[Any]:
    heads = ("from", "to", "amount", "liability", "last day", "", "src")
    made = table(*heads, title=f"{title} ({page.total:,})", amounts=("amount",))
    for one in promises:
        fact, ends = one.fact, "open" if one.last_day is None else str(one.last_day)
        state = "" if one.callable else "no longer callable"
        source = cited.numbers([fact.fact_id])
        row(made, fact.tail.name, fact.head.name, money(one.amount, currency), one.liability, ends, state, source)
    if made.row_count:
        yield made
    yield from left(page, "of these (--limit, --offset)")


def circles_of(circles: Sequence[ClosedCircle], page: Page, length: int, cited: Cited) -> Table:
    """Closed circles, guarantor before borrower, with the facts behind each step."""
    made = table("circle", "src", title=f"closed circles of up to {length} guarantees ({page.total:,})")
    for circle in circles:
        names = " → ".join(party.name for party in (*circle.parties, circle.parties[0]))
        row(made, names, cited.numbers(fact.fact_id for fact in circle.guarantees))
    return made


def _tests(tests: Sequence[RatioTest]) -> Table:
    heads = ("test", "", "value", "limit", "by")
    made = table(*heads, title="tests of the law", amounts=("value", "limit"))
    for test in tests:
        missing = f": {', '.join(test.missing).replace('_', ' ')}" if test.missing else ""
        value = "" if test.value is None else f"{test.value:.4g}"
        limit = "" if test.limit is None else f"{test.comparison} {test.limit:.4g}"
        by = test.citation + ("" if test.verified else " (not verified)")
        by = f"{by}, for a {test.scope}"
        said = f"{test.verdict_chinese} · {test.verdict}{missing}"
        row(made, f"{test.chinese} · {test.english}", said, value, limit, by)
    return made
