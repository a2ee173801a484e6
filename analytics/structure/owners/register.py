"""What the tests of owners look at: shares, votes, control, kinds; and what parties have of one company."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.structure.concert import NO_CIRCLES, Circles, Together
from analytics.structure.control import STATE, Control
from analytics.structure.owners.multiplied import Layer, Multiplied
from analytics.structure.owners.portions import (
    Portion,
    attributed_portions,
    direct_portions,
    joint_portion,
)
from analytics.structure.ownership.stakes import Policy
from analytics.structure.proof import Step, prove
from analytics.structure.votes import Holdings, widened
from graph.field import PARTY_KINDS

PERSON, COMPANY = PARTY_KINDS.index("Person"), PARTY_KINDS.index("Company")


@dataclass(frozen=True)
class Register:
    """What is known about who holds and who controls."""

    capital: Holdings
    control: Control
    """With the votes it was computed from."""
    kind: NDArray[np.uint8]
    """Codes of party kinds, shape (n,)."""
    together: Together | None = None
    """Control with concerts as owners of their own, whose numbers follow those of the parties."""
    overfull: Policy = "keep"
    """What is done where more than all of a company is stated to be held."""

    @classmethod
    def of(
        cls, capital: Holdings, together: Together, kind: NDArray[np.uint8], *, overfull: Policy = "keep"
    ) -> "Register":
        """A register in which parties act in concert."""
        more = len(together.concerts)
        kinds = np.append(kind, np.full(more, COMPANY, np.uint8))
        return cls(widened(capital, more), together.control, kinds, together, overfull)

    @property
    def parties(self) -> int:
        """Number of parties n, concerts left out."""
        return self.together.parties if self.together else self.control.size

    def layer(self, name: str) -> Layer:
        """Shares of the capital, or votes."""
        return self._capital if name == "capital" else self._votes

    @cached_property
    def _capital(self) -> Layer:
        return Layer.of(self.capital, overfull=self.overfull)

    @cached_property
    def _votes(self) -> Layer:
        votes, capital = self.control.holdings.as_stated, self.capital.as_stated
        same = ((votes.low, capital.low), (votes.high, capital.high), (votes.ends, capital.ends))
        own = bool((votes.tail == votes.head).any())
        if not own and all(a is b or np.array_equal(a, b) for a, b in same):
            return self._capital
        return Layer.of(self.control.holdings, overfull=self.overfull)

    @cached_property
    def concert_of(self) -> NDArray[np.int32]:
        """Number of the concert that each party acts in, -1 for none; shape (n,)."""
        found = np.full(len(self.kind), -1, np.int32)
        for number, concert in enumerate(self.together.concerts if self.together else ()):
            found[list(concert.members)] = number
        return found

    @cached_property
    def persons(self) -> NDArray[np.bool_]:
        """Natural persons, shape (n,)."""
        return np.asarray(self.kind == PERSON)


class Measures:
    """What parties have of one company by each measure, each computed once."""

    def __init__(self, register: Register, company: int) -> None:
        self.register = register
        self.company = company
        self._multiplied: dict[tuple[int, int], Multiplied] = {}
        self._portions: dict[tuple[str, str], dict[int, Portion]] = {}
        self._proofs: dict[tuple[int, int, bool], tuple[Step, ...]] = {}

    def persons(self, nodes: Iterable[int]) -> set[int]:
        """Those of them that are natural persons."""
        return {x for x in nodes if self.register.persons[x]}

    def multiplied(self, layer: str, company: int | None = None) -> Multiplied:
        """What everybody has in the end of this company, or of another."""
        y = self.company if company is None else company
        chosen = self.register.layer(layer)
        # Where votes are the shares both layers are one, and solved once.
        if (y, id(chosen)) not in self._multiplied:
            self._multiplied[y, id(chosen)] = chosen.solved(y)
        return self._multiplied[y, id(chosen)]

    def reaching(self, layer: str, threshold: float, company: int | None = None) -> list[Portion]:
        """Persons who have that much of this company, or of another, in the end, for certain or perhaps."""
        return self.multiplied(layer, company).reaching(threshold, self.register.persons)

    def portions(self, measure: str, layer: str) -> dict[int, Portion]:
        """What parties hold themselves (direct), or with all they control (attributed), by owner."""
        if (measure, layer) not in self._portions:
            held, control = self.register.layer(layer).held, self.register.control
            found = (
                direct_portions(held, self.company)
                if measure == "direct"
                else attributed_portions(held, control, self.company, self.circles)
            )
            self._portions[measure, layer] = {portion.owner: portion for portion in found}
        return self._portions[measure, layer]

    @cached_property
    def circles(self) -> Circles:
        """Whose holdings the concerts in which the company acts have, by their nodes."""
        together = self.register.together
        return together.circles(self.company) if together is not None else NO_CIRCLES

    def circle(self, owner: int, *, possible: bool) -> Collection[int]:
        """A party or a concert, and whose holdings in the company are its own: what it controls."""
        if owner in self.circles:
            return {owner, *self.circles[owner][possible]}
        return {owner, *self.register.control.controlled_by(owner, possible=possible).tolist()}

    def others(self, members: Iterable[int]) -> tuple[int, ...]:
        """Members of a concert but for the company itself."""
        return tuple(x for x in members if x != self.company)

    def jointly(self, layer: str, holders: Iterable[int]) -> Portion:
        """What several hold themselves, as one owner."""
        return joint_portion(self.register.layer(layer).held, self.company, holders)

    def in_concert(self, node: int, party: int) -> bool:
        """Whether a node is a concert and a party one of its members."""
        together = self.register.together
        return together is not None and node >= together.parties and party in together.members(node)

    def controllers(self, *, possible: bool) -> list[int]:
        """Parties that control the company, concerts left out."""
        found = self.register.control.controllers_of(self.company, possible=possible)
        return [int(x) for x in found if x < self.register.parties]

    def prove(self, owner: int, company: int, *, possible: bool) -> tuple[Step, ...]:
        """How a company falls to a party, or to a concert; worked out once."""
        asked = owner, company, possible
        if asked not in self._proofs:
            together = self.register.together
            self._proofs[asked] = (
                together.prove(owner - together.parties, company, possible=possible, about=self.company)
                if together is not None and owner >= together.parties
                else prove(self.register.control, owner, company, possible=possible)
            )
        return self._proofs[asked]

    def rest(self) -> float:
        """Of the capital, what persons and the State, where chains end, do not have for certain."""
        found, kind = self.multiplied("capital"), self.register.kind
        ends = np.isin(kind[found.owner], (PERSON, STATE))
        return float(min(max(1 - found.column.share[ends].sum(), 0.0), 1.0))
