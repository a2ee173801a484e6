r"""Distress of some that eats into the equity of their creditors, before anybody fails: DebtRank in its forms, Furfine.

With claims :math:`A_{ij}` of i on j and equity :math:`E_i`, a creditor loses the fraction
:math:`\Lambda_{ij} = A_{ij} / E_i` of its equity for all of j's distress h, and passes on what it lost anew:

.. math:: h_i(t + 1) = \min\Big(1,\ h_i(t) + \sum_j \Lambda_{ij} \big[f(h_j(t)) - f(h_j(t - 1))\big]\Big)

with f(h) = h in the linear form, :math:`h e^{\alpha (h - 1)}` in the one between it and Furfine's cascade. Distress
only rises and is at most 1, so that it converges whatever the claims; it amplifies where the spectral radius of Λ is
above 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, eigs

from analytics.kernels.compiled import frozen
from analytics.kernels.distress import ONCE, WAVE, H, Passing, Room, spread
from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion, NotConverged

Numbers = NDArray[np.float64]
LINKS = 1000
"""Times that each claim may be worked on before a spread is given up."""
DENSE = 200
"""Parties of one ring up to which its spectral radius is taken from the whole matrix."""


@dataclass(frozen=True)
class Impact:
    """How much of each creditor's equity stands on each debtor."""

    arrows: Arrows
    """From each debtor to its creditors; `link` in `weight`."""
    weight: Numbers
    """Fractions of the creditor's equity, Λ; may be above 1."""

    @classmethod
    def of(cls, size: int, debtor: ArrayLike, creditor: ArrayLike, claim: ArrayLike, *, equity: ArrayLike) -> "Impact":
        """Of claims and the equity of those who have them.

        Raises InvalidQuestion of claims that cannot be, and where a creditor has no equity: it has failed before, and
        belongs among the shock.
        """
        owned, claims = np.asarray(equity, np.float64), np.asarray(claim, np.float64)
        if len(owned) != size:
            raise InvalidQuestion(f"{len(owned)} of {size} parties", where="equity")
        _, head = _ends(size, debtor, creditor, claims, "claims")
        poor = np.unique(head[(claims > 0) & ~(owned[head] > 0)])
        if len(poor):
            raise InvalidQuestion(
                f"{len(poor)} creditors have no equity or none that is known, the first is party {poor[0]}",
                where="equity", remedy="count them among those who have failed, and leave their claims out",
            )  # fmt: skip
        weight = np.divide(claims, owned[head], out=np.zeros(len(claims)), where=claims > 0)
        return cls.weighed(size, debtor, creditor, weight)

    @classmethod
    def weighed(cls, size: int, debtor: ArrayLike, creditor: ArrayLike, weight: ArrayLike) -> "Impact":
        """Of weights that are known. Raises InvalidQuestion of other weights, and of parties that are none."""
        given = np.asarray(weight, np.float64)
        return cls(Arrows.of(size, *_ends(size, debtor, creditor, given, "weights")), given)

    @property
    def size(self) -> int:
        """Number of parties n."""
        return len(self.arrows.start) - 1

    @cached_property
    def by_arrow(self) -> Numbers:
        """Weights in the order of the arrows, shape (m,)."""
        return frozen(self.weight[self.arrows.link], np.float64)

    def passing(self, steep: float, least: float) -> Passing:
        """The same for kernels; rises up to `least` are not passed on."""
        return Passing(*self._frozen, self.by_arrow, float(steep), float(least))

    @cached_property
    def _frozen(self) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        return frozen(self.arrows.start, np.int64), frozen(self.arrows.head, np.uint32)

    @property
    def matrix(self) -> csc_array:
        """Λ, row i the creditor, column j the debtor, shape (n, n)."""
        ends = self.arrows.head, self.arrows.tail
        return csc_array((self.by_arrow, ends), shape=(self.size, self.size))


@dataclass(frozen=True)
class Distress:
    """What a shock leads to."""

    h: Numbers
    """Fraction of equity that each has lost, shape (n,)."""
    first: Numbers
    """The shock."""
    wave: NDArray[np.int64]
    """In which wave each was first met: 1 for the shock; 0 for who is not."""
    waves: int
    residual: float
    """The most that anybody's distress would rise yet."""

    def impact(self, weights: ArrayLike) -> float:
        """What it costs beyond the shock, as a fraction of weights that sum to 1: R = Σ h v − Σ h(1) v."""
        return float((self.h - self.first) @ np.asarray(weights, np.float64))


