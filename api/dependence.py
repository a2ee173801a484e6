"""Dependence at a moment: figures of a snapshot's links and statements, suspicions, and what was judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.limits.exposure import Book
from analytics.structure.dependence.figures import Amounts, Figure, Sheet, Ties, figures
from analytics.structure.dependence.rules import RuleSet, rule_sets
from analytics.structure.dependence.states import Dependences, Verdicts, settle
from analytics.structure.dependence.suspected import suspect
from graph.errors import MissingRate
from graph.model import DEPENDS_ON, GUARANTEES, LENDS, OWES, SUPPLIES, VERDICTS
from graph.snapshot import Snapshot

RULES: Final = "cn-annex1"
"""The rule set that suspicions are computed by where a lender's profile names none."""
ITEMS: Final[Mapping[str, tuple[tuple[str, ...], bool]]] = {
    "income": (("revenue", "income", "total_income"), True),
    "cost": (("operating_cost", "total_cost", "cost", "expenses"), True),
    "output": (("output", "revenue", "income"), True),
    "net_assets": (("net_assets", "equity"), False),
    "receivables": (("accounts_receivable", "receivables"), False),
    "debt": (("total_debt", "total_liabilities"), False),
}
"""Items a figure divides by, the first that is stated; whether they flow over a year."""


@dataclass(frozen=True)
class Judged:
    """Dependence at a moment, and what kept it from being computed."""

    dependences: Dependences
    rules: RuleSet
    left_out: str
    """Why no figure was computed; empty where they were."""


def verdicts_of(snapshot: Snapshot) -> Verdicts:
    """What was judged, as `DEPENDS_ON` facts of the moment; positions are those of the links."""
    links = snapshot.links(DEPENDS_ON)
    confirmed = links.fields["verdict"] == VERDICTS.index("confirmed")
    return Verdicts(links.tail, links.head, links.text("criterion").to_pylist(), np.asarray(confirmed))


def judged(snapshot: Snapshot, book: Callable[[], Book], rules: str = RULES) -> Judged:
    """Every dependence of a moment with its state.

    Where amounts cannot be brought into one currency nothing is suspected, and that is said: verdicts count all
    the same.
    """
    rule_set = rule_sets()[rules]
    found: dict[str, Figure] = {}
    left_out = ""
    if snapshot.mixed:
        left_out = "amounts stand in several currencies and none was named"
    elif not rule_set.in_force(snapshot.moment.valid_at):
        left_out = f"{rule_set.name} was not in force"
    else:
        try:
            found = figures(_ties(snapshot, book()), _sheets(snapshot))
        except MissingRate as problem:
            left_out = str(problem)
    return Judged(settle(snapshot.size, suspect(rule_set, found), verdicts_of(snapshot)), rule_set, left_out)


def _sheets(snapshot: Snapshot) -> dict[str, Sheet]:
    return {
        name: Sheet(*snapshot.items(items, of_a_year=of_a_year)) for name, (items, of_a_year) in ITEMS.items()
    }  # fmt: skip


def _ties(snapshot: Snapshot, book: Book) -> Ties:
    supplies, guarantees = snapshot.links(SUPPLIES), snapshot.links(GUARANTEES)
    live = None if not len(book.expired) else ~book.expired
    receivable = supplies.fields["receivable"]
    return Ties(
        Amounts.of(supplies, "amount"),
        Amounts.of(supplies, "receivable", ~np.isnan(receivable)),
        Amounts.of(guarantees, "amount", live),
        Amounts.of(snapshot.links(LENDS), "drawn"),
        Amounts.of(snapshot.links(OWES), "amount"),
    )
