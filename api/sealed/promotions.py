"""Promotions: which model is served, by whose word. Two people say so, and it stands in the ledger before it counts.

An entry names the run, the hash of its manifest (and so of every byte of it) and both people; the last one counts. A
rollback serves again what was served before, and is an entry of its own: nothing is taken away.
"""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

from api.sealed.chain import Entry, Ledger, Mark
from graph.errors import BrokenLedger, InvalidInput, NotFound

PROMOTED: Final = "model promoted"
ROLLED_BACK: Final = "model rolled back"
KINDS: Final = (PROMOTED, ROLLED_BACK)
MANIFEST: Final = "manifest.json"
LONGEST: Final = 1000
"""Letters of a name or a reason."""


@dataclass(frozen=True)
class Promotion:
    """A run that is served, or was."""

    name: str
    number: int
    digest: str
    """SHA-256 of its manifest."""
    by: str
    second: str
    reason: str
    at: str
    """Instant, UTC."""
    entry: int

    @property
    def called(self) -> str:
        """NAME@NUMBER."""
        return f"{self.name}@{self.number}"


def promote(
    store: Path, name: str, number: int, digest: str, *, by: str, second: str, reason: str,
    now: Callable[[], datetime],
) -> Promotion:  # fmt: skip
    """Serve a run from now on. Raises InvalidInput where the two are one person, or it is served already."""
    people = _two(by, second, reason)
    with Ledger(store).held() as ledger:
        history = standing(store)
        if history and history[-1].digest == digest:
            raise InvalidInput("is served already", where=f"{name}@{number}", remedy="promote another one")
        run = {"name": name, "number": number, "digest": digest}
        return _promotion(ledger.append(PROMOTED, run | people, author=_author(people), at=now()))


def roll_back(store: Path, *, by: str, second: str, reason: str, now: Callable[[], datetime]) -> Promotion:
    """Serve again what was served before. Raises InvalidInput, and NotFound where nothing was."""
    people = _two(by, second, reason)
    if not people["reason"]:
        raise InvalidInput("says no reason", where="--reason", remedy="say why, for whoever reads the ledger")
    with Ledger(store).held() as ledger:
        history = standing(store)
        if len(history) < 2:
            raise NotFound("no model was served before", where="models", remedy="promote another one instead")
        gone, back = history[-1], history[-2]
        run = {"name": back.name, "number": back.number, "digest": back.digest, "instead_of": gone.called}
        return _promotion(ledger.append(ROLLED_BACK, run | people, author=_author(people), at=now()))


def standing(store: Path) -> list[Promotion]:
    """What was promoted and not rolled back, the one served last. Raises BrokenLedger."""
    return _kept(Ledger(store).path).standing()


def check_promoted(store: Path, entries: Sequence[Entry]) -> int:
    """How many promotions and rollbacks there are. Raises BrokenLedger where the run served is not as promoted.

    Every file of it is read: its manifest has their hashes, and the entry that of the manifest.
    """
    mine = [entry for entry in entries if entry.kind in KINDS]
    if mine:
        last = _promotion(mine[-1])
        folder = store / "models" / last.name / str(last.number)
        for name in _changed(folder, last.digest):
            raise BrokenLedger(f"promoted {last.called}, whose {name} is not as it was", where=f"entry {last.entry}")
    return len(mine)


def _changed(folder: Path, digest: str) -> Iterator[str]:
    """Files of a run that are gone, or other than when it was promoted."""
    if _hash(folder / MANIFEST) != digest:
        yield MANIFEST
        return
    held: dict[str, str] = json.loads((folder / MANIFEST).read_bytes())["files"]
    yield from (name for name, was in held.items() if _hash(folder / name) != was)


def _hash(file: Path) -> str:
    """Empty where there is no file."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


class Kept:
    """Promotions of one ledger; only what is new is read again."""

    def __init__(self, path: Path) -> None:
        self._ledger = Ledger(path.parent)
        self._mark = Mark()
        self._standing: list[Promotion] = []
        self._lock = Lock()

    def standing(self) -> list[Promotion]:
        """As the ledger stands now."""
        with self._lock:
            if self._mark.number and not self._ledger.path.exists():
                self._mark, self._standing = Mark(), []
            entries, self._mark = self._ledger.since(self._mark)
            for entry in entries:
                if entry.kind == PROMOTED:
                    self._standing.append(_promotion(entry))
                elif entry.kind == ROLLED_BACK:
                    self._standing[-2:] = [_promotion(entry)]
            return list(self._standing)


@cache
def _kept(path: Path) -> Kept:
    return Kept(path)


def _two(by: str, second: str, reason: str) -> dict[str, str]:
    said = {"by": by.strip(), "second": second.strip(), "reason": reason.strip()}
    for name, option in (("by", "--by"), ("second", "--with")):
        if not said[name]:
            raise InvalidInput("names nobody", where=option, remedy="name two people who answer for it")
    if _one(said["by"]) == _one(said["second"]):
        raise InvalidInput("names the same person twice", where="--with", remedy="a second person has to agree")
    if long := [name for name, text in said.items() if len(text) > LONGEST or not text.isprintable()]:
        raise InvalidInput("is too long, or holds signs that no text has", where=long[0], remedy="write it shorter")
    return said


def _one(name: str) -> str:
    """A name whatever its case, spaces and width of letters."""
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _author(people: dict[str, str]) -> str:
    return f"{people['by']}, {people['second']}"


def _promotion(entry: Entry) -> Promotion:
    told: dict[str, Any] = entry.content
    names = ("name", "number", "digest", "by", "second", "reason")
    return Promotion(**{name: told[name] for name in names}, at=entry.at, entry=entry.number)
