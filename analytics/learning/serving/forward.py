"""A net's probabilities from its weights, in NumPy and SciPy: the same numbers as in training."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from analytics.learning.models.model import Numbers
from analytics.learning.serving.blueprint import Blueprint
from analytics.learning.serving.cascade import cascade
from analytics.learning.serving.hearing import Hearing
from analytics.learning.serving.inputs import Encoded
from analytics.learning.serving.rivals import attended, by_relation, sampled

EPSILON = 1e-5
"""Of layer normalisation."""


@dataclass(frozen=True)
class Net:
    """A trained net, weights by the names training gives them; matrices of a linear map are (out, in)."""

    blueprint: Blueprint
    weights: Mapping[str, Numbers]

    def probability(self, given: Encoded, hearing: Hearing) -> Numbers:
        """Of default of each party, shape (n,)."""
        return np.asarray(expit(self.log_odds(given, hearing)))

    def log_odds(self, given: Encoded, hearing: Hearing) -> Numbers:
        """Of default of each party, shape (n,)."""
        blueprint = self.blueprint
        state = self.encoded(given)
        base = float(self.weights["skip"][0]) * given.odds
        if blueprint.rounds:
            odds, felt = self.alone(base, state, given)
            base = cascade(odds, felt, hearing, self.weights, blueprint.rounds)
            if blueprint.kind == "none":
                return base
        for layer in range(blueprint.layers):
            state = self.after(f"layers.{layer}", state, self.heard(layer, state, hearing))
        return base + self.head("head", state)

    def encoded(self, given: Encoded) -> Numbers:
        """What each party is by itself, shape (n, hidden)."""
        tables = [self.weights[f"tables.{at}.weight"][code] for at, code in enumerate(given.codes.T)]
        bent = silu(linear(self.weights, "encoder", np.concatenate([given.figures, *tables], axis=1)))
        return self.normalised("first", bent)

    def alone(self, base: Numbers, state: Numbers, given: Encoded) -> tuple[Numbers, Numbers]:
        """Log odds of failing by itself, and how far public failures are still felt (NaN: none), (n,) each."""
        for layer in range(self.blueprint.layers):
            state = self.after(f"own.{layer}", state, linear(self.weights, f"own.{layer}.own", state))
        felt = np.where(given.public > 0, expit(self.head("loud", state)), np.nan)
        return base + self.head("own_head", state), felt

    def heard(self, layer: int, state: Numbers, hearing: Hearing) -> Numbers:
        """What a layer adds before it bends, shape (n, hidden)."""
        name, kind = f"layers.{layer}", self.blueprint.kind
        if kind == "r-gcn":
            return by_relation(self.weights, f"{name}.rival.mixed", state, hearing)
        if kind == "sage":
            return sampled(self.weights, f"{name}.rival.mixed", state, hearing)
        if kind == "hgt":
            return attended(self.weights, f"{name}.rival.mixed", state, hearing, self.blueprint)
        own = linear(self.weights, f"{name}.own", state)
        if kind == "none" or not hearing.weighted:
            return own
        send, receive = self.weights[f"{name}.heard.send"], self.weights[f"{name}.heard.receive"]
        for at, matrix in enumerate(hearing.weighted):
            part = slice(at * self.blueprint.message, (at + 1) * self.blueprint.message)
            own += (matrix @ (state @ send[:, part])) @ receive[part]
        return own

    def after(self, name: str, state: Numbers, added: Numbers) -> Numbers:
        """A residual step: what there was and what was added, bent, normalised."""
        return self.normalised(f"{name}.norm", state + silu(added))

    def normalised(self, name: str, state: Numbers) -> Numbers:
        """Each row to mean 0 and variance 1, then scaled and moved as learned."""
        centred = state - state.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", centred, centred)[:, None] / state.shape[1]
        centred /= np.sqrt(variance + centred.dtype.type(EPSILON))
        centred *= self.weights[f"{name}.weight"]
        centred += self.weights[f"{name}.bias"]
        return np.asarray(centred)

    def head(self, name: str, state: Numbers) -> Numbers:
        """One number a party, shape (n,)."""
        return linear(self.weights, name, state)[:, 0]


def linear(weights: Mapping[str, Numbers], name: str, state: Numbers) -> Numbers:
    r"""A linear map as training keeps it.

    .. math:: y = x W^\top + b

    Parameters
    ----------
    weights : arrays by name
        `NAME.weight` (out, in), `NAME.bias` (out,).
    name : str
    state : (n, in) array

    Raises
    ------
    KeyError
        If there are no such weights.

    Source
    ------
    A definition.

    Example
    -------
    >>> linear({"a.weight": np.array([[2.0]]), "a.bias": np.array([1.0])}, "a", np.array([[3.0]])).tolist()
    [[7.0]]
    """
    return np.asarray(state @ weights[f"{name}.weight"].T + weights[f"{name}.bias"])


def silu(x: Numbers) -> Numbers:
    r"""Bend numbers: near 0 far below 0, themselves far above.

    .. math:: \operatorname{silu}(x) = \frac{x}{1 + e^{-x}}

    Parameters
    ----------
    x : array

    Raises
    ------
    Nothing.

    Source
    ------
    Hendrycks & Gimpel, "Gaussian Error Linear Units", arXiv:1606.08415 (2016), §2.

    Example
    -------
    >>> silu(np.array([-50.0, 0.0, 50.0])).round(9).tolist()
    [-0.0, 0.0, 50.0]
    """
    gate = expit(x)
    gate *= x
    return np.asarray(gate)
