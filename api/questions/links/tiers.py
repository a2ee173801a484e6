"""Who supplies a party, tier by tier, and whom does it supply?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.structure.tiers import Direction, Tier, walk_tiers
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Fact, Page, Party, Question
from api.answers.wording import money, percent, plural
from api.engine import Engine, View
from api.questions.asking import check_page, check_range, node_of
from api.questions.links.sources import (
    RelianceOf,
    Replaceable,
    Sources,
    concentrated,
    left_out,
    reliance_of,
    relied_on,
    replaceable,
    sources_of,
    without_another,
)
from graph.model import SUPPLIES
from graph.moment import Moment


@dataclass(frozen=True)
class Supply:
    """One supply between a tier and the one before."""

    fact: Fact
    share: float | None
    """Upstream of the buyer's known purchases, downstream of the supplier's known sales."""
    of_whole: float | None
    """Upstream of the buyer's costs, downstream of the supplier's income, as its latest statement gives them for a
    year; None where it gives none that is not too old, or less than is known to be traded."""
    single: bool
    """Whether the buyer is known to have this product from nobody else."""


@dataclass(frozen=True)
class TierOf:
    """One tier, its largest supplies first."""

    depth: int
    parties: int
    supplies: tuple[Supply, ...]
    page: Page
    sources: Sources | None
    """Upstream by supplier, with how few they are; none downstream, and where too many lie within the tier."""


@dataclass(frozen=True)
class Covered:
    """What shares of the first tier rest on: how much of all that the party buys, or sells, is known."""

    known: float
    """Amounts of its known supplies, in the moment's currency."""
    unpriced: int
    """Known supplies of unknown amount: they count for nothing in shares."""
    whole: float | None
    """Upstream its costs, downstream its income, of a year by its latest statement; None where it gives none that is
    not too old."""


@dataclass(frozen=True)
class TiersOf:
    """All tiers from one party."""

    party: Party
    direction: str
    currency: str | None
    """Of amounts of sources and sales; facts state theirs in their own."""
    tiers: tuple[TierOf, ...]
    alternatives: tuple[Replaceable, ...]
    """Upstream: who else sells what the largest suppliers shown of the first tier sell."""
    reliance: RelianceOf | None
    """Downstream: on whom its own sales rest."""
    covered: Covered | None
    """None where it is not known to buy, or sell, anything."""


def upstream(
    engine: Engine, party: str, *, depth: int = 3, limit: int = 50, offset: int = 0, moment: Moment
) -> Answer[TiersOf]:
    """Who supplies a party, tier by tier."""
    return _walk(engine, party, "upstream", depth=depth, page=(limit, offset), moment=moment)


def downstream(
    engine: Engine, party: str, *, depth: int = 3, limit: int = 50, offset: int = 0, moment: Moment
) -> Answer[TiersOf]:
    """Whom a party supplies, tier by tier."""
    return _walk(engine, party, "downstream", depth=depth, page=(limit, offset), moment=moment)


def _walk(
    engine: Engine, party: str, direction: Direction, *, depth: int, page: tuple[int, int], moment: Moment
) -> Answer[TiersOf]:
    limit, offset = page
    check_page(limit, offset)
    check_range(depth, where="depth", low=1, high=20)
    view = engine.view(moment)
    node = node_of(view.snapshot, party)
    evidence = Evidence(view.snapshot)
    found = walk_tiers(view.trade, node, direction=direction, depth=depth, offset=offset, limit=limit)
    up, part = direction == "upstream", slice(offset, offset + limit)
    sources = sources_of(view, evidence, node, found.tiers, part) if up else [None] * len(found.tiers)
    wholes = view.stated("cost" if up else "income").value
    tiers = []
    for tier, source in zip(found.tiers, list(sources), strict=True):
        facts = evidence.facts(SUPPLIES, tier.links)
        shares = [None if np.isnan(share) else float(share) for share in tier.share]
        shown = tuple(map(Supply, facts, shares, _parts(view, tier, wholes, direction), tier.single.tolist()))
        tiers.append(TierOf(tier.depth, tier.parties, shown, Page(tier.total, offset, len(shown)), source))
    others = replaceable(view, evidence, node, found.tiers[0]) if up and found.tiers else ()
    resting = None if up or not tiers else reliance_of(view, evidence, node, part)
    value = TiersOf(
        evidence.party(node), direction, view.snapshot.moment.currency, tuple(tiers), others, resting,
        _covered(view, node, wholes, direction) if tiers else None,
    )  # fmt: skip
    question = Question(direction, {"party": party, "depth": depth, "limit": limit, "offset": offset})
    return view.answer(question, value, evidence, reasons=list(_reasons(evidence.distinguished(value), depth)))


