r"""One shock along supplies: downstream for want of inputs, upstream for want of orders.

With h the fraction of its production that a firm keeps, W the sales, and industries p,

.. math:: \Pi_{jk} = 1 - \sum_{i : p_i = k} \sigma_i \Lambda^d_{ij} (1 - h^d_i), \qquad
    h^d_j \leftarrow \min\Big(\min_{k \text{ essential}} \Pi_{jk},\ 1 - \sum_{k \text{ replaceable}} (1 - \Pi_{jk}),\
    1 - \psi_j\Big)

.. math:: h^u_i \leftarrow \min\Big(1 - \psi_i,\ 1 - \sum_j \Lambda^u_{ij} (1 - h^u_j)\Big), \qquad
    \sigma_i = \min\Big(1, \frac{s_i}{\sum_{j : p_j = p_i} s_j h^d_j}\Big)

from h = 1 - ψ, all firms at once in every round, until nothing falls by more than a stop. Everything on the right rises
with h, the substitution included (the more is left of an industry, the smaller the part of it that anybody must
replace), so that h only falls and ends at the greatest solution: a larger shock never lowers a loss, and whoever looks
only at what changed ends at the same. The shock persists: ψ holds in every round.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analytics.contagion.supply.network import Numbers, SupplyNetwork
from analytics.kernels.supply import Made, begin_with, follow, sweep
from graph.errors import InvalidQuestion, NotConverged

STOP = 1e-6
"""Largest fall of a round at which nothing more is followed; at the authors' 1e-2 losses read far too low."""
ROUNDS = 100_000
Schedule = Literal["changes", "all"]


@dataclass(frozen=True)
class Cascade:
    """What a shock leads to. Losses are fractions of what each firm makes, shape (n,)."""

    shock: Numbers
    """ψ."""
    down: Numbers
    """Lost for want of inputs, 1 - hᵈ."""
    up: Numbers
    """Lost for want of orders, 1 - hᵘ."""
    sales: Numbers
    """Of each firm to the others, what its loss weighs."""
    stop: float
    residual: float
    """The largest fall in the last round."""
    rounds: int

    @property
    def loss(self) -> Numbers:
        """1 - min(hᵈ, hᵘ), shape (n,)."""
        return np.maximum(self.down, self.up)

    @property
    def total(self) -> float:
        """Economic systemic risk index: part of all sales that is lost."""
        return self._part(self.loss)

    @property
    def total_down(self) -> float:
        """The same for want of inputs alone."""
        return self._part(self.down)

    @property
    def total_up(self) -> float:
        """The same for want of orders alone."""
        return self._part(self.up)

    def _part(self, loss: Numbers) -> float:
        return float(self.sales @ loss / self.sales.sum())


