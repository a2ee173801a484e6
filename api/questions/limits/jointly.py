"""How a party comes into a group that several unite: relatives (亲属), or parties in concert (一致行动)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.answers.evidence import Evidence
from api.answers.frame import Fact
from api.engine import View
from api.groups.circles import CLIENTS_2010, doubtful_of, kin_of
from api.groups.concerts import number_of, proof_of
from api.questions.groups.families import ties_of
from api.questions.ownership.falls import Fall, joint_falls
from graph.model import OWNS, RELATED_TO

SHOWN = 20
"""Facts shown."""


@dataclass(frozen=True)
class Jointly:
    """What brings a party in that none of several controls alone, or one of these several."""

    through: int | None
    """Who unites the group with the party and controls it alone, else who does so, else of those who do the first:
    never the party itself."""
    doubtful: bool
    """Whether a tie counts that only the wide reading knows."""
    proof: tuple[Fall, ...]
    """Of a concert the companies that fall to it, up to the party."""
    facts: tuple[Fact, ...]
    """Their ties, and of whom neither they nor one of them is proved to control what they and members hold of it."""


def jointly(
    view: View,
    evidence: Evidence,
    party: int,
    *,
    heads: Sequence[int],
    members: Iterable[int],
    wide: bool,
    one: int | None = None,
    brief: bool = False,
) -> Jointly:
    """How a party comes in with some heads, of whom `one` controls it alone; where nobody is told as head with whoever
    of the members has ties; `brief` without the facts."""
    inside = {*members, *heads}
    tied = [kin_of(view, CLIENTS_2010).near, *([doubtful_of(view)] if wide else ())]
    some = heads or sorted(inside.union(y for x in inside for each in tied for y in each.at(x).tolist()))
    ties, known = view.kept(
        ("ties of heads", tuple(some), wide),
        lambda: (ties_of(view, some, wide=wide), ties_of(view, some, wide=False)),
    )
    sure = set().union(*known.values())
    links = set().union(*ties.values())
    near = {x for pair in ties if party in pair for x in pair}
    others = [x for x in some if x != party and any(x in pair for pair in ties)]
    through = next((x for x in others if x in near), others[0] if others else None) if one is None else one
    if brief:
        return Jointly(through, bool(links - sure), (), ())
    told = evidence.facts(RELATED_TO, sorted(links)[:SHOWN])
    proof = _by_concert(view, evidence, heads, party) if wide and one is None else ()
    if not proof and one is None:
        owns = view.snapshot.links(OWNS)
        at = [k for k in owns.arriving(party).tolist() if int(owns.tail[k]) in inside or int(owns.tail[k]) in some]
        told = (*told, *evidence.facts(OWNS, at[:SHOWN]))
    return Jointly(through, bool(links - sure), proof, told)


def _by_concert(view: View, evidence: Evidence, heads: Sequence[int], party: int) -> tuple[Fall, ...]:
    """How a party that is none of the heads falls to the concert of some of them; nothing where it does not."""
    together = view.together
    if together is None or party in heads:
        return ()
    for number in dict.fromkeys(number_of(view, head) for head in heads):
        if number is not None and party in together.controlled_by(number, possible=True):
            member = together.concerts[number].members[0]
            return tuple(joint_falls(view, evidence, proof_of(view, together, number, party), member))
    return ()
