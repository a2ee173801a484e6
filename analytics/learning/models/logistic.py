"""A line in log odds: plain log loss, some slopes held at 0 or above."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit

from analytics.learning.models.model import Numbers


@dataclass(frozen=True)
class Line:
    """Log odds as a constant and a slope for each column."""

    constant: float
    slopes: Numbers
    """Shape (k,)."""

    @classmethod
    def fitted(
        cls, columns: ArrayLike, label: ArrayLike, *, ridge: float = 0.0, positive: NDArray[np.bool_] | None = None
    ) -> "Line":
        """Least log loss over rows (r, k), plus half the ridge times the squares of slopes of standardised columns.

        Columns that never change have a slope of 0.
        """
        x, y = np.asarray(columns, np.float64), np.asarray(label, np.float64)
        middle, scale = x.mean(axis=0), x.std(axis=0)
        moves = scale > 1e-12 * np.maximum(1.0, np.abs(middle))
        z = np.where(moves, (x - middle) / np.where(moves, scale, 1.0), 0.0)
        least = np.zeros(len(moves), np.bool_) if positive is None else positive
        bounds = [(None, None), *((0.0 if low else None, None if free else 0.0) for low, free in zip(least, moves))]

        def cost(at: Numbers) -> tuple[float, Numbers]:
            odds = at[0] + z @ at[1:]
            off = expit(odds) - y
            loss = np.logaddexp(0.0, odds).sum() - y @ odds + ridge / 2 * (at[1:] @ at[1:])
            return float(loss), np.concatenate([[off.sum()], z.T @ off + ridge * at[1:]])

        share = np.clip(y.mean(), 1e-9, 1 - 1e-9)
        start = np.concatenate([[np.log(share / (1 - share))], np.zeros(x.shape[1])])
        found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds,
                         options={"maxiter": 500, "ftol": 1e-14, "gtol": 1e-9 * len(y)}).x  # fmt: skip
        slopes = np.where(moves, found[1:] / np.where(moves, scale, 1.0), 0.0)
        return cls(float(found[0] - slopes @ middle), slopes)

    def log_odds(self, columns: ArrayLike) -> Numbers:
        """Of rows (r, k), shape (r,)."""
        return np.asarray(self.constant + np.asarray(columns, np.float64) @ self.slopes)
