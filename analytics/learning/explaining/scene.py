"""One party of a wave with all it hears of: what every explanation of its probability starts from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from analytics.learning.models.first import FirstStage
from analytics.learning.models.model import Numbers
from analytics.learning.panel import Panel, Wave
from analytics.learning.serving.forward import Net
from analytics.learning.serving.inputs import Encoded, Inputs
from analytics.learning.serving.vicinity import Vicinity

RIVALS = ("r-gcn", "sage", "hgt")


class Served(Protocol):
    """Nets of several seeds that read the same inputs."""

    @property
    def inputs(self) -> Inputs:
        """How figures become what they take in."""

    @property
    def nets(self) -> tuple[Net, ...]:
        """One a seed, of one blueprint."""

    @property
    def first(self) -> FirstStage:
        """Own figures alone."""

    def own(self, panel: Panel, at: int) -> Numbers:
        """First-stage probabilities of all parties of a wave."""


@dataclass(frozen=True)
class Scene:
    """A party, its vicinity, and the nets that speak of it."""

    wave: Wave
    vicinity: Vicinity
    given: Encoded
    """Of the vicinity's parties."""
    nets: tuple[Net, ...]

    @classmethod
    def of(cls, served: Served, panel: Panel, at: int, party: int) -> "Scene":
        """Of one party of a wave. Raises InvalidModel."""
        wave, blueprint = panel.waves[at], served.nets[0].blueprint
        relations = blueprint.relations if blueprint.channels else ()
        vicinity = Vicinity.of(wave, relations, party, blueprint.hops)
        first = served.own(panel, at)[vicinity.parties]
        return cls(wave, vicinity, served.inputs.encode(panel, at, first, vicinity.parties), served.nets)

    @property
    def plain(self) -> bool:
        """Whether its nets hear without weights."""
        return self.nets[0].blueprint.kind in RIVALS

    def probabilities(self, without: Sequence[int] = (-1,)) -> Numbers:
        """Of the party, by each net, without each of some links by place (-1: with all); shape (nets, links)."""
        copies = len(without)
        channels = self.nets[0].blueprint.channels
        hearing = self.vicinity.without(without, channels, plain=self.plain)
        given = self.given.take(np.tile(np.arange(self.vicinity.size), copies))
        places = self.vicinity.places(copies)
        return np.stack([net.probability(given, hearing)[places] for net in self.nets])

    def changed(self, own: Encoded) -> Numbers:
        """Of the party, by each net, were it each of some rows itself and all else as it is; (nets, rows)."""
        copies = len(own.odds)
        channels = self.nets[0].blueprint.channels
        hearing = self.vicinity.without([-1] * copies, channels, plain=self.plain)
        given = self.given.take(np.tile(np.arange(self.vicinity.size), copies))
        places = self.vicinity.places(copies)
        for name in ("figures", "codes", "odds", "public"):
            getattr(given, name)[places] = getattr(own, name)
        return np.stack([net.probability(replace(given), hearing)[places] for net in self.nets])
