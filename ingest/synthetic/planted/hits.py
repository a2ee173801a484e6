"""How a failure travels in a planted world: over which link, from whom to whom, and how hard it hits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.synthetic.planted.figures import ITEMS
from ingest.synthetic.planted.firms import Firms
from ingest.synthetic.planted.links import RELATIONS, Links

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

FLOOR: Final = 0.1
"""A firm bears losses as if it had at least this part of its assets as equity."""
UNSTATED: Final = 0.4
"""Equity over assets of a firm that states neither, the middle assets of its size taken for its own."""


@dataclass(frozen=True)
class Hits:
    """Every link over which a failure would cost somebody, as arrays of one length."""

    source: NDArray[np.int32]
    """Whose failure it is."""
    target: NDArray[np.int32]
    """Whom it costs."""
    strength: Numbers
    """x: the hit brings the target down with probability 1 - exp(-x)."""
    relation: NDArray[np.int8]
    """Position in RELATIONS."""
    link: NDArray[np.int32]
    """Position among the links of that relation on the same day."""

    def __len__(self) -> int:
        return len(self.source)

    def only(self, kept: Flags) -> "Hits":
        """Those of them that are kept."""
        return Hits(
            self.source[kept], self.target[kept], self.strength[kept], self.relation[kept], self.link[kept]
        )  # fmt: skip

    def times(self, factor: float) -> "Hits":
        """The same links, hitting so many times as hard."""
        return Hits(self.source, self.target, self.strength * factor, self.relation, self.link)


def buffer(items: Numbers, firms: Firms) -> Numbers:
    r"""What a firm can lose: its equity as stated, at least a tenth of its assets.

    .. math:: B = \max(\text{total assets} - \text{total liabilities},\ .1\ \text{total assets})

    and .4 of the middle assets of its size for a firm that has never published a statement; shape (n,), whole yuan.
    """
    assets, debts = items[..., ITEMS.index("total_assets")], items[..., ITEMS.index("total_liabilities")]
    stated = np.maximum(assets - debts, FLOOR * assets)
    return np.where(np.isnan(stated), UNSTATED * firms.median_assets, stated)


def hits(links: Mapping[str, Links], bears: Numbers) -> Hits:
    r"""Every way a failure travels on one day, in units of what the target can bear.

    .. math:: x_{ji} = \frac{\delta_r\, w_{ij}}{B_i}, \qquad
        \Pr(i \text{ falls} \mid j \text{ failed}) = 1 - e^{-\lambda x_{ji}}

    with the loss given default :math:`\delta_r` of the relation and the exposure w. Hits over several links are
    independent, so that their strengths add. λ is the world's.

    Parameters
    ----------
    links : links by relation, exposures in whole yuan
    bears : (n,) array, whole yuan
        B of `buffer`.

    Source
    ------
    Independent cascade: Kempe, Kleinberg & Tardos, "Maximizing the Spread of Influence through a Social Network",
    KDD 2003, §2.2; loss over equity as in DebtRank, domain reference §4.

    Example
    -------
    >>> vouched = Links(np.array([0]), np.array([1]), np.array([50.0]))
    >>> found = hits({"GUARANTEES": vouched}, np.array([100.0, 10.0]))
    >>> found.source.tolist(), found.target.tolist(), found.strength.tolist()
    ([1], [0], [0.3])
    """
    parts = []
    for place, relation in enumerate(RELATIONS):
        if relation.failing == "neither" or relation.name not in links:
            continue
        of = links[relation.name]
        source, target = (of.head, of.tail) if relation.failing == "head" else (of.tail, of.head)
        strength = relation.loss * of.exposure / bears[target]
        parts.append(
            Hits(source, target, strength, np.full(len(of), place, np.int8), np.arange(len(of), dtype=np.int32))
        )
    return joined(parts)


def joined(parts: list[Hits]) -> Hits:
    """Hits of several kinds, one after the other."""
    empty = np.zeros(0, np.int32)
    all_of = [Hits(empty, empty, np.zeros(0), np.zeros(0, np.int8), empty), *parts]
    return Hits(
        np.concatenate([part.source for part in all_of]), np.concatenate([part.target for part in all_of]),
        np.concatenate([part.strength for part in all_of]), np.concatenate([part.relation for part in all_of]),
        np.concatenate([part.link for part in all_of]),
    )  # fmt: skip


def public_probability(own: Numbers, told: Hits) -> tuple[Numbers, Numbers]:
    r"""Probability of default where the failures that count are known, and what each link adds to it.

    .. math:: P_i = 1 - (1 - p_i) e^{-X_i}, \quad X_i = \sum_{k \to i} x_k, \qquad
        P_i - P_i^{-k} = (1 - p_i)(e^{-(X_i - x_k)} - e^{-X_i})

    Exact: the second is how far the probability falls if the link k had not been there.

    Parameters
    ----------
    own : (n,) array
        p of each firm by itself.
    told : Hits
        Links from firms that have failed, with λ in their strength.

    Example
    -------
    >>> one = np.array([0], np.int32)
    >>> known = Hits(one, one + 1, np.array([np.log(2)]), one.astype(np.int8), one)
    >>> p, adds = public_probability(np.array([0.2, 0.2]), known)
    >>> p.round(9).tolist(), adds.round(9).tolist()
    ([0.2, 0.6], [0.4])
    """
    total: Numbers = np.bincount(told.target, told.strength, minlength=len(own)).astype(np.float64)
    adds = (1 - own[told.target]) * _less(total[told.target], told.strength)
    return own - (1 - own) * np.expm1(-total), adds


def _less(total: Numbers, one: Numbers) -> Numbers:
    """How much likelier a hit is with all of them than without one."""
    return np.asarray(np.exp(-np.maximum(total - one, 0.0)) - np.exp(-total))
