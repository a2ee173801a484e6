"""Close links: pairs of parties that a lender may not take as independent of each other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from analytics.structure.control import STATE
from analytics.structure.owners.multiplied import Layer, owned
from analytics.structure.owners.portions import Portion, attributed_portions, passes
from analytics.structure.owners.register import Register
from analytics.structure.owners.variants import Variant
from analytics.structure.ownership.pairs import pairs_above

NO, POSSIBLE, CERTAIN = range(3)
MANY = 1000
"""Where a book has one in so many parties of the graph, or more, all pairs of the graph are found at once."""
WIDE = 64
"""Holdings from which on all that an owner has in the end is solved at once, not company by company."""


@dataclass(frozen=True)
class Tie:
    """How one party holds another."""

    owner: int
    company: int
    low: float
    """Least share, a fraction, by the variant's measure; of several layers the greatest."""
    high: float
    control: int
    """Whether the owner controls the company: 0 no, 1 possible, 2 certain."""
    own: int
    """Whether it links the two, likewise."""
    common: int
    """Whether it links the company with what else the owner holds, likewise."""
    rough: bool = False
    """Whether it is possible only as far as one bound for all at once can tell."""


@dataclass(frozen=True)
class CloseLink:
    """Two parties in close links, and by what."""

    first: int
    second: int
    third: int | None
    """Who holds both; none where the first holds the second."""
    certain: bool
    """Whether it holds whatever bands hide."""
    ties: tuple[Tie, ...]
    """From first to second, or from the third party to each."""

    @property
    def rough(self) -> bool:
        """Whether it is possible only as far as one bound for all at once can tell."""
        return any(tie.rough for tie in self.ties)


@dataclass(frozen=True)
class CloseLinks:
    """Close links within a book; pairs are made when asked for, since what one party holds links pair by pair."""

    variant: Variant
    book: frozenset[int]
    ties: tuple[Tie, ...]
    """Into each company of the book, also from parties outside it."""

    @property
    def unsettled(self) -> int:
        """How many ties are possible only as far as one bound for all at once can tell."""
        return sum(tie.rough for tie in self.ties)

    @cached_property
    def by_third(self) -> dict[int, tuple[Tie, ...]]:
        """What each party holds in a way that links it with each other, by company."""
        found: dict[int, list[Tie]] = {}
        for tie in self.ties:
            if tie.common != NO:
                found.setdefault(tie.owner, []).append(tie)
        return {owner: tuple(ties) for owner, ties in sorted(found.items())}

    def pairs(self) -> Iterator[CloseLink]:
        """All close links: holdings first, then those through third parties, one for each third party."""
        yield from (_direct(tie) for tie in self.ties if tie.own != NO and tie.owner in self.book)
        for ties in self.by_third.values():
            for k, one in enumerate(ties):
                yield from (_through(one, other) for other in ties[k + 1 :])


def close_links(register: Register, variant: Variant, book: Iterable[int]) -> CloseLinks:
    r"""Find all close links within a book.

    .. math:: i \sim j \iff s_{ij} \ge \theta \ \lor\ s_{ji} \ge \theta \ \lor\ \exists t : s_{ti}, s_{tj} \ge \theta

    with s the variant's measure; control links where the variant says so, and a government body t where it says
    so. Each company is solved once, on
    what lies above it; of many, whose shares are exact and decide alone, all pairs are found at once, and of
    each share as much is told as deciding took.

    Parameters
    ----------
    register : Register
        Shares, votes, control and kinds of n parties.
    variant : Variant
        As `variants` reads it.
    book : iterable of node numbers

    Raises
    ------
    InvalidShare, NotConverged
        As `integrated_column`, `integrated_bounds` and `attributed_portions`.

    Source
    ------
    CRR art. 4(1)(38); Guideline (EU) 2015/510 art. 138(2); domain reference §1.8, vector OWN-13.

    Example
    -------
    >>> import numpy as np
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.owners.variants import variants
    >>> from analytics.structure.votes import Holdings
    >>> held = Holdings.exact(3, [0, 0], [1, 2], [0.25, 0.2])
    >>> register = Register(held, solve_control(held), np.zeros(3, np.uint8))
    >>> [(link.first, link.second, link.third) for link in close_links(register, variants()["ECB"], range(3)).pairs()]
    [(0, 1, None), (0, 2, None), (1, 2, 0)]
    """
    companies = sorted({int(party) for party in book})
    if len(companies) * MANY >= register.parties and _by_exact_shares(register, variant):
        ties = _of_many(register, variant, companies)
    else:
        ties = [tie for company in companies for tie in _into(register, variant, company)]
    ties = [tie if _connects(register, variant, tie) else replace(tie, common=NO) for tie in ties]
    return CloseLinks(variant, frozenset(companies), tuple(ties))


