"""What must not be concluded from a table (`cautions.toml`)."""

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
from analytics.rules.rule import Words

FEW: Final = 200
"""Defaults that judge, below which it is said that they are few (our own proposal)."""
OFF: Final = 0.005
"""Calibration error that is asked for."""
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
