"""How far a long question is: what it tells while it is worked out, and where it can be stopped."""

from collections.abc import Callable
from typing import NamedTuple


class Stage(NamedTuple):
    """What is being done, and how much is done already."""

    fraction: float
    """Of the whole, in [0, 1]."""
    doing: str
    doing_zh: str


Progress = Callable[[Stage], None]
"""Told each stage as it begins; what it raises, such as Cancelled, ends the work there."""


def untold(stage: Stage) -> None:
    """Progress that nobody watches."""
