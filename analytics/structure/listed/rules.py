"""Rules on the control of listed companies, read from `rules/*.toml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from analytics.rules.reading import read_folder
from analytics.rules.rule import Among, Cited, Comparison, Flaw, Fraction, Norm, Words
from graph.model import RELATED_TO, RELATIONSHIPS

PACKAGE = "analytics.structure.listed"
LINES = RELATED_TO.field("line").choices


@dataclass(frozen=True, kw_only=True)
class ControlTest(Cited):
    """One way to control a listed company."""

    id: str
    name: Words
    measure: Annotated[str, Among(("holding", "votes", "board", "influence"))]
    """`holding`: shares held, `votes`: votes at one's disposal, both with concert and controlled parties;
    `board`: part of the board decided; `influence`: on the meeting, which only a judgement can say."""
    threshold: Fraction | None = None
    """Fraction; none for influence."""
    comparison: Comparison = ">="

    def flaws(self) -> Iterator[Flaw]:
        """What its fields may not be together."""
        if (self.threshold is None) is not (self.measure == "influence"):
            yield Flaw("threshold", "belongs to every test but influence", "add it, or take it out")


@dataclass(frozen=True)
class ConcertTie:
    """One kind of relation that makes parties act in concert."""

    kind: Annotated[str, Among(RELATIONSHIPS)]
    presumed: bool
    """Whether it is only presumed, and may be disproved."""
    line: Annotated[str, Among(("", *LINES))] = ""
    """Line of kinship; none: any."""
    generations: int = 0
    """Generations of kinship up to which it counts; 0: any. A relation that does not say counts."""


@dataclass(frozen=True, kw_only=True)
class ConcertRule(Cited):
    """What it takes to act in concert."""

    ties: tuple[ConcertTie, ...]


@dataclass(frozen=True)
class BoardRule:
    """Who sits on the board."""

    roles: tuple[str, ...]
    """Offices of its members."""


@dataclass(frozen=True, kw_only=True)
class ListedRule(Norm):
    """Control of a listed company under one law; a test that is passed suffices."""

    tests: tuple[ControlTest, ...]
    board: BoardRule
    concert: ConcertRule


@cache
def listed_rules() -> Mapping[str, ListedRule]:
    r"""All rules on the control of listed companies, by id.

    .. math:: \{R_1, \dots, R_k\}

    Parameters
    ----------
    none

    Raises
    ------
    InvalidRule
        If a file cannot be read as such a rule, or two have one id.

    Source
    ------
    Domain reference §1.7.

    Example
    -------
    >>> [(test.threshold, test.comparison) for test in listed_rules()["CN_TAKEOVER"].tests]
    [(0.5, '>='), (0.3, '>'), (0.5, '>='), (None, '>=')]
    """
    return read_folder(ListedRule, PACKAGE, "rules")
