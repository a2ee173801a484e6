"""Dependence at a moment: figures of a snapshot's links and statements, suspicions, and what was judged."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from analytics.limits.exposure import Book
from analytics.structure.dependence.age import oldest_period, statement_age
from analytics.structure.dependence.figures import Amounts, Figure, Sheet, Ties, figures
from analytics.structure.dependence.rules import Criterion, RuleSet, rule_sets
from analytics.structure.dependence.states import Dependences, Verdicts, settle
from analytics.structure.dependence.suspected import suspect
from api.engine.items import COST, NET_ASSETS, REVENUE, TOTAL_ASSETS
from api.engine.reckoned import Reckoning
from graph.errors import MissingRate
from graph.model import DEPENDS_ON, GUARANTEES, LENDS, OWES, STATEMENT, SUPPLIES, VERDICTS
from graph.sheets import Items
from graph.snapshot import Snapshot, Stated

DEFAULT: Final = ("cn-annex1",)
"""Rule sets that suspicions are computed by where nothing else is asked for or bound."""
ITEMS: Final[Mapping[str, tuple[tuple[str, ...], bool]]] = {
    "income": (REVENUE, True),
    "cost": ((*COST, "expenses"), True),
    "output": (("output", "revenue", "income"), True),
    "net_assets": (NET_ASSETS, False),
    "receivables": (("accounts_receivable", "receivables"), False),
    "debt": (("total_debt", "total_liabilities"), False),
}
"""Items a figure divides by, the first that is stated; whether they flow over a year."""
BALANCE: Final[Mapping[str, tuple[tuple[str, ...], bool]]] = {
    "total_assets": (TOTAL_ASSETS, False),
    "total_liabilities": (("total_liabilities",), False),
}
"""The same of the law's tests of guarantees."""
ITEM_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "income": ("income", "收入"),
    "cost": ("costs", "成本费用"),
    "output": ("output", "产出"),
    "net_assets": ("net assets", "净资产"),
    "receivables": ("receivables", "应收账款"),
    "debt": ("debts", "债务总额"),
}
"""The same in the words of an answer, English and Chinese."""


class Measured(NamedTuple):
    """Figures of dependence, whatever criteria they are held against."""

    figures: Mapping[str, Figure]
    apart: bool
    """Whether each share is in the currency of the statement it divides by, since not all can be in one."""


@dataclass(frozen=True)
class Judged:
    """Dependence at a moment, and what kept it from being computed."""

    dependences: Dependences
    rules: tuple[RuleSet, ...]
    """Those that suspicions were to be computed by; not all need be in force."""
    left_out: str
    """Why nothing was suspected; empty where it could be."""
    apart: bool = False
    """Whether each share was made in the currency of the statement it divides by."""

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Criteria that were held against the figures."""
        return self.dependences.suspected.rules


def verdicts_of(snapshot: Snapshot) -> Verdicts:
    """What was judged, as `DEPENDS_ON` facts of the moment; positions are those of the links."""
    links = snapshot.links(DEPENDS_ON)
    confirmed = links.fields["verdict"] == VERDICTS.index("confirmed")
    return Verdicts(links.tail, links.head, links.text("criterion").to_pylist(), np.asarray(confirmed))


def measured(snapshot: Snapshot, book: Callable[[], Book]) -> Measured:
    """Every figure of a moment, in its currency; where not all amounts can be, in that of what it divides by."""
    if not snapshot.mixed:
        try:
            return Measured(figures(_ties(snapshot, book()), _sheets(snapshot)), apart=False)
        except MissingRate:
            pass  # a share needs no more than the currency of one party's statements
    own = Reckoning(snapshot, {name: stated_item_of(snapshot, name) for name in ITEMS})
    return Measured(figures(own.ties(), own.sheets, own.rates()), apart=True)


def judged(
    snapshot: Snapshot, verdicts: Verdicts, figures_of: Callable[[], Measured], names: Sequence[str] = DEFAULT
) -> Judged:
    """Every dependence of a moment with its state, suspected by these rule sets.

    Where no rule set is in force nothing is suspected, and that is said: verdicts count all the same.
    """
    rules = tuple(rule_sets()[name] for name in names)
    bound = tuple(rule for rule in rules if rule.in_force(snapshot.moment.valid_at))
    found = figures_of() if bound else Measured({}, apart=False)
    left_out = "" if bound else f"{' and '.join(rule.name.en for rule in rules)} was not in force"
    criteria = [criterion for rule in bound or rules for criterion in rule.criteria]
    suspected = suspect(criteria, found.figures)
    return Judged(settle(snapshot.size, suspected, verdicts), rules, left_out, found.apart)


def item_of(snapshot: Snapshot, name: str) -> Items:
    """One of the items that figures or tests divide by, of every party; from statements that are not too old."""
    items, of_a_year = BALANCE.get(name) or ITEMS[name]
    return snapshot.items(items, of_a_year=of_a_year, since=oldest_period(snapshot.moment.valid_at))


def stated_item_of(snapshot: Snapshot, name: str) -> tuple[Items, Stated]:
    """The same as each party states it, in its own currency."""
    items, of_a_year = ITEMS[name]
    return snapshot.stated_items(items, of_a_year=of_a_year, since=oldest_period(snapshot.moment.valid_at))


class Silent(NamedTuple):
    """Items that a party states, and that divide nothing all the same, each with the end of its newest period."""

    too_old: dict[str, date]
    """For periods too long ago."""
    of_no_length: dict[str, date]
    """What flows over a year, for a period whose length is not said."""


def silent(snapshot: Snapshot, node: int, names: Iterable[str] = tuple(ITEMS)) -> Silent:
    """Which of the items that figures divide by a party states in vain."""
    day = snapshot.moment.valid_at
    oldest, found = oldest_period(day), Silent({}, {})
    stated = snapshot.said(STATEMENT, node, ("item", "period_end", "months"))
    for name in names:
        items, of_a_year = ITEMS[name]
        mine = [(end, months) for item, end, months in stated if item in items and end <= day]
        last = max((end for end, _ in mine), default=oldest)
        unsaid = [end for end, months in mine if not months and end >= oldest]
        if last < oldest:
            found.too_old[name] = last
        elif of_a_year and unsaid:
            found.of_no_length[name] = max(unsaid)
    return found


def too_old(snapshot: Snapshot, node: int, names: Iterable[str] = tuple(ITEMS)) -> dict[str, date]:
    """Those that it states only for periods too long ago, and the newest's end."""
    return silent(snapshot, node, names).too_old


def too_old_said(snapshot: Snapshot, node: int, names: Iterable[str] = tuple(ITEMS)) -> tuple[str, str] | None:
    """The same in both languages; None where there is none."""
    ends = too_old(snapshot, node, names)
    if not ends:
        return None
    months, who, last = statement_age().months, snapshot.called(node), max(ends.values())
    items = ", ".join(name.replace("_", " ") for name in ends)
    return (
        f"statements of {who} end on {last} at the latest, more than {months} months before: its {items} divide "
        "nothing",
        f"{who}的报表最晚截至{last}，距基准日超过{months}个月，{items}不作为分母",
    )


def _sheets(snapshot: Snapshot) -> dict[str, Sheet]:
    return {name: Sheet(*item_of(snapshot, name)) for name in ITEMS}


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
