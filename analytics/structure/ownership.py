"""What an owner owns in the end, through all chains and circles."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array, eye_array
from scipy.sparse.csgraph import breadth_first_order, connected_components
from scipy.sparse.linalg import splu

from graph.errors import InvalidShare


def integrated_ownership(
    size: int, tail: ArrayLike, head: ArrayLike, share: ArrayLike, *, owner: int
) -> NDArray[np.float64]:
    r"""Add up what an owner holds along every walk that does not come back to it.

    A company's own shares fall to its other holders in proportion.

    .. math:: y_j = W_{ij} + \sum_{k \ne i} y_k W_{kj}

    solved at once on what the owner reaches, with the arrows into the owner left out.

    Parameters
    ----------
    size : int
        Number of nodes n.
    tail, head : (m,) arrays of node numbers
        Holder → company; several of one pair add up.
    share : (m,) array, fractions
        Direct share of the head held by the tail.
    owner : int
        Node number i.

    Raises
    ------
    InvalidShare
        If companies within reach, or the owner and they, own each other wholly: nobody owns them in the end.

    Source
    ------
    Baldone, Brioschi & Paleari, "Ownership Measures Among Firms Connected by Cross-Shareholdings",
    Metroeconomica 49 (1998); domain reference §1.2.

    Example
    -------
    >>> integrated_ownership(3, [0, 2, 1], [1, 1, 2], [0.6, 0.2, 0.5], owner=0).round(6).tolist()
    [0.0, 0.666667, 0.333333]
    """
    matrix = csc_array((np.asarray(share, np.float64), (np.asarray(tail), np.asarray(head))), shape=(size, size))
    result = np.zeros(size)
    order = breadth_first_order(matrix, owner, return_predecessors=False)[1:]
    if not len(order):
        return result
    reached = np.append(order, owner)
    _refuse_closed(csc_array(matrix[reached][:, reached]))
    inner = csc_array(matrix[order][:, order])
    direct = matrix[[owner]][:, order].toarray().ravel()
    result[order] = splu(csc_array(eye_array(len(order)) - inner.T)).solve(direct)
    return result


def _refuse_closed(matrix: csc_array) -> None:
    """Refuse blocks that hold all of themselves."""
    count, part = connected_components(matrix, connection="strong")
    links = matrix.tocoo()
    within = part[links.row] == part[links.col]
    held = np.bincount(links.col[within], weights=links.data[within], minlength=matrix.shape[0])
    least = np.full(count, np.inf)
    np.minimum.at(least, part, held)
    if (least >= 1 - 1e-9).any():
        raise InvalidShare("companies own each other wholly and have no final owner", where="holdings")
