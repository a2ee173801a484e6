"""The whole table: measures with intervals, paired differences, shares, reliability."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.learning.evaluating.cell import AS_IS, REWIRED, WITHOUT, Cell, Outcome
from analytics.learning.evaluating.placebo import placebo_share
from analytics.learning.evaluating.plan import CONTROL, NET, NETS, OWN, STACK, TREES, Judged, Plan
from analytics.learning.judging.bootstrap import Estimate, Sample, interval
from analytics.learning.judging.calibration import Reliability, reliability
from analytics.learning.judging.causes import recovered_share
from analytics.learning.judging.measures import AUC, NAMES
from analytics.learning.models.model import Numbers

TRUTH: Final = "truth"
"""Name of the row of the true probability, on planted worlds."""
RIVALS: Final = (OWN, TREES, CONTROL)
"""What every other model is held against."""
Place = tuple[str, str, str]
"""Model, family of splits, variant."""


@dataclass(frozen=True)
class Row:
    """One model in one kind of split, on the panel as it is or changed."""

    model: str
    split: str
    variant: str
    measures: Mapping[str, Estimate]
    """By name; empty where it was refused."""
    cells: int
    """Seeds and folds it is the mean of."""
    refused: str = ""
    note: str = ""


@dataclass(frozen=True)
class Difference:
    """What one row has more than another, on the same draws."""

    one: Place
    other: Place
    measures: Mapping[str, Estimate]


@dataclass(frozen=True)
class Share:
    """A part of a lift in AUC."""

    model: str
    kind: str
    """`placebo`: stays where wiring is destroyed; `recovered`: of what the truth has over own figures."""
    over: str
    """What the lift is over."""
    value: Estimate


@dataclass(frozen=True)
class Table:
    """All models side by side."""

    main: str
    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]
    shares: tuple[Share, ...]
    reliability: Mapping[str, Reliability]
    """Of each model in the main split, its first seed and fold."""
    quick: bool

    def row(self, model: str, split: str | None = None, variant: str = AS_IS) -> Row | None:
        """One row; none where it was not made or was refused."""
        place = (model, split or self.main, variant)
        found = (row for row in self.rows if (row.model, row.split, row.variant) == place and row.measures)
        return next(found, None)

    def difference(self, one: Place, other: Place) -> Difference | None:
        """One paired difference, if it was made."""
        return next((found for found in self.differences if (found.one, found.other) == (one, other)), None)

    def gain(self, model: str, over: str) -> Difference | None:
        """What a model gains over another in the main split, the panel as it is."""
        return self.difference((model, self.main, AS_IS), (over, self.main, AS_IS))

    def share(self, model: str, kind: str) -> Share | None:
        """One share, if it was made."""
        return next((share for share in self.shares if (share.model, share.kind) == (model, kind)), None)

    @classmethod
    def of(cls, plan: Plan, kept: Mapping[str, Outcome], *, truth: tuple[Numbers, ...] | None = None) -> "Table":
        """Measure what is kept of a plan's cells; `truth` is the true probability of every party, (n,) a wave."""
        cells: dict[Place, list[Cell]] = defaultdict(list)
        for cell in plan.cells:
            if cell.key in kept:
                cells[cell.model, plan.family(cell.split), cell.variant].append(cell)
        splits = {cell.split for each in cells.values() for cell in each}
        judged = {split: plan.judged(split) for split in sorted(splits)}
        samples: dict[Place, Sample] = {}
        rows = []
        for place, each in cells.items():
            refused = next((kept[cell.key].refused for cell in each if kept[cell.key].refused), "")
            if not refused:
                samples[place] = _mean({cell: kept[cell.key].probability for cell in each}, judged)
            rows.append(_row(place, samples.get(place), len(each), refused, kept[each[0].key].note))
        if truth is not None:
            place = (TRUTH, plan.main, AS_IS)
            own = {cell.split for cell in plan.cells if plan.family(cell.split) == plan.main} & splits
            said = {Cell(TRUTH, split): _true(truth, judged[split]) for split in sorted(own)}
            samples[place] = _mean(said, judged)
            rows.append(_row(place, samples[place], len(said), "", ""))
        return cls(
            plan.main, tuple(rows), tuple(_differences(samples)), tuple(_shares(plan.main, samples)),
            dict(_reliabilities(plan, cells, kept, judged)), plan.quick,
        )  # fmt: skip


