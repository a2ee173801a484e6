"""How defaults travel, learned in few numbers: a hazard for each channel, added where a neighbour fails or may fail."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from analytics.learning.models.model import Numbers
from graph.errors import InvalidModel

ROUNDS: Final = 3
TINY: Final = 1e-12
RIDGE: Final = 1e-4
"""On hazards of standardised columns, a row: they exist where nothing travels."""


@dataclass(frozen=True)
class Round:
    r"""One round of hearing.

    .. math:: p_i = 1 - \bigl(1 - \sigma(a + b\,\operatorname{logit} q_i)\bigr)\, e^{-\sum_c \lambda_c h_{ic}}

    with q of the first stage and h what is heard over each channel of those that have failed or may fail: hazards of
    at least 0, so that what is heard never lowers a probability, and a channel that carries nothing has none.
    """

    constant: float
    slope: float
    hazards: Numbers
    """λ of each column of what is heard, shape (k,)."""

    def hazard(self, heard: Numbers) -> Numbers:
        """Of what is heard (n, k), shape (n,)."""
        return np.asarray(heard @ self.hazards)

    def probability(self, odds: Numbers, heard: Numbers) -> Numbers:
        """From log odds of the first stage (n,) and what is heard (n, k), shape (n,)."""
        stays = -np.logaddexp(0.0, self.constant + self.slope * odds)
        return np.asarray(-np.expm1(stays - self.hazard(heard)))

    @classmethod
    def fitted(cls, odds: Numbers, heard: Numbers, label: NDArray[np.int8], *, near: "Round | None" = None) -> "Round":
        """By greatest likelihood over rows; starting near another round is faster and finds the same."""
        scale = np.maximum(heard.std(axis=0), TINY)
        moves = heard.std(axis=0) > TINY
        h = np.where(moves, heard / scale, 0.0)
        yes = label == 1

        def cost(at: Numbers) -> tuple[float, Numbers]:
            u, hazards = at[0] + at[1] * odds, at[2:]
            z = np.minimum(-np.logaddexp(0.0, u) - h @ hazards, -TINY)
            p = -np.expm1(z)
            loss = -np.where(yes, np.log(p), z).mean() + RIDGE / 2 * float(hazards @ hazards)
            by = -np.where(yes, -(1 - p) / p, 1.0) / len(label)  # slope of the loss by z
            by_u = by * -expit(u)
            slopes = np.concatenate([[by_u.sum(), by_u @ odds], -(h.T @ by) + RIDGE * hazards])
            return float(loss), slopes

        hazards = np.full(heard.shape[1], 0.1) if near is None else near.hazards * scale
        begin = (0.0, 1.0) if near is None else (near.constant, near.slope)
        start = np.concatenate([begin, hazards])
        bounds = [(None, None), (0.0, None), *([(0.0, None)] * heard.shape[1])]
        found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds,
                         options={"maxiter": 500, "ftol": 1e-11, "gtol": 1e-7}).x  # fmt: skip
        return cls(float(found[0]), float(found[1]), np.where(moves, found[2:] / scale, 0.0))


Heard = Callable[[Sequence[Numbers]], Sequence[Numbers]]
"""What each wave's parties hear, (n, k) a wave, where probabilities are these, (n,) a wave."""


@dataclass(frozen=True)
class Propagation:
    """Rounds of hearing: in each, neighbours are as likely to fail as the round before said."""

    rounds: tuple[Round, ...]

    @classmethod
    def fitted(
        cls,
        odds: Sequence[Numbers],
        heard: Heard,
        pick: Callable[[Sequence[Numbers]], Numbers],
        label: NDArray[np.int8],
    ) -> "Propagation":
        """From log odds of the first stage, (n,) a wave; `pick` takes the rows that teach out of what waves hold."""
        rounds: list[Round] = []
        said = [np.asarray(expit(wave)) for wave in odds]
        for _ in range(ROUNDS):
            told = heard(said)
            found = Round.fitted(pick(odds), pick(told), label, near=rounds[-1] if rounds else None)
            said = [found.probability(own, of) for own, of in zip(odds, told, strict=True)]
            rounds.append(found)
        return cls(tuple(rounds))

    def facts(self) -> list[Mapping[str, Any]]:
        """As JSON says it."""
        return [{"constant": one.constant, "slope": one.slope, "hazards": one.hazards.tolist()} for one in self.rounds]

    @classmethod
    def read(cls, facts: Sequence[Mapping[str, Any]], width: int) -> "Propagation":
        """As JSON said it, over so many columns. Raises InvalidModel."""
        try:
            rounds = tuple(
                Round(float(one["constant"]), float(one["slope"]), np.array(one["hazards"], np.float64))
                for one in facts
            )
        except (KeyError, TypeError, ValueError):
            raise InvalidModel("cannot be read", where="rounds of propagation") from None
        if len(rounds) != ROUNDS or any(one.hazards.shape != (width,) for one in rounds):
            raise InvalidModel(f"are not {ROUNDS} over {width} columns", where="rounds of propagation")
        return cls(rounds)
