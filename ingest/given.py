"""What the user says of a delivery whose format cannot say it: the source's name, trust, mode and day."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from graph.errors import InvalidMapping
from graph.moment import read_day
from ingest.source import Delivery


def delivery_of(
    paths: tuple[Path, ...], settings: Mapping[str, str], *, name: str, required: tuple[str, ...]
) -> Delivery:
    """The delivery of these files with settings `name`, `trust`, `confidence`, `delivery` and `delivered`.

    Raises InvalidMapping where a setting is missing or cannot be.
    """
    for setting in required:
        if not settings.get(setting, "").strip():
            raise InvalidMapping(
                f"the files do not say the {setting}",
                where=setting,
                remedy=f"give it with --{setting.replace('_', '-')}",
            )
    source = settings.get("name") or name
    if ":" in source or source != source.strip():
        raise InvalidMapping(
            f"{source!r} cannot be a source's name", where="name", remedy="give a word without colons and outer spaces"
        )
    delivered = settings.get("delivered")
    return Delivery(
        paths,
        source,
        _mode(settings.get("delivery") or "changes"),
        read_day(delivered, where="delivered") if delivered else None,
        _fraction(settings, "trust", 0.5),
        _fraction(settings, "confidence", 1.0),
        dict(settings),
    )


def _mode(text: str) -> Literal["full", "changes"]:
    if text == "full":
        return "full"
    if text == "changes":
        return "changes"
    raise InvalidMapping(f"{text!r} is no kind of delivery", where="delivery", remedy="write full or changes")


def _fraction(settings: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = float(settings.get(name) or default)
    except ValueError:
        value = -1
    if not 0 <= value <= 1:
        raise InvalidMapping(f"{settings[name]!r} is no fraction", where=name, remedy="give a number from 0 to 1")
    return value
