"""Nets learn without links first, then hear; they hear on only where that helps on the rows that settle."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from scipy.special import expit

from analytics.learning.judging.gain import Gain, gain
from analytics.learning.models.model import Files, Numbers, Watch
from analytics.learning.nets.net import Net
from analytics.learning.nets.training import Course, Lesson, Schedule, settling, train
from analytics.learning.serving.blueprint import Blueprint

QUICK: Final = 0.3
"""Part of the time that learning without links is told to take."""


@dataclass(frozen=True)
class Learned:
    """Nets of one blueprint, one a seed."""

    blueprint: Blueprint
    weights: tuple[dict[str, Numbers], ...]
    curves: tuple[list[dict[str, float]], ...]
    """Of each net from its first epoch on: without links, then with them."""
    best: tuple[int, ...]
    """Epochs of the weights."""
    links: Gain | None
    """What hearing gained on the rows that settle; None where there was nothing to choose."""


@dataclass(frozen=True)
class States:
    """Where states of unfinished trainings go and come from, by number."""

    keep: Callable[[int, Files], None] | None
    kept: Callable[[int], Files | None]


def learned(
    blueprint: Blueprint, lessons: list[Lesson], schedule: Schedule, seeds: Sequence[int], *, watch: Watch,
    states: States,
) -> Learned:  # fmt: skip
    r"""Train nets without links, then go on from them with links, and keep what hearing brought only if it counts.

    .. math:: p = \frac1K \sum_k p_{\theta_k}, \qquad
        \text{hear} \iff G\big(p^{\text{alone}}, p^{\text{heard}}\big) > s

    with G and s as of `judging.gain`. Where hearing does not count the nets are those without links, to the bit.

    Parameters
    ----------
    blueprint : Blueprint
    lessons : one a wave
    schedule : Schedule
    seeds : one a net
    watch : told how far it is
    states : States

    Raises
    ------
    InvalidModel
        If a state to go on from is of another training.

    Source
    ------
    Hinton & Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks", Science 313 (2006), 504: a net
    that begins as a trained smaller one.

    Example
    -------
    >>> found = learned(Blueprint("none", (), 1, layers=1), [], Schedule(epochs=2, device="cpu"), [0, 1],
    ...                 watch=lambda done, what: None, states=States(None, lambda number: None))
    >>> len(found.weights), found.best, found.links is None
    (2, (1, 1), True)
    """
    stages = [blueprint.alone, blueprint] if blueprint.begins_alone else [blueprint]
    courses: list[list[Course]] = []
    for number, seed in enumerate(seeds):
        courses.append([])
        for stage, of in enumerate(stages):
            at = number * len(stages) + stage
            courses[number].append(train(
                of, lessons, schedule, seed=seed, watch=_told(watch, number, len(seeds), stage, len(stages)),
                keep=None if states.keep is None else partial(states.keep, at), kept=states.kept(at),
                begin=partial(_begin, courses[number][0]) if stage else None,
            ))  # fmt: skip
    if len(stages) == 1:
        return _of(blueprint, courses, 0, None)
    gained = _gain(stages, courses, lessons)
    chosen = 1 if gained.counts else 0
    return _of(stages[chosen], courses, chosen, gained)


def _begin(course: Course, net: Net) -> None:
    net.begin(course.chosen)


def _of(blueprint: Blueprint, courses: list[list[Course]], stage: int, gained: Gain | None) -> Learned:
    before = [sum(len(course.curve) for course in each[:stage]) for each in courses]
    return Learned(
        blueprint, tuple(each[stage].chosen for each in courses),
        tuple([epoch for course in each for epoch in course.curve] for each in courses),
        tuple(gone + each[stage].best_epoch for gone, each in zip(before, courses, strict=True)), gained,
    )  # fmt: skip


def _gain(stages: list[Blueprint], courses: list[list[Course]], lessons: list[Lesson]) -> Gain:
    """Of all nets with links over all without, on the rows that settle."""
    label = np.concatenate([lesson.settled for lesson in lessons])
    party = np.concatenate([lesson.settle.cpu().numpy() for lesson in lessons])
    alone, heard = (
        np.mean([expit(settling(_net(of, each[stage], lessons), lessons)) for each in courses], axis=0)
        for stage, of in enumerate(stages)
    )
    return gain(label, alone, heard, party)


def _net(blueprint: Blueprint, course: Course, lessons: list[Lesson]) -> Net:
    net = Net(blueprint)
    net.take(course.chosen)
    net.to(lessons[0].label.device)
    return net


def _told(watch: Watch, number: int, nets: int, stage: int, stages: int) -> Watch:
    """How far all nets are, from how far one of them is in one stage."""
    begin, share = (0.0, 1.0) if stages == 1 else ((0.0, QUICK), (QUICK, 1 - QUICK))[stage]
    return lambda done, doing: watch((number + begin + share * done) / nets, f"net {number + 1} of {nets}, {doing}")
