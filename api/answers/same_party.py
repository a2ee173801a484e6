"""Parties shown that are several records: which these are, and by whose word they are one."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import numpy as np

from api.answers.evidence import Evidence
from api.answers.wording import listed, plural
from graph.identifiers import HASHED
from graph.model import IDENTIFIER, SAME_AS
from graph.records import statements
from ingest.judgements import SOURCE

PARTIES: Final = 3
"""Parties of which an answer says so."""
RECORDS: Final = 5
"""Ids and grounds told of one party."""


def joined_said(evidence: Evidence) -> Iterator[str]:
    """A sentence for each party shown that is several records; nothing is read where none is."""
    shown = evidence.shown
    several = shown[evidence.snapshot.nodes.several[shown]].tolist()
    yield from (_said(evidence, node) for node in several[:PARTIES])
    if len(several) > PARTIES:
        left, each = len(several) - PARTIES, ("is several records", "are several records each")
        yield f"{plural(left, 'more party', 'more parties')} shown {each[left > 1]}."


def _said(evidence: Evidence, node: int) -> str:
    ids = evidence.snapshot.members(node)
    grounds = list(islice((*_judged(evidence, node), *_numbered(evidence, node)), RECORDS))
    name = evidence.party(node).name
    told = listed(ids, most=RECORDS)
    return f"{name} is one party of {plural(len(ids), 'record')} ({told}), {'; '.join(grounds)}."


def _judged(evidence: Evidence, node: int) -> Iterator[str]:
    """Verdicts that records of a party are the same."""
    snapshot = evidence.snapshot
    rows = snapshot.joined_by(node)
    for row, said in zip(rows.tolist(), statements(snapshot.facts, SAME_AS, rows), strict=True):
        if said["verdict"] == "confirmed":
            evidence.cite_rows(SAME_AS, [row])
            why = f": {said['reason'].rstrip('.')}" if said["reason"] else ""
            yield f"as {_author(said)}{why}"


def _author(said: dict[str, Any]) -> str:
    """Who judged, and under which entry of the ledger."""
    source, note = said["fact"]["source"], said["fact"]["note"] or ""
    who = f"judged by {said['author']}" if said["author"] else f"{source} states"
    words = note.split(" ")
    return f"{who} (ledger entry {words[1]})" if source == SOURCE and words[0] == "ledger" else who


def _numbered(evidence: Evidence, node: int) -> Iterator[str]:
    """Verified identifiers that stand on more than one record of a party."""
    snapshot = evidence.snapshot
    rows = np.sort(snapshot.record_rows(IDENTIFIER, node))
    parties = snapshot.facts.column(IDENTIFIER, "party").take(rows).to_pylist()
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for row, party, said in zip(rows.tolist(), parties, statements(snapshot.facts, IDENTIFIER, rows), strict=True):
        if said["verified"]:
            found[said["scheme"], said["value"]].setdefault(party, row)
    for (scheme, value), records in found.items():
        if len(records) > 1:
            evidence.cite_rows(IDENTIFIER, list(records.values()))
            yield f"by the verified identifier {scheme}{'' if value.startswith(HASHED) else f' {value}'}"
