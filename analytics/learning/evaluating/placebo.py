"""A panel whose wiring is destroyed and whose degrees are not: what a model still finds there is no contagion."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.learning.panel import Panel, Ties, Wave

TRIES: Final = 200
"""Rounds of exchanges by which links of a party to itself are taken out."""


def rewired(panel: Panel, seed: int) -> Panel:
    r"""Permute, inside each relation and day, where links run to.

    .. math:: (t_e, h_e, x_e) \mapsto (t_e, h_{\pi(e)}, x_e), \qquad \pi \text{ uniform}

    Every party keeps how many links of each relation it has, outward and inward, and each link what is at stake on it,
    as part of the one it comes from. Links that would run from a party to itself exchange ends with others. Several
    links may come to join one pair. Measures of the engine and of neighbours that came with the panel are of the true
    wiring, and are emptied.

    Parameters
    ----------
    panel : Panel
    seed : int
        Of the permutations: each relation and day has its own.

    Raises
    ------
    Nothing.

    Source
    ------
    `learning.md` of the design, measurement 2; as in degree-preserving null models, Maslov and Sneppen, Science 296
    (2002), 910.

    Example
    -------
    >>> from analytics.learning.panel import Ties, Wave
    >>> party = np.arange(3, dtype=np.int32)
    >>> one = Ties(party, np.roll(party, 1), np.ones(3), np.full(3, -1))
    >>> wave = Wave(None, None, np.empty((3, 0), np.float32), np.ones(3), np.zeros(3, bool), party,
    ...             np.zeros(3, np.int8), {"SUPPLIES": one})
    >>> found = rewired(Panel(tuple("abc"), np.ones(3, bool), (), ("SUPPLIES",), (wave,), "test"), seed=1)
    >>> ties = found.waves[0].ties["SUPPLIES"]
    >>> sorted(ties.head.tolist()), (ties.tail != ties.head).all()
    ([0, 1, 2], np.True_)
    """
    known = panel.columns("engine", "neighbours")
    waves = []
    for at, wave in enumerate(panel.waves):
        ties = {
            relation: _permuted(wave.ties[relation], np.random.default_rng([seed, at, number]))
            for number, relation in enumerate(sorted(panel.relations))
        }
        waves.append(replace(_emptied(wave, known), ties=ties))
    return replace(panel, waves=tuple(waves))


def _emptied(wave: Wave, columns: NDArray[np.intp]) -> Wave:
    if not len(columns):
        return wave
    values = wave.values.copy()
    values[:, columns] = np.nan
    return replace(wave, values=values)


def _permuted(ties: Ties, rng: np.random.Generator) -> Ties:
    head = ties.head[rng.permutation(ties.size)]
    for _ in range(TRIES):
        own = np.flatnonzero(head == ties.tail)
        if not len(own):
            break
        # One after another: an exchange may make another link run to itself, which the next round takes up.
        for link, other in zip(own, rng.integers(0, ties.size, len(own)), strict=True):
            if head[link] == ties.tail[link] and head[other] != ties.tail[link] and head[link] != ties.tail[other]:
                head[link], head[other] = head[other], head[link]
    return replace(ties, head=head, source=np.full(ties.size, -1, np.int64))


def placebo_share(with_wiring: ArrayLike, without: ArrayLike, own: ArrayLike) -> NDArray[np.float64]:
    r"""Say what part of a lift over own figures stays where the wiring is destroyed.

    .. math:: P = \frac{AUC_{rewired} - AUC_{own}}{AUC - AUC_{own}}

    Parameters
    ----------
    with_wiring, without, own : arrays of one shape
        AUC of the model, of the model on the rewired panel, and of its like on own figures; draw by draw for an
        interval.

    Raises
    ------
    Nothing; where there is no lift there is no share, and it is NaN.

    Source
    ------
    `learning.md` of the design, measurement 2.

    Example
    -------
    >>> placebo_share([0.85], [0.83], [0.70]).round(3)
    array([0.867])
    """
    has, lost, base = (np.asarray(column, np.float64) for column in (with_wiring, without, own))
    lift = has - base
    return np.asarray(np.divide(lost - base, lift, out=np.full(lift.shape, np.nan), where=lift > 0))
