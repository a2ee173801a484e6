"""The folder of a training, which a person can read.

::

    STORE/models/NAME/NUMBER/
        config.toml        what was asked
        panel.json         what it learned from: hash, days, rows, defaults, links
        model/…            what was learned: trees as text, weights as safetensors, all else as JSON
        band.json          how sure the level of its probabilities is
        conformal.json     what the rows that judge were told: by it whether a firm can be told of
        metrics.json       how good it is on the rows that judge, beside the models it is held against
        curves.svg         how nets learned, where there are any
        reliability.svg    what was said and what happened
        card.md · card.zh.md   the model card
        why.json           of a training repeated up to a later day: which run, why, and what had moved since it
        manifest.json      which model is served, and the hash of every file; a folder without is unfinished

While it is at work `state/` holds where nets are, to go on from after a kill.
"""

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analytics.learning.models import Files, Fitted
from api.learning.edition import edition
from api.learning.keeping import HASHES, checked, in_json, manifest, packed, sealed, unpacked, write_whole
from api.learning.models import models
from graph.errors import InvalidModel, InvalidQuestion, StoreLocked

MODELS: Final = "models"
MODEL: Final = "model"
STATE: Final = "state"
CONFIG: Final = "config.toml"
PANEL: Final = "panel.json"
CONFORMAL: Final = "conformal.json"
BAND: Final = "band.json"
WHY: Final = "why.json"
SCHEMA: Final = 1


@dataclass(frozen=True)
class Run:
    """One training."""

    folder: Path

    @property
    def name(self) -> str:
        """Of the model in the registry."""
        return self.folder.parent.name

    @property
    def number(self) -> int:
        """Counted from 1."""
        return int(self.folder.name)

    @property
    def finished(self) -> bool:
        """Whether it is whole."""
        return (self.folder / HASHES).exists()

    @property
    def state(self) -> Path:
        """Where nets are that learn; another program begins anew, as it may build or teach them otherwise."""
        return self.folder / STATE / edition().replace("/", "-")

    def write(self, name: str, content: bytes) -> None:
        """One of its files."""
        write_whole(self.folder / name, content)

    def take(self, net: int) -> Files | None:
        """Where a net was when it was last kept; what cannot be read begins anew."""
        file = self.state / f"net-{net}.safetensors"
        try:
            return unpacked(file.read_bytes(), where=str(file)) if file.exists() else None
        except InvalidModel:
            return None

    def put(self, net: int, files: Files) -> None:
        """Keep where a net is."""
        write_whole(self.state / f"net-{net}.safetensors", packed(files))

    def finish(self, files: Files, facts: Mapping[str, Any]) -> None:
        """Keep the model and seal the folder; nothing of the state is left."""
        for name, content in files.items():
            self.write(f"{MODEL}/{name}", content)
        shutil.rmtree(self.folder / STATE, ignore_errors=True)
        names = [str(file.relative_to(self.folder)) for file in self.folder.rglob("*") if file.is_file()]
        sealed(self.folder, names, {"schema": SCHEMA, "name": self.name, "number": self.number, **facts})

    def manifest(self) -> dict[str, Any]:
        """What it says it holds. Raises InvalidModel where it is unfinished or was changed."""
        said = manifest(self.folder)
        if said.get("schema") != SCHEMA or (said.get("name"), said.get("number")) != (self.name, self.number):
            raise InvalidModel("is of another schema, or of another folder", where=str(self.folder / HASHES))
        return said

    def read(self, name: str) -> bytes:
        """A file as it was sealed. Raises InvalidModel where a byte was changed."""
        return checked(self.folder, name, self.manifest())

    def model(self) -> Fitted:
        """The model that is served. Raises InvalidModel where a byte of it was changed."""
        said, begins, ways = self.manifest(), f"{MODEL}/", models()
        if said.get("model") not in ways:
            raise InvalidModel(f"holds the model {said.get('model')}, which this program does not know",
                               where=str(self.folder), remedy="read it with the program that trained it")  # fmt: skip
        there = {f"{begins}{file.relative_to(self.folder / MODEL)}" for file in (self.folder / MODEL).rglob("*")
                 if file.is_file()}  # fmt: skip
        names = [name for name in said["files"] if name.startswith(begins)]
        if strange := sorted(there - set(names)):
            raise InvalidModel("was not there when it was trained", where=str(self.folder / strange[0]),
                               remedy="take it away")  # fmt: skip
        files = {name.removeprefix(begins): checked(self.folder, name, said) for name in names}
        return ways[said["model"]].load(files)


def runs(store: Path) -> Iterator[Run]:
    """All trainings of a store, by name and number; unfinished ones too."""
    found = [Run(each) for each in (store / MODELS).glob("*/*") if each.is_dir() and each.name.isdigit()]
    yield from sorted(found, key=lambda run: (run.name, run.number))


@contextmanager
def begun(store: Path, name: str, config: bytes, panel: Mapping[str, Any]) -> Iterator[Run]:
    """A run to learn in: the unfinished one that asks the same of the same panel, else the next number.

    Raises InvalidQuestion where the name is none, StoreLocked where another process is at it.
    """
    if not name or name != name.strip() or not all(sign.isalnum() or sign in "-_." for sign in name) or name[0] == ".":
        raise InvalidQuestion(f"{name!r} is no name of a model", where="name",
                              remedy="use letters, digits, - and _")  # fmt: skip
    folder = store / MODELS / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as gate:
        try:
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreLocked(str(folder)) from None
        there = [run for run in runs(store) if run.name == name]
        unfinished = [run for run in there if not run.finished and same(run, config, panel)]
        run = unfinished[-1] if unfinished else Run(folder / str(1 + max((each.number for each in there), default=0)))
        run.write(CONFIG, config)
        run.write(PANEL, in_json(panel))
        yield run


def same(run: Run, config: bytes, panel: Mapping[str, Any]) -> bool:
    """Whether a run was asked just this, of the panel with this hash."""
    try:
        told = json.loads((run.folder / PANEL).read_text(encoding="utf-8"))
        return (run.folder / CONFIG).read_bytes() == config and told["hash"] == panel["hash"]
    except (OSError, ValueError, KeyError):
        return False