def _ends(size: int, debtor: ArrayLike, creditor: ArrayLike, amount: Numbers, where: str) -> NDArray[np.int64]:
    """Debtors and creditors, shape (2, m); refused where they or the amounts cannot be."""
    tail, head = np.asarray(debtor, np.int64), np.asarray(creditor, np.int64)
    if not tail.shape == head.shape == amount.shape or amount.ndim != 1:
        raise InvalidQuestion(f"{tail.size} debtors, {head.size} creditors and {amount.size} amounts", where=where)
    ends = np.stack([tail, head])
    if len(amount) and not ((amount >= 0).all() and np.isfinite(amount).all()):
        raise InvalidQuestion("must be known and not negative", where=where, remedy="leave out what is not known")
    if ends.size and not 0 <= ends.min() <= ends.max() < size:
        unknown = int(ends[(ends < 0) | (ends >= size)][0])
        raise InvalidQuestion(f"a debtor or creditor that is none of the {size} parties", where=f"party {unknown}")
    if (tail == head).any():
        raise InvalidQuestion("nobody owes to itself", where=where, remedy="leave such debts out")
    return ends


def debtrank(
    impact: Impact, shock: ArrayLike, *, steepness: float = 0.0, tolerance: float = 1e-9, most: int | None = None
) -> Distress:
    r"""Spread distress, each rise of it passed on: DebtRank of 2015, or with a steepness that of 2016.

    .. math:: h_i \leftarrow \min\Big(1, h_i + \sum_j \Lambda_{ij} \Delta f(h_j)\Big), \qquad
        f(h) = h\, e^{\alpha (h - 1)}

    Parameters
    ----------
    impact : Impact
        Λ, of n parties.
    shock : (n,) array
        Fractions of equity lost at first.
    steepness : float
        α; 0 is linear, and the greater it is the less anybody feels before a debtor has failed, and
        nothing where it is infinite.
    tolerance : float
        Rises that are not passed on.
    most : int, optional
        Links that may be worked on; by default `LINKS` times all there are.

    Raises
    ------
    InvalidQuestion
        If a shock is no fraction, or the steepness is negative.
    NotConverged
        If rises still go round beyond the budget.

    Source
    ------
    Bardoscia et al., PLoS ONE 10 (2015), e0130406, eq. 8; Bardoscia et al., PLoS ONE 11 (2016), e0163825, eq. 9.
    Domain reference §4.5 and §4.6.

    Example
    -------
    >>> ring = Impact.weighed(3, [0, 1, 2], [1, 2, 0], [0.5, 0.4, 0.2])
    >>> found = debtrank(ring, [0.5, 0, 0])
    >>> found.h.round(6).tolist(), found.wave.tolist()
    ([0.520833, 0.260417, 0.104167], [1, 2, 3])
    """
    if not steepness >= 0:
        raise InvalidQuestion("is not negative", where=f"steepness {steepness}")
    return _spread(impact, shock, float(steepness), tolerance, most)


def debtrank_once(impact: Impact, shock: ArrayLike) -> Distress:
    r"""Spread distress where everybody passes on once: DebtRank of 2012, whose weights are at most 1.

    .. math:: h_i(t) = \min\Big(1, h_i(t - 1) + \sum_{j \text{ new at } t - 1} \min(1, \Lambda_{ij}) h_j(t - 1)\Big)

    Parameters
    ----------
    impact : Impact
    shock : (n,) array
        As `debtrank`.

    Raises
    ------
    InvalidQuestion
        As `debtrank`.

    Source
    ------
    Battiston et al., Scientific Reports 2 (2012), 541, eq. 1–3; who passed on still takes in. Domain reference §4.4.

    Example
    -------
    >>> ring = Impact.weighed(3, [0, 1, 2], [1, 2, 0], [0.5, 0.4, 0.2])
    >>> found = debtrank_once(ring, [1, 0, 0])
    >>> found.h.tolist(), round(found.impact([0.5, 0.3, 0.2]), 12)
    ([1.0, 0.5, 0.2], 0.19)
    """
    capped = Impact(impact.arrows, np.minimum(impact.weight, 1.0))
    return _spread(capped, shock, ONCE, 0.0, None)


