"""Which reader a file needs: told by its ending, or by how it begins."""

from collections.abc import Iterator
from pathlib import Path

from graph.errors import UnreadableFile
from ingest.source import Rejected
from ingest.tabular.delimited import read_delimited
from ingest.tabular.layout import Layout
from ingest.tabular.lines import read_lines
from ingest.tabular.parquet import read_parquet
from ingest.tabular.rows import Rows
from ingest.tabular.workbook import read_workbook

DELIMITED = (".csv", ".tsv", ".tab", ".txt", ".psv")
WORKBOOKS = (".xlsx", ".xlsm")
PARQUET = (".parquet", ".pq")
LINES = (".jsonl", ".ndjson")
ENDINGS = DELIMITED + WORKBOOKS + PARQUET + LINES


def read_rows(path: Path, layout: Layout) -> Iterator[Rows | Rejected]:
    """The rows of a table file; raises UnreadableFile where it is not what its name says."""
    ending = path.suffix.lower()
    try:
        if ending in WORKBOOKS:
            yield from read_workbook(path, layout)
        elif ending in PARQUET:
            yield from read_parquet(path, layout)
        elif ending in LINES or (ending == ".json" and not _is_array(path)):
            yield from read_lines(path, layout)
        elif ending in DELIMITED:
            yield from read_delimited(path, layout)
        else:
            raise UnreadableFile(
                f"no table ends in {ending or 'nothing'}", where=str(path), remedy=f"tables end in {' '.join(ENDINGS)}"
            )
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise UnreadableFile(reason, where=str(path), remedy="look at its path and at who may read it") from problem


def keeps_own_names(path: Path) -> bool:
    """Whether every row names its own cells, so that a column may be missing."""
    return path.suffix.lower() in (*LINES, ".json")


def _is_array(path: Path) -> bool:
    with path.open("rb") as file:
        if file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
            raise UnreadableFile(
                "it is one JSON array",
                where=str(path),
                remedy="write one JSON object a line, and end its name in .jsonl",
            )
    return False
