"""What rows of one statement that contradict each other say, for the user who has to mend one of them."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

from graph.bands import Band
from graph.field import Field, Kind
from graph.model import KINDS, PROFILE
from ingest.tabular.rows import shorten

Row = Mapping[str, Any]
"""One staged row, `fact` its kind."""

SHOWN: Final = 3
"""Other values that are named; the rest are counted."""
BESIDE: Final = ("valid_to", "confidence", "note")
"""What rows of one fact may differ in beside its own fields."""
NOTHING: Final = "empty"


def contradictions(rows: Sequence[Row]) -> list[str]:
    """For each row: which fact it is about, and what it and the others say of it.

    >>> row = {"fact": "OWNS", "from": "s:A", "to": "s:B", "share_low": 0.1, "share_high": 0.1, "place": "a.csv:2"}
    >>> contradictions([row, row | {"share_high": 0.2, "place": "a.csv:3"}])[0]
    'OWNS s:A → s:B: share is 10% here and 10–20% in a.csv:3'
    """
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        groups[_about(row)].append(at)
    told = [""] * len(rows)
    for members in groups.values():
        for at, text in zip(members, _differences([rows[at] for at in members]), strict=True):
            told[at] = f"{_named(rows[at])}: {text}"
    return told


def _about(row: Row) -> Hashable:
    """What rows that contradict each other share: the fact, its start, and the statement they stand in."""
    kind, said = KINDS[row["fact"]], row.get("said_at") or row.get("stated_at")
    keys = [row.get(column) for field in kind.fields if field.key for column in field.columns]
    ends = [row.get(end) for end in kind.ends]
    named = (kind.name, *ends, *keys, row.get("source"), row.get("source_ref"), row.get("valid_from"))
    day = row.get("stated_on") or (said and said.date())
    return (*named, row.get("op") == "end", said, day, row.get("stated_at") is None)


def _named(row: Row) -> str:
    """The fact by its kind, its parties and its keys."""
    kind = KINDS[row["fact"]]
    ends = " → ".join(str(row[end]) for end in kind.ends)
    keys = ", ".join(text for field in kind.fields if field.key and (text := _text(field, row)) != NOTHING)
    return " ".join(filter(None, (kind.name, ends, keys and f"({keys})")))


def _differences(rows: Sequence[Row]) -> list[str]:
    """For each row of one fact: the fields in which others say something else."""
    said = [_values(KINDS[row["fact"]], row) for row in rows]
    places: dict[str, dict[str, str]] = defaultdict(dict)
    for row, values in zip(rows, said, strict=True):
        for name, text in values.items():
            places[name].setdefault(text, row.get("place") or "")
    apart = {name: found for name, found in places.items() if len(found) > 1}
    if rows[0]["fact"] == PROFILE.name:
        # What one row of a party leaves to another says nothing against it: they were joined, but for the rest.
        apart = {name: found for name, found in apart.items() if len(found) - (NOTHING in found) > 1} or apart
    told = []
    for row, values in zip(rows, said, strict=True):
        parts = [_one(name, values[name], found, row) for name, found in apart.items()]
        told.append("; ".join(parts) or "another row says something else of it on the same day")
    return told


def _one(name: str, here: str, places: Mapping[str, str], row: Row) -> str:
    others = [(text, place) for text, place in places.items() if text != here]
    where = [f"{text} in {_elsewhere(place, row)}" for text, place in others[:SHOWN]]
    left = len(others) - SHOWN
    where += [f"something else in {left} more"] if left > 0 else []
    return f"{name} is {_listed([f'{here} here', *where])}"


def _elsewhere(place: str, row: Row) -> str:
    return place if place and place != row.get("place") else "the same row"


def _listed(parts: Sequence[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _values(kind: Kind, row: Row) -> dict[str, str]:
    own = {field.name: _text(field, row) for field in kind.fields if not field.key}
    return own | {name: _written(row.get(name)) for name in BESIDE}


def _text(field: Field, row: Row) -> str:
    if field.type != "band":
        return _written(row.get(field.name))
    low, high, ends = (row.get(column) for column in field.columns)
    return NOTHING if low is None and high is None else str(Band.of(low, high, ends))


def _written(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}".removesuffix(".0") if isinstance(value, int | float) else shorten(" ".join(str(value).split()))
