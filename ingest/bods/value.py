"""Values of a statement, checked on the way out: what is not of its kind is a reason, never a stack trace."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from ingest.reasons import CONTROLS

Json = Mapping[str, Any]
_SHOWN: Final = 400
"""Characters shown of a text that cannot be used."""
_CONTROLS: Final = re.compile(CONTROLS)


class Malformed(ValueError):
    """A statement that cannot be used, with a reason of the vocabulary."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}")


def _clean(value: str, name: str) -> str:
    """A text without space at its ends; raises Malformed where signs are in it that no text has."""
    if not value.isprintable() and _CONTROLS.search(value):
        raise Malformed("control characters", f"{name}: {value[:_SHOWN]!a}")
    return value.strip()


def text(source: Json, name: str) -> str:
    """A text, empty where none is given; numbers are read as text."""
    value = source.get(name)
    if type(value) is str:
        return _clean(value, name)
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str | int | float):
        return str(value).strip()
    raise Malformed("not BODS", f"{name} holds {type(value).__name__} where a text belongs")


def record(source: Json, name: str) -> Json:
    """An object, empty where none is given."""
    value = source.get(name)
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise Malformed("not BODS", f"{name} holds {type(value).__name__} where an object belongs")


def records(source: Json, name: str) -> list[Json]:
    """The objects of an array, empty where none is given."""
    found = source.get(name)
    if found is None:
        return []
    if isinstance(found, list) and all(isinstance(value, dict) for value in found):
        return found
    raise Malformed("not BODS", f"{name} holds something else than a list of objects")


def words(source: Json, name: str) -> list[str]:
    """The texts of an array, empty where none is given."""
    found = source.get(name)
    if found is None:
        return []
    if isinstance(found, list) and all(isinstance(value, str) for value in found):
        return [value for value in (_clean(value, name) for value in found) if value]
    raise Malformed("not BODS", f"{name} holds something else than a list of texts")


def day(source: Json, name: str) -> date | None:
    """A day, from a date or an instant."""
    found = text(source, name)
    if not found:
        return None
    try:
        return date.fromisoformat(found) if len(found) == 10 else read_instant(found).date()
    except ValueError as problem:
        raise Malformed("not a date", f"{name} {found!r}") from problem


def instant(source: Json, name: str) -> datetime | None:
    """An instant in UTC without a zone; a bare day is its first moment."""
    found = text(source, name)
    if not found:
        return None
    try:
        return read_instant(found)
    except ValueError as problem:
        raise Malformed("not a date", f"{name} {found!r}") from problem


def read_instant(found: str) -> datetime:
    """UTC without a zone; ValueError where it is no instant."""
    read = datetime.fromisoformat(found)
    return read.astimezone(UTC).replace(tzinfo=None) if read.tzinfo else read


def number(source: Json, name: str) -> float | None:
    """A number; numerals in a text count."""
    value = source.get(name)
    if value is None or isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError) as problem:
        raise Malformed("not a number", f"{name} {value!r}") from problem
