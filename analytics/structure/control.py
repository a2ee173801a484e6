r"""Who controls whom: the least fixpoint of joint majorities, certain and possible.

Within bands, let the holders of y have v_k in [l_k, h_k] and let the undisclosed rest ρ = 1 − Σ v be
at least 0; it votes with nobody. The votes of a set S may be any number between

.. math::

    \max\Big(\sum_S l,\; 1 - \sum_{\bar S} h - \bar\rho\Big) \quad\text{and}\quad
    \min\Big(\sum_S h,\; 1 - \sum_{\bar S} l\Big), \qquad \bar\rho = 1 - \sum_{all} l

where the first maximum is always Σ_S l: its other term is Σ_S l − Σ_{S̄}(h − l), since nothing keeps
the rest from taking what the bands leave open. So y is *certainly* controlled where Σ_S l > θ, or
where Σ_S l = θ and the low end of a band in the sum does not belong to it; and *possibly* where
min(Σ_S h, 1 − Σ_{S̄} l) > θ, open or not, since values as near as one likes suffice. Columns vary
independently and control only grows with votes, so the two fixpoints are exact: the certain one holds
under all votes within the bands, each pair of the possible one under some.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.structure.reach import Nodes, Reach, solve_reach
from analytics.structure.votes import Arrows, Holdings
from graph.field import PARTY_KINDS

STATE = PARTY_KINDS.index("State")
PAIRS_A_PARTY = 16


@dataclass(frozen=True)
class Control:
    """Who controls whom for certain, and who may."""

    certain: Reach
    possible: Reach
    state: NDArray[np.bool_]
    """Whether a party is a government body, shape (n,)."""
    edges: Arrows
    """Control on another basis than counted votes."""
    threshold: float

    @property
    def size(self) -> int:
        """Number of nodes n."""
        return self.certain.size

    @property
    def counts_possible(self) -> bool:
        """Whether control that is only possible counts here as certain."""
        return self.certain is self.possible and (self.holdings.banded or self.edges.uncertain)

    def as_possible(self) -> "Control":
        """The same, with what is possible counted as certain."""
        return replace(self, certain=self.possible)

    @property
    def holdings(self) -> Holdings:
        """The votes it was computed from."""
        return self.certain.holdings

    def controlled_by(self, x: int, *, possible: bool = False) -> Nodes:
        """All that x controls, in the order in which it follows."""
        members = self._reach(possible).of(x)
        others: Nodes = members[members != x]
        return others

    def controllers_of(self, y: int, *, possible: bool = False) -> Nodes:
        """All that control y, by number."""
        owners = self._reach(possible).over(y)
        others: Nodes = owners[owners != y]
        return others

    def ultimate_of(self, y: int, *, possible: bool = False) -> Nodes:
        """Controllers of y that nobody controls; none where only a deadlock ring stands above."""
        reach, owners = self._reach(possible), self.controllers_of(y, possible=possible)
        if reach.left_tops:  # whoever controls a controller of y controls y
            held = {z for x in owners.tolist() for z in reach.of(x).tolist()}
            return np.array([x for x in owners.tolist() if x not in held], np.uint32)
        return owners[~(self._may_be_controlled if possible else self.controlled)[owners]]

    @cached_property
    def controlled(self) -> NDArray[np.bool_]:
        """Whether the party is controlled for certain, be it by a deadlock ring of its own, shape (n,)."""
        return self.certain.marked(np.ones(self.size, np.bool_))

    @cached_property
    def _may_be_controlled(self) -> NDArray[np.bool_]:
        return self.possible.marked(np.ones(self.size, np.bool_))

    @property
    def deadlocks(self) -> list[Nodes]:
        """Rings whose members control each other, so that no outsider can; or one that controls itself."""
        return self.certain.deadlocks

    def ring_of(self, x: int) -> Nodes:
        """The ring of several who control each other that x sits in, itself among it; none where it sits in none."""
        return self._rings.get(x, np.zeros(0, np.uint32))

    @cached_property
    def _rings(self) -> dict[int, Nodes]:
        return {x: ring for ring in self.deadlocks if len(ring) > 1 for x in ring.tolist()}

    @cached_property
    def controlled_otherwise(self) -> Arrows:
        """Arrows company → controller on another basis; their positions are those of `edges`' maker."""
        return self.edges.reverse

    @cached_property
    def sure_otherwise(self) -> Arrows:
        """Of these arrows those that are there for certain."""
        return self.controlled_otherwise.sure

    def _reach(self, possible: bool) -> Reach:
        return self.possible if possible else self.certain


def solve_control(
    holdings: Holdings,
    edges: Arrows | None = None,
    *,
    kind: NDArray[np.uint8] | None = None,
    threshold: float = 0.5,
    max_pairs: int | None = None,
) -> Control:
    r"""Find what every owner controls, alone or together with what it controls.

    x controls y where x and all that x controls hold more than θ of the votes of y (strictly), or where
    one of them controls y on another basis: the least fixpoint that starts with {x}. Control is not a
    product of shares: what is controlled votes whole.

    .. math:: y \in C(x) \iff \sum_{k \in C(x) \cup \{x\}} W_{ky} > \theta \ \text{or some such } k \to y

    Votes are compared as integers of 1e-9; the note of this module derives what bands allow.

    Mutual majorities are told in `deadlocks`. Statements of more than all votes are taken as they are: who does not
    want two majorities of one company fits the holdings first.

    Parameters
    ----------
    holdings : Holdings
        m links holder → company, fractions of all votes; indirect holdings must not be among them.
    edges : Arrows, optional
        Control on another basis, controller → company; what is doubtful makes control possible and never certain.
    kind : (n,) array of codes of party kinds, optional
        State bodies control like anyone; groups do not connect through them.
    threshold : float
        Fraction θ that must be exceeded, at least one half.
    max_pairs : int, optional
        Pairs kept in memory; sets beyond it are computed when asked for. Default 16 a party and 1 million.

    Raises
    ------
    InvalidShare
        If votes are no fractions, a band is upside down, or θ lies below one half.

    Source
    ------
    Ceri, Gottlob & Tanca, *Logic Programming and Databases* (1990), company control; 公司法 (2023)
    art. 265(2); Chapelle & Szafarz, Physica A 355 (2005), 509. Domain reference §1.4.

    Example
    -------
    >>> control = solve_control(Holdings.exact(4, [0, 0, 1, 2], [1, 2, 3, 3], [0.51, 0.51, 0.26, 0.25]))
    >>> control.controlled_by(0).tolist(), control.controlled_by(1).tolist(), control.ultimate_of(3).tolist()
    ([1, 2, 3], [], [0])
    """
    size = holdings.size
    arrows = Arrows.of(size, (), ()) if edges is None else edges
    state: NDArray[np.bool_] = np.zeros(size, np.bool_) if kind is None else kind == STATE
    budget = PAIRS_A_PARTY * size + 1_000_000 if max_pairs is None else max_pairs
    certain = solve_reach(holdings, arrows.sure, state, threshold=threshold, possible=False, budget=budget)
    possible = certain
    if holdings.banded or arrows.uncertain:
        possible = solve_reach(holdings, arrows, state, threshold=threshold, possible=True, budget=budget)
    return Control(certain, possible, state, arrows, threshold)