def close_links_of(register: Register, variant: Variant, party: int) -> list[CloseLink]:
    r"""Find all close links of one party, with whomever.

    Whoever has θ of a company in the end has θ of one of its holders or is one: so what a party holds is
    found by walking on only from what passes. Where so many may hold the party that not all were bounded one by one,
    what else the others hold is not looked at: their own links are told, and are `rough`.

    .. math:: y_{tj} \le \max_{k : W_{kj} > 0} y_{tk}, \qquad y_{tt} = 1

    Parameters
    ----------
    register : Register
        Shares, votes, control and kinds of n parties.
    variant : Variant
        As `variants` reads it.
    party : int
        Node number.

    Raises
    ------
    InvalidShare, NotConverged
        As `close_links`.

    Source
    ------
    As `close_links`; the bound holds because the holders of a company have no more than all of it.

    Example
    -------
    >>> import numpy as np
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.owners.variants import variants
    >>> from analytics.structure.votes import Holdings
    >>> held = Holdings.exact(3, [0, 0], [1, 2], [0.25, 0.2])
    >>> register = Register(held, solve_control(held), np.zeros(3, np.uint8))
    >>> [(link.first, link.second, link.third) for link in close_links_of(register, variants()["ECB"], 2)]
    [(0, 2, None), (1, 2, 0)]
    """
    known: dict[int, tuple[Tie, ...]] = {}
    above = _into(register, variant, party)
    known[party] = above
    found = [_direct(tie) for tie in above if tie.own != NO]
    found += [_direct(tie) for tie in _from(register, variant, party, known) if tie.own != NO]
    for mine in above:
        if _connects(register, variant, mine) and not mine.rough:
            others = _from(register, variant, mine.owner, known)
            found += [_through(*_ordered(mine, o)) for o in others if o.common != NO and o.company != party]
    return found


def _connects(register: Register, variant: Variant, tie: Tie) -> bool:
    """Whether what else the owner holds is linked with the company: by a government body only where the text says."""
    return tie.common != NO and (variant.through_state or register.kind[tie.owner] != STATE)


def _ordered(one: Tie, other: Tie) -> tuple[Tie, Tie]:
    return (one, other) if one.company < other.company else (other, one)


def _direct(tie: Tie) -> CloseLink:
    return CloseLink(tie.owner, tie.company, None, tie.own == CERTAIN, (tie,))


def _through(one: Tie, other: Tie) -> CloseLink:
    certain = one.common == other.common == CERTAIN
    return CloseLink(one.company, other.company, one.owner, certain, (one, other))


def _into(register: Register, variant: Variant, company: int) -> tuple[Tie, ...]:
    """Ties of everybody to one company, by owner."""
    control = register.control
    portions: dict[int, list[Portion]] = {}
    for name in variant.layers:
        layer = register.layer(name)
        found = (
            _multiplied(layer, company, variant.threshold)
            if variant.measure == "multiplied"
            else attributed_portions(layer.held, control, company)
        )
        for portion in found:
            portions.setdefault(portion.owner, []).append(portion)
    held_by: dict[int, int] = {}
    if variant.control or variant.common == "control":
        held_by = dict.fromkeys(control.controllers_of(company, possible=True).tolist(), POSSIBLE)
        held_by |= dict.fromkeys(control.controllers_of(company).tolist(), CERTAIN)
    # A concert is no party of a pair; what its members hold is tied to each of them.
    owners = sorted(x for x in {*portions, *held_by} if x < register.parties)
    ties = (_tie(variant, x, company, portions.get(x, []), held_by.get(x, NO)) for x in owners)
    return tuple(tie for tie in ties if tie.own != NO or tie.common != NO)


def _multiplied(layer: Layer, company: int, threshold: float) -> list[Portion]:
    """Who has that much of a company in the end; members of closed blocks too, each as if nobody held it."""
    solved = layer.solved(company)
    return [*solved.reaching(threshold), *solved.in_blocks(threshold)]


def _tie(variant: Variant, owner: int, company: int, portions: list[Portion], control: int) -> Tie:
    share = max((_verdict(one, variant.threshold, variant.comparison) for one in portions), default=NO)
    own = max(share, control) if variant.control else share
    common = control
    if variant.common == "share":
        common = max((_verdict(one, variant.threshold, variant.common_comparison) for one in portions), default=NO)
    low, high = (max((getattr(one, end) for one in portions), default=0.0) for end in ("low", "high"))
    rough = own != CERTAIN and any(one.rough for one in portions)
    return Tie(owner, company, low, high, control, own, common, rough)


