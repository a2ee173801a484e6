"""What sources state of who holds or controls a party and does not count: what another is believed against, and what
is stated to go through others, which checks what counts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from analytics.structure.owners.portions import Portion
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Share
from api.answers.wording import band, both, ended
from api.engine import View
from graph.model import CONTROLS, DIRECTNESS, OWNS

SHOWN = 20
"""Statements shown of one sort, and sentences of them."""
NANO = 1_000_000_000
HALF = NANO // 2


@dataclass(frozen=True)
class Contested:
    """A statement of one source, and what another says of the same pair and is believed."""

    stated: Fact
    source: str
    believed: tuple[Fact, ...]
    """What counts of the pair."""
    believed_source: str
    differs: bool
    """Whether not both can be true: a share within the band of another source contradicts nothing."""
    decides: bool
    """Whether its source gives the holder a majority and what counts gives none, or the other way round."""


@dataclass(frozen=True)
class Through:
    """A holding, or a control, that a source states to go through others: it checks what counts, and does not count."""

    stated: Fact
    source: str
    low: float
    """Least fraction of the capital that the holdings which are known give its holder in the end."""
    high: float
    borne_out: bool
    """Whether what counts gives the holder what is stated: a fraction within it, or control."""


@dataclass(frozen=True)
class SetAside:
    """Statements about a party's holders and controllers that do not count; at most 20 of each sort."""

    contested: tuple[Contested, ...]
    through: tuple[Through, ...]


def set_aside(view: View, evidence: Evidence, node: int, *, among: Iterable[int] | None = None) -> SetAside:
    """What is stated of who holds or controls a party, and does not count; with those it is grouped with, `among`, also
    what sources dispute of who holds or controls them, and of what they hold or control themselves."""
    nodes = np.unique(np.array([node, *(among or ())], np.uint32))
    contested = _contested(view, evidence, nodes, leaving=among is not None)
    return SetAside(
        tuple(islice(sorted(contested, key=lambda one: not one.decides), SHOWN)),
        tuple(islice(_through(view, evidence, node), SHOWN)),
    )


def aside_said(found: SetAside) -> Iterator[str]:
    """Sentences on what contradicts what counts."""
    yield from (ended(both(said, said_zh)) for said, said_zh in disputed(found))


def disputed(found: SetAside) -> Iterator[tuple[str, str]]:
    """What contradicts what counts, in both languages, without a full stop."""
    yield from (_contested_said(one) for one in found.contested if one.differs)
    yield from (_through_said(one) for one in found.through if not one.borne_out)


# ── of two sources one is believed ─────────────────────────────────────────────────────────────────


def _contested(view: View, evidence: Evidence, nodes: NDArray[np.uint32], *, leaving: bool) -> Iterator[Contested]:
    for kind in (OWNS, CONTROLS):
        links = view.snapshot.links(kind)
        for tail, node in view.snapshot.contested(kind, nodes, leaving=leaving):
            at = links.arriving(node).astype(np.int64)
            believed = evidence.facts(kind, at[links.tail[at] == tail])
            rivals = evidence.rivals(kind, tail, node, direct=True)
            by_source = defaultdict(list)
            for fact in rivals:
                by_source[evidence.source(fact.fact_id).source].append(fact)
            for source, stated in by_source.items():
                differs = kind is OWNS and any(_apart(stated, believed, field) for field in ("share", "votes"))
                decides = differs and _majority(stated) != _majority(believed)
                against = evidence.source(believed[0].fact_id).source if believed else ""
                yield from (Contested(fact, source, believed, against, differs, decides) for fact in stated)


def _bands(holdings: Iterable[Fact], field: str) -> list[Share]:
    """What holdings of one holder say of a field; votes are as the shares where nothing is said of them."""
    said = [fact.values.get(field, fact.values.get("share")) for fact in holdings]
    return [one for one in said if isinstance(one, Share)]


