"""Between what bounds a probability lies, by the firms that settled how high it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit
from scipy.stats import norm

from analytics.learning.models.logistic import Line
from analytics.learning.models.model import Numbers
from analytics.learning.models.odds import log_odds
from graph.errors import InvalidModel

LEVEL: Final = 0.9
RIDGE: Final = 1e-6


@dataclass(frozen=True)
class Band:
    """A line from log odds said to log odds found among the rows that settle, and how sure it is.

    The interval says how far few defaults leave open how high risk is at a score; not how the next year may differ, nor
    whether the model is of the right kind. Rows of one firm count as one (Cox, "Two further applications of a model
    for binary regression", Biometrika 45, 1958, 562; clusters by Liang & Zeger, "Longitudinal data analysis using
    generalized linear models", Biometrika 73, 1986, 13, eq. 6).
    """

    constant: float
    slope: float
    covariance: tuple[float, float, float]
    """Of the constant, of both, of the slope."""

    @classmethod
    def of(cls, probability: ArrayLike, label: ArrayLike, party: ArrayLike) -> "Band":
        """From the rows that settle, (r,) each."""
        odds, y = log_odds(probability), np.asarray(label, np.float64)
        line = Line.fitted(odds[:, None], y, ridge=RIDGE)
        p = np.asarray(expit(line.log_odds(odds[:, None])))
        x = np.column_stack([np.ones(len(odds)), odds])
        bread = np.linalg.pinv(x.T @ (x * (p * (1 - p))[:, None]))
        _, number = np.unique(np.asarray(party), return_inverse=True)
        pull = x * (y - p)[:, None]
        firm = np.column_stack([np.bincount(number, pull[:, at]) for at in (0, 1)])
        spread = bread @ (firm.T @ firm) @ bread
        return cls(line.constant, float(line.slopes[0]), (spread[0, 0], spread[0, 1], spread[1, 1]))

    def interval(self, probability: ArrayLike, *, level: float = LEVEL) -> tuple[Numbers, Numbers]:
        """Low and high of each probability, same shape; what is said always lies between."""
        odds = log_odds(probability)
        of_one, of_both, of_slope = self.covariance
        error = np.sqrt(np.maximum(of_one + 2 * of_both * odds + of_slope * odds**2, 0.0))
        middle, reach = self.constant + self.slope * odds, float(norm.ppf(0.5 + level / 2)) * error
        said = np.asarray(probability, np.float64)
        return np.minimum(said, expit(middle - reach)), np.maximum(said, expit(middle + reach))

    def facts(self) -> Mapping[str, Any]:
        """As JSON says it."""
        return {"constant": self.constant, "slope": self.slope, "covariance": [float(one) for one in self.covariance]}

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Band":
        """As JSON said it. Raises InvalidModel."""
        try:
            one, both, slope = (float(number) for number in facts["covariance"])
            return cls(float(facts["constant"]), float(facts["slope"]), (one, both, slope))
        except (KeyError, TypeError, ValueError):
            raise InvalidModel("cannot be read", where="interval") from None
