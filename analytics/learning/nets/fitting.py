"""From a task to a net that can be served."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, Final, Protocol

import numpy as np

from analytics.learning.models.first import FirstStage
from analytics.learning.models.model import Files, Numbers, Task
from analytics.learning.models.odds import TAKEN_IN, log_odds
from analytics.learning.nets.geometric import torch
from analytics.learning.nets.net import Given
from analytics.learning.nets.stages import Learned, States, learned
from analytics.learning.nets.training import Lesson, Schedule
from analytics.learning.panel import Part
from analytics.learning.serving.blueprint import Blueprint, Kind
from analytics.learning.serving.forward import Net
from analytics.learning.serving.hearing import Hearing
from analytics.learning.serving.inputs import Inputs
from analytics.learning.serving.served import RIVALS, ServedNet


class Asked(Protocol):
    """What a model of nets asks for."""

    @property
    def name(self) -> str:
        """Of the model."""

    @property
    def kind(self) -> Kind:
        """How parties hear of one another."""

    @property
    def sizes(self) -> Mapping[str, Any]:
        """Fields of the blueprint."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """Of the figures it reads."""

    @property
    def nets(self) -> int:
        """How many seeds."""

    @property
    def schedule(self) -> Mapping[str, Any]:
        """Fields of the schedule."""

    @property
    def keep(self) -> Callable[[int, Files], None] | None:
        """Takes the state of the training of each net."""

    @property
    def kept(self) -> Callable[[int], Files | None]:
        """Gives it back."""


def fitted(asked: Asked, task: Task, first: FirstStage) -> ServedNet:
    r"""Train nets of one blueprint from several seeds on the rows that teach.

    .. math:: p = \frac{1}{K} \sum_k p_{\theta_k}

    Parameters
    ----------
    asked : NetModel
    task : Task
    first : FirstStage
        Fitted on the task.

    Raises
    ------
    InvalidModel
        If a state to go on from is of another training.

    Source
    ------
    Lakshminarayanan, Pritzel & Blundell, "Deep Ensembles", NeurIPS 2017, §2.4.

    Example
    -------
    >>> from dataclasses import replace
    >>> from analytics.learning.explaining.example import pair
    >>> from analytics.learning.models.net import NetModel
    >>> from analytics.learning.panel import Split
    >>> served, panel = pair()
    >>> rows = {"rows": np.array([0, 1], np.int32), "label": np.array([1, 0], np.int8)}
    >>> panel = replace(panel, waves=(replace(panel.waves[0], **rows),))
    >>> parts = Split("given", (np.array([Part.TRAIN, Part.VALIDATE], np.int8),))
    >>> first = replace(served.first, cross_fitted=(served.own(panel, 0),))
    >>> asked = NetModel.named("mlp", nets=2, schedule={"epochs": 1, "device": "cpu"})
    >>> len(fitted(asked, Task(panel, parts, 0, lambda done, what: None), first).nets)
    2
    """
    panel, split = task.panel, task.split
    crossed = first.cross_fitted
    inputs = Inputs.of(panel, split, tuple(log_odds(said, near=TAKEN_IN) for said in crossed), asked.scopes)
    blueprint = Blueprint(asked.kind, panel.relations, inputs.width, inputs.tables, **asked.sizes)
    schedule = Schedule(**asked.schedule)
    seeds = [task.seed * SEEDS + number for number in range(asked.nets)]
    with steady():
        lessons = list(lessons_of(task, inputs, blueprint, crossed, schedule))
        found = learned(blueprint, lessons, schedule, seeds, watch=task.watch, states=States(asked.keep, asked.kept))
    nets = tuple(Net(found.blueprint, weights) for weights in found.weights)
    return ServedNet(asked.name, inputs, nets, first, _record(task, schedule, found))


SEEDS: Final = 1000
"""Between the seeds of two tasks there is room for this many nets."""


@contextmanager
def steady() -> Iterator[None]:
    r"""Let torch choose only what gives the same numbers twice, for a while.

    .. math:: \text{same seed, same machine} \Rightarrow \text{same weights}

    Parameters
    ----------
    None.

    Raises
    ------
    Nothing.

    Source
    ------
    torch, "Reproducibility".

    Example
    -------
    >>> with steady():
    ...     torch.are_deterministic_algorithms_enabled()
    True
    """
    before, warned = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    # The sparse product of CUDA says it cannot promise; everything else can.
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warned)


def lessons_of(
    task: Task, inputs: Inputs, blueprint: Blueprint, crossed: tuple[Numbers, ...], schedule: Schedule
) -> Iterator[Lesson]:
    r"""Waves with rows that teach or settle, as a net takes them in.

    .. math:: t: \text{some row of } t \text{ teaches or settles}

    Parameters
    ----------
    task : Task
    inputs : Inputs
    blueprint : Blueprint
    crossed : (n,) arrays, one a wave
        First-stage probabilities, of who teaches by trees grown without it.
    schedule : Schedule
        Says on which device.

    Raises
    ------
    InvalidModel
        If the panel lacks a figure or a relation.

    Source
    ------
    A definition.

    Example
    -------
    >>> from types import SimpleNamespace
    >>> from analytics.learning.models.columns import Columns
    >>> nothing = SimpleNamespace(panel=SimpleNamespace(waves=()))
    >>> list(lessons_of(nothing, Inputs(Columns(()), {}, np.empty(0, bool)), Blueprint("none", (), 4), (),
    ...                 Schedule(device="cpu")))
    []
    """
    device = schedule.on()
    like = torch.zeros((), device=device)
    for at, wave in enumerate(task.panel.waves):
        teach, settle = task.split.rows(at, Part.TRAIN), task.split.rows(at, Part.VALIDATE)
        if not len(teach) and not len(settle):
            continue
        hearing = Hearing.of(wave, blueprint.channels, plain=blueprint.kind in RIVALS)
        given = Given.of(inputs.encode(task.panel, at, crossed[at]), hearing, blueprint, like)
        yield Lesson(
            given, torch.from_numpy(wave.rows[teach].astype(np.int64)).to(device),
            torch.from_numpy(wave.label[teach].astype(np.float32)).to(device),
            torch.from_numpy(wave.rows[settle].astype(np.int64)).to(device), wave.label[settle],
        )  # fmt: skip


def _record(task: Task, schedule: Schedule, found: Learned) -> dict[str, Any]:
    links = {} if found.links is None else {"links": asdict(found.links) | {"kept": found.links.counts}}
    return {
        "taught": _taught(task), "definition": task.panel.definition,
        "horizon": task.panel.horizon, "days": [str(wave.day) for wave in task.panel.waves], "seed": task.seed,
        "schedule": asdict(schedule), "best": list(found.best), "curves": list(found.curves), **links,
    }  # fmt: skip


def _taught(task: Task) -> str:
    """SHA-256 of the rows that teach and settle: figures and labels. Rows that judge are no part of a model."""
    found = hashlib.sha256("\0".join([*task.panel.names, *task.panel.relations]).encode())
    for at, wave in enumerate(task.panel.waves):
        for part in (Part.TRAIN, Part.VALIDATE):
            rows = task.split.rows(at, part)
            for column in (wave.rows[rows], wave.label[rows], wave.values[wave.rows[rows]]):
                found.update(np.ascontiguousarray(column).tobytes())
    return found.hexdigest()
