"""Trees that LightGBM grows on plain log loss, kept as text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import lightgbm
import numpy as np
from scipy.special import expit

from analytics.learning.models.columns import Columns, Figures, Rows
from analytics.learning.models.keeping import Kept
from analytics.learning.models.model import Files, Numbers, Watch
from graph.errors import InvalidModel

TEXT: Final = "trees.txt"
NAME: Final = "trees"
ALL: Final = 0
"""Threads, as LightGBM says all; each row is worked out by one of them, so that nothing hangs on how many there are."""
MANY: Final = 20_000
"""Rows from which all threads are worth their start."""


@dataclass(frozen=True)
class Growth:
    """How trees are grown; one thread, so that every machine of a kind grows the same."""

    rounds: int = 1000
    patience: int = 40
    """Rounds without gain on the rows that settle after which it ends."""
    rate: float = 0.06
    leaves: int = 15
    least: int = 40
    """Rows in a leaf."""
    ridge: float = 5.0
    columns: float = 0.7
    """Part of the columns each tree may use."""
    rows: float = 0.8
    """Part of the rows each tree is grown on."""

    def parameters(self, columns: Columns, seed: int) -> dict[str, Any]:
        """As LightGBM calls them."""
        return {
            "objective": "binary", "metric": "binary_logloss", "learning_rate": self.rate, "num_leaves": self.leaves,
            "min_data_in_leaf": self.least, "lambda_l2": self.ridge, "feature_fraction": self.columns,
            "bagging_fraction": self.rows, "bagging_freq": 1, "monotone_constraints": columns.directions,
            "monotone_constraints_method": "intermediate", "deterministic": True, "force_row_wise": True,
            "num_threads": 1, "seed": seed, "verbosity": -1, "feature_pre_filter": False,
        }  # fmt: skip


@dataclass(frozen=True)
class Tree:
    """Trees that say the log odds of default from some figures; missing ones are a value of their own."""

    columns: Columns
    text: str
    """As LightGBM writes it."""

    @classmethod
    def grown(
        cls, columns: Columns, teach: Rows, settle: Rows, *, seed: int, watch: Watch, growth: Growth | None = None
    ) -> "Tree":
        """Grow on the rows that teach until those that settle say to stop."""
        how = growth or Growth()
        parameters = how.parameters(columns, seed)
        held = lightgbm.Dataset(
            teach.values, teach.label, feature_name=_names(columns), categorical_feature=columns.codes,
            params=parameters, free_raw_data=True,
        )  # fmt: skip
        found = lightgbm.train(
            parameters, held, how.rounds, valid_sets=[held.create_valid(settle.values, settle.label)],
            callbacks=[lightgbm.early_stopping(how.patience, verbose=False), _told(watch, how.rounds)],
        )  # fmt: skip
        return cls(columns, found.model_to_string(num_iteration=found.best_iteration))

    @cached_property
    def _trees(self) -> lightgbm.Booster:
        return lightgbm.Booster(model_str=self.text)

    def log_odds(self, values: Figures) -> Numbers:
        """Of rows of figures (r, k), shape (r,)."""
        threads = ALL if len(values) >= MANY else 1
        return np.asarray(self._trees.predict(values, raw_score=True, num_threads=threads), np.float64)

    def probability(self, values: Figures) -> Numbers:
        """Of default, of rows of figures (r, k), shape (r,)."""
        return np.asarray(expit(self.log_odds(values)))

    def contributions(self, values: Figures) -> Numbers:
        """What each figure adds to the log odds, and last what all start from: Shapley values, shape (r, k + 1)."""
        return np.asarray(self._trees.predict(values, pred_contrib=True, num_threads=1), np.float64)

    def save(self) -> Files:
        """Text and the schema of its columns."""
        return Kept(NAME, {"features": self.columns.facts()}, {TEXT: self.text.encode()}).files()

    @classmethod
    def load(cls, files: Files) -> "Tree":
        """What was saved. Raises InvalidModel."""
        kept = Kept.read(files, NAME)
        found = cls(Columns.read(_features(kept.facts)), kept.contents[TEXT].decode())
        try:
            width = found._trees.num_feature()
        except lightgbm.basic.LightGBMError:
            raise InvalidModel("cannot be read as trees", where=TEXT) from None
        if width != len(found.columns.features):
            raise InvalidModel(f"reads {width} figures, not {len(found.columns.features)}", where=TEXT)
        return found


def _features(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = facts.get("features")
    if not isinstance(found, list):
        raise InvalidModel("says no features", where="features")
    return found


def _names(columns: Columns) -> list[str]:
    """Names LightGBM can write; numbers where some cannot be written."""
    if all(re.fullmatch(r"[A-Za-z0-9_.]+", name) for name in columns.names):
        return list(columns.names)
    return [f"column_{at}" for at in range(len(columns.names))]


def _told(watch: Watch, rounds: int) -> Any:
    """What tells how many trees are grown."""

    def tell(stand: Any) -> None:
        if stand.iteration % 20 == 0:
            watch(stand.iteration / rounds, f"tree {stand.iteration}")

    return tell
