"""Walks along holdings solved for all that they reach: component by component, else directly."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array
from scipy.sparse.linalg import splu

from analytics.kernels.ownership import solve_down, solve_up
from analytics.kernels.pushes import returning
from analytics.structure.ownership.order import OPEN, Order
from graph.errors import NotConverged

Nodes = NDArray[np.uint32]
Fractions = NDArray[np.float64]
NO_NODES: Nodes = np.zeros(0, np.uint32)
NO_SHARES: Fractions = np.zeros(0)
TOLERANCE = 1e-12
SWEEPS = 1000
"""Gauss–Seidel sweeps after which a component that hardly leaks is solved directly."""
DIRECT = 1e-9
"""Residual above which a direct solution is no solution."""
BUDGET = 20_000_000
"""Holdings read in search of what comes back to one node, before all of its row is solved."""


def held_down(
    order: Order, owners: Nodes, *, tolerance: float = TOLERANCE, sweeps: int = SWEEPS
) -> tuple[Fractions, Nodes, int, float]:
    r"""Solve what owners hold together, by position; the shares, positions reached, iterations and residual.

    .. math:: y_j = \sum_k y_k W_{kj}\ (j \notin O), \qquad y_j = 1\ (j \in O)

    Parameters
    ----------
    order : Order
        Direct shares in topological order.
    owners : (k,) array of positions
    tolerance : float
        Most that a share may still change by further sweeps.
    sweeps : int
        Sweeps of one component before all is solved directly.

    Raises
    ------
    NotConverged
        If a direct solution leaves more than 1e-9.

    Source
    ------
    Saad, *Iterative Methods for Sparse Linear Systems* (2003), §4.1.

    Example
    -------
    >>> from analytics.structure.ownership.stakes import Stakes
    >>> order = Stakes.exact(2, [0], [1], [0.5]).order
    >>> held_down(order, order.position[[0]])[0].tolist()
    [1.0, 0.5]
    """
    y = np.zeros(order.size)
    nodes, iterations, residual = solve_down(order.holdings, owners, tolerance, sweeps, y)
    if residual > tolerance:
        free = np.setdiff1d(nodes, owners)
        h = order.holdings
        matrix = csr_array((h.in_share, h.into, h.in_start), shape=(order.size, order.size))[free]
        y[free], residual = directly(matrix[:, free], matrix[:, owners].sum(axis=1), iterations)
    return y, nodes, iterations, residual


def carried_up(
    order: Order,
    companies: Nodes,
    weight: Fractions,
    *,
    stop: int = OPEN,
    tolerance: float = TOLERANCE,
    sweeps: int = SWEEPS,
) -> tuple[Fractions, Nodes, int, float]:
    r"""Carry weights of companies up to all their holders, by position; as `held_down`.

    Members of a closed block get what flows in from outside of it.

    .. math:: x_i = b_i + \sum_{j \ne s} W_{ij} x_j

    Parameters
    ----------
    order : Order
        Direct shares in topological order.
    companies : (k,) array of positions
    weight : (k,) array
        Weight b of each.
    stop : int
        Position s of which no holding counts; -1 for none.
    tolerance : float
        Most that a value may still change by further sweeps, as a fraction of the greatest weight.
    sweeps : int
        Sweeps of one component before all is solved directly.

    Raises
    ------
    NotConverged
        If a direct solution leaves more than 1e-9.

    Source
    ------
    As `held_down`, for the transpose.

    Example
    -------
    >>> from analytics.structure.ownership.stakes import Stakes
    >>> order = Stakes.exact(2, [0], [1], [0.5]).order
    >>> carried_up(order, order.position[[1]], np.ones(1))[0].tolist()
    [0.5, 1.0]
    """
    x = np.zeros(order.size)
    scale = float(np.abs(weight).max(initial=0.0)) or 1.0
    nodes, iterations, residual = solve_up(order.holdings, companies, weight / scale, stop, tolerance, sweeps, x)
    if residual > tolerance:
        h = order.holdings
        tail = np.repeat(np.arange(order.size), np.diff(h.out_start))
        inside = (h.closed[h.part_of[tail]] != 0) & (h.part_of[tail] == h.part_of[h.out])
        share = np.where(inside | (h.out == stop), 0.0, h.out_share)
        matrix = csr_array((share, h.out, h.out_start), shape=(order.size, order.size))[nodes]
        b = np.bincount(companies, weights=weight / scale, minlength=order.size).astype(np.float64)
        x[nodes], residual = directly(matrix[:, nodes], b[nodes], iterations)
    return x * scale, nodes, iterations, residual


def returns(order: Order, nodes: Nodes, tolerance: Fractions, *, sweeps: int = SWEEPS) -> tuple[Fractions, float]:
    r"""Find how much of each node comes back to it along holdings.

    .. math:: r_i = \sum_k Y_{ik} W_{ki} = 1 - 1 / V_{ii}

    Parameters
    ----------
    order : Order
        Direct shares in topological order.
    nodes : (k,) array of node numbers, none of a closed block
    tolerance : (k,) array
        Most by which each may be too low.
    sweeps : int
        Sweeps of one component before it is solved directly.

    Raises
    ------
    NotConverged
        If a direct solution leaves more than 1e-9.

    Source
    ------
    Hitting times of a Markov chain; Norris, *Markov Chains* (1997), theorem 1.3.2.

    Example
    -------
    >>> from analytics.structure.ownership.stakes import Stakes
    >>> order = Stakes.exact(2, [0, 1], [1, 0], [0.5, 0.2]).order
    >>> returns(order, np.array([0], np.uint32), np.array([1e-12]))[0].tolist()
    [0.1]
    """
    places = order.position[nodes]
    back = np.zeros(len(nodes))
    done, worst = 0, 0.0
    while done < len(nodes):
        part = np.zeros(len(nodes) - done)
        found, left = returning(order.holdings, places[done:], np.ascontiguousarray(tolerance[done:]), BUDGET, part)
        back[done : done + found] = part[:found]
        done += found
        if done < len(nodes):
            y, _, _, left = held_down(order, places[done : done + 1], tolerance=TOLERANCE, sweeps=sweeps)
            held = slice(*order.holdings.in_start[[places[done], places[done] + 1]])
            back[done] = order.holdings.in_share[held] @ y[order.holdings.into[held]]
            done += 1
        worst = max(worst, left)
    return back, worst


def directly(matrix: csr_array, given: Fractions, iterations: int) -> tuple[Fractions, float]:
    r"""Solve by factors what sweeps did not settle; the solution and its residual.

    .. math:: (I - A) z = b

    Parameters
    ----------
    matrix : (k, k) array
        Shares A; `A[i, j]` weighs z_j in z_i.
    given : (k,) array
        The vector b.
    iterations : int
        Sweeps made before, for the error.

    Raises
    ------
    NotConverged
        If the system is singular or its residual passes 1e-9.

    Source
    ------
    Li, "An Overview of SuperLU", ACM Transactions on Mathematical Software 31 (2005), 302.

    Example
    -------
    >>> directly(csr_array(np.array([[0.0, 0.5], [0.5, 0.0]])), np.array([0.75, 0.0]), 0)[0].tolist()
    [1.0, 0.5]
    """
    system = (eye_array(matrix.shape[0]) - matrix).tocsc()
    try:
        solution: Fractions = splu(system).solve(np.asarray(given))
    except RuntimeError as error:
        raise NotConverged("integrated ownership", iterations=iterations, residual=np.inf) from error
    residual = float(np.abs(system @ solution - given).max(initial=0.0))
    if not residual <= DIRECT:
        raise NotConverged("integrated ownership", iterations=iterations, residual=residual)
    return solution, residual