def _apart(one: Sequence[Fact], other: Sequence[Fact], field: str) -> bool:
    """Whether two accounts of what a holder has cannot both be true; where one says nothing they can."""
    (low, high), (least, most) = (
        (sum(round(band.low * NANO) for band in bands), sum(round(band.high * NANO) for band in bands))
        for bands in (_bands(one, field), _bands(other, field))
    )
    return all(_bands(each, field) for each in (one, other)) and (high < least or most < low)


def _majority(holdings: Iterable[Fact]) -> bool:
    """Whether holdings of one holder are for certain more than half of the votes, which are its shares where unsaid."""
    bands = _bands(holdings, "votes")
    low = sum(round(one.low * NANO) for one in bands)
    return low > HALF or (low == HALF and any(not one.low_included for one in bands))


def _contested_said(one: Contested) -> tuple[str, str]:
    name, holder = one.stated.head.name, one.stated.tail.name
    believed = ", ".join(fact.text for fact in one.believed)
    said = f"{one.source} states {one.stated.text} of {holder} in {name}, and {one.believed_source} {believed}"
    said_zh = f"{one.source}称{holder}对{name}为{one.stated.text}，{one.believed_source}称为{believed}"
    would = would_zh = ""
    if one.decides and _majority(one.believed):
        would = f"; by the former {holder} would have no majority of the votes"
        would_zh = f"；若以前者为准，{holder}不持有过半数表决权"
    elif one.decides:
        would = f"; by the former {holder} would have a majority of the votes"
        would_zh = f"；若以前者为准，{holder}持有过半数表决权"
    return f"{said}, which is believed{would}", f"{said_zh}，以后者为准{would_zh}"


# ── what goes through others ───────────────────────────────────────────────────────────────────────


def _through(view: View, evidence: Evidence, node: int) -> Iterator[Through]:
    indirect = view.snapshot.links(OWNS, indirect=True)
    at = indirect.arriving(node).astype(np.int64)
    if len(at):
        column = view.register.layer("capital").solved(node)
        for place, fact in zip(at.tolist(), evidence.facts(OWNS, at, indirect=True), strict=True):
            portion = column.roughly(int(indirect.tail[place]))
            yield Through(fact, _source(evidence, fact), portion.low, portion.high, _within(fact, portion))
    links = view.snapshot.links(CONTROLS)
    at = links.arriving(node).astype(np.int64)
    at = at[links.fields["directness"][at] == DIRECTNESS.index("indirect")]
    controllers = set(view.control.controllers_of(node).tolist())
    for place, fact in zip(at.tolist(), evidence.facts(CONTROLS, at), strict=True):
        yield Through(fact, _source(evidence, fact), 0.0, 1.0, int(links.tail[place]) in controllers)


def _source(evidence: Evidence, fact: Fact) -> str:
    return evidence.source(fact.fact_id).source


def _within(fact: Fact, portion: Portion) -> bool:
    """Whether what the known holdings give may be what is stated; of an unknown size anything is."""
    said = fact.values.get("share")
    if not isinstance(said, Share):
        return portion.high > 0
    low, high = round(said.low * NANO), round(said.high * NANO)
    return round(portion.high * NANO) >= low and round(portion.low * NANO) <= high


def _through_said(one: Through) -> tuple[str, str]:
    name, holder = one.stated.head.name, one.stated.tail.name
    if one.stated.kind == CONTROLS.name:
        basis = one.stated.values.get("basis", "unstated")
        return (
            f"{one.source} states that {holder} controls {name} through others ({basis}); by what is known "
            "of these it does not for certain",
            f"{one.source}称{holder}通过他人间接控制{name}（{basis}）；按已知情况尚不能确定",
        )
    share = one.stated.values.get("share")
    held, held_zh = (share.text, share.text) if isinstance(share, Share) else ("a part", "股权")
    known = band(one.low, one.high)
    return (
        f"{one.source} states that {holder} holds {held} of {name} through others; by the holdings that are known it "
        f"has {known} in the end",
        f"{one.source}称{holder}通过他人间接持有{name}的{held_zh}；按已知持股，其最终持有{known}",
    )
