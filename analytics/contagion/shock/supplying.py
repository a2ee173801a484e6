"""Supplies as a layer of a shock, and which supplier or buyer each loss of output came from."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.shock.firms import Numbers
from analytics.contagion.supply.cascade import STOP, Cascade
from analytics.contagion.supply.network import SupplyNetwork


@dataclass(frozen=True)
class Output:
    """What is left of everybody's output."""

    network: SupplyNetwork
    found: Cascade

    @cached_property
    def by_others(self) -> Numbers:
        """Fraction of its output that each would have lost had it not stopped itself, shape (n,)."""
        return np.minimum(np.maximum(self.lacking.short, self.lacking.unsold), 1.0)

    @cached_property
    def lacking(self) -> "Lacking":
        """What inputs and orders whoever lost output lacks."""
        return _lacking(self.network, self.found)


@dataclass(frozen=True)
class Supplies:
    """Who makes what from what."""

    network: SupplyNetwork
    stop: float = STOP
    """Largest fall of anybody's output in a round at which nothing more is followed; rises of a hundredth of it wait
    until they have added up to more."""


class Origins(NamedTuple):
    """Where lost output came from: fractions of what each lost, which sum to 1 of whoever lost by others."""

    source: NDArray[np.int64]
    into: NDArray[np.int64]
    part: Numbers
    upstream: NDArray[np.bool_]
    """Whether the source is a buyer, who orders less; else a supplier, who delivers less."""


def origins(output: Output) -> Origins:
    r"""Lay the output that each firm lost on those it lost it by.

    A firm that lost most for want of inputs lost it by the suppliers of the input it lacks most, in proportion to what
    each lacks; one that lost most for want of orders by its buyers, in proportion to the orders each cut. What stopped
    of itself is nobody's doing.

    .. math:: w_{ij} \propto \sigma_i \Lambda^d_{ij} (1 - h^d_i) \text{ within } \arg\min_k \Pi_{jk}, \qquad
        w_{ji} \propto \Lambda^u_{ij} (1 - h^u_j)

    Parameters
    ----------
    output : Output
        What a shock led to.

    Raises
    ------
    Nothing.

    Source
    ------
    The binding term of Diem et al., Scientific Reports 12 (2022), 7719, eq. 8–11; proportional within it.

    Example
    -------
    >>> from analytics.contagion.supply.cascade import cascade
    >>> network = SupplyNetwork.of(3, [0, 1], [1, 2], [60, 100], industry=[0, 1, 2], revenue=[60, 200, 0])
    >>> by = origins(Output(network, cascade(network, [0.5, 0, 0])))
    >>> by.source.tolist(), by.into.tolist(), by.part.tolist()
    ([0, 1], [1, 2], [1.0, 1.0])
    """
    network, lacking = output.network, output.lacking
    owners, by_others = lacking.of_group, np.maximum(lacking.short, lacking.unsold)
    binding = lacking.group[lacking.lack_of_group[lacking.group] >= lacking.short[lacking.owner] * (1 - 1e-12)]
    first = np.full(network.size, len(owners), np.int64)
    np.minimum.at(first, owners[binding].astype(np.int64), binding)
    short = (lacking.short >= lacking.unsold) & (by_others > 0)
    mine = (lacking.lack > 0) & short[lacking.owner] & (first[lacking.owner] == lacking.group)
    cut = (lacking.cut > 0) & ~short[lacking.cutting]
    source = np.concatenate([lacking.seller[mine], network.buyer[lacking.order[cut]].astype(np.int64)])
    into = np.concatenate([lacking.owner[mine], lacking.cutting[cut]])
    weight = np.concatenate([lacking.lack[mine], lacking.cut[cut]])
    whole = np.bincount(into, weight, minlength=network.size)
    return Origins(source, into, weight / whole[into], np.repeat([False, True], [int(mine.sum()), int(cut.sum())]))


class Lacking(NamedTuple):
    """What inputs and orders whoever lost output lacks, by whom."""

    seller: NDArray[np.int64]
    owner: NDArray[np.int64]
    """Whose input each is."""
    lack: Numbers
    """What each lacks, 1 being all of what makes the input."""
    group: NDArray[np.int64]
    """The input, as the network numbers them."""
    lack_of_group: Numbers
    of_group: NDArray[np.uint32]
    """Whose input each group is."""
    order: NDArray[np.int64]
    """Positions of supplies whose buyer orders less."""
    cutting: NDArray[np.int64]
    """Who sells them."""
    cut: Numbers
    """What of its revenue each loses so."""
    short: Numbers
    """The most that each lacks of an input, shape (n,)."""
    unsold: Numbers
    """What each lacks of its orders, shape (n,)."""


def _lacking(network: SupplyNetwork, found: Cascade) -> Lacking:
    inputs, hit = network.inputs, found.loss > 0
    owner = inputs.owner[inputs.group]
    at = np.flatnonzero(hit[owner])
    seller, group = network.seller[inputs.link[at]].astype(np.int64), inputs.group[at].astype(np.int64)
    lack = inputs.part[at] * _felt(network, found.down)[seller]
    of_group = np.bincount(group, lack, minlength=len(inputs.owner)).astype(float)
    short = np.zeros(network.size)
    np.maximum.at(short, inputs.owner, of_group)
    order = np.flatnonzero(hit[network.seller] & (found.up[network.buyer] > 0))
    cutting = network.seller[order].astype(np.int64)
    cut = network.reliance[order] * found.up[network.buyer[order]]
    unsold = np.bincount(cutting, cut, minlength=network.size).astype(float)
    return Lacking(
        seller, owner[at].astype(np.int64), lack, group, of_group, inputs.owner, order, cutting, cut, short, unsold
    )


def _felt(network: SupplyNetwork, down: Numbers) -> Numbers:
    """What of each firm's lost output nobody else of its industry stands in for: σ (1 - hᵈ)."""
    if not network.rationed:
        return down
    left = np.bincount(network.industry, network.sales * (1 - down), minlength=network.industries)[network.industry]
    sigma = np.minimum(1.0, np.divide(network.sales, left, out=np.ones_like(left), where=left > 0))
    return sigma * down
