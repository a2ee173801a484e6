"""A few firms over a few years, as facts: statements, guarantees, loans, persons, and what became of them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from analytics.learning.panel import Panel
from api.engine import Engine
from api.engine.engine import Place
from api.learning.panel import build_panel
from api.learning.plan import Plan
from graph.facts import Facts
from tests.api.world import Book

Given = tuple[str, dict[str, Any]]
DAYS = tuple(date(year, 12, 31) for year in (2019, 2020, 2021))
TODAY = datetime(2023, 6, 30, tzinfo=UTC)
FIRMS = tuple(f"r:{letter}" for letter in "abcdefgh")
PERSON = "r:zhang"
PARTIES = dict.fromkeys(FIRMS, "Company") | {PERSON: "Person"}


def after(day: date, days: int = 0) -> datetime:
    """An instant at noon some days after a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(days=days)


def statement(firm: str, year: int, item: str, value: float, **more: Any) -> Given:
    """An item of a year's statement, known by the end of the next April."""
    flows = 12 if item in ("revenue", "net_profit", "ebit", "depreciation") else 0
    return "Statement", {
        "party": firm, "period_end": date(year, 12, 31), "months": flows, "standard": "CAS", "item": item,
        "value": value, "unit": "CNY", "recorded_at": after(date(year, 12, 31), 115), **more,
    }  # fmt: skip


def event(firm: str, day: date, kind: str = "default", **more: Any) -> Given:
    """Something that happened, known a week later."""
    return "Event", {"party": firm, "kind": kind, "happened": day, "recorded_at": after(day, 7), **more}


def guarantee(tail: str, head: str, amount: float, **more: Any) -> Given:
    """A guarantee of 2018 that ran on."""
    return "GUARANTEES", {"from": tail, "to": head, "amount": amount, "currency": "CNY",
                          "valid_from": date(2018, 3, 1), "recorded_at": after(date(2018, 3, 1)), **more}  # fmt: skip


def profile(firm: str, **more: Any) -> Given:
    """Known since 2015."""
    plain = {"party": firm, "name": firm, "industry": "C26", "valid_from": date(2015, 5, 1)}
    return "Profile", {**plain, "recorded_at": after(date(2015, 6, 1)), **more}


def facts_of(folder: Path, more: Iterable[Given] = ()) -> Facts:
    """Eight firms with statements of 2017 to 2022; d defaults in 2020, e in 2021, h is over 90 days late in 2022."""
    rng = np.random.default_rng(7)
    given: list[Given] = [profile(firm) for firm in FIRMS]
    for firm in FIRMS:
        for year in range(2017, 2023):
            assets, debts = rng.uniform(80, 120), rng.uniform(20, 70)
            given += [
                statement(firm, year, "total_assets", assets),
                statement(firm, year, "total_liabilities", debts),
                statement(firm, year, "net_profit", rng.normal(5, 4)),
                statement(firm, year, "revenue", rng.uniform(50, 150)),
            ]  # fmt: skip
    given += [guarantee("r:a", "r:d", 30.0), guarantee("r:b", "r:a", 12.0), guarantee("r:d", "r:b", 5.0)]
    given += [guarantee("r:c", "r:e", 9.0, valid_to=date(2020, 6, 1))]
    given += [("HOLDS_OFFICE", {"from": PERSON, "to": firm, "role": "director",
                                "recorded_at": after(date(2016, 1, 1))}) for firm in ("r:f", "r:g")]  # fmt: skip
    given += [event("r:d", date(2020, 5, 4)), event("r:e", date(2021, 8, 1)),
              event("r:h", date(2022, 3, 1), "overdue", days=91), event("r:a", date(2020, 2, 2), "lawsuit", amount=3.0,
                                                                       currency="CNY")]  # fmt: skip
    book = Book(folder)
    book.load(PARTIES, given, closed_at=after(date(2023, 1, 1)))
    more = list(more)
    return book.load({}, more, closed_at=after(date(2023, 3, 1)), source="later") if more else book.facts


def panel_of(folder: Path, more: Iterable[Given] = (), **plan: Any) -> Panel:
    """The panel of the three days."""
    return panel_from(facts_of(folder, more), folder, **plan)


def panel_from(facts: Facts, folder: Path, **plan: Any) -> Panel:
    """The panel of some facts."""
    engine = Engine(Place(folder), facts, clock=lambda: TODAY)
    asked = Plan(**{"days": DAYS, "currency": "CNY", **plan})
    return build_panel(engine, asked, now=engine.moment(), progress=lambda _: None)
