"""A TOML file whose every complaint names its line."""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import InvalidMapping

MARKER = "???"
"""How a value begins that the user must fill in."""

Address = tuple[str | int, ...]
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w.\-]|"[^"]*"|'[^']*')+)\s*=""")


@dataclass(frozen=True)
class Node:
    """One table of the file, which knows where it stands."""

    path: Path
    text: str
    values: Mapping[str, Any]
    address: Address = ()

    def fail(self, what: str, key: str = "", *, remedy: str = "") -> InvalidMapping:
        """An error that names file and line of this table, or of one of its keys."""
        address = (*self.address, key) if key else self.address
        words = ".".join(str(part) for part in address if isinstance(part, str))
        where = f"{self.path} line {line_of(self.text, address)}"
        return InvalidMapping(f"{words}: {what}" if words else what, where=where, remedy=remedy)

    def node(self, key: str) -> "Node":
        """The table under a key; an empty one where there is none."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.fail(f"expected a table, found {value!r}", key)
        return Node(self.path, self.text, value, (*self.address, key))

    def nodes(self, key: str) -> Iterator["Node"]:
        """The tables of an array of tables."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.fail(f"expected tables, each under [[{key}]]", key)
        for position, item in enumerate(value):
            yield Node(self.path, self.text, item, (*self.address, key, position))

    def word(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        value = self.values.get(key, default)
        if value is None:
            raise self.fail(f"{key} is missing", remedy=f'add {key} = "…"')
        if not isinstance(value, str) or (not value and default is None):
            raise self.fail(f"expected a text, found {value!r}", key)
        return value

    def fraction(self, key: str, default: float) -> float:
        """A number from 0 to 1."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self.fail(f"expected a number from 0 to 1, found {value!r}", key)
        return float(value)

    def count(self, key: str) -> int:
        """A whole number, 0 where it is missing."""
        value = self.values.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.fail(f"expected a whole number, found {value!r}", key)
        return value

    def flag(self, key: str) -> bool:
        """True or false; false where it is missing."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.fail(f"expected true or false, found {value!r}", key)
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts; empty where it is missing."""
        value = self.values.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(item, str) and item for item in listed):
            raise self.fail(f"expected a text or a list of texts, found {value!r}", key)
        return tuple(listed)

    def allow(self, *keys: str) -> None:
        """Refuse keys that mean nothing here."""
        for key in self.values:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                hint = f"did you mean {near[0]}? " if near else ""
                raise self.fail(f"{key} means nothing here", key, remedy=f"{hint}known here: {', '.join(sorted(keys))}")


def read_toml(path: Path) -> Node:
    """The file as its outermost table; raises InvalidMapping with the line where it is no TOML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return Node(path, text, tomllib.loads(text))
    except OSError as problem:
        raise InvalidMapping("the mapping cannot be read", where=str(path), remedy="look at its path") from problem
    except UnicodeDecodeError as problem:
        raise InvalidMapping("the mapping is not UTF-8", where=str(path), remedy="save it as UTF-8") from problem
    except tomllib.TOMLDecodeError as problem:
        remedy = 'texts stand in quotes, a day is one of the calendar, tables stand under [[table]]: name = "…"'
        raise InvalidMapping(f"not TOML: {problem}", where=str(path), remedy=remedy) from problem


def unfilled(node: Node, spared: frozenset[str] = frozenset()) -> None:
    """Refuse a file in which a required line still waits to be filled in; raises InvalidMapping."""
    for number, line in enumerate(node.text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("#") or f'"{MARKER}' not in bare:
            continue
        key = bare.split("=", 1)[0].strip().strip('"')
        if key in spared:
            continue
        asked = bare.split(f'"{MARKER}', 1)[1].split('"', 1)[0].strip()
        raise InvalidMapping(
            f"{key} must be filled in: {asked or 'the file cannot say it'}",
            where=f"{node.path} line {number}",
            remedy=f"replace the text that begins with {MARKER}, or delete what does not apply",
        )


def line_of(text: str, address: Address) -> int:
    """Line of a key or table in TOML text, 1 where it cannot be found.

    >>> line_of('[source]\\nname = "x"\\n[[table]]\\nfile = "a"', ("table", 0, "file"))
    4
    """
    counts: dict[Address, int] = {}
    current: Address = ()
    best, reached = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if match := _HEADER.match(line):
            current = _resolve(match[2], match[1] == "[[", counts)
            found = current
        elif match := _KEY.match(line):
            found = (*current, *_split(match[1]))
        else:
            continue
        shared = len(found) if found == address[: len(found)] else 0
        if shared > reached:
            best, reached = number, shared
    return best


def _resolve(name: str, many: bool, counts: dict[Address, int]) -> Address:
    found: Address = ()
    parts = _split(name)
    for depth, part in enumerate(parts):
        found = (*found, part)
        if many and depth == len(parts) - 1:
            counts[found] = counts.get(found, -1) + 1
            for inner in [a for a in counts if len(a) > len(found) and a[: len(found)] == found]:
                if counts[found]:
                    counts.pop(inner, None)
        if found in counts:
            found = (*found, counts[found])
    return found


def _split(name: str) -> tuple[str, ...]:
    parts = re.findall(r'"[^"]*"|\'[^\']*\'|[^.\s]+', name)
    return tuple(part.strip("\"'") for part in parts)
