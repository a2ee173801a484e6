"""The mapping: which columns of which files make which parties and facts.

A mapping is TOML. `[source]` says who speaks, each `[[table]]` names files, its `[[table.party]]` the
parties a row speaks of, its `[[table.fact]]` what the row says about them.
"""

from collections.abc import Mapping as Words
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

import pyarrow as pa

from graph.errors import InvalidMapping
from graph.field import PARTY_KINDS, Field, Kind
from graph.model import IDENTIFIER, KINDS, PARTY_FIELDS, PROFILE, STATEMENT
from ingest.given import SETTINGS, currency_of, day_of, fraction_of, mode_of, name_of
from ingest.toml_text import Node, read_toml, unfilled
from ingest.value_text import OP, STATED_AT, TIMES, read_value

LENDER = "lender"
"""Name of the party that `[source] lender` declares in every table."""

PARTY_IDS = frozenset((("GUARANTEES", "creditor"),))
"""Kind and name of the text fields that hold the id of a party of the same source."""

ITEMS = "items"
ITEM = ("item", "value")
"""Fields of a statement that `items` fills in from the columns it names."""

Mode = Literal["full", "changes"]
_KEYS = ("column", "constant", "unit", "format", "map", "prefix", "default", "join", "low", "high", "party")


@dataclass(frozen=True)
class Value:
    """Where one value comes from: columns, a constant, or a party of the table."""

    columns: tuple[str, ...] = ()
    constant: str | None = None
    unit: str = ""
    form: str = ""
    words: Words[str, str] = field(default_factory=dict)
    prefix: str = ""
    default: str | None = None
    join: str = ":"
    ends: bool = False
    """Whether the two columns are the low and high end of a band."""
    party: str = ""
    line: str = ""
    """Place in the mapping, for errors."""


@dataclass(frozen=True)
class PartyPart:
    """A party a row speaks of."""

    name: str
    id: Value
    kind: Value
    anonymous: Value | None
    optional: bool
    """Whether a row without its id is silent about it, and not wrong."""
    profile: Words[str, Value]
    identifiers: Words[str, Value]


@dataclass(frozen=True)
class FactPart:
    """A fact a row states."""

    kind: Kind
    ends: Words[str, Value]
    values: Words[str, Value]
    """Own fields, and valid_from, valid_to, stated_at, confidence, note, op."""
    ref: tuple[str, ...]
    when: str
    """Column that must say something for the fact to be stated; empty: always."""
    items: tuple[str, ...] = ()
    """Patterns of columns each of which is an item of a statement, named by its header; empty: none."""


@dataclass(frozen=True)
class TablePart:
    """Files of one layout."""

    file: str
    sheet: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    skip: int
    parties: tuple[PartyPart, ...]
    facts: tuple[FactPart, ...]
    stated: Value | None
    """When the source said what a row says."""
    line: str


@dataclass(frozen=True)
class Mapping:
    """A mapping, checked against the model."""

    path: Path
    name: str
    trust: float
    confidence: float
    mode: Mode
    delivered: date | None
    currency: str
    """Currency of amounts whose row names none."""
    ignore: tuple[str, ...]
    tables: tuple[TablePart, ...]


def read_mapping(path: Path, settings: Words[str, str] | None = None) -> Mapping:
    """Read and check a mapping; what the settings say of the delivery, `currency` or `lender` goes before its own.

    Raises InvalidMapping with line, field and remedy, InvalidCurrency where the currency is none.
    """
    given = {key: value for key, value in (settings or {}).items() if value}
    root = read_toml(path)
    unfilled(root, frozenset(given) & {"currency", LENDER, *SETTINGS})
    root.allow("source", "table")
    source = root.node("source")
    source.allow("name", "trust", "confidence", "delivery", "delivered", "currency", LENDER, "lender_name", "ignore")
    tables = tuple(_table(node, source, given) for node in root.nodes("table"))
    if not tables:
        raise root.fail("no [[table]] is described", remedy="describe at least one file")
    return Mapping(
        path,
        name_of(given["name"]) if "name" in given else _name(source),
        fraction_of(given, "trust", source.fraction("trust", 0.5)),
        fraction_of(given, "confidence", source.fraction("confidence", 1.0)),
        mode_of(given["delivery"]) if "delivery" in given else _mode(source),
        day_of(given["delivered"]) if "delivered" in given else _day(source),
        currency_of(given["currency"]) if "currency" in given else _currency(source),
        source.words("ignore"),
        tables,
    )


def _name(source: Node) -> str:
    name = source.word("name")
    if ":" in name or name != name.strip():
        raise source.fail("a source's name is the part of every id before the colon, and holds none", "name")
    return name


