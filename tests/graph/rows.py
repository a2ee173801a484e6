"""Small worlds of facts as plain rows, kept as columns, and the same questions answered row by row."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from graph.delta import ENDED, PARTIES, Delta
from graph.facts import Facts
from graph.field import Kind
from graph.model import GUARANTEES, IDENTIFIER, KINDS, LENDS, OWNS, PROFILE, RELATED_TO, SAME_AS
from graph.moment import Moment
from graph.schema import kept_schema

DAY0 = date(2024, 1, 1)
T0 = datetime(2024, 1, 1, tzinfo=UTC)
LATE = datetime(2030, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


@dataclass
class Load:
    """What one load brings: parties as (id, kind, anonymous), facts with ends by id, and what it ends."""

    parties: list[tuple[str, str, bool]] = field(default_factory=list)
    facts: list[tuple[Kind, Row]] = field(default_factory=list)
    ended: list[tuple[Kind, bytes, datetime]] = field(default_factory=list)
    source: str = "a"
    trust: float = 0.5


def fact(kind: Kind, /, *ends: str, **values: Any) -> tuple[Kind, Row]:
    """A fact with defaults for what is not given; its key is a hash of what is."""
    row: Row = dict(zip(kind.ends, ends, strict=True)) | {"source": ends[0].split(":")[0] if ends else "a"} | values
    row.setdefault("key", hashlib.sha256(repr((kind.name, sorted(row.items()))).encode()).digest()[:16])
    row.setdefault("recorded_at", T0)
    return kind, {"revision": 1, "series": row["key"], "digest": row["key"][:8], "source_ref": "r", **row}


def keep(folder: Path, loads: Sequence[Load], *, first: int = 1) -> Facts:
    """Loads as columns, one after another."""
    facts = Facts.open(folder)
    for number, load in enumerate(loads, first):
        facts = facts.append(delta(facts, load, number), source=load.source, trust=load.trust, closed_at=T0)
    return facts


def delta(facts: Facts, load: Load, number: int) -> Delta:
    """A load as the loader hands it over."""
    known = facts.ids.to_pylist() + [party[0] for party in load.parties]
    place = {party: at for at, party in enumerate(known)}
    parties = [{"id": i, "kind": k, "source": i.split(":")[0], "anonymous": a} for i, k, a in load.parties]
    added = {}
    for name, kind in KINDS.items():
        rows = [stored(kind, row, place, number) for k, row in load.facts if k is kind]
        if rows:
            added[name] = pa.Table.from_pylist(rows, schema=kept_schema(kind))
    ended: dict[str, Any] = {}
    for kind, key, at in load.ended:
        ended.setdefault(kind.name, []).append({"key": key, "revision": 1, "retracted_at": naive(at)})
    tables = {name: pa.Table.from_pylist(rows, schema=ENDED) for name, rows in ended.items()}
    return Delta(number, pa.Table.from_pylist(parties, schema=PARTIES), added, tables)


def stored(kind: Kind, row: Row, place: Mapping[str, int], number: int) -> Row:
    whole: Row = dict.fromkeys(kept_schema(kind).names) | row | {"load": number}
    whole |= {end: place[row[end]] for end in kind.ends}
    if row.get("retracted_at"):
        whole["retracted_by"] = number
    return whole | {name: naive(whole[name]) for name in ("recorded_at", "said_at", "retracted_at")}


def said(row: Row) -> datetime:
    """When a fact was said."""
    instant: datetime = row.get("said_at") or row["recorded_at"]
    return instant


def written(facts: Facts, kind: Kind) -> pa.Table:
    """All facts of a kind with sources as text: dictionaries keep the order in which words first came."""
    table = facts.table(kind)
    at = table.schema.get_field_index("source")
    return table.set_column(at, "source", table["source"].cast(pa.string())).combine_chunks()


def naive(instant: datetime | None) -> datetime | None:
    return instant and instant.astimezone(UTC).replace(tzinfo=None)


# ── the same questions, row by row ──


def holding(loads: Sequence[Load], moment: Moment) -> list[tuple[Kind, Row]]:
    """Facts that are true and known at a moment."""
    version = len(loads) if moment.version is None else moment.version
    ends = {(k.name, key): (n, at) for n, load in enumerate(loads, 1) if n <= version for k, key, at in load.ended}
    found = []
    for load in loads[:version]:
        for kind, row in load.facts:
            gone = row.get("retracted_at")
            if (kind.name, row["key"]) in ends:
                gone = ends[kind.name, row["key"]][1]
            starts = row.get("valid_from") is None or row["valid_from"] <= moment.valid_at
            lasts = row.get("valid_to") is None or moment.valid_at < row["valid_to"]
            if starts and lasts and row["recorded_at"] <= moment.known_at and (not gone or moment.known_at < gone):
                found.append((kind, row))
    return found


def joined(loads: Sequence[Load], moment: Moment) -> dict[str, frozenset[str]]:
    """Which parties are one: links in their order, none that brings a rejected pair together."""
    version = len(loads) if moment.version is None else moment.version
    parties = [party for load in loads[:version] for party in load.parties]
    anonymous = {i for i, _, hidden in parties if hidden}
    trust = {load.source: load.trust for load in loads[:version]}
    rows = holding(loads, moment)
    verdict: dict[tuple[str, ...], tuple[Any, str]] = {}
    for kind, row in rows:
        if kind is SAME_AS and row["from"] != row["to"] and not {row["from"], row["to"]} & anonymous:
            pair = tuple(sorted((row["from"], row["to"])))
            rank = (-trust.get(row["source"], 0), -said(row).timestamp(), row["source"])
            rank = (*rank, row["verdict"] != "rejected")
            verdict[pair] = min(verdict.get(pair, (rank, row["verdict"])), (rank, row["verdict"]))
    apart = {pair for pair, (_, word) in verdict.items() if word == "rejected"}
    numbers: dict[tuple[str, str], set[str]] = {}
    for kind, row in rows:
        if kind is IDENTIFIER and row.get("verified") and row["party"] not in anonymous:
            numbers.setdefault((row["scheme"], row["value"]), set()).add(row["party"])
    tries = sorted(pair for pair, (_, word) in verdict.items() if word == "confirmed")
    for members in sorted(sorted(group) for group in numbers.values()):
        tries += [(a, b) for at, b in enumerate(members) for a in members[:at]]
    block = {i: frozenset([i]) for i, _, _ in parties}
    for a, b in tries:
        if not any(tuple(sorted((x, y))) in apart for x in block[a] for y in block[b]):
            whole = block[a] | block[b]
            block |= dict.fromkeys(whole, whole)
    return block


def counting(
    loads: Sequence[Load], moment: Moment, kind: Kind, *, indirect: bool = False
) -> list[tuple[str, str, bytes]]:
    """(tail, head, key) of the facts of a relation that count, in the order of links."""
    version = len(loads) if moment.version is None else moment.version
    trust = {load.source: load.trust for load in loads[:version]}
    name = {party: min(block) for party, block in joined(loads, moment).items()}
    keys = [f.name for f in kind.fields if f.key and f.name != "directness"]
    rivals: dict[tuple[Any, ...], dict[str, list[Row]]] = {}
    for k, row in holding(loads, moment):
        if k is not kind or (kind is OWNS and (row.get("directness") == "indirect") != indirect):
            continue
        tail, head = name[row["from"]], name[row["to"]]
        if tail != head or kind.to_itself:
            words = [name.get(row.get(key), row.get(key)) for key in keys]
            rivals.setdefault((tail, head, *words), {}).setdefault(row["source"], []).append(row)
    found = []
    for (tail, head, *_), voices in rivals.items():
        best = min(voices, key=lambda s: (-trust.get(s, 0), -max(map(said, voices[s])).timestamp(), s))
        found += [(tail, head, row["key"]) for row in voices[best]]
    return sorted(found, key=lambda link: (link[0].encode(), link[1].encode(), key_order(link[2])))


def key_order(key: bytes) -> tuple[int, int]:
    return int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")


# ── drawn worlds ──

SOURCES = {"a": 0.5, "b": 0.9, "丙": 0.5}
days = st.none() | st.integers(0, 9).map(lambda n: DAY0 + timedelta(days=n))
instants = st.integers(0, 9).map(lambda n: T0 + timedelta(hours=n))
moments = st.builds(Moment, st.integers(0, 9).map(lambda n: DAY0 + timedelta(days=n)), instants)
fractions = st.sampled_from([None, 0.0, 0.1, 0.25, 0.5, 1.0])


@st.composite
def facts_among(draw: st.DrawFn, ids: Sequence[str], serial: int) -> tuple[Kind, Row]:
    """Any fact between these parties."""
    kind = draw(st.sampled_from([OWNS, LENDS, GUARANTEES, RELATED_TO, SAME_AS, SAME_AS, IDENTIFIER, PROFILE]))
    row: Row = {
        "key": hashlib.sha256(str(serial).encode()).digest()[:16],
        "source": draw(st.sampled_from(sorted(SOURCES))),
        "valid_from": draw(days),
        "valid_to": draw(days),
        "recorded_at": draw(instants),
        "said_at": draw(st.none() | instants),
        "retracted_at": draw(st.none() | instants),
    }
    own: dict[Kind, dict[str, st.SearchStrategy[Any]]] = {
        OWNS: {"share_low": fractions, "directness": st.sampled_from([None, "direct", "indirect"])},
        LENDS: {"facility_id": st.sampled_from([None, "f1", "f2"]), "kind": st.just("loan"), "drawn": st.just(5.0)},
        GUARANTEES: {"creditor": st.sampled_from([None, "x:1", *ids]), "amount": st.none() | st.just(7.0)},
        RELATED_TO: {"kind": st.sampled_from(["spouse", "kin"])},
        SAME_AS: {"verdict": st.sampled_from(["confirmed", "confirmed", "rejected"])},
        IDENTIFIER: {"scheme": st.sampled_from("LU"), "value": st.sampled_from("12"), "verified": st.booleans()},
        PROFILE: {"name": st.sampled_from([None, "甲", "B Ltd"])},
    }
    row |= {name: draw(values) for name, values in own[kind].items()}
    return fact(kind, *(draw(st.sampled_from(ids)) for _ in kind.ends), **row)


@st.composite
def worlds(draw: st.DrawFn, *, loads: int = 3) -> list[Load]:
    """Up to three loads, one a source, later ones ending facts of earlier ones."""
    made: list[Load] = []
    ids: list[str] = []
    order = draw(st.permutations(sorted(SOURCES)))
    for source in order[: draw(st.integers(1, loads))]:
        new = draw(
            st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=2, max_size=5, unique_by=lambda n: n[0])
        )
        parties = [(f"{source}:{n}", "Company", hidden and n % 3 == 0) for n, hidden in new]
        ids += [party[0] for party in parties]
        serials = range(100 * len(made), 100 * len(made) + draw(st.integers(0, 12)))
        rows = [draw(facts_among(ids, serial)) for serial in serials]
        open_ = [(k, r["key"]) for load in made for k, r in load.facts if not r.get("retracted_at")]
        open_ = [(k, key) for k, key in open_ if all(key != done for load in made for _, done, _ in load.ended)]
        ended = draw(st.lists(st.sampled_from(open_), unique_by=lambda e: e[1], max_size=3)) if open_ else []
        ends = [(kind, key, draw(instants)) for kind, key in ended]
        made.append(Load(parties, rows, ends, source, SOURCES[source]))
    return made


def shuffled(draw: st.DataObject, loads: Iterable[Load]) -> list[Load]:
    """The same loads, the files of each in another order."""
    return [
        Load(draw.draw(st.permutations(x.parties)), draw.draw(st.permutations(x.facts)), x.ended, x.source, x.trust)
        for x in loads
    ]
