"""Which program learned: outcomes of another are learned again."""

from functools import cache
from importlib.metadata import version

SCHEME = 2
"""Grows where the same file and panel come to other numbers though the program's version stays."""


@cache
def edition() -> str:
    """The program's version and that of how it learns."""
    return f"{version('contagraph')}/{SCHEME}"
