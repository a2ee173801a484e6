"""Files in: which source reads them, what the user says of them, and one load after another.

A path is a file, or a folder that is one delivery; a folder with a `mapping.toml` is read by it, one with
a `deliveries.json` is several deliveries in order.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import InvalidMapping, NotFound
from graph.local import open_store
from graph.store import GraphStore
from ingest import registry
from ingest.loading.load import Place as LoadPlace
from ingest.loading.load import load
from ingest.loading.report import Report
from ingest.loading.staging import Watch, digest_of
from ingest.quarantine import Quarantine
from ingest.source import Delivery, Source

if TYPE_CHECKING:
    from api.engine import Place

MAPPING = "mapping.toml"
DELIVERIES = "deliveries.json"
KEY = "hash.key"


@dataclass(frozen=True)
class Parcel:
    """Files of one delivery, before their source has looked at them."""

    paths: tuple[Path, ...]
    source: str = ""
    """Word for the source; recognised where empty."""
    settings: Mapping[str, str] = field(default_factory=dict)


def parcels(paths: Iterable[Path], *, source: str, settings: Mapping[str, str]) -> Iterator[Parcel]:
    """The deliveries that paths make: files given together are one, each folder is its own."""
    files: list[Path] = []
    for path in paths:
        if (path / DELIVERIES).is_file():
            yield from _listed(path, settings)
        elif path.is_dir():
            beside = {"mapping": str(path / MAPPING)} if (path / MAPPING).is_file() else {}
            yield Parcel((path,), source, beside | dict(settings))
        else:
            files.append(path)
    if files:
        yield Parcel(tuple(files), source, settings)


def _listed(folder: Path, settings: Mapping[str, str]) -> Iterator[Parcel]:
    where = folder / DELIVERIES
    try:
        listed = json.loads(where.read_text(encoding="utf-8"))["deliveries"]
        for told in listed:
            given = {name: str(value) for name, value in told["settings"].items()}
            if "mapping" in given:
                given["mapping"] = str(folder / given["mapping"])
            yield Parcel(tuple(folder / name for name in told["files"]), told["format"], given | dict(settings))
    except (ValueError, KeyError, TypeError) as problem:
        raise InvalidMapping(
            "is no list of deliveries", where=str(where), remedy="list files, format and settings of each delivery"
        ) from problem


@dataclass(frozen=True)
class Intake:
    """What a place is loaded through: its store, its columns, its quarantine."""

    place: "Place"
    now: Callable[[], datetime]

    def load(self, parcel: Parcel, watch: Watch) -> Report:
        """Load one delivery."""
        kind = registry.source(parcel.source) if parcel.source else registry.recognise(parcel.paths[0])
        found = tuple(file for path in parcel.paths for file in (kind.files(path) if path.is_dir() else (path,)))
        for path in found:
            if not path.is_file():
                raise NotFound("there is no such file", where=str(path), remedy="look at its path")
        return self._load(kind, kind.delivery(found, dict(parcel.settings) | self._secret()), watch)

    def retry(self, digest: str, watch: Watch) -> Report:
        """Load the open rows of a delivery once more; what still does not fit is open again, as of the new delivery."""
        with self.quarantine() as quarantine:
            again = quarantine.write_anew(digest, self.place.folder / "staging" / f"retry-{digest}")
            kind = registry.source(again.kind)
            settings = dict(again.delivery.settings) | self._secret()
            delivery = replace(again.delivery, settings=settings)
            report = self._load(kind, delivery, watch)
            quarantine.resolve(again.numbers)
        return report

    def quarantine(self) -> Quarantine:
        """The rows that could not be used."""
        return Quarantine(self.place.folder / "quarantine.sqlite")

    def store(self) -> GraphStore:
        """The store, open."""
        place = self.place
        where = place.address or place.folder
        return open_store(where, user=place.user, password=place.password, database=place.database)

    def _load(self, kind: Source, delivery: Delivery, watch: Watch) -> Report:
        told = replace(delivery, settings={k: v for k, v in delivery.settings.items() if k != "hash_key"})
        with self.quarantine() as quarantine:
            place = LoadPlace(
                self.place.folder,
                self.store,
                keep=lambda digest, rows: _ignore(
                    quarantine.keep(rows, kind=kind.name, delivery=told, digest=digest) if rows else 0
                ),
                now=self.now,
            )
            report = load(kind, delivery, place, watch)
            quarantine.assign(digest_of(delivery), report.load)
        return report

    def _secret(self) -> dict[str, str]:
        """Key under which natural persons' numbers are hashed: made once, kept in the workspace, never shown."""
        path = self.place.folder / KEY
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_hex(32), encoding="ascii")
            fresh.rename(path)
        return {"hash_key": path.read_text(encoding="ascii").strip()}


def _ignore(_count: int) -> None:
    """A count nobody asks for."""
