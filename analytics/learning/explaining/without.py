"""What a probability would be without a link, computing only what the link changes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit

from analytics.learning.models.model import Numbers
from analytics.learning.panel.ties import WAYS
from analytics.learning.serving.cascade import TINY
from analytics.learning.serving.forward import Net
from analytics.learning.serving.hearing import Hearing
from analytics.learning.serving.vicinity import Vicinity

Ints = NDArray[np.int64]


def through_cascade(
    net: Net, vicinity: Vicinity, hearing: Hearing, alone: tuple[Numbers, Numbers], links: Ints
) -> Numbers:  # fmt: skip
    r"""Log odds after a cascade without each of some links, and last with all.

    .. math:: \ell(w - w_e), \qquad \ell \text{ as of } \texttt{serving.cascade}

    Parameters
    ----------
    net : Net
        With a cascade.
    vicinity : Vicinity
    hearing : Hearing
        Of the vicinity with all links.
    alone : (s,) and (s,) arrays
        Log odds of failing by itself, and how far public failures are felt, as of `Net.alone`.
    links : (c,) array
        Places in the vicinity.

    Raises
    ------
    Nothing.

    Source
    ------
    Held against the whole graph without the link, in `tests/analytics/learning/explaining/test_removal.py`.

    Example
    -------
    >>> from analytics.learning.explaining.example import scene
    >>> at = scene()
    >>> net, hearing = at.nets[0], at.vicinity.hearing(at.nets[0].blueprint.channels, plain=False)
    >>> alone = net.alone(at.given.odds, net.encoded(at.given), at.given)
    >>> expit(through_cascade(net, at.vicinity, hearing, alone, np.array([0]))).round(4).tolist()
    [0.0, 0.25]
    """
    flat, (odds, felt) = hearing.flat, alone
    public = ~np.isnan(felt)
    strength = np.where(
        public[flat.heard], *(np.exp(net.weights[f"cascade.{name}"])[flat.channel] for name in ("public", "hidden"))
    )
    weight = np.tile(flat.weight, (len(links) + 1, 1))
    key = (flat.channel * vicinity.size + flat.hears) * vicinity.size + flat.heard
    order = np.argsort(key)
    for channel, (relation, way) in enumerate(net.blueprint.channels):
        row = np.flatnonzero(vicinity.relation[links] == vicinity.relations.index(relation))
        link = links[row]
        ends = (vicinity.head, vicinity.tail) if way == "in" else (vicinity.tail, vicinity.head)
        asked = (channel * vicinity.size + ends[0][link]) * vicinity.size + ends[1][link]
        weight[row, order[np.searchsorted(key, asked, sorter=order)]] -= vicinity.weight[WAYS.index(way), link]
    hits = -np.expm1(-strength * np.maximum(weight, 0.0))
    gathers = sparse.csr_array((np.ones(len(key)), (flat.hears, np.arange(len(key)))), shape=(vicinity.size, len(key)))
    by_itself = np.logaddexp(0.0, odds)
    fails = np.tile(np.where(public, felt, expit(odds)), (len(weight), 1))
    hazard = np.tile(by_itself, (len(weight), 1))
    for _ in range(net.blueprint.rounds):
        hazard = by_itself - (gathers @ np.log(np.maximum(1 - fails[:, flat.heard] * hits, TINY)).T).T
        fails = np.where(public, felt, -np.expm1(-hazard))
    last = hazard[:, vicinity.place]
    return np.asarray(last + np.log(-np.expm1(-last)))


def through_layers(net: Net, vicinity: Vicinity, hearing: Hearing, start: Numbers, links: Ints) -> Numbers:
    r"""What two layers of sums add to the log odds without each of some links, and last with all.

    .. math:: x^1_r - x^1_{r \setminus e} \ne 0 \text{ only for the two ends } r \text{ of } e

    A link changes what its two ends are after the first layer and nothing else there; the party asked about hears
    those changes in the second, and the link itself no longer where it is an end of it.

    Parameters
    ----------
    net : Net of two layers of sums
    vicinity : Vicinity
    hearing : Hearing of the vicinity with all links
    start : (s, hidden) array
        What each party is by itself.
    links : (c,) array of places in the vicinity

    Raises
    ------
    Nothing.

    Source
    ------
    Held against the whole graph without the link, in `tests/analytics/learning/explaining/test_removal.py`.

    Example
    -------
    >>> from analytics.learning.explaining.example import deaf, scene
    >>> net, vicinity = deaf(), scene().vicinity
    >>> hearing = vicinity.hearing(net.blueprint.channels, plain=False)
    >>> through_layers(net, vicinity, hearing, np.ones((2, 1)), np.array([0])).tolist()
    [2.0, 2.0]
    """
    blueprint, weights, place = net.blueprint, net.weights, vicinity.place
    added = net.heard(0, start, hearing)
    middle = net.after("layers.0", start, added)
    heard = net.heard(1, middle, hearing)[place]
    less = _less(vicinity, blueprint.relations, start, net, 0)
    self_linked = vicinity.tail == vicinity.head
    moves = [
        net.after("layers.0", start[ends], added[ends] - one - np.where(self_linked[:, None], other, 0.0))
        - middle[ends]
        for ends, one, other in ((vicinity.head, less[0], less[1]), (vicinity.tail, less[1], less[0]))
    ]
    # The link itself: whoever is its other end is heard no more over it, changed as that end is.
    gone = _less(vicinity, blueprint.relations, middle, net, 1, moves)
    then = np.tile(heard, (len(vicinity.tail), 1))
    then -= np.where((vicinity.head == place)[:, None], gone[0], 0.0)
    then -= np.where((vicinity.tail == place)[:, None], gone[1], 0.0)
    moves[1][self_linked] = 0.0
    here = np.tile(middle[place], (len(vicinity.tail), 1))
    rows = np.stack([matrix[[place]].toarray()[0] for matrix in hearing.weighted], axis=1)
    for ends, move in ((vicinity.head, moves[0]), (vicinity.tail, moves[1])):
        _hear(net, rows[ends], move, then)
        mine = ends == place
        here[mine] += move[mine]
        then[mine] += move[mine] @ weights["layers.1.own.weight"].T
    here, then = np.concatenate([here, middle[[place]]]), np.concatenate([then, heard[None]])
    told = net.head("head", net.after("layers.1", here, then))
    return np.asarray(told[np.append(links, len(vicinity.tail))])


def _hear(net: Net, weight: Numbers, move: Numbers, then: Numbers) -> None:
    """Add what is heard of a change in the second layer, with a weight a channel."""
    sent = (move @ net.weights["layers.1.heard.send"]) * np.repeat(weight, net.blueprint.message, axis=1)
    then += sent @ net.weights["layers.1.heard.receive"]


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
