"""Whom a limit is measured on: single clients, groups, and everybody of a kind together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.limits.catalogue import Rule
from analytics.structure.votes import Arrows

Nodes = NDArray[np.uint32]
FEW = 10_000
"""Members up to which looking through all of them is quicker than an index by party."""


@dataclass(frozen=True)
class Clients:
    """What parties are, as far as rules ask; each array has shape (n,)."""

    institution: NDArray[np.bool_]
    """Banks and other institutions (同业)."""
    gsib: NDArray[np.bool_]
    """Global systemically important banks."""
    anonymous: NDArray[np.bool_]
    """Undisclosed by name."""

    @classmethod
    def plain(cls, size: int) -> "Clients":
        """No banks among them, all disclosed."""
        none = np.zeros(size, np.bool_)
        return cls(none, none, none)


@dataclass(frozen=True)
class Units:
    """Sets of parties: unit k is `flat[start[k]:start[k + 1]]`, ascending; they may overlap."""

    start: NDArray[np.int64]
    flat: Nodes

    def __len__(self) -> int:
        return len(self.start) - 1

    @classmethod
    def of(cls, sets: Iterable[Any]) -> "Units":
        """Units of some sets of node numbers."""
        return cls.ordered([np.unique(np.fromiter(members, np.uint32)) for members in sets])

    @classmethod
    def ordered(cls, sets: Sequence[Nodes]) -> "Units":
        """Units of sets that are ascending already, each party once."""
        start = np.cumsum([0, *map(len, sets)]).astype(np.int64)
        return cls(start, np.concatenate([np.zeros(0, np.uint32), *sets]))

    @classmethod
    def single(cls, parties: NDArray[Any]) -> "Units":
        """Each party by itself."""
        return cls(np.arange(len(parties) + 1), np.asarray(parties, np.uint32))

    @cached_property
    def number(self) -> NDArray[np.int64]:
        """Unit of each entry of `flat`."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def members(self, unit: int) -> Nodes:
        """Members of one unit."""
        return self.flat[self.start[unit] : self.start[unit + 1]]

    def kept(self, keep: NDArray[np.bool_]) -> "Units":
        """Only some of the units."""
        counts = np.diff(self.start)
        return Units(np.append(0, np.cumsum(counts[keep])), self.flat[np.repeat(keep, counts)])

    def joined(self, other: "Units") -> "Units":
        """These units and others after them."""
        start = np.concatenate([self.start, other.start[1:] + self.start[-1]])
        return Units(start, np.concatenate([self.flat, other.flat]))

    @cached_property
    def everybody(self) -> Nodes:
        """All members of all units, each once."""
        return np.unique(self.flat)

    @cached_property
    def _of(self) -> Arrows:
        size = int(self.flat.max()) + 1 if len(self.flat) else 0
        return Arrows.of(max(size, len(self)), self.flat, self.number.astype(np.uint32))

    def around(self, party: int) -> list[Nodes]:
        """Members of each unit that a party sits in."""
        if len(self.flat) <= FEW:
            return [self.members(unit) for unit in self.number[self.flat == party].tolist()]
        if party >= len(self._of.start) - 1:
            return []
        return [self.members(unit) for unit in self._of.at(party).tolist()]


NO_UNITS = Units.of([])
Groupings = Mapping[str, Units]
"""Groups by their kind: control, connected, lender_related."""


@dataclass(frozen=True)
class Readings:
    """Groups as both readings make them; the wide one counts what is only possible or suspected."""

    narrow: Groupings
    wide: Groupings = field(default_factory=dict)
    """Kinds that are not named read as the narrow one."""
    untested: Units = NO_UNITS
    """Groups of connected clients as they would be if every dependence held that cannot be tested, and if who holds a
    part of the applicant held what is not disclosed of it too."""
    hidden: Units = NO_UNITS
    """Group clients as they would be by what is not disclosed."""
    missing: tuple[str, ...] = ()
    """What kept groups from being told whole: `too_wide` where too many parties hang together,
    `too_many_arise` where too many would, `overfull` where votes are refused that they rest on; then nothing passes."""

    def of(self, kind: str, *, wide: bool) -> Units:
        """Groups of one kind in one reading."""
        return (self.wide.get(kind) if wide else None) or self.narrow.get(kind) or NO_UNITS

    def perhaps(self, kind: str) -> Units:
        """Groups of one kind that stand only if what cannot be tested holds."""
        return {"connected": self.untested, "control": self.hidden}.get(kind, NO_UNITS)


