"""Small networks of claims drawn at random."""

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from analytics.contagion.distress import Impact

SIZE = 6
NODES = st.integers(0, SIZE - 1)
Numbers = NDArray[np.float64]


@st.composite
def impacts(draw: st.DrawFn, most: float = 1.5) -> Impact:
    """Weights up to `most` between six parties."""
    pairs = st.tuples(NODES, NODES).filter(lambda pair: pair[0] != pair[1])
    ends = draw(st.lists(pairs, max_size=14, unique=True))
    weight = [draw(st.floats(0.0, most)) for _ in ends]
    tail, head = zip(*ends, strict=True) if ends else ((), ())
    return Impact.weighed(SIZE, tail, head, weight)


SHOCKS = st.lists(st.sampled_from([0.0, 0.0, 0.1, 0.5, 1.0]), min_size=SIZE, max_size=SIZE)


def dense(impact: Impact) -> Numbers:
    """Λ, row the creditor."""
    return np.asarray(impact.matrix.toarray())


def relabelled(impact: Impact, place: Numbers) -> Impact:
    """The same network, party i under the number `place[i]`."""
    tail, head = np.asarray(place)[impact.arrows.tail], np.asarray(place)[impact.arrows.head]
    return Impact.weighed(impact.size, tail, head, impact.by_arrow)