def _parts(view: View, tier: Tier, wholes: NDArray[np.float64], direction: Direction) -> list[float | None]:
    """Of each supply its part of all that the nearer side buys or sells."""
    trade = view.trade
    near, arrows = (trade.head, trade.bought) if direction == "upstream" else (trade.tail, trade.sold)
    found: list[float | None] = []
    for link in tier.links.tolist():
        side = int(near[link])
        amount, whole = float(trade.amount[link]), float(wholes[side])
        known = float(np.nansum(trade.amount[arrows.links_at(side)]))
        found.append(amount / whole if whole > 0 and whole >= known and not np.isnan(amount) else None)
    return found


def _covered(view: View, node: int, wholes: NDArray[np.float64], direction: Direction) -> Covered:
    trade, whole = view.trade, float(wholes[node])
    amount = trade.amount[(trade.bought if direction == "upstream" else trade.sold).links_at(node)]
    return Covered(float(np.nansum(amount)), int(np.isnan(amount).sum()), whole if whole > 0 else None)


def _rests(value: TiersOf, covered: Covered) -> Iterator[str]:
    """How much of the party's trade is not known, and so could make any share another."""
    up = value.direction == "upstream"
    name, does, of = value.party.name, "buy" if up else "sell", "costs" if up else "income"
    known, side = money(covered.known, value.currency), "from" if up else "to"
    if covered.whole is None:
        yield f"{name} states no {of}: how much else it {does}s, {side} whom, cannot be told; {known} is known."
    elif covered.whole >= covered.known:
        part = percent(covered.known / covered.whole)
        other = "from whom it buys else" if up else "to whom it sells else"
        yield (
            f"{name} is known to {does} {known}, {part} of the {of} it states: {other} is not known, and shares, HHI "
            "and only sources are of what is known."
        )
    else:
        whole = money(covered.whole, value.currency)
        yield f"{name} is known to {does} {known}, more than the {of} it states, {whole}."
    if covered.unpriced:
        yield f"{plural(covered.unpriced, 'supply', 'supplies')} of unknown amount: in no share."


def _reasons(value: TiersOf, depth: int) -> Iterator[str]:
    up = value.direction == "upstream"
    if not value.tiers:
        yield f"{value.party.name} is not known to {'buy from' if up else 'sell to'} anybody."
    if value.covered is not None:
        yield from _rests(value, value.covered)
    for tier in value.tiers:
        side = "supplier" if up else "buyer"
        new = plural(tier.parties, side) if tier.parties else f"no {side} who is not nearer already,"
        yield (
            f"Tier {tier.depth}: {new} by "
            f"{plural(tier.page.total, 'supply', 'supplies')}"
            + (f", {tier.page.left:,} not shown." if tier.page.left else ".")
        )
        alone = [supply for supply in tier.supplies if supply.single]
        if alone:
            yield _single(alone)
        first = tier.supplies[0] if tier.supplies else None
        if tier.depth == 1 and first and first.share is not None and first.share >= 0.5:
            yield _half(value.party, first, up=up)
        if up:
            yield from concentrated(tier.depth, tier.sources, tier.parties)
    yield from without_another(value.alternatives)
    if up:
        yield from left_out(len(value.tiers), sum(tier.sources is not None for tier in value.tiers))
    if value.reliance is not None:
        yield from relied_on(value.party, value.reliance)
    if len(value.tiers) == depth:
        yield "There may be tiers beyond the depth asked for."


def _single(alone: list[Supply]) -> str:
    fact = alone[0].fact
    product = fact.values.get("product") or "what it sells"
    first = f"{fact.head.name} has {product} from {fact.tail.name}"
    return f"{plural(len(alone), 'supply', 'supplies')} shown without another known source; first, {first}."


def _half(party: Party, supply: Supply, *, up: bool) -> str:
    part, whole = percent(supply.share or 0.0), ""
    if supply.of_whole is not None:
        whole = f", {percent(supply.of_whole)} of its {'costs' if up else 'income'} by its latest statement,"
    if up:
        return f"{party.name} buys {part} of its known purchases{whole} from {supply.fact.tail.name}."
    return f"{party.name} sells {part} of its known sales{whole} to {supply.fact.head.name}."
