"""Who hangs together, and folds of parties that no community crosses."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from analytics.kernels.communities import move_parties
from analytics.kernels.compiled import frozen
from analytics.learning.panel import Panel, Split
from graph.errors import InvalidPanel

LEVELS: Final = 20
FINER: Final = 2.0
TRIES: Final = 8
TOO_LARGE: Final = 0.5
"""Part of a fold that one community may fill before communities are made finer."""


@dataclass(frozen=True)
class Folds:
    """A fold for every party; parties of one community are in one."""

    fold: NDArray[np.int8]
    """Shape (n,)."""
    count: int
    community: NDArray[np.int64]
    """Of each party, 0 to k − 1, shape (n,)."""
    crossing: float
    """Part of the pairs linked by a relation that stand in two folds; 0 where there are no links."""
    modularity: float
    largest: float
    """Part of all rows and defaults that the largest community has."""

    @classmethod
    def of(cls, panel: Panel, *, count: int = 5) -> "Folds":
        """Part the parties of a panel; communities are made finer until none fills half a fold.

        Raises InvalidPanel where there are fewer than three folds or fewer parties than folds.
        """
        if count < 3 or panel.size < count:
            raise InvalidPanel(f"{count} folds of {panel.size} parties", where="folds", remedy="take three or more")
        pairs = merged(panel)
        load, resolution = _load(panel), 1.0
        for _ in range(TRIES):
            community = communities(pairs, resolution=resolution)
            heavy = float(np.bincount(community, load).max())
            if heavy <= TOO_LARGE / count:
                break
            resolution *= FINER
        fold = _spread(community, load, count)
        ends = pairs.tocoo()
        apart = fold[ends.coords[0]] != fold[ends.coords[1]]
        crossing = float(ends.data[apart].sum() / ends.data.sum()) if ends.nnz else 0.0
        return cls(fold, count, community, crossing, modularity(pairs, community), heavy)

    def splits(self, panel: Panel) -> tuple[Split, ...]:
        """One split a fold: it judges, the next settles, the others teach."""
        return tuple(
            Split.by_folds(panel, self.fold, test=at, validate=(at + 1) % self.count, name=f"community-{at + 1}")
            for at in range(self.count)
        )


def merged(panel: Panel) -> sparse.csr_array:
    r"""Lay all relations of all days over one another.

    .. math:: A_{ij} = A_{ji} = \#\{\text{relations that ever link } i \text{ and } j \text{, either way}\},
        \quad A_{ii} = 0

    Parameters
    ----------
    panel : Panel
        n parties.

    Raises
    ------
    Nothing.

    Source
    ------
    `learning.md` of the design: a split by community.

    Example
    -------
    >>> import numpy as np
    >>> merged(Panel(("a", "b"), np.ones(2, bool), (), (), (), "")).nnz
    0
    """
    n = panel.size
    found = sparse.csr_array((n, n))
    for relation in panel.relations:
        every = [wave.ties[relation] for wave in panel.waves]
        tail, head = (np.concatenate([getattr(ties, end) for ties in every]) for end in ("tail", "head"))
        apart = tail != head
        low, high = np.minimum(tail, head)[apart], np.maximum(tail, head)[apart]
        pair = np.unique(low.astype(np.int64) * n + high)
        one = sparse.csr_array((np.ones(len(pair)), (pair // n, pair % n)), shape=(n, n))
        found = found + one + one.T
    return sparse.csr_array(found)


def communities(pairs: sparse.csr_array, *, resolution: float = 1.0) -> NDArray[np.int64]:
    r"""Find who hangs together: communities of locally greatest modularity.

    .. math:: Q = \frac{1}{2m} \sum_{ij} \left( A_{ij} - \gamma \frac{k_i k_j}{2m} \right) 1(c_i = c_j)

    Parties move one by one, in their order, to the community that raises Q most; communities then move as parties do,
    until none does. The same network gives the same communities.

    Parameters
    ----------
    pairs : (n, n) symmetric sparse array
        A, ≥ 0, with 0 on its diagonal.
    resolution : float
        γ: larger, more and smaller communities.

    Raises
    ------
    Nothing.

    Source
    ------
    Blondel et al., "Fast unfolding of communities in large networks", Journal of Statistical Mechanics (2008), P10008;
    γ by Reichardt and Bornholdt, Physical Review E 74 (2006), 016110.

    Example
    -------
    >>> two = sparse.block_diag([np.ones((3, 3)) - np.eye(3)] * 2, format="csr")
    >>> communities(sparse.csr_array(two)).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    level, found = sparse.csr_array(pairs), np.arange(pairs.shape[0])
    for _ in range(LEVELS):
        degree = np.asarray(level.sum(axis=1), np.float64)
        if not degree.sum() > 0:
            break
        of, moves = move_parties(
            frozen(level.indptr, np.int64), frozen(level.indices, np.uint32), frozen(level.data, np.float64),
            frozen(degree, np.float64), resolution,
        )  # fmt: skip
        if not moves:
            break
        number = np.unique(of, return_inverse=True)[1].reshape(-1)
        found = number[found]
        join = sparse.csr_array((np.ones(len(of)), (np.arange(len(of)), number)))
        level = sparse.csr_array(join.T @ level @ join)
    return np.asarray(np.unique(found, return_inverse=True)[1].reshape(-1), np.int64)


def modularity(pairs: sparse.csr_array, community: ArrayLike) -> float:
    r"""Say how much more hangs together inside communities than chance would have it.

    .. math:: Q = \frac{1}{2m} \sum_{ij} \left( A_{ij} - \frac{k_i k_j}{2m} \right) 1(c_i = c_j)

    Parameters
    ----------
    pairs : (n, n) symmetric sparse array
        A, ≥ 0.
    community : (n,) array of numbers
        c.

    Raises
    ------
    Nothing; without links it is 0.

    Source
    ------
    Newman and Girvan, Physical Review E 69 (2004), 026113.

    Example
    -------
    >>> two = sparse.csr_array(sparse.block_diag([np.ones((3, 3)) - np.eye(3)] * 2))
    >>> modularity(two, [0, 0, 0, 1, 1, 1])
    0.5
    """
    of, ends = np.asarray(community), pairs.tocoo()
    total = float(ends.data.sum())
    if not total > 0:
        return 0.0
    inside = ends.data[of[ends.coords[0]] == of[ends.coords[1]]].sum()
    whole = np.bincount(of, np.asarray(pairs.sum(axis=1)))
    return float(inside / total - (whole**2).sum() / total**2)


def _load(panel: Panel) -> NDArray[np.float64]:
    """What each party has of all rows and of all defaults, half each; sums to 1."""
    rows, bad = np.zeros(panel.size), np.zeros(panel.size)
    for wave in panel.waves:
        known = wave.label >= 0
        rows += np.bincount(wave.rows[known], minlength=panel.size)
        bad += np.bincount(wave.rows[wave.label == 1], minlength=panel.size)
    # Parties without rows count a little, so that they are spread too.
    rows += 1e-3
    return np.asarray(0.5 * rows / rows.sum() + 0.5 * (bad + 1e-9) / (bad + 1e-9).sum())


def _spread(community: NDArray[np.int64], load: NDArray[np.float64], count: int) -> NDArray[np.int8]:
    """Communities into folds, the heaviest first, each where least is; of folds alike the first."""
    heavy = np.bincount(community, load)
    held, fold = np.zeros(count), np.zeros(len(heavy), np.int8)
    for at in np.argsort(-heavy, kind="stable"):
        fold[at] = np.argmin(held)
        held[fold[at]] += heavy[at]
    return fold[community]