def fits(rule: Rule, units: Units, clients: Clients, *, counted: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    r"""Say which units a rule is about, by those of their members who count.

    .. math:: nonbank: \; |I \cap U| < |U|, \quad institution: \; I \supseteq U, \quad
        with\_institution: \; I \cap U \ne \varnothing, \quad gsib: \; G \cap U \ne \varnothing

    Parameters
    ----------
    rule : Rule
    units : Units
        u sets of node numbers.
    clients : Clients
        Institutions I and global systemically important banks G.
    counted : array, optional
        With whom of `units.flat` something is at stake; with all by default. Others cause a group and are none of it.

    Raises
    ------
    Nothing.

    Source
    ------
    大额风险暴露管理办法 art. 7–9; CRR art. 395(1); domain reference §2.2, step 5, and §2.6. A group of which only
    some are institutions is measured by the stricter rule for others (our own reading).

    Example
    -------
    >>> from analytics.limits.catalogue import shipped
    >>> banks = np.array([True, False])
    >>> fits(shipped().rule("CN_LE_GROUP_20"), Units.of([[0], [0, 1]]), Clients(banks, banks, banks)).tolist()
    [False, True]
    """
    if rule.client == "any":
        return np.ones(len(units), np.bool_)
    marked = clients.gsib if rule.client == "gsib" else clients.institution
    counted = np.ones(len(units.flat), np.bool_) if counted is None else counted
    inside = np.bincount(units.number, weights=marked[units.flat] & counted, minlength=len(units))
    whole = np.bincount(units.number, weights=counted, minlength=len(units))
    match rule.client:
        case "nonbank":
            return np.asarray(inside < whole)
        case "institution":
            return np.asarray(inside == whole)
    return np.asarray(inside > 0)


def concerns(rule: Rule, members: Nodes, clients: Clients) -> bool:
    r"""Say whether a rule is about one unit, as `fits` says of many.

    .. math:: fits(r, (U))_1

    Parameters
    ----------
    rule : Rule
    members : (k,) array of node numbers
        The unit U.
    clients : Clients

    Raises
    ------
    Nothing.

    Source
    ------
    As `fits`.

    Example
    -------
    >>> from analytics.limits.catalogue import shipped
    >>> concerns(shipped().rule("CN_LE_INTERBANK_25"), np.array([0]), Clients.plain(1))
    False
    """
    if rule.client == "any":
        return True
    marked = (clients.gsib if rule.client == "gsib" else clients.institution)[members]
    if rule.client == "nonbank":
        return not marked.all()
    return bool(marked.all() if rule.client == "institution" else marked.any())


def measured(rule: Rule, parties: Nodes, groupings: Groupings, clients: Clients) -> Units:
    r"""Gather the units a rule is measured on, among some parties and groups.

    .. math:: U(single) = \{\{x\} : x \in P\}, \quad U(group) = \mathcal G, \quad
        U(either) = U(single) \cup U(group), \quad U(all) = \{\textstyle\bigcup \mathcal G\}

    Parameters
    ----------
    rule : Rule
    parties : (k,) array of node numbers
        Single clients P; whom a rule is about follows from those of a group who are among them.
    groupings : mapping from kind to Units
        Groups of each kind; one of a single member is no group. Where single clients are measured for
        related parties, only those in such a group are.
    clients : Clients

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §2.6.

    Example
    -------
    >>> from analytics.limits.catalogue import shipped
    >>> groups = {"lender_related": Units.of([[0, 1], [1, 2]])}
    >>> three = np.arange(4, dtype=np.uint32)
    >>> measured(shipped().rule("CN_RELATED_ALL_50"), three, groups, Clients.plain(4)).members(0).tolist()
    [0, 1, 2]
    """
    groups = groupings.get(rule.group_kind, NO_UNITS)
    found = NO_UNITS
    if rule.scope in ("single", "either"):
        related = rule.scope == "single" and rule.group_kind
        found = Units.single(np.intersect1d(parties, groups.flat) if related else parties)
    if rule.scope in ("group", "either"):
        found = found.joined(groups.kept(np.diff(groups.start) > 1))
    if rule.scope == "all" and len(groups):
        found = Units.of([groups.everybody])
    if rule.scope == "anonymous":
        hidden = np.flatnonzero(clients.anonymous)
        found = Units.of([hidden] if len(hidden) else [])
    counting = np.zeros(len(clients.institution), np.bool_)
    counting[parties] = True
    return found.kept(fits(rule, found, clients, counted=counting[found.flat]))


def distinct(sets: Sequence[Nodes]) -> list[Nodes]:
    r"""Keep each set of parties once, in the order met.

    .. math:: (U_1, \dots, U_k) \mapsto (U_i : U_i \ne U_j \; \forall j < i)

    Parameters
    ----------
    sets : sequence of arrays of node numbers, each ascending

    Raises
    ------
    Nothing.

    Source
    ------
    Domain reference §2.7: an applicant in two overlapping groups must pass both, each once.

    Example
    -------
    >>> [u.tolist() for u in distinct([np.array([1, 2]), np.array([3]), np.array([1, 2])])]
    [[1, 2], [3]]
    """
    return list({members.tobytes(): members for members in sets}.values())