def _mode(source: Node) -> Mode:
    mode = source.word("delivery", "changes")
    if mode not in get_args(Mode):
        raise source.fail(f"{mode!r} is no kind of delivery", "delivery", remedy='write "full" or "changes"')
    return mode  # type: ignore[return-value]  # mypy does not narrow by get_args


def _day(source: Node) -> date | None:
    day = source.values.get("delivered")
    if day is not None and type(day) is not date:
        raise source.fail(f"expected a day, found {day!r}", "delivered", remedy="write delivered = 2024-06-30")
    return day


def _currency(source: Node) -> str:
    return currency_of(source.word("currency", ""), where=source.fail("", "currency").where)


def _table(node: Node, source: Node, given: Words[str, str]) -> TablePart:
    node.allow("file", "sheet", "encoding", "delimiter", "header", "skip", "ref", "stated", "party", "fact")
    delimiter = node.word("delimiter", "")
    if delimiter and (len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\n\r'):
        raise node.fail(
            f"{delimiter!r} cannot separate cells", "delimiter", remedy='give one sign, such as "|" or "\\t"'
        )
    parties = [_party(part) for part in node.nodes("party")]
    if lender := given.get(LENDER, source.word(LENDER, "")):
        named = {"name": Value(constant=source.word("lender_name"))} if "lender_name" in source.values else {}
        company = Value(constant="Company")
        parties.append(PartyPart(LENDER, Value(constant=lender), company, None, False, named, {}))
    names = [party.name for party in parties]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise node.fail(f"two parties are called {doubled.pop()!r}", "party", remedy="give each another `as`")
    stated = {"stated_at": _value(node, "stated", STATED_AT, "")} if "stated" in node.values else {}
    facts = tuple(_fact(part, names, stated, node.words("ref")) for part in node.nodes("fact"))
    if not parties and not facts:
        raise node.fail("the table makes no party and no fact", remedy="add [[table.party]] or [[table.fact]]")
    return TablePart(
        node.word("file"), node.word("sheet", ""), node.word("encoding", ""), delimiter, node.words("header"),
        node.count("skip"), tuple(parties), facts, stated.get("stated_at"), node.fail("").where,
    )  # fmt: skip


def _party(node: Node) -> PartyPart:
    node.allow("as", "id", "kind", "anonymous", "optional", "profile", "identifier")
    kind = PARTY_FIELDS[1]
    if node.values.get("kind") in PARTY_KINDS:
        kind_value = Value(constant=node.word("kind"))
    else:
        kind_value = _value(node, "kind", kind, "Party")
    anonymous = _value(node, "anonymous", PARTY_FIELDS[3], "Party") if "anonymous" in node.values else None
    profile, identifiers = node.node("profile"), node.node("identifier")
    profile.allow(*(f.name for f in PROFILE.fields), *TIMES)
    known = {f.name: f for f in PROFILE.fields} | TIMES
    number = IDENTIFIER.field("value")
    return PartyPart(
        node.word("as"),
        _value(node, "id", PARTY_FIELDS[0], "Party"),
        kind_value,
        anonymous,
        node.flag("optional"),
        {name: _value(profile, name, known[name], "Profile") for name in profile.values},
        {scheme: _value(identifiers, scheme, number, "Identifier") for scheme in identifiers.values},
    )


def _fact(node: Node, parties: list[str], stated: Words[str, Value], ref: tuple[str, ...]) -> FactPart:
    name = node.word("kind")
    if name not in KINDS:
        raise node.fail(f"{name!r} is no kind of fact", "kind", remedy=f"use one of {', '.join(KINDS)}")
    kind = KINDS[name]
    inner = node.node("fields")
    own = {f.name: f for f in kind.fields}
    inner.allow(*own)
    shown = {key: f for key, f in own.items() if key != "kind"} | TIMES | {"op": OP}
    node.allow("kind", *kind.ends, *shown, "fields", "ref", "stated", "when", *([ITEMS] if kind is STATEMENT else []))
    items = _items(node)
    ends = {end: _end(node, end, parties) for end in kind.ends}
    values = dict(stated)
    for part, names in ((node, shown), (inner, own)):
        values |= {key: _value(part, key, f, name) for key, f in names.items() if key in part.values}
    if "stated" in node.values:
        values["stated_at"] = _value(node, "stated", STATED_AT, name)
    if unknown := [v.party for v in values.values() if v.party and v.party not in parties]:
        raise node.fail(f"no party of this table is called {unknown[0]!r}", remedy=f"known: {', '.join(parties)}")
    for f in kind.fields:
        if f.required and f.name not in values and not (items and f.name in ITEM):
            place = f"fields.{f.name}" if f.name == "kind" else f.name
            raise node.fail(f"{name} needs {place}", remedy=f"name its column, or {place} = {{ constant = … }}")
    return FactPart(kind, ends, values, node.words("ref") or ref, node.word("when", ""), items)


def _items(node: Node) -> tuple[str, ...]:
    if ITEMS not in node.values:
        return ()
    if said := [name for name in (*ITEM, "when") if name in node.values]:
        raise node.fail(f"{ITEMS} names every column's item and value, and {said[0]} one", ITEMS,
                        remedy=f"take {said[0]} away, or {ITEMS}")  # fmt: skip
    if not (found := node.words(ITEMS)):
        raise node.fail("no column is named", ITEMS, remedy=f'name them: {ITEMS} = "f*"')
    return found


def _end(node: Node, end: str, parties: list[str]) -> Value:
    said = node.values.get(end)
    if isinstance(said, str):
        if said not in parties:
            known = f"declared here: {', '.join(parties)}" if parties else "none is declared here"
            raise node.fail(
                f"no party of this table is called {said!r}",
                end,
                remedy=f'{known}; or write {end} = {{ id = "COLUMN" }}',
            )
        return Value(party=said, line=node.fail("", end).where)
    if said is None:
        raise node.fail(f"{end} is missing", remedy=f'say which party stands there: {end} = "…"')
    inner = node.node(end)
    inner.allow("id", "constant", "prefix", "join")
    columns = inner.words("id")
    constant = None if columns else inner.word("constant")
    return Value(
        columns, constant, prefix=inner.word("prefix", ""), join=inner.word("join", ":"), line=inner.fail("").where
    )


def _value(node: Node, key: str, target: Field, kind: str) -> Value:
    said = node.values.get(key)
    line = node.fail("", key).where
    if said is None:
        raise node.fail(f"{key} is missing", remedy=f'name its column: {key} = "…"')
    if said in ("", []):
        raise node.fail("no column is named", key, remedy=f'name its column: {key} = "…"')
    if isinstance(said, str | list):
        return Value(columns=node.words(key), line=line)
    inner = node.node(key)
    inner.allow(*_KEYS)
    sources = [k for k in ("column", "constant", "low", "party") if k in inner.values]
    if len(sources) != 1 or ("low" in sources) != ("high" in inner.values):
        raise node.fail("say where it comes from, once", key, remedy='give column = "…" or constant = "…"')
    if "party" in sources and (kind, target.name) not in PARTY_IDS:
        raise node.fail(f"{key} is no party", key, remedy='give column = "…" or constant = "…"')
    if "party" in sources and not inner.word("party"):
        raise inner.fail("no party is named", "party")
    ends = "low" in sources
    if "column" in sources and not inner.words("column"):
        raise inner.fail("no column is named", "column", remedy='name it: column = "…"')
    if ends and target.type != "band":
        raise node.fail("only a band has a low and a high column", key)
    value = Value(
        (inner.word("low"), inner.word("high")) if ends else inner.words("column"),
        _constant(inner), inner.word("unit", ""), inner.word("format", ""), _words(inner), inner.word("prefix", ""),
        _plain(inner, "default"), inner.word("join", ":"), ends, inner.word("party", ""), line,
    )  # fmt: skip
    _try(node, key, target, kind, value)
    return value


def _plain(node: Node, key: str) -> str | None:
    said: Any = node.values.get(key)
    if said is None:
        return None
    if isinstance(said, bool):
        return "true" if said else "false"
    if isinstance(said, dict | list):
        raise node.fail(f"expected one value, found {said!r}", key)
    return str(said)


def _constant(node: Node) -> str | None:
    return _plain(node, "constant")


def _words(node: Node) -> dict[str, str]:
    inner = node.node("map")
    return {word: _plain(inner, word) or "" for word in inner.values}


def _try(node: Node, key: str, target: Field, kind: str, value: Value) -> None:
    """Read what the mapping itself says, so that its mistakes show before any file is opened."""
    said = [text for text in (value.constant, value.default, *value.words.values()) if text]
    try:
        read = read_value(target, kind, pa.array(said, pa.string()), unit=value.unit, form=value.form)
    except InvalidMapping as problem:
        raise node.fail(problem.what, key, remedy=problem.remedy) from problem
    for fault in read.faults:
        remedy = f"use one of {', '.join(target.choices)}" if target.choices else f"it is a {target.type}"
        raise node.fail(f"{said[int(fault.rows[0])]!r}: {fault.reason}", key, remedy=remedy)
