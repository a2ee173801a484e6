"""Judgements out of the ledger as facts of the model: one file an entry, one line a judgement."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from graph.model import KINDS
from graph.schema import staged_schema
from ingest.given import delivery_of
from ingest.source import Delivery, Rejected, Staged

SOURCE: Final = "judgement"
"""Name of the source; its records are told apart by what they judge, so that a newer verdict ends the older."""


class Judgements:
    """Lines that `api.ledger.judgements` writes; no user is offered this format."""

    name: str = "judgements"
    replaces_record: Final = False
    required: Final = ()

    def recognises(self, path: Path) -> bool:
        """Never: what is judged goes through the ledger."""
        return False

    def files(self, path: Path) -> tuple[Path, ...]:
        """The file."""
        return (path,)

    def delivery(self, paths: tuple[Path, ...], settings: Mapping[str, str]) -> Delivery:
        """The delivery of one entry."""
        return delivery_of(paths, {"name": SOURCE, **settings}, name=self.name, required=self.required)

    def conceal(self, delivery: Delivery, place: str, row: dict[str, Any]) -> dict[str, Any]:
        """A row as it is: it names parties by id alone."""
        return row

    def read(self, delivery: Delivery) -> Iterator[Staged | Rejected]:
        """The facts of every line, kind by kind."""
        # Other line ends than \n stand within texts: what was pasted from a PDF has them.
        lines = [line for path in delivery.paths for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
        told = [json.loads(line) for line in lines]
        for name in KINDS:
            mine = [at for at, row in enumerate(told) if row["kind"] == name]
            if mine:
                schema = staged_schema(KINDS[name])
                columns = [
                    pa.array([_typed(field.type, told[at].get(field.name)) for at in mine], field.type)
                    for field in schema
                ]
                rows = pa.table(columns, schema=schema)
                yield Staged(KINDS[name], rows, lambda places, mine=mine: [lines[mine[at]] for at in places])  # type: ignore[misc]


def _typed(form: pa.DataType, value: Any) -> Any:
    if value is not None and pa.types.is_date32(form):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if value is not None and pa.types.is_timestamp(form) else value
