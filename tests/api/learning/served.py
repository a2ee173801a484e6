"""A small model of a planted world, as a run of a store, promoted by two people."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from analytics.learning.models import Fitted, Task
from analytics.learning.models.band import Band
from analytics.learning.models.conformal import Conformal
from analytics.learning.models.forests import LightGBM
from analytics.learning.models.sights import Own, Surroundings
from analytics.learning.models.tree import Growth
from analytics.learning.panel import Panel, Part, Split
from api.learning.keeping import in_json
from api.learning.planted import panel_of
from api.learning.registry import digest
from api.learning.runs import BAND, CONFIG, CONFORMAL, PANEL, Run
from api.learning.tables import head_of
from api.sealed.promotions import Promotion, promote
from ingest.synthetic import planted

MADE: Final = datetime(2025, 3, 1, 8, tzinfo=UTC)
DAYS: Final = planted.DAYS
CONFIGURED: Final = f'[panel]\ndays = [{", ".join(day.isoformat() for day in DAYS)}]\ndefinition = "PUBLIC"\n'.encode()
SIGHTS: Final = {"lightgbm": Own, "lightgbm-graph": Surroundings}


@cache
def world_panel(seed: int = 1) -> Panel:
    """Eight years of a planted world with a cascade."""
    return panel_of(planted.planted("S3", count=1000, seed=seed))


@cache
def learned(model: str = "lightgbm-graph", seed: int = 1) -> Fitted:
    """Few trees."""
    panel = world_panel(seed)
    way = LightGBM(model, model != "lightgbm", SIGHTS[model], Growth(rounds=25))
    return way.fit(Task(panel, Split.by_time(panel)))


def run_of(
    store: Path, *, name: str = "firms", number: int = 1, fitted: Fitted | None = None, panel: Panel | None = None,
    config: bytes = CONFIGURED,
) -> Run:  # fmt: skip
    """A run as `contagraph train` leaves one."""
    fitted, panel = fitted or learned(), panel or world_panel()
    split = Split.by_time(panel)
    said = split.pick(panel, Part.VALIDATE, tuple(fitted.predict(panel, at) for at in range(len(panel.waves))))
    label = split.labels(panel, Part.VALIDATE)
    party = np.concatenate([wave.rows[split.rows(at, Part.VALIDATE)] for at, wave in enumerate(panel.waves)])
    run = Run(store / "models" / name / str(number))
    run.write(CONFIG, config)
    run.write(PANEL, in_json(head_of(panel)))
    run.write(CONFORMAL, in_json(Conformal.of(said, label).facts()))
    run.write(BAND, in_json(Band.of(said, label, party).facts()))
    facts: dict[str, Any] = {"model": fitted.name, "made_at": "2025-02-28T08:00:00Z", "panel": panel.digest,
                             "learned_days": [day.isoformat() for day in DAYS[:-2]],
                             "held_out": [day.isoformat() for day in DAYS[-2:]]}  # fmt: skip
    run.finish(fitted.save(), facts)
    return run


def promoted(store: Path, run: Run, *, by: str = "analyst", second: str = "validator", reason: str = "") -> Promotion:
    """By two people."""
    return promote(store, run.name, run.number, digest(run), by=by, second=second, reason=reason, now=lambda: MADE)
