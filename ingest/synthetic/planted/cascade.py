"""Failures that bring others down within the year: drawn once to make a world, or thousands of times to know it.

A draw is a cascade in rounds: who fails by itself first, then round by round whom those hit that failed in the one
before. All draws of a batch run at once, and only who fails is looked at.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.synthetic.planted.hits import Hits

Numbers = NDArray[np.float64]
Ints = NDArray[np.int64]

BATCH: Final = 509
"""Draws of a batch. A prime: stepping through the draws by any number visits each once."""
CELLS: Final = 2**26
"""Firms times draws that are held at once, at most."""


@dataclass(frozen=True)
class Cascaded:
    """What many cascades say."""

    probability: Numbers
    """That each firm fails within the year, shape (n,)."""
    error: Numbers
    """Its standard error, shape (n,)."""
    adds: Numbers
    """What each link adds to the probability of its target, shape (hits,)."""
    draws: int


class _Outgoing:
    """Links by whose failure they carry."""

    def __init__(self, carried: Hits, firms: int) -> None:
        self.order = np.argsort(carried.source, kind="stable")
        self.target = carried.target[self.order].astype(np.int64)
        self.strength = carried.strength[self.order]
        self.start = np.searchsorted(carried.source[self.order], np.arange(firms + 1))

    def of(self, firm: Ints) -> tuple[Ints, Ints]:
        """Positions of all links from these firms, and from which of them each goes."""
        count = self.start[firm + 1] - self.start[firm]
        which = np.repeat(np.arange(len(firm)), count)
        begins = np.repeat(self.start[firm] - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
        return begins + np.arange(len(which)), which


def draw_once(own: Numbers, carried: Hits, rng: np.random.Generator) -> NDArray[np.int16]:
    """One year of a world: in which round each firm fails, 0 by itself, -1 not at all."""
    fell = np.where(rng.random(len(own)) < own, 0, -1).astype(np.int16)
    out, front, round_ = _Outgoing(carried, len(own)), np.flatnonzero(fell == 0), 0
    while len(front):
        at, _ = out.of(front)
        hit = np.bincount(out.target[at], out.strength[at], minlength=len(own))
        chance = np.where(fell < 0, -np.expm1(-hit), 0.0)
        front, round_ = np.flatnonzero(rng.random(len(own)) < chance), round_ + 1
        fell[front] = round_
    return fell


def cascaded(own: Numbers, carried: Hits, *, draws: int, rng: np.random.Generator) -> Cascaded:
    r"""Probability that each firm fails within the year, by itself or brought down by others.

    .. math:: P_i = p_i + E \sum_{t \ge 1} 1\{i \text{ stands after round } t - 1\}
        \Big(1 - e^{-\sum_{j \in F_{t-1}} x_{ji}}\Big)

    with :math:`F_t` the firms that fail in round t. The expectation is a mean over draws of probabilities rather than
    of failures, which spreads far less; what fails by itself enters exactly. Each firm fails by itself in as many
    draws of a batch as its probability asks for, rounded up or down at random, so that every draw stays as likely as
    it should be.

    A link adds the fall of the probability in the round in which it hits, were it not there: with one round, and for a
    firm that is not hit in two rounds of one year, exactly what its removal would take from the probability.

    Parameters
    ----------
    own : (n,) array
        p of each firm.
    carried : Hits
        Links over which failures of the year travel, with λ in their strength.
    draws : at least this many, rounded up to whole batches of 509, never less than 8 batches

    Source
    ------
    The compensator of a jump (Brémaud, "Point Processes and Queues", 1981, ch. II) in place of the jump; the standard
    error from independent batches.

    Example
    -------
    >>> one = np.array([0], np.int32)
    >>> chain = Hits(one, one + 1, np.array([np.log(2)]), one.astype(np.int8), one)
    >>> found = cascaded(np.array([0.1, 0.0]), chain, draws=4000, rng=np.random.default_rng(1))
    >>> found.probability.round(3).tolist()
    [0.1, 0.05]
    """
    batches = max(-(-draws // BATCH), 8)
    out = _Outgoing(carried, len(own))
    summed, squared = np.zeros(len(own)), np.zeros(len(own))
    adds = np.zeros(len(carried))
    for stream in rng.spawn(batches):
        mean, more = _batch(own, out, stream)
        summed += mean
        squared += mean**2
        adds[out.order] += more
    mean = summed / batches
    spread = np.maximum(squared / batches - mean**2, 0.0) * batches / (batches - 1)
    return Cascaded(own + mean, np.sqrt(spread / batches), adds / batches, batches * BATCH)


def _batch(own: Numbers, out: _Outgoing, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Mean over a batch of what comes on top of failing by itself, and of what each link adds."""
    more, adds = np.zeros(len(own)), np.zeros(len(out.target))
    draw, firm = _by_itself(own, rng)
    width = max(CELLS // max(len(own), 1), 1)
    for first in range(0, BATCH, width):
        within = (first <= draw) & (draw < first + width)
        front = (draw[within] - first) * len(own) + firm[within]
        fallen = np.zeros(min(width, BATCH - first) * len(own), np.bool_)
        fallen[front] = True
        while len(front):
            front = _round(front, fallen, out, more, adds, rng)
    return more / BATCH, adds / BATCH


def _round(
    front: Ints, fallen: NDArray[np.bool_], out: _Outgoing, more: Numbers, adds: Numbers, rng: np.random.Generator
) -> Ints:
    """Who is brought down by those of the last round; a cell is a firm in a draw."""
    firms = len(more)
    at, which = out.of(front % firms)
    cell = front[which] // firms * firms + out.target[at]
    standing = ~fallen[cell]
    at, cell = at[standing], cell[standing]
    cells, of = np.unique(cell, return_inverse=True)
    total = np.bincount(of, out.strength[at], minlength=len(cells))
    chance = -np.expm1(-total)
    more += np.bincount(cells % firms, chance, minlength=firms)
    without = np.exp(-np.maximum(total[of] - out.strength[at], 0.0)) - np.exp(-total[of])
    adds += np.bincount(at, without, minlength=len(adds))
    fell = cells[rng.random(len(cells)) < chance]
    fallen[fell] = True
    return np.asarray(fell)


def _by_itself(own: Numbers, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Draws of a batch, and firms that fail in them by themselves."""
    count = np.floor(own * BATCH + rng.random(len(own))).astype(np.int64)
    firm = np.repeat(np.arange(len(own)), count)
    turn = np.arange(len(firm)) - np.repeat(np.cumsum(count) - count, count)
    step, start = rng.integers(1, BATCH, len(own)), rng.integers(0, BATCH, len(own))
    return (start[firm] + turn * step[firm]) % BATCH, firm
