"""How a net's log odds for one party move with the weight of every link, by hand: the live view of reasons."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analytics.learning.models.model import Numbers
from analytics.learning.serving.forward import EPSILON, Net, silu
from analytics.learning.serving.hearing import Hearing
from analytics.learning.serving.inputs import Encoded

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Slopes:
    """Of the log odds of one party."""

    log_odds: float
    pairs: tuple[Numbers, ...]
    """With the weight of each pair of a channel's matrix, in the order of its data; one a channel."""


def slopes(net: Net, given: Encoded, hearing: Hearing, place: int) -> Slopes:
    r"""Differentiate the log odds of one party by the weight of every link around it.

    .. math::
        \frac{\partial \ell_i}{\partial w_e} = \sum_l \big\langle (\partial \ell_i / \partial a^l_r)\, U_c^\top,
        x^{l-1}_s V_c \big\rangle, \qquad e: s \to r \text{ of channel } c

    with :math:`a^l` what layer l adds before it bends, found backwards through the layers; where the net holds a
    cascade, what its rounds add.

    Parameters
    ----------
    net : Net
        Of exposure-weighted sums, or without links but with a cascade.
    given : Encoded, n parties
    hearing : Hearing
        Among them.
    place : int
        Of the party asked about.

    Raises
    ------
    Nothing.

    Source
    ------
    The chain rule; held against automatic differentiation.

    Example
    -------
    >>> from analytics.learning.explaining.example import scene
    >>> at = scene()
    >>> net, channels = at.nets[0], at.nets[0].blueprint.channels
    >>> found = slopes(net, at.given, at.vicinity.hearing(channels, plain=False), at.vicinity.place)
    >>> round(float(expit(found.log_odds)), 4), round(float(found.pairs[1][0]), 3)
    (0.25, 0.924)
    """
    blueprint = net.blueprint
    found = [np.zeros(matrix.nnz) for matrix in hearing.weighted]
    state = net.encoded(given)
    base, told = float(net.weights["skip"][0]) * given.odds, 0.0
    if blueprint.rounds:
        told = _through_cascade(net, net.alone(base, state, given), hearing, place, found)
    else:
        told = float(base[place])
    if blueprint.kind == "sum":
        told += _through_layers(net, state, hearing, place, found)
    return Slopes(told, tuple(found))


def _through_layers(net: Net, state: Numbers, hearing: Hearing, place: int, found: list[Numbers]) -> float:
    """What the layers add to the log odds; their slopes are added to those found."""
    states, adds = [state], []
    for layer in range(net.blueprint.layers):
        adds.append(net.heard(layer, states[-1], hearing))
        states.append(net.after(f"layers.{layer}", states[-1], adds[-1]))
    above = np.zeros_like(state)
    above[place] = net.weights["head.weight"][0]
    for layer in reversed(range(net.blueprint.layers)):
        above = _through_layer(net, layer, (states[layer], adds[layer]), above, hearing, found)
    return float(net.head("head", states[-1][[place]])[0])


def _through_layer(
    net: Net, layer: int, before: tuple[Numbers, Numbers], above: Numbers, hearing: Hearing, found: list[Numbers]
) -> Numbers:
    name, wide, weights = f"layers.{layer}", net.blueprint.message, net.weights
    state, added = before
    bent = _through_norm(state + silu(added), weights[f"{name}.norm.weight"], above)
    gate = expit(added)
    pull = bent * gate * (1 + added * (1 - gate))
    below = bent + pull @ weights[f"{name}.own.weight"]
    send, receive = weights[f"{name}.heard.send"], weights[f"{name}.heard.receive"]
    sent, asked = state @ send, pull @ receive.T
    told = np.zeros_like(sent)
    for channel, matrix in enumerate(hearing.weighted):
        part = slice(channel * wide, (channel + 1) * wide)
        hears = np.repeat(np.arange(hearing.size), np.diff(matrix.indptr))
        found[channel] += np.einsum("ij,ij->i", asked[hears, part], sent[matrix.indices, part])
        told[:, part] = matrix.T @ asked[:, part]
    return np.asarray(below + told @ send.T)


def _through_norm(state: Numbers, scale: Numbers, above: Numbers) -> Numbers:
    """Slope of a layer normalisation, from what stands above it to what went in."""
    centred = state - state.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPSILON)
    unit, pull = centred / spread, above * scale
    mean, along = pull.mean(axis=1, keepdims=True), (pull * unit).mean(axis=1, keepdims=True)
    return np.asarray((pull - mean - unit * along) / spread)


def _through_cascade(
    net: Net, alone: tuple[Numbers, Numbers], hearing: Hearing, place: int, found: list[Numbers]
) -> float:
    """Log odds after the rounds; their slopes are added to those found."""
    odds, felt = alone
    flat, known = hearing.flat, ~np.isnan(felt)
    lost = known[flat.heard]
    strength = np.where(lost, *(np.exp(net.weights[f"cascade.{name}"])[flat.channel]
                                for name in ("public", "hidden")))  # fmt: skip
    hits = -np.expm1(-strength * flat.weight)
    by_itself, fails = np.logaddexp(0.0, odds), [np.where(known, felt, expit(odds))]
    hazards = []
    for _ in range(net.blueprint.rounds):
        survives = 1 - fails[-1][flat.heard] * hits
        hazards.append(by_itself - flat.summed(np.log(survives)))
        fails.append(np.where(known, felt, -np.expm1(-hazards[-1])))
    last = hazards[-1][place]
    above, slope = np.zeros_like(odds), np.zeros(len(hits))
    above[place] = -1 / np.expm1(-last)
    for turn in reversed(range(net.blueprint.rounds)):
        each = fails[turn][flat.heard]
        pull = above[flat.hears] / (1 - each * hits)
        slope += pull * each
        down = np.bincount(flat.heard, pull * hits, minlength=len(odds))
        above = np.where(known, 0.0, down * (np.exp(-hazards[turn - 1]) if turn else 0.0))
    slope *= strength * np.exp(-strength * flat.weight)
    for channel in range(len(found)):
        # Links of a channel stand in the flat list in the order of its matrix: both are by who hears.
        found[channel] += slope[flat.channel == channel]
    return float(last + np.log(-np.expm1(-last)))
