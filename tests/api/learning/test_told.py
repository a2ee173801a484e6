"""How far labels look ahead, and up to which day defaults are told: what lies behind has no labels."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.learning.panel.gaps import Gaps
from api.engine import Engine, Place
from api.learning.panel import covered
from api.learning.plan import Plan
from api.learning.tables import keep_panel, read_panel
from graph.errors import InvalidPanel
from graph.facts import Facts
from ingest.quarantine import Quarantine
from ingest.source import Delivery, Rejected
from tests.api.learning.firms import DAYS, FIRMS, PARTIES, TODAY, after, event, panel_from, panel_of, profile, statement
from tests.api.world import Book

LATE = after(date(2022, 12, 1))


def delivered(folder: Path, **last: date) -> Facts:
    """The firms' figures from a register, and defaults of 2020 and 2021 by sources, each delivered as of its day."""
    book = Book(folder)
    facts = [*map(profile, FIRMS), *(statement(firm, year, "total_assets", 9.0) for firm in FIRMS
                                     for year in range(2017, 2023))]  # fmt: skip
    book.load(PARTIES, facts, closed_at=after(date(2023, 1, 1)), source="register")
    days = {"court": event("r:d", date(2020, 5, 4), source="court"), "bank": event("r:e", date(2021, 8, 1),
                                                                               source="bank")}  # fmt: skip
    for source, day in last.items():
        book.load({}, [days[source]], closed_at=after(date(2023, 3, 1)), source=source, delivered=day)
    return book.facts


@pytest.mark.parametrize(("last", "known"), [
    ({"court": date(2021, 12, 31), "bank": date(2021, 12, 31)}, [True, True, False]),
    ({"court": date(2021, 12, 30), "bank": date(2021, 12, 30)}, [True, False, False]),
    ({"court": date(2021, 1, 31), "bank": date(2022, 12, 31)}, [True, True, True]),
    ({"court": date(2023, 2, 1)}, [True, True, True]),
])  # fmt: skip
def test_a_year_of_which_nobody_tells_to_its_end_has_no_labels(
    tmp_path: Path, last: dict[str, date], known: list[bool]
) -> None:
    """Loaded in 2023, when all years are over: what counts is the day that sources of defaults were delivered as of."""
    panel = panel_from(delivered(tmp_path, **last), tmp_path)
    assert [bool((wave.label >= 0).any()) for wave in panel.waves] == known
    assert panel.gaps.told == last


def test_the_last_day_of_which_defaults_are_told_is_that_of_the_last_delivery(tmp_path: Path) -> None:
    """By which a training is repeated and calibration watched; asked as of an instant, no later than it."""
    facts = delivered(tmp_path, court=date(2021, 6, 30), bank=date(2021, 12, 31))
    engine, plan = Engine(Place(tmp_path), facts, clock=lambda: TODAY), Plan(DAYS, currency="CNY")
    assert covered(engine, plan, engine.moment()) == date(2021, 12, 31)
    assert covered(engine, replace(plan, days=(), labels="outcomes"), engine.moment()) == TODAY.date()
    earlier = engine.moment(known_at=after(date(2021, 3, 1)))
    assert covered(engine, plan, earlier) == date(2021, 3, 1)


def test_what_lacks_is_kept_with_the_panel_and_changes_nothing_of_it(tmp_path: Path) -> None:
    panel = panel_of(tmp_path / "facts")
    lacking = replace(panel, gaps=Gaps({"missing id": 3}, {"court": date(2021, 6, 30)}))
    keep_panel(lacking, tmp_path / "kept")
    assert read_panel(tmp_path / "kept").gaps == lacking.gaps
    assert lacking.digest == panel.digest
    head = json.loads((tmp_path / "kept" / "panel.json").read_text(encoding="utf-8"))
    del head["gaps"]
    (tmp_path / "kept" / "panel.json").write_text(json.dumps(head), encoding="utf-8")
    assert read_panel(tmp_path / "kept").gaps == Gaps()


def test_rows_of_its_sources_that_stand_in_quarantine_are_counted(tmp_path: Path) -> None:
    facts = delivered(tmp_path, court=date(2023, 1, 1))
    with Quarantine(tmp_path / "quarantine.sqlite") as quarantine:
        for source, count in (("court", 2), ("register", 1), ("elsewhere", 5)):
            rows = [Rejected(f"links.csv:{line}", "missing id", "", "", "{}") for line in range(count)]
            quarantine.keep(rows, kind="tables", delivery=Delivery((), source), digest=source)
    assert panel_from(facts, tmp_path).gaps.refused == {"missing id": 3}


def labels(*months: int | None) -> list[tuple[str, dict[str, Any]]]:
    return [("Outcome", {"party": firm, "defaulted": firm in "r:b r:d", "recorded_at": LATE,
                         "horizon_months": months[at % len(months)]})
            for at, firm in enumerate(FIRMS)]  # fmt: skip


@pytest.mark.parametrize(("months", "asked", "said"), [
    ((24,), 12, "12 months are asked of outcomes that look 24 months ahead"),
    ((None,), 12, "12 months are asked of outcomes that do not say"),
])  # fmt: skip
def test_a_horizon_that_stated_outcomes_do_not_have_is_refused(
    tmp_path: Path, months: tuple[int | None, ...], asked: int, said: str
) -> None:
    with pytest.raises(InvalidPanel, match=said) as refused:
        panel_of(tmp_path, labels(*months), days=(), labels="outcomes", horizon=asked)
    assert "mapping" in refused.value.remedy
    assert panel_of(tmp_path / "same", labels(24), days=(), labels="outcomes", horizon=24).horizon == 24


def test_labels_of_events_look_as_far_as_is_asked_and_else_a_year(tmp_path: Path) -> None:
    """e defaults in August 2021: within two years of the end of 2019, not within one."""
    for asked, looks, found in ((None, 12, 0), (24, 24, 1)):
        panel = panel_of(tmp_path / str(asked), horizon=asked)
        assert panel.horizon == looks
        wave = panel.waves[0]
        assert wave.label[np.flatnonzero(wave.rows == panel.ids.index("r:e"))] == [found]
