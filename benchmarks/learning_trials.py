"""What might go further than the net that is served, tried on planted worlds: `python -m benchmarks.learning_trials`.

Each trial stands beside the same net without it, from the same seed, first stage and net without links; single nets,
links always heard. One line a world and net as it is done. What did not win is no part of the product. Not part of
`python -m benchmarks`: it takes half an hour.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Final
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analytics.contagion.distress import Impact, furfine
from analytics.learning.judging.gain import gain
from analytics.learning.models import Task
from analytics.learning.models.first import FirstStage
from analytics.learning.nets.fitting import lessons_of, steady
from analytics.learning.nets.geometric import torch
from analytics.learning.nets.heard import Heard
from analytics.learning.nets.net import Given, Net
from analytics.learning.nets.training import Begin, Course, Lesson, Schedule, train
from analytics.learning.panel import Panel, Part, Ties, Wave
from analytics.learning.serving.blueprint import Blueprint
from analytics.learning.serving.hearing import Hearing
from analytics.learning.serving.inputs import Inputs, log_odds
from benchmarks.learning_variants import judged, prepared
from ingest.synthetic.planted import Hits, world
from ingest.synthetic.planted.hits import hits

Numbers = NDArray[np.float64]
YEARS: Final = 100
"""Drawn for each wave and sent through the engine."""
LOST: Final = 0.45
"""Of a claim on who fails: the engine knows no better of relations it was told nothing about."""
OWED: Final = {"GUARANTEES": "head", "SUPPLIES": "head", "OWES": "tail"}
"""Relations over which a failure costs the other end, and whose failure it is."""


@dataclass(frozen=True)
class Case:
    """A world as a task, with the net without links that all trials begin from."""

    task: Task
    first: FirstStage
    true: tuple[Numbers, ...]
    schedule: Schedule

    @cached_property
    def inputs(self) -> Inputs:
        """Scaled figures."""
        return Inputs.of(self.task.panel, self.task.split, tuple(map(log_odds, self.first.cross_fitted)), ("own",))

    def blueprint(self, **sizes: Any) -> Blueprint:
        """Of a net over all relations."""
        return Blueprint(
            relations=self.task.panel.relations, width=self.inputs.width, tables=self.inputs.tables, **sizes
        )

    def lessons(self, blueprint: Blueprint) -> list[Lesson]:
        """What the net learns from."""
        return list(lessons_of(self.task, self.inputs, blueprint, self.first.cross_fitted, self.schedule))

    @cached_property
    def alone(self) -> Course:
        """The net without links."""
        of = self.blueprint(kind="none")
        return self.learn(of, self.lessons(of))

    def heard(self, blueprint: Blueprint) -> Course:
        """The net with links, begun as the one without."""
        return self.learn(blueprint, self.lessons(blueprint), lambda net: net.begin(self.alone.chosen))

    def learn(self, blueprint: Blueprint, lessons: list[Lesson], begin: Begin | None = None) -> Course:
        """One training."""
        with steady():
            return train(blueprint, lessons, self.schedule, seed=0, watch=lambda _done, _doing: None, keep=None,
                         kept=None, begin=begin)  # fmt: skip

    def said(self, blueprint: Blueprint, course: Course) -> tuple[Numbers, ...]:
        """Probabilities, wave by wave; those of waves that do not judge are left at 0."""
        net, panel = Net(blueprint), self.task.panel
        net.take(course.chosen)
        found = []
        for at, wave in enumerate(panel.waves):
            if not len(self.task.split.rows(at, Part.TEST)):
                found.append(np.zeros(panel.size))
                continue
            hearing = Hearing.of(wave, blueprint.channels, plain=False)
            given = Given.of(
                self.inputs.encode(panel, at, self.first.cross_fitted[at]), hearing, blueprint, torch.zeros(())
            )
            with torch.no_grad():
                found.append(expit(net(given).double().numpy()))
        return tuple(found)


# ── the trials: what each says of a case ──

GNN: Final[dict[str, Any]] = {"kind": "sum", "rounds": 2}
Trial = Callable[[Case], tuple[Numbers, ...]]


def plain(case: Case, **sizes: Any) -> tuple[Numbers, ...]:
    """A net as it is served, its links heard in any case."""
    of = case.blueprint(**sizes)
    return case.said(of, case.alone if of.kind == "none" and not of.rounds else case.heard(of))


def two_years(case: Case, **sizes: Any) -> tuple[Numbers, ...]:
    """Figures of the year before beside those of the day."""
    return plain(replace(case, task=replace(case.task, panel=with_the_year_before(case.task.panel))), **sizes)


def capped(case: Case, **sizes: Any) -> tuple[Numbers, ...]:
    """What is heard over a channel saturates: tanh of the sum."""
    with capped_sums():
        return plain(case, **sizes)


def after_cascades(case: Case, **sizes: Any) -> tuple[Numbers, ...]:
    """Taught first how often the engine's cascades from first-stage probabilities reach each firm."""
    of = case.blueprint(**sizes)
    lessons = case.lessons(of)
    soft = replace(case, schedule=replace(case.schedule, epochs=40))
    rehearsed = soft.learn(of, list(simulated(case, lessons)), lambda net: net.begin(case.alone.chosen))
    course = case.learn(of, lessons, partial(_take, rehearsed))
    return case.said(of, course)


