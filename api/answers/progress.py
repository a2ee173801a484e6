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


def counting(progress: Progress, doing: str, doing_zh: str) -> Callable[[int, int], None]:
    """What work that counts tells how much is done of how much to; where it begins is told at once.

    >>> told = counting(print, "drawing", "抽取")
    Stage(fraction=0.0, doing='drawing', doing_zh='抽取')
    >>> told(500, 2000)
    Stage(fraction=0.25, doing='drawing: 500 of 2,000', doing_zh='抽取：500/2,000')
    """
    progress(Stage(0.0, doing, doing_zh))

    def told(done: int, whole: int) -> None:
        progress(Stage(done / whole, f"{doing}: {done:,} of {whole:,}", f"{doing_zh}：{done:,}/{whole:,}"))

    return told
