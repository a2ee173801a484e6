"""The lender the user names."""

import pyarrow as pa

from graph.field import Kind
from graph.model import PROFILE
from graph.schema import STAGED_PARTY, staged_schema
from ingest.source import Delivery, Staged


def lender_of(delivery: Delivery) -> str:
    """The lender's id: as given with a colon, else made of the source and the word.

    >>> lender_of(Delivery((), "finbench", settings={"lender": "Example Bank"}))
    'finbench:lender-Example Bank'
    """
    said = delivery.settings["lender"].strip()
    return said if ":" in said else f"{delivery.source}:lender-{said}"


def lender_rows(delivery: Delivery) -> list[Staged]:
    """Party and name of a lender that is not known yet by an id."""
    said = delivery.settings["lender"].strip()
    if ":" in said:
        return []
    party = {"id": lender_of(delivery), "kind": "Company", "anonymous": False}
    profile = {
        "party": lender_of(delivery), "name": said, "source_ref": f"lender-{said}", "confidence": delivery.confidence,
    }  # fmt: skip
    return [_staged(None, delivery, party), _staged(PROFILE, delivery, profile)]


def _staged(kind: Kind | None, delivery: Delivery, values: dict[str, object]) -> Staged:
    schema = staged_schema(kind) if kind else STAGED_PARTY
    given = {"source": delivery.source, "place": "lender", **values}
    columns = [pa.array([given.get(field.name)], field.type) for field in schema]
    return Staged(kind, pa.table(columns, schema=schema), lambda rows: ['{"lender": "given by the user"}'] * len(rows))
