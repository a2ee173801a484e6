"""What is true of a planted world: how likely each default was, given all that could be known, and through whom."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.synthetic.planted.cascade import cascaded
from ingest.synthetic.planted.hits import Hits, joined, public_probability
from ingest.synthetic.planted.world import Planted

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Causes:
    """What each link adds to the probability of the firm it hits, in one year."""

    hits: Hits
    """The links: `target` is the firm, `source` the one through which it may fall, `relation` and `link` say where
    among `Planted.links(year)`; those from public failures first."""
    adds: Numbers
    """By how much the probability would be lower without it, shape (hits,)."""


@dataclass(frozen=True)
class Truth:
    """What is true of a world."""

    probability: Numbers
    """Of default in the year after each as-of day, shape (years, n); NaN for a firm that has left."""
    own: Numbers
    """The same if no other firm mattered."""
    error: Numbers
    """Standard error of `probability`; 0 where it is exact."""
    causes: tuple[Causes, ...]
    """One for each as-of day."""
    draws: int
    """Cascades drawn for each year; 0 where none was needed."""


def truth(
    world: Planted, *, draws: int = 4000, seed: int = 0, watch: Callable[[int, int], None] = lambda _done, _all: None
) -> Truth:
    r"""The Bayes-optimal probabilities of a world: given figures, links and public failures as known on each day.

    .. math:: \text{S0: } p_i \qquad \text{S1: } 1 - (1 - p_i) e^{-X_i} \qquad
        \text{S2, S3: } \Pr(i \text{ falls in a cascade that starts from these})

    with p of `own_probability` and X, the sum of the hits from firms that failed in the year before, of `hits`. S0 and
    S1 are exact; the cascades are drawn.

    What a link adds is how far the probability falls without it: exact in S0 and S1; where failures spread within the
    year, its removal in the round in which it hits, later hits of the same year left aside (`cascaded`).

    Parameters
    ----------
    world : Planted
    draws : cascades for each year, rounded up to whole batches
    seed : of the draws, which are not those that made the world
    watch : told after each year how many are done, of how many

    Source
    ------
    Definition of the world; see `public_probability` and `cascaded`.

    Example
    -------
    >>> from ingest.synthetic.planted.world import planted
    >>> world = planted("S0", count=100)
    >>> bool(np.array_equal(truth(world).probability[0], world.own[0]))
    True
    """
    years = len(world.days)
    probability, own, error = (np.full((years, len(world)), np.nan) for _ in range(3))
    causes, drawn = [], 0
    for year, rng in enumerate(np.random.default_rng([seed, world.seed, len(world)]).spawn(years)):
        standing = world.standing(year)
        public, hidden = world.travel(year)
        alone = np.where(standing, world.own[year], 0.0)
        chance, adds = public_probability(alone, public)
        spread, error[year, standing] = np.zeros(0), 0.0
        if len(hidden):
            found = cascaded(chance, hidden, draws=draws, rng=rng)
            chance, spread, drawn = found.probability, found.adds, found.draws
            error[year, standing] = found.error[standing]
        probability[year, standing] = chance[standing]
        own[year, standing] = alone[standing]
        causes.append(Causes(joined([public, hidden]), np.concatenate([adds, spread])))
        watch(year + 1, years)
    return Truth(probability, own, error, tuple(causes), drawn)
