r"""What every firm's failure costs, and of which it costs most: one solve bounds all, single runs settle the foremost.

Without caps distress is linear, :math:`h = (I - \Lambda)^{-1} h(1)`, so that the value lost by each single failure
stands in one vector x = v + Λᵀx. Two caps bind. The failed firm's own always does where distress comes back to it:
with V = (I − Λ)⁻¹ its column over-counts by :math:`V_{ii} = 1 / (1 - f_i)`, where :math:`f_i` is what comes back to i
for the first time, so that :math:`x_i / V_{ii}` is exact where no other firm fails. Where others fail too their caps
make it an upper bound; so it does where :math:`f_i` is taken from below, by its first steps. An upper bound of
everybody and exact runs in its order give the foremost for certain, once the next bound is no greater than the last of
them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.contagion.distress import LINKS, Impact, Numbers
from analytics.kernels.adjoint import Claims, by_label, pull, returns
from analytics.kernels.compiled import frozen
from analytics.kernels.distress import Costs, Room, fail_each
from graph.errors import InvalidQuestion, NotConverged

SWEEPS = 1000
"""Sweeps of one ring of firms after which its spectral radius counts as not below 1."""
EXACT = 200
"""Firms of one ring up to which what comes back is taken from its whole matrix."""
READ = 100_000
"""Links that may be read of a firm for what comes back to it in three steps."""


@dataclass(frozen=True)
class Failures:
    """What single failures cost the others; arrays of shape (k,)."""

    party: NDArray[np.uint32]
    loss: Numbers
    """Weights lost beyond the failed firm's own; from below, as rises within the tolerance are not passed on."""
    late: Numbers | None
    """The most that the loss may be too low by; None where it cannot be told."""
    waves: NDArray[np.int64]
    residual: float
    """The most that anybody's distress would rise yet."""
    links: int
    """Claims worked on in all."""


@dataclass(frozen=True)
class Bounds:
    """What each single failure costs the others at most; arrays of shape (n,)."""

    loss: Numbers
    worth: Numbers
    """What it costs at most if a firm loses all of its equity once more, x."""
    exact_return: NDArray[np.bool_]
    """Of whom the own cap is exact, so that the bound is the loss where no other firm fails."""
    sweeps: int
    residual: float
    """Part by which a bound may be too low yet."""


@dataclass(frozen=True)
class Impacts:
    """Of whom the failure costs most, with what bounds all others."""

    bounds: Bounds
    top: Failures
    """The foremost by exact loss, the dearest first."""
    runs: int
    """Failures that were run."""
    next_bound: float
    """The most that the failure of any firm that was not run may cost."""

    @property
    def certain(self) -> bool:
        """Whether nobody else can cost more than the last of the foremost."""
        return bool(len(self.top.loss) and self.next_bound <= self.top.loss[-1])


def failures(
    impact: Impact,
    weights: ArrayLike,
    parties: ArrayLike,
    *,
    steepness: float = 0.0,
    tolerance: float = 1e-9,
    most: int | None = None,
) -> Failures:
    r"""Let firms fail one by one, each alone: the exact way, whatever the spectral radius.

    .. math:: R_p = \sum_{i \ne p} h_i v_i, \qquad h_p(1) = 1

    Parameters
    ----------
    impact : Impact
        Λ, of n firms.
    weights : (n,) array
        What each is worth, v, in money or as fractions; not negative.
    parties : (k,) array of node numbers
        Who fails, each alone.
    steepness, tolerance, most
        As `debtrank`, for each failure.

    Raises
    ------
    InvalidQuestion
        If a weight is negative or not known, or a party none of these.
    NotConverged
        As `debtrank`.

    Source
    ------
    Bardoscia et al., PLoS ONE 10 (2015), e0130406, eq. 8. Domain reference §4.5.

    Example
    -------
    >>> ring = Impact.weighed(3, [0, 1, 2], [1, 2, 0], [0.5, 0.4, 0.2])
    >>> failures(ring, [0.5, 0.3, 0.2], [0, 1, 2]).loss.round(6).tolist()
    [0.19, 0.12, 0.13]
    """
    if not steepness >= 0:
        raise InvalidQuestion("is not negative", where=f"steepness {steepness}")
    return _run(impact, _weights(impact, weights), parties, (steepness, tolerance, most), None)


