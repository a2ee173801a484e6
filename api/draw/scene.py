"""What is drawn: parties, links, and hubs whose leaves are folded into one mark with a count."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from api.answers.frame import Fact, Party
from api.answers.wording import listed
from api.draw.marks import NONE, Marks
from api.draw.style import EQUITY, STROKES
from api.questions.parties.network import Network

KEEP = 5
"""Leaves of one kind that stay beside a hub, the largest; the rest are folded."""
MANY = 8
"""Leaves of one kind up to which all stay."""


@dataclass(frozen=True)
class Fold:
    """Leaves of one hub and kind that are drawn as one mark."""

    name: str
    hub: str
    kind: str
    outward: bool
    """Whether the arrows go from the hub to the leaves."""
    parties: tuple[Party, ...]
    facts: tuple[Fact, ...]
    more: int
    """Links of this kind that were not even read."""
    groups: tuple[str, ...] = ()
    """Signs of the marked groups that all of them belong to."""
    at: str = ""
    """Name of the hub."""

    @property
    def count(self) -> int:
        """How many leaves it stands for."""
        return len(self.parties) + self.more

    @property
    def label(self) -> str:
        """Such as `+ 214 suppliers`."""
        stroke = STROKES[self.kind]
        return f"+ {self.count:,} {stroke.heads if self.outward else stroke.tails}"

    @property
    def said(self) -> str:
        """How many leaves of whom it stands for, and the first of them by name."""
        names = listed([party.name for party in self.parties], self.count, most=KEEP)
        return f"{self.label} of {self.at} in one mark{': ' if names else ''}{names}."


@dataclass(frozen=True)
class Scene:
    """Parties and links as they are drawn."""

    start: Party
    parties: tuple[Party, ...]
    """The start first."""
    facts: tuple[Fact, ...]
    folds: tuple[Fold, ...]
    links: dict[str, int] = field(default_factory=dict)
    """All links of each party, drawn or not."""

    @cached_property
    def lines(self) -> dict[tuple[str, str, str], tuple[Fact, ...]]:
        """Facts of one kind from one party to another are one line; by from, to and kind."""
        lines: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
        for fact in self.facts:
            lines[fact.tail.id, fact.head.id, fact.kind].append(fact)
        return {ends: tuple(facts) for ends, facts in lines.items()}


def scene(network: Network, marks: Marks = NONE) -> Scene:
    """Fold the leaves of hubs, the smallest first to go; a leaf is tied to its hub and to nobody else.

    What is marked on a path or in a circle stays, and leaves of different groups are folded apart.
    """
    there = {fact.fact_id for fact in network.links}
    parties = {party.id: party for party in (network.party, *(around.party for around in network.parties))}
    marked = {fact.fact_id: fact for mark in marks.marks for fact in mark.facts if fact.fact_id not in there}
    beside = tuple(fact for fact in marked.values() if {fact.tail.id, fact.head.id} <= parties.keys())
    network = replace(network, links=(*network.links, *beside))
    folded = _folds(network, marks)
    hidden = {party.id for fold in folded for party in fold.parties}
    return Scene(
        network.party,
        tuple(party for party in parties.values() if party.id not in hidden),
        tuple(fact for fact in network.links if not {fact.tail.id, fact.head.id} & hidden),
        folded,
        {around.party.id: around.links for around in network.parties},
    )


def _folds(network: Network, marks: Marks) -> tuple[Fold, ...]:
    touching: dict[str, list[Fact]] = defaultdict(list)
    for fact in network.links:
        for end in set(_ends(fact)):
            touching[end].append(fact)
    leaves: dict[tuple[str, str, bool, tuple[str, ...]], dict[str, Party]] = defaultdict(dict)
    place = {around.party.id: at for at, around in enumerate(network.parties)}
    kept = marks.kept
    for around in network.parties:
        one = around.party.id
        hub = None if one in kept else _hub(one, touching[one])
        if hub:
            leaves[*hub, marks.groups_of(one)][one] = around.party
    unread, folds = _unread(network), list[Fold]()
    names = {network.party.id: network.party.name} | {each.party.id: each.party.name for each in network.parties}
    for (at, kind, outward, groups), found in sorted(leaves.items()):
        ordered = sorted(found.values(), key=lambda party: place[party.id])
        more = 0 if groups else unread.pop((at, kind, outward), 0)
        if len(ordered) + more > MANY:
            rest = tuple(ordered[KEEP:])
            behind = tuple(fact for party in rest for fact in touching[party.id])
            name = " ".join(["fold", at, kind, str(outward), *groups])
            folds.append(Fold(name, at, kind, outward, rest, behind, more, groups, names[at]))
    for (at, kind, outward), more in sorted(unread.items()):
        folds.append(Fold(f"fold {at} {kind} {outward} unread", at, kind, outward, (), (), more, at=names[at]))
    return tuple(fold for fold in folds if fold.count)


def _hub(leaf: str, facts: list[Fact]) -> tuple[str, str, bool] | None:
    """The one party a leaf is tied to, the first kind of tie and whether it points to the leaf; None for no leaf.

    What is only said to hold through others ties nobody: it follows from the ties that are drawn.
    """
    ties = [fact for fact in facts if fact.values.get("directness") != "indirect"]
    ends = {(fact.tail.id, True) if fact.head.id == leaf else (fact.head.id, False) for fact in ties}
    kinds = {fact.kind for fact in ties}
    # A holding and the control that goes with it are one tie; any other two say more together than a count.
    if len(ends) != 1 or not (len(kinds) == len(ties) == 1 or kinds <= EQUITY):
        return None
    ((hub, outward),) = ends
    return None if hub == leaf else (hub, ties[0].kind, outward)


def _unread(network: Network) -> dict[tuple[str, str, bool], int]:
    """Links of the start that the network counts and does not hold, by kind and direction."""
    if not network.page.left:
        return {}
    start = network.party.id
    drawn = Counter((fact.kind, fact.tail.id == start) for fact in network.links if start in _ends(fact))
    counted = {(count.kind, count.direction == "out"): count.count for count in network.counts}
    left = {(start, kind, out): total - drawn[kind, out] for (kind, out), total in counted.items()}
    return {key: more for key, more in left.items() if more > 0}


def _ends(fact: Fact) -> Iterable[str]:
    return fact.tail.id, fact.head.id
