"""How strongly the links of a snapshot tie, by what each says, by whom, and how long ago."""

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from analytics.structure.linkage.reasons import RELATED
from analytics.structure.linkage.strength import LOOSE, UNKNOWN, link_strength, relative_amounts
from graph.columns import gathered
from graph.field import Kind
from graph.holding import EPOCH, said
from graph.links import Links
from graph.model import HOLDS_OFFICE, LENDS, OWNS, RELATED_TO, RELATIONSHIPS
from graph.snapshot import Snapshot

YEAR = 365.25 * 24 * 3600 * 1e6
"""Microseconds."""
AMOUNT = {"GUARANTEES": ("amount",), "PLEDGES": ("value",), "LENDS": ("drawn", "undrawn"), "OWES": ("amount",),
          "SUPPLIES": ("amount",)}  # fmt: skip
"""What of a relation says how much it is about."""


def strength(snapshot: Snapshot, links: Links) -> NDArray[np.float64]:
    """The strength of each link of a relation, in (0, 1]."""
    confidence = gathered(snapshot.facts.column(links.kind, "confidence"), links.fact, np.float64, null=np.nan)
    moment = (snapshot.moment.known_at - EPOCH).total_seconds() * 1e6
    years = (moment - said(snapshot.facts, links.kind, links.fact)) / YEAR
    return link_strength(_value(snapshot, links), confidence, years)


def _value(snapshot: Snapshot, links: Links) -> NDArray[np.float64]:
    """The share held, the relative amount, or what such a relation ties at all."""
    kind = links.kind
    if kind is OWNS:
        middle = (links.fields["share_low"] + links.fields["share_high"]) / 2
        return np.where(links.fields["share_known"], np.clip(middle, 0.0, 1.0), UNKNOWN)
    if kind.name in AMOUNT:
        currency = pc.fill_null(links.text("currency").dictionary_encode().indices, -1).to_numpy()
        return relative_amounts(links.tail, links.head, _amount(snapshot, kind, links), currency=currency)
    loose = np.full(len(links), kind is HOLDS_OFFICE)
    if kind is RELATED_TO:
        loose = np.isin(links.fields["kind"], [n for n, word in enumerate(RELATIONSHIPS) if _is_loose(word)])
    return np.where(loose, LOOSE, 1.0)


def _is_loose(word: str) -> bool:
    return RELATED[word] in ("contact", "other")


def _amount(snapshot: Snapshot, kind: Kind, links: Links) -> NDArray[np.float64]:
    """Amounts as stated, in whatever currency; of a facility what is drawn and what may be."""
    parts = [
        gathered(snapshot.facts.column(kind, name), links.fact, np.float64, null=np.nan) for name in AMOUNT[kind.name]
    ]
    known = ~np.isnan(parts).all(axis=0)
    return np.where(known, np.nansum(parts, axis=0), np.nan) if kind is LENDS else parts[0]