def _spread(impact: Impact, shock: ArrayLike, steep: float, tolerance: float, most: int | None) -> Distress:
    first = np.asarray(shock, np.float64)
    if first.shape != (impact.size,) or not ((first >= 0) & (first <= 1)).all():
        raise InvalidQuestion("a shock is a fraction of each party's equity", where="shock")
    room, shocked = Room.of(impact.size), np.flatnonzero(first)
    room.line[shocked, H], room.line[shocked, WAVE], room.met[: len(shocked)] = first[shocked], 1.0, shocked
    budget = LINKS * (len(impact.weight) + impact.size) if most is None else most
    waves, _, left, budget = spread(impact.passing(steep, tolerance), room, len(shocked), budget)
    if budget <= 0 and left > tolerance:
        raise NotConverged("distress", iterations=waves, residual=left)
    reached = np.maximum(room.line[:, WAVE], 0.0).astype(np.int64)
    return Distress(room.line[:, H].copy(), first, reached, waves, left)


def furfine(impact: Impact, failed: Iterable[int], *, loss: float = 1.0) -> Distress:
    r"""Let fail who loses all equity by those that failed: the mechanical cascade.

    .. math:: D \leftarrow D \cup \Big\{i : \ell \sum_{j \in D} \Lambda_{ij} \ge 1\Big\}

    Parameters
    ----------
    impact : Impact
    failed : node numbers
        Who fails at first.
    loss : float
        Fraction ℓ of a claim on a failed debtor that is lost.

    Raises
    ------
    InvalidQuestion
        If the loss is no fraction, or a party none of these.

    Source
    ------
    Furfine, J. Money, Credit and Banking 35 (2003), 111, §3. Domain reference §4.3.

    Example
    -------
    >>> found = furfine(Impact.weighed(3, [0, 1], [1, 2], [1.2, 1.0]), [0], loss=0.9)
    >>> found.h.tolist(), found.wave.tolist()
    ([1.0, 1.0, 0.0], [1, 2, 0])
    """
    if not 0 <= loss <= 1:
        raise InvalidQuestion("is a fraction", where=f"loss {loss}")
    first = np.zeros(impact.size)
    for x in failed:
        if not 0 <= x < impact.size:
            raise InvalidQuestion("a party that is none of these", where=f"party {x}")
        first[x] = 1.0
    lost, wave = np.zeros(impact.size), first.astype(np.int64)
    matrix, new, waves = loss * impact.matrix, first.copy(), 0
    while new.any():
        waves += 1
        lost += matrix @ new
        fails = (lost >= 1 - 1e-12) & (wave == 0)
        wave[fails] = waves + 1
        new = fails.astype(float)
    return Distress((wave > 0).astype(float), first, wave, waves, 0.0)


def spectral_radius(impact: Impact) -> float:
    r"""Tell how strongly distress comes back: above 1 a small shock grows until somebody has failed.

    .. math:: \rho(\Lambda) = \max_S \rho(\Lambda_{SS}), \qquad S \text{ strongly connected}

    Parameters
    ----------
    impact : Impact

    Raises
    ------
    NotConverged
        If the largest eigenvalue of a ring is not found.

    Source
    ------
    Bardoscia et al., Nature Communications 8 (2017), 14416: pathways towards instability. Domain reference §4.5.

    Example
    -------
    >>> round(spectral_radius(Impact.weighed(3, [0, 1, 2], [1, 2, 0], [0.5, 0.4, 0.2])), 9)
    0.341995189
    """
    matrix = impact.matrix
    _, part = connected_components(matrix, directed=True, connection="strong")
    order = np.argsort(part, kind="stable")
    bounds = np.flatnonzero(np.diff(part[order], prepend=-1))
    found = float(matrix.diagonal().max(initial=0.0))
    for inside in np.split(order, bounds[1:]):
        if len(inside) > 1:
            found = max(found, _radius(matrix[inside][:, inside]))
    return found


def _radius(block: csc_array) -> float:
    """Of one strongly connected block: its greatest eigenvalue, which is real and not negative (Perron)."""
    if block.shape[0] <= DENSE:
        return float(np.abs(np.linalg.eigvals(block.toarray())).max())
    try:
        found = eigs(block, k=1, which="LR", v0=np.ones(block.shape[0]), return_eigenvectors=False, tol=1e-12)
    except ArpackNoConvergence as problem:
        raise NotConverged("spectral radius", iterations=0, residual=float("nan")) from problem
    return float(np.real(found[0]))
