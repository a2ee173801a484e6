"""A run trained again as it was asked for, up to a later day: a challenger, with a record of why."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from analytics.learning.models.model import Watch
from analytics.learning.panel import Panel
from analytics.learning.panel.horizon import ends
from api.answers.progress import Progress
from api.engine import Engine
from api.learned.training import Trained, train
from api.learning.config import Config, written
from api.learning.facts import told
from api.learning.keeping import in_json
from api.learning.panel import build_panel, covered
from api.learning.registry import Ready
from api.learning.runs import WHY, Run, runs, same
from api.learning.watching import Watched
from graph.errors import InvalidPanel, InvalidQuestion
from graph.moment import Moment

YEAR: Final = 12


def reasons_of(moved: Watched, reason: str) -> list[str]:
    """Why another model is trained, in words; none where nothing calls for it and nobody gave a reason.

    What calls for it comes first: a trigger with its value.
    """
    pulled = [one for one in moved.triggers if one.pulled]
    said = [
        f"{one.trigger.id}, {one.trigger.name.en}: {one.value:.3f}, above {one.trigger.above:g} · {one.trigger.name.zh}"
        for one in pulled
    ]
    return [*said, *([reason.strip()] if reason.strip() else [])]


def renewed(found: Ready, now: date) -> Config:
    """What a run was asked to do, with the days whose horizon has ended by a day, at the distance of its last two.

    The day is the last of which defaults are told.

    Raises InvalidPanel where it learned from no days of this store, InvalidQuestion where no day has come to its end
    since.
    """
    asked, horizon = found.config, found.head.horizon
    days = list(asked.panel.days)
    if asked.panel.folder or not days:
        raise InvalidPanel("learned from a panel that was kept apart from a store, or from no days", where=found.called,
                           remedy="train it from a file that names days of the store")  # fmt: skip
    known = {date.fromisoformat(day) for part in ("learned_days", "held_out") for day in found.manifest.get(part, ())}
    for day in _later(days):
        if ends(day, horizon) > now:
            first = min(one for one in (*days, day) if one not in known)
            break
        days.append(day)
    if not any(ends(day, horizon) <= now for day in days if day not in known):
        over = ends(first, horizon)
        raise InvalidQuestion(f"no day is over since {found.called} was trained", where="retrain",
                              remedy=f"load what happened up to {over}, and ask then: --valid-at DAY")  # fmt: skip
    return replace(asked, panel=replace(asked.panel, days=tuple(days)))


def _later(days: list[date]) -> Iterator[date]:
    """Days after the last, each as far from the one before as the last is from its own; ends of months stay such."""
    day = days[-1]
    step = (day.year - days[-2].year) * YEAR + day.month - days[-2].month if len(days) > 1 else YEAR
    at_end = day.day == monthrange(day.year, day.month)[1]
    while True:
        day = ends(day, max(step, 1))
        if at_end:
            day = day.replace(day=monthrange(day.year, day.month)[1])
        yield day


@dataclass(frozen=True)
class Again:
    """A training to be repeated: what is asked, on which panel, and why."""

    found: Ready
    asked: Config
    panel: Panel
    why: Mapping[str, Any]

    @classmethod
    def of(
        cls, engine: Engine, found: Ready, moved: Watched, *, reason: str, moment: Moment, progress: Progress
    ) -> "Again":
        """Of a run, up to a moment. Raises as `renewed`."""
        asked = renewed(found, covered(engine, found.config.panel.plan(), moment))
        now = replace(moment, currency=asked.panel.currency or moment.currency)
        panel = build_panel(engine, asked.panel.plan(), now=now, progress=progress)
        added = [day for day in asked.panel.days if day not in found.config.panel.days]
        why = {"run": found.called, "digest": found.digest, "on": moment.valid_at, "reason": reason.strip(),
               "added_days": added, "moved": moved}  # fmt: skip
        return cls(found, asked, panel, why)

    def known(self, store: Path) -> Run | None:
        """The run that learned just that already: a schedule asks again and again."""
        alike = (run for run in runs(store) if run.name == self.found.run.name and run.finished)
        return next((run for run in alike if same(run, written(self.asked), {"hash": self.panel.digest})), None)

    def train(self, *, store: Path, watch: Watch) -> Trained:
        """Learn, with the record of why among the files. Raises as `train`."""
        beside = {WHY: in_json(told(self.why))}
        return train(self.panel, self.asked, written(self.asked), store=store, watch=watch, beside=beside)
