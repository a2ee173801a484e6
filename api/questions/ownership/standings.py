"""Who decides in a party: one, several jointly, a concert, two that block each other, a ring, or nobody; or that it is
not known."""

from dataclasses import dataclass

from analytics.rules.rule import Words
from analytics.structure.heads import heads
from analytics.structure.standing import DEADLOCK, JOINT, NOBODY, RING, SOLE, TOGETHER, Standing, standing
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.answers.wording import listed, names_of
from api.engine import View
from api.groups.concerts import acting_over
from api.questions.ownership.falls import own_shares
from api.questions.ownership.undisclosed import HiddenVotes, undisclosed_of
from graph.model import OWNS

CONCERT, UNKNOWN = "concert", "unknown"
KINDS = {
    SOLE: Words("one ultimate controller", "单一最终控制人"),
    JOINT: Words("several controllers, none over another", "多方控制，互不从属"),
    CONCERT: Words("parties that act in concert", "一致行动人共同控制"),
    RING: Words("controlled only within a ring of parties that control each other", "仅由相互控制的环内主体控制"),
    DEADLOCK: Words("two blocks of exactly half: neither decides without the other", "双方各持半数，须一致同意"),
    TOGETHER: Words("no controller: the fewest blocks that decide are more than one", "无控制人，须多方合意方可决定"),
    NOBODY: Words("what is disclosed makes no majority", "已披露的表决权不构成多数"),
    UNKNOWN: Words("not known, since votes that are not disclosed would decide", "控制人未知：由未披露的表决权决定"),
}
NAMED = 5
"""Parties that a sentence names."""
SHOWN = 10
"""Blocks shown, and of each the holdings."""


@dataclass(frozen=True)
class VoteBlock:
    """Votes on which one decides."""

    top: Party
    """Ultimate controller of these holders, or the holder itself; of a concert the first member with a part in it."""
    acting: tuple[Party, ...]
    """The others of the concert with a part in it."""
    low: float
    """Least fraction of the votes."""
    high: float
    holdings: tuple[Fact, ...]


@dataclass(frozen=True)
class StandingOf:
    """How control over a party stands, by what is sure."""

    kind: str
    """sole, joint, concert, ring, deadlock, together, nobody, or unknown where votes that are not disclosed decide."""
    name: Words
    controllers: tuple[Party, ...]
    """Ultimate controllers; of a ring or a concert its members."""
    possible: tuple[Party, ...]
    """Who else may control it in the end, alone or in concert, where bands allow that and do not prove it."""
    possible_count: int
    coalition: tuple[Party, ...]
    """Where nobody decides alone: the fewest that decide together, the largest first."""
    coalition_count: int
    blocks: tuple[VoteBlock, ...]
    """The largest blocks of votes."""
    block_count: int
    undisclosed: HiddenVotes | None
    """Where it is unknown: the votes that would decide, and who would control it with them."""
    own: tuple[Fact, ...]
    """What the company holds of itself and carries no vote, where votes are not stated net of it."""


def standing_of(view: View, evidence: Evidence, node: int) -> StandingOf:
    """How control over a party stands."""
    found = standing(view.control, node, acting=acting_over(view, node))
    kind, over = _decided(view, node, found)
    hidden = undisclosed_of(view, evidence, node) if kind in (DEADLOCK, NOBODY, TOGETHER) else None
    kind = UNKNOWN if hidden else kind
    maybe = sorted(_maybe(view, node) - set(over))
    blocks = tuple(
        VoteBlock(
            evidence.party(b.top), evidence.parties(b.acting), b.low, b.high, evidence.facts(OWNS, b.holdings[:SHOWN])
        )
        for b in found.blocks[:SHOWN]
    )
    several = found.coalition if kind == found.kind else ()
    return StandingOf(
        kind, KINDS[kind], evidence.parties(over), evidence.parties(maybe[:SHOWN]), len(maybe),
        evidence.parties(several[:SHOWN]), len(several), blocks, len(found.blocks), hidden,
        own_shares(view, evidence, node),
    )  # fmt: skip


def _decided(view: View, node: int, found: Standing) -> tuple[str, tuple[int, ...]]:
    """How control stands, and who has it: a concert counts as one, unless a member controls by itself."""
    alone, members = _in_concert(view, node)
    if not members or set(members) & set(found.controllers):
        return found.kind, found.controllers
    return (JOINT if alone else CONCERT), (*alone, *members)


def _maybe(view: View, node: int) -> set[int]:
    """Who may be on top, alone or in concert, and is not certain to be so in a concert; nor whom one of them, or a
    concert, surely controls."""
    sure = {*_in_concert(view, node)[1]}
    maybe = {*view.control.ultimate_of(node, possible=True).tolist(), *_in_concert(view, node, possible=True)[1]}
    over = maybe | sure
    rest = (x for x in maybe - sure if not under_a_concert(view, x))
    return {x for x in rest if not any(_above(view, z, x) for z in over)}


def under_a_concert(view: View, party: int) -> bool:
    """Whether a concert surely controls a party."""
    return view.together is not None and bool(view.together.concerts_over(party))


def _above(view: View, one: int, other: int) -> bool:
    """Whether one party surely controls another that does not control it."""
    return one in view.control.controllers_of(other) and other not in view.control.controllers_of(one)


def _in_concert(view: View, node: int, *, possible: bool = False) -> tuple[list[int], list[int]]:
    """Ultimate controllers of which no concert takes the place, and members on top of the concerts that are such."""
    together = view.register.together
    if together is None:
        return [], []
    alone, concerts = together.ultimate_of(node, possible=possible)
    return alone, sorted(x for k in concerts for x in heads(together, k, node, possible=possible))


def standing_said(name: str, found: StandingOf) -> str:
    """How it stands, in a sentence: what is certain, and what is only possible beside it."""
    joined = {block.top.id: block.acting for block in found.blocks if block.acting and not found.controllers}
    some, many = (found.controllers, 0) if found.controllers else (found.coalition, found.coalition_count)
    who = listed([_with(party, joined.get(party.id, ())) for party in some], many, most=NAMED)
    sure = found.name.en + (f" ({who})" if who else "")
    if maybe := listed(names_of(found.possible), found.possible_count, most=NAMED):
        least = "else" if found.undisclosed else "at their least votes,"
        alone = f"nobody certainly; possibly {maybe}; {least} {sure}"
        sure = f"{sure}; possibly also {maybe}" if found.controllers else alone
    return f"Control of {name}: {sure}."


def _with(party: Party, acting: tuple[Party, ...]) -> str:
    """A party, with whom it acts in concert."""
    return listed([party.name, *(one.name for one in acting)], most=NAMED + 1, by=" with ")


def no_company_said(party: Party) -> str:
    """That a person or a government body has no holders and no controllers, in a sentence."""
    what = "a person, whom" if party.kind == "Person" else "a government body, which"
    return f"{party.name} is {what} nobody owns or controls."
