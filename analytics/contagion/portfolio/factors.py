r"""What makes borrowers default together: normal factors, and how much each borrower hangs on them.

Borrower i defaults where :math:`w_i \cdot Z + \sqrt{1 - |w_i|^2}\, \epsilon_i < \Phi^{-1}(PD_i)`, as in `vasicek`:
low factors are bad years.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from analytics.contagion.portfolio.given import Numbers, fractions
from graph.errors import InvalidQuestion

Whole = NDArray[np.int64]
STEP, FIRST, SECOND = (np.uint64(x) for x in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
BEYOND = np.uint64(2**32)
"""Numbers of factors begin beyond those of parties."""


@dataclass(frozen=True)
class Factors:
    """Loadings of borrowers on factors."""

    cell: Whole
    """Row of loadings of each borrower, shape (n,)."""
    loading: Numbers
    """Loadings, shape (cells, factors); what is a borrower's own has weight √(1 − |w|²)."""

    @classmethod
    def of(cls, cell: ArrayLike, loading: ArrayLike) -> "Factors":
        """Of any loadings. Raises InvalidQuestion where nothing would be left of a borrower's own."""
        rows, weights = np.asarray(cell, np.int64), np.atleast_2d(np.asarray(loading, np.float64))
        if not (np.isfinite(weights).all() and (np.square(weights).sum(axis=1) < 1).all()):
            remedy = "let the squares of each row sum to less than 1"
            raise InvalidQuestion("leave nothing of a borrower's own", where="loadings", remedy=remedy)
        if len(rows) and not 0 <= rows.min() <= rows.max() < len(weights):
            raise InvalidQuestion(f"there are {len(weights)} rows of loadings", where="cell")
        return cls(rows, weights)

    @classmethod
    def one(cls, correlation: ArrayLike, *, size: int) -> "Factors":
        """One factor, with a correlation of assets for all n borrowers, or one each."""
        rho = np.broadcast_to(fractions("correlation", correlation, below_one=True), size)
        values, cell = np.unique(rho, return_inverse=True)
        return cls.of(cell, np.sqrt(values)[:, None] if size else np.zeros((1, 1)))

    @classmethod
    def layered(cls, layers: Sequence[tuple[ArrayLike, float]]) -> "Factors":
        """A factor for each key of each layer, such as the economy, an industry, a region.

        A layer is a whole number for each borrower, negative for none, and the part of its variance; the assets of two
        borrowers correlate by the parts of those layers whose keys they share.
        """
        fractions("parts", [part for _, part in layers])
        keys = np.stack([np.asarray(key, np.int64) for key, _ in layers], axis=1)
        rows, cell = np.unique(keys, axis=0, return_inverse=True)
        columns = []
        for place, (_, part) in enumerate(layers):
            known = np.unique(rows[:, place][rows[:, place] >= 0])
            columns.append(np.sqrt(part) * (rows[:, place][:, None] == known))
        return cls.of(cell.reshape(-1), np.concatenate(columns, axis=1))

    @property
    def count(self) -> int:
        """Factors."""
        return int(self.loading.shape[1])