def split_by_detail(case: Case, **sizes: Any) -> tuple[Numbers, ...]:
    """Each relation as two, by what kind of promise a link is."""
    return plain(replace(case, task=replace(case.task, panel=by_detail(case.task.panel))), **sizes)


TRIALS: Final[dict[str, Trial]] = {
    "mlp": partial(plain, kind="none"),
    "mlp, two years of figures": partial(two_years, kind="none"),
    "gnn": partial(plain, **GNN),
    "gnn, two years of figures": partial(two_years, **GNN),
    "gnn, capped sums": partial(capped, **GNN),
    "gnn, first taught the engine's cascades": partial(after_cascades, **GNN),
    "gnn, relations split by a detail": partial(split_by_detail, **GNN),
    "gnn-sum": partial(plain, kind="sum"),
    "gnn-sum, capped": partial(capped, kind="sum"),
}


def with_the_year_before(panel: Panel) -> Panel:
    """Numbers of the wave before as further figures; missing on the first day."""
    columns = [at for at, feature in enumerate(panel.features) if not feature.categories]
    more = tuple(replace(panel.features[at], name=f"{panel.features[at].name}_before") for at in columns)
    nothing = np.full((panel.size, len(columns)), np.nan, np.float32)
    befores = [nothing, *(wave.values[:, columns] for wave in panel.waves[:-1])]
    waves = tuple(
        replace(wave, values=np.hstack([wave.values, before]))
        for wave, before in zip(panel.waves, befores, strict=True)
    )
    return replace(panel, features=(*panel.features, *more), waves=waves)


@contextmanager
def capped_sums() -> Iterator[None]:
    """Bend what is heard over each channel, for a while."""
    summed = Heard._sum

    def bent(self: Heard, channel: Any, sent: "torch.Tensor") -> "torch.Tensor":
        return torch.tanh(summed(self, channel, sent))

    with patch.object(Heard, "_sum", bent):
        yield


def _take(course: Course, net: Net) -> None:
    net.take(course.chosen)


def simulated(case: Case, lessons: list[Lesson]) -> Iterator[Lesson]:
    """Lessons whose labels say how often each firm fails in drawn years, by itself or in Furfine's cascade."""
    random, split = np.random.default_rng(5), case.task.split
    teaching = (
        at for at in range(len(case.task.panel.waves))
        if len(split.rows(at, Part.TRAIN)) or len(split.rows(at, Part.VALIDATE))
    )  # fmt: skip
    for at, lesson in zip(teaching, lessons, strict=True):
        often = reached(case.task.panel.waves[at], case.first.cross_fitted[at], random)
        label = torch.from_numpy(often[lesson.teach.numpy()].astype(np.float32))
        yield replace(lesson, label=label, settled=often[lesson.settle.numpy()])


