"""What paths make: which files are one delivery.

A path is a file, or a folder that is one delivery; a folder with a `mapping.toml` is read by it, one with
a `deliveries.json` is several deliveries in order.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import InvalidMapping

MAPPING = "mapping.toml"
DELIVERIES = "deliveries.json"


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
                given["mapping"] = str(_inside(folder, given["mapping"]))
            files = tuple(_inside(folder, name) for name in told["files"])
            yield Parcel(files, told["format"], given | dict(settings))
    except (ValueError, KeyError, TypeError) as problem:
        raise InvalidMapping(
            "is no list of deliveries", where=str(where), remedy="list files, format and settings of each delivery"
        ) from problem


def _inside(folder: Path, name: str) -> Path:
    # Whoever packs a folder may not choose which other files of this machine are read.
    if not (folder / name).resolve().is_relative_to(folder.resolve()):
        raise InvalidMapping(
            f"names {name!r}, which lies outside its folder",
            where=str(folder / DELIVERIES),
            remedy="put every file of a delivery inside the folder, and name it from there",
        )
    return folder / name
