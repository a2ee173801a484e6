"""What a firm hears of its neighbours: how many, how much, who has failed, how likely they are to."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.learning.features.channels import Channel, Channels, Numbers
from analytics.learning.panel import Feature, Wave
from analytics.learning.panel.feature import Direction

SOURCE: Final = "learning.md of the design: exposure-weighted sums by relation and way"


class Measure(NamedTuple):
    """What is heard over every channel."""

    name: str
    en: str
    zh: str
    direction: Direction
    weighted_only: bool = False

    def feature(self, channel: Channel) -> Feature:
        """As a figure of a firm."""
        en, zh = channel.who
        unit = "fraction" if channel.weighted and self.name != "degree" else "count"
        return Feature(
            f"{channel.name}.{self.name}", unit, f"{self.en} {en}", f"{zh}：{self.zh}", self.direction, "neighbours",
            SOURCE,
        )  # fmt: skip


DEGREE: Final = Measure("degree", "Number of", "数量", 0)
EXPOSURE: Final = Measure("exposure", "At stake, of what it can bear, with", "敞口／承受力", 0, weighted_only=True)
FAILED: Final = Measure("failed", "At stake with publicly failed ones, within the last year, of", "近一年违约者敞口", 1)
BEFORE: Final = Measure("failed_before", "At stake with publicly failed ones, before that, of", "更早违约者敞口", 1)
RISK: Final = Measure("risk", "Expected to be lost on", "按违约概率加权敞口", 1)
SECOND: Final = Measure("risk2", "Expected to be lost, after what they hear themselves, on", "二轮传导加权敞口", 1)
STANDING: Final = (DEGREE, EXPOSURE, FAILED, BEFORE)
"""What needs no probability."""


@dataclass(frozen=True)
class Neighbours:
    """What is heard over some channels."""

    channels: Channels

    def features(self, *measures: Measure) -> tuple[Feature, ...]:
        """Channel after channel, of each those measures it has."""
        return tuple(
            measure.feature(channel)
            for channel in self.channels.all
            for measure in measures
            if channel.weighted or not measure.weighted_only
        )

    def degrees(self, wave: Wave, firm: NDArray[np.bool_]) -> Numbers:
        """How many of each, columns as `features(DEGREE)`, shape (n, k)."""
        return _beside([channel.count(wave, firm) for channel in self.channels.all], wave.size)

    def standing(self, wave: Wave, firm: NDArray[np.bool_]) -> Numbers:
        """Columns as `features(*STANDING)`, shape (n, k)."""
        found = []
        x = np.column_stack([np.ones(wave.size), wave.lately, wave.public & ~wave.lately])
        for channel in self.channels.all:
            heard = channel.carry(wave, firm, x)
            found += [channel.count(wave, firm), *([heard[:, 0]] if channel.weighted else []), heard[:, 1], heard[:, 2]]
        return _beside(found, wave.size)

    def failed(self, wave: Wave, firm: NDArray[np.bool_]) -> Numbers:
        """Columns as `features(FAILED)`, shape (n, k)."""
        return self._carried(wave, firm, wave.lately.astype(np.float64))

    def risk(self, wave: Wave, firm: NDArray[np.bool_], pd: Numbers) -> Numbers:
        """Columns as `features(RISK)`, shape (n, k): of firms that have not failed yet, by probabilities (n,)."""
        return self._carried(wave, firm, np.where(firm & ~wave.public, pd, 0.0))

    def _carried(self, wave: Wave, firm: NDArray[np.bool_], x: Numbers) -> Numbers:
        return _beside([channel.carry(wave, firm, x[:, None])[:, 0] for channel in self.channels.all], wave.size)


def _beside(columns: list[Numbers], size: int) -> Numbers:
    return np.column_stack(columns) if columns else np.empty((size, 0))
