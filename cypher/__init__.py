"""Every statement the graph store is asked, one a file; imports nothing of ours.

::

    schema/   constraints and indexes, each IF NOT EXISTS
    write/    what a load does: open, add, end, close, roll back
    read/     what the store is asked; every result in a total order

A file begins with a header: what it asks, each parameter and each returned column with type and meaning.
Loading checks the header against the body. Statements take parameters and are never put together from
strings. The one thing Cypher takes no parameter for is a relation's type or a label: where the header says
`KIND : relation`, `record` or `party`, the word KIND in the body stands for one name, which `load` puts
there; it must be one word of ASCII letters and underscores, and the store only passes names of the model.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
_NAME = re.compile(r"[A-Za-z][A-Za-z_]{0,63}")
_DECLARED = re.compile(r"(?P<name>\$?\w+)\s*: (?P<type>[\w ,<>]+?)\s{2,}(?P<meaning>\S.*)")
_TYPES = ("string", "integer", "float", "boolean", "list", "map", "relation", "record", "party")


class BadStatement(Exception):
    """A statement file whose header and body disagree, or a kind that is no plain word."""


@dataclass(frozen=True)
class Statement:
    """One statement, ready to run."""

    name: str
    text: str
    about: str
    """What it does, from its header."""
    parameters: dict[str, str]
    """Each parameter's type and meaning."""
    columns: dict[str, str]
    """Each returned column's type and meaning, in order."""
    kinds: str = ""
    """What KIND stands for: `relation`, `record`, `party` or nothing."""


def names() -> list[str]:
    """Names of all statements, such as `read/loads`."""
    return sorted(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.cypher"))


@lru_cache(maxsize=1024)
def load(name: str, kind: str = "") -> Statement:
    """The statement of this name, for this kind where it is asked of one kind at a time."""
    statement = parse(name, (FOLDER / f"{name}.cypher").read_text(encoding="utf-8"))
    if bool(kind) != bool(statement.kinds):
        raise BadStatement(f"{name}: {'a kind is missing' if statement.kinds else 'takes no kind'}")
    if not kind:
        return statement
    if not _NAME.fullmatch(kind):
        raise BadStatement(f"{name}: {kind!r} is not the name of a kind")
    text = statement.text.replace("KIND", kind)
    return Statement(f"{name} {kind}", text, statement.about, statement.parameters, statement.columns, statement.kinds)


def parse(name: str, source: str) -> Statement:
    """Header and body of a statement file, checked against each other."""
    lines = source.splitlines()
    count = next((at for at, line in enumerate(lines) if not line.startswith("//")), len(lines))
    header = [line[2:].strip() for line in lines[:count]]
    text = "\n".join(lines[count:]).strip()
    declared = _sections(name, header)
    statement = Statement(
        name,
        text,
        about=" ".join(header[: header.index("params")]).strip(),
        parameters={key[1:]: rest for key, rest in declared["params"].items() if key != "KIND"},
        columns=declared["returns"],
        kinds=declared["params"].get("KIND", "").split(":")[0],
    )
    _check(statement)
    return statement


def _sections(name: str, header: list[str]) -> dict[str, dict[str, str]]:
    if [line for line in header if line in ("params", "returns")] != ["params", "returns"]:
        raise BadStatement(f"{name}: the header needs `params` and then `returns`")
    found: dict[str, dict[str, str]] = {"params": {}, "returns": {}}
    section = ""
    for line in header:
        if line in found:
            section = line
        elif section and line not in ("", "nothing"):
            match = _DECLARED.fullmatch(line)
            if not match or not match["type"].startswith(_TYPES):
                raise BadStatement(f"{name}: cannot read `{line}` in its header")
            found[section][match["name"]] = f"{match['type']}: {match['meaning']}"
    return found


def _check(statement: Statement) -> None:
    name, text = statement.name, statement.text
    used = set(re.findall(r"\$(\w+)", text))
    if used != set(statement.parameters):
        raise BadStatement(f"{name}: header and body differ in parameters {sorted(used ^ set(statement.parameters))}")
    returned = re.split(r"\bRETURN\b", text)[1:]
    columns = re.findall(r"\bAS (\w+)", returned[-1]) if returned else []
    if columns != list(statement.columns):
        raise BadStatement(f"{name}: header and body differ in columns {columns} and {list(statement.columns)}")
    if ("KIND" in text) != bool(statement.kinds):
        raise BadStatement(f"{name}: KIND stands in header or body alone")
