"""The sources that exist, and which of them a path belongs to."""

from importlib import import_module
from pathlib import Path
from typing import Final

from graph.errors import UnreadableFile
from ingest.source import Source

_SOURCES: Final = (
    ("bods", "ingest.bods", "Bods"),
    ("finbench", "ingest.finbench", "FinBench"),
    ("tables", "ingest.tables", "Tables"),
)
"""Word for `--source`, module and class; the more particular formats are asked first."""
_OURS: Final = (
    ("waited", "ingest.loading.waited", "Waited"),
    ("judgements", "ingest.judgements", "Judgements"),
    ("assessed", "ingest.assessed", "Assessed"),
)
"""Read nothing but what the program itself wrote, so that no user is offered them."""


def names() -> tuple[str, ...]:
    """Words for `--source`.

    >>> "tables" in names()
    True
    """
    return tuple(name for name, _, _ in _SOURCES)


def source(name: str) -> Source:
    """The source of this name; its module is imported only now."""
    for word, module, cls in (*_SOURCES, *_OURS):
        if word == name:
            made: Source = getattr(import_module(module), cls)()
            return made
    raise UnreadableFile(f"{name!r} is no source", where="--source", remedy=f"use one of {', '.join(names())}")


def recognise(path: Path) -> Source:
    """The source whose format a file or folder has; raises UnreadableFile where none knows it."""
    if not path.exists():
        raise UnreadableFile("there is no such file or folder", where=str(path), remedy="look at its path")
    for name in names():
        found = source(name)
        if found.recognises(path):
            return found
    raise UnreadableFile(
        "no source knows this format",
        where=str(path),
        remedy=f"give --source {' | '.join(names())}; tables end in .csv .tsv .xlsx .parquet .jsonl",
    )
