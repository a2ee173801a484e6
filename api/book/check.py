"""The check of a lender's whole book in both readings, made once and kept: who uses how much of every limit."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.limits.check import BREACH, MARKED, NEARLY, UNTOLD, WITHIN, BookCheck, Use, check_book
from analytics.limits.stakes import Stakes
from analytics.limits.standing import Standing
from analytics.limits.units import Nodes
from api.book.lending import lending
from api.engine import View
from api.groups.circles import control_units
from api.groups.together import CONFIRMED, GROUP_CLIENT, POSSIBLE_CLIENT, SUSPECTED, Together, groups_among, units_of
from api.limits.lender import perhaps_banks
from api.limits.related import related_units
from api.limits.standing import standing

STATES: Final = {
    "breach": "超限",
    "near": "接近限额",
    "large": "大额",
    "assess": "须调查经济依存",
    "untold": "无法判定",
    "within": "限额之内",
}
"""States of a client or group under a rule, the gravest first, in both languages."""
NAMED: Final = 10_000
"""Members of one unit whose facilities are looked through."""
_GRAVER: Final = {
    BREACH: (BREACH,),
    NEARLY: (NEARLY, BREACH),
    MARKED: (MARKED,),
    UNTOLD: (UNTOLD, NEARLY, MARKED, BREACH),
}
"""States in the narrow reading in which a state of the wide one stands there as well."""


class Place(NamedTuple):
    """Where a finding stands: a rule's use, and a unit of it."""

    use: int
    unit: int


class Sums(NamedTuple):
    """What each party's facilities count by one numerator, shape (n,) each."""

    gross: NDArray[np.float64]
    """Before protection."""
    kept: NDArray[np.float64]
    """What is left with the borrower."""


