"""What the user says of a delivery whose format cannot say it: the source's name, trust, mode and day."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Final, Literal

from graph.currencies import CURRENCIES
from graph.errors import InvalidCurrency, InvalidMapping
from graph.moment import read_day
from ingest.source import Delivery

SETTINGS: Final = ("name", "trust", "confidence", "delivery", "delivered")
"""What may be said of any delivery."""
OF_SOME: Final = ("lender", "currency", "mapping", "hash_key")
"""What is said for some of the deliveries that one command loads; but for a mapping it means nothing to the others."""


def delivery_of(
    paths: tuple[Path, ...], settings: Mapping[str, str], *, name: str, required: tuple[str, ...]
) -> Delivery:
    """The delivery of these files with settings `name`, `trust`, `confidence`, `delivery` and `delivered`.

    Raises InvalidMapping where a setting is missing, unknown or cannot be, InvalidCurrency where its currency is none.
    """
    check_known(settings, of=name, offered=(*SETTINGS, *required))
    if settings.get("mapping"):
        raise InvalidMapping(
            f"{name} files say themselves what they mean, and no mapping is read with them",
            where=settings["mapping"],
            remedy="leave it out, and load tables in a command of their own; --source tables reads these as tables",
        )
    for setting in required:
        if not settings.get(setting, "").strip():
            raise InvalidMapping(
                f"the files do not say the {setting}",
                where=setting,
                remedy=f"give it with --{setting.replace('_', '-')}",
            )
    currency_of(settings.get("currency") or "")
    return Delivery(
        paths,
        name_of(settings.get("name") or name),
        mode_of(settings.get("delivery") or "changes"),
        day_of(settings.get("delivered") or ""),
        fraction_of(settings, "trust", 0.5),
        fraction_of(settings, "confidence", 1.0),
        dict(settings),
    )


def check_known(settings: Mapping[str, str], *, of: str, offered: Iterable[str], rest: str = "") -> None:
    """Refuse a setting that nobody knows; the InvalidMapping says what is `offered`, and who says the `rest`."""
    for setting, value in settings.items():
        if value and setting not in (*SETTINGS, *OF_SOME):
            raise InvalidMapping(
                f"is no setting of {of}", where=setting, remedy=f"set some of {', '.join(offered)}{rest}"
            )


def name_of(text: str) -> str:
    """A source's name: the part of every id before the colon; raises InvalidMapping."""
    if ":" in text or text != text.strip():
        raise InvalidMapping(
            f"{text!r} cannot be a source's name", where="name", remedy="give a word without colons and outer spaces"
        )
    return text


def day_of(text: str) -> date | None:
    """The day of a delivery, None where nothing is said; raises InvalidDate."""
    return read_day(text, where="delivered") if text else None


def currency_of(text: str, *, where: str = "currency") -> str:
    """A currency of ISO 4217, empty where nothing is said; raises InvalidCurrency."""
    if text and text not in CURRENCIES:
        raise InvalidCurrency(f"{text!r} is no currency", where=where)
    return text


def mode_of(text: str) -> Literal["full", "changes"]:
    """What absence means; raises InvalidMapping."""
    if text == "full":
        return "full"
    if text == "changes":
        return "changes"
    raise InvalidMapping(f"{text!r} is no kind of delivery", where="delivery", remedy="write full or changes")


def fraction_of(settings: Mapping[str, str], name: str, default: float) -> float:
    """A setting from 0 to 1; raises InvalidMapping."""
    try:
        value = float(settings.get(name) or default)
    except ValueError:
        value = -1
    if not 0 <= value <= 1:
        raise InvalidMapping(f"{settings[name]!r} is no fraction", where=name, remedy="give a number from 0 to 1")
    return value
