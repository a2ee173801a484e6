"""Rows refused only when they are compared with others: contradictions within one statement."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.loading.compare import Comparison
from ingest.loading.contradictions import contradictions
from ingest.loading.numbering import Numbering
from ingest.privacy import conceal_rejected
from ingest.reasons import REMEDIES
from ingest.source import Delivery, Rejected, Source
from ingest.timeline import CONFLICT

CONTESTED = "kind of party contested"


def refused_late(found: Comparison, numbering: Numbering) -> list[Rejected]:
    """Rows that contradict another row, and parties said to be of another kind than is known; each row once."""
    conflicts = [
        Rejected(
            place=row["place"] or "",
            reason=CONFLICT,
            detail=detail,
            remedy=REMEDIES[CONFLICT],
            raw=json.dumps(row, ensure_ascii=False, default=_plain),
        )
        for row, detail in zip(found.conflicts, contradictions(found.conflicts), strict=True)
    ]
    contested = [
        Rejected(
            place=place or "",
            reason=CONTESTED,
            detail=f"{party} is called another kind of party than before; the first stands",
            remedy="correct the kind in the source, or give it another id",
            raw=json.dumps({"id": party}, ensure_ascii=False),
        )
        for party, place in numbering.contested.items()
    ]
    return _once(conflicts + contested)


def _once(rows: Iterable[Rejected]) -> list[Rejected]:
    """Rows as quarantine keeps them, one for each place and reason, with all that is told of it."""
    kept: dict[tuple[str, str], Rejected] = {}
    for row in rows:
        first = kept.get((row.place, row.reason))
        kept[row.place, row.reason] = replace(first, detail=f"{first.detail} · {row.detail}") if first else row
    return list(kept.values())


def with_raws(rows: Iterable[Rejected], source: Source, delivery: Delivery) -> list[Rejected]:
    """Refused rows with what the source itself says in their places: the files are read once more for it."""
    rows = list(rows)
    wanted = {row.place for row in rows if row.place}
    if not wanted:
        return rows
    raws: dict[str, str] = {}
    sought = pa.array(sorted(wanted))
    for found in source.read(delivery):
        if isinstance(found, Rejected):
            continue
        at = np.flatnonzero(pc.is_in(found.rows["place"], value_set=sought).to_numpy())
        if len(at):
            raws |= zip(found.rows["place"].take(pa.array(at)).to_pylist(), found.raw(at.tolist()), strict=True)
        if len(raws) == len(wanted):
            break
    secret = delivery.settings.get("hash_key")
    key = bytes.fromhex(secret) if secret else None
    return [
        conceal_rejected(Rejected(row.place, row.reason, row.detail, row.remedy, raws.get(row.place, row.raw)), key)
        for row in rows
    ]


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
