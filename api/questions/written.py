"""What is asked in a file or a body: JSON or TOML, read strictly."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TextIO, TypeVar

from pydantic import BaseModel, ValidationError

from graph.errors import InvalidInput, UnreadableFile
from ingest.encoding import detect
from ingest.json_text import once

LARGEST: Final = 1_000_000
"""Characters of a file."""
TOLD: Final = 5
"""Faults named of one request."""
Model = TypeVar("Model", bound=BaseModel)


def parsed_file(path: Path, stdin: TextIO) -> tuple[Any, str]:
    """What a JSON or TOML file says, `-` for what is piped in, and what to call it. Raises UnreadableFile."""
    where = "standard input" if str(path) == "-" else str(path)
    try:
        text = stdin.read(LARGEST + 1) if str(path) == "-" else _text(path)
    except FileNotFoundError as problem:
        raise UnreadableFile("there is no such file", where=where, remedy="look at its path") from problem
    except (OSError, ValueError, UnreadableFile) as problem:
        raise UnreadableFile("is no text", where=where, remedy="give JSON or TOML, UTF-8") from problem
    if len(text) > LARGEST:
        raise UnreadableFile("is too long for one request", where=where, remedy=f"give up to {LARGEST:,} characters")
    return _parsed(text, where), where


def validated(model: type[Model], said: Any, *, where: str, needs: str, remedy: str) -> Model:
    """What was parsed, as a model. Raises InvalidInput naming the fields that do not fit."""
    if not isinstance(said, Mapping):
        raise InvalidInput("is no object", where=where, remedy=f"give {needs}")
    try:
        return model.model_validate(_plain(said))
    except ValidationError as problem:
        found, known = problem.errors(), ", ".join(model.model_fields)
        told = "; ".join(f"{'.'.join(map(str, each['loc']))}: {_said(each, known)}" for each in found[:TOLD])
        raise InvalidInput(told, where=where, remedy=remedy) from None


SAID: Final = {
    "tuple_type": "give a list", "dict_type": "give a table of names and values", "model_type": "give an object",
    "float_type": "give a number", "float_parsing": "give a number, such as 0.3", "finite_number": "give a number",
    "string_type": "give a text in quotation marks", "bool_type": "say true or false",
    "bool_parsing": "say true or false", "missing": "is missing",
}  # fmt: skip
"""What a fault comes to, in plain words, by its kind."""


def _said(fault: Any, known: str) -> str:
    """One fault of a request in plain words."""
    if fault["type"] == "extra_forbidden":
        return "is not known here" + (f"; there are {known}" if len(fault["loc"]) == 1 else "")
    if isinstance(fault.get("input"), float) and fault["input"] != fault["input"]:
        return "give a number"
    said: str = SAID.get(fault["type"], fault["msg"].lower().removeprefix("input should be ").removeprefix("input "))
    return said


def _text(path: Path) -> str:
    """What a file says: UTF-8, with a mark before it or without, else what tables may be in too, such as GB18030."""
    try:
        return _read(path, "utf-8-sig")
    except UnicodeDecodeError:
        return _read(path, detect(path)).removeprefix("\ufeff")


def _read(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding) as file:
        return file.read(LARGEST + 1)


def _parsed(text: str, where: str) -> Any:
    """JSON where it begins like an object, else TOML, whose tables begin like a list of JSON."""
    try:
        if text.lstrip()[:1] == "{":
            return json.loads(text, object_pairs_hook=once)
        return tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        if text.lstrip()[:1] == "[":
            return _listed(text, where, problem)
        raise UnreadableFile(f"is neither JSON nor TOML: {problem}", where=where, remedy="mend it there") from problem


def _listed(text: str, where: str, problem: Exception) -> Any:
    """A list of JSON, which no request is, but which is to be told as such."""
    try:
        return json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise UnreadableFile(f"is neither JSON nor TOML: {problem}", where=where, remedy="mend it there") from problem


def _plain(said: Any) -> Any:
    """Days of TOML as texts."""
    match said:
        case Mapping():
            return {name: _plain(value) for name, value in said.items()}
        case list():
            return [_plain(value) for value in said]
        case _:
            return said if isinstance(said, (str, int, float, bool, type(None))) else str(said)
