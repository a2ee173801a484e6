"""Which rows teach, which settle and which judge."""

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.learning.panel.horizon import ends
from analytics.learning.panel.panel import Panel
from analytics.learning.panel.wave import UNKNOWN_YET
from graph.errors import InvalidPanel


class Part(IntEnum):
    """What a row is for."""

    NONE = -1
    TRAIN = 0
    """Models learn from it."""
    VALIDATE = 1
    """Training stops by it; stacking and calibration are fitted on it."""
    TEST = 2
    """Seen by nobody before it judges."""


@dataclass(frozen=True)
class Split:
    """One part for every row of every wave; rows whose label is not known have none."""

    name: str
    parts: tuple[NDArray[np.int8], ...]

    def rows(self, wave: int, part: Part) -> NDArray[np.intp]:
        """Positions among a wave's rows."""
        return np.flatnonzero(self.parts[wave] == part)

    def labels(self, panel: Panel, part: Part) -> NDArray[np.int8]:
        """Labels of all rows of a part, wave after wave."""
        found = [wave.label[self.rows(at, part)] for at, wave in enumerate(panel.waves)]
        return np.concatenate(found) if found else np.empty(0, np.int8)

    def pick(self, panel: Panel, part: Part, values: "tuple[NDArray[np.float64], ...]") -> NDArray[np.float64]:
        """Of values of every party, (n,) a wave, those of all rows of a part, wave after wave."""
        return np.concatenate([values[at][wave.rows[self.rows(at, part)]] for at, wave in enumerate(panel.waves)])

    def check(self, panel: Panel, *parts: Part) -> "Split":
        """Itself. Raises InvalidPanel where a part has no rows, or one class only; of all parts where none is named."""
        for part in parts or (Part.TRAIN, Part.VALIDATE, Part.TEST):
            label = self.labels(panel, part)
            if not len(label):
                raise InvalidPanel(f"no rows to {part.name.lower()}", where=f"split {self.name}")
            if len(np.unique(label)) < 2:
                only = "defaults" if label[0] else "rows without default"
                raise InvalidPanel(
                    f"the {len(label)} rows to {part.name.lower()} hold {only} only", where=f"split {self.name}",
                    remedy="take more years, more firms or a wider definition of default",
                )  # fmt: skip
        return self

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all it holds."""
        return hashlib.sha256(self.name.encode() + b"\0".join(part.tobytes() for part in self.parts)).hexdigest()

    @classmethod
    def by_time(cls, panel: Panel, *, validate: int = 1, test: int = 2) -> "Split":
        """The last waves with known labels judge, those before settle, all earlier ones teach.

        Waves whose horizon reaches past the first day that settles do not teach, nor do those settle whose horizon
        reaches past the first that judges: their labels would tell what is to be foretold. Raises InvalidPanel.
        """
        if validate < 1 or test < 1:
            raise InvalidPanel(f"{validate} waves to settle and {test} to judge", where="split",
                               remedy="give one of each or more")  # fmt: skip
        labelled = [at for at, wave in enumerate(panel.waves) if (wave.label != UNKNOWN_YET).any()]
        judges = labelled[-test:]
        settles = _over(panel, labelled[:-test], judges)[-validate:]
        teaches = _over(panel, [at for at in labelled if settles and at < settles[0]], settles)
        if len(judges) < test or len(settles) < validate or not teaches:
            raise InvalidPanel(
                f"{len(labelled)} waves have labels that look {panel.horizon} months ahead, too few to learn from, "
                f"settle by {validate} and judge by {test} apart in time", where="split",
                remedy="take more years, or split as given; an evaluation also by community",
            )  # fmt: skip
        part = dict.fromkeys(teaches, Part.TRAIN) | dict.fromkeys(settles, Part.VALIDATE)
        part |= dict.fromkeys(judges, Part.TEST)
        return cls("time", tuple(_known(wave.label, part.get(at, Part.NONE)) for at, wave in enumerate(panel.waves)))

    @classmethod
    def by_folds(cls, panel: Panel, fold: ArrayLike, *, test: int, validate: int, name: str) -> "Split":
        """One fold of parties judges and one settles, the others teach; `fold` has one number for every party, (n,)."""
        of = np.asarray(fold)
        part = np.full(panel.size, Part.TRAIN, np.int8)
        part[of == validate], part[of == test] = Part.VALIDATE, Part.TEST
        return cls(name, tuple(np.where(w.label == UNKNOWN_YET, Part.NONE, part[w.rows]) for w in panel.waves))

    @classmethod
    def as_given(cls, panel: Panel) -> "Split":
        """The split that came with the data. Raises InvalidPanel where none did."""
        if panel.given is None:
            raise InvalidPanel("the data came without a split", where="split", remedy="split by time or by community")
        parts = zip(panel.waves, panel.given, strict=True)
        return cls(
            "given", tuple(np.where(w.label == UNKNOWN_YET, Part.NONE, part).astype(np.int8) for w, part in parts)
        )


def _known(label: NDArray[np.int8], part: Part) -> NDArray[np.int8]:
    return np.where(label == UNKNOWN_YET, Part.NONE, part).astype(np.int8)


def _over(panel: Panel, waves: list[int], later: list[int]) -> list[int]:
    """Those whose horizon ends no later than the first of some later waves begins."""
    first = panel.waves[later[0]].day if later else None
    return [at for at in waves if (day := panel.waves[at].day) and first and ends(day, panel.horizon) <= first]
