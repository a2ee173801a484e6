"""What parties hold of one company: themselves, or together with all they control."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np

from analytics.structure.control import Control
from analytics.structure.votes import NANO, Arrows, Holdings


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
        return low >= bar, high > bar or (high == bar and not portion.below)
    return low > bar or (low == bar and portion.above), high > bar


def direct_portions(held: Holdings, company: int) -> tuple[Portion, ...]:
    r"""What each party holds of a company itself.

    .. math:: W_{ij}

    Parameters
    ----------
    held : Holdings
        m links holder → company, fractions.
    company : int
        Node number j.

    Raises
    ------
    nothing

    Source
    ------
    Domain reference §1.1.

    Example
    -------
    >>> direct_portions(Holdings.exact(3, [0, 1], [2, 2], [0.6, 0.2]), 2)[0]
    Portion(owner=0, low=0.6, high=0.6, above=False, below=False)
    """
    found, total = _by_holder(held, company)
    return ranked(_sum(held, links, x, total) for x, links in found.items())


def attributed_portions(held: Holdings, control: Control, company: int) -> tuple[Portion, ...]:
    r"""What each party holds of a company itself and through all it controls, whose holdings count whole.

    .. math:: \sum_{k \in C(i) \cup \{i\}} W_{kj}

    Parameters
    ----------
    held : Holdings
        m links holder → company, fractions.
    control : Control
        Who controls whom; possible control counts for the greatest fraction only.
    company : int
        Node number j; what it holds of itself counts for nobody.

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
    found, total = _by_holder(held, company)
    sure: dict[int, list[int]] = {}
    maybe: dict[int, list[int]] = {}
    for holder, links in found.items():
        for gathered, possible in ((sure, False), (maybe, True)):
            if possible and control.possible is control.certain:
                continue
            for x in {holder, *control.controllers_of(holder, possible=possible).tolist()} - {company}:
                gathered.setdefault(x, []).extend(links)
    portions = []
    for x in sorted(sure.keys() | maybe.keys()):
        least = most = _sum(held, sure.get(x, ()), x, total)
        if x in maybe and len(maybe[x]) != len(sure.get(x, ())):
            most = _sum(held, {*sure.get(x, ()), *maybe[x]}, x, total)
        portions.append(Portion(x, least.low, most.high, least.above))
    return ranked(portions)


def _by_holder(held: Holdings, company: int) -> tuple[dict[int, list[int]], float]:
    """Holdings of a company by holder, its own left out, and the least that they are together."""
    found: dict[int, list[int]] = {}
    links = held.holders.links_at(company)
    for link, holder in zip(links.tolist(), held.tail[links].tolist(), strict=True):
        if holder != company:
            found.setdefault(holder, []).append(link)
    return found, fsum(held.low[link] for mine in found.values() for link in mine)


def _sum(held: Holdings, links: Iterable[int], owner: int, total: float) -> Portion:
    """Some holdings of one company together; no more than what the others of the `total` are sure to leave."""
    mine = list(links)
    low = fsum(held.low[mine].tolist())
    high = min(fsum(held.high[mine].tolist()), max(1 - (total - low), low)) if held.banded else low
    above = bool(len(held.ends)) and bool((held.ends[mine] & 1).any())
    return Portion(owner, low, high, above)


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
