"""What can be told of a firm and what cannot, with a promise of how often that is right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.learning.models.model import Numbers
from graph.errors import InvalidModel, InvalidPanel

Verdict = Literal["sound", "defaults", "cannot tell", "unlike any"]
"""{0}, {1}, {0, 1} and {}: only that fits, neither can be left out, or nothing fits."""


@dataclass(frozen=True)
class Conformal:
    """How strange each class looked among rows that nothing was learned from; each class has its own promise.

    Of firms that default, and of those that do not, at most the part `miss` has a set of labels without the true one
    (Vovk, Gammerman & Shafer, "Algorithmic Learning in a Random World", 2005, §4.5: Mondrian predictors). Strange is a
    low probability for a default, a high one for none.

    The promise is of the mean over all draws of such rows and of a new firm that comes from where they came from. It
    does not hold of rows that stopped, joined or calibrated the model, which is why those that judge are taken: all
    that was asked of them before is whether the stack is kept or its trees. It is not of any one firm or industry, nor
    of a year unlike those of these rows; and where a firm has several rows, which hang together, sets of one run may
    miss by more, or less, than so many single firms would let expect.
    """

    sound: Numbers
    """Probabilities of rows that did not default, ascending."""
    defaults: Numbers
    """Probabilities of rows that did, ascending."""

    @classmethod
    def of(cls, probability: ArrayLike, label: ArrayLike) -> "Conformal":
        """From rows that taught and settled nothing. Raises InvalidPanel where these hold one class only."""
        p, y = np.asarray(probability, np.float64), np.asarray(label)
        if len(np.unique(y)) < 2:
            raise InvalidPanel("hold one class only", where="rows to tell by")
        return cls(np.sort(p[y == 0]), np.sort(p[y == 1]))

    def fits(self, probability: ArrayLike) -> Numbers:
        """How well each class fits (p-values), shape (n, 2): the part of its rows as strange or more and itself."""
        p = np.asarray(probability, np.float64)
        above = len(self.sound) - np.searchsorted(self.sound, p, side="left")
        below = np.searchsorted(self.defaults, p, side="right")
        return np.stack([(above + 1) / (len(self.sound) + 1), (below + 1) / (len(self.defaults) + 1)], axis=-1)

    def sets(self, probability: ArrayLike, *, miss: float = 0.1) -> NDArray[np.bool_]:
        """Whether each class stays in the set, shape (n, 2)."""
        return self.fits(probability) > miss

    def verdicts(self, probability: ArrayLike, *, miss: float = 0.1) -> list[Verdict]:
        """The same in words."""
        words: dict[tuple[bool, bool], Verdict] = {
            (True, False): "sound", (False, True): "defaults",
            (True, True): "cannot tell", (False, False): "unlike any",
        }  # fmt: skip
        return [words[bool(none), bool(default)] for none, default in self.sets(probability, miss=miss)]

    def facts(self) -> Mapping[str, Any]:
        """As JSON says it."""
        return {"sound": self.sound.tolist(), "defaults": self.defaults.tolist()}

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Conformal":
        """As JSON said it. Raises InvalidModel."""
        try:
            sound, defaults = (np.array(facts[name], np.float64) for name in ("sound", "defaults"))
        except (KeyError, TypeError, ValueError):
            raise InvalidModel("cannot be read", where="conformal sets") from None
        if any(held.ndim != 1 or not len(held) or (np.diff(held) < 0).any() for held in (sound, defaults)):
            raise InvalidModel("are not in order", where="conformal sets")
        return cls(sound, defaults)
