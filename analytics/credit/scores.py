"""Altman's family, Ohlson's and Zmijewski's scores, as published (`scores.toml`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, ndtr

from analytics.rules.reading import read_rows
from analytics.rules.rule import Among, Flaw, Norm
from graph.errors import InvalidQuestion, UnknownRule

Numbers = NDArray[np.float64]
ZONES = ("distress", "grey", "safe")


@dataclass(frozen=True, kw_only=True)
class Score(Norm):
    """A published score: a constant and weighted inputs."""

    inputs: tuple[str, ...]
    weights: tuple[float, ...]
    constant: float = 0.0
    higher: Annotated[str, Among(("safer", "riskier"))]
    link: Annotated[str, Among(("", "logit", "probit"))] = ""
    """Through what the score is a probability; none where its author gives none."""
    distress_below: float | None = None
    safe_above: float | None = None

    def flaws(self) -> Iterator[Flaw]:
        """What its fields may not be together."""
        yield from super().flaws()
        if len(self.inputs) != len(self.weights):
            yield Flaw("weights", f"are {len(self.weights)}, for {len(self.inputs)} inputs", "give one an input")


@cache
def published_scores() -> dict[str, Score]:
    r"""Read the published scores, by id.

    .. math:: id \mapsto (c, w_1, \dots, w_k)

    Parameters
    ----------
    none : what the package's file says

    Raises
    ------
    InvalidRule
        If the file says what cannot be; it is tested, so that only a changed one can.

    Source
    ------
    `scores.toml`, each with its citation.

    Example
    -------
    >>> published_scores()["ZMIJEWSKI"].inputs
    ('NITA', 'TLTA', 'CACL')
    """
    return read_rows(Score, "analytics.credit", "scores.toml")


def score(name: str, inputs: ArrayLike) -> Numbers:
    r"""Score borrowers by a published formula.

    .. math:: z_i = c + \sum_k w_k x_{ik}

    Parameters
    ----------
    name : str
        Id of `scores.toml`.
    inputs : (k,) or (n, k) array
        In the order of the score's inputs; NaN where missing, and so is the score then.

    Raises
    ------
    UnknownRule
        If no score has this id.
    InvalidQuestion
        If there are more inputs than the score has, or fewer.

    Source
    ------
    `scores.toml`; vectors SCR-01, SCR-03, SCR-17.

    Example
    -------
    >>> round(float(score("ALTMAN_Z_DOUBLE_PRIME", [0.2, 0.3, 0.15, 1.2])), 3)
    4.558
    """
    chosen, x = _named(name), np.asarray(inputs, np.float64)
    if x.ndim not in (1, 2) or x.shape[-1] != len(chosen.inputs):
        wanted = ", ".join(chosen.inputs)
        raise InvalidQuestion(f"has the inputs {wanted}, not {x.shape}", where=name, remedy="give one column an input")
    return np.asarray(chosen.constant + x @ np.array(chosen.weights))


def zone(name: str, value: ArrayLike) -> NDArray[np.str_]:
    r"""Name the zone of a score: distress, grey or safe; empty where the score is missing.

    .. math:: z < a: \text{distress}, \quad a \le z \le b: \text{grey}, \quad z > b: \text{safe}

    Parameters
    ----------
    name : str
        Id of `scores.toml`.
    value : array
        Scores.

    Raises
    ------
    UnknownRule
        If no score has this id.
    InvalidQuestion
        If its author names no zones.

    Source
    ------
    `scores.toml`; vector SCR-01.

    Example
    -------
    >>> zone("ALTMAN_Z", [1.8, 1.81, 3.0]).tolist()
    ['distress', 'grey', 'safe']
    """
    chosen, z = _named(name), np.asarray(value, np.float64)
    if chosen.distress_below is None or chosen.safe_above is None:
        raise InvalidQuestion("has no zones", where=name)
    found = np.where(z < chosen.distress_below, ZONES[0], np.where(z > chosen.safe_above, ZONES[2], ZONES[1]))
    return np.asarray(np.where(np.isnan(z), "", found))


def published_probability(name: str, value: ArrayLike) -> Numbers:
    r"""Take a score for the probability its author took it for.

    .. math:: p = \frac{1}{1 + e^{-z}} \text{ (logit)}, \qquad p = \Phi(z) \text{ (probit)}

    It is that of the author's sample, where failures were far more frequent than among all firms.

    Parameters
    ----------
    name : str
        Id of `scores.toml`.
    value : array
        Scores.

    Raises
    ------
    UnknownRule
        If no score has this id.
    InvalidQuestion
        If its author gives no link.

    Source
    ------
    `scores.toml`; vectors SCR-03, SCR-17.

    Example
    -------
    >>> round(float(published_probability("ZMIJEWSKI", -1.14825)), 6)
    0.125433
    """
    chosen, z = _named(name), np.asarray(value, np.float64)
    if not chosen.link:
        raise InvalidQuestion("is published without a probability", where=name, remedy="fit one on your own defaults")
    return np.asarray(expit(z) if chosen.link == "logit" else ndtr(z))


def _named(name: str) -> Score:
    if name not in published_scores():
        known = f"it is one of {', '.join(published_scores())}"
        raise UnknownRule("no published score of this id", where=name, remedy=known)
    return published_scores()[name]
