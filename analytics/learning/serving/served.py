"""Nets that were trained, by the protocol of all models: predict, explain, save, load; without torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from analytics.learning.explaining.reasons import reasons
from analytics.learning.models.first import FirstStage
from analytics.learning.models.keeping import Kept
from analytics.learning.models.model import Files, Numbers, Reason
from analytics.learning.panel import Panel, Wave
from analytics.learning.serving.blueprint import Blueprint
from analytics.learning.serving.forward import Net
from analytics.learning.serving.hearing import Hearing
from analytics.learning.serving.inputs import Inputs
from graph.errors import InvalidModel

WEIGHTS: Final = "weights.safetensors"
FIRST: Final = "first"
RIVALS: Final = ("r-gcn", "sage", "hgt")


@dataclass(frozen=True)
class ServedNet:
    """Nets of one blueprint, one a seed; what they say is the mean of what each says."""

    name: str
    inputs: Inputs
    nets: tuple[Net, ...]
    first: FirstStage
    record: Mapping[str, Any]
    """How they were trained: digests of panel and split, definition, horizon, schedule, seeds, curves."""
    _told: list[tuple[Wave, Numbers]] = field(default_factory=list, compare=False, repr=False)

    @property
    def blueprint(self) -> Blueprint:
        """Of all its nets."""
        return self.nets[0].blueprint

    def own(self, panel: Panel, at: int) -> Numbers:
        """First-stage probabilities of all parties of a wave; those of the last wave asked about are kept."""
        wave = panel.waves[at]
        for known, told in self._told:
            if known is wave:
                return told
        told = self.first.predict(panel, at)
        self._told[:] = [(wave, told)]
        return told

    def predict(self, panel: Panel, at: int) -> Numbers:
        """Probability of default of every party of a wave, shape (n,). Raises InvalidModel."""
        return np.asarray(self.each(panel, at).mean(axis=0))

    def each(self, panel: Panel, at: int) -> Numbers:
        """The same by every net, shape (nets, n): how far they lie apart says how sure they are."""
        given = self.inputs.encode(panel, at, self.own(panel, at)).single()
        hearing = Hearing.of(panel.waves[at], self.blueprint.channels, plain=self.blueprint.kind in RIVALS).single()
        return np.stack([net.probability(given, hearing).astype(np.float64) for net in self.nets])

    def explain(self, panel: Panel, at: int, party: int, *, most: int = 5) -> tuple[Reason, ...]:
        """Links and own figures without which its probability would differ most, the strongest first."""
        return reasons(self, panel, at, party, most=most)

    def save(self) -> Files:
        """Weights, a side-car that says all about them, and the first stage."""
        held = {
            f"{seed}.{name}": np.ascontiguousarray(array)
            for seed, net in enumerate(self.nets)
            for name, array in net.weights.items()
        }
        facts = {
            "blueprint": self.blueprint.facts(), "inputs": self.inputs.facts(), "nets": len(self.nets),
            "record": dict(self.record),
        }  # fmt: skip
        return Kept(self.name, facts, {WEIGHTS: save(held), **Kept.within(**{FIRST: self.first.save()})}).files()

    @classmethod
    def load(cls, files: Files, name: str) -> "ServedNet":
        """What was saved under a name. Raises InvalidModel."""
        kept = Kept.read(files, name)
        try:
            held = load(kept.contents[WEIGHTS])
            facts = kept.facts
            blueprint, inputs = Blueprint.read(facts["blueprint"]), Inputs.read(facts["inputs"])
            nets = tuple(Net(blueprint, _of(held, seed)) for seed in range(facts["nets"]))
            record = facts["record"]
        except (KeyError, TypeError, SafetensorError):
            raise InvalidModel("cannot be read as a net", where=name) from None
        if inputs.width != blueprint.width or not nets or any("skip" not in net.weights for net in nets):
            raise InvalidModel("weights and inputs do not fit each other", where=name)
        return cls(name, inputs, nets, FirstStage.load(kept.part(FIRST)), record)


def _of(held: Mapping[str, Any], seed: int) -> dict[str, Any]:
    begins = f"{seed}."
    return {name.removeprefix(begins): array for name, array in held.items() if name.startswith(begins)}
