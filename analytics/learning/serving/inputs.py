"""How figures become what a net takes in: scaled, with flags for what is missing; learned from the rows that teach."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.learning.models.columns import Columns
from analytics.learning.models.model import Numbers
from analytics.learning.models.odds import TAKEN_IN, log_odds
from analytics.learning.panel import Feature, Panel, Part, Split
from graph.errors import InvalidModel

FAR: Final = 5.0
"""Scaled figures end here on both sides."""
NORMAL_QUARTILES: Final = 1.3489795
"""Distance of the quartiles of a standard normal."""
SCALES: Final = ("centre", "spread", "mean", "deviation")


@dataclass(frozen=True)
class Encoded:
    """n parties as a net takes them in."""

    figures: Numbers
    """Scaled figures, flags of what is missing, log odds of the first stage, whether publicly failed, whether within
    the last year, and whether a firm; shape (n, d)."""
    codes: NDArray[np.int64]
    """Row in the table of each category, the last one where not known; (n, c)."""
    odds: Numbers
    """Log odds of the first stage, as they are, shape (n,)."""
    public: Numbers
    """1 where publicly known to have failed, shape (n,)."""

    def single(self) -> "Encoded":
        """In single precision, as all parties are scored."""
        parts: list[Any] = [array.astype(np.float32) for array in (self.figures, self.odds, self.public)]
        return Encoded(parts[0], self.codes, parts[1], parts[2])

    def take(self, parties: NDArray[np.integer[Any]]) -> "Encoded":
        """Of some parties, in their order."""
        return Encoded(self.figures[parties], self.codes[parties], self.odds[parties], self.public[parties])


@dataclass(frozen=True)
class Inputs:
    r"""Scaling of k figures, :math:`z = (\operatorname{asinh}((x - c) / s) - m) / d` within ±5, 0 where missing.

    Centre and spread are the median and the quartiles' distance of the rows that teach; the bend lets a ratio with
    far outliers pass as one without.
    """

    columns: Columns
    scaling: Mapping[str, Numbers]
    """`centre`, `spread`, `mean`, `deviation`: one number a figure that is no code; last that of the log odds."""
    flagged: NDArray[np.bool_]
    """Figures that were missing in some row that teaches."""

    @classmethod
    def of(cls, panel: Panel, split: Split, odds: tuple[Numbers, ...], scopes: tuple[str, ...]) -> "Inputs":
        """Learned from the rows that teach; odds are log odds of the first stage, (n,) a wave."""
        columns = Columns(tuple(feature for feature in panel.features if feature.scope in scopes))
        places = [place for place, feature in zip(columns.places(panel), columns.features, strict=True)
                  if not feature.categories]  # fmt: skip
        rows = [wave.rows[split.rows(at, Part.TRAIN)] for at, wave in enumerate(panel.waves)]
        told = np.concatenate(
            [wave.values[some][:, places].astype(np.float64) for wave, some in zip(panel.waves, rows, strict=True)]
        )
        first = np.concatenate([of[some] for of, some in zip(odds, rows, strict=True)])
        return cls(columns, _scaling(np.column_stack([told, first])), np.isnan(told).any(axis=0))

    @property
    def numbers(self) -> tuple[Feature, ...]:
        """Figures that are numbers."""
        return tuple(feature for feature in self.columns.features if not feature.categories)

    @property
    def width(self) -> int:
        """How many numbers come out, without categories: d."""
        return len(self.flagged) + int(self.flagged.sum()) + 4

    @property
    def tables(self) -> tuple[int, ...]:
        """Rows of the table of each category, one more than it has values."""
        return tuple(len(feature.categories) + 1 for feature in self.columns.features if feature.categories)

    def encode(self, panel: Panel, at: int, first: Numbers, parties: NDArray[np.int64] | None = None) -> Encoded:
        """All parties of a wave, or some; `first` their first-stage probabilities. Raises InvalidModel."""
        wave, places = panel.waves[at], self.columns.places(panel)
        some = slice(None) if parties is None else parties
        coded = np.array([bool(feature.categories) for feature in self.columns.features], np.bool_)
        values = wave.values[some][:, places]
        flags = np.column_stack([wave.public[some], wave.lately[some], panel.firm[some]]).astype(np.float64)
        return self._scaled(
            values[:, ~coded].astype(np.float64), values[:, coded], log_odds(first, near=TAKEN_IN), flags
        )

    def _scaled(self, told: Numbers, codes: NDArray[np.float32], odds: Numbers, flags: Numbers) -> Encoded:
        """Figures (n, k) and codes (n, c) of parties, as they are stated."""
        centre, spread, mean, deviation = (self.scaling[name] for name in SCALES)
        z = (np.arcsinh((np.column_stack([told, odds]) - centre) / spread) - mean) / deviation
        missing = np.isnan(told)
        np.clip(z, -FAR, FAR, out=z)
        z[:, :-1][missing] = 0.0
        figures = np.column_stack([z[:, :-1], missing[:, self.flagged], z[:, -1], flags])
        return Encoded(figures, _rows(codes, self.tables), odds, flags[:, 0])

    def facts(self) -> dict[str, Any]:
        """As JSON says it."""
        scaling = {name: self.scaling[name].tolist() for name in SCALES}
        return {"features": self.columns.facts(), "scaling": scaling, "flagged": self.flagged.tolist()}

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Inputs":
        """As JSON said it. Raises InvalidModel."""
        columns = Columns.read(facts["features"])
        scaling = {name: np.asarray(facts["scaling"][name], np.float64) for name in SCALES}
        found = cls(columns, scaling, np.asarray(facts["flagged"], np.bool_))
        if any(len(scale) != len(found.numbers) + 1 for scale in scaling.values()):
            raise InvalidModel("has not one scaling a figure", where="scaling")
        return found


def _scaling(told: Numbers) -> dict[str, Numbers]:
    """Of columns with gaps; a column that says nothing, or always the same, comes out as 0."""
    silent = np.isnan(told).all(axis=0)
    known = np.where(silent, 0.0, told)
    low, centre, high = np.nanpercentile(known, [25, 50, 75], axis=0)
    spread = (high - low) / NORMAL_QUARTILES
    spread = np.where(spread > 0, spread, np.nanstd(known, axis=0))
    spread = np.where(spread > 0, spread, 1.0)
    bent = np.arcsinh((known - centre) / spread)
    deviation = np.nanstd(bent, axis=0)
    return {"centre": centre, "spread": spread, "mean": np.nanmean(bent, axis=0),
            "deviation": np.where(deviation > 0, deviation, 1.0)}  # fmt: skip


def _rows(codes: NDArray[np.float32], tables: tuple[int, ...]) -> NDArray[np.int64]:
    """What is no code of a category, or missing, is the last row of its table."""
    last = np.array(tables, np.int64) - 1
    known = (codes >= 0) & (codes < last)
    return np.where(known, np.nan_to_num(codes), last).astype(np.int64)
