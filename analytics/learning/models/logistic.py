"""A line in log odds: plain log loss, some slopes held at 0 or above."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from analytics.learning.models.model import Numbers

ROUNDS: Final = 100
CLOSE: Final = 1e-10
"""Slope of the mean log loss at which it ends."""
FIRM: Final = 1e-9
"""Ridge, a row, that is always there: with it a line exists where one class lies beside the other."""


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

        Columns that never change have a slope of 0. By projected Newton steps (Bertsekas, "Projected Newton Methods
        for Optimization Problems with Simple Constraints", SIAM Journal on Control and Optimization 20, 1982).
        """
        x, y = np.asarray(columns, np.float64), np.asarray(label, np.float64)
        middle, scale = x.mean(axis=0), x.std(axis=0)
        moves = scale > 1e-12 * np.maximum(1.0, np.abs(middle))
        z = np.hstack([np.ones((len(x), 1)), np.where(moves, (x - middle) / np.where(moves, scale, 1.0), 0.0)])
        least = np.zeros(len(moves), np.bool_) if positive is None else positive
        weight = np.r_[0.0, np.full(len(moves), max(ridge, FIRM * len(y)))]
        constant, *found = _least(z, y, weight, np.where(np.r_[False, least], 0.0, -np.inf))
        slopes = np.where(moves, np.array(found) / np.where(moves, scale, 1.0), 0.0)
        return cls(float(constant - slopes @ middle), slopes)

    def log_odds(self, columns: ArrayLike) -> Numbers:
        """Of rows (r, k), shape (r,)."""
        return np.asarray(self.constant + np.asarray(columns, np.float64) @ self.slopes)


def _least(z: Numbers, y: Numbers, ridge: Numbers, low: Numbers) -> Numbers:
    """Where the loss is least, nothing below its low end."""
    at = np.zeros(z.shape[1])
    mean = np.clip(y.mean(), 1e-9, 1 - 1e-9)
    at[0] = np.log(mean / (1 - mean))
    cost = _cost(z, y, ridge, at)
    for _ in range(ROUNDS):
        p = expit(z @ at)
        slope = z.T @ (p - y) + ridge * at
        free = (at > low) | (slope < 0)
        if np.abs(slope[free]).max(initial=0.0) < CLOSE * len(y):
            break
        part = z[:, free]
        bend = (part * (p * (1 - p))[:, None]).T @ part + np.diag(ridge[free] + 1e-12 * len(y))
        step = np.zeros(len(at))
        step[free] = np.linalg.solve(bend, slope[free])
        at, cost, moved = _walked(z, y, ridge, low, (at, cost, step))
        if not moved:
            break
    return at


def _walked(
    z: Numbers, y: Numbers, ridge: Numbers, low: Numbers, stand: tuple[Numbers, float, Numbers]
) -> tuple[Numbers, float, bool]:
    """As far along a step as the loss falls: all of it, half, a quarter, …"""
    at, cost, step = stand
    for halving in range(40):
        there = np.maximum(at - step * 0.5**halving, low)
        less = _cost(z, y, ridge, there)
        if less < cost:
            return there, less, True
    return at, cost, False


def _cost(z: Numbers, y: Numbers, ridge: Numbers, at: Numbers) -> float:
    odds = z @ at
    return float(np.logaddexp(0.0, odds).sum() - y @ odds + (ridge * at) @ at / 2)
