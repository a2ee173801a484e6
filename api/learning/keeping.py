"""Files of models and outcomes on the disk: written whole and renamed, read only as they were written."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from analytics.learning.evaluating.cell import Outcome
from analytics.learning.models import Files
from graph.disk import room_on
from graph.errors import InvalidModel, InvalidPanel

HASHES: Final = "manifest.json"
"""Says what a folder holds, and the hash of every file of it; written last."""
CELL: Final = ".cell.safetensors"
_STRANGE: Final = "delete it, it is made again"


def write_whole(file: Path, content: bytes) -> None:
    """Write a file so that a kill leaves the old one or the new one. Raises StoreFull."""
    with room_on(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}.{os.getpid()}.part")
        try:
            with beside.open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)


def in_json(facts: Any) -> bytes:
    """JSON that a person can read, the same bytes for the same facts."""
    return (json.dumps(facts, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def packed(files: Files) -> bytes:
    """Several files as one of safetensors: bytes, and nothing that is executed."""
    return save({name: np.frombuffer(bytearray(held), np.uint8) for name, held in sorted(files.items())})


def unpacked(content: bytes, *, where: str) -> Files:
    """What was packed. Raises InvalidModel."""
    try:
        return {name: held.tobytes() for name, held in load(content).items()}
    except (SafetensorError, ValueError, KeyError):
        raise InvalidModel("cannot be read", where=where, remedy=_STRANGE) from None


def sealed(folder: Path, names: Iterable[str], facts: Mapping[str, Any]) -> None:
    """Say what a folder holds, with the hash of every file named: from now on a changed byte is refused."""
    said = {**facts, "files": {name: _hash((folder / name).read_bytes()) for name in sorted(names)}}
    write_whole(folder / HASHES, in_json(said | {"digest": _hash(in_json(said))}))


def manifest(folder: Path) -> dict[str, Any]:
    """What a folder says it holds. Raises InvalidModel where it is none, or was changed."""
    try:
        said: dict[str, Any] = json.loads((folder / HASHES).read_text(encoding="utf-8"))
        digest = said.pop("digest")
        dict(said["files"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise InvalidModel(f"{HASHES} is missing, or is none", where=str(folder),
                           remedy="train the model again") from None  # fmt: skip
    if digest != _hash(in_json(said)):
        raise InvalidModel("was changed since it was written", where=str(folder / HASHES),
                           remedy="bring the file back, or train the model again")  # fmt: skip
    return said


def checked(folder: Path, name: str, said: Mapping[str, Any]) -> bytes:
    """A file of a folder, as it was when the folder was sealed. Raises InvalidModel."""
    try:
        content = (folder / name).read_bytes()
    except OSError:
        raise InvalidModel("is missing", where=str(folder / name), remedy="train the model again") from None
    if said["files"].get(name) != _hash(content):
        raise InvalidModel("was changed since it was written", where=str(folder / name),
                           remedy="bring the file back, or train the model again")  # fmt: skip
    return content


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Cells(MutableMapping[str, Outcome]):
    """Outcomes by key, each a file of its own, so that a table that was stopped goes on where it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, key: str) -> Outcome:
        """What was kept. Raises KeyError where nothing was, InvalidPanel where it cannot be read."""
        file = self._file(key)
        try:
            return Outcome.load(unpacked(file.read_bytes(), where=str(file)))
        except FileNotFoundError:
            raise KeyError(key) from None
        except (InvalidPanel, InvalidModel):
            raise InvalidModel("an outcome that was kept cannot be read", where=str(file), remedy=_STRANGE) from None

    def __setitem__(self, key: str, outcome: Outcome) -> None:
        write_whole(self._file(key), packed(outcome.save()))

    def __delitem__(self, key: str) -> None:
        try:
            self._file(key).unlink()
        except FileNotFoundError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        return (file.name.removesuffix(CELL) for file in sorted(self.folder.glob(f"*{CELL}")))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, key: object) -> bool:
        return self._file(str(key)).exists()

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}{CELL}"
