"""Who decides in a company: one, several jointly, two that block each other, a ring, or nobody known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analytics.structure.control import Control
from analytics.structure.votes import FINE, NANO, Holdings
from graph.bands import LOW_OPEN

LEAST = FINE // NANO
"""What is compared, in 1e-12: where a low end is open, exactly the threshold is more than it."""
NOBODY_ACTS: Final[Mapping[int, tuple[int, ...]]] = {}
SOLE, JOINT, RING, DEADLOCK, TOGETHER, NOBODY = "sole", "joint", "ring", "deadlock", "together", "nobody"


@dataclass(frozen=True)
class Block:
    """Votes of one company that one decides on: who is on top, and its holdings."""

    top: int
    """Ultimate controller of these holders, or the holder itself where several or none control it."""
    low: float
    """Least fraction of the votes."""
    high: float
    holdings: tuple[int, ...]
    """Positions, largest first."""
    above: bool = False
    """Whether it is more than `low`, an open low end being in it."""
    acting: tuple[int, ...] = ()
    """Where parties vote as one: those of them that are not `top`."""


@dataclass(frozen=True)
class Standing:
    """How control over a company stands."""

    company: int
    kind: str
    """`sole`: one ultimate controller. `joint`: several, none over another. `ring`: controlled, and only by
    parties that control each other, or itself one of them. `deadlock`: two blocks of exactly half, neither
    decides without the other. `together`: no controller, the fewest blocks that suffice are more than one.
    `nobody`: what is disclosed does not make a majority."""
    controllers: tuple[int, ...]
    """Ultimate controllers, ascending; the ring where there is none."""
    blocks: tuple[Block, ...]
    """All blocks of votes, largest first."""
    coalition: tuple[int, ...]
    """Tops of the fewest blocks that decide together, largest first; of two in deadlock both."""


def standing(
    control: Control, company: int, *, possible: bool = False, acting: Mapping[int, tuple[int, ...]] = NOBODY_ACTS
) -> Standing:
    r"""Say who decides in a company, and where nobody does alone, who could together.

    .. math:: \min \{|B| : \sum_{b \in B} v_b > \theta\}, \qquad v_b = \sum_{k : top(k) = b} W_{ky}

    The largest blocks first give the fewest. Exactly half each (votes compared as integers of 1e-9, the
    company's own left out) is a deadlock: both must agree, which many rule sets take as joint control.

    Parameters
    ----------
    control : Control
        Who controls whom.
    company : int
        Node number.
    possible : bool
        What bands allow instead of what they assure.
    acting : mapping from holder to parties
        With whom each holder votes as one, ascending: the parties of a concert that have a part in the company.

    Raises
    ------
    NotConverged
        If too many sets of controllers are not kept.

    Source
    ------
    Domain reference §1.4, vectors OWN-03 and OWN-06; EBA/GL/2017/15 on joint control.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> held = Holdings.exact(4, [0, 1, 2], [1, 3, 3], [0.6, 0.5, 0.5])
    >>> found = standing(solve_control(held), 3)
    >>> found.kind, found.coalition
    ('deadlock', (0, 2))
    """
    tops = [int(x) for x in control.ultimate_of(company, possible=possible)]
    over = [int(x) for x in control.controllers_of(company, possible=possible)]
    rings = [ring.tolist() for ring in control.deadlocks if company in ring or set(ring.tolist()) & set(over)]
    blocks = _blocks(control, company, acting, possible=possible)
    if tops or over or rings:
        ring = tuple(sorted({int(x) for one in rings for x in one})) or tuple(over)
        kind = RING if not tops else SOLE if len(tops) == 1 else JOINT
        return Standing(company, kind, tuple(tops) or ring, blocks, ())
    bar, over_bar = _bar(control, company)
    first = [_fine(block.high if possible else block.low) for block in blocks[:2]]
    if len(first) == 2 and all(abs(votes - bar) < FINE // 2_000_000_000 for votes in first):
        return Standing(company, DEADLOCK, (), blocks, tuple(block.top for block in blocks[:2]))
    coalition: list[int] = []
    votes, above = 0, False
    for block in blocks:
        coalition.append(block.top)
        votes += _fine(block.high if possible else block.low)
        above = above or (block.above and not possible)
        if votes >= over_bar or (above and votes >= over_bar - LEAST):
            return Standing(company, TOGETHER, (), blocks, tuple(coalition))
    return Standing(company, NOBODY, (), blocks, ())


def _fine(votes: float) -> int:
    return round(votes * FINE)


def _bar(control: Control, company: int) -> tuple[int, int]:
    """The threshold of a company, its own holdings left out, and what is above it, in 1e-12."""
    above = int(control.certain.votes.bar[company]) >> 10
    return above - 500, above


def _top(control: Control, holder: int, *, possible: bool) -> int:
    """Its one ultimate controller; itself where there are none or several. Of most nobody holds anything."""
    if not len(control.holdings.holders.at(holder)) and not len(control.controlled_otherwise.at(holder)):
        return holder
    tops = control.ultimate_of(holder, possible=possible)
    return int(tops[0]) if len(tops) == 1 else holder


def _blocks(
    control: Control, company: int, acting: Mapping[int, tuple[int, ...]], *, possible: bool
) -> tuple[Block, ...]:
    held: Holdings = control.holdings
    links: dict[int, list[int]] = {}
    others: dict[int, tuple[int, ...]] = {}
    for link in held.holders.links_at(company).tolist():
        holder = int(held.tail[link])
        if holder != company:
            together = acting.get(holder, ())
            top = together[0] if together else _top(control, holder, possible=possible)
            links.setdefault(top, []).append(link)
            others[top] = others.get(top, ()) or together[1:]
    blocks = []
    for top, mine in links.items():
        mine.sort(key=lambda link: (-held.low[link], -held.high[link], link))
        low, high = (min(float(ends[mine].sum()), 1.0) for ends in (held.low, held.high))
        above = len(held.ends) > 0 and bool((held.ends[mine] & LOW_OPEN).any())
        blocks.append(Block(top, low, high, tuple(mine), above, others[top]))
    key = (lambda b: (-b.high, -b.low, b.top)) if possible else (lambda b: (-b.low, not b.above, -b.high, b.top))
    return tuple(sorted(blocks, key=key))
