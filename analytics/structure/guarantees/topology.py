"""The form of each guarantee circle: who stands in for whom, as a shape with a name."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.structure.guarantees.promises import Pairs
from analytics.structure.votes import starts


@dataclass(frozen=True)
class Shape:
    """One form a guarantee circle can have."""

    name: str
    chinese: str
    english: str


SHAPES = (
    Shape("mutual", "互保", "two parties guarantee each other"),
    Shape("joint_pool", "联保", "everybody guarantees everybody else"),
    Shape("chain", "担保链", "each guarantees the next"),
    Shape("star", "星形担保", "one party stands in every guarantee"),
    Shape("cycle", "循环担保", "each guarantees the next and the last the first"),
    Shape("complex", "复合担保圈", "none of the simple forms"),
)
MUTUAL, JOINT_POOL, CHAIN, STAR, CYCLE, COMPLEX = range(len(SHAPES))


@dataclass(frozen=True)
class Topology:
    """Guarantee circles (担保圈): parties that hang together by guarantees, whatever their direction."""

    of: NDArray[np.int32]
    """Number of each party's circle, -1 where it gives and takes no guarantee, shape (n,)."""
    start: NDArray[np.int64]
    flat: NDArray[np.uint32]
    """Members of circle c are `flat[start[c]:start[c + 1]]`, ascending; circles by their first member."""
    pairs: NDArray[np.int64]
    """Guaranteeing pairs in each circle."""
    shape: NDArray[np.int8]
    """Position in SHAPES of each circle's form."""
    core: NDArray[np.int32]
    """Number of each party's cyclic core, -1 where none of its guarantees comes back to it, shape (n,)."""

    def __len__(self) -> int:
        return len(self.shape)

    def members(self, circle: int) -> NDArray[np.uint32]:
        """Parties of one circle, ascending."""
        return self.flat[self.start[circle] : self.start[circle + 1]]

    @cached_property
    def cores(self) -> list[NDArray[np.int64]]:
        """Members of each cyclic core, ascending: all of them stand in for each other in the end."""
        inside = np.flatnonzero(self.core >= 0)
        order = inside[np.argsort(self.core[inside], kind="stable")]
        return np.split(order, np.flatnonzero(np.diff(self.core[order])) + 1) if len(order) else []


def find_topology(pairs: Pairs) -> Topology:
    r"""Name the form of every guarantee circle.

    With n parties and m guaranteeing pairs in a circle, the first that fits of: mutual (互保) n = m = 2;
    joint pool (联保) m = n(n − 1); chain (担保链) m = n − 1 and nobody gives or takes twice; star (星形)
    m = n − 1 and one party stands in every pair, whichever way; cycle (循环担保) m = n and everybody gives
    and takes once; else complex. Cores are strongly connected components of at least two parties.

    .. math:: n_c = |\{v : c_v = c\}|, \qquad m_c = |\{(i, j) : c_i = c\}|

    Parameters
    ----------
    pairs : Pairs
        m arrows guarantor → borrower between n parties.

    Raises
    ------
    InvalidQuestion
        By `Pairs.of`, if a node number reaches n.

    Source
    ------
    Domain reference §3, typology; Tarjan, "Depth-First Search and Linear Graph Algorithms",
    SIAM Journal on Computing 1 (1972), 146, for the cores.

    Example
    -------
    >>> found = find_topology(Pairs.of(6, [0, 1, 2, 2, 2], [1, 0, 3, 4, 5]))
    >>> [(SHAPES[shape].chinese, found.members(c).tolist()) for c, shape in enumerate(found.shape)]
    [('互保', [0, 1]), ('星形担保', [2, 3, 4, 5])]
    >>> [core.tolist() for core in found.cores]
    [[0, 1]]
    """
    out, into = (np.bincount(end, minlength=pairs.size) for end in (pairs.tail, pairs.head))
    matrix = csr_array(
        (np.ones(len(pairs), np.int8), pairs.head.astype(np.int32), starts(pairs.size, pairs.tail)),
        shape=(pairs.size, pairs.size),
    )
    of = _numbered(connected_components(matrix, directed=False)[1], out + into > 0)
    strong = connected_components(matrix, connection="strong")[1]
    core = _numbered(strong, np.bincount(strong, minlength=1)[strong] > 1)
    members = np.flatnonzero(of >= 0)
    flat = members[np.argsort(of[members], kind="stable")].astype(np.uint32)
    count = int(of.max(initial=-1)) + 1
    size = np.bincount(of[members], minlength=count)
    links = np.bincount(of[pairs.tail], minlength=count)
    start = np.append(0, np.cumsum(size))
    most = [np.maximum.reduceat(degree[flat], start[:-1]) if count else size for degree in (out, into, out + into)]
    return Topology(of, start, flat, links, _shapes(size, links, most), core)


def _shapes(size: NDArray[np.int64], links: NDArray[np.int64], most: list[NDArray[np.int64]]) -> NDArray[np.int8]:
    """The first form that fits each circle; `most` is the largest out-, in- and whole degree in it."""
    single = (most[0] <= 1) & (most[1] <= 1)
    tree = links == size - 1
    fits = {
        MUTUAL: (size == 2) & (links == 2),
        JOINT_POOL: links == size * (size - 1),
        CHAIN: tree & single,
        STAR: tree & (most[2] == size - 1),
        CYCLE: (links == size) & single,
    }
    return np.select(list(fits.values()), list(fits), COMPLEX).astype(np.int8)


def _numbered(label: NDArray[np.int32], kept: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Labels renumbered by their first member; -1 for what is not kept."""
    label = np.where(kept, label, len(label))
    first = np.full(len(label) + 1, -1, np.int32)
    # Written from the last party to the first: what stays is each label's first member.
    first[label[::-1]] = np.arange(len(label) - 1, -1, -1, dtype=np.int32)
    opens = kept & (first[label] == np.arange(len(label)))
    number = np.cumsum(opens, dtype=np.int32) - 1
    return np.where(kept, number[first[label]], np.int32(-1)).astype(np.int32, copy=False)
