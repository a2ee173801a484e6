"""Who owns a party, directly and in the end, who stands behind it, and who are its beneficial owners by law?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.structure.owners.multiplied import Multiplied
from analytics.structure.owners.regimes import LAYERS, Regime, regimes
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Fact, Page, Party, Question
from api.answers.wording import listed, names_of, percent, plural
from api.engine import Engine, View
from api.groups.more_than_all import MoreThanAll, more_than_all, named, told
from api.questions.asking import check_page, node_of
from api.questions.ownership.aside import SetAside, aside_said, set_aside
from api.questions.ownership.beneficial import UnderRegime, by_law, laws_of, under
from api.questions.ownership.linked import CloseLinksOf, close_links
from api.questions.ownership.listed import ListedControl, listed_tests
from api.questions.ownership.standings import StandingOf, no_company_said, standing_of, standing_said
from api.questions.ownership.undisclosed import undisclosed_said
from graph.errors import InvalidQuestion
from graph.field import PARTY_KINDS
from graph.model import OWNS
from graph.moment import Moment

COMPANY = PARTY_KINDS.index("Company")
CARRIED = 10
"""Holdings shown of those that carry one part."""
TAKEN_APART = 3
"""Parts taken apart where many stand above the party: each takes two solutions of the whole."""
NAMED = 5
"""Parties that a sentence names."""
SHOWN = 20
"""Ends shown that are no owners."""


@dataclass(frozen=True)
class Carried:
    """A holding of an owner, and the part that begins with it."""

    holding: Fact
    share: float
    """Fraction of the party."""


@dataclass(frozen=True)
class Part:
    """What a party has in the end."""

    party: Party
    low: float
    """Least fraction of the layer."""
    high: float
    final: bool
    """Whether nobody is known to hold it in turn."""
    carried: tuple[Carried, ...] | None
    """Holdings with which `low` begins, the greatest first; none where it was not taken apart."""
    carried_by_others: float
    """What begins with holdings not shown; with those shown it sums to `low`."""


@dataclass(frozen=True)
class Undisclosed:
    """A company some of whose holders are not disclosed, or within bands only."""

    company: Party
    share: float
    """Fraction of the party that ends there at most: all that is not certain."""
    least: float
    """What of it no disclosed holder can have."""


@dataclass(frozen=True)
class Block:
    """Companies that hold all of each other, so that a part ends with nobody."""

    members: tuple[Party, ...]
    share: float


@dataclass(frozen=True)
class OwnersOf:
    """Who owns a party."""

    party: Party
    direct: tuple[Fact, ...]
    """Who holds it, the greatest first; one page."""
    direct_page: Page
    layer: str
    """Capital or votes: what `parts` are of."""
    parts: tuple[Part, ...]
    """What parties have of it in the end, through all chains and circles, the greatest first; one page."""
    parts_page: Page
    unknown: float
    """Fraction that no known final owner is sure to have."""
    undisclosed: tuple[Undisclosed, ...]
    """Where parts end with undisclosed holders, the greatest first; at most 20."""
    undisclosed_total: float
    """All of them together; with final owners and closed blocks it sums to 1."""
    blocks: tuple[Block, ...]
    """Closed blocks in which parts end, the greatest first; at most 20."""
    blocks_total: float
    """All of these together."""
    closed: tuple[Party, ...]
    """Companies above it that hold all of each other: nobody owns them in the end."""
    standing: StandingOf
    """Who decides in it."""
    regimes: tuple[UnderRegime, ...]
    close_links: tuple[CloseLinksOf, ...]
    """By each reading of the law."""
    listed: ListedControl | None
    """Tests of takeover law, where it is said to be listed."""
    overfull_policy: str
    """What is done where holders are stated to have more than all: refuse, scale or keep."""
    overfull: tuple[MoreThanAll, ...]
    """Companies on the way of which that is so."""
    aside: SetAside
    """What sources state of its holders and controllers, and does not count."""


def owners(
    engine: Engine,
    party: str,
    *,
    regime: str | None = None,
    layer: str = "capital",
    limit: int = 50,
    offset: int = 0,
    moment: Moment,
) -> Answer[OwnersOf]:
    """Who owns a party, directly, in the end, and by the law asked for, else by that of its country."""
    check_page(limit, offset)
    if layer not in LAYERS:
        raise InvalidQuestion(f"no layer {layer}", where="layer", remedy=f"name one of {', '.join(LAYERS)}")
    view = engine.view(moment)
    node = node_of(view.snapshot, party)
    laws = laws_of(view, node, regime)
    evidence = Evidence(view.snapshot)
    page = slice(offset, offset + limit)
    with named(view):
        value = _owners(view, evidence, node, laws, layer, page)
    asked = {"party": party, "regime": regime, "layer": layer, "limit": limit, "offset": offset}
    reasons = list(_reasons(view, evidence, node, evidence.distinguished(value)))
    return view.answer(Question("owners", asked), value, evidence, reasons=reasons)


def _owners(view: View, evidence: Evidence, node: int, laws: Iterable[Regime], layer: str, page: slice) -> OwnersOf:
    arriving = _direct(view, node, layer)
    direct = evidence.facts(OWNS, arriving[page])
    column = view.register.layer(layer).solved(node)
    parts = tuple(_parts(view, evidence, column, page))
    return OwnersOf(
        evidence.party(node),
        direct,
        Page(len(arriving), page.start, len(direct)),
        layer,
        parts,
        Page(len(column.holders), page.start, len(parts)),
        _unknown(view, column),
        tuple(Undisclosed(evidence.party(y), share, least) for y, share, least in column.undisclosed[:SHOWN]),
        float(column.column.rest.sum()),
        tuple(Block(evidence.parties(members), share) for members, share in column.blocks[:SHOWN]),
        float(sum(share for _, share in column.blocks)),
        evidence.parties(column.closed),
        standing_of(view, evidence, node),
        tuple(under(view, evidence, node, law) for law in laws),
        close_links(view, evidence, node, page),
        listed_tests(view, evidence, node),
        view.overfull,
        _overfull(view, evidence, node, layer),
        set_aside(view, evidence, node),
    )


def _overfull(view: View, evidence: Evidence, node: int, layer: str) -> tuple[MoreThanAll, ...]:
    """Companies of the layer asked for, and of the other, which tests look at too."""
    known: dict[tuple[int, float], MoreThanAll] = {}
    for name in sorted(LAYERS, key=lambda name: name != layer):
        found = view.register.layer(name).solved(node).overfull
        made = more_than_all(view, evidence, found, layer=name, policy=view.overfull)
        # Where votes follow the shares, the same statements are told once.
        for one, two in zip(found, made, strict=False):
            known.setdefault((one.company, one.total), two)
    return tuple(known.values())


def _direct(view: View, node: int, layer: str) -> Any:
    """Holdings of the party, the greatest first."""
    links = view.snapshot.links(OWNS)
    field = "votes" if layer == "votes" else "share"
    arriving = links.arriving(node).astype(np.int64)
    low, high = (links.fields[f"{field}_{end}"][arriving] for end in ("low", "high"))
    return arriving[np.lexsort((arriving, -high, -low))]


def _final(view: View, owner: int) -> bool:
    return not len(view.snapshot.links(OWNS).arriving(owner))


def _parts(view: View, evidence: Evidence, column: Multiplied, page: slice) -> Iterator[Part]:
    for place, owner in enumerate(column.holders[page].tolist()):
        portion, final = column.roughly(owner), _final(view, owner)
        if not column.few and place >= TAKEN_APART:
            yield Part(evidence.party(owner), portion.low, portion.high, final, None, portion.low)
            continue
        first = column.first(owner)
        shares = [share for _, share in first[:CARRIED]]
        facts = evidence.facts(OWNS, [link for link, _ in first[:CARRIED]])
        carried = tuple(Carried(fact, share) for fact, share in zip(facts, shares, strict=True))
        rest = max(portion.low - sum(shares), 0.0) if len(first) > CARRIED else 0.0
        yield Part(evidence.party(owner), portion.low, portion.high, final, carried, rest)


def _unknown(view: View, column: Multiplied) -> float:
    """What final owners are not sure to have; a company that nobody is known to hold is no final owner."""
    links, owner = view.snapshot.links(OWNS), column.owner.astype(np.int64)
    final = (links.in_start[owner + 1] == links.in_start[owner]) & (view.snapshot.kind[owner] != COMPANY)
    return float(min(max(1 - column.column.share[final].sum(), 0.0), 1.0))


def _reasons(view: View, evidence: Evidence, node: int, value: OwnersOf) -> Iterator[str]:
    name = value.party.name
    company = value.party.kind == "Company"
    yield from _decided(value) if company else [no_company_said(value.party)]
    if value.standing.undisclosed:
        yield undisclosed_said(name, value.standing.undisclosed)
    if value.closed:
        many = plural(len(value.closed), "company", "companies")
        yield f"{many} above {name} hold all of each other and have no final owner."
    if value.unknown > 1e-9 and value.direct_page.total:
        ends = "; ".join(_ends(value))
        yield f"{percent(value.unknown)} of {name} has no final owner that is known for certain" + (
            f": {ends}." if ends else "."
        )
    if any(part.carried is None for part in value.parts):
        yield (
            f"Many stand above {name}: only the first {TAKEN_APART} parts are taken apart by holdings, and what "
            "bands allow is bounded for all at once, not as closely as can be."
        )
    if company and not value.regimes:
        country = view.snapshot.profile(node).get("jurisdiction")
        why = f"No regime in force is described for {country}" if country else f"The country of {name} is not known"
        yield f"{why}; ask for one of {', '.join(regimes())}."
    for found in value.regimes:
        yield from by_law(found, name)
    for one in value.close_links:
        yield from _linked(one, name)
    if value.listed:
        yield from _listed(value.listed, name)
    yield from told(value.overfull, evidence)
    yield from aside_said(value.aside)
    for page in (value.direct_page, value.parts_page):
        if page.left:
            yield f"{plural(page.left, 'more holder is', 'more holders are')} not shown."


def _decided(value: OwnersOf) -> Iterator[str]:
    """How control of a company stands."""
    if not value.direct_page.total:
        yield f"Nobody is known to hold shares of {value.party.name}."
    yield standing_said(value.party.name, value.standing)


def _ends(value: OwnersOf) -> Iterator[str]:
    """With whom or what the parts end that no final owner is sure to have: what is not disclosed, closed blocks, and
    companies without a known holder are told apart."""
    ended = value.undisclosed_total + value.blocks_total
    if value.party in value.closed and ended < 1e-9:
        yield f"it is one of the companies that hold all of each other ({_listed_names(value.closed)})"
        return
    for banded in (False, True):
        some = [end for end in value.undisclosed if (end.share - end.least > 1e-9) is banded]
        if some:
            what = "are not disclosed or known within bands only" if banded else "are not disclosed"
            part = percent(sum(end.share for end in some))
            yield f"{part} ends with holders of {_listed_names(end.company for end in some)} who {what}"
    left_out = value.undisclosed_total - sum(end.share for end in value.undisclosed)
    if left_out > 1e-9:
        yield f"{percent(left_out)} ends with such holders of other companies"
    for block in value.blocks:
        yield f"{percent(block.share)} ends in {_listed_names(block.members)}, which hold all of each other"
    if value.unknown - ended > 1e-9:
        yield f"{percent(value.unknown - ended)} ends with companies that nobody is known to hold"


def _listed_names(parties: Iterable[Party]) -> str:
    return listed(names_of(parties), most=NAMED)


def _linked(found: CloseLinksOf, name: str) -> Iterator[str]:
    if found.page.total:
        checked = "" if found.verified else "; the rule was not checked against its text"
        many = plural(found.parties, "party", "parties")
        several = found.page.total > found.parties
        links = f", by {found.page.total:,} links, some of them through third parties" if several else ""
        yield f"{name} is closely linked to {many}{links}: {found.name.en} ({found.citation}{checked})."
    if found.unsettled:
        yield (
            f"{plural(found.unsettled, 'of these links is', 'of these links are')} possible by what bands allow all at "
            f"once, none bounded alone; what else these parties hold was not looked at: {found.name.en}."
        )


def _listed(found: ListedControl, name: str) -> Iterator[str]:
    for one in found.investors:
        if one.outcome in ("met", "possible"):
            passed = "; ".join(test.name.en for test in one.tests if test.outcome == one.outcome)
            who = " and ".join(party.name for party in one.parties)
            how = "may control" if one.outcome == "possible" else "control" if len(one.parties) > 1 else "controls"
            yield f"{who} {how} the listed company {name} by {passed}: {found.citation}."
