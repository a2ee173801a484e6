"""Who decides in a party: one, several jointly, two that block each other, a ring, or nobody known."""

from dataclasses import dataclass

from analytics.rules.rule import Words
from analytics.structure.standing import DEADLOCK, JOINT, NOBODY, RING, SOLE, TOGETHER, standing
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.engine import View
from graph.model import OWNS

KINDS = {
    SOLE: Words("one ultimate controller", "单一最终控制人"),
    JOINT: Words("several controllers, none over another", "多方控制，互不从属"),
    RING: Words("controlled only within a ring of parties that control each other", "仅由相互控制的环内主体控制"),
    DEADLOCK: Words("two blocks of exactly half: neither decides without the other", "双方各持半数，须一致同意"),
    TOGETHER: Words("no controller: the fewest blocks that decide are more than one", "无控制人，须多方合意方可决定"),
    NOBODY: Words("what is disclosed makes no majority", "已披露的表决权不构成多数"),
}
SHOWN = 10
"""Blocks shown, and of each the holdings."""


@dataclass(frozen=True)
class VoteBlock:
    """Votes on which one decides."""

    top: Party
    """Ultimate controller of these holders, or the holder itself."""
    low: float
    """Least fraction of the votes."""
    high: float
    holdings: tuple[Fact, ...]


@dataclass(frozen=True)
class StandingOf:
    """How control over a party stands, by what is sure."""

    kind: str
    """sole, joint, ring, deadlock, together or nobody."""
    name: Words
    controllers: tuple[Party, ...]
    """Ultimate controllers; of a ring its members."""
    coalition: tuple[Party, ...]
    """Where nobody decides alone: the fewest that decide together, the largest first."""
    blocks: tuple[VoteBlock, ...]
    """The largest blocks of votes."""
    block_count: int


def standing_of(view: View, evidence: Evidence, node: int) -> StandingOf:
    """How control over a party stands."""
    found = standing(view.control, node)
    blocks = tuple(
        VoteBlock(evidence.party(b.top), b.low, b.high, evidence.facts(OWNS, b.holdings[:SHOWN]))
        for b in found.blocks[:SHOWN]
    )
    return StandingOf(
        found.kind, KINDS[found.kind], evidence.parties(found.controllers), evidence.parties(found.coalition[:SHOWN]),
        blocks, len(found.blocks),
    )  # fmt: skip


def standing_said(name: str, found: StandingOf) -> str:
    """How it stands, in a sentence."""
    who = ", ".join(party.name for party in (found.controllers or found.coalition)[:5])
    return f"Control of {name}: {found.name.en}{f' ({who})' if who else ''}."
