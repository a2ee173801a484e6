"""Tables with a column for each of hundreds of items: one line of the mapping names them all."""

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

from graph.errors import InvalidMapping
from ingest.mapping import FactPart, TablePart, Value
from ingest.tabular.cells import wanted
from ingest.tabular.rows import unique


def widened(table: TablePart, headers: tuple[str, ...], *, where: str) -> TablePart:
    """A table whose facts with patterns of items are one fact for each column they name; columns that something else
    of the table names are left out. Raises InvalidMapping where a pattern names none."""
    if not any(fact.items for fact in table.facts):
        return table
    taken = {name for name, _ in wanted(table)}
    free = [name for name in unique(headers) if name not in taken]
    facts: list[FactPart] = []
    for fact in table.facts:
        facts += list(_each(fact, free, headers, where, table.line)) if fact.items else [fact]
    return replace(table, facts=tuple(facts))


def _each(fact: FactPart, free: list[str], headers: tuple[str, ...], where: str, line: str) -> Iterator[FactPart]:
    for pattern in fact.items:
        if not any(fnmatchcase(name, pattern) for name in free):
            raise InvalidMapping(f"{where} has no column {pattern!r} beside those with another meaning", where=line,
                                 remedy=f"its columns are: {', '.join(headers[:40])}")  # fmt: skip
    for name in free:
        if any(fnmatchcase(name, pattern) for pattern in fact.items):
            values = {**fact.values, "item": Value(constant=name), "value": Value(columns=(name,), line=line)}
            yield replace(fact, values=values, when=name, items=())
