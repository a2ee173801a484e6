"""Who is kin to whom, within the degrees of a rule."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.rules.reading import read_folder
from analytics.rules.rule import Comparison, Fraction, Norm
from analytics.structure.votes import Arrows
from graph.errors import InvalidQuestion
from graph.model import RELATED_TO, RELATIONSHIPS

SPOUSE, KIN = RELATIONSHIPS.index("spouse"), RELATIONSHIPS.index("kin")
LINES = RELATED_TO.field("line").choices
DIRECT, COLLATERAL = LINES.index("direct"), LINES.index("collateral")
UNSAID = -1


@dataclass(frozen=True, kw_only=True)
class Degrees(Norm):
    """How far kin reaches under a rule."""

    jurisdiction: str
    spouse: bool
    direct_generations: int
    collateral_generations: int
    holder_share: Fraction | None = None
    """Share from which a shareholder is a related party itself; None where the rule has none."""
    holder_comparison: Comparison = ">="


@dataclass(frozen=True)
class Kinship:
    """Stated relations between persons: m links, as `RELATED_TO` has them."""

    tail: NDArray[np.uint32]
    head: NDArray[np.uint32]
    kind: NDArray[np.int8]
    """Position in RELATIONSHIPS."""
    line: NDArray[np.int8]
    """Direct or collateral, -1 unsaid."""
    generations: NDArray[np.int64]
    """-1 unsaid."""

    @classmethod
    def of(cls, links: Any) -> "Kinship":
        """Of a snapshot's RELATED_TO links."""
        generations = np.nan_to_num(links.fields["generations"], nan=UNSAID).astype(np.int64)
        return cls(links.tail, links.head, links.fields["kind"], links.fields["line"], generations)


@dataclass(frozen=True)
class Kin:
    """Who is kin to whom; positions are those of the stated relations."""

    near: Arrows
    """Both ways."""
    wide: Arrows
    """Both ways, the untested counted too; `near` itself where nothing is untested."""
    untested: NDArray[np.int64]
    """Positions of kinships that may reach within the degrees, but whose line or generations nobody stated."""


@cache
def degrees() -> dict[str, Degrees]:
    r"""Read how far kin reaches under each rule, by its id.

    .. math:: id \mapsto (g_{direct}, g_{collateral})

    Parameters
    ----------
    none : what the package's files say

    Raises
    ------
    InvalidRule
        If a file says what cannot be; files are tested, so that only a changed one can.

    Source
    ------
    Domain reference §1.7: 三代以内直系, 二代以内旁系.

    Example
    -------
    >>> degrees()["cn-group-2010"].direct_generations
    3
    """
    return read_folder(Degrees, "analytics.structure.kinship", "degrees")


def relatives(size: int, kinship: Kinship, rule: Degrees) -> Kin:
    r"""Find who is kin to whom within the degrees of a rule, as it is stated.

    Kin of kin is not inferred: two generations stated one by one may be one line or two. What is not
    stated of a kinship is taken at its nearest in the wide reading, and not at all in the near one.

    .. math:: x \sim y \iff spouse \;\vee\; (direct \wedge g \le g_d) \;\vee\; (collateral \wedge g \le g_c)

    Parameters
    ----------
    size : int
        Number of parties n.
    kinship : Kinship
        m stated relations.
    rule : Degrees

    Raises
    ------
    InvalidQuestion
        If a number of generations is negative.

    Source
    ------
    银监会令2010年第4号 art. 3; domain reference §1.7.

    Example
    -------
    >>> said = Kinship(*np.array([[0, 0, 0], [1, 2, 3]], np.uint32), np.full(3, KIN), np.array([0, 1, 1]),
    ...     np.array([3, 3, -1]))
    >>> kin = relatives(4, said, degrees()["cn-group-2010"])
    >>> kin.near.at(1).tolist(), kin.near.at(2).tolist(), kin.untested.tolist()
    ([0], [], [2])
    """
    if (kinship.generations < UNSAID).any():
        raise InvalidQuestion("a number of generations below 0", where="RELATED_TO")
    furthest = max(rule.direct_generations, rule.collateral_generations)
    most = np.select(
        [kinship.line == DIRECT, kinship.line == COLLATERAL],
        [rule.direct_generations, rule.collateral_generations], furthest,
    )  # fmt: skip
    blood = (kinship.kind == KIN) & (kinship.generations <= most)
    said = (kinship.line != UNSAID) & (kinship.generations != UNSAID)
    near = (blood & said) | ((kinship.kind == SPOUSE) & rule.spouse)
    untested = blood & ~said
    arrows = _both_ways(size, kinship, near)
    wide = _both_ways(size, kinship, near | untested) if untested.any() else arrows
    return Kin(arrows, wide, np.flatnonzero(untested))


def _both_ways(size: int, kinship: Kinship, chosen: NDArray[np.bool_]) -> Arrows:
    at = np.flatnonzero(chosen).astype(np.uint32)
    tail, head = kinship.tail[at], kinship.head[at]
    both = Arrows.of(size, np.concatenate([tail, head]), np.concatenate([head, tail]))
    return Arrows(both.start, both.head, np.concatenate([at, at])[both.link])
