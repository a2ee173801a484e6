"""Supplies as a layer of a shock, and which supplier or buyer each loss of output came from."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.shock.firms import Numbers
from analytics.contagion.shock.layers import Produced
from analytics.contagion.supply.cascade import STOP, Cascade, cascade
from analytics.contagion.supply.network import SupplyNetwork


@dataclass(frozen=True)
class Output:
    """What is left of everybody's output."""

    found: Cascade

    @property
    def lost(self) -> Numbers:
        """Fraction of its output that each has lost, shape (n,)."""
        return self.found.loss


@dataclass(frozen=True)
class Supplies:
    """Who makes what from what."""

    network: SupplyNetwork
    stop: float = STOP

    def lose(self, stopped: Numbers, before: Produced | None) -> Output:
        """Output where these fractions of it stop of themselves; `before`: with fewer of them."""
        known = before.found if isinstance(before, Output) else None
        return Output(cascade(self.network, stopped, stop=self.stop, before=known))


class Origins(NamedTuple):
    """Where lost output came from: fractions of what each lost, which sum to 1 of whoever lost by others."""

    source: NDArray[np.int64]
    into: NDArray[np.int64]
    part: Numbers
    upstream: NDArray[np.bool_]
    """Whether the source is a buyer, who orders less; else a supplier, who delivers less."""


def origins(network: SupplyNetwork, found: Cascade) -> Origins:
    r"""Lay the output that each firm lost on those it lost it by.

    A firm that lost most for want of inputs lost it by the suppliers of the input it lacks most, in proportion to what
    each lacks; one that lost most for want of orders by its buyers, in proportion to the orders each cut. What stopped
    of itself is nobody's doing.

    .. math:: w_{ij} \propto \sigma_i \Lambda^d_{ij} (1 - h^d_i) \text{ within } \arg\min_k \Pi_{jk}, \qquad
        w_{ji} \propto \Lambda^u_{ij} (1 - h^u_j)

    Parameters
    ----------
    network : SupplyNetwork
        Of n firms.
    found : Cascade
        What a shock led to in it.

    Raises
    ------
    Nothing.

    Source
    ------
    The binding term of Diem et al., Scientific Reports 12 (2022), 7719, eq. 8–11; proportional within it.

    Example
    -------
    >>> network = SupplyNetwork.of(3, [0, 1], [1, 2], [60, 100], industry=[0, 1, 2], revenue=[60, 200, 0])
    >>> by = origins(network, cascade(network, [0.5, 0, 0]))
    >>> by.source.tolist(), by.into.tolist(), by.part.tolist()
    ([0, 1], [1, 2], [1.0, 1.0])
    """
    lost = found.loss
    others = (lost > found.shock + 1e-12) & (lost > 0)
    short = others & (found.down >= found.up)
    unsold = others & ~short
    source, into, weight = _inputs(network, found, short)
    at = np.flatnonzero(unsold[network.seller] & (found.up[network.buyer] > 0))
    buyers, sellers = network.buyer[at].astype(np.int64), network.seller[at].astype(np.int64)
    cut = network.reliance[at] * found.up[network.buyer[at]]
    whole = np.bincount(into, weight, minlength=network.size) + np.bincount(sellers, cut, minlength=network.size)
    target = np.concatenate([into, sellers])
    part = np.concatenate([weight, cut]) / np.where(whole > 0, whole, 1.0)[target]
    upstream = np.repeat([False, True], [len(into), len(sellers)])
    return Origins(np.concatenate([source, buyers]), target, part, upstream)


def _inputs(
    network: SupplyNetwork, found: Cascade, short: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Numbers]:
    """Suppliers of the input that each of some firms lacks most, and how much of it each lacks."""
    inputs = network.inputs
    owner = inputs.owner[inputs.group]
    at = np.flatnonzero(short[owner])
    link, group = inputs.link[at], inputs.group[at].astype(np.int64)
    seller = network.seller[link].astype(np.int64)
    lack = inputs.part[at] * _felt(network, found.down)[seller]
    of_group = np.bincount(group, lack, minlength=len(inputs.owner))
    most = np.zeros(network.size)
    np.maximum.at(most, inputs.owner, of_group)
    first = np.full(network.size, len(of_group), np.int64)
    binding = np.flatnonzero((of_group > 0) & (of_group >= most[inputs.owner] * (1 - 1e-12)))
    np.minimum.at(first, inputs.owner[binding], binding)
    keep = (lack > 0) & (first[owner[at]] == group)
    return seller[keep], owner[at][keep].astype(np.int64), lack[keep]


def _felt(network: SupplyNetwork, down: Numbers) -> Numbers:
    """What of each firm's lost output nobody else of its industry stands in for: σ (1 - hᵈ)."""
    if not network.rationed:
        return down
    left = np.bincount(network.industry, network.sales * (1 - down), minlength=network.industries)[network.industry]
    sigma = np.minimum(1.0, np.divide(network.sales, left, out=np.ones_like(left), where=left > 0))
    return sigma * down
