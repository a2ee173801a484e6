"""Bring probabilities to how often it came true: a line in log odds, a beta curve, or steps where defaults are many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression
from scipy.special import expit, logit

from analytics.learning.judging.calibration import surprise
from analytics.learning.models.logistic import Line
from analytics.learning.models.model import Numbers
from analytics.learning.models.odds import SURE
from graph.errors import InvalidModel

Form = Literal["none", "platt", "beta", "isotonic"]
"""As they are; a line in log odds; a line in the logarithms of p and 1 - p; a rising curve of steps."""
FORMS: Final[tuple[Form, ...]] = get_args(Form)
SMOOTH: Final[tuple[Form, ...]] = ("none", "platt", "beta")
"""Forms that leave firms in the order in which they were."""
MANY: Final = 1000
"""Defaults over which steps may be chosen."""
FOLDS: Final = 5


@dataclass(frozen=True)
class Calibration:
    """A curve that never falls, from a probability to one that holds."""

    form: Form = "none"
    numbers: tuple[tuple[float, ...], ...] = ()
    """Constant and slopes; of steps their places, and how high they are."""

    @classmethod
    def fitted(cls, form: Form, probability: ArrayLike, label: ArrayLike) -> "Calibration":
        """By least log loss; steps by least squares (pool adjacent violators), never at 0 or 1."""
        p, y = np.asarray(probability, np.float64), np.asarray(label, np.float64)
        if form == "none":
            return cls(form)
        if form == "isotonic":
            order = np.argsort(p, kind="stable")
            edge = 0.5 / len(y)
            height = np.clip(isotonic_regression(y[order]).x, edge, 1 - edge)
            ends = np.flatnonzero(np.r_[True, np.diff(height) > 0] | np.r_[np.diff(height) > 0, True])
            return cls(form, (tuple(p[order][ends].tolist()), tuple(height[ends].tolist())))
        columns = _columns(form, p)
        line = Line.fitted(columns, y, positive=np.ones(columns.shape[1], np.bool_))
        return cls(form, ((line.constant, *line.slopes.tolist()),))

    @classmethod
    def chosen(
        cls, probability: ArrayLike, label: ArrayLike, party: ArrayLike, *, seed: int = 0, among: Sequence[Form] = FORMS
    ) -> "Calibration":
        """The simplest form whose log loss over parties left out, five folds of them, is not certainly above the least.

        Not certainly: by at most one standard error of the difference, rows of one party together (Breiman, Friedman,
        Olshen & Stone, "Classification and Regression Trees", 1984, §3.4.3). Where few defaults settle, a curve that
        wins by less is as likely to mend as to spoil.
        """
        p, y, of = np.asarray(probability, np.float64), np.asarray(label, np.int8), np.asarray(party)
        forms = [form for form in among if form != "isotonic" or y.sum() > MANY]
        _, number = np.unique(of, return_inverse=True)
        fold = np.random.default_rng(seed).permutation(int(number.max()) + 1)[number] % FOLDS
        losses = [surprise(y, _left_out(form, p, y, fold)) for form in forms]
        least = min(losses, key=lambda loss: float(loss.mean()))
        more = [np.bincount(number, loss - least) for loss in losses]
        near = [by.mean() <= by.std() / np.sqrt(max(len(by) - 1, 1)) for by in more]
        return cls.fitted(forms[near.index(True)], p, y)

    @property
    def rising(self) -> bool:
        """Whether it tells firms apart at all: not, where the rows it was fitted on give it no slope."""
        return self.form == "none" or any(number > 0 for row in self.numbers for number in row[1:])

    def __call__(self, probability: ArrayLike) -> Numbers:
        """What holds instead, same shape."""
        p = np.asarray(probability, np.float64)
        if self.form == "none":
            return p
        if self.form == "isotonic":
            places, heights = self.numbers
            return np.interp(p, places, heights)
        ((constant, *slopes),) = self.numbers
        return np.asarray(expit(Line(constant, np.array(slopes)).log_odds(_columns(self.form, p))))

    def facts(self) -> Mapping[str, Any]:
        """As JSON says it."""
        return {"form": self.form, "numbers": [list(row) for row in self.numbers]}

    @classmethod
    def kept(cls, facts: Mapping[str, Any]) -> "Calibration":
        """That of trees that were kept; those of before they were calibrated say as they did. Raises InvalidModel."""
        return cls.read(facts["calibration"]) if "calibration" in facts else cls()

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Calibration":
        """As JSON said it. Raises InvalidModel."""
        widths = {"none": (), "platt": (2,), "beta": (3,)}
        try:
            found = cls(facts["form"], tuple(tuple(float(number) for number in row) for row in facts["numbers"]))
        except (KeyError, TypeError, ValueError):
            raise InvalidModel("cannot be read", where="calibration") from None
        have = tuple(len(row) for row in found.numbers)
        rising = found.form == "isotonic" and len(have) == 2 and have[0] == have[1] > 0
        if not rising and widths.get(found.form) != have:
            raise InvalidModel(f"is none: {found.form} with {have} numbers", where="calibration")
        return found


def _columns(form: Form, p: Numbers) -> Numbers:
    safe = np.clip(p, SURE, 1 - SURE)
    if form == "platt":
        return np.asarray(logit(safe))[..., None]
    return np.stack([np.log(safe), -np.log1p(-safe)], axis=-1)


def _left_out(form: Form, p: Numbers, y: NDArray[np.int8], fold: NDArray[np.int64]) -> Numbers:
    found = p.copy()
    for number in range(FOLDS):
        out = fold == number
        if out.any() and len(np.unique(y[~out])) == 2:
            found[out] = Calibration.fitted(form, p[~out], y[~out])(p[out])
    return found