@dataclass(frozen=True)
class Plan:
    """How years are drawn; whatever it says, what is estimated stays the same and only its error changes.

    Where years are made likelier, by a shift or a goal, every other of what is drawn together stays plain, and each
    weighs by the mixture of both, at most 2: what such years do not show is not lost, nor told with a false error.
    """

    antithetic: bool = False
    """Whether every second year is the one before it with every number turned about the middle."""
    points: int = 0
    """Years of one scrambled Sobol sequence of the factors, a power of 2; 0 for random ones. What is a borrower's own
    stays random."""
    shift: tuple[float, ...] = ()
    """What is added to the factors of years made likelier."""
    goal: float = 0.0
    """Loss by defaults alone, in money, that is to be the mean of years made likelier that would lose less; 0 for
    none."""

    @property
    def alike(self) -> int:
        """Years that one sequence, or one pair, has."""
        return self.points or (2 if self.antithetic else 1)

    @property
    def mixed(self) -> bool:
        """Whether some years are made likelier, and as many stay plain."""
        return bool(self.shift) or self.goal > 0

    @property
    def block(self) -> int:
        """Years that are drawn together; blocks are independent."""
        return 2 * self.alike if self.mixed else self.alike

    def likelier(self, number: ArrayLike) -> NDArray[np.bool_]:
        """Which of some years are made likelier."""
        return np.asarray(self.mixed & (np.asarray(number, np.int64) // self.alike % 2 == 1))

    def checked(self, factors: Factors) -> "Plan":
        """Itself. Raises InvalidQuestion where it cannot be followed."""
        if self.points and (self.points < 2 or self.points & (self.points - 1)):
            raise InvalidQuestion("is no power of 2", where=f"{self.points} points", remedy="such as 256")
        if self.shift and (len(self.shift) != factors.count or not np.isfinite(self.shift).all()):
            raise InvalidQuestion(f"one known number for each of {factors.count} factors", where="shift")
        if not 0 <= self.goal < np.inf:
            raise InvalidQuestion("must be known and not negative", where="goal")
        return self

    def whole(self, years: range) -> range:
        """A range of years. Raises InvalidQuestion where it parts some that are drawn together."""
        if years.start < 0 or years.start % self.block or len(years) % self.block:
            remedy = f"begin and end with whole blocks of {self.block}"
            raise InvalidQuestion("parts years that are drawn together", where=f"{len(years)} years", remedy=remedy)
        return years


def draw_factors(factors: Factors, years: range, *, seed: int, plan: Plan) -> Numbers:
    r"""Draw the factors of a range of years.

    .. math:: Z_{sf} = \pm \Phi^{-1}(u_{sf}) + \mu_f 1_s, \qquad 1_s = 1 \text{ in years made likelier, else } 0

    Parameters
    ----------
    factors : Factors
    years : range
        Of whole blocks of the plan.
    seed : int
    plan : Plan

    Raises
    ------
    InvalidQuestion
        If the plan cannot be followed, or the range parts one of its blocks.

    Source
    ------
    Owen, "Scrambled net variance for integrals of smooth functions", Ann. Stat. 25 (1997), 1541: independent
    scrambles are unbiased, and their spread is the error. Steele, Lea & Flood, OOPSLA (2014), 453: SplitMix64.

    Example
    -------
    >>> book = Factors.one(0.2, size=3)
    >>> drawn = draw_factors(book, range(4), seed=1, plan=Plan(antithetic=True))
    >>> drawn.shape, bool(abs(drawn[0] + drawn[1]) < 1e-12)
    ((4, 1), True)
    """
    plan.checked(factors).whole(years)
    number = np.arange(years.start, years.stop)
    if plan.points:
        blocks = range(years.start // plan.points, years.stop // plan.points)  # sequences, of which a block may be two
        u = np.concatenate([_scrambled(factors.count, plan, seed, block) for block in blocks] or [np.zeros((0, 1))])
    else:
        place = BEYOND + np.arange(factors.count, dtype=np.uint64)
        u = _uniform(keys_of(number, seed=seed, plan=plan)[:, None], place[None, :])
    z = ndtri(u)
    if plan.antithetic:
        z = np.where((number % 2 == 1)[:, None], -z, z)
    return np.asarray(z + plan.likelier(number)[:, None] * np.asarray(plan.shift) if plan.shift else z)


def keys_of(number: ArrayLike, *, seed: int, plan: Plan) -> NDArray[np.uint64]:
    r"""Give each year the key from which its random numbers follow; a mirrored year has that of the one before it.

    .. math:: k_s = h(h(\text{seed}) + s)

    Parameters
    ----------
    number : (s,) array of years, not negative
    seed : int
    plan : Plan

    Raises
    ------
    Nothing.

    Source
    ------
    Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA (2014), 453.

    Example
    -------
    >>> keys = keys_of([0, 1, 2], seed=1, plan=Plan(antithetic=True))
    >>> bool(keys[0] == keys[1]), bool(keys[0] == keys[2])
    (True, False)
    """
    year = np.asarray(number, np.int64)
    own = (year // 2 if plan.antithetic else year).astype(np.uint64)
    base = _mixed(np.full(1, seed & (2**64 - 1), np.uint64) + STEP)
    return _mixed((base ^ _mixed((own + np.uint64(1)) * STEP)) + STEP)


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * FIRST
    x = (x ^ (x >> np.uint64(27))) * SECOND
    return np.asarray(x ^ (x >> np.uint64(31)))


def _uniform(key: NDArray[np.uint64], place: NDArray[np.uint64]) -> Numbers:
    return np.asarray(((_mixed(key + STEP * (place + np.uint64(1))) >> np.uint64(12)) + 0.5) * 2.0**-52)


def _scrambled(count: int, plan: Plan, seed: int, block: int) -> Numbers:
    """One scrambled sequence; of mirrored years only the first of each pair is a point of it."""
    many = plan.points // 2 if plan.antithetic else plan.points
    sequence = qmc.Sobol(count, scramble=True, rng=np.random.default_rng([seed & (2**64 - 1), block]))
    points = sequence.random_base2(many.bit_length() - 1) + 2.0**-31
    return np.repeat(points, 2, axis=0) if plan.antithetic else points
