"""The rules on limits of this installation: those shipped, and the files of a folder of a lender's own."""

from pathlib import Path
from typing import Final

from analytics.limits.catalogue import Catalogue, shipped
from graph.errors import InvalidRule

SETTING: Final = "CONTAGRAPH_RULES"


def rulebook(folder: Path | None) -> Catalogue:
    """The catalogue with the rules of a folder, one of a known id in its place.

    Raises InvalidRule with file and field.
    """
    if folder is None:
        return shipped()
    own = folder.expanduser()
    if not own.is_dir():
        raise InvalidRule(f"there is no folder {own}", where=SETTING, remedy="name the folder that holds the rules")
    files = sorted(own.glob("*.toml"))
    if not files:
        raise InvalidRule(f"{own} holds no rule", where=SETTING, remedy="put each rule there as NAME.toml")
    return shipped().extended({str(file): _text(file) for file in files})


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        raise InvalidRule("is no text", where=str(file), remedy="give TOML, UTF-8") from problem
