"""What supplies rest on: how few sources there are, on whom several rest, who else sells, whom a supplier needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.structure.sourcing import SourceTier, alternatives, reliance, source_tiers
from analytics.structure.tiers import Tier
from api.answers.evidence import Evidence
from api.answers.frame import Page, Party
from api.answers.wording import percent, plural
from api.contagion.figures import known_of
from api.contagion.industries import industries_of
from api.engine import View

REACH: Final = 20_000
"""Supplies within which sources are worked out tier by tier; beyond them a tier is told supply by supply alone."""
FOREMOST: Final = 5
"""Suppliers of the first tier to whom alternatives are told."""
NEAREST: Final = 3
"""Alternatives told of one."""


@dataclass(frozen=True)
class Sourced:
    """One supplier of a tier."""

    party: Party
    amount: float
    """What the tier before is known to buy of it, a year."""
    share: float
    """Of all that the tier before is known to buy."""
    carried: float
    """Part of the first buyer's purchases that comes from it, over as many steps as its tier."""
    buyers: int
    """How many of the tier before buy from it."""
    only: int
    """How many of them are known to have something from it alone."""
    common: bool
    """Whether several of the tier before rest on it."""


@dataclass(frozen=True)
class Sources:
    """How few the sources of a tier are."""

    index: float | None
    """Herfindahl–Hirschman index, 1 where all comes from one; none where no amount is known."""
    unknown: int
    """Supplies of unknown amount, which have no part in shares."""
    common: int
    """Suppliers that several of the tier before rest on."""
    single: int
    """Suppliers that some of the tier before are known to have something from alone."""
    suppliers: tuple[Sourced, ...]
    """The largest first."""
    page: Page


@dataclass(frozen=True)
class Alternative:
    """Another who sells the same."""

    party: Party
    steps: int | None
    """Fewest supplies between it and the buyer, either way and not through the supplier; none where there is no way."""
    sales: float
    """What it is known to sell of it, a year."""


@dataclass(frozen=True)
class Replaceable:
    """One supplier of the first tier, and who else sells what it sells."""

    supplier: Party
    by: str
    """By what they sell the same: `product`, or `industry` where no product is said."""
    nearest: tuple[Alternative, ...]


@dataclass(frozen=True)
class Reliant:
    """One buyer, and what of a supplier's sales goes to it."""

    party: Party
    amount: float
    share: float


@dataclass(frozen=True)
class RelianceOf:
    """What a supplier's sales rest on."""

    of: str
    """What shares are of: `revenue` of the latest statement, or `known sales` where none is known or it is less."""
    whole: float
    index: float | None
    """Herfindahl–Hirschman index of its known sales."""
    unknown: int
    """Sales of unknown amount."""
    buyers: tuple[Reliant, ...]
    page: Page


def sources_of(
    view: View, evidence: Evidence, buyer: int, tiers: Sequence[Tier], page: slice
) -> Iterator[Sources | None]:
    """The sources of each tier that was walked; None of those too large to be worked out."""
    within = int((np.cumsum([tier.total for tier in tiers]) <= REACH).sum())
    found = source_tiers(view.trade, buyer, depth=within) if within else ()
    for tier in found:
        yield _sources(evidence, tier, page)
    yield from [None] * (len(tiers) - len(found))


def _sources(evidence: Evidence, tier: SourceTier, page: slice) -> Sources:
    shown = range(len(tier.supplier))[page]
    told = tuple(
        Sourced(
            evidence.party(int(tier.supplier[k])), float(tier.amount[k]), float(tier.share[k]), float(tier.carried[k]),
            int(tier.buyers[k]), int(tier.only[k]), bool(tier.common[k]),
        )
        for k in shown
    )  # fmt: skip
    return Sources(
        None if np.isnan(tier.index) else tier.index, tier.unknown, int(tier.common.sum()), int(tier.single.sum()),
        told, Page(len(tier.supplier), page.start, len(told)),
    )  # fmt: skip


def replaceable(view: View, evidence: Evidence, buyer: int, tier: Tier) -> tuple[Replaceable, ...]:
    """Who else sells what the largest suppliers of a buyer sell."""
    suppliers = list(dict.fromkeys(view.trade.tail[tier.links].tolist()))[:FOREMOST]
    industry = industries_of(view)[0]
    told = []
    for supplier in suppliers:
        found = alternatives(view.trade, buyer, supplier, industry=industry, limit=NEAREST)
        others = zip(found.supplier.tolist(), found.steps.tolist(), found.sales.tolist(), strict=True)
        nearest = tuple(Alternative(evidence.party(x), None if s < 0 else s, sales) for x, s, sales in others)
        told.append(Replaceable(evidence.party(supplier), "product" if found.by_product else "industry", nearest))
    return tuple(told)


def reliance_of(view: View, evidence: Evidence, supplier: int, page: slice) -> RelianceOf:
    """Whom a supplier's sales rest on."""
    sold = float(np.nansum(view.trade.amount[view.trade.sold.links_at(supplier)]))
    revenue = float(known_of(view).revenue[supplier])
    known = revenue >= sold and revenue > 0
    found = reliance(view.trade, supplier, revenue=revenue if known else None)
    rows = list(zip(found.buyer.tolist(), found.amount.tolist(), found.share.tolist(), strict=True))
    told = tuple(Reliant(evidence.party(x), amount, share) for x, amount, share in rows[page])
    return RelianceOf(
        "revenue" if known else "known sales", revenue if known else sold,
        None if np.isnan(found.index) else found.index, found.unknown, told, Page(len(rows), page.start, len(told)),
    )  # fmt: skip


def concentrated(depth: int, sources: Sources | None, new: int) -> Iterator[str]:
    """What a tier's sources say at once, of whom so many are not nearer already."""
    if sources is None:
        return
    if sources.index is not None:
        among = ", those nearer already among them" if sources.page.total > new else ""
        many, alike = plural(sources.page.total, "source"), f"{1 / sources.index:.1f} equal ones"
        yield f"Tier {depth}: HHI {sources.index:.3f} over {many}{among}, as if {alike} stood there."
    if sources.common:
        many = plural(sources.common, "supplier is", "suppliers are")
        first = next((one for one in sources.suppliers if one.common), None)
        name = f"; first, {first.party.name} of {first.buyers:,}" if first else ""
        yield f"Tier {depth}: {many} a common source of several in the tier before{name}."


def left_out(tiers: int, told: int) -> Iterator[str]:
    """Why sources of some tiers are not told."""
    if told < tiers:
        yield f"Sources from tier {told + 1} on are not worked out: more than {REACH:,} supplies lie within it."


def relied_on(party: Party, found: RelianceOf) -> Iterator[str]:
    """On whom a supplier rests most."""
    if found.buyers and found.index is not None and not found.page.offset:
        first = found.buyers[0]
        yield (
            f"{party.name} makes {percent(first.share)} of its {found.of} with {first.party.name}; HHI of its sales "
            f"{found.index:.3f}."
        )


def without_another(found: Sequence[Replaceable]) -> Iterator[str]:
    """Which large suppliers nobody else is known to stand in for."""
    alone = [one.supplier.name for one in found if not one.nearest]
    if alone:
        yield f"Nobody else is known to sell what these sell: {', '.join(alone)}."
