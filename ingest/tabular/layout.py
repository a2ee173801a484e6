"""How a table lies in its file, as far as somebody said so."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """What is known of a table before it is read; empty is found out."""

    name: str
    """Name of the file as places show it."""
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    header: tuple[str, ...] = ()
    """Names of the columns where the file has none."""
    skip: int = 0
    """Lines above the header."""
    again: bool = False
    """Whether its rows come from quarantine, where none of them may be one that can be used."""
