"""A training from what is asked to a folder that can be served."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from analytics.learning.evaluating.card import Card
from analytics.learning.evaluating.cell import AS_IS, Outcome
from analytics.learning.evaluating.plan import CONTROL, NET, OWN, STACK, TREES, Plan
from analytics.learning.evaluating.running import evaluate
from analytics.learning.models import Fitted, Model, Task
from analytics.learning.models.band import Band
from analytics.learning.models.conformal import Conformal
from analytics.learning.models.model import Watch
from analytics.learning.models.stack import Stacked
from analytics.learning.panel import Panel, Part, Split
from api.learned.drawn import curves, reliabilities
from api.learning.cards import card_of
from api.learning.config import Config, split_of
from api.learning.edition import edition
from api.learning.facts import told
from api.learning.keeping import Cells, in_json
from api.learning.models import NETS, models
from api.learning.runs import BAND, CONFORMAL, Run, begun
from api.learning.tables import head_of
from graph.moment import write_instant

CELLS: Final = "evaluations"
LEARNING: Final = 0.7
"""Part of the work that is the learning; the rest judges."""


@dataclass(frozen=True)
class Trained:
    """What a training has left."""

    run: Run
    kept: str
    """The model it holds: the one asked for, or the trees of a stack that the rule does not serve."""
    asked: str
    card: Card


def train(
    panel: Panel, asked: Config, text: bytes, *, store: Path, watch: Watch, beside: Mapping[str, bytes] | None = None
) -> Trained:
    """Learn, judge beside what it is held against, choose what is served, and keep all of it in a run's folder.

    `beside` are further files of the folder, by name, sealed with it.
    The same panel and file again, after a kill or a stop, goes on where it was. Raises InvalidPanel where the panel
    cannot be learned from, NotInstalled where nets are asked for without torch, Cancelled where `watch` does.
    """
    split = split_of(panel, asked.split).check(panel)
    with begun(store, asked.name or asked.model.name, text, head_of(panel)) as run:
        ways = _ways(asked, run)
        plan = Plan.one_split(panel, _beside(asked.model.name, ways), split, refuted=(asked.model.name, TREES),
                              seed=asked.model.seed, program=edition())  # fmt: skip
        task = Task(panel, split, asked.model.seed, lambda done, what: watch(LEARNING * done, what))
        fitted = ways[asked.model.name].fit(task)
        kept = Cells(store / CELLS)
        for each in (fitted, *(fitted.legs if isinstance(fitted, Stacked) else ())):
            _say(plan, each, panel, split, kept)
        evaluate(plan, kept, lambda done, what: watch(LEARNING + (1 - LEARNING) * done, what))
        card = Card.of(plan, kept, asked=asked.model.name)
        chosen = _chosen(fitted, card)
        for name, content in (beside or {}).items():
            run.write(name, content)
        _keep(run, chosen, fitted, card, panel, split, asked)
        return Trained(run, chosen.name, asked.model.name, card)


def _ways(asked: Config, run: Run) -> Mapping[str, Model]:
    schedule = {"device": asked.model.device, "epochs": asked.model.epochs}
    plain = dict(models(nets=asked.model.nets, schedule=schedule))
    resumed = models(nets=asked.model.nets, schedule=schedule, keep=run.put, kept=run.take)
    return plain | {asked.model.name: resumed[asked.model.name]}


def _beside(name: str, ways: Mapping[str, Model]) -> Mapping[str, Model]:
    """What a model is judged beside: trees on own figures and with neighbours; nets beside the net without links."""
    wanted = {OWN, TREES, name}
    if name in NETS or name == STACK:
        wanted |= {CONTROL} | ({NET} if name == STACK else set())
    return {each: way for each, way in ways.items() if each in wanted}


def _say(plan: Plan, fitted: Fitted, panel: Panel, split: Split, kept: Cells) -> None:
    """What was learned already need not be learned again to be judged."""
    cell = next((each for each in plan.cells if (each.model, each.variant) == (fitted.name, AS_IS)), None)
    if cell is not None:
        kept[cell.key] = Outcome(_picked(fitted, panel, split, Part.TEST), note=getattr(fitted, "note", ""))


def _picked(fitted: Fitted, panel: Panel, split: Split, part: Part) -> Any:
    waves = range(len(panel.waves))
    said = tuple(fitted.predict(panel, at) if len(split.rows(at, part)) else np.empty(panel.size) for at in waves)
    return split.pick(panel, part, said)


def _chosen(fitted: Fitted, card: Card) -> Fitted:
    """The stack where the rule serves it, else its trees; what is no stack is kept as it is."""
    if isinstance(fitted, Stacked) and card.served.model != fitted.name:
        return next(leg for leg in fitted.legs if leg.name == TREES)
    return fitted


def _keep(run: Run, chosen: Fitted, fitted: Fitted, card: Card, panel: Panel, split: Split, asked: Config) -> None:
    said, label = _picked(chosen, panel, split, Part.VALIDATE), split.labels(panel, Part.VALIDATE)
    party = np.concatenate([wave.rows[split.rows(at, Part.VALIDATE)] for at, wave in enumerate(panel.waves)])
    # Sets keep their promise by rows that the model has never seen.
    unseen = Conformal.of(_picked(chosen, panel, split, Part.TEST), split.labels(panel, Part.TEST))
    run.write(CONFORMAL, in_json(unseen.facts()))
    run.write(BAND, in_json(Band.of(said, label, party).facts()))
    run.write("metrics.json", in_json(told({"kept": chosen.name, "asked": asked.model.name, "card": card})))
    run.write("reliability.svg", reliabilities(card.table).encode())
    if drawn := curves(fitted):
        run.write("curves.svg", drawn.encode())
    for language, name in (("en", "card.md"), ("zh", "card.zh.md")):
        run.write(name, card_of(card, kept=chosen.name, asked=asked.model.name, language=language).encode())
    run.finish(chosen.save(), {
        "model": chosen.name, "asked": asked.model.name, "rule": card.served.model, "panel": panel.digest,
        "definition": panel.definition, "horizon_months": panel.horizon, "split": split.name, "program": edition(),
        "made_at": write_instant(datetime.now(UTC)), "seed": asked.model.seed, "taught": _rate(panel, split),
        "learned_days": _days(panel, split, Part.TRAIN, Part.VALIDATE), "held_out": _days(panel, split, Part.TEST),
    })  # fmt: skip


def _rate(panel: Panel, split: Split) -> float:
    """Rate of defaults among the rows that taught."""
    return float(split.labels(panel, Part.TRAIN).mean())


def _days(panel: Panel, split: Split, *parts: Part) -> list[str]:
    """Days with rows of some parts; none of data without days."""
    return [
        wave.day.isoformat() for at, wave in enumerate(panel.waves)
        if wave.day and any(len(split.rows(at, part)) for part in parts)
    ]  # fmt: skip
