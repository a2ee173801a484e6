"""What is kept of a model: what it is, in JSON, and further files, each with its digest."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from analytics.learning.models.model import Files
from graph.errors import InvalidModel

SIDE: Final = "model.json"
SCHEMA: Final = 1
"""Grows where files of before can no longer be read."""


@dataclass(frozen=True)
class Kept:
    """A model as files: `model.json` says what it is, and the digests of all the others and of itself."""

    name: str
    facts: Mapping[str, Any]
    """What JSON can say, without NaN."""
    contents: Files = field(default_factory=dict)
    """Further files by name; those of a model within another begin with the name of its part and `/`."""

    def files(self) -> Files:
        """The same model, the same bytes."""
        said: dict[str, Any] = {"schema": SCHEMA, "model": self.name, "facts": self.facts}
        said["digests"] = {name: _digest(self.contents[name]) for name in sorted(self.contents)}
        return {SIDE: _written(said | {"digest": _digest(_written(said))}), **self.contents}

    def part(self, part: str) -> Files:
        """Files of the model within, under their own names."""
        begins = f"{part}/"
        return {name.removeprefix(begins): held for name, held in self.contents.items() if name.startswith(begins)}

    @staticmethod
    def within(**parts: Files) -> Files:
        """Files of models within another, by part."""
        return {f"{part}/{name}": held for part, files in parts.items() for name, held in files.items()}

    @classmethod
    def read(cls, files: Files, *names: str) -> "Kept":
        """Read what was kept of a model of one of some names.

        Raises InvalidModel where it is another model or schema, a file is missing or too many, or a byte was changed.
        """
        where = " or ".join(names)
        try:
            said = json.loads(files[SIDE])
            digest = said.pop("digest")
            schema, name, facts, digests = said["schema"], said["model"], said["facts"], dict(said["digests"])
        except (KeyError, ValueError, TypeError, AttributeError):
            raise InvalidModel(f"{SIDE} is missing, or is none", where=where) from None
        if schema != SCHEMA or name not in names:
            raise InvalidModel(f"holds the model {name} of schema {schema}, not {where} of {SCHEMA}", where=SIDE)
        if digest != _digest(_written(said)) or not isinstance(facts, dict):
            raise InvalidModel("was changed since it was saved", where=SIDE)
        contents = {name: held for name, held in files.items() if name != SIDE}
        if set(contents) != set(digests):
            strange = sorted(set(contents) ^ set(digests))
            raise InvalidModel(f"has not the files it was saved with: {', '.join(strange)}", where=where)
        for held, content in contents.items():
            if digests[held] != _digest(content):
                raise InvalidModel("was changed since it was saved", where=held)
        return cls(name, facts, contents)


def _written(said: Mapping[str, Any]) -> bytes:
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
