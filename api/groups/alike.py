"""What tells groups apart that are called alike: the members that only one of them has."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from analytics.structure.reach import Nodes
from api.answers.evidence import Evidence
from api.answers.frame import Party
from api.answers.wording import listed

TOLD: Final = 3
"""Parties told of each group."""


@dataclass(frozen=True)
class Apart:
    """Parties by which a group differs from each other one of the same answer that is called alike; none where none
    is."""

    holds: tuple[Party, ...] = ()
    """Members that others lack."""
    lacks: tuple[Party, ...] = ()
    """Members of others that it lacks itself, where all it has is in those."""

    @property
    def en(self) -> str:
        """In a few words, behind a name."""
        holds, lacks = (listed([one.name for one in some], by=" and ") for some in (self.holds, self.lacks))
        told = " and ".join(filter(None, (holds and f"with {holds}", lacks and f"without {lacks}")))
        return f" {told}" if told else ""

    @property
    def zh(self) -> str:
        """The same in Chinese."""
        holds, lacks = (listed([one.name for one in some], chinese=True) for some in (self.holds, self.lacks))
        told = "，".join(filter(None, (holds and f"含{holds}", lacks and f"不含{lacks}")))
        return f"（{told}）" if told else ""


NOT_ALIKE: Final = Apart()


def told_apart(evidence: Evidence, groups: Sequence[tuple[Hashable, Nodes]]) -> list[Apart]:
    """For each group, given with what it is called by, the members that tell it from others called so: for each other
    one a member that this lacks, where there is none one that only the other has. At most three are told."""
    alike: dict[Hashable, list[int]] = {}
    for k, (name, _) in enumerate(groups):
        alike.setdefault(name, []).append(k)
    found = [NOT_ALIKE] * len(groups)
    for places in alike.values():
        sets = {k: frozenset(groups[k][1].tolist()) for k in places} if len(places) > 1 else {}
        for k, mine in sets.items():
            holds, lacks = _differing(mine, [other for j, other in sets.items() if j != k and other != mine])
            found[k] = Apart(evidence.parties(holds), evidence.parties(lacks))
    return found


def _differing(mine: frozenset[int], others: list[frozenset[int]]) -> tuple[list[int], list[int]]:
    """Members of one set that most of the others lack, then members of those left that it lacks itself."""
    holds, lacks = list[int](), list[int]()
    while others and len(holds) + len(lacks) < TOLD:
        times = Counter(x for other in others for x in other)
        least = min(mine, key=lambda x: (times[x], x))
        if times[least] < len(others):
            holds.append(least)
            others = [other for other in others if least in other]
            continue
        most = min((x for x in times if x not in mine), key=lambda x: (-times[x], x))
        lacks.append(most)
        others = [other for other in others if most not in other]
    return holds, lacks
