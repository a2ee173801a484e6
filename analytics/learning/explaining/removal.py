"""What each link around a party adds to its probability: what it would be without, for every link."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analytics.learning.explaining.gradient import slopes
from analytics.learning.explaining.scene import Scene
from analytics.learning.explaining.without import through_cascade, through_layers
from analytics.learning.models.model import Numbers
from analytics.learning.panel.ties import WAYS
from analytics.learning.serving.forward import Net

Ints = NDArray[np.int64]
ROWS: Final = 10_000
"""Parties in all copies of a vicinity together, at most, where a net has to be asked anew for each link."""
CELLS: Final = 150_000
"""Links that are left out times links that are there, at most, where a cascade runs anew for each."""


def exposures(scene: Scene) -> Numbers:
    r"""Slope of the probability along each link's weight, times the weight: near what its removal would take.

    .. math:: g_e = w_e \frac{\partial p}{\partial w_e} = p (1 - p) \sum_{\text{ways}} w_e
        \frac{\partial \ell}{\partial w_e}

    Parameters
    ----------
    scene : Scene
        Nets of sums or cascades; of the others it is 0.

    Raises
    ------
    Nothing.

    Source
    ------
    Gradient times input: Shrikumar, Greenside & Kundaje, "Learning Important Features Through Propagating Activation
    Differences", ICML 2017, §2.

    Example
    -------
    >>> from analytics.learning.explaining.example import scene
    >>> exposures(scene()).round(4).tolist(), round(0.5 * float(np.log(2)) * 0.5, 4)
    ([0.1733], 0.1733)
    """
    vicinity, blueprint = scene.vicinity, scene.nets[0].blueprint
    found = np.zeros((len(scene.nets), len(vicinity.tail)))
    if scene.plain:
        return np.zeros(len(vicinity.tail))
    hearing = vicinity.hearing(blueprint.channels, plain=False)
    for at, net in enumerate(scene.nets):
        told = slopes(net, scene.given, hearing, vicinity.place)
        p = expit(told.log_odds)
        for channel, (relation, way) in enumerate(blueprint.channels):
            of = np.flatnonzero(vicinity.relation == vicinity.relations.index(relation))
            matrix = hearing.weighted[channel].copy()
            matrix.data = told.pairs[channel]
            ends = (vicinity.head, vicinity.tail) if way == "in" else (vicinity.tail, vicinity.head)
            slope = np.asarray(matrix[ends[0][of], ends[1][of]]).ravel() if len(of) else np.zeros(0)
            found[at, of] += p * (1 - p) * slope * vicinity.weight[WAYS.index(way), of]
    return np.asarray(found.mean(axis=0))


def removals(scene: Scene) -> tuple[Ints, Numbers]:
    r"""What each link adds: the party's probability less the one it would have without the link.

    .. math:: \Delta_e = p - p_{\setminus e}

    All other links weigh what they weigh. Every link of the vicinity where that is quick; else as many as are, those
    first along which the probability moves most, or which are nearest and weigh most.

    Parameters
    ----------
    scene : Scene

    Returns
    -------
    (c,) places of links in the vicinity, and (nets, c) differences.

    Raises
    ------
    Nothing.

    Source
    ------
    A definition; leave one out.

    Example
    -------
    >>> from analytics.learning.explaining.example import scene
    >>> links, effects = removals(scene())
    >>> links.tolist(), effects.round(4).tolist()
    ([0], [[0.25]])
    """
    count = len(scene.vicinity.tail)
    blueprint = scene.nets[0].blueprint
    if not count or not blueprint.channels:
        return np.empty(0, np.int64), np.empty((len(scene.nets), 0))
    if blueprint.kind == "none" or (blueprint.kind == "sum" and blueprint.layers == 2):
        links = np.arange(count)
        if blueprint.rounds and count * count > CELLS:
            links = _likeliest(scene)[: max(CELLS // count, 1)]
        found = np.stack([_changed_alone(net, scene, links) for net in scene.nets])
        return links, expit(found[:, -1:]) - expit(found[:, :-1])
    links = _likeliest(scene)[: max(ROWS // scene.vicinity.size - 1, 1)]
    told = scene.probabilities([-1, *links.tolist()])
    return links, told[:, :1] - told[:, 1:]


def _changed_alone(net: Net, scene: Scene, links: Ints) -> Numbers:
    """Log odds without each of some links, and last with all; only what a link changes is computed anew."""
    hearing = scene.vicinity.hearing(net.blueprint.channels, plain=False)
    base = float(net.weights["skip"][0]) * scene.given.odds
    state = net.encoded(scene.given)
    if net.blueprint.rounds:
        found = through_cascade(net, scene.vicinity, hearing, net.alone(base, state, scene.given), links)
    else:
        found = np.full(len(links) + 1, base[scene.vicinity.place])
    if net.blueprint.kind == "sum":
        found = found + through_layers(net, scene.vicinity, hearing, state, links)
    return found


def _likeliest(scene: Scene) -> Ints:
    vicinity = scene.vicinity
    if scene.plain:
        return np.lexsort([-vicinity.weight.max(axis=0), vicinity.distance])
    return np.argsort(-np.abs(exposures(scene)), kind="stable")
