"""What a lender is measured by: figures of its statements, in one currency."""

from collections.abc import Iterable, Iterator
from typing import Any

from analytics.limits.capital import Capital, Figure
from analytics.limits.denominators import DENOMINATORS
from api.engine import View
from api.limits.lender import lender_of
from graph.currencies import NO_CURRENCY
from graph.errors import MissingRate
from graph.model import STATEMENT


def capital_of(view: View, node: int) -> Capital:
    """What a lender is measured by, in the view's currency, else its own; figures without a rate are missing."""
    rules, rows = lender_of(view, node).rules, figures_of(view, node)
    currency = view.snapshot.moment.currency or capital_currency(view, node) or NO_CURRENCY
    asked = {row["unit"] for row in rows} | {rule.floor.currency for rule in rules if rule.floor}
    rates = dict(_rates(view, (unit for unit in asked if unit), currency))
    return Capital.of(rows, currency=currency, rates=rates)


def figures_of(view: View, node: int) -> list[dict[str, Any]]:
    """Statements of a lender that its rules ask for, the most believed first, `row` saying where each stands."""
    return view.kept(("figures", node), lambda: _figures(view, node))


def capital_currency(view: View, node: int) -> str | None:
    """The currency in which a lender states its newest capital; None where it states none."""
    newest = max(figures_of(view, node), key=lambda row: row["period_end"], default=None)
    return newest["unit"] if newest else None


def figure_row(view: View, node: int, figure: Figure) -> int | None:
    """Row of the statement that a figure was taken from."""
    said = figures_of(view, node)
    fitting = (row for row in said if (row["item"], row["period_end"]) == (figure.item, figure.period_end))
    return next((int(row["row"]) for row in fitting if not row["months"]), None)


def _figures(view: View, node: int) -> list[dict[str, Any]]:
    items = {DENOMINATORS[rule.denominator].item for rule in lender_of(view, node).rules}
    rows = view.snapshot.record_rows(STATEMENT, node).tolist()
    said = zip(rows, view.snapshot.records(STATEMENT, node), strict=True)
    return [{**record, "row": row} for row, record in said if record["item"] in items]


def _rates(view: View, units: Iterable[str], currency: str) -> Iterator[tuple[str, float]]:
    for unit in units:
        try:
            yield unit, view.snapshot.rate(unit, currency)
        except MissingRate:
            continue
