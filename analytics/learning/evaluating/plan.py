"""Which cells a table needs."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from analytics.learning.evaluating.cell import AS_IS, REWIRED, WITHOUT, Cell
from analytics.learning.evaluating.communities import Folds
from analytics.learning.judging.bootstrap import Draws
from analytics.learning.models.model import Model
from analytics.learning.panel import Panel, Part, Split
from graph.errors import InvalidPanel

OWN: Final = "lightgbm"
"""Trees on own figures: what all else is held against."""
DEGREES: Final = "lightgbm-degrees"
TREES: Final = "lightgbm-graph"
"""Trees with what is made of neighbours."""
STACK: Final = "stack"
NET: Final = "gnn"
CONTROL: Final = "mlp"
"""The same net without links."""
NETS: Final = (CONTROL, NET, "r-gcn", "sage", "hgt", STACK)
"""Models that hang on their seed: several are learned."""
BY_COMMUNITY: Final = ("scorecard", OWN, DEGREES, TREES, CONTROL, NET, STACK)
REFUTED: Final = (TREES, NET, STACK)
"""Models that are learned once more on rewired panels."""
ABLATED: Final = (TREES, NET)
FIRST_LOOK: Final = ("scorecard", OWN, DEGREES, TREES, CONTROL, NET, STACK)
TIME: Final = "time"
GIVEN: Final = "given"
COMMUNITY: Final = "community"
FEWEST_WAVES: Final = 3
By = Split | Literal["", "community"]
"""The split that is judged first: one that was made, by community, or whichever the panel allows."""


@dataclass(frozen=True)
class Plan:
    """A table to be made: a panel, its splits, models, and the cells of all of them."""

    panel: Panel
    models: Mapping[str, Model]
    splits: Mapping[str, Split]
    folds: Folds | None
    main: str
    """The split by which is judged first: by time, as given, or by community."""
    cells: tuple[Cell, ...]
    times: int
    """Draws of every interval."""
    quick: bool

    @classmethod
    def whole(cls, panel: Panel, models: Mapping[str, Model], *, by: By = "", seeds: int = 5, folds: int = 5,
              times: int = 1000, program: str = "") -> "Plan":  # fmt: skip
        """Everything: all models and seeds, communities, rewired panels, relations left out.

        `program` names the edition of the program: cells of another are learned again. Models are told apart by their
        `repr`, which must say all that they hang on.
        """
        parted = Parted.of(panel, folds, by)
        main, splits = parted.main, parted.splits
        wanted = [*_cells(main, splits, models, seeds)]
        if main != COMMUNITY and parted.folds is not None:
            wanted += _cells(COMMUNITY, splits, [name for name in models if name in BY_COMMUNITY], 1)
        refuted, ablated = ([name for name in models if name in some] for some in (REFUTED, ABLATED))
        if panel.relations:
            wanted += _cells(main, splits, refuted, max(1, min(3, seeds)), REWIRED)
            for relation in panel.relations if len(panel.relations) > 1 else ():
                wanted += _cells(main, splits, ablated, 1, WITHOUT + relation)
        return cls._of(panel, models, parted, wanted, times, program=program, quick=False)

    @classmethod
    def first_look(cls, panel: Panel, models: Mapping[str, Model], *, by: By = "", folds: int = 5, times: int = 200,
                   program: str = "") -> "Plan":  # fmt: skip
        """Few models, one seed, one rewired panel, no relation left out, communities only where nothing else parts."""
        parted = Parted.of(panel, folds, by)
        few = {name: model for name, model in models.items() if name in FIRST_LOOK}
        wanted = [*_cells(parted.main, parted.splits, few, 1)]
        if panel.relations:
            wanted += _cells(parted.main, parted.splits, [name for name in few if name in (TREES, NET)], 1, REWIRED)
        return cls._of(panel, few, parted, wanted, times, program=program, quick=True)

    @classmethod
    def one_split(cls, panel: Panel, models: Mapping[str, Model], split: Split, *, refuted: Sequence[str] = (),
                  seed: int = 0, times: int = 1000, program: str = "") -> "Plan":  # fmt: skip
        """One seed of each model in one split, and of some on a rewired panel: as a model is judged that was trained.

        Raises InvalidPanel where a part of the split has no rows, or one class only.
        """
        parted = Parted({split.name: split.check(panel)}, split.name, None)
        wanted = [Cell(name, split.name, AS_IS, seed) for name in models]
        if panel.relations:
            wanted += [Cell(name, split.name, REWIRED, seed) for name in models if name in refuted]
        return cls._of(panel, models, parted, wanted, times, program=program, quick=False)

    @classmethod
    def _of(cls, panel: Panel, models: Mapping[str, Model], parted: "Parted", wanted: Sequence[Cell], times: int,
            *, program: str, quick: bool) -> "Plan":  # fmt: skip
        main, splits = parted.main, parted.splits
        named = tuple(_named(cell, panel, models[cell.model], splits[cell.split], program) for cell in wanted)
        # Learned together: what hangs on the panel alone, such as first stages, is then at hand.
        order = sorted(named, key=lambda cell: (cell.split != main, cell.split, cell.variant, cell.seed))
        return cls(panel, models, splits, parted.folds, main, tuple(order), times, quick)

    def family(self, split: str) -> str:
        """The kind of a split: all folds of communities are one."""
        return COMMUNITY if split.startswith(COMMUNITY) else split

    def judged(self, split: str) -> "Judged":
        """Labels and parties of the rows that judge, with draws of their parties that are the same for all models."""
        return Judged.of(self.panel, self.splits[split], self.times)


@dataclass(frozen=True)
class Judged:
    """The rows that judge in one split."""

    label: NDArray[np.int8]
    party: NDArray[np.int32]
    wave: NDArray[np.int64]
    draws: Draws

    @classmethod
    def of(cls, panel: Panel, split: Split, times: int) -> "Judged":
        """Wave after wave. Raises InvalidPanel where none is there or one class only."""
        split.check(panel, Part.TEST)
        rows = [split.rows(at, Part.TEST) for at in range(len(panel.waves))]
        party = np.concatenate([wave.rows[chosen] for wave, chosen in zip(panel.waves, rows, strict=True)])
        seed = int.from_bytes(hashlib.sha256(split.digest.encode()).digest()[:4], "little")
        at = np.repeat(np.arange(len(rows)), [len(chosen) for chosen in rows])
        return cls(split.labels(panel, Part.TEST), party, at, Draws.of(party, seed=seed, times=times))


@dataclass(frozen=True)
class Parted:
    """The ways in which a panel's rows are split."""

    splits: Mapping[str, Split]
    main: str
    folds: Folds | None

    @classmethod
    def of(cls, panel: Panel, folds: int, by: By = "") -> "Parted":
        """As asked; else as given, else by time where there are years enough; and by community.

        Raises InvalidPanel where no way is left: by community each fold needs both classes.
        """
        found: dict[str, Split] = {}
        if isinstance(by, Split):
            found[by.name] = by.check(panel)
        elif not by and panel.given is not None:
            found[GIVEN] = Split.as_given(panel).check(panel)
        elif not by and panel.dated:
            found |= {split.name: split.check(panel) for split in _by_time(panel)}
        main = next(iter(found), COMMUNITY)
        try:
            parted = Folds.of(panel, count=folds)
            by_fold = {split.name: split.check(panel) for split in parted.splits(panel)}
        except InvalidPanel:
            if main == COMMUNITY:
                raise
            return cls(found, main, None)
        return cls(found | by_fold, main, parted)


def _by_time(panel: Panel) -> Iterator[Split]:
    """By time, if there are years enough for it."""
    labelled = sum(bool((wave.label >= 0).any()) for wave in panel.waves)
    try:
        yield Split.by_time(panel, test=2 if labelled > FEWEST_WAVES else 1)
    except InvalidPanel:
        return


def _cells(family: str, splits: Mapping[str, Split], models: Sequence[str] | Mapping[str, Model], seeds: int,
           variant: str = AS_IS) -> Iterator[Cell]:  # fmt: skip
    for split in splits:
        if split != family and not (family == COMMUNITY and split.startswith(COMMUNITY)):
            continue
        for model in models:
            for seed in range(seeds if model in NETS else 1):
                yield Cell(model, split, variant, seed)


def _named(cell: Cell, panel: Panel, model: Model, split: Split, program: str) -> Cell:
    said = (panel.digest, split.digest, cell.variant, str(cell.seed), cell.model, repr(model), program)
    key = hashlib.sha256("\0".join(said).encode()).hexdigest()[:32]
    return Cell(cell.model, cell.split, cell.variant, cell.seed, key)