def _verdict(portion: Portion, threshold: float, comparison: str) -> int:
    sure, maybe = passes(portion, threshold, comparison)
    return CERTAIN if sure else POSSIBLE if maybe else NO


class _Many(Exception):
    """So many stand above a company that all its owner has is sooner solved at once."""


def _by_exact_shares(register: Register, variant: Variant) -> bool:
    """Whether shares in the end decide alone, and are known exactly and not refused."""
    if not _shares_alone(variant) or variant.comparison != variant.common_comparison:
        return False
    layers = [register.layer(name) for name in variant.layers]
    return not any(layer.stakes.banded or (layer.refuse and layer.stakes.overfull) for layer in layers)


def _shares_alone(variant: Variant) -> bool:
    return variant.measure == "multiplied" and variant.common == "share" and not variant.control


def _of_many(register: Register, variant: Variant, companies: list[int]) -> list[Tie]:
    """Ties into these companies among all pairs of the graph, by company and owner."""
    best: dict[tuple[int, int], tuple[float, float]] = {}
    strict, inside = variant.comparison == ">", frozenset(companies)
    for name in variant.layers:
        found = pairs_above(register.layer(name).stakes, variant.threshold, strict=strict)
        mine = np.flatnonzero(np.isin(found.company, companies) & (found.holder < register.parties))
        ends = zip(found.company[mine].tolist(), found.holder[mine].tolist(), strict=True)
        bounds = zip(found.low[mine].tolist(), found.high[mine].tolist(), strict=True)
        for pair, band in zip(ends, bounds, strict=True):
            best[pair] = max(best.get(pair, band), band)
        for x in (x for block in register.layer(name).stakes.order.blocks for x in block.tolist()):
            for company, portion in owned(register.layer(name), x, variant.threshold) if x < register.parties else ():
                if company in inside and _verdict(portion, variant.threshold, variant.comparison) == CERTAIN:
                    best[company, x] = max(best.get((company, x), (0.0, 0.0)), (portion.low, portion.high))
    return [Tie(x, y, *best[y, x], NO, CERTAIN, CERTAIN) for y, x in sorted(best)]


def _from(register: Register, variant: Variant, owner: int, known: dict[int, tuple[Tie, ...]]) -> list[Tie]:
    """Ties of one party to all it holds; `known` keeps what was solved."""
    if not _shares_alone(variant):
        return list(_one_by_one(register, variant, owner, known))
    if len({y for name in variant.layers for y in _heads(register, name, owner)}) >= WIDE:
        return list(_at_once(register, variant, owner))
    try:
        return list(_one_by_one(register, variant, owner, known, few=True))
    except _Many:
        return list(_at_once(register, variant, owner))


def _at_once(register: Register, variant: Variant, owner: int) -> Iterator[Tie]:
    """Ties of an owner of much, by shares in the end alone."""
    portions: dict[int, list[Portion]] = {}
    for name in variant.layers:
        for company, portion in owned(register.layer(name), owner, variant.threshold):
            portions.setdefault(company, []).append(portion)
    for company in sorted(portions):
        tie = _tie(variant, owner, company, portions[company], NO)
        if tie.own != NO or tie.common != NO:
            yield tie


def _one_by_one(
    register: Register, variant: Variant, owner: int, known: dict[int, tuple[Tie, ...]], *, few: bool = False
) -> Iterator[Tie]:
    """Ties of one party, each company solved on what stands above it; with `few`, given up where many do."""
    below = register.control.controlled_by(owner, possible=True).tolist() if variant.measure == "attributed" else ()
    waiting, seen = [owner, *below], {owner, *below}
    tried = {owner}
    while waiting:
        x = waiting.pop()
        heads = {int(y) for name in variant.layers for y in _heads(register, name, x)}
        for y in sorted({*heads, *({x} if variant.control or variant.common == "control" else ())} - tried):
            tried.add(y)
            if y not in known:
                if few and not all(register.layer(name).solved(y).few for name in variant.layers):
                    raise _Many
                known[y] = _into(register, variant, y)
            tie = next((tie for tie in known[y] if tie.owner == owner), None)
            if tie is not None:
                yield tie
                if variant.measure == "multiplied" and y not in seen:
                    seen.add(y)
                    waiting.append(y)


def _heads(register: Register, layer: str, x: int) -> list[int]:
    held = register.layer(layer).held
    return [int(y) for y in held.head[held.start[x] : held.start[x + 1]]]
