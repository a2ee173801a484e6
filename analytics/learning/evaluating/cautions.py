"""What must not be concluded from a table (`cautions.toml`)."""

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from analytics.learning.evaluating.cell import AS_IS, REWIRED
from analytics.learning.evaluating.plan import COMMUNITY, CONTROL, NET, TIME, Plan
from analytics.learning.evaluating.rule import MEASURE, Served
from analytics.learning.evaluating.table import Table
from analytics.learning.panel import Wave
from analytics.learning.panel.horizon import ends
from analytics.rules.rule import Words

FEW: Final = 200
"""Defaults that judge, below which it is said that they are few (our own proposal)."""
OFF: Final = 0.005
"""Calibration error that is asked for."""
HARDLY: Final = 0.05
"""Chance of a day without any default, counted as Poisson, below which it is said that the data may end before."""
SOME: Final = 0.05
"""Shares below are not told."""


@dataclass(frozen=True)
class Caution:
    """One thing that must not be concluded."""

    id: str
    said: Words
    numbers: Mapping[str, float | str] = field(default_factory=dict)


@cache
def _texts() -> dict[str, Words]:
    table = tomllib.loads((files(__package__) / "cautions.toml").read_text(encoding="utf-8"))
    return {row["id"]: Words(row["en"], row["zh"]) for row in table["cautions"]}


@dataclass(frozen=True)
class Cautions:
    """All that a table, its plan and what is served call for."""

    plan: Plan
    table: Table
    served: Served
    bad: int
    """Defaults that judge in the main split."""

    def __iter__(self) -> Iterator[Caution]:
        """The gravest first."""
        model, panel = self.served.model, self.plan.panel
        hears = self.plan.models[model].graph
        if self.table.quick:
            yield self._say("quick")
        if not panel.dated:
            yield self._say("static")
        elif panel.waves[0].known_at is None:
            yield self._say("unknown-when-known")
        if self.table.main != TIME:
            yield self._say("not-held-out-in-time")
        yield from self._missing()
        if hears:
            yield from self._contagion(model)
        yield from self._communities(model)
        if self.bad < FEW:
            yield self._say("few-defaults", bad=self.bad)
        row, told = self.table.row(model), self.table.reliability.get(model)
        if row and told and row.measures["ece"].value > OFF:
            yield self._say("calibration", model=model, value=row.measures["ece"].value, chance=told.chance)
        engine = len(panel.columns("engine"))
        if engine:
            yield self._say("engine-own-figures", count=engine)
        if hears:
            yield self._say("holds-contagion", model=model)
        yield self._say("not-cause")
        meant = "one-default-definition" if panel.horizon else "no-horizon"
        yield self._say(meant, definition=panel.definition, horizon=panel.horizon)
        for refused in self.table.rows:
            if refused.refused and refused.variant == AS_IS and refused.split == self.table.main:
                yield self._say("refused", model=refused.model, reason=refused.refused)

    def _missing(self) -> Iterator[Caution]:
        """What the data lack: rows that were refused, sources that fell silent, days after which nobody tells."""
        panel = self.plan.panel
        if refused := panel.gaps.refused:
            why = ", ".join(f"{reason} {count:,}" for reason, count in refused.items())
            yield self._say("refused-rows", count=sum(refused.values()), reasons=why)
        labelled = [wave for wave in panel.waves if (wave.label >= 0).any()]
        if not labelled or labelled[-1].day is None:
            return
        for source, last in panel.gaps.silent(ends(labelled[-1].day, panel.horizon)).items():
            yield self._say("silent-source", source=source, last=last.isoformat())
        yield from self._quiet(labelled)

    def _quiet(self, labelled: list[Wave]) -> Iterator[Caution]:
        """The last day, where it has no default and by the rate of the others would hardly have none."""
        *others, last = labelled
        rows, bad = (sum(int((wave.label >= least).sum()) for wave in others) for least in (0, 1))
        mine = int((last.label >= 0).sum())
        if bad and not (last.label == 1).any() and (expected := mine * bad / rows) > -math.log(HARDLY):
            yield self._say("quiet-day", day=str(last.day), rows=mine, expected=expected)

    def _contagion(self, model: str) -> Iterator[Caution]:
        main = self.table.main
        apart = self.table.difference((model, main, AS_IS), (model, main, REWIRED))
        share = self.table.share(model, "placebo")
        if apart is None:
            yield self._say("not-refuted", model=model)
        elif not apart.measures[MEASURE].above_zero:
            gain = apart.measures[MEASURE]
            yield self._say("no-contagion", model=model, value=gain.value, low=gain.low, high=gain.high)
        if share and share.value.value > SOME:
            yield self._say("degrees", model=model, over=share.over, share=share.value.value)
        net = self.table.gain(NET, CONTROL)
        if net and not net.measures[MEASURE].above_zero:
            gain = net.measures[MEASURE]
            yield self._say("links-add-nothing", value=gain.value, low=gain.low, high=gain.high)

    def _communities(self, model: str) -> Iterator[Caution]:
        row, main = self.table.row(model, COMMUNITY), self.table.row(model)
        if row and main and row.measures[MEASURE].value < main.measures[MEASURE].value:
            auc = row.measures[MEASURE]
            yield self._say("communities", model=model, value=auc.value, low=auc.low, high=auc.high,
                            main=main.measures[MEASURE].value)  # fmt: skip
        if row and self.plan.folds and self.plan.folds.crossing > SOME:
            yield self._say("crossing", crossing=self.plan.folds.crossing)

    def _say(self, name: str, **numbers: float | str) -> Caution:
        text = _texts()[name]
        return Caution(name, Words(text.en.format(**numbers), text.zh.format(**numbers)), numbers)
