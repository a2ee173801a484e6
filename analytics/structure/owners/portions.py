"""What parties hold of one company: themselves, or together with all they control."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np

from analytics.structure.concert import NO_CIRCLES, Circles
from analytics.structure.control import Control
from analytics.structure.votes import NANO, Arrows, Holdings
from graph.bands import HIGH_OPEN, LOW_OPEN


@dataclass(frozen=True)
class Portion:
    """What one party has of a company, within bands."""

    owner: int
    low: float
    """Least fraction."""
    high: float
    """Greatest fraction."""
    above: bool
    """Whether it is more than `low`, an open low end being in it."""
    below: bool = False
    """Whether it is less than `high`, likewise."""
    rough: bool = False
    """Whether `high` is only bounded for all at once, so that less may be possible."""


def capital(links: Any) -> Holdings:
    r"""Turn a snapshot's OWNS links into shares of the capital, as `Holdings.of` makes votes of them.

    .. math:: W_{ij} \in [low_{ij}, high_{ij}]

    Parameters
    ----------
    links : Links
        Of OWNS, m links holder → company.

    Raises
    ------
    KeyError
        If the links are of another relation.

    Source
    ------
    Domain reference §1.1: capital and votes are two layers.

    Example
    -------
    >>> from types import SimpleNamespace
    >>> one = np.array([0.6])
    >>> fields = {"share_low": one, "share_high": one, "share_ends": np.zeros(1, np.int8)}
    >>> at = np.array([0], np.uint32)
    >>> known = SimpleNamespace(tail=at, head=at + 1, fields=fields, out_start=np.array([0, 1, 1]),
    ...     in_start=np.array([0, 0, 1]), in_order=at)
    >>> capital(known).low.tolist()
    [0.6]
    """
    low, high = links.fields["share_low"], links.fields["share_high"]
    exact = low is high or np.array_equal(low, high)
    ends = np.zeros(0, np.int8) if exact else links.fields["share_ends"]
    none = np.zeros(0, np.bool_)
    return Holdings(
        links.out_start, links.tail, links.head, low, low if exact else high, ends, none, Arrows.arriving(links)
    )


def passes(portion: Portion, threshold: float, comparison: str) -> tuple[bool, bool]:
    r"""Compare a portion with a threshold: whether it passes for certain, and whether it may.

    .. math:: \lfloor 10^9 low \rceil \ge \lfloor 10^9 \theta \rceil \quad (\text{or} >)

    Parameters
    ----------
    portion : Portion
    threshold : float
        Fraction θ.
    comparison : str
        `>=` where the threshold itself passes, `>` where it does not.

    Raises
    ------
    nothing

    Source
    ------
    Domain reference §1.6: 25.00 % is in for some regimes and out for others.

    Example
    -------
    >>> passes(Portion(0, 0.25, 0.25, False), 0.25, ">="), passes(Portion(0, 0.25, 0.5, True), 0.25, ">")
    ((True, True), (True, True))
    """
    low, high, bar = (int(np.floor(x * NANO + 0.5)) for x in (portion.low, portion.high, threshold))
    if comparison == ">=":
        sure, maybe = low >= bar, high > bar or (high == bar and not portion.below)
    else:
        sure, maybe = low > bar or (low == bar and portion.above), high > bar
    return sure, sure or maybe


def direct_portions(held: Holdings, company: int, *, but: Collection[int] = ()) -> tuple[Portion, ...]:
    r"""What each party holds of a company itself.

    A company's own shares are redistributed: what others hold counts as a fraction of the rest.

    .. math:: W_{ij} / (1 - W_{jj})

    Parameters
    ----------
    held : Holdings
        m links holder → company, fractions.
    company : int
        Node number j.
    but : positions of links
        What these hold counts for nobody, and is still somebody's.

    Raises
    ------
    nothing

    Source
    ------
    Domain reference §1.1 and §1.2 (d).

    Example
    -------
    >>> direct_portions(Holdings.exact(3, [0, 1], [2, 2], [0.6, 0.2]), 2)[0]
    Portion(owner=0, low=0.6, high=0.6, above=False, below=False, rough=False)
    """
    at = _Company(held, company, but)
    return ranked(at.portion(x, links) for x, links in at.links.items())


def joint_portion(held: Holdings, company: int, holders: Iterable[int], *, owner: int = -1) -> Portion:
    r"""What several parties hold of a company themselves, as one owner.

    .. math:: \sum_{i \in G} W_{ij} / (1 - W_{jj})

    Parameters
    ----------
    held : Holdings
        m links holder → company, fractions.
    company : int
        Node number j.
    holders : node numbers of G
    owner : int
        How the whole is named.

    Raises
    ------
    nothing

    Source
    ------
    As `direct_portions`; 上市公司收购管理办法 art. 83: what parties in concert hold is added.

    Example
    -------
    >>> joint_portion(Holdings.exact(3, [0, 1], [2, 2], [0.5, 0.25]), 2, [0, 1]).low
    0.75
    """
    at = _Company(held, company)
    return at.portion(owner, [link for x in sorted(set(holders)) for link in at.links.get(x, ())])


def attributed_portions(
    held: Holdings, control: Control, company: int, circles: Circles = NO_CIRCLES
) -> tuple[Portion, ...]:
    r"""What each party holds of a company itself and through all it controls, whose holdings count whole.

    .. math:: \sum_{k \in C(i) \cup \{i\}} W_{kj} / (1 - W_{jj})

    Parameters
    ----------
    held : Holdings
        m links holder → company, fractions.
    control : Control
        Who controls whom; possible control counts for the greatest fraction only.
    company : int
        Node number j; what it holds of itself counts for nobody.
    circles : Circles, optional
        Of the concerts that the company itself acts in, whose holdings count for them, as `Together.circles` has it.

    Raises
    ------
    NotConverged
        If too many sets of controllers are not kept.

    Source
    ------
    Companies Act 2006 schedule 1A para. 18 and 19; Regulation (EU) 2024/1624 art. 54(a); vector OWN-11.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> held = Holdings.exact(3, [0, 1], [1, 2], [0.6, 0.3])
    >>> [(one.owner, one.low) for one in attributed_portions(held, solve_control(held), 2)]
    [(0, 0.3), (1, 0.3)]
    """
    at = _Company(held, company)
    sure: dict[int, list[int]] = {}
    maybe: dict[int, list[int]] = {}
    for holder, links in at.links.items():
        for gathered, possible in ((sure, False), (maybe, True)):
            if possible and control.possible is control.certain:
                continue
            over = {holder, *control.controllers_of(holder, possible=possible).tolist()} - circles.keys()
            over |= {x for x, circle in circles.items() if holder in circle[possible]}
            for x in over - {company}:
                gathered.setdefault(x, []).extend(links)
    portions = []
    for x in sorted(sure.keys() | maybe.keys()):
        least = most = at.portion(x, sure.get(x, ()))
        if x in maybe and len(maybe[x]) != len(sure.get(x, ())):
            most = at.portion(x, {*sure.get(x, ()), *maybe[x]})
        portions.append(Portion(x, least.low, most.high, least.above, most.below))
    return ranked(portions)


class _Company:
    """All that is held of one company, as a fraction of what others than itself hold."""

    def __init__(self, held: Holdings, company: int, but: Collection[int] = ()) -> None:
        self.links: dict[int, list[int]] = {}
        """Holdings that count, by holder; the company's own are none."""
        self.band: dict[int, tuple[float, float, int]] = {}
        own, every = list[int](), held.holders.links_at(company).tolist()
        for link, holder in zip(every, held.tail[every].tolist(), strict=True):
            ends = int(held.ends[link]) if len(held.ends) else 0
            self.band[link] = float(held.low[link]), float(held.high[link]), ends
            if holder == company:
                own.append(link)
            elif link not in but:
                self.links.setdefault(holder, []).append(link)
        mine = [self.band.pop(link) for link in own]
        withheld = 0.0 if held.withheld is None else float(held.withheld[company])
        self.given = fsum([withheld, *(low for low, _, _ in self.band.values())])
        self.open = sum(ends & LOW_OPEN for _, _, ends in self.band.values())
        # Stated votes are net of the company's own.
        counted = [] if held.netted[company] else mine
        self.own = tuple(min(fsum(band[end] for band in counted), 1.0) for end in (0, 1))

    def portion(self, owner: int, links: Iterable[int]) -> Portion:
        """Some holdings together; no more than what the others are sure to leave."""
        mine = [self.band[link] for link in links]
        low, high = (fsum(band[end] for band in mine) for end in (0, 1))
        least, most = self.own
        others = max(self.given - low, 0.0)
        # What the company holds of itself lifts a part as long as the others leave room for both.
        own = min(max(1 - others - high, least), most)
        room = max(1 - own - others, low)
        part_low = _of_rest(low, least)
        part_high = max(_of_rest(min(high, room), own), part_low)
        opened = sum(ends & LOW_OPEN for _, _, ends in mine)
        short = _nano(high) - _nano(room)
        below = (short <= 0 and any(ends & HIGH_OPEN for _, _, ends in mine)) or (short >= 0 and self.open > opened)
        return Portion(owner, part_low, part_high, opened > 0, below and _nano(part_high) > _nano(part_low))


def _of_rest(part: float, own: float) -> float:
    """A part of a company as a fraction of what others than itself hold."""
    return min(part / (1 - own), 1.0) if _nano(own) < NANO else 0.0


def _nano(part: float) -> int:
    return round(part * NANO)


def ranked(portions: Iterable[Portion]) -> tuple[Portion, ...]:
    r"""Put portions in order: the greatest first, then by number of the owner.

    .. math:: (-low, -high, i)

    Parameters
    ----------
    portions : iterable of Portion

    Raises
    ------
    nothing

    Source
    ------
    Every answer stands in a total order (design §4).

    Example
    -------
    >>> [one.owner for one in ranked([Portion(0, 0.1, 0.1, False), Portion(1, 0.2, 0.2, False)])]
    [1, 0]
    """
    return tuple(sorted(portions, key=lambda portion: (-portion.low, -portion.high, portion.owner)))