def reached(wave: Wave, own: Numbers, random: np.random.Generator) -> Numbers:
    """How often each party fails in drawn years."""
    debtor, creditor, claim = [], [], []
    for name, failing in OWED.items():
        ties = wave.ties[name]
        ends = (ties.head, ties.tail) if failing == "head" else (ties.tail, ties.head)
        known = (ends[0] != ends[1]) & (ties.stake > 0) & (wave.capacity[ends[1]] > 0)
        debtor.append(ends[0][known])
        creditor.append(ends[1][known])
        claim.append(ties.stake[known])
    equity = np.where(wave.capacity > 0, wave.capacity, 1.0)
    impact = Impact.of(wave.size, *map(np.concatenate, (debtor, creditor, claim)), equity=equity)
    count, stands = np.zeros(wave.size), ~wave.public
    for _ in range(YEARS):
        fails = np.flatnonzero(stands & (random.random(wave.size) < own))
        count += furfine(impact, fails.tolist(), loss=LOST).h >= 1
    return np.asarray(count / YEARS)


def joint(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.bool_]:
    """A detail of a link, half of them have it: drawn from its ends, the same every year."""
    return np.asarray((one.astype(np.int64) * other + one + other) * 2654435761 >> 20 & 1 == 1)


def by_detail(panel: Panel) -> Panel:
    """Each relation as two."""
    waves = []
    for wave in panel.waves:
        ties = {}
        for name, held in wave.ties.items():
            of = joint(held.tail, held.head)
            for said, kept in (("joint", of), ("single", ~of)):
                ties[f"{name}.{said}"] = Ties(held.tail[kept], held.head[kept], held.stake[kept], held.source[kept])
        waves.append(replace(wave, ties=ties))
    return replace(panel, relations=tuple(sorted(waves[0].ties)), waves=tuple(waves))


@contextmanager
def only_joint_links_carry() -> Iterator[None]:
    """Worlds in which failures travel over links with the detail alone."""

    def some(links: Any, bears: Numbers) -> Hits:
        every = hits(links, bears)
        return every.only(joint(every.source, every.target))

    with patch.object(world, "hits", some):
        yield


def cells(given: argparse.Namespace) -> Iterator[str]:
    """Lines, one a world and net."""
    names = given.trials.split(";") if given.trials else list(TRIALS)
    for name in given.worlds.split(","):
        for seed in map(int, given.seeds.split(",")):
            with only_joint_links_carry() if given.joint else nullcontext():
                _, _, task, true, first = prepared((name, seed), given.firms)
            case = Case(task, first, true, Schedule(device="cpu"))
            own, best = judged(task, first.cross_fitted)[0], judged(task, true)[0]
            told: dict[str, tuple[Numbers, ...]] = {}
            for trial in names:
                begun = time.perf_counter()
                told[trial] = TRIALS[trial](case)
                said, spent = _line(case, told, trial, own, best), time.perf_counter() - begun
                yield f"{name} {seed} {trial}: {said}, {spent:.0f} s"


def _line(case: Case, told: dict[str, tuple[Numbers, ...]], trial: str, own: float, best: float) -> str:
    area, loss = judged(case.task, told[trial])
    found = f"AUC {area:.4f}, recovered {(area - own) / (best - own):.3f}, loss {loss:.5f}"
    beside = trial.split(",", maxsplit=1)[0]
    if trial == beside or beside not in told:
        return found
    split, panel = case.task.split, case.task.panel
    before, after = (split.pick(panel, Part.TEST, told[each]) for each in (beside, trial))
    party = np.concatenate([wave.rows[split.rows(at, Part.TEST)] for at, wave in enumerate(panel.waves)])
    gained = gain(split.labels(panel, Part.TEST), before, after, party)
    return f"{found}, gained in loss {gained.value:+.5f} ± {gained.error:.5f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.learning_trials", description="What may go further, tried.")
    parser.add_argument("--worlds", default="S2,S3")
    parser.add_argument("--seeds", default="11,12,13")
    parser.add_argument("--firms", type=int, default=4000)
    parser.add_argument("--trials", default="", help="some of, parted by ;: " + "; ".join(TRIALS))
    parser.add_argument("--joint", action="store_true", help="only links with a detail carry failures")
    for line in cells(parser.parse_args()):
        print(line, flush=True)


if __name__ == "__main__":
    main()