def _run(
    impact: Impact, value: Numbers, parties: ArrayLike, how: tuple[float, float, int | None], worth: Numbers | None
) -> Failures:
    who = np.asarray(parties, np.int64)
    if who.ndim != 1 or (len(who) and not 0 <= who.min() <= who.max() < impact.size):
        raise InvalidQuestion(f"a party that is none of these {impact.size}", where="failures")
    steepness, tolerance, most = how
    budget = LINKS * (len(impact.weight) + impact.size) if most is None else most
    party, passing, costs = frozen(who, np.uint32), impact.passing(steepness, tolerance), Costs.of(len(who))
    later = np.zeros(impact.size) if worth is None else worth
    links = fail_each(passing, Room.of(impact.size), party, value, frozen(later, np.float64), budget, costs)
    residual = float(costs.left.max(initial=0.0))
    if residual > tolerance:
        raise NotConverged("distress", iterations=int(costs.waves[costs.left.argmax()]), residual=residual)
    return Failures(party, costs.loss, None if worth is None else costs.late, costs.waves, residual, links)


def bound_impacts(impact: Impact, weights: ArrayLike, *, tolerance: float = 1e-6) -> Bounds:
    r"""Bound what each firm's failure costs the others, all at once.

    .. math:: R_i \le x_i (1 - f_i) - v_i, \qquad x = v + \Lambda^T x

    Parameters
    ----------
    impact : Impact
        Λ, of n firms.
    weights : (n,) array
        What each is worth, v; not negative.
    tolerance : float
        Part of each x that may be missing when a ring of firms counts as settled.

    Raises
    ------
    InvalidQuestion
        If a weight cannot be, or the spectral radius of what reaches anything valued is not below 1.

    Source
    ------
    Linear DebtRank as Bardoscia et al., PLoS ONE 10 (2015), e0130406, eq. 8; own cap: first returns as in
    Kemeny & Snell, *Finite Markov Chains* (1960), ch. 3; components: Tarjan, SIAM J. Computing 1 (1972), 146.

    Example
    -------
    >>> ring = Impact.weighed(3, [0, 1, 2], [1, 2, 0], [0.5, 0.4, 0.2])
    >>> bound_impacts(ring, [0.5, 0.3, 0.2], tolerance=1e-12).loss.round(6).tolist()
    [0.19, 0.12, 0.13]
    """
    value = _weights(impact, weights)
    matrix = _linked(impact)
    # scipy numbers a component after all those that it leads to.
    count, label = connected_components(matrix, connection="strong")
    label, x = frozen(label, np.int32), value.copy()
    claims = Claims(*impact.passing(0.0, 0.0)[:3])
    sweeps, left = pull(claims, label, frozen(by_label(label, count), np.uint32), tolerance, SWEEPS, x)
    if not np.isfinite(left):
        raise InvalidQuestion(
            f"the spectral radius of a ring of firms is not below 1, or {SWEEPS} sweeps cannot tell, so that one solve "
            "does not bound what each failure costs", where="claims", remedy="run failures one by one: `failures`",
        )  # fmt: skip
    members = np.bincount(label, minlength=count)[label]
    # A ring that nothing of value hangs on may amplify without end, and costs nothing.
    valued = np.bincount(label, x > 0, minlength=count)[label] == members
    returned, some = np.zeros(impact.size), np.flatnonzero((members > 1) & valued)
    csc = matrix.tocsc()
    back = Claims(frozen(csc.indptr, np.int64), frozen(csc.indices, np.uint32), frozen(csc.data, np.float64))
    returns(claims, back, frozen(some, np.uint32), READ, returned)
    small = (members > 2) & (members <= EXACT) & valued
    returned[small] = _returns_of_small(matrix, label, members, small)[small]
    exact = (members <= EXACT) | ~valued
    loss = np.clip(x * (1.0 - returned) - value, 0.0, value.sum() - value)
    return Bounds(loss, x, exact, sweeps, left)