@dataclass(frozen=True)
class Checked:
    """A lender's book held against every rule in force, in both readings."""

    standing: Standing
    wide: BookCheck
    """What limits count: possible control and suspected dependence too."""
    narrow: BookCheck
    """What is certain or confirmed."""
    together: dict[bytes, tuple[str, Together]]
    """Groups by their members, each with the reading it is proved in."""
    clients: Nodes
    """Whoever has a facility of the lender, or stands in for one as its rules count."""
    perhaps: dict[int, str]
    """Of those who break a limit for others than institutions, whoever may be one by its code of industry."""

    @cached_property
    def places(self) -> dict[str, list[Place]]:
        """Findings of each state but `within`, the greatest use first."""
        found: dict[str, list[Place]] = {state: [] for state in STATES if state != "within"}
        for k, use in enumerate(self.wide.uses):
            for unit in np.flatnonzero(use.state != WITHIN).tolist():
                found[state_of(use, unit)].append(Place(k, unit))
        for places in found.values():
            places.sort(key=self._order)
        return found

    def _order(self, place: Place) -> tuple[float, str, int]:
        share = float(self.wide.uses[place.use].share[place.unit])
        return -(np.inf if np.isnan(share) else share), self.wide.uses[place.use].rule.id, place.unit

    @cached_property
    def client(self) -> NDArray[np.bool_]:
        """Whether each party is such a client, shape (n,)."""
        mask = np.zeros(self.standing.size, np.bool_)
        mask[self.clients] = True
        return mask

    @cached_property
    def sums(self) -> dict[str, Sums]:
        """What each party's facilities count before protection and after it, by numerator."""

        def summed(stakes: Stakes, amounts: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.bincount(stakes.borrower, weights=amounts, minlength=stakes.size).astype(np.float64)

        return {
            name: Sums(summed(stakes, stakes.gross), summed(stakes, stakes.kept))
            for name, stakes in self.standing.stakes.items()
        }

    def certain(self, place: Place) -> bool:
        """Whether what is found holds as well without what is only possible or suspected."""
        use = self.wide.uses[place.use]
        members = set(use.units.members(place.unit).tolist())
        known = self._sure(place.use, int(use.state[place.unit]))
        return any(unit <= members for x in members for unit in known.get(x, ()))

    def _sure(self, use: int, state: int) -> dict[int, list[set[int]]]:
        """Units that stand as gravely in the narrow reading, by their first member; none that breaks a limit for
        others than institutions and of which all that counts may be institutions."""
        if (use, state) not in self._known:
            narrow, known = self.narrow.uses[use], dict[int, list[set[int]]]()
            for unit in np.flatnonzero(np.isin(narrow.state, _GRAVER[state])).tolist():
                members = narrow.units.members(unit)
                if state != BREACH or not self._perhaps_banks(narrow, members):
                    known.setdefault(int(members[0]), []).append(set(members.tolist()))
            self._known[use, state] = known
        return self._known[use, state]

    def _perhaps_banks(self, use: Use, members: Nodes) -> bool:
        """Whether a rule for others than institutions is held against what may be institutions alone."""
        if use.rule.client != "nonbank" or not self.perhaps:
            return False
        counted = members[self.standing.stakes[use.rule.numerator].counting[members]]
        return self.perhaps.keys() >= {*counted[~self.standing.clients.institution[counted]].tolist()}

    @cached_property
    def _known(self) -> dict[tuple[int, int], dict[int, list[set[int]]]]:
        return {}

    def surely(self, place: Place) -> float:
        """What the greatest client or group within it that the narrow reading makes comes to; 0 where it makes none."""
        narrow, members = self.narrow.uses[place.use], self.wide.uses[place.use].units.members(place.unit)
        first, order = self._firsts(place.use)
        begin, end = (np.searchsorted(first, members, side=side) for side in ("left", "right"))
        near = [unit for a, b in zip(begin.tolist(), end.tolist(), strict=True) for unit in order[a:b].tolist()]
        inside = (unit for unit in near if np.isin(narrow.units.members(unit), members).all())
        return max((float(narrow.exposure[unit]) for unit in inside), default=0.0)

    def _firsts(self, use: int) -> tuple[Nodes, NDArray[np.intp]]:
        """First members of the units of the narrow reading, ascending, and the units in that order."""
        if use not in self._first:
            units = self.narrow.uses[use].units
            first = units.flat[units.start[:-1]]
            order = np.argsort(first, kind="stable")
            self._first[use] = first[order], order
        return self._first[use]

    @cached_property
    def _first(self) -> dict[int, tuple[Nodes, NDArray[np.intp]]]:
        return {}

    def binding(self, place: Place) -> bool:
        """Whether no limit is used more by any of the members, alone or in another group."""
        members = self.wide.uses[place.use].units.members(place.unit)
        return bool((self.wide.binding[members] == place.use).any())


def state_of(use: Use, unit: int) -> str:
    """A unit's state under a rule, in a word."""
    code = int(use.state[unit])
    if code == MARKED:
        return "assess" if use.rule.severity == "assess" else "large"
    return {WITHIN: "within", NEARLY: "near", UNTOLD: "untold", BREACH: "breach"}[code]


def checked(view: View, lender: int, near: float) -> Checked:
    """Hold a lender's book against every rule in force. Raises UnknownRule, and InvalidQuestion as the book does."""
    return view.kept(("book check", lender, near, view.criteria, view.government), lambda: _checked(view, lender, near))


def _checked(view: View, lender: int, near: float) -> Checked:
    held = standing(view, lender)
    borrowers = lending(view, held.lender).clients
    clients = np.unique(np.concatenate([borrowers, *(stakes.parties for stakes in held.stakes.values())]))
    kinds = {rule.group_kind for rule in held.rules}
    checks: list[BookCheck] = []
    together: dict[bytes, tuple[str, Together]] = {}
    for reading in (POSSIBLE_CLIENT, GROUP_CLIENT) if "control" in kinds else ():
        together |= _named(groups_among(view, clients, reading), reading)
    # The certain reading comes last: a group that both make is told as it is for certain.
    for wide, reading in ((True, SUSPECTED), (False, CONFIRMED)):
        groups = groups_among(view, clients, reading) if "connected" in kinds else []
        together |= _named(groups, reading)
        units = {
            "control": control_units(view, wide=wide),
            "connected": units_of(groups),
            "lender_related": related_units(view, lender, wide=wide),
        }
        checks.append(check_book(held, {kind: units[kind] for kind in kinds if kind}, near=near))
    broken = (use.units.kept(use.state == BREACH).flat for use in checks[1].uses if use.rule.client == "nonbank")
    perhaps = perhaps_banks(view, np.unique(np.concatenate([clients[:0], *broken])).tolist())
    return Checked(held, checks[0], checks[1], together, clients, perhaps)


def _named(groups: list[Together], reading: str) -> dict[bytes, tuple[str, Together]]:
    return {group.clients.tobytes(): (reading, group) for group in groups}


def facilities_of(standing: Standing, use: Use, unit: int, most: int) -> list[int]:
    """Positions of the largest facilities that a unit's exposure is made of."""
    stakes = standing.stakes[use.rule.numerator]
    members = use.units.members(unit)[:NAMED]
    rows = np.concatenate([stakes.of.links_at(int(x)) for x in members])
    counted = rows[stakes.gross[rows] > 0]
    return [int(k) for k in stakes.facility[counted[np.argsort(-stakes.gross[counted], kind="stable")][:most]]]


def protecting(standing: Standing, use: Use, unit: int, most: int) -> list[int]:
    """Positions of the largest guarantees by which members of a unit stand in for who owes the lender."""
    stakes, members = standing.stakes[use.rule.numerator], use.units.members(unit)
    given = np.isin(standing.book.guarantor[stakes.guarding], members) & (stakes.taken > 0)
    links, amounts = stakes.guarding[given], stakes.taken[given]
    return [int(k) for k in links[np.argsort(-amounts, kind="stable")][:most]]
