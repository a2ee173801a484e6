"""Value that flows together in an owner, as the network of holdings counts it, and with its two defects mended."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analytics.structure.ownership.column import once_each
from analytics.structure.ownership.order import OPEN
from analytics.structure.ownership.stakes import Stakes
from analytics.structure.ownership.walks import SWEEPS, TOLERANCE, Fractions, Nodes, carried_up
from graph.bands import UNIT, units
from graph.errors import InvalidAmount, InvalidQuestion

Model = Literal["linear", "threshold", "relative"]
MODELS: tuple[Model, ...] = ("linear", "threshold", "relative")


@dataclass(frozen=True)
class Network:
    """Network value and network control of some owners, in the unit of the values."""

    control: Stakes
    """The control matrix C that was solved."""
    owner: Nodes
    value: Fractions
    """v + C v + C² v + …: its own value and all that flows to it; circles inflate it. Shape (k,)."""
    naive: Fractions
    """The same without the own value: what the published measure takes before it is corrected."""
    corrected: Fractions
    """What it controls of others on walks that do not come back to it; NaN in a closed block."""
    of_block: dict[int, float]
    """What each closed block controls of companies outside of it."""
    iterations: int
    residual: float


def control_matrix(stakes: Stakes, model: Model) -> Stakes:
    r"""Turn votes into a share of control, company by company.

    *Linear*: votes as they are. *Threshold*: all to the holder of more than half, else as they are.
    *Relative*: in proportion to the squares, so that large holders among small ones count for more.

    .. math:: C_{ij} = W_{ij}, \quad C_{ij} = [W_{ij} > \tfrac12]\ \text{where some is}, \quad
        C_{ij} = W_{ij}^2 \Big/ \sum_k W_{kj}^2

    Parameters
    ----------
    stakes : Stakes
        Direct votes holder → company, fractions; the low ends of bands are taken.
    model : {"linear", "threshold", "relative"}

    Raises
    ------
    InvalidQuestion
        If there is no such model.

    Source
    ------
    Vitali, Glattfelder & Battiston, "The Network of Global Corporate Control", PLoS ONE 6 (2011), e25995,
    supporting information; domain reference §1.3 (from memory there).

    Example
    -------
    >>> stakes = Stakes.exact(3, [0, 1], [2, 2], [0.6, 0.2])
    >>> [control_matrix(stakes, model).low.round(6).tolist() for model in MODELS]
    [[0.6, 0.2], [1.0, 0.0], [0.9, 0.1]]
    """
    if model not in MODELS:
        raise InvalidQuestion(f"no model {model!r}: {', '.join(MODELS)}", where="model")
    share = stakes.low
    if model == "threshold":
        majority = units(share) * 2 > UNIT
        taken = np.zeros(stakes.size, np.bool_)
        taken[stakes.head[majority]] = True
        share = np.where(taken[stakes.head], majority.astype(np.float64), share)
    elif model == "relative":
        square = share**2
        whole = np.bincount(stakes.head, weights=square, minlength=stakes.size)[stakes.head]
        share = np.divide(square, whole, out=np.zeros(len(share)), where=whole > 0)
    return Stakes.exact(stakes.size, stakes.tail, stakes.head, share)


def network_control(
    stakes: Stakes,
    values: ArrayLike,
    *,
    owners: ArrayLike | None = None,
    model: Model = "linear",
    tolerance: float = 1e-9,
    sweeps: int = SWEEPS,
) -> Network:
    r"""Add up the value that flows to owners through the network, with and without its defects.

    As published, value that runs in circles counts again and again, and what stands above gathers it. The
    correction counts only walks that do not come back to the owner: integrated ownership over C.

    .. math:: v^{net} = (I - C)^{-1} v, \quad c^{net} = (I - C)^{-1} C v, \quad
        \hat c_i = \sum_{j \ne i} \hat Y_{ij} v_j = v^{net}_i / V_{ii} - v_i

    Parameters
    ----------
    stakes : Stakes
        Direct votes holder → company, fractions; the low ends of bands are taken.
    values : (n,) array, any one unit
        Value of each company, ≥ 0.
    owners : (k,) array of node numbers, optional
        Default all: in large circles what comes back takes its time for each.
    model : {"linear", "threshold", "relative"}
    tolerance : float
        Most that a corrected value may be off, as a fraction of the greatest value.
    sweeps : int

    Raises
    ------
    InvalidAmount
        If a value is negative or not finite, or there is not one for each node.
    InvalidQuestion, NotConverged
        If there is no such model or owner; as `integrated_row`.

    Source
    ------
    As `control_matrix`, supporting information §3.

    Example
    -------
    >>> found = network_control(Stakes.exact(3, [0, 2, 1], [1, 1, 2], [0.6, 0.2, 0.5]), [0, 1, 1])
    >>> found.corrected.round(9).tolist(), found.naive.round(6).tolist()
    ([1.0, 0.5, 0.2], [1.0, 0.666667, 0.333333])
    """
    v = _values(values, stakes.size)
    control = control_matrix(stakes, model)
    order = control.order
    who = order.known(range(stakes.size) if owners is None else np.asarray(owners).tolist()).astype(np.uint32)
    x, _, iterations, residual = carried_up(order, order.position, v, tolerance=TOLERANCE, sweeps=sweeps)
    flow = x[order.position]
    of_block = {b: float((flow - v)[members].sum()) for b, members in enumerate(order.blocks)}
    flow[order.block != OPEN] = np.nan
    scale, some = float(v.max(initial=0.0)) or 1.0, np.flatnonzero(order.block[who] == OPEN)
    corrected = np.full(len(who), np.nan)
    once, left = once_each(order, who[some], flow[who[some]] / scale, tolerance=tolerance, sweeps=sweeps)
    corrected[some] = np.maximum(once * scale - v[who[some]], 0.0)
    return Network(control, who, flow[who], (flow - v)[who], corrected, of_block, iterations, max(residual, left))


def _values(values: ArrayLike, size: int) -> Fractions:
    v = np.asarray(values, np.float64)
    if v.shape != (size,) or not np.isfinite(v).all() or (v < 0).any():
        raise InvalidAmount("a value that is negative, missing or not finite", where="values")
    return v
