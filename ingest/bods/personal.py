"""Identifiers of natural persons are kept as keyed hashes only, in facts and in quarantine alike."""

from typing import Any

from graph.identifiers import keyed_hash
from ingest.bods.value import Json, records, text


def scheme_of(identifier: Json) -> str:
    """Word for the register or norm of an identifier."""
    return text(identifier, "scheme") or text(identifier, "schemeName") or "unknown"


def masked(statement: dict[str, Any], key: bytes) -> dict[str, Any]:
    """The statement with a person's identifiers hashed, or left out without a key."""
    details = statement.get("recordDetails")
    if statement.get("recordType") != "person" or not isinstance(details, dict) or "identifiers" not in details:
        return statement
    try:
        known = [
            {**identifier, "id": keyed_hash(text(identifier, "id"), key, scheme=scheme_of(identifier))}
            for identifier in records(details, "identifiers")
            if key
        ]
    except ValueError:
        known = []
    return {**statement, "recordDetails": {**details, "identifiers": known}}