def impacts(
    impact: Impact, weights: ArrayLike, *, top: int = 10, runs: int | None = None, tolerance: float = 1e-6
) -> Impacts:
    r"""Find of whom the failure costs the others most: all are bounded, the foremost run.

    .. math:: R_{(k)} \ge \max_{i \text{ not run}} \bar R_i

    Parameters
    ----------
    impact : Impact
        Λ, of n firms.
    weights : (n,) array
        What each is worth, v; not negative.
    top : int
        How many are asked for.
    runs : int, optional
        Failures that may be run; by default 100 and ten for each that is asked for.
    tolerance : float
        As `debtrank`, for each run.

    Raises
    ------
    InvalidQuestion
        As `bound_impacts`, or if fewer than one is asked for.
    NotConverged
        As `debtrank`.

    Source
    ------
    Order by an upper bound, stop at the first that cannot enter: Fagin, Lotem & Naor, J. Computer and System Sciences
    66 (2003), 614, §4 (threshold algorithm). Domain reference §4.5.

    Example
    -------
    >>> ring = Impact.weighed(3, [0, 1, 2], [1, 2, 0], [0.5, 0.4, 0.2])
    >>> found = impacts(ring, [0.5, 0.3, 0.2], top=1)
    >>> found.top.party.tolist(), found.top.loss.round(9).tolist(), found.certain
    ([0], [0.19], True)
    """
    if top < 1:
        raise InvalidQuestion("is at least 1", where=f"top {top}")
    value, bounds = _weights(impact, weights), bound_impacts(impact, weights)
    upper = bounds.loss * (1.0 + bounds.residual)
    limit = min(impact.size, max(top, 10 * top + 100 if runs is None else runs))
    order = np.argpartition(-upper, limit)[: limit + 1] if limit < impact.size else np.arange(impact.size)
    order = order[np.lexsort((order, -upper[order]))]
    ran: list[Failures] = []
    done, last, size = 0, -np.inf, top
    while done < limit and (done < top or upper[order[done]] > last):
        some = order[done : min(done + size, limit)]
        ran.append(_run(impact, value, some, (0.0, tolerance, None), bounds.worth))
        done, size = done + len(some), size * 2
        losses = np.concatenate([part.loss for part in ran])
        last = np.partition(losses, -top)[-top] if len(losses) >= top else -np.inf
    left = float(upper[order[done]]) if done < len(order) else 0.0
    return Impacts(bounds, _foremost(ran, top), done, left)


def _foremost(ran: list[Failures], top: int) -> Failures:
    """The dearest of what was run, of equals the lower number first."""
    party = np.concatenate([part.party for part in ran] or [np.empty(0, np.uint32)])
    loss, late, waves = (
        np.concatenate([np.zeros(0), *parts])
        for parts in ([part.loss for part in ran], [part.late for part in ran], [part.waves for part in ran])
    )
    first = np.lexsort((party, -loss))[:top]
    residual = max((part.residual for part in ran), default=0.0)
    links = sum(part.links for part in ran)
    return Failures(party[first], loss[first], late[first], waves[first].astype(np.int64), residual, links)


def _returns_of_small(
    matrix: csr_array, label: NDArray[np.int32], members: NDArray[np.int64], small: NDArray[np.bool_]
) -> Numbers:
    """First returns in small rings, from 1 / V_ii of each ring's matrix; rings of one size are inverted together."""
    found, who = np.zeros(len(label)), np.flatnonzero(small)
    who = who[np.argsort(label[who], kind="stable")]
    place = np.full(len(label), -1)  # within its ring
    begins = np.flatnonzero(np.diff(label[who], prepend=-1))
    place[who] = np.arange(len(who)) - np.repeat(begins, np.diff(np.append(begins, len(who))))
    links = matrix.tocoo()
    tail, head = links.coords
    kept = (label[tail] == label[head]) & small[tail]
    tail, head, weight = tail[kept], head[kept], links.data[kept]
    for size in np.unique(members[who]).tolist():
        here = who[members[who] == size].reshape(-1, size)
        ring = np.full(len(label), -1)
        ring[here] = np.arange(len(here))[:, None]
        of = ring[tail] >= 0
        block = np.zeros((len(here), size, size))
        np.add.at(block, (ring[tail[of]], place[head[of]], place[tail[of]]), weight[of])
        inverse = np.linalg.inv(np.eye(size) - block)
        found[here] = 1.0 - 1.0 / np.diagonal(inverse, axis1=1, axis2=2)
    return found


def _linked(impact: Impact) -> csr_array:
    """Claims that count, row the debtor, column the creditor."""
    shape, links = (impact.size, impact.size), impact.by_arrow
    if links.all():
        start, into = impact.arrows.start.astype(np.int32), impact.arrows.head.astype(np.int32)
        return csr_array((links, into, start), shape=shape)
    some = np.flatnonzero(links)
    return csr_array((links[some], (impact.arrows.tail[some], impact.arrows.head[some])), shape=shape)


def _weights(impact: Impact, weights: ArrayLike) -> Numbers:
    value = np.asarray(weights, np.float64)
    if value.shape != (impact.size,) or not ((value >= 0).all() and np.isfinite(value).all()):
        raise InvalidQuestion(f"must be known and not negative, one of each of {impact.size}", where="weights")
    return frozen(value, np.float64)