def cascade(
    network: SupplyNetwork,
    shock: ArrayLike,
    *,
    stop: float = STOP,
    schedule: Schedule = "changes",
    least: float = 0.0,
    begin: Cascade | None = None,
    most: int = ROUNDS,
) -> Cascade:
    r"""Follow one shock along supplies until nothing more is lost.

    .. math:: \text{ESRI} = \sum_i \frac{s_i}{\sum_j s_j} \big(1 - \min(h^d_i, h^u_i)\big)

    Parameters
    ----------
    network : SupplyNetwork, of n firms
    shock : (n,) array
        Fraction ψ of its production that each firm loses of itself; it persists.
    stop : float, largest fall of anybody's production in a round at which it ends; the new state is returned
    schedule : "changes" or "all"
        Whether a round looks at what changed alone while that is little, or at every firm; both take the same rounds.
    least : float
        Of changes: rises that wait until they add up to more; a hundredth of the stop spares what nobody would notice.
    begin : Cascade, optional, what a smaller shock on the same network led to: it goes on from there, to the same end
    most : int, rounds after which it is given up

    Raises
    ------
    InvalidQuestion
        If a shock is no fraction, or less than that of `begin`, nothing is sold, or the stop is not positive.
    NotConverged
        If losses still rise after all rounds.

    Source
    ------
    Diem et al., Scientific Reports 12 (2022), 7719, methods, eq. 7–14. Domain reference §4.8.

    Example
    -------
    >>> network = SupplyNetwork.of(3, [0, 1], [1, 2], [60, 100], industry=[0, 1, 2], revenue=[60, 200, 0])
    >>> found = cascade(network, [0.5, 0, 0])
    >>> found.down.tolist(), round(found.total, 12), found.rounds
    ([0.5, 0.5, 0.5], 0.5, 3)
    """
    check_asked(network, stop)
    first = np.asarray(shock, np.float64)
    down, up = _begun(network, first, begin)
    rounds, residual = 0, np.inf
    if schedule == "changes":
        made = Made.of(network.spread)
        begin_with(network.spread, made, down, up)
        rounds, residual = follow(network.spread, made, least, stop, most)
        down, up = made.down.copy(), made.up.copy()
    if residual > stop:
        more, residual = sweep(network.chain, stop, most - rounds, down, up)
        rounds += more
    if residual > stop:
        raise NotConverged("losses along supplies", iterations=rounds, residual=residual)
    return Cascade(first, down, up, network.sales, stop, residual, rounds)


def _begun(network: SupplyNetwork, shock: Numbers, begin: Cascade | None) -> tuple[Numbers, Numbers]:
    """The state to begin from: losses only rise, so that those of a smaller shock are on the way."""
    if shock.shape != (network.size,) or not ((shock >= 0) & (shock <= 1)).all():
        raise InvalidQuestion("a shock is a fraction of what each firm makes", where="shock")
    if begin is None:
        return shock.copy(), shock.copy()
    if begin.shock.shape != shock.shape or not (shock >= begin.shock).all():
        raise InvalidQuestion("is less than the one it goes on from", where="shock", remedy="begin anew")
    return np.maximum(shock, begin.down), np.maximum(shock, begin.up)


def shock_of(network: SupplyNetwork, losses: Mapping[int, float]) -> Numbers:
    r"""Write a shock on some firms as a vector.

    .. math:: \psi_i = \text{what firm } i \text{ loses of itself}

    Parameters
    ----------
    network : SupplyNetwork
    losses : mapping from a firm's number to the fraction of its production that it loses

    Raises
    ------
    InvalidQuestion
        If it is empty, or a firm is none of these.

    Source
    ------
    Diem et al., Scientific Reports 12 (2022), 7719, methods: ψ.

    Example
    -------
    >>> shock_of(SupplyNetwork.of(3, [0], [1], [5], industry=[0, 0, 0]), {0: 1.0}).tolist()
    [1.0, 0.0, 0.0]
    """
    if not losses:
        raise InvalidQuestion("no firm is hit", where="shock", remedy="name at least one firm")
    shock = np.zeros(network.size)
    for firm, part in losses.items():
        if not 0 <= firm < network.size:
            raise InvalidQuestion("a firm that is none of these", where=f"shock on firm {firm}")
        shock[firm] = part
    return shock


def check_asked(network: SupplyNetwork, stop: float) -> None:
    r"""Refuse a network without sales, and a stop that is none.

    .. math:: \sum_i s_i > 0, \qquad \epsilon > 0

    Parameters
    ----------
    network : SupplyNetwork
    stop : float

    Raises
    ------
    InvalidQuestion
        If nobody sells anything, or the stop is not positive.

    Source
    ------
    Domain reference §4.8: losses are parts of all sales.

    Example
    -------
    >>> check_asked(SupplyNetwork.of(2, [0], [1], [5], industry=[0, 0]), 1e-6)
    """
    if not stop > 0:
        raise InvalidQuestion("is positive", where=f"stop {stop}")
    if not network.sales.sum() > 0:
        raise InvalidQuestion("nobody sells anything to anybody", where="supplies")