def _mean(said: Mapping[Cell, Numbers], judged: Mapping[str, Judged]) -> Sample:
    """Over seeds within a split, then over splits, so that folds with more seeds weigh no more."""
    by_split: dict[str, list[Sample]] = defaultdict(list)
    for cell, probability in said.items():
        rows = judged[cell.split]
        by_split[cell.split].append(Sample.of(rows.label, probability, rows.draws))
    means = [Sample.mean(each) for each in by_split.values()]
    return means[0] if len(means) == 1 else Sample.mean(means)


def _row(place: Place, sample: Sample | None, cells: int, refused: str, note: str) -> Row:
    measures = {} if sample is None else {name: sample.estimate(name) for name in NAMES}
    return Row(*place, measures, cells, refused, note)


def _true(truth: tuple[Numbers, ...], rows: Judged) -> Numbers:
    return np.array([truth[wave][party] for wave, party in zip(rows.wave, rows.party, strict=True)])


def _pairs(samples: Mapping[Place, Sample]) -> Iterator[tuple[Place, Place]]:
    """Which rows are held against which."""
    for place in samples:
        model, split, variant = place
        for rival in RIVALS if variant == AS_IS and model != TRUTH else ():
            # Nets are held against the net without links too, trees are not.
            # Which of two comes first is told once.
            if model != rival and (rival != CONTROL or model in NETS) and (model, rival) != (OWN, TREES):
                yield place, (rival, split, AS_IS)
        if model == STACK and variant == AS_IS:
            yield place, (NET, split, AS_IS)
        if variant == REWIRED or variant.startswith(WITHOUT):
            yield (model, split, AS_IS), place


def _differences(samples: Mapping[Place, Sample]) -> Iterator[Difference]:
    for one, other in _pairs(samples):
        if one in samples and other in samples:
            apart = samples[one].less(samples[other])
            yield Difference(one, other, {name: apart.estimate(name) for name in NAMES})


def _shares(main: str, samples: Mapping[Place, Sample]) -> Iterator[Share]:
    own, best = samples.get((OWN, main, AS_IS)), samples.get((TRUTH, main, AS_IS))
    for (model, split, variant), sample in samples.items():
        if split != main:
            continue
        if variant == REWIRED and (model, main, AS_IS) in samples:
            # A net's lift is over the same net without links, as trees find other things in own figures.
            base = CONTROL if model == NET and (CONTROL, main, AS_IS) in samples else OWN
            if (base, main, AS_IS) in samples:
                with_wiring, without = samples[model, main, AS_IS], sample
                yield Share(model, "placebo", base, _ratio(placebo_share, with_wiring, without,
                                                           samples[base, main, AS_IS]))  # fmt: skip
        if variant == AS_IS and own is not None and best is not None and model not in (OWN, TRUTH):
            yield Share(model, "recovered", OWN, _ratio(recovered_share, sample, own, best))


def _ratio(share: Callable[..., Numbers], *samples: Sample) -> Estimate:
    """A share and that of every draw."""
    value = float(share(*([sample.value[AUC]] for sample in samples))[0])
    return interval(value, share(*(sample.drawn[:, AUC] for sample in samples)))


def _reliabilities(
    plan: Plan, cells: Mapping[Place, list[Cell]], kept: Mapping[str, Outcome], judged: Mapping[str, Judged]
) -> Iterator[tuple[str, Reliability]]:
    for (model, split, variant), each in cells.items():
        first = each[0]
        if split == plan.main and variant == AS_IS and not kept[first.key].refused:
            yield model, reliability(judged[first.split].label, kept[first.key].probability)
