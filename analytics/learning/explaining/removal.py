"""What each link around a party adds to its probability: what it would be without, for every link."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analytics.learning.explaining.gradient import slopes
from analytics.learning.explaining.scene import Scene
from analytics.learning.models.model import Numbers
from analytics.learning.panel.ties import WAYS
from analytics.learning.serving.forward import Net
from analytics.learning.serving.vicinity import Vicinity

Ints = NDArray[np.int64]
ROWS: Final = 30_000
"""Parties in all copies of a vicinity together, at most, where copies are needed."""


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
    See `tests/analytics/learning/explaining`.

    >>> exposures.__name__
    'exposures'
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

    All other links weigh what they weigh. Every link of the vicinity where the net sums in two layers; else as many as
    `ROWS` allows, those first along which the probability moves most, or which are nearest and weigh most.

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
    See `tests/analytics/learning/explaining`.

    >>> removals.__name__
    'removals'
    """
    count = len(scene.vicinity.tail)
    blueprint = scene.nets[0].blueprint
    if not count or not blueprint.channels:
        return np.empty(0, np.int64), np.empty((len(scene.nets), 0))
    if blueprint.kind == "sum" and blueprint.layers == 2 and not blueprint.rounds:
        found = np.stack([_two_layers(net, scene) for net in scene.nets])
        return np.arange(count), expit(found[:, -1:]) - expit(found[:, :-1])
    most = max(ROWS // scene.vicinity.size - 1, 1)
    links = _likeliest(scene)[:most]
    told = scene.probabilities([-1, *links.tolist()])
    return links, told[:, :1] - told[:, 1:]


def _likeliest(scene: Scene) -> Ints:
    vicinity = scene.vicinity
    if scene.plain:
        return np.lexsort([-vicinity.weight.max(axis=0), vicinity.distance])
    return np.argsort(-np.abs(exposures(scene)), kind="stable")


def _two_layers(net: Net, scene: Scene) -> Numbers:
    """Log odds without each link, and last with all of them; shape (m + 1,).

    A link changes what its two ends are after the first layer and nothing else there; the party asked about hears
    those changes in the second, and the link itself no longer where it is an end of it.
    """
    vicinity, blueprint, weights = scene.vicinity, net.blueprint, net.weights
    hearing, place = vicinity.hearing(blueprint.channels, plain=False), vicinity.place
    start = net.encoded(scene.given)
    added = net.heard(0, start, hearing)
    middle = net.after("layers.0", start, added)
    heard = net.heard(1, middle[:], hearing)[place]
    less = _less(vicinity, blueprint.relations, start, net, 0)
    self_linked = vicinity.tail == vicinity.head
    moves = [
        _moved(net, start[ends], added[ends] - one - np.where(self_linked[:, None], other, 0.0)) - middle[ends]
        for ends, one, other in ((vicinity.head, less[0], less[1]), (vicinity.tail, less[1], less[0]))
    ]
    rows = np.stack([matrix[[place]].toarray()[0] for matrix in hearing.weighted], axis=1)
    wide = blueprint.message
    here, then = np.tile(middle[place], (len(vicinity.tail), 1)), np.tile(heard, (len(vicinity.tail), 1))
    moves[1][self_linked] = 0.0
    for ends, move in ((vicinity.head, moves[0]), (vicinity.tail, moves[1])):
        sent = (move @ weights["layers.1.heard.send"]) * np.repeat(rows[ends], wide, axis=1)
        then += sent @ weights["layers.1.heard.receive"]
        mine = ends == place
        here[mine] += move[mine]
        then[mine] += move[mine] @ weights["layers.1.own.weight"].T
    # The link itself: whoever is its other end is heard no more over it, changed as that end is.
    gone = _less(vicinity, blueprint.relations, middle, net, 1, moves)
    then -= np.where((vicinity.head == place)[:, None], gone[0], 0.0)
    then -= np.where((vicinity.tail == place)[:, None], gone[1], 0.0)
    ends_state = np.concatenate([net.after("layers.1", here, then), net.after("layers.1", middle[[place]], heard[None])])
    return np.asarray(float(weights["skip"][0]) * scene.given.odds[place] + net.head("head", ends_state))


def _moved(net: Net, start: Numbers, added: Numbers) -> Numbers:
    return net.after("layers.0", start, added)


def _less(
    vicinity: Vicinity, relations: tuple[str, ...], state: Numbers, net: Net, layer: int, moves: Any = None
) -> tuple[Numbers, Numbers]:  # fmt: skip
    """What the head of each link, and what its tail, hears over it in a layer; shape (m, hidden) each."""
    wide, weights = net.blueprint.message, net.weights
    send, receive = weights[f"layers.{layer}.heard.send"], weights[f"layers.{layer}.heard.receive"]
    found = (np.zeros((len(vicinity.tail), state.shape[1])), np.zeros((len(vicinity.tail), state.shape[1])))
    for channel, (relation, way) in enumerate(net.blueprint.channels):
        of = np.flatnonzero(vicinity.relation == relations.index(relation))
        number, ends = WAYS.index(way), (vicinity.tail if way == "in" else vicinity.head)
        told = state[ends[of]]
        if moves is not None:
            told = told + moves[1 - number][of]
        part = slice(channel * wide, (channel + 1) * wide)
        found[number][of] = vicinity.weight[number, of, None] * ((told @ send[:, part]) @ receive[part])
    return found
