"""How alike two names are, from 0 to 1."""

from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from graph.names import bare, is_han

ALIKE: Final = 0.6
"""Below it two names are different ones."""


def likeness(asked: str, names: list[str]) -> list[float]:
    """How well each evened-out name answers an evened-out query.

    The very name comes first, then names alike but for the legal form, names that begin with the query,
    names that hold it, and last those that resemble it.

    >>> [round(score, 2) for score in likeness("vorvaen metals", ["voraven metals ltd", "keladak foods"])]
    [0.74, 0]
    """
    without = bare(asked)
    plain = bare("\n".join(names)).split("\n") if names else []
    return [_score(asked, without, name, bared) for name, bared in zip(names, plain, strict=True)]


def _score(asked: str, without: str, name: str, bared: str) -> float:
    if name == asked:
        return 1.0
    if bared == without:
        return 0.96
    place = name.find(asked)
    if place >= 0:
        whole = len(asked) / len(name)
        at_word = place == 0 or name[place - 1] == " " or is_han(asked[0])
        return (0.86 if place == 0 else 0.8 if at_word else 0.72) + 0.08 * whole
    alike = max(
        OSA.normalized_similarity(without, bared, score_cutoff=ALIKE),
        0.95 * OSA.normalized_similarity(without, bared[: len(without)], score_cutoff=ALIKE),
        0.0095 * fuzz.token_sort_ratio(without, bared, score_cutoff=100 * ALIKE),
    )
    return 0.8 * alike if alike >= ALIKE else 0
