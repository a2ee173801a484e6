"""What moved since a run learned: figures and score at a moment, calibration of the last year that is over."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from analytics.learning.judging.bootstrap import Draws, Estimate, Sample
from analytics.learning.judging.measures import NAMES
from analytics.learning.panel import Panel, Part, Split
from analytics.learning.panel.horizon import ends
from analytics.learning.panel.wave import UNKNOWN_YET
from analytics.learning.watching.drift import Drift
from analytics.learning.watching.triggers import Called, called
from api.answers.progress import Progress
from api.engine import Engine
from api.learning.panel import build_panel, covered
from api.learning.registry import Ready
from api.learning.scoring import codes_of, no_ties
from graph.errors import InvalidPanel, InvalidQuestion
from graph.moment import Moment

MONTH: Final = 365.25 / 12
Told = Mapping[tuple[int, str], tuple[int, float]]
"""Label and probability by wave and party."""


@dataclass(frozen=True)
class Watched:
    """Drift of a run at a moment."""

    run: str
    day: date
    taught: tuple[date, ...]
    """Days it learned from."""
    judged: date | None
    """Last day whose year is over and told of to its end, by which calibration is told; none before."""
    drift: Drift
    triggers: tuple[Called, ...]

    @property
    def retrain(self) -> bool:
        """Whether anything calls for another model."""
        return any(one.pulled for one in self.triggers)


def watch(engine: Engine, ready: Ready, *, moment: Moment, progress: Progress) -> Watched:
    """Drift of a run. Raises InvalidPanel where it learned from no days of this store, or the moment lies before."""
    taught = learned(ready)
    now, horizon = moment.valid_at, ready.head.horizon
    if now <= taught[-1]:
        raise InvalidPanel(f"learned from days up to {taught[-1]}", where=ready.called,
                           remedy="ask about a later day: --valid-at DAY")  # fmt: skip
    told = covered(engine, ready.config.panel.plan(), moment)
    over = ends(min(now, told), -horizon)
    # Of a day within the horizon of what it learned from, part of what happened after was learned.
    apart = over >= clear(ready)
    days = sorted({*taught, now, *([over] if apart else [])})
    panel = rebuilt(engine, ready, days, moment=moment, progress=progress)
    places = [days.index(day) for day in taught]
    drift = Drift.of(ready.fitted, panel, taught=places, now=days.index(now))
    if apart:
        seen = Drift.of(ready.fitted, panel, taught=places, now=days.index(over))
        drift = replace(drift, calibration=seen.calibration)
    pulled = called(drift, months=(now - taught[-1]).days / MONTH)
    return Watched(ready.called, now, tuple(taught), over if apart else None, drift, pulled)


@dataclass(frozen=True)
class Compared:
    """Two runs on the same rows, which neither learned from."""

    one: str
    other: str
    days: tuple[date, ...]
    """None where data have no days: then the rows that the set keeps for judging."""
    rows: int
    defaults: int
    measures: Mapping[str, tuple[Estimate, Estimate, Estimate]]
    """Of one, of the other, and by how much the other is more."""


def compare(
    engine: Engine, one: Ready, other: Ready, *, days: tuple[date, ...] = (), moment: Moment, progress: Progress
) -> Compared:  # fmt: skip
    """Both on days of whose horizon neither learned anything: those named, else all that either kept out.

    Of a data set without days on the rows that it keeps for judging, as long as it states what it did when both were
    trained. Raises InvalidQuestion where they learned another definition, InvalidPanel where no such row has a label.
    """
    if (one.head.definition, one.head.horizon) != (other.head.definition, other.head.horizon):
        raise InvalidQuestion(
            f"learned {one.head.definition} and {other.head.definition}: other defaults, not to be compared",
            where=f"{one.called}, {other.called}",
        )  # fmt: skip
    if not (_days(one, "learned_days") or _days(other, "learned_days")):
        given = [_judged(ready, _as_learned(engine, ready, moment, progress), Part.TEST) for ready in (one, other)]
        return _compared(one, other, (), *given)
    first = max(clear(one), clear(other))
    out = sorted(days or {day for ready in (one, other) for day in _days(ready, "held_out") if day >= first})
    if early := [day for day in out if day < first]:
        raise InvalidQuestion(f"one of them learned from {early[0]}, or what happened after it", where="day",
                              remedy=f"name days from {first} on")  # fmt: skip
    if not out:
        raise InvalidPanel("no day is left of which neither learned", where=f"{one.called}, {other.called}",
                           remedy=f"name a later one: --day {first}")  # fmt: skip
    said = []
    for ready in (one, other):
        panel = rebuilt(engine, ready, out, moment=moment, progress=progress)
        said.append(_judged(ready, panel))
    return _compared(one, other, tuple(out), *said)


def _as_learned(engine: Engine, ready: Ready, moment: Moment, progress: Progress) -> Panel:
    """The panel of a run of data without days. Raises InvalidPanel where it is not what it was."""
    panel = rebuilt(engine, ready, [], moment=moment, progress=progress)
    if panel.digest != ready.manifest.get("panel"):
        raise InvalidPanel("the data set is not what it learned from: rows that judge may have taught it",
                           where=ready.called, remedy="train both again, or ask by the --version of then")  # fmt: skip
    return panel


def _compared(one: Ready, other: Ready, days: tuple[date, ...], *said: Told) -> Compared:
    """On the rows of which both say something."""
    shared = sorted(said[0].keys() & said[1].keys())
    label = np.array([said[0][key][0] for key in shared], np.int8)
    if len(np.unique(label)) < 2:
        raise InvalidPanel("rows that both score hold one class only, or no label is known yet", where="compare",
                           remedy="name days whose year is over")  # fmt: skip
    draws = Draws.of([party for _, party in shared])
    samples = [Sample.of(label, np.array([mine[key][1] for key in shared]), draws) for mine in said]
    gain = samples[1].less(samples[0])
    measures = {
        name: (samples[0].estimate(name), samples[1].estimate(name), gain.estimate(name)) for name in NAMES
    }  # fmt: skip
    return Compared(one.called, other.called, days, len(label), int(label.sum()), measures)


def _judged(ready: Ready, panel: Panel, part: Part | None = None) -> Told:
    """Of rows whose label is known, or of those of a part."""
    found = {}
    for at, wave in enumerate(panel.waves):
        pd = ready.fitted.predict(panel, at)
        mine = wave.label != UNKNOWN_YET
        if part is not None:
            mine &= Split.as_given(panel).parts[at] == part
        for row, label in zip(wave.rows[mine].tolist(), wave.label[mine].tolist(), strict=True):
            found[at, panel.ids[row]] = label, float(pd[row])
    return found


def learned(ready: Ready) -> list[date]:
    """Days that taught and settled a run. Raises InvalidPanel where its data have none."""
    found = _days(ready, "learned_days")
    if not found:
        raise InvalidPanel("learned from a graph without days: nothing tells how it changes", where=ready.called,
                           remedy="train on dated data to watch it")  # fmt: skip
    return found


def clear(ready: Ready) -> date:
    """First day of what happens after which a run has learned nothing. Raises InvalidPanel as `learned`."""
    return ends(learned(ready)[-1], ready.head.horizon)


def _days(ready: Ready, name: str) -> list[date]:
    return sorted(date.fromisoformat(day) for day in ready.manifest.get(name, []))


def rebuilt(engine: Engine, ready: Ready, days: list[date], *, moment: Moment, progress: Progress) -> Panel:
    """The panel of a run on other days, with its categories and relations. Raises InvalidPanel."""
    asked = ready.config.panel
    if asked.folder:
        raise InvalidPanel("learned from a panel that was kept apart from a store", where=ready.called,
                           remedy="name days of a store in its file instead of a folder")  # fmt: skip
    plan = replace(asked, days=tuple(days), relations=()).plan()
    now = replace(moment, currency=asked.currency or moment.currency)
    panel = build_panel(engine, plan, now=now, progress=progress, codes=codes_of(ready.head))
    # Relations that came after it learned tell it nothing; of those that have gone there are none.
    known = ready.head.relations
    waves = tuple(replace(wave, ties={name: wave.ties.get(name) or no_ties(known[name]) for name in known})
                  for wave in panel.waves)  # fmt: skip
    return replace(panel, relations=tuple(known), waves=waves)
